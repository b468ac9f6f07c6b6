//! What the transports make of requests and answers, shown by an operation that answers with what it got: JSON,
//! forms and multipart bodies, character sets, patterns in routes, additional headers, SOAP.

use crate::case::{Case, envelope};

const GROUP: &str = "echo";
const NAMESPACE: &str = "urn:lab";

fn echo(name: impl Into<String>, method: &str, path: &str) -> Case {
    Case::service(GROUP, name, method, "lab-echo", path)
}

/// JSON as it stands in the body.
const JSON: [&str; 46] = [
    r"{}",
    r"[]",
    r"[{}]",
    r#"[{"a":1}]"#,
    r#""text""#,
    r"1",
    r"null",
    r#"{"a":null}"#,
    r#"{"a":""}"#,
    r#"{"a":0,"b":-0,"c":-1}"#,
    r#"{"a":1.0,"b":1.50,"c":0.1,"d":1e3,"e":1E-3}"#,
    r#"{"a":123456789012345678}"#,
    r#"{"a":9223372036854775807,"b":9223372036854775808}"#,
    r#"{"a":18446744073709551615,"b":18446744073709551616}"#,
    r#"{"a":-9223372036854775808,"b":-9223372036854775809}"#,
    r#"{"a":0.1234567890123456789}"#,
    r#"{"a":1e400}"#,
    r#"{"a":1e-400}"#,
    r#"{"a":01}"#,
    r#"{"a":+1}"#,
    r#"{"a":.5}"#,
    r#"{"a":5.}"#,
    r#"{"a":"1","b":"01","c":"1.0"}"#,
    r#"{"a":[],"b":{},"c":[[]],"d":[{}]}"#,
    r#"{"a":[1,"2",null,[3,{"b":4}]]}"#,
    r#"{"b":1,"a":2,"B":3,"A":4,"1":5,"_":6}"#,
    r#"{"a":1,"a":2}"#,
    r#"{"":1}"#,
    r#"{"a":"\u00fc\u20ac\ud83d\ude00"}"#,
    r#"{"ü":"ß","日":"本"}"#,
    r#"{"a":"\"\\\/\b\f\n\r\t"}"#,
    r#"{"a":"\u0000\u0001\u001f\u007f\u0080"}"#,
    r#"{"a":"\u2028\u2029"}"#,
    r#"{"a":"\ud83d"}"#,
    r#"{"a":"\ude00\ud83d"}"#,
    r#"{"a":"\x41"}"#,
    r#"{"a":"\u12"}"#,
    r#"{"a":"</script>"}"#,
    r#"{"a":"1" "b":"2"}"#,
    r#"{"a":"1",,"b":"2"}"#,
    r"{a:1}",
    "{\"a\":\"tab\there\"}",
    " \n\t{\"a\" : 1 , \"b\" : [ 1 , 2 ] }\n ",
    r#"{"a":1}{"b":2}"#,
    r#"{"a":1}]"#,
    r#"{"a":1"#,
];

