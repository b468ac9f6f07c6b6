//! `Admin::Group::*`: groups, and who has which right in them.

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{
    access::{group, link, role},
    directory::{self, UserId},
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Group::Add",
        about: "Add a group.",
        options: &[
            CommandOption::required("name", "The group's name."),
            CommandOption::optional("comment", "What the group is for."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::Group::UserLink",
        about: "Give an agent a right in a group, in place of those that the agent has there.",
        options: &[
            CommandOption::required("user-name", "The agent's login."),
            CommandOption::required("group-name", "The group."),
            CommandOption::required(
                "permission",
                "The right (ro|move_into|create|owner|priority|rw).",
            )
            .allowed(Allowed::OneOf(&[
                "ro",
                "move_into",
                "create",
                "owner",
                "priority",
                "rw",
            ])),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(user_link(session))),
    },
    Command {
        name: "Admin::Group::RoleLink",
        about: "Give a role rights in a group, in place of those that it has there.",
        options: &[
            CommandOption::required("role-name", "The role."),
            CommandOption::required("group-name", "The group."),
            CommandOption::required(
                "permission",
                "A right (ro|move_into|create|note|owner|priority|rw).",
            )
            .allowed(Allowed::OneOf(&[
                "ro",
                "move_into",
                "create",
                "note",
                "owner",
                "priority",
                "rw",
            ]))
            .many(),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(role_link(session))),
    },
    Command {
        name: "Admin::Group::CustomerLink",
        about: "Give a customer user a right in a group, in place of those that they have there.",
        options: &[
            CommandOption::required("customer-user-login", "The customer user's login."),
            CommandOption::required("group-name", "The group."),
            CommandOption::required("permission", "The right (ro|rw).")
                .allowed(Allowed::OneOf(&["ro", "rw"])),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(customer_link(session))),
    },
];

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Creating a new group...");
    let mut tx = app.db.begin().await?;
    let stamp = app.stamp(UserId::SYSTEM);
    group::add(&mut tx, stamp, given.text("name"), given.option("comment"))
        .await
        .map_err(|error| Failure::caused(&error, "Can't create group."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn user_link(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (login, group) = (given.text("user-name"), given.text("group-name"));
    let mut tx = app.db.begin().await?;
    let Some(agent) = directory::agent_by_login(&mut tx, login).await? else {
        return Err(Failure::told(format!("User {login} does not exist.")));
    };
    let group_id = known_group(&mut tx, group).await?;
    out.say(&format!("Trying to link user {login} to group {group}..."));
    let stamp = app.stamp(UserId::SYSTEM);
    let permission = given.text("permission");
    link::agent_to_group(&mut tx, stamp, agent.id, group_id, permission).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn role_link(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (role, group) = (given.text("role-name"), given.text("group-name"));
    let mut tx = app.db.begin().await?;
    let Some(role_id) = role::find(&mut tx, role).await? else {
        return Err(Failure::told(format!("Role {role} does not exist.")));
    };
    let group_id = known_group(&mut tx, group).await?;
    out.say(&format!("Trying to link role {role} to group {group}..."));
    let stamp = app.stamp(UserId::SYSTEM);
    let permissions: Vec<&str> = given.all("permission").collect();
    link::role_to_group(&mut tx, stamp, role_id, group_id, &permissions).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn customer_link(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (login, group) = (given.text("customer-user-login"), given.text("group-name"));
    let mut tx = app.db.begin().await?;
    let Some(customer) = directory::customer_user(&mut tx, &app.settings.current(), login).await?
    else {
        return Err(Failure::told(format!("Customer {login} does not exist.")));
    };
    let group_id = known_group(&mut tx, group).await?;
    out.say(&format!(
        "Trying to link customer {login} to group {group}..."
    ));
    let stamp = app.stamp(UserId::SYSTEM);
    let permission = given.text("permission");
    link::customer_to_group(&mut tx, stamp, &customer.login, group_id, permission).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn known_group(tx: &mut schema::Tx, name: &str) -> Result<i32, Failure> {
    let id = group::find(tx, name).await?;
    id.ok_or_else(|| Failure::told(format!("Group {name} does not exist.")))
}
