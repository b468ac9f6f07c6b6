//! Tickets of agents.

use std::{collections::BTreeSet, sync::Arc};

use schema::{DbError, Tx};

use super::{Permission, Verdict, decide, groups, rules, store};
use crate::{
    directory::{Agent, UserId},
    recent::Recent,
    settings::Settings,
    ticket::{Ticket, TicketId},
};

/// What the rules ask the database for, once for all tickets.
#[derive(Default)]
struct Facts {
    groups: Arc<BTreeSet<i32>>,
    watched: Vec<TicketId>,
    involved: Vec<TicketId>,
    mentioned: Vec<TicketId>,
}

pub async fn tickets(
    tx: &mut Tx,
    recent: &Recent,
    settings: &Settings,
    agent: &Agent,
    tickets: &[&Ticket],
    permission: Permission,
) -> Result<Vec<bool>, DbError> {
    let rules = rules(settings, "Ticket::Permission");
    let mut facts = Facts {
        groups: groups::of_agent(tx, recent, agent.id, permission).await?,
        ..Facts::default()
    };
    // Most people see most tickets by their groups, so the other questions are asked only about the rest.
    let rest: Vec<TicketId> = tickets
        .iter()
        .filter(|ticket| !facts.groups.contains(&ticket.group_id))
        .map(|ticket| ticket.id)
        .collect();
    if !rest.is_empty() {
        for rule in &rules {
            match rule.name.as_str() {
                "WatcherCheck" if settings.is_on("Ticket::Watcher") => {
                    facts.watched = store::list_watched(tx, agent.id, &rest).await?;
                }
                "InvolvedCheck" => {
                    facts.involved = store::list_involved(tx, agent.id, &rest).await?;
                }
                "MentionCheck" => {
                    facts.mentioned = store::list_mentioned(tx, agent.id, &rest).await?;
                }
                _ => {}
            }
        }
    }
    Ok(tickets
        .iter()
        .map(|ticket| {
            decide(rules.iter().map(|rule| Verdict {
                applies: applies(&rule.name, settings, agent.id, ticket, &facts, permission),
                granted: rule.granted,
                required: rule.required,
            }))
        })
        .collect())
}

fn applies(
    rule: &str,
    settings: &Settings,
    agent: UserId,
    ticket: &Ticket,
    facts: &Facts,
    permission: Permission,
) -> bool {
    let is_agent = |id: i32| UserId(id) == agent;
    let in_queues = |setting: &str| queue_allows(settings, setting, ticket, permission);
    match rule {
        "OwnerCheck" => {
            is_agent(ticket.owner.id) && in_queues("Ticket::Permission::OwnerCheck::Queues")
        }
        "ResponsibleCheck" => {
            settings.is_on("Ticket::Responsible")
                && is_agent(ticket.responsible.id)
                && in_queues("Ticket::Permission::ResponsibleCheck::Queues")
        }
        "GroupCheck" => facts.groups.contains(&ticket.group_id),
        "WatcherCheck" => facts.watched.contains(&ticket.id),
        "CreatorCheck" => {
            ticket.created_by == agent && in_queues("Ticket::Permission::CreatorCheck::Queues")
        }
        "InvolvedCheck" => {
            facts.involved.contains(&ticket.id)
                && in_queues("Ticket::Permission::InvolvedCheck::Queues")
        }
        "MentionCheck" => facts.mentioned.contains(&ticket.id),
        _ => false,
    }
}

/// The setting is a hash of queues and the rights that the rule gives there (`ro, move, note`); without the setting
/// the rule gives every right everywhere.
fn queue_allows(
    settings: &Settings,
    setting: &str,
    ticket: &Ticket,
    permission: Permission,
) -> bool {
    let queues = settings.value(setting);
    let Some(queues) = queues.as_map().filter(|queues| !queues.is_empty()) else {
        return true;
    };
    let Some(rights) = queues
        .get(&ticket.queue.name)
        .and_then(compat::Value::as_string)
    else {
        return false;
    };
    rights
        .split(',')
        .map(str::trim)
        .any(|key| key == "rw" || key == permission.key())
}
