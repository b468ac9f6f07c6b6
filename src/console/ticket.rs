//! `Maint::Ticket::*`: what time and administrators do to tickets.

use super::{Allowed, Argument, Command, CommandOption, Failure, Run, Session};
use crate::{
    directory::UserId,
    ticket::{
        self, Ticket, TicketId, delete, escalation_check,
        pending_check::{self, Done},
        unlock,
        work::Work,
    },
};

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::Ticket::Delete",
        about: "Delete tickets.",
        options: &[
            CommandOption::optional("ticket-number", "The number of a ticket.").many(),
            CommandOption::optional("ticket-id", "The id of a ticket.")
                .allowed(Allowed::Number)
                .many(),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(delete(session))),
    },
    Command {
        name: "Maint::Ticket::EscalationCheck",
        about: "Tell whom it concerns of tickets that have escalated or will soon.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(escalation_check(session))),
    },
    Command {
        name: "Maint::Ticket::PendingCheck",
        about: "Close pending tickets whose time has come, and remind of those that wait for somebody.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(pending_check(session))),
    },
    Command {
        name: "Maint::Ticket::UnlockAll",
        about: "Unlock every ticket by force.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(unlock_all(session))),
    },
    Command {
        name: "Maint::Ticket::UnlockTicket",
        about: "Unlock one ticket by force.",
        options: &[],
        arguments: &[Argument::required("ticket-id", "The ticket's id.").allowed(Allowed::Number)],
        run: Run::OnInstallation(|session| Box::pin(unlock_one(session))),
    },
    Command {
        name: "Maint::Ticket::UnlockTimeout",
        about: "Unlock tickets whose queue's unlock time is over.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(unlock_timeout(session))),
    },
];

async fn delete(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let numbers: Vec<&str> = given.all("ticket-number").collect();
    let ids: Vec<&str> = given.all("ticket-id").collect();
    if numbers.is_empty() && ids.is_empty() {
        return Err(Failure::told(
            "Please provide option --ticket-id or --ticket-number.",
        ));
    }
    out.say("Deleting tickets...");
    let mut found = Vec::new();
    for number in numbers {
        let id = ticket::with_number(&mut app.db.read().await?, number).await?;
        match id {
            Some(id) => found.push(id),
            None => out.complain(&format!("Error: Unable to find ticket number {number}.")),
        }
    }
    found.extend(ids.iter().filter_map(|id| id.parse().ok()).map(TicketId));
    let mut deleted = 0;
    for id in found {
        let mut work = Work::begin(app, UserId::SYSTEM).await?;
        let tickets = ticket::list(&mut work.tx, &app.recent, &[id]).await?;
        let Some(mut ticket) = tickets.into_iter().next() else {
            out.complain(&format!("Error: Unable to find ticket id {id}."));
            continue;
        };
        let leftovers = delete::delete(&mut work, &mut ticket).await?;
        work.commit().await?;
        let rest = leftovers.delete_files().await;
        rest.map_err(|error| Failure::told(error.to_string()))?;
        out.say(&format!("  {id}"));
        deleted += 1;
    }
    if deleted == 0 {
        return Err(Failure::Exit(super::FAILED));
    }
    out.say(&format!("{deleted} tickets have been deleted."));
    Ok(())
}

async fn escalation_check(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Processing ticket escalation events ...");
    escalation_check::run(app, |ticket, kind| {
        out.say(&format!("Ticket {}: {}", ticket.number, kind.name()));
    })
    .await?;
    out.say("Done.");
    Ok(())
}

async fn pending_check(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Process pending tickets...");
    pending_check::run(app, |ticket, done| {
        if done == Done::Closed {
            out.say(&format!(
                " Update ticket state for ticket {} ({}) to '{}'... done.",
                ticket.number, ticket.id, ticket.state.name
            ));
        }
    })
    .await?;
    out.say("Done.");
    Ok(())
}

fn unlocked(ticket: &Ticket) -> String {
    format!(" Unlocking ticket id {}... done.", ticket.id)
}

async fn unlock_all(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Unlocking all tickets...");
    unlock::all(app, |ticket| out.say(&unlocked(ticket))).await?;
    out.say("Done.");
    Ok(())
}

async fn unlock_timeout(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    out.say("Unlocking tickets that are past their unlock timeout...");
    unlock::timed_out(app, |ticket| out.say(&unlocked(ticket))).await?;
    out.say("Done.");
    Ok(())
}

async fn unlock_one(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let typed = given.argument_at(0).unwrap_or_default();
    out.say(&format!("Unlocking ticket {typed}..."));
    let found = match typed.parse() {
        Ok(id) => unlock::one(app, TicketId(id)).await?,
        // More digits than a key can have.
        Err(_) => None,
    };
    if found.is_none() {
        return Err(Failure::told(format!("Could not find ticket {typed}.")));
    }
    out.say("Done.");
    Ok(())
}
