//! Finding tickets: by their own columns, their history, their articles' texts and their dynamic fields.
//!
//! A [`Search`] says what is looked for in the words of the people who look. [`run`] turns names into numbers
//! ([`names`]), builds one statement ([`statement`]) and runs it. Every part that reaches beyond the ticket's own row is
//! an `EXISTS`, so that the database can walk the index of the sort column and stop at the limit.
//!
//! What a web service or a screen accepts, and in which shape, is the business of those doors.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDateTime;
use schema::{Db, DbError};

use crate::{
    access::{
        self,
        groups::{self, Permission},
    },
    auth::Principal,
    directory::UserId,
    recent::Recent,
    settings::Settings,
    ticket::lookup::{self, Queue},
};

mod article;
mod condition;
mod dynamic_field;
mod filter;
mod history;
mod names;
mod sort;
mod statement;
#[cfg(test)]
mod tests;

pub use dynamic_field::{FieldSearch, Operator};
pub use sort::{Direction, SortKey};

/// What is looked for. An empty part asks for nothing; parts that are not empty must all be met.
#[derive(Clone, Debug, Default)]
pub struct Search {
    /// Exact numbers, any of them.
    pub ids: BTreeMap<IdField, Vec<i64>>,
    /// Exact names, any of them or of [`Search::ids`]; an unknown name makes the search find nothing.
    pub names: BTreeMap<IdField, Vec<String>>,
    /// Queues below the wanted ones are wanted too.
    pub with_sub_queues: bool,
    /// Conditions as [`condition::Condition`] reads them, any of them.
    pub texts: BTreeMap<TextField, Vec<String>>,
    /// Customer numbers without wildcards, any of them.
    pub customer_ids: Vec<String>,
    pub times: BTreeMap<TimeField, Range>,
    pub articles: ArticleSearch,
    pub dynamic_fields: Vec<FieldSearch>,
    pub archive: Archive,
    /// Several keys, the most important first.
    pub order: Vec<(SortKey, Direction)>,
    /// At most this many tickets; `None` for all.
    pub limit: Option<u64>,
}

/// A column that holds a number.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum IdField {
    Ticket,
    Queue,
    Type,
    State,
    /// The type of the ticket's state.
    StateType,
    Priority,
    Service,
    Sla,
    Lock,
    Owner,
    Responsible,
    /// An agent who watches the ticket.
    Watcher,
    CreatedBy,
    CreatedQueue,
    CreatedType,
    CreatedState,
    CreatedPriority,
}

/// A text of the ticket's own row.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TextField {
    Number,
    Title,
    CustomerId,
    CustomerUser,
}

/// A time that can be limited.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum TimeField {
    Created,
    LastChanged,
    /// Any entry in the history.
    Changed,
    /// Any time at which the ticket got a state of the type *closed*.
    Closed,
    /// The last of these times.
    LastClosed,
    Pending,
    Escalation,
    EscalationUpdate,
    EscalationResponse,
    EscalationSolution,
    ArticleCreated,
}

/// Limits of a time, both inclusive, in the time zone of the database.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Range {
    pub oldest: Option<NaiveDateTime>,
    pub newest: Option<NaiveDateTime>,
}

/// What is looked for in articles. One and the same article must meet it; a text of wildcards only is met by any.
#[derive(Clone, Debug, Default)]
pub struct ArticleSearch {
    /// Key in `article_search_index` and the text that it contains, with wildcards.
    pub fields: Vec<(ArticleField, String)>,
    /// The same with a condition, as [`condition::Condition`] reads it, that the whole text meets.
    pub conditions: Vec<(ArticleField, String)>,
    pub combine: Combine,
    /// A text that any field, or the ticket's title, contains: one more text to combine.
    pub anywhere: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Combine {
    #[default]
    All,
    Any,
}

/// A text of an article that the index knows.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum ArticleField {
    From,
    To,
    Cc,
    Bcc,
    Subject,
    Body,
    AttachmentName,
}

/// Which tickets the archive flag lets pass.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Archive {
    #[default]
    Ignored,
    OnlyActive,
    OnlyArchived,
}

/// Who looks, as far as it narrows what they find.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Sight {
    /// Every queue, or these.
    Queues(Option<Vec<i64>>),
    /// Tickets of these companies or of this login, and only articles that are shown to customers.
    Customer {
        login: String,
        companies: Vec<String>,
        /// The queues in which they see these tickets, and those in which they see everybody's; `None` when groups do
        /// not matter.
        queues: Option<(Vec<i64>, Vec<i64>)>,
    },
}

/// The numbers of the tickets that are found and that the caller may read, in order.
///
/// A ticket stands in the answer several times when it is sorted by a field that it has several values of.
#[tracing::instrument(name = "ticket.search", skip_all)]
pub async fn run(
    db: &Db,
    recent: &Recent,
    settings: &Settings,
    caller: &Principal,
    search: Search,
) -> Result<Vec<i64>, DbError> {
    let mut tx = db.read().await?;
    let mut search = search;
    let lookups = lookup::current(&mut tx, recent).await?;
    let queues = &lookups.queues;
    let sight = match caller {
        // The system itself sees everything.
        Principal::Agent(agent) if agent.id == UserId::SYSTEM => Sight::Queues(None),
        Principal::Agent(agent) => {
            let groups = groups::of_agent(&mut tx, recent, agent.id, Permission::Ro).await?;
            if groups.is_empty() {
                return Ok(Vec::new());
            }
            let hidden = queues
                .values()
                .any(|queue| !groups.contains(&queue.group_id));
            let readable = queues
                .values()
                .filter(|queue| groups.contains(&queue.group_id))
                .map(|queue| queue.id.into())
                .collect();
            Sight::Queues(hidden.then_some(readable))
        }
        Principal::Customer(customer) => {
            let groups =
                access::customer::groups_of(&mut tx, recent, settings, customer, Permission::Ro)
                    .await?;
            let hidden = queues
                .values()
                .any(|queue| !groups.own.contains(&queue.group_id));
            let own_only = settings.is_on("Ticket::CustomerDisableCompanyTicketAccess");
            Sight::Customer {
                login: customer.login.clone(),
                companies: if own_only {
                    Vec::new()
                } else {
                    customer.customer_ids.clone()
                },
                queues: (!groups.other.is_empty() || hidden).then(|| {
                    (
                        in_groups(queues, &groups.own),
                        in_groups(queues, &groups.other),
                    )
                }),
            }
        }
    };
    if !names::resolve(&mut tx, &lookups, &mut search).await? {
        return Ok(Vec::new());
    }
    let Some(fields) = dynamic_field::resolve(&mut tx, &search).await? else {
        return Ok(Vec::new());
    };
    let Some(statement) = statement::build(&search, &sight, &fields, db.dialect()) else {
        return Ok(Vec::new());
    };
    let rows: Vec<(i64,)> = tx.fetch_all(&statement).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

fn in_groups(queues: &HashMap<i32, Queue>, groups: &[i32]) -> Vec<i64> {
    let queues = queues.values();
    queues
        .filter(|queue| groups.contains(&queue.group_id))
        .map(|queue| queue.id.into())
        .collect()
}
