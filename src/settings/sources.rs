//! Where settings come from, and putting them together.

use std::{
    path::{Path, PathBuf},
    time::SystemTime,
};

use compat::Value;
use schema::Tx;

use super::{
    ConfigPm, File, Origin, Settings, SettingsError,
    database::{self, Marker},
    definitions, environment,
};

/// The places that are asked, from the weakest to the strongest: database, `Kernel/Config.pm`, our file, environment.
#[derive(Clone, Debug, Default)]
pub struct Sources {
    pub file: Option<PathBuf>,
    /// The home of an OTRS installation.
    pub otrs_home: Option<PathBuf>,
    /// Already checked; the environment of a process does not change.
    environment: Vec<(String, Value)>,
}

/// Differs when one of the sources may have changed.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct State {
    database: Marker,
    file: Option<SystemTime>,
    config_pm: Option<SystemTime>,
}

impl Sources {
    /// The sources with the settings of this environment.
    pub fn new(
        file: Option<PathBuf>,
        otrs_home: Option<PathBuf>,
        variables: impl IntoIterator<Item = (String, String)>,
    ) -> Result<Self, SettingsError> {
        Ok(Self {
            file,
            otrs_home,
            environment: environment::settings(variables)?,
        })
    }

    /// Where the sources stand now; cheap.
    pub async fn state(&self, tx: &mut Tx) -> Result<State, SettingsError> {
        Ok(State {
            database: database::marker(tx).await?,
            file: modified(self.file.as_deref()),
            config_pm: modified(
                self.otrs_home
                    .as_deref()
                    .map(ConfigPm::path_under)
                    .as_deref(),
            ),
        })
    }

    /// The settings in force.
    pub async fn load(&self, tx: &mut Tx) -> Result<Settings, SettingsError> {
        let in_database = database::settings(tx).await?;
        let mut settings = Settings::default();
        for (name, value) in in_database {
            settings.put(&name, value, Origin::Database);
        }
        if let Some(home) = &self.otrs_home {
            ConfigPm::read(home)?.apply(&mut settings);
            // The installation may have been moved since the file was written.
            let home = Value::text(home.to_string_lossy());
            settings.put("Home", home, Origin::ConfigPm);
        }
        if let Some(path) = &self.file {
            for (name, value) in File::read(path)?.settings() {
                settings.put(&name, value, Origin::File);
            }
        }
        for (name, value) in &self.environment {
            settings.put(name, value.clone(), Origin::Environment);
        }
        Ok(settings)
    }
}

/// When a file changed last; a file that can not be looked at has not.
fn modified(path: Option<&Path>) -> Option<SystemTime> {
    std::fs::metadata(path?).ok()?.modified().ok()
}

impl Settings {
    /// Sets a setting, or one entry of a group (`PreferencesGroups###Password`).
    pub(super) fn put(&mut self, name: &str, value: Value, origin: Origin) {
        if definitions::find(name).is_some() {
            self.set.insert(name.to_owned(), (value, origin));
            return;
        }
        let Some((group, key)) = name.split_once("###") else {
            return;
        };
        let Some(definition) = definitions::find(group) else {
            return;
        };
        if !definition.is_group() {
            return;
        }
        // The tables hold a group completely, so their first entry replaces our defaults.
        let (entries, from) = self.set.entry(group.to_owned()).or_insert_with(|| {
            let entries = match origin {
                Origin::Database => Value::Map(compat::Map::new()),
                _ => definition.shape.default(),
            };
            (entries, origin)
        });
        *from = origin;
        if let Value::Map(entries) = entries {
            if value == Value::Undef {
                entries.remove(key);
            } else {
                entries.insert(key.to_owned(), value);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_entry_from_a_file_joins_the_group_of_the_tables() {
        let mut settings = Settings::default();
        settings.put(
            "PreferencesGroups###Password",
            Value::map([("PasswordMaxLoginFailed", "0")]),
            Origin::Database,
        );
        settings.put(
            "PreferencesGroups###Password",
            Value::map([("PasswordMaxLoginFailed", "3")]),
            Origin::File,
        );
        settings.put("PreferencesGroups###Skin", Value::Undef, Origin::Database);

        let group = settings.value("PreferencesGroups");
        assert_eq!(group.as_map().map(compat::Map::len), Some(1));
        assert_eq!(
            settings
                .value("PreferencesGroups###Password")
                .get("PasswordMaxLoginFailed"),
            Some(&Value::text("3"))
        );
    }
}
