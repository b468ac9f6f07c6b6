//! The communication log: what administrators look at when they want to know where a message stayed.
//!
//! A *communication* is one message that came or went, or one visit of a mail account. It has *objects*: a `Connection`
//! to the other side and a `Message`, each with entries and with what became of it. Everything is collected in memory
//! and written in one go ([`CommunicationLog::write`]), also when the rest failed: what happened is then still found.
//!
//! Source: the rows of the reference system. The keys of entries are the names of its modules, as its screens show them.

use chrono::NaiveDateTime;
use schema::{Db, DbError, Tx};

pub mod delete;
mod store;

/// Whether a message came or went.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Direction {
    Incoming,
    Outgoing,
}

impl Direction {
    const fn name(self) -> &'static str {
        match self {
            Self::Incoming => "Incoming",
            Self::Outgoing => "Outgoing",
        }
    }
}

/// What became of a communication or of one of its objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Status {
    /// Not ended yet.
    Processing,
    Successful,
    Warning,
    Failed,
}

impl Status {
    const fn name(self) -> &'static str {
        match self {
            Self::Processing => "Processing",
            Self::Successful => "Successful",
            Self::Warning => "Warning",
            Self::Failed => "Failed",
        }
    }
}

/// How much an entry matters.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Priority {
    Trace,
    Debug,
    Info,
    Notice,
    Warning,
    Error,
}

impl Priority {
    const fn name(self) -> &'static str {
        match self {
            Self::Trace => "Trace",
            Self::Debug => "Debug",
            Self::Info => "Info",
            Self::Notice => "Notice",
            Self::Warning => "Warning",
            Self::Error => "Error",
        }
    }
}

/// The kinds of objects.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ObjectKind {
    Connection,
    Message,
}

impl ObjectKind {
    const fn name(self) -> &'static str {
        match self {
            Self::Connection => "Connection",
            Self::Message => "Message",
        }
    }
}

/// What an object is about, in the words of `communication_log_obj_lookup.object_type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Target {
    Article,
    /// A row of `mail_queue`.
    MailQueueItem,
}

impl Target {
    const fn name(self) -> &'static str {
        match self {
            Self::Article => "Article",
            Self::MailQueueItem => "MailQueueItem",
        }
    }
}

/// Where a communication came from or went to.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Account {
    /// `STDIN`, `IMAPS`, `SMTP` …
    pub kind: String,
    /// The key of the `mail_account`; none for a pipe.
    pub id: Option<String>,
}

/// A part of a communication.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Object {
    /// Its row, when there is one already.
    id: Option<i64>,
    kind: ObjectKind,
    status: Status,
    started: NaiveDateTime,
    ended: Option<NaiveDateTime>,
    /// Whether the row, if there is one, says the same.
    changed: bool,
}

/// A line that administrators read.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Entry {
    /// Place in [`CommunicationLog::objects`].
    object: usize,
    priority: Priority,
    key: String,
    text: String,
    at: NaiveDateTime,
}

#[derive(Clone, Debug, Eq, PartialEq)]
struct Lookup {
    object: usize,
    target: Target,
    id: i64,
}

/// Characters of a text that are kept; `communication_log_object_entry.log_value` holds a few more.
const TEXT_LENGTH: usize = 100_000;
/// Entries that one communication may have.
const ENTRIES: usize = 10_000;

/// One communication, in memory until it is written.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CommunicationLog {
    id: Option<i64>,
    direction: Direction,
    account: Option<Account>,
    status: Status,
    started: NaiveDateTime,
    ended: Option<NaiveDateTime>,
    changed: bool,
    objects: Vec<Object>,
    entries: Vec<Entry>,
    lookups: Vec<Lookup>,
    door: Door,
}

/// Who hands messages over, and what is said when one has arrived.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
struct Door {
    key: String,
    /// Whether the communication ends with its message.
    ends: bool,
    /// What is said of the connection then; nothing when empty.
    last_words: String,
}

impl CommunicationLog {
    /// A communication that begins now (UTC).
    pub fn new(direction: Direction, account: Option<Account>, now: NaiveDateTime) -> Self {
        Self {
            id: None,
            direction,
            account,
            status: Status::Processing,
            started: now,
            ended: None,
            changed: true,
            objects: Vec::new(),
            entries: Vec::new(),
            lookups: Vec::new(),
            door: Door::default(),
        }
    }

    /// Says who hands messages over, as the reference system calls it.
    pub fn set_door(&mut self, key: &str) {
        key.clone_into(&mut self.door.key);
    }

    /// Lets the communication end with its message; `last_words`, when not empty, are said of the connection then.
    pub fn end_with_message(&mut self, last_words: &str) {
        self.door.ends = true;
        last_words.clone_into(&mut self.door.last_words);
    }

