//! The filters of `postmaster_filter` as a structure that files hold.
//!
//! Source: files that the reference system's `Admin::PostMasterFilter::Export` wrote, and rows that `Import` made of them.

use compat::{Map, Value};
use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::store;

/// Each filter with the keys `Name`, `StopAfterMatch`, `Match`, `Not` and `Set`, by name. One statement.
pub async fn export(tx: &mut Tx) -> Result<Vec<Value>, DbError> {
    let mut filters: Vec<(String, Map)> = Vec::new();
    for row in store::filters(tx).await? {
        if filters.last().is_none_or(|(name, _)| *name != row.f_name) {
            let filter = Map::from([
                ("Name".to_owned(), Value::text(row.f_name.as_str())),
                ("StopAfterMatch".to_owned(), number(row.f_stop)),
            ]);
            filters.push((row.f_name.clone(), filter));
        }
        let Some((_, filter)) = filters.last_mut() else {
            continue;
        };
        if row.f_type == "Match" {
            push(filter, "Not", &row.f_key, number(row.f_not));
        }
        push(filter, &row.f_type, &row.f_key, Value::text(row.f_value));
    }
    let filters = filters.into_iter().map(|(_, filter)| Value::Map(filter));
    Ok(filters.collect())
}

fn number(column: Option<i16>) -> Value {
    column.map_or(Value::Undef, |number| Value::Integer(number.into()))
}

fn push(filter: &mut Map, list: &str, key: &str, value: Value) {
    let entry = Value::map([("Key", Value::text(key)), ("Value", value)]);
    let list = filter.entry(list.to_owned());
    if let Value::List(entries) = list.or_insert_with(|| Value::List(Vec::new())) {
        entries.push(entry);
    }
}

/// Adds a filter, in place of one with its name; what is missing or wrong is told instead.
pub async fn import(tx: &mut Tx, filter: &Value) -> Result<Result<(), String>, DbError> {
    use t::PostmasterFilter as F;
    let text = |key: &str| filter.get(key).and_then(Value::as_string);
    let Some(name) = text("Name").filter(|name| !name.is_empty()) else {
        return Ok(Err("Need Name!".to_owned()));
    };
    let Some(stop) = text("StopAfterMatch") else {
        return Ok(Err("Need StopAfterMatch!".to_owned()));
    };
    let stop = i16::from(stop == "1");
    let entries = |list: &str| -> Vec<(String, Value)> {
        let entries = filter.get(list).and_then(Value::as_list);
        let entries = entries.unwrap_or_default().iter();
        let pair = |entry: &Value| {
            let key = entry.get("Key").and_then(Value::as_string)?;
            Some((key, entry.get("Value").cloned().unwrap_or_default()))
        };
        entries.filter_map(pair).collect()
    };
    if entries("Match").is_empty() || entries("Set").is_empty() {
        return Ok(Err(format!("Need Match and Set in {name}!")));
    }
    let delete = Query::delete()
        .from_table(F::Table)
        .and_where(Expr::col(F::FName).eq(name.as_str()))
        .to_owned();
    tx.execute(&delete).await?;
    let negated = entries("Not");
    for kind in ["Match", "Set"] {
        for (position, (key, value)) in entries(kind).into_iter().enumerate() {
            // The list of negations goes beside that of the conditions.
            let not = negated.get(position).filter(|_| kind == "Match");
            let not = not.is_some_and(|(_, not)| not.is_true());
            let row = new_row(
                F::Table,
                [
                    (F::FName, name.as_str().into()),
                    (F::FStop, stop.into()),
                    (F::FType, kind.into()),
                    (F::FKey, key.into()),
                    (F::FValue, value.as_string().unwrap_or_default().into()),
                    (F::FNot, i16::from(not).into()),
                ],
            );
            tx.execute_one(&row).await?;
        }
    }
    Ok(Ok(()))
}
