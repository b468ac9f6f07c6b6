//! Services that do not exist or cannot work, routes, methods, limits, mappings and response headers.

use serde_json::json;

use crate::case::{Case, PASSWORD, SCRIPT};

const GROUP: &str = "routing";

fn to(name: &str, method: &str, target: &str) -> Case {
    Case::new(GROUP, name, method, format!("{SCRIPT}{target}"))
}

fn service(name: &str, method: &str, service: &str, path: &str) -> Case {
    Case::service(GROUP, name, method, service, path)
}

fn rest(name: &str, method: &str, path: &str) -> Case {
    Case::rest(GROUP, name, method, path)
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let login = json!({"UserLogin": "lab-full", "Password": PASSWORD});
    let mut cases = vec![
        to("the script alone", "GET", ""),
        to("the script with a slash", "GET", "/"),
        to("Webservice without a name", "GET", "/Webservice"),
        to("Webservice with a slash", "GET", "/Webservice/"),
        to(
            "unknown word after the script",
            "GET",
            "/Service/GenericTicketConnectorREST/Ticket/2",
        ),
        to(
            "webservice in small letters",
            "GET",
            "/webservice/GenericTicketConnectorREST/Ticket/2",
        ),
        to("by number", "GET", "/WebserviceID/1/Ticket/2").agent("lab-full"),
        to("by number, soap", "POST", "/WebserviceID/2"),
        to("by unknown number", "GET", "/WebserviceID/999/Ticket/2"),
        to("by number zero", "GET", "/WebserviceID/0/Ticket/2"),
        to("by a word as number", "GET", "/WebserviceID/abc/Ticket/2"),
        to("by number without a number", "GET", "/WebserviceID/"),
        to(
            "by number with a leading zero",
            "GET",
            "/WebserviceID/01/Ticket/2",
        ),
        service("unknown service", "GET", "Nothing", "/Ticket/2"),
        service(
            "service in another case",
            "GET",
            "genericticketconnectorrest",
            "/Ticket/2",
        )
        .agent("lab-full"),
        service(
            "service with a space after it",
            "GET",
            "GenericTicketConnectorREST%20",
            "/Ticket/2",
        )
        .agent("lab-full"),
        service("wildcard as service", "GET", "%25", "/Ticket/2"),
        service(
            "service without a path",
            "GET",
            "GenericTicketConnectorREST",
            "",
        ),
        service(
            "service with an empty path",
            "GET",
            "GenericTicketConnectorREST",
            "/",
        ),
        service(
            "name with umlaut and space",
            "POST",
            "lab%20%C3%BCmlaut%20%26%20space",
            "/Session",
        )
        .json(&login),
        service("invalid service", "GET", "lab-invalid", "/Ticket/2"),
        service(
            "service without a provider",
            "GET",
            "lab-no-provider",
            "/Ticket/2",
        ),
        service(
            "service without a debugger",
            "GET",
            "lab-no-debugger",
            "/Ticket/2",
        ),
        service(
            "service without a transport",
            "POST",
            "lab-no-transport",
            "/Session",
        )
        .json(&login),
        service(
            "service with an unknown transport",
            "GET",
            "lab-odd-transport",
            "/x",
        ),
        service(
            "service without a length limit",
            "POST",
            "lab-no-maxlength",
            "/Session",
        )
        .json(&login),
        service(
            "service without routes",
            "POST",
            "lab-no-routes",
            "/Session",
        )
        .json(&login),
        service(
            "unknown operation type",
            "GET",
            "lab-odd-operation",
            "/Nothing",
        ),
        service(
            "operation without a type",
            "GET",
            "lab-odd-operation",
            "/Empty",
        ),
        service(
            "route to an absent operation",
            "GET",
            "lab-odd-operation",
            "/Absent",
        ),
        rest("unknown route", "GET", "/Nothing"),
        rest("route in small letters", "GET", "/ticket/2").agent("lab-full"),
        rest("route with a slash after it", "GET", "/Ticket/2/").agent("lab-full"),
        rest("route with two slashes", "GET", "//Ticket/2").agent("lab-full"),
        rest("route with two slashes inside", "GET", "/Ticket//2").agent("lab-full"),
        rest("route with more behind it", "GET", "/Ticket/2/Article/3").agent("lab-full"),
        rest("route with dots", "GET", "/Ticket/../Ticket/2").agent("lab-full"),
        rest("route with a percent encoded letter", "GET", "/%54icket/2").agent("lab-full"),
        rest("route with a semicolon", "GET", "/Ticket/2;x=1").agent("lab-full"),
        rest(
            "route with a percent encoded question mark",
            "GET",
            "/Ticket/2%3Fx",
        )
        .agent("lab-full"),
        rest("empty query", "GET", "/Ticket/2?"),
        rest(
            "two question marks",
            "GET",
            "/Ticket/2?UserLogin=lab-full?Password=lab-pw",
        ),
        rest("fragment", "GET", "/Ticket/2#x"),
    ];
    for method in [
        "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "TRACE", "BREW",
    ] {
        // Changing a ticket is not compared here.
        if matches!(method, "PUT" | "PATCH") {
            cases.push(
                rest(&format!("{method} on sessions"), method, "/Session/x").json(&json!({})),
            );
            continue;
        }
        cases.push(rest(&format!("{method} on a ticket"), method, "/Ticket/2").agent("lab-full"));
    }
    cases.extend([
        rest("get in small letters", "get", "/Ticket/2").agent("lab-full"),
        rest("GET on SessionCreate", "GET", "/Session").agent("lab-full"),
        rest("method override", "POST", "/Ticket/2")
            .agent("lab-full")
            .header("X-HTTP-Method-Override", "GET"),
        service("small service: fits", "POST", "lab-rest-small", "/Session").json(&login),
        service(
            "small service: too long",
            "POST",
            "lab-rest-small",
            "/Session",
        )
        .json(&json!({"UserLogin": "x".repeat(300)})),
        service(
            "small service: exactly the limit",
            "POST",
            "lab-rest-small",
            "/Session",
        )
        .header("Content-Type", "application/json")
        .body(format!("{{\"UserLogin\":\"{}\"}}", "x".repeat(200 - 16))),
        service(
            "small service: one beyond the limit",
            "POST",
            "lab-rest-small",
            "/Session",
        )
        .header("Content-Type", "application/json")
        .body(format!("{{\"UserLogin\":\"{}\"}}", "x".repeat(200 - 15))),
        service(
            "small service: long query",
            "GET",
            "lab-rest-small",
            "/Ticket/2",
        )
        .agent("lab-full")
        .param("x", &"y".repeat(300)),
        service("additional headers", "GET", "lab-rest-headers", "/Ticket")
            .agent("lab-full")
            .param("Limit", "1"),
        service(
            "additional headers on an error",
            "GET",
            "lab-rest-headers",
            "/Ticket",
        ),
        service(
            "additional headers on an unknown route",
            "GET",
            "lab-rest-headers",
            "/Nothing",
        ),
        service("keep alive", "GET", "lab-rest-keepalive", "/Ticket")
            .agent("lab-full")
            .param("Limit", "1"),
        service(
            "keep alive on an unknown route",
            "GET",
            "lab-rest-keepalive",
            "/Nothing",
        ),
        service(
            "GET is the default method",
            "GET",
            "lab-rest-keepalive",
            "/Ticket",
        )
        .agent("lab-full")
        .param("Limit", "1")
        .param("x", "1"),
        service(
            "POST without a configured method",
            "POST",
            "lab-rest-keepalive",
            "/Ticket",
        )
        .json(&login),
        service(
            "PUT without a configured method",
            "PUT",
            "lab-rest-keepalive",
            "/Ticket",
        )
        .json(&login),
        service(
            "two methods for a route",
            "POST",
            "lab-rest-keepalive",
            "/Ticket/2",
        )
        .json(&login),
        service(
            "body and path disagree",
            "POST",
            "lab-rest-keepalive",
            "/Ticket/2",
        )
        .json(&json!({"UserLogin": "lab-full", "Password": PASSWORD, "TicketID": 3})),
        service(
            "ids as a JSON array",
            "POST",
            "lab-rest-keepalive",
            "/Ticket/2",
        )
        .json(&json!({"UserLogin": "lab-full", "Password": PASSWORD, "TicketID": [3, 2]})),
        service(
            "switch as JSON true",
            "POST",
            "lab-rest-keepalive",
            "/Ticket/2",
        )
        .json(&json!({"UserLogin": "lab-full", "Password": PASSWORD, "AllArticles": true})),
        service(
            "switch as JSON null",
            "POST",
            "lab-rest-keepalive",
            "/Ticket/2",
        )
        .json(&json!({"UserLogin": "lab-full", "Password": PASSWORD, "AllArticles": null})),
        service(
            "overlapping routes: the longer one",
            "GET",
            "lab-rest-routes",
            "/a/b/c",
        ),
        service(
            "overlapping routes: the shorter one",
            "GET",
            "lab-rest-routes",
            "/a/lab-full/lab-pw",
        ),
        service(
            "overlapping routes: posted",
            "POST",
            "lab-rest-routes",
            "/a/lab-full/lab-pw",
        )
        .json(&json!({})),
        service(
            "two parameters in the route",
            "GET",
            "lab-rest-routes",
            "/tickets/2/as/lab-full?Password=lab-pw",
        ),
        service(
            "percent encoding in a route parameter",
            "GET",
            "lab-rest-routes",
            "/tickets/Printer%20on%20fire?UserLogin=lab-full&Password=lab-pw",
        ),
        service(
            "plus in a route parameter",
            "GET",
            "lab-rest-routes",
            "/tickets/Printer+on+fire?UserLogin=lab-full&Password=lab-pw",
        ),
        service(
            "umlaut in a route parameter",
            "GET",
            "lab-rest-routes",
            "/tickets/St%C3%B6rung*?UserLogin=lab-full&Password=lab-pw",
        ),
        service(
            "HEAD is allowed",
            "HEAD",
            "lab-rest-routes",
            "/tickets/2/as/lab-full?Password=lab-pw",
        ),
        service(
            "OPTIONS is allowed",
            "OPTIONS",
            "lab-rest-routes",
            "/tickets/x?UserLogin=lab-full&Password=lab-pw",
        ),
        service(
            "simple mapping of keys",
            "GET",
            "lab-rest-mapping",
            "/Ticket/2?login=lab-full&secret=lab-pw",
        ),
        service(
            "simple mapping of values",
            "GET",
            "lab-rest-mapping",
            "/Ticket/2?login=boss&secret=root",
        ),
        service(
            "simple mapping of values by pattern",
            "GET",
            "lab-rest-mapping",
            "/Ticket/2?login=frida&secret=lab-pw",
        ),
        service(
            "simple mapping of keys by pattern",
            "GET",
            "lab-rest-mapping",
            "/Ticket/2?login=lab-full&secret=lab-pw&wantall=1",
        ),
        service(
            "simple mapping of an error",
            "GET",
            "lab-rest-mapping",
            "/Ticket/2?login=lab-full&secret=wrong",
        ),
        service(
            "simple mapping ignores keys",
            "GET",
            "lab-rest-mapping",
            "/Ticket?UserLogin=lab-full&Password=lab-pw&Title=Series*&Limit=1",
        ),
        service(
            "outbound xslt",
            "GET",
            "lab-rest-mapping",
            "/Ticket?UserLogin=lab-full&Password=lab-pw&Title=Printer*",
        ),
        service(
            "outbound xslt of nothing",
            "GET",
            "lab-rest-mapping",
            "/Ticket?UserLogin=lab-full&Password=lab-pw&Title=nothing",
        ),
        service(
            "outbound xslt of an error",
            "GET",
            "lab-rest-mapping",
            "/Ticket?UserLogin=lab-full&Password=wrong",
        ),
        service("inbound xslt", "POST", "lab-rest-mapping", "/Session")
            .json(&json!({"who": "lab-full", "word": "pw"})),
        service(
            "inbound xslt of nothing",
            "POST",
            "lab-rest-mapping",
            "/Session",
        )
        .json(&json!({})),
        service(
            "inbound xslt with markup",
            "POST",
            "lab-rest-mapping",
            "/Session",
        )
        .json(&json!({"who": "<&>\"'", "word": "]]>"})),
        Case::new(
            GROUP,
            "under the root path",
            "GET",
            "/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket/2",
        ),
    ]);
    cases
}
