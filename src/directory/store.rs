//! Statements on `users`, `customer_user` and `customer_user_customer`.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{Agent, CustomerUser, UserId};

/// The row of `valid` that means *valid*; fresh installations and updates alike number it 1.
const VALID: i16 = 1;

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

#[derive(sqlx::FromRow)]
struct CustomerUserRow {
    login: String,
    email: String,
    first_name: String,
    last_name: String,
    customer_id: String,
    valid_id: i16,
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

pub async fn find_customer_user(tx: &mut Tx, login: &str) -> Result<Option<CustomerUser>, DbError> {
    let same_login = tx.same_text(Expr::col(t::CustomerUser::Login), login);
    let query = Query::select()
        .columns([
            t::CustomerUser::Login,
            t::CustomerUser::Email,
            t::CustomerUser::FirstName,
            t::CustomerUser::LastName,
            t::CustomerUser::CustomerId,
            t::CustomerUser::ValidId,
        ])
        .from(t::CustomerUser::Table)
        .and_where(same_login)
        .order_by(t::CustomerUser::Id, Order::Asc)
        .to_owned();
    let Some(row) = tx.fetch_optional::<CustomerUserRow>(&query).await? else {
        return Ok(None);
    };
    let customer_ids = list_customer_ids(tx, &row).await?;
    Ok(Some(CustomerUser {
        login: row.login,
        email: row.email,
        first_name: row.first_name,
        last_name: row.last_name,
        customer_id: row.customer_id,
        customer_ids,
        valid: row.valid_id == VALID,
    }))
}

async fn list_customer_ids(tx: &mut Tx, row: &CustomerUserRow) -> Result<Vec<String>, DbError> {
    let query = Query::select()
        .column(t::CustomerUserCustomer::CustomerId)
        .from(t::CustomerUserCustomer::Table)
        .and_where(Expr::col(t::CustomerUserCustomer::UserId).eq(row.login.as_str()))
        .order_by(t::CustomerUserCustomer::CustomerId, Order::Asc)
        .to_owned();
    let others: Vec<(String,)> = tx.fetch_all(&query).await?;
    let mut ids = vec![row.customer_id.clone()];
    for (id,) in others {
        if !ids.contains(&id) {
            ids.push(id);
        }
    }
    Ok(ids)
}
