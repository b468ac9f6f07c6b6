//! Statements on `dynamic_field` and `dynamic_field_value`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Field, FieldType, ObjectType, Stored};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

pub async fn list_fields(tx: &mut Tx, object_type: ObjectType) -> Result<Vec<Field>, DbError> {
    let query = Query::select()
        .columns([
            t::DynamicField::Id,
            t::DynamicField::Name,
            t::DynamicField::FieldType,
        ])
        .from(t::DynamicField::Table)
        .and_where(Expr::col(t::DynamicField::ObjectType).eq(object_type.name()))
        .and_where(Expr::col(t::DynamicField::ValidId).eq(VALID))
        .to_owned();
    let rows: Vec<(i32, String, String)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .map(|(id, name, kind)| Field {
            id,
            name,
            kind: FieldType::from(kind.as_str()),
        })
        .collect())
}

#[derive(sqlx::FromRow)]
struct ValueRow {
    object_id: i64,
    field_id: i32,
    value_text: Option<String>,
    value_date: Option<NaiveDateTime>,
    value_int: Option<i64>,
}

pub async fn list_values(
    tx: &mut Tx,
    fields: &[Field],
    objects: &[i64],
) -> Result<HashMap<(i64, i32), Vec<Stored>>, DbError> {
    let query = Query::select()
        .columns([
            t::DynamicFieldValue::ObjectId,
            t::DynamicFieldValue::FieldId,
            t::DynamicFieldValue::ValueText,
            t::DynamicFieldValue::ValueDate,
            t::DynamicFieldValue::ValueInt,
        ])
        .from(t::DynamicFieldValue::Table)
        .and_where(Expr::col(t::DynamicFieldValue::ObjectId).is_in(objects.iter().copied()))
        .and_where(
            Expr::col(t::DynamicFieldValue::FieldId).is_in(fields.iter().map(|field| field.id)),
        )
        .order_by(t::DynamicFieldValue::Id, Order::Asc)
        .to_owned();
    let rows: Vec<ValueRow> = tx.fetch_all(&query).await?;
    let mut values: HashMap<(i64, i32), Vec<Stored>> = HashMap::new();
    for row in rows {
        values
            .entry((row.object_id, row.field_id))
            .or_default()
            .push(Stored {
                text: row.value_text,
                moment: row.value_date,
                number: row.value_int,
            });
    }
    Ok(values)
}
