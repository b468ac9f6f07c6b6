//! Mails for the postmaster: `fixtures/mail/corpus.json` says which there are, `fixtures/mail/GROUP/NAME.eml` holds each,
//! `fixtures/mail/rows.jsonl` the addresses and filters that they meet beside the rows of [`crate::fixture`].
//!
//! A group has settings of its own, and says how its mails come in. A mail may be about a ticket that [`prepare`] makes
//! before it arrives, so that no two mails meet the same ticket, and nothing has to be put back. [`record`] keeps what the
//! reference system wrote for each; it fetches the mails by POP3 ([`pop3`]), many in one run.

use std::{collections::BTreeMap, fs, io, path::Path, sync::LazyLock};

use chrono::{DateTime, NaiveDateTime};
use regex::Regex;
use schema::{Db, DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, Value as Cell};
use serde_json::Value;

pub mod pop3;
pub mod record;

/// Mails that come in the same way.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    /// Whether its `X-OTRS` headers count.
    pub trusted: bool,
    /// The queue that the account names, when it does.
    pub queue: Option<String>,
    /// Whether the reference system fetches many of them in one run. What it does when a run ends is then not compared.
    pub together: bool,
    /// Settings by name, as JSON.
    pub settings: BTreeMap<String, Value>,
    pub mails: Vec<Mail>,
}

/// One mail.
#[derive(Clone, Debug)]
pub struct Mail {
    pub name: String,
    pub raw: Vec<u8>,
    pub ticket: Option<Prepared>,
}

/// A ticket that is there before the mail, with one article.
#[derive(Clone, Debug)]
pub struct Prepared {
    pub number: String,
    pub queue: String,
    pub state: String,
    pub lock: String,
    pub owner: String,
    pub archived: bool,
    /// The Message-ID of its article.
    pub message_id: String,
    /// Who wrote the article: `customer` or `agent`.
    pub sender: String,
    pub visible: bool,
}

impl Prepared {
    fn of(value: &Value) -> Self {
        let text = |key: &str| value[key].as_str().unwrap_or_default().to_owned();
        Self {
            number: text("number"),
            queue: text("queue"),
            state: text("state"),
            lock: text("lock"),
            owner: text("owner"),
            archived: value["archived"] == true,
            message_id: text("message_id"),
            sender: value["sender"].as_str().unwrap_or("customer").to_owned(),
            visible: value["visible"] != false,
        }
    }
}

/// Every group with its mails, from the directory of the corpus.
pub fn corpus(directory: &Path) -> io::Result<Vec<Group>> {
    let text = fs::read_to_string(directory.join("corpus.json"))?;
    let value: Value = serde_json::from_str(&text)?;
    let groups = value["groups"].as_array().cloned().unwrap_or_default();
    groups.iter().map(|group| read(directory, group)).collect()
}

fn read(directory: &Path, group: &Value) -> io::Result<Group> {
    let name = group["name"].as_str().unwrap_or_default().to_owned();
    let settings = group["settings"].as_object().cloned().unwrap_or_default();
    let cases = group["cases"].as_array().cloned().unwrap_or_default();
    let mail = |case: &Value| {
        let mail = case["name"].as_str().unwrap_or_default().to_owned();
        Ok(Mail {
            raw: fs::read(directory.join(&name).join(format!("{mail}.eml")))?,
            name: mail,
            ticket: case.get("ticket").map(Prepared::of),
        })
    };
    Ok(Group {
        trusted: group["trusted"] == true,
        together: group["together"] == true,
        queue: group["queue"].as_str().map(str::to_owned),
        settings: settings.into_iter().collect(),
        mails: cases.iter().map(mail).collect::<io::Result<_>>()?,
        name,
    })
}

/// The lines of a group that are compared: without what waits for the end of a run where many come in one.
pub fn compared(group: &Group, lines: &[String]) -> Vec<String> {
    let is_late = |line: &str| {
        let other_ticket = line
            .strip_prefix("~ticket ")
            .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
        other_ticket || line.starts_with("+scheduler_task ")
    };
    lines
        .iter()
        .filter(|line| !group.together || !is_late(line))
        .map(|line| without_keys(line))
        .collect()
}

