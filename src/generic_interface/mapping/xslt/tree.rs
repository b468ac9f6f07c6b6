//! Data as XML and back, in the shape that stylesheets for OTRS expect.
//!
//! Writing: one root element `RootElement`, keys as elements in byte order, items of a list as repeated elements (a list
//! in a list as elements `anon`), no attributes. Reading: the root's name does not matter, attributes are dropped,
//! elements that repeat become lists, an empty element an empty hash, text beside elements the key `content`.

use std::fmt::Write as _;

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
        Value::List(list) => list.iter().for_each(|item| element(name, item, depth, out)),
        other => element(name, other, depth, out),
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
    let mut map = Map::new();
    for child in &element.children {
        let name = match &child.prefix {
            Some(prefix) => format!("{prefix}:{}", child.name),
            None => child.name.clone(),
        };
        // A child is a text or a hash, so a list in the map is one that this loop made.
        match map.get_mut(&name) {
            None => {
                map.insert(name, value(child));
            }
            Some(Value::List(list)) => list.push(value(child)),
            Some(first) => *first = Value::List(vec![std::mem::take(first), value(child)]),
        }
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
