//! `Mentions`: who is mentioned in an article of an agent.

use schema::DbError;

use super::Occasion;
use crate::ticket::{Ticket, mention, work::Work};

/// No statement for an article that mentions nobody.
pub async fn run(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    occasion: Occasion<'_>,
) -> Result<(), DbError> {
    let Some(article) = occasion.article else {
        return Ok(());
    };
    let names = work.take_mentions(article);
    if names.is_empty() {
        return Ok(());
    }
    mention::add(work, ticket, article, &names).await
}
