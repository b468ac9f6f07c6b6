//! `otterdesk settings get NAME` and `otterdesk settings list`.

use clap::Subcommand;
use compat::Value;

use super::{Installation, Outcome, say};
use crate::{
    app::{App, AppConfig},
    settings::definitions,
};

#[derive(Debug, Subcommand)]
pub(super) enum Settings {
    /// Show one setting, its meaning and where its value comes from
    Get {
        /// The OTRS name, such as Ticket::Hook
        name: String,
        #[command(flatten)]
        installation: Installation,
    },
    /// Show every setting that this server reads
    List {
        #[command(flatten)]
        installation: Installation,
    },
}

impl Settings {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Get { name, installation } => get(&name, installation.into()).await,
            Self::List { installation } => list(installation.into()).await,
        }
    }
}

async fn get(name: &str, config: AppConfig) -> Outcome {
    let group = name.split_once("###").map_or(name, |(group, _)| group);
    let Some(definition) = definitions::find(name).or_else(|| definitions::find(group)) else {
        return Err(format!(
            "`{name}` is no setting that this server knows; try `otterdesk settings list`"
        )
        .into());
    };
    let settings = App::build(config).await?.settings.current();
    say(&shown(&settings.value(name)))?;
    say(&format!("# {}", definition.meaning))?;
    say(&format!("# from: {}", settings.origin(definition.name)))
}

async fn list(config: AppConfig) -> Outcome {
    let settings = App::build(config).await?.settings.current();
    let mut all: Vec<_> = definitions::all().collect();
    all.sort_by_key(|definition| definition.name);
    for definition in all {
        let value = shown(&settings.value(definition.name));
        let origin = settings.origin(definition.name);
        say(&format!("{} = {value}  # {origin}", definition.name))?;
    }
    Ok(())
}

/// A value on one line; a setting that is not set shows as nothing.
fn shown(value: &Value) -> String {
    match value {
        Value::Undef => "(not set)".to_owned(),
        Value::List(items) => {
            let items: Vec<_> = items.iter().map(shown).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Map(entries) => {
            let entries: Vec<_> = entries
                .iter()
                .map(|(key, value)| format!("{key} = {}", shown(value)))
                .collect();
            format!("{{ {} }}", entries.join(", "))
        }
        scalar => scalar.as_string().unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_structure_fits_on_one_line() {
        let value = Value::map([
            ("Active", Value::text("1")),
            ("Data", Value::List(vec![Value::text("a"), Value::Undef])),
        ]);

        assert_eq!(shown(&value), "{ Active = 1, Data = [a, (not set)] }");
    }
}
