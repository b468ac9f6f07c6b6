//! The queue.

use schema::{DbError, tables as t};

use super::{lookups_with, missing};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Moves a ticket to a queue.
pub async fn queue(work: &mut Work<'_>, ticket: &mut Ticket, id: i32) -> Result<(), DbError> {
    if ticket.queue.id == id {
        return Ok(());
    }
    let lookups = lookups_with(work, |lookups| lookups.queues.contains_key(&id)).await?;
    let queue = lookups
        .queues
        .get(&id)
        .ok_or_else(|| missing("queue", "id", id))?;
    work.set(ticket, t::Ticket::QueueId, id);
    let new = Named {
        id,
        name: queue.name.clone(),
    };
    let old = std::mem::replace(&mut ticket.queue, new);
    ticket.group_id = queue.group_id;
    ticket.queue_rule = queue.rule.clone();
    let text = format!("%%{}%%{id}%%{}%%{}", queue.name, old.name, old.id);
    work.history(ticket, HistoryType::Move, text, None);
    work.emit(ticket, "NotificationMove", None).await?;
    work.emit(ticket, "TicketQueueUpdate", None).await
}
