//! Statements on `sessions`.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Entry, Session};

#[derive(sqlx::FromRow)]
struct SessionRow {
    data_key: String,
    data_value: Option<String>,
    serialized: i16,
}

/// Every row of a session. A structure that can not be read is left out.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Session>, DbError> {
    let query = Query::select()
        .columns([
            t::Sessions::DataKey,
            t::Sessions::DataValue,
            t::Sessions::Serialized,
        ])
        .from(t::Sessions::Table)
        .and_where(Expr::col(t::Sessions::SessionId).eq(id))
        .to_owned();
    let rows: Vec<SessionRow> = tx.fetch_all(&query).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let data = rows
        .into_iter()
        .filter_map(|row| Some((row.data_key.clone(), entry(row)?)))
        .collect();
    Ok(Some(Session {
        id: id.to_owned(),
        data,
    }))
}

fn entry(row: SessionRow) -> Option<Entry> {
    if row.serialized == 0 {
        return Some(Entry::Text(row.data_value));
    }
    match compat::storable::from_base64(row.data_value.as_deref()?) {
        Ok(value) => Some(Entry::Structure(value)),
        Err(error) => {
            tracing::warn!(session.key = %row.data_key, %error, "a structure in a session is not readable");
            None
        }
    }
}

/// Writes the rows of a new session in the order of their keys.
pub async fn insert(tx: &mut Tx, session: &Session) -> Result<(), DbError> {
    let mut insert = Query::insert()
        .into_table(t::Sessions::Table)
        .columns([
            t::Sessions::SessionId,
            t::Sessions::DataKey,
            t::Sessions::DataValue,
            t::Sessions::Serialized,
        ])
        .to_owned();
    for (key, entry) in &session.data {
        let (value, serialized) = match entry {
            Entry::Text(text) => (text.clone(), 0_i16),
            Entry::Structure(value) => (Some(compat::storable::to_base64(value)), 1_i16),
        };
        insert.values_panic([
            Expr::val(session.id.as_str()),
            Expr::val(key.as_str()),
            Expr::val(value),
            Expr::val(serialized),
        ]);
    }
    tx.execute(&insert).await.map(drop)
}

pub async fn delete(tx: &mut Tx, id: &str) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(t::Sessions::Table)
        .and_where(Expr::col(t::Sessions::SessionId).eq(id))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}
