//! TicketCreate and TicketUpdate: requests that write, and those that are refused and must write nothing.
//!
//! Each changes a ticket of its own, which the system under question has created just before.

mod create;
pub(crate) mod parts;
mod people;
mod refused;
mod update;

use std::{collections::HashMap, fmt::Write as _};

use serde_json::{Value, json};

use crate::case::{Case, PASSWORD, envelope, escape};

pub(super) const CREATE: &str = "ticket_create";
pub(super) const UPDATE: &str = "ticket_update";

/// The password of an agent or customer.
fn password(login: &str) -> &'static str {
    if login == "root@localhost" {
        "root"
    } else {
        PASSWORD
    }
}

/// A request that TicketCreate takes, by an agent who may do everything.
fn creation() -> Value {
    json!({
        "UserLogin": "root@localhost",
        "Password": "root",
        "Ticket": {
            "Title": "Printer on fire",
            "Queue": "Sales",
            "State": "open",
            "Priority": "3 normal",
            "CustomerUser": "alice",
            "Type": "Incident",
        },
        "Article": {
            "Subject": "Printer on fire",
            "Body": "The printer in room 7 is on fire.",
            "ContentType": "text/plain; charset=utf8",
        },
    })
}

/// The ticket that [`creation`] describes.
pub fn new_ticket(name: &str) -> Case {
    create(name, &creation())
}

fn create(name: impl Into<String>, body: &Value) -> Case {
    Case::rest(CREATE, name, "POST", "/Ticket")
        .json(body)
        .writing()
}

/// A change of the ticket that was created last.
fn change(name: impl Into<String>, body: &Value) -> Case {
    Case::rest(UPDATE, name, "PATCH", "/Ticket/{made ticket}")
        .json(body)
        .writing()
}

/// The same over SOAP: members become elements, lists repeat them.
fn soap(group: &'static str, name: impl Into<String>, operation: &str, body: &Value) -> Case {
    Case::soap_service(
        group,
        name,
        "GenericTicketConnectorSOAP",
        &envelope(
            "http://www.otrs.org/TicketConnector/",
            operation,
            &elements(body),
        ),
        &format!("http://www.otrs.org/TicketConnector/#{operation}"),
    )
    .writing()
}

fn elements(value: &Value) -> String {
    match value {
        Value::Object(members) => members
            .iter()
            .map(|(name, value)| match value {
                Value::Array(items) => items
                    .iter()
                    .map(|item| format!("<{name}>{}</{name}>", elements(item)))
                    .collect::<Vec<_>>()
                    .concat(),
                other => format!("<{name}>{}</{name}>", elements(other)),
            })
            .collect(),
        Value::String(text) => escape(text),
        Value::Null => String::new(),
        other => other.to_string(),
    }
}

/// `with` on top of `body`: hashes member by member, everything else replaced.
pub(crate) fn merge(body: &mut Value, with: &Value) {
    match (body, with) {
        (Value::Object(body), Value::Object(with)) => {
            for (name, value) in with {
                merge(body.entry(name.clone()).or_insert(Value::Null), value);
            }
        }
        (body, with) => *body = with.clone(),
    }
}

pub(crate) fn merged(mut body: Value, with: &Value) -> Value {
    merge(&mut body, with);
    body
}

/// Every two of a list, in order.
fn pairs<T>(items: &[T]) -> impl Iterator<Item = (&T, &T)> {
    items
        .iter()
        .enumerate()
        .flat_map(|(at, first)| items[at + 1..].iter().map(move |second| (first, second)))
}

pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        create::cases(),
        people::cases(),
        update::cases(),
        refused::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    // Names are cut, so some begin alike.
    let mut uses: HashMap<(&str, String), u32> = HashMap::new();
    for case in &mut cases {
        let count = uses.entry((case.group, case.name.clone())).or_default();
        *count += 1;
        if *count > 1 {
            let _ = write!(case.name, " ({count})");
        }
    }
    cases
}
