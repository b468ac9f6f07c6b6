//! Articles that agents and web services send: from whom, under which subject, with whose signature.
//!
//! Source: rows of the reference system for `ArticleSend` of `TicketCreate` and `TicketUpdate`.

use schema::DbError;

use super::{Ready, store};
use crate::{
    notification::{
        auto_response::{self, Said},
        placeholder::{Facts, Person, Reader},
        store::address_of_queue,
        subject,
        text::{self, Template},
    },
    ticket::{
        Ticket,
        article::{ArticleId, Channel, NewArticle, html, storage::StorageError},
        work::Work,
        working_time,
    },
};

/// Writes an article with the automatic answer to it that was asked for, and sends it when it is to go out.
///
/// A mail comes from the queue's address unless somebody else is named, has the ticket's number in its subject, and the
/// queue's signature at its end.
///
/// Errors: [`StorageError`] when an attachment can not be kept; nothing is to be committed then.
pub async fn write(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    mut new: NewArticle,
) -> Result<ArticleId, StorageError> {
    if !new.goes_out {
        return auto_response::create_and_answer(work, ticket, new, None).await;
    }
    // Answers speak of what was written, not of what the mail has around it.
    let subject = new.subject.clone();
    let body = html::text_of(&new);
    complete(work, ticket, &mut new).await?;
    html::put_pictures_beside(work, &mut new);
    let ready = Ready::of(work, &mut new, false);
    let said = Said {
        subject: &subject,
        body: &body,
    };
    let article = auto_response::create_and_answer(work, ticket, new, Some(said)).await?;
    ready.queue(work, ticket, article).await?;
    Ok(article)
}

async fn complete(
    work: &mut Work<'_>,
    ticket: &Ticket,
    new: &mut NewArticle,
) -> Result<(), DbError> {
    if new.from.is_empty() {
        let address = address_of_queue(&mut work.tx, ticket.queue.id).await?;
        new.from = address.map(|address| address.header()).unwrap_or_default();
    }
    // A mail is one, whatever channel the request names.
    new.channel = Channel::Email;
    let heading = subject::cleaned(&work.settings, ticket, &new.subject);
    new.subject = subject::with_number(&work.settings, ticket, &heading);
    if let Some(signature) = signature(work, ticket).await? {
        new.body.push_str(&signature);
    }
    Ok(())
}

/// The queue's signature, filled in; in HTML while rich text is on, whatever the article is.
async fn signature(work: &mut Work<'_>, ticket: &Ticket) -> Result<Option<String>, DbError> {
    let found = store::signature(&mut work.tx, ticket.queue.id).await?;
    let Some((signature, content_type)) = found else {
        return Ok(None);
    };
    // The columns of this operation are what the signature speaks of.
    work.flush_rows().await?;
    let facts = Facts::load(&mut work.tx, work.app, ticket, work.stamp.by).await?;
    let language = work.settings.text("DefaultLanguage");
    let nobody = Person::default();
    let reader = Reader {
        language: &language,
        zone: working_time::zone_of(&work.settings),
        recipient: &nobody,
    };
    let template = Template {
        subject: "",
        text: &signature,
        content_type: &content_type,
    };
    let filled = text::fill(&work.settings, &facts, &reader, template);
    Ok(Some(filled.body.replace("<br />", "<br/>")))
}
