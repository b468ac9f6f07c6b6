//! From an envelope to the called operation and its data.

use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
};

use base64::Engine as _;
use thiserror::Error;

use super::Version;
use crate::{
    Map, Value, charset,
    xml::{self, Element, ReadError, split_name},
};

const XSI: &str = "http://www.w3.org/2001/XMLSchema-instance";
const XSD: &str = "http://www.w3.org/2001/XMLSchema";
const APACHE: &str = "http://xml.apache.org/xml-soap";

/// The types of XML Schema that stand for their text. Others of that name space are refused.
const TEXT_TYPES: &[&str] = &[
    "anyType",
    "anySimpleType",
    "string",
    "float",
    "double",
    "decimal",
    "timeDuration",
    "recurringDuration",
    "uriReference",
    "anyURI",
    "integer",
    "nonPositiveInteger",
    "negativeInteger",
    "long",
    "int",
    "short",
    "byte",
    "nonNegativeInteger",
    "unsignedLong",
    "unsignedInt",
    "unsignedShort",
    "unsignedByte",
    "positiveInteger",
    "timeInstant",
    "time",
    "timePeriod",
    "date",
    "dateTime",
    "month",
    "year",
    "century",
    "recurringDate",
    "recurringDay",
    "QName",
    "duration",
    "language",
    "gYear",
    "gYearMonth",
    "gMonth",
    "gMonthDay",
    "gDay",
];

/// How much references may add to a document, in elements and bytes of text.
const MAX_EXPANDED: usize = 10_000_000;

/// What an envelope carries.
#[derive(Clone, Debug, PartialEq)]
pub struct Envelope {
    pub version: Version,
    /// The name of the element in the body, without prefix.
    pub operation: String,
    /// Its content: a hash, a text, `undef`; a list when the element comes several times.
    pub data: Value,
}

/// Why an envelope can not be read; the texts are those that OTRS sends.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum SoapError {
    #[error("Error deserializing message:{0}\n")]
    Xml(#[from] ReadError),
    #[error("Error deserializing message:{0}\n")]
    Content(String),
    #[error("Got no result body from deserialized content")]
    NoBody,
}

/// Reads an envelope. `encoding` is the `charset` of the Content-Type.
///
/// Elements become texts, hashes by name, lists where a name comes several times; attributes are dropped, except
/// `xsi:nil`, `xsi:type`, `href` and the types of SOAP's own arrays. Of several elements in the body the first by name counts.
pub fn read(bytes: &[u8], encoding: Option<&str>) -> Result<Envelope, SoapError> {
    let root = xml::read(&charset::to_utf8(bytes, encoding))?;
    let version = version(&root)?;
    let body = (root.name == "Envelope")
        .then(|| root.children.iter().find(|child| child.name == "Body"))
        .flatten();
    let body = body.ok_or(SoapError::NoBody)?;
    let mut by_id = HashMap::new();
    collect_ids(body, &mut by_id);
    let reader = Reader {
        by_id,
        version,
        open: RefCell::default(),
        expanded: Cell::new(0),
    };
    let content = reader.children(body)?;
    let (operation, data) = content.into_iter().next().ok_or(SoapError::NoBody)?;
    Ok(Envelope {
        version,
        operation,
        data,
    })
}

fn version(root: &Element) -> Result<Version, SoapError> {
    match root.name_space.as_deref() {
        _ if root.name != "Envelope" => Ok(Version::V1_1),
        None => Ok(Version::V1_1),
        Some(name_space) if name_space == Version::V1_1.envelope() => Ok(Version::V1_1),
        Some(name_space) if name_space == Version::V1_2.envelope() => Ok(Version::V1_2),
        Some(_) => Err(SoapError::Content(format!(
            "Wrong SOAP version specified. Supported versions:\n  1.2 ({})\n  1.1 ({})",
            Version::V1_2.envelope(),
            Version::V1_1.envelope()
        ))),
    }
}

fn collect_ids<'a>(element: &'a Element, by_id: &mut HashMap<&'a str, &'a Element>) {
    if let Some(id) = plain_attribute(element, "id") {
        by_id.insert(id, element);
    }
    for child in &element.children {
        collect_ids(child, by_id);
    }
}

fn plain_attribute<'a>(element: &'a Element, name: &str) -> Option<&'a str> {
    element
        .attributes
        .iter()
        .find(|attribute| attribute.name == name && attribute.name_space.is_none())
        .map(|attribute| attribute.value.as_str())
}

struct Reader<'a> {
    by_id: HashMap<&'a str, &'a Element>,
    version: Version,
    /// The references that are being followed.
    open: RefCell<Vec<String>>,
    expanded: Cell<usize>,
}

