//! What people are offered in a form, by their rights and the settings of the screen.
//!
//! Each of these gives everything that could be chosen, in the order of the names; [`limited`] is what access control lists
//! leave of it. Source: the options in the reference system's forms, see `fixtures/acl`.

use std::{cmp::Ordering, collections::BTreeSet};

use schema::{DbError, Tx};

use super::{Choices, services_of, slas_of, store};
use crate::{
    access::{
        Permission,
        acl::{Acls, Situation, Subject},
        customer, groups,
    },
    app::App,
    auth::Principal,
    ticket::{Named, lookup},
};

/// The queues in which somebody has a right: `Create` for new tickets, `MoveInto` for others.
pub async fn queues(
    tx: &mut Tx,
    app: &App,
    by: &Principal,
    right: Permission,
) -> Result<Vec<Named>, DbError> {
    let groups: BTreeSet<i32> = match by {
        Principal::Agent(agent) => groups::of_agent(tx, &app.recent, agent.id, right)
            .await?
            .as_ref()
            .clone(),
        Principal::Customer(customer) => {
            let settings = app.settings.current();
            let groups = customer::groups_of(tx, &app.recent, &settings, customer, right).await?;
            groups.own.iter().copied().collect()
        }
    };
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(
        &choices,
        |choices| &choices.queues,
        |id| {
            choices
                .groups
                .get(&id)
                .is_some_and(|group| groups.contains(group))
        },
    ))
}

/// The states that a screen leads to, such as `AgentTicketClose`: valid ones of the types in
/// `Ticket::Frontend::SCREEN###StateType`.
pub async fn states(tx: &mut Tx, app: &App, screen: &str) -> Result<Vec<Named>, DbError> {
    let settings = app.settings.current();
    let types = settings.list(&format!("Ticket::Frontend::{screen}###StateType"));
    let lookups = lookup::current(tx, &app.recent).await?;
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(
        &choices,
        |choices| &choices.states,
        |id| {
            lookups
                .states
                .get(&id)
                .is_some_and(|state| types.contains(&state.type_name))
        },
    ))
}

pub async fn priorities(tx: &mut Tx, app: &App) -> Result<Vec<Named>, DbError> {
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(&choices, |choices| &choices.priorities, |_| true))
}

/// Types of tickets; none while they are not in use.
pub async fn kinds(tx: &mut Tx, app: &App) -> Result<Vec<Named>, DbError> {
    if !app.settings.current().is_on("Ticket::Type") {
        return Ok(Vec::new());
    }
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(&choices, |choices| &choices.types, |_| true))
}

/// The services that a customer user may have; none while they are not in use, or without a customer user.
pub async fn services(tx: &mut Tx, app: &App, customer: &str) -> Result<Vec<Named>, DbError> {
    if !app.settings.current().is_on("Ticket::Service") || customer.is_empty() {
        return Ok(Vec::new());
    }
    let own = services_of(tx, customer).await?;
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(
        &choices,
        |choices| &choices.services,
        |id| own.contains(&id),
    ))
}

/// The service level agreements of a service.
pub async fn slas(tx: &mut Tx, app: &App, service: Option<i32>) -> Result<Vec<Named>, DbError> {
    let Some(service) = service.filter(|_| app.settings.current().is_on("Ticket::Service")) else {
        return Ok(Vec::new());
    };
    let of_service = slas_of(tx, service).await?;
    let choices = super::current(tx, &app.recent).await?;
    Ok(sorted(
        &choices,
        |choices| &choices.slas,
        |id| of_service.contains(&id),
    ))
}

/// Agents by login who may own (`Owner`) or be responsible for (`Responsible`) tickets of a queue: those with the right in its
/// group. Two statements.
pub async fn agents(
    tx: &mut Tx,
    app: &App,
    queue: i32,
    right: Permission,
) -> Result<Vec<Named>, DbError> {
    let choices = super::current(tx, &app.recent).await?;
    let Some(group) = choices.groups.get(&queue) else {
        return Ok(Vec::new());
    };
    let with_right = store::agents_in(tx, *group, right).await?;
    Ok(sorted(
        &choices,
        |choices| &choices.agents,
        |id| with_right.contains(&id),
    ))
}

/// What access control lists leave.
pub async fn limited(
    tx: &mut Tx,
    app: &App,
    situation: &mut Situation<'_>,
    subject: Subject<'_>,
    choices: Vec<Named>,
) -> Result<Vec<Named>, DbError> {
    let acls = Acls::current(tx, app).await?;
    acls.limit(tx, app, situation, subject, choices, |choice| &choice.name)
        .await
}

fn sorted(
    choices: &Choices,
    of: impl Fn(&Choices) -> &super::Names,
    is_offered: impl Fn(i32) -> bool,
) -> Vec<Named> {
    let found = of(choices).iter().filter(|(id, _)| is_offered(*id));
    let mut found: Vec<Named> = found
        .map(|(id, name)| Named {
            id,
            name: name.to_owned(),
        })
        .collect();
    found.sort_by(by_name);
    found
}

fn by_name(one: &Named, other: &Named) -> Ordering {
    one.name.cmp(&other.name).then(one.id.cmp(&other.id))
}
