//! HTTP::SOAP: envelopes, faults, SOAPAction.

use actix_web::test::TestRequest;

use super::{SOAP, app, uri};
use crate::support::{Answer, TestApp};

const HEAD: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope soap:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body>";
const FOOT: &str = "</soap:Body></soap:Envelope>";

fn envelope(body: &str) -> String {
    format!(
        "<s:Envelope xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://ns/x\"><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn request(content_type: &str, action: &str, body: String) -> TestRequest {
    TestRequest::post()
        .uri(&uri("Soap", ""))
        .insert_header(("content-type", content_type))
        .insert_header(("soapaction", action))
        .insert_header(("content-length", body.len()))
        .set_payload(body)
}

fn fault(message: &str) -> String {
    format!(
        "500 {HEAD}<Fault xmlns=\"http://ns/x\"><faultcode>Server</faultcode><faultstring>{message}</faultstring></Fault>{FOOT}"
    )
}

fn short(answer: &Answer) -> String {
    answer.line()
}

#[actix_web::test]
async fn an_operation_answers_in_an_envelope() {
    let app = app().await;
    let body = envelope("<t:EchoRequest><b>x</b><a>1</a><a>2</a><c/></t:EchoRequest>");
    for (content_type, expected) in [
        ("text/xml;charset=UTF-8", "text/xml; charset=UTF-8"),
        (
            "application/soap+xml; charset=utf-8; action=\"x\"",
            "application/soap+xml; charset=UTF-8",
        ),
        ("application/xml", "text/xml; charset=UTF-8"),
        ("foo; x=y;charset=utf-8", "foo; x=y; charset=UTF-8"),
    ] {
        let answer = app.call(request(content_type, "", body.clone())).await;
        assert_eq!(
            short(&answer),
            format!(
                "200 {HEAD}<EchoResponse xmlns=\"http://ns/x\"><a>1</a><a>2</a><b>x</b><c /></EchoResponse>{FOOT}"
            )
        );
        assert_eq!(answer.header("content-type"), Some(expected));
    }
}

#[actix_web::test]
async fn the_answer_speaks_the_version_of_the_request() {
    let app = app().await;
    let body = envelope("<t:Echo><a>1</a></t:Echo>").replace(
        "http://schemas.xmlsoap.org/soap/envelope/",
        "http://www.w3.org/2003/05/soap-envelope",
    );
    let answer = app.call(request("text/xml", "", body)).await;
    assert!(
        answer
            .body
            .contains("xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\""),
        "{}",
        answer.body
    );
}

#[actix_web::test]
async fn what_can_not_be_served_is_a_fault_or_a_plain_text() {
    let app = app().await;
    for (action, body, expected) in [
        ("", envelope("<t:Nope/>"), fault("Got no OperationType!")),
        (
            "",
            envelope("<t:Request/>"),
            fault("TransportObject backend did not return an operation"),
        ),
        (
            "",
            envelope("<t:Echo>x</t:Echo>"),
            fault("Got Data but it is not a hash ref in Operation Test backend)!"),
        ),
        (
            "\"http://ns/x#Echo\"",
            envelope("<t:Echo/>"),
            format!("200 {HEAD}<EchoResponse xmlns=\"http://ns/x\" xsi:nil=\"true\" />{FOOT}"),
        ),
        (
            "\"http://ns/x#Echo\"",
            envelope("<t:EchoRequest/>"),
            fault(
                "Operation from SOAP data 'EchoRequest' does not match operation from SOAPAction 'Echo'",
            ),
        ),
        (
            "\"http://ns/x/Echo\"",
            envelope("<t:Echo/>"),
            fault(
                "SOAPAction 'http://ns/x/Echo' does not match expected result 'http://ns/x#Echo'",
            ),
        ),
        (
            "\"http://foo#Echo\"",
            "not even read".to_owned(),
            fault(
                "Namespace from SOAPAction 'http://foo' does not match namespace from configuration 'http://ns/x'",
            ),
        ),
        (
            "",
            envelope(""),
            "500 Got no result body from deserialized content".to_owned(),
        ),
        ("", String::new(), "411 Length Required".to_owned()),
        ("", "x".repeat(2001), "413 Payload Too Large".to_owned()),
        (
            "",
            "<a></b>".to_owned(),
            "500 Error deserializing message:\nmismatched tag at line 1, column 5, byte 5\n"
                .to_owned(),
        ),
    ] {
        let answer = app.call(request("text/xml", action, body.clone())).await;
        assert_eq!(short(&answer), expected, "{action} {body}");
        if answer.status != 200 {
            assert_eq!(
                answer.header("content-type"),
                Some("text/plain; charset=UTF-8")
            );
        }
    }
}

#[actix_web::test]
async fn no_file_and_no_entity_of_the_caller_s_choice_is_read() {
    let app = app().await;
    let doctype = |entity: &str| {
        format!(
            "<!DOCTYPE x [{entity}]>{}",
            envelope("<t:Echo><a>&x;</a></t:Echo>")
        )
    };
    let inside = app
        .call(request("text/xml", "", doctype("<!ENTITY x \"planted\">")))
        .await;
    assert_eq!(
        short(&inside),
        format!("200 {HEAD}<EchoResponse xmlns=\"http://ns/x\"><a /></EchoResponse>{FOOT}")
    );
    let outside = app
        .call(request(
            "text/xml",
            "",
            doctype("<!ENTITY x SYSTEM \"file:///etc/passwd\">"),
        ))
        .await;
    assert_eq!(
        short(&outside),
        "500 Error deserializing message:External entity (pointing to 'file:///etc/passwd') is not allowed\n"
    );
}

#[actix_web::test]
async fn a_call_without_content_reaches_the_operation_as_an_empty_request() {
    let app = TestApp::start().await;
    app.web_service(
        "Soap",
        &SOAP.replace("Test::Test", "Session::SessionCreate"),
    )
    .await;
    let answer = app
        .call(request("text/xml", "", envelope("<t:Echo/>")))
        .await;
    assert!(
        answer.body.contains(
            "<ErrorCode>SessionCreate.MissingParameter</ErrorCode><ErrorMessage>SessionCreate: The request is empty!</ErrorMessage>"
        ),
        "{}",
        answer.body
    );
}
