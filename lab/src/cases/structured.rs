//! Parameters with structure: the reading operations of a service that takes everything by POST.

use serde_json::{Value, json};

use crate::case::{Case, PASSWORD};

const GROUP: &str = "structured";

fn call(name: &str, operation: &str, parameters: &Value) -> Case {
    Case::service(
        GROUP,
        format!("{operation}: {name}"),
        "POST",
        "lab-rest-post",
        &format!("/{operation}"),
    )
    .json(parameters)
}

/// The same with the administrator's login added.
fn root(name: &str, operation: &str, parameters: Value) -> Case {
    let mut parameters = parameters;
    parameters["UserLogin"] = json!("root@localhost");
    parameters["Password"] = json!("root");
    call(name, operation, &parameters)
}

fn search(parameters: Value) -> Case {
    root(&parameters.to_string(), "TicketSearch", parameters)
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = [
        json!({"DynamicField_LabText": {"Equals": "changed"}}),
        json!({"DynamicField_LabText": {"Equals": ["changed", "value 1"]}}),
        json!({"DynamicField_LabText": {"Like": "value*"}}),
        json!({"DynamicField_LabText": {"Like": ["*1", "*2"]}}),
        json!({"DynamicField_LabText": {"Empty": 1}}),
        json!({"DynamicField_LabText": {"Empty": 0}}),
        json!({"DynamicField_LabText": {"GreaterThan": "value 3"}}),
        json!({"DynamicField_LabText": {"GreaterThanEquals": "value 3"}}),
        json!({"DynamicField_LabText": {"SmallerThan": "d"}}),
        json!({"DynamicField_LabText": {"SmallerThanEquals": "changed"}}),
        json!({"DynamicField_LabText": {"Unknown": "x"}}),
        json!({"DynamicField_LabText": "changed"}),
        json!({"DynamicField_LabText": ["changed"]}),
        json!({"DynamicField_LabText": {"Equals": "100%"}}),
        json!({"DynamicField_LabText": {"Like": "*%*"}}),
        json!({"DynamicField_LabText": {"Equals": ""}}),
        json!({"DynamicField_LabArea": {"Like": "*<three>*"}}),
        json!({"DynamicField_LabDrop": {"Equals": "ü"}}),
        json!({"DynamicField_LabDrop": {"Equals": ["a", "b"]}}),
        json!({"DynamicField_LabDrop": {"Like": "*"}}),
        json!({"DynamicField_LabDrop": {"Empty": 1}}),
        json!({"DynamicField_LabMulti": {"Equals": "a"}}),
        json!({"DynamicField_LabMulti": {"Equals": ["a", "b"]}}),
        json!({"DynamicField_LabMulti": {"Like": "*c*"}}),
        json!({"DynamicField_LabCheck": {"Equals": 1}}),
        json!({"DynamicField_LabCheck": {"Equals": 0}}),
        json!({"DynamicField_LabCheck": {"Equals": "yes"}}),
        json!({"DynamicField_LabCheck": {"Empty": 1}}),
        json!({"DynamicField_LabDate": {"Equals": "2026-03-05 00:00:00"}}),
        json!({"DynamicField_LabDate": {"GreaterThan": "2026-03-10 00:00:00"}}),
        json!({"DynamicField_LabDate": {"GreaterThanEquals": "2026-03-10 00:00:00", "SmallerThan": "2026-03-12 00:00:00"}}),
        json!({"DynamicField_LabDate": {"Equals": "no date"}}),
        json!({"DynamicField_LabDate": {"Like": "2026-03-1*"}}),
        json!({"DynamicField_LabDate": {"Empty": 1}}),
        json!({"DynamicField_LabDateTime": {"SmallerThan": "2026-04-10 12:30:00"}}),
        json!({"DynamicField_LabDateTime": {"SmallerThanEquals": "2026-04-10 12:30:00"}}),
        json!({"DynamicField_LabText": {"Like": "value*"}, "DynamicField_LabDrop": {"Equals": "a"}}),
        json!({"DynamicField_Nothing": {"Equals": "x"}}),
        json!({"DynamicField_LabGone": {"Equals": "x"}}),
        json!({"DynamicField_LabArticleText": {"Equals": "internal field"}}),
        json!({"DynamicField_LabArticleMulti": {"Equals": "x"}}),
        json!({"DynamicField": [{"Name": "LabText", "Equals": "changed"}]}),
        json!({"DynamicField": {"Name": "LabText", "Equals": "changed"}}),
        json!({"SortBy": ["DynamicField_LabDate"], "OrderBy": ["Up"], "DynamicField_LabDate": {"Empty": 0}}),
        json!({"TicketFlag": {"Seen": 1}}),
        json!({"TicketFlag": {"Seen": 1}, "TicketFlagUserID": 11}),
        json!({"TicketFlag": {"Important": "yes"}}),
        json!({"NotTicketFlag": {"Seen": 1}}),
        json!({"TicketFlag": "Seen"}),
        json!({"TicketFlag": ["Seen"]}),
        json!({"ArticleFlag": {"Seen": 1}}),
        json!({"StateIDs": [1, 4]}),
        json!({"StateIDs": ["1", "4"]}),
        json!({"StateIDs": []}),
        json!({"StateIDs": [[1]]}),
        json!({"StateIDs": {"a": 1}}),
        json!({"StateIDs": null}),
        json!({"StateIDs": true}),
        json!({"Title": ["Printer*", "Offer*"]}),
        json!({"Title": {"Like": "x"}}),
        json!({"Title": null}),
        json!({"Title": 5}),
        json!({"Limit": 2.5}),
        json!({"Limit": "2"}),
        json!({"Limit": [1]}),
        json!({"CustomerID": ["acme", "stranger"]}),
        json!({"CustomerUserLogin": {"a": "b"}}),
        json!({"Result": "COUNT", "Queues": ["Ops"]}),
        json!({"SortBy": {"a": "b"}}),
        json!({"LinkedObject": "Ticket", "LinkedType": "Normal"}),
        json!({"ConditionInline": 1, "Title": "(apple||banana)&&!8"}),
        json!({"MIMEBase_Subject": "*apple*", "MIMEBase_From": "*agent1*"}),
        json!({"Fulltext": ["apple", "grape"]}),
        json!({"OwnerIDs": [11, 12], "LockIDs": [1]}),
        json!({"QueueIDs": [11], "UseSubQueues": 1, "SortBy": ["Queue", "Age"], "OrderBy": ["Down", "Up"]}),
    ]
    .into_iter()
    .map(search)
    .collect();
    cases.extend([
        root("number", "TicketGet", json!({"TicketID": 2})),
        root("text", "TicketGet", json!({"TicketID": "2"})),
        root("array of numbers", "TicketGet", json!({"TicketID": [3, 2]})),
        root(
            "array of texts",
            "TicketGet",
            json!({"TicketID": ["2", "3"]}),
        ),
        root(
            "array with a null",
            "TicketGet",
            json!({"TicketID": [2, null]}),
        ),
        root("empty array", "TicketGet", json!({"TicketID": []})),
        root("object", "TicketGet", json!({"TicketID": {"ID": 2}})),
        root("array of arrays", "TicketGet", json!({"TicketID": [[2]]})),
        root("true", "TicketGet", json!({"TicketID": true})),
        root("decimal", "TicketGet", json!({"TicketID": 2.0})),
        root("nothing", "TicketGet", json!({})),
        root("null", "TicketGet", json!({"TicketID": null})),
        root(
            "sender types in an array",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": 1, "ArticleSenderType": ["customer", "system"]}),
        ),
        root(
            "sender types in an object",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": 1, "ArticleSenderType": {"a": "customer"}}),
        ),
        root(
            "switch is an array",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": [0]}),
        ),
        root(
            "switch is an empty object",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": {}}),
        ),
        root(
            "switch is false",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": false}),
        ),
        root(
            "limit is a decimal",
            "TicketGet",
            json!({"TicketID": 2, "AllArticles": 1, "ArticleLimit": 1.9}),
        ),
        root("nothing", "TicketHistoryGet", json!({})),
        root("array", "TicketHistoryGet", json!({"TicketID": [2, 3]})),
        root("object", "TicketHistoryGet", json!({"TicketID": {"ID": 2}})),
        root(
            "array of objects",
            "TicketHistoryGet",
            json!({"TicketID": [{"ID": 2}]}),
        ),
        root("number", "TicketHistoryGet", json!({"TicketID": 2})),
        root("null", "TicketHistoryGet", json!({"TicketID": null})),
        root("nothing", "TimeAccountingGet", json!({})),
        root("array", "TimeAccountingGet", json!({"TicketID": [2, 3]})),
        root(
            "times",
            "TimeAccountingGet",
            json!({"StartTime": "2026-01-01 00:00:00", "EndTime": "2026-12-31 00:00:00"}),
        ),
        call("nothing", "SessionGet", &json!({})),
        call("null", "SessionGet", &json!({"SessionID": null})),
        call("object", "SessionGet", &json!({"SessionID": {"a": 1}})),
        call(
            "array",
            "SessionGet",
            &json!({"SessionID": ["{session agent:lab-full}"]}),
        ),
        call("number", "SessionGet", &json!({"SessionID": 5})),
        call(
            "login instead of a session",
            "SessionGet",
            &json!({"UserLogin": "lab-full", "Password": PASSWORD}),
        ),
        call(
            "good",
            "SessionGet",
            &json!({"SessionID": "{session agent:lab-full}"}),
        ),
        call("nothing", "SessionRemove", &json!({})),
        call("null", "SessionRemove", &json!({"SessionID": null})),
        call(
            "array",
            "SessionRemove",
            &json!({"SessionID": ["{session agent:lab-full#array}"]}),
        ),
        call("empty", "SessionRemove", &json!({"SessionID": ""})),
        call(
            "good",
            "SessionRemove",
            &json!({"SessionID": "{session agent:lab-full#post}"}),
        ),
    ]);
    for id in [
        json!([0]),
        json!([""]),
        json!(["", 2]),
        json!([-1]),
        json!([{}]),
        json!(["a"]),
        json!(["2", "x"]),
        json!([2, [3]]),
        json!([2, {"a": 1}]),
        json!([","]),
        json!({}),
        json!("0"),
        json!("00"),
        json!(" "),
        json!("\n"),
        json!(2.5),
        json!("2,,3"),
        json!(",2"),
        json!("0,2"),
        json!(-2),
        json!("0x2"),
        json!("\u{662}"),
    ] {
        for operation in ["TicketGet", "TicketHistoryGet"] {
            cases.push(root(
                &format!("id {id}"),
                operation,
                json!({"TicketID": id}),
            ));
        }
    }
    for id in [
        json!({"a": 1}),
        json!(["x"]),
        json!([]),
        json!("\u{0}"),
        json!("😀"),
        json!("x".repeat(5000)),
        json!(1),
        json!("'"),
    ] {
        let name: String = id.to_string().chars().take(20).collect();
        cases.push(root(
            &format!("id {name}"),
            "SessionRemove",
            json!({"SessionID": id}),
        ));
    }
    cases.extend([
        root("no id", "SessionRemove", json!({"SessionID": null})),
        call(
            "session is an array",
            "TicketGet",
            &json!({"TicketID": 2, "SessionID": ["{session agent:lab-full}"]}),
        ),
        call(
            "login is an array",
            "TicketGet",
            &json!({"TicketID": 2, "UserLogin": ["lab-full"], "Password": PASSWORD}),
        ),
        call(
            "customer login is an object",
            "TicketSearch",
            &json!({"CustomerUserLogin": {"a": "alice"}, "Password": PASSWORD}),
        ),
    ]);
    cases
}
