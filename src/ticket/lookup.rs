//! The small tables that tickets and articles point to: queues, states, priorities, types, services, agents' logins.
//!
//! They are read as a whole and kept for a moment, so that a ticket is one row of one table. Who finds a number that
//! is not there reads them again, for a row may have come since.

use std::{collections::HashMap, sync::Arc};

use schema::{DbError, Tx};

use super::{
    choices::Choices,
    escalation::Rule,
    small_tables::{self, Kind, QueueRow, SlaRow, SmallTables},
};
use crate::recent::Recent;

/// A queue, as far as tickets need it.
#[derive(Clone, Debug)]
pub struct Queue {
    pub id: i32,
    pub name: String,
    pub group_id: i32,
    pub rule: Rule,
}

/// A service level agreement.
#[derive(Clone, Debug)]
pub struct Sla {
    pub name: String,
    pub rule: Rule,
}

/// A state and the name of its type, such as `pending reminder`.
#[derive(Clone, Debug)]
pub struct State {
    pub name: String,
    pub type_id: i32,
    pub type_name: String,
}

/// The tables by key, rows that are not valid too.
#[derive(Clone, Debug, Default)]
pub struct Lookups {
    pub queues: HashMap<i32, Queue>,
    pub locks: HashMap<i32, String>,
    pub types: HashMap<i32, String>,
    pub services: HashMap<i32, String>,
    pub slas: HashMap<i32, Sla>,
    pub priorities: HashMap<i32, String>,
    pub states: HashMap<i32, State>,
    /// The logins of agents.
    pub logins: HashMap<i32, String>,
    pub sender_types: HashMap<i32, String>,
    pub channels: HashMap<i64, String>,
    /// Keys by name, for they differ between installations.
    pub history_types: HashMap<String, i32>,
}

/// The tables as they were a moment ago.
pub async fn current(tx: &mut Tx, recent: &Recent) -> Result<Arc<Lookups>, DbError> {
    if let Some(lookups) = recent.lookups.get(&()) {
        return Ok(lookups);
    }
    read_again(tx, recent).await
}

/// The tables as they are. Three statements.
pub async fn read_again(tx: &mut Tx, recent: &Recent) -> Result<Arc<Lookups>, DbError> {
    let tables = small_tables::read(tx).await?;
    let lookups = Arc::new(Lookups::from(&tables));
    recent.lookups.keep((), Arc::clone(&lookups));
    recent.choices.keep((), Arc::new(Choices::from(&tables)));
    Ok(lookups)
}

impl From<&SmallTables> for Lookups {
    fn from(tables: &SmallTables) -> Self {
        let names = |kind| -> HashMap<i32, String> {
            let rows = tables.keys(kind);
            rows.map(|(id, row)| (id, row.name.clone())).collect()
        };
        Self {
            queues: tables.queues.iter().map(queue).collect(),
            locks: names(Kind::Lock),
            types: names(Kind::Type),
            services: names(Kind::Service),
            slas: tables.slas.iter().map(sla).collect(),
            priorities: names(Kind::Priority),
            states: states(tables, &names(Kind::StateType)),
            logins: names(Kind::Agent),
            sender_types: names(Kind::SenderType),
            channels: tables
                .of(Kind::Channel)
                .map(|row| (row.id, row.name.clone()))
                .collect(),
            history_types: tables
                .keys(Kind::HistoryType)
                .map(|(id, row)| (row.name.clone(), id))
                .collect(),
        }
    }
}

fn queue(row: &QueueRow) -> (i32, Queue) {
    let queue = Queue {
        id: row.id,
        name: row.name.clone(),
        group_id: row.group_id,
        rule: row.rule(),
    };
    (row.id, queue)
}

fn sla(row: &SlaRow) -> (i32, Sla) {
    let sla = Sla {
        name: row.name.clone(),
        rule: row.rule(),
    };
    (row.id, sla)
}

fn states(tables: &SmallTables, types: &HashMap<i32, String>) -> HashMap<i32, State> {
    let states = tables.keys(Kind::State).map(|(id, row)| {
        let state = State {
            name: row.name.clone(),
            type_id: row.more,
            type_name: types.get(&row.more).cloned().unwrap_or_default(),
        };
        (id, state)
    });
    states.collect()
}
