//! The postmaster: a mail becomes a ticket, an article of one, or nothing.
//!
//! [`receive`] reads the message ([`parse`]), asks the filters ([`filter`]), looks for the ticket that it belongs to
//! ([`follow_up`]), and writes: [`new_ticket`] or [`follow_up`]. One message is one transaction.
//!
//! A new filter: a file under `filter/`, and its name in [`filter::run`].
//!
//! A message whose `Message-ID` came before is a message like any other: the reference system has no setting and no filter
//! for duplicates, and makes a second ticket of it.

use std::fmt;

use schema::DbError;

use crate::{
    app::App,
    directory::UserId,
    mail::communication_log::{CommunicationLog, ObjectKind, Priority, Target},
    ticket::{
        TicketId,
        article::{ArticleId, storage::StorageError},
        work::{Work, again_on_conflict},
    },
};

mod article;
mod choices;
mod destination;
mod field;
pub mod filter;
pub mod filter_store;
pub mod follow_up;
mod new_ticket;
pub mod parameters;
pub mod parse;
mod pending;
mod sender;
mod store;
mod subject;

use parameters::Parameters;
use parse::Message;

/// The name of this room in the communication log, as the reference has it there.
const KEY: &str = "Kernel::System::PostMaster";

/// How a message came in.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// The queue that whoever delivers it has chosen.
    pub queue: Option<String>,
    /// Whether its `X-OTRS` headers count.
    pub trusted: bool,
}

/// What became of a message.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Outcome {
    NewTicket,
    /// A new ticket in the place of a closed one.
    NewTicketForClosed,
    FollowUp,
    /// An article of a closed ticket that takes none.
    Rejected,
    /// A header or a filter says that it is not wanted.
    Ignored,
}

/// What became of a message, and where it is found.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Received {
    pub outcome: Outcome,
    pub ticket: Option<TicketId>,
    pub number: Option<String>,
    pub article: Option<ArticleId>,
}

impl fmt::Display for Received {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.outcome)?;
        match &self.number {
            Some(number) => write!(f, " {number}"),
            None => Ok(()),
        }
    }
}

impl Received {
    fn ignored() -> Self {
        Self {
            outcome: Outcome::Ignored,
            ticket: None,
            number: None,
            article: None,
        }
    }
}

/// Bytes of a message that is taken in at all, whatever its door allows.
pub const LARGEST: usize = 512 * 1024 * 1024;

/// Why a message was not kept; nothing of it was.
#[derive(Debug, thiserror::Error)]
pub enum ReceiveError {
    /// The database is away, or others were quicker again and again: the same message may succeed later.
    #[error("later: {0}")]
    Later(#[source] DbError),
    /// The same would happen again.
    #[error(transparent)]
    Failed(Box<dyn std::error::Error + Send + Sync>),
}

/// Keeps a message: a new ticket, an article of one that is there, or nothing when it is to be ignored.
///
/// `log` gets what happened as entries of its message, and which article it became.
///
/// Errors: [`ReceiveError`]; then nothing was written.
#[tracing::instrument(name = "mail.receive", skip_all, fields(size_bytes = raw.len()))]
pub async fn receive(
    app: &App,
    raw: &[u8],
    options: &Options,
    log: &mut CommunicationLog,
) -> Result<Received, ReceiveError> {
    if raw.len() > LARGEST {
        let error = TooLarge(raw.len());
        fails(log, &error, app);
        return Err(ReceiveError::Failed(Box::new(error)));
    }
    let to_text = app.settings.current().is_on("PostmasterAutoHTML2Text");
    let message = parse::message(raw, to_text);
    let attempt = again_on_conflict(|| attempt(app, &message, options, log)).await;
    let received = match attempt {
        Ok(Ok((received, said))) => {
            *log = said;
            received
        }
        Ok(Err(error)) => {
            fails(log, &error, app);
            return Err(ReceiveError::Failed(Box::new(error)));
        }
        Err(error) => {
            fails(log, &error, app);
            return Err(sorted(error));
        }
    };
    tracing::info!(
        ticket.number = received.number.as_deref().unwrap_or_default(),
        "a mail came in: {:?}",
        received.outcome
    );
    Ok(received)
}

#[derive(Debug, thiserror::Error)]
#[error("the message has {0} bytes, and at most {LARGEST} are taken in")]
struct TooLarge(usize);

fn fails(log: &mut CommunicationLog, error: &dyn std::error::Error, app: &App) {
    let text = error.to_string();
    let now = app.clock.now();
    log.entry(ObjectKind::Message, Priority::Error, KEY, text, now);
}

fn sorted(error: DbError) -> ReceiveError {
    match error {
        DbError::Missing { .. } | DbError::Inconsistent { .. } => {
            ReceiveError::Failed(Box::new(error))
        }
        other => ReceiveError::Later(other),
    }
}

/// Something for the communication log.
#[derive(Debug)]
struct Note {
    priority: Priority,
    key: String,
    text: String,
}

/// A mail on its way to be an article.
struct Mail<'a> {
    message: &'a Message,
    parameters: Parameters,
    options: &'a Options,
    searches: filter::Searches,
    notes: Vec<Note>,
}

