//! When a pending ticket is due.

use chrono::DateTime;
use schema::{DbError, tables as t};

use crate::ticket::{Ticket, history::HistoryType, work::Work, working_time};

/// Says when a ticket is due, in seconds since 1970; 0 for never. The same moment again is written again.
pub async fn pending_time(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    until: i32,
) -> Result<(), DbError> {
    work.set(ticket, t::Ticket::UntilTime, until);
    ticket.pending_until = until;
    let zone = working_time::zone_of(&work.settings);
    let text = match DateTime::from_timestamp(until.into(), 0) {
        Some(at) if until != 0 => at
            .with_timezone(&zone)
            .format("%%%%%Y-%m-%d %H:%M")
            .to_string(),
        _ => "%%00-00-00 00:00".to_owned(),
    };
    work.history(ticket, HistoryType::SetPendingTime, text, None);
    work.emit(ticket, "TicketPendingTimeUpdate", None).await
}
