//! What a ticket has behind it: the first lock, the first response to the customer, the last time it was closed.
//!
//! Source: answers of the reference system to `TicketGet` with `Extended`, for histories written by hand.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, SelectStatement};

use super::TicketId;

/// Moments as the columns hold them.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Milestones {
    pub first_lock: Option<NaiveDateTime>,
    /// The first article of an agent that customers can see.
    pub first_response: Option<NaiveDateTime>,
    /// The last change into a closed state, also when the ticket was opened again.
    pub closed: Option<NaiveDateTime>,
}

/// The milestones of these tickets. Three statements.
pub async fn list(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Milestones>, DbError> {
    let mut milestones: HashMap<TicketId, Milestones> = HashMap::new();
    for (id, at) in fetch(tx, &first_locks(tickets)).await? {
        milestones.entry(id).or_default().first_lock = at;
    }
    for (id, at) in fetch(tx, &first_responses(tickets)).await? {
        milestones.entry(id).or_default().first_response = at;
    }
    for (id, at) in fetch(tx, &closings(tickets)).await? {
        milestones.entry(id).or_default().closed = at;
    }
    Ok(milestones)
}

async fn fetch(
    tx: &mut Tx,
    query: &SelectStatement,
) -> Result<impl Iterator<Item = (TicketId, Option<NaiveDateTime>)> + use<>, DbError> {
    let rows: Vec<(i64, Option<NaiveDateTime>)> = tx.fetch_all(query).await?;
    Ok(rows.into_iter().map(|(id, at)| (TicketId(id), at)))
}

fn history(tickets: &[TicketId], at: Expr, types: &[&str]) -> SelectStatement {
    let ticket = (t::TicketHistory::Table, t::TicketHistory::TicketId);
    Query::select()
        .column(ticket)
        .expr(at)
        .from(t::TicketHistory::Table)
        .inner_join(
            t::TicketHistoryType::Table,
            Expr::col((t::TicketHistory::Table, t::TicketHistory::HistoryTypeId))
                .equals((t::TicketHistoryType::Table, t::TicketHistoryType::Id)),
        )
        .and_where(Expr::col(ticket).is_in(tickets.iter().copied()))
        .and_where(
            Expr::col((t::TicketHistoryType::Table, t::TicketHistoryType::Name))
                .is_in(types.iter().copied()),
        )
        .group_by_col(ticket)
        .to_owned()
}

const HISTORY_TIME: (t::TicketHistory, t::TicketHistory) =
    (t::TicketHistory::Table, t::TicketHistory::CreateTime);

fn first_locks(tickets: &[TicketId]) -> SelectStatement {
    history(tickets, Expr::col(HISTORY_TIME).min(), &["Lock"])
}

fn closings(tickets: &[TicketId]) -> SelectStatement {
    history(
        tickets,
        Expr::col(HISTORY_TIME).max(),
        &["StateUpdate", "NewTicket"],
    )
    .inner_join(
        t::TicketState::Table,
        Expr::col((t::TicketHistory::Table, t::TicketHistory::StateId))
            .equals((t::TicketState::Table, t::TicketState::Id)),
    )
    .inner_join(
        t::TicketStateType::Table,
        Expr::col((t::TicketState::Table, t::TicketState::TypeId))
            .equals((t::TicketStateType::Table, t::TicketStateType::Id)),
    )
    .and_where(Expr::col((t::TicketStateType::Table, t::TicketStateType::Name)).eq("closed"))
    .to_owned()
}

fn first_responses(tickets: &[TicketId]) -> SelectStatement {
    let ticket = (t::Article::Table, t::Article::TicketId);
    Query::select()
        .column(ticket)
        .expr(Expr::col((t::Article::Table, t::Article::CreateTime)).min())
        .from(t::Article::Table)
        .inner_join(
            t::ArticleSenderType::Table,
            Expr::col((t::Article::Table, t::Article::ArticleSenderTypeId))
                .equals((t::ArticleSenderType::Table, t::ArticleSenderType::Id)),
        )
        .and_where(Expr::col(ticket).is_in(tickets.iter().copied()))
        .and_where(Expr::col((t::Article::Table, t::Article::IsVisibleForCustomer)).eq(1_i16))
        .and_where(Expr::col((t::ArticleSenderType::Table, t::ArticleSenderType::Name)).eq("agent"))
        .group_by_col(ticket)
        .to_owned()
}
