//! What concerns the installation as a whole: the database, settings, the daemon, caches.

use compat::Value;

use super::{Argument, Command, CommandOption, Failure, Run, Session};
use crate::{app::App, daemon, settings::definitions};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Config::Read",
        about: "Show or write the value of a setting that this program reads.",
        options: &[
            CommandOption::required("setting-name", "The setting's name."),
            CommandOption::optional("target-path", "A file for the value, as YAML."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(read_setting(session))),
    },
    Command {
        name: "Maint::Cache::Delete",
        about: "Empty the cache of the Perl system; this one keeps nothing for longer than a second.",
        options: &[
            CommandOption::flag("expired", "Without effect: everything goes."),
            CommandOption::optional("type", "Without effect: everything goes."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete_cache(session))),
    },
    Command {
        name: "Maint::Config::Dump",
        about: "Show the value of a setting that this program reads.",
        options: &[],
        arguments: &[Argument::required("name", "The setting's name.")],
        run: Run::OnInstallation(|session| Box::pin(async { dump_setting(session) })),
    },
    Command {
        name: "Maint::Database::Check",
        about: "Look whether the database answers.",
        options: &[CommandOption::flag(
            "repair",
            "Without effect: there is nothing to repair.",
        )],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(check_database(session))),
    },
];

/// The value of a setting that we know; `None` for other names.
fn value(app: &App, name: &str) -> Option<Value> {
    let group = name.split_once("###").map_or(name, |(group, _)| group);
    if definitions::find(name).is_none() && definitions::find(group).is_none() {
        return None;
    }
    let value = app.settings.current().value(name);
    (value != Value::Undef).then_some(value)
}

async fn read_setting(session: Session<'_>) -> Result<(), Failure> {
    let name = session.given.text("setting-name").to_owned();
    session.out.say("Gathering setting value...");
    let Some(value) = value(session.app, &name) else {
        session.out.complain(&format!("Setting {name} is invalid!"));
        session.out.say("Fail.");
        return Err(Failure::Exit(super::FAILED));
    };
    if let Some(path) = session.given.option("target-path") {
        let written = tokio::fs::write(path, compat::yaml::write(&value)).await;
        if let Err(error) = written {
            session.out.complain(&error.to_string());
            session
                .out
                .complain(&format!("Error: Could not write file {path}!\nFail."));
            return Err(Failure::Exit(super::FAILED));
        }
    } else if let Some(text) = value.as_string() {
        session.out.say(&format!("\nSetting: {name}\n{text}\n"));
    } else {
        let yaml = compat::yaml::write(&value);
        session
            .out
            .say(&format!("\nSetting: {name} (YAML)\n{yaml}\n"));
    }
    session.out.say("Done.");
    Ok(())
}

fn dump_setting(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let name = given.argument_at(0).unwrap_or_default();
    let Some(value) = value(app, name) else {
        return Err(Failure::told(format!(
            "The config setting {name} could not be found."
        )));
    };
    let text = value
        .as_string()
        .unwrap_or_else(|| compat::yaml::write(&value));
    out.say(&text);
    Ok(())
}

async fn delete_cache(session: Session<'_>) -> Result<(), Failure> {
    session.out.say("Deleting cache...");
    session.app.perl_cache.forget_everything().await;
    session.out.say("Done.");
    Ok(())
}

async fn check_database(session: Session<'_>) -> Result<(), Failure> {
    session.out.say("Trying to connect to database...");
    // The settings were read from it; this asks once more.
    daemon::summary(session.app).await?;
    session.out.say("Connection successful.");
    Ok(())
}
