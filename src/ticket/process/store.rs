//! Statements on the tables of process management.

use std::collections::{BTreeMap, HashMap};

use compat::{Map, Value};
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{IntoColumnRef, IntoTableRef, Query};

use super::{Action, Catalog, Process, Step};

/// The state of a process that nothing moves in.
const INACTIVE: &str = "S2";

/// All processes with what they refer to; one statement where there is none, else three.
pub async fn catalog(tx: &mut Tx) -> Result<Catalog, DbError> {
    use t::{PmProcess as P, PmTransition as T, PmTransitionAction as A};
    let query = Query::select()
        .columns([P::EntityId, P::StateEntityId, P::Config])
        .from(P::Table)
        .to_owned();
    let rows: Vec<(String, String, LongText)> = tx.fetch_all(&query).await?;
    let processes: HashMap<String, Process> = rows
        .into_iter()
        .filter(|(_, state, _)| state != INACTIVE)
        .filter_map(|(id, _, config)| {
            let config = read("pm_process", &id, config)?;
            Some((id, process(&config)))
        })
        .collect();
    if processes.is_empty() {
        return Ok(Catalog::default());
    }
    let transitions = configs(tx, "pm_transition", T::Table, T::EntityId, T::Config).await?;
    let actions = configs(tx, "pm_transition_action", A::Table, A::EntityId, A::Config).await?;
    let actions = actions
        .into_iter()
        .map(|(id, config)| (id, action(&config)));
    Ok(Catalog {
        processes,
        transitions,
        actions: actions.collect(),
    })
}

async fn configs(
    tx: &mut Tx,
    name: &str,
    table: impl IntoTableRef,
    id: impl IntoColumnRef,
    config: impl IntoColumnRef,
) -> Result<HashMap<String, Value>, DbError> {
    let query = Query::select()
        .column(id)
        .column(config)
        .from(table)
        .to_owned();
    let rows: Vec<(String, LongText)> = tx.fetch_all(&query).await?;
    let read = rows.into_iter().filter_map(|(id, config)| {
        let config = read(name, &id, config)?;
        Some((id, config))
    });
    Ok(read.collect())
}

/// What can not be read is as if it were not there, and the log says so.
fn read(table: &str, id: &str, config: LongText) -> Option<Value> {
    match compat::yaml::read(&String::from(config)) {
        Ok(config) => Some(config),
        Err(error) => {
            tracing::warn!(%error, "{id} in {table} can not be read: {error}");
            None
        }
    }
}

fn process(config: &Value) -> Process {
    let map = |value: Option<&Value>| value.and_then(Value::as_map).cloned().unwrap_or_default();
    let steps = |transitions: &Value| -> BTreeMap<String, Step> {
        let transitions = transitions.as_map().into_iter().flatten();
        transitions
            .filter_map(|(id, step)| Some((id.clone(), self::step(step)?)))
            .collect()
    };
    let path: Map = map(config.get("Path"));
    Process {
        path: path
            .iter()
            .map(|(activity, transitions)| (activity.clone(), steps(transitions)))
            .collect(),
    }
}

fn step(config: &Value) -> Option<Step> {
    let actions = config.get("TransitionAction").and_then(Value::as_list);
    Some(Step {
        activity: config.get("ActivityEntityID")?.as_string()?,
        actions: actions
            .into_iter()
            .flatten()
            .filter_map(Value::as_string)
            .collect(),
    })
}

fn action(config: &Value) -> Action {
    let module = config.get("Module").and_then(Value::as_string);
    let parameters = config.get("Config").and_then(Value::as_map);
    Action {
        module: module.unwrap_or_default(),
        parameters: parameters
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| Some((name.clone(), value.as_string()?)))
            .collect(),
    }
}
