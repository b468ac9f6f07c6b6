//! XML documents as small trees: names with their name spaces, attributes, children and text.
//!
//! Strict where expat is strict, and safe: no entity but the five of XML is ever expanded (a document type may be
//! declared, what it declares stands for nothing, external entities are refused), at most [`MAX_DEPTH`] levels.
//! Messages are worded like expat's, because clients of OTRS have seen those.

use std::{borrow::Cow, collections::HashMap};

use encoding_rs::Encoding;
use quick_xml::{
    Reader,
    errors::{Error as XmlError, IllFormedError, SyntaxError},
    events::{BytesStart, Event, attributes::AttrError},
};
use thiserror::Error;

use crate::charset;

/// How deep elements may be nested.
pub const MAX_DEPTH: usize = 512;

/// Why a document can not be read; the text says where.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum ReadError {
    /// The document is not well-formed.
    #[error("\n{problem} at line {line}, column {column}, byte {byte}")]
    Malformed {
        problem: &'static str,
        line: usize,
        column: usize,
        byte: usize,
    },
    /// The document is well-formed, but something else is wrong with it.
    #[error("{0}")]
    Refused(String),
}

/// One element.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    /// The name without its prefix.
    pub name: String,
    pub prefix: Option<String>,
    pub name_space: Option<String>,
    pub attributes: Vec<Attribute>,
    pub children: Vec<Element>,
    /// The texts around the children: before the first one, between the first and the second, and so on; those at the
    /// end are missing when they are empty.
    pub texts: Vec<String>,
}

/// One attribute; declarations of name spaces are no attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attribute {
    pub name: String,
    pub name_space: Option<String>,
    pub value: String,
    /// The value as a name with a prefix: its name space, if the prefix is declared.
    pub value_name_space: Option<String>,
}

impl Element {
    /// All texts of the element itself, joined.
    pub fn text(&self) -> String {
        self.texts.concat()
    }

    fn add_text(&mut self, text: &str) {
        self.texts.resize(self.children.len() + 1, String::new());
        if let Some(last) = self.texts.last_mut() {
            last.push_str(text);
        }
    }

    pub fn attribute(&self, name_space: &str, name: &str) -> Option<&Attribute> {
        self.attributes.iter().find(|attribute| {
            attribute.name == name && attribute.name_space.as_deref() == Some(name_space)
        })
    }
}

/// Reads a document whose declaration, if any, names its encoding; otherwise it is UTF-8, or what its byte order mark says.
pub fn read(bytes: &[u8]) -> Result<Element, ReadError> {
    let text = decode(bytes)?;
    Tree {
        text: &text,
        stack: Vec::new(),
        scopes: vec![HashMap::new()],
        root: None,
        doctype: String::new(),
    }
    .read()
}

fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, ReadError> {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, malformed) =
            encoding.decode_without_bom_handling(bytes.get(mark..).unwrap_or_default());
        return if malformed {
            Err(malformed_at(bytes, 0, INVALID_TOKEN))
        } else {
            Ok(text)
        };
    }
    match declared_encoding(bytes) {
        None => {}
        Some(label) if label.eq_ignore_ascii_case("utf-8") => {}
        Some(label) => {
            Encoding::for_label(label.as_bytes())
                .filter(|encoding| encoding.is_ascii_compatible())
                .ok_or_else(|| {
                    ReadError::Refused(format!("Couldn't open encmap {}.enc", label.to_lowercase()))
                })?;
            if label.eq_ignore_ascii_case("us-ascii")
                && let Some(at) = bytes.iter().position(|byte| !byte.is_ascii())
            {
                return Err(malformed_at(bytes, at, INVALID_TOKEN));
            }
            return Ok(charset::decode(bytes, &label));
        }
    }
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(Cow::Borrowed(text)),
        Err(error) => Err(malformed_at(bytes, error.valid_up_to(), INVALID_TOKEN)),
    }
}

fn declared_encoding(bytes: &[u8]) -> Option<String> {
    let declaration = bytes.strip_prefix(b"<?xml")?;
    let end = declaration.windows(2).position(|pair| pair == b"?>")?;
    let declaration = std::str::from_utf8(declaration.get(..end)?).ok()?;
    let (_, after) = declaration.split_once("encoding")?;
    let after = after.trim_start().strip_prefix('=')?.trim_start();
    let quote = after
        .chars()
        .next()
        .filter(|quote| matches!(quote, '"' | '\''))?;
    after
        .get(1..)?
        .split_once(quote)
        .map(|(label, _)| label.to_owned())
}

