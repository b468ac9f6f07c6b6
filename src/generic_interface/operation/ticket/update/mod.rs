//! `Ticket::TicketUpdate`: changes fields of a ticket, adds an article, and gives dynamic fields their values.
//!
//! The request is checked as a whole first, then the rights of who asks, and only then anything is written, in one
//! transaction: a request that is refused leaves nothing behind.
//! Source: answers and rows of the reference system.

use compat::{Map, Value};
use schema::DbError;

use super::{
    get::included,
    input::{
        Desk, Operation, Part, Stop,
        article::shown,
        attachment::{attachments, check_shapes},
        field::{Filled, fields as filled, of},
        optional_things,
    },
    key,
};
use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    dynamic_field::ObjectType,
    generic_interface::operation::{
        Answer, Request,
        authentication::{self, parameter},
    },
    mail::outgoing,
    ticket::{self, Ticket, TicketId, article::NewArticle, work::Work},
};

mod article;
mod fields;

use fields::Fields;

const OPERATION: Operation = Operation::TicketUpdate;

fn denied(message: impl std::fmt::Display) -> Stop {
    OPERATION.error("AccessDenied", message)
}

/// Answers `TicketID` and `TicketNumber`, and `ArticleID` when there is a new one.
///
/// Takes `TicketID` or `TicketNumber`, `Ticket`, `Article`, `DynamicField`, `Attachment`. Refusals: `EmptyRequest`,
/// `MissingParameter`, `AuthFail`, `AccessDenied`, `InvalidParameter`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    match update(app, request).await {
        Ok(answer) => Ok(Answer::Data(answer)),
        Err(stop) => stop.answer(),
    }
}

async fn update(app: &App, request: &Request<'_>) -> Result<Map, Stop> {
    let principal = caller(app, request).await?;
    let mut work = Work::begin(app, principal.user_id()).await?;
    let mut ticket = addressed(&mut work, request, &principal).await?;
    let wanted = Wanted::read(&mut work, &request.data, &ticket, &principal).await?;
    check_rights(&mut work, &principal, &ticket, &wanted).await?;

    if let Some(fields) = &wanted.fields {
        fields.apply(&mut work, &principal, &mut ticket).await?;
    }
    let mut answer = Map::new();
    if let Some(new) = wanted.article {
        let sender = new.sender_type;
        let id = outgoing::article::write(&mut work, &mut ticket, new).await?;
        answer.insert("ArticleID".to_owned(), shown(id, sender));
        let values = of(&wanted.values, ObjectType::Article);
        ticket::dynamic_field::write_to_article(&mut work, &mut ticket, id, &values).await?;
    }
    let values = of(&wanted.values, ObjectType::Ticket);
    ticket::dynamic_field::write(&mut work, &mut ticket, &values).await?;
    if included::is_wanted(request) {
        include(&mut work, request, &principal, &ticket, &mut answer).await?;
    }
    answer.insert("TicketID".to_owned(), shown_id(request, &ticket));
    answer.insert(
        "TicketNumber".to_owned(),
        Value::text(ticket.number.clone()),
    );
    work.commit().await?;
    Ok(answer)
}

/// Adds the ticket, with the article that is new, or with the row of its last one.
async fn include(
    work: &mut Work<'_>,
    request: &Request<'_>,
    principal: &Principal,
    ticket: &Ticket,
    answer: &mut Map,
) -> Result<(), Stop> {
    let Some(article) = answer.get("ArticleID").cloned() else {
        let (hash, last) = included::with_last_article(work, principal, ticket).await?;
        answer.insert("Ticket".to_owned(), Value::Map(hash));
        if let Some(last) = last {
            answer.insert("ArticleID".to_owned(), last);
        }
        return Ok(());
    };
    let has_attachments = request.data.get("Attachment").is_some_and(Value::is_true);
    let mut hash =
        included::with_articles(work, principal, ticket, &[article], has_attachments).await?;
    if let Some(Value::List(articles)) = hash.get_mut("Article")
        && let Some(only) = articles.pop()
    {
        hash.insert("Article".to_owned(), only);
    }
    answer.insert("Ticket".to_owned(), Value::Map(hash));
    Ok(())
}

/// Who asks. What has to be there is looked at before who it is.
async fn caller(app: &App, request: &Request<'_>) -> Result<Principal, Stop> {
    let given = |name: &str| parameter(&request.data, name).is_some();
    if request.data.as_map().is_none_or(Map::is_empty) {
        return Err(OPERATION.error("EmptyRequest", "The request data is invalid!"));
    }
    if !given("TicketID") && !given("TicketNumber") {
        return Err(OPERATION.missing("TicketID or TicketNumber is required!"));
    }
    let login = given("UserLogin") || given("CustomerUserLogin");
    if !login && !given("SessionID") {
        return Err(OPERATION.missing("UserLogin, CustomerUserLogin or SessionID is required!"));
    }
    if login && !given("Password") {
        return Err(OPERATION.missing("Password or SessionID is required!"));
    }
    let principal = authentication::authenticate(app, request).await?;
    principal.ok_or_else(|| OPERATION.error("AuthFail", "User could not be authenticated!"))
}

