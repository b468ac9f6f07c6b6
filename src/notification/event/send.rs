//! One notification to everybody who gets it.

use chrono::{NaiveDateTime, NaiveTime, TimeZone as _};
use compat::{Value, json};
use schema::DbError;

use super::{Definition, EMAIL, Message, recipients::Recipient, store, zone};
use crate::{
    directory::{
        UserId, name,
        preferences::{self, Owner},
    },
    mail::{message, outgoing},
    notification::{
        placeholder::{self, Facts, Person, Reader},
        store as addresses, subject,
        text::{self, Filled, Template},
    },
    ticket::{
        Ticket,
        article::{
            ArticleId, Channel, NewArticle, NewAttachment, SenderType, attachment,
            storage::{Storage, StorageError},
        },
        history::HistoryType,
        work::Work,
        working_time,
    },
};

/// What all mails of one notification share.
pub struct Sending<'a> {
    pub definition: &'a Definition,
    pub facts: &'a Facts,
    /// The files that go along.
    pub attachments: Vec<NewAttachment>,
}

/// Sends a notification to one recipient by mail, unless they do not want it, are away, or got it today.
pub async fn to(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    sending: &Sending<'_>,
    recipient: &Recipient,
) -> Result<(), StorageError> {
    match recipient {
        Recipient::Agent(id) => Ok(to_agent(work, ticket, sending, *id).await?),
        Recipient::Customer => to_customer(work, ticket, sending).await,
        Recipient::Address(address) => {
            let mut person = Person::default();
            person.put("UserEmail", address.as_str());
            person.put("Type", "Customer");
            send_article(work, ticket, sending, &person, address).await
        }
    }
}

async fn to_agent(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    sending: &Sending<'_>,
    id: UserId,
) -> Result<(), DbError> {
    let definition = sending.definition;
    let own = preferences::list(&mut work.tx, Owner::Agent(id)).await?;
    if !wants(definition, &own) || (!definition.is_on("SendOnOutOfOffice") && is_away(work, &own)) {
        return Ok(());
    }
    let mut person = placeholder::agent(&mut work.tx, &work.settings, id).await?;
    person.put("Type", "Agent");
    let (Some(login), Some(address)) = (person.get("UserLogin"), person.get("UserEmail")) else {
        return Ok(());
    };
    let text = format!("%%{}%%{login}%%{EMAIL}", definition.name);
    if was_today(
        work,
        ticket,
        definition,
        HistoryType::SendAgentNotification,
        &text,
    )
    .await?
    {
        return Ok(());
    }
    let Some(filled) = filled(work, ticket, sending, &person) else {
        return Ok(());
    };
    let name = work.settings.text("NotificationSenderName");
    let mailbox = placeholder::with_settings(
        &work.settings,
        &work.settings.text("NotificationSenderEmail"),
    );
    let from = addresses::Address { name, mailbox }.header();
    let mut mail = outgoing::OutgoingMail {
        message: message::Message {
            from,
            to: address.to_owned(),
            subject: filled.subject.clone(),
            body: filled.body.clone(),
            attachments: sending.attachments.clone(),
            automatic: true,
            ..message::Message::default()
        },
        ..outgoing::OutgoingMail::default()
    };
    mail.message.set_content_type(filled.content_type());
    outgoing::queue(work, &mail).await?;
    work.history(ticket, HistoryType::SendAgentNotification, text, None);
    work.emit(ticket, "ArticleAgentNotification", None).await
}

/// Whether an agent wants it: where agents may choose, their own word counts, else the notification's.
fn wants(
    definition: &Definition,
    own: &std::collections::BTreeMap<String, Option<String>>,
) -> bool {
    if !definition.is_on("VisibleForAgent") {
        return true;
    }
    let key = format!("Notification-{}-{EMAIL}", definition.id);
    let value = |key: &str| own.get(key).and_then(Option::as_deref);
    let chosen = value("NotificationTransport")
        .and_then(|text| json::read(text).ok())
        .and_then(|chosen| chosen.get(&key).map(Value::is_true));
    chosen.unwrap_or_else(|| {
        let on = definition.list("AgentEnabledByDefault");
        on.iter().any(|transport| transport == EMAIL)
    })
}

fn is_away(work: &Work<'_>, own: &std::collections::BTreeMap<String, Option<String>>) -> bool {
    let now = working_time::zone_of(&work.settings).from_utc_datetime(&work.stamp.at);
    name::out_of_office(own, now.naive_local()).is_some_and(|absence| absence.message.is_some())
}

async fn to_customer(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    sending: &Sending<'_>,
) -> Result<(), StorageError> {
    let mut person = sending.facts.customer.clone();
    person.put("Type", "Customer");
    let user = ticket.customer_user_id.clone().unwrap_or_default();
    let address = match person.get("UserEmail") {
        // Who is not valid any more gets nothing.
        Some(_) if person.get("ValidID").is_some_and(|valid| valid != "1") => return Ok(()),
        Some(address) => address.to_owned(),
        None if work.settings.is_on("CustomerNotifyJustToRealCustomer") => return Ok(()),
        // The customer of a mail that nobody knows is an address; a login that nobody has is nobody.
        None => {
            let user = if user.is_empty() {
                sending.facts.customer_sender()
            } else {
                Some(user).filter(|user| user.contains('@'))
            };
            let Some(address) = user else {
                return Ok(());
            };
            person.put("UserEmail", address.as_str());
            address
        }
    };
    let text = format!("%%{address}");
    let kind = HistoryType::SendCustomerNotification;
    // Once a day is for people; addresses get each one.
    if was_today(work, ticket, sending.definition, kind, &text).await? {
        return Ok(());
    }
    send_article(work, ticket, sending, &person, &address).await
}

