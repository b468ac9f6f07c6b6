//! Dynamic fields of a ticket: what is stored, and what people read.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use compat::Value;
use schema::{DbError, Tx};

use super::{Reader, words};
use crate::{
    dynamic_field::{self, Definition, ObjectType},
    notification::language,
    settings::Settings,
    ticket::{TicketId, working_time},
};

/// A value that each language writes in its own way, or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shown {
    Text(String),
    /// One that the language has a word of its own for.
    Word(String),
    /// Several of them.
    Words(Vec<String>),
    /// Seconds since 1970.
    Moment(i64),
    /// The same, in one form for all languages.
    Stamp(i64),
    Day(chrono::NaiveDate),
}

impl Shown {
    /// As this reader sees it.
    pub fn text(&self, reader: &Reader<'_>) -> String {
        let word = |word: &String| words::translated(reader.language, word).to_owned();
        match self {
            Self::Text(text) => text.clone(),
            Self::Word(one) => word(one),
            Self::Words(several) => several.iter().map(word).collect::<Vec<_>>().join(", "),
            Self::Moment(at) => language::moment(reader.language, reader.zone, *at),
            Self::Stamp(at) => language::stamp(reader.zone, *at),
            Self::Day(day) => language::day(reader.language, *day),
        }
    }
}

/// The fields of a ticket that have a value, by name in lower case: what is stored, and what is shown.
pub async fn of_ticket(
    tx: &mut Tx,
    settings: &Settings,
    ticket: TicketId,
) -> Result<HashMap<String, (Shown, Shown)>, DbError> {
    let definitions = dynamic_field::definitions_of_tickets(tx).await?;
    if definitions.is_empty() {
        return Ok(HashMap::new());
    }
    let values = dynamic_field::values(tx, ObjectType::Ticket, &[ticket.0]).await?;
    let shown = values.of(ticket.0).filter_map(|(name, value)| {
        let field = definitions.get(name)?;
        Some((name.to_lowercase(), show(settings, field, &value)?))
    });
    Ok(shown.collect())
}

fn show(settings: &Settings, field: &Definition, value: &Value) -> Option<(Shown, Shown)> {
    let texts: Vec<String> = match value {
        Value::Undef => return None,
        Value::List(items) => items.iter().filter_map(Value::as_string).collect(),
        one => vec![one.as_string()?],
    };
    let raw = texts.join(", ");
    let moment = |raw: &str| NaiveDateTime::parse_from_str(raw, "%Y-%m-%d %H:%M:%S").ok();
    let text = || Shown::Text(raw.clone());
    Some(match field.type_name.as_str() {
        "Date" => {
            let day = moment(&raw).map(|at| at.date());
            (
                day.map_or_else(text, |day| Shown::Text(day.to_string())),
                day.map_or_else(text, Shown::Day),
            )
        }
        "DateTime" => {
            let at = moment(&raw).and_then(|at| working_time::epoch(settings, at));
            (
                at.map_or_else(text, Shown::Stamp),
                at.map_or_else(text, Shown::Moment),
            )
        }
        "Checkbox" => {
            let word = if value.is_true() {
                "Checked"
            } else {
                "Unchecked"
            };
            (text(), Shown::Word(word.to_owned()))
        }
        "Dropdown" | "Multiselect" => {
            let labels: Vec<String> = texts.iter().map(|key| label(field, key)).collect();
            let is_translated = field.config.get("TranslatableValues");
            let labels = if is_translated.is_some_and(Value::is_true) {
                Shown::Words(labels)
            } else {
                Shown::Text(labels.join(", "))
            };
            (text(), labels)
        }
        _ => (text(), text()),
    })
}

/// What people read for a key of a field with choices.
fn label(field: &Definition, key: &str) -> String {
    let label = field
        .config
        .get("PossibleValues")
        .and_then(|possible| possible.get(key))
        .and_then(Value::as_string);
    label.unwrap_or_else(|| key.to_owned())
}