/// The ticket that the request names, by its number before its key, if the caller may see it.
async fn addressed(
    work: &mut Work<'_>,
    request: &Request<'_>,
    principal: &Principal,
) -> Result<Ticket, Stop> {
    let refused = || denied("User does not have access to the ticket!");
    let id = match parameter(&request.data, "TicketNumber") {
        Some(number) => ticket::with_number(&mut work.tx, &number).await?,
        None => request
            .data
            .get("TicketID")
            .and_then(|written| key(written, work.tx.dialect())),
    };
    let id: TicketId = id.ok_or_else(refused)?;
    let app = work.app;
    let found = ticket::list(&mut work.tx, &app.recent, &[id]).await?;
    let ticket = found.into_iter().next().ok_or_else(refused)?;
    if may(work, principal, &ticket, Permission::Ro).await? {
        Ok(ticket)
    } else {
        Err(refused())
    }
}

async fn may(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
    permission: Permission,
) -> Result<bool, DbError> {
    let app = work.app;
    let settings = work.settings.clone();
    let allowed = access::tickets(
        &mut work.tx,
        &app.recent,
        &settings,
        principal,
        &[ticket],
        permission,
    )
    .await?;
    Ok(allowed.first().copied().unwrap_or_default())
}

/// What a request wants, checked.
struct Wanted {
    fields: Option<Fields>,
    article: Option<NewArticle>,
    values: Vec<Filled>,
}

impl Wanted {
    /// The parts have to have their shapes first; what is in them comes after that.
    async fn read(
        work: &mut Work<'_>,
        data: &Value,
        ticket: &Ticket,
        principal: &Principal,
    ) -> Result<Self, Stop> {
        let fields = hash(data, "Ticket")?;
        let article = hash(data, "Article")?;
        let values = optional_things(OPERATION, data, "DynamicField")?;
        let files = optional_things(OPERATION, data, "Attachment")?;

        let settings = work.settings.clone();
        let mut desk = Desk::of(work, &settings, OPERATION);
        let fields = match fields {
            Some(fields) => Some(Fields::read(&mut desk, fields, ticket).await?),
            None => None,
        };
        let mut article = match article {
            Some(article) => {
                let customer = fields.as_ref().and_then(Fields::customer_user);
                let checked = article::check(&mut desk, principal, ticket, customer, article);
                Some(checked.await?)
            }
            None => None,
        };
        let values = filled(&mut desk, &values).await?;
        let is_of_article = |(field, _): &Filled| field.object_type == ObjectType::Article;
        if article.is_none() && values.iter().any(is_of_article) {
            return Err(
                OPERATION.missing("To create an article DynamicField an article is required!")
            );
        }
        match &mut article {
            Some(article) => article.attachments = attachments(OPERATION, &files)?,
            None if files.is_empty() => {}
            None => {
                check_shapes(OPERATION, &files)?;
                return Err(OPERATION.missing("To create an attachment an article is needed!"));
            }
        }
        Ok(Self {
            fields,
            article,
            values,
        })
    }
}

/// A hash with something in it, if it is there.
fn hash<'v>(data: &'v Value, name: &str) -> Result<Option<Part<'v>>, Stop> {
    match data.get(name) {
        None | Some(Value::Undef) => Ok(None),
        Some(part) if part.as_map().is_some_and(|map| !map.is_empty()) => Ok(Some(Part(part))),
        Some(_) => Err(OPERATION.invalid(format!("{name} parameter is not valid!"))),
    }
}

/// Every right that the request needs, in the reference's order.
async fn check_rights(
    work: &mut Work<'_>,
    principal: &Principal,
    ticket: &Ticket,
    wanted: &Wanted,
) -> Result<(), Stop> {
    let fields = wanted.fields.as_ref();
    let touches = |test: fn(&Fields) -> bool| fields.is_some_and(test);
    let needed = [
        (
            wanted.article.is_some(),
            Permission::Note,
            "create new articles",
        ),
        (
            !wanted.values.is_empty(),
            Permission::Rw,
            "update dynamic fields",
        ),
        (
            touches(|fields| fields.queue.is_some()),
            Permission::Move,
            "update queue",
        ),
        (
            touches(|fields| fields.owner.is_some()),
            Permission::Owner,
            "update owner",
        ),
        (
            touches(|fields| fields.responsible.is_some()),
            Permission::Responsible,
            "update responsibe",
        ),
        (
            touches(|fields| fields.priority.is_some()),
            Permission::Priority,
            "update priority",
        ),
        (touches(Fields::closes), Permission::Close, "update state"),
    ];
    for (_, permission, what) in needed.into_iter().filter(|(needed, ..)| *needed) {
        if !may(work, principal, ticket, permission).await? {
            return Err(denied(format!("Does not have permissions to {what}!")));
        }
    }
    Ok(())
}

/// A key is told as the caller wrote it; who gave a number gets the database's.
fn shown_id(request: &Request<'_>, ticket: &Ticket) -> Value {
    let written = request.data.get("TicketID").cloned();
    match (parameter(&request.data, "TicketNumber"), written) {
        (None, Some(written)) => written,
        _ => Value::Integer(ticket.id.0),
    }
}
