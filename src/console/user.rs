//! `Admin::User::*`: agents.

use super::{Argument, Command, CommandOption, Failure, Run, Session};
use crate::{
    access::{self, Permission},
    auth::password,
    directory::{
        self, UserId,
        agent::{self, NewAgent},
    },
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::User::Add",
        about: "Add an agent.",
        options: &[
            CommandOption::required("user-name", "The login."),
            CommandOption::required("first-name", "The first name."),
            CommandOption::required("last-name", "The last name."),
            CommandOption::required("email-address", "The mail address."),
            CommandOption::optional(
                "password",
                "The password; a random one that nobody knows when it is left out.",
            ),
            CommandOption::optional("group", "A group in which the agent has the right rw.").many(),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::User::SetPassword",
        about: "Set an agent's password.",
        options: &[],
        arguments: &[
            Argument::required("user", "The agent's login."),
            Argument::optional(
                "password",
                "The new password; one is made and shown when it is left out.",
            ),
        ],
        run: Run::OnInstallation(|session| Box::pin(set_password(session))),
    },
];

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let settings = app.settings.current();
    let mut tx = app.db.begin().await?;
    let mut groups = Vec::new();
    for name in given.all("group") {
        let id = access::group::find(&mut tx, name).await?;
        let id = id.ok_or_else(|| Failure::told(format!("Group '{name}' does not exist.")))?;
        groups.push((id, name));
    }
    out.say("Adding a new user...");
    let new = NewAgent {
        login: given.text("user-name").to_owned(),
        first_name: given.text("first-name").to_owned(),
        last_name: given.text("last-name").to_owned(),
        email: given.text("email-address").to_owned(),
        password: given.option("password").map(str::to_owned),
    };
    let stamp = app.stamp(UserId::SYSTEM);
    let id = agent::add(&mut tx, &settings, stamp, &new)
        .await
        .map_err(|error| Failure::caused(&error, "Can't add user."))?;
    for (group, _) in &groups {
        access::link::agent_to_group(&mut tx, stamp, id, *group, Permission::Rw.key()).await?;
    }
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    for (_, name) in groups {
        out.say(&format!("User added to group '{name}'"));
    }
    out.say("Done.");
    Ok(())
}

async fn set_password(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let login = given.argument_at(0).unwrap_or_default();
    let mut tx = app.db.begin().await?;
    let Some(agent) = directory::agent_by_login(&mut tx, login).await? else {
        return Err(Failure::told(format!(
            "No user found with login '{login}'!"
        )));
    };
    let password = if let Some(password) = given.argument_at(1) {
        password.to_owned()
    } else {
        let made = password::generate();
        out.say(&format!("Generated password '{made}'."));
        made
    };
    let settings = app.settings.current();
    agent::set_password(&mut tx, &settings, &agent, &password).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say(&format!("Successfully set password for user '{login}'."));
    Ok(())
}