const INVALID_TOKEN: &str = "not well-formed (invalid token)";

fn malformed_at(bytes: &[u8], byte: usize, problem: &'static str) -> ReadError {
    let before = bytes.get(..byte).unwrap_or(bytes);
    let line = before.split(|byte| *byte == b'\n').count();
    let column = before
        .rsplit(|byte| *byte == b'\n')
        .next()
        .map_or(0, |last| String::from_utf8_lossy(last).chars().count());
    ReadError::Malformed {
        problem,
        line,
        column,
        byte,
    }
}

struct Tree<'a> {
    text: &'a str,
    stack: Vec<Element>,
    /// The name spaces that each open element declares; the empty prefix is the default name space.
    scopes: Vec<HashMap<String, String>>,
    root: Option<Element>,
    /// What the document type declares, unread.
    doctype: String,
}

impl Tree<'_> {
    fn error(&self, byte: u64, problem: &'static str) -> ReadError {
        malformed_at(
            self.text.as_bytes(),
            usize::try_from(byte).unwrap_or(usize::MAX),
            problem,
        )
    }

    fn read(mut self) -> Result<Element, ReadError> {
        let mut reader = Reader::from_str(self.text);
        reader.config_mut().check_comments = true;
        loop {
            let at = reader.buffer_position();
            let event = reader
                .read_event()
                .map_err(|error| self.syntax(&error, reader.error_position(), at))?;
            match event {
                Event::Start(start) => self.open(&start, at)?,
                Event::Empty(start) => {
                    self.open(&start, at)?;
                    self.close();
                }
                Event::End(_) => self.close(),
                Event::Text(text) => {
                    let text = text.xml10_content();
                    if let Some(before) = text.find("]]>") {
                        return Err(self.error(at + before as u64 + 2, INVALID_TOKEN));
                    }
                    self.text(&text, at)?;
                }
                Event::CData(data) => self.text(&data.xml10_content(), at)?,
                Event::GeneralRef(reference) => {
                    let name = reference.xml10_content().into_owned();
                    self.reference(&name, at)?;
                }
                Event::Decl(_) if at > 0 => {
                    return Err(self.error(at, "XML or text declaration not at start of entity"));
                }
                Event::DocType(_) if self.root.is_some() || !self.stack.is_empty() => {
                    return Err(self.error(at, INVALID_TOKEN));
                }
                Event::DocType(doctype) => self.doctype = doctype.into_inner().into_owned(),
                Event::Decl(_) | Event::Comment(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        let end = self.text.len() as u64;
        match self.root.take() {
            Some(root) if self.stack.is_empty() => Ok(root),
            _ => Err(self.error(end, "no element found")),
        }
    }

    fn syntax(&self, error: &XmlError, error_at: u64, at: u64) -> ReadError {
        match error {
            XmlError::IllFormed(IllFormedError::MismatchedEndTag { .. }) => {
                self.error(at + 2, "mismatched tag")
            }
            XmlError::Syntax(SyntaxError::UnclosedCData) => {
                self.error(self.text.len() as u64, "unclosed CDATA section")
            }
            XmlError::Syntax(_) => self.error(at, "unclosed token"),
            XmlError::IllFormed(IllFormedError::UnmatchedEndTag(_)) => {
                self.error(at + 1, INVALID_TOKEN)
            }
            _ => self.error(error_at.max(at), INVALID_TOKEN),
        }
    }

    fn text(&mut self, text: &str, at: u64) -> Result<(), ReadError> {
        if let Some((offset, _)) = text
            .char_indices()
            .find(|(_, character)| !is_allowed(*character))
        {
            return Err(self.error(at + offset as u64, INVALID_TOKEN));
        }
        if let Some(open) = self.stack.last_mut() {
            open.add_text(text);
            return Ok(());
        }
        let space = text.len() - text.trim_start_matches([' ', '\t', '\r', '\n']).len();
        if space == text.len() {
            return Ok(());
        }
        let at = at + space as u64;
        if self.root.is_some() {
            return Err(self.error(at, "junk after document element"));
        }
        let starts_a_name = text.trim_start().starts_with(is_name_start);
        Err(self.error(
            at,
            if starts_a_name {
                "syntax error"
            } else {
                INVALID_TOKEN
            },
        ))
    }

    fn reference(&mut self, name: &str, at: u64) -> Result<(), ReadError> {
        let Some(open) = self.stack.last_mut() else {
            return Err(self.error(at, INVALID_TOKEN));
        };
        match entity(name) {
            Ok(Some(character)) => open.add_text(character.encode_utf8(&mut [0; 4])),
            Ok(None) => match declared_entity(&self.doctype, name) {
                // What a document declares itself stands for nothing.
                Some(declaration)
                    if !declaration.contains("SYSTEM") && !declaration.contains("PUBLIC") => {}
                Some(declaration) => {
                    let address = declaration.rsplit(['"', '\'']).nth(1).unwrap_or_default();
                    return Err(ReadError::Refused(format!(
                        "External entity (pointing to '{address}') is not allowed"
                    )));
                }
                None => return Err(self.error(at, "undefined entity")),
            },
            Err(problem) => return Err(self.error(at, problem)),
        }
        Ok(())
    }

    fn open(&mut self, start: &BytesStart<'_>, at: u64) -> Result<(), ReadError> {
        if self.stack.is_empty() && self.root.is_some() {
            return Err(self.error(at, "junk after document element"));
        }
        if self.stack.len() >= MAX_DEPTH {
            return Err(ReadError::Refused(
                "elements are nested too deep".to_owned(),
            ));
        }
        let name = start.name().into_inner().to_owned();
        if !is_name(&name) {
            return Err(self.error(at + 1, INVALID_TOKEN));
        }
        let mut scope = HashMap::new();
        let mut attributes = Vec::new();
        for attribute in start.attributes() {
            let attribute = attribute.map_err(|error| match error {
                AttrError::Duplicated(offset, _) => {
                    self.error(at + 1 + offset as u64, "duplicate attribute")
                }
                AttrError::ExpectedEq(offset)
                | AttrError::ExpectedValue(offset)
                | AttrError::UnquotedValue(offset)
                | AttrError::ExpectedQuote(offset, _) => {
                    self.error(at + 1 + offset as u64, INVALID_TOKEN)
                }
            })?;
            let key = attribute.key.into_inner();
            let value = self.attribute_value(attribute.value.as_ref(), at)?;
            if !is_name(key) {
                return Err(self.error(at, INVALID_TOKEN));
            }
            if key == "xmlns" {
                scope.insert(String::new(), value);
            } else if let Some(prefix) = key.strip_prefix("xmlns:") {
                scope.insert(prefix.to_owned(), value);
            } else {
                attributes.push((key.to_owned(), value));
            }
        }
        self.scopes.push(scope);
        let element = self.resolved(&name, attributes)?;
        self.stack.push(element);
        Ok(())
    }

    fn resolved(
        &self,
        name: &str,
        attributes: Vec<(String, String)>,
    ) -> Result<Element, ReadError> {
        let (prefix, local) = split_name(name);
        let name_space = match prefix {
            None => self
                .name_space("")
                .filter(|name_space| !name_space.is_empty()),
            Some(prefix) => Some(self.name_space(prefix).ok_or_else(|| {
                ReadError::Refused(format!(
                    "Unresolved prefix '{prefix}' for element '{local}'"
                ))
            })?),
        };
        let mut element = Element {
            name: local.to_owned(),
            prefix: prefix.map(str::to_owned),
            name_space: name_space.map(str::to_owned),
            ..Element::default()
        };
        for (key, value) in attributes {
            let (prefix, local) = split_name(&key);
            let name_space = prefix
                .and_then(|prefix| self.name_space(prefix))
                .map(str::to_owned);
            let value_name_space = split_name(&value)
                .0
                .and_then(|prefix| self.name_space(prefix))
                .map(str::to_owned);
            element.attributes.push(Attribute {
                name: local.to_owned(),
                name_space,
                value,
                value_name_space,
            });
        }
        Ok(element)
    }

    fn name_space(&self, prefix: &str) -> Option<&str> {
        if prefix == "xml" {
            return Some("http://www.w3.org/XML/1998/namespace");
        }
        self.scopes
            .iter()
            .rev()
            .find_map(|scope| scope.get(prefix))
            .map(String::as_str)
    }

    fn attribute_value(&self, raw: &str, at: u64) -> Result<String, ReadError> {
        let mut value = String::with_capacity(raw.len());
        let mut rest = raw;
        while let Some(stop) = rest.find(['&', '<']) {
            let (before, from) = rest.split_at(stop);
            value.push_str(before);
            let reference = from
                .strip_prefix('&')
                .and_then(|after| after.split_once(';'));
            let Some((name, after)) = reference else {
                return Err(self.error(at, INVALID_TOKEN));
            };
            match entity(name) {
                Ok(Some(character)) => value.push(character),
                Ok(None) => return Err(self.error(at, "undefined entity")),
                Err(problem) => return Err(self.error(at, problem)),
            }
            rest = after;
        }
        value.push_str(rest);
        if value.chars().all(is_allowed) {
            Ok(value)
        } else {
            Err(self.error(at, INVALID_TOKEN))
        }
    }

    fn close(&mut self) {
        self.scopes.pop();
        let Some(element) = self.stack.pop() else {
            return;
        };
        match self.stack.last_mut() {
            Some(parent) => parent.children.push(element),
            None => self.root = Some(element),
        }
    }
}

/// The rest of an entity's declaration, behind its name.
fn declared_entity<'a>(doctype: &'a str, name: &str) -> Option<&'a str> {
    doctype.split("<!ENTITY").skip(1).find_map(|declaration| {
        let declaration = declaration
            .split('>')
            .next()?
            .trim_start()
            .strip_prefix(name)?;
        declaration
            .starts_with(char::is_whitespace)
            .then_some(declaration)
    })
}