/// Content type and body.
const BODIES: [(&str, &str, &str); 27] = [
    (
        "form",
        "application/x-www-form-urlencoded",
        "a=1&b=two+words&c=%C3%BC",
    ),
    (
        "form with a key twice",
        "application/x-www-form-urlencoded",
        "a=1&a=2&b=3",
    ),
    (
        "form with a charset",
        "application/x-www-form-urlencoded; charset=utf-8",
        "a=%C3%BC",
    ),
    (
        "form in latin1",
        "application/x-www-form-urlencoded; charset=iso-8859-1",
        "a=%FC",
    ),
    (
        "form with an empty key",
        "application/x-www-form-urlencoded",
        "=1&a&b=",
    ),
    (
        "form with semicolons",
        "application/x-www-form-urlencoded",
        "a=1;b=2",
    ),
    (
        "form in capitals",
        "Application/X-WWW-Form-Urlencoded",
        "a=1",
    ),
    (
        "form called POSTDATA",
        "application/x-www-form-urlencoded",
        "POSTDATA=%7B%22a%22%3A1%7D",
    ),
    (
        "form that is JSON",
        "application/x-www-form-urlencoded",
        "{\"a\":1}",
    ),
    (
        "form that is JSON with an equals sign",
        "application/x-www-form-urlencoded",
        "{\"a\":\"b=c\"}",
    ),
    (
        "form that is JSON with an ampersand",
        "application/x-www-form-urlencoded",
        "{\"a\":\"b&c\"}",
    ),
    (
        "multipart",
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\none\r\n--B\r\nContent-Disposition: form-data; name=\"b\"\r\n\r\ntwo\r\n--B--\r\n",
    ),
    (
        "multipart with a file",
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"a\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\none\r\n--B--\r\n",
    ),
    (
        "multipart with JSON in POSTDATA",
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"POSTDATA\"\r\n\r\n{\"a\":1}\r\n--B--\r\n",
    ),
    (
        "multipart with JSON in a part",
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"x\"\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--B--\r\n",
    ),
    (
        "multipart with a part twice",
        "multipart/form-data; boundary=B",
        "--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1\r\n--B\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n2\r\n--B--\r\n",
    ),
    (
        "multipart without a boundary",
        "multipart/form-data",
        "{\"a\":1}",
    ),
    (
        "multipart of nothing",
        "multipart/form-data; boundary=B",
        "--B--\r\n",
    ),
    (
        "multipart mixed",
        "multipart/mixed; boundary=B",
        "--B\r\nContent-Type: application/json\r\n\r\n{\"a\":1}\r\n--B--\r\n",
    ),
    ("text", "text/plain", "{\"a\":1}"),
    (
        "JSON with another name",
        "application/vnd.api+json",
        "{\"a\":1}",
    ),
    ("XML", "application/xml", "<a>1</a>"),
    ("octets", "application/octet-stream", "{\"a\":1}"),
    ("empty content type", "", "{\"a\":1}"),
    ("odd content type", "what?", "{\"a\":1}"),
    (
        "JSON in utf-16 as it says",
        "application/json; charset=utf-16",
        "{\"a\":\"ü\"}",
    ),
    (
        "JSON in an unknown charset",
        "application/json; charset=klingon",
        "{\"a\":\"ü\"}",
    ),
];

/// Charset parameters of a content type for a body in latin1.
const LATIN1: [&str; 8] = [
    "application/json; charset=iso-8859-1",
    "application/json; charset=ISO-8859-1",
    "application/json;charset=\"iso-8859-1\"",
    "application/json; charset=latin1",
    "application/json; charset=windows-1252",
    "application/json; charset=utf-8",
    "application/json",
    "text/plain; charset=iso-8859-15",
];

const QUERIES: [&str; 29] = [
    "a=1",
    "a=1&a=2",
    "a=1;b=2",
    "a",
    "a=",
    "=a",
    "&&a=1&",
    "a=b=c",
    "a+b=c+d",
    "a%20b=c%20d",
    "a=%C3%BC&%C3%BC=1",
    "a=%FC",
    "a=ü",
    "a=%zz",
    "a=%",
    "a=%00",
    "a[]=1&a[]=2",
    "a.b=1",
    "a=%26%3D",
    "a=%2B",
    "a=?",
    "a=1#b",
    "a=<b>",
    "Name=query",
    "a=0",
    "a=%30&a=0&b=00",
    "a&a&a=",
    "a=1&a&&",
    "%2B=%2B&+=+",
];

/// Paths for the patterns of the service `lab-rest-patterns`.
const PATHS: [&str; 59] = [
    "/open/x",
    "/opened/x",
    "/opener/x",
    "/xopen/x",
    "/open/x/y",
    "/t/12",
    "/t/x",
    "/t/12/",
    "/ahead/1x",
    "/ahead/x1",
    "/v1.0/x.y",
    "/v2.0/xzy",
    "/v3.0/x.y",
    "/v1x0/x.y",
    "/v1.0/x./",
    "/h/1/y",
    "/h/x/y",
    "/not/123/y",
    "/not/923/y",
    "/not/x/y",
    "/behind/aba/y",
    "/behind/ab/y",
    "/fold/y",
    "/FOLD/y",
    "/Fold/Y",
    "/anchored",
    "/anchored/x",
    "/star/",
    "/star/x",
    "/star/x/y/z",
    "/star",
    "/plus/a/y",
    "/plus/aaa/y",
    "/plus//y",
    "/dash/1-2",
    "/dash/1",
    "/dash/1-2-3",
    "/point/1.2",
    "/point/1x2",
    "/twice/1/2",
    "/either",
    "/or",
    "/eitherx",
    "/x/or",
    "/slash/",
    "/slash",
    "/long/1/b/c/d/e/f/g",
    "/%C3%BC/1",
    "/under/1",
    "/colon/1",
    "/colon/:",
    "/back/aa/y",
    "/back/ab/y",
    "/count/xx/y",
    "/count/xxxx/y",
    "/a%20b/y",
    "/p%20q/y",
    "/greedy/1/2/3",
    "/word/ab/y",
];

