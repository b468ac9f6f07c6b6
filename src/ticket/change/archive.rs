//! The archive.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::{
    directory::{self, UserId},
    ticket::{
        Ticket, TicketId,
        article::flag::{SEEN, forget_seen},
        flag,
        history::HistoryType,
        watcher,
        work::Work,
    },
};

/// Puts a ticket into the archive; nothing happens when it is there, or when there is no archive.
///
/// Nobody has seen it any more (`Ticket::ArchiveSystem::RemoveSeenFlags`), and nobody watches it any more
/// (`Ticket::ArchiveSystem::RemoveTicketWatchers`, where `Ticket::Watcher` lets people watch at all).
/// Source: rows and events of the reference system's generic agent.
pub async fn archive(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if ticket.archived || !work.settings.is_on("Ticket::ArchiveSystem") {
        return Ok(());
    }
    work.set(ticket, t::Ticket::ArchiveFlag, 1_i16);
    ticket.archived = true;
    if work
        .settings
        .is_on("Ticket::ArchiveSystem::RemoveSeenFlags")
    {
        forget_seen(work, ticket.id).await?;
        flag::delete(work, ticket, None, SEEN).await?;
    }
    if work
        .settings
        .is_on("Ticket::ArchiveSystem::RemoveTicketWatchers")
        && work.settings.is_on("Ticket::Watcher")
    {
        for agent in watchers(&mut work.tx, ticket.id).await? {
            if let Some(agent) = directory::agent(&mut work.tx, agent).await? {
                watcher::unsubscribe(work, ticket, &agent).await?;
            }
        }
    }
    work.history(ticket, HistoryType::ArchiveFlagUpdate, "%%y", None);
    work.emit(ticket, "TicketArchiveFlagUpdate", None).await
}

async fn watchers(tx: &mut Tx, ticket: TicketId) -> Result<Vec<UserId>, DbError> {
    use t::TicketWatcher as W;
    let query = Query::select()
        .distinct()
        .column(W::UserId)
        .from(W::Table)
        .and_where(Expr::col(W::TicketId).eq(ticket))
        .order_by(W::UserId, Order::Asc)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// Brings a ticket back from the archive; nothing happens when it is not there, or when there is no archive.
pub async fn restore(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if !ticket.archived || !work.settings.is_on("Ticket::ArchiveSystem") {
        return Ok(());
    }
    work.set(ticket, t::Ticket::ArchiveFlag, 0_i16);
    ticket.archived = false;
    work.history(ticket, HistoryType::ArchiveFlagUpdate, "%%n", None);
    work.emit(ticket, "TicketArchiveFlagUpdate", None).await
}
