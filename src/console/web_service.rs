//! `Admin::WebService::*`.

use compat::{Value, yaml};

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{
    directory::UserId,
    generic_interface::administration::{self, Kept},
};

const ID: CommandOption =
    CommandOption::required("webservice-id", "The web service's number.").allowed(Allowed::Number);
const SOURCE: CommandOption =
    CommandOption::required("source-path", "The file with the configuration, as YAML.");

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::WebService::Add",
        about: "Add a web service.",
        options: &[
            CommandOption::required("name", "The web service's name."),
            SOURCE,
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::WebService::Delete",
        about: "Delete a web service with its debug log.",
        options: &[ID],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete(session))),
    },
    Command {
        name: "Admin::WebService::Dump",
        about: "Write a web service's configuration to a file, as YAML.",
        options: &[ID, CommandOption::required("target-path", "The file.")],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(dump(session))),
    },
    Command {
        name: "Admin::WebService::List",
        about: "Show the web services with their numbers.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(list(session))),
    },
    Command {
        name: "Admin::WebService::Update",
        about: "Give a web service another configuration.",
        options: &[ID, SOURCE],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(update(session))),
    },
];

async fn list(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Listing all web services...");
    for service in administration::list(&mut app.db.read().await?).await? {
        out.say(&format!("  {} ({})", service.name, service.id));
    }
    out.say("Done.");
    Ok(())
}

/// The web service that is meant.
async fn known(session: &Session<'_>) -> Result<Kept, Failure> {
    let typed = session.given.text("webservice-id");
    let found = match session.given.number("webservice-id") {
        Some(id) => administration::find(&mut session.app.db.read().await?, id).await?,
        // More digits than a key can have.
        None => None,
    };
    found.ok_or_else(|| {
        Failure::told(format!(
            "A web service with the ID {typed} does not exists in this system."
        ))
    })
}

/// The text of the file that is to be read.
async fn source(session: &Session<'_>) -> Result<String, Failure> {
    let path = session.given.text("source-path");
    let text = tokio::fs::read_to_string(path).await;
    text.map_err(|_| {
        Failure::told(format!(
            "Source file {path} does not exist / is not readable."
        ))
    })
}

/// A configuration, which must be a hash that is not empty.
fn config(text: &str, message: &str) -> Result<Value, Failure> {
    let config = yaml::read(text).map_err(|error| Failure::caused(&error, message))?;
    match config.as_map() {
        Some(map) if !map.is_empty() => Ok(config),
        _ => Err(Failure::caused(
            &"A web service's configuration is a hash of settings.",
            message,
        )),
    }
}

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let text = source(&session).await?;
    let Session { app, given, out } = session;
    let name = given.text("name");
    let mut tx = app.db.begin().await?;
    if administration::find_named(&mut tx, name).await?.is_some() {
        return Err(Failure::told(format!(
            "A web service with name {name} already exists in this system."
        )));
    }
    out.say("Creating web service...");
    let config = config(&text, "Could not create a web service!")?;
    administration::add(&mut tx, app.stamp(UserId::SYSTEM), name, &config).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn update(session: Session<'_>) -> Result<(), Failure> {
    let text = source(&session).await?;
    let service = known(&session).await?;
    let Session { app, out, .. } = session;
    out.say("Updating web service...");
    let config = config(&text, "Could not update web service!")?;
    let mut tx = app.db.begin().await?;
    administration::update(&mut tx, app.stamp(UserId::SYSTEM), service.id, &config).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn delete(session: Session<'_>) -> Result<(), Failure> {
    let service = known(&session).await?;
    let Session { app, out, .. } = session;
    out.say("Deleting web service...");
    let mut tx = app.db.begin().await?;
    administration::delete(&mut tx, service.id).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn dump(session: Session<'_>) -> Result<(), Failure> {
    let service = known(&session).await?;
    let Session { given, out, .. } = session;
    out.say("Dumping web service...");
    let path = given.text("target-path");
    let written = tokio::fs::write(path, &service.config.0).await;
    written.map_err(|error| Failure::caused(&error, format!("Could not write file {path}!")))?;
    out.say("Done.");
    Ok(())
}
