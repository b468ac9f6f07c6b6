//! `Maint::Ticket::Dump`: a ticket and its articles as text.

use super::{Allowed, Argument, Command, CommandOption, Failure, Output, Run, Session};
use crate::ticket::{
    self, Ticket, TicketId,
    article::{self, Article, Content},
};

pub const COMMANDS: &[Command] = &[Command {
    name: "Maint::Ticket::Dump",
    about: "Show a ticket and its articles.",
    options: &[
        CommandOption::optional("article-limit", "At most so many articles.")
            .allowed(Allowed::Number),
    ],
    arguments: &[Argument::required("ticket-id", "The ticket's id.").allowed(Allowed::Number)],
    run: Run::OnInstallation(|session| Box::pin(run(session))),
}];

const LENGTH: usize = 69;

async fn run(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let mut tx = app.db.read().await?;
    let typed = given.argument_at(0).unwrap_or_default();
    let ticket = match typed.parse() {
        Ok(id) => ticket::list(&mut tx, &app.recent, &[TicketId(id)])
            .await?
            .pop(),
        // More digits than a key can have.
        Err(_) => None,
    };
    let Some(ticket) = ticket else {
        out.complain(&format!("No such TicketID ({typed})!"));
        return Err(Failure::told("Could not find ticket."));
    };
    let lookups = ticket::lookup::current(&mut tx, &app.recent).await?;
    let articles = article::list(&mut tx, &app.recent, &[ticket.id]).await?;
    let articles = articles.get(&ticket.id).map(Vec::as_slice);
    let limit = given
        .option("article-limit")
        .map(|limit| limit.parse().unwrap_or(usize::MAX));
    out.print(&"=".repeat(LENGTH));
    show_ticket(&ticket, out);
    out.print(&"-".repeat(LENGTH));
    for article in articles
        .unwrap_or_default()
        .iter()
        .take(limit.unwrap_or(usize::MAX))
    {
        let channel = lookups.channels.get(&article.channel_id);
        show_article(article, channel.map_or("", String::as_str), out);
    }
    Ok(())
}

/// A line for what is there.
fn line(out: &mut Output, name: &str, value: &str) {
    if !value.is_empty() {
        out.print(&format!("{:<20} {value}", format!("{name}:")));
    }
}

fn show_ticket(ticket: &Ticket, out: &mut Output) {
    line(out, "TicketNumber", &ticket.number);
    line(out, "TicketID", &ticket.id.to_string());
    line(out, "Title", ticket.title.as_deref().unwrap_or_default());
    line(out, "Created", &ticket.created.to_string());
    line(out, "Queue", &ticket.queue.name);
    line(out, "State", &ticket.state.name);
    line(out, "Priority", &ticket.priority.name);
    line(out, "Lock", &ticket.lock.name);
    line(
        out,
        "CustomerID",
        ticket.customer_id.as_deref().unwrap_or_default(),
    );
    let customer = ticket.customer_user_id.as_deref();
    line(out, "CustomerUserID", customer.unwrap_or_default());
}

fn show_article(article: &Article, channel: &str, out: &mut Output) {
    line(out, "ArticleID", &article.id.0.to_string());
    line(out, "CreateTime", &article.created.to_string());
    line(out, "SenderType", &article.sender_type);
    line(out, "Channel", channel);
    match &article.content {
        Content::Mime(mime) => {
            let from = mime.from.as_deref();
            for (name, value) in [
                ("From", from),
                ("To", mime.to.as_deref()),
                ("Cc", mime.cc.as_deref()),
                ("ReplyTo", mime.reply_to.as_deref()),
                ("InReplyTo", mime.in_reply_to.as_deref()),
                ("Sender", from),
                ("Subject", mime.subject.as_deref()),
            ] {
                line(out, name, value.unwrap_or_default());
            }
            out.print(&"-".repeat(LENGTH));
            out.print(mime.body.as_deref().unwrap_or_default());
        }
        Content::Chat(lines) => {
            out.print(&"-".repeat(LENGTH));
            for line in lines {
                let text = line.text.as_deref().unwrap_or_default();
                out.print(&format!("[{}] {}: {text}", line.created, line.chatter_name));
            }
        }
        Content::Missing => out.print(&"-".repeat(LENGTH)),
    }
    out.print(&"-".repeat(LENGTH));
}
