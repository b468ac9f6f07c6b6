//! `ForceOwnerReset`: a ticket that moves to another queue is nobody's in particular again.

use schema::DbError;

use crate::{
    directory::UserId,
    ticket::{Ticket, change, work::Work},
};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    change::owner(work, ticket, UserId::SYSTEM).await
}
