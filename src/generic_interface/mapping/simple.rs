//! Mapping *Simple*: renames the top-level keys and replaces the top-level texts of a hash.

use std::sync::Arc;

use compat::{Map, Value, pattern::Pattern};

use super::Refusal;
use crate::generic_interface::{
    Compiled,
    debugger::{Level, Log},
};

/// What happens to a key or value that no rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Otherwise {
    Keep,
    Ignore,
    MapTo(String),
}

/// Rules for one kind of thing: exact ones first, then patterns in the order of their texts. A pattern matches the
/// whole text (see [`Pattern::whole`]), and what it maps to is taken literally.
#[derive(Clone, Debug, Default)]
struct Rules {
    exact: Map,
    patterns: Vec<(Arc<Pattern>, String)>,
}

#[derive(Clone, Debug)]
pub struct Mapping {
    keys: Rules,
    other_keys: Otherwise,
    /// Rules for values, by the key after its mapping.
    values: Vec<(String, Rules)>,
    other_values: Otherwise,
}

impl Mapping {
    /// Reads the settings. Errors: the text for the debug log.
    pub fn from_settings(config: &Map, compiled: &Compiled) -> Result<Self, String> {
        let other_keys = otherwise(config, "KeyMapDefault")?;
        let other_values = otherwise(config, "ValueMapDefault")?;
        let keys = rules(config, "KeyMapExact", "KeyMapRegEx", "", compiled)?;
        let mut values = Vec::new();
        for (key, rule) in hash(
            config,
            "ValueMap",
            "Got ValueMap with Data, but Data is no hash ref with content!",
        )? {
            let rule = rule
                .as_map()
                .filter(|rule| !rule.is_empty())
                .ok_or_else(|| {
                    format!("Got {key} in ValueMap, but it is no hash ref with content!")
                })?;
            let place = format!(" in {key} in ValueMap");
            values.push((
                key.clone(),
                rules(rule, "ValueMapExact", "ValueMapRegEx", &place, compiled)?,
            ));
        }
        Ok(Self {
            keys,
            other_keys,
            values,
            other_values,
        })
    }

    /// Maps a hash.
    pub fn map(&self, data: Map, log: &mut Log) -> Value {
        let mut mapped = Map::new();
        for (key, value) in data {
            let Some(new_key) = self.key(&key, &mapped, log) else {
                continue;
            };
            if let Some(value) = self.value(&new_key, value) {
                mapped.insert(new_key, value);
            }
        }
        Value::Map(mapped)
    }

    fn key(&self, key: &str, taken: &Map, log: &mut Log) -> Option<String> {
        if let Some(new_key) = self
            .keys
            .exact
            .get(key)
            .and_then(Value::as_string)
            .filter(|key| !key.is_empty())
        {
            return Some(new_key);
        }
        if let Some(new_key) = self.keys.by_pattern(key).filter(|key| !key.is_empty()) {
            if taken.contains_key(new_key) {
                log.text(
                    Level::Notice,
                    format!("The data key '{new_key}' already exists!"),
                    "",
                );
                return None;
            }
            return Some(new_key.to_owned());
        }
        match &self.other_keys {
            // A key without characters passes only under another name.
            Otherwise::Keep => (!key.is_empty()).then(|| key.to_owned()),
            Otherwise::Ignore => None,
            Otherwise::MapTo(new_key) if taken.contains_key(new_key) => {
                log.text(
                    Level::Notice,
                    format!("The data key {new_key} already exists!"),
                    "",
                );
                None
            }
            Otherwise::MapTo(new_key) => Some(new_key.clone()),
        }
    }

    /// Lists, hashes and `undef` are never mapped.
    fn value(&self, key: &str, value: Value) -> Option<Value> {
        let Some(text) = value.as_string() else {
            return Some(value);
        };
        if let Some((_, rules)) = self.values.iter().find(|(known, _)| known == key) {
            if let Some(new) = rules.exact.get(&text) {
                return Some(new.clone());
            }
            if let Some(new) = rules.by_pattern(&text) {
                return Some(Value::text(new));
            }
            // A whole number that was compared with texts has become one.
            if let (Value::Integer(_), Otherwise::Keep) = (&value, &self.other_values) {
                return Some(Value::Text(text));
            }
        }
        match &self.other_values {
            Otherwise::Keep => Some(value),
            Otherwise::Ignore => None,
            Otherwise::MapTo(text) => Some(Value::text(text.as_str())),
        }
    }
}

/// The hash that is mapped; `None` for an empty value, which passes.
pub fn hash_of(data: Value) -> Result<Option<Map>, Refusal> {
    match data {
        Value::Map(data) => Ok(Some(data)),
        Value::Undef => Ok(None),
        Value::Text(text) if text.is_empty() => Ok(None),
        _ => Err(Refusal::Data {
            message: "Got Data but it is not a hash ref in Mapping Simple backend!".to_owned(),
            details: String::new(),
        }),
    }
}

