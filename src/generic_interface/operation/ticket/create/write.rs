//! From what was checked to rows.

use compat::{Map, Value};

use super::{Stop, failure, ticket::Checked};
use crate::{
    app::App,
    auth::Principal,
    dynamic_field::{Definition, ObjectType, WriteError},
    ticket::{
        self, Ticket,
        article::{self, ArticleId, NewArticle, NewAttachment, SenderType, storage::StorageError},
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
    fields: &[(Definition, Value)],
    attachments: Vec<NewAttachment>,
) -> Result<Map, Stop> {
    let by = principal.user_id();
    let mut work = Work::begin(app, by).await?;
    let mut ticket = ticket::create(&mut work, checked.new).await?;
    if let Some(lock) = checked.lock {
        change::lock(&mut work, &mut ticket, lock).await?;
    }
    if let Some(until) = checked.pending_until {
        change::pending_time(&mut work, &mut ticket, until).await?;
    }
    let of = |object: ObjectType| -> Vec<(&Definition, &Value)> {
        let fields = fields.iter();
        let fields = fields.filter(|(field, _)| field.object_type == object);
        fields.map(|(field, value)| (field, value)).collect()
    };
    let (of_ticket, of_article) = (of(ObjectType::Ticket), of(ObjectType::Article));
    set_fields(&mut work, &mut ticket, &of_ticket).await?;
    let mut written = Vec::with_capacity(articles.len());
    for mut new in articles {
        let sender = new.sender_type;
        new.attachments.clone_from(&attachments);
        let id = article::create(&mut work, &mut ticket, new)
            .await
            .map_err(not_kept)?;
        set_fields(&mut work, &mut ticket, &of_ticket).await?;
        if !of_article.is_empty() {
            dynamic_field::write_to_article(&mut work, &mut ticket, id, &of_article)
                .await
                .map_err(not_set)?;
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
    let answer = answer(&ticket, written);
    work.commit().await?;
    Ok(answer)
}

/// Numbers of articles come as numbers, but those of customers' articles as texts.
fn shown(id: ArticleId, sender: SenderType) -> Value {
    match sender {
        SenderType::Customer => Value::text(id.0.to_string()),
        SenderType::Agent | SenderType::System => id.0.into(),
    }
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
    dynamic_field::write(work, ticket, fields)
        .await
        .map_err(not_set)
}

fn not_set(error: WriteError) -> Stop {
    match error {
        WriteError::Unfit(name) => failure(format!(
            "Dynamic Field {name} could not be set, please contact the system administrator"
        )),
        WriteError::Database(error) => error.into(),
    }
}

fn not_kept(error: StorageError) -> Stop {
    match error {
        StorageError::Database(error) => Stop::Database(error),
        other => {
            tracing::error!(error = %other, "an article could not be kept");
            failure("Article could not be created, please contact the system administrator")
        }
    }
}
