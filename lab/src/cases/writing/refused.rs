//! What is refused: a place for each error code, and nothing written at any of them.

use serde_json::{Value, json};

use super::{CREATE, UPDATE, change, create, creation, merged, new_ticket, soap};
use crate::case::Case;

/// `body` without a member, named by its path.
fn without(mut body: Value, path: &[&str]) -> Value {
    let mut at = &mut body;
    for name in &path[..path.len() - 1] {
        at = &mut at[*name];
    }
    if let Some(members) = at.as_object_mut() {
        members.remove(path[path.len() - 1]);
    }
    body
}

/// Values of a ticket that nobody has.
fn wrong_ticket() -> Vec<Value> {
    vec![
        json!({"CustomerUser": "erin"}),
        json!({"Queue": "Nowhere"}),
        json!({"Queue": "Closed down"}),
        json!({"QueueID": 999}),
        json!({"QueueID": "x"}),
        json!({"Lock": "half"}),
        json!({"LockID": 9}),
        json!({"Type": "Nothing"}),
        json!({"Type": "Retired"}),
        json!({"TypeID": 999}),
        json!({"Service": "Nothing"}),
        json!({"Service": "Fax"}),
        json!({"ServiceID": 999}),
        json!({"Service": "Web", "CustomerUser": "bob"}),
        json!({"SLA": "Gold"}),
        json!({"SLA": "Nothing", "Service": "Mail"}),
        json!({"SLAID": 999, "Service": "Mail"}),
        json!({"SLA": "Silver", "Service": "Mail::IMAP"}),
        json!({"State": "nothing"}),
        json!({"StateID": 99}),
        json!({"Priority": "nothing"}),
        json!({"PriorityID": 99}),
        json!({"Owner": "nobody"}),
        json!({"Owner": "lab-invalid"}),
        json!({"OwnerID": 999}),
        json!({"Responsible": "nobody"}),
        json!({"ResponsibleID": 16}),
        json!({"PendingTime": {"Year": 2036}}),
        json!({"PendingTime": {"Year": 2036, "Month": 13, "Day": 1, "Hour": 0, "Minute": 0}}),
        json!({"PendingTime": {"Year": 2036, "Month": 2, "Day": 30, "Hour": 0, "Minute": 0}}),
        json!({"PendingTime": {"Year": 2036, "Month": 1, "Day": 1, "Hour": 25, "Minute": 0}}),
        json!({"PendingTime": {"Diff": "x"}}),
        json!({"PendingTime": {"Diff": -5}}),
        json!({"PendingTime": "tomorrow"}),
        json!({"PendingTime": {"Diff": 5, "Year": 2036}}),
    ]
}

fn wrong_article() -> Vec<Value> {
    vec![
        json!({"AutoResponseType": "nothing"}),
        json!({"CommunicationChannel": "Pigeon"}),
        json!({"CommunicationChannel": "Chat"}),
        json!({"CommunicationChannelID": 99}),
        json!({"SenderType": "nobody"}),
        json!({"SenderTypeID": 99}),
        json!({"From": "no address"}),
        json!({"From": "a@b@c"}),
        json!({"ContentType": "x"}),
        json!({"ContentType": "text/plain"}),
        json!({"ContentType": "text/plain; charset=nope"}),
        json!({"ContentType": null}),
        json!({"ContentType": null, "MimeType": "text/plain"}),
        json!({"ContentType": null, "Charset": "utf8"}),
        json!({"ContentType": null, "Charset": "nope", "MimeType": "text/plain"}),
        json!({"ContentType": null, "Charset": "utf8", "MimeType": "text"}),
        json!({"HistoryType": "Nothing"}),
        json!({"TimeUnit": "x"}),
        json!({"TimeUnit": "-1"}),
        json!({"TimeUnit": "1e3"}),
        json!({"NoAgentNotify": "x"}),
        json!({"NoAgentNotify": 2}),
        json!({"ForceNotificationToUserID": 999}),
        json!({"ExcludeNotificationToUserID": ["x"]}),
        json!({"ExcludeMuteNotificationToUserID": {"a": 1}}),
        json!({"ArticleSend": 1}),
        json!({"Subject": ""}),
        json!({"Body": ""}),
        json!({"Subject": "0"}),
        json!({"Body": null}),
    ]
}

fn wrong_rest() -> Vec<Value> {
    let file = |member: &str, value: Value| {
        let whole = json!({"Content": "aGk=", "ContentType": "text/plain", "Filename": "x"});
        json!({"Attachment": [merged(whole, &json!({member: value}))]})
    };
    vec![
        json!({"DynamicField": "x"}),
        json!({"DynamicField": []}),
        json!({"DynamicField": ["x"]}),
        json!({"DynamicField": [{}]}),
        json!({"DynamicField": [{"Name": "LabText"}]}),
        json!({"DynamicField": [{"Value": "x"}]}),
        json!({"DynamicField": [{"Name": "Nothing", "Value": "x"}]}),
        json!({"DynamicField": [{"Name": "LabGone", "Value": "x"}]}),
        json!({"DynamicField": [{"Name": "LabDrop", "Value": "zzz"}]}),
        json!({"DynamicField": [{"Name": "LabDate", "Value": "never"}]}),
        json!({"DynamicField": [{"Name": "LabDate", "Value": "2026-02-03 10:00:00"}]}),
        json!({"DynamicField": [{"Name": "LabDateTime", "Value": "2026-02-30 10:00:00"}]}),
        json!({"DynamicField": [{"Name": "LabCheck", "Value": "yes"}]}),
        json!({"DynamicField": [{"Name": "LabMulti", "Value": ["a", "zzz"]}]}),
        json!({"DynamicField": [{"Name": "LabText", "Value": "fits"}, {"Name": "LabDrop", "Value": "zzz"}]}),
        json!({"Attachment": "x"}),
        json!({"Attachment": []}),
        json!({"Attachment": ["x"]}),
        json!({"Attachment": [{}]}),
        file("Content", json!("")),
        file("ContentType", json!("")),
        file("Filename", json!("")),
        file("Filename", json!(null)),
        file("ContentType", json!("x")),
        file("ContentType", json!("text/plain; charset=nope")),
    ]
}

