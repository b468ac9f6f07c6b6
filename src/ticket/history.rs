//! What happened to a ticket, in the order in which it happened.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{TicketId, article::ArticleId};
use crate::directory::UserId;

/// One entry of `ticket_history`, with the ticket's state of that moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub name: String,
    pub kind: String,
    pub kind_id: i16,
    pub article_id: Option<ArticleId>,
    pub type_id: i16,
    pub queue_id: i32,
    pub owner_id: UserId,
    pub priority_id: i16,
    pub state_id: i16,
    pub created: NaiveDateTime,
    pub created_by: UserId,
}

#[derive(sqlx::FromRow)]
struct EntryRow {
    ticket_id: i64,
    name: String,
    kind: String,
    history_type_id: i16,
    article_id: Option<i64>,
    type_id: i16,
    queue_id: i32,
    owner_id: i32,
    priority_id: i16,
    state_id: i16,
    create_time: NaiveDateTime,
    create_by: i32,
}

/// The histories of these tickets. One statement.
pub async fn list(
    tx: &mut Tx,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Entry>>, DbError> {
    let history = |column: t::TicketHistory| (t::TicketHistory::Table, column);
    let query = Query::select()
        .columns([
            history(t::TicketHistory::TicketId),
            history(t::TicketHistory::Name),
            history(t::TicketHistory::HistoryTypeId),
            history(t::TicketHistory::ArticleId),
            history(t::TicketHistory::TypeId),
            history(t::TicketHistory::QueueId),
            history(t::TicketHistory::OwnerId),
            history(t::TicketHistory::PriorityId),
            history(t::TicketHistory::StateId),
            history(t::TicketHistory::CreateTime),
            history(t::TicketHistory::CreateBy),
        ])
        .expr_as(
            Expr::col((t::TicketHistoryType::Table, t::TicketHistoryType::Name)),
            "kind",
        )
        .from(t::TicketHistory::Table)
        .inner_join(
            t::TicketHistoryType::Table,
            Expr::col(history(t::TicketHistory::HistoryTypeId))
                .equals((t::TicketHistoryType::Table, t::TicketHistoryType::Id)),
        )
        .and_where(Expr::col(history(t::TicketHistory::TicketId)).is_in(tickets.iter().copied()))
        .order_by(history(t::TicketHistory::CreateTime), Order::Asc)
        .order_by(history(t::TicketHistory::Id), Order::Asc)
        .to_owned();
    let rows: Vec<EntryRow> = tx.fetch_all(&query).await?;
    let mut histories: HashMap<TicketId, Vec<Entry>> = HashMap::new();
    for row in rows {
        histories
            .entry(TicketId(row.ticket_id))
            .or_default()
            .push(Entry {
                name: row.name,
                kind: row.kind,
                kind_id: row.history_type_id,
                article_id: row.article_id.map(ArticleId),
                type_id: row.type_id,
                queue_id: row.queue_id,
                owner_id: UserId(row.owner_id),
                priority_id: row.priority_id,
                state_id: row.state_id,
                created: row.create_time,
                created_by: UserId(row.create_by),
            });
    }
    Ok(histories)
}
