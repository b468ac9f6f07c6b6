//! The owner.

use schema::{DbError, tables as t};

use super::{Spelling, lookups_with, missing};
use crate::{
    directory::UserId,
    ticket::{Named, Ticket, history::HistoryType, work::Work},
};

/// Gives a ticket to another agent.
pub async fn owner(work: &mut Work<'_>, ticket: &mut Ticket, who: UserId) -> Result<(), DbError> {
    owner_as(work, ticket, who, Spelling::default()).await
}

/// Gives a ticket to another agent, whom the history calls as whoever asked for it did.
pub async fn owner_as(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    UserId(id): UserId,
    spelling: Spelling,
) -> Result<(), DbError> {
    if ticket.owner.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.logins.contains_key(&id)).await?;
    let login = lookups.logins.get(&id);
    let login = login.ok_or_else(|| missing("users", "id", id))?.clone();
    work.set(ticket, t::Ticket::UserId, id);
    let text = spelling.of(&login, id);
    ticket.owner = Named { id, name: login };
    work.history(ticket, HistoryType::OwnerUpdate, text, None);
    work.emit(ticket, "NotificationOwnerUpdate", None).await?;
    work.emit(ticket, "TicketOwnerUpdate", None).await
}
