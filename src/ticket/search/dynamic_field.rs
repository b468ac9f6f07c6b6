//! Conditions on dynamic fields.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime};
use schema::{DbError, Dialect, Tx, tables as t};
use sea_query::{Cond, DynIden, Expr, ExprTrait as _, IntoIden as _, Query};

use super::{Search, SortKey, condition::Condition};

/// What is looked for in one field. All operators must be met by the same value; each by any of its texts.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct FieldSearch {
    pub name: String,
    pub tests: BTreeMap<Operator, Vec<String>>,
    /// Something else was asked too: when the field exists, nothing can be found.
    pub has_unknown_operator: bool,
}

#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Operator {
    Equals,
    Like,
    GreaterThan,
    GreaterThanEquals,
    SmallerThan,
    SmallerThanEquals,
    /// Whether the field has no value: any text that Perl takes for true, or not.
    Empty,
}

impl Operator {
    pub fn from_word(word: &str) -> Option<Self> {
        Some(match word {
            "Equals" => Self::Equals,
            "Like" => Self::Like,
            "GreaterThan" => Self::GreaterThan,
            "GreaterThanEquals" => Self::GreaterThanEquals,
            "SmallerThan" => Self::SmallerThan,
            "SmallerThanEquals" => Self::SmallerThanEquals,
            "Empty" => Self::Empty,
            _ => return None,
        })
    }

    fn compare(self, column: Expr, value: impl Into<Expr>) -> Expr {
        let value = value.into();
        match self {
            Self::GreaterThan => column.gt(value),
            Self::GreaterThanEquals => column.gte(value),
            Self::SmallerThan => column.lt(value),
            Self::SmallerThanEquals => column.lte(value),
            Self::Equals | Self::Like | Self::Empty => column.eq(value),
        }
    }
}

/// Where a field's values are kept.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Text,
    /// A check box.
    Integer,
    Date,
    DateTime,
}

impl Kind {
    fn from_type(field_type: &str) -> Option<Self> {
        Some(match field_type {
            "Text"
            | "TextArea"
            | "Dropdown"
            | "Multiselect"
            | "ProcessID"
            | "ActivityID"
            | "WebserviceDropdown"
            | "WebserviceMultiselect" => Self::Text,
            "Checkbox" => Self::Integer,
            "Date" => Self::Date,
            "DateTime" => Self::DateTime,
            _ => return None,
        })
    }

    pub fn column(self) -> t::DynamicFieldValue {
        match self {
            Self::Text => t::DynamicFieldValue::ValueText,
            Self::Integer => t::DynamicFieldValue::ValueInt,
            Self::Date | Self::DateTime => t::DynamicFieldValue::ValueDate,
        }
    }
}

/// A field that exists.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Field {
    pub id: i32,
    pub kind: Kind,
    pub of_articles: bool,
}

/// The fields of a search by their name.
pub type Fields = BTreeMap<String, Field>;

#[derive(sqlx::FromRow)]
struct FieldRow {
    id: i32,
    name: String,
    field_type: String,
    object_type: String,
}

/// Finds the fields that a search names; `None` when it sorts by one that does not exist.
pub async fn resolve(tx: &mut Tx, search: &Search) -> Result<Option<Fields>, DbError> {
    let sorted = search.order.iter().filter_map(|(key, _)| match key {
        SortKey::DynamicField(name) => Some(name.as_str()),
        _ => None,
    });
    let names: Vec<&str> = search
        .dynamic_fields
        .iter()
        .map(|field| field.name.as_str())
        .chain(sorted.clone())
        .collect();
    if names.is_empty() {
        return Ok(Some(Fields::new()));
    }
    let query = Query::select()
        .columns([
            t::DynamicField::Id,
            t::DynamicField::Name,
            t::DynamicField::FieldType,
            t::DynamicField::ObjectType,
        ])
        .from(t::DynamicField::Table)
        .and_where(Expr::col(t::DynamicField::Name).is_in(names))
        .and_where(Expr::col(t::DynamicField::ValidId).eq(1_i16))
        .to_owned();
    let rows: Vec<FieldRow> = tx.fetch_all(&query).await?;
    let fields: Fields = rows
        .into_iter()
        .filter(|row| matches!(row.object_type.as_str(), "Ticket" | "Article"))
        .filter_map(|row| {
            let field = Field {
                id: row.id,
                kind: Kind::from_type(&row.field_type)?,
                of_articles: row.object_type == "Article",
            };
            Some((row.name, field))
        })
        .collect();
    let known = sorted.into_iter().all(|name| fields.contains_key(name));
    Ok(known.then_some(fields))
}

