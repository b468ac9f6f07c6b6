//! `Admin::Role::*`: roles, and who has them.

use super::{Command, CommandOption, Failure, Run, Session};
use crate::{
    access::{link, role},
    directory::{self, UserId},
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Role::Add",
        about: "Add a role.",
        options: &[
            CommandOption::required("name", "The role's name."),
            CommandOption::optional("comment", "What the role is for."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::Role::UserLink",
        about: "Give an agent a role.",
        options: &[
            CommandOption::required("user-name", "The agent's login."),
            CommandOption::required("role-name", "The role."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(user_link(session))),
    },
];

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Adding a new role...");
    let mut tx = app.db.begin().await?;
    let stamp = app.stamp(UserId::SYSTEM);
    role::add(&mut tx, stamp, given.text("name"), given.option("comment"))
        .await
        .map_err(|error| Failure::caused(&error, "Can't add role"))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done");
    Ok(())
}

async fn user_link(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (login, role) = (given.text("user-name"), given.text("role-name"));
    let mut tx = app.db.begin().await?;
    let Some(agent) = directory::agent_by_login(&mut tx, login).await? else {
        return Err(Failure::told(format!("User {login} does not exist.")));
    };
    let Some(role_id) = role::find(&mut tx, role).await? else {
        return Err(Failure::told(format!("Role {role} does not exist.")));
    };
    out.say(&format!("Trying to link user {login} to role {role}..."));
    link::agent_to_role(&mut tx, app.stamp(UserId::SYSTEM), agent.id, role_id).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}