/// The prefix, if any, and the rest of a name.
pub fn split_name(name: &str) -> (Option<&str>, &str) {
    match name.split_once(':') {
        Some((prefix, local)) => (Some(prefix), local),
        None => (None, name),
    }
}

/// The character that an entity stands for; `None` when it is none of XML's own.
fn entity(name: &str) -> Result<Option<char>, &'static str> {
    let Some(number) = name.strip_prefix('#') else {
        return Ok(match name {
            "amp" => Some('&'),
            "lt" => Some('<'),
            "gt" => Some('>'),
            "quot" => Some('"'),
            "apos" => Some('\''),
            _ => None,
        });
    };
    let code = match number.strip_prefix('x') {
        Some(hex) => u32::from_str_radix(hex, 16),
        None => number.parse(),
    };
    code.ok()
        .and_then(char::from_u32)
        .filter(|character| is_allowed(*character))
        .map(Some)
        .ok_or("reference to invalid character number")
}

fn is_allowed(character: char) -> bool {
    matches!(character, '\t' | '\n' | '\r' | '\u{20}'..='\u{fffd}' | '\u{1_0000}'..)
}

fn is_name_start(character: char) -> bool {
    character == '_' || character == ':' || character.is_alphabetic()
}

/// Whether a text can name an element.
pub fn is_name(name: &str) -> bool {
    name.starts_with(is_name_start)
        && name.chars().all(|character| {
            is_name_start(character)
                || character.is_numeric()
                || matches!(character, '-' | '.' | '\u{b7}')
                || ('\u{300}'..='\u{36f}').contains(&character)
        })
}