impl Rules {
    fn by_pattern(&self, text: &str) -> Option<&str> {
        self.patterns
            .iter()
            .find(|(pattern, _)| pattern.is_match(text))
            .map(|(_, new)| new.as_str())
    }
}

fn otherwise(config: &Map, name: &str) -> Result<Otherwise, String> {
    let rule = match config.get(name) {
        None => return Err(format!("Got no {name}, but it is required!")),
        Some(Value::Map(rule)) if !rule.is_empty() => rule,
        Some(_) => {
            return Err(format!(
                "Got {name} with Data, but Data is no hash ref with content!"
            ));
        }
    };
    let text = |key: &str| {
        rule.get(key)
            .and_then(Value::as_string)
            .filter(|text| !text.is_empty())
    };
    match text("MapType").as_deref() {
        Some("Keep") => Ok(Otherwise::Keep),
        Some("Ignore") => Ok(Otherwise::Ignore),
        Some("MapTo") => text("MapTo")
            .map(Otherwise::MapTo)
            .ok_or_else(|| format!("Got MapType 'MapTo', but MapTo value is not valid in {name}!")),
        _ => Err(format!("Got no valid MapType in {name}!")),
    }
}

/// A hash of the settings: empty when it is not set, refused when it is set and has no entries.
fn hash<'a>(
    config: &'a Map,
    name: &str,
    refusal: &str,
) -> Result<impl Iterator<Item = (&'a String, &'a Value)>, String> {
    let hash = match config.get(name) {
        None | Some(Value::Undef) => None,
        Some(Value::Map(hash)) if !hash.is_empty() => Some(hash),
        Some(_) => return Err(refusal.to_owned()),
    };
    Ok(hash.into_iter().flatten())
}

fn rules(
    config: &Map,
    exact: &str,
    patterns: &str,
    place: &str,
    compiled: &Compiled,
) -> Result<Rules, String> {
    let refusal = |name: &str| {
        if place.is_empty() {
            format!("Got {name} with Data, but Data is no hash ref with content!")
        } else {
            format!("Got {name}{place}, but it is no hash ref with content!")
        }
    };
    let no_string = |name: &str, key: &str| {
        format!("Got value for {key} in {name}{place} which is not a string!")
    };
    let mut rules = Rules::default();
    for (key, value) in hash(config, exact, &refusal(exact))? {
        let value = value.as_string().ok_or_else(|| no_string(exact, key))?;
        rules.exact.insert(key.clone(), Value::Text(value));
    }
    for (pattern, value) in hash(config, patterns, &refusal(patterns))? {
        let value = value
            .as_string()
            .ok_or_else(|| no_string(patterns, pattern))?;
        let pattern = compiled.whole(pattern).map_err(|_| {
            format!(
                "Got {pattern} in {patterns}{place}, but it is no regular expression that we know!"
            )
        })?;
        rules.patterns.push((pattern, value));
    }
    Ok(rules)
}

#[cfg(test)]
mod tests {
    use compat::{json, yaml};

    use super::*;
    use crate::generic_interface::WebService;

    const KEEP: &str = "KeyMapDefault:\n  MapType: Keep\n  MapTo: ''\nValueMapDefault:\n  MapType: Keep\n  MapTo: ''\n";

    fn mapping(text: &str) -> Result<Mapping, String> {
        Mapping::from_settings(
            yaml::read(text).unwrap().as_map().unwrap(),
            &Compiled::default(),
        )
    }

    fn mapped(settings: &str, data: &str) -> String {
        let service = WebService {
            id: 1,
            name: "Example".to_owned(),
            config: Value::Undef,
            compiled: Compiled::default(),
        };
        let data = json::read(data).unwrap();
        json::write(
            &mapping(settings)
                .unwrap()
                .map(data.as_map().unwrap().clone(), &mut Log::new(&service)),
        )
    }

