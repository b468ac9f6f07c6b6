//! HTTP::REST: routes, parameters, bodies.

use actix_web::{http::Method, test::TestRequest};

use super::{app, uri};

const JSON: &str = "application/json";
const FORM: &str = "application/x-www-form-urlencoded";
const NOT_READ: &str = "500 Could not read input data";
const NOT_DECODED: &str = "500 Error while decoding request content.";
const NO_STRUCTURE: &str = "500 Unsupported request content structure.";

fn request(method: &str, path: &str, content_type: &str, body: &[u8]) -> TestRequest {
    let mut request = TestRequest::default()
        .method(Method::from_bytes(method.as_bytes()).unwrap())
        .uri(&uri("Rest", path));
    if !content_type.is_empty() {
        request = request.insert_header(("content-type", content_type));
    }
    if !body.is_empty() {
        request = request
            .insert_header(("content-length", body.len()))
            .set_payload(body.to_vec());
    }
    request
}

#[actix_web::test]
async fn bodies_are_read_as_the_reference_reads_them() {
    let app = app().await;
    for (method, content_type, body, expected) in [
        (
            "POST",
            JSON,
            &br#"{"b":"1","a":1,"c":null,"d":true,"f":1.50}"#[..],
            r#"200 {"a":1,"b":"1","c":null,"d":1,"f":1.5}"#,
        ),
        ("POST", "text/xml", br#"{"a":1}"#, r#"200 {"a":1}"#),
        ("POST", JSON, b" {\"a\":1} \n", r#"200 {"a":1}"#),
        ("POST", "", br#"{"a":1}"#, NOT_READ),
        ("PUT", FORM, br#"{"a":1}"#, NOT_READ),
        ("POST", FORM, b"POSTDATA=%7B%22a%22:1}", r#"200 {"a":1}"#),
        ("DELETE", "", br#"{"a":1}"#, r#"200 {"a":1}"#),
        ("POST", JSON, b"  ", NOT_READ),
        ("DELETE", JSON, b"  ", NOT_DECODED),
        ("POST", JSON, b"{\"a\":\"\xe4\"}", NOT_READ),
        ("DELETE", JSON, b"{\"a\":\"\xe4\"}", NOT_DECODED),
        ("POST", JSON, br#"{"a":"#, NOT_DECODED),
        ("POST", JSON, b"null", NOT_DECODED),
        ("POST", JSON, b"0", NOT_DECODED),
        ("POST", JSON, b"false", NOT_DECODED),
        ("POST", JSON, b"true", NO_STRUCTURE),
        ("POST", JSON, b"{}", NO_STRUCTURE),
        ("POST", JSON, b"[]", NO_STRUCTURE),
        ("POST", JSON, b"\"x\"", NO_STRUCTURE),
        ("POST", JSON, b"", r#"200 {"RequestMethod":"POST"}"#),
        ("GET", JSON, br#"{"a":1}"#, r#"200 {"RequestMethod":"GET"}"#),
        (
            "POST",
            JSON,
            b"[1]",
            r#"500 {"faultcode":"Server","faultstring":"Got Data but it is not a hash ref in Operation Test backend)!"}"#,
        ),
    ] {
        let answer = app.call(request(method, "/Echo", content_type, body)).await;
        assert_eq!(
            answer.line(),
            expected,
            "{method} {content_type} {}",
            String::from_utf8_lossy(body)
        );
    }
}

const MULTIPART: &str = "multipart/form-data; boundary=XX";

/// A multipart body with these fields.
fn parts(fields: &[(&str, &str)]) -> String {
    let part = |(name, value): &(&str, &str)| {
        format!("--XX\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    };
    fields.iter().map(part).collect::<String>() + "--XX--\r\n"
}

#[actix_web::test]
async fn the_json_of_a_form_stands_in_a_field_named_after_a_method() {
    const A: &str = r#"200 {"a":1}"#;
    let app = app().await;
    for (method, query, body, expected) in [
        ("POST", "", "b=1&POSTDATA={\"a\":1}&POSTDATA={\"b\":1}", A),
        ("POST", "", "PUTDATA={\"a\":1}&PATCHDATA={\"b\":1}", A),
        ("POST", "", "POSTDATA=&PUTDATA={\"a\":1}", NOT_READ),
        ("POST", "", "POSTDATA=0&PUTDATA={\"a\":1}", NOT_DECODED),
        ("POST", "", "DELETEDATA={\"a\":1}", NOT_READ),
        ("POST", "", "a=1", NOT_READ),
        ("POST", "", "POSTDATA={\"a\":\"%E4\"}", NOT_READ),
        ("POST", "", "b=%E4&POSTDATA=+{\"a\":1}%0A", A),
        ("POST", "", "POSTDATA={\"a\":\"b=c;d\"}", NOT_DECODED),
        (
            "POST",
            "",
            "POSTDATA={\"a\":\"b=c%u20ac\"}",
            r#"200 {"a":"b=c€"}"#,
        ),
        ("PUT", "", "PUTDATA={\"b\":1}&POSTDATA={\"a\":1}", A),
        ("PUT", "", "POSTDATA=+&PUTDATA={\"a\":1}", A),
        ("PUT", "", "PUTDATA=&PATCHDATA={\"a\":1}", NOT_READ),
        ("PATCH", "", "PUTDATA=&PATCHDATA={\"a\":1}", A),
        ("PATCH", "", "POSTDATA=0&PUTDATA={\"a\":1}", NOT_READ),
        (
            "POST",
            "?POSTDATA=%7B%22a%22:1%7D",
            "PUTDATA={\"b\":1}",
            r#"200 {"POSTDATA":"{\"a\":1}","a":1}"#,
        ),
        ("POST", "?PUTDATA=%7B%22a%22:1%7D", "POSTDATA=", NOT_READ),
        ("PUT", "?PUTDATA=%7B%22a%22:1%7D", "b=1", NOT_READ),
        ("DELETE", "", "POSTDATA={\"a\":1}", NOT_DECODED),
        (
            "GET",
            "",
            "POSTDATA={\"a\":1}",
            r#"200 {"RequestMethod":"GET"}"#,
        ),
    ] {
        let path = format!("/Echo{query}");
        let answer = app
            .call(request(method, &path, FORM, body.as_bytes()))
            .await;
        assert_eq!(answer.line(), expected, "{method} {query} {body}");
    }
}

#[actix_web::test]
async fn only_post_reads_multipart_bodies() {
    let app = app().await;
    let good = parts(&[
        ("x", "1"),
        ("POSTDATA", " {\"a\":\"ä\"} "),
        ("POSTDATA", "2"),
    ]);
    let file = good.replace("=\"POSTDATA\"", "=\"POSTDATA\"; filename=\"x.json\"");
    let decoded = r#"200 {"a":"ä"}"#;
    let related = "multipart/related; boundary=XX; start=\"<a>\"";
    for (method, content_type, body, expected) in [
        ("POST", MULTIPART, good.as_str(), decoded),
        ("POST", "multipart/form-data", &good, decoded),
        (
            "POST",
            "Multipart/Form-Data; boundary=XX",
            &good,
            NOT_DECODED,
        ),
        ("POST", "multipart/mixed; boundary=XX", &good, NOT_DECODED),
        ("POST", related, &good, NOT_READ),
        ("PUT", related, &good, NOT_DECODED),
        ("POST", MULTIPART, &file, NOT_READ),
        (
            "POST",
            MULTIPART,
            &parts(&[("PUTDATA", r#"{"a":"ä"}"#)]),
            decoded,
        ),
        ("POST", MULTIPART, &parts(&[("a", "1")]), NOT_READ),
        ("POST", MULTIPART, "--XX", NOT_READ),
        ("PUT", MULTIPART, &good, NOT_READ),
        ("PATCH", MULTIPART, &good, NOT_READ),
        ("PUT", MULTIPART, "--XX&PUTDATA={\"a\":\"ä\"}&x", decoded),
        ("DELETE", MULTIPART, &good, NOT_DECODED),
        ("GET", MULTIPART, &good, r#"200 {"RequestMethod":"GET"}"#),
    ] {
        let answer = app
            .call(request(method, "/Echo", content_type, body.as_bytes()))
            .await;
        assert_eq!(answer.line(), expected, "{method} {content_type} {body}");
    }
}

#[actix_web::test]
async fn only_methods_without_forms_know_character_sets() {
    let app = app().await;
    let latin: &[u8] = b"{\"a\":\"\xe4\"}";
    let a = r#"200 {"a":"ä"}"#;
    for (method, charset, body, expected) in [
        ("DELETE", "; charset=iso-8859-1", latin, a),
        ("OPTIONS", "; Charset=\"ISO-8859-1\"; x=y", latin, a),
        ("DELETE", "; charset=nonsense", latin, a),
        ("DELETE", "; charset=utf-8", latin, NOT_DECODED),
        ("DELETE", "", latin, NOT_DECODED),
        (
            "DELETE",
            "; charset=us-ascii",
            latin,
            "200 {\"a\":\"\u{fffd}\"}",
        ),
        ("DELETE", "; charset=koi8-r", latin, r#"200 {"a":"Д"}"#),
        ("DELETE", "", b"\xef\xbb\xbf{\"a\":1}", r#"200 {"a":1}"#),
        ("POST", "; charset=iso-8859-1", latin, NOT_READ),
        (
            "POST",
            "; charset=iso-8859-1",
            "{\"a\":\"ä\"}".as_bytes(),
            a,
        ),
        ("PUT", "; charset=koi8-r", latin, NOT_READ),
        ("POST", "", b"\xef\xbb\xbf{\"a\":1}", NOT_DECODED),
    ] {
        let answer = app
            .call(request(method, "/Echo", &format!("{JSON}{charset}"), body))
            .await;
        assert_eq!(answer.line(), expected, "{method} {charset}");
    }
    let empty = request("POST", "/Echo", "", br#"{"a":1}"#).insert_header(("content-type", ""));
    assert_eq!(app.call(empty).await.line(), r#"200 {"a":1}"#);
}

#[actix_web::test]
async fn parameters_come_from_path_query_and_body() {
    let app = app().await;
    for (method, path, body, expected) in [
        (
            "GET",
            "/Echo?a=1&b=x&a=2;c=%C3%BC",
            "",
            r#"{"RequestMethod":"GET","a":["1","2"],"b":"x","c":"ü"}"#,
        ),
        (
            "POST",
            "/Echo?a=2",
            r#"{"a":1,"b":1}"#,
            r#"{"a":"2","b":1}"#,
        ),
        ("POST", "/One/1?A=3", r#"{"A":2}"#, r#"{"A":"1"}"#),
        (
            "POST",
            "/One/a%20b+c",
            "",
            r#"{"A":"a b+c","RequestMethod":"POST"}"#,
        ),
        (
            "GET",
            "/Two/a.b/x/c-d?C=4",
            "",
            r#"{"A":"a.b","B":"c-d","C":"4","RequestMethod":"GET"}"#,
        ),
        (
            "GET",
            "/Echo?RequestMethod=2",
            "",
            r#"{"RequestMethod":"GET"}"#,
        ),
        (
            "GET",
            "/Nope?x=/Webservice/Rest/Echo",
            "",
            r#"{"RequestMethod":"GET"}"#,
        ),
    ] {
        let answer = app.call(request(method, path, JSON, body.as_bytes())).await;
        assert_eq!(
            answer.line(),
            format!("200 {expected}"),
            "{method} {path} {body}"
        );
    }
}

#[actix_web::test]
async fn requests_without_route_name_the_address() {
    let app = app().await;
    for (method, path, shown) in [
        ("GET", "/Nope?x=1", "/Nope"),
        ("GET", "/echo", "/echo"),
        ("GET", "/Echo/", "/Echo/"),
        ("GET", "//Echo", "//Echo"),
        ("GET", "/Ech%6f", "/Ech%6f"),
        ("POST", "/Get", "/Get"),
        ("GET", "/One/", "/One/"),
        ("GET", "/", "/"),
        ("GET", "", "/otrs/nph-genericinterface.pl/Webservice/Rest"),
    ] {
        let answer = app.call(request(method, path, "", b"")).await;
        assert_eq!(
            answer.line(),
            format!("500 HTTP::REST Error while determine Operation for request URI '{shown}'.")
        );
        assert_eq!(
            answer.header("content-type"),
            Some("text/plain; charset=UTF-8")
        );
    }
}

#[actix_web::test]
async fn operations_and_mappings_that_do_not_exist_are_faults() {
    let app = app().await;
    for (path, message) in [
        (
            "/BadType",
            "Can't load operation backend module Kernel::GenericInterface::Operation::Nope::Nope!",
        ),
        ("/NoType", "Got no OperationType!"),
        ("/NoOperation", "Got no OperationType!"),
        ("/Unmapped", "Unknown"),
    ] {
        let answer = app.call(request("GET", path, "", b"")).await;
        assert_eq!(
            answer.line(),
            format!(r#"500 {{"faultcode":"Server","faultstring":"{message}"}}"#)
        );
    }
}

#[actix_web::test]
async fn data_is_mapped_on_its_way() {
    let app = app().await;
    let simple = app
        .call(request("POST", "/Mapped", JSON, br#"{"a":1,"b":2}"#))
        .await;
    assert_eq!(simple.line(), r#"200 {"A":1,"b":2}"#);
    let xslt = app
        .call(request("POST", "/Xslt", JSON, br#"{"a":1,"b":2}"#))
        .await;
    assert_eq!(xslt.line(), r#"200 {"Sum":"3"}"#);
}

#[actix_web::test]
async fn answers_carry_the_header_lines_of_the_web_service() {
    let app = app().await;
    let answer = app
        .call(request("POST", "/Echo", JSON, br#"{"a":1}"#))
        .await;
    assert_eq!(
        answer.header("content-type"),
        Some("application/json; charset=UTF-8")
    );
    assert_eq!(answer.header("x-one"), Some("one"));
    assert_eq!(answer.header("a-first"), Some("1"));
}

#[actix_web::test]
async fn bodies_that_are_too_long_are_refused_after_the_route_was_found() {
    let app = app().await;
    let body = |length: usize| format!("{{\"a\":\"{}\"}}", "x".repeat(length - 8));
    assert_eq!(
        app.call(request("POST", "/Echo", JSON, body(2000).as_bytes()))
            .await
            .status,
        200
    );
    let refused = app
        .call(request("POST", "/Echo", JSON, body(2001).as_bytes()))
        .await;
    assert_eq!(refused.line(), "413 Payload Too Large");
    let nowhere = app
        .call(request("POST", "/Nope", JSON, body(2001).as_bytes()))
        .await;
    assert_eq!(nowhere.status, 500);
}
