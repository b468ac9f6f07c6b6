//! The debug log: rows in `gi_debugger_entry` and `gi_debugger_entry_content`, as much as a web service's
//! `DebugThreshold` asks for.
//!
//! Levels, subjects and contents are those of the reference system. One difference on purpose: what stands under
//! `Password` is never written (see [`Log::secret`]).

use chrono::NaiveDateTime;
use compat::{Map, Value, dumper};
use rand::Rng as _;
use schema::{Db, DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, InsertStatement, Query, SimpleExpr};

use super::WebService;

/// How much an entry matters; a web service writes entries from its threshold upwards.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    Debug,
    Info,
    Notice,
    Error,
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Debug => "debug",
            Self::Info => "info",
            Self::Notice => "notice",
            Self::Error => "error",
        }
    }

    fn threshold(service: &WebService) -> Self {
        match service
            .setting(&["Debugger", "DebugThreshold"])
            .and_then(Value::as_string)
            .as_deref()
        {
            Some("debug") => Self::Debug,
            Some("info") => Self::Info,
            Some("notice") => Self::Notice,
            _ => Self::Error,
        }
    }
}

/// What an entry says when there is nothing to say.
const NOTHING: &str = "No data provided";

/// `subject` is VARCHAR(255).
const SUBJECT_CHARACTERS: usize = 255;

/// What is written in place of a password.
const MASK: &str = "xxx";

/// Which side of a web service an entry is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Provider,
    Requester,
}

impl Side {
    fn name(self) -> &'static str {
        match self {
            Self::Provider => "Provider",
            Self::Requester => "Requester",
        }
    }
}

/// The entries of one request, written together at its end.
#[derive(Clone, Debug)]
pub struct Log {
    web_service: i32,
    side: Side,
    threshold: Level,
    /// Whether the web service is only tried out; nothing is written then.
    is_test: bool,
    entries: Vec<Entry>,
    secrets: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Entry {
    level: Level,
    subject: String,
    content: String,
}

impl Log {
    /// The log of a request that another system sends to us.
    pub fn new(service: &WebService) -> Self {
        Self::of(service, Side::Provider)
    }

    /// The log of a request that we send to another system.
    pub fn of_requester(service: &WebService) -> Self {
        Self::of(service, Side::Requester)
    }

    fn of(service: &WebService, side: Side) -> Self {
        Self {
            web_service: service.id,
            side,
            threshold: Level::threshold(service),
            is_test: service
                .setting(&["Debugger", "TestMode"])
                .is_some_and(Value::is_true),
            entries: Vec::new(),
            secrets: Vec::new(),
        }
    }

    /// Whether entries of this level are written, so that callers need not build what nobody keeps.
    pub fn wants(&self, level: Level) -> bool {
        !self.is_test && level >= self.threshold
    }

    /// Whether the web service wants everything written.
    pub fn wants_debug(&self) -> bool {
        self.wants(Level::Debug)
    }

    /// An entry with a text; an empty text is recorded as absent.
    pub fn text(&mut self, level: Level, subject: impl Into<String>, content: impl Into<String>) {
        if !self.wants(level) {
            return;
        }
        let content = content.into();
        let content = if content.is_empty() {
            NOTHING.to_owned()
        } else {
            content
        };
        self.entries.push(Entry {
            level,
            subject: subject.into(),
            content,
        });
    }

    pub fn debug(&mut self, subject: impl Into<String>, content: impl Into<String>) {
        self.text(Level::Debug, subject, content);
    }

    /// An entry that shows data: hashes and lists as a dump, scalars as they are.
    pub fn data(&mut self, level: Level, subject: impl Into<String>, data: &Value) {
        if !self.wants(level) {
            return;
        }
        let content = match data {
            Value::Undef => String::new(),
            Value::Map(map) if map.is_empty() => String::new(),
            Value::Map(_) | Value::List(_) => dumper::write(data),
            scalar => scalar.as_string().unwrap_or_default(),
        };
        self.text(level, subject, content);
    }

    /// Two entries that say why a request fails, as the reference system writes them.
    pub fn failure(&mut self, message: &str) {
        self.text(Level::Error, message, "");
        self.text(Level::Error, message, message);
    }

    /// Remembers the passwords in a request, so that they are masked in every entry.
    pub fn secret(&mut self, data: &Value) {
        match data {
            Value::Map(map) => self.secrets_of(map),
            Value::List(list) => list.iter().for_each(|item| self.secret(item)),
            _ => {}
        }
    }

