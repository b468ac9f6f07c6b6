//! Data as XML and back, in the shape that stylesheets for OTRS expect.
//!
//! Writing: one root element `RootElement`, keys as elements in byte order, items of a list as repeated elements (a list
//! in a list as elements `anon`), no attributes; what stands under a key without characters has no element. Reading: the
//! root's name does not matter, attributes are dropped, elements that repeat become lists, an empty element an empty hash,
//! text beside elements the key `content`, and repeated elements `anon` without others a list in a list.

use std::{collections::BTreeMap, fmt::Write as _};

use compat::{
    Map, Value,
    xml::{self, Element, ReadError},
};

/// The document for a stylesheet.
pub fn write(data: &Value) -> String {
    let mut out = String::new();
    element("RootElement", data, 0, &mut out);
    out
}

fn element(name: &str, value: &Value, depth: usize, out: &mut String) {
    let indent = depth * 2;
    let (open, close) = (format!("{:indent$}<{name}>", ""), format!("</{name}>\n"));
    match value {
        Value::Map(map) if !map.is_empty() => {
            let _ = writeln!(out, "{open}");
            for (key, value) in map {
                repeated(key, value, depth + 1, out);
            }
            let _ = write!(out, "{:indent$}{close}", "");
        }
        Value::List(list) if !list.is_empty() => {
            let _ = writeln!(out, "{open}");
            for item in list {
                element("anon", item, depth + 1, out);
            }
            let _ = write!(out, "{:indent$}{close}", "");
        }
        scalar => {
            out.push_str(&open);
            escape(&scalar.as_string().unwrap_or_default(), out);
            out.push_str(&close);
        }
    }
}

fn repeated(name: &str, value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Map(map) if name.is_empty() => {
            for (key, value) in map {
                repeated(key, value, depth, out);
            }
        }
        Value::List(list) if name.is_empty() && list.is_empty() => {}
        scalar if name.is_empty() && scalar.as_list().is_none() => {
            // As it stands, as in the reference system: with `&` or `<` in it, this is seldom XML.
            out.push_str(&scalar.as_string().unwrap_or_default());
            out.push('\n');
        }
        Value::List(list) => list.iter().for_each(|item| element(name, item, depth, out)),
        other => element(name, other, depth, out),
    }
}

/// Whether the names of elements have no prefix that the document would have to declare.
pub fn has_known_prefixes(data: &Value) -> bool {
    match data {
        Value::Map(map) => map.iter().all(|(key, value)| {
            let is_known = match key.split_once(':') {
                Some((prefix, name)) => prefix == "xml" && !name.contains(':'),
                None => true,
            };
            is_known && has_known_prefixes(value)
        }),
        Value::List(list) => list.iter().all(has_known_prefixes),
        _ => true,
    }
}

fn escape(text: &str, out: &mut String) {
    for character in text.chars() {
        match character {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            other => out.push(other),
        }
    }
}

/// The data in a stylesheet's result.
pub fn read(document: &[u8]) -> Result<Value, ReadError> {
    xml::read(document).map(|root| value(&root))
}

fn value(element: &Element) -> Value {
    let mut texts: Vec<Value> = element
        .texts
        .iter()
        .filter(|text| !text.trim_ascii().is_empty())
        .map(|text| Value::text(text.as_str()))
        .collect();
    if element.children.is_empty() {
        return texts.pop().unwrap_or(Value::Map(Map::new()));
    }
    let mut children: BTreeMap<String, Vec<Value>> = BTreeMap::new();
    for child in &element.children {
        let name = match &child.prefix {
            Some(prefix) => format!("{prefix}:{}", child.name),
            None => child.name.clone(),
        };
        children.entry(name).or_default().push(value(child));
    }
    let mut map: Map = children
        .into_iter()
        .map(|(name, mut values)| {
            // A list in a list stays one, also as the only item.
            let is_single = values.len() == 1 && !matches!(values.first(), Some(Value::List(_)));
            let single = if is_single { values.pop() } else { None };
            (name, single.unwrap_or(Value::List(values)))
        })
        .collect();
    if let (0, 1, Some(Value::List(list))) = (texts.len(), map.len(), map.get_mut("anon")) {
        return Value::List(std::mem::take(list));
    }
    match texts.len() {
        0 => {}
        1 => {
            map.insert("content".to_owned(), texts.remove(0));
        }
        _ => {
            map.insert("content".to_owned(), Value::List(texts));
        }
    }
    Value::Map(map)
}
