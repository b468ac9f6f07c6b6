//! Statements on `users` and `customer_user_customer`.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{Agent, UserId, VALID};

#[derive(sqlx::FromRow)]
struct AgentRow {
    id: i32,
    login: String,
    first_name: String,
    last_name: String,
    title: Option<String>,
    valid_id: i16,
}

impl From<AgentRow> for Agent {
    fn from(row: AgentRow) -> Self {
        Self {
            id: UserId(row.id),
            login: row.login,
            first_name: row.first_name,
            last_name: row.last_name,
            title: row.title,
            valid: row.valid_id == VALID,
        }
    }
}

fn agents() -> SelectStatement {
    Query::select()
        .columns([
            t::Users::Id,
            t::Users::Login,
            t::Users::FirstName,
            t::Users::LastName,
            t::Users::Title,
            t::Users::ValidId,
        ])
        .from(t::Users::Table)
        .to_owned()
}

pub async fn find_agent(tx: &mut Tx, id: UserId) -> Result<Option<Agent>, DbError> {
    let query = agents()
        .and_where(Expr::col(t::Users::Id).eq(id))
        .to_owned();
    Ok(tx
        .fetch_optional::<AgentRow>(&query)
        .await?
        .map(Agent::from))
}

pub async fn find_agent_by_login(tx: &mut Tx, login: &str) -> Result<Option<Agent>, DbError> {
    let same_login = tx.same_text(Expr::col(t::Users::Login), login);
    let query = agents()
        .and_where(same_login)
        .order_by(t::Users::Id, Order::Asc)
        .to_owned();
    Ok(tx
        .fetch_optional::<AgentRow>(&query)
        .await?
        .map(Agent::from))
}

/// The companies of `customer_user_customer`.
pub async fn list_customer_ids(tx: &mut Tx, login: &str) -> Result<Vec<String>, DbError> {
    let query = Query::select()
        .column(t::CustomerUserCustomer::CustomerId)
        .from(t::CustomerUserCustomer::Table)
        .and_where(Expr::col(t::CustomerUserCustomer::UserId).eq(login))
        .order_by(t::CustomerUserCustomer::CustomerId, Order::Asc)
        .to_owned();
    let ids: Vec<(String,)> = tx.fetch_all(&query).await?;
    Ok(ids.into_iter().map(|(id,)| id).collect())
}