/// What customers and others get is an article of the ticket.
async fn send_article(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    sending: &Sending<'_>,
    person: &Person,
    address: &str,
) -> Result<(), StorageError> {
    let definition = sending.definition;
    let text = format!("%%{address}");
    let Some(filled) = filled(work, ticket, sending, person) else {
        return Ok(());
    };
    let from = addresses::address_of_queue(&mut work.tx, ticket.queue.id).await?;
    let new = NewArticle {
        channel: Channel::Email,
        sender_type: SenderType::System,
        visible_for_customer: definition.is_on("IsVisibleForCustomer"),
        from: from.map(|from| from.header()).unwrap_or_default(),
        to: address.to_owned(),
        subject: filled.subject.clone(),
        content_type: filled.content_type().to_owned(),
        body: filled.body,
        attachments: sending.attachments.clone(),
        history_type: HistoryType::SendCustomerNotification,
        history_comment: text,
        no_agent_notify: true,
        ..NewArticle::default()
    };
    let article = outgoing::send_article(work, ticket, new, true).await?;
    work.emit(ticket, "ArticleCustomerNotification", Some(article))
        .await?;
    Ok(())
}

/// The text for somebody in their language; `None` for a notification without texts.
fn filled(
    work: &Work<'_>,
    ticket: &Ticket,
    sending: &Sending<'_>,
    person: &Person,
) -> Option<Filled> {
    let settings = &work.settings;
    let default = settings.text("DefaultLanguage");
    let wanted = person.get("UserLanguage").unwrap_or(&default);
    let message = message_in(&sending.definition.messages, &[wanted, &default, "en"])?;
    let reader = Reader {
        language: &message.language,
        zone: zone(settings, person.get("UserTimeZone")),
        recipient: person,
    };
    let template = Template {
        subject: &message.subject,
        text: &message.text,
        content_type: &message.content_type,
    };
    let mut filled = text::fill(settings, sending.facts, &reader, template);
    filled.subject = subject::with_number(settings, ticket, &filled.subject);
    let is_framed = sending.definition.list("TransportEmailTemplate") != ["Unformatted"];
    let title = filled.subject.clone();
    Some(filled.as_document(&title, is_framed))
}

/// The text in the first of the languages that has one, else any.
fn message_in<'a>(messages: &'a [Message], languages: &[&str]) -> Option<&'a Message> {
    let find = |language: &&str| messages.iter().find(|known| known.language == *language);
    languages.iter().find_map(find).or_else(|| messages.first())
}

/// Whether somebody got a notification today that is sent once a day.
async fn was_today(
    work: &mut Work<'_>,
    ticket: &Ticket,
    definition: &Definition,
    kind: HistoryType,
    text: &str,
) -> Result<bool, DbError> {
    if !definition.is_on("OncePerDay") {
        return Ok(false);
    }
    // What this operation sent already is not in the rows yet.
    work.flush_history().await?;
    let since = midnight(work);
    store::was_sent(&mut work.tx, ticket.id, kind, text, since).await
}

/// The beginning of today in the zone of the database's times.
fn midnight(work: &Work<'_>) -> NaiveDateTime {
    let zone = working_time::zone_of(&work.settings);
    let today = zone.from_utc_datetime(&work.stamp.at).date_naive();
    today.and_time(NaiveTime::MIN)
}

/// The files of an article that go along with a notification.
pub async fn attachments(
    work: &mut Work<'_>,
    article: ArticleId,
) -> Result<Vec<NewAttachment>, DbError> {
    let storage = Storage::from_settings(&work.settings);
    let wanted = attachment::Wanted {
        content: true,
        html_body: false,
    };
    let mut found = attachment::list(&mut work.tx, &storage, &[article], wanted).await?;
    let files = found.remove(&article).unwrap_or_default();
    let files = files.into_iter().map(|file| NewAttachment {
        filename: file.filename.unwrap_or_default(),
        content_type: file.content_type.unwrap_or_default(),
        content: file.content,
        content_id: Some(file.content_id).filter(|id| !id.is_empty()),
        alternative: None,
        disposition: Some(file.disposition),
    });
    Ok(files.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(language: &str) -> Message {
        Message {
            language: language.to_owned(),
            subject: String::new(),
            text: String::new(),
            content_type: String::new(),
        }
    }

    #[test]
    fn a_language_without_a_text_falls_back() {
        let messages = ["de", "en", "hu"].map(message);
        let found = |languages: &[&str]| {
            message_in(&messages, languages).map(|message| message.language.clone())
        };
        assert_eq!(found(&["hu", "en", "en"]).as_deref(), Some("hu"));
        assert_eq!(found(&["fr", "de", "en"]).as_deref(), Some("de"));
        assert_eq!(found(&["fr", "it", "sv"]).as_deref(), Some("de"));
        assert_eq!(message_in(&[], &["en"]), None);
    }
}
