//! The effective configuration: our defaults, the sysconfig tables, `Kernel/Config.pm`, our own file, the environment.
//!
//! Every setting that the code reads stands in [`definitions`] under its OTRS name. To read a new one, add its line
//! there and call [`Settings::value`] or one of its siblings.

use std::{collections::BTreeMap, fmt, path::PathBuf, sync::Arc};

use compat::Value;
use schema::DbError;

use crate::{
    directory::backend,
    ticket::{article::search_index, handler},
};

pub mod change;
mod config_pm;
mod database;
mod defaults;
pub mod definitions;
pub mod deployment;
mod environment;
mod file;
pub mod invalid;
mod sources;
mod store;

pub use config_pm::{ConfigPm, ConfigPmError};
pub use definitions::{Definition, Shape};
pub use file::File;
pub use sources::Sources;
pub use store::Store;

/// What can be wrong with the configuration.
#[derive(Debug, thiserror::Error)]
pub enum SettingsError {
    #[error("{}: {reason}", path.display())]
    Unreadable { path: PathBuf, reason: String },
    #[error("{}, line {line}: {message}", path.display())]
    File {
        path: PathBuf,
        line: usize,
        message: String,
    },
    #[error("environment variable {variable}: {message}")]
    Environment { variable: String, message: String },
    #[error(transparent)]
    ConfigPm(#[from] ConfigPmError),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Where the effective value of a setting comes from; a later one wins over an earlier one.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub enum Origin {
    /// Our own definition.
    Default,
    /// `sysconfig_default` or `sysconfig_modified`.
    Database,
    /// `Kernel/Config.pm` under the OTRS home.
    ConfigPm,
    /// `otterdesk.toml`.
    File,
    /// `OTTERDESK_…`.
    Environment,
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Default => "default",
            Self::Database => "database",
            Self::ConfigPm => "Kernel/Config.pm",
            Self::File => "otterdesk.toml",
            Self::Environment => "environment",
        })
    }
}

/// The settings at one moment; see [`Store::current`].
#[derive(Clone, Debug, Default)]
pub struct Settings {
    /// By OTRS name, `A###B` for an entry of a hash; only names that differ from our default.
    set: BTreeMap<String, (Value, Origin)>,
    /// Made from the settings when somebody first needs it.
    pub(crate) ticket_handlers: handler::TableOnce,
    /// Likewise.
    pub(crate) customer_backends: backend::Once,
    /// Likewise.
    pub(crate) search_words: search_index::WordsOnce,
}

impl Settings {
    /// Our defaults with these values on top.
    pub fn with(values: impl IntoIterator<Item = (String, Value, Origin)>) -> Self {
        Self {
            set: values
                .into_iter()
                .map(|(name, value, origin)| (name, (value, origin)))
                .collect(),
            ticket_handlers: handler::TableOnce::new(),
            customer_backends: backend::Once::new(),
            search_words: search_index::WordsOnce::new(),
        }
    }

    /// The value of a setting by its OTRS name; `Undef` when it is not set or switched off.
    pub fn value(&self, name: &str) -> Value {
        if let Some((value, _)) = self.set.get(name) {
            return value.clone();
        }
        if let Some((group, key)) = name.split_once("###")
            && definitions::find(name).is_none()
        {
            return self.value(group).get(key).cloned().unwrap_or_default();
        }
        let definition = definitions::find(name);
        debug_assert!(
            definition.is_some(),
            "setting `{name}` has no line in settings/definitions.rs"
        );
        definition.map_or(Value::Undef, |definition| definition.shape.default())
    }

    /// The value under a name that people wrote, perhaps of a setting that nothing here reads; `None` for one that nobody
    /// knows.
    pub fn known(&self, name: &str) -> Option<Value> {
        if let Some((value, _)) = self.set.get(name) {
            return Some(value.clone());
        }
        if let Some(definition) = definitions::find(name) {
            return Some(definition.shape.default());
        }
        let (group, key) = name.split_once("###")?;
        self.known(group)?.get(key).cloned()
    }

    /// Where the value comes from.
    pub fn origin(&self, name: &str) -> Origin {
        self.set
            .get(name)
            .map_or(Origin::Default, |(_, origin)| *origin)
    }

    /// A text; empty when the setting is not set or no scalar.
    pub fn text(&self, name: &str) -> String {
        self.value(name).as_string().unwrap_or_default()
    }

    /// Perl's truth of the value.
    pub fn is_on(&self, name: &str) -> bool {
        self.value(name).is_true()
    }

    /// A whole number; 0 when the setting is not set or no number.
    pub fn integer(&self, name: &str) -> i64 {
        match self.value(name) {
            Value::Integer(number) => number,
            other => other
                .as_string()
                .and_then(|text| text.trim().parse().ok())
                .unwrap_or_default(),
        }
    }

    /// The scalars of a list; empty when the setting is not set or no list.
    pub fn list(&self, name: &str) -> Vec<String> {
        match self.value(name) {
            Value::List(items) => items.iter().filter_map(Value::as_string).collect(),
            _ => Vec::new(),
        }
    }
}

impl From<Settings> for Store {
    fn from(settings: Settings) -> Self {
        Store::new(Arc::new(settings))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_that_nobody_changed_has_our_default() {
        let settings = Settings::default();

        assert_eq!(settings.text("ScriptAlias"), "otrs/");
        assert_eq!(settings.origin("ScriptAlias"), Origin::Default);
        assert!(settings.is_on("SessionCheckRemoteIP"));
        assert_eq!(settings.integer("SessionMaxTime"), 57_600);
    }

    #[test]
    fn numbers_may_be_written_as_text() {
        let settings = Settings::with([(
            "SessionMaxTime".to_owned(),
            Value::text("60"),
            Origin::Database,
        )]);

        assert_eq!(settings.integer("SessionMaxTime"), 60);
        assert_eq!(settings.origin("SessionMaxTime"), Origin::Database);
    }
}
