//! Giving fields their values.
//!
//! A value replaces the rows of its field; the same value writes nothing.

use chrono::NaiveDateTime;
use compat::Value;
use schema::{DbError, Tx};

use super::{Definition, FieldType, ObjectType, Stored, definition, store};

/// Why a value was not written.
#[derive(Debug, thiserror::Error)]
pub enum WriteError {
    /// A list for a field with one value, or text that is no moment.
    #[error("the dynamic field {0} can not hold this value")]
    Unfit(String),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// A value that was replaced, in the words of the history: `YYYY-MM-DD` for a date, several texts with commas.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Change {
    pub field: String,
    pub new: String,
    pub old: String,
}

/// Writes values to the fields of one object, in their order; tells what changed. At most three statements.
///
/// An empty text leaves no row, but a row without date in a moment and a 0 in a checkbox.
/// Source: the reference system; rows in `tests/it/dynamic_field_write.rs`.
pub async fn write(
    tx: &mut Tx,
    object: i64,
    values: &[(&Definition, &Value)],
) -> Result<Vec<Change>, WriteError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let mut ids: Vec<i32> = values.iter().map(|(field, _)| field.id).collect();
    ids.sort_unstable();
    ids.dedup();
    let mut known = store::list_rows(tx, object, &ids).await?;
    let mut touched: Vec<i32> = Vec::new();
    let mut changes = Vec::new();
    for (field, value) in values {
        let rows = known.remove(&field.id).unwrap_or_default();
        let new = rows_of(field, value)?;
        if is_same(field.kind, value, &rows) {
            known.insert(field.id, rows);
            continue;
        }
        changes.push(Change {
            field: field.name.clone(),
            new: shown(field, value),
            old: shown(field, &field.kind.value(&rows)),
        });
        touched.retain(|id| *id != field.id);
        touched.push(field.id);
        known.insert(field.id, new);
    }
    store::delete_rows(tx, object, &touched).await?;
    let mut rows: Vec<(i32, &Stored)> = Vec::new();
    for id in &touched {
        let stored = known.get(id).map(Vec::as_slice).unwrap_or_default();
        rows.extend(stored.iter().map(|row| (*id, row)));
    }
    store::insert_rows(tx, object, rows).await?;
    Ok(changes)
}

/// Takes the value of one field of an object away, row and all; tells what changed, if there was one.
pub async fn clear(
    tx: &mut Tx,
    object: i64,
    field: &Definition,
) -> Result<Option<Change>, DbError> {
    let mut known = store::list_rows(tx, object, &[field.id]).await?;
    let rows = known.remove(&field.id).unwrap_or_default();
    if rows.is_empty() {
        return Ok(None);
    }
    store::delete_rows(tx, object, &[field.id]).await?;
    Ok(Some(Change {
        field: field.name.clone(),
        new: String::new(),
        old: shown(field, &field.kind.value(&rows)),
    }))
}

/// Deletes every value of these objects; for objects that go away themselves. One statement.
pub async fn delete(tx: &mut Tx, object_type: ObjectType, objects: &[i64]) -> Result<(), DbError> {
    store::delete_objects(tx, object_type, objects).await
}

/// The number under which the values of an object without one are kept: a login, a company's key. Made when it is
/// missing.
///
/// Two that make it at once: one of them gets the database's refusal, see [`DbError::is_duplicate`].
pub async fn object_number(
    tx: &mut Tx,
    object_type: ObjectType,
    name: &str,
) -> Result<i64, DbError> {
    match store::find_object(tx, object_type, name).await? {
        Some(number) => Ok(number),
        None => store::insert_object(tx, object_type, name).await,
    }
}

fn rows_of(field: &Definition, value: &Value) -> Result<Vec<Stored>, WriteError> {
    let unfit = || WriteError::Unfit(field.name.clone());
    match field.kind {
        FieldType::Texts => texts(value).ok_or_else(unfit),
        FieldType::Text => {
            let text = scalar(value).ok_or_else(unfit)?;
            Ok(if text.is_empty() {
                Vec::new()
            } else {
                vec![text_row(text)]
            })
        }
        FieldType::Moment => {
            let text = scalar(value).ok_or_else(unfit)?;
            let at = if text.is_empty() {
                None
            } else {
                Some(any_moment(&text).ok_or_else(unfit)?)
            };
            Ok(vec![Stored {
                moment: at,
                ..Stored::default()
            }])
        }
        FieldType::Switch => {
            let text = scalar(value).ok_or_else(unfit)?;
            let number = if text.is_empty() {
                0
            } else {
                text.parse().map_err(|_| unfit())?
            };
            Ok(vec![Stored {
                number: Some(number),
                ..Stored::default()
            }])
        }
        FieldType::Unknown => Err(unfit()),
    }
}

fn texts(value: &Value) -> Option<Vec<Stored>> {
    let Value::List(items) = value else {
        let text = scalar(value)?;
        return Some(if text.is_empty() {
            Vec::new()
        } else {
            vec![text_row(text)]
        });
    };
    items
        .iter()
        .map(|item| scalar(item).map(text_row))
        .collect()
}

fn text_row(text: String) -> Stored {
    Stored {
        text: Some(text),
        ..Stored::default()
    }
}

/// A scalar's text, nothing as the empty one.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::Undef => Some(String::new()),
        other => other.as_string(),
    }
}

/// A day, with or without the time.
fn any_moment(text: &str) -> Option<NaiveDateTime> {
    definition::moment(text).or_else(|| definition::moment(&format!("{text} 00:00:00")))
}

/// Whether the field says this already. A text for a field with several ones is never the same, and neither is a
/// day without its time: the reference system compares what was sent with what it reads.
fn is_same(kind: FieldType, value: &Value, rows: &[Stored]) -> bool {
    if kind == FieldType::Texts {
        let Value::List(items) = value else {
            return false;
        };
        return items.len() == rows.len()
            && items
                .iter()
                .zip(rows)
                .all(|(item, row)| scalar(item) == Some(row.text.clone().unwrap_or_default()));
    }
    scalar(value) == scalar(&kind.value(rows))
}

/// A value in the words of the history.
fn shown(field: &Definition, value: &Value) -> String {
    let text = match value {
        Value::List(items) => {
            let texts: Vec<String> = items.iter().filter_map(Value::as_string).collect();
            texts.join(", ")
        }
        other => scalar(other).unwrap_or_default(),
    };
    if field.type_name == "Date" {
        text.chars().take(10).collect()
    } else {
        text
    }
}
