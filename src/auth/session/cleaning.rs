//! Every session at once: which there are, which are over, and ending them.

use std::collections::BTreeMap;

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::remove;
use crate::app::App;

/// Sessions that are over; a session is in one list only.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Over {
    /// Longer ago than `SessionMaxTime`.
    pub expired: Vec<String>,
    /// Nobody asked for anything for `SessionMaxIdleTime`.
    pub idle: Vec<String>,
}

/// The ids of all sessions. One statement.
pub async fn list(app: &App) -> Result<Vec<String>, DbError> {
    let query = Query::select()
        .distinct()
        .column(t::Sessions::SessionId)
        .from(t::Sessions::Table)
        .order_by(t::Sessions::SessionId, Order::Asc)
        .to_owned();
    let rows: Vec<(String,)> = app.db.read().await?.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The ids of the sessions that are over. One statement.
pub async fn list_over(app: &App) -> Result<Over, DbError> {
    use t::Sessions as S;
    const START: &str = "UserSessionStart";
    const LAST: &str = "UserLastRequest";
    let query = Query::select()
        .columns([S::SessionId, S::DataKey, S::DataValue])
        .from(S::Table)
        .and_where(Expr::col(S::DataKey).is_in([START, LAST]))
        .to_owned();
    let rows: Vec<(String, String, Option<String>)> =
        app.db.read().await?.fetch_all(&query).await?;
    let mut times: BTreeMap<String, (Option<i64>, Option<i64>)> = BTreeMap::new();
    for (id, key, value) in rows {
        let seconds = value.and_then(|value| value.parse().ok());
        let entry = times.entry(id).or_default();
        if key == START {
            entry.0 = seconds;
        } else {
            entry.1 = seconds;
        }
    }
    let settings = app.settings.current();
    let now = app.clock.timestamp();
    let (oldest, idlest) = (
        now - settings.integer("SessionMaxTime"),
        now - settings.integer("SessionMaxIdleTime"),
    );
    let mut over = Over::default();
    for (id, (start, last)) in times {
        if start.is_some_and(|start| start <= oldest) {
            over.expired.push(id);
        } else if last.is_some_and(|last| last <= idlest) {
            over.idle.push(id);
        }
    }
    Ok(over)
}

/// Ends sessions.
pub async fn end(app: &App, ids: &[String]) -> Result<(), DbError> {
    for id in ids {
        remove(app, id).await?;
    }
    Ok(())
}
