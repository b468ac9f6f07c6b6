//! The state.

use schema::{DbError, tables as t};

use super::{lookups_with, missing, unlock};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Gives a ticket another state. When a pending ticket is due stands apart, see [`super::pending_time`].
pub async fn state(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    if ticket.state.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.states.contains_key(&id)).await?;
    let state = lookups
        .states
        .get(&id)
        .ok_or_else(|| missing("ticket_state", "id", id))?;
    work.set(ticket, t::Ticket::TicketStateId, id);
    let text = format!("%%{}%%{}%%", ticket.state.name, state.name);
    ticket.state = Named {
        id,
        name: state.name.clone(),
    };
    ticket.state_type.clone_from(&state.type_name);
    work.history(ticket, HistoryType::StateUpdate, text, None);
    work.emit(ticket, "TicketStateUpdate", None).await
}

/// Gives a ticket one of the states that end work on it: it is free first, as nobody works on it any more.
pub async fn close(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    unlock(work, ticket).await?;
    state(work, ticket, id).await
}
