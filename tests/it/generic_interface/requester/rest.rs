//! HTTP::REST as a client.

use super::{call, log, other_side::OtherSide, service};
use crate::support::TestApp;

const DATA: &str =
    r#"{"TicketID":"a/b c?ü&","b":[1,"2",{"c":null}],"e":"","l":"äö","n":null,"N":12}"#;

/// A web service whose only invoker that matters sends to this controller with this command.
fn config(side: &OtherSide, controller: &str, command: &str, more: &str) -> String {
    let config = format!(
        "DefaultCommand: POST\nHost: http://{}/base\nInvokerControllerMapping:\n  Echo:\n    Controller: {controller}\n    Command: {command}\n\
         \x20 Test:\n    Controller: {controller}\n  Simple:\n    Controller: {controller}\nTimeout: '5'\n{more}",
        side.address
    );
    service("HTTP::REST", &config)
}

async fn sent(controller: &str, command: &str, more: &str, data: &str) -> String {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    app.web_service("Out", &config(&side, controller, command, more))
        .await;
    let answer = call(&app, "Echo", data).await;
    assert_eq!(answer.unwrap(), r#"{"Got":"it","N":1}"#);
    side.arrived()
}

#[actix_web::test]
async fn post_sends_in_the_body_what_the_path_does_not_use() {
    insta::assert_snapshot!(sent("/x/:TicketID", "POST", "", DATA).await, @r#"
    POST /base/x/a%2Fb%20c%3F%C3%BC%26 HTTP/1.1
    Content-Type: application/json; charset=UTF-8

    {"N":12,"b":[1,"2",{"c":null}],"e":"","l":"äö","n":null}
    "#);
}

#[actix_web::test]
async fn get_sends_everything_in_the_address() {
    let data = r#"{"TicketID":"a b","b":[1,"2"],"l":"äö x","n":null}"#;
    insta::assert_snapshot!(sent("/x/:TicketID?a=:T&b=1&c=:TicketID", "GET", "", data).await, @r"
    GET /base/x/a%20b?a=:T&b=1&c=a%20b&b=1&b=2&l=%C3%A4%C3%B6+x&n= HTTP/1.1
    Content-Type: application/json; charset=UTF-8
    ");
}

#[actix_web::test]
async fn other_commands_are_like_one_of_both() {
    for (command, expected) in [
        ("PUT", "PUT /base/x/1/:Z/y HTTP/1.1 {\"a\":\"b\"}"),
        ("PATCH", "PATCH /base/x/1/:Z/y HTTP/1.1 {\"a\":\"b\"}"),
        ("DELETE", "DELETE /base/x/1/:Z/y?a=b HTTP/1.1 "),
        ("OPTIONS", "OPTIONS /base/x/1/:Z/y?a=b HTTP/1.1 "),
        ("''", "POST /base/x/1/:Z/y HTTP/1.1 {\"a\":\"b\"}"),
    ] {
        let sent = sent(
            "/x/:TicketID/:Z/y",
            command,
            "",
            r#"{"TicketID":"1","a":"b"}"#,
        )
        .await;
        let line = sent.lines().next().unwrap_or_default();
        let body = sent.lines().last().unwrap_or_default();
        assert_eq!(format!("{line} {body}"), expected);
    }
}

#[actix_web::test]
async fn header_lines_and_sign_in_are_added() {
    let more = "AdditionalHeaders:\n  X-A: b c\n  Content-Type: x/y\nAuthentication:\n  AuthType: BasicAuth\n  BasicAuthUser: ü:u\n  BasicAuthPassword: p:ä\n";
    insta::assert_snapshot!(sent("/x", "POST", more, "{\"a\":\"1 2\"}").await, @r#"
    POST /base/x HTTP/1.1
    Authorization: Basic /Dp1OnA65A==
    Content-Type: x/y
    X-A: b c

    {"a":"1 2"}
    "#);
}

#[actix_web::test]
async fn bodies_may_be_forms_and_xml() {
    let data = r#"{"a":"1 2ü&","c":["3","4"],"h":{"k":"v"}}"#;
    insta::assert_snapshot!(sent("/x", "POST", "ContentType: XML", data).await, @r#"
    POST /base/x HTTP/1.1
    Content-Type: application/xml

    <?xml version="1.0" encoding="UTF-8"?>
      <a>1 2ü&amp;</a>
      <c>3</c>
      <c>4</c>
      <h k="v" />
    "#);
    insta::assert_snapshot!(sent("/x", "POST", "ContentType: FORM", r#"{"a":"1 2ü&","c":["3","4"]}"#).await, @r"
    POST /base/x HTTP/1.1
    Content-Type: application/x-www-form-urlencoded

    a=1+2%C3%BC%26&c=3&c=4
    ");
    insta::assert_snapshot!(sent("/x", "POST", "ContentType: JSON", r#"{"a":"1"}"#).await, @r#"
    POST /base/x HTTP/1.1
    Content-Type: application/json

    {"a":"1"}
    "#);
}

#[actix_web::test]
async fn the_debug_log_tells_the_way_of_a_request_without_secrets() {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    let more = "Authentication:\n  AuthType: BasicAuth\n  BasicAuthUser: u\n  BasicAuthPassword: planted\n";
    let config = config(&side, "/x/:TicketID?b=:b", "POST", more);
    app.web_service("Out", &config).await;
    call(&app, "Echo", r#"{"TicketID":"3","b":"4","c":"5"}"#)
        .await
        .unwrap();
    insta::assert_snapshot!(log(&app).await);
    app.web_service(
        "Quiet",
        &config.replace("Threshold: debug", "Threshold: info"),
    )
    .await;
}

#[actix_web::test]
async fn test_invokers_send_and_want_what_those_of_the_reference_do() {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    app.web_service("Out", &config(&side, "/number", "POST", ""))
        .await;
    let answer = call(
        &app,
        "Test",
        r#"{"TicketNumber":"1","Action":"Error","b":"c"}"#,
    )
    .await;
    assert_eq!(answer.unwrap(), r#"{"TicketNumber":"7"}"#);
    assert!(
        side.arrived()
            .ends_with(r#"{"Action":"ErrorTest","TicketNumber":"1"}"#)
    );
    let missing = call(&app, "Test", r#"{"b":"c"}"#).await.unwrap_err();
    assert_eq!(missing.to_string(), "Got no TicketNumber");
    let answer = call(&app, "Simple", r#"{"b":"c"}"#).await;
    assert_eq!(answer.unwrap(), r#"{"TicketNumber":"7"}"#);
    assert!(side.arrived().ends_with(r#"{"b":"c"}"#));
    let unknown = call(&app, "Unknown", "{}").await.unwrap_err();
    assert_eq!(
        unknown.to_string(),
        "Can't load invoker backend module 'Nope::Nope'!"
    );
}
