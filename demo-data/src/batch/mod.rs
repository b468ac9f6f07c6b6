//! The rows of tickets, table by table.
//!
//! Source of what stands in each column and of the texts in `ticket_history`: rows that the reference system wrote.

mod columns;
mod history;
mod letter;

use chrono::NaiveDateTime;
use md5::{Digest, Md5};
use schema::{
    Cell, Dialect, Rows,
    tables::{self as t, TableDef},
};

use crate::{
    case::{Case, Entry},
    index::words,
    texts::Author,
    world::World,
};
use columns::{
    ARTICLE, ARTICLE_DATA_MIME, ARTICLE_DATA_MIME_ATTACHMENT, ARTICLE_DATA_MIME_PLAIN,
    ARTICLE_FLAG, ARTICLE_SEARCH_INDEX, DYNAMIC_FIELD_VALUE, TICKET, TICKET_FLAG, TICKET_HISTORY,
    TIME_ACCOUNTING, stamped,
};
use history::Log;
use letter::{Letter, Thread};

/// The first administrator, in whose name the system itself acts.
const SYSTEM: i64 = 1;

/// The tables that have rows in a [`Batch`].
pub(crate) const TABLES: [&TableDef; 11] = [
    &t::Ticket::DEFINITION,
    &t::Article::DEFINITION,
    &t::ArticleDataMime::DEFINITION,
    &t::ArticleDataMimePlain::DEFINITION,
    &t::ArticleDataMimeAttachment::DEFINITION,
    &t::ArticleSearchIndex::DEFINITION,
    &t::TicketHistory::DEFINITION,
    &t::DynamicFieldValue::DEFINITION,
    &t::TimeAccounting::DEFINITION,
    &t::ArticleFlag::DEFINITION,
    &t::TicketFlag::DEFINITION,
];

/// Rows of many tickets.
pub(crate) struct Batch {
    complete: bool,
    tickets: Rows,
    articles: Rows,
    mime: Rows,
    plain: Rows,
    attachments: Rows,
    index: Rows,
    history: Rows,
    values: Rows,
    times: Rows,
    article_flags: Rows,
    ticket_flags: Rows,
}

