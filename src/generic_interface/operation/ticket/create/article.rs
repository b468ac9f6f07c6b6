//! The parameters below `Article`.

use super::{Desk, Part, Stop, ticket};
use crate::{
    auth::Principal,
    generic_interface::operation::ticket::input::article::{
        self, check_notified, check_rest, refuse_sending, refuse_structures,
    },
    ticket::{article::NewArticle, history::HistoryType},
};

/// What the history says of an article unless the request says something else.
const COMMENT: &str = "%%GenericInterface Create";

/// An article that may be written; its attachments come later. It goes to the queue, whomever the request names.
pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: &ticket::Checked,
    article: Part<'_>,
) -> Result<NewArticle, Stop> {
    let mut new = NewArticle {
        from: article.given("From").unwrap_or_else(|| ticket.from.clone()),
        to: ticket.queue.clone(),
        history_type: HistoryType::NewTicket,
        history_comment: COMMENT.to_owned(),
        ..article::check(desk, principal, article).await?
    };
    check_rest(desk, article, &mut new).await?;
    check_notified(desk, article).await?;
    refuse_sending(article)?;
    refuse_structures(article, &["Subject", "Body", "From"])?;
    Ok(new)
}
