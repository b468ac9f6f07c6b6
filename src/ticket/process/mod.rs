//! Processes: a ticket that is in an activity of one moves to the next when a transition's condition holds, and the
//! transition's actions are done to it.
//!
//! Two dynamic fields say where a ticket is (`Process::DynamicFieldProcessManagementProcessID`, `…ActivityID`). A ticket takes
//! one step in an operation at most, along the first transition by key whose condition holds. Processes are read from the
//! tables (`pm_process`, `pm_transition`, `pm_transition_action`); what was saved there counts at once, while the Perl side
//! waits for its deployment. Source: rows and histories of the reference system.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Arc,
};

use compat::{Map, Value};
use schema::DbError;

use super::{Ticket, attributes, handler, work::Work};
use crate::dynamic_field::{self, ObjectType, definitions_of_tickets};

mod action;
mod condition;
mod store;

/// What is done once for each ticket in an operation.
const MARK: &str = "process transitions";

/// What the tables say.
#[derive(Clone, Debug, Default)]
pub struct Catalog {
    processes: HashMap<String, Process>,
    transitions: HashMap<String, Value>,
    actions: HashMap<String, Action>,
}

/// Where the transitions of each activity lead, by key.
#[derive(Clone, Debug, Default)]
struct Process {
    path: HashMap<String, BTreeMap<String, Step>>,
}

#[derive(Clone, Debug)]
struct Step {
    activity: String,
    actions: Vec<String>,
}

/// A transition action: its module, and its parameters with their tags.
#[derive(Clone, Debug)]
struct Action {
    module: String,
    parameters: BTreeMap<String, String>,
}

/// The processes as they were a moment ago.
async fn current(work: &mut Work<'_>) -> Result<Arc<Catalog>, DbError> {
    let app = work.app;
    if let Some(catalog) = app.recent.processes.get(&()) {
        return Ok(catalog);
    }
    let catalog = Arc::new(store::catalog(&mut work.tx).await?);
    app.recent.processes.keep((), Arc::clone(&catalog));
    Ok(catalog)
}

/// Takes the step that the ticket's process has for it now, if any. No statement of its own where there are no processes
/// (they are known for a moment), two for a ticket without a step.
pub async fn step(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if !work.is_first(MARK, ticket.id) {
        return Ok(());
    }
    let catalog = current(work).await?;
    if catalog.processes.is_empty() {
        return Ok(());
    }
    let fields = values(work, ticket).await?;
    let named = |setting: &str| {
        let field = work.settings.text(setting);
        fields.get(&field).and_then(Value::as_string)
    };
    let process = named("Process::DynamicFieldProcessManagementProcessID");
    let activity = named("Process::DynamicFieldProcessManagementActivityID");
    let steps = process
        .and_then(|process| catalog.processes.get(&process))
        .and_then(|process| process.path.get(&activity?));
    let Some(steps) = steps else {
        return Ok(());
    };
    let facts = facts(work, ticket, fields);
    let open = steps.iter().find(|(id, _)| {
        let transition = catalog.transitions.get(id.as_str());
        transition.is_some_and(|transition| condition::holds(transition, &facts))
    });
    if let Some((_, step)) = open {
        go(work, ticket, &catalog, step).await?;
    }
    Ok(())
}

/// The ticket's dynamic fields that have a value, by name.
async fn values(work: &mut Work<'_>, ticket: &Ticket) -> Result<Map, DbError> {
    let values = dynamic_field::values(&mut work.tx, ObjectType::Ticket, &[ticket.id.0]).await?;
    let values = values.of(ticket.id.0);
    Ok(values
        .filter(|(_, value)| *value != Value::Undef)
        .map(|(name, value)| (name.to_owned(), value))
        .collect())
}

fn facts(work: &Work<'_>, ticket: &Ticket, fields: Map) -> Map {
    let now = work.app.clock.timestamp();
    let mut facts = attributes::at(ticket, &work.settings, now);
    for (name, value) in fields {
        facts.insert(format!("DynamicField_{name}"), value);
    }
    facts
}

async fn go(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    catalog: &Catalog,
    step: &Step,
) -> Result<(), DbError> {
    let name = work
        .settings
        .text("Process::DynamicFieldProcessManagementActivityID");
    let fields = definitions_of_tickets(&mut work.tx).await?;
    let Some(field) = fields.get(&name) else {
        return Ok(());
    };
    let activity = Value::text(step.activity.as_str());
    handler::write_field(work, ticket, field, &activity).await?;
    for id in &step.actions {
        let Some(action) = catalog.actions.get(id) else {
            tracing::warn!(ticket.number = %ticket.number, "there is no transition action {id}");
            break;
        };
        if action::run(work, ticket, action).await? == action::Done::Unknown {
            // As in the reference system, what comes after an action that nobody knows is not done.
            break;
        }
    }
    Ok(())
}
