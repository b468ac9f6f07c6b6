//! Names become numbers; an unknown name ends the search.

use std::collections::HashMap;

use schema::{DbError, Tx, tables as t};
use sea_query::{
    Expr, ExprTrait as _, IntoColumnRef, IntoIden, IntoTableRef, Query, SelectStatement,
};

use super::{IdField, Search};
use crate::ticket::lookup::{Lookups, Queue};

/// Replaces names by numbers; `false` when a name does not exist, so that nothing can be found.
pub async fn resolve(tx: &mut Tx, lookups: &Lookups, search: &mut Search) -> Result<bool, DbError> {
    // Types of states become states: the ticket's row knows only those.
    if let Some(types) = search.ids.get_mut(&IdField::StateType) {
        *types = states_of(tx, types).await?;
    }
    for (field, names) in std::mem::take(&mut search.names) {
        let Some(mut ids) = numbers(tx, lookups, field, &names).await? else {
            return Ok(false);
        };
        // Names and numbers widen each other, but those of types of states narrow each other.
        if field == IdField::StateType {
            ids = states_of(tx, &ids).await?;
            if let Some(states) = search.ids.remove(&field) {
                ids.retain(|id| states.contains(id));
            }
        }
        search.ids.entry(field).or_default().extend(ids);
    }
    if search.ids.values().any(Vec::is_empty) {
        return Ok(false);
    }
    if search.with_sub_queues
        && let Some(wanted) = search.ids.get_mut(&IdField::Queue)
    {
        add_sub_queues(&lookups.queues, wanted);
    }
    Ok(true)
}

async fn numbers(
    tx: &mut Tx,
    lookups: &Lookups,
    field: IdField,
    names: &[String],
) -> Result<Option<Vec<i64>>, DbError> {
    use IdField as F;
    match field {
        F::Queue | F::CreatedQueue => {
            let queues = lookups.queues.iter();
            match known(&queues.map(|(id, queue)| (*id, queue.name.as_str())), names) {
                Some(ids) => Ok(Some(ids)),
                // One may have come since.
                None => {
                    exactly(
                        tx,
                        listing(t::Queue::Table, t::Queue::Id, t::Queue::Name),
                        names,
                    )
                    .await
                }
            }
        }
        F::Type | F::CreatedType => {
            exactly(
                tx,
                listing(t::TicketType::Table, t::TicketType::Id, t::TicketType::Name),
                names,
            )
            .await
        }
        F::Priority | F::CreatedPriority => {
            let all = listing(
                t::TicketPriority::Table,
                t::TicketPriority::Id,
                t::TicketPriority::Name,
            );
            exactly(tx, all, names).await
        }
        F::Lock => {
            let all = listing(
                t::TicketLockType::Table,
                t::TicketLockType::Id,
                t::TicketLockType::Name,
            );
            exactly(tx, all, names).await
        }
        F::State | F::CreatedState => {
            let all = listing(
                t::TicketState::Table,
                t::TicketState::Id,
                t::TicketState::Name,
            );
            let states = lookups.states.iter();
            match known(&states.map(|(id, state)| (*id, state.name.as_str())), names) {
                Some(ids) => Ok(Some(ids)),
                // The database may compare without case.
                None => each(tx, &all, Expr::col(t::TicketState::Name), names).await,
            }
        }
        F::Service => {
            let all = listing(t::Service::Table, t::Service::Id, t::Service::Name);
            each(tx, &all, Expr::col(t::Service::Name), names).await
        }
        F::Sla => {
            let all = listing(t::Sla::Table, t::Sla::Id, t::Sla::Name);
            each(tx, &all, Expr::col(t::Sla::Name), names).await
        }
        F::StateType => state_types(tx, names).await,
        F::Ticket | F::Owner | F::Responsible | F::Watcher | F::CreatedBy => Ok(None),
    }
}

/// The numbers of these names among those that were read a moment ago, if all are there.
fn known<'a>(
    rows: &(impl Iterator<Item = (i32, &'a str)> + Clone),
    names: &[String],
) -> Option<Vec<i64>> {
    let number = |name: &String| rows.clone().find(|(_, it)| it == name);
    let numbers = names.iter().map(|name| Some(number(name)?.0.into()));
    numbers.collect()
}

fn listing(
    table: impl IntoTableRef + IntoIden + Copy,
    id: impl IntoColumnRef,
    name: impl IntoColumnRef,
) -> SelectStatement {
    Query::select()
        .column(id)
        .column(name)
        .from(table)
        .to_owned()
}

/// Names to the letter, even where the database compares without case.
async fn exactly(
    tx: &mut Tx,
    all: SelectStatement,
    names: &[String],
) -> Result<Option<Vec<i64>>, DbError> {
    let rows: Vec<(i32, String)> = tx.fetch_all(&all).await?;
    let rows: Vec<(i64, String)> = rows
        .into_iter()
        .map(|(id, name)| (id.into(), name))
        .collect();
    Ok(names
        .iter()
        .map(|name| rows.iter().find(|(_, it)| it == name).map(|(id, _)| *id))
        .collect())
}

/// Names as the database compares them.
async fn each(
    tx: &mut Tx,
    all: &SelectStatement,
    column: Expr,
    names: &[String],
) -> Result<Option<Vec<i64>>, DbError> {
    let mut ids = Vec::new();
    for name in names {
        let one = all
            .clone()
            .and_where(column.clone().eq(name.as_str()))
            .to_owned();
        let Some((id, _)) = tx.fetch_optional::<(i32, String)>(&one).await? else {
            return Ok(None);
        };
        ids.push(id.into());
    }
    Ok(Some(ids))
}

/// The types of states that have one of these names; only when none has, nothing can be found.
async fn state_types(tx: &mut Tx, names: &[String]) -> Result<Option<Vec<i64>>, DbError> {
    let query = Query::select()
        .column(t::TicketStateType::Id)
        .from(t::TicketStateType::Table)
        .and_where(Expr::col(t::TicketStateType::Name).is_in(names.iter().map(String::as_str)))
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    let ids: Vec<i64> = rows.into_iter().map(|(id,)| id.into()).collect();
    Ok((!ids.is_empty()).then_some(ids))
}

async fn states_of(tx: &mut Tx, types: &[i64]) -> Result<Vec<i64>, DbError> {
    let query = Query::select()
        .column(t::TicketState::Id)
        .from(t::TicketState::Table)
        .and_where(Expr::col(t::TicketState::TypeId).is_in(types.iter().copied()))
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| id.into()).collect())
}

fn add_sub_queues(queues: &HashMap<i32, Queue>, wanted: &mut Vec<i64>) {
    let parents: Vec<String> = queues
        .values()
        .filter(|queue| wanted.contains(&queue.id.into()))
        .map(|queue| format!("{}::", queue.name))
        .collect();
    wanted.extend(
        queues
            .values()
            .filter(|queue| parents.iter().any(|parent| queue.name.starts_with(parent)))
            .map(|queue| i64::from(queue.id)),
    );
}
