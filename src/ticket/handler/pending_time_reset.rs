//! `TicketPendingTimeReset`: a ticket that is not pending is due never; said in the history even when it was so before.

use schema::DbError;

use crate::ticket::{Ticket, change, work::Work};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if ticket.state_type.starts_with("pending") {
        return Ok(());
    }
    change::pending_time(work, ticket, 0).await
}
