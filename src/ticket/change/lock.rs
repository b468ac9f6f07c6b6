//! The lock.

use schema::{DbError, tables as t};

use super::{lookups_with, missing, unlock_timeout};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Locks or unlocks a ticket. The time until an automatic unlock starts again with a lock.
pub async fn lock(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    if ticket.lock.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.locks.contains_key(&id)).await?;
    let name = lookups.locks.get(&id);
    let name = name
        .ok_or_else(|| missing("ticket_lock_type", "id", id))?
        .clone();
    work.set(ticket, t::Ticket::TicketLockId, id);
    let kind = match name.as_str() {
        "lock" => HistoryType::Lock,
        "unlock" => HistoryType::Unlock,
        _ => HistoryType::Misc,
    };
    let text = format!("%%{name}");
    ticket.lock = Named { id, name };
    work.history(ticket, kind, text, None);
    match kind {
        HistoryType::Lock => unlock_timeout(work, ticket).await?,
        // Whoever opened it: the name is older than the other ways.
        HistoryType::Unlock => work.emit(ticket, "NotificationLockTimeout", None).await?,
        _ => {}
    }
    work.emit(ticket, "TicketLockUpdate", None).await
}

/// Makes a ticket free.
pub async fn unlock(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let lookups = work.lookups().await?;
    let unlock = lookups.locks.iter().find(|(_, name)| *name == "unlock");
    match unlock {
        Some((id, _)) => lock(work, ticket, *id).await,
        None => Err(DbError::Missing {
            table: "ticket_lock_type",
            name: "unlock",
        }),
    }
}
