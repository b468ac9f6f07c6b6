//! The small tables that tickets and articles point to: queues, states, priorities, types, services, agents' logins.
//!
//! They are read as a whole and kept for a moment, so that a ticket is one row of one table. Who finds a number that
//! is not there reads them again, for a row may have come since.

use std::{collections::HashMap, sync::Arc};

use schema::{DbError, Tx, tables as t};
use sea_query::{IntoColumnRef, IntoTableRef, Query};

use super::escalation::{Limit, Rule};
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

/// The tables as they are. Twelve statements.
pub async fn read_again(tx: &mut Tx, recent: &Recent) -> Result<Arc<Lookups>, DbError> {
    let lookups = Arc::new(read(tx).await?);
    recent.lookups.keep((), Arc::clone(&lookups));
    Ok(lookups)
}

async fn read(tx: &mut Tx) -> Result<Lookups, DbError> {
    use t::{
        ArticleSenderType, CommunicationChannel, Service, TicketHistoryType, TicketLockType,
        TicketPriority, TicketStateType, TicketType, Users,
    };
    let channels = CommunicationChannel::Table;
    let channels: Vec<(i64, String)> = rows(
        tx,
        channels,
        CommunicationChannel::Id,
        CommunicationChannel::Name,
    )
    .await?;
    let state_types = TicketStateType::Table;
    let state_types = named(tx, state_types, TicketStateType::Id, TicketStateType::Name).await?;
    let history_types = named(
        tx,
        TicketHistoryType::Table,
        TicketHistoryType::Id,
        TicketHistoryType::Name,
    )
    .await?;
    Ok(Lookups {
        queues: queues(tx).await?,
        locks: named(
            tx,
            TicketLockType::Table,
            TicketLockType::Id,
            TicketLockType::Name,
        )
        .await?,
        types: named(tx, TicketType::Table, TicketType::Id, TicketType::Name).await?,
        services: named(tx, Service::Table, Service::Id, Service::Name).await?,
        slas: slas(tx).await?,
        priorities: named(
            tx,
            TicketPriority::Table,
            TicketPriority::Id,
            TicketPriority::Name,
        )
        .await?,
        states: states(tx, &state_types).await?,
        logins: named(tx, Users::Table, Users::Id, Users::Login).await?,
        sender_types: named(
            tx,
            ArticleSenderType::Table,
            ArticleSenderType::Id,
            ArticleSenderType::Name,
        )
        .await?,
        channels: channels.into_iter().collect(),
        history_types: history_types
            .into_iter()
            .map(|(id, name)| (name, id))
            .collect(),
    })
}

async fn rows<K>(
    tx: &mut Tx,
    table: impl IntoTableRef,
    id: impl IntoColumnRef,
    name: impl IntoColumnRef,
) -> Result<Vec<(K, String)>, DbError>
where
    (K, String): schema::FromAnyRow,
{
    let query = Query::select()
        .column(id)
        .column(name)
        .from(table)
        .to_owned();
    tx.fetch_all(&query).await
}

async fn named(
    tx: &mut Tx,
    table: impl IntoTableRef,
    id: impl IntoColumnRef,
    name: impl IntoColumnRef,
) -> Result<HashMap<i32, String>, DbError> {
    let rows: Vec<(i32, String)> = rows(tx, table, id, name).await?;
    Ok(rows.into_iter().collect())
}

/// The limits of a queue or of a service level agreement.
#[derive(sqlx::FromRow)]
struct RuleRow {
    first_response_time: Option<i32>,
    first_response_notify: Option<i16>,
    update_time: Option<i32>,
    update_notify: Option<i16>,
    solution_time: Option<i32>,
    solution_notify: Option<i16>,
    calendar_name: Option<String>,
}

impl From<RuleRow> for Rule {
    fn from(row: RuleRow) -> Self {
        let limit = |minutes: Option<i32>, notify_percent: Option<i16>| Limit {
            minutes: minutes.unwrap_or_default(),
            notify_percent: notify_percent.unwrap_or_default(),
        };
        Self {
            first_response: limit(row.first_response_time, row.first_response_notify),
            update: limit(row.update_time, row.update_notify),
            solution: limit(row.solution_time, row.solution_notify),
            calendar: row.calendar_name.unwrap_or_default(),
        }
    }
}

#[derive(sqlx::FromRow)]
struct QueueRow {
    id: i32,
    name: String,
    group_id: i32,
    #[sqlx(flatten)]
    rule: RuleRow,
}

async fn queues(tx: &mut Tx) -> Result<HashMap<i32, Queue>, DbError> {
    use t::Queue as Q;
    let query = Query::select()
        .columns([
            Q::Id,
            Q::Name,
            Q::GroupId,
            Q::FirstResponseTime,
            Q::FirstResponseNotify,
            Q::UpdateTime,
            Q::UpdateNotify,
            Q::SolutionTime,
            Q::SolutionNotify,
            Q::CalendarName,
        ])
        .from(Q::Table)
        .to_owned();
    let rows: Vec<QueueRow> = tx.fetch_all(&query).await?;
    let queues = rows.into_iter().map(|row| Queue {
        id: row.id,
        name: row.name,
        group_id: row.group_id,
        rule: row.rule.into(),
    });
    Ok(queues.map(|queue| (queue.id, queue)).collect())
}

#[derive(sqlx::FromRow)]
struct SlaRow {
    id: i32,
    name: String,
    #[sqlx(flatten)]
    rule: RuleRow,
}

async fn slas(tx: &mut Tx) -> Result<HashMap<i32, Sla>, DbError> {
    use t::Sla as S;
    let query = Query::select()
        .columns([
            S::Id,
            S::Name,
            S::FirstResponseTime,
            S::FirstResponseNotify,
            S::UpdateTime,
            S::UpdateNotify,
            S::SolutionTime,
            S::SolutionNotify,
            S::CalendarName,
        ])
        .from(S::Table)
        .to_owned();
    let rows: Vec<SlaRow> = tx.fetch_all(&query).await?;
    let slas = rows.into_iter().map(|row| {
        let sla = Sla {
            name: row.name,
            rule: row.rule.into(),
        };
        (row.id, sla)
    });
    Ok(slas.collect())
}

async fn states(tx: &mut Tx, types: &HashMap<i32, String>) -> Result<HashMap<i32, State>, DbError> {
    use t::TicketState as S;
    let query = Query::select()
        .columns([S::Id, S::Name, S::TypeId])
        .from(S::Table)
        .to_owned();
    let rows: Vec<(i32, String, i16)> = tx.fetch_all(&query).await?;
    let states = rows.into_iter().map(|(id, name, type_id)| {
        let type_id = i32::from(type_id);
        let state = State {
            name,
            type_id,
            type_name: types.get(&type_id).cloned().unwrap_or_default(),
        };
        (id, state)
    });
    Ok(states.collect())
}