/// Text between tags: `&`, `<` and `>` are escaped.
pub fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn problem(document: &[u8]) -> String {
        read(document)
            .unwrap_err()
            .to_string()
            .trim_start()
            .to_owned()
    }

    #[test]
    fn mistakes_are_reported_where_expat_reports_them() {
        for (document, expected) in [
            ("<a", "unclosed token at line 1, column 0, byte 0"),
            ("<a>", "no element found at line 1, column 3, byte 3"),
            ("", "no element found at line 1, column 0, byte 0"),
            ("<a></b>", "mismatched tag at line 1, column 5, byte 5"),
            (
                "<a x=\"1\" x=\"2\"/>",
                "duplicate attribute at line 1, column 9, byte 9",
            ),
            (
                "<a><b/></a><c/>",
                "junk after document element at line 1, column 11, byte 11",
            ),
            (
                "<a b=c/>",
                "not well-formed (invalid token) at line 1, column 5, byte 5",
            ),
            (
                "<1/>",
                "not well-formed (invalid token) at line 1, column 1, byte 1",
            ),
            (
                "<a>]]></a>",
                "not well-formed (invalid token) at line 1, column 5, byte 5",
            ),
            ("<a/>\n<", "unclosed token at line 2, column 0, byte 5"),
            (
                "</a>",
                "not well-formed (invalid token) at line 1, column 1, byte 1",
            ),
            (
                "<a>\0</a>",
                "not well-formed (invalid token) at line 1, column 3, byte 3",
            ),
            (
                "<a><![CDATA[x</a>",
                "unclosed CDATA section at line 1, column 17, byte 17",
            ),
            ("<a><?pi", "unclosed token at line 1, column 3, byte 3"),
            ("<!--", "unclosed token at line 1, column 0, byte 0"),
            ("hello", "syntax error at line 1, column 0, byte 0"),
            (
                "{\"a\":1}",
                "not well-formed (invalid token) at line 1, column 0, byte 0",
            ),
            (
                "<a>&nbsp;</a>",
                "undefined entity at line 1, column 3, byte 3",
            ),
            (
                "<a>&#1;</a>",
                "reference to invalid character number at line 1, column 3, byte 3",
            ),
            (
                "\n <?xml version=\"1.0\"?><a/>",
                "XML or text declaration not at start of entity at line 2, column 1, byte 2",
            ),
            ("<a:b/>", "Unresolved prefix 'a' for element 'b'"),
        ] {
            assert_eq!(problem(document.as_bytes()), expected, "{document}");
        }
        assert_eq!(
            problem(b"<a>\xff</a>"),
            "not well-formed (invalid token) at line 1, column 3, byte 3"
        );
    }

    #[test]
    fn declared_entities_stand_for_nothing_and_external_ones_are_refused() {
        let bomb = "<!DOCTYPE x [<!ENTITY a \"aaaa\"><!ENTITY b \"&a;&a;&a;\">]><x>&b;</x>";
        assert_eq!(read(bomb.as_bytes()).unwrap().text(), "");
        let external = "<!DOCTYPE x [<!ENTITY a SYSTEM \"file:///etc/hostname\">]><x>&a;</x>";
        assert_eq!(
            problem(external.as_bytes()),
            "External entity (pointing to 'file:///etc/hostname') is not allowed"
        );
    }

    #[test]
    fn the_declared_encoding_or_the_byte_order_mark_decides() {
        for (document, expected) in [
            (&b"<a>\xc3\xbc</a>"[..], "\u{fc}"),
            (b"\xef\xbb\xbf<a>\xc3\xbc</a>", "\u{fc}"),
            (
                b"<?xml version=\"1.0\" encoding=\"ISO-8859-1\"?><a>\xfc</a>",
                "\u{fc}",
            ),
            (
                b"<?xml version='1.0' encoding = 'windows-1252' ?><a>\x80</a>",
                "\u{20ac}",
            ),
            (b"\xff\xfe<\0a\0>\0\xfc\0<\0/\0a\0>\0", "\u{fc}"),
        ] {
            assert_eq!(read(document).unwrap().text(), expected);
        }
        assert_eq!(
            problem(b"<?xml version=\"1.0\" encoding=\"foo\"?><a/>"),
            "Couldn't open encmap foo.enc"
        );
    }

    #[test]
    fn deep_nesting_is_refused() {
        let deep = |levels: usize| format!("{}{}", "<a>".repeat(levels), "</a>".repeat(levels));
        assert!(read(deep(MAX_DEPTH).as_bytes()).is_ok());
        assert_eq!(
            problem(deep(MAX_DEPTH + 1).as_bytes()),
            "elements are nested too deep"
        );
    }

    proptest! {
        #[test]
        fn no_bytes_make_the_reader_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }

        #[test]
        fn no_damaged_document_makes_the_reader_panic(
            cut in any::<prop::sample::Index>(), with in "[<>&;!?/\\[\\]a-c\"'= \u{0}-\u{ff}]{0,6}"
        ) {
            let document = "<?xml version=\"1.0\"?><!DOCTYPE a [<!ENTITY e 'x'>]><p:a xmlns:p='u' x=\"1\">t&amp;&e;<![CDATA[c]]><!-- k --><b/>é</p:a>";
            let mut characters: Vec<char> = document.chars().collect();
            let at = cut.index(characters.len());
            characters.splice(at..=at, with.chars());
            let _ = read(characters.into_iter().collect::<String>().as_bytes());
        }
    }
}
