use proptest::prelude::*;

use super::{
    action::{Action, ActionError, Expected, NameScheme},
    *,
};
use crate::{Map, Value, json};

const NAME_SPACES: &str = "xmlns:s=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:t=\"http://ns/x\" \
    xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
    xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:apache=\"http://xml.apache.org/xml-soap\"";

fn envelope(body: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><s:Envelope {NAME_SPACES}><s:Body>{body}</s:Body></s:Envelope>"
    )
}

fn data(content: &str) -> String {
    match read(
        envelope(&format!("<t:Echo>{content}</t:Echo>")).as_bytes(),
        None,
    ) {
        Ok(envelope) => json::write(&envelope.data),
        Err(error) => error.to_string(),
    }
}

#[test]
fn elements_become_data_as_in_the_reference_system() {
    for (content, expected) in [
        (
            "<a>1</a><b>x</b><c/><d></d><e> sp </e><f>ü€😀&amp;&lt;&#65;&#xe9;</f>",
            r#"{"a":"1","b":"x","c":"","d":"","e":" sp ","f":"ü€😀&<Aé"}"#,
        ),
        (
            "<a>1</a><a>2</a><b><c>1</c></b><b><c>2</c><c>3</c></b>",
            r#"{"a":["1","2"],"b":[{"c":"1"},{"c":["2","3"]}]}"#,
        ),
        (
            "<a x=\"1\">1</a><b x=\"1\"/><c x=\"1\"><d/></c>",
            r#"{"a":"1","b":"","c":{"d":""}}"#,
        ),
        (
            "hi<a>1</a>there<b>x<c>y</c>z</b>",
            r#"{"a":"1","b":{"c":"y"}}"#,
        ),
        ("hi", "\"hi\""),
        ("", "\"\""),
        (
            "<a><![CDATA[<x>&]]></a><b>p<![CDATA[q]]>r</b>",
            r#"{"a":"<x>&","b":"pqr"}"#,
        ),
        ("<!-- c --><a>1<!-- c -->2</a><?pi x?>", r#"{"a":"12"}"#),
        (
            "<t:a>1</t:a><soapenc:int>5</soapenc:int>",
            r#"{"a":"1","int":"5"}"#,
        ),
        (
            "<a xsi:nil=\"true\"/><b xsi:nil=\"1\"><c/></b><d xsi:nil=\"false\"/>",
            r#"{"a":null,"b":null,"d":""}"#,
        ),
        (
            "<a xsi:type=\"xsd:boolean\">true</a><b xsi:type=\"xsd:boolean\">0</b>",
            r#"{"a":1,"b":0}"#,
        ),
        (
            "<a xsi:type=\"xsd:boolean\">foo</a>",
            "Error deserializing message:Wrong boolean value 'foo'\n",
        ),
        (
            "<a xsi:type=\"xsd:float\">1.50</a><b xsi:type=\"xsd:int\">abc</b>",
            r#"{"a":"1.50","b":"abc"}"#,
        ),
        (
            "<a xsi:type=\"xsd:base64Binary\">w7w=</a><b xsi:type=\"xsd:hexBinary\">616263</b>",
            r#"{"a":"Ã¼","b":"abc"}"#,
        ),
        (
            "<a xsi:type=\"xsd:token\">1</a>",
            "Error deserializing message:Unrecognized type '{http://www.w3.org/2001/XMLSchema}token'\n",
        ),
        (
            "<a xsi:type=\"string\">1</a>",
            "Error deserializing message:Unspecified namespace for type 'string'\n",
        ),
        (
            "<a xsi:type=\"q:string\">1</a>",
            "Error deserializing message:Unresolved prefix 'q' for attribute value 'q:string'\n",
        ),
        (
            "<a soapenc:arrayType=\"xsd:string[2]\"><i>1</i><i>2</i></a>",
            r#"{"a":["1","2"]}"#,
        ),
        (
            "<a xsi:type=\"soapenc:Array\" soapenc:arrayType=\"xsd:string[0]\"/>",
            r#"{"a":[]}"#,
        ),
        (
            "<a xsi:type=\"apache:Map\"><item><key>k</key><value>v</value></item></a>",
            r#"{"a":{"k":"v"}}"#,
        ),
        (
            "<a id=\"x\" href=\"#x\"/>",
            "Error deserializing message:Unresolved (wrong?) href (x) in element 'a'\n",
        ),
        (
            "<q:a/>",
            "Error deserializing message:Unresolved prefix 'q' for element 'a'\n",
        ),
    ] {
        assert_eq!(data(content), expected, "{content}");
    }
}

#[test]
fn references_are_followed_without_growing_without_end() {
    let shared =
        envelope("<t:Echo><a href=\"#m\"/><b href=\"#m\"/></t:Echo><m id=\"m\"><c>1</c></m>");
    let shared = read(shared.as_bytes(), None).unwrap();
    assert_eq!(
        json::write(&shared.data),
        r#"{"a":{"c":"1"},"b":{"c":"1"}}"#
    );

    let levels: Vec<String> = (0..40)
        .map(|level| {
            let next = level + 1;
            format!("<m id=\"m{level}\"><a href=\"#m{next}\"/><b href=\"#m{next}\"/></m>")
        })
        .collect();
    let (levels, bottom) = (levels.concat(), "x".repeat(1000));
    let bomb = format!("<t:Echo><a href=\"#m0\"/></t:Echo>{levels}<m id=\"m40\">{bottom}</m>");
    assert!(matches!(
        read(envelope(&bomb).as_bytes(), None),
        Err(SoapError::Content(_))
    ));
}

#[test]
fn the_operation_is_the_first_element_of_the_body_by_name() {
    for (body, operation) in [
        ("<t:Echo><a>1</a></t:Echo>", "Echo"),
        ("<t:Zed/><t:Echo/>", "Echo"),
        ("<Echo xmlns=\"http://other\"/>", "Echo"),
    ] {
        assert_eq!(
            read(envelope(body).as_bytes(), None).unwrap().operation,
            operation
        );
    }
    let twice = read(
        envelope("<t:Echo>1</t:Echo><t:Echo>2</t:Echo>").as_bytes(),
        None,
    )
    .unwrap();
    assert_eq!(json::write(&twice.data), r#"["1","2"]"#);
}

#[test]
fn what_is_no_envelope_is_refused() {
    for document in [
        envelope(""),
        "<t:Echo xmlns:t=\"http://ns/x\"><a>1</a></t:Echo>".to_owned(),
        format!("<s:Envelope {NAME_SPACES}/>"),
    ] {
        assert_eq!(
            read(document.as_bytes(), None),
            Err(SoapError::NoBody),
            "{document}"
        );
    }
    let other =
        envelope("<t:Echo/>").replace("http://schemas.xmlsoap.org/soap/envelope/", "http://foo");
    assert_eq!(
        read(other.as_bytes(), None).unwrap_err().to_string(),
        "Error deserializing message:Wrong SOAP version specified. Supported versions:\n  1.2 \
         (http://www.w3.org/2003/05/soap-envelope)\n  1.1 (http://schemas.xmlsoap.org/soap/envelope/)\n"
    );
    assert_eq!(
        read(b"<Envelope><Body><Echo/></Body></Envelope>", None)
            .unwrap()
            .operation,
        "Echo"
    );
}

#[test]
fn the_character_set_of_the_transport_comes_before_the_declaration() {
    let text = |bytes: &[u8], charset| match read(bytes, charset).unwrap().data {
        Value::Map(map) => map["a"].as_string().unwrap(),
        other => panic!("{other:?}"),
    };
    let plain = "<Envelope><Body><Echo><a>ü</a></Echo></Body></Envelope>";
    let latin: Vec<u8> = plain
        .chars()
        .map(|character| u8::try_from(u32::from(character)).unwrap())
        .collect();
    let declared = [
        b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?>",
        latin.as_slice(),
    ]
    .concat();
    assert_eq!(text(plain.as_bytes(), None), "ü");
    assert_eq!(text(&latin, Some("ISO-8859-1")), "ü");
    assert_eq!(text(&declared, None), "ü");
    assert_eq!(text(&declared, Some("UTF-8")), "ü");
    // Converted once for the transport and once more for the declaration, as in the reference system.
    assert_eq!(text(&declared, Some("ISO-8859-1")), "Ã¼");
    assert_eq!(text(plain.as_bytes(), Some("foo")), "Ã¼");
    assert!(read(&latin, None).is_err());
}

fn written(data: &str, order: &Order) -> String {
    let Value::Map(map) = json::read(data).unwrap() else {
        panic!("{data}")
    };
    match write(Version::V1_1, "http://ns/x", "EchoResponse", &map, order) {
        Ok(text) => text.split_once("<soap:Body>").unwrap().1.to_owned(),
        Err(error) => error.to_string(),
    }
}

#[test]
fn answers_are_written_as_the_reference_writes_them() {
    let whole = write(
        Version::V1_1,
        "http://ns/x",
        "EchoResponse",
        &Map::new(),
        &Order::default(),
    )
    .unwrap();
    assert_eq!(
        whole,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope soap:encodingStyle=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\" xmlns:soapenc=\"http://schemas.xmlsoap.org/soap/encoding/\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body><EchoResponse xmlns=\"http://ns/x\" xsi:nil=\"true\" /></soap:Body></soap:Envelope>"
    );
    let newer = write(
        Version::V1_2,
        "http://ns/x",
        "E",
        &Map::new(),
        &Order::default(),
    )
    .unwrap();
    assert!(newer.contains(
        "soap:encodingStyle=\"http://www.w3.org/2003/05/soap-encoding\" xmlns:soap=\"http://www.w3.org/2003/05/soap-envelope\""
    ));
    assert_eq!(
        written(
            r#"{"b":"x","a":1,"c":null,"d":"","e":{},"f":[1,{"g":"<>&\"'"}],"h":1.5}"#,
            &Order::default()
        ),
        "<EchoResponse xmlns=\"http://ns/x\"><a>1</a><b>x</b><c /><d /><e /><f>1</f><f><g>&lt;&gt;&amp;\"'</g></f><h>1.5</h></EchoResponse></soap:Body></soap:Envelope>"
    );
    assert_eq!(
        written(r#"{"a":{"b":[]}}"#, &Order::default()),
        "Error in SOAPOutputRecursion: Data type 'ARRAY (empty)' is invalid"
    );
}

#[test]
fn elements_are_ordered_as_the_web_service_asks() {
    let setting = json::read(r#"[{"c":null},{"a":[{"z":null},{"y":null}]},{"b":null}]"#).unwrap();
    let order = Order::from_setting(Some(&setting));
    assert_eq!(
        written(
            r#"{"a":[{"x":9,"y":1,"z":2},{"y":3}],"b":1,"c":2,"d":3}"#,
            &order
        ),
        "<EchoResponse xmlns=\"http://ns/x\"><c>2</c><a><z>2</z><y>1</y><x>9</x></a><a><y>3</y></a><b>1</b><d>3</d></EchoResponse></soap:Body></soap:Envelope>"
    );
}

fn check(header: &str, element: &str, expected: &Expected) -> Result<(), String> {
    let Some(action) = Action::parse(header) else {
        return Ok(());
    };
    action
        .check_name_space("http://ns/x")
        .and_then(|()| action.check(element, element, "http://ns/x", expected))
        .map_err(|error: ActionError| error.to_string())
}

#[test]
fn soap_actions_are_checked_like_the_reference_checks_them() {
    let whole = |found: &str| {
        Err(format!(
            "SOAPAction '{found}' does not match expected result 'http://ns/x#Echo'"
        ))
    };
    let operation = |found: &str| {
        Err(format!(
            "Operation from SOAP data 'Echo' does not match operation from SOAPAction '{found}'"
        ))
    };
    let name_space = |found: &str| {
        Err(format!(
            "Namespace from SOAPAction '{found}' does not match namespace from configuration 'http://ns/x'"
        ))
    };
    let expected = Expected::NameSpaceSeparatorOperation(Some("#".to_owned()));
    for (header, outcome) in [
        ("", Ok(())),
        ("\"\"", Ok(())),
        ("\"http://ns/x#Echo\"", Ok(())),
        ("http://ns/x#Echo", Ok(())),
        ("  \"http://ns/x#Echo\"  ", Ok(())),
        ("\"http://ns/x/Echo\"", whole("http://ns/x/Echo")),
        ("\"Echo\"", whole("Echo")),
        ("Echo", whole("Echo")),
        ("\"Echo", whole("\"Echo")),
        ("Echo\"", whole("Echo\"")),
        ("/Echo", whole("/Echo")),
        ("#Echo", whole("#Echo")),
        ("\"http://ns/x#", whole("\"http://ns/x#")),
        ("\"http://ns/x#Echo", whole("\"http://ns/x#Echo")),
        ("a\"b", whole("a\"b")),
        ("\"/Echo\"", name_space("\"")),
        ("x/Echo\"", name_space("x")),
        ("\"http://ns/y/#Echo\"", name_space("http://ns/y/")),
        ("\"http://ns/x#Echo#Echo\"", name_space("http://ns/x#Echo")),
        ("\"Foo\"", operation("Foo")),
        ("http://ns/x# Echo", operation(" Echo")),
        ("\"\"Echo\"\"", operation("\"Echo\"")),
    ] {
        assert_eq!(check(header, "Echo", &expected), outcome, "{header}");
    }
    let either = Expected::NameSpaceSeparatorOperation(None);
    assert_eq!(check("http://ns/x/Echo", "Echo", &either), Ok(()));
    assert_eq!(check("http://ns/x#Echo", "Echo", &either), Ok(()));
    assert_eq!(check("Echo", "Echo", &Expected::Operation), Ok(()));
    assert_eq!(
        check(
            "/Echo",
            "Echo",
            &Expected::SeparatorOperation(Some("/".to_owned()))
        ),
        Ok(())
    );
    assert_eq!(
        check(
            "free text",
            "Echo",
            &Expected::FreeText("free text".to_owned())
        ),
        Ok(())
    );
    assert_eq!(check("whatever", "Echo", &Expected::Anything), Ok(()));
    assert_eq!(
        check("\"whatever\"", "Echo", &Expected::Anything),
        operation("whatever")
    );
}

#[test]
fn names_of_elements_follow_the_scheme() {
    let scheme = |scheme, text| NameScheme::from_settings(scheme, "Request", text);
    assert_eq!(
        scheme(Some("Request"), None).operation("EchoRequest"),
        "Echo"
    );
    assert_eq!(scheme(Some("Request"), None).operation("Echo"), "Echo");
    assert_eq!(
        scheme(Some("Append"), Some("ReqX")).operation("EchoReqX"),
        "Echo"
    );
    assert_eq!(
        scheme(Some("Replace"), Some("ReqX")).operation("ReqX"),
        "ReqX"
    );
    assert_eq!(scheme(Some("Plain"), None).operation("Echo"), "Echo");
    assert_eq!(
        scheme(Some("Append"), Some("ResX")).element("Echo"),
        "EchoResX"
    );
    assert_eq!(
        scheme(Some("Replace"), Some("ResX")).element("Echo"),
        "ResX"
    );
    assert_eq!(scheme(Some("Nope"), Some("ResX")).element("Echo"), "Echo");
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..300), charset in "[a-z0-9-]{0,12}") {
        let _ = read(&bytes, Some(&charset));
    }

    #[test]
    fn no_damaged_envelope_makes_the_reader_panic(at in any::<prop::sample::Index>(), with in any::<Vec<char>>()) {
        let good = envelope("<t:Echo><a xsi:type=\"xsd:boolean\">1</a><b xsi:nil=\"1\"/><c href=\"#d\"/></t:Echo><d id=\"d\">x</d>");
        let mut characters: Vec<char> = good.chars().collect();
        let at = at.index(characters.len());
        characters.splice(at..=at, with);
        let _ = read(characters.into_iter().collect::<String>().as_bytes(), None);
    }

    #[test]
    fn no_header_makes_the_action_panic(header in any::<String>()) {
        if let Some(action) = Action::parse(&header) {
            let _ = action.check("Echo", "Echo", "n", &Expected::NameSpaceSeparatorOperation(None));
        }
    }

    #[test]
    fn written_texts_read_back(text in "[ -\u{d7ff}]*") {
        let map = Map::from([("a".to_owned(), Value::text(text.as_str()))]);
        let written = write(Version::V1_1, "n", "Echo", &map, &Order::default()).unwrap();
        prop_assert_eq!(read(written.as_bytes(), None).unwrap().data, Value::Map(map));
    }
}

#[test]
fn requests_have_a_prefix_before_their_element() {
    let data = Map::from([("a".to_owned(), Value::text("b"))]);
    let write = |prefix, data: &Map| {
        let text = write_with_prefix(
            Version::V1_1,
            "urn:x",
            prefix,
            "Test",
            data,
            &Order::default(),
        );
        let text = text.unwrap();
        let (_, body) = text.split_once("<soap:Body>").unwrap();
        body.strip_suffix("</soap:Body></soap:Envelope>")
            .unwrap()
            .to_owned()
    };
    assert_eq!(
        write(Some("namesp1"), &data),
        r#"<namesp1:Test xmlns:namesp1="urn:x"><a>b</a></namesp1:Test>"#
    );
    assert_eq!(
        write(Some("namesp1"), &Map::new()),
        r#"<namesp1:Test xmlns:namesp1="urn:x" xsi:nil="true" />"#
    );
    assert_eq!(write(None, &data), r#"<Test xmlns="urn:x"><a>b</a></Test>"#);
}
