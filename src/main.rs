//! The binary; see `cli`.

fn main() -> std::process::ExitCode {
    otterdesk::cli::run()
}