/// Links name tickets by keys, and numbers are counted, as each system likes; mails on their way out are written by it.
fn without_keys(line: &str) -> String {
    static KEYS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#"((?:source|target)_key=|%%N\d+%%)"?T?\d+(?:"|%%)?"#)
            .unwrap_or_else(|error| unreachable!("{error}"))
    });
    if line.starts_with("+ticket_number_counter ") {
        return "+ticket_number_counter given".to_owned();
    }
    if line.starts_with("+mail_queue ") {
        let known = line.split(' ').filter(|part| {
            ["article_id=", "attempts=", "sender=", "recipient="]
                .iter()
                .any(|name| part.starts_with(name))
        });
        return format!("+mail_queue {}", known.collect::<Vec<_>>().join(" "));
    }
    if line.starts_with("+link_relation ") || line.contains("history_type_id=TicketLinkAdd ") {
        KEYS.replace_all(line, "${1}ticket").into_owned()
    } else {
        line.to_owned()
    }
}

/// Gives settings these values, and takes those of the group before back.
pub async fn set_settings(db: &Db, settings: &BTreeMap<String, Value>) -> Result<(), DbError> {
    use t::SysconfigModified as M;
    const MARK: i16 = 1;
    let mut tx = db.begin().await?;
    let old = Query::select()
        .column(M::Name)
        .from(M::Table)
        .and_where(Expr::col(M::UserModificationActive).eq(MARK))
        .to_owned();
    let old: Vec<(String,)> = tx.fetch_all(&old).await?;
    let undo = Query::delete()
        .from_table(M::Table)
        .and_where(Expr::col(M::UserModificationActive).eq(MARK))
        .to_owned();
    tx.execute(&undo).await?;
    for (name,) in old {
        crate::fixture::forget_default(&mut tx, &name).await?;
    }
    let now = NaiveDateTime::default();
    for (name, value) in settings {
        let default = crate::fixture::default_of(&mut tx, name).await?;
        let yaml = tx.long_text(&yaml(value));
        let columns: [(M, Cell); 11] = [
            (
                M::SysconfigDefaultId,
                i32::try_from(default).unwrap_or(0).into(),
            ),
            (M::Name, name.as_str().into()),
            (M::IsValid, 1_i16.into()),
            (M::UserModificationActive, MARK.into()),
            (M::EffectiveValue, yaml),
            (M::IsDirty, 0_i16.into()),
            (M::ResetToDefault, 0_i16.into()),
            (M::CreateTime, now.into()),
            (M::CreateBy, 1_i32.into()),
            (M::ChangeTime, now.into()),
            (M::ChangeBy, 1_i32.into()),
        ];
        let insert = Query::insert()
            .into_table(M::Table)
            .columns(columns.iter().map(|(column, _)| *column))
            .values_panic(columns.into_iter().map(|(_, value)| Expr::val(value)))
            .to_owned();
        tx.insert(&insert).await?;
    }
    tx.commit().await
}

/// Texts and maps of texts as YAML.
fn yaml(value: &Value) -> String {
    fn lines(value: &Value, indent: usize, text: &mut String) {
        match value {
            Value::Object(map) => {
                for (key, value) in map {
                    text.push('\n');
                    text.push_str(&" ".repeat(indent));
                    text.push_str(&quoted(key));
                    text.push(':');
                    lines(value, indent + 2, text);
                }
            }
            other => {
                text.push(' ');
                text.push_str(&quoted(other.as_str().unwrap_or_default()));
            }
        }
    }
    fn quoted(text: &str) -> String {
        format!("'{}'", text.replace('\'', "''"))
    }
    let mut text = "---".to_owned();
    lines(value, 0, &mut text);
    text.push('\n');
    text
}

/// The moment at which every prepared ticket was made.
const MADE: i64 = 1_795_000_000;

