//! SessionCreate, SessionGet and SessionRemove over REST.

use serde_json::{Value, json};

use super::{AGENTS, CUSTOMERS};
use crate::case::{Case, PASSWORD};

const CREATE: &str = "session_create";
const GET: &str = "session_get";
const REMOVE: &str = "session_remove";

fn create(name: impl Into<String>, body: &Value) -> Case {
    Case::rest(CREATE, name, "POST", "/Session").json(body)
}

fn get(name: impl Into<String>, id: &str) -> Case {
    Case::rest(GET, name, "GET", &format!("/Session/{id}"))
}

fn remove(name: impl Into<String>, id: &str) -> Case {
    Case::rest(REMOVE, name, "DELETE", &format!("/Session/{id}"))
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for login in AGENTS {
        let password = if login == "root@localhost" {
            "root"
        } else {
            PASSWORD
        };
        cases.push(create(
            format!("agent {login}"),
            &json!({"UserLogin": login, "Password": password}),
        ));
    }
    for login in CUSTOMERS {
        cases.push(create(
            format!("customer {login}"),
            &json!({"CustomerUserLogin": login, "Password": PASSWORD}),
        ));
    }
    cases.extend([
        create("nothing given", &json!({})),
        create("login without password", &json!({"UserLogin": "lab-full"})),
        create("password without login", &json!({"Password": PASSWORD})),
        create(
            "customer login without password",
            &json!({"CustomerUserLogin": "alice"}),
        ),
        create(
            "empty login",
            &json!({"UserLogin": "", "Password": PASSWORD}),
        ),
        create(
            "empty password",
            &json!({"UserLogin": "lab-full", "Password": ""}),
        ),
        create(
            "password is zero",
            &json!({"UserLogin": "lab-full", "Password": "0"}),
        ),
        create(
            "wrong password",
            &json!({"UserLogin": "lab-full", "Password": "wrong"}),
        ),
        create(
            "unknown agent",
            &json!({"UserLogin": "nobody", "Password": PASSWORD}),
        ),
        create(
            "unknown customer",
            &json!({"CustomerUserLogin": "nobody", "Password": PASSWORD}),
        ),
        create(
            "wrong customer password",
            &json!({"CustomerUserLogin": "alice", "Password": "wrong"}),
        ),
        create(
            "invalid agent",
            &json!({"UserLogin": "lab-invalid", "Password": PASSWORD}),
        ),
        create(
            "invalid customer",
            &json!({"CustomerUserLogin": "erin", "Password": PASSWORD}),
        ),
        create(
            "agent login in the customer's place",
            &json!({"CustomerUserLogin": "lab-full", "Password": PASSWORD}),
        ),
        create(
            "customer login in the agent's place",
            &json!({"UserLogin": "alice", "Password": PASSWORD}),
        ),
        create(
            "both logins are given",
            &json!({"UserLogin": "lab-full", "CustomerUserLogin": "alice", "Password": PASSWORD}),
        ),
        create(
            "both logins, the agent's is unknown",
            &json!({"UserLogin": "nobody", "CustomerUserLogin": "alice", "Password": PASSWORD}),
        ),
        create(
            "login in another case",
            &json!({"UserLogin": "LAB-FULL", "Password": PASSWORD}),
        ),
        create(
            "customer login in another case",
            &json!({"CustomerUserLogin": "ALICE", "Password": PASSWORD}),
        ),
        create(
            "login with a space after it",
            &json!({"UserLogin": "lab-full ", "Password": PASSWORD}),
        ),
        create(
            "password with a space after it",
            &json!({"UserLogin": "lab-full", "Password": "lab-pw "}),
        ),
        create(
            "login is an array",
            &json!({"UserLogin": ["lab-full"], "Password": PASSWORD}),
        ),
        create(
            "login is an object",
            &json!({"UserLogin": {"a": 1}, "Password": PASSWORD}),
        ),
        create(
            "login is null",
            &json!({"UserLogin": null, "Password": PASSWORD}),
        ),
        create(
            "login is a number",
            &json!({"UserLogin": 1, "Password": PASSWORD}),
        ),
        create(
            "password is an array",
            &json!({"UserLogin": "lab-full", "Password": [PASSWORD]}),
        ),
        create(
            "password is true",
            &json!({"UserLogin": "lab-full", "Password": true}),
        ),
        create(
            "unknown parameters are ignored",
            &json!({"UserLogin": "lab-full", "Password": PASSWORD, "Extra": {"a": [1, 2]}}),
        ),
        create(
            "sql in the login",
            &json!({"UserLogin": "' OR '1'='1", "Password": PASSWORD}),
        ),
        create(
            "percent as login",
            &json!({"UserLogin": "%", "Password": PASSWORD}),
        ),
        create("body is an array", &json!([1, 2])),
        create("body is a string", &json!("lab")),
        create("body is a number", &json!(1)),
        create("body is null", &Value::Null),
        Case::rest(CREATE, "parameters in the query", "POST", "/Session")
            .agent("lab-full")
            .header("Content-Type", "application/json"),
        Case::rest(CREATE, "query and body disagree", "POST", "/Session")
            .param("UserLogin", "lab-full")
            .json(&json!({"UserLogin": "lab-ro", "Password": PASSWORD})),
        Case::rest(CREATE, "member twice in the body", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(r#"{"UserLogin":"nobody","UserLogin":"lab-full","Password":"lab-pw"}"#),
        Case::rest(CREATE, "no content type", "POST", "/Session")
            .body(r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#),
        Case::rest(CREATE, "content type of a form", "POST", "/Session")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body(r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#),
        Case::rest(CREATE, "a form", "POST", "/Session")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .body("UserLogin=lab-full&Password=lab-pw"),
        Case::rest(CREATE, "content type text", "POST", "/Session")
            .header("Content-Type", "text/plain")
            .body(r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#),
        Case::rest(CREATE, "content type with latin1", "POST", "/Session")
            .header("Content-Type", "application/json; charset=iso-8859-1")
            .body(b"{\"UserLogin\":\"lab-\xfcmlaut\",\"Password\":\"lab-pw\"}".to_vec()),
        Case::rest(CREATE, "latin1 without saying so", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(b"{\"UserLogin\":\"lab-\xfcmlaut\",\"Password\":\"lab-pw\"}".to_vec()),
        Case::rest(CREATE, "empty body", "POST", "/Session")
            .header("Content-Type", "application/json"),
        Case::rest(CREATE, "body of a space", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(" "),
        Case::rest(CREATE, "body with a byte order mark", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body("\u{feff}{\"UserLogin\":\"lab-full\",\"Password\":\"lab-pw\"}"),
        Case::rest(CREATE, "body ends too early", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(r#"{"UserLogin":"lab-full","Password":"lab"#),
        Case::rest(CREATE, "trailing comma", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(r#"{"UserLogin":"lab-full","Password":"lab-pw",}"#),
        Case::rest(CREATE, "something after the body", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body(r#"{"UserLogin":"lab-full","Password":"lab-pw"} x"#),
        Case::rest(CREATE, "xml as body", "POST", "/Session")
            .header("Content-Type", "application/json")
            .body("<a>b</a>"),
    ]);

    for login in ["lab-full", "lab-ro", "lab-tz", "lab-ümlaut", "lab-none"] {
        cases.push(get(
            format!("session of agent {login}"),
            &format!("{{session agent:{login}}}"),
        ));
    }
    for login in ["alice", "bob", "zoë", "grace"] {
        cases.push(get(
            format!("session of customer {login}"),
            &format!("{{session customer:{login}}}"),
        ));
    }
    cases.extend([
        get("unknown session", "abcdefghijklmnopqrstuvwxyzABCDEF"),
        get("short unknown session", "x"),
        get("session is zero", "0"),
        get("percent encoded slash", "a%2Fb"),
        get("empty id", ""),
        get("session with a query", "{session agent:lab-full}").param("SessionID", "other"),
        get(
            "session with sign in parameters",
            "{session agent:lab-full}",
        )
        .agent("lab-ro"),
        get("umlaut in the id", "%C3%BC"),
        get("quote in the id", "%27"),
        get("broken percent sign in the id", "%zz"),
        get("wildcard in the id", "%25"),
        get("more path after the id", "{session agent:lab-full}/more"),
        get("slash after the id", "{session agent:lab-full}/"),
    ]);

    cases.extend([
        remove("own agent session", "{session agent:lab-full#removed}"),
        get("removed agent session", "{session agent:lab-full#removed}"),
        remove("the same again", "{session agent:lab-full#removed}"),
        remove("customer session", "{session customer:alice#removed}"),
        remove("unknown session", "abcdefghijklmnopqrstuvwxyzABCDEF"),
        remove("session is zero", "0"),
        remove("empty id", ""),
        remove("quote in the id", "%27"),
        remove("wildcard in the id", "%25"),
        remove("with a body", "{session agent:lab-ro#removed}")
            .json(&json!({"SessionID": "other"})),
        remove("with sign in parameters", "{session agent:lab-ro#removed2}")
            .agent("root@localhost"),
        remove(
            "by an agent who is no administrator",
            "{session agent:lab-ro#kept}",
        )
        .agent("lab-none"),
        remove(
            "by an agent with a wrong password",
            "{session agent:lab-ro#kept}",
        )
        .param("UserLogin", "root@localhost")
        .param("Password", "wrong"),
        remove("by a customer", "{session agent:lab-ro#kept}").customer("alice"),
        remove("a customer's session", "{session customer:alice#gone}").agent("root@localhost"),
        remove(
            "the same for the second time",
            "{session customer:alice#gone}",
        )
        .agent("root@localhost"),
        remove("unknown session by an administrator", "nothing").agent("root@localhost"),
        remove("without sign in", "{session agent:lab-ro#kept}"),
        remove(
            "with the session of an administrator",
            "{session agent:lab-ro#kept}",
        )
        .raw_query("SessionID={session agent:root@localhost}"),
    ]);
    cases
}
