//! The hash `Article` of a request.

use crate::{
    auth::Principal,
    directory::name,
    generic_interface::operation::ticket::input::{
        Desk, Part, Stop,
        article::{self, refuse_structures},
    },
    ticket::{
        Ticket,
        article::{Channel, NewArticle},
        history::HistoryType,
    },
};

/// What the history says of an article unless the request says something else.
const COMMENT: &str = "%%GenericInterface Note";

/// An article that may be written; its attachments come later.
pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: &Ticket,
    article: Part<'_>,
) -> Result<NewArticle, Stop> {
    let mut new = article::check(desk, principal, article, HistoryType::AddNote, COMMENT).await?;
    refuse_structures(article, &["Subject", "Body", "From", "To", "Cc", "Bcc"])?;
    if new.from.is_empty() && !new.goes_out {
        new.from = signature(desk, principal);
    }
    new.to = article
        .given("To")
        .unwrap_or_else(|| addressee(new.channel, ticket));
    new.cc = article.given("Cc").unwrap_or_default();
    new.bcc = article.given("Bcc").unwrap_or_default();
    Ok(new)
}

/// Agents write under their names; what customers write carries none.
fn signature(desk: &Desk<'_>, principal: &Principal) -> String {
    match principal {
        Principal::Agent(agent) => name::full_name(
            desk.settings.integer("FirstnameLastnameOrder"),
            &agent.first_name,
            &agent.last_name,
            &agent.login,
        ),
        Principal::Customer(_) => String::new(),
    }
}

/// A mail that names nobody goes to the ticket's customer user.
fn addressee(channel: Channel, ticket: &Ticket) -> String {
    match channel {
        Channel::Email => ticket.customer_user_id.clone().unwrap_or_default(),
        Channel::Phone | Channel::Internal | Channel::Chat => String::new(),
    }
}
