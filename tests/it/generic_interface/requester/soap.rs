//! HTTP::SOAP as a client.

use super::{call, other_side::OtherSide, service};
use crate::support::TestApp;

const ATTRIBUTES: &str = r#"soap:encodingStyle="http://schemas.xmlsoap.org/soap/encoding/" xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" xmlns:soapenc="http://schemas.xmlsoap.org/soap/encoding/" xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance""#;

fn config(side: &OtherSide, more: &str) -> String {
    let config = format!(
        "Endpoint: http://{}/soap\nNameSpace: urn:x\nTimeout: '5'\n{more}",
        side.address
    );
    service("HTTP::SOAP", &config)
}

const USUAL: &str = "SOAPAction: Yes\nSOAPActionSeparator: '#'\nSOAPActionScheme: NameSpaceSeparatorOperation\nRequestNameScheme: Plain\nResponseNameScheme: Response\n";

/// What arrived, the attributes of the envelope left out.
async fn sent(more: &str, data: &str) -> String {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    app.web_service("Out", &config(&side, more)).await;
    let answer = call(&app, "Echo", data).await;
    assert_eq!(
        answer.unwrap(),
        r#"{"A":"1","B":{"C":"3"},"E":["1","2"]}"#,
        "{more}"
    );
    let arrived = side.arrived();
    assert!(arrived.contains(ATTRIBUTES), "{arrived}");
    arrived.replace(ATTRIBUTES, "…")
}

#[actix_web::test]
async fn an_envelope_is_what_the_reference_sends() {
    let data = r#"{"TicketID":"a/b c?ü&<","b":[1,"2",{"c":null}],"e":"","h":{"k":"v","j":["1"]},"n":null,"N":12}"#;
    insta::assert_snapshot!(sent(USUAL, data).await, @r#"
    POST /soap HTTP/1.1
    Accept: text/xml, multipart/*, application/soap
    Content-Type: text/xml; charset=utf-8
    Soapaction: "urn:x#Echo"

    <?xml version="1.0" encoding="UTF-8"?><soap:Envelope …><soap:Body><namesp1:Echo xmlns:namesp1="urn:x"><N>12</N><TicketID>a/b c?ü&amp;&lt;</TicketID><b>1</b><b>2</b><b><c /></b><e /><h><j>1</j><k>v</k></h><n /></namesp1:Echo></soap:Body></soap:Envelope>
    "#);
}

/// Each setting, the text of SOAPAction and the element in the body.
#[actix_web::test]
async fn names_and_actions_follow_the_settings() {
    let element = r#"<namesp1:Echo xmlns:namesp1="urn:x"><a>b</a></namesp1:Echo>"#;
    for (from, to, action, body) in [
        ("Yes", "No", "", element),
        ("'#'", "/", "urn:x/Echo", element),
        (
            "SOAPActionScheme: NameSpaceSeparatorOperation",
            "",
            "urn:x#Echo",
            element,
        ),
        ("SOAPActionSeparator: '#'", "", "", element),
        (
            "NameSpaceSeparatorOperation",
            "SeparatorOperation",
            "#Echo",
            element,
        ),
        ("NameSpaceSeparatorOperation", "Operation", "Echo", element),
        (
            "NameSpaceSeparatorOperation",
            "FreeText\nSOAPActionFreeText: my action",
            "my action",
            element,
        ),
        ("SOAPAction: Yes", "", "urn:x#Echo", element),
        (
            "RequestNameScheme: Plain",
            "RequestNameScheme: Append\nRequestNameFreeText: Foo",
            "urn:x#Echo",
            r#"<namesp1:EchoFoo xmlns:namesp1="urn:x"><a>b</a></namesp1:EchoFoo>"#,
        ),
        (
            "RequestNameScheme: Plain",
            "RequestNameScheme: Request",
            "urn:x#Echo",
            r#"<namesp1:EchoRequest xmlns:namesp1="urn:x"><a>b</a></namesp1:EchoRequest>"#,
        ),
        (
            "SOAPAction: Yes",
            "NoNameSpace: 1",
            "urn:x#Echo",
            r#"<Echo xmlns="urn:x"><a>b</a></Echo>"#,
        ),
        (
            "SOAPAction: Yes",
            "FixedNameSpacePrefix: fp",
            "urn:x#Echo",
            r#"<fp:Echo xmlns:fp="urn:x"><a>b</a></fp:Echo>"#,
        ),
        (
            "ResponseNameScheme: Response",
            "ResponseNameScheme: Replace\nResponseNameFreeText: EchoResponse",
            "urn:x#Echo",
            element,
        ),
        (
            "ResponseNameScheme: Response",
            "ResponseNameScheme: Append\nResponseNameFreeText: Response",
            "urn:x#Echo",
            element,
        ),
    ] {
        assert!(USUAL.contains(from), "{from}");
        let sent = sent(&USUAL.replacen(from, to, 1), r#"{"a":"b"}"#).await;
        assert!(
            sent.contains(&format!("Soapaction: \"{action}\"\n")),
            "{to}: {sent}"
        );
        assert!(
            sent.contains(&format!("<soap:Body>{body}</soap:Body>")),
            "{to}: {sent}"
        );
    }
}

#[actix_web::test]
async fn elements_come_in_the_order_of_the_settings() {
    let sort = format!("{USUAL}Sort:\n- z:\n  - y: ''\n  - x: ''\n- a: ''\n");
    let sent = sent(&sort, r#"{"a":"1","z":{"x":"1","y":"2","w":"3"},"m":"n"}"#).await;
    let expected = "<z><y>2</y><x>1</x><w>3</w></z><a>1</a><m>n</m>";
    assert!(sent.contains(expected), "{sent}");
}

#[actix_web::test]
async fn nothing_to_send_is_nil() {
    let sent = sent(USUAL, "{}").await;
    let expected = r#"<namesp1:Echo xmlns:namesp1="urn:x" xsi:nil="true" />"#;
    assert!(sent.contains(expected), "{sent}");
}