fn named(value: &Value) -> String {
    value.to_string().chars().take(100).collect()
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let note = json!({"Article": {"Subject": "A note", "Body": "Done.", "ContentType": "text/plain; charset=utf8"}});
    let root = json!({"UserLogin": "root@localhost", "Password": "root"});
    let update = |name: String, part: &Value| {
        change(name, &merged(root.clone(), part)).after(new_ticket("before"))
    };
    let mut cases = Vec::new();
    for fields in wrong_ticket() {
        let name = format!("refused: Ticket {}", named(&fields));
        let part = json!({"Ticket": fields});
        cases.push(create(name.clone(), &merged(creation(), &part)));
        cases.push(update(name, &part));
    }
    for fields in wrong_article() {
        let name = format!("refused: Article {}", named(&fields));
        let part = json!({"Article": fields});
        cases.push(create(name.clone(), &merged(creation(), &part)));
        cases.push(update(name, &merged(note.clone(), &part)));
    }
    for part in wrong_rest() {
        let name = format!("refused: {}", named(&part));
        cases.push(create(name.clone(), &merged(creation(), &part)));
        cases.push(update(name.clone(), &merged(note.clone(), &part)));
        cases.push(update(format!("{name} alone"), &part));
    }
    for path in [
        &["UserLogin"][..],
        &["Password"],
        &["Ticket"],
        &["Article"],
        &["Ticket", "Title"],
        &["Ticket", "CustomerUser"],
        &["Ticket", "Queue"],
        &["Ticket", "State"],
        &["Ticket", "Priority"],
        &["Ticket", "Type"],
        &["Article", "Subject"],
        &["Article", "Body"],
        &["Article", "ContentType"],
    ] {
        let body = without(creation(), path);
        cases.push(create(format!("without {}", path.join("->")), &body));
        cases.push(soap(
            CREATE,
            format!("soap: without {}", path.join("->")),
            "TicketCreate",
            &body,
        ));
    }
    for path in [
        &["Article", "Subject"][..],
        &["Article", "Body"],
        &["Article", "ContentType"],
    ] {
        let body = without(note.clone(), path);
        cases.push(update(format!("without {}", path.join("->")), &body));
    }
    for (name, part) in [
        ("no change at all", json!({})),
        ("ticket is a text", json!({"Ticket": "x"})),
        ("ticket is empty", json!({"Ticket": {}})),
        ("ticket is a list", json!({"Ticket": [{"Title": "x"}]})),
        ("article is a text", json!({"Article": "x"})),
        ("article is empty", json!({"Article": {}})),
        (
            "article is a list",
            json!({"Article": [note["Article"].clone()]}),
        ),
        (
            "wrong password",
            json!({"Password": "x", "Ticket": {"Title": "x"}}),
        ),
        (
            "unknown agent",
            json!({"UserLogin": "nobody", "Ticket": {"Title": "x"}}),
        ),
        (
            "unknown session",
            json!({"SessionID": "x", "UserLogin": null, "Ticket": {"Title": "x"}}),
        ),
        (
            "no login",
            json!({"UserLogin": null, "Password": null, "Ticket": {"Title": "x"}}),
        ),
        (
            "no password",
            json!({"Password": null, "Ticket": {"Title": "x"}}),
        ),
        (
            "file without an article",
            json!({"Attachment": [{"Content": "aGk=", "ContentType": "text/plain", "Filename": "x"}]}),
        ),
    ] {
        cases.push(update(name.to_owned(), &part));
        cases.push(create(name, &merged(creation(), &part)));
    }
    for id in ["99999", "0", "abc", "-1", "2.5"] {
        let body = merged(root.clone(), &json!({"Ticket": {"Title": "x"}}));
        let case = Case::rest(
            UPDATE,
            format!("ticket {id}"),
            "PATCH",
            &format!("/Ticket/{id}"),
        );
        cases.push(case.json(&body).writing());
    }
    for (name, part) in [
        ("soap: no ticket named", json!({"Ticket": {"Title": "x"}})),
        (
            "soap: unknown number",
            json!({"TicketNumber": "123", "Ticket": {"Title": "x"}}),
        ),
        (
            "soap: unknown id",
            json!({"TicketID": "99999", "Ticket": {"Title": "x"}}),
        ),
        ("soap: nothing", json!({})),
    ] {
        let body = merged(root.clone(), &part);
        cases.push(soap(UPDATE, name, "TicketUpdate", &body));
    }
    cases.push(soap(
        UPDATE,
        "soap: empty request",
        "TicketUpdate",
        &json!({}),
    ));
    cases.push(soap(
        CREATE,
        "soap: empty request",
        "TicketCreate",
        &json!({}),
    ));
    cases
}
