//! From an operation's data to an envelope.

use thiserror::Error;

use super::Version;
use crate::{Map, Value, xml::escape};

/// A list without items can not be said in OTRS's SOAP; it refuses the whole answer.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("Error in SOAPOutputRecursion: Data type 'ARRAY (empty)' is invalid")]
pub struct EmptyList;

/// In which order elements are written: those that are named here first, the others behind them by name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Order(Vec<(String, Order)>);

impl Order {
    /// Reads the setting `Sort` of a web service: a list of hashes with one key each, whose value is the order below it.
    pub fn from_setting(setting: Option<&Value>) -> Self {
        let items = setting.and_then(Value::as_list).unwrap_or_default();
        Self(
            items
                .iter()
                .filter_map(Value::as_map)
                .flatten()
                .map(|(name, below)| (name.clone(), Self::from_setting(Some(below))))
                .collect(),
        )
    }

    fn below(&self, name: &str) -> Option<&Self> {
        self.0
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, order)| order)
    }
}

/// The whole envelope around one element that carries the data.
pub fn write(
    version: Version,
    name_space: &str,
    element: &str,
    data: &Map,
    order: &Order,
) -> Result<String, EmptyList> {
    let mut out = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope soap:encodingStyle=\"{encoding}\" xmlns:soap=\"{envelope}\" \
         xmlns:soapenc=\"{encoding}\" xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" \
         xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\"><soap:Body><{element}",
        encoding = version.encoding(),
        envelope = version.envelope(),
    );
    out.push_str(" xmlns=\"");
    escape_attribute(name_space, &mut out);
    out.push('"');
    if data.is_empty() {
        out.push_str(" xsi:nil=\"true\" />");
    } else {
        out.push('>');
        children(data, order, &mut out)?;
        out.push_str("</");
        out.push_str(element);
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

fn children(data: &Map, order: &Order, out: &mut String) -> Result<(), EmptyList> {
    let nothing = Order::default();
    for (name, below) in &order.0 {
        if let Some(value) = data.get(name) {
            element(name, value, below, out)?;
        }
    }
    for (name, value) in data.iter().filter(|(name, _)| order.below(name).is_none()) {
        element(name, value, &nothing, out)?;
    }
    Ok(())
}

fn element(name: &str, value: &Value, order: &Order, out: &mut String) -> Result<(), EmptyList> {
    match value {
        Value::List(list) if list.is_empty() => return Err(EmptyList),
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
