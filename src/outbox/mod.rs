//! What follows from a change outside of its transaction: notifications, calls of other systems, live updates.
//!
//! Each operation on tickets writes, in its own transaction, what happened into `otterdesk_outbox`: one row for each
//! [`Consumer`] that listens, all in one statement, and nothing at all when nobody does. A [`runner`] takes the rows
//! after the commit and hands them to their consumers.
//!
//! - A consumer whose result is rows writes them with [`Delivery::tx`]. The row of the outbox is deleted in the same
//!   transaction, so that the result is there exactly once, whatever crashes.
//! - A consumer that acts outside of the database has claimed the row before, and does its work again when the process
//!   dies between the work and the end of the row: at least once.
//! - Who fails is asked again, later and later; after [`store::ATTEMPTS`] times the row stays with its error until
//!   somebody says `otterdesk outbox retry`.
//!
//! Rows of one consumer are handed out in the order of their operations, as long as only one process works, a consumer
//! takes one at a time and none fails; a consumer that needs more looks at the ticket itself.
//!
//! A new consumer: a type with [`Consumer`] in the room that it belongs to, and its line in [`consumers`].

use std::{collections::BTreeSet, fmt, sync::Arc};

use chrono::NaiveDateTime;
use compat::{Value, json};
use futures_util::future::BoxFuture;
use schema::{DbError, Tx};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::{
    app::App,
    clock::Stamp,
    directory::UserId,
    generic_agent::event::Jobs,
    generic_interface::requester::event::Invokers,
    notification::event::Notifications,
    recent::Kept,
    ticket::{TicketId, article::ArticleId, work::Event},
};

mod delivery;
pub mod runner;
pub mod store;

pub use delivery::Delivery;

/// The consumers of the product.
pub fn consumers() -> Vec<Arc<dyn Consumer>> {
    vec![Arc::new(Notifications), Arc::new(Invokers), Arc::new(Jobs)]
}

/// Somebody who does something after operations on tickets.
pub trait Consumer: fmt::Debug + Send + Sync {
    /// Its name in the table; 50 letters at most, and never another one as long as rows wait.
    fn name(&self) -> &'static str;

    /// Which events it wants; asked once for each operation, within its transaction. What does not come from memory
    /// costs every operation a statement.
    fn interest<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>>;

    /// Does what follows from one operation. Dropped when it takes longer than [`runner::TIME_LIMIT`].
    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>>;

    /// How many operations it takes at the same time.
    fn at_once(&self) -> usize {
        1
    }
}

/// Which events a consumer wants.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Interest {
    Nothing,
    Everything,
    /// Those with these names.
    Events(Arc<BTreeSet<String>>),
}

impl Interest {
    /// In the events that rows name, read or kept from a moment ago, as far as the settings want them handled.
    pub async fn of_rows(
        kept: &Kept<(), Arc<BTreeSet<String>>>,
        read: impl AsyncFnOnce() -> Result<BTreeSet<String>, DbError>,
        is_handled: impl Fn(&str) -> bool,
    ) -> Result<Self, DbError> {
        let named = kept.get_or_read((), async || Ok(Some(Arc::new(read().await?))));
        let named = named.await?.unwrap_or_default();
        let wanted: BTreeSet<String> = named
            .iter()
            .filter(|event| is_handled(event))
            .cloned()
            .collect();
        Ok(if wanted.is_empty() {
            Self::Nothing
        } else {
            Self::Events(Arc::new(wanted))
        })
    }

    fn includes(&self, event: &str) -> bool {
        match self {
            Self::Nothing => false,
            Self::Everything => true,
            Self::Events(names) => names.contains(event),
        }
    }
}

/// Why a consumer could not do its work.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Failure {
    /// It may succeed another time.
    #[error("{0}")]
    ForNow(String),
    /// It will fail each time.
    #[error("{0}")]
    ForGood(String),
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::ForNow(error.to_string())
    }
}

/// One operation on tickets, with what happened in it, as far as a consumer wants it.
#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
pub struct Operation {
    /// Who did it.
    user: i32,
    /// UTC.
    at: NaiveDateTime,
    events: Vec<Happened>,
}

#[derive(Clone, Debug, Eq, PartialEq, Serialize, Deserialize)]
struct Happened {
    name: String,
    ticket: i64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    article: Option<i64>,
    /// The ticket before, as JSON.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    before: Option<String>,
}

