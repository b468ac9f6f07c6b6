//! `Ticket::TicketSearch`: the numbers of the tickets that meet every given parameter.
//!
//! Parameters that are unknown, empty or of the wrong shape ask for nothing. A value that makes no sense (an unknown
//! name, a number that is none, an unknown sort key) finds nothing, and the answer is an empty hash.
//!
//! Differences from the reference system, on purpose: `Limit` takes digits only (on PostgreSQL also a decimal, which
//! that database rounds) and `ContentSearch` the words *AND* and *OR* only, where the reference passes the text on to
//! its database. A text to look for that is no UTF-8 is an error; the reference closes the connection without a word.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use compat::{Map, Value};
use schema::{DbError, Dialect};

use crate::{
    app::App,
    generic_interface::operation::{Answer, Request, authentication},
    settings::Settings,
    ticket::search::{
        self, Archive, ArticleField, Combine, Direction, FieldSearch, IdField, Operator, Range,
        Search, SortKey, TextField, TimeField,
    },
};

#[cfg(test)]
mod tests;

/// Runs the operation.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let Some(caller) = authentication::authenticate(app, request).await? else {
        return Ok(Answer::error(
            "TicketSearch.AuthFail",
            "TicketSearch: Authorization failing!",
        ));
    };
    let settings = app.settings.current();
    let wanted = match read(&request.data, &settings, app.clock.now(), app.db.dialect()) {
        Ok(wanted) => wanted,
        Err(Refusal::Nothing) => return Ok(Answer::Data(Map::new())),
        Err(Refusal::Malformed(complaint)) => return Ok(Answer::Failure(complaint.to_owned())),
    };
    let ids = search::run(&app.db, &app.recent, &settings, &caller, wanted).await?;
    if ids.is_empty() {
        return Ok(Answer::Data(Map::new()));
    }
    let ids = ids.iter().map(|id| Value::text(id.to_string())).collect();
    let found = ("TicketID".to_owned(), Value::List(ids));
    Ok(Answer::Data(Map::from([found])))
}

/// Why there is no search.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Refusal {
    /// Nothing can be found.
    Nothing,
    /// The reference system breaks off on such a request. What is wrong with it.
    Malformed(&'static str),
}

const IDS: &[(&str, IdField)] = &[
    ("TicketID", IdField::Ticket),
    ("QueueIDs", IdField::Queue),
    ("TypeIDs", IdField::Type),
    ("StateIDs", IdField::State),
    ("StateTypeIDs", IdField::StateType),
    ("PriorityIDs", IdField::Priority),
    ("ServiceIDs", IdField::Service),
    ("SLAIDs", IdField::Sla),
    ("LockIDs", IdField::Lock),
    ("OwnerIDs", IdField::Owner),
    ("ResponsibleIDs", IdField::Responsible),
    ("WatchUserIDs", IdField::Watcher),
    ("CreatedUserIDs", IdField::CreatedBy),
    ("CreatedQueueIDs", IdField::CreatedQueue),
    ("CreatedTypeIDs", IdField::CreatedType),
    ("CreatedStateIDs", IdField::CreatedState),
    ("CreatedPriorityIDs", IdField::CreatedPriority),
];

const NAMES: &[(&str, IdField)] = &[
    ("Queues", IdField::Queue),
    ("Types", IdField::Type),
    ("States", IdField::State),
    ("StateType", IdField::StateType),
    ("Priorities", IdField::Priority),
    ("Services", IdField::Service),
    ("SLAs", IdField::Sla),
    ("Locks", IdField::Lock),
    ("CreatedQueues", IdField::CreatedQueue),
    ("CreatedTypes", IdField::CreatedType),
    ("CreatedStates", IdField::CreatedState),
    ("CreatedPriorities", IdField::CreatedPriority),
];

const TEXTS: &[(&str, TextField)] = &[
    ("TicketNumber", TextField::Number),
    ("Title", TextField::Title),
    ("CustomerID", TextField::CustomerId),
    ("CustomerUserLogin", TextField::CustomerUser),
];

const ARTICLE_TEXTS: &[(&str, ArticleField)] = &[
    ("MIMEBase_From", ArticleField::From),
    ("MIMEBase_To", ArticleField::To),
    ("MIMEBase_Cc", ArticleField::Cc),
    ("MIMEBase_Bcc", ArticleField::Bcc),
    ("MIMEBase_Subject", ArticleField::Subject),
    ("MIMEBase_Body", ArticleField::Body),
    ("MIMEBase_AttachmentName", ArticleField::AttachmentName),
];

