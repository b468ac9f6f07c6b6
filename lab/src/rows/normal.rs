//! Rows as lines that can be compared: `+ticket T1 tn=N1 title="Printer" queue_id=11 …`, `~ticket T1 queue_id=12`,
//! `-ticket_flag T1 ticket_key="Seen" …`.
//!
//! Omitted are empty columns, keys, `create_time` and `change_time` when they are the time of the request, and a
//! `change_by` that is the `create_by`. Other moments are `⟨e1795424400⟩` (seconds since 1970) or `⟨m…⟩` (minutes in a
//! text); [`same`] takes them for equal when they are the same moment, or equally far from the request.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::sync::LazyLock;

use chrono::{DateTime, NaiveDateTime};
use compat::{json, storable};
use md5::{Digest as _, Md5};
use regex::{Captures, Regex};
use schema::tables::{ColumnDef, Type};
use serde_json::Value;

use super::{COUNTER, Change, Compared, Rows, State, mail};

/// Two clocks may differ by this.
const TOLERANCE_SECONDS: i64 = 3;
/// Moments as far as this from the request are moments that depend on it; others are what the request said.
const FAR_SECONDS: i64 = 400 * 86_400;
/// Texts beyond this are kept as their beginning and their hash.
const SHOWN_CHARACTERS: usize = 400;

/// What numbers in rows stand for.
#[derive(Debug, Default)]
pub struct Names {
    pub history_types: BTreeMap<i64, String>,
    /// Dynamic fields whose objects are articles.
    pub article_fields: BTreeSet<i64>,
}

/// What was written, and the symbols for new rows.
#[derive(Clone, Debug, Default)]
pub struct Written {
    pub lines: Vec<String>,
    tickets: BTreeMap<i64, String>,
    articles: BTreeMap<i64, String>,
    numbers: Vec<(String, String)>,
}

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|e| unreachable!("a constant pattern is well formed: {e}"))
}

static IDS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(["<])(TicketID|ArticleID)("?[:>]\[?)((?:"?\d+"?,?)+)"#));
static DIGITS: LazyLock<Regex> = LazyLock::new(|| pattern(r"\d+"));
static MINUTE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"\b(\d{4}-\d\d-\d\d \d\d:\d\d)(:\d\d)?\b"));
static MESSAGE_ID: LazyLock<Regex> = LazyLock::new(|| pattern(r"<\d{10}\.\d+\.\d+@[\w.-]+>"));
/// The name of an image that stood in a HTML body.
static PASTED: LazyLock<Regex> = LazyLock::new(|| pattern(r"\bpasted([.-])\d{10}[.-]\d{1,6}\b"));
static AS_TEXT: LazyLock<Regex> = LazyLock::new(|| pattern(r#""([TA]\d+)""#));
static FINGERPRINT: LazyLock<Regex> = LazyLock::new(|| pattern(r"^\d+-[A-Za-z0-9]{32}$"));
static RANDOM: LazyLock<Regex> = LazyLock::new(|| pattern(r"^[0-9a-f]{32}$"));
static MOMENT: LazyLock<Regex> = LazyLock::new(|| pattern(r"⟨([em])(\d+)⟩"));

impl Written {
    /// An answer with the symbols of the new rows.
    pub fn in_answer(&self, answer: &str) -> String {
        let mut text = IDS
            .replace_all(answer, |c: &Captures<'_>| {
                let symbols = if &c[2] == "TicketID" {
                    &self.tickets
                } else {
                    &self.articles
                };
                let ids = DIGITS.replace_all(&c[4], |id: &Captures<'_>| {
                    let number = id[0].parse().ok();
                    let symbol = number.and_then(|id: i64| symbols.get(&id));
                    symbol.cloned().unwrap_or_else(|| id[0].to_owned())
                });
                format!("{}{}{}{ids}", &c[1], &c[2], &c[3])
            })
            .into_owned();
        for (number, symbol) in &self.numbers {
            text = text.replace(number, symbol);
        }
        text
    }
}

/// The context of one request.
struct Context<'a> {
    names: &'a Names,
    written: &'a Written,
    window: (i64, i64),
}

pub(super) fn written(
    rows: &Rows,
    start: &State,
    before: &State,
    after: &State,
    window: (i64, i64),
) -> Written {
    let mut written = symbols(&rows.changes(start, after));
    let changes = rows.changes(before, after);
    let mut lines = Vec::new();
    {
        let context = Context {
            names: &rows.names,
            written: &written,
            window,
        };
        for table in &rows.tables {
            if let Some(change) = changes.get(table.table.name) {
                context.lines(table, change, &mut lines);
            }
        }
    }
    written.lines = lines;
    written
}

