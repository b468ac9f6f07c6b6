//! The binary; see `cli`.

/// Answers are many small pieces of text, which the system's allocator is slow with.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    otterdesk::cli::run()
}
