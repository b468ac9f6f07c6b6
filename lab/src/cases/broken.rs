//! Web services whose configuration is broken or odd, one request to each.

use serde_json::json;

use crate::case::{Case, PASSWORD};

const GROUP: &str = "broken";

/// The services of `fixtures/compat/webservices` that are broken, without `lab-broken-`.
const BROKEN: [&str; 45] = [
    "debugger-empty",
    "debugger-nothr",
    "debugger-thr",
    "empty",
    "errh",
    "hash",
    "invalid-include",
    "list",
    "map-list",
    "map-notype",
    "map-out",
    "map-text",
    "map-type",
    "maxlen",
    "maxlen0",
    "no-operation",
    "not-yaml",
    "op-badtype",
    "op-emptytype",
    "op-notype",
    "op-null",
    "op-other",
    "op-text",
    "op-typelist",
    "op-unreg",
    "operation-empty",
    "operation-list",
    "operation-text",
    "provider-empty",
    "provider-list",
    "provider-text",
    "route-list",
    "route-method-empty",
    "route-method-text",
    "route-none",
    "route-regex",
    "soap",
    "soap-noconf",
    "soap-nomax",
    "testmode",
    "text",
    "transport-conflist",
    "transport-empty",
    "transport-noconf",
    "transport-notype",
];

const OPERATIONS: [&str; 7] = [
    "TicketGet",
    "TicketSearch",
    "TicketHistoryGet",
    "TimeAccountingGet",
    "SessionCreate",
    "SessionGet",
    "SessionRemove",
];

pub fn cases() -> Vec<Case> {
    let login = json!({"UserLogin": "lab-full", "Password": PASSWORD, "TicketID": "99"});
    let mut cases: Vec<Case> = BROKEN
        .iter()
        .map(|name| {
            let service = format!("lab-broken-{name}");
            Case::service(GROUP, *name, "POST", &service, "/Session").json(&login)
        })
        .collect();
    for service in ["lab-odd-settings", "lab-crossed"] {
        for operation in OPERATIONS {
            cases.push(
                Case::service(
                    GROUP,
                    format!("{service}: {operation}"),
                    "POST",
                    service,
                    &format!("/{operation}"),
                )
                .json(&login),
            );
        }
    }
    cases
}