fn symbols(changes: &BTreeMap<String, Change>) -> Written {
    let mut written = Written::default();
    let added = |table: &str| {
        let change = changes.get(table);
        change.map_or(&[][..], |change| change.added.as_slice())
    };
    let id = |row: &[Value]| row.first().and_then(Value::as_i64).unwrap_or(0);
    for (at, row) in added("ticket").iter().enumerate() {
        written.tickets.insert(id(row), format!("T{}", at + 1));
        if let Some(number) = row.get(1).and_then(Value::as_str) {
            written
                .numbers
                .push((number.to_owned(), format!("N{}", at + 1)));
        }
    }
    for (at, row) in added("article").iter().enumerate() {
        written.articles.insert(id(row), format!("A{}", at + 1));
    }
    written
}

/// Tables whose rows have no order that matters.
const UNORDERED: [&str; 7] = [
    "article_search_index",
    "dynamic_field_value",
    "ticket_flag",
    "article_flag",
    "user_preferences",
    "customer_preferences",
    "ticket_watcher",
];

impl Context<'_> {
    fn lines(&self, table: &Compared, change: &Change, lines: &mut Vec<String>) {
        let name = table.table.name;
        if name == COUNTER {
            lines.push(counter(change));
            return;
        }
        let mut new: Vec<String> = change
            .added
            .iter()
            .map(|row| format!("+{name}{}", self.row(table, row)))
            .collect();
        new.extend(
            change
                .changed
                .iter()
                .filter_map(|(before, after)| self.changed(table, before, after)),
        );
        new.extend(
            change
                .removed
                .iter()
                .map(|row| format!("-{name}{}", self.row(table, row))),
        );
        if UNORDERED.contains(&name) {
            new.sort();
        }
        lines.append(&mut new);
    }

    fn row(&self, table: &Compared, row: &[Value]) -> String {
        let mut text = String::new();
        let columns = table.table.columns;
        let by = |name: &str| {
            let at = columns.iter().position(|column| column.name == name);
            at.and_then(|at| row.get(at))
        };
        for (column, value) in columns.iter().zip(row) {
            let same_person = column.name == "change_by" && by("create_by") == Some(value);
            let nothing = table.table.name == "ticket" && value.as_i64() == Some(0);
            if column.name == "id" && table.keyed || value.is_null() || same_person || nothing {
                continue;
            }
            let shown = self.value(table, column, value, row);
            if column.name.ends_with("_time") && shown == "now" && column.kind == Type::Date {
                continue;
            }
            push(&mut text, column.name, &shown);
        }
        text
    }

    /// `None` when only moments of the request changed.
    fn changed(&self, table: &Compared, before: &[Value], after: &[Value]) -> Option<String> {
        let mut text = String::new();
        for ((column, old), new) in table.table.columns.iter().zip(before).zip(after) {
            if old == new {
                continue;
            }
            let shown = self.value(table, column, new, after);
            if column.name == "change_time" && shown == "now" {
                continue;
            }
            push(&mut text, column.name, &shown);
        }
        if text.is_empty() {
            return None;
        }
        let id = after.first().and_then(Value::as_i64).unwrap_or(0);
        let known = match table.table.name {
            "ticket" => self.written.tickets.get(&id),
            "article" => self.written.articles.get(&id),
            _ => None,
        };
        let key = known.cloned().unwrap_or_else(|| self.older(table, after));
        Some(format!("~{} {key}{text}", table.table.name))
    }

    /// What names a row that has no symbol: its key when it was there before, whom it belongs to otherwise.
    fn older(&self, table: &Compared, row: &[Value]) -> String {
        let columns = table.table.columns;
        let belongs = columns
            .iter()
            .zip(row)
            .find(|(column, _)| matches!(column.name, "ticket_id" | "article_id" | "object_id"));
        match belongs {
            Some((column, value)) => self.value(table, column, value, row),
            None => row.first().map(ToString::to_string).unwrap_or_default(),
        }
    }

    fn value(&self, table: &Compared, column: &ColumnDef, value: &Value, row: &[Value]) -> String {
        if let Some(number) = value.as_i64() {
            return self.number(table, column.name, number, row);
        }
        let Some(text) = value.as_str() else {
            return if value.is_null() {
                "NULL".to_owned()
            } else {
                value.to_string()
            };
        };
        if column.kind == Type::Date {
            return self.date(text);
        }
        self.text(table.table.name, column.name, text, row)
    }

    fn number(&self, table: &Compared, column: &str, number: i64, row: &[Value]) -> String {
        let symbol = match (table.table.name, column) {
            (_, "ticket_id") => self.written.tickets.get(&number),
            (_, "article_id") => self.written.articles.get(&number),
            ("dynamic_field_value", "object_id") => {
                let field = row.get(1).and_then(Value::as_i64).unwrap_or(0);
                if self.names.article_fields.contains(&field) {
                    self.written.articles.get(&number)
                } else {
                    self.written.tickets.get(&number)
                }
            }
            ("ticket_history", "history_type_id") => self.names.history_types.get(&number),
            _ => None,
        };
        if let Some(symbol) = symbol {
            return symbol.clone();
        }
        match column {
            "timeout" | "until_time" | "incoming_time" => self.moment(number),
            _ if column.starts_with("escalation_") => self.moment(number),
            "ident" if number > 1_000_000 => "random".to_owned(),
            _ => number.to_string(),
        }
    }

    fn is_now(&self, seconds: i64) -> bool {
        (self.window.0 - TOLERANCE_SECONDS..=self.window.1 + TOLERANCE_SECONDS).contains(&seconds)
    }

    fn moment(&self, seconds: i64) -> String {
        if self.is_now(seconds) {
            "now".to_owned()
        } else if seconds >= 1_000_000_000 {
            format!("⟨e{seconds}⟩")
        } else {
            seconds.to_string()
        }
    }

    fn date(&self, text: &str) -> String {
        match seconds(text, "%Y-%m-%d %H:%M:%S") {
            Some(at) if self.is_now(at) => "now".to_owned(),
            Some(at) if (at - self.window.0).abs() < FAR_SECONDS => format!("⟨e{at}⟩"),
            _ => text.to_owned(),
        }
    }

    fn text(&self, table: &str, column: &str, text: &str, row: &[Value]) -> String {
        match (table, column) {
            ("article" | "mail_queue", "insert_fingerprint") if FINGERPRINT.is_match(text) => {
                return "random".to_owned();
            }
            ("scheduler_task" | "scheduler_future_task", "task_data") => {
                if let Ok(data) = storable::from_base64(text) {
                    let shown = self.written.in_answer(&json::write(&data));
                    // A number or a text, as the request was read.
                    return AS_TEXT.replace_all(&shown, "$1").into_owned();
                }
            }
            ("article_data_mime", "content_path") => {
                let day = |at| {
                    let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
                    at.format("%Y/%m/%d").to_string()
                };
                if [self.window.0, self.window.1]
                    .map(day)
                    .contains(&text.to_owned())
                {
                    return "today".to_owned();
                }
            }
            ("mail_queue", "raw_message") => {
                if let Some(mail) = mail::shown(&super::read::as_bytes(text)) {
                    return Value::from(self.replaced(table, &mail)).to_string();
                }
            }
            ("article_data_mime", "a_message_id_md5") => {
                let id = row.iter().filter_map(Value::as_str);
                let mut of_some = id.map(hash);
                if of_some.any(|hash| hash == text) {
                    return "fits".to_owned();
                }
            }
            ("link_relation", "source_key" | "target_key") => {
                let known = text.parse().ok();
                let known = known.and_then(|id: i64| self.written.tickets.get(&id));
                if let Some(symbol) = known {
                    return symbol.clone();
                }
            }
            ("user_preferences" | "customer_preferences", "preferences_value") => {
                if let Ok(at) = text.parse::<i64>() {
                    return self.moment(at);
                }
            }
            _ => {}
        }
        Value::from(shortened(&self.replaced(table, text))).to_string()
    }

    /// What the history says of a link, `%%NUMBER%%KEY%%KEY`, with symbols for new tickets.
    fn linked(&self, text: &str) -> Option<String> {
        let mut parts = text.strip_prefix("%%")?.split("%%");
        let (number, one, other) = (parts.next()?, parts.next()?, parts.next()?);
        let is_number = number.starts_with('N') || number.len() > 9;
        if !is_number || parts.next().is_some() {
            return None;
        }
        let symbol = |key: &str| {
            let known = key
                .parse()
                .ok()
                .and_then(|id: i64| self.written.tickets.get(&id));
            known.cloned().unwrap_or_else(|| key.to_owned())
        };
        Some(format!("%%{number}%%{}%%{}", symbol(one), symbol(other)))
    }

    /// The text with symbols for what is new or random.
    fn replaced(&self, table: &str, text: &str) -> String {
        let mut text = text.to_owned();
        for (number, symbol) in &self.written.numbers {
            text = text.replace(number, symbol);
        }
        if table == "ticket_history"
            && let Some(linked) = self.linked(&text)
        {
            text = linked;
        }
        if table == "ticket_history"
            && let Some((head, id)) = text.rsplit_once("%%")
            && let Some(symbol) = id
                .parse()
                .ok()
                .and_then(|id: i64| self.written.tickets.get(&id))
            && head.contains('N')
        {
            text = format!("{head}%%{symbol}");
        }
        let text = MESSAGE_ID.replace_all(&text, "<message id>");
        let text = PASTED.replace_all(&text, "pasted$1<random>");
        let text = MINUTE.replace_all(&text, |c: &Captures<'_>| {
            match seconds(&c[1], "%Y-%m-%d %H:%M") {
                Some(at) if (at - self.window.0).abs() < FAR_SECONDS => {
                    format!("⟨m{at}⟩")
                }
                _ => c[0].to_owned(),
            }
        });
        text.into_owned()
    }
}

