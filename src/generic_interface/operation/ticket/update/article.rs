//! The hash `Article` of a request.

use crate::{
    auth::Principal,
    directory::{name, record},
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
/// The automatic answer to an article unless the request says something else.
const ANSWER: &str = "auto follow up";

/// An article that may be written; its attachments come later. `customer` is whose ticket it becomes, when the request
/// says that too.
pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: &Ticket,
    customer: Option<&str>,
    article: Part<'_>,
) -> Result<NewArticle, Stop> {
    let mut new = article::check(desk, principal, article, HistoryType::AddNote, COMMENT).await?;
    refuse_structures(article, &["Subject", "Body", "From", "To", "Cc", "Bcc"])?;
    if new.from.is_empty() && !new.goes_out {
        new.from = signature(desk, principal);
    }
    new.to = match article.given("To") {
        Some(to) => to,
        None => addressee(desk, article, ticket, customer).await?,
    };
    new.cc = article.given("Cc").unwrap_or_default();
    new.bcc = article.given("Bcc").unwrap_or_default();
    new.auto_response_type
        .get_or_insert_with(|| ANSWER.to_owned());
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

/// A mail that names nobody goes to the ticket's customer user: by login to the one that it has, by name and address to the
/// one that it gets. It has to be called a mail by name; by number it goes to nobody, as in the reference.
async fn addressee(
    desk: &mut Desk<'_>,
    article: Part<'_>,
    ticket: &Ticket,
    customer: Option<&str>,
) -> Result<String, Stop> {
    if article.text("CommunicationChannel").as_deref() != Some(Channel::Email.name()) {
        return Ok(String::new());
    }
    let Some(login) = customer else {
        return Ok(ticket.customer_user_id.clone().unwrap_or_default());
    };
    let known = record::customer(desk.tx, desk.settings, login).await?;
    Ok(known.map_or_else(|| login.to_owned(), |known| name::signature(&known)))
}
