//! What the operation's setting `IncludeTicketData` adds to the answers of `TicketCreate` and `TicketUpdate`: the ticket
//! with its dynamic fields and articles, as it is before whatever waits for the end of the operation has run.
//!
//! Source: answers of the reference system beside those of its `TicketGet`.

use compat::{Map, Value};
use schema::DbError;

use super::{ArticleOptions, Details, Options, page::Page};
use crate::{
    auth::Principal,
    generic_interface::operation::Request,
    recent::Recent,
    ticket::{Ticket, article, article::attachment::Wanted, work::Work},
};

/// What only `TicketGet` says of a ticket, an article or an attachment.
const LEFT_OUT: [&str; 3] = ["TimeUnit", "FileID", "Alternative"];

/// Whether the operation answers with the ticket.
pub fn is_wanted(request: &Request<'_>) -> bool {
    let setting = request.operation_setting("IncludeTicketData");
    setting.is_some_and(Value::is_true)
}

/// The ticket with those articles that a request has written, `Article` being a list of them.
///
/// `written` are their numbers as the answer shows them. Attachments come with a request that has some itself, and then
/// with the HTML of the article among them.
pub async fn with_articles(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
    written: &[Value],
    attachments: bool,
) -> Result<Map, DbError> {
    let wanted = Wanted {
        content: true,
        html_body: true,
    };
    let options = Options {
        dynamic_fields: true,
        extended: false,
        articles: Some(ArticleOptions {
            sender_types: vec![None],
            newest_first: false,
            limit: None,
            attachments: attachments.then_some(wanted),
        }),
    };
    work.flush_rows().await?;
    let settings = work.settings.clone();
    let mut details = Details::read(
        &mut work.tx,
        &Recent::default(),
        &settings,
        principal,
        &[ticket.id],
        &options,
    )
    .await?;
    let number = |shown: &Value| shown.as_string().and_then(|text| text.parse().ok());
    let written_ids: Vec<i64> = written.iter().filter_map(number).collect();
    if let Some(articles) = details.articles.get_mut(&ticket.id) {
        articles.retain(|article| written_ids.contains(&article.id.0));
    }
    let page = Page {
        settings: &settings,
        now: work.stamp.at.and_utc().timestamp(),
        options: &options,
        details: &details,
    };
    let Value::Map(mut hash) = page.ticket(ticket) else {
        return Ok(Map::new());
    };
    leave_out(&mut hash);
    if let Some(Value::List(articles)) = hash.get_mut("Article") {
        for (article, shown) in articles.iter_mut().zip(written) {
            if let Value::Map(article) = article {
                leave_out(article);
                article.insert("ArticleID".to_owned(), shown.clone());
            }
        }
    }
    Ok(hash)
}

/// The ticket with the bare row of its last article, for a request that has written none; and the number of that article.
pub async fn with_last_article(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
) -> Result<(Map, Option<Value>), DbError> {
    let mut hash = with_articles(work, principal, ticket, &[], false).await?;
    let mut articles = article::list(&mut work.tx, &Recent::default(), &[ticket.id]).await?;
    let last = articles.remove(&ticket.id).unwrap_or_default().pop();
    let Some(last) = last else {
        return Ok((hash, None));
    };
    hash.insert("Article".to_owned(), Value::Map(super::page::row_of(&last)));
    Ok((hash, Some(Value::Integer(last.id.0))))
}

fn leave_out(hash: &mut Map) {
    for key in LEFT_OUT {
        hash.remove(key);
    }
    if let Some(Value::List(attachments)) = hash.get_mut("Attachment") {
        for attachment in attachments {
            if let Value::Map(attachment) = attachment {
                leave_out(attachment);
            }
        }
    }
}
