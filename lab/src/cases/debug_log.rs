//! Requests whose rows in the debug log are compared too.

use serde_json::json;

use crate::case::{Case, envelope};

const GROUP: &str = "debug_log";

fn simple(operation: &str) -> Case {
    Case::service(
        GROUP,
        operation,
        "POST",
        "lab-map-simple",
        &format!("/{operation}"),
    )
    .json(
        &json!({"a": "one", "list": ["1", {"b": "<&>'\"\\"}], "none": null, "empty": {}, "ü": "ß"}),
    )
}

fn xslt(operation: &str) -> Case {
    Case::service(
        GROUP,
        operation,
        "POST",
        "lab-map-xslt",
        &format!("/{operation}"),
    )
    .json(&json!({"a": "abcab", "list": ["3", "1"], "hash": {"key": "x<&>"}}))
}

fn soap(name: &str, operation: &str, inner: &str) -> Case {
    let body = envelope("urn:lab", operation, inner);
    Case::soap_service(
        GROUP,
        name,
        "lab-soap-echo",
        &body,
        &format!("urn:lab#{operation}"),
    )
}

pub fn cases() -> Vec<Case> {
    let to = |name: &str, method: &str, service: &str, path: &str| {
        Case::service(GROUP, name, method, service, path)
    };
    let mut cases: Vec<Case> = [
        "Echo",
        "KeyIgnore",
        "KeyMapTo",
        "KeyRules",
        "Outbound",
        "Both",
        "EmptyConfig",
        "NoKeyDefault",
        "WrongMapType",
        "MapToEmpty",
        "ExactIsText",
        "ExactToList",
        "ValueMapText",
        "ValueMapRuleText",
        "ValueExactEmpty",
        "TestEmpty",
        "TestNone",
        "TestList",
        "Unknown",
        "UnknownOut",
        "NoType",
    ]
    .map(simple)
    .into();
    cases.extend(
        [
            "XIdentity",
            "XIdentityOut",
            "XOtherRoot",
            "XTextOnly",
            "XTwoRoots",
            "XNothing",
            "XNoTemplate",
            "XEmptyTemplate",
            "XOutInclude",
            "XPre",
            "XPost",
        ]
        .map(xslt),
    );
    cases.extend([
        to("error of the operation", "POST", "lab-map-simple", "/Echo")
            .json(&json!({"TestError": "5"})),
        to("unknown route", "POST", "lab-map-simple", "/Nothing").json(&json!({"a": "b"})),
        to("another method", "GET", "lab-map-simple", "/Echo?a=b"),
        to("broken JSON", "POST", "lab-map-simple", "/Echo")
            .header("Content-Type", "application/json")
            .body("{"),
        to("no body", "POST", "lab-map-simple", "/Echo"),
        to("query and body", "POST", "lab-map-simple", "/Echo?x=1&x=2").json(&json!({"a": "b"})),
        to("a refusal", "POST", "lab-crossed", "/SessionRemove")
            .json(&json!({"TicketID": "2", "UserLogin": "nobody"})),
        to("a search", "POST", "lab-odd-settings", "/TicketSearch")
            .json(&json!({"SessionID": "{session agent:lab-full}", "Title": "Printer*"})),
        to(
            "a session that is none",
            "POST",
            "lab-odd-settings",
            "/SessionGet",
        )
        .json(&json!({"SessionID": "x"})),
        to("too long", "POST", "lab-rest-small", "/Session")
            .json(&json!({"UserLogin": "x".repeat(300)})),
        to("only errors: an answer", "GET", "lab-echo", "/Echo?a=1"),
        to(
            "only errors: an error",
            "GET",
            "lab-echo",
            "/Echo?TestError=1",
        ),
        to("only errors: unknown route", "GET", "lab-echo", "/Nothing"),
        to("only errors: broken JSON", "POST", "lab-echo", "/Echo")
            .header("Content-Type", "application/json")
            .body("{"),
        to(
            "operation without a type",
            "GET",
            "lab-odd-operation",
            "/Empty",
        ),
        to(
            "unknown operation type",
            "GET",
            "lab-odd-operation",
            "/Nothing",
        ),
        soap("soap", "Echo", "<a>1</a><b><c>ü</c></b>"),
        soap("soap, mapped", "Outwards", "<a>1</a>"),
        soap("soap, unknown operation", "Nothing", "<a>1</a>"),
        soap("soap, error", "Echo", "<TestError>1</TestError>"),
        to("soap, no XML", "POST", "lab-soap-echo", "")
            .header("Content-Type", "text/xml")
            .body("hello"),
        to("soap, empty", "POST", "lab-soap-echo", "").header("Content-Type", "text/xml"),
    ]);
    cases.into_iter().map(Case::logged).collect()
}
