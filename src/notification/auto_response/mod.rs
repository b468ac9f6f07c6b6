//! Automatic answers: to a new ticket, to a follow-up, to one that is rejected.
//!
//! A queue has at most one answer of each kind (`queue_auto_response`). It is written as an article of the system within
//! the operation that writes what it answers, and waits in the mail queue.
//! Source: rows of the reference system after requests with `AutoResponseType`, and after mails.

use chrono::TimeZone as _;
use compat::{mail_address, pattern::Pattern};
use schema::DbError;

use super::{
    placeholder::{Facts, Person, Reader},
    store,
    text::{self, Template},
};
use crate::{
    mail::outgoing,
    settings::Settings,
    ticket::{
        Ticket,
        article::{
            self, ArticleId, Channel, Content, NewArticle, SenderType, storage::StorageError,
        },
        history::HistoryType,
        work::Work,
        working_time,
    },
};

/// Why an answer is sent, under the names of `auto_response_type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Reply,
    Reject,
    FollowUp,
    /// A follow-up became a ticket of its own.
    ReplyNewTicket,
    Remove,
}

impl Kind {
    pub const ALL: [Self; 5] = [
        Self::Reply,
        Self::Reject,
        Self::FollowUp,
        Self::ReplyNewTicket,
        Self::Remove,
    ];

    /// As `auto_response_type.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Reply => "auto reply",
            Self::Reject => "auto reject",
            Self::FollowUp => "auto follow up",
            Self::ReplyNewTicket => "auto reply/new ticket",
            Self::Remove => "auto remove",
        }
    }

    /// The kind with this name, case as in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    fn history_type(self) -> HistoryType {
        match self {
            Self::Reply | Self::ReplyNewTicket => HistoryType::SendAutoReply,
            Self::Reject => HistoryType::SendAutoReject,
            Self::FollowUp => HistoryType::SendAutoFollowUp,
            Self::Remove => HistoryType::Misc,
        }
    }
}

/// What is answered.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    pub kind: Kind,
    /// The header `From`.
    pub from: &'a str,
    /// The header `Reply-To`, which wins over `From`; empty when there is none.
    pub reply_to: &'a str,
    /// With its angle brackets; empty when there is none.
    pub message_id: &'a str,
    /// The sender wants no answer, as its headers say, see [`is_unwanted`].
    pub unwanted: bool,
    /// The customer may see what is answered; else only who wrote it gets an answer.
    pub visible_for_customer: bool,
    /// What was written, where the article says something else.
    pub said: Option<Said<'a>>,
}

/// The text of an article before it became one that goes out.
#[derive(Clone, Copy, Debug)]
pub struct Said<'a> {
    pub subject: &'a str,
    /// Plain.
    pub body: &'a str,
}

/// Whether the headers of a mail say that nothing is to answer it: `X-OTRS-Loop` and `X-Loop`, `Precedence`,
/// `Auto-Submitted`. `header` gives the text of a header.
pub fn is_unwanted(header: impl Fn(&str) -> Option<String>) -> bool {
    let text = |name: &str| header(name).unwrap_or_default().trim().to_ascii_lowercase();
    let is_loop = |name: &str| matches!(text(name).as_str(), "yes" | "true");
    let precedence = text("Precedence");
    is_loop("X-OTRS-Loop")
        || is_loop("X-Loop")
        || ["bulk", "list", "junk"]
            .iter()
            .any(|word| precedence.contains(word))
        || text("Auto-Submitted").contains("auto-")
}

