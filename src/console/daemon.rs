//! `Maint::Daemon::*`: what the daemon does.

use super::{Argument, Command, Failure, Run, Session};
use crate::daemon::{self, Part};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Daemon::List",
        about: "Show the parts of the daemon.",
        options: &[],
        arguments: &[],
        run: Run::Alone(|_, _, out| {
            out.say("Listing system daemons...");
            for part in Part::ALL {
                out.say(&format!("  {}", part.name()));
            }
            out.say("Done.");
        }),
    },
    Command {
        name: "Maint::Daemon::Summary",
        about: "Show the tasks of the daemon: when each ran last, for how long, how it ended, and when it runs next.",
        options: &[],
        arguments: &[Argument::optional("daemon-name", "One part of the daemon.")],
        run: Run::OnInstallation(|session| Box::pin(summary(session))),
    },
];

async fn summary(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let part = match given.argument_at(0) {
        None => None,
        Some(name) => match Part::ALL.into_iter().find(|part| part.name() == name) {
            Some(part) => Some(part),
            None => {
                return Err(Failure::told(format!(
                    "Daemon {name} configuration is invalid"
                )));
            }
        },
    };
    let summary = daemon::summary(app).await?;
    out.say(&match part {
        None => "\nGathering summary for all daemons...\n".to_owned(),
        Some(part) => format!("\nGathering summary for '{}'...\n", part.name()),
    });
    for line in summary.lines(part) {
        out.say(&line);
    }
    out.say("Done.");
    Ok(())
}
