//! `otterdesk.toml`: where the server listens, its database, and settings by their OTRS name.
//!
//! ```toml
//! [server]
//! listen = "127.0.0.1:8080"
//! trusted_proxies = ["127.0.0.1", "10.0.0.0/8"]
//!
//! [database]
//! url = "mysql://otrs:secret@127.0.0.1/otrs"
//!
//! [otrs]
//! home = "/opt/otrs"
//!
//! [daemon]
//! own = true
//!
//! [mail]
//! listen = "unix:/run/otterdesk/lmtp"
//! spool = "/var/spool/otterdesk"
//!
//! [settings]
//! "Ticket::Hook" = "Ticket#"
//! ```

use std::path::{Path, PathBuf};

use compat::Value;
use serde::Deserialize;

use super::{SettingsError, definitions};
use crate::remote_addr::TrustedProxies;

/// The file's content, checked: an unknown key is an error that names it.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct File {
    pub server: Server,
    pub database: Database,
    pub otrs: Otrs,
    pub daemon: Daemon,
    pub mail: Mail,
    settings: toml::Table,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Server {
    /// Address and port, such as `0.0.0.0:8080`.
    pub listen: Option<String>,
    /// Proxies that may say in `X-Forwarded-For` who their client is.
    pub trusted_proxies: Option<TrustedProxies>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Database {
    /// `mysql://…`, `postgres://…` or `sqlite:PATH`.
    pub url: Option<String>,
}

#[derive(Clone, Copy, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Daemon {
    /// Whether we run the tasks in the database. The Perl system's daemon must not run beside.
    pub own: bool,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Mail {
    /// Where `otterdesk serve` receives mail over LMTP: `unix:PATH` or `ADDRESS:PORT`.
    pub listen: Option<String>,
    /// The queue of new tickets over LMTP; what each message says when there is none.
    pub listen_queue: Option<String>,
    /// Whether `X-OTRS-…` headers count in messages over LMTP.
    pub listen_trusted: bool,
    /// The size of messages over LMTP, in MB [default: 50].
    pub listen_max_mb: Option<u32>,
    /// The folder of messages that could not be processed [default: `var/spool` in the home of OTRS].
    pub spool: Option<PathBuf>,
    /// Keys of mail accounts whose server's certificate is not looked at.
    pub accounts_without_certificate: Vec<i32>,
}

#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(deny_unknown_fields, default)]
pub struct Otrs {
    /// The home of an OTRS installation, for its `Kernel/Config.pm`.
    pub home: Option<PathBuf>,
}

impl File {
    /// Reads the file.
    pub fn read(path: &Path) -> Result<Self, SettingsError> {
        let text = std::fs::read_to_string(path).map_err(|error| SettingsError::Unreadable {
            path: path.to_owned(),
            reason: error.to_string(),
        })?;
        Self::parse(&text).map_err(|(line, message)| SettingsError::File {
            path: path.to_owned(),
            line,
            message,
        })
    }

    /// Errors: the line and what is wrong there.
    fn parse(text: &str) -> Result<Self, (usize, String)> {
        let file: Self = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(text, span.start));
            (line, error.message().replace('\n', " "))
        })?;
        for (name, value) in &file.settings {
            let line = text
                .lines()
                .position(|line| line.contains(name.as_str()))
                .map_or(1, |index| index + 1);
            check(name, value).map_err(|message| (line, message))?;
        }
        Ok(file)
    }

    /// The settings with their OTRS names.
    pub fn settings(&self) -> impl Iterator<Item = (String, Value)> {
        self.settings
            .iter()
            .map(|(name, value)| (name.clone(), from_toml(value)))
    }
}

fn line_of(text: &str, offset: usize) -> usize {
    text.bytes()
        .take(offset)
        .filter(|byte| *byte == b'\n')
        .count()
        + 1
}

fn check(name: &str, value: &toml::Value) -> Result<(), String> {
    let Some(definition) = definitions::find(name) else {
        return Err(format!("`{name}` is no setting that this server knows"));
    };
    definition
        .shape
        .check(&from_toml(value))
        .map_err(|wanted| format!("`{name}` must be {wanted}"))
}

fn from_toml(value: &toml::Value) -> Value {
    match value {
        toml::Value::String(text) => Value::text(text),
        toml::Value::Integer(number) => Value::Integer(*number),
        toml::Value::Float(number) => Value::Float(*number),
        toml::Value::Boolean(on) => Value::text(if *on { "1" } else { "0" }),
        toml::Value::Datetime(time) => Value::text(time.to_string()),
        toml::Value::Array(items) => Value::List(items.iter().map(from_toml).collect()),
        toml::Value::Table(table) => Value::map(
            table
                .iter()
                .map(|(key, value)| (key.clone(), from_toml(value))),
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_named_as_in_otrs() {
        let file = File::parse(
            "[server]\nlisten = \"127.0.0.1:1\"\n[settings]\nScriptAlias = \"help/\"\nSessionCheckRemoteIP = false\n",
        )
        .unwrap();

        assert_eq!(file.server.listen.as_deref(), Some("127.0.0.1:1"));
        assert_eq!(
            file.settings().collect::<Vec<_>>(),
            [
                ("ScriptAlias".to_owned(), Value::text("help/")),
                ("SessionCheckRemoteIP".to_owned(), Value::text("0")),
            ]
        );
    }

    #[test]
    fn unknown_keys_are_refused_by_name() {
        let (line, message) = File::parse("[server]\nlistne = \"127.0.0.1:1\"\n").unwrap_err();
        assert_eq!(line, 2);
        assert!(message.contains("`listne`"), "{message}");

        let (line, message) =
            File::parse("\n[settings]\n\"Ticket::Hoook\" = \"T#\"\n").unwrap_err();
        assert_eq!(line, 3);
        assert_eq!(
            message,
            "`Ticket::Hoook` is no setting that this server knows"
        );
    }

    #[test]
    fn trusted_proxies_are_addresses_and_networks() {
        let parse =
            |entries: &str| File::parse(&format!("[server]\ntrusted_proxies = {entries}\n"));

        let file = parse("[\"127.0.0.1\", \"10.0.0.0/8\"]").unwrap();
        assert_eq!(
            file.server.trusted_proxies,
            Some("127.0.0.1,10.0.0.0/8".parse().unwrap())
        );
        assert_eq!(
            parse("[\"127.0.0.1\", \"10.0.0.0/33\"]").unwrap_err(),
            (
                2,
                "`10.0.0.0/33` names no trusted proxy: wanted is an address such as 127.0.0.1, or a network such as 10.0.0.0/8".to_owned()
            )
        );
    }

    #[test]
    fn a_value_of_the_wrong_kind_is_refused() {
        let (_, message) = File::parse("[settings]\nSessionMaxTime = \"soon\"\n").unwrap_err();
        assert_eq!(message, "`SessionMaxTime` must be a whole number");
    }
}
