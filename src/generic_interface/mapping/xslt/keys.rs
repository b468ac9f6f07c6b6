//! The regular expressions before and after a stylesheet: they rename keys, at every depth.

use std::sync::Arc;

use compat::{Map, Value, pattern::Pattern};

use super::Refusal;
use crate::generic_interface::Compiled;

/// Searches and replacements in their order. Each looks at a key as it was, and replaces its first match.
#[derive(Clone, Debug)]
pub struct Filter(Vec<(Arc<Pattern>, String)>);

impl Filter {
    /// The entries `Search` and `Replace` of a list in the settings; one without `Search` does nothing.
    ///
    /// Errors: a `Search` that is no regular expression. The reference system has no answer to that.
    pub fn from_settings(
        config: &Map,
        name: &str,
        compiled: &Compiled,
    ) -> Result<Option<Self>, Refusal> {
        let mut rules = Vec::new();
        for rule in config
            .get(name)
            .and_then(Value::as_list)
            .unwrap_or_default()
        {
            let text = |key: &str| rule.get(key).and_then(Value::as_string).unwrap_or_default();
            let search = text("Search");
            if search.is_empty() {
                continue;
            }
            let pattern = compiled
                .anywhere(&search)
                .map_err(|error| Refusal::Settings(format!("Got {name}, but {error}!")))?;
            rules.push((pattern, text("Replace")));
        }
        Ok((!rules.is_empty()).then_some(Self(rules)))
    }

    pub fn apply(&self, map: &mut Map) {
        for value in map.values_mut() {
            self.apply_inside(value);
        }
        // Keys that a rename makes are looked at only if they were there before, and may have lost their value since.
        let keys: Vec<String> = map.keys().cloned().collect();
        for key in keys {
            for (pattern, replacement) in &self.0 {
                let new_key = pattern.replace_first(&key, replacement);
                if new_key != key {
                    let value = map.remove(&key).unwrap_or_default();
                    map.insert(new_key.into_owned(), value);
                }
            }
        }
    }

    fn apply_inside(&self, value: &mut Value) {
        match value {
            Value::Map(map) => self.apply(map),
            Value::List(list) => {
                for item in list {
                    self.apply_inside(item);
                }
            }
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use compat::json;

    use super::*;

    fn renamed(rules: &[(&str, &str)], data: &str) -> String {
        let rules = rules
            .iter()
            .map(|(search, replace)| Value::map([("Search", *search), ("Replace", *replace)]))
            .collect();
        let config = Map::from([("PreRegExFilter".to_owned(), Value::List(rules))]);
        let filter = Filter::from_settings(&config, "PreRegExFilter", &Compiled::default());
        let Value::Map(mut map) = json::read(data).unwrap() else {
            panic!("{data} is no hash");
        };
        filter.unwrap().unwrap().apply(&mut map);
        json::write(&Value::Map(map))
    }

    #[test]
    fn keys_are_renamed_at_every_depth_in_the_order_of_their_names() {
        const DATA: &str = r#"{"aab":"1","ab":{"aa":"a","b":[{"ab":"x"},{"ca":"y"}]},"za":"2"}"#;
        for (rules, data, expected) in [
            (
                &[("a", "x")][..],
                DATA,
                r#"{"xab":"1","xb":{"b":[{"xb":"x"},{"cx":"y"}],"xa":"a"},"zx":"2"}"#,
            ),
            (
                &[("a", "b"), ("b", "c")],
                DATA,
                r#"{"aac":null,"ac":null,"bab":"1","bb":{"ba":"a","c":[{"ac":null,"bb":"x"},{"cb":"y"}]},"zb":"2"}"#,
            ),
            (
                &[("a", "b"), ("b", "c")],
                r#"{"a":"3","aa":"5","ab":"4","b":"2","c":"1"}"#,
                r#"{"ac":null,"ba":"5","bb":"4","c":"3"}"#,
            ),
            (&[("^a", "")], DATA, r#"{"b":"1","za":"2"}"#),
            (&[(".+", "k")], DATA, r#"{"k":"2"}"#),
            (
                &[("(a)(?=b)", r"\U$1")],
                DATA,
                r#"{"Ab":{"aa":"a","b":[{"Ab":"x"},{"ca":"y"}]},"aAb":"1","za":"2"}"#,
            ),
        ] {
            assert_eq!(renamed(rules, data), expected, "{rules:?}");
        }
    }

    #[test]
    fn settings_that_are_no_list_of_searches_do_nothing() {
        let compiled = Compiled::default();
        for value in [
            Value::text("a"),
            Value::map([("Search", "a"), ("Replace", "b")]),
            Value::List(Vec::new()),
            Value::List(vec![Value::map([("Replace", "b")])]),
        ] {
            let config = Map::from([("PostRegExFilter".to_owned(), value)]);
            let filter = Filter::from_settings(&config, "PostRegExFilter", &compiled);
            assert!(filter.unwrap().is_none());
        }
        let broken = Value::List(vec![Value::map([("Search", "(")])]);
        let config = Map::from([("PostRegExFilter".to_owned(), broken)]);
        assert!(Filter::from_settings(&config, "PostRegExFilter", &compiled).is_err());
    }
}
