//! What an invoker of the type `Ticket::Generic` leaves out of what it sends, and what it sends as base64: the settings
//! `…::OmittedFields` and `…::Base64EncodedFields`, by the invoker's name.
//!
//! Fields are paths such as `Ticket->OwnerData->UserEmail`, with semicolons between them. Source: the descriptions
//! of both settings in the administration.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use compat::Value;

use crate::settings::Settings;

const OMITTED: &str = "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::OmittedFields";
const ENCODED: &str =
    "GenericInterface::Invoker::Ticket::Generic::PrepareRequest::Base64EncodedFields";

/// Does what the settings say to the data of an invoker.
pub(super) fn settle(settings: &Settings, invoker: &str, data: &mut Value) {
    for path in paths(settings, OMITTED, invoker) {
        omit(data, &path);
    }
    for path in paths(settings, ENCODED, invoker) {
        encode(data, &path);
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
                *value = Value::Text(STANDARD.encode(text));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;

    #[test]
    fn fields_are_left_out_or_encoded_wherever_they_are() {
        let setting = |name: &str, paths: &str| {
            let value = Value::map([("Gen", paths)]);
            (name.to_owned(), value, Origin::File)
        };
        let settings = Settings::with([
            setting(OMITTED, "Event;T->Secret;T->List->Body;T->Nope->X"),
            setting(ENCODED, "T->Title;T->List->Subject;T->Inner;T->None"),
        ]);
        let article = || Value::map([("Body", "long"), ("Subject", "ä")]);
        let data = Value::map([
            ("Event", Value::text("X")),
            (
                "T",
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

        let expected = r#"{"T":{"Inner":{"a":"b"},"List":[{"Subject":"w6Q="},{"Subject":"w6Q="}],"None":null,"Title":"YWJj"}}"#;
        assert_eq!(compat::json::write(&settled), expected);
        assert_eq!(other, data);
    }
}
