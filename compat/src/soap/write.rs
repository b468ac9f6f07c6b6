//! From an operation's data to an envelope.

use thiserror::Error;

use super::Version;
use crate::{Map, Value, xml::escape};

/// Why OTRS's SOAP refuses a whole answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
pub enum Unwritable {
    /// A list without items can not be said.
    #[error("Error in SOAPOutputRecursion: Data type 'ARRAY (empty)' is invalid")]
    EmptyList,
    /// The order is for data of another shape.
    #[error("Error in SOAPOutputRecursion: Types of Data '{data}' and Sort '{order}' don't match")]
    Shape {
        data: &'static str,
        order: &'static str,
    },
}

/// In which order elements are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// By name.
    #[default]
    ByName,
    /// The element is a text.
    Text,
    /// Those that are named here first, the others behind them by name.
    Named(Vec<(String, Order)>),
}

impl Order {
    /// Reads the setting `Sort` of a web service: a list of hashes with one key each, whose value is the order below it,
    /// or an empty text for an element that is a text.
    pub fn from_setting(setting: Option<&Value>) -> Self {
        match setting.and_then(Value::as_list) {
            Some(items) => Self::Named(
                items
                    .iter()
                    .filter_map(Value::as_map)
                    .flatten()
                    .map(|(name, below)| {
                        let below = match below.as_list() {
                            Some(_) => Self::from_setting(Some(below)),
                            None => Self::Text,
                        };
                        (name.clone(), below)
                    })
                    .collect(),
            ),
            None => Self::ByName,
        }
    }

    fn named(&self) -> &[(String, Self)] {
        match self {
            Self::Named(named) => named,
            Self::ByName | Self::Text => &[],
        }
    }

    /// Whether a value has the shape that this order is for.
    fn fits(&self, value: &Value) -> Result<(), Unwritable> {
        let data = match value {
            Value::List(_) => "ARRAYREF",
            Value::Map(_) => "HASHREF",
            _ => "STRING",
        };
        let order = match (self, data) {
            (Self::Text, "ARRAYREF" | "HASHREF") => "STRING",
            (Self::Named(_), "STRING") => "ARRAYREF",
            _ => return Ok(()),
        };
        Err(Unwritable::Shape { data, order })
    }
}

/// The whole envelope around one element that carries the data.
pub fn write(
    version: Version,
    name_space: &str,
    element: &str,
    data: &Map,
    order: &Order,
) -> Result<String, Unwritable> {
    write_with_prefix(version, name_space, None, element, data, order)
}

/// The same with a prefix before the element that carries the data, as our own requests have it.
pub fn write_with_prefix(
    version: Version,
    name_space: &str,
    prefix: Option<&str>,
    element: &str,
    data: &Map,
    order: &Order,
) -> Result<String, Unwritable> {
    let (element, declaration) = match prefix {
        Some(prefix) => (format!("{prefix}:{element}"), format!(" xmlns:{prefix}=\"")),
        None => (element.to_owned(), " xmlns=\"".to_owned()),
    };
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope soap:encodingStyle=\"{encoding}\" xmlns:soap=\"{envelope}\" \
         xmlns:soapenc=\"{encoding}\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body><{element}",
        encoding = version.encoding(),
        envelope = version.envelope(),
    );
    out.push_str(&declaration);
    escape_attribute(name_space, &mut out);
    out.push('"');
    if data.is_empty() {
        out.push_str(" xsi:nil=\"true\" />");
    } else {
        out.push('>');
        children(data, order, &mut out)?;
        out.push_str("</");
        out.push_str(&element);
        out.push('>');
    }
    out.push_str("</soap:Body></soap:Envelope>");
    Ok(out)
}

fn escape_attribute(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

fn children(data: &Map, order: &Order, out: &mut String) -> Result<(), Unwritable> {
    let nothing = Order::default();
    for (name, below) in order.named() {
        if let Some(value) = data.get(name) {
            element(name, value, below, out)?;
        }
    }
    let is_named = |name: &str| order.named().iter().any(|(known, _)| known == name);
    for (name, value) in data.iter().filter(|(name, _)| !is_named(name)) {
        element(name, value, &nothing, out)?;
    }
    Ok(())
}

fn element(name: &str, value: &Value, order: &Order, out: &mut String) -> Result<(), Unwritable> {
    order.fits(value)?;
    match value {
        Value::List(list) if list.is_empty() => return Err(Unwritable::EmptyList),
        Value::List(list) => {
            for item in list {
                element(name, item, order, out)?;
            }
            return Ok(());
        }
        _ => {}
    }
    out.push('<');
    out.push_str(name);
    let start = out.len();
    out.push('>');
    let content = out.len();
    match value {
        Value::Map(map) => children(map, order, out)?,
        Value::Bytes(bytes) => escape(
            &bytes
                .iter()
                .map(|byte| char::from(*byte))
                .collect::<String>(),
            out,
        ),
        scalar => escape(&scalar.as_string().unwrap_or_default(), out),
    }
    if out.len() == content {
        out.truncate(start);
        out.push_str(" />");
    } else {
        out.push_str("</");
        out.push_str(name);
        out.push('>');
    }
    Ok(())
}
