//! Changes to a ticket, one file for each: the row, the ticket in memory, the history, and the event, in this order.
//!
//! A change to what is there already writes nothing, where OTRS writes nothing. Ids are those of the tables; whoever
//! lets people choose asks first whether they may.
//! Source: rows and histories that the reference system writes for requests of `TicketUpdate`.

use std::sync::Arc;

use schema::DbError;

use super::{
    lookup::{self, Lookups},
    work::Work,
};

mod archive;
mod customer;
mod kind;
mod lock;
mod owner;
mod pending_time;
mod priority;
mod queue;
mod responsible;
mod service;
mod sla;
mod state;
mod title;
mod unlock_timeout;

pub use archive::{archive, restore};
pub use customer::{Customer, customer};
pub use kind::kind;
pub use lock::{lock, unlock};
pub use owner::{owner, owner_as};
pub use pending_time::pending_time;
pub use priority::priority;
pub use queue::queue;
pub use responsible::{responsible, responsible_as};
pub use service::service;
pub use sla::sla;
pub use state::{close, state};
pub use title::title;
pub use unlock_timeout::unlock_timeout;

/// What histories call a service or service level agreement that is not there.
const NONE: &str = "NULL";

/// How somebody was named who becomes owner or responsible, where that differs from the table.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Spelling {
    /// The login, maybe in other letters.
    pub login: Option<String>,
    /// The number, maybe with zeros before it.
    pub number: Option<String>,
}

impl Spelling {
    /// `%%LOGIN%%ID`, as histories write it.
    fn of(&self, login: &str, id: i32) -> String {
        let login = self.login.as_deref().unwrap_or(login);
        match &self.number {
            Some(number) => format!("%%{login}%%{number}"),
            None => format!("%%{login}%%{id}"),
        }
    }
}

/// The lookup tables with something in them that may have come a moment ago.
async fn lookups_with(
    work: &mut Work<'_>,
    is_there: impl Fn(&Lookups) -> bool,
) -> Result<Arc<Lookups>, DbError> {
    let lookups = work.lookups().await?;
    if is_there(&lookups) {
        return Ok(lookups);
    }
    let app = work.app;
    lookup::read_again(&mut work.tx, &app.recent).await
}

/// A key that no row of a lookup table has.
fn missing(table: &'static str, column: &'static str, id: i32) -> DbError {
    DbError::Inconsistent {
        table,
        column,
        row: id.into(),
    }
}
