//! Whether a transition's condition holds for a ticket.
//!
//! Source: which of some 70 conditions moved a ticket of the reference system. Texts are compared with case. `xor` there
//! means *or*; what is empty fits nothing; a linking that is none of the three holds never.

use compat::{Map, Value, pattern::Pattern};

/// How several results become one.
#[derive(Clone, Copy)]
enum Linking {
    All,
    Any,
    Never,
}

impl Linking {
    fn of(setting: Option<&Value>) -> Self {
        match setting.and_then(Value::as_string).as_deref() {
            None | Some("" | "and") => Self::All,
            Some("or" | "xor") => Self::Any,
            Some(_) => Self::Never,
        }
    }

    /// Nothing at all holds never.
    fn holds(self, results: impl IntoIterator<Item = bool>) -> bool {
        let mut results = results.into_iter().peekable();
        if results.peek().is_none() {
            return false;
        }
        match self {
            Self::All => results.all(|result| result),
            Self::Any => results.any(|result| result),
            Self::Never => false,
        }
    }
}

/// `transition` is the configuration of one; `facts` are the attributes of the ticket with its fields as `DynamicField_…`.
pub fn holds(transition: &Value, facts: &Map) -> bool {
    let entries =
        |value: Option<&Value>| value.and_then(Value::as_map).cloned().unwrap_or_default();
    let conditions = entries(transition.get("Condition"));
    Linking::of(transition.get("ConditionLinking")).holds(conditions.values().map(|condition| {
        let fields = entries(condition.get("Fields"));
        Linking::of(condition.get("Type")).holds(
            fields
                .iter()
                .map(|(name, wanted)| fits(wanted, facts.get(name).unwrap_or(&Value::Undef))),
        )
    }))
}

fn fits(wanted: &Value, value: &Value) -> bool {
    let kind = wanted.get("Type").and_then(Value::as_string);
    let text = wanted.get("Match").and_then(Value::as_string);
    let text = text.unwrap_or_default();
    match kind.as_deref() {
        Some("String") if !text.is_empty() => any(value, |value| value == text),
        Some("Regexp") if !text.is_empty() => match Pattern::new(&text) {
            Ok(pattern) => any(value, |value| pattern.is_match(value)),
            Err(error) => {
                tracing::warn!(%error, "the pattern of a transition is none: {text}");
                false
            }
        },
        Some("Array") => list_fits(wanted.get("Match"), value),
        _ => false,
    }
}

/// Of a list, any of its texts; nothing fits what is not there.
fn any(value: &Value, fits: impl Fn(&str) -> bool) -> bool {
    match value {
        Value::List(items) => items
            .iter()
            .filter_map(Value::as_string)
            .any(|item| fits(&item)),
        one => one.as_string().is_some_and(|text| fits(&text)),
    }
}

fn list_fits(wanted: Option<&Value>, value: &Value) -> bool {
    let (Some(wanted), Value::List(_)) = (wanted.and_then(Value::as_list), value) else {
        return false;
    };
    let mut wanted = wanted.iter().filter_map(Value::as_string).peekable();
    wanted.peek().is_some() && wanted.all(|wanted| any(value, |value| value == wanted))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn facts() -> Map {
        let Value::Map(facts) = Value::map([("Queue", "Raw"), ("PriorityID", "4"), ("SLAID", "")])
        else {
            return Map::new();
        };
        let mut facts = facts;
        let items = Value::List(vec![Value::text("a"), Value::text("b")]);
        facts.insert("DynamicField_Multi".to_owned(), items);
        facts
    }

    fn transition(text: &str) -> Value {
        compat::yaml::read(text).unwrap()
    }

    fn of(linking: &str, kind: &str, fields: &str) -> bool {
        let text = format!(
            "---\nCondition:\n  '1':\n    Type: {kind}\n    Fields: {fields}\nConditionLinking: {linking}\n"
        );
        holds(&transition(&text), &facts())
    }

    #[test]
    fn fields_are_linked_by_their_type() {
        let both = "{Queue: {Type: String, Match: Raw}, PriorityID: {Type: String, Match: '4'}}";
        let one = "{Queue: {Type: String, Match: Misc}, PriorityID: {Type: String, Match: '4'}}";
        assert!(of("and", "and", both));
        assert!(!of("and", "and", one));
        for any in ["or", "xor"] {
            assert!(of("and", any, one));
            assert!(of("and", any, both));
        }
        assert!(!of("and", "nor", both));
        assert!(!of("nor", "and", both));
    }

    #[test]
    fn what_is_empty_or_missing_fits_nothing() {
        for fields in [
            "{}",
            "{SLAID: {Type: String, Match: ''}}",
            "{Nope: {Type: Regexp, Match: '.*'}}",
            "{Queue: {Type: Regexp, Match: '('}}",
            "{Queue: {Type: Hash, Match: {a: Raw}}}",
            "{Queue: {Type: Array, Match: [Raw]}}",
            "{Queue: {Type: String, Match: raw}}",
        ] {
            assert!(!of("and", "and", fields), "{fields}");
        }
        assert!(!holds(&transition("---\nCondition: {}\n"), &facts()));
    }

    #[test]
    fn of_several_values_any_may_fit() {
        for fields in [
            "{DynamicField_Multi: {Type: String, Match: b}}",
            "{DynamicField_Multi: {Type: Regexp, Match: '^b$'}}",
            "{DynamicField_Multi: {Type: Array, Match: [b, a]}}",
            "{DynamicField_Multi: {Type: Array, Match: [a]}}",
        ] {
            assert!(of("and", "and", fields), "{fields}");
        }
    }
}