fn counter(change: &Change) -> String {
    let counter = |rows: &[Vec<Value>]| {
        let row = rows.first();
        row.and_then(|row| row.get(1)?.as_i64()).unwrap_or(0)
    };
    let given = counter(&change.added) - counter(&change.removed);
    let uid = change.added.first().and_then(|row| row.get(2)?.as_str());
    let shape = if uid.is_some_and(|uid| RANDOM.is_match(uid)) {
        ""
    } else {
        " with an odd uid"
    };
    format!("+{COUNTER} {given} given{shape}")
}

fn push(text: &mut String, column: &str, shown: &str) {
    // Writing to a String can not fail.
    let _ = match column {
        "ticket_id" | "article_id" => write!(text, " {shown}"),
        "create_by" => write!(text, " by={shown}"),
        _ => write!(text, " {column}={shown}"),
    };
}

/// The MD5 of a text, in hexadecimal digits.
pub fn hash(text: &str) -> String {
    Md5::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut out, byte| {
            let _ = write!(out, "{byte:02x}");
            out
        })
}

fn shortened(text: &str) -> String {
    let length = text.chars().count();
    if length <= SHOWN_CHARACTERS {
        return text.to_owned();
    }
    let marked = mail::marked(text);
    if marked.len() < text.len() {
        return marked.to_owned();
    }
    let start: String = text.chars().take(60).collect();
    format!("{start}… ({length} characters, {})", hash(text))
}

