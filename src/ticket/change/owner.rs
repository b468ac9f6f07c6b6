//! The owner.

use schema::{DbError, tables as t};

use super::{lookups_with, missing};
use crate::{
    directory::UserId,
    ticket::{Named, Ticket, history::HistoryType, work::Work},
};

/// Gives a ticket to another agent.
pub async fn owner(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    UserId(id): UserId,
) -> Result<(), DbError> {
    if ticket.owner.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.logins.contains_key(&id)).await?;
    let login = lookups.logins.get(&id);
    let login = login.ok_or_else(|| missing("users", "id", id))?.clone();
    work.set(ticket, t::Ticket::UserId, id);
    let text = format!("%%{login}%%{id}");
    ticket.owner = Named { id, name: login };
    work.history(ticket, HistoryType::OwnerUpdate, text, None);
    work.emit(ticket, "NotificationOwnerUpdate", None).await?;
    work.emit(ticket, "TicketOwnerUpdate", None).await
}
