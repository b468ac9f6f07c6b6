//! Statements on `dynamic_field` and `dynamic_field_value`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use compat::{Value, yaml};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Definition, Field, FieldType, ObjectType, Stored};

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

#[derive(sqlx::FromRow)]
struct DefinitionRow {
    id: i32,
    name: String,
    object_type: String,
    field_type: String,
    config: Option<LongText>,
}

pub async fn list_definitions(
    tx: &mut Tx,
    objects: &[ObjectType],
) -> Result<Vec<Definition>, DbError> {
    let query = Query::select()
        .columns([
            t::DynamicField::Id,
            t::DynamicField::Name,
            t::DynamicField::ObjectType,
            t::DynamicField::FieldType,
            t::DynamicField::Config,
        ])
        .from(t::DynamicField::Table)
        .and_where(
            Expr::col(t::DynamicField::ObjectType)
                .is_in(objects.iter().map(|object| object.name())),
        )
        .and_where(Expr::col(t::DynamicField::ValidId).eq(VALID))
        .to_owned();
    let rows: Vec<DefinitionRow> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            Some(Definition {
                id: row.id,
                name: row.name,
                object_type: ObjectType::from_name(&row.object_type)?,
                kind: FieldType::from(row.field_type.as_str()),
                type_name: row.field_type,
                config: row
                    .config
                    .and_then(|config| yaml::read(&config.0).ok())
                    .unwrap_or(Value::Undef),
            })
        })
        .collect())
}

/// The rows of these fields of one object.
pub async fn list_rows(
    tx: &mut Tx,
    object: i64,
    fields: &[i32],
) -> Result<HashMap<i32, Vec<Stored>>, DbError> {
    use t::DynamicFieldValue as V;
    let query = Query::select()
        .columns([
            V::ObjectId,
            V::FieldId,
            V::ValueText,
            V::ValueDate,
            V::ValueInt,
        ])
        .from(V::Table)
        .and_where(Expr::col(V::ObjectId).eq(object))
        .and_where(Expr::col(V::FieldId).is_in(fields.iter().copied()))
        .order_by(V::Id, Order::Asc)
        .to_owned();
    let rows: Vec<ValueRow> = tx.fetch_all(&query).await?;
    let mut values: HashMap<i32, Vec<Stored>> = HashMap::new();
    for row in rows {
        values.entry(row.field_id).or_default().push(Stored {
            text: row.value_text,
            moment: row.value_date,
            number: row.value_int,
        });
    }
    Ok(values)
}

pub async fn delete_rows(tx: &mut Tx, object: i64, fields: &[i32]) -> Result<(), DbError> {
    use t::DynamicFieldValue as V;
    if fields.is_empty() {
        return Ok(());
    }
    let delete = Query::delete()
        .from_table(V::Table)
        .and_where(Expr::col(V::ObjectId).eq(object))
        .and_where(Expr::col(V::FieldId).is_in(fields.iter().copied()))
        .to_owned();
    tx.execute(&delete).await?;
    Ok(())
}

pub async fn insert_rows<'a>(
    tx: &mut Tx,
    object: i64,
    rows: impl IntoIterator<Item = (i32, &'a Stored)>,
) -> Result<(), DbError> {
    use t::DynamicFieldValue as V;
    let mut insert = Query::insert()
        .into_table(V::Table)
        .columns([
            V::FieldId,
            V::ObjectId,
            V::ValueText,
            V::ValueDate,
            V::ValueInt,
        ])
        .to_owned();
    let mut any = false;
    for (field, row) in rows {
        any = true;
        insert.values_panic([
            field.into(),
            object.into(),
            row.text.clone().into(),
            row.moment.into(),
            row.number.into(),
        ]);
    }
    if any {
        tx.execute(&insert).await?;
    }
    Ok(())
}

pub async fn delete_objects(
    tx: &mut Tx,
    object_type: ObjectType,
    objects: &[i64],
) -> Result<(), DbError> {
    use t::DynamicFieldValue as V;
    if objects.is_empty() {
        return Ok(());
    }
    // Fields that are not valid any more have values too.
    let fields = Query::select()
        .column(t::DynamicField::Id)
        .from(t::DynamicField::Table)
        .and_where(Expr::col(t::DynamicField::ObjectType).eq(object_type.name()))
        .to_owned();
    let delete = Query::delete()
        .from_table(V::Table)
        .and_where(Expr::col(V::ObjectId).is_in(objects.iter().copied()))
        .and_where(Expr::col(V::FieldId).in_subquery(fields))
        .to_owned();
    tx.execute(&delete).await?;
    Ok(())
}

pub async fn find_object(
    tx: &mut Tx,
    object_type: ObjectType,
    name: &str,
) -> Result<Option<i64>, DbError> {
    use t::DynamicFieldObjIdName as O;
    let query = Query::select()
        .column(O::ObjectId)
        .from(O::Table)
        .and_where(Expr::col(O::ObjectType).eq(object_type.name()))
        .and_where(Expr::col(O::ObjectName).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id.into()))
}

pub async fn insert_object(
    tx: &mut Tx,
    object_type: ObjectType,
    name: &str,
) -> Result<i64, DbError> {
    use t::DynamicFieldObjIdName as O;
    let insert = Query::insert()
        .into_table(O::Table)
        .columns([O::ObjectName, O::ObjectType])
        .values_panic([name.into(), object_type.name().into()])
        .to_owned();
    tx.execute_one(&insert).await?;
    // The key is not named `id`, so the database is asked for it.
    find_object(tx, object_type, name)
        .await?
        .ok_or(DbError::NotOneRow(0))
}
