//! TicketGet over REST.

use serde_json::json;

use super::{AGENTS, CUSTOMERS};
use crate::case::Case;

const GROUP: &str = "ticket_get";

fn ticket(name: impl Into<String>, id: &str) -> Case {
    Case::rest(GROUP, name, "GET", &format!("/Ticket/{id}"))
}

fn full(name: impl Into<String>, id: &str) -> Case {
    ticket(name, id).agent("root@localhost")
}

/// Switches of the operation and how they are written.
const SWITCHES: [&[(&str, &str)]; 34] = [
    &[("DynamicFields", "1")],
    &[("DynamicFields", "0")],
    &[("DynamicFields", "yes")],
    &[("Extended", "1")],
    &[("Extended", "0")],
    &[("Extended", "1"), ("DynamicFields", "1")],
    &[("AllArticles", "1")],
    &[("AllArticles", "0")],
    &[("AllArticles", "true")],
    &[("AllArticles", "1"), ("DynamicFields", "1")],
    &[("AllArticles", "1"), ("Attachments", "1")],
    &[
        ("AllArticles", "1"),
        ("Attachments", "1"),
        ("GetAttachmentContents", "0"),
    ],
    &[
        ("AllArticles", "1"),
        ("Attachments", "1"),
        ("GetAttachmentContents", "1"),
    ],
    &[
        ("AllArticles", "1"),
        ("Attachments", "0"),
        ("GetAttachmentContents", "1"),
    ],
    &[("Attachments", "1")],
    &[("AllArticles", "1"), ("HTMLBodyAsAttachment", "1")],
    &[
        ("AllArticles", "1"),
        ("HTMLBodyAsAttachment", "1"),
        ("Attachments", "1"),
    ],
    &[("AllArticles", "1"), ("ArticleOrder", "ASC")],
    &[("AllArticles", "1"), ("ArticleOrder", "DESC")],
    &[("AllArticles", "1"), ("ArticleOrder", "desc")],
    &[("AllArticles", "1"), ("ArticleOrder", "sideways")],
    &[("AllArticles", "1"), ("ArticleLimit", "1")],
    &[
        ("AllArticles", "1"),
        ("ArticleLimit", "2"),
        ("ArticleOrder", "DESC"),
    ],
    &[("AllArticles", "1"), ("ArticleLimit", "0")],
    &[("AllArticles", "1"), ("ArticleLimit", "-1")],
    &[("AllArticles", "1"), ("ArticleLimit", "many")],
    &[("AllArticles", "1"), ("ArticleSenderType", "agent")],
    &[
        ("AllArticles", "1"),
        ("ArticleSenderType", "agent"),
        ("ArticleSenderType", "customer"),
    ],
    &[("AllArticles", "1"), ("ArticleSenderType", "robot")],
    &[("AllArticles", "1"), ("ArticleSenderType", "")],
    &[("ArticleSenderType", "agent")],
    &[("AllArticles", "1"), ("AllArticles", "0")],
    &[
        ("AllArticles", "1"),
        ("Extended", "1"),
        ("DynamicFields", "1"),
        ("Attachments", "1"),
        ("HTMLBodyAsAttachment", "1"),
    ],
    &[("allarticles", "1")],
];

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = (1..=16)
        .filter(|id| *id != 1)
        .map(|id: u32| {
            let query = [
                ("AllArticles", "1"),
                ("DynamicFields", "1"),
                ("Extended", "1"),
                ("Attachments", "1"),
            ];
            query.iter().fold(
                full(format!("everything of ticket {id}"), &id.to_string()),
                |case, (k, v)| case.param(k, v),
            )
        })
        .collect();
    for switches in SWITCHES {
        let words: Vec<String> = switches.iter().map(|(k, v)| format!("{k}={v}")).collect();
        for (what, id) in [
            ("ticket with articles", "2"),
            ("ticket from an HTML mail", "11"),
        ] {
            // The mail adds something only where articles are read.
            if id == "11" && !words.iter().any(|w| w.contains("Attach")) {
                continue;
            }
            let case = full(format!("{what}: {}", words.join(" ")), id);
            cases.push(switches.iter().fold(case, |case, (k, v)| case.param(k, v)));
        }
    }
    for login in AGENTS {
        cases.push(ticket(format!("Ops for {login}"), "2").agent(login));
        cases.push(ticket(format!("Sales for {login}"), "3").agent(login));
        cases.push(ticket(format!("Secret for {login}"), "4").agent(login));
    }
    for login in CUSTOMERS {
        cases.push(
            ticket(format!("alice's ticket for customer {login}"), "2")
                .customer(login)
                .param("AllArticles", "1")
                .param("Extended", "1"),
        );
        cases.push(
            ticket(format!("carol's ticket for customer {login}"), "3")
                .customer(login)
                .param("AllArticles", "1")
                .param("Attachments", "1"),
        );
        cases.push(
            ticket(format!("bob's secret ticket for customer {login}"), "4")
                .customer(login)
                .param("DynamicFields", "1"),
        );
    }
    cases.extend([
        ticket("agent session", "2").raw_query("SessionID={session agent:lab-full}"),
        ticket("customer session", "2")
            .raw_query("SessionID={session customer:alice}&AllArticles=1"),
        ticket("session of an agent without rights", "2")
            .raw_query("SessionID={session agent:lab-none}"),
        ticket("unknown session", "2").param("SessionID", "abc"),
        ticket("empty session", "2").param("SessionID", ""),
        ticket("session and login", "2")
            .raw_query("SessionID={session agent:lab-none}")
            .agent("lab-full"),
        ticket("unknown session and good login", "2")
            .param("SessionID", "abc")
            .agent("lab-full"),
        ticket("nobody", "2"),
        ticket("login without password", "2").param("UserLogin", "lab-full"),
        ticket("password without login", "2").param("Password", "lab-pw"),
        ticket("wrong password", "2")
            .param("UserLogin", "lab-full")
            .param("Password", "wrong"),
        ticket("wrong customer password", "2")
            .param("CustomerUserLogin", "alice")
            .param("Password", "wrong"),
        ticket("both logins", "2")
            .param("CustomerUserLogin", "alice")
            .agent("lab-none"),
        ticket("invalid agent", "2").agent("lab-invalid"),
        ticket("invalid customer", "2").customer("erin"),
        ticket("login twice", "2")
            .agent("lab-full")
            .param("UserLogin", "lab-none"),
        full("several tickets", "2,3,5"),
        full("several tickets in another order", "5,2,3"),
        full("the same ticket twice", "2,2"),
        full("one unknown among several", "2,99999,3"),
        ticket("one forbidden among several", "2,4").agent("lab-full"),
        full("unknown ticket", "99999"),
        full("ticket is zero", "0"),
        full("ticket is negative", "-2"),
        full("ticket is a word", "abc"),
        full("word after a number", "2abc"),
        full("decimal", "2.5"),
        full("exponent", "2e0"),
        full("leading zero", "02"),
        full("plus sign", "%2B2"),
        full("spaces around", "%202%20"),
        full("beyond 64 bits", "99999999999999999999999"),
        full("comma only", ","),
        full("comma at the end", "2,"),
        full("semicolons", "2;3"),
        full("sql", "2%20OR%201%3D1"),
        full("quote", "2'"),
        ticket("null byte", "2%00").agent("lab-none"),
        full("query names another ticket", "2").param("TicketID", "3"),
        full("query names the ticket in brackets", "2").raw_query("TicketID[]=3"),
        full("merged ticket", "20"),
        full("removed ticket", "22"),
        full("archived ticket", "24"),
        full("customer without an account", "9").param("Extended", "1"),
        full("ticket without a title", "15"),
        full("unknown parameters", "2")
            .param("Colour", "blue")
            .param("a.b", "c"),
        full("body with a get request", "2").json(&json!({"AllArticles": 1})),
        full("broken body with a get request", "2")
            .header("Content-Type", "application/json")
            .body("{broken"),
        full("accepts xml only", "2").header("Accept", "text/xml"),
        full("accepts gzip", "2").header("Accept-Encoding", "gzip"),
        full("plus in the query means a space", "2").raw_query("Title=a+b"),
        full("parameter without a value", "2").raw_query("AllArticles"),
        full("semicolons between parameters", "2").raw_query("AllArticles=1;Extended=1"),
        full("latin1 in the query", "2").raw_query("Title=%FC"),
        full("empty parameter name", "2").raw_query("=1"),
    ]);
    let list = |name: &str| Case::rest(GROUP, name, "GET", "/TicketList").agent("root@localhost");
    cases.extend([
        list("list: nothing given"),
        list("list: empty").param("TicketID", ""),
        list("list: one").param("TicketID", "2"),
        list("list: parameter twice")
            .param("TicketID", "2")
            .param("TicketID", "3"),
        list("list: commas").param("TicketID", "3,2"),
        list("list: parameter twice, one forbidden")
            .param("TicketID", "2")
            .param("TicketID", "99999"),
        list("list: commas and twice")
            .param("TicketID", "2,3")
            .param("TicketID", "5"),
        list("list: ticket number").param("TicketNumber", "2026112110000015"),
        list("list: unknown ticket number").param("TicketNumber", "1"),
        list("list: ten tickets with articles")
            .param("TicketID", "2,3,5,6,7,8,9,10,11,12")
            .param("AllArticles", "1"),
    ]);
    cases
}