impl Batch {
    pub(crate) fn new(dialect: Dialect, complete: bool) -> Self {
        let rows = |table, columns: &[&'static str]| Rows::new(dialect, table, columns);
        Self {
            complete,
            tickets: rows(&t::Ticket::DEFINITION, &stamped(TICKET)),
            articles: rows(&t::Article::DEFINITION, &stamped(ARTICLE)),
            mime: rows(&t::ArticleDataMime::DEFINITION, &stamped(ARTICLE_DATA_MIME)),
            plain: rows(
                &t::ArticleDataMimePlain::DEFINITION,
                &stamped(ARTICLE_DATA_MIME_PLAIN),
            ),
            attachments: rows(
                &t::ArticleDataMimeAttachment::DEFINITION,
                &stamped(ARTICLE_DATA_MIME_ATTACHMENT),
            ),
            index: rows(&t::ArticleSearchIndex::DEFINITION, &ARTICLE_SEARCH_INDEX),
            history: rows(&t::TicketHistory::DEFINITION, &stamped(TICKET_HISTORY)),
            values: rows(&t::DynamicFieldValue::DEFINITION, &DYNAMIC_FIELD_VALUE),
            times: rows(&t::TimeAccounting::DEFINITION, &stamped(TIME_ACCOUNTING)),
            article_flags: rows(&t::ArticleFlag::DEFINITION, &ARTICLE_FLAG),
            ticket_flags: rows(&t::TicketFlag::DEFINITION, &TICKET_FLAG),
        }
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tickets.count() == 0
    }

    pub(crate) fn tickets(&self) -> u64 {
        self.tickets.count()
    }

    pub(crate) fn articles(&self) -> u64 {
        self.articles.count()
    }

    /// All rows, in an order in which each row finds what it refers to.
    pub(crate) fn into_rows(self) -> [Rows; 11] {
        [
            self.tickets,
            self.articles,
            self.mime,
            self.plain,
            self.attachments,
            self.index,
            self.history,
            self.values,
            self.times,
            self.article_flags,
            self.ticket_flags,
        ]
    }

    pub(crate) fn add(&mut self, world: &World, case: &Case<'_>) {
        self.ticket(world, case);
        self.dynamic_fields(world, case);
        let mut log = Log::begin(&mut self.history, world, case);
        for entry in &case.entries {
            log.article(entry);
        }
        log.end();
        let mut thread = Thread::default();
        for entry in &case.entries {
            let letter = Letter::of(case, entry, &mut thread);
            self.article(world, case, entry, &letter);
            self.attachments(entry);
            self.search_words(case, entry, &letter);
            if let Some(minutes) = entry.text.minutes {
                let units = format!("{minutes}.00");
                let [when, who, when_changed, who_changed] =
                    stamp(entry.at, author_id(case, entry));
                self.times.push(&[
                    Cell::Int(case.id),
                    Cell::Int(entry.id),
                    Cell::Text(&units),
                    when,
                    who,
                    when_changed,
                    who_changed,
                ]);
            }
            if self.complete {
                self.completion(case, entry, &letter);
            }
        }
    }

    fn ticket(&mut self, world: &World, case: &Case<'_>) {
        let owner = case.agent.map_or(SYSTEM, |agent| agent.id);
        let seconds = |time: NaiveDateTime| Cell::Int(time.and_utc().timestamp());
        let customer = case.customer;
        let none = Cell::Int(0);
        self.tickets.push(&[
            Cell::Int(case.id),
            Cell::Text(&case.number),
            Cell::Text(&case.title),
            Cell::Int(world.queues[&case.conversation.queue]),
            Cell::Int(world.locks[if case.is_locked { "lock" } else { "unlock" }]),
            Cell::Int(type_id(world, case)),
            Cell::Int(owner),
            Cell::Int(SYSTEM),
            Cell::Int(world.priorities[&case.conversation.priority]),
            Cell::Int(world.states[case.state]),
            Cell::Text(&customer.company_id),
            Cell::Text(&customer.login),
            if case.agent.is_some() {
                seconds(case.changed)
            } else {
                none
            },
            case.until.map_or(none, seconds),
            none,
            none,
            none,
            none,
            none,
            Cell::Time(case.created),
            Cell::Int(SYSTEM),
            Cell::Time(case.changed),
            Cell::Int(owner),
        ]);
    }

    fn dynamic_fields(&mut self, world: &World, case: &Case<'_>) {
        let ticket = Cell::Int(case.id);
        let mut value = |field: &str, text: Cell<'_>, date: Cell<'_>| {
            self.values
                .push(&[Cell::Int(world.fields[field]), ticket, text, date]);
        };
        value(
            "Category",
            Cell::Text(&case.conversation.category),
            Cell::Null,
        );
        if case.conversation.queue.starts_with("Support") {
            value("SerialNumber", Cell::Text(&case.serial), Cell::Null);
        }
        if let Some(day) = case.visit {
            value(
                "VisitDate",
                Cell::Null,
                Cell::Time(day.and_time(chrono::NaiveTime::MIN)),
            );
        }
    }

    fn article(&mut self, world: &World, case: &Case<'_>, entry: &Entry<'_>, letter: &Letter) {
        let (sender, channel, visible) = match entry.text.by {
            Author::Customer => ("customer", "Email", 1),
            Author::Agent => ("agent", "Email", 1),
            Author::Web => ("customer", "Internal", 1),
            Author::Phone => ("customer", "Phone", 1),
            Author::Note => ("agent", "Internal", 0),
        };
        let [when, who, when_changed, who_changed] = stamp(entry.at, author_id(case, entry));
        self.articles.push(&[
            Cell::Int(entry.id),
            Cell::Int(case.id),
            Cell::Int(world.senders[sender]),
            Cell::Int(world.channels[channel]),
            Cell::Int(visible),
            Cell::Int(0), // the search words are written right here
            when,
            who,
            when_changed,
            who_changed,
        ]);
        let digest = hex(&Md5::digest(&letter.message_id));
        let path = entry.at.format("%Y/%m/%d").to_string();
        let empty = Cell::Text("");
        self.mime.push(&[
            Cell::Int(entry.id),
            Cell::Text(&letter.from),
            empty,
            Cell::Text(&letter.to),
            empty,
            empty,
            Cell::Text(&letter.subject),
            Cell::Text(&letter.message_id),
            if letter.message_id.is_empty() {
                Cell::Null
            } else {
                Cell::Text(&digest)
            },
            Cell::Text(&letter.in_reply_to),
            Cell::Text(&letter.references),
            Cell::Text("text/plain; charset=utf-8"),
            Cell::Text(&entry.body),
            Cell::Int(entry.at.and_utc().timestamp()),
            Cell::Text(&path),
            when,
            who,
            when_changed,
            who_changed,
        ]);
    }

    fn attachments(&mut self, entry: &Entry<'_>) {
        let [when, who, when_changed, who_changed] = stamp(entry.at, SYSTEM);
        let mut file = |name: &str, kind: &str, alternative: bool, content: &[u8]| {
            let size = content.len().to_string();
            self.attachments.push(&[
                Cell::Int(entry.id),
                Cell::Text(name),
                Cell::Text(&size),
                Cell::Text(kind),
                if alternative {
                    Cell::Text("1")
                } else {
                    Cell::Null
                },
                Cell::Text(if alternative { "" } else { "attachment" }),
                Cell::Bytes(content),
                when,
                who,
                when_changed,
                who_changed,
            ]);
        };
        if entry.text.html {
            // A mail in two forms leaves both among its attachments, under these names.
            file(
                "file-1",
                "text/plain; charset=utf-8",
                true,
                entry.body.as_bytes(),
            );
            file(
                "file-2",
                "text/html; charset=utf-8",
                true,
                html(&entry.body).as_bytes(),
            );
        }
        if let Some(attachment) = &entry.attachment {
            let kind = format!("{}; name=\"{}\"", attachment.content_type, attachment.name);
            file(&attachment.name, &kind, false, &attachment.content);
        }
    }

    fn search_words(&mut self, case: &Case<'_>, entry: &Entry<'_>, letter: &Letter) {
        let from = letter.from.to_lowercase();
        let to = letter.to.to_lowercase();
        let keys = [
            ("MIMEBase_Body", words(&entry.body)),
            ("MIMEBase_From", from),
            ("MIMEBase_Subject", words(&letter.subject)),
            ("MIMEBase_To", to),
        ];
        for (key, value) in keys {
            self.index.push(&[
                Cell::Int(case.id),
                Cell::Int(entry.id),
                Cell::Text(key),
                Cell::Text(&value),
            ]);
        }
    }

    /// The raw mail, and who has seen what.
    fn completion(&mut self, case: &Case<'_>, entry: &Entry<'_>, letter: &Letter) {
        let by = author_id(case, entry);
        let [when, who, when_changed, who_changed] = stamp(entry.at, by);
        if matches!(entry.text.by, Author::Customer | Author::Agent) {
            let raw = letter.raw(entry);
            self.plain.push(&[
                Cell::Int(entry.id),
                Cell::Bytes(raw.as_bytes()),
                when,
                who,
                when_changed,
                who_changed,
            ]);
        }
        if let Some(agent) = case.agent {
            let reader = Cell::Int(agent.id);
            let seen = [Cell::Text("Seen"), Cell::Text("1"), when, reader];
            let [key, value, ..] = seen;
            self.article_flags
                .push(&[Cell::Int(entry.id), key, value, when, reader]);
            if entry.id == case.entries[0].id {
                self.ticket_flags
                    .push(&[Cell::Int(case.id), key, value, when, reader]);
            }
        }
    }
}

/// Who and when, twice.
fn stamp(at: NaiveDateTime, by: i64) -> [Cell<'static>; 4] {
    [Cell::Time(at), Cell::Int(by), Cell::Time(at), Cell::Int(by)]
}

fn type_id(world: &World, case: &Case<'_>) -> i64 {
    world.types[case.conversation.kind.as_deref().unwrap_or("Unclassified")]
}

/// The user who wrote a row: mails and web forms of customers are the system's work.
fn author_id(case: &Case<'_>, entry: &Entry<'_>) -> i64 {
    match (entry.text.by, case.agent) {
        (Author::Agent | Author::Phone | Author::Note, Some(agent)) => agent.id,
        _ => SYSTEM,
    }
}

fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a String can not fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn html(body: &str) -> String {
    let escaped = body
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;");
    let paragraphs: Vec<_> = escaped
        .trim()
        .split("\n\n")
        .map(|paragraph| format!("<p>{}</p>", paragraph.replace('\n', "<br>\n")))
        .collect();
    format!(
        "<!DOCTYPE html>\n<html><head><meta charset=\"utf-8\"></head><body>\n{}\n</body></html>\n",
        paragraphs.join("\n")
    )
}
