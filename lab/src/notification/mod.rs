//! Notifications and automatic answers: `fixtures/notification/cases.json` says which there are and what happens,
//! `fixtures/notification/rows.jsonl` who chose queues and services, which addresses there are, and the like.
//!
//! A case has notifications of its own, rows that are there before, and steps: requests, mails, and commands of the
//! console. Everything is put back after it. [`record`] keeps what the reference system wrote; the moments of a case are
//! relative to it, so that a replay finds the same.
//!
//! The form of a case, whose parts may also stand in `common` of its group:
//!
//! ```json
//! {"name": "…", "items": {"Recipients": "AgentOwner"}, "text": {"en": ["subject", "body", "text/plain"]},
//!  "rows": [{"table": "ticket_watcher", "ticket_id": 3, "user_id": 12}],
//!  "set": [{"table": "ticket", "id": 3, "until_time": {"seconds": -60}}],
//!  "do": [["PATCH", "/Ticket/3", {"Ticket": {"OwnerID": 11}}, "lab-full"], ["console", "Maint::Ticket::PendingCheck"]]}
//! ```

use std::{collections::BTreeMap, fs, io, path::Path};

use chrono::DateTime;
use schema::{
    Db, DbError,
    tables::{self as t, Type},
};
use sea_query::{Alias, Expr, ExprTrait as _, Query};
use serde_json::{Map, Value, json};

use crate::{
    case::{Case as Request, PASSWORD},
    fixture,
    rows::mail,
};

pub mod record;

/// The key of the first notification of a case.
const FIRST: i64 = 1000;

/// Cases with the same settings.
#[derive(Clone, Debug)]
pub struct Group {
    pub name: String,
    /// Settings by name.
    pub settings: BTreeMap<String, Value>,
    pub cases: Vec<Case>,
}

/// One case.
#[derive(Clone, Debug)]
pub struct Case {
    pub name: String,
    notifications: Vec<Value>,
    rows: Vec<Value>,
    set: Vec<Value>,
    pub steps: Vec<Step>,
}

/// Something that happens.
#[derive(Clone, Debug)]
pub enum Step {
    Request(Box<Request>),
    /// A raw message for the postmaster.
    Mail(String),
    /// A command of the console with its arguments.
    Console(Vec<String>),
}

/// Every group, from the directory of the cases.
pub fn cases(directory: &Path) -> io::Result<Vec<Group>> {
    let text = fs::read_to_string(directory.join("cases.json"))?;
    let value: Value = serde_json::from_str(&text)?;
    let groups = value["groups"].as_array().cloned().unwrap_or_default();
    Ok(groups.iter().map(group).collect())
}

