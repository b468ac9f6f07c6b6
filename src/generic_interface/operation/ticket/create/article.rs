//! The parameters below `Article`.

use super::{Desk, Part, Stop, ticket};
use crate::{
    auth::Principal,
    generic_interface::operation::ticket::input::article::{self, refuse_structures},
    ticket::{article::NewArticle, history::HistoryType},
};

/// What the history says of an article unless the request says something else.
const COMMENT: &str = "%%GenericInterface Create";
/// The automatic answer to an article unless the request says something else.
const ANSWER: &str = "auto reply";

/// An article that may be written; its attachments come later. It goes to the queue, whomever the request names, unless
/// it is a mail.
pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: &ticket::Checked,
    article: Part<'_>,
) -> Result<NewArticle, Stop> {
    let mut new = article::check(desk, principal, article, HistoryType::NewTicket, COMMENT).await?;
    refuse_structures(article, &["Subject", "Body", "From"])?;
    new.auto_response_type
        .get_or_insert_with(|| ANSWER.to_owned());
    if new.goes_out {
        refuse_structures(article, &["To", "Cc", "Bcc"])?;
        new.to = article.given("To").unwrap_or_default();
        new.cc = article.given("Cc").unwrap_or_default();
        new.bcc = article.given("Bcc").unwrap_or_default();
        return Ok(new);
    }
    if new.from.is_empty() {
        new.from.clone_from(&ticket.from);
    }
    new.to.clone_from(&ticket.queue);
    Ok(new)
}
