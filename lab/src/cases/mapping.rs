//! Mappings Simple, XSLT and Test with every option, around an operation that answers with what it got.

use serde_json::json;

use crate::case::Case;

const GROUP: &str = "mapping";

/// Operations of the service `lab-map-simple`, each with a mapping of its own.
const SIMPLE: [&str; 34] = [
    "Echo",
    "KeyIgnore",
    "KeyMapTo",
    "ValueIgnore",
    "ValueMapTo",
    "KeyRules",
    "ValueRules",
    "ValueAfterKey",
    "Outbound",
    "Both",
    "EmptyConfig",
    "NoConfig",
    "NoKeyDefault",
    "NoValueDefault",
    "WrongMapType",
    "NoMapType",
    "MapToEmpty",
    "ExactIsText",
    "ExactIsEmpty",
    "ExactToList",
    "BrokenPattern",
    "ValueMapText",
    "ValueMapRuleText",
    "ValueExactEmpty",
    "TestUpper",
    "TestLower",
    "TestEmpty",
    "TestOther",
    "TestNone",
    "TestList",
    "TestOutUpper",
    "Unknown",
    "UnknownOut",
    "NoType",
];

/// Operations of the service `lab-map-xslt`.
const XSLT: [&str; 32] = [
    "XIdentity",
    "XIdentityOut",
    "XSorted",
    "XChoose",
    "XNested",
    "XAttributes",
    "XMixed",
    "XTextOnly",
    "XOtherRoot",
    "XTwoRoots",
    "XNothing",
    "XNamed",
    "XKey",
    "XFunctions",
    "XCdata",
    "XDocument",
    "XInclude",
    "XBroken",
    "XNoStylesheet",
    "XUnknown",
    "XBadPath",
    "XNoTemplate",
    "XEmptyTemplate",
    "XTerminate",
    "XOutInclude",
    "XInInclude",
    "XPre",
    "XPreCount",
    "XPost",
    "XPreBroken",
    "XStrip",
    "XExslt",
];

fn call(name: String, service: &str, operation: &str) -> Case {
    Case::service(GROUP, name, "POST", service, &format!("/{operation}"))
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, one after the other"
)]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for operation in SIMPLE {
        let ask = |name: &str| call(format!("{operation}: {name}"), "lab-map-simple", operation);
        // Mapping Test shows the addresses of lists and hashes, which are different each time.
        let structured = if operation.starts_with("Test") {
            json!({"a": "One", "b": "X"})
        } else {
            json!({"a": "one", "b": "x", "c": "cc", "list": ["3", "1"], "hash": {"a": "aa", "k": {"l": "m"}}})
        };
        cases.push(ask("structure").json(&structured));
    }
    for (operation, data) in [
        ("KeyMapTo", json!({"a": "1", "b": "2", "all": "3"})),
        ("KeyMapTo", json!({"b": ["2"], "a": "1"})),
        (
            "ValueIgnore",
            json!({"a": null, "b": "", "c": 0, "d": [], "e": {}}),
        ),
        (
            "ValueMapTo",
            json!({"a": null, "b": "", "c": 0, "d": [], "e": {}}),
        ),
        ("KeyRules", json!({"a": "1", "e": "2"})),
        ("KeyRules", json!({"e": "1", "Alpha": "2"})),
        ("KeyRules", json!({"d1": "1", "dd": "2", "xd1": "3"})),
        ("KeyRules", json!({"loud": "1"})),
        ("KeyRules", json!({"x9": "1", "ax9": "2"})),
        ("KeyRules", json!({"an": "1"})),
        ("KeyRules", json!({"and": "1", "ban": "2"})),
        ("KeyRules", json!({"y": "1", "yy": "2", "z": "3"})),
        ("KeyRules", json!({"ü": "1", "": "2", "a b": "3"})),
        ("ValueRules", json!({"a": "one", "b": "one"})),
        ("ValueRules", json!({"a": "two"})),
        ("ValueRules", json!({"a": "three", "b": "xy"})),
        ("ValueRules", json!({"a": "12-12"})),
        ("ValueRules", json!({"a": "12-13"})),
        ("ValueRules", json!({"a": "üü"})),
        ("ValueRules", json!({"a": "t\nx"})),
        ("ValueRules", json!({"a": "x\n", "b": "\n"})),
        (
            "ValueRules",
            json!({"a": ["one", "two"], "b": {"a": "one"}}),
        ),
        ("ValueRules", json!({"a": 1, "b": 2})),
        ("ValueRules", json!({"a": null, "b": ""})),
        ("ValueAfterKey", json!({"a": "x"})),
        ("ValueAfterKey", json!({"b": "x", "a": "z"})),
        ("Outbound", json!({"a": "x"})),
        ("Outbound", json!({"TestError": "7"})),
        ("Both", json!({"a": "x"})),
        ("TestUpper", json!({"a": "straße", "key": "é"})),
        ("TestUpper", json!({"a": null, "b": "", "c": "0"})),
        ("TestLower", json!({"a": "ÄÖ", "b": 1.5})),
        ("TestEmpty", json!({"a": "x", "b": ["y"]})),
        ("TestOther", json!({"a": "x"})),
    ] {
        let name = format!("{operation}: {data}");
        cases.push(call(name, "lab-map-simple", operation).json(&data));
    }
    for (operation, body) in [
        ("KeyRules", ""),
        ("TestUpper", ""),
        ("KeyIgnore", "{}"),
        ("TestUpper", "{}"),
        ("Echo", ""),
        ("Outbound", ""),
    ] {
        let name = format!("{operation}: body «{body}»");
        cases.push(
            call(name, "lab-map-simple", operation)
                .header("Content-Type", "application/json")
                .body(body),
        );
    }
    for operation in XSLT {
        let ask = |name: &str| call(format!("{operation}: {name}"), "lab-map-xslt", operation);
        cases.push(ask("structure").json(
            &json!({"a": "abcab", "list": ["3", "1", "3"], "hash": {"a": "aa", "key": {"l": "x<&>"}}}),
        ));
        cases.push(ask("a text").json(&json!({"a": "x"})));
    }
    for data in [
        json!({"a": null}),
        json!({"a": ""}),
        json!({"a": []}),
        json!({"a": {}}),
        json!({"a": [""]}),
        json!({"a": [null]}),
        json!({"a": [[1, 2], [3]]}),
        json!({"a": [{"b": 1}, {"b": 2}]}),
        json!({"a": [{"b": []}]}),
        json!({"a": " b "}),
        json!({"a": "line\nbreak\ttab"}),
        json!({"a": "\r\n"}),
        json!({"a": "ü😀"}),
        json!({"a": "]]>"}),
        json!({"a": "<b>c</b>"}),
        json!({"a": "&amp;"}),
        json!({"a": "\u{1}"}),
        json!({"a": 1.5, "b": 0, "c": -1}),
        json!({"a b": "x"}),
        json!({"1a": "x"}),
        json!({"a:b": "x"}),
        json!({"ü": "x"}),
        json!({"content": "x"}),
        json!({"a": {"content": "x"}}),
        json!({"name": "x", "hash": {"name": "y"}}),
        json!({"RootElement": {"a": "x"}}),
        json!({"xmlns": "x"}),
        json!({"": "x"}),
        json!({"a<": "x"}),
        json!({"a.b": "x", "a-b": "y", "_c": "z"}),
    ] {
        let name = format!("XIdentity: {data}");
        cases.push(call(name, "lab-map-xslt", "XIdentity").json(&data));
    }
    cases
}
