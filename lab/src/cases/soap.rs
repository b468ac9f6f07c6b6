//! The same operations over SOAP, and what only SOAP can get wrong.

use super::{AGENTS, CUSTOMERS};
use crate::case::{Case, PASSWORD, envelope};

const GROUP: &str = "soap";
const NAMESPACE: &str = "http://www.otrs.org/TicketConnector/";

fn agent<'a>(login: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let password = if login == "root@localhost" {
        "root"
    } else {
        PASSWORD
    };
    [("UserLogin", login), ("Password", password)]
        .into_iter()
        .chain(more.iter().copied())
        .collect()
}

fn customer<'a>(login: &'a str, more: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    [("CustomerUserLogin", login), ("Password", PASSWORD)]
        .into_iter()
        .chain(more.iter().copied())
        .collect()
}

fn call(name: impl Into<String>, operation: &str, parameters: &[(&str, &str)]) -> Case {
    Case::soap(GROUP, name, operation, parameters)
}

fn root_search(parameters: &str) -> Case {
    let name: String = format!("TicketSearch: {parameters}");
    Case::soap_raw(
        GROUP,
        name,
        "TicketSearch",
        &format!("<UserLogin>root@localhost</UserLogin><Password>root</Password>{parameters}"),
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, read from top to bottom"
)]
fn operations() -> Vec<Case> {
    let mut cases = Vec::new();
    for login in AGENTS {
        cases.push(call(
            format!("TicketGet: {login}"),
            "TicketGet",
            &agent(login, &[("TicketID", "2")]),
        ));
        cases.push(call(
            format!("TicketSearch: {login}"),
            "TicketSearch",
            &agent(login, &[]),
        ));
    }
    for login in CUSTOMERS {
        cases.push(call(
            format!("SessionCreate: customer {login}"),
            "SessionCreate",
            &customer(login, &[]),
        ));
        cases.push(call(
            format!("TicketGet: customer {login}"),
            "TicketGet",
            &customer(login, &[("TicketID", "2"), ("AllArticles", "1")]),
        ));
        cases.push(call(
            format!("TicketSearch: customer {login}"),
            "TicketSearch",
            &customer(login, &[]),
        ));
    }
    for id in ["2", "3", "5", "9", "11", "12", "13", "14", "15"] {
        cases.push(call(
            format!("TicketGet: everything of ticket {id}"),
            "TicketGet",
            &agent(
                "root@localhost",
                &[
                    ("TicketID", id),
                    ("AllArticles", "1"),
                    ("DynamicFields", "1"),
                    ("Attachments", "1"),
                    ("Extended", "1"),
                ],
            ),
        ));
    }
    cases.extend([
        call("SessionCreate: agent", "SessionCreate", &agent("lab-full", &[])),
        call("SessionCreate: nothing given", "SessionCreate", &[]),
        call("SessionCreate: wrong password", "SessionCreate", &[("UserLogin", "lab-full"), ("Password", "x")]),
        call("SessionCreate: no password", "SessionCreate", &[("UserLogin", "lab-full")]),
        call("SessionCreate: login with markup", "SessionCreate", &[("UserLogin", "<b>&"), ("Password", "x")]),
        call("SessionGet: agent", "SessionGet", &[("SessionID", "{session agent:lab-full}")]),
        call("SessionGet: customer", "SessionGet", &[("SessionID", "{session customer:alice}")]),
        call("SessionGet: unknown", "SessionGet", &[("SessionID", "abc")]),
        call("SessionGet: nothing given", "SessionGet", &[]),
        call("SessionGet: empty id", "SessionGet", &[("SessionID", "")]),
        call("SessionRemove: agent", "SessionRemove", &[("SessionID", "{session agent:lab-full#soap}")]),
        call("SessionRemove: the same again", "SessionRemove", &[("SessionID", "{session agent:lab-full#soap}")]),
        call("SessionRemove: nothing given", "SessionRemove", &[]),
        call("SessionRemove: unknown", "SessionRemove", &[("SessionID", "abc")]),
        call("TicketGet: nobody", "TicketGet", &[("TicketID", "2")]),
        call("TicketGet: no ticket", "TicketGet", &agent("lab-full", &[])),
        call("TicketGet: empty ticket", "TicketGet", &agent("lab-full", &[("TicketID", "")])),
        call("TicketGet: two tickets", "TicketGet", &agent("lab-full", &[("TicketID", "2"), ("TicketID", "3")])),
        call("TicketGet: two tickets with a comma", "TicketGet", &agent("lab-full", &[("TicketID", "2,3")])),
        call("TicketGet: ticket structure", "TicketGet", &agent("lab-full", &[("TicketID", "2")])).header("X-Lab", "1"),
        call("TicketGet: unknown ticket", "TicketGet", &agent("root@localhost", &[("TicketID", "99999")])),
        call("TicketGet: word", "TicketGet", &agent("root@localhost", &[("TicketID", "abc")])),
        call("TicketGet: limited and turned round", "TicketGet", &agent("root@localhost", &[("TicketID", "2"), ("AllArticles", "1"), ("ArticleOrder", "DESC"), ("ArticleLimit", "2")])),
        call("TicketGet: two sender types", "TicketGet", &agent("root@localhost", &[("TicketID", "2"), ("AllArticles", "1"), ("ArticleSenderType", "agent"), ("ArticleSenderType", "customer")])),
        call("TicketGet: HTML body as attachment", "TicketGet", &agent("root@localhost", &[("TicketID", "11"), ("AllArticles", "1"), ("Attachments", "1"), ("HTMLBodyAsAttachment", "1")])),
        call("TicketHistoryGet: ticket", "TicketHistoryGet", &agent("lab-full", &[("TicketID", "2")])),
        call("TicketHistoryGet: two tickets", "TicketHistoryGet", &agent("lab-full", &[("TicketID", "2"), ("TicketID", "3")])),
        call("TicketHistoryGet: nothing given", "TicketHistoryGet", &agent("lab-full", &[])),
        call("TicketHistoryGet: forbidden", "TicketHistoryGet", &agent("lab-none", &[("TicketID", "2")])),
        call("TicketHistoryGet: customer", "TicketHistoryGet", &customer("alice", &[("TicketID", "2")])),
        call("TimeAccountingGet: ticket", "TimeAccountingGet", &agent("root@localhost", &[("TicketID", "2")])),
        call("TimeAccountingGet: nobody", "TimeAccountingGet", &[("TicketID", "2")]),
        root_search("<Title>Printer*</Title>"),
        root_search("<Title>nothing at all</Title>"),
        root_search("<StateIDs>1</StateIDs><StateIDs>2</StateIDs>"),
        root_search("<Queues>Ops</Queues><Limit>2</Limit>"),
        root_search("<DynamicField_LabText><Equals>changed</Equals></DynamicField_LabText>"),
        root_search("<DynamicField_LabText><Like>value*</Like></DynamicField_LabText>"),
        root_search("<DynamicField_LabText><Empty>1</Empty></DynamicField_LabText>"),
        root_search("<DynamicField_LabText><Empty>0</Empty></DynamicField_LabText>"),
        root_search("<DynamicField_LabDrop><Equals>a</Equals><Equals>b</Equals></DynamicField_LabDrop>"),
        root_search("<DynamicField_LabMulti><Like>*c*</Like></DynamicField_LabMulti>"),
        root_search("<DynamicField_LabCheck><Equals>1</Equals></DynamicField_LabCheck>"),
        root_search("<DynamicField_LabDate><GreaterThan>2026-03-10 00:00:00</GreaterThan></DynamicField_LabDate>"),
        root_search("<DynamicField_LabDate><GreaterThanEquals>2026-03-10 00:00:00</GreaterThanEquals><SmallerThan>2026-03-12 00:00:00</SmallerThan></DynamicField_LabDate>"),
        root_search("<DynamicField_LabDateTime><SmallerThanEquals>2026-04-10 12:30:00</SmallerThanEquals></DynamicField_LabDateTime>"),
        root_search("<DynamicField_LabDate><Equals>soon</Equals></DynamicField_LabDate>"),
        root_search("<DynamicField_LabText><Above>1</Above></DynamicField_LabText>"),
        root_search("<DynamicField_Nothing><Equals>1</Equals></DynamicField_Nothing>"),
        root_search("<DynamicField><Name>LabText</Name><Equals>changed</Equals></DynamicField>"),
        root_search("<DynamicField_LabArticleText><Equals>internal field</Equals></DynamicField_LabArticleText>"),
        root_search("<TicketFlag><Seen>1</Seen></TicketFlag>"),
        root_search("<NotTicketFlag><Seen>1</Seen></NotTicketFlag>"),
        root_search("<Result>COUNT</Result>"),
        root_search("<SortBy>Title</SortBy><OrderBy>Up</OrderBy>"),
        root_search("<SortBy>DynamicField_LabText</SortBy><SortBy>Age</SortBy><OrderBy>Down</OrderBy><OrderBy>Up</OrderBy>"),
        root_search("<Title></Title>"),
        root_search("<Title/>"),
        root_search("<Title><![CDATA[Series 0*]]></Title>"),
        root_search("<Title>St&#246;rung*</Title>"),
    ]);
    cases
}

