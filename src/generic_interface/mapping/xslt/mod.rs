//! Mapping *XSLT*: data becomes XML, a stylesheet changes it, and the result becomes data again.
//!
//! Stylesheets are run by libxslt with its EXSLT extensions, the library that the Perl side uses as well, so they
//! mean the same here. We link it directly (see [`ffi`]); it is the only complete XSLT 1.0 processor that is kept up.
//! Stylesheets reach neither files nor the network: `document()` of anything outside is empty, `xsl:include`,
//! `xsl:import` and `exsl:document` are refused, and external entities are never loaded.

use compat::{Map, Value};

use super::{Earlier, Refusal};
use crate::generic_interface::{
    Compiled,
    debugger::{Level, Log},
};

mod ffi;
mod keys;
mod tree;

/// Maps data with the stylesheet in `Template`. Without one data stays as it is.
///
/// The regular expressions in `PreRegExFilter` change the keys before that, those in `PostRegExFilter` the keys of the
/// result (see [`keys`]).
pub fn map(
    config: &Map,
    compiled: &Compiled,
    data: Value,
    earlier: &mut Earlier,
    log: &mut Log,
) -> Result<Value, Refusal> {
    let template = config
        .get("Template")
        .and_then(Value::as_string)
        .unwrap_or_default();
    if template.trim().is_empty() {
        return Ok(data);
    }
    // There is nothing to map in an empty answer.
    if data.as_map().is_some_and(Map::is_empty) {
        return Ok(data);
    }
    let before = keys::Filter::from_settings(config, "PreRegExFilter", compiled)?;
    let after = keys::Filter::from_settings(config, "PostRegExFilter", compiled)?;
    let is_inbound = earlier.is_empty();
    let mut data = with_earlier(config, data, earlier, log);
    if let (Some(before), Value::Map(map)) = (before, &mut data) {
        before.apply(map);
        log.data(
            Level::Debug,
            "Data before mapping after Pre RegExFilter",
            &data,
        );
        // The reference system changes the request itself, and shows it so to the outbound mapping.
        if is_inbound {
            earlier.insert("ProviderRequestInput".to_owned(), data.clone());
        }
    }
    let refusal = |message: &str, details: String| Refusal::Data {
        message: message.to_owned(),
        details,
    };
    let stylesheet =
        ffi::Stylesheet::parse(&without_outer_space(&template)).map_err(|error| match error {
            ffi::StylesheetError::Unavailable => refusal(
                "libexslt is not installed here, and XSLT mappings need it (Debian's package libxslt1.1)",
                String::new(),
            ),
            ffi::StylesheetError::NoXml => {
                refusal("Could not load configured XSLT template", template.clone())
            }
            ffi::StylesheetError::NoStylesheet => {
                refusal("Could not parse configured XSLT template", template.clone())
            }
        })?;
    let xml = tree::write(&data);
    let document = tree::has_known_prefixes(&data)
        .then(|| ffi::Document::parse(&xml))
        .flatten();
    let document = document.ok_or_else(|| {
        refusal(
            "Could not load data after conversion from Perl to XML",
            xml.clone(),
        )
    })?;
    let result = match stylesheet.apply(&document) {
        Ok(result) if result.is_empty() => {
            return Err(refusal("Could not write mapped data", String::new()));
        }
        Ok(result) => result,
        Err(message) => return Err(refusal("Could not map data", message)),
    };
    let mut result = tree::read(&result).map_err(|error| {
        refusal(
            "Could not convert data from XML to Perl after mapping",
            format!(
                "{}\n{}",
                error.to_string().trim(),
                String::from_utf8_lossy(&result)
            ),
        )
    })?;
    if let Some(after) = after {
        log.data(
            Level::Debug,
            "Data after mapping before Post RegExFilter",
            &result,
        );
        if let Value::Map(map) = &mut result {
            after.apply(map);
        }
    }
    Ok(result)
}

/// Adds the data of earlier steps that the settings ask for, under the key `DataInclude`.
fn with_earlier(config: &Map, data: Value, earlier: &Earlier, log: &mut Log) -> Value {
    let wanted = config
        .get("DataInclude")
        .and_then(Value::as_list)
        .unwrap_or_default();
    let included: Map = wanted
        .iter()
        .filter_map(Value::as_string)
        .filter_map(|name| earlier.get(&name).map(|data| (name, data.clone())))
        .collect();
    match data {
        Value::Map(mut map) if !included.is_empty() => {
            map.insert("DataInclude".to_owned(), Value::Map(included));
            let data = Value::Map(map);
            log.data(
                Level::Debug,
                "Data merged with DataInclude before mapping",
                &data,
            );
            data
        }
        other => other,
    }
}

