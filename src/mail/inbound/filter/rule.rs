//! Conditions and what follows from them.

use compat::Value;

use crate::{
    mail::communication_log::Priority,
    mail::inbound::{Mail, store::FilterRow},
};

use super::search::Refused;

/// What the communication log calls us.
const KEY: &str = "Kernel::System::PostMaster::Filter::Match";
/// What stands for what a group matched, once in each value.
const MATCHED: &str = "[***]";

/// A pattern for a header, or for the text under the name `Body`.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Condition {
    header: String,
    pattern: String,
    negated: bool,
}

/// When all conditions hold, the headers get these values.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rule {
    conditions: Vec<Condition>,
    set: Vec<(String, String)>,
    pub stops: bool,
}

impl Rule {
    /// From an entry of a setting: `Match` and `Set`, each a hash, or since OTRS 6 a list of hashes with `Key` and `Value`.
    pub fn of_setting(config: &Value) -> Option<Self> {
        let conditions = pairs(config.get("Match")?)
            .into_iter()
            .map(|(header, pattern)| Condition {
                header,
                pattern,
                negated: false,
            });
        Some(Self {
            conditions: conditions.collect(),
            set: config.get("Set").map(pairs).unwrap_or_default(),
            stops: false,
        })
    }

    /// From the rows of the table, in the order of their names.
    pub fn of_rows(rows: &[FilterRow]) -> Vec<(String, Self)> {
        let mut rules: Vec<(String, Self)> = Vec::new();
        for row in rows {
            if rules.last().is_none_or(|(name, _)| *name != row.f_name) {
                rules.push((row.f_name.clone(), Self::default()));
            }
            let Some((_, rule)) = rules.last_mut() else {
                continue;
            };
            rule.stops |= row.f_stop.unwrap_or(0) != 0;
            match row.f_type.as_str() {
                "Match" => rule.conditions.push(Condition {
                    header: row.f_key.clone(),
                    pattern: row.f_value.clone(),
                    negated: row.f_not.unwrap_or(0) != 0,
                }),
                "Set" => rule.set.push((row.f_key.clone(), row.f_value.clone())),
                _ => {}
            }
        }
        rules
    }

    /// Whether every condition holds; what the last group matched.
    ///
    /// Errors: [`Refused`], for a condition of which nobody knows whether it holds.
    fn matches(&self, mail: &mut Mail<'_>) -> Result<Option<String>, Refused> {
        let mut matched = String::new();
        for condition in &self.conditions {
            let value = mail.parameters.get(&condition.header);
            match mail.searches.find(&condition.pattern, value)? {
                Some(found) if !condition.negated => {
                    if let Some(text) = found.0 {
                        matched = text;
                    }
                }
                None if condition.negated => {}
                _ => return Ok(None),
            }
        }
        Ok(Some(matched))
    }

    /// Sets what is to be set when the rule matches; tells whether it did.
    pub fn apply(&self, mail: &mut Mail<'_>, name: &str) -> bool {
        if self.conditions.is_empty() {
            return false;
        }
        let matched = match self.matches(mail) {
            Ok(Some(matched)) => matched,
            Ok(None) => return false,
            Err(refused) => {
                let text = format!("The filter {name} does nothing: {refused}.");
                mail.note(Priority::Error, KEY, text);
                return false;
            }
        };
        for (header, value) in &self.set {
            let value = value.replacen(MATCHED, &matched, 1);
            mail.parameters.set(header, &value);
        }
        mail.note(Priority::Notice, KEY, format!("The filter {name} matches."));
        true
    }
}

/// Keys and values, of a hash or of a list of `Key` and `Value`.
fn pairs(value: &Value) -> Vec<(String, String)> {
    let pair = |key: Option<String>, value: Option<String>| {
        key.map(|key| (key, value.unwrap_or_default()))
    };
    match value {
        Value::Map(map) => map
            .iter()
            .filter_map(|(key, value)| pair(Some(key.clone()), value.as_string()))
            .collect(),
        Value::List(items) => items
            .iter()
            .filter_map(|item| {
                let part = |name: &str| item.get(name).and_then(Value::as_string);
                pair(part("Key"), part("Value"))
            })
            .collect(),
        _ => Vec::new(),
    }
}
