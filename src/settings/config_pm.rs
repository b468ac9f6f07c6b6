//! `Kernel/Config.pm` of an OTRS installation: its database and the settings that it overrides.

use std::path::{Path, PathBuf};

use compat::{
    Map, Value,
    dsn::{self, DsnError},
    perl_config::{self, Line, PerlConfig},
};

use super::{Definition, Origin, Settings, SettingsError, Shape, definitions};

/// The file, read without running it.
#[derive(Clone, Debug)]
pub struct ConfigPm {
    pub path: PathBuf,
    config: PerlConfig,
}

/// Why the file names no database that we can use.
#[derive(Debug, thiserror::Error)]
pub enum ConfigPmError {
    #[error("{}: it names no database (no DatabaseDSN, no Database)", .0.display())]
    NoDatabase(PathBuf),
    #[error("{}: DatabaseDSN: {source}", path.display())]
    Dsn {
        path: PathBuf,
        #[source]
        source: DsnError,
    },
}

impl ConfigPm {
    /// Where the file is under the home of an installation.
    pub fn path_under(home: &Path) -> PathBuf {
        home.join("Kernel/Config.pm")
    }

    pub fn read(home: &Path) -> Result<Self, SettingsError> {
        let path = Self::path_under(home);
        // Old files are Latin-1; what is not UTF-8 is replaced, and settings are ASCII but for names of people.
        let bytes = std::fs::read(&path).map_err(|error| SettingsError::Unreadable {
            path: path.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self {
            config: perl_config::read(&String::from_utf8_lossy(&bytes)),
            path,
        })
    }

    /// Lines with code whose meaning only Perl could tell.
    pub fn not_understood(&self) -> &[Line] {
        &self.config.not_understood
    }

    /// The connection string of the installation's database.
    pub fn database_url(&self) -> Result<String, ConfigPmError> {
        let settings = self.config.settings();
        let text = |name: &str| settings.get(name).and_then(Value::as_string);
        let dsn = text("DatabaseDSN")
            .or_else(|| {
                let database = text("Database")?;
                let host = text("DatabaseHost").unwrap_or_else(|| "localhost".to_owned());
                Some(format!("DBI:mysql:database={database};host={host};"))
            })
            .ok_or_else(|| ConfigPmError::NoDatabase(self.path.clone()))?;
        let user = text("DatabaseUser").unwrap_or_default();
        let password = text("DatabasePw").unwrap_or_default();
        let connection =
            dsn::parse(&dsn, &user, &password).map_err(|source| ConfigPmError::Dsn {
                path: self.path.clone(),
                source,
            })?;
        Ok(connection.url())
    }

    /// Puts what the file sets, changes or takes away over the settings so far.
    pub(super) fn apply(&self, settings: &mut Settings) {
        let touched: Vec<&str> = self
            .config
            .changes
            .iter()
            .filter_map(|change| {
                let (perl_config::Change::Set { path, .. } | perl_config::Change::Delete { path }) =
                    change;
                path.first().map(String::as_str)
            })
            .collect();
        let mut tree = Map::new();
        for definition in definitions::all() {
            let value = settings.value(definition.name);
            match definition.name.split_once("###") {
                _ if value == Value::Undef => {}
                None => drop(tree.insert(definition.name.to_owned(), value)),
                Some((hash, key)) => {
                    let entry = tree
                        .entry(hash.to_owned())
                        .or_insert_with(|| Value::Map(Map::new()));
                    if let Value::Map(entries) = entry {
                        entries.insert(key.to_owned(), value);
                    }
                }
            }
        }
        self.config.apply(&mut tree);
        for definition in definitions::all() {
            let (name, key) = definition
                .name
                .split_once("###")
                .map_or((definition.name, None), |(name, key)| (name, Some(key)));
            if !touched.contains(&name) {
                continue;
            }
            let value = match (tree.get(name), key) {
                (Some(Value::Map(entries)), Some(key)) => entries.get(key).cloned(),
                (value, None) => value.cloned(),
                (_, Some(_)) => None,
            };
            let value = value.unwrap_or_default();
            if value != settings.value(definition.name) {
                settings.put(definition.name, value, Origin::ConfigPm);
            }
        }
    }

    /// A setting of the file by its name, also one that has no definition.
    pub fn value(&self, name: &str) -> Option<Value> {
        self.config.settings().get(name).cloned()
    }
}

/// The modules for people and passwords that a numbered or plain setting may name; only those of the database are ours.
const MODULES: [(&str, &str); 3] = [
    ("AuthModule", "Kernel::System::Auth::DB"),
    ("Customer::AuthModule", "Kernel::System::CustomerAuth::DB"),
    ("SessionModule", "Kernel::System::AuthSession::DB"),
];

impl Settings {
    /// What the settings ask for that this server can not do, and must not pretend to: other ways to sign in, a second
    /// factor, customers kept elsewhere. `extra` gives settings without a definition (`AuthModule1`).
    pub fn unsupported(&self, extra: impl Fn(&str) -> Option<Value>) -> Option<String> {
        let set = |name: &str| {
            let value = if definitions::find(name).is_some() {
                Some(self.value(name))
            } else {
                extra(name)
            };
            value.filter(Value::is_true)
        };
        let numbered = |name: &str| {
            let name = name.to_owned();
            (0..=10).map(move |number| match number {
                0 => name.clone(),
                number => format!("{name}{number}"),
            })
        };
        for (setting, ours) in MODULES {
            for name in numbered(setting) {
                if let Some(module) = set(&name)
                    && module.as_string().as_deref() != Some(ours)
                {
                    let module = module.as_string().unwrap_or_default();
                    return Some(format!(
                        "{name} is `{module}`; this server only knows `{ours}`"
                    ));
                }
            }
        }
        for setting in ["AuthTwoFactorModule", "Customer::AuthTwoFactorModule"] {
            if let Some(name) = numbered(setting).find(|name| set(name).is_some()) {
                return Some(format!(
                    "{name} asks for a second factor, which this server does not know; without it people would get in by password alone"
                ));
            }
        }
        for name in numbered("Customer::AuthModule::DB::DSN") {
            if set(&name).is_some() {
                return Some(format!(
                    "{name}: passwords in another database are not supported"
                ));
            }
        }
        for (setting, key) in [
            ("CustomerUser", "CustomerKey"),
            ("CustomerCompany", "CustomerCompanyKey"),
        ] {
            for name in numbered(setting) {
                let Some(backend) = set(&name) else { continue };
                if let Some(why) = foreign_backend(&backend, key) {
                    return Some(format!("{name}: {why}"));
                }
            }
        }
        None
    }
}

/// Why a back end of customers is no table in our own database.
fn foreign_backend(backend: &Value, key: &str) -> Option<String> {
    let text = |value: Option<&Value>| value.and_then(Value::as_string).unwrap_or_default();
    let module = text(backend.get("Module"));
    if !module.ends_with("::DB") {
        return Some(format!(
            "the module `{module}` is not supported; only the database is"
        ));
    }
    let parameters = backend.get("Params");
    if parameters.is_some_and(|parameters| parameters.get("DSN").is_some_and(Value::is_true)) {
        return Some("customers in another database are not supported".to_owned());
    }
    if text(parameters.and_then(|parameters| parameters.get("Table"))).is_empty() {
        return Some("it names no table (Params, Table)".to_owned());
    }
    let is_nameless = text(backend.get(key)).is_empty();
    is_nameless.then(|| format!("it names no column as its {key}"))
}

impl Definition {
    /// Whether the tables keep this setting as one row for each entry.
    pub(super) fn is_group(&self) -> bool {
        matches!(self.shape, Shape::Group(_))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(text: &str) -> ConfigPm {
        ConfigPm {
            path: PathBuf::from("Kernel/Config.pm"),
            config: perl_config::read(text),
        }
    }

    #[test]
    fn the_file_overrides_single_entries_and_takes_settings_away() {
        let mut settings = Settings::default();

        config(
            "$Self->{'ScriptAlias'} = 'help/';\n\
             $Self->{'PreferencesGroups'}->{'Password'}->{'PasswordMaxLoginFailed'} = 5;\n\
             delete $Self->{SessionMaxTime};\n",
        )
        .apply(&mut settings);

        assert_eq!(settings.text("ScriptAlias"), "help/");
        assert_eq!(settings.origin("ScriptAlias"), Origin::ConfigPm);
        assert_eq!(settings.value("SessionMaxTime"), Value::Undef);
        let group = settings.value("PreferencesGroups");
        assert_eq!(
            group
                .get("Password")
                .and_then(|entry| entry.get("PasswordMaxLoginFailed")),
            Some(&Value::Integer(5))
        );
        assert!(group.get("RefreshTime").is_some(), "the other entries stay");
        assert_eq!(settings.origin("SystemID"), Origin::Default);
    }

    #[test]
    fn the_database_comes_from_the_data_source_name() {
        let url = config(
            "$Self->{DatabaseHost} = '127.0.0.1';\n$Self->{Database} = 'otrs';\n\
             $Self->{DatabaseUser} = 'otrs';\n$Self->{DatabasePw} = 'se/cret';\n\
             $Self->{DatabaseDSN} = \"DBI:mysql:database=$Self->{Database};host=$Self->{DatabaseHost};\";\n",
        )
        .database_url()
        .unwrap();
        assert!(url.starts_with("mysql://otrs:se%2Fcret@127.0.0.1"), "{url}");

        let error = config("$Self->{Home} = '/opt/otrs';\n")
            .database_url()
            .unwrap_err();
        assert_eq!(
            error.to_string(),
            "Kernel/Config.pm: it names no database (no DatabaseDSN, no Database)"
        );
    }

    #[test]
    fn other_ways_to_sign_in_are_named_and_refused() {
        let none = |_: &str| None;
        assert_eq!(Settings::default().unsupported(none), None);

        let second =
            |name: &str| (name == "AuthModule2").then(|| Value::text("Kernel::System::Auth::LDAP"));
        assert_eq!(
            Settings::default().unsupported(second).as_deref(),
            Some(
                "AuthModule2 is `Kernel::System::Auth::LDAP`; this server only knows `Kernel::System::Auth::DB`"
            )
        );

        let factor = Settings::with([(
            "AuthTwoFactorModule".to_owned(),
            Value::text("Kernel::System::Auth::TwoFactor::GoogleAuthenticator"),
            Origin::Database,
        )]);
        assert!(factor.unsupported(none).is_some());
    }
}
