//! `Admin::Config::Update` and `UnlockAll`, `Maint::Config::Rebuild` and `Sync`: settings in the tables.

use std::path::PathBuf;

use compat::{Value, yaml};

use super::{Allowed, Command, CommandOption, Failure, Output, Run, Session};
use crate::{
    app::App,
    directory::UserId,
    settings::{
        Origin,
        change::{self, Change, ChangeError},
        deployment,
    },
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Config::UnlockAll",
        about: "Take every setting from those who edit it.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(unlock_all(session))),
    },
    Command {
        name: "Admin::Config::Update",
        about: "Change a setting and put the change into force.",
        options: &[
            CommandOption::required("setting-name", "The setting's name."),
            CommandOption::optional("source-path", "A file with the value, as YAML."),
            CommandOption::optional("value", "The value, on one line."),
            CommandOption::optional("valid", "Whether the setting counts (0 or 1).")
                .allowed(Allowed::OneOf(&["0", "1"])),
            CommandOption::flag("reset", "As it was delivered."),
            CommandOption::flag("no-deploy", "The change waits for a later deployment."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(update(session))),
    },
    Command {
        name: "Maint::Config::Rebuild",
        about: "Write the last deployment to the disk for the Perl system; definitions come with this program, XML files are not read.",
        options: &[
            CommandOption::flag("cleanup", "Without effect: no setting is taken away."),
            CommandOption::optional("time", "Without effect: runs do not wait for each other.")
                .allowed(Allowed::Number),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(rebuild(session))),
    },
    Command {
        name: "Maint::Config::Sync",
        about: "Write the last deployment to the disk for the Perl system; this one reads the tables.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(sync(session))),
    },
];

/// The home of the OTRS installation that this one stands beside, if there is one.
fn home(app: &App) -> Option<PathBuf> {
    let settings = app.settings.current();
    let beside = settings.origin("Home") == Origin::ConfigPm;
    beside.then(|| PathBuf::from(settings.text("Home")))
}

/// Lets the Perl system on this machine take a deployment over at once.
pub(super) async fn write_file(app: &App, out: &mut Output, text: &str) -> Result<(), Failure> {
    if let Some(home) = home(app) {
        let written = deployment::write(&home, text).await;
        written.map_err(|error| {
            Failure::caused(&error, "The file of the deployment can not be written.")
        })?;
    } else {
        // Its cache keeps the old deployment, so that even its daemon does not see the new one.
        out.say(
            "The Perl system sees this after Maint::Cache::Delete and Maint::Config::Sync of its own; with --otrs-home both \
             are done here.\n",
        );
    }
    app.perl_cache.forget_everything().await;
    Ok(())
}

async fn sync(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Synchronizing system configuration...\n");
    if let Some(text) = deployment::last(&mut app.db.read().await?).await? {
        write_file(app, out, &text).await?;
    }
    out.say("Done.");
    Ok(())
}

/// The definitions come with this program, not from XML files: what is left to do is the file.
async fn rebuild(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Rebuilding the system configuration...");
    if let Some(text) = deployment::last(&mut app.db.read().await?).await? {
        write_file(app, out, &text).await?;
    }
    out.say("Done.");
    Ok(())
}

async fn unlock_all(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Unlocking all settings...");
    let mut tx = app.db.begin().await?;
    change::unlock_all(&mut tx).await?;
    tx.commit().await?;
    out.say("Done.");
    Ok(())
}

/// What the command line wants, and what is said before it is done.
async fn wanted(session: &Session<'_>) -> Result<(Change, &'static str), Failure> {
    let given = session.given;
    if given.has("reset") {
        return Ok((Change::Reset, "Resetting setting value..."));
    }
    if let Some(valid) = given.option("valid") {
        return Ok((
            Change::Valid(valid == "1"),
            "Updating setting valid state...",
        ));
    }
    let value = match (given.option("value"), given.option("source-path")) {
        (Some(_), Some(_)) => {
            return Err(Failure::told(
                "source-path or value is required but not both!",
            ));
        }
        (None, None) => return Err(Failure::told("source-path or value is required!")),
        (Some(value), None) => Value::text(value),
        (None, Some(path)) => {
            let text = tokio::fs::read_to_string(path).await;
            let text = text.map_err(|_| Failure::told(format!("File {path} does not exists!")))?;
            let wrong = "The content of the file is no YAML.";
            yaml::read(&text).map_err(|error| Failure::caused(&error, wrong))?
        }
    };
    Ok((Change::Value(value), "Updating setting value..."))
}

async fn update(session: Session<'_>) -> Result<(), Failure> {
    let name = session.given.text("setting-name");
    let mut tx = session.app.db.begin().await?;
    if !change::is_known(&mut tx, name).await? {
        let unknown = ChangeError::Unknown(name.to_owned());
        return Err(Failure::caused(&unknown, "setting-name is invalid!"));
    }
    let (change, doing) = wanted(&session).await?;
    let Session { app, given, out } = session;
    out.say(&format!("{doing}\n"));
    let stamp = app.stamp(UserId::SYSTEM);
    match change::set(&mut tx, stamp, name, &change).await {
        // The reference system's command ends well too.
        Err(unfit @ ChangeError::Unfit(_)) => out.complain(&unfit.to_string()),
        changed => changed.map_err(|error| Failure::told(error.to_string()))?,
    }
    let deployed = if given.has("no-deploy") {
        None
    } else {
        let comments = format!("Admin::Config::Update {name}");
        let deployed = change::deploy(&mut tx, stamp, &[name], &comments).await;
        Some(deployed.map_err(|error| Failure::told(error.to_string()))?)
    };
    tx.commit().await?;
    if let Some(text) = deployed {
        write_file(app, out, &text).await?;
    }
    out.say("Done.");
    Ok(())
}
