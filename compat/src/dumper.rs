//! Data structures as the web services' debug log shows them: the notation of Perl's Data::Dumper with two spaces of
//! indentation and sorted keys.
//!
//! Source: rows of `gi_debugger_entry_content` that the reference system wrote.

use std::fmt::Write as _;

use crate::{Value, perl_number};

/// The whole dump, `$VAR1 = …;` and a line end.
pub fn write(value: &Value) -> String {
    let mut out = String::from("$VAR1 = ");
    write_value(value, 0, &mut out);
    out.push_str(";\n");
    out
}

fn write_value(value: &Value, depth: usize, out: &mut String) {
    match value {
        Value::Undef => out.push_str("undef"),
        Value::Text(text) => quote(text, out),
        Value::Bytes(bytes) => quote(
            &bytes
                .iter()
                .map(|byte| char::from(*byte))
                .collect::<String>(),
            out,
        ),
        Value::Integer(number) => number_or_text(&number.to_string(), out),
        Value::Float(float) => number_or_text(&perl_number::format(*float), out),
        Value::List(list) if list.is_empty() => out.push_str("[]"),
        Value::List(list) => {
            out.push_str("[\n");
            for (index, value) in list.iter().enumerate() {
                indent(depth + 1, out);
                write_value(value, depth + 1, out);
                end_of_entry(index + 1 < list.len(), out);
            }
            indent(depth, out);
            out.push(']');
        }
        Value::Map(map) if map.is_empty() => out.push_str("{}"),
        Value::Map(map) => {
            out.push_str("{\n");
            for (index, (key, value)) in map.iter().enumerate() {
                indent(depth + 1, out);
                quote(key, out);
                out.push_str(" => ");
                write_value(value, depth + 1, out);
                end_of_entry(index + 1 < map.len(), out);
            }
            indent(depth, out);
            out.push('}');
        }
    }
}

fn end_of_entry(more: bool, out: &mut String) {
    out.push_str(if more { ",\n" } else { "\n" });
}

fn indent(depth: usize, out: &mut String) {
    for _ in 0..depth {
        out.push_str("  ");
    }
}

/// Whole numbers of up to ten characters stand bare, everything else in quotes.
fn number_or_text(digits: &str, out: &mut String) {
    let bare = digits.len() <= 10
        && digits
            .strip_prefix('-')
            .unwrap_or(digits)
            .bytes()
            .all(|byte| byte.is_ascii_digit());
    if bare {
        out.push_str(digits);
    } else {
        let _ = write!(out, "'{digits}'");
    }
}

fn quote(text: &str, out: &mut String) {
    out.push('\'');
    for character in text.chars() {
        if matches!(character, '\'' | '\\') {
            out.push('\\');
        }
        out.push(character);
    }
    out.push('\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dump_is_indented_and_sorted() {
        let value = Value::map([
            ("b", Value::text("1")),
            ("a", Value::Integer(1)),
            ("c", Value::Undef),
            ("f", Value::Float(1.5)),
            (
                "h",
                Value::List(vec![Value::Integer(1), Value::text("it's")]),
            ),
            ("i", Value::map::<&str, Value>([])),
            ("j", Value::List(vec![])),
            ("k", Value::Integer(12_345_678_901)),
        ]);
        assert_eq!(
            write(&value),
            "$VAR1 = {\n  'a' => 1,\n  'b' => '1',\n  'c' => undef,\n  'f' => '1.5',\n  'h' => [\n    1,\n    'it\\'s'\n  ],\n  'i' => {},\n  'j' => [],\n  'k' => '12345678901'\n};\n"
        );
    }
}
