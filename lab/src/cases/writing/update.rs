//! TicketUpdate: every field, alone and in pairs, on tickets in different states.

use serde_json::{Value, json};

use super::{UPDATE, change, create, creation, merged, new_ticket, pairs, parts, soap};
use crate::case::Case;

fn root(part: &Value) -> Value {
    merged(
        json!({"UserLogin": "root@localhost", "Password": "root"}),
        part,
    )
}

/// A note, for what comes with an article.
fn note() -> Value {
    json!({"Article": {"Subject": "A note", "Body": "Something was done.", "ContentType": "text/plain; charset=utf8"}})
}

/// Tickets to begin with, other than a new one.
fn beginnings() -> Vec<(&'static str, Value)> {
    let full = json!({"Ticket": {
        "Queue": "Ops", "Service": "Mail", "SLA": "Gold", "Owner": "lab-full", "Responsible": "lab-both",
        "Lock": "lock", "CustomerUser": "bob", "Priority": "5 very high"},
        "DynamicField": [{"Name": "LabText", "Value": "old"}, {"Name": "LabDrop", "Value": "a"}, {"Name": "LabMulti", "Value": ["a", "c"]},
            {"Name": "LabDate", "Value": "2026-02-03 00:00:00"}, {"Name": "LabCheck", "Value": 1}]});
    vec![
        ("full", full),
        (
            "closed",
            json!({"Ticket": {"State": "closed successful", "Queue": "Ops"}}),
        ),
        (
            "pending",
            json!({"Ticket": {"State": "pending reminder", "PendingTime": {"Year": 2036, "Month": 5, "Day": 6, "Hour": 7, "Minute": 8}}}),
        ),
        ("in Ops::Night", json!({"Ticket": {"Queue": "Ops::Night"}})),
        (
            "by a customer",
            json!({"Article": {"SenderType": "customer", "CommunicationChannel": "Phone"}}),
        ),
    ]
}

pub fn cases() -> Vec<Case> {
    let on = |name: String, beginning: &Value, body: &Value| {
        change(name, body).after(create("before", &merged(creation(), beginning)))
    };
    let nothing = json!({});
    let mut cases = Vec::new();
    for (name, part) in parts::ticket().into_iter().chain(parts::more_of_ticket()) {
        cases.push(on(name, &nothing, &root(&part)));
    }
    for (name, part) in parts::article().into_iter().chain(parts::more_of_article()) {
        cases.push(on(name, &nothing, &root(&merged(note(), &part))));
    }
    for (name, part) in parts::attachments() {
        cases.push(on(name, &nothing, &root(&merged(note(), &part))));
    }
    for (name, part) in parts::fields() {
        cases.push(on(
            format!("{name} with a note"),
            &nothing,
            &root(&merged(note(), &part)),
        ));
        cases.push(on(name, &nothing, &root(&part)));
    }
    for (beginning, ticket) in beginnings() {
        let all = parts::ticket()
            .into_iter()
            .chain([("note".to_owned(), note())]);
        for (name, part) in all {
            cases.push(on(format!("{beginning}: {name}"), &ticket, &root(&part)));
        }
        for state in [
            "new",
            "open",
            "closed unsuccessful",
            "removed",
            "pending auto close-",
        ] {
            let part = json!({"Ticket": {"State": state, "PendingTime": {"Diff": 120}}});
            cases.push(on(
                format!("{beginning}: to {state}"),
                &ticket,
                &root(&part),
            ));
        }
        for sender in ["agent", "customer", "system"] {
            for channel in ["Email", "Phone", "Internal"] {
                let more =
                    json!({"Article": {"SenderType": sender, "CommunicationChannel": channel}});
                let body = root(&merged(note(), &more));
                cases.push(on(
                    format!("{beginning}: {channel} by {sender}"),
                    &ticket,
                    &body,
                ));
            }
        }
    }
    let full = &beginnings()[0].1;
    for (name, part) in parts::fields() {
        cases.push(on(format!("full: {name}"), full, &root(&part)));
    }
    for (first, second) in pairs(&parts::ticket()) {
        let name = format!("{} + {}", first.0, second.0);
        let both = merged(first.1.clone(), &second.1);
        cases.push(on(name, &nothing, &root(&both)));
    }
    for (name, part) in parts::ticket() {
        let both = merged(note(), &part);
        cases.push(on(format!("note + {name}"), &nothing, &root(&both)));
        let customers = json!({"Article": {"SenderType": "customer"}});
        cases.push(on(
            format!("customer's note + {name}"),
            full,
            &root(&merged(both, &customers)),
        ));
    }
    for (name, part) in parts::ticket() {
        // What it has already: nothing is written where nothing changes.
        let body = root(&part);
        let case = change(format!("twice: {name}"), &body).after(new_ticket("before"));
        cases.push(case.after(change("first", &body)));
    }
    for (name, part) in parts::ticket()
        .into_iter()
        .chain([("note".to_owned(), note())])
    {
        let body = merged(root(&part), &json!({"TicketNumber": "{made number}"}));
        let case = soap(
            UPDATE,
            format!("soap by number: {name}"),
            "TicketUpdate",
            &body,
        );
        cases.push(case.after(new_ticket("before")));
        let body = merged(root(&part), &json!({"TicketID": "{made ticket}"}));
        let case = soap(UPDATE, format!("soap: {name}"), "TicketUpdate", &body);
        cases.push(case.after(new_ticket("before")));
    }
    cases.extend(more_over_soap());
    cases
}

