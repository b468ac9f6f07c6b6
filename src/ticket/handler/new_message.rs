//! `TicketNewMessageUpdate`: a ticket is unread for everybody when it gets an article, and read for an agent who has
//! seen all of its articles.

use schema::DbError;

use super::Occasion;
use crate::ticket::{
    Ticket,
    article::flag::{SEEN, all_seen},
    flag,
    work::Work,
};

/// Source: rows of the reference system for articles by an agent who had and who had not seen the others.
pub async fn run(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    occasion: Occasion<'_>,
) -> Result<(), DbError> {
    match occasion.event {
        "ArticleCreate" => flag::delete(work, ticket, None, SEEN).await,
        "ArticleFlagSet" if all_seen(work, ticket.id).await? => {
            let agent = work.stamp.by;
            flag::set(work, ticket, agent, SEEN, "1").await
        }
        _ => Ok(()),
    }
}