fn seconds(text: &str, form: &str) -> Option<i64> {
    let at = NaiveDateTime::parse_from_str(text, form).ok()?;
    Some(at.and_utc().timestamp())
}

/// Whether two requests wrote the same, each with the second at which it was sent.
pub fn same(a: &[String], a_at: i64, b: &[String], b_at: i64) -> bool {
    a.len() == b.len()
        && a.iter()
            .zip(b)
            .all(|(a, b)| a == b || same_line(a, a_at, b, b_at))
}

fn same_line(a: &str, a_at: i64, b: &str, b_at: i64) -> bool {
    if MOMENT.replace_all(a, "$1") != MOMENT.replace_all(b, "$1") {
        return false;
    }
    let moments = |line: &str| -> Vec<(bool, i64)> {
        MOMENT
            .captures_iter(line)
            .map(|c| (&c[1] == "m", c[2].parse().unwrap_or(0)))
            .collect()
    };
    let (a, b) = (moments(a), moments(b));
    a.len() == b.len()
        && a.into_iter().zip(b).all(|((minutes, a), (_, b))| {
            let tolerance = if minutes { 61 } else { 20 };
            a == b || ((a - a_at) - (b - b_at)).abs() <= tolerance
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_the_same_or_equally_far() {
        let line = |at: i64| vec![format!("~ticket T1 until_time=⟨e{at}⟩")];
        assert!(same(&line(5000), 1000, &line(5000), 2000));
        assert!(same(&line(5000), 1000, &line(6001), 2000));
        assert!(!same(&line(5000), 1000, &line(6060), 2000));
        assert!(!same(&line(5000), 1000, &[], 2000));
    }

    #[test]
    fn ids_in_answers_become_symbols() {
        let written = Written {
            tickets: BTreeMap::from([(37, "T1".to_owned())]),
            articles: BTreeMap::from([(41, "A1".to_owned()), (42, "A2".to_owned())]),
            numbers: vec![("2026112110000364".to_owned(), "N1".to_owned())],
            lines: Vec::new(),
        };
        assert_eq!(
            written.in_answer(
                r#"{"ArticleID":[41,"42"],"TicketID":"37","TicketNumber":"2026112110000364","TicketID":"38"}"#
            ),
            r#"{"ArticleID":[A1,"A2"],"TicketID":"T1","TicketNumber":"N1","TicketID":"38"}"#
        );
    }
}
