//! Sends the mails that wait.
//!
//! Whoever sends a mail claims it first: the row gets a mark of its own and a time at which the claim ends, so that no
//! two processes send it, and so that the mails of a process that died are sent by another one then. The mark goes with
//! the row, in the transaction that keeps what became of it. A process that dies between the mail server's last word
//! and that transaction makes the mail go out twice; SMTP knows no way to ask.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use compat::{Value, storable};
use schema::DbError;

use super::{
    log::Log,
    store::{self, Claimed, Item},
    transport::{Carrier, Failure, Parcel, Transport},
};
use crate::{
    app::App,
    directory::UserId,
    settings::Settings,
    ticket::{self, article::ArticleId, work::Work},
};

/// How long sending one mail may take.
const LONGEST: Duration = Duration::from_mins(5);
/// How long a claim lasts: longer than sending may take.
const LEASE: TimeDelta = TimeDelta::minutes(6);
/// How long the sender sleeps when nothing was to do.
const PAUSE: Duration = Duration::from_secs(2);
/// Who does what nobody asked for.
const SYSTEM: UserId = UserId(1);

/// What became of one mail.
#[derive(Clone, Debug, PartialEq)]
pub enum Outcome {
    Sent,
    /// It is tried again.
    PutOff(Failure),
    /// It is not in the queue any more.
    GivenUp(Failure),
}

/// Sends every mail that is due and that nobody else has; `force` also those that wait for their next attempt.
///
/// Gives the keys in `mail_queue` with what became of them. Source: `Maint::Email::MailQueue --send` of the reference
/// system against a mail server that fails on demand.
#[tracing::instrument(name = "mail.send_due", skip_all)]
pub async fn send_due(app: &App, force: bool) -> Result<Vec<(i64, Outcome)>, DbError> {
    let mut done = Vec::new();
    let mut after = 0;
    let mut carrier = None;
    loop {
        let now = app.clock.now();
        let items = store::due(&mut app.db.read().await?, after, now, force).await?;
        let Some(last) = items.last() else {
            break;
        };
        after = last.id;
        for item in &items {
            let Some(claimed) = claim(app, item, force).await? else {
                continue;
            };
            let outcome = attempt(app, &mut carrier, item, &claimed).await;
            let outcome = settle(app, item, &claimed, outcome).await?;
            done.push((item.id, outcome));
        }
    }
    if let Some(carrier) = carrier {
        carrier.close().await;
    }
    Ok(done)
}