/// White space beside tags does not count, not even inside literal texts of a stylesheet, as in the reference system.
fn without_outer_space(template: &str) -> String {
    let mut out = String::with_capacity(template.len());
    let mut rest = template.trim_start();
    while let Some(end) = rest.find('>') {
        let (tag, after) = rest.split_at(end + 1);
        match tag.rfind('<') {
            Some(start) => {
                let (text, tag) = tag.split_at(start);
                out.push_str(text.trim_end());
                out.push_str(tag);
            }
            None => out.push_str(tag),
        }
        rest = after.trim_start();
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use compat::json;

    use super::*;
    use crate::generic_interface::WebService;

    const HEAD: &str = r#"<?xml version="1.0"?><xsl:stylesheet version="1.0" xmlns:xsl="http://www.w3.org/1999/XSL/Transform" xmlns:date="http://exslt.org/dates-and-times" xmlns:str="http://exslt.org/strings" xmlns:exsl="http://exslt.org/common" extension-element-prefixes="date str exsl">"#;

    fn run(stylesheet: &str, data: &str) -> Result<String, String> {
        let service = WebService {
            id: 1,
            name: "Example".to_owned(),
            config: Value::Undef,
            compiled: Compiled::default(),
        };
        let config = Map::from([("Template".to_owned(), Value::text(stylesheet))]);
        let data = json::read(data).unwrap();
        map(
            &config,
            &service.compiled,
            data,
            &mut Earlier::new(),
            &mut Log::new(&service),
        )
        .map(|data| json::write(&data))
        .map_err(|error| match error {
            Refusal::Data { message, .. } | Refusal::Settings(message) => message,
        })
    }

    fn template(body: &str) -> String {
        format!("{HEAD}<xsl:template match=\"/\">{body}</xsl:template></xsl:stylesheet>")
    }

    fn made(body: &str) -> Result<String, String> {
        run(&template(body), r#"{"a":"1","b":"2"}"#)
    }

    #[test]
    fn data_passes_an_identity_stylesheet_as_in_the_reference_system() {
        let identity = format!(
            "{HEAD}<xsl:template match=\"@*|node()\"><xsl:copy><xsl:apply-templates select=\"@*|node()\"/></xsl:copy></xsl:template></xsl:stylesheet>"
        );
        assert_eq!(
            run(&identity, r#"{"content":"x","a":{"content":"y"},"c":[{"content":"q"}],"e":"","h":null,"l":[],"j":{},"s":" x ","t":"a\nb","u":"ü€😀<&>","o":[1],"f":1.5}"#).unwrap(),
            r#"{"a":{"content":"y"},"c":{"content":"q"},"content":"x","e":{},"f":"1.5","h":{},"j":{},"o":"1","s":" x ","t":"a\nb","u":"ü€😀<&>"}"#
        );
    }

    #[test]
    fn lists_in_lists_and_odd_keys_pass_as_in_the_reference_system() {
        let identity = format!(
            "{HEAD}<xsl:template match=\"@*|node()\"><xsl:copy><xsl:apply-templates select=\"@*|node()\"/></xsl:copy></xsl:template></xsl:stylesheet>"
        );
        for (data, expected) in [
            (r#"{"a":[[1,2],[3]]}"#, r#"{"a":[["1","2"],{"anon":"3"}]}"#),
            (r#"{"a":[[1,2]]}"#, r#"{"a":[["1","2"]]}"#),
            (r#"{"a":[[[1,2]]]}"#, r#"{"a":[[["1","2"]]]}"#),
            (r#"{"a":[[[1]]]}"#, r#"{"a":{"anon":{"anon":"1"}}}"#),
            (r#"{"a":[[1,[2,3]]]}"#, r#"{"a":[["1",["2","3"]]]}"#),
            (r#"{"anon":[1,2]}"#, r#"["1","2"]"#),
            (r#"{"anon":[1,2],"b":1}"#, r#"{"anon":["1","2"],"b":"1"}"#),
            (r#"{"":"x"}"#, r#""\nx\n""#),
            (r#"{"":"x","b":"1"}"#, r#"{"b":"1","content":"\nx\n  "}"#),
            (r#"{"a":{"":"x"}}"#, r#"{"a":"\nx\n  "}"#),
            (r#"{"a":{"":{"x":1},"b":2}}"#, r#"{"a":{"b":"2","x":"1"}}"#),
            (r#"{"":"","b":1}"#, r#"{"b":"1"}"#),
            (r#"{"":[],"b":1}"#, r#"{"b":"1"}"#),
            (r#"{"xml:a":1}"#, r#"{"xml:a":"1"}"#),
        ] {
            assert_eq!(run(&identity, data).as_deref(), Ok(expected), "{data}");
        }
        for data in [
            r#"{"a:b":1}"#,
            r#"{":a":1}"#,
            r#"{"x":{"a:":1}}"#,
            r#"{"":["a"]}"#,
        ] {
            assert_eq!(
                run(&identity, data).unwrap_err(),
                "Could not load data after conversion from Perl to XML",
                "{data}"
            );
        }
    }

    #[test]
    fn results_are_read_as_in_the_reference_system() {
        assert_eq!(
            made(r#"<RootElement><a>1</a><b/><c x="1">2</c><d><e>1</e><e>2</e></d><g> sp </g><h>mi<i>1</i>xed</h><j>&lt;&#228;</j><k/><k>1</k></RootElement>"#).unwrap(),
            r#"{"a":"1","b":{},"c":"2","d":{"e":["1","2"]},"g":"sp","h":{"content":["mi","xed"],"i":"1"},"j":"<ä","k":[{},"1"]}"#
        );
        let latin = template("<R><a>&#252;&#8364;</a></R>").replacen(
            "<xsl:template",
            "<xsl:output encoding=\"ISO-8859-1\"/><xsl:template",
            1,
        );
        assert_eq!(run(&latin, "{\"a\":1}").unwrap(), r#"{"a":"ü€"}"#);
        assert_eq!(made("<R/>").unwrap(), "{}");
        assert_eq!(made("<R>text</R>").unwrap(), "\"text\"");
        assert_eq!(
            made(r#"<R xmlns:q="http://q"><q:a>1</q:a><a>2</a></R>"#).unwrap(),
            r#"{"a":"2","q:a":"1"}"#
        );
        assert_eq!(
            made(r#"<R><d><xsl:value-of select="date:year('2020-01-02')"/></d><xsl:for-each select="str:tokenize('a,b',',')"><t><xsl:value-of select="."/></t></xsl:for-each></R>"#).unwrap(),
            r#"{"d":"2020","t":["a","b"]}"#
        );
    }

    #[test]
    fn what_can_not_be_mapped_is_named() {
        for (stylesheet, message) in [
            ("<foo".to_owned(), "Could not load configured XSLT template"),
            (
                "<foo/>".to_owned(),
                "Could not parse configured XSLT template",
            ),
            (template(""), "Could not write mapped data"),
            (
                template("<a>1</a><b>2</b>"),
                "Could not convert data from XML to Perl after mapping",
            ),
            (
                template("hello"),
                "Could not convert data from XML to Perl after mapping",
            ),
            (
                template(r#"<R><a><xsl:value-of select="foo("/></a></R>"#),
                "Could not map data",
            ),
            (
                template(r#"<R><xsl:message terminate="yes">stop</xsl:message></R>"#),
                "Could not map data",
            ),
        ] {
            assert_eq!(
                run(&stylesheet, r#"{"a":"1"}"#).unwrap_err(),
                message,
                "{stylesheet}"
            );
        }
        assert_eq!(
            run(&template("<R/>"), r#"{"k k":"1"}"#).unwrap_err(),
            "Could not load data after conversion from Perl to XML"
        );
        assert_eq!(run("", r#"{"a":"1"}"#).unwrap(), r#"{"a":"1"}"#);
    }

    #[test]
    fn stylesheets_reach_no_files() {
        let folder = tempfile::tempdir().unwrap();
        let secret = folder.path().join("secret.xml");
        std::fs::write(&secret, "<secret>planted</secret>").unwrap();
        let secret = secret.display();
        let read = made(&format!(
            "<R><a><xsl:value-of select=\"document('{secret}')\"/></a></R>"
        ));
        assert!(!format!("{read:?}").contains("planted"), "{read:?}");
        let include = format!("{HEAD}<xsl:include href=\"{secret}\"/></xsl:stylesheet>");
        assert_eq!(
            run(&include, "{\"a\":\"1\"}").unwrap_err(),
            "Could not parse configured XSLT template"
        );
        let entity = template("<R><a>&x;</a></R>").replacen(
            "?>",
            &format!("?><!DOCTYPE x [<!ENTITY x SYSTEM \"{secret}\">]>"),
            1,
        );
        let read = run(&entity, "{\"a\":\"1\"}");
        assert!(!format!("{read:?}").contains("planted"), "{read:?}");
        let written = folder.path().join("written.xml");
        let _ = made(&format!(
            "<R><exsl:document href=\"{}\"><x/></exsl:document></R>",
            written.display()
        ));
        assert!(!written.exists());
    }
}
