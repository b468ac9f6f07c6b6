//! `Admin::Article::StorageSwitch`.

use chrono::{NaiveDateTime, TimeDelta};

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{
    directory::UserId,
    ticket::{
        article::storage::{
            Backend, Storage,
            switch::{self, Event, Tickets},
        },
        working_time,
    },
};

const BACKENDS: Allowed = Allowed::OneOf(&["ArticleStorageDB", "ArticleStorageFS"]);

pub const COMMANDS: &[Command] = &[Command {
    name: "Admin::Article::StorageSwitch",
    about: "Move what articles have from the database to files, or back, while everything runs.",
    options: &[
        CommandOption::required("target", "Where to (ArticleStorageDB|ArticleStorageFS).")
            .allowed(BACKENDS),
        CommandOption::optional("source", "Where from (ArticleStorageDB|ArticleStorageFS).")
            .allowed(BACKENDS),
        CommandOption::optional(
            "tickets-closed-before-date",
            "Only tickets that were closed before this moment, such as 2026-01-31 08:00:00.",
        )
        .allowed(Allowed::Moment),
        CommandOption::optional(
            "tickets-closed-before-days",
            "Only tickets that were closed so many days ago.",
        )
        .allowed(Allowed::Number),
        CommandOption::optional(
            "tickets-created-before-date",
            "Only tickets that were created before this moment, such as 2026-01-31 08:00:00.",
        )
        .allowed(Allowed::Moment),
        CommandOption::optional(
            "tickets-created-before-days",
            "Only tickets that were created so many days ago.",
        )
        .allowed(Allowed::Number),
        CommandOption::flag(
            "tolerant",
            "End well even if articles had to be left alone.",
        ),
        CommandOption::optional(
            "micro-sleep",
            "Without effect: one article is moved after the other.",
        )
        .allowed(Allowed::Number),
        CommandOption::flag(
            "force-pid",
            "Without effect: runs do not get into each other's way.",
        ),
    ],
    arguments: &[],
    run: Run::OnInstallation(|session| Box::pin(run(session))),
}];

/// The moment that a date, on the clock of the installation, or a number of days says. In UTC.
fn moment(session: &Session<'_>, which: &str) -> Result<Option<NaiveDateTime>, Failure> {
    let given = session.given;
    let date = format!("tickets-{which}-before-date");
    if let Some(text) = given.option(&date) {
        let zone = working_time::zone_of(&session.app.settings.current());
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok();
        let moment = local.and_then(|local| local.and_local_timezone(zone).earliest());
        let moment =
            moment.ok_or_else(|| Failure::told(format!("There is no such moment: {text}")))?;
        return Ok(Some(moment.naive_utc()));
    }
    let days = given.option(&format!("tickets-{which}-before-days"));
    let ago = days.and_then(|days| TimeDelta::try_days(days.parse().ok()?));
    Ok(match (days, ago) {
        (Some(_), None) => Some(NaiveDateTime::MIN),
        (_, ago) => ago.and_then(|ago| session.app.clock.now().checked_sub_signed(ago)),
    })
}

async fn run(session: Session<'_>) -> Result<(), Failure> {
    let tickets = Tickets {
        created_before: moment(&session, "created")?,
        closed_before: moment(&session, "closed")?,
    };
    let Session { app, given, out } = session;
    let target = given.text("target");
    if given.option("source") == Some(target) {
        out.say("\nDone.");
        return Ok(());
    }
    let to = if target == "ArticleStorageFS" {
        Backend::Files
    } else {
        Backend::Database
    };
    let storage = Storage::from_settings(&app.settings.current());
    if storage.configured != to && !storage.check_all {
        return Err(Failure::told(format!(
            "Attachments in the {to} would not be shown: set Ticket::Article::Backend::MIMEBase::CheckAllStorageBackends to 1 first, or ArticleStorage to the {to}."
        )));
    }
    let stamp = app.stamp(UserId::SYSTEM);
    let told = |event: Event<'_>| match event {
        Event::Step(progress) => out.say(&format!(
            "{} of {} articles, {} moved, {} left alone",
            progress.looked_at, progress.total, progress.moved, progress.left_alone
        )),
        Event::LeftAlone(article, why) => out.complain(&format!("Article {}: {why}", article.0)),
    };
    let done = switch::run(&app.db, &storage, stamp, to, None, tickets, told).await;
    let progress = done.map_err(|error| Failure::told(error.to_string()))?;
    if progress.left_alone > 0 && !given.has("tolerant") {
        return Err(Failure::told(format!(
            "{} articles keep what they have; nothing of them is lost.",
            progress.left_alone
        )));
    }
    out.say("\nDone.");
    Ok(())
}
