//! Sessions, kept in `sessions` as one row for each key, shared with the Perl side.

use std::collections::BTreeMap;

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::Principal;
use crate::directory::{self, UserId};

/// The rows of one session. Structured values (`serialized` = 1) are left out.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Session {
    pub id: String,
    pub data: BTreeMap<String, Option<String>>,
}

impl Session {
    /// A value that is neither missing nor `NULL`.
    pub fn text(&self, key: &str) -> Option<&str> {
        self.data.get(key)?.as_deref()
    }
}

#[derive(sqlx::FromRow)]
struct SessionRow {
    data_key: String,
    data_value: Option<String>,
}

/// The session with this id, alive or not; `None` when there is no such session.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Session>, DbError> {
    let query = Query::select()
        .columns([t::Sessions::DataKey, t::Sessions::DataValue])
        .from(t::Sessions::Table)
        .and_where(Expr::col(t::Sessions::SessionId).eq(id))
        .and_where(Expr::col(t::Sessions::Serialized).eq(0))
        .to_owned();
    let rows: Vec<SessionRow> = tx.fetch_all(&query).await?;
    if rows.is_empty() {
        return Ok(None);
    }
    let data = rows
        .into_iter()
        .map(|row| (row.data_key, row.data_value))
        .collect();
    Ok(Some(Session {
        id: id.to_owned(),
        data,
    }))
}

/// Who opened a session; `None` when they are gone.
pub async fn principal(tx: &mut Tx, session: &Session) -> Result<Option<Principal>, DbError> {
    if session.text("UserType") == Some("Customer") {
        let Some(login) = session.text("UserLogin") else {
            return Ok(None);
        };
        let customer = directory::customer_user(tx, login).await?;
        return Ok(customer.map(Principal::Customer));
    }
    let Some(id) = session.text("UserID").and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    let agent = directory::agent(tx, UserId(id)).await?;
    Ok(agent.map(Principal::Agent))
}
