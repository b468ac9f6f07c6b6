//! Who creates and changes: every agent and customer, by login or session.

use serde_json::{Value, json};

use super::{CREATE, change, create, creation, merged, new_ticket, password, soap};
use crate::{
    case::Case,
    cases::{AGENTS, CUSTOMERS},
};

/// `body` with another caller.
fn called_by(kind: &str, login: &str, mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.remove("UserLogin");
        members.insert(kind.to_owned(), login.into());
        members.insert("Password".to_owned(), password(login).into());
    }
    body
}

fn by_session(who: &str, mut body: Value) -> Value {
    if let Some(members) = body.as_object_mut() {
        members.remove("UserLogin");
        members.remove("Password");
        members.insert("SessionID".to_owned(), format!("{{session {who}}}").into());
    }
    body
}

/// A ticket in a queue that several people may see.
fn in_queue(queue: &str) -> Value {
    merged(creation(), &json!({"Ticket": {"Queue": queue}}))
}

pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for queue in ["Ops", "Sales", "Secret", "Raw"] {
        for login in AGENTS {
            let body = called_by("UserLogin", login, in_queue(queue));
            cases.push(create(format!("agent {login} in {queue}"), &body));
        }
        for login in CUSTOMERS {
            let body = called_by("CustomerUserLogin", login, in_queue(queue));
            cases.push(create(format!("customer {login} in {queue}"), &body));
        }
    }
    for login in ["lab-full", "lab-tz", "lab-ümlaut"] {
        let body = by_session(&format!("agent:{login}"), in_queue("Ops"));
        cases.push(create(format!("session of agent {login}"), &body));
    }
    for login in ["alice", "carol", "zoë"] {
        let body = by_session(&format!("customer:{login}"), in_queue("Ops"));
        cases.push(create(format!("session of customer {login}"), &body));
        let body = called_by("CustomerUserLogin", login, in_queue("Raw"));
        let theirs = json!({"Ticket": {"CustomerUser": login}, "Article": {"SenderType": "customer", "From": "me@here.example"}});
        cases.push(create(
            format!("customer {login} writes as customer"),
            &merged(body.clone(), &theirs),
        ));
        cases.push(soap(
            CREATE,
            format!("soap: customer {login}"),
            "TicketCreate",
            &body,
        ));
    }
    let changes = [
        ("title", json!({"Ticket": {"Title": "Changed"}})),
        ("queue", json!({"Ticket": {"Queue": "Sales"}})),
        ("state", json!({"Ticket": {"State": "closed successful"}})),
        ("priority", json!({"Ticket": {"Priority": "1 very low"}})),
        ("owner", json!({"Ticket": {"Owner": "lab-full"}})),
        (
            "responsible",
            json!({"Ticket": {"Responsible": "lab-full"}}),
        ),
        ("lock", json!({"Ticket": {"Lock": "lock"}})),
        ("customer", json!({"Ticket": {"CustomerUser": "bob"}})),
        (
            "note",
            json!({"Article": {"Subject": "s", "Body": "b", "ContentType": "text/plain; charset=utf8"}}),
        ),
    ];
    for (what, part) in &changes {
        for login in [
            "lab-full",
            "lab-ro",
            "lab-create",
            "lab-owner",
            "lab-tz",
            "lab-none",
        ] {
            let body = called_by("UserLogin", login, part.clone());
            let case = change(format!("agent {login} changes {what}"), &body);
            cases.push(case.after(create("before", &in_queue("Ops"))));
        }
        for login in ["alice", "bob", "carol"] {
            let body = called_by("CustomerUserLogin", login, part.clone());
            let case = change(format!("customer {login} changes {what}"), &body);
            cases.push(case.after(create("before", &in_queue("Ops"))));
        }
    }
    for who in ["agent:lab-full", "agent:root@localhost", "customer:alice"] {
        let case = change(
            format!("session of {who} changes title"),
            &by_session(who, changes[0].1.clone()),
        );
        cases.push(case.after(new_ticket("before")));
    }
    cases
}
