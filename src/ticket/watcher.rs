//! Agents who watch a ticket.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Ticket, TicketId, history::HistoryType, work::Work};
use crate::directory::{Agent, UserId, name};

/// Lets an agent watch the ticket. Who watches it already starts anew, and the history says so again.
///
/// Source: the reference system's screen `AgentTicketWatcher`.
#[tracing::instrument(name = "ticket.watcher.subscribe", skip_all, fields(ticket.number = %ticket.number, agent.id = %agent.id))]
pub async fn subscribe(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    agent: &Agent,
) -> Result<(), DbError> {
    use t::TicketWatcher as W;
    delete(work, ticket, agent.id).await?;
    let insert = Query::insert()
        .into_table(W::Table)
        .columns([
            W::TicketId,
            W::UserId,
            W::CreateTime,
            W::CreateBy,
            W::ChangeTime,
            W::ChangeBy,
        ])
        .values_panic([
            ticket.id.0.into(),
            agent.id.0.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ])
        .to_owned();
    work.tx.execute(&insert).await?;
    tell(work, ticket, agent, HistoryType::Subscribe);
    work.emit(ticket, "TicketSubscribe", None).await
}

/// Ends an agent's watch; the history says so even when there was none.
#[tracing::instrument(name = "ticket.watcher.unsubscribe", skip_all, fields(ticket.number = %ticket.number, agent.id = %agent.id))]
pub async fn unsubscribe(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    agent: &Agent,
) -> Result<(), DbError> {
    delete(work, ticket, agent.id).await?;
    tell(work, ticket, agent, HistoryType::Unsubscribe);
    work.emit(ticket, "TicketUnsubscribe", None).await
}

/// Who watches a ticket, by key. One statement.
pub async fn all(tx: &mut Tx, ticket: TicketId) -> Result<Vec<UserId>, DbError> {
    use t::TicketWatcher as W;
    let query = Query::select()
        .column(W::UserId)
        .from(W::Table)
        .and_where(Expr::col(W::TicketId).eq(ticket))
        .order_by(W::UserId, Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// `%%` and the agent's full name.
fn tell(work: &mut Work<'_>, ticket: &Ticket, agent: &Agent, what: HistoryType) {
    let full_name = name::full_name(
        work.settings.integer("FirstnameLastnameOrder"),
        &agent.first_name,
        &agent.last_name,
        &agent.login,
    );
    work.history(ticket, what, format!("%%{full_name}"), None);
}

async fn delete(work: &mut Work<'_>, ticket: &Ticket, agent: UserId) -> Result<(), DbError> {
    use t::TicketWatcher as W;
    let delete = Query::delete()
        .from_table(W::Table)
        .and_where(Expr::col(W::TicketId).eq(ticket.id))
        .and_where(Expr::col(W::UserId).eq(agent))
        .to_owned();
    work.tx.execute(&delete).await.map(drop)
}
