//! `ArchiveRestore`: a ticket that is worked on again comes back from the archive.

use schema::DbError;

use crate::ticket::{Ticket, change, work::Work};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if ticket.is_done() {
        return Ok(());
    }
    change::restore(work, ticket).await
}
