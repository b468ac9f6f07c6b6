//! `ResponsibleAutoSet`: whoever becomes the owner of a ticket for which nobody is responsible yet is responsible too.
//!
//! User 1 stands for nobody. What user 1 does, and so what customers do, sets no responsible agent.

use schema::DbError;

use crate::{
    directory::UserId,
    ticket::{Ticket, change, work::Work},
};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let nobody = UserId::SYSTEM;
    let is_free = UserId(ticket.responsible.id) == nobody;
    if !work.settings.is_on("Ticket::Responsible") || !is_free || work.stamp.by == nobody {
        return Ok(());
    }
    let owner = UserId(ticket.owner.id);
    change::responsible(work, ticket, owner).await
}
