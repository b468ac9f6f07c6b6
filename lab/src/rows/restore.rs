//! Takes back what a case wrote.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use schema::{
    Db, DbError, Tx,
    db::{Cell, Rows as Batch},
    tables::{ColumnDef, Type},
};
use sea_query::{Alias, Expr, ExprTrait as _, Query};
use serde_json::Value;

use super::{COUNTER, Change, Compared, State, read};

pub(super) async fn back(
    db: &Db,
    tables: &[Compared],
    state: &State,
    changes: &BTreeMap<String, Change>,
) -> Result<(), DbError> {
    let touched: Vec<&Compared> = tables
        .iter()
        .filter(|table| table.table.name != COUNTER && changes.contains_key(table.table.name))
        .collect();
    if touched.is_empty() {
        return Ok(());
    }
    let mut tx = db.begin().await?;
    if tx.dialect() == schema::Dialect::Sqlite {
        // Articles go before the history that names them; what counts is that nothing is left over in the end.
        tx.execute_raw("PRAGMA defer_foreign_keys = ON").await?;
    }
    // Rows that point to others go first, and come back last.
    for table in touched.iter().rev() {
        let change = &changes[table.table.name];
        let mut delete = Query::delete();
        delete.from_table(Alias::new(table.table.name));
        if table.keyed {
            let rewritten = change.changed.iter().map(|(_, after)| after);
            let ids: Vec<i64> = change
                .added
                .iter()
                .chain(rewritten)
                .filter_map(|row| row.first().and_then(Value::as_i64))
                .collect();
            if ids.is_empty() {
                continue;
            }
            // Nothing may point to a row that comes back, so only new rows are deleted for good.
            tx.trust_references().await?;
            delete.and_where(Expr::col(Alias::new("id")).is_in(ids));
        }
        unchecked(&mut tx, &delete).await?;
    }
    for table in &touched {
        let change = &changes[table.table.name];
        let rows: Vec<Vec<Value>> = if table.keyed {
            let rewritten = change.changed.iter().map(|(before, _)| before);
            rewritten.chain(&change.removed).cloned().collect()
        } else {
            state.0[table.table.name]
                .iter()
                .map(|row| read::plain(db.dialect(), table, row))
                .collect()
        };
        insert(&mut tx, table, &rows).await?;
    }
    tx.commit().await
}

async fn unchecked(tx: &mut Tx, delete: &sea_query::DeleteStatement) -> Result<(), DbError> {
    if tx.dialect() == schema::Dialect::MySql {
        tx.execute_raw("SET foreign_key_checks = 0").await?;
    }
    tx.execute(delete).await?;
    if tx.dialect() == schema::Dialect::MySql {
        tx.execute_raw("SET foreign_key_checks = 1").await?;
    }
    Ok(())
}

async fn insert(tx: &mut Tx, table: &Compared, rows: &[Vec<Value>]) -> Result<(), DbError> {
    let names: Vec<&'static str> = table.table.columns.iter().map(|it| it.name).collect();
    let mut batch = Batch::new(tx.dialect(), &table.table, &names);
    for row in rows {
        let texts: Vec<String> = row
            .iter()
            .map(|value| {
                value
                    .as_str()
                    .map_or_else(|| value.to_string(), str::to_owned)
            })
            .collect();
        let bytes: Vec<Vec<u8>> = texts.iter().map(|text| read::as_bytes(text)).collect();
        let cells: Vec<Cell<'_>> = row
            .iter()
            .zip(table.table.columns)
            .enumerate()
            .map(|(at, (value, column))| {
                cell(table.table.name, value, column, &texts[at], &bytes[at])
            })
            .collect();
        batch.push(&cells);
    }
    tx.write(batch).await?;
    Ok(())
}

fn cell<'a>(
    table: &str,
    value: &Value,
    column: &ColumnDef,
    text: &'a str,
    bytes: &'a [u8],
) -> Cell<'a> {
    if value.is_null() {
        return Cell::Null;
    }
    match column.kind {
        Type::SmallInt | Type::Integer | Type::BigInt => {
            Cell::Int(text.parse().unwrap_or_default())
        }
        Type::Date => {
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").map_or(Cell::Null, Cell::Time)
        }
        Type::Varchar(_) | Type::Decimal(..) => Cell::Text(text),
        Type::LongBlob if read::is_binary(table) => Cell::Bytes(bytes),
        Type::LongBlob => Cell::LongText(text),
    }
}
