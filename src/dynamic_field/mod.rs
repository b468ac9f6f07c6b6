//! Dynamic fields: attributes that administrators add to tickets and articles, and the values kept for them.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use compat::Value;
use schema::{DbError, Tx};

mod definition;
mod export;
mod store;
mod write;

pub use definition::{Definition, Definitions, definitions, definitions_of_tickets};
pub use export::export;
pub use write::{Change, WriteError, clear, delete, object_number, write};

/// What a field belongs to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ObjectType {
    Ticket,
    Article,
    CustomerUser,
    CustomerCompany,
}

impl ObjectType {
    /// As `dynamic_field.object_type` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ticket => "Ticket",
            Self::Article => "Article",
            Self::CustomerUser => "CustomerUser",
            Self::CustomerCompany => "CustomerCompany",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        [
            Self::Ticket,
            Self::Article,
            Self::CustomerUser,
            Self::CustomerCompany,
        ]
        .into_iter()
        .find(|object| object.name() == name)
    }
}

/// How a field keeps its values.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum FieldType {
    /// One text: `Text`, `TextArea`, `Dropdown`, `WebserviceDropdown`, `ProcessID`, `ActivityID`.
    Text,
    /// Several texts: `Multiselect`, `WebserviceMultiselect`.
    Texts,
    /// A moment: `Date`, `DateTime`.
    Moment,
    /// `Checkbox`.
    Switch,
    /// The type of a package that is not known here; its values are not shown.
    Unknown,
}

impl From<&str> for FieldType {
    fn from(name: &str) -> Self {
        match name {
            "Text" | "TextArea" | "Dropdown" | "WebserviceDropdown" | "ProcessID"
            | "ActivityID" => Self::Text,
            "Multiselect" | "WebserviceMultiselect" => Self::Texts,
            "Date" | "DateTime" => Self::Moment,
            "Checkbox" => Self::Switch,
            _ => Self::Unknown,
        }
    }
}

/// A field that is valid.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    pub id: i32,
    pub name: String,
    pub kind: FieldType,
}

/// One row of `dynamic_field_value`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Stored {
    pub text: Option<String>,
    pub moment: Option<NaiveDateTime>,
    pub number: Option<i64>,
}

impl FieldType {
    /// What the rows of one field of one object say: a text, a list of texts, a moment as `YYYY-MM-DD hh:mm:ss`, a
    /// number; `Undef` without rows. Fields with one value take their first row.
    ///
    /// Source: answers of the reference system to `TicketGet`.
    pub fn value(self, rows: &[Stored]) -> Value {
        let Some(first) = rows.first() else {
            return Value::Undef;
        };
        match self {
            Self::Text => first.text.clone().into(),
            Self::Texts => Value::List(rows.iter().map(|row| row.text.clone().into()).collect()),
            Self::Moment => first.moment.map(|at| at.to_string()).into(),
            Self::Switch => first.number.into(),
            Self::Unknown => Value::Undef,
        }
    }
}

/// The valid fields of one kind of object, and the values of some objects.
#[derive(Clone, Debug, Default)]
pub struct Values {
    fields: Vec<Field>,
    rows: HashMap<(i64, i32), Vec<Stored>>,
}

impl Values {
    /// Every valid field by name (in byte order) with the object's value.
    pub fn of(&self, object: i64) -> impl Iterator<Item = (&str, Value)> {
        self.fields.iter().map(move |field| {
            let rows = self.rows.get(&(object, field.id));
            let rows = rows.map(Vec::as_slice).unwrap_or_default();
            (field.name.as_str(), field.kind.value(rows))
        })
    }

    /// Whether there is any field.
    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }
}

/// The values of these objects, tickets or articles by their keys. Two statements.
pub async fn values(
    tx: &mut Tx,
    object_type: ObjectType,
    objects: &[i64],
) -> Result<Values, DbError> {
    let mut fields = store::list_fields(tx, object_type).await?;
    fields.sort_by(|a, b| a.name.cmp(&b.name));
    let rows = if fields.is_empty() || objects.is_empty() {
        HashMap::new()
    } else {
        store::list_values(tx, &fields, objects).await?
    };
    Ok(Values { fields, rows })
}

/// The values of a customer user (by login) or a company (by key), by the names of the fields; every valid field is there.
/// Three statements, one where nobody has such fields.
pub async fn values_of_named(
    tx: &mut Tx,
    object_type: ObjectType,
    name: &str,
) -> Result<BTreeMap<String, Value>, DbError> {
    let fields = store::list_fields(tx, object_type).await?;
    let mut rows = HashMap::new();
    if !fields.is_empty()
        && let Some(object) = store::find_object(tx, object_type, name).await?
    {
        rows = store::list_values(tx, &fields, &[object]).await?;
        rows.retain(|(of, _), _| *of == object);
    }
    let mut by_field: HashMap<i32, Vec<Stored>> = HashMap::new();
    for ((_, field), stored) in rows {
        by_field.insert(field, stored);
    }
    Ok(fields
        .into_iter()
        .map(|field| {
            let rows = by_field.get(&field.id).map(Vec::as_slice);
            let value = field.kind.value(rows.unwrap_or_default());
            (field.name, value)
        })
        .collect())
}

/// Writes values to fields of a customer user (by login) or a company (by key); tells what changed, see [`write`].
pub async fn write_named(
    tx: &mut Tx,
    object_type: ObjectType,
    name: &str,
    values: &[(&Definition, &Value)],
) -> Result<Vec<Change>, WriteError> {
    if values.is_empty() {
        return Ok(Vec::new());
    }
    let object = object_number(tx, object_type, name).await?;
    write(tx, object, values).await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Stored {
        Stored {
            text: Some(text.to_owned()),
            ..Stored::default()
        }
    }

    #[test]
    fn each_type_shows_its_own_kind_of_value() {
        let at = chrono::NaiveDate::from_ymd_opt(2026, 3, 4)
            .unwrap()
            .and_hms_opt(0, 0, 0);
        let moment = Stored {
            moment: at,
            ..Stored::default()
        };
        let number = Stored {
            number: Some(5),
            ..Stored::default()
        };

        assert_eq!(
            FieldType::from("Dropdown").value(&[text("a"), text("b")]),
            Value::text("a")
        );
        assert_eq!(
            FieldType::from("Multiselect").value(&[text("c"), text("a"), Stored::default()]),
            Value::List(vec![Value::text("c"), Value::text("a"), Value::Undef])
        );
        assert_eq!(
            FieldType::from("Date").value(&[moment]),
            Value::text("2026-03-04 00:00:00")
        );
        assert_eq!(
            FieldType::from("Date").value(&[text("no date")]),
            Value::Undef
        );
        assert_eq!(
            FieldType::from("Checkbox").value(&[number]),
            Value::Integer(5)
        );
    }

    #[test]
    fn without_rows_there_is_no_value() {
        for name in ["Text", "Multiselect", "Date", "Checkbox", "OfSomePackage"] {
            assert_eq!(FieldType::from(name).value(&[]), Value::Undef);
        }
    }
}
