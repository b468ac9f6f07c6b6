//! Tickets and what belongs to them: articles, history, accounted time, escalation.
//!
//! Several tickets are always read together, so that a list costs as many statements as a single ticket.

use chrono::NaiveDateTime;
use schema::{DbError, Tx};

use crate::{directory::UserId, recent::Recent, settings::Settings};

pub mod article;
pub mod attributes;
pub mod change;
pub mod choices;
pub mod create;
pub mod delete;
pub mod dynamic_field;
pub mod escalation;
pub mod escalation_check;
pub mod flag;
pub mod follow_up;
pub mod fresh;
pub mod handler;
pub mod history;
pub mod index;
pub mod integrity;
pub mod link;
pub mod lookup;
pub mod maintenance;
pub mod master_data;
pub mod mention;
pub mod merge;
pub mod milestones;
pub mod number;
pub mod pending_check;
pub mod process;
pub mod search;
pub mod small_tables;
pub mod split;
mod store;
pub mod time_accounting;
pub mod unlock;
pub mod watcher;
pub mod work;
pub mod working_time;

pub use create::{NewTicket, create};

/// The key of a ticket in `ticket`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct TicketId(pub i64);

impl std::fmt::Display for TicketId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<TicketId> for sea_query::Value {
    fn from(id: TicketId) -> Self {
        id.0.into()
    }
}

/// A row of a lookup table: its key and its name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Named {
    pub id: i32,
    pub name: String,
}

/// A ticket with the names of everything that its row points to. Times are UTC or what `OTRSTimeZone` says, as the
/// columns hold them.
#[derive(Clone, Debug, PartialEq)]
pub struct Ticket {
    pub id: TicketId,
    pub number: String,
    pub title: Option<String>,
    pub queue: Named,
    pub group_id: i32,
    pub lock: Named,
    pub kind: Named,
    pub service: Option<Named>,
    pub sla: Option<Named>,
    pub owner: Named,
    pub responsible: Named,
    pub priority: Named,
    pub state: Named,
    /// The name of the state's type, such as `pending reminder`.
    pub state_type: String,
    pub customer_id: Option<String>,
    pub customer_user_id: Option<String>,
    /// Seconds since 1970 at which an automatic unlock starts to count.
    pub unlock_timeout: i32,
    /// Seconds since 1970 at which a pending ticket is due, 0 for none.
    pub pending_until: i32,
    pub escalation: escalation::Columns,
    pub queue_rule: escalation::Rule,
    pub sla_rule: Option<escalation::Rule>,
    pub archived: bool,
    pub created: NaiveDateTime,
    pub created_by: UserId,
    pub changed: NaiveDateTime,
    pub changed_by: UserId,
}

impl Ticket {
    /// The limits that hold: those of the service level agreement while services are in use, else those of the queue.
    pub fn escalation_rule(&self, settings: &Settings) -> &escalation::Rule {
        match &self.sla_rule {
            Some(rule) if settings.is_on("Ticket::Service") => rule,
            _ => &self.queue_rule,
        }
    }

    /// Whether nothing is left to do: closed, merged or removed.
    pub fn is_done(&self) -> bool {
        matches!(self.state_type.as_str(), "closed" | "merged" | "removed")
    }
}

/// The tickets with these keys, in the order of the keys; a key that no ticket has gives nothing. One statement,
/// and those of [`lookup::read_again`] once in a while.
#[tracing::instrument(name = "ticket.list", skip_all, fields(ticket.count = ids.len()))]
pub async fn list(tx: &mut Tx, recent: &Recent, ids: &[TicketId]) -> Result<Vec<Ticket>, DbError> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = store::list(tx, recent, ids).await?;
    found.sort_by_key(|ticket| ids.iter().position(|id| *id == ticket.id));
    Ok(found)
}

/// The key of the ticket with this number. One statement.
pub async fn with_number(tx: &mut Tx, number: &str) -> Result<Option<TicketId>, DbError> {
    store::find_by_number(tx, number).await
}
