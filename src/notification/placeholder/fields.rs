//! Dynamic fields of a ticket: what is stored, and what people read.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use compat::Value;
use schema::{DbError, Tx};

use crate::{
    dynamic_field::{self, Definition, ObjectType},
    settings::Settings,
    ticket::{TicketId, working_time},
};

/// A value that each language writes in its own way, or not.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Shown {
    Text(String),
    /// Seconds since 1970.
    Moment(i64),
    Day(chrono::NaiveDate),
}

/// The fields of a ticket that have a value, by name in lower case: what is stored, and what is shown.
pub async fn of_ticket(
    tx: &mut Tx,
    settings: &Settings,
    ticket: TicketId,
) -> Result<HashMap<String, (String, Shown)>, DbError> {
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

fn show(settings: &Settings, field: &Definition, value: &Value) -> Option<(String, Shown)> {
    let texts: Vec<String> = match value {
        Value::Undef => return None,
        Value::List(items) => items.iter().filter_map(Value::as_string).collect(),
        one => vec![one.as_string()?],
    };
    let raw = texts.join(", ");
    let moment = |raw: &str| NaiveDateTime::parse_from_str(raw, "%Y-%m-%d %H:%M:%S").ok();
    Some(match field.type_name.as_str() {
        "Date" => {
            let day = moment(&raw).map(|at| at.date());
            let shown = day.map_or(Shown::Text(raw.clone()), Shown::Day);
            (day.map_or(raw, |day| day.to_string()), shown)
        }
        "DateTime" => {
            let at = moment(&raw).and_then(|at| working_time::epoch(settings, at));
            let zone = working_time::zone_of(settings);
            (
                format!("{raw} ({zone})"),
                at.map_or_else(|| Shown::Text(raw.clone()), Shown::Moment),
            )
        }
        "Checkbox" => {
            let word = if value.is_true() {
                "Checked"
            } else {
                "Unchecked"
            };
            (raw, Shown::Text(word.to_owned()))
        }
        "Dropdown" | "Multiselect" => {
            let labels: Vec<String> = texts.iter().map(|key| label(field, key)).collect();
            (raw, Shown::Text(labels.join(", ")))
        }
        _ => (raw.clone(), Shown::Text(raw)),
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