/// Makes the ticket that a mail is about, with one article.
pub async fn prepare(db: &Db, ticket: &Prepared) -> Result<(), DbError> {
    use t::Ticket as T;
    let now = DateTime::from_timestamp(MADE, 0)
        .unwrap_or_default()
        .naive_utc();
    let mut tx = db.begin().await?;
    let queue = key(
        &mut tx,
        t::Queue::Table,
        t::Queue::Id,
        t::Queue::Name,
        &ticket.queue,
    )
    .await?;
    let state = key(
        &mut tx,
        t::TicketState::Table,
        t::TicketState::Id,
        t::TicketState::Name,
        &ticket.state,
    )
    .await?;
    let lock = key(
        &mut tx,
        t::TicketLockType::Table,
        t::TicketLockType::Id,
        t::TicketLockType::Name,
        &ticket.lock,
    )
    .await?;
    let owner = key(
        &mut tx,
        t::Users::Table,
        t::Users::Id,
        t::Users::Login,
        &ticket.owner,
    )
    .await?;
    let columns: [(T, Cell); 23] = [
        (T::Tn, ticket.number.as_str().into()),
        (T::Title, "prepared".into()),
        (T::QueueId, queue.into()),
        (T::TicketLockId, lock.into()),
        (T::TypeId, 1.into()),
        (T::UserId, owner.into()),
        (T::ResponsibleUserId, 1.into()),
        (T::TicketPriorityId, 3.into()),
        (T::TicketStateId, state.into()),
        (T::CustomerId, "acme".into()),
        (T::CustomerUserId, "alice".into()),
        (T::Timeout, 0.into()),
        (T::UntilTime, 0.into()),
        (T::EscalationTime, 0.into()),
        (T::EscalationUpdateTime, 0.into()),
        (T::EscalationResponseTime, 0.into()),
        (T::EscalationSolutionTime, 0.into()),
        (T::ArchiveFlag, i32::from(ticket.archived).into()),
        (T::CreateTime, now.into()),
        (T::CreateBy, 1.into()),
        (T::ChangeTime, now.into()),
        (T::ChangeBy, 1.into()),
        (T::ServiceId, Option::<i32>::None.into()),
    ];
    let id = tx.insert(&insert(T::Table, columns)).await?;
    article(&mut tx, ticket, id, now).await?;
    tx.commit().await
}

/// The article of a prepared ticket.
async fn article(
    tx: &mut schema::Tx,
    ticket: &Prepared,
    id: i64,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    use t::{Article as A, ArticleDataMime as M};
    let sender = key(
        tx,
        t::ArticleSenderType::Table,
        t::ArticleSenderType::Id,
        t::ArticleSenderType::Name,
        &ticket.sender,
    )
    .await?;
    let columns: [(A, Cell); 9] = [
        (A::TicketId, id.into()),
        (A::ArticleSenderTypeId, sender.into()),
        (A::CommunicationChannelId, 1_i64.into()),
        (A::IsVisibleForCustomer, i32::from(ticket.visible).into()),
        (A::SearchIndexNeedsRebuild, 0.into()),
        (A::CreateTime, now.into()),
        (A::CreateBy, 1.into()),
        (A::ChangeTime, now.into()),
        (A::ChangeBy, 1.into()),
    ];
    let article = tx.insert(&insert(A::Table, columns)).await?;
    let columns: [(M, Cell); 12] = [
        (M::ArticleId, article.into()),
        (M::AFrom, "Alice Abel <alice@acme.example>".into()),
        (M::ATo, "znuny@localhost".into()),
        (M::ASubject, "prepared".into()),
        (M::AMessageId, ticket.message_id.as_str().into()),
        (
            M::AMessageIdMd5,
            crate::rows::normal::hash(&ticket.message_id).into(),
        ),
        (M::ABody, "prepared".into()),
        (M::IncomingTime, i32::try_from(MADE).unwrap_or(0).into()),
        (M::CreateTime, now.into()),
        (M::CreateBy, 1.into()),
        (M::ChangeTime, now.into()),
        (M::ChangeBy, 1.into()),
    ];
    tx.insert(&insert(M::Table, columns)).await?;
    Ok(())
}

fn insert<C: sea_query::Iden + Copy + 'static, const N: usize>(
    table: C,
    columns: [(C, Cell); N],
) -> sea_query::InsertStatement {
    Query::insert()
        .into_table(table)
        .columns(columns.iter().map(|(column, _)| *column))
        .values_panic(columns.into_iter().map(|(_, value)| Expr::val(value)))
        .to_owned()
}

#[derive(sqlx::FromRow)]
struct Key {
    id: i32,
}

async fn key<C: sea_query::Iden + Copy + 'static>(
    tx: &mut schema::Tx,
    table: C,
    id: C,
    name: C,
    wanted: &str,
) -> Result<i32, DbError> {
    let query = Query::select()
        .column(id)
        .from(table)
        .and_where(Expr::col(name).eq(wanted))
        .to_owned();
    let row: Option<Key> = tx.fetch_optional(&query).await?;
    row.map(|row| row.id).ok_or(DbError::Missing {
        table: "a lookup table",
        name: "what a prepared ticket names",
    })
}
