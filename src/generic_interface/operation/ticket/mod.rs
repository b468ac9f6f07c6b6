//! Operations on tickets: `Ticket::TicketCreate`, `Ticket::TicketGet`, `Ticket::TicketHistoryGet`,
//! `Ticket::TicketSearch`, `Ticket::TicketUpdate`, `Ticket::TimeAccountingGet`.

use compat::Value;
use schema::Dialect;

use crate::ticket::TicketId;

pub mod create;
pub mod get;
pub mod history_get;
mod input;
pub mod search;
pub mod time_accounting_get;
pub mod update;

/// A ticket that a request names: what it wrote, and the key that the database takes it for.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Asked {
    pub written: Value,
    pub id: Option<TicketId>,
}

/// Why `TicketID` can not be read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum AskedError {
    Missing,
    WrongStructure,
}

/// The tickets in the parameter `TicketID`: one, a list, or a text with commas between them.
pub(super) fn asked(data: &Value, dialect: Dialect) -> Result<Vec<Asked>, AskedError> {
    let Some(parameter) = data.get("TicketID").filter(|value| value.is_true()) else {
        return Err(AskedError::Missing);
    };
    let written = match parameter {
        Value::List(items) if !items.is_empty() => items.clone(),
        Value::List(_) | Value::Map(_) => return Err(AskedError::WrongStructure),
        scalar => split(&scalar.as_string().unwrap_or_default()),
    };
    Ok(written
        .into_iter()
        .map(|written| Asked {
            id: key(&written, dialect),
            written,
        })
        .collect())
}

/// The parts between commas; empty ones at the end do not count.
fn split(text: &str) -> Vec<Value> {
    let mut parts: Vec<&str> = text.split(',').collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts.into_iter().map(Value::text).collect()
}

/// The key that a database reads out of a text. MySQL takes the number that it begins with, so `4x` means ticket 4;
/// PostgreSQL takes whole numbers only.
fn key(written: &Value, dialect: Dialect) -> Option<TicketId> {
    let text = written.as_string()?;
    let number = match dialect {
        Dialect::Postgres => text.trim().parse().ok()?,
        Dialect::MySql | Dialect::Sqlite => match compat::perl_number::parse(&text) {
            Value::Integer(number) => number,
            Value::Float(number) => whole(number)?,
            _ => return None,
        },
    };
    (number > 0).then_some(TicketId(number))
}

/// A float that is a key of a table: whole, and far from the end of what a float can say exactly.
#[expect(
    clippy::cast_possible_truncation,
    reason = "the range is checked, and the number is whole"
)]
fn whole(number: f64) -> Option<i64> {
    (number.fract() == 0.0 && number.abs() < 1e15).then_some(number as i64)
}

/// A scalar as Perl would print it into a sentence; structures show as an address that nobody can predict.
pub(super) fn printed(value: &Value) -> String {
    match value {
        Value::List(_) => "ARRAY(0x0)".to_owned(),
        Value::Map(_) => "HASH(0x0)".to_owned(),
        scalar => scalar.as_string().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(parameter: impl Into<Value>) -> Result<Vec<Option<i64>>, AskedError> {
        let data = Value::map([("TicketID", parameter.into())]);
        let asked = asked(&data, Dialect::MySql)?;
        Ok(asked.iter().map(|asked| asked.id.map(|id| id.0)).collect())
    }

    #[test]
    fn tickets_are_named_alone_by_list_and_with_commas() {
        assert_eq!(ids("4"), Ok(vec![Some(4)]));
        assert_eq!(ids("4,5,"), Ok(vec![Some(4), Some(5)]));
        assert_eq!(ids(","), Ok(vec![]));
        assert_eq!(ids(",4"), Ok(vec![None, Some(4)]));
        assert_eq!(
            ids(vec![Value::Integer(4), Value::text("5,6")]),
            Ok(vec![Some(4), Some(5)])
        );
    }

    #[test]
    fn a_text_counts_by_the_number_that_it_begins_with() {
        for text in ["4x", " 4", "4.0", "04", "4e0", "4' OR 1=1", "+4"] {
            assert_eq!(ids(text), Ok(vec![Some(4)]), "{text}");
        }
        for text in ["x", "0x4", "00", "-4", "4.5"] {
            assert_eq!(ids(text), Ok(vec![None]), "{text}");
        }
        assert_eq!(key(&Value::text("4x"), Dialect::Postgres), None);
        assert_eq!(
            key(&Value::text(" 4"), Dialect::Postgres),
            Some(TicketId(4))
        );
    }

    #[test]
    fn nothing_and_structures_are_refused() {
        assert_eq!(ids(Value::Undef), Err(AskedError::Missing));
        assert_eq!(ids("0"), Err(AskedError::Missing));
        assert_eq!(ids(Value::List(vec![])), Err(AskedError::WrongStructure));
        assert_eq!(
            ids(Value::map([("a", "4")])),
            Err(AskedError::WrongStructure)
        );
    }
}
