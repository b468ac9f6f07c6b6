//! The type.

use schema::{DbError, tables as t};

use super::{lookups_with, missing};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Gives a ticket another type.
pub async fn kind(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    if ticket.kind.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.types.contains_key(&id)).await?;
    let name = lookups
        .types
        .get(&id)
        .ok_or_else(|| missing("ticket_type", "id", id))?
        .clone();
    work.set(ticket, t::Ticket::TypeId, id);
    let text = format!("%%{name}%%{id}%%{}%%{}", ticket.kind.name, ticket.kind.id);
    ticket.kind = Named { id, name };
    work.history(ticket, HistoryType::TypeUpdate, text, None);
    work.emit(ticket, "TicketTypeUpdate", None).await
}