/// Answers an article that was just written, when the ticket's queue has an answer of this kind.
///
/// Gives the article of the answer; `None` without one. The history says whom nothing was sent to and why.
///
/// Errors: [`StorageError`] when the answer can not be kept; nothing is to be committed then.
#[tracing::instrument(name = "notification.auto_response", skip_all, fields(ticket.number = %ticket.number))]
pub async fn send(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    occasion: Occasion<'_>,
) -> Result<Option<ArticleId>, StorageError> {
    let answer = store::answer(&mut work.tx, ticket.queue.id, occasion.kind.name()).await?;
    let Some(answer) = answer else {
        return Ok(None);
    };
    if occasion.unwanted {
        let text = "Sent no auto-response because the sender doesn't want an auto-response (e. g. loop or precedence header)";
        work.history(ticket, HistoryType::Misc, text, None);
        return Ok(None);
    }
    let to = recipients(work, ticket, occasion).await?;
    // The columns of this operation are what the answer speaks of.
    work.flush_rows().await?;
    let mut facts = Facts::load(&mut work.tx, work.app, ticket, work.stamp.by).await?;
    // What is answered is what the answer speaks of, whoever wrote it.
    let answered = article::edge_of(&mut work.tx, &work.app.recent, ticket.id, false).await?;
    if let Some(mut article) = answered {
        if let (Some(said), Content::Mime(mime)) = (occasion.said, &mut article.content) {
            mime.subject = Some(said.subject.to_owned());
            mime.body = Some(said.body.to_owned());
        }
        facts.customer_said(&article);
    }
    let cc = other_address(&facts.customer, &to)
        .filter(|_| occasion.visible_for_customer && occasion.kind != Kind::Reject);
    if to.is_empty() && cc.is_none() {
        return Ok(None);
    }
    let nobody = Person::default();
    let language = work.settings.text("DefaultLanguage");
    let reader = Reader {
        language: facts.customer.get("UserLanguage").unwrap_or(&language),
        zone: super::event::zone(&work.settings, facts.customer.get("UserTimeZone")),
        recipient: &nobody,
    };
    let template = Template {
        subject: &answer.subject,
        text: &answer.text,
        content_type: &answer.content_type,
    };
    let filled = text::fill(&work.settings, &facts, &reader, template);
    let title = filled.subject.clone();
    let filled = filled.as_document(&title, false);
    let to = to.join(", ");
    let new = NewArticle {
        channel: Channel::Email,
        sender_type: SenderType::System,
        visible_for_customer: true,
        from: answer.address.header(),
        history_comment: format!("%%{to}"),
        to,
        cc: cc.unwrap_or_default(),
        subject: super::subject::with_number(&work.settings, ticket, &filled.subject),
        in_reply_to: occasion.message_id.to_owned(),
        content_type: filled.content_type().to_owned(),
        body: filled.body,
        history_type: occasion.kind.history_type(),
        ..NewArticle::default()
    };
    let article = outgoing::send_article(work, ticket, new, true).await?;
    work.emit(ticket, "ArticleAutoResponse", Some(article))
        .await?;
    Ok(Some(article))
}

/// Writes an article, and the automatic answer to it that was asked for. `said` is what was written where the article says
/// something else.
pub async fn create_and_answer(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    new: NewArticle,
    said: Option<Said<'_>>,
) -> Result<ArticleId, StorageError> {
    let kind = new.auto_response_type.as_deref().and_then(Kind::from_name);
    let (from, reply_to) = (new.from.clone(), new.reply_to.clone());
    // What goes out is not answered by its id: nobody has it yet.
    let message_id = if new.goes_out {
        String::new()
    } else {
        new.message_id.clone()
    };
    let visible_for_customer = new.visible_for_customer;
    let article = article::create(work, ticket, new).await?;
    if let Some(kind) = kind {
        let occasion = Occasion {
            kind,
            from: &from,
            reply_to: &reply_to,
            message_id: &message_id,
            unwanted: false,
            visible_for_customer,
            said,
        };
        send(work, ticket, occasion).await?;
    }
    Ok(article)
}