/// Calls of the SOAP service that echoes: what stands inside the operation's element.
const SOAP: [&str; 38] = [
    "",
    "<a>1</a>",
    "<a/>",
    "<a></a>",
    "<a> </a>",
    "<a> x </a>",
    "<a>1</a><a>2</a>",
    "<a>1</a><b>2</b><a>3</a>",
    "<a><b>1</b></a>",
    "<a><b>1</b><b>2</b></a><a><b>3</b></a>",
    "<a><b/></a>",
    "<a x=\"1\">t</a>",
    "<a x=\"1\"/>",
    "<a>t<b>1</b>u</a>",
    "<b>2</b><a>1</a><c>3</c>",
    "<a>&lt;&amp;&gt;&quot;&apos;</a>",
    "<a><![CDATA[<b>&]]></a>",
    "<a>&#252;ü&#x1F600;</a>",
    "<a>line\nbreak\ttab\r\nreturn</a>",
    "<a>&#13;&#10;</a>",
    "<a>0</a>",
    "<a>007</a>",
    "<a>1.50</a>",
    "<a>true</a>",
    "<a xsi:type=\"xsd:int\">5</a>",
    "<a xsi:type=\"xsd:base64Binary\">w7w=</a>",
    "<a xsi:type=\"xsd:boolean\">true</a>",
    "<a xsi:nil=\"true\"/>",
    "<a xsi:nil=\"1\">x</a>",
    "<a xsi:type=\"soapenc:Array\" soapenc:arrayType=\"xsd:string[2]\"><item>1</item><item>2</item></a>",
    "<a xsi:type=\"soapenc:Array\" soapenc:arrayType=\"xsd:string[1]\"><item>1</item></a>",
    "<t:a>1</t:a>",
    "<o:a xmlns:o=\"urn:other\">1</o:a>",
    "<a-b>1</a-b><a.b>2</a.b><_a>3</_a>",
    "<ü>1</ü>",
    "<a><!-- c -->1</a>",
    "<TestError>7</TestError>",
    "<a href=\"#x\"/>",
];

fn soap(name: impl Into<String>, service: &str, operation: &str, inner: &str) -> Case {
    let envelope = envelope(NAMESPACE, operation, inner).replace(
        "<soapenv:Envelope ",
        "<soapenv:Envelope xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" ",
    );
    Case::soap_service(
        GROUP,
        name,
        service,
        &envelope,
        &format!("{NAMESPACE}#{operation}"),
    )
}

