//! `ForceUnlock`: a ticket that moves to another queue is free again.

use schema::DbError;

use crate::ticket::{Ticket, change, work::Work};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    change::unlock(work, ticket).await
}
