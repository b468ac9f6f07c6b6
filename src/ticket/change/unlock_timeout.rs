//! From when the time until an automatic unlock counts.

use schema::{DbError, tables as t};

use crate::ticket::{Ticket, history::HistoryType, work::Work};

/// Lets the time start again now; nothing happens when it started within this second.
pub async fn unlock_timeout(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let now = work.stamp.at.and_utc().timestamp();
    let now = i32::try_from(now).unwrap_or(i32::MAX);
    if ticket.unlock_timeout == now {
        return Ok(());
    }
    work.set(ticket, t::Ticket::Timeout, now);
    ticket.unlock_timeout = now;
    work.history(ticket, HistoryType::Misc, "Reset of unlock time.", None);
    work.emit(ticket, "TicketUnlockTimeoutUpdate", None).await
}