#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, one after the other"
)]
pub fn cases() -> Vec<Case> {
    let mut cases = Vec::new();
    for body in JSON {
        let name = format!("JSON {}", body.escape_debug());
        let json = echo(name, "POST", "/Echo").header("Content-Type", "application/json");
        cases.push(json.body(body));
    }
    for (name, content_type, body) in BODIES {
        cases.push(
            echo(name, "POST", "/Echo")
                .header("Content-Type", content_type)
                .body(body),
        );
        if name.contains("form") || name.starts_with("multipart") {
            let named = echo(
                format!("{name}, with a query"),
                "POST",
                "/Echo/path?q=1&Name=query",
            );
            cases.push(named.header("Content-Type", content_type).body(body));
        }
    }
    for content_type in LATIN1 {
        cases.push(
            echo(format!("latin1 as {content_type}"), "POST", "/Echo")
                .header("Content-Type", content_type)
                .body(b"{\"a\":\"\xfc\xa4\"}".to_vec()),
        );
    }
    for query in QUERIES {
        cases.push(echo(
            format!("query {query}"),
            "GET",
            &format!("/Echo?{query}"),
        ));
        let named = echo(
            format!("query {query} with a body"),
            "POST",
            &format!("/Echo/p?{query}"),
        );
        cases.push(
            named
                .header("Content-Type", "application/json")
                .body(r#"{"a":["b"],"c":"d"}"#),
        );
    }
    for method in ["PUT", "PATCH", "DELETE", "OPTIONS"] {
        cases.push(
            echo(format!("{method} with a body"), method, "/Echo?q=1")
                .header("Content-Type", "application/json")
                .body(r#"{"a":"b"}"#),
        );
        cases.push(echo(
            format!("{method} without a body"),
            method,
            "/Echo?q=1",
        ));
        cases.push(
            echo(format!("{method} with a form"), method, "/Echo?q=1")
                .header("Content-Type", "application/x-www-form-urlencoded")
                .body("a=b&c=d"),
        );
    }
    for name in [
        "a", "%C3%BC", "a+b", "a%20b", "a%2Bb", "a:b", "a;b", "a,b", "a=b", "a@b", "%25", "a&b",
    ] {
        cases.push(echo(
            format!("in the path: {name}"),
            "GET",
            &format!("/Echo/{name}"),
        ));
    }
    cases.push(
        echo("no body, with basic authentication", "GET", "/Echo?a=1")
            .header("Authorization", "Basic bGFiLWZ1bGw6bGFiLXB3"),
    );
    cases.push(echo("a bearer token", "GET", "/Echo?a=1").header("Authorization", "Bearer abc"));
    cases.push(
        echo("broken basic authentication", "GET", "/Echo?a=1")
            .header("Authorization", "Basic !!!"),
    );
    for path in PATHS {
        cases.push(Case::service(
            GROUP,
            format!("pattern {path}"),
            "GET",
            "lab-rest-patterns",
            path,
        ));
    }
    for path in ["/digit/1", "/first/1", "/none"] {
        cases.push(Case::service(
            GROUP,
            format!("odd pattern {path}"),
            "GET",
            "lab-rest-pattern-odd",
            path,
        ));
    }
    for service in ["plain", "own", "list", "break", "text", "name"] {
        let service = format!("lab-headers-{service}");
        cases.push(Case::service(
            GROUP,
            format!("{service}: an answer"),
            "GET",
            &service,
            "/Echo?a=1",
        ));
        cases.push(Case::service(
            GROUP,
            format!("{service}: an error"),
            "GET",
            &service,
            "/Echo?TestError=1",
        ));
        cases.push(Case::service(
            GROUP,
            format!("{service}: no route"),
            "GET",
            &service,
            "/Nothing",
        ));
    }
    for inner in SOAP {
        let name = format!("soap {}", inner.escape_debug());
        cases.push(soap(name, "lab-soap-echo", "Echo", inner));
    }
    for inner in [
        "<a>1</a><b><x>1</x><y>2</y></b><c>3</c>",
        "<d>4</d><b><z>3</z><x>1</x></b><a>1</a>",
        "<c>1</c><c>2</c><a>3</a>",
        "<a>1</a>",
    ] {
        cases.push(soap(
            format!("soap sorted {inner}"),
            "lab-soap-sorted",
            "Echo",
            inner,
        ));
    }
    for (operation, inner) in [
        ("Upper", "<a>one</a>"),
        ("Outwards", "<a>one</a><b>two</b>"),
        ("Outwards", ""),
        ("Nothing", "<a/>"),
    ] {
        cases.push(soap(
            format!("soap {operation} {inner}"),
            "lab-soap-echo",
            operation,
            inner,
        ));
    }
    cases.push(soap(
        "soap with additional headers",
        "lab-soap-headers",
        "Echo",
        "<a>1</a>",
    ));
    cases.push(soap(
        "soap error with additional headers",
        "lab-soap-headers",
        "Echo",
        "<TestError>1</TestError>",
    ));
    cases
}