    #[test]
    fn keys_are_renamed_exactly_by_pattern_or_by_default() {
        let exact = format!("{KEEP}KeyMapExact:\n  a: A\n  b: A\n  c: ''\n");
        assert_eq!(
            mapped(&exact, r#"{"a":"1","b":"2","c":"3"}"#),
            r#"{"A":"2","c":"3"}"#
        );
        let patterns = format!("{KEEP}KeyMapRegEx:\n  '^x(.)': 'N$1'\n  'b+': BB\n");
        assert_eq!(
            mapped(&patterns, r#"{"b":"2","bbb":"3","x1":"h","x2y":"i"}"#),
            r#"{"BB":"2","N$1":"h","x2y":"i"}"#
        );
        let one = KEEP.replacen(
            "MapType: Keep\n  MapTo: ''",
            "MapType: MapTo\n  MapTo: X",
            1,
        );
        assert_eq!(mapped(&one, r#"{"a":"1","b":"2"}"#), r#"{"X":"1"}"#);
        let ignore = format!(
            "{}KeyMapExact:\n  a: A\n",
            KEEP.replacen("Keep", "Ignore", 1)
        );
        assert_eq!(mapped(&ignore, r#"{"a":"1","b":"2"}"#), r#"{"A":"1"}"#);
    }

    #[test]
    fn values_are_replaced_under_the_new_key() {
        let values = format!(
            "{KEEP}KeyMapExact:\n  a: A\nValueMap:\n  A:\n    ValueMapExact:\n      '1': one\n      '': empty\n    ValueMapRegEx:\n      '^h(.*)': 'H$1'\n"
        );
        assert_eq!(mapped(&values, r#"{"a":1}"#), r#"{"A":"one"}"#);
        assert_eq!(mapped(&values, r#"{"a":""}"#), r#"{"A":"empty"}"#);
        assert_eq!(mapped(&values, r#"{"a":"hello"}"#), r#"{"A":"H$1"}"#);
        assert_eq!(
            mapped(&values, r#"{"a":["1"],"b":"1"}"#),
            r#"{"A":["1"],"b":"1"}"#
        );
        assert_eq!(mapped(&values, r#"{"a":null}"#), r#"{"A":null}"#);
        let ignore = KEEP.replace(
            "ValueMapDefault:\n  MapType: Keep",
            "ValueMapDefault:\n  MapType: Ignore",
        );
        assert_eq!(
            mapped(&ignore, r#"{"a":"1","l":["1"],"u":null}"#),
            r#"{"l":["1"],"u":null}"#
        );
    }

    #[test]
    fn patterns_are_perls() {
        let patterns = format!(
            "{KEEP}KeyMapRegEx:\n  '(?<=a)b|a(?=b).*': N1\n  '(.)\\1': N2\n  'x++y': N3\n  '(?i)key': N4\n  'q$': N5\nValueMap:\n  v:\n    ValueMapRegEx:\n      '(?!foo).*bar': V1\n"
        );
        for (data, expected) in [
            (r#"{"ab":"1","b":"2"}"#, r#"{"N1":"1","b":"2"}"#),
            (r#"{"aa":"1"}"#, r#"{"N2":"1"}"#),
            (r#"{"xxy":"1","xxx":"2"}"#, r#"{"N3":"1","xxx":"2"}"#),
            (r#"{"KEY":1}"#, r#"{"N4":1}"#),
            (r#"{"q\n":"1"}"#, r#"{"q\n":"1"}"#),
            (r#"{"v":"xbar"}"#, r#"{"v":"V1"}"#),
            (r#"{"v":"foobar"}"#, r#"{"v":"foobar"}"#),
            (r#"{"v":5}"#, r#"{"v":"5"}"#),
            (r#"{"v":5.5}"#, r#"{"v":5.5}"#),
        ] {
            assert_eq!(mapped(&patterns, data), expected, "{data}");
        }
    }

    #[test]
    fn wrong_settings_are_named_as_the_reference_names_them() {
        for (settings, message) in [
            (
                "Foo: 1\n".to_owned(),
                "Got no KeyMapDefault, but it is required!",
            ),
            (
                KEEP.replacen("MapType: Keep", "MapType: Foo", 1),
                "Got no valid MapType in KeyMapDefault!",
            ),
            (
                KEEP.replacen("MapType: Keep", "MapType: MapTo", 1),
                "Got MapType 'MapTo', but MapTo value is not valid in KeyMapDefault!",
            ),
            (
                format!("{KEEP}KeyMapExact:\n- a\n"),
                "Got KeyMapExact with Data, but Data is no hash ref with content!",
            ),
            (
                format!("{KEEP}KeyMapExact:\n  a:\n    b: 1\n"),
                "Got value for a in KeyMapExact which is not a string!",
            ),
            (
                format!("{KEEP}ValueMap:\n  a: 1\n"),
                "Got a in ValueMap, but it is no hash ref with content!",
            ),
            (
                format!("{KEEP}ValueMap:\n  a:\n    ValueMapExact:\n    - 1\n"),
                "Got ValueMapExact in a in ValueMap, but it is no hash ref with content!",
            ),
            (
                format!("{KEEP}ValueMap:\n  a:\n    ValueMapExact:\n      x:\n      - 1\n"),
                "Got value for x in ValueMapExact in a in ValueMap which is not a string!",
            ),
        ] {
            assert_eq!(mapping(&settings).unwrap_err(), message);
        }
    }
}
