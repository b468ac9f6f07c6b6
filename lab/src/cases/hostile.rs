//! Requests that mean harm or come from a broken program.

use std::fmt::Write as _;

use serde_json::json;

use crate::case::{Case, PASSWORD};

const GROUP: &str = "hostile";

fn post(name: &str, body: impl Into<Vec<u8>>) -> Case {
    Case::rest(GROUP, name, "POST", "/Session")
        .header("Content-Type", "application/json")
        .body(body)
}

fn soap(name: &str, body: &str) -> Case {
    Case::soap_service(
        GROUP,
        name,
        "GenericTicketConnectorSOAP",
        body,
        "http://www.otrs.org/TicketConnector/#SessionCreate",
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
pub fn cases() -> Vec<Case> {
    let deep = |n: usize| format!("{}1{}", "[".repeat(n), "]".repeat(n));
    let mut laughs = String::from("<!DOCTYPE l [<!ENTITY a0 \"ha\">");
    for level in 1..8 {
        let _ = write!(
            laughs,
            "<!ENTITY a{level} \"{}\">",
            format!("&a{};", level - 1).repeat(8)
        );
    }
    laughs.push_str("]>");
    let envelope = |prefix: &str, inner: &str| {
        format!(
            "<?xml version=\"1.0\"?>{prefix}<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\"><s:Body>\
             <SessionCreate xmlns=\"http://www.otrs.org/TicketConnector/\">{inner}</SessionCreate></s:Body></s:Envelope>"
        )
    };
    vec![
        post(
            "JSON 100 arrays deep",
            format!("{{\"UserLogin\":{},\"Password\":\"x\"}}", deep(100)),
        ),
        post(
            "JSON 600 arrays deep",
            format!("{{\"UserLogin\":{},\"Password\":\"x\"}}", deep(600)),
        ),
        post(
            "a megabyte of login",
            json!({"UserLogin": "x".repeat(1 << 20), "Password": "y"}).to_string(),
        ),
        post(
            "null byte in the login",
            json!({"UserLogin": "lab-full\u{0}", "Password": PASSWORD}).to_string(),
        ),
        post(
            "four byte characters in the login",
            json!({"UserLogin": "😀", "Password": PASSWORD}).to_string(),
        ),
        post("lone surrogate", r#"{"UserLogin":"\ud800","Password":"x"}"#),
        post(
            "invalid utf-8",
            b"{\"UserLogin\":\"\xff\xfe\",\"Password\":\"x\"}".to_vec(),
        ),
        post(
            "overlong utf-8",
            b"{\"UserLogin\":\"\xc0\xaf\",\"Password\":\"x\"}".to_vec(),
        ),
        post(
            "infinity as a number",
            r#"{"UserLogin":1e999,"Password":"x"}"#,
        ),
        post(
            "a long number",
            format!("{{\"UserLogin\":{},\"Password\":\"x\"}}", "9".repeat(100)),
        ),
        post("not a number", r#"{"UserLogin":NaN,"Password":"x"}"#),
        post(
            "comments in the JSON",
            r#"{"UserLogin":"lab-full",/* c */"Password":"lab-pw"}"#,
        ),
        post(
            "single quotes",
            "{'UserLogin':'lab-full','Password':'lab-pw'}",
        ),
        post(
            "control character in a string",
            "{\"UserLogin\":\"lab\u{1}\",\"Password\":\"x\"}",
        ),
        post(
            "raw line break in a string",
            "{\"UserLogin\":\"lab\nfull\",\"Password\":\"x\"}",
        ),
        post(
            "yaml instead of JSON",
            "---\nUserLogin: lab-full\nPassword: lab-pw\n",
        ),
        post(
            "perl object tag",
            r#"{"__class__":"Kernel::System::Main","UserLogin":"x","Password":"y"}"#,
        ),
        post(
            "header injection in the login",
            json!({"UserLogin": "a\r\nX-Evil: 1", "Password": "x"}).to_string(),
        ),
        post(
            "body shorter than promised",
            r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#,
        )
        .header("Content-Length", "44"),
        post("zero length", "{}")
            .own_length()
            .header("Content-Length", "0"),
        post("length is a word", "{}")
            .own_length()
            .header("Content-Length", "many"),
        post("negative length", "{}")
            .own_length()
            .header("Content-Length", "-1"),
        post("no length at all", "").own_length(),
        post("length above the limit", "{}")
            .own_length()
            .header("Content-Length", "100000001"),
        post(
            "chunked body",
            "2c\r\n{\"UserLogin\":\"lab-full\",\"Password\":\"lab-pw\"}\r\n0\r\n\r\n",
        )
        .own_length()
        .header("Transfer-Encoding", "chunked"),
        post(
            "claims to be gzip",
            r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#,
        )
        .header("Content-Encoding", "gzip"),
        post(
            "basic authentication is ignored",
            r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#,
        )
        .header("Authorization", "Basic eDp5"),
        post(
            "forwarded address",
            r#"{"UserLogin":"lab-full","Password":"lab-pw"}"#,
        )
        .header("X-Forwarded-For", "1.2.3.4"),
        soap(
            "a billion laughs",
            &envelope(&laughs, "<UserLogin>&a7;</UserLogin><Password>x</Password>"),
        ),
        soap(
            "external parameter entity",
            &envelope(
                "<!DOCTYPE r [<!ENTITY % p SYSTEM \"file:///etc/hostname\"> %p;]>",
                "<UserLogin>a</UserLogin><Password>x</Password>",
            ),
        ),
        soap(
            "external document type",
            &envelope(
                "<!DOCTYPE r SYSTEM \"file:///etc/hostname\">",
                "<UserLogin>a</UserLogin><Password>x</Password>",
            ),
        ),
        soap(
            "xinclude",
            &envelope(
                "",
                "<xi:include xmlns:xi=\"http://www.w3.org/2001/XInclude\" href=\"file:///etc/hostname\" parse=\"text\"/>",
            ),
        ),
        soap(
            "200 elements deep",
            &envelope("", &format!("{}x{}", "<a>".repeat(200), "</a>".repeat(200))),
        ),
        soap(
            "a thousand parameters",
            &envelope(
                "",
                &(0..1000)
                    .map(|n| format!("<p{n}>x</p{n}>"))
                    .collect::<Vec<_>>()
                    .concat(),
            ),
        ),
        soap(
            "a thousand attributes",
            &envelope(
                "",
                &format!(
                    "<a {}/>",
                    (0..1000)
                        .map(|n| format!("p{n}=\"x\" "))
                        .collect::<Vec<_>>()
                        .concat()
                ),
            ),
        ),
        soap(
            "character reference to nothing",
            &envelope("", "<UserLogin>&#0;</UserLogin><Password>x</Password>"),
        ),
        soap("names that start with digits", &envelope("", "<1a>x</1a>")),
        Case::rest(GROUP, "a query of 8000 bytes", "GET", "/Ticket/2")
            .param("x", &"y".repeat(7900)),
        Case::rest(GROUP, "a query of 20000 bytes", "GET", "/Ticket/2")
            .param("x", &"y".repeat(20000)),
        Case::rest(GROUP, "500 parameters", "GET", "/Ticket")
            .agent("lab-full")
            .param("Limit", "1")
            .raw_query(&vec!["x=1"; 500].join("&")),
        Case::rest(
            GROUP,
            "script in the ticket id",
            "GET",
            "/Ticket/%3Cscript%3Ealert(1)%3C%2Fscript%3E",
        )
        .agent("lab-full"),
        Case::rest(
            GROUP,
            "line break in the ticket id",
            "GET",
            "/Ticket/2%0D%0AX-Evil:1",
        )
        .agent("lab-full"),
        Case::rest(
            GROUP,
            "path out of the service",
            "GET",
            "/Ticket/..%2F..%2F..%2Fetc%2Fpasswd",
        )
        .agent("lab-full"),
        Case::rest(GROUP, "overlong utf-8 in the path", "GET", "/Ticket/%C0%AF").agent("lab-full"),
        Case::rest(GROUP, "cookie with a session", "GET", "/Ticket/2")
            .header("Cookie", "OTRSAgentInterface={session agent:lab-full}"),
        Case::rest(GROUP, "session in a header", "GET", "/Ticket/2")
            .header("SessionID", "{session agent:lab-full}"),
    ]
}
