//! `Maint::Ticket::*`: what is done to all tickets at once.

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::ticket::{index, maintenance};

const MICRO_SLEEP: &[CommandOption] = &[CommandOption::optional(
    "micro-sleep",
    "Without effect: one ticket is worked on after the other.",
)
.allowed(Allowed::Number)];

const ARCHIVE: &str = "Ticket::ArchiveSystem";

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Ticket::ArchiveCleanup",
        about: "Forget who has seen and who watches tickets that are in the archive.",
        options: MICRO_SLEEP,
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(clean_archive(session))),
    },
    Command {
        name: "Maint::Ticket::EscalationIndexRebuild",
        about: "Compute anew when each ticket escalates.",
        options: MICRO_SLEEP,
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(rebuild_escalation_index(session))),
    },
    Command {
        name: "Maint::Ticket::InvalidUserCleanup",
        about: "Unlock what agents hold that are not valid any more, and forget what those have seen and watch that are so for a month.",
        options: MICRO_SLEEP,
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(clean_invalid_users(session))),
    },
    Command {
        name: "Maint::Ticket::QueueIndexCleanup",
        about: "Empty the index of queues where it is not used.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(clean_queue_index(session))),
    },
    Command {
        name: "Maint::Ticket::QueueIndexRebuild",
        about: "Fill the index of queues anew where it is used.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(rebuild_queue_index(session))),
    },
    Command {
        name: "Maint::Ticket::RestoreFromArchive",
        about: "Bring tickets back from the archive that are not closed.",
        options: MICRO_SLEEP,
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(restore_from_archive(session))),
    },
];

async fn clean_archive(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    let settings = app.settings.current();
    if !settings.is_on(ARCHIVE) {
        return Err(Failure::told(format!("{ARCHIVE} is not enabled!")));
    }
    out.say("Cleaning up ticket archive...");
    if settings.is_on("Ticket::ArchiveSystem::RemoveSeenFlags") {
        out.say("Checking for archived tickets with seen flags...");
        let told = |id| out.say(&format!("    Removing seen flags of ticket {id}"));
        let count = maintenance::forget_seen_tickets(app, told).await?;
        out.say(&format!("Done (changed {count} tickets)."));
        out.say("Checking for archived articles with seen flags...");
        let told = |id: crate::ticket::article::ArticleId| {
            out.say(&format!("    Removing seen flags of article {}", id.0));
        };
        let count = maintenance::forget_seen_articles(app, told).await?;
        out.say(&format!("Done (changed {count} articles)."));
    }
    if settings.is_on("Ticket::ArchiveSystem::RemoveTicketWatchers")
        && settings.is_on("Ticket::Watcher")
    {
        out.say("Checking for archived tickets with ticket watcher entries...");
        let told = |id| {
            out.say(&format!(
                "    Removing ticket watcher entries of ticket {id}"
            ));
        };
        let count = maintenance::forget_watchers(app, told).await?;
        out.say(&format!("Done (changed {count} tickets)."));
    }
    out.say("Done.");
    Ok(())
}

async fn rebuild_escalation_index(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Rebuilding ticket escalation index...");
    let mut count = 0;
    maintenance::rebuild_escalation_index(app, |_| {
        count += 1;
        if count % 2000 == 0 {
            out.say(&format!("  {count} tickets"));
        }
    })
    .await?;
    out.say("Done.");
    Ok(())
}

async fn clean_invalid_users(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Starting invalid user cleanup...");
    let gone = maintenance::invalid_agents(app).await?;
    out.say(&format!(
        "  Lock Cleanup for {} users starting...",
        gone.len()
    ));
    let (unlocked, changed) = maintenance::unlock_of_invalid(app, &gone).await?;
    out.say(&format!(
        "  Done (unlocked {unlocked} and changed state of {changed} tickets)."
    ));
    let gone: Vec<_> = gone.into_iter().filter(|agent| agent.for_long).collect();
    out.say(&format!(
        "  Flag Cleanup for {} users starting...",
        gone.len()
    ));
    for agent in gone {
        let name = &agent.login;
        let done = maintenance::forget_agent(app, agent.id).await?;
        for (what, count) in [("tickets", done.tickets), ("articles", done.articles)] {
            out.say(&format!(
                "    Checking for {what} with seen flags for user {name}..."
            ));
            out.say(&format!(
                "    Done (changed {count} {what} for user {name})."
            ));
        }
        if app.settings.current().is_on("Ticket::Watcher") {
            out.say(&format!(
                "    Checking for tickets with ticket watcher entries for user {name}..."
            ));
            out.say(&format!(
                "    Done (changed {} tickets for user {name}).",
                done.watched
            ));
        }
    }
    out.say("  Done.");
    out.say("Done.");
    Ok(())
}

async fn clean_queue_index(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    if index::is_kept(&app.settings.current()) {
        return Err(Failure::told(
            "The queue index is in use: Ticket::IndexModule is StaticDB.",
        ));
    }
    out.say("Cleaning up ticket queue index...");
    match maintenance::clean_queue_index(app).await? {
        0 => out.say("Queue index is already clean."),
        count => out.say(&format!("Done ({count} records deleted).")),
    }
    Ok(())
}

async fn rebuild_queue_index(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Rebuilding ticket index...");
    maintenance::rebuild_queue_index(app).await?;
    out.say("Done.");
    Ok(())
}

async fn restore_from_archive(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Restoring tickets from ticket archive...");
    if !app.settings.current().is_on(ARCHIVE) {
        out.say("No action required. The archive system is disabled at the moment.");
        return Ok(());
    }
    let count = maintenance::restore_from_archive(app).await?;
    out.say(&match count {
        0 => "No tickets to restore.".to_owned(),
        count => format!("Done ({count} tickets restored)."),
    });
    Ok(())
}
