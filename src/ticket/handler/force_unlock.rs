//! `ForceUnlock`: a ticket that moves to another queue is free again.

use schema::DbError;

use crate::ticket::{Ticket, change, work::Work};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let lookups = work.lookups().await?;
    let unlock = lookups.locks.iter().find(|(_, name)| *name == "unlock");
    match unlock {
        Some((id, _)) => change::lock(work, ticket, *id).await,
        None => Err(DbError::Missing {
            table: "ticket_lock_type",
            name: "unlock",
        }),
    }
}
