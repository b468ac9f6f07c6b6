//! The hash `Article` of a request.

use crate::{
    auth::Principal,
    directory::{address, name},
    generic_interface::operation::ticket::input::{
        Desk, Part, Stop,
        article::{self, check_notified, check_rest, refuse_sending, refuse_structures},
    },
    ticket::{
        Ticket,
        article::{Channel, NewArticle},
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
    let mut new = article::check(desk, principal, article).await?;
    COMMENT.clone_into(&mut new.history_comment);
    refuse_sending(article)?;
    let from = article.given("From");
    if let Some(from) = &from
        && !address::is_acceptable(desk.settings, from)
    {
        return Err(desk
            .operation
            .invalid("Article->From parameter is invalid!"));
    }
    check_rest(desk, article, &mut new).await?;
    if article
        .given("NoAgentNotify")
        .is_some_and(|flag| flag != "1")
    {
        return Err(desk
            .operation
            .invalid("Article->NoAgent parameter is invalid!"));
    }
    check_notified(desk, article).await?;
    refuse_structures(article, &["Subject", "Body", "To", "Cc", "Bcc"])?;
    new.from = from.unwrap_or_else(|| signature(desk, principal));
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
