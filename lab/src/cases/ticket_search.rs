//! TicketSearch over REST: every parameter alone, then combinations, sorting and people.

use serde_json::json;

use super::{AGENTS, CUSTOMERS};
use crate::case::Case;

const GROUP: &str = "ticket_search";

fn search(name: impl Into<String>) -> Case {
    Case::rest(GROUP, name, "GET", "/Ticket")
}

fn root(name: impl Into<String>) -> Case {
    search(name).agent("root@localhost")
}

/// One line is one search: parameters and values, and so is the name of the case.
const SEARCHES: &str = include_str!("ticket_search.txt");

const SORT_KEYS: [&str; 30] = [
    "Owner",
    "Responsible",
    "CustomerID",
    "State",
    "TicketNumber",
    "Queue",
    "Priority",
    "Age",
    "Type",
    "Lock",
    "Changed",
    "Title",
    "Service",
    "SLA",
    "PendingTime",
    "EscalationTime",
    "EscalationUpdateTime",
    "EscalationResponseTime",
    "EscalationSolutionTime",
    "Ticket",
    "Created",
    "CustomerUserID",
    "TicketEscalation",
    "DynamicField_LabText",
    "DynamicField_LabDrop",
    "DynamicField_LabDate",
    "DynamicField_LabCheck",
    "DynamicField_LabMulti",
    "DynamicField_LabGone",
    "Nonsense",
];

/// Keys that no two tickets share, and one that is refused.
const UNIQUE_KEYS: [&str; 6] = [
    "TicketNumber",
    "Age",
    "Changed",
    "Created",
    "Ticket",
    "Nonsense",
];

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for line in SEARCHES
        .lines()
        .filter(|l| !l.is_empty() && !l.starts_with('#'))
    {
        cases.push(line.split(" & ").fold(root(line), |case, pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            case.param(key, value)
        }));
    }
    for key in SORT_KEYS {
        for order in ["Up", "Down"] {
            let case = root(format!("sorted by {key} {order}")).param("SortBy", key);
            cases.push(if UNIQUE_KEYS.contains(&key) {
                case.param("OrderBy", order)
            } else {
                // Where the key is equal, the reference's order changes from one minute to the next.
                case.param("SortBy", "TicketNumber")
                    .param("OrderBy", order)
                    .param("OrderBy", "Up")
            });
        }
    }
    cases.extend([
        root("sorted by two keys")
            .param("SortBy", "Queue")
            .param("SortBy", "Age")
            .param("OrderBy", "Up")
            .param("OrderBy", "Down"),
        root("sorted by two keys in one order")
            .param("SortBy", "State")
            .param("SortBy", "TicketNumber")
            .param("OrderBy", "Down"),
        root("two orders for one key")
            .param("SortBy", "Title")
            .param("OrderBy", "Up")
            .param("OrderBy", "Down"),
        root("order without a key").param("OrderBy", "Up"),
        root("order in small letters")
            .param("SortBy", "Title")
            .param("OrderBy", "up"),
        root("nonsensical order")
            .param("SortBy", "Title")
            .param("OrderBy", "sideways"),
        root("sort key in small letters").param("SortBy", "title"),
        root("sort key with sql").param("SortBy", "Title; DROP TABLE x"),
    ]);
    for login in AGENTS {
        cases.push(search(format!("everything for agent {login}")).agent(login));
        cases.push(
            search(format!("Ops for agent {login}"))
                .agent(login)
                .param("Queue", "Ops"),
        );
    }
    for login in CUSTOMERS {
        cases.push(search(format!("everything for customer {login}")).customer(login));
        cases.push(
            search(format!("company acme for customer {login}"))
                .customer(login)
                .param("CustomerID", "acme"),
        );
        cases.push(
            search(format!("queue Sales for customer {login}"))
                .customer(login)
                .param("Queue", "Sales"),
        );
    }
    cases.extend([
        search("customer searches in internal articles")
            .customer("alice")
            .param("MIMEBase_Body", "*insurance*"),
        search("customer searches in visible articles")
            .customer("alice")
            .param("MIMEBase_Body", "*fire*"),
        search("customer searches full text of internal articles")
            .customer("alice")
            .param("Fulltext", "insurance"),
        search("agent session").raw_query("SessionID={session agent:lab-full}"),
        search("customer session").raw_query("SessionID={session customer:alice}"),
        search("unknown session").param("SessionID", "abc"),
        search("nobody"),
        search("wrong password")
            .param("UserLogin", "lab-full")
            .param("Password", "x"),
        search("login without password").param("UserLogin", "lab-full"),
        search("invalid agent").agent("lab-invalid"),
        root("parameters in the body").json(&json!({"Title": "Printer*"})),
        root("user id from outside").param("UserID", "13"),
        search("user id instead of a login").param("UserID", "1"),
        root("customer user id from outside").param("CustomerUserID", "alice"),
        root("permission from outside").param("Permission", "rw"),
        search("permission from outside for an agent who may read")
            .agent("lab-ro")
            .param("Permission", "rw"),
        root("nested parameter in brackets").raw_query("DynamicField_LabText[Equals]=changed"),
        root("nested parameter in dots").raw_query("DynamicField_LabText.Equals=changed"),
        root("nested parameter in JSON")
            .raw_query("DynamicField_LabText=%7B%22Equals%22%3A%22changed%22%7D"),
        root("array in brackets").raw_query("StateIDs[]=1&StateIDs[]=2"),
        root("latin1 in the title").raw_query("Title=%FC*"),
        root("plus is a space").raw_query("Title=Printer+on+fire"),
    ]);
    cases
}