/// Those who wrote, but for those who get no answer.
async fn recipients(
    work: &mut Work<'_>,
    ticket: &Ticket,
    occasion: Occasion<'_>,
) -> Result<Vec<String>, DbError> {
    let written = if occasion.reply_to.is_empty() {
        occasion.from
    } else {
        occasion.reply_to
    };
    let silent = work.settings.text("SendNoAutoResponseRegExp");
    let silent = Some(silent).filter(|pattern| !pattern.is_empty());
    let silent = silent.and_then(|pattern| Pattern::new(&format!("(?i){pattern}")).ok());
    let own = store::own_addresses(&mut work.tx).await?;
    let mut to = Vec::new();
    for (whole, address) in mailboxes(written) {
        if !is_address(&work.settings, &address) {
            let text = format!("Sent no auto response to '{address}' - no valid email address.");
            work.history(ticket, HistoryType::Misc, text, None);
        } else if !may_send(work, &address).await? {
            work.history(
                ticket,
                HistoryType::LoopProtection,
                format!("%%{address}"),
                None,
            );
        } else if own.contains(&address.to_lowercase()) {
            // It counts, and gets nothing.
        } else if silent
            .as_ref()
            .is_some_and(|pattern| pattern.is_match(&address))
        {
            let text =
                format!("Sent no auto response to '{address}', SendNoAutoResponseRegExp matched.");
            work.history(ticket, HistoryType::Misc, text, None);
        } else {
            to.push(whole);
        }
    }
    Ok(to)
}

/// Most senders are one; more of them than this are nobody's mail.
const MAX_RECIPIENTS: usize = 50;

/// Each sender as it is written, and the address alone.
fn mailboxes(text: &str) -> Vec<(String, String)> {
    let whole = mail_address::each(text);
    let mut found = Vec::new();
    for one in whole.into_iter().take(MAX_RECIPIENTS) {
        if !one.contains('@') {
            // Words without an address are as many that are none.
            let words = one.split_whitespace();
            found.extend(words.map(|word| (word.to_owned(), word.to_owned())));
            continue;
        }
        let bare = mail_address::recipients(&one).into_iter().next();
        found.push((written(text, &one), bare.unwrap_or(one)));
    }
    found
}

/// A text with one sender stays as it is, with its name.
fn written(text: &str, address: &str) -> String {
    let text = text.trim();
    let is_alone = mail_address::each(text).len() == 1;
    if is_alone {
        text.to_owned()
    } else {
        address.to_owned()
    }
}

fn is_address(settings: &Settings, address: &str) -> bool {
    mail_address::is_one(address) && crate::directory::address::is_acceptable(settings, address)
}

/// Whether an address may get one more automatic answer today, and counts it.
async fn may_send(work: &mut Work<'_>, address: &str) -> Result<bool, DbError> {
    let zone = working_time::zone_of(&work.settings);
    let day = zone.from_utc_datetime(&work.stamp.at).date_naive();
    let limit = limit(&work.settings, address);
    if store::sent_to(&mut work.tx, address, day, limit).await? >= limit {
        return Ok(false);
    }
    store::count_sent(&mut work.tx, address, day).await?;
    Ok(true)
}

/// `PostmasterMaxEmailsPerAddress` for this address, else `PostmasterMaxEmails`.
fn limit(settings: &Settings, address: &str) -> u64 {
    let own = settings.value("PostmasterMaxEmailsPerAddress");
    let own = own.get(address).and_then(compat::Value::as_string);
    let own = own.and_then(|limit| limit.trim().parse().ok());
    let general = settings.integer("PostmasterMaxEmails");
    own.unwrap_or_else(|| u64::try_from(general).unwrap_or_default())
}

/// The customer's own address, when they wrote with another one.
fn other_address(customer: &Person, to: &[String]) -> Option<String> {
    let address = customer.get("UserEmail")?;
    let lower = address.to_lowercase();
    let is_there = to.iter().any(|to| to.to_lowercase().contains(&lower));
    (!is_there).then(|| address.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loops_and_lists_want_no_answer() {
        let unwanted = |name: &'static str, value: &'static str| {
            is_unwanted(|asked| (asked == name).then(|| value.to_owned()))
        };
        for (name, value) in [
            ("X-OTRS-Loop", "yes"),
            ("X-Loop", "True"),
            ("Precedence", "bulk"),
            ("Auto-Submitted", "auto-generated"),
        ] {
            assert!(unwanted(name, value), "{name}: {value}");
        }
        assert!(!unwanted("Auto-Submitted", "no"));
        assert!(!unwanted("Subject", "bulk"));
    }

    #[test]
    fn a_sender_keeps_the_name() {
        assert_eq!(
            mailboxes("Max <max@x.example>"),
            [("Max <max@x.example>".to_owned(), "max@x.example".to_owned())]
        );
    }
}