/// What the ticket's values must meet; `None` when it makes no sense, so that nothing can be found.
pub fn condition(search: &FieldSearch, field: &Field, dialect: Dialect) -> Option<Cond> {
    if search.has_unknown_operator {
        return None;
    }
    let table = t::DynamicFieldValue::Table.into_iden();
    let mut all = Cond::all();
    let (mut row, mut on_row) = (Cond::all(), false);
    for (operator, texts) in &search.tests {
        if *operator == Operator::Empty {
            for text in texts {
                all = all.add(if text == "0" {
                    Expr::exists(values(field, filled(field.kind, &table)))
                } else {
                    Expr::exists(values(field, Cond::all().add(is_set(field.kind, &table)))).not()
                });
            }
        } else {
            row = row.add(test(*operator, texts, field.kind, &table, dialect)?);
            on_row = true;
        }
    }
    if on_row {
        all = all.add(Expr::exists(values(field, row)));
    }
    Some(all)
}

/// The same on one joined row, for a search that is sorted by the field as well.
pub fn joined_condition(
    search: &FieldSearch,
    field: &Field,
    table: &DynIden,
    dialect: Dialect,
) -> Option<Cond> {
    if search.has_unknown_operator {
        return None;
    }
    let mut all = Cond::all();
    for (operator, texts) in &search.tests {
        if *operator == Operator::Empty {
            for text in texts {
                all = all.add(if text == "0" {
                    filled(field.kind, table)
                } else {
                    Cond::all().add(is_set(field.kind, table)).not()
                });
            }
        } else {
            all = all.add(test(*operator, texts, field.kind, table, dialect)?);
        }
    }
    Some(all)
}

fn values(field: &Field, condition: Cond) -> sea_query::SelectStatement {
    let col = |column| Expr::col((t::DynamicFieldValue::Table, column));
    Query::select()
        .expr(Expr::val(1))
        .from(t::DynamicFieldValue::Table)
        .and_where(col(t::DynamicFieldValue::ObjectId).equals((t::Ticket::Table, t::Ticket::Id)))
        .and_where(col(t::DynamicFieldValue::FieldId).eq(field.id))
        .cond_where(condition)
        .to_owned()
}

/// An empty text is a value, but the field is not filled then: it is found by neither question.
fn filled(kind: Kind, table: &DynIden) -> Cond {
    let filled = Cond::all().add(is_set(kind, table));
    if kind == Kind::Text {
        filled.add(Expr::col((table.clone(), kind.column())).ne(""))
    } else {
        filled
    }
}

fn is_set(kind: Kind, table: &DynIden) -> Expr {
    Expr::col((table.clone(), kind.column())).is_not_null()
}

fn test(
    operator: Operator,
    texts: &[String],
    kind: Kind,
    table: &DynIden,
    dialect: Dialect,
) -> Option<Cond> {
    let column = Expr::col((table.clone(), kind.column()));
    texts.iter().try_fold(Cond::any(), |any, text| {
        Some(match (kind, operator) {
            (Kind::Text, Operator::Like) => any.add(Condition::parse(text)?.on(&column, dialect)),
            (Kind::Text, _) => {
                // As in the reference system, a wildcard is read even where none is meant.
                let text = dialect.folded(Expr::val(text.replace('*', "%")));
                any.add(operator.compare(dialect.folded(column.clone()), text))
            }
            (Kind::Integer, Operator::Equals) => any.add(column.clone().eq(check_box(text)?)),
            (Kind::Integer, _) | (Kind::Date | Kind::DateTime, Operator::Like) => return None,
            // PostgreSQL refuses such a date; the others take it for none, and every date is later.
            (Kind::Date | Kind::DateTime, _) if text == "0" => {
                if dialect == Dialect::Postgres {
                    return None;
                }
                let later = matches!(
                    operator,
                    Operator::GreaterThan | Operator::GreaterThanEquals
                );
                any.add(if later {
                    column.clone().is_not_null()
                } else {
                    Expr::val(1).eq(0)
                })
            }
            (Kind::Date | Kind::DateTime, _) => {
                any.add(operator.compare(column.clone(), Expr::val(date(text, kind)?)))
            }
        })
    })
}

fn check_box(text: &str) -> Option<i64> {
    match text {
        "0" => Some(0),
        "1" => Some(1),
        _ => None,
    }
}

/// `2026-01-23 10:00:00`; a date alone, or with midnight, for a field without time.
fn date(text: &str, kind: Kind) -> Option<NaiveDateTime> {
    let (date, time) = match text.split_once(' ') {
        Some((date, time)) => (date, time),
        None if kind == Kind::Date => (text, "00:00:00"),
        None => return None,
    };
    if date.len() != 10 || time.len() != 8 || kind == Kind::Date && time != "00:00:00" {
        return None;
    }
    let date = NaiveDate::parse_from_str(date, "%Y-%m-%d").ok()?;
    let time = chrono::NaiveTime::parse_from_str(time, "%H:%M:%S").ok()?;
    Some(date.and_time(time))
}