impl Operation {
    fn new(stamp: Stamp, events: &[Event], interest: &Interest) -> Self {
        let wanted = events
            .iter()
            .filter(|event| interest.includes(&event.name))
            .map(|event| Happened {
                name: event.name.clone(),
                ticket: event.ticket.0,
                article: event.article.map(|article| article.0),
                before: event.before.as_ref().map(json::write_map),
            });
        Self {
            user: stamp.by.0,
            at: stamp.at,
            events: wanted.collect(),
        }
    }

    /// Who acted, and when.
    pub fn stamp(&self) -> Stamp {
        Stamp {
            by: UserId(self.user),
            at: self.at,
        }
    }

    /// What happened, in that order.
    pub fn events(&self) -> Vec<Event> {
        let events = self.events.iter().map(|happened| Event {
            name: happened.name.clone(),
            ticket: TicketId(happened.ticket),
            article: happened.article.map(ArticleId),
            before: happened.before.as_deref().and_then(|text| {
                let Ok(Value::Map(before)) = json::read(text) else {
                    return None;
                };
                Some(before)
            }),
        });
        events.collect()
    }
}

/// The way into the outbox; shared by everybody who writes.
#[derive(Clone, Debug, Default)]
pub struct Outbox(Arc<[Registered]>);

#[derive(Clone, Debug)]
struct Registered {
    consumer: Arc<dyn Consumer>,
    /// Wakes the runner of this process.
    wake: Arc<Notify>,
}

/// Whom to wake after the commit.
#[derive(Debug, Default)]
#[must_use = "the runner waits for its next look at the table"]
pub struct Added(Vec<Arc<Notify>>);

impl Added {
    /// Tells the runner of this process that there is something to do.
    pub fn wake(&self) {
        for notify in &self.0 {
            notify.notify_one();
        }
    }
}

impl Outbox {
    pub fn new(consumers: Vec<Arc<dyn Consumer>>) -> Self {
        let registered = consumers.into_iter().map(|consumer| Registered {
            consumer,
            wake: Arc::default(),
        });
        Self(registered.collect())
    }

    /// Keeps what happened for those who want it, but for the consumers `except`, in the transaction of the operation:
    /// one statement, none when nobody listens.
    pub async fn add(
        &self,
        app: &App,
        tx: &mut Tx,
        stamp: Stamp,
        events: &[Event],
        except: &[&str],
    ) -> Result<Added, DbError> {
        let mut rows = Vec::new();
        let mut wake = Vec::new();
        for registered in self.0.iter().filter(|_| !events.is_empty()) {
            if except.contains(&registered.consumer.name()) {
                continue;
            }
            let interest = registered.consumer.interest(app, tx).await?;
            let operation = Operation::new(stamp, events, &interest);
            if !operation.events.is_empty() {
                rows.push((registered.consumer.name(), operation));
                wake.push(Arc::clone(&registered.wake));
            }
        }
        store::insert(tx, app.clock.timestamp(), &rows).await?;
        Ok(Added(wake))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_operation_keeps_the_events_that_are_wanted() {
        let event = |name: &str, article| Event {
            name: name.to_owned(),
            ticket: TicketId(7),
            article,
            before: None,
        };
        let events = [
            event("TicketCreate", None),
            event("ArticleCreate", Some(ArticleId(9))),
            event("TicketCustomerUpdate", None),
        ];
        let stamp = Stamp {
            by: UserId(2),
            at: NaiveDateTime::default(),
        };
        let wanted = ["ArticleCreate", "TicketCreate"].map(str::to_owned);
        let interest = Interest::Events(Arc::new(wanted.into()));

        let operation = Operation::new(stamp, &events, &interest);

        let text = serde_json::to_string(&operation).unwrap();
        assert_eq!(
            text,
            r#"{"user":2,"at":"1970-01-01T00:00:00","events":[{"name":"TicketCreate","ticket":7},{"name":"ArticleCreate","ticket":7,"article":9}]}"#
        );
        let read: Operation = serde_json::from_str(&text).unwrap();
        assert_eq!(read.stamp(), stamp);
        assert_eq!(read.events(), events[..2]);
        assert!(
            Operation::new(stamp, &events, &Interest::Nothing)
                .events
                .is_empty()
        );
        assert_eq!(
            Operation::new(stamp, &events, &Interest::Everything).events(),
            events
        );
    }
}