impl Mail<'_> {
    fn note(&mut self, priority: Priority, key: &str, text: impl Into<String>) {
        self.notes.push(Note {
            priority,
            key: key.to_owned(),
            text: text.into(),
        });
    }

    fn is_ignored(&self) -> bool {
        let value = self.parameters.get("X-OTRS-Ignore");
        value.eq_ignore_ascii_case("yes") || value.eq_ignore_ascii_case("true")
    }
}

type Attempt = Result<(Received, CommunicationLog), StorageError>;

async fn attempt(
    app: &App,
    message: &Message,
    options: &Options,
    log: &CommunicationLog,
) -> Result<Attempt, DbError> {
    match write(app, message, options, log).await {
        Err(StorageError::Database(error)) => Err(error),
        other => Ok(other),
    }
}

/// Filters, decides and writes, in one transaction; with it goes what `log` has to say, and is given back.
async fn write(app: &App, message: &Message, options: &Options, log: &CommunicationLog) -> Attempt {
    let settings = app.settings.current();
    let by = i32::try_from(settings.integer("PostmasterUserID")).unwrap_or(1);
    let mut work = Work::begin(app, UserId(by)).await?;
    let mut mail = Mail {
        parameters: Parameters::of(message, &settings, options.trusted),
        message,
        options,
        searches: filter::Searches::new(&app.mail_patterns),
        notes: Vec::new(),
    };
    filter::run(&mut work, &mut mail, filter::Stage::BeforeFollowUp, None).await?;
    if mail.is_ignored() {
        mail.note(
            Priority::Info,
            KEY,
            "Ignored Email, as X-OTRS-Ignore says so.",
        );
        // A filter may have told the sender.
        return commit(work, mail.notes, Received::ignored(), log).await;
    }
    let found = follow_up::find(&mut work, &mut mail).await?;
    let stage = filter::Stage::BeforeArticle;
    filter::run(
        &mut work,
        &mut mail,
        stage,
        found.as_ref().map(|ticket| ticket.id),
    )
    .await?;
    if mail.is_ignored() {
        mail.note(Priority::Info, KEY, "Ignored Email, as a filter says so.");
        // A filter may have told the sender.
        return commit(work, mail.notes, Received::ignored(), log).await;
    }
    let mut received = match found {
        Some(ticket) => follow_up::take(&mut work, &mut mail, ticket).await?,
        None => new_ticket::create(&mut work, &mut mail, None).await?,
    };
    filter::run(
        &mut work,
        &mut mail,
        filter::Stage::Afterwards,
        received.ticket,
    )
    .await?;
    if let Some(number) = &mut received.number {
        number.shrink_to_fit();
    }
    commit(work, mail.notes, received, log).await
}

/// Writes the log with the rest, and commits.
async fn commit(
    mut work: Work<'_>,
    notes: Vec<Note>,
    received: Received,
    log: &CommunicationLog,
) -> Attempt {
    let now = work.stamp.at;
    let mut said = log.clone();
    for note in notes {
        said.entry(
            ObjectKind::Message,
            note.priority,
            &note.key,
            note.text,
            now,
        );
    }
    if let Some(ArticleId(id)) = received.article {
        said.lookup(ObjectKind::Message, Target::Article, id, now);
    }
    said.message_taken(&received.to_string(), now);
    said.write_in(&mut work.tx).await?;
    work.commit().await?;
    Ok((received, said))
}
