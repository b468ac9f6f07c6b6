//! All rows of all compared tables in one statement, each row as a JSON array of its columns.

use schema::{Db, DbError, Dialect, tables::Type};
use sea_query::{Alias, Expr, Query, SelectStatement, UnionType};
use serde_json::Value;

use super::{COUNTER, Compared, Tables};

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    cells: String,
}

/// `LONGBLOB` columns whose content is no text: base64 on PostgreSQL, bytes elsewhere.
const BINARY: [&str; 6] = [
    "article_data_mime_attachment",
    "article_data_mime_plain",
    "mail_queue",
    "form_draft",
    "virtual_fs_db",
    "web_upload_cache",
];

/// What signing in leaves behind. The reference looks into its cache before it writes them, and the cache does not know that
/// rows were put back.
const SIGN_IN: [&str; 2] = ["UserLastLogin", "UserLoginFailed"];

pub(super) fn is_binary(table: &str) -> bool {
    BINARY.contains(&table)
}

pub(super) async fn all(db: &Db, tables: &[Compared]) -> Result<Tables, DbError> {
    let query = statement(db.dialect(), tables);
    let rows: Vec<Row> = {
        let mut tx = db.read().await?;
        tx.fetch_all(&query).await?
    };
    let mut found: Tables = tables
        .iter()
        .map(|table| (table.table.name.to_owned(), Vec::new()))
        .collect();
    for row in rows {
        if let Some(rows) = found.get_mut(&row.name) {
            rows.push(row.cells);
        }
    }
    for rows in found.values_mut() {
        rows.sort_unstable();
    }
    Ok(found)
}

fn statement(dialect: Dialect, tables: &[Compared]) -> SelectStatement {
    let mut selects = tables.iter().map(|table| select(dialect, table));
    let mut statement = selects.next().unwrap_or_default();
    for select in selects {
        statement.union(UnionType::All, select);
    }
    statement
}

fn select(dialect: Dialect, table: &Compared) -> SelectStatement {
    let name = table.table.name;
    let cells: Vec<String> = table
        .table
        .columns
        .iter()
        .map(|column| match (column.kind, dialect) {
            (Type::LongBlob, Dialect::MySql | Dialect::Sqlite) => format!("HEX({})", column.name),
            _ => column.name.to_owned(),
        })
        .collect();
    let cells = cells.join(", ");
    let (label, cells) = match dialect {
        Dialect::MySql => (format!("'{name}'"), format!("JSON_ARRAY({cells})")),
        Dialect::Postgres => (
            format!("text '{name}'"),
            format!("CAST(json_build_array({cells}) AS text)"),
        ),
        Dialect::Sqlite => (format!("'{name}'"), format!("json_array({cells})")),
    };
    let mut select = Query::select();
    select
        .expr_as(Expr::cust(label), "name")
        .expr_as(Expr::cust(cells), "cells")
        .from(Alias::new(name));
    if name.ends_with("_preferences") && table.table.column("preferences_key").is_some() {
        let kept = SIGN_IN.map(|key| format!("'{key}'")).join(", ");
        select.and_where(Expr::cust(format!("preferences_key NOT IN ({kept})")));
    }
    if name == COUNTER {
        select.and_where(Expr::cust(format!("id = (SELECT MAX(id) FROM {name})")));
    }
    select
}

/// The same values for the same row on every kind of database.
pub(super) fn plain(dialect: Dialect, table: &Compared, cells: &str) -> Vec<Value> {
    let mut values: Vec<Value> = serde_json::from_str(cells).unwrap_or_default();
    for (value, column) in values.iter_mut().zip(table.table.columns) {
        match column.kind {
            Type::Date => {
                if let Some(text) = value.as_str() {
                    let text: String = text.chars().take(19).collect();
                    *value = Value::from(text.replace('T', " "));
                }
            }
            Type::Decimal(..) => {
                let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
                if let Some(number) = number {
                    *value = Value::from(format!("{number:.2}"));
                }
            }
            Type::LongBlob => {
                if let Some(text) = value.as_str() {
                    let bytes = match dialect {
                        Dialect::Postgres if is_binary(table.table.name) => from_base64(text),
                        Dialect::Postgres => text.as_bytes().to_vec(),
                        Dialect::MySql | Dialect::Sqlite => from_hex(text),
                    };
                    *value = Value::from(as_text(&bytes));
                }
            }
            Type::Varchar(_) | Type::SmallInt | Type::Integer | Type::BigInt => {}
        }
    }
    values
}

const BYTES: &str = "base64:";

/// Text as it is, other bytes as `base64:…`.
fn as_text(bytes: &[u8]) -> String {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    match std::str::from_utf8(bytes) {
        Ok(text) if !text.contains('\0') => text.to_owned(),
        _ => format!("{BYTES}{}", STANDARD.encode(bytes)),
    }
}

/// The bytes that [`as_text`] was given.
pub(super) fn as_bytes(text: &str) -> Vec<u8> {
    text.strip_prefix(BYTES)
        .map_or_else(|| text.as_bytes().to_vec(), from_base64)
}

fn from_base64(text: &str) -> Vec<u8> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let compact: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    STANDARD
        .decode(compact)
        .unwrap_or_else(|_| text.as_bytes().to_vec())
}

fn from_hex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let digit = |byte: u8| char::from(byte).to_digit(16).unwrap_or(0);
            let byte = pair.iter().fold(0, |sum, byte| sum * 16 + digit(*byte));
            u8::try_from(byte).unwrap_or(0)
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_come_back_from_their_text() {
        assert_eq!(from_hex("C3BC0A"), [0xC3, 0xBC, 0x0A]);
        for bytes in [&b"plain"[..], &[0xFF, 0x00, 0x41]] {
            assert_eq!(as_bytes(&as_text(bytes)), bytes);
        }
    }
}
