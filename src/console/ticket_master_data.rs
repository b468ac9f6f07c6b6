//! `Admin::TicketType::Add` and `Admin::Service::Add`.

use super::{Command, CommandOption, Failure, Run, Session};
use crate::{
    directory::UserId,
    ticket::master_data::{kind, service},
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Service::Add",
        about: "Add a service.",
        options: &[
            CommandOption::required("name", "The service's name."),
            CommandOption::optional("parent-name", "The service that it is a part of."),
            CommandOption::optional("comment", "What the service is."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add_service(session))),
    },
    Command {
        name: "Admin::TicketType::Add",
        about: "Add a type of tickets.",
        options: &[CommandOption::required("name", "The type's name.")],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add_type(session))),
    },
];

async fn add_service(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let mut tx = app.db.begin().await?;
    let name = given.text("name");
    let parent = given.option("parent-name");
    if let Some(parent) = parent
        && service::find(&mut tx, parent).await?.is_none()
    {
        return Err(Failure::told(format!(
            "Parent service {parent} does not exist."
        )));
    }
    let full_name = service::full_name(parent, name);
    if service::find(&mut tx, &full_name).await?.is_some() {
        return Err(Failure::told(format!(
            "Service '{full_name}' already exists!"
        )));
    }
    out.say("Adding a new service...");
    let stamp = app.stamp(UserId::SYSTEM);
    service::add(&mut tx, stamp, parent, name, given.option("comment"))
        .await
        .map_err(|error| Failure::caused(&error, "Can't add service."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn add_type(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Adding a new ticket type...");
    let mut tx = app.db.begin().await?;
    kind::add(&mut tx, app.stamp(UserId::SYSTEM), given.text("name"))
        .await
        .map_err(|error| Failure::caused(&error, "Can't add ticket type."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}