    /// Says that the current message was taken in, and what was made of it; ends it, and everything if it was the last.
    /// Nothing when that was said already.
    pub fn message_taken(&mut self, made: &str, now: NaiveDateTime) {
        if !self.is_open(ObjectKind::Message) {
            return;
        }
        let door = self.door.clone();
        let text = format!("Email processing with PostMaster module completed: {made}.");
        self.entry(ObjectKind::Message, Priority::Debug, &door.key, text, now);
        self.stop(ObjectKind::Message, Status::Successful, now);
        if !door.ends {
            return;
        }
        if !door.last_words.is_empty() {
            self.entry(
                ObjectKind::Connection,
                Priority::Debug,
                &door.key,
                door.last_words,
                now,
            );
        }
        self.finish(Status::Successful, now);
    }

    fn is_open(&self, kind: ObjectKind) -> bool {
        let mut objects = self.objects.iter();
        objects.any(|object| object.kind == kind && object.ended.is_none())
    }

    /// Whether the rows say everything that this says.
    pub fn is_written(&self) -> bool {
        let changed = self.changed || self.objects.iter().any(|object| object.changed);
        !changed && self.entries.is_empty() && self.lookups.is_empty()
    }

    /// Says where the message goes, when that is known later than that it goes.
    pub fn set_account(&mut self, account: Account) {
        self.account = Some(account);
        self.changed = true;
    }

    /// Begins an object. Entries of its kind belong to it from now on.
    pub fn start(&mut self, kind: ObjectKind, now: NaiveDateTime) {
        self.objects.push(Object {
            id: None,
            kind,
            status: Status::Processing,
            started: now,
            ended: None,
            changed: true,
        });
    }

    /// Adds an entry to the object of this kind that was begun last; begins one when there is none.
    ///
    /// `key` is the name of the module that speaks, as the reference system calls it.
    pub fn entry(
        &mut self,
        kind: ObjectKind,
        priority: Priority,
        key: &str,
        text: impl Into<String>,
        now: NaiveDateTime,
    ) {
        if self.entries.len() >= ENTRIES {
            return;
        }
        let mut text = text.into();
        if let Some((end, _)) = text.char_indices().nth(TEXT_LENGTH) {
            text.truncate(end);
        }
        let object = self.current(kind, now);
        self.entries.push(Entry {
            object,
            priority,
            key: key.to_owned(),
            text,
            at: now,
        });
    }

    /// Lets people come from an article, or from a message that waits, to the object of this kind that was begun last.
    pub fn lookup(&mut self, kind: ObjectKind, target: Target, id: i64, now: NaiveDateTime) {
        let object = self.current(kind, now);
        self.lookups.push(Lookup { object, target, id });
    }

    /// Ends the object of this kind that was begun last; nothing when there is none or when it ended already.
    pub fn stop(&mut self, kind: ObjectKind, status: Status, now: NaiveDateTime) {
        let open = |object: &&mut Object| object.kind == kind && object.ended.is_none();
        if let Some(object) = self.objects.iter_mut().rev().find(open) {
            object.status = status;
            object.ended = Some(now);
            object.changed = true;
        }
    }

    /// Ends the communication, and its objects that are still open with the same status.
    pub fn finish(&mut self, status: Status, now: NaiveDateTime) {
        let open = self.objects.iter_mut();
        for object in open.filter(|object| object.ended.is_none()) {
            object.status = status;
            object.ended = Some(now);
            object.changed = true;
        }
        self.status = status;
        self.ended = Some(now);
        self.changed = true;
    }

    /// Whether somebody called [`Self::finish`].
    pub fn is_finished(&self) -> bool {
        self.ended.is_some()
    }

    /// Texts of the entries, for tests and for people who watch.
    pub fn texts(&self) -> impl Iterator<Item = (Priority, &str, &str)> {
        self.entries
            .iter()
            .map(|entry| (entry.priority, entry.key.as_str(), entry.text.as_str()))
    }

    /// Writes what is not written yet, in a transaction that the caller commits. Gives the key of the communication.
    ///
    /// May be called again after more has happened: rows that are there already are then changed.
    pub async fn write_in(&mut self, tx: &mut Tx) -> Result<i64, DbError> {
        store::write(tx, self).await
    }

    /// Writes what is not written yet, in a transaction of its own. Gives the key of the communication.
    pub async fn write(&mut self, db: &Db) -> Result<i64, DbError> {
        let mut tx = db.begin().await?;
        let id = self.write_in(&mut tx).await?;
        tx.commit().await?;
        Ok(id)
    }

    /// The communication with the newest object that is about this, to go on with it; that object is its current one of its
    /// kind. `None` when there is none, as the log is deleted after some days.
    pub async fn find(tx: &mut Tx, target: Target, id: i64) -> Result<Option<Self>, DbError> {
        store::find(tx, target, id).await
    }

    fn current(&mut self, kind: ObjectKind, now: NaiveDateTime) -> usize {
        let found = self.objects.iter().rposition(|object| object.kind == kind);
        found.unwrap_or_else(|| {
            self.start(kind, now);
            self.objects.len() - 1
        })
    }
}