const TIMES: &[(&str, TimeField)] = &[
    ("TicketCreateTime", TimeField::Created),
    ("TicketLastChangeTime", TimeField::LastChanged),
    ("TicketChangeTime", TimeField::Changed),
    ("TicketCloseTime", TimeField::Closed),
    ("TicketPendingTime", TimeField::Pending),
    ("TicketEscalationTime", TimeField::Escalation),
    ("TicketEscalationUpdateTime", TimeField::EscalationUpdate),
    (
        "TicketEscalationResponseTime",
        TimeField::EscalationResponse,
    ),
    (
        "TicketEscalationSolutionTime",
        TimeField::EscalationSolution,
    ),
    ("ArticleCreateTime", TimeField::ArticleCreated),
];

/// Reads the parameters; `now` is the time in the database's time zone.
fn read(
    data: &Value,
    settings: &Settings,
    now: NaiveDateTime,
    dialect: Dialect,
) -> Result<Search, Refusal> {
    let mut search = Search {
        with_sub_queues: data.get("UseSubQueues").is_some_and(Value::is_true),
        limit: limit(data, settings, dialect)?,
        dynamic_fields: dynamic_fields(data)?,
        order: order(data, settings)?,
        archive: archive(data, settings),
        ..Search::default()
    };
    for (name, field) in IDS {
        let ids = list(data, name);
        if !ids.is_empty() {
            let ids: Option<Vec<i64>> = ids.iter().map(|id| integer(id)).collect();
            search.ids.insert(*field, ids.ok_or(Refusal::Nothing)?);
        }
    }
    for (name, field) in NAMES {
        let names = list(data, name);
        if !names.is_empty() {
            search.names.insert(*field, names);
        }
    }
    for (name, field) in TEXTS {
        readable(data, name)?;
        let mut texts = filled_list(data, name);
        texts.retain(|text| !is_any(text));
        if !texts.is_empty() {
            search.texts.insert(*field, texts);
        }
    }
    search.customer_ids = filled_list(data, "CustomerIDRaw");
    for (name, field) in ARTICLE_TEXTS {
        readable(data, name)?;
        if let Some(text) = true_scalar(data, name) {
            search.articles.fields.push((*field, text));
        }
    }
    readable(data, "Fulltext")?;
    search.articles.anywhere = true_scalar(data, "Fulltext");
    search.articles.combine = combine(data, search.articles.fields.len())?;
    for (name, field) in TIMES {
        if let Some(range) = range(data, name, *field, now)? {
            search.times.insert(*field, range);
        }
    }
    Ok(search)
}

/// A text that is neither missing nor empty; lists and hashes count as missing. Bytes that are no text become one that
/// nothing has.
fn scalar(data: &Value, name: &str) -> Option<String> {
    match data.get(name)? {
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        value => value.as_string(),
    }
    .filter(|text| !text.is_empty())
}

/// Like [`scalar`], but `0` counts as missing too.
fn true_scalar(data: &Value, name: &str) -> Option<String> {
    scalar(data, name).filter(|text| text != "0")
}

/// Refuses texts that are no UTF-8.
fn readable(data: &Value, name: &str) -> Result<(), Refusal> {
    let is_bytes = |value: &Value| matches!(value, Value::Bytes(_));
    match data.get(name) {
        Some(Value::Bytes(_)) => Err(Refusal::Malformed(NOT_UTF8)),
        Some(Value::List(items)) if items.iter().any(is_bytes) => Err(Refusal::Malformed(NOT_UTF8)),
        _ => Ok(()),
    }
}

const NOT_UTF8: &str = "A text to look for is not encoded in UTF-8.";

/// One text or a list of texts; a single `0` is none. What is no text within a list becomes the empty text, which names nothing.
fn list(data: &Value, name: &str) -> Vec<String> {
    match data.get(name) {
        Some(Value::List(items)) => items
            .iter()
            .map(|item| item.as_string().unwrap_or_default())
            .collect(),
        _ => true_scalar(data, name).into_iter().collect(),
    }
}

/// Like [`list`], without empty texts.
fn filled_list(data: &Value, name: &str) -> Vec<String> {
    let mut texts = list(data, name);
    texts.retain(|text| !text.is_empty());
    texts
}

/// Only wildcards: nothing is asked, and tickets without any text are found too.
fn is_any(text: &str) -> bool {
    text.bytes().all(|byte| matches!(byte, b'*' | b'%'))
}

/// Digits, with a sign if need be.
fn integer(text: &str) -> Option<i64> {
    let digits = text.strip_prefix(['+', '-']).unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    text.parse().ok()
}

