//! `Admin::Config::ListInvalid` and `FixInvalid`: changed settings with values that they can not have.

use compat::{Map, Value, dumper, yaml};

use super::{Command, CommandOption, Failure, Run, Session, config};
use crate::{
    directory::UserId,
    settings::{
        change::{self, Change},
        invalid::{self, Invalid},
    },
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Config::FixInvalid",
        about: "Give changed settings other values where theirs do not fit; files and entities are not looked at.",
        options: &[
            CommandOption::flag("non-interactive", "Without effect: nobody is asked."),
            CommandOption::optional(
                "values-from-path",
                "A file with values by setting, as YAML.",
            ),
            CommandOption::flag(
                "skip-missing",
                "Without effect: settings without a definition are never looked at.",
            ),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(fix(session))),
    },
    Command {
        name: "Admin::Config::ListInvalid",
        about: "Show changed settings whose values do not fit; files and entities are not looked at.",
        options: &[CommandOption::optional(
            "export-to-path",
            "A file for the list, as YAML.",
        )],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(list(session))),
    },
];

const ALL_VALID: &str = "All settings are valid.";

async fn list(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let found = invalid::list(&mut app.db.read().await?).await?;
    if found.is_empty() {
        out.say(ALL_VALID);
        return Ok(());
    }
    if let Some(path) = given.option("export-to-path") {
        out.say("Settings with invalid values have been found.");
        let values: Map = found.into_iter().map(|it| (it.name, it.value)).collect();
        let written = tokio::fs::write(path, yaml::write(&Value::Map(values))).await;
        written.map_err(|_| Failure::told(format!("Can't write '{path}'!")))?;
        out.say("Done.");
    } else {
        out.say("The following settings have an invalid value:");
        for Invalid { name, value, .. } in found {
            let value = dumper::write(&value);
            let value = value.strip_prefix("$VAR1 = ").unwrap_or(&value);
            out.say(&format!("    {name} = {}", value.trim_end()));
        }
    }
    Err(Failure::Exit(super::FAILED))
}

async fn fix(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let values = match given.option("values-from-path") {
        None => Value::Undef,
        Some(path) => {
            let text = tokio::fs::read_to_string(path).await;
            let text = text.map_err(|_| Failure::told(format!("File '{path}' doesn't exist!")))?;
            let wrong = "The content of the file is no YAML.";
            yaml::read(&text).map_err(|error| Failure::caused(&error, wrong))?
        }
    };
    let mut tx = app.db.begin().await?;
    let found = invalid::list(&mut tx).await?;
    if found.is_empty() {
        out.say(&format!("{ALL_VALID}\n"));
        return Ok(());
    }
    let stamp = app.stamp(UserId::SYSTEM);
    let (mut fixed, mut left) = (Vec::new(), Vec::new());
    for setting in &found {
        let name = setting.name.as_str();
        let Some(value) = values.get(name).filter(|value| setting.takes(value)) else {
            out.say(&format!(
                "Warning: {name} is not an entity value type, skipping..."
            ));
            left.push(name);
            continue;
        };
        let changed = change::set(&mut tx, stamp, name, &Change::Value(value.clone())).await;
        changed.map_err(|error| Failure::told(error.to_string()))?;
        out.say(&format!("Corrected setting via input file: {name}"));
        fixed.push(name);
    }
    if !fixed.is_empty() {
        let comments = "FixInvalid - Automatically fixed invalid settings";
        let deployed = change::deploy(&mut tx, stamp, &fixed, comments).await;
        let text = deployed.map_err(|error| Failure::told(error.to_string()))?;
        tx.commit().await?;
        config::write_file(app, out, &text).await?;
        out.say("\nDeployment successful.");
    }
    if !left.is_empty() {
        out.say("\nFollowing settings were not fixed:");
        for name in left {
            out.say(&format!("  - {name}"));
        }
        out.say("\nPlease use console command (bin/otrs.Console.pl Admin::Config::Update --help) or GUI to fix them.\n");
    }
    Ok(())
}
