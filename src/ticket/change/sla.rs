//! The service level agreement.

use schema::{DbError, tables as t};

use super::{lookups_with, missing, service::spelled};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Gives a ticket another service level agreement, or none.
pub async fn sla(work: &mut Work<'_>, ticket: &mut Ticket, id: Option<i32>) -> Result<(), DbError> {
    let old = ticket.sla.clone();
    if old.as_ref().map(|sla| sla.id) == id {
        return Ok(());
    }
    let mut new = None;
    ticket.sla_rule = None;
    if let Some(id) = id {
        let lookups = lookups_with(work, |lookups| lookups.slas.contains_key(&id)).await?;
        let found = lookups.slas.get(&id);
        let found = found.ok_or_else(|| missing("sla", "id", id))?;
        new = Some(Named {
            id,
            name: found.name.clone(),
        });
        ticket.sla_rule = Some(found.rule.clone());
    }
    work.set(ticket, t::Ticket::SlaId, id);
    let text = format!("{}{}", spelled(new.as_ref()), spelled(old.as_ref()));
    ticket.sla = new;
    work.history(ticket, HistoryType::SlaUpdate, text, None);
    work.emit(ticket, "TicketSLAUpdate", None).await
}
