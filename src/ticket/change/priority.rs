//! The priority.

use schema::{DbError, tables as t};

use super::{lookups_with, missing};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Gives a ticket another priority.
pub async fn priority(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    if ticket.priority.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.priorities.contains_key(&id)).await?;
    let name = lookups
        .priorities
        .get(&id)
        .ok_or_else(|| missing("ticket_priority", "id", id))?
        .clone();
    work.set(ticket, t::Ticket::TicketPriorityId, id);
    let old = &ticket.priority;
    let text = format!("%%{}%%{}%%{name}%%{id}", old.name, old.id);
    ticket.priority = Named { id, name };
    work.history(ticket, HistoryType::PriorityUpdate, text, None);
    work.emit(ticket, "TicketPriorityUpdate", None).await
}
