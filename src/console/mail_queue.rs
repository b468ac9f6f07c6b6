//! `Maint::Email::MailQueue`: the mails that wait to be sent.

use super::{Command, CommandOption, Failure, Run, Session};
use crate::mail::outgoing::{
    console::{self, Filter},
    sender::{self, Outcome},
};

pub const COMMANDS: &[Command] = &[Command {
    name: "Maint::Email::MailQueue",
    about: "Mail queue management.",
    options: &[
        CommandOption::flag("send", "Send every mail that is due."),
        CommandOption::flag("list", "Show the mails that wait (those that --filter names)."),
        CommandOption::flag("delete", "Take the mails that --filter names out of the queue."),
        CommandOption::flag("delete-all", "Take every mail out of the queue."),
        CommandOption::optional(
            "filter",
            "Which mails --list and --delete mean, such as ID::1 (ID|ArticleID|Sender|Recipient|Attempts).",
        )
        .many(),
        CommandOption::flag("force", "With --send also mails whose next attempt is to come later."),
        CommandOption::flag("verbose", "With --send a line for each mail."),
    ],
    arguments: &[],
    run: Run::OnInstallation(|session| Box::pin(run(session))),
}];

async fn run(session: Session<'_>) -> Result<(), Failure> {
    let given = session.given;
    let actions = ["delete", "delete-all", "list", "send"];
    match actions.iter().filter(|action| given.has(action)).count() {
        0 => {
            return Err(Failure::Usage(
                "Either --delete, --delete-all, --list or --send must be given!".to_owned(),
            ));
        }
        1 => {}
        _ => {
            return Err(Failure::Usage(
                "Only one type of action allowed per execution!".to_owned(),
            ));
        }
    }
    if given.has("send") {
        send(session).await
    } else if given.has("list") {
        list(session).await
    } else {
        delete(session).await
    }
}

async fn list(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let filter = Filter::new(given.all("filter"));
    let items = console::find(&mut app.db.read().await?, &filter).await?;
    out.say("");
    if items.is_empty() {
        out.say("Mail queue is empty.");
    } else {
        out.say(&console::table(&items));
        out.say(&format!(
            "\n  Mail queue contains {} message(s)\n",
            items.len()
        ));
    }
    out.say("Done.");
    Ok(())
}

async fn delete(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let conditions: Vec<&str> = given.all("filter").collect();
    if given.has("delete") && conditions.is_empty() {
        return Err(Failure::told(
            "--filter must be provided on --delete at least one time!",
        ));
    }
    let filter = if given.has("delete") {
        Filter::new(conditions)
    } else {
        Filter::default()
    };
    let items = console::find(&mut app.db.read().await?, &filter).await?;
    out.say("");
    out.say(if sender::cancel(app, &items).await? == 0 {
        "No matching messages for deletion."
    } else {
        "Deleted messages from mail queue."
    });
    out.say("Done.");
    Ok(())
}

async fn send(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let done = sender::send_due(app, given.has("force")).await?;
    out.say("");
    let mut sent = 0;
    for (id, outcome) in &done {
        match outcome {
            Outcome::Sent => {
                sent += 1;
                if given.has("verbose") {
                    out.say(&format!("Message with ID '{id}' successfully sent."));
                }
            }
            Outcome::PutOff(failure) | Outcome::GivenUp(failure) => {
                out.complain(&format!(
                    "Message with ID '{id}' could not be sent: {failure}"
                ));
            }
        }
    }
    if sent == 0 {
        out.say("No messages available for sending.");
    } else {
        out.say(&format!("{sent} message(s) successfully sent!"));
    }
    if sent < done.len() {
        return Err(Failure::Exit(super::FAILED));
    }
    out.say("Done.");
    Ok(())
}
