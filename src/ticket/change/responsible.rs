//! The responsible agent.

use schema::{DbError, tables as t};

use super::{Spelling, lookups_with, missing};
use crate::{
    directory::UserId,
    ticket::{Named, Ticket, history::HistoryType, work::Work},
};

/// Makes another agent responsible for a ticket.
pub async fn responsible(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    who: UserId,
) -> Result<(), DbError> {
    responsible_as(work, ticket, who, Spelling::default()).await
}

/// Makes another agent responsible for a ticket, whom the history calls as whoever asked for it did.
pub async fn responsible_as(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    UserId(id): UserId,
    spelling: Spelling,
) -> Result<(), DbError> {
    if ticket.responsible.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.logins.contains_key(&id)).await?;
    let login = lookups.logins.get(&id);
    let login = login.ok_or_else(|| missing("users", "id", id))?.clone();
    work.set(ticket, t::Ticket::ResponsibleUserId, id);
    let text = spelling.of(&login, id);
    ticket.responsible = Named { id, name: login };
    work.history(ticket, HistoryType::ResponsibleUpdate, text, None);
    work.emit(ticket, "NotificationResponsibleUpdate", None)
        .await?;
    work.emit(ticket, "TicketResponsibleUpdate", None).await
}
