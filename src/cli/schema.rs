//! `otterdesk schema create` and `otterdesk schema check`.

use std::io::{IsTerminal as _, stdin};

use clap::{Subcommand, ValueEnum};
use compat::password::{self, CryptType};
use schema::{
    create::{self, Plan},
    doctor,
    flavours::{self, Flavour},
};

use super::{Installation, Outcome, say};
use crate::{app::AppConfig, clock::Clock};

/// Where the first administrator's password comes from when nobody can be asked.
const PASSWORD_VARIABLE: &str = "OTTERDESK_ADMIN_PASSWORD";

#[derive(Debug, Subcommand)]
pub(super) enum Schema {
    /// Create every table, the first rows and the administrator root@localhost in an empty database
    ///
    /// The administrator's password is taken from OTTERDESK_ADMIN_PASSWORD, or else asked for on the terminal.
    Create {
        /// The release whose tables to create
        #[arg(long, value_name = "NAME", default_value = "znuny-6.5", value_parser = flavour)]
        flavour: &'static Flavour,
        #[command(flatten)]
        installation: Installation,
    },
    /// Compare a database with the release that it belongs to; the exit code is 0 when Otterdesk can run on it
    Check {
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        #[command(flatten)]
        installation: Installation,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(super) enum Format {
    Text,
    Json,
}

fn flavour(name: &str) -> Result<&'static Flavour, String> {
    Flavour::named(name).ok_or_else(|| {
        let known: Vec<&str> = flavours::ALL.iter().map(|flavour| flavour.name).collect();
        format!("known are {}", known.join(", "))
    })
}

impl Schema {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Create {
                flavour,
                installation,
            } => create(flavour, &installation.into()).await,
            Self::Check {
                format,
                installation,
            } => check(format, &installation.into()).await,
        }
    }
}

async fn create(flavour: &'static Flavour, config: &AppConfig) -> Outcome {
    let db = config.connect().await?;
    let password = admin_password()?;
    let plan = Plan {
        flavour,
        // The form that OTRS writes unless a setting says otherwise, and there are no settings yet.
        admin_password_hash: password::hash(
            CryptType::Sha2,
            "root@localhost",
            &password,
            rand::random(),
        ),
        now: Clock::system().now(),
    };
    create::create(&db, &plan).await?;
    say(&format!(
        "Created {} tables of {} with their first rows. Sign in as root@localhost.",
        flavour.tables().len(),
        flavour.name
    ))
}

fn admin_password() -> Result<String, String> {
    if let Ok(password) = std::env::var(PASSWORD_VARIABLE) {
        return not_empty(password);
    }
    if !stdin().is_terminal() {
        return Err(format!(
            "the administrator needs a password: set {PASSWORD_VARIABLE}"
        ));
    }
    let ask = |prompt| rpassword::prompt_password(prompt).map_err(|error| error.to_string());
    let password = not_empty(ask("Password for root@localhost: ")?)?;
    if password == ask("Once more: ")? {
        Ok(password)
    } else {
        Err("the two passwords are not the same".to_owned())
    }
}

fn not_empty(password: String) -> Result<String, String> {
    if password.is_empty() {
        Err("the administrator's password must not be empty".to_owned())
    } else {
        Ok(password)
    }
}

async fn check(format: Format, config: &AppConfig) -> Outcome {
    let report = doctor::examine(&config.connect().await?).await?;
    match format {
        Format::Text => say(report.to_string().trim_end())?,
        Format::Json => say(&serde_json::to_string_pretty(&report)?)?,
    }
    if report.can_run() {
        Ok(())
    } else {
        Err("the server can not run on this database".into())
    }
}
