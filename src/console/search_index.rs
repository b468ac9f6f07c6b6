//! `Maint::Ticket::FulltextIndex` and its worker.

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::ticket::article::reindex;

/// Articles in one run of the worker when nobody says how many.
const LIMIT: i32 = 20_000;

/// The reference system's bound on processes. Here one process works, whatever the number.
const CHILDREN: i32 = 20;

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Ticket::FulltextIndex",
        about: "Show how much of the full-text index is up to date, or mark every article for indexing.",
        options: &[
            CommandOption::flag("status", "Show how much is up to date."),
            CommandOption::flag("rebuild", "Mark every article for indexing."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(index(session))),
    },
    Command {
        name: "Maint::Ticket::FulltextIndexRebuildWorker",
        about: "Index the articles that are marked.",
        options: &[
            CommandOption::optional("children", "Taken as it comes; one process works.")
                .allowed(Allowed::Number),
            CommandOption::optional("limit", "At most so many articles [default: 20000].")
                .allowed(Allowed::Number),
            CommandOption::flag("force-pid", "Without effect: several may work at once."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(work(session))),
    },
];

async fn index(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    match (given.has("status"), given.has("rebuild")) {
        (false, false) => Err(Failure::told("Either --status or --rebuild must be given!")),
        (true, true) => Err(Failure::told(
            "Either --status or --rebuild must be given, not both!",
        )),
        (true, false) => {
            let status = reindex::status(app).await?;
            out.say(&format!(
                "Indexed Articles: {:.1}% ({}/{})",
                status.percent(),
                status.indexed,
                status.total
            ));
            Ok(())
        }
        (false, true) => {
            out.say("Marking all articles for reindexing...");
            reindex::mark_all(app).await?;
            out.say("Done.");
            Ok(())
        }
    }
}

async fn work(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    if given.option("children").is_some() && given.number("children").is_none_or(|it| it > CHILDREN)
    {
        return Err(Failure::told(format!(
            "The allowed maximum amount of child processes is {CHILDREN}!"
        )));
    }
    let limit = given.number("limit").unwrap_or(LIMIT);
    reindex::run(app, limit.unsigned_abs().into()).await?;
    out.say("Done.");
    Ok(())
}
