//! What a web service can do: one operation for each type that `gi_webservice_config` names.
//!
//! An operation receives the request after transport and inbound mapping have read it, and says what to answer.
//! It knows nothing of REST, SOAP or mappings.

use std::borrow::Cow;

use compat::{Map, Value};
use schema::DbError;

use super::WebService;
use crate::{app::App, ticket::work::again_on_conflict};

pub mod session;
pub mod test;
pub mod ticket;
pub mod user;

pub mod authentication;

/// A call of one operation.
#[derive(Clone, Debug)]
pub struct Request<'a> {
    pub web_service: &'a WebService,
    /// What the operation does, such as `Ticket::TicketGet`.
    pub operation_type: &'a str,
    /// What the web service calls it; several operations may share one type.
    pub operation_name: &'a str,
    /// The request's parameters after the inbound mapping; usually a hash, but clients send anything.
    pub data: Value,
    pub remote_addr: Option<String>,
    pub user_agent: Option<String>,
}

impl Request<'_> {
    /// One entry of this operation's own configuration (`Provider`, `Operation`, its name).
    pub fn operation_setting(&self, key: &str) -> Option<&Value> {
        self.web_service
            .setting(&["Provider", "Operation", self.operation_name, key])
    }
}

/// What an operation says.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// The result, sent after the outbound mapping.
    Data(Map),
    /// A refusal for the caller to read: `code` such as `TicketGet.AuthFail`, and a sentence. It is sent like a
    /// result, as the hash `Error` with `ErrorCode` and `ErrorMessage`.
    Error { code: String, message: String },
    /// The operation could not work at all; the transport reports it in its own way (HTTP 500, SOAP fault).
    Failure(String),
    /// The same with data for the debug log.
    FailureWithData { message: String, data: Value },
}

impl Answer {
    /// A refusal with its code and sentence.
    pub fn error(code: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Error {
            code: code.into(),
            message: message.into(),
        }
    }
}

/// Runs the operation that the request's type names.
///
/// A new operation: a module beside this one with a function of the same shape, and its line below.
pub async fn run(app: &App, request: Request<'_>) -> Answer {
    match request.operation_type {
        "Session::SessionCreate" => answered(session::create(app, &request).await),
        "Session::SessionGet" => answered(session::get(app, &request).await),
        "Session::SessionRemove" => answered(session::remove(app, &request).await),
        "Test::Test" => test::test(request),
        "Ticket::TicketCreate" => {
            answered(again_on_conflict(|| ticket::create::run(app, &request)).await)
        }
        "Ticket::TicketGet" => answered(ticket::get::run(app, &request).await),
        "Ticket::TicketHistoryGet" => answered(ticket::history_get::run(app, &request).await),
        "Ticket::TicketSearch" => answered(ticket::search::run(app, &request).await),
        "Ticket::TicketUpdate" => {
            answered(again_on_conflict(|| ticket::update::run(app, &request)).await)
        }
        "Ticket::TimeAccountingGet" => {
            answered(ticket::time_accounting_get::run(app, &request).await)
        }
        "User::OutOfOffice" => answered(user::out_of_office::run(app, &request).await),
        unknown => Answer::Failure(not_loadable(unknown)),
    }
}

/// A database that fails stops the operation; the caller learns no more than that.
fn answered(result: Result<Answer, DbError>) -> Answer {
    result.unwrap_or_else(|error| {
        tracing::error!(%error, "an operation stopped because of the database");
        Answer::Failure("The database could not be read.".to_owned())
    })
}

/// Says, as the reference system does, that a web service names an operation that does not exist.
pub(super) fn not_loadable(operation_type: &str) -> String {
    format!(
        "Can't load operation backend module Kernel::GenericInterface::Operation::{operation_type}!"
    )
}

/// An operation's result as the debug log shows it: numbers of found tickets stand there as numbers, although the answer
/// has them as texts.
pub fn shown<'a>(operation_type: &str, data: &'a Value) -> Cow<'a, Value> {
    let Value::Map(map) = data else {
        return Cow::Borrowed(data);
    };
    match map.get("TicketID").and_then(Value::as_list) {
        Some(ids) if operation_type == "Ticket::TicketSearch" => {
            let number = |id: &Value| {
                let text = id.as_string().unwrap_or_default();
                text.parse().map_or_else(|_| id.clone(), Value::Integer)
            };
            let mut map = map.clone();
            let ids = ids.iter().map(number).collect();
            map.insert("TicketID".to_owned(), Value::List(ids));
            Cow::Owned(Value::Map(map))
        }
        _ => Cow::Borrowed(data),
    }
}

/// Whether an operation of this type exists.
pub fn exists(operation_type: &str) -> bool {
    TYPES.contains(&operation_type)
}

/// Every operation type that [`run`] knows.
pub const TYPES: &[&str] = &[
    "Session::SessionCreate",
    "Session::SessionGet",
    "Session::SessionRemove",
    "Test::Test",
    "Ticket::TicketCreate",
    "Ticket::TicketGet",
    "Ticket::TicketHistoryGet",
    "Ticket::TicketSearch",
    "Ticket::TicketUpdate",
    "Ticket::TimeAccountingGet",
    "User::OutOfOffice",
];