fn group(group: &Value) -> Group {
    let name = text(&group["name"]);
    let settings = group["settings"].as_object().cloned().unwrap_or_default();
    let cases = group["cases"].as_array().cloned().unwrap_or_default();
    Group {
        cases: cases
            .iter()
            .map(|case| read(&group["common"], case))
            .collect(),
        settings: settings.into_iter().collect(),
        name,
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

fn list(value: &Value) -> Vec<Value> {
    match value {
        Value::Array(items) => items.clone(),
        Value::Null => Vec::new(),
        one => vec![one.clone()],
    }
}

fn read(common: &Value, case: &Value) -> Case {
    let part = |key: &str| match &case[key] {
        Value::Null => common[key].clone(),
        own => own.clone(),
    };
    let name = text(&case["name"]);
    let both = |key: &str| [list(&common[key]), list(&case[key])].concat();
    let first = json!({"items": case["items"], "text": case["text"]});
    let notifications = match &case["notifications"] {
        Value::Null => vec![first],
        several => list(several),
    };
    let steps = list(&part("do"));
    Case {
        notifications: notifications
            .iter()
            .map(|it| notification(common, it))
            .collect(),
        rows: both("rows"),
        set: both("set"),
        steps: steps.iter().map(|it| step(&name, it)).collect(),
        name,
    }
}

/// Items and texts of a notification with those of the group where it has none itself.
fn notification(common: &Value, own: &Value) -> Value {
    let mut items = Map::new();
    items.insert("Transports".to_owned(), json!("Email"));
    items.insert("TransportEmailTemplate".to_owned(), json!("Unformatted"));
    for from in [&common["items"], &own["items"]] {
        items.extend(from.as_object().cloned().unwrap_or_default());
    }
    let mut texts =
        json!({"en": ["<OTRS_TICKET_Title>", "{{{<OTRS_TICKET_Title>}}}", "text/plain"]});
    for from in [&common["text"], &own["text"]] {
        if from.is_object() {
            texts = from.clone();
        }
    }
    json!({"items": items, "texts": texts})
}

fn step(case: &str, step: &Value) -> Step {
    let words = list(step);
    match words.first().and_then(Value::as_str) {
        Some("console") => Step::Console(words[1..].iter().map(text).collect()),
        Some("mail") => Step::Mail(text(&words[1])),
        method => {
            let login = words.get(3).map_or_else(|| "lab-full".to_owned(), text);
            let password = match login.as_str() {
                "root@localhost" => "root",
                _ => PASSWORD,
            };
            let is_customer = login.strip_prefix("customer:");
            let key = if is_customer.is_some() {
                "CustomerUserLogin"
            } else {
                "UserLogin"
            };
            let mut body = words.get(2).cloned().unwrap_or_default();
            body[key] = json!(is_customer.unwrap_or(&login));
            body["Password"] = json!(password);
            let path = words.get(1).map(text).unwrap_or_default();
            let request = Request::rest("notification", case, method.unwrap_or_default(), &path);
            Step::Request(Box::new(request.json(&body)))
        }
    }
}

/// Adds the rows that a case finds, as they are at a moment in seconds since 1970.
///
/// Errors: the database refuses them.
pub async fn prepare(db: &Db, case: &Case, now: i64) -> Result<(), fixture::FixtureError> {
    let mut lines = String::new();
    for (at, notification) in case.notifications.iter().enumerate() {
        let id = FIRST + i64::try_from(at).unwrap_or_default();
        let name = format!("lab {id}");
        let mut add = |row: Value| lines.push_str(&line(&row, now));
        add(
            json!({"table": "notification_event", "id": id, "name": name, "valid_id": 1, "comments": ""}),
        );
        let items = notification["items"].as_object().cloned();
        for (key, values) in items.unwrap_or_default() {
            for value in list(&values) {
                add(
                    json!({"table": "notification_event_item", "notification_id": id,
                    "event_key": key, "event_value": value}),
                );
            }
        }
        let texts = notification["texts"].as_object().cloned();
        for (language, text) in texts.unwrap_or_default() {
            add(
                json!({"table": "notification_event_message", "notification_id": id, "language": language,
                "subject": text[0], "text": text[1], "content_type": text[2]}),
            );
        }
    }
    for row in &case.rows {
        lines.push_str(&line(row, now));
    }
    fixture::add_text(db, &lines).await?;
    for row in &case.set {
        set(db, row, now).await?;
    }
    Ok(())
}

/// Adds the rows that all cases find, and changes those that `set` beside the groups names.
pub async fn load(db: &Db, directory: &Path) -> Result<(), fixture::FixtureError> {
    fixture::add(db, &directory.join("rows.jsonl")).await?;
    let file = directory.join("cases.json");
    let text = fs::read_to_string(&file).map_err(|source| fixture::FixtureError::File {
        file: file.display().to_string(),
        source,
    })?;
    let value: Value = serde_json::from_str(&text).unwrap_or_default();
    for row in &list(&value["set"]) {
        set(db, row, 0).await?;
    }
    Ok(())
}

/// Takes the notifications of a case away; its other rows go with those that were written.
pub async fn clean(db: &Db) -> Result<(), DbError> {
    use t::{NotificationEvent as N, NotificationEventItem as I, NotificationEventMessage as M};
    let mut tx = db.begin().await?;
    let items = Query::delete()
        .from_table(I::Table)
        .and_where(Expr::col(I::NotificationId).gte(FIRST))
        .to_owned();
    tx.execute(&items).await?;
    let texts = Query::delete()
        .from_table(M::Table)
        .and_where(Expr::col(M::NotificationId).gte(FIRST))
        .to_owned();
    tx.execute(&texts).await?;
    let all = Query::delete()
        .from_table(N::Table)
        .and_where(Expr::col(N::Id).gte(FIRST))
        .to_owned();
    tx.execute(&all).await?;
    tx.commit().await
}

/// What a value says at a moment: `{"seconds": -60}` is a number, `{"moment": -60}` a time of the
/// database, `{"day": 0}` its day.
fn at(value: &Value, now: i64) -> Value {
    if let Some(offset) = value["seconds"].as_i64() {
        return json!(now + offset);
    }
    if let Some(offset) = value["moment"].as_i64() {
        return json!(moment(now + offset));
    }
    if let Some(offset) = value["day"].as_i64() {
        return json!(moment(now + offset)[..10]);
    }
    value.clone()
}

fn moment(at: i64) -> String {
    let at = DateTime::from_timestamp(at, 0).unwrap_or_default();
    at.format("%Y-%m-%d %H:%M:%S").to_string()
}

/// A row in the form of the fixtures; who made it and when is added.
fn line(row: &Value, now: i64) -> String {
    let mut cells = row.as_object().cloned().unwrap_or_default();
    let name = cells.remove("table").unwrap_or_default();
    let table = t::ALL.iter().find(|table| table.name == name);
    for column in table.into_iter().flat_map(|table| table.columns) {
        let filled = match column.name {
            "create_time" | "change_time" => json!(moment(now)),
            "create_by" | "change_by" => json!(1),
            _ => continue,
        };
        cells.entry(column.name).or_insert(filled);
    }
    let columns: Vec<&String> = cells.keys().collect();
    let values: Vec<Value> = cells.values().map(|value| at(value, now)).collect();
    let head = json!({"table": name, "columns": columns, "replace": false});
    format!("{head}\n{}\n", json!(values))
}

async fn set(db: &Db, row: &Value, now: i64) -> Result<(), DbError> {
    let name = text(&row["table"]);
    let table = t::ALL.iter().find(|table| table.name == name);
    let mut tx = db.begin().await?;
    let mut update = Query::update();
    update
        .table(Alias::new(&name))
        .and_where(Expr::col(Alias::new("id")).eq(row["id"].as_i64().unwrap_or_default()));
    for (column, value) in row.as_object().into_iter().flatten() {
        let kind = table
            .and_then(|table| table.column(column))
            .map(|it| it.kind);
        let value = at(value, now);
        let value: sea_query::Value = match (kind, value.as_i64()) {
            (None, _) => continue,
            (_, _) if column == "id" => continue,
            (Some(Type::SmallInt), Some(number)) => {
                i16::try_from(number).unwrap_or_default().into()
            }
            (Some(Type::Integer), Some(number)) => i32::try_from(number).unwrap_or_default().into(),
            (_, Some(number)) => number.into(),
            (Some(Type::LongBlob), None) => tx.long_text(&text(&value)),
            (_, None) if value.is_null() => Option::<String>::None.into(),
            (Some(Type::Date), None) => {
                chrono::NaiveDateTime::parse_from_str(&text(&value), "%Y-%m-%d %H:%M:%S")
                    .unwrap_or_default()
                    .into()
            }
            (_, None) => text(&value).into(),
        };
        update.value(Alias::new(column), value);
    }
    tx.execute(&update).await?;
    tx.commit().await
}

/// The lines that are compared, in an order of their own: recipients come as hashes come there.
///
/// What systems write around a text is their own, so that only what is between the marks of [`crate::rows::mail`] counts,
/// and neither the words of bodies nor the plain mails of articles, which are in the queue too.
pub fn compared(lines: &[String]) -> Vec<String> {
    let is_ours = |line: &&String| {
        let body =
            line.starts_with("+article_search_index ") && line.contains("=\"MIMEBase_Body\"");
        !body
            && !line.starts_with("+scheduler_task ")
            && !line.starts_with("+article_data_mime_plain ")
    };
    let mut lines: Vec<String> = lines.iter().filter(is_ours).map(|line| cut(line)).collect();
    lines.sort();
    lines
}

/// The line with its texts as far as they count.
fn cut(line: &str) -> String {
    let line = without_style(&line.replace(";⏎ boundary=", "; boundary="));
    if line.starts_with("+article_data_mime ") {
        return cut_text(&line, " a_body=\"", "\" incoming_time=");
    }
    if line.starts_with("+article_data_mime_attachment ") && line.contains("filename=\"file-") {
        let line = cut_text(&line, " content_size=\"", "\" content_type=");
        return cut_text(&line, " content=\"", "\" by=");
    }
    line
}

/// The line without the looks of quotes.
fn without_style(line: &str) -> String {
    let mut pieces = line.split("<div");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("<div");
        match piece.split_once('>') {
            Some((attributes, rest)) if attributes.contains("type=\\\"cite\\\"") => {
                out.push_str(" type=cite>");
                out.push_str(rest);
            }
            _ => out.push_str(piece),
        }
    }
    out
}

fn cut_text(line: &str, before: &str, behind: &str) -> String {
    let Some((head, rest)) = line.split_once(before) else {
        return line.to_owned();
    };
    let Some((text, tail)) = rest.rsplit_once(behind) else {
        return line.to_owned();
    };
    let marked = mail::marked(text);
    let is_whole = marked.starts_with(mail::START) && marked.ends_with(mail::END);
    // A long text is there by its hash only.
    let is_shortened = text.contains("… (") && text.contains(" characters, ");
    let is_size = before.contains("content_size");
    let text = match (is_whole, is_shortened || is_size) {
        (true, _) => marked,
        (false, true) => "…",
        (false, false) => text,
    };
    format!("{head}{before}{text}{behind}{tail}")
}
