//! From what was checked to rows.

use compat::{Map, Value};

use super::{Stop, included, ticket::Checked};
use crate::{
    app::App,
    auth::Principal,
    dynamic_field::{Definition, ObjectType},
    generic_interface::operation::ticket::input::{
        article::shown,
        field::{Filled, of},
    },
    mail::outgoing,
    ticket::{
        self, Ticket,
        article::{NewArticle, NewAttachment},
        change, dynamic_field,
        work::Work,
    },
};

/// Creates the ticket: row, lock, pending time, fields, articles, and then owner and responsible agent.
///
/// The order is the reference's, and its history shows it. The fields are given their values before the articles and after
/// each of them, which shows with fields that take the same value for a new one.
pub(super) async fn write(
    app: &App,
    principal: &Principal,
    checked: Checked,
    articles: Vec<NewArticle>,
    fields: &[Filled],
    attachments: Vec<NewAttachment>,
    include: bool,
) -> Result<Map, Stop> {
    let by = principal.user_id();
    let mut work = Work::begin(app, by).await?;
    let mut ticket = ticket::create(&mut work, checked.new).await?;
    if let Some(lock) = checked.lock {
        change::lock(&mut work, &mut ticket, lock).await?;
    }
    if ticket.state_type == "closed" {
        change::unlock(&mut work, &mut ticket).await?;
    }
    if let Some(until) = checked.pending_until {
        change::pending_time(&mut work, &mut ticket, until).await?;
    }
    let of_ticket = of(fields, ObjectType::Ticket);
    let of_article = of(fields, ObjectType::Article);
    set_fields(&mut work, &mut ticket, &of_ticket).await?;
    let mut written = Vec::with_capacity(articles.len());
    for mut new in articles {
        let sender = new.sender_type;
        new.attachments.clone_from(&attachments);
        let id = outgoing::article::write(&mut work, &mut ticket, new).await?;
        set_fields(&mut work, &mut ticket, &of_ticket).await?;
        if !of_article.is_empty() {
            dynamic_field::write_to_article(&mut work, &mut ticket, id, &of_article).await?;
        }
        written.push(shown(id, sender));
    }
    change::owner(&mut work, &mut ticket, checked.owner.unwrap_or(by)).await?;
    if checked.owner.is_some()
        && checked.lock.is_none()
        && let Some(lock) = checked.locked
    {
        change::lock(&mut work, &mut ticket, lock).await?;
    }
    if let Some(responsible) = checked.responsible {
        change::responsible(&mut work, &mut ticket, responsible).await?;
    }
    let included = if include {
        let has_attachments = !attachments.is_empty();
        let shown =
            included::with_articles(&mut work, principal, &ticket, &written, has_attachments);
        Some(shown.await?)
    } else {
        None
    };
    let mut answer = answer(&ticket, written);
    if let Some(included) = included {
        answer.insert("Ticket".to_owned(), Value::Map(included));
    }
    work.commit().await?;
    Ok(answer)
}

fn answer(ticket: &Ticket, mut articles: Vec<Value>) -> Map {
    let articles = match articles.pop() {
        Some(only) if articles.is_empty() => only,
        Some(last) => {
            articles.push(last);
            Value::List(articles)
        }
        None => Value::List(articles),
    };
    Map::from([
        ("ArticleID".to_owned(), articles),
        ("TicketID".to_owned(), Value::text(ticket.id.to_string())),
        (
            "TicketNumber".to_owned(),
            Value::text(ticket.number.clone()),
        ),
    ])
}

async fn set_fields(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    fields: &[(&Definition, &Value)],
) -> Result<(), Stop> {
    if fields.is_empty() {
        return Ok(());
    }
    Ok(dynamic_field::write(work, ticket, fields).await?)
}
