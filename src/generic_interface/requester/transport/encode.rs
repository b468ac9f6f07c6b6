//! The notations of what HTTP::REST sends: paths with values in them, queries, forms, and plain XML.

use compat::{Map, Value, xml};

/// Percent-encodes everything but letters, digits, `-._~` and what else is kept.
fn escape(text: &str, space: &str, kept: &[u8]) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b' ' => out.push_str(space),
            byte if byte.is_ascii_alphanumeric()
                || b"-._~".contains(&byte)
                || kept.contains(&byte) =>
            {
                out.push(char::from(byte));
            }
            byte => {
                out.push('%');
                for half in [byte >> 4, byte & 15] {
                    let digit = char::from_digit(u32::from(half), 16).unwrap_or('0');
                    out.push(digit.to_ascii_uppercase());
                }
            }
        }
    }
    out
}

/// Puts values in the place of their names, `:Name`, where a name ends at anything that is no letter, digit or `_`. A
/// name without a value that is a text stays. The names that were replaced are added to `used`.
pub fn fill(pattern: &str, data: &Map, used: &mut Vec<String>) -> String {
    let mut out = String::with_capacity(pattern.len());
    let mut rest = pattern;
    while let Some((before, after)) = rest.split_once(':') {
        out.push_str(before);
        let end = after
            .find(|character: char| !character.is_alphanumeric() && character != '_')
            .unwrap_or(after.len());
        let (name, tail) = after.split_at(end);
        match data.get(name).and_then(Value::as_string) {
            Some(value) if !name.is_empty() => {
                out.push_str(&escape(&value, "%20", b""));
                used.push(name.to_owned());
            }
            _ => {
                out.push(':');
                out.push_str(name);
            }
        }
        rest = tail;
    }
    out.push_str(rest);
    out
}

/// `a=1&b=2&b=3`: a list gives its key several times, `undef` is empty. What is nested deeper can not be said and is
/// left out (the reference system sends the address of the Perl structure). In an address the apostrophe becomes `%27`
/// on its way, which means the same.
pub fn form(data: &Map) -> String {
    let mut pairs = Vec::new();
    let mut pair = |key: &str, value: &Value| {
        let value = match value {
            Value::Undef => String::new(),
            value => match value.as_string() {
                Some(value) => value,
                None => return,
            },
        };
        let [key, value] = [key, value.as_str()].map(|text| escape(text, "+", b"!*'()"));
        pairs.push(format!("{key}={value}"));
    };
    for (key, value) in data {
        match value {
            Value::List(items) => items.iter().for_each(|item| pair(key, item)),
            value => pair(key, value),
        }
    }
    pairs.join("&")
}

/// The XML that Perl's XML::Simple makes without a root element: elements side by side, texts of nested hashes as
/// attributes.
pub fn simple_xml(data: &Map) -> String {
    let mut out = String::from("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    for (name, value) in data {
        element(name, value, 1, &mut out);
    }
    out
}

fn element(name: &str, value: &Value, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    match value {
        Value::List(items) => items
            .iter()
            .for_each(|item| element(name, item, depth, out)),
        Value::Map(map) => {
            out.push_str(&indent);
            out.push('<');
            out.push_str(name);
            let is_attribute = |value: &&Value| !matches!(value, Value::List(_) | Value::Map(_));
            for (key, value) in map.iter().filter(|(_, value)| is_attribute(value)) {
                out.push(' ');
                out.push_str(key);
                out.push_str("=\"");
                let mut text = String::new();
                xml::escape(&value.as_string().unwrap_or_default(), &mut text);
                out.push_str(&text.replace('"', "&quot;"));
                out.push('"');
            }
            if map.values().all(|value| is_attribute(&value)) {
                out.push_str(" />\n");
                return;
            }
            out.push_str(">\n");
            for (key, value) in map.iter().filter(|(_, value)| !is_attribute(value)) {
                element(key, value, depth + 1, out);
            }
            out.push_str(&indent);
            out.push_str("</");
            out.push_str(name);
            out.push_str(">\n");
        }
        scalar => {
            out.push_str(&indent);
            out.push('<');
            out.push_str(name);
            out.push('>');
            xml::escape(&scalar.as_string().unwrap_or_default(), out);
            out.push_str("</");
            out.push_str(name);
            out.push_str(">\n");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn data() -> Map {
        let Value::Map(map) = Value::map([
            ("TicketID", Value::text("a/b c?ü&")),
            ("b", Value::List(vec![Value::Integer(1), Value::text("2")])),
            ("n", Value::Undef),
            ("F", Value::Float(1.5)),
        ]) else {
            return Map::new();
        };
        map
    }

    #[test]
    fn values_stand_in_the_place_of_their_names() {
        let mut used = Vec::new();
        assert_eq!(
            fill("/x/:TicketID?a=:T&c=:F", &data(), &mut used),
            "/x/a%2Fb%20c%3F%C3%BC%26?a=:T&c=1.5"
        );
        assert_eq!(used, ["TicketID", "F"]);
        assert_eq!(fill("/:n/:b/:", &data(), &mut used), "/:n/:b/:");
    }

    #[test]
    fn lists_repeat_their_key() {
        assert_eq!(
            form(&data()),
            "F=1.5&TicketID=a%2Fb+c%3F%C3%BC%26&b=1&b=2&n="
        );
    }

    #[test]
    fn xml_is_what_the_reference_sends() {
        let Value::Map(data) = Value::map([
            ("a", Value::text("1 2ü&")),
            ("c", Value::List(vec![Value::text("3"), Value::text("4")])),
            ("h", Value::map([("k", "v")])),
        ]) else {
            return;
        };
        assert_eq!(
            simple_xml(&data),
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n  <a>1 2ü&amp;</a>\n  <c>3</c>\n  <c>4</c>\n  <h k=\"v\" />\n"
        );
    }
}
