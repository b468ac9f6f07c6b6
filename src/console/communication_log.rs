//! `Maint::Log::CommunicationLog`: old communications go.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{
    mail::communication_log::delete::{self, Which},
    ticket::working_time,
};

pub const COMMANDS: &[Command] = &[Command {
    name: "Maint::Log::CommunicationLog",
    about: "Delete communications from the log.",
    options: &[
        CommandOption::flag("force-delete", "Delete those that are under way too."),
        CommandOption::flag(
            "purge",
            "Delete what is older than CommunicationLog::PurgeAfterHours says.",
        ),
        CommandOption::optional(
            "delete-by-hours-old",
            "Delete what is older than so many hours.",
        )
        .allowed(Allowed::Number),
        CommandOption::optional(
            "delete-by-date",
            "Delete what began on this day, such as 2026-01-31.",
        )
        .allowed(Allowed::Date),
        CommandOption::optional("delete-by-id", "Delete the communication with this id."),
        CommandOption::flag("verbose", "Taken as it comes."),
    ],
    arguments: &[],
    run: Run::OnInstallation(|session| Box::pin(run(session))),
}];

async fn run(session: Session<'_>) -> Result<(), Failure> {
    let given = session.given;
    let values = ["delete-by-hours-old", "delete-by-date", "delete-by-id"];
    let actions = values.iter().filter(|name| given.option(name).is_some());
    match actions.count() + usize::from(given.has("purge")) {
        0 => Err(Failure::Usage(
            "Either --purge, --delete-by-id, --delete-by-date or --delete-by-days-old must be given!"
                .to_owned(),
        )),
        1 if given.has("purge") => purge(session).await,
        1 => delete(session).await,
        _ => Err(Failure::Usage(
            "Only one type of action allowed per execution!".to_owned(),
        )),
    }
}

/// On the clock of the installation.
fn shown(session: &Session<'_>, moment: NaiveDateTime) -> String {
    let zone = working_time::zone_of(&session.app.settings.current());
    let local = moment.and_utc().with_timezone(&zone);
    local.format("%Y-%m-%d %H:%M:%S").to_string()
}

fn hours_ago(session: &Session<'_>, hours: i64) -> NaiveDateTime {
    let ago = TimeDelta::try_hours(hours);
    let then = ago.and_then(|ago| session.app.clock.now().checked_sub_signed(ago));
    then.unwrap_or(NaiveDateTime::MIN)
}

async fn purge(session: Session<'_>) -> Result<(), Failure> {
    let settings = session.app.settings.current();
    let hours = |name: &str| hours_ago(&session, settings.integer(name));
    let successful = hours("CommunicationLog::PurgeAfterHours::SuccessfulCommunications");
    let all = hours("CommunicationLog::PurgeAfterHours::AllCommunications");
    let lines = [
        format!(
            "Going to delete all communications older than '{}' with status 'Successful'!",
            shown(&session, successful)
        ),
        format!(
            "Going to delete all communications older than '{}'!",
            shown(&session, all)
        ),
    ];
    let Session { app, out, .. } = session;
    let steps = [Which::SuccessfulBefore(successful), Which::Before(all)];
    for (line, which) in lines.iter().zip(steps) {
        out.say(line);
        let mut tx = app.db.begin().await?;
        delete::delete(&mut tx, which, true).await?;
        tx.commit().await?;
    }
    out.say("\nDone.");
    Ok(())
}

async fn delete(session: Session<'_>) -> Result<(), Failure> {
    let given = session.given;
    let forced = given.has("force-delete");
    let (which, what, unless) = if let Some(id) = given.option("delete-by-id") {
        // An id that is no number is that of no communication.
        let which = id.parse().ok().map(Which::Id);
        let what = format!("communication with ID '{id}'");
        (which, what, " except if isn't processing")
    } else if let Some(date) = given.option("delete-by-date") {
        let day = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok();
        let what = format!("all communications of date '{date}'");
        (
            day.map(Which::Of),
            what,
            " except the ones with Status 'Processing'",
        )
    } else {
        let hours = given.text("delete-by-hours-old").parse();
        let before = hours_ago(&session, hours.unwrap_or(i64::MAX));
        let what = format!(
            "all communications older than '{}'",
            shown(&session, before)
        );
        (
            Some(Which::Before(before)),
            what,
            " except the ones with Status 'Processing'",
        )
    };
    let Session { app, out, .. } = session;
    let unless = if forced { "" } else { unless };
    out.say(&format!("Going to delete {what}{unless}!"));
    match which {
        Some(which) => {
            let mut tx = app.db.begin().await?;
            delete::delete(&mut tx, which, forced).await?;
            tx.commit().await?;
        }
        None => out.complain("There is no such day or communication."),
    }
    out.say("\nDone.");
    Ok(())
}
