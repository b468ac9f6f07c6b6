//! Tickets of customer users: their own, those of their companies, and those that groups open to them.

use std::sync::Arc;

use schema::{DbError, Tx};

use super::{
    Permission, Verdict, decide, rules,
    store::{self, CustomerGroups},
};
use crate::{directory::CustomerUser, recent::Recent, settings::Settings, ticket::Ticket};

const CONTEXTS: &str = "CustomerGroupPermissionContext";
const SAME_COMPANY: &str = "001-CustomerID-same";
const OTHER_COMPANY: &str = "100-CustomerID-other";

/// The groups open to a customer user.
#[derive(Debug)]
pub struct Groups {
    /// Those whose queues the person may see at all.
    pub own: Vec<i32>,
    /// Those in which, if they are among the others, tickets of every company are open.
    pub other: Vec<i32>,
}

/// The groups open to a customer user; every valid one when `CustomerGroupSupport` is off.
pub async fn groups_of(
    tx: &mut Tx,
    recent: &Recent,
    settings: &Settings,
    customer: &CustomerUser,
    permission: Permission,
) -> Result<Arc<Groups>, DbError> {
    let key = (customer.login.clone(), permission);
    if let Some(groups) = recent.customer_groups.get(&key) {
        return Ok(groups);
    }
    let groups = Arc::new(read_groups(tx, settings, customer, permission).await?);
    recent.customer_groups.keep(key, Arc::clone(&groups));
    Ok(groups)
}

async fn read_groups(
    tx: &mut Tx,
    settings: &Settings,
    customer: &CustomerUser,
    permission: Permission,
) -> Result<Groups, DbError> {
    if settings.is_on("CustomerGroupSupport") {
        let found = store::list_groups_of_customer(tx, customer, permission).await?;
        return Ok(groups(settings, &found));
    }
    // Without groups of customers a queue only has to belong to a valid group.
    let valid = store::list_valid_groups(tx).await?;
    Ok(Groups {
        own: valid.into_iter().map(|(id, _)| id).collect(),
        other: Vec::new(),
    })
}

pub async fn tickets(
    tx: &mut Tx,
    recent: &Recent,
    settings: &Settings,
    customer: &CustomerUser,
    tickets: &[&Ticket],
    permission: Permission,
) -> Result<Vec<bool>, DbError> {
    let rules = rules(settings, "CustomerTicket::Permission");
    let groups = groups_of(tx, recent, settings, customer, permission).await?;
    Ok(tickets
        .iter()
        .map(|ticket| {
            decide(rules.iter().map(|rule| Verdict {
                applies: applies(&rule.name, settings, customer, ticket, &groups),
                granted: rule.granted,
                required: rule.required,
            }))
        })
        .collect())
}

/// What `group_customer` calls a context; `None` when the setting is switched off.
fn context(settings: &Settings, entry: &str) -> Option<String> {
    let contexts = settings.value(CONTEXTS);
    contexts.get(entry)?.get("Value")?.as_string()
}

fn groups(settings: &Settings, found: &CustomerGroups) -> Groups {
    let named = |setting: &str| {
        let names = settings.list(setting);
        found
            .by_name
            .iter()
            .filter(|(_, name)| names.contains(name))
            .map(|(id, _)| *id)
            .collect::<Vec<i32>>()
    };
    let in_context = |setting: &str| {
        let wanted = context(settings, setting);
        found
            .by_company
            .iter()
            .filter(|(_, context)| wanted.as_ref() == Some(context))
            .map(|(id, _)| *id)
            .collect::<Vec<i32>>()
    };
    let mut own = found.own.clone();
    own.extend(named("CustomerGroupAlwaysGroups"));
    own.extend(named("CustomerGroupCompanyAlwaysGroups"));
    own.extend(in_context(SAME_COMPANY));
    Groups {
        own,
        other: in_context(OTHER_COMPANY),
    }
}

fn applies(
    rule: &str,
    settings: &Settings,
    customer: &CustomerUser,
    ticket: &Ticket,
    groups: &Groups,
) -> bool {
    match rule {
        "GroupCheck" => groups.own.contains(&ticket.group_id),
        "CustomerUserIDCheck" => same(ticket.customer_user_id.as_deref(), &customer.login),
        "CustomerIDCheck" => {
            !settings.is_on("Ticket::CustomerDisableCompanyTicketAccess")
                && customer
                    .customer_ids
                    .iter()
                    .any(|id| same(ticket.customer_id.as_deref(), id))
        }
        "CustomerGroupCheck" => groups.other.contains(&ticket.group_id),
        _ => false,
    }
}

/// Logins and companies are the same without regard to case; nothing is the same as nothing.
fn same(of_ticket: Option<&str>, of_customer: &str) -> bool {
    of_ticket
        .is_some_and(|text| !text.is_empty() && text.to_lowercase() == of_customer.to_lowercase())
}
