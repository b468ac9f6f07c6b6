//! What `TicketCreate` and `TicketUpdate` read from a request in the same way: one file for each part of it.
//!
//! Each check refuses under the name of the operation that runs it. The order in which an operation calls the checks is
//! its own, and the reference's.

use chrono::NaiveDateTime;
use compat::Value;
use schema::{DbError, Tx};

use super::printed;
use crate::{
    app::App,
    dynamic_field::WriteError,
    generic_interface::operation::Answer,
    settings::Settings,
    ticket::{article::storage::StorageError, work::Work},
};

pub mod article;
pub mod attachment;
pub mod chosen;
pub mod field;
pub mod pending;

/// What the reference answers where it can not go on.
pub const CANCELLED: &str = "OperationObject returned an error, cancelling Request";

/// Why a request goes no further.
#[derive(Debug)]
pub enum Stop {
    Said(Answer),
    Database(DbError),
}

impl Stop {
    /// The operation can not work at all.
    pub fn failure(message: impl Into<String>) -> Self {
        Self::Said(Answer::Failure(message.into()))
    }

    /// What the operation answers, unless it is the database that stops it.
    pub fn answer(self) -> Result<Answer, DbError> {
        match self {
            Self::Said(answer) => Ok(answer),
            Self::Database(error) => Err(error),
        }
    }
}

impl From<DbError> for Stop {
    fn from(error: DbError) -> Self {
        Self::Database(error)
    }
}

impl From<WriteError> for Stop {
    fn from(error: WriteError) -> Self {
        match error {
            WriteError::Unfit(name) => Self::failure(format!(
                "Dynamic Field {name} could not be set, please contact the system administrator"
            )),
            WriteError::Database(error) => error.into(),
        }
    }
}

impl From<StorageError> for Stop {
    fn from(error: StorageError) -> Self {
        match error {
            StorageError::Database(error) => error.into(),
            other => {
                tracing::error!(error = %other, "an article could not be kept");
                Self::failure(
                    "Article could not be created, please contact the system administrator",
                )
            }
        }
    }
}

/// The operation in whose name requests are refused.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Operation {
    TicketCreate,
    TicketUpdate,
}

impl Operation {
    const fn name(self) -> &'static str {
        match self {
            Self::TicketCreate => "TicketCreate",
            Self::TicketUpdate => "TicketUpdate",
        }
    }

    /// A refusal with its code, such as `InvalidParameter`.
    pub fn error(self, code: &str, message: impl std::fmt::Display) -> Stop {
        let name = self.name();
        Stop::Said(Answer::error(
            format!("{name}.{code}"),
            format!("{name}: {message}"),
        ))
    }

    /// Something that the request needs is not there.
    pub fn missing(self, message: impl std::fmt::Display) -> Stop {
        self.error("MissingParameter", message)
    }

    /// Something in the request means nothing.
    pub fn invalid(self, message: impl std::fmt::Display) -> Stop {
        self.error("InvalidParameter", message)
    }

    /// A part of a dynamic field or an attachment is not there; `TicketCreate` says so with two spaces.
    fn part_missing(self, name: &str) -> Stop {
        let gap = match self {
            Self::TicketCreate => "  ",
            Self::TicketUpdate => " ",
        };
        self.missing(format!("{name}{gap}parameter is missing!"))
    }

    /// An entry of a list that has to be a hash with something in it.
    fn not_a_hash(self, part: &str) -> Stop {
        Stop::failure(format!(
            "{}: Ticket->{part} parameter is invalid!",
            self.name()
        ))
    }
}

/// What a check works with.
pub struct Desk<'a> {
    pub app: &'a App,
    pub settings: &'a Settings,
    pub tx: &'a mut Tx,
    /// UTC.
    pub now: NaiveDateTime,
    pub operation: Operation,
}

impl<'a> Desk<'a> {
    /// The desk of an operation that has begun its work.
    pub fn of(work: &'a mut Work<'_>, settings: &'a Settings, operation: Operation) -> Self {
        Self {
            app: work.app,
            settings,
            now: work.stamp.at,
            tx: &mut work.tx,
            operation,
        }
    }
}

/// A hash of the request, whose texts count without spaces around them.
#[derive(Clone, Copy, Debug)]
pub struct Part<'a>(pub &'a Value);

impl Part<'_> {
    /// A parameter that is there, as text; a structure comes as Perl prints it.
    pub fn text(self, name: &str) -> Option<String> {
        match self.0.get(name) {
            None | Some(Value::Undef) => None,
            Some(value) => Some(printed(value).trim().to_owned()),
        }
    }

    /// A parameter that Perl takes for true.
    pub fn given(self, name: &str) -> Option<String> {
        self.text(name)
            .filter(|text| !text.is_empty() && text != "0")
    }

    pub fn is_structure(self, name: &str) -> bool {
        matches!(self.0.get(name), Some(Value::List(_) | Value::Map(_)))
    }
}

/// A hash or a list of things; `None` when it is neither, or empty.
pub fn things(value: Option<&Value>) -> Option<Vec<&Value>> {
    match value? {
        Value::List(items) if !items.is_empty() => Some(items.iter().collect()),
        map @ Value::Map(entries) if !entries.is_empty() => Some(vec![map]),
        _ => None,
    }
}

/// Things that need not be there.
pub fn optional_things<'a>(
    operation: Operation,
    data: &'a Value,
    name: &str,
) -> Result<Vec<&'a Value>, Stop> {
    match data.get(name) {
        None | Some(Value::Undef) => Ok(Vec::new()),
        given => things(given)
            .ok_or_else(|| operation.missing(format!("{name} parameter is missing or not valid!"))),
    }
}
