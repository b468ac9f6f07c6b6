//! TicketCreate: every field, alone and in pairs.

use serde_json::json;

use super::{CREATE, create, creation, merged, pairs, parts, soap};
use crate::case::Case;

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let with = |name: String, part: &serde_json::Value| create(name, &merged(creation(), part));
    let mut cases = vec![create("plain", &creation())];
    let lists = [
        parts::ticket(),
        parts::more_of_ticket(),
        parts::article(),
        parts::more_of_article(),
        parts::attachments(),
        parts::fields(),
    ];
    for (name, part) in lists.iter().flatten() {
        cases.push(with(name.clone(), part));
    }
    for (first, second) in pairs(&parts::ticket()).chain(pairs(&parts::article())) {
        let name = format!("{} + {}", first.0, second.0);
        let both = merged(first.1.clone(), &second.1);
        cases.push(with(name, &both));
    }
    let article = |subject: &str, more: serde_json::Value| {
        merged(
            json!({"Subject": subject, "Body": format!("About {subject}"), "ContentType": "text/plain; charset=utf8"}),
            &more,
        )
    };
    let articles = [
        (
            "two articles",
            json!([article("one", json!({})), article("two", json!({}))]),
        ),
        ("a list of one article", json!([article("one", json!({}))])),
        (
            "three articles of three channels",
            json!([
                article(
                    "one",
                    json!({"CommunicationChannel": "Phone", "SenderType": "customer"})
                ),
                article(
                    "two",
                    json!({"CommunicationChannel": "Email", "TimeUnit": 1.25})
                ),
                article(
                    "three",
                    json!({"CommunicationChannel": "Internal", "IsVisibleForCustomer": 0})
                ),
            ]),
        ),
        (
            "articles of customer and agent",
            json!([
                article("one", json!({"SenderType": "customer"})),
                article("two", json!({"SenderType": "agent"}))
            ]),
        ),
        (
            "five articles",
            json!(
                (1..=5)
                    .map(|n| article(&format!("number {n}"), json!({"TimeUnit": n})))
                    .collect::<Vec<_>>()
            ),
        ),
    ];
    for (name, list) in articles {
        for (extra, part) in [
            ("", json!({})),
            (
                " with a file",
                json!({"Attachment": [{"Content": "aGk=", "ContentType": "text/plain", "Filename": "hi.txt"}]}),
            ),
            (
                " with fields",
                json!({"DynamicField": [{"Name": "LabText", "Value": "t"}, {"Name": "LabArticleText", "Value": "a"}]}),
            ),
            (" in Ops", json!({"Ticket": {"Queue": "Ops"}})),
        ] {
            let body = merged(creation(), &json!({"Article": list}));
            cases.push(create(format!("{name}{extra}"), &merged(body, &part)));
        }
    }
    for (name, part) in parts::ticket().into_iter().chain(parts::article()) {
        let name = format!("soap: {name}");
        cases.push(soap(
            CREATE,
            name,
            "TicketCreate",
            &merged(creation(), &part),
        ));
    }
    for (name, part) in parts::attachments()
        .into_iter()
        .take(8)
        .chain(parts::fields())
    {
        let name = format!("soap: {name}");
        cases.push(soap(
            CREATE,
            name,
            "TicketCreate",
            &merged(creation(), &part),
        ));
    }
    cases
}