fn limit(data: &Value, settings: &Settings, dialect: Dialect) -> Result<Option<u64>, Refusal> {
    let text = match data.get("Limit") {
        Some(Value::List(_) | Value::Map(_)) => return Err(Refusal::Nothing),
        Some(value) if value.is_true() => value.as_string().ok_or(Refusal::Nothing)?,
        _ => settings.text("GenericInterface::Operation::TicketSearch###SearchLimit"),
    };
    let digits = text.trim();
    if let (Dialect::Postgres, Some((whole, fraction))) = (dialect, digits.split_once('.')) {
        return rounded(whole, fraction).ok_or(Refusal::Nothing).map(Some);
    }
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(Refusal::Nothing);
    }
    // The databases count with 63 bits.
    match digits.parse::<i64>() {
        Ok(limit) if limit > 0 => Ok(u64::try_from(limit).ok()),
        _ => Err(Refusal::Nothing),
    }
}

/// A decimal as PostgreSQL rounds it, half a ticket up; `None` when that leaves nothing to find.
fn rounded(whole: &str, fraction: &str) -> Option<u64> {
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole: i64 = if whole.is_empty() {
        0
    } else {
        whole.parse().ok()?
    };
    let up = fraction
        .as_bytes()
        .first()
        .is_some_and(|first| *first >= b'5');
    let limit = u64::try_from(whole.checked_add(i64::from(up))?).ok()?;
    (limit > 0).then_some(limit)
}

fn order(data: &Value, settings: &Settings) -> Result<Vec<(SortKey, Direction)>, Refusal> {
    let keys = words(
        data.get("SortBy"),
        settings.text("GenericInterface::Operation::TicketSearch###SortBy::Default"),
    )?;
    let directions = words(
        data.get("OrderBy"),
        settings.text("GenericInterface::Operation::TicketSearch###Order::Default"),
    )?;
    if keys.is_empty() || directions.len() < keys.len() {
        return Err(Refusal::Nothing);
    }
    let both = ["Owner", "Responsible"];
    if both.iter().all(|key| keys.iter().any(|it| it == key)) {
        // The reference system's database refuses two names of agents.
        return Err(Refusal::Nothing);
    }
    keys.iter()
        .zip(&directions)
        .map(|(key, direction)| Some((SortKey::from_word(key)?, Direction::from_word(direction)?)))
        .collect::<Option<_>>()
        .ok_or(Refusal::Nothing)
}

fn words(value: Option<&Value>, default: String) -> Result<Vec<String>, Refusal> {
    match value {
        Some(Value::List(items)) => Ok(items
            .iter()
            .map(|item| item.as_string().unwrap_or_default())
            .collect()),
        Some(Value::Map(_)) => Err(Refusal::Nothing),
        Some(value) if value.is_true() => Ok(value.as_string().into_iter().collect()),
        _ => Ok(vec![default]),
    }
}

fn archive(data: &Value, settings: &Settings) -> Archive {
    if !settings.is_on("Ticket::ArchiveSystem") {
        return Archive::Ignored;
    }
    match scalar(data, "SearchInArchive").as_deref() {
        Some("AllTickets") => Archive::Ignored,
        Some("ArchivedTickets") => Archive::OnlyArchived,
        _ => Archive::OnlyActive,
    }
}

/// How several article texts go together; the word matters only when there are several.
fn combine(data: &Value, texts: usize) -> Result<Combine, Refusal> {
    let Some(word) = scalar(data, "ContentSearch") else {
        return Ok(Combine::All);
    };
    if word.eq_ignore_ascii_case("OR") {
        Ok(Combine::Any)
    } else if word.eq_ignore_ascii_case("AND") || texts < 2 {
        Ok(Combine::All)
    } else {
        Err(Refusal::Nothing)
    }
}

fn dynamic_fields(data: &Value) -> Result<Vec<FieldSearch>, Refusal> {
    let entries = match data.get("DynamicField") {
        Some(Value::List(items)) => items.iter().collect(),
        Some(entry @ Value::Map(_)) => vec![entry],
        _ => vec![],
    };
    // A later entry takes the place of an earlier one for the same field.
    let mut fields = BTreeMap::new();
    for (key, entry) in data.as_map().into_iter().flatten() {
        if let (Some(name), Value::Map(entry)) = (field_name(key), entry) {
            fields.insert(name.to_owned(), dynamic_field(name.to_owned(), entry));
        }
    }
    for entry in entries {
        let Value::Map(entry) = entry else {
            return Err(Refusal::Malformed(
                "DynamicField holds an entry that is no hash.",
            ));
        };
        if let Some(name) = entry.get("Name").and_then(Value::as_string) {
            fields.insert(name.clone(), dynamic_field(name, entry));
        }
    }
    Ok(fields.into_values().collect())
}

