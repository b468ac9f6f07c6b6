//! What people may choose for tickets: the valid rows of the small tables, what of them a form offers ([`offer`]), and
//! which changes are allowed ([`may_change`]).

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use schema::{DbError, Dialect, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{
    lookup::Lookups,
    small_tables::{self, Kind, SmallTables, VALID},
};
use crate::recent::Recent;

mod change;
pub mod offer;
mod store;

pub use change::{Change, may_change};

/// The login in `service_customer_user` whose services everybody has who has none of their own.
const EVERYBODY: &str = "<DEFAULT>";

/// Valid rows by key.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Names(BTreeMap<i32, String>);

impl Names {
    /// The key in a text, when a valid row has it. It is written as the database writes it: `4`, not `04` or `+4`.
    pub fn by_key(&self, text: &str) -> Option<i32> {
        let id: i32 = text.parse().ok()?;
        (self.0.contains_key(&id) && id.to_string() == text).then_some(id)
    }

    /// The key of this name, letter by letter.
    pub fn by_name(&self, name: &str) -> Option<i32> {
        let found = self.0.iter().find(|(_, known)| *known == name);
        found.map(|(id, _)| *id)
    }

    /// The key of this name as the database compares names: without case on MySQL.
    pub fn by_name_in(&self, dialect: Dialect, name: &str) -> Option<i32> {
        let exact = self.by_name(name);
        if exact.is_some() || dialect != Dialect::MySql {
            return exact;
        }
        let lower = name.to_lowercase();
        let found = self
            .0
            .iter()
            .find(|(_, known)| known.to_lowercase() == lower);
        found.map(|(id, _)| *id)
    }

    pub fn name(&self, id: i32) -> Option<&str> {
        self.0.get(&id).map(String::as_str)
    }

    /// Keys and names, by key.
    pub fn iter(&self) -> impl Iterator<Item = (i32, &str)> {
        self.0.iter().map(|(id, name)| (*id, name.as_str()))
    }
}

/// The valid rows.
#[derive(Clone, Debug, Default)]
pub struct Choices {
    pub queues: Names,
    /// The groups of the queues.
    pub groups: BTreeMap<i32, i32>,
    pub types: Names,
    pub states: Names,
    /// Valid states of a type that waits for a moment.
    pub pending_states: BTreeSet<i32>,
    pub priorities: Names,
    pub locks: Names,
    pub services: Names,
    pub slas: Names,
    /// Agents by login.
    pub agents: Names,
    /// The names of what is answered without anybody doing it, such as `auto reply`.
    pub auto_response_types: BTreeSet<String>,
}

/// The valid rows as they were a moment ago.
pub async fn current(tx: &mut Tx, recent: &Recent) -> Result<Arc<Choices>, DbError> {
    if let Some(choices) = recent.choices.get(&()) {
        return Ok(choices);
    }
    let tables = small_tables::read(tx).await?;
    let choices = Arc::new(Choices::from(&tables));
    recent.choices.keep((), Arc::clone(&choices));
    recent.lookups.keep((), Arc::new(Lookups::from(&tables)));
    Ok(choices)
}

impl From<&SmallTables> for Choices {
    fn from(tables: &SmallTables) -> Self {
        let valid = |kind| tables.keys(kind).filter(|(_, row)| row.valid_id == VALID);
        let names = |kind| {
            Names(
                valid(kind)
                    .map(|(id, row)| (id, row.name.clone()))
                    .collect(),
            )
        };
        let queues = || tables.queues.iter().filter(|row| row.is_valid());
        let slas = tables.slas.iter().filter(|row| row.is_valid());
        let pending_types: BTreeSet<i32> = tables
            .keys(Kind::StateType)
            .filter(|(_, row)| row.name.starts_with("pending"))
            .map(|(id, _)| id)
            .collect();
        Self {
            queues: Names(queues().map(|row| (row.id, row.name.clone())).collect()),
            groups: queues().map(|row| (row.id, row.group_id)).collect(),
            types: names(Kind::Type),
            states: names(Kind::State),
            pending_states: valid(Kind::State)
                .filter(|(_, row)| pending_types.contains(&row.more))
                .map(|(id, _)| id)
                .collect(),
            priorities: names(Kind::Priority),
            locks: names(Kind::Lock),
            services: names(Kind::Service),
            slas: Names(slas.map(|row| (row.id, row.name.clone())).collect()),
            agents: names(Kind::Agent),
            auto_response_types: valid(Kind::AutoResponseType)
                .map(|(_, row)| row.name.clone())
                .collect(),
        }
    }
}

/// The services that a customer user may have, of their own, else those of everybody. One statement.
pub async fn services_of(tx: &mut Tx, customer: &str) -> Result<BTreeSet<i32>, DbError> {
    use t::ServiceCustomerUser as S;
    let query = Query::select()
        .columns([S::CustomerUserLogin, S::ServiceId])
        .from(S::Table)
        .and_where(Expr::col(S::CustomerUserLogin).is_in([customer, EVERYBODY]))
        .to_owned();
    let rows: Vec<(String, i32)> = tx.fetch_all(&query).await?;
    let of = |wanted_everybody: bool| -> BTreeSet<i32> {
        rows.iter()
            .filter(|(login, _)| (login == EVERYBODY) == wanted_everybody)
            .map(|(_, service)| *service)
            .collect()
    };
    let own = of(false);
    Ok(if own.is_empty() { of(true) } else { own })
}

/// The service level agreements that belong to a service. One statement.
pub async fn slas_of(tx: &mut Tx, service: i32) -> Result<BTreeSet<i32>, DbError> {
    use t::ServiceSla as S;
    let query = Query::select()
        .column(S::SlaId)
        .from(S::Table)
        .and_where(Expr::col(S::ServiceId).eq(service))
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}
