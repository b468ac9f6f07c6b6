//! Subjects with the number of their ticket.

use compat::pattern::Pattern;

use crate::{settings::Settings, ticket::Ticket};

/// Characters of a subject that are kept where `Ticket::SubjectSize` says nothing.
const LONGEST: usize = 100;

/// `Ticket#2026112110000042`, as `Ticket::Hook` and `Ticket::HookDivider` say.
fn hook(settings: &Settings, ticket: &Ticket) -> String {
    format!(
        "{}{}{}",
        settings.text("Ticket::Hook"),
        settings.text("Ticket::HookDivider"),
        ticket.number
    )
}

/// The subject with the ticket's number where `Ticket::SubjectFormat` wants it.
pub fn with_number(settings: &Settings, ticket: &Ticket, subject: &str) -> String {
    let mut subject = without_number(settings, ticket, subject);
    let longest: usize = settings
        .text("Ticket::SubjectSize")
        .parse()
        .unwrap_or(LONGEST);
    if let Some((end, _)) = subject.char_indices().nth(longest) {
        subject.truncate(end);
        subject.push_str(" [...]");
    }
    match settings.text("Ticket::SubjectFormat").as_str() {
        "Right" => format!("{subject} [{}]", hook(settings, ticket)),
        "None" => subject,
        _ => format!("[{}] {subject}", hook(settings, ticket)),
    }
}

/// The subject without the ticket's number.
fn without_number(settings: &Settings, ticket: &Ticket, subject: &str) -> String {
    let hook = hook(settings, ticket);
    let mut subject = subject.to_owned();
    for mark in [format!("[{hook}]"), hook] {
        let mut pieces = subject.split(&mark);
        let mut rest = pieces.next().unwrap_or_default().to_owned();
        for piece in pieces {
            rest.push_str(piece.trim_start());
        }
        subject = rest;
    }
    subject.trim().to_owned()
}

/// The subject without the ticket's number, and without what answers and forwarded mails begin with.
pub fn cleaned(settings: &Settings, ticket: &Ticket, subject: &str) -> String {
    let mut subject = without_number(settings, ticket, subject);
    for setting in ["Ticket::SubjectRe", "Ticket::SubjectFwd"] {
        let word = settings.text(setting);
        if !word.is_empty() {
            subject = without_prefix(&subject, &word).to_owned();
        }
    }
    subject.trim().to_owned()
}

/// `Re: `, and `Re[2]: `, again and again.
fn without_prefix<'a>(subject: &'a str, word: &str) -> &'a str {
    let Ok(pattern) = Pattern::new(&format!(r"^(?i:{})(?:\[\d+\])?:\s+", regex::escape(word)))
    else {
        return subject;
    };
    let mut rest = subject;
    while let Some(found) = pattern.groups(rest).and_then(|groups| groups.get(0)) {
        rest = &rest[found.len()..];
    }
    rest
}