    fn secrets_of(&mut self, map: &Map) {
        for (key, value) in map {
            match value.as_string() {
                Some(secret) if key.ends_with("Password") && !secret.is_empty() => {
                    self.secrets.push(secret);
                }
                _ => self.secret(value),
            }
        }
    }

    /// Writes the entries, if there are any.
    pub async fn write(
        self,
        db: &Db,
        remote_addr: Option<&str>,
        at: NaiveDateTime,
    ) -> Result<(), DbError> {
        if self.entries.is_empty() {
            return Ok(());
        }
        let mut tx = db.begin().await?;
        let entry = tx
            .insert(&insert_entry(self.web_service, self.side, remote_addr, at))
            .await?;
        for line in &self.entries {
            let content = tx.long_text(&masked(&line.content, &self.secrets));
            let subject: String = masked(&line.subject, &self.secrets)
                .chars()
                .take(SUBJECT_CHARACTERS)
                .collect();
            tx.execute(&insert_content(entry, line.level, &subject, content, at))
                .await?;
        }
        tx.commit().await
    }
}

/// Deletes what was logged before a moment (UTC), for every web service. The caller commits.
pub async fn delete_before(tx: &mut Tx, before: NaiveDateTime) -> Result<(), DbError> {
    use t::{GiDebuggerEntry as G, GiDebuggerEntryContent as C};
    let old = Query::select()
        .column(G::Id)
        .from(G::Table)
        .and_where(Expr::col(G::CreateTime).lte(before))
        .to_owned();
    let contents = Query::delete()
        .from_table(C::Table)
        .and_where(Expr::col(C::GiDebuggerEntryId).in_subquery(old))
        .to_owned();
    tx.execute(&contents).await?;
    let entries = Query::delete()
        .from_table(G::Table)
        .and_where(Expr::col(G::CreateTime).lte(before))
        .to_owned();
    tx.execute(&entries).await.map(drop)
}

/// Replaces passwords in the notations that the entries contain: as they are, in JSON, XML, dumps and addresses.
fn masked(text: &str, secrets: &[String]) -> String {
    let mut text = text.to_owned();
    for secret in secrets {
        let json = compat::json::write(&Value::text(secret.as_str()));
        text = text.replace(&json, &format!("\"{MASK}\""));
        let dump = dumper::write(&Value::text(secret.as_str()));
        if let Some(quoted) = dump
            .strip_prefix("$VAR1 = ")
            .and_then(|dump| dump.strip_suffix(";\n"))
        {
            text = text.replace(&format!(" => {quoted}"), &format!(" => '{MASK}'"));
        }
        for (open, close) in [("Password>", "<"), ("Password=", "")] {
            text = text.replace(
                &format!("{open}{secret}{close}"),
                &format!("{open}{MASK}{close}"),
            );
        }
    }
    text
}

fn insert_entry(
    web_service: i32,
    side: Side,
    remote_addr: Option<&str>,
    at: NaiveDateTime,
) -> InsertStatement {
    let remote_addr: SimpleExpr = match side {
        Side::Provider => remote_addr.unwrap_or_default().into(),
        Side::Requester => remote_addr.map(str::to_owned).into(),
    };
    Query::insert()
        .into_table(t::GiDebuggerEntry::Table)
        .columns([
            t::GiDebuggerEntry::CommunicationId,
            t::GiDebuggerEntry::CommunicationType,
            t::GiDebuggerEntry::RemoteIp,
            t::GiDebuggerEntry::WebserviceId,
            t::GiDebuggerEntry::CreateTime,
        ])
        .values_panic([
            SimpleExpr::from(communication_id()),
            side.name().into(),
            remote_addr,
            web_service.into(),
            at.into(),
        ])
        .to_owned()
}

fn insert_content(
    entry: i64,
    level: Level,
    subject: &str,
    content: sea_query::Value,
    at: NaiveDateTime,
) -> InsertStatement {
    Query::insert()
        .into_table(t::GiDebuggerEntryContent::Table)
        .columns([
            t::GiDebuggerEntryContent::GiDebuggerEntryId,
            t::GiDebuggerEntryContent::DebugLevel,
            t::GiDebuggerEntryContent::Subject,
            t::GiDebuggerEntryContent::Content,
            t::GiDebuggerEntryContent::CreateTime,
        ])
        .values_panic([
            SimpleExpr::from(entry),
            level.name().into(),
            subject.into(),
            SimpleExpr::Value(content),
            at.into(),
        ])
        .to_owned()
}

/// 32 hexadecimal digits, unique.
fn communication_id() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}
