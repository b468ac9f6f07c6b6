//! What is kept for a while only: uploads, drafts, the debug log of web services.

use chrono::TimeDelta;

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{form, generic_interface::debugger};

/// `FormDraftTTL`, by object type, in minutes.
const DRAFTS_LAST: &str = "FormDraftTTL";

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::FormDraft::Delete",
        about: "Delete drafts.",
        options: &[
            CommandOption::flag(
                "expired",
                "Only those that are older than FormDraftTTL says.",
            ),
            CommandOption::required("object-type", "What the drafts are for, such as Ticket."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete_drafts(session))),
    },
    Command {
        name: "Maint::GenericInterface::DebugLog::Cleanup",
        about: "Delete old entries of the web services' debug log.",
        options: &[CommandOption::required(
            "created-before-days",
            "Those of more than so many days ago.",
        )
        .allowed(Allowed::Number)],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(clean_debug_log(session))),
    },
    Command {
        name: "Maint::WebUploadCache::Cleanup",
        about: "Delete uploads that belong to no message any more.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(clean_uploads(session))),
    },
];

async fn delete_drafts(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let kind = given.text("object-type");
    out.say("Deleting drafts...");
    let minutes = app.settings.current().value(DRAFTS_LAST);
    let minutes = minutes.get(kind).and_then(compat::Value::as_string);
    let minutes = minutes.and_then(|it| it.parse().ok());
    // What has no time of its own lasts for none.
    let age = TimeDelta::try_minutes(minutes.unwrap_or_default());
    let before = age.and_then(|age| app.clock.now().checked_sub_signed(age));
    let mut tx = app.db.begin().await?;
    form::delete_drafts(&mut tx, kind, before.filter(|_| given.has("expired"))).await?;
    tx.commit().await?;
    out.say("Done.");
    Ok(())
}

async fn clean_debug_log(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let days = given.text("created-before-days").parse::<i64>().ok();
    if days == Some(0) {
        return Err(Failure::told("created-before-days must be greater than 0"));
    }
    out.say("Deleting Generic Interface debug log entries...");
    let ago = days.and_then(TimeDelta::try_days);
    // A time before all times leaves everything.
    if let Some(before) = ago.and_then(|ago| app.clock.now().checked_sub_signed(ago)) {
        let mut tx = app.db.begin().await?;
        debugger::delete_before(&mut tx, before).await?;
        tx.commit().await?;
    }
    out.say("Done.");
    Ok(())
}

async fn clean_uploads(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Cleaning up the upload cache files...");
    let mut tx = app.db.begin().await?;
    form::delete_old_uploads(&mut tx, app.clock.now()).await?;
    tx.commit().await?;
    out.say("Done.");
    Ok(())
}
