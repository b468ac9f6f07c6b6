//! Which ticket a mail belongs to: the checks of `PostMaster::CheckFollowUpModule`, in the order of their keys.

use compat::Value;
use schema::DbError;

use crate::{
    mail::{communication_log::Priority, inbound::parse::entity},
    settings::Settings,
    ticket::{self, Ticket, TicketId, work::Work},
};

use super::super::{KEY, Mail, store};

/// Message-IDs of one mail that are looked up at most.
const MAX_REFERENCES: usize = 100;
/// Numbers in one text that are looked up at most.
const MAX_NUMBERS: usize = 20;

/// The ticket that a mail belongs to, if any.
pub(in crate::mail::inbound) async fn find(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
) -> Result<Option<Ticket>, DbError> {
    let checks = work.settings.value("PostMaster::CheckFollowUpModule");
    let Some(checks) = checks.as_map() else {
        return Ok(None);
    };
    for (key, config) in checks {
        let module = config.get("Module").and_then(Value::as_string);
        let module = module.unwrap_or_default();
        let name = module.rsplit("::").next().unwrap_or_default();
        let found = match name {
            "Subject" => in_text(work, mail.parameters.get("Subject")).await?,
            "References" => by_references(work, mail).await?,
            "Body" => in_text(work, mail.parameters.get("Body")).await?,
            "Attachments" => in_attachments(work, mail).await?,
            "RawEmail" => in_text(work, &entity::as_text(&mail.message.raw)).await?,
            "BounceEmail" => bounced(work, mail).await?,
            "ExternalTicketNumberRecognition" => recognised(work, mail).await?,
            "" => None,
            other => {
                let text =
                    format!("The check {other} ({key}) does not exist here, and found nothing.");
                mail.note(Priority::Warning, &module, text);
                None
            }
        };
        let Some(id) = found else { continue };
        let app = work.app;
        let ticket = ticket::list(&mut work.tx, &app.recent, &[id]).await?.pop();
        if let Some(ticket) = ticket {
            mail.note(
                Priority::Info,
                KEY,
                format!("The check {name} found the ticket {}.", ticket.number),
            );
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// The first ticket whose number stands in a text behind the hook.
async fn in_text(work: &mut Work<'_>, text: &str) -> Result<Option<TicketId>, DbError> {
    for number in numbers(text, &work.settings) {
        if let Some(id) = ticket::with_number(&mut work.tx, number).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The numbers behind the hook with its divider, or with a colon and at most two spaces.
fn numbers<'a>(text: &'a str, settings: &Settings) -> Vec<&'a str> {
    let hook = settings.text("Ticket::Hook");
    let divider = settings.text("Ticket::HookDivider");
    let mut found = Vec::new();
    let mut rest = text;
    while found.len() < MAX_NUMBERS
        && let Some(behind) = behind_hook(rest, &hook)
    {
        rest = behind;
        let after_divider = strip_start(behind, &divider);
        let after_colon = behind.strip_prefix(':').map(|behind| {
            let spaces = behind.len() - behind.trim_start_matches(' ').len();
            &behind[spaces.min(2)..]
        });
        let candidates = [after_divider, after_colon];
        let number = candidates.into_iter().flatten().map(digits);
        if let Some(number) = number
            .max_by_key(|number| number.len())
            .filter(|it| !it.is_empty())
        {
            found.push(number);
        }
    }
    found
}

/// What stands behind the first hook, in whatever case it is written.
fn behind_hook<'a>(text: &'a str, hook: &str) -> Option<&'a str> {
    if hook.is_empty() {
        return None;
    }
    let at = text
        .char_indices()
        .map(|(at, _)| at)
        .find(|at| strip_start(&text[*at..], hook).is_some())?;
    strip_start(&text[at..], hook)
}

/// The text without this beginning, in whatever case it is written.
fn strip_start<'a>(text: &'a str, start: &str) -> Option<&'a str> {
    let head = text.get(..start.len())?;
    head.eq_ignore_ascii_case(start)
        .then(|| &text[start.len()..])
}

fn digits(text: &str) -> &str {
    let end = text.find(|c: char| !c.is_ascii_digit());
    &text[..end.unwrap_or(text.len())]
}

/// The ticket of an article that the mail answers, the newest of those that it names.
async fn by_references(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<TicketId>, DbError> {
    let references = mail.parameters.get("References");
    let answered = mail.parameters.get("In-Reply-To");
    let mut ids = message_ids(references);
    ids.extend(message_ids(answered));
    for id in ids.iter().rev().take(MAX_REFERENCES) {
        if let Some(ticket) = store::ticket_of_message(&mut work.tx, id).await? {
            return Ok(Some(ticket));
        }
    }
    Ok(None)
}

/// Each text in angle brackets, with them.
fn message_ids(text: &str) -> Vec<&str> {
    let mut ids = Vec::new();
    let mut rest = text;
    while let Some(start) = rest.find('<') {
        let Some(length) = rest[start..].find('>') else {
            break;
        };
        ids.push(&rest[start..=start + length]);
        rest = &rest[start + length + 1..];
    }
    ids
}

async fn in_attachments(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<TicketId>, DbError> {
    for attachment in &mail.message.attachments {
        let text = entity::as_text(&attachment.content);
        if let Some(id) = in_text(work, &text).await? {
            return Ok(Some(id));
        }
    }
    Ok(None)
}

/// The ticket of the mail that came back, which a filter recognised.
async fn bounced(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<TicketId>, DbError> {
    if !work.settings.is_on("PostmasterBounceEmailAsFollowUp") {
        return Ok(None);
    }
    match mail.parameters.given(super::super::filter::BOUNCED) {
        Some(id) => store::ticket_of_message(&mut work.tx, id).await,
        None => Ok(None),
    }
}

/// The ticket that a filter recognised by a number of somebody else.
async fn recognised(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<TicketId>, DbError> {
    match mail.parameters.given(super::super::filter::RECOGNISED) {
        Some(number) => ticket::with_number(&mut work.tx, number).await,
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;

    #[test]
    fn numbers_stand_behind_the_hook() {
        let settings = Settings::default();
        for (text, expected) in [
            ("Re: [Ticket#123] x", vec!["123"]),
            ("abcticket#123def", vec!["123"]),
            ("Ticket#: 123 Ticket#:  45", vec!["123", "45"]),
            ("Ticket# 123 Ticket #123 Ticket#-1 123", vec![]),
            ("Ticket#:   123", vec![]),
            ("TicketTicket#7", vec!["7"]),
        ] {
            assert_eq!(numbers(text, &settings), expected, "{text}");
        }
        let settings = Settings::with([
            (
                "Ticket::Hook".to_owned(),
                Value::text("Case:"),
                Origin::File,
            ),
            (
                "Ticket::HookDivider".to_owned(),
                Value::text(" "),
                Origin::File,
            ),
        ]);
        assert_eq!(numbers("Case: 12 Case:13", &settings), ["12"]);
    }
}
