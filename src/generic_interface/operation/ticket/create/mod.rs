//! `Ticket::TicketCreate`: a ticket with its articles, dynamic fields and attachments.
//!
//! Everything is checked first, in the reference's order, and then written in one transaction: where the reference
//! leaves half a ticket behind because an article could not be written, nothing is left here.

use compat::{Map, Value};
use schema::DbError;

use super::{
    get::included,
    input::{
        Desk, Operation, Part, Stop, attachment::attachments, field::fields, optional_things,
        things,
    },
};
use crate::{
    app::App,
    generic_interface::operation::{Answer, Request, authentication},
};

mod article;
mod ticket;
mod write;

const OPERATION: Operation = Operation::TicketCreate;

/// Answers `TicketID`, `TicketNumber` and `ArticleID`, a list when there are several articles; with the operation's setting
/// `IncludeTicketData` also `Ticket`.
///
/// Refusals: `AuthFail`, `MissingParameter`, `InvalidParameter`, `AccessDenied`. With `ArticleSend` an article goes out as
/// a mail.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    match create(app, request).await {
        Ok(answer) => Ok(Answer::Data(answer)),
        Err(stop) => stop.answer(),
    }
}

async fn create(app: &App, request: &Request<'_>) -> Result<Map, Stop> {
    let data = &request.data;
    let is_given = |name: &str| data.get(name).is_some_and(Value::is_true);
    let has_login = is_given("UserLogin") || is_given("CustomerUserLogin");
    if !has_login && !is_given("SessionID") {
        return Err(OPERATION.missing("UserLogin, CustomerUserLogin or SessionID is required!"));
    }
    if has_login && !is_given("Password") && !is_given("SessionID") {
        return Err(OPERATION.missing("Password or SessionID is required!"));
    }
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Err(OPERATION.error("AuthFail", "User could not be authenticated!"));
    };
    let articles = things(data.get("Article"))
        .ok_or_else(|| OPERATION.missing("Article parameter is missing or not valid!"))?;
    let ticket = data
        .get("Ticket")
        .filter(|ticket| ticket.as_map().is_some_and(|map| !map.is_empty()))
        .ok_or_else(|| OPERATION.missing("Ticket parameter is missing or not valid!"))?;
    let given_fields = optional_things(OPERATION, data, "DynamicField")?;
    let files = optional_things(OPERATION, data, "Attachment")?;

    let settings = app.settings.current();
    let mut tx = app.db.read().await?;
    let mut desk = Desk {
        app,
        settings: &settings,
        tx: &mut tx,
        now: app.clock.now(),
        operation: OPERATION,
    };
    let ticket = ticket::check(&mut desk, &principal, Part(ticket)).await?;
    let mut checked = Vec::with_capacity(articles.len());
    for article in articles {
        if article.as_map().is_none() {
            return Err(Stop::failure(
                "TicketCreate: Ticket->Article parameter is invalid!",
            ));
        }
        checked.push(article::check(&mut desk, &principal, &ticket, Part(article)).await?);
    }
    let fields = fields(&mut desk, &given_fields).await?;
    let attachments = attachments(OPERATION, &files)?;
    drop(tx);
    let include = included::is_wanted(request);
    write::write(
        app,
        &principal,
        ticket,
        checked,
        &fields,
        attachments,
        include,
    )
    .await
}
