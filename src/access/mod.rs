//! What people may do: groups and roles of agents, tickets that a person may see.
//!
//! The rules are those that the settings `Ticket::Permission###…` and `CustomerTicket::Permission###…` switch on, asked
//! in the order of their names. Source: answers of the reference system to people with narrow permissions.

use schema::{DbError, Tx};

use crate::{
    auth::Principal, directory::Agent, recent::Recent, settings::Settings, ticket::Ticket,
};

pub mod acl;
mod agent;
pub mod customer;
pub mod group;
pub mod groups;
pub mod link;
pub mod role;
mod store;

pub use groups::Permission;

/// Whether the person has the permission on each of the tickets, in the order of the tickets.
///
/// At most six statements, however many tickets there are.
#[tracing::instrument(name = "access.tickets", skip_all, fields(ticket.count = tickets.len()))]
pub async fn tickets(
    tx: &mut Tx,
    recent: &Recent,
    settings: &Settings,
    principal: &Principal,
    tickets: &[&Ticket],
    permission: Permission,
) -> Result<Vec<bool>, DbError> {
    match principal {
        Principal::Agent(agent) => {
            agent::tickets(tx, recent, settings, agent, tickets, permission).await
        }
        Principal::Customer(customer) => {
            customer::tickets(tx, recent, settings, customer, tickets, permission).await
        }
    }
}

/// Whether an agent has the permission in the valid group of this name. Three statements.
pub async fn in_group(
    tx: &mut Tx,
    recent: &Recent,
    agent: &Agent,
    group: &str,
    permission: Permission,
) -> Result<bool, DbError> {
    let Some(group) = store::find_group(tx, group).await? else {
        return Ok(false);
    };
    let groups = groups::of_agent(tx, recent, agent.id, permission).await?;
    Ok(groups.contains(&group))
}

/// What one rule says, and what follows from it.
struct Verdict {
    applies: bool,
    /// A rule that applies decides for the person.
    granted: bool,
    /// A rule that does not apply decides against the person.
    required: bool,
}

/// Asks the rules in order until one decides; nobody decides for the person, so it is no.
fn decide(verdicts: impl IntoIterator<Item = Verdict>) -> bool {
    for verdict in verdicts {
        if verdict.applies && verdict.granted {
            return true;
        }
        if !verdict.applies && verdict.required {
            return false;
        }
    }
    false
}

/// One rule that is switched on.
struct Rule {
    /// The last part of the module's name, such as `OwnerCheck`.
    name: String,
    granted: bool,
    required: bool,
}

/// The rules of a setting, a hash whose keys say their order.
fn rules(settings: &Settings, setting: &str) -> Vec<Rule> {
    let configured = settings.value(setting);
    let rules = configured.as_map().into_iter().flatten();
    rules
        .filter_map(|(_, rule)| {
            let module = rule.get("Module")?.as_string()?;
            let is_on = |key: &str| rule.get(key).is_some_and(compat::Value::is_true);
            Some(Rule {
                name: module.rsplit("::").next()?.to_owned(),
                granted: is_on("Granted"),
                required: is_on("Required"),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn verdict(applies: bool, granted: bool, required: bool) -> Verdict {
        Verdict {
            applies,
            granted,
            required,
        }
    }

    #[test]
    fn the_first_rule_that_decides_wins() {
        assert!(decide([
            verdict(false, true, false),
            verdict(true, true, false)
        ]));
        assert!(!decide([
            verdict(false, false, true),
            verdict(true, true, false)
        ]));
        assert!(decide([
            verdict(true, false, true),
            verdict(true, true, false)
        ]));
        assert!(!decide([verdict(false, true, false)]));
        assert!(!decide([]));
    }
}
