//! `Maint::Log::Print` and `Clear`: the reference system keeps its last lines in the memory of the machine. Ours go to the
//! error output of each process, where whoever started it keeps them; the commands say so and fail.

use super::{Command, Failure, Run};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Log::Clear",
        about: "Refused: the log is kept by whoever starts this program, such as systemd.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|_| Box::pin(async { refuse("cleared") })),
    },
    Command {
        name: "Maint::Log::Print",
        about: "Refused: the log is kept by whoever starts this program, such as systemd.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|_| Box::pin(async { refuse("shown") })),
    },
];

fn refuse(what: &str) -> Result<(), Failure> {
    Err(Failure::told(format!(
        "The log can not be {what} here: each process writes it to its error output, where whoever starts it keeps it \
         (with systemd: journalctl --unit NAME). The log of the Perl system is shown by its own console."
    )))
}
