//! Flags that an agent has on a ticket, such as `Seen`.

use std::{collections::BTreeMap, pin::Pin};

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Ticket, TicketId, work::Work};
use crate::directory::UserId;

/// An agent's flags on a ticket with their values.
pub async fn list(
    tx: &mut Tx,
    ticket: TicketId,
    agent: UserId,
) -> Result<BTreeMap<String, String>, DbError> {
    use t::TicketFlag as F;
    let query = Query::select()
        .columns([F::TicketKey, F::TicketValue])
        .from(F::Table)
        .and_where(Expr::col(F::TicketId).eq(ticket))
        .and_where(Expr::col(F::CreateBy).eq(agent))
        .to_owned();
    let rows: Vec<(String, Option<String>)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .map(|(key, value)| (key, value.unwrap_or_default()))
        .collect())
}

/// Sets an agent's flag; the value that it has already is left alone. Two that set it at once both succeed, and the
/// later one wins.
///
/// A future of its own, for handlers run handlers.
pub fn set<'f>(
    work: &'f mut Work<'_>,
    ticket: &'f mut Ticket,
    agent: UserId,
    key: &'f str,
    value: &'f str,
) -> Pin<Box<dyn Future<Output = Result<(), DbError>> + Send + 'f>> {
    Box::pin(write(work, ticket, agent, key, value))
}

async fn write(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    agent: UserId,
    key: &str,
    value: &str,
) -> Result<(), DbError> {
    use t::TicketFlag as F;
    let flags = if work.fresh.has_no_flags(ticket.id) {
        BTreeMap::new()
    } else {
        list(&mut work.tx, ticket.id, agent).await?
    };
    if flags.get(key).is_some_and(|known| known == value) {
        return Ok(());
    }
    work.fresh.add_flag(ticket.id);
    let insert = Query::insert()
        .into_table(F::Table)
        .columns([
            F::TicketId,
            F::TicketKey,
            F::TicketValue,
            F::CreateTime,
            F::CreateBy,
        ])
        .values_panic([
            ticket.id.0.into(),
            key.into(),
            value.into(),
            work.stamp.at.into(),
            agent.0.into(),
        ])
        .to_owned();
    work.tx
        .upsert(
            &insert,
            [F::TicketId, F::TicketKey, F::CreateBy],
            [F::TicketValue, F::CreateTime],
        )
        .await?;
    work.emit(ticket, "TicketFlagSet", None).await
}

/// Takes a flag of one agent, or of everybody, from the ticket.
pub async fn delete(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    agent: Option<UserId>,
    key: &str,
) -> Result<(), DbError> {
    use t::TicketFlag as F;
    if !work.fresh.has_no_flags(ticket.id) {
        let mut delete = Query::delete()
            .from_table(F::Table)
            .and_where(Expr::col(F::TicketId).eq(ticket.id))
            .and_where(Expr::col(F::TicketKey).eq(key))
            .to_owned();
        if let Some(agent) = agent {
            delete.and_where(Expr::col(F::CreateBy).eq(agent));
        }
        work.tx.execute(&delete).await?;
    }
    work.emit(ticket, "TicketFlagDelete", None).await
}
