//! `Admin::Queue::*`, `Admin::SystemAddress::Add` and `Admin::StandardTemplate::QueueLink`.

use super::{Allowed, Command, CommandOption, Failure, Run, Session};
use crate::{
    access::group,
    directory::UserId,
    ticket::master_data::{
        queue::{self, NewQueue},
        system_address::{self, NewAddress},
        template,
    },
};

const fn minutes(name: &'static str, about: &'static str) -> CommandOption {
    CommandOption::optional(name, about).allowed(Allowed::Number)
}

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Admin::Queue::Add",
        about: "Add a queue.",
        options: &[
            CommandOption::required("name", "The queue's name, after those it is in: A::B."),
            CommandOption::required("group", "The group that the queue belongs to."),
            CommandOption::optional(
                "system-address-id",
                "The queue's own address, by its number.",
            )
            .allowed(Allowed::Number),
            CommandOption::optional("system-address-name", "The queue's own address."),
            CommandOption::optional("comment", "What the queue is for."),
            minutes("unlock-timeout", "After how many minutes a lock opens."),
            minutes(
                "first-response-time",
                "Within how many minutes there must be an answer.",
            ),
            minutes(
                "update-time",
                "Within how many minutes there must be another one.",
            ),
            minutes(
                "solution-time",
                "Within how many minutes tickets must be closed.",
            ),
            minutes("calendar", "The number of the calendar of working hours."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add(session))),
    },
    Command {
        name: "Admin::Queue::List",
        about: "Show the queues.",
        options: &[
            CommandOption::flag("all", "Those that are not valid too."),
            CommandOption::flag("verbose", "Numbers and validity too."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(list(session))),
    },
    Command {
        name: "Admin::StandardTemplate::QueueLink",
        about: "Offer a template in a queue.",
        options: &[
            CommandOption::required("template-name", "The template."),
            CommandOption::required("queue-name", "The queue."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(link_template(session))),
    },
    Command {
        name: "Admin::SystemAddress::Add",
        about: "Add an address of this help desk.",
        options: &[
            CommandOption::required("name", "The name that is shown with the address."),
            CommandOption::required("email-address", "The address."),
            CommandOption::required("queue-name", "The queue for mail to this address."),
            CommandOption::optional("comment", "What the address is for."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(add_address(session))),
    },
];

async fn add(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Adding a new queue...");
    let mut tx = app.db.begin().await?;
    let name = given.text("group");
    let Some(group_id) = group::find(&mut tx, name).await? else {
        return Err(Failure::told(format!("Found no GroupID for {name}")));
    };
    let mut address_id = given.number("system-address-id");
    if let Some(address) = given.option("system-address-name")
        && address_id.is_none()
    {
        let id = system_address::find(&mut tx, address).await?;
        address_id = Some(id.ok_or_else(|| Failure::told(format!("Address {address} not found")))?);
    }
    let new = NewQueue {
        name: given.text("name").to_owned(),
        group_id,
        system_address_id: address_id.unwrap_or(queue::FIRST),
        comment: given.option("comment").map(str::to_owned),
        unlock_timeout: given.number("unlock-timeout").unwrap_or_default(),
        first_response_time: given.number("first-response-time").unwrap_or_default(),
        update_time: given.number("update-time").unwrap_or_default(),
        solution_time: given.number("solution-time").unwrap_or_default(),
        calendar: given.option("calendar").unwrap_or("0").to_owned(),
    };
    queue::add(&mut tx, app.stamp(UserId::SYSTEM), &new)
        .await
        .map_err(|error| Failure::caused(&error, "Can't create queue."))?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn list(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    out.say("Listing Queues...");
    let queues = queue::list(&mut app.db.read().await?).await?;
    let mut lines: Vec<String> = queues
        .into_iter()
        .filter(|queue| given.has("all") || queue.valid == "valid")
        .map(|queue| {
            if given.has("verbose") {
                format!("{:6} {} {}", queue.id, queue.name, queue.valid)
            } else {
                format!("  {}", queue.name)
            }
        })
        .collect();
    lines.sort();
    for line in lines {
        out.say(&line);
    }
    out.say("Done.");
    Ok(())
}

async fn link_template(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (template, queue) = (given.text("template-name"), given.text("queue-name"));
    let mut tx = app.db.begin().await?;
    let Some(template_id) = template::find(&mut tx, template).await? else {
        return Err(Failure::told(format!(
            "Standard template '{template}' does not exist."
        )));
    };
    let Some(queue_id) = queue::find(&mut tx, queue).await? else {
        return Err(Failure::told(format!("Queue '{queue}' does not exist.")));
    };
    out.say(&format!(
        "Trying to link template {template} to queue {queue}..."
    ));
    template::link(&mut tx, app.stamp(UserId::SYSTEM), template_id, queue_id).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}

async fn add_address(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let (address, queue) = (given.text("email-address"), given.text("queue-name"));
    let mut tx = app.db.begin().await?;
    let Some(queue_id) = queue::find(&mut tx, queue).await? else {
        return Err(Failure::told(format!("Queue {queue} does not exist.")));
    };
    if system_address::find(&mut tx, address).await?.is_some() {
        return Err(Failure::told(format!(
            "SystemAddress {address} already exists."
        )));
    }
    out.say("Adding a new system address...");
    let new = NewAddress {
        address: address.to_owned(),
        name: given.text("name").to_owned(),
        queue_id,
        comment: given.option("comment").map(str::to_owned),
    };
    system_address::add(&mut tx, app.stamp(UserId::SYSTEM), &new).await?;
    tx.commit().await?;
    app.perl_cache.forget_everything().await;
    out.say("Done.");
    Ok(())
}