/// The field in `DynamicField_NAME`; other characters than letters and digits are only possible within `DynamicField`.
fn field_name(key: &str) -> Option<&str> {
    let name = key.strip_prefix("DynamicField_")?;
    let is_plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
    is_plain.then_some(name)
}

fn dynamic_field(name: String, entry: &Map) -> FieldSearch {
    let mut field = FieldSearch {
        name,
        ..FieldSearch::default()
    };
    for (word, value) in entry.iter().filter(|(word, _)| *word != "Name") {
        let mut texts = match value {
            Value::List(items) => items.iter().filter_map(field_text).collect(),
            other => Vec::from_iter(field_text(other)),
        };
        texts.retain(|text| !is_any(text));
        if texts.is_empty() {
            continue;
        }
        match Operator::from_word(word) {
            Some(operator) => {
                field.tests.insert(operator, texts);
            }
            None => field.has_unknown_operator = true,
        }
    }
    field
}

/// A value to compare with; a list or a hash within becomes a text that no field has.
fn field_text(value: &Value) -> Option<String> {
    match value {
        Value::Undef => None,
        Value::List(_) | Value::Map(_) | Value::Bytes(_) => Some("\u{fffd}".to_owned()),
        scalar => scalar.as_string().filter(|text| !text.is_empty()),
    }
}

/// The limits of one time: `…OlderMinutes`, `…NewerMinutes`, `…OlderDate`, `…NewerDate`.
fn range(
    data: &Value,
    name: &str,
    field: TimeField,
    now: NaiveDateTime,
) -> Result<Option<Range>, Refusal> {
    let mut range = Range::default();
    let mut asked = false;
    for (suffix, newest) in [("Older", true), ("Newer", false)] {
        let mut limits = Vec::new();
        if let Some(minutes) = scalar(data, &format!("{name}{suffix}Minutes")) {
            // The reference system finds nothing for a history as old as now.
            if minutes.trim_end() == "0" && matches!(field, TimeField::Changed | TimeField::Closed)
            {
                return Err(Refusal::Nothing);
            }
            asked = true;
            limits.push(minutes_ago(&minutes, now).ok_or(Refusal::Nothing)?);
        }
        match scalar(data, &format!("{name}{suffix}Date")).as_deref() {
            None => {}
            Some("0") => asked |= field == TimeField::ArticleCreated,
            Some(text) => {
                asked = true;
                let limit = date(text).ok_or(Refusal::Nothing)?;
                if limit > now && !newest && is_escalation(field) {
                    return Err(Refusal::Nothing);
                }
                limits.push(limit);
            }
        }
        if newest {
            range.newest = limits.into_iter().min();
        } else {
            range.oldest = limits.into_iter().max();
        }
    }
    Ok(asked.then_some(range))
}

const fn is_escalation(field: TimeField) -> bool {
    matches!(
        field,
        TimeField::Escalation
            | TimeField::EscalationUpdate
            | TimeField::EscalationResponse
            | TimeField::EscalationSolution
    )
}

/// Minutes before now; what is no number means now. `None` when no calendar reaches so far.
fn minutes_ago(text: &str, now: NaiveDateTime) -> Option<NaiveDateTime> {
    let minutes: f64 = text.trim().parse().unwrap_or(0.0);
    let seconds = (minutes * 60.0).trunc();
    if !seconds.is_finite() || seconds.abs() > 1e11 {
        return None;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number below 10^11 fits"
    )]
    let seconds = seconds as i64;
    now.checked_sub_signed(TimeDelta::try_seconds(seconds)?)
}

/// `2026-01-23 10:00:00`; all but the year may have one digit.
fn date(text: &str) -> Option<NaiveDateTime> {
    let (date, time) = text.split_once(' ')?;
    if date.find('-') != Some(4) {
        return None;
    }
    let [year, month, day] = numbers(date, '-')?;
    let [hour, minute, second] = numbers(time, ':')?;
    NaiveDate::from_ymd_opt(i32::try_from(year).ok()?, month, day)?
        .and_hms_opt(hour, minute, second)
}

/// Three numbers of at most two digits, the first of at most four.
fn numbers(text: &str, separator: char) -> Option<[u32; 3]> {
    let parts: Vec<u32> = text
        .split(separator)
        .enumerate()
        .map(|(place, part)| {
            let longest = if place == 0 { 4 } else { 2 };
            let is_number = (1..=longest).contains(&part.len())
                && part.bytes().all(|byte| byte.is_ascii_digit());
            if is_number { part.parse().ok() } else { None }
        })
        .collect::<Option<_>>()?;
    parts.try_into().ok()
}
