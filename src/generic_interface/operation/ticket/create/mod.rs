//! `Ticket::TicketCreate`: a ticket with its articles, dynamic fields and attachments.
//!
//! Everything is checked first, in the reference's order, and then written in one transaction: where the reference
//! leaves half a ticket behind because an article could not be written, nothing is left here.

use compat::{Map, Value};
use schema::DbError;

use super::printed;
use crate::{
    app::App,
    generic_interface::operation::{Answer, Request, authentication},
};

mod article;
mod extra;
mod ticket;
mod write;

/// Why a request goes no further.
enum Stop {
    Said(Answer),
    Database(DbError),
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

fn error(code: &str, message: impl std::fmt::Display) -> Stop {
    Stop::Said(Answer::error(
        format!("TicketCreate.{code}"),
        format!("TicketCreate: {message}"),
    ))
}

fn missing(message: impl std::fmt::Display) -> Stop {
    error("MissingParameter", message)
}

fn invalid(message: impl std::fmt::Display) -> Stop {
    error("InvalidParameter", message)
}

fn failure(message: impl Into<String>) -> Stop {
    Stop::Said(Answer::Failure(message.into()))
}

/// A hash of the request, whose texts count without spaces around them.
#[derive(Clone, Copy)]
struct Part<'a>(&'a Value);

impl Part<'_> {
    /// A parameter that is there, as text; a structure comes as Perl prints it.
    fn text(self, name: &str) -> Option<String> {
        match self.0.get(name) {
            None | Some(Value::Undef) => None,
            Some(value) => Some(printed(value).trim().to_owned()),
        }
    }

    /// A parameter that Perl takes for true.
    fn given(self, name: &str) -> Option<String> {
        self.text(name)
            .filter(|text| !text.is_empty() && text != "0")
    }

    fn is_structure(self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::List(_) | Value::Map(_)))
    }
}

/// A hash or a list of things; `None` when it is neither, or empty.
fn things(value: Option<&Value>) -> Option<Vec<&Value>> {
    match value? {
        list @ Value::List(items) if !items.is_empty() => {
            Some(list.as_list().unwrap_or_default().iter().collect())
        }
        map @ Value::Map(entries) if !entries.is_empty() => Some(vec![map]),
        _ => None,
    }
}

/// Things that need not be there.
fn optional_things<'a>(data: &'a Value, name: &str) -> Result<Vec<&'a Value>, Stop> {
    match data.get(name) {
        None | Some(Value::Undef) => Ok(Vec::new()),
        given => things(given)
            .ok_or_else(|| missing(format!("{name} parameter is missing or not valid!"))),
    }
}

/// Answers `TicketID`, `TicketNumber` and `ArticleID`, a list when there are several articles.
///
/// Refusals: `AuthFail`, `MissingParameter`, `InvalidParameter`, `AccessDenied`. `ArticleSend` and the operation's setting
/// `IncludeTicketData` are refused as not supported before anything is written.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    match create(app, request).await {
        Ok(answer) => Ok(Answer::Data(answer)),
        Err(Stop::Said(answer)) => Ok(answer),
        Err(Stop::Database(error)) => Err(error),
    }
}

async fn create(app: &App, request: &Request<'_>) -> Result<Map, Stop> {
    let data = &request.data;
    let is_given = |name: &str| data.get(name).is_some_and(Value::is_true);
    let has_login = is_given("UserLogin") || is_given("CustomerUserLogin");
    if !has_login && !is_given("SessionID") {
        return Err(missing(
            "UserLogin, CustomerUserLogin or SessionID is required!",
        ));
    }
    if has_login && !is_given("Password") && !is_given("SessionID") {
        return Err(missing("Password or SessionID is required!"));
    }
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Err(error("AuthFail", "User could not be authenticated!"));
    };
    let articles = things(data.get("Article"))
        .ok_or_else(|| missing("Article parameter is missing or not valid!"))?;
    let ticket = data
        .get("Ticket")
        .filter(|ticket| ticket.as_map().is_some_and(|map| !map.is_empty()))
        .ok_or_else(|| missing("Ticket parameter is missing or not valid!"))?;
    let fields = optional_things(data, "DynamicField")?;
    let attachments = optional_things(data, "Attachment")?;
    let includes = request.operation_setting("IncludeTicketData");
    if includes.is_some_and(Value::is_true) {
        return Err(failure(
            "This server does not know the setting IncludeTicketData of TicketCreate yet; nothing was created.",
        ));
    }

    let settings = app.settings.current();
    let mut tx = app.db.read().await?;
    let mut desk = Desk {
        app,
        settings: &settings,
        tx: &mut tx,
        now: app.clock.now(),
    };
    let ticket = ticket::check(&mut desk, &principal, Part(ticket)).await?;
    let mut checked = Vec::with_capacity(articles.len());
    for article in articles {
        if article.as_map().is_none() {
            return Err(failure(
                "TicketCreate: Ticket->Article parameter is invalid!",
            ));
        }
        checked.push(article::check(&mut desk, &principal, &ticket, Part(article)).await?);
    }
    let fields = extra::fields(&mut desk, &fields).await?;
    let attachments = extra::attachments(&attachments)?;
    drop(tx);
    write::write(app, &principal, ticket, checked, &fields, attachments).await
}

/// What a check works with.
struct Desk<'a> {
    app: &'a App,
    settings: &'a crate::settings::Settings,
    tx: &'a mut schema::Tx,
    /// UTC.
    now: chrono::NaiveDateTime,
}
