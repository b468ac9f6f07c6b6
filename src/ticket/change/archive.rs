//! The archive.

use schema::{DbError, tables as t};

use crate::ticket::{Ticket, history::HistoryType, work::Work};

/// Brings a ticket back from the archive; nothing happens when it is not there, or when there is no archive.
pub async fn restore(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if !ticket.archived || !work.settings.is_on("Ticket::ArchiveSystem") {
        return Ok(());
    }
    work.set(ticket, t::Ticket::ArchiveFlag, 0_i16);
    ticket.archived = false;
    work.history(ticket, HistoryType::ArchiveFlagUpdate, "%%n", None);
    work.emit(ticket, "TicketArchiveFlagUpdate", None).await
}
