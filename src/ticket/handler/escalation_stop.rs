//! `TriggerEscalationStopEvents`: people hear of it when a ticket that had escalated is done, or comes under no limits.
//!
//! Each limit that was over gets an entry in the history and an event. An answer, or limits that are only longer, end
//! an escalation in silence. Source: histories of the reference system.

use schema::DbError;

use super::Occasion;
use crate::ticket::{Ticket, history::HistoryType, work::Work};

pub async fn run(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    occasion: Occasion<'_>,
) -> Result<(), DbError> {
    let has_limits = !ticket.is_done() && !ticket.escalation_rule(&work.settings).is_empty();
    if has_limits || occasion.event == "ArticleCreate" {
        return Ok(());
    }
    let now = work.stamp.at.and_utc().timestamp();
    let columns = ticket.escalation;
    for (until, kind) in [
        (columns.update, HistoryType::EscalationUpdateTimeStop),
        (columns.solution, HistoryType::EscalationSolutionTimeStop),
        (
            columns.first_response,
            HistoryType::EscalationResponseTimeStop,
        ),
    ] {
        let is_over = until != 0 && i64::from(until) <= now;
        let is_told = work
            .events()
            .iter()
            .any(|event| event.ticket == ticket.id && event.name == kind.name());
        if is_over && !is_told {
            let text = format!("%%{}%%triggered", kind.name());
            work.history(ticket, kind, text, None);
            work.emit(ticket, kind.name(), None).await?;
        }
    }
    Ok(())
}
