//! The configuration of fields as a structure that files hold.
//!
//! Source: what the reference system's `Admin::DynamicField::Export` shows.

use chrono::NaiveDateTime;
use compat::{Map, Value, yaml};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

#[derive(sqlx::FromRow)]
struct FieldRow {
    id: i32,
    internal_field: i16,
    name: String,
    label: String,
    field_order: i32,
    field_type: String,
    object_type: String,
    config: Option<LongText>,
    valid_id: i16,
    create_time: NaiveDateTime,
    change_time: NaiveDateTime,
}

/// Each field by name, those that OTRS made for itself only when told so; `everything` adds what belongs to this
/// database. One statement.
pub async fn export(
    tx: &mut Tx,
    internal_too: bool,
    everything: bool,
) -> Result<Vec<Value>, DbError> {
    use t::DynamicField as F;
    let mut query = Query::select()
        .columns([
            F::Id,
            F::InternalField,
            F::Name,
            F::Label,
            F::FieldOrder,
            F::FieldType,
            F::ObjectType,
            F::Config,
            F::ValidId,
            F::CreateTime,
            F::ChangeTime,
        ])
        .from(F::Table)
        .order_by(F::Name, Order::Asc)
        .to_owned();
    if !internal_too {
        query.and_where(Expr::col(F::InternalField).eq(0_i16));
    }
    let mut rows: Vec<FieldRow> = tx.fetch_all(&query).await?;
    // Databases differ in how they sort texts.
    rows.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(rows
        .into_iter()
        .map(|row| exported(row, everything))
        .collect())
}

/// Numbers in a configuration are texts to the reference system.
fn as_text(value: Value) -> Value {
    match value {
        Value::Integer(_) | Value::Float(_) => value.as_string().map_or(Value::Undef, Value::Text),
        Value::List(items) => Value::List(items.into_iter().map(as_text).collect()),
        Value::Map(entries) => {
            let entries = entries.into_iter();
            Value::Map(entries.map(|(key, value)| (key, as_text(value))).collect())
        }
        other => other,
    }
}

fn exported(row: FieldRow, everything: bool) -> Value {
    let config = row.config.and_then(|config| yaml::read(&config.0).ok());
    let mut field = Map::from([
        ("Config".to_owned(), config.map_or(Value::Undef, as_text)),
        ("FieldOrder".to_owned(), row.field_order.into()),
        ("FieldType".to_owned(), row.field_type.into()),
        ("Label".to_owned(), row.label.into()),
        ("Name".to_owned(), row.name.into()),
        ("ObjectType".to_owned(), row.object_type.into()),
    ]);
    if everything {
        field.extend([
            ("ChangeTime".to_owned(), row.change_time.to_string().into()),
            ("CreateTime".to_owned(), row.create_time.to_string().into()),
            ("ID".to_owned(), row.id.into()),
            ("InternalField".to_owned(), row.internal_field.into()),
            ("ValidID".to_owned(), row.valid_id.into()),
        ]);
    }
    Value::Map(field)
}