/// Sends what is due, round after round.
pub async fn run_forever(app: Arc<App>) {
    loop {
        match send_due(&app, false).await {
            Ok(done) if !done.is_empty() => {
                let sent = done.iter().filter(|(_, outcome)| *outcome == Outcome::Sent);
                let sent = sent.count();
                let failed = done.len() - sent;
                tracing::info!(
                    mails.sent = sent,
                    mails.failed = failed,
                    "sent {sent} mails"
                );
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "mails can not be sent"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

async fn claim(app: &App, item: &Item, force: bool) -> Result<Option<Claimed>, DbError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    let claimed = store::claim(&mut tx, item, now, now + LEASE, force).await?;
    tx.commit().await?;
    Ok(claimed)
}

async fn attempt(
    app: &App,
    carrier: &mut Option<Carrier>,
    item: &Item,
    claimed: &Claimed,
) -> Result<(), Failure> {
    let raw = message(&claimed.image).ok_or_else(|| Failure {
        code: Some(501),
        text: "The message in the queue can not be read!".to_owned(),
        connected: true,
    })?;
    if carrier.is_none() {
        *carrier = Some(Carrier::new(Transport::from_settings(app).await?));
    }
    let recipients: Vec<String> = item
        .recipients
        .split(',')
        .map(|address| address.trim().to_owned())
        .filter(|address| !address.is_empty())
        .collect();
    let parcel = Parcel {
        sender: &item.sender,
        recipients: &recipients,
        raw: &raw,
    };
    let Some(at_work) = carrier else {
        return Ok(());
    };
    let sent = tokio::time::timeout(LONGEST, at_work.send(parcel)).await;
    sent.unwrap_or_else(|_| {
        // Nobody knows what the connection was at.
        *carrier = None;
        Err(Failure {
            code: None,
            text: format!(
                "The mail server took longer than {} seconds!",
                LONGEST.as_secs()
            ),
            connected: true,
        })
    })
}

/// Header and body from the column.
fn message(image: &[u8]) -> Option<Vec<u8>> {
    let Value::Map(map) = storable::read(image).ok()? else {
        return None;
    };
    let bytes = |name: &str| match map.get(name)? {
        Value::Text(text) => Some(text.as_bytes()),
        Value::Bytes(bytes) => Some(bytes.as_slice()),
        _ => None,
    };
    Some([bytes("Header")?, b"\n", bytes("Body")?].concat())
}

/// Keeps what became of a mail, and says it to whoever wants to know.
async fn settle(
    app: &App,
    item: &Item,
    claimed: &Claimed,
    outcome: Result<(), Failure>,
) -> Result<Outcome, DbError> {
    let mut work = Work::begin(app, SYSTEM).await?;
    let settings = Arc::clone(&work.settings);
    let now = app.clock.now();
    let log = Log::of(&mut work.tx, &settings, now, item).await?;
    let limits = Limits::of(&settings);
    let failure = match outcome {
        Ok(()) => {
            if store::delete_claimed(&mut work.tx, item, claimed).await? {
                log.sent(&mut work.tx, item).await?;
                tell(&mut work, item.article, "ArticleEmailSendingSent").await?;
            }
            work.commit().await?;
            return Ok(Outcome::Sent);
        }
        Err(failure) => failure,
    };
    tracing::warn!(
        mail.id = item.id,
        mail.code = failure.code,
        "a mail could not be sent"
    );
    let attempts = i64::from(item.attempts) + 1;
    if failure.is_permanent() || attempts >= limits.attempts {
        if store::delete_claimed(&mut work.tx, item, claimed).await? {
            log.given_up(&mut work.tx, item, &failure).await?;
            failed(&mut work, item.article, &failure.text).await?;
        }
        work.commit().await?;
        return Ok(Outcome::GivenUp(failure));
    }
    let due = now + TimeDelta::minutes(limits.delay.saturating_mul(attempts).min(60 * 24 * 365));
    store::put_off(
        &mut work.tx,
        item,
        claimed,
        due,
        failure.code,
        &failure.text,
    )
    .await?;
    log.put_off(&mut work.tx, item, &failure).await?;
    work.commit().await?;
    Ok(Outcome::PutOff(failure))
}

/// The setting `MailQueue`.
struct Limits {
    attempts: i64,
    /// Minutes that each further attempt waits longer.
    delay: i64,
}

impl Limits {
    fn of(settings: &Settings) -> Self {
        let setting = settings.value("MailQueue");
        let number = |key: &str, usual: i64| {
            let text = setting.get(key).and_then(Value::as_string);
            text.and_then(|text| text.trim().parse().ok())
                .unwrap_or(usual)
        };
        Self {
            attempts: number("ItemMaxAttempts", 3),
            delay: number("IncrementAttemptDelayInMinutes", 2).max(0),
        }
    }
}

/// Takes mails out of the queue that are not to be sent; their articles keep why. Gives how many there were.
pub async fn cancel(app: &App, items: &[Item]) -> Result<usize, DbError> {
    let mut count = 0;
    for item in items {
        let mut work = Work::begin(app, SYSTEM).await?;
        let settings = Arc::clone(&work.settings);
        if store::delete(&mut work.tx, item.id).await? {
            let now = app.clock.now();
            let log = Log::of(&mut work.tx, &settings, now, item).await?;
            log.cancelled(&mut work.tx).await?;
            failed(&mut work, item.article, super::CANCELLED).await?;
            count += 1;
        }
        work.commit().await?;
    }
    Ok(count)
}

async fn failed(
    work: &mut Work<'_>,
    article: Option<ArticleId>,
    text: &str,
) -> Result<(), DbError> {
    if let Some(article) = article {
        store::insert_error(&mut work.tx, work.stamp.at, article, text).await?;
    }
    tell(work, article, "ArticleEmailSendingError").await
}

async fn tell(work: &mut Work<'_>, article: Option<ArticleId>, event: &str) -> Result<(), DbError> {
    let Some(article) = article else {
        return Ok(());
    };
    let Some(id) = store::ticket_of(&mut work.tx, article).await? else {
        return Ok(());
    };
    let app = work.app;
    let found = ticket::list(&mut work.tx, &app.recent, &[id]).await?;
    if let Some(mut ticket) = found.into_iter().next() {
        work.emit(&mut ticket, event, Some(article)).await?;
    }
    Ok(())
}
