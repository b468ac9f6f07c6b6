//! Every setting that our code reads: OTRS name, shape with default, meaning. A name may be the key of a hash
//! (`PreferencesGroups###Password`). Defaults are those of a fresh Znuny 6.5.

use compat::Value;

mod access;
mod daemon;
mod mail;
mod mail_account;
mod notification;
mod numbered;
mod people;
mod postmaster;
mod ticket;

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
    /// A hash whose entries are settings of their own, `NAME###KEY`; read as one with [`super::Settings::value`].
    Group(fn() -> Value),
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
            Self::Tree(make) | Self::Group(make) => make(),
            Self::Unset => Value::Undef,
        }
    }

    /// Whether a value fits; the error says in words what is wanted.
    pub fn check(self, value: &Value) -> Result<(), &'static str> {
        let text = value.as_string();
        match self {
            Self::Text(_) if text.is_none() => Err("a text"),
            Self::Switch(_) if !matches!(text.as_deref(), Some("0" | "1")) => Err("0 or 1"),
            Self::Integer(_)
                if text
                    .as_deref()
                    .is_none_or(|text| text.parse::<i64>().is_err()) =>
            {
                Err("a whole number")
            }
            Self::List(_) if value.as_list().is_none() => Err("a list"),
            Self::Hash(_) | Self::Group(_) if value.as_map().is_none() => Err("a table"),
            _ => Ok(()),
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

/// Every setting.
pub fn all() -> impl Iterator<Item = &'static Definition> {
    [
        people::ALL,
        access::ALL,
        daemon::ALL,
        mail::ALL,
        mail_account::ALL,
        notification::ALL,
        ticket::ALL,
        numbered::ALL,
        postmaster::ALL,
    ]
    .into_iter()
    .flatten()
}

/// The definition of a setting.
pub fn find(name: &str) -> Option<&'static Definition> {
    all().find(|definition| definition.name == name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_setting_is_defined_once_and_explained() {
        let mut names: Vec<_> = all().map(|definition| definition.name).collect();
        names.sort_unstable();
        let count = names.len();
        names.dedup();

        assert_eq!(names.len(), count, "a setting is defined twice");
        assert!(all().all(|definition| definition.meaning.ends_with('.')));
    }
}