/// Things named twice, over REST and SOAP, and articles and fields over SOAP too.
fn more_over_soap() -> Vec<Case> {
    let before = || create("before", &creation());
    let over_soap = |name: &str, part: &Value| {
        let body = merged(root(part), &json!({"TicketID": "{made ticket}"}));
        let case = soap(UPDATE, format!("soap: {name}"), "TicketUpdate", &body);
        case.after(new_ticket("before"))
    };
    let mut cases = Vec::new();
    for (name, part) in called_twice() {
        cases.push(change(name, &root(&part)).after(before()));
        cases.push(over_soap(name, &part));
    }
    for (name, part) in parts::article() {
        cases.push(over_soap(&name, &merged(note(), &part)));
    }
    for (name, part) in parts::fields() {
        cases.push(over_soap(&name, &part));
    }
    cases
}

/// Things that a request names by name and by number, or in other letters than the tables do.
fn called_twice() -> Vec<(&'static str, Value)> {
    let ticket = |part: Value| json!({"Ticket": part});
    let article = |part: &Value| merged(note(), &json!({"Article": part}));
    vec![
        ("owner with zeros", ticket(json!({"OwnerID": "011"}))),
        (
            "owner by name before number",
            ticket(json!({"Owner": "lab-full", "OwnerID": 1})),
        ),
        (
            "responsible with zeros",
            ticket(json!({"ResponsibleID": "0011"})),
        ),
        (
            "wrong service beside its number",
            ticket(json!({"Service": "nope", "ServiceID": 11, "Title": "all the same"})),
        ),
        (
            "wrong service beside its number, with an agreement",
            ticket(json!({"Service": "nope", "ServiceID": 11, "SLA": "Gold"})),
        ),
        (
            "wrong agreement beside its number",
            ticket(json!({"SLA": "nope", "SLAID": 11, "ServiceID": 11})),
        ),
        (
            "a mail by number to nobody",
            article(&json!({"CommunicationChannelID": 1})),
        ),
        (
            "a mail by name to nobody",
            article(&json!({"CommunicationChannel": "Email"})),
        ),
        (
            "customer by name, agent by number",
            article(&json!({"SenderType": "customer", "SenderTypeID": 1})),
        ),
        (
            "agent by name, customer by number",
            article(&json!({"SenderType": "agent", "SenderTypeID": 3})),
        ),
        (
            "sender by a wrong name beside a number",
            article(&json!({"SenderType": "nobody", "SenderTypeID": 3})),
        ),
    ]
}