impl Reader<'_> {
    fn children(&self, parent: &Element) -> Result<Map, SoapError> {
        let mut map = Map::new();
        let mut lists: HashMap<&str, bool> = HashMap::new();
        for child in &parent.children {
            let value = self.value(child)?;
            match map.get_mut(&child.name) {
                None => {
                    map.insert(child.name.clone(), value);
                }
                Some(Value::List(list)) if lists.contains_key(child.name.as_str()) => {
                    list.push(value);
                }
                Some(first) => {
                    lists.insert(&child.name, true);
                    *first = Value::List(vec![std::mem::take(first), value]);
                }
            }
        }
        Ok(map)
    }

    fn value(&self, element: &Element) -> Result<Value, SoapError> {
        if let Some(reference) =
            plain_attribute(element, "href").and_then(|href| href.strip_prefix('#'))
        {
            return self.referenced(element, reference);
        }
        let nil = element
            .attribute(XSI, "nil")
            .or_else(|| element.attribute(XSI, "null"));
        if nil.is_some_and(|nil| matches!(nil.value.as_str(), "1" | "true")) {
            return Ok(Value::Undef);
        }
        let encoding = self.version.encoding();
        if element.attribute(encoding, "arrayType").is_some() {
            return self.list(element);
        }
        if let Some(kind) = element.attribute(XSI, "type") {
            return self.typed(element, kind);
        }
        if element.name_space.as_deref() == Some(encoding) && element.name == "Array" {
            return self.list(element);
        }
        self.untyped(element)
    }

    fn untyped(&self, element: &Element) -> Result<Value, SoapError> {
        if element.children.is_empty() {
            Ok(Value::Text(element.text()))
        } else {
            self.children(element).map(Value::Map)
        }
    }

    fn list(&self, element: &Element) -> Result<Value, SoapError> {
        element
            .children
            .iter()
            .map(|child| self.value(child))
            .collect::<Result<_, _>>()
            .map(Value::List)
    }

    /// An element that stands for another one of the body. A reference never leads back to itself, and what references
    /// add to a document is limited, so that a small one can not grow without end.
    fn referenced(&self, element: &Element, id: &str) -> Result<Value, SoapError> {
        let unresolved = || {
            SoapError::Content(format!(
                "Unresolved (wrong?) href ({id}) in element '{}'",
                element.name
            ))
        };
        let target = self.by_id.get(id).copied().ok_or_else(unresolved)?;
        let is_open = self.open.borrow().iter().any(|open| open == id);
        self.expanded.set(self.expanded.get() + size(target));
        if is_open || self.expanded.get() > MAX_EXPANDED {
            return Err(unresolved());
        }
        self.open.borrow_mut().push(id.to_owned());
        let value = self.value(target);
        self.open.borrow_mut().pop();
        value
    }

    fn typed(&self, element: &Element, kind: &xml::Attribute) -> Result<Value, SoapError> {
        let (prefix, name) = split_name(&kind.value);
        let Some(prefix) = prefix else {
            return Err(SoapError::Content(format!(
                "Unspecified namespace for type '{name}'"
            )));
        };
        let Some(name_space) = kind.value_name_space.as_deref() else {
            return Err(SoapError::Content(format!(
                "Unresolved prefix '{prefix}' for attribute value '{}'",
                kind.value
            )));
        };
        let encoding = self.version.encoding();
        match name {
            "Array" if name_space == encoding => self.list(element),
            "Map" if name_space == APACHE => self.apache_map(element),
            _ if !element.children.is_empty() || name_space == encoding && name == "SOAPStruct" => {
                self.children(element).map(Value::Map)
            }
            _ if name_space == XSD || name_space == encoding => scalar(name, &element.text())
                .unwrap_or_else(|| {
                    Err(SoapError::Content(format!(
                        "Unrecognized type '{{{name_space}}}{name}'"
                    )))
                }),
            _ => Err(SoapError::Content(format!(
                "Unrecognized type '{{{name_space}}}{name}'"
            ))),
        }
    }

    fn apache_map(&self, element: &Element) -> Result<Value, SoapError> {
        let mut map = Map::new();
        for item in &element.children {
            let find = |name: &str| item.children.iter().find(|child| child.name == name);
            if let Some(key) = find("key") {
                let value = find("value").map_or(Ok(Value::Undef), |value| self.value(value))?;
                map.insert(key.text(), value);
            }
        }
        Ok(Value::Map(map))
    }
}

/// Elements and bytes of text in a tree.
fn size(element: &Element) -> usize {
    1 + element.texts.iter().map(String::len).sum::<usize>()
        + element.children.iter().map(size).sum::<usize>()
}

/// A text by its type; `None` for a type that nobody knows.
fn scalar(kind: &str, text: &str) -> Option<Result<Value, SoapError>> {
    Some(Ok(match kind {
        "boolean" => match text {
            "true" | "1" => Value::Integer(1),
            "false" | "0" => Value::Integer(0),
            other => {
                return Some(Err(SoapError::Content(format!(
                    "Wrong boolean value '{other}'"
                ))));
            }
        },
        "base64Binary" => from_bytes(&from_base64(text)),
        "hexBinary" => from_bytes(&from_hex(text)),
        kind if TEXT_TYPES.contains(&kind) => Value::text(text),
        _ => return None,
    }))
}

/// Perl takes decoded bytes for characters of the same numbers.
fn from_bytes(bytes: &[u8]) -> Value {
    Value::Text(bytes.iter().map(|byte| char::from(*byte)).collect())
}

fn from_base64(text: &str) -> Vec<u8> {
    let alphabet: String = text
        .chars()
        .take_while(|character| *character != '=')
        .filter(|character| character.is_ascii_alphanumeric() || matches!(character, '+' | '/'))
        .collect();
    let whole = alphabet.len() - usize::from(alphabet.len() % 4 == 1);
    base64::engine::GeneralPurpose::new(
        &base64::alphabet::STANDARD,
        base64::engine::GeneralPurposeConfig::new()
            .with_decode_padding_mode(base64::engine::DecodePaddingMode::Indifferent)
            .with_decode_allow_trailing_bits(true),
    )
    .decode(alphabet.get(..whole).unwrap_or_default())
    .unwrap_or_default()
}

fn from_hex(text: &str) -> Vec<u8> {
    let digits: Vec<u32> = text
        .chars()
        .filter_map(|character| character.to_digit(16))
        .collect();
    digits
        .chunks_exact(2)
        .filter_map(|pair| u8::try_from(pair.iter().fold(0, |byte, digit| byte * 16 + digit)).ok())
        .collect()
}
