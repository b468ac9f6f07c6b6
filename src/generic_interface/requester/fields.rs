//! What an invoker of the type `Ticket::Generic` leaves out of the ticket that it sends, and what it sends as base64: the
//! settings `…::OmittedFields` and `…::Base64EncodedFields`, by the invoker's name.
//!
//! Fields are paths within the ticket, such as `OwnerData->UserEmail`, with semicolons between them; of lists on the way
//! each item is meant. Source: what the reference system sent with a dozen such paths.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use compat::Value;

use crate::settings::Settings;

const OMITTED: &str = "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::OmittedFields";
const ENCODED: &str =
    "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::Base64EncodedFields";

/// Characters in a line of base64.
const LINE: usize = 76;

/// Does what the settings say to the data of an invoker.
pub(super) fn settle(settings: &Settings, invoker: &str, data: &mut Value) {
    let Value::Map(data) = data else {
        return;
    };
    let Some(ticket) = data.get_mut("Ticket") else {
        return;
    };
    for path in paths(settings, OMITTED, invoker) {
        omit(ticket, &path);
    }
    for path in paths(settings, ENCODED, invoker) {
        encode(ticket, &path);
    }
}

fn paths(settings: &Settings, setting: &str, invoker: &str) -> Vec<Vec<String>> {
    let configured = settings.value(setting);
    let fields = configured.get(invoker).and_then(Value::as_string);
    let fields = fields.unwrap_or_default();
    let paths = fields.split(';').filter(|path| !path.is_empty());
    paths
        .map(|path| path.split("->").map(str::to_owned).collect())
        .collect()
}

/// Lists on the way are gone through.
fn omit(data: &mut Value, path: &[String]) {
    match (data, path) {
        (Value::List(items), _) => items.iter_mut().for_each(|item| omit(item, path)),
        (Value::Map(map), [last]) => drop(map.remove(last)),
        (Value::Map(map), [first, rest @ ..]) => {
            if let Some(inner) = map.get_mut(first) {
                omit(inner, rest);
            }
        }
        _ => {}
    }
}

fn encode(data: &mut Value, path: &[String]) {
    match (data, path) {
        (Value::List(items), [_, ..]) => items.iter_mut().for_each(|item| encode(item, path)),
        (Value::Map(map), [first, rest @ ..]) => {
            if let Some(inner) = map.get_mut(first) {
                encode(inner, rest);
            }
        }
        (value, []) => {
            if let Some(text) = value.as_string().filter(|text| !text.is_empty()) {
                *value = Value::Text(in_lines(&STANDARD.encode(text)));
            }
        }
        _ => {}
    }
}

/// As mails have it: a line break behind each line, the last one too.
fn in_lines(encoded: &str) -> String {
    let mut out = String::new();
    let mut rest = encoded;
    while !rest.is_empty() {
        let (line, tail) = rest.split_at(rest.len().min(LINE));
        out.push_str(line);
        out.push('\n');
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;

    #[test]
    fn lines_of_base64_have_76_characters() {
        assert_eq!(
            in_lines(&"x".repeat(77)),
            format!("{}\nx\n", "x".repeat(76))
        );
        assert_eq!(in_lines(""), "");
    }

    #[test]
    fn fields_are_left_out_or_encoded_wherever_they_are() {
        let setting = |name: &str, paths: &str| {
            let value = Value::map([("Gen", paths)]);
            (name.to_owned(), value, Origin::File)
        };
        let settings = Settings::with([
            setting(OMITTED, "Secret;List->Body;Nope->X;Ticket->Title"),
            setting(ENCODED, "Title;List->Subject;Inner;None"),
        ]);
        let article = || Value::map([("Body", "long"), ("Subject", "ä")]);
        let data = Value::map([
            ("Event", Value::text("X")),
            (
                "Ticket",
                Value::map([
                    ("Secret", Value::text("s")),
                    ("Title", Value::text("abc")),
                    ("Inner", Value::map([("a", "b")])),
                    ("None", Value::Undef),
                    ("List", Value::List(vec![article(), article()])),
                ]),
            ),
        ]);

        let mut settled = data.clone();
        settle(&settings, "Gen", &mut settled);
        let mut other = data.clone();
        settle(&settings, "Other", &mut other);

        let expected = r#"{"Event":"X","Ticket":{"Inner":{"a":"b"},"List":[{"Subject":"w6Q=\n"},{"Subject":"w6Q=\n"}],"None":null,"Title":"YWJj\n"}}"#;
        assert_eq!(compat::json::write(&settled), expected);
        assert_eq!(other, data);
    }
}