fn protocol() -> Vec<Case> {
    let get = "<UserLogin>lab-full</UserLogin><Password>lab-pw</Password><TicketID>2</TicketID>";
    let plain = envelope(NAMESPACE, "TicketGet", get);
    let to = |name: &str, service: &str, body: &str, action: &str| {
        Case::soap_service(GROUP, name, service, body, action)
    };
    let standard = |name: &str, body: &str| {
        to(
            name,
            "GenericTicketConnectorSOAP",
            body,
            "http://www.otrs.org/TicketConnector/#TicketGet",
        )
    };
    let bare = |name: &str| Case::service(GROUP, name, "POST", "GenericTicketConnectorSOAP", "");
    vec![
        standard("unknown operation", &envelope(NAMESPACE, "TicketPaint", get)),
        standard("operation in another name space", &envelope("urn:other", "TicketGet", get)),
        standard("operation without a name space", &plain.replace("t:TicketGet", "TicketGet")),
        standard("operation called ...Request", &envelope(NAMESPACE, "TicketGetRequest", get)),
        standard("two operations in one body", &plain.replace("</soapenv:Body>", &format!("<t:TicketGet>{get}</t:TicketGet></soapenv:Body>"))),
        standard("empty soap body", &plain.split("<t:").next().map(|s| format!("{s}</soapenv:Body></soapenv:Envelope>")).unwrap_or_default()),
        standard("no envelope", "<a>b</a>"),
        standard("no xml", "hello"),
        standard("empty request", ""),
        standard("not closed", &plain.replace("</soapenv:Envelope>", "")),
        standard("wrong nesting", &plain.replace("</TicketID>", "</TicketIDs>")),
        standard("soap 1.2 envelope", &plain.replace("http://schemas.xmlsoap.org/soap/envelope/", "http://www.w3.org/2003/05/soap-envelope")),
        standard("another prefix", &plain.replace("soapenv", "SOAP-ENV")),
        standard("no xml declaration", plain.trim_start_matches("<?xml version=\"1.0\" encoding=\"UTF-8\"?>")),
        standard("white space around elements", &plain.replace("><", ">\n  <")),
        standard("comment and processing instruction", &plain.replace("<TicketID>", "<!-- c --><?p x?><TicketID>")),
        standard("attributes on parameters", &plain.replace("<TicketID>", "<TicketID xsi:type=\"xsd:string\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">")),
        standard("nil parameter", &plain.replace("<TicketID>2</TicketID>", "<TicketID xsi:nil=\"true\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"/>")),
        standard("integer type", &plain.replace("<TicketID>", "<TicketID xsi:type=\"xsd:int\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">")),
        standard("prefixed parameters", &plain.replace("<TicketID>2</TicketID>", "<t:TicketID>2</t:TicketID>")),
        standard("mixed content", &plain.replace("<TicketID>", "text<TicketID>")),
        standard("nested parameter", &plain.replace("<TicketID>2</TicketID>", "<TicketID><a>2</a></TicketID>")),
        standard("soap header is filled", &plain.replace("<soapenv:Header/>", "<soapenv:Header><t:Auth>x</t:Auth></soapenv:Header>")),
        standard("internal entity", &plain.replace("<soapenv:Envelope", "<!DOCTYPE r [<!ENTITY two \"2\">]><soapenv:Envelope").replace(">2<", ">&two;<")),
        standard("external entity", &plain.replace("<soapenv:Envelope", "<!DOCTYPE r [<!ENTITY f SYSTEM \"file:///etc/hostname\">]><soapenv:Envelope").replace(">2<", ">&f;<")),
        standard("unknown entity", &plain.replace(">2<", ">&nothing;<")),
        standard("declared as latin1", &plain.replace("encoding=\"UTF-8\"", "encoding=\"ISO-8859-1\"")),
        standard("byte order mark", &format!("\u{feff}{plain}")),
        standard("control character", &plain.replace(">2<", ">2\u{1}<")),
        bare("no SOAPAction").header("Content-Type", "text/xml; charset=utf-8").body(plain.clone()),
        bare("no content type").header("SOAPAction", "\"x\"").body(plain.clone()),
        bare("content type json").header("Content-Type", "application/json").body(plain.clone()),
        bare("latin1 in the content type").header("Content-Type", "text/xml; charset=iso-8859-1").body(plain.clone()),
        bare("action in the content type").header("Content-Type", "application/soap+xml; charset=utf-8; action=\"x\"").body(plain.clone()),
        bare("invalid utf-8").header("Content-Type", "text/xml; charset=utf-8").body(
            plain.as_bytes().iter().flat_map(|b| if *b == b'2' { vec![0xff] } else { vec![*b] }).collect::<Vec<u8>>(),
        ),
        Case::service(GROUP, "GET on a soap service", "GET", "GenericTicketConnectorSOAP", ""),
        Case::service(GROUP, "GET on a soap service with an operation", "GET", "GenericTicketConnectorSOAP", "/TicketGet?TicketID=2"),
        Case::service(GROUP, "PUT on a soap service", "PUT", "GenericTicketConnectorSOAP", "").header("Content-Type", "text/xml").body(plain.clone()),
        Case::service(GROUP, "soap service with a path", "POST", "GenericTicketConnectorSOAP", "/x/y").header("Content-Type", "text/xml").body(plain.clone()),
        Case::service(GROUP, "soap service with a query", "POST", "GenericTicketConnectorSOAP", "?TicketID=3").header("Content-Type", "text/xml").body(plain),
        to("SOAPAction as configured", "lab-soap-action", &envelope("urn:lab", "TicketGet", get), "urn:lab#TicketGet"),
        to("SOAPAction with another separator", "lab-soap-action", &envelope("urn:lab", "TicketGet", get), "urn:lab/TicketGet"),
        to("SOAPAction of another operation", "lab-soap-action", &envelope("urn:lab", "TicketGet", get), "urn:lab#TicketSearch"),
        to("SOAPAction is empty", "lab-soap-action", &envelope("urn:lab", "TicketGet", get), ""),
        to("request scheme Request", "lab-soap-request", &envelope("urn:lab", "TicketGetRequest", get), "urn:lab#TicketGet"),
        to("request scheme Request, plain name", "lab-soap-request", &envelope("urn:lab", "TicketGet", get), "urn:lab#TicketGet"),
        to("request scheme Append", "lab-soap-append", &envelope("urn:lab", "TicketGetAsk", get), "urn:lab#TicketGet"),
        to("request scheme Append, error", "lab-soap-append", &envelope("urn:lab", "TicketGetAsk", ""), "urn:lab#TicketGet"),
        to("response scheme Plain", "lab-soap-small", &envelope("urn:lab", "SessionCreate", "<UserLogin>a</UserLogin>"), "urn:lab#SessionCreate"),
        to("too long for the service", "lab-soap-small", &envelope("urn:lab", "TicketGet", &format!("{get}<Title>{}</Title>", "x".repeat(600))), "urn:lab#TicketGet"),
        to("no name space configured", "lab-soap-no-namespace", &envelope("urn:lab", "SessionCreate", get), "urn:lab#SessionCreate"),
    ]
}

pub fn cases() -> Vec<Case> {
    let mut cases = operations();
    cases.extend(protocol());
    cases
}
