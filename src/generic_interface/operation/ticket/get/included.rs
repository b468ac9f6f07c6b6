//! What the operation's setting `IncludeTicketData` adds to the answers of `TicketCreate` and `TicketUpdate`: the ticket
//! with its dynamic fields and articles, as it is before whatever waits for the end of the operation has run.
//!
//! Source: answers of the reference system beside those of its `TicketGet`.

use compat::{Map, Value};
use schema::{DbError, Tx};

use super::{ArticleOptions, Details, Options, page::Page};
use crate::{
    auth::Principal,
    directory::{Agent, UserId},
    generic_interface::operation::Request,
    recent::Recent,
    settings::Settings,
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

/// Everything about a ticket, as the invoker `Ticket::Generic` sends it: dynamic fields as `DynamicField_NAME`, every
/// article in `Articles`, and in `Article` with its attachments the one that is asked for, else the last.
pub async fn everything(
    tx: &mut Tx,
    settings: &Settings,
    now: i64,
    ticket: &Ticket,
    article: Option<i64>,
) -> Result<Map, DbError> {
    let wanted = Wanted {
        content: true,
        html_body: true,
    };
    let options = Options {
        dynamic_fields: true,
        extended: true,
        articles: Some(ArticleOptions {
            sender_types: vec![None],
            newest_first: false,
            limit: None,
            attachments: Some(wanted),
        }),
    };
    let system = Principal::Agent(Agent {
        id: UserId::SYSTEM,
        login: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        title: None,
        valid: true,
    });
    let recent = Recent::default();
    let details = Details::read(tx, &recent, settings, &system, &[ticket.id], &options).await?;
    let page = Page {
        settings,
        now,
        options: &options,
        details: &details,
    };
    let Value::Map(mut hash) = page.ticket(ticket) else {
        return Ok(Map::new());
    };
    hash.remove("TimeUnit");
    spread_fields(&mut hash);
    let Some(Value::List(articles)) = hash.remove("Article") else {
        return Ok(hash);
    };
    let articles: Vec<Map> = articles
        .into_iter()
        .filter_map(|article| match article {
            Value::Map(article) => Some(article),
            _ => None,
        })
        .map(|mut article| {
            article.remove("TimeUnit");
            spread_fields(&mut article);
            add_names(&mut article);
            article
        })
        .collect();
    let is_wanted =
        |known: &&Map| article.is_none_or(|id| known.get("ArticleID") == Some(&Value::Integer(id)));
    if let Some(one) = articles.iter().rev().find(is_wanted) {
        hash.insert("Article".to_owned(), Value::Map(one.clone()));
    }
    let bare = articles.into_iter().map(|mut article| {
        article.remove("Attachment");
        Value::Map(article)
    });
    hash.insert("Articles".to_owned(), Value::List(bare.collect()));
    Ok(hash)
}

/// A list of names and values becomes an entry for each.
fn spread_fields(hash: &mut Map) {
    let Some(Value::List(fields)) = hash.remove("DynamicField") else {
        return;
    };
    for field in fields {
        if let Some(name) = field.get("Name").and_then(Value::as_string) {
            let value = field.get("Value").cloned().unwrap_or_default();
            hash.insert(format!("DynamicField_{name}"), value);
        }
    }
}

/// Who stands in the headers, by name where there is one.
fn add_names(article: &mut Map) {
    for header in ["From", "To", "Cc"] {
        let text = article.get(header).and_then(Value::as_string);
        let Some(text) = text.filter(|text| !text.is_empty()) else {
            continue;
        };
        article.insert(format!("{header}Realname"), real_names(&text).into());
    }
}

/// `Ann` for `"Ann" <ann@x.example>`; a text without an address in angle brackets is a name itself.
fn real_names(text: &str) -> String {
    let name = |one: &str| {
        let before = one.split('<').next().unwrap_or_default();
        let name = before.trim().trim_matches('"').trim();
        if name.is_empty() {
            one.trim().to_owned()
        } else {
            name.to_owned()
        }
    };
    let names: Vec<String> = compat::mail_address::each_whole(text)
        .iter()
        .map(|one| name(one))
        .collect();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_what_stands_before_the_address() {
        assert_eq!(
            real_names("\"Ms Alice Abel\" <alice@acme.example>"),
            "Ms Alice Abel"
        );
        assert_eq!(real_names("Raw"), "Raw");
        assert_eq!(real_names("a@b.example"), "a@b.example");
        assert_eq!(
            real_names("\"Abel, Alice\" <a@b.example>, Bob <b@b.example>"),
            "Abel, Alice, Bob"
        );
    }
}
