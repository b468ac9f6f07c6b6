//! `Maint::Session::*`: who is signed in.

use super::{Command, Failure, Run, Session};
use crate::auth::session::cleaning;

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Session::DeleteAll",
        about: "End every session.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete_all(session))),
    },
    Command {
        name: "Maint::Session::DeleteExpired",
        about: "End sessions that are too old or idle for too long.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(over(session, true))),
    },
    Command {
        name: "Maint::Session::ListAll",
        about: "Show every session.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(list_all(session))),
    },
    Command {
        name: "Maint::Session::ListExpired",
        about: "Show sessions that are too old or idle for too long.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(over(session, false))),
    },
];

async fn list_all(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Listing all sessions...");
    for id in cleaning::list(app).await? {
        out.say(&format!("  {id}"));
    }
    out.say("Done.");
    Ok(())
}

async fn delete_all(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Deleting all sessions...");
    for id in cleaning::list(app).await? {
        cleaning::end(app, std::slice::from_ref(&id)).await?;
        out.say(&format!("  {id}"));
    }
    out.say("Done.");
    Ok(())
}

/// Shows the sessions that are over, and ends them if told so.
async fn over(session: Session<'_>, end: bool) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    let verb = if end { "Deleting" } else { "Listing" };
    let over = cleaning::list_over(app).await?;
    for (kind, ids) in [("expired", over.expired), ("idle", over.idle)] {
        out.say(&format!("{verb} {kind} sessions..."));
        if end {
            cleaning::end(app, &ids).await?;
        }
        for id in ids {
            out.say(&format!("  {id}"));
        }
    }
    out.say("Done.");
    Ok(())
}
