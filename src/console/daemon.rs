//! `Maint::Daemon::*`: what the daemon does.

use super::{Allowed, Argument, Command, CommandOption, Failure, Given, Run, Session};
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
    Command {
        name: "Maint::GenericAgent::Run",
        about: "Refused: jobs in files of the Perl system are not run here; the daemon runs those of the database.",
        options: &[
            CommandOption::required("configuration-module", "The module with the jobs."),
            CommandOption::optional("ticket-limit", "At most so many tickets for each job.")
                .allowed(Allowed::Number),
            CommandOption::flag("force-pid", "Without effect."),
            CommandOption::flag("debug", "Without effect."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(async { run_jobs_of_file(session.given) })),
    },
];

/// Jobs in files of the Perl system are refused; the daemon runs those of the database.
fn run_jobs_of_file(given: &Given) -> Result<(), Failure> {
    let module = given.text("configuration-module");
    Err(Failure::told(format!(
        "Could not load agent job file '{module}': modules of the Perl system are not run here. The daemon runs the jobs of the database."
    )))
}

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
