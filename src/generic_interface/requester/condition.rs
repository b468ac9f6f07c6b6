//! When an event calls an invoker: what the web service wants of the ticket.
//!
//! Source: which requests the reference system sent for a ticket, one for each kind of condition. Texts are compared
//! with case; nothing but the ticket and its dynamic fields is looked at.

use std::sync::Arc;

use compat::{Map, Value, pattern::Pattern};

use crate::generic_interface::Compiled;

/// How several results become one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Linking {
    All,
    Any,
    /// Exactly one.
    One,
}

impl Linking {
    fn of(setting: Option<&Value>) -> Self {
        match setting.and_then(Value::as_string).as_deref() {
            Some("or") => Self::Any,
            Some("xor") => Self::One,
            _ => Self::All,
        }
    }

    fn holds(self, results: impl Iterator<Item = bool>) -> bool {
        let (mut all, mut count) = (true, 0);
        for result in results {
            all &= result;
            count += usize::from(result);
        }
        match self {
            Self::All => all,
            Self::Any => count > 0,
            Self::One => count == 1,
        }
    }
}

#[derive(Clone, Debug)]
enum Wanted {
    Text(String),
    Pattern(Arc<Pattern>),
    /// A pattern that is none, or a validation module, which only Perl can run.
    Nothing,
}

impl Wanted {
    fn of(field: &Value, compiled: &Compiled) -> Self {
        let text = |key: &str| {
            let value = field.get(key).and_then(Value::as_string);
            value.unwrap_or_default()
        };
        let wanted = text("Match");
        match text("Type").as_str() {
            "String" => Self::Text(wanted),
            "Regexp" if !wanted.is_empty() => compiled
                .anywhere(&wanted)
                .map_or(Self::Nothing, Self::Pattern),
            _ => Self::Nothing,
        }
    }

    fn fits(&self, value: &Value) -> bool {
        if let Value::List(items) = value {
            return items.iter().any(|item| self.fits(item));
        }
        let Some(value) = value.as_string() else {
            return false;
        };
        match self {
            Self::Text(wanted) => *wanted == value,
            Self::Pattern(pattern) => pattern.is_match(&value),
            Self::Nothing => false,
        }
    }
}

/// What must hold for an invoker to be called.
#[derive(Clone, Debug)]
pub(super) struct Condition {
    linking: Linking,
    parts: Vec<(Linking, Vec<(String, Wanted)>)>,
}

impl Condition {
    /// The condition of an event; `None` when it has none.
    pub(super) fn of(setting: Option<&Value>, compiled: &Compiled) -> Option<Self> {
        let setting = setting?;
        let parts = setting.get("Condition").and_then(Value::as_map)?;
        if parts.is_empty() {
            return None;
        }
        let part = |part: &Value| {
            let fields = part.get("Fields").and_then(Value::as_map);
            let fields = fields.into_iter().flatten();
            let fields = fields.map(|(name, field)| (name.clone(), Wanted::of(field, compiled)));
            (Linking::of(part.get("Type")), fields.collect())
        };
        Some(Self {
            linking: Linking::of(setting.get("ConditionLinking")),
            parts: parts.values().map(part).collect(),
        })
    }

    pub(super) fn holds(&self, ticket: &Map) -> bool {
        let part = |(linking, fields): &(Linking, Vec<(String, Wanted)>)| {
            linking.holds(
                fields
                    .iter()
                    .map(|(name, wanted)| ticket.get(name).is_some_and(|value| wanted.fits(value))),
            )
        };
        self.linking.holds(self.parts.iter().map(part))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// How the fields of a part are linked, and the fields: name, kind, what is wanted.
    type Part<'a> = (&'a str, &'a [(&'a str, &'a str, &'a str)]);

    fn holds(linking: &str, parts: &[Part<'_>]) -> bool {
        let parts = parts.iter().enumerate().map(|(number, (kind, fields))| {
            let fields = Value::map(fields.iter().map(|(name, kind, wanted)| {
                (*name, Value::map([("Type", *kind), ("Match", *wanted)]))
            }));
            let part = Value::map([("Type", Value::text(*kind)), ("Fields", fields)]);
            (number.to_string(), part)
        });
        let setting = Value::map([
            ("ConditionLinking", Value::text(linking)),
            ("Condition", Value::map(parts)),
        ]);
        let ticket = Map::from(
            [
                ("Title", Value::text("T2")),
                ("Queue", Value::text("Raw")),
                ("QueueID", Value::Integer(2)),
                ("DynamicField_X", Value::Undef),
                (
                    "DynamicField_L",
                    Value::List(vec![Value::text("a"), Value::text("b")]),
                ),
            ]
            .map(|(key, value)| (key.to_owned(), value)),
        );
        Condition::of(Some(&setting), &Compiled::default())
            .unwrap()
            .holds(&ticket)
    }

    /// Which of these called the invoker on the reference system (the list apart).
    #[test]
    fn conditions_hold_as_on_the_reference() {
        let title = ("Title", "String", "T2");
        let nope = ("Queue", "String", "Nope");
        let raw = ("Queue", "String", "Raw");
        for (expected, linking, parts) in [
            (true, "and", &[("and", &[title][..])][..]),
            (
                false,
                "and",
                &[("and", &[("Event", "String", "TicketTitleUpdate")])],
            ),
            (false, "and", &[("and", &[("Title", "Regexp", "^t")])]),
            (true, "and", &[("and", &[("Title", "Regexp", "2$")])]),
            (false, "and", &[("and", &[("Title", "Regexp", "")])]),
            (false, "and", &[("and", &[("Title", "Regexp", "[")])]),
            (false, "and", &[("and", &[("Title", "Module", "Nope")])]),
            (false, "and", &[("and", &[("Title", "String", "t2")])]),
            (false, "and", &[("and", &[title, nope])]),
            (true, "and", &[("or", &[title, nope])]),
            (false, "and", &[("xor", &[title, raw])]),
            (true, "and", &[("xor", &[title, nope])]),
            (false, "and", &[("and", &[title]), ("and", &[nope])]),
            (true, "or", &[("and", &[title]), ("and", &[nope])]),
            (false, "xor", &[("and", &[title]), ("and", &[raw])]),
            (true, "and", &[("and", &[("QueueID", "Regexp", "2")])]),
            (
                false,
                "and",
                &[("and", &[("DynamicField_X", "String", "")])],
            ),
            (false, "and", &[("and", &[("Nope", "String", "")])]),
            (
                true,
                "and",
                &[("and", &[("DynamicField_L", "String", "b")])],
            ),
        ] {
            assert_eq!(holds(linking, parts), expected, "{linking} {parts:?}");
        }
    }
}
