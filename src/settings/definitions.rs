//! Every setting that our code reads: OTRS name, shape with default, meaning. A name may be the key of a hash
//! (`PreferencesGroups###Password`). Defaults are those of a fresh Znuny 6.5.

use compat::Value;

/// What a setting holds, with its default.
#[derive(Clone, Copy, Debug)]
pub enum Shape {
    Text(&'static str),
    Switch(bool),
    Integer(i64),
    List(&'static [&'static str]),
    Hash(&'static [(&'static str, &'static str)]),
    /// A nested structure.
    Tree(fn() -> Value),
    /// Not set unless somebody sets it.
    Unset,
}

impl Shape {
    pub fn default(self) -> Value {
        match self {
            Self::Text(text) => Value::text(text),
            Self::Switch(on) => Value::text(if on { "1" } else { "0" }),
            Self::Integer(number) => Value::text(number.to_string()),
            Self::List(items) => Value::List(items.iter().map(|item| Value::text(*item)).collect()),
            Self::Hash(pairs) => Value::map(pairs.iter().copied()),
            Self::Tree(make) => make(),
            Self::Unset => Value::Undef,
        }
    }
}

/// One setting.
#[derive(Clone, Copy, Debug)]
pub struct Definition {
    pub name: &'static str,
    pub shape: Shape,
    /// One line for people.
    pub meaning: &'static str,
}

const fn setting(name: &'static str, shape: Shape, meaning: &'static str) -> Definition {
    Definition {
        name,
        shape,
        meaning,
    }
}

use Shape::{Integer, Switch, Text};

/// Grouped by the room that reads them.
pub const ALL: &[Definition] = &[
    // Server.
    setting(
        "ScriptAlias",
        Text("otrs/"),
        "The path under which the scripts are served, without the leading slash.",
    ),
    setting("FQDN", Text("localhost"), "The host name of the system."),
    setting("HttpType", Text("http"), "http or https."),
    setting(
        "SystemID",
        Text("10"),
        "Number of the system; part of ticket numbers.",
    ),
    setting(
        "OTRSTimeZone",
        Text("UTC"),
        "Time zone of the times in the database.",
    ),
    setting(
        "UserDefaultTimeZone",
        Text("UTC"),
        "Time zone of people who chose none.",
    ),
    setting(
        "DefaultLanguage",
        Text("en"),
        "Language of people who chose none.",
    ),
    // Sessions.
    setting(
        "SessionMaxTime",
        Integer(57_600),
        "Seconds that a session lives at most.",
    ),
    setting(
        "SessionMaxIdleTime",
        Integer(7_200),
        "Seconds without a request after which a session ends.",
    ),
    setting(
        "SessionCheckRemoteIP",
        Switch(true),
        "Whether a session is bound to the address that opened it.",
    ),
];

/// The definition of a setting.
pub fn find(name: &str) -> Option<&'static Definition> {
    ALL.iter().find(|definition| definition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_defined_once_and_explained() {
        let mut names: Vec<_> = ALL.iter().map(|definition| definition.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();

        assert_eq!(names.len(), count, "a setting is defined twice");
        assert!(
            ALL.iter()
                .all(|definition| definition.meaning.ends_with('.'))
        );
    }
}
