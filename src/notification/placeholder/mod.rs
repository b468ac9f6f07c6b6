//! What the tags of a text stand for: a ticket, its people, what was written last, settings.
//!
//! A tag of a known family that has no value becomes `-`; one of an unknown family stays as it is written.
//! Source: what the reference system made of some 300 tags. Different from it: labels of dynamic fields are escaped in
//! HTML, whole structures of settings are not shown, and tags within what people wrote stay as they are, where it fills in
//! some of them.

use std::{cell::Cell, collections::HashMap, sync::Arc};

use chrono_tz::Tz;
use compat::{
    mail_address,
    placeholder::{self as tags, Form, Tag, Value},
};
use schema::{DbError, Tx};

use super::{language, subject};
use crate::{
    app::App,
    directory::UserId,
    settings::Settings,
    ticket::{
        Ticket,
        article::{self, Article, Content, Mime, SenderType, content_type},
    },
};

mod facts;
mod fields;
mod people;
mod words;

pub use fields::Shown;
pub use people::{Person, agent, customer};

/// What stands where nothing is known.
const NOTHING: &str = "-";

/// Whether a text has tags.
pub fn has_tags(text: &str) -> bool {
    !tags::tags(text, Form::Text).is_empty()
}

/// What texts about a ticket can tell, whoever reads them.
#[derive(Clone, Debug)]
pub struct Facts {
    settings: Arc<Settings>,
    /// Seconds since 1970.
    now: i64,
    subject: Ticket,
    /// By name in lower case.
    ticket: HashMap<String, Shown>,
    /// What is stored, and what is shown.
    fields: HashMap<String, (Shown, Shown)>,
    owner: Person,
    responsible: Person,
    current: Person,
    /// Empty for a customer without a row.
    pub customer: Person,
    customer_article: Option<Words>,
    agent_article: Option<Words>,
}

/// An article as tags see it, by name in lower case.
#[derive(Clone, Debug, Default)]
struct Words(HashMap<String, String>);

impl Words {
    fn get(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str)
    }
}

/// Who reads a text.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    pub language: &'a str,
    pub zone: Tz,
    pub recipient: &'a Person,
}

impl Facts {
    /// Gathers what there is to tell of a ticket. `current` is who acts.
    ///
    /// Some twenty small statements, however long the ticket's history is.
    pub async fn load(
        tx: &mut Tx,
        app: &App,
        ticket: &Ticket,
        current: UserId,
    ) -> Result<Self, DbError> {
        let settings = app.settings.current();
        let now = app.clock.timestamp();
        let last = async |tx: &mut Tx, sender| {
            let article = article::last_of(tx, &app.recent, ticket.id, sender).await?;
            Ok::<_, DbError>(article.as_ref().and_then(words))
        };
        let customer_article = last(tx, SenderType::Customer).await?;
        let agent_article = last(tx, SenderType::Agent).await?;
        let login = ticket.customer_user_id.as_deref().unwrap_or_default();
        Ok(Self {
            now,
            ticket: facts::of_ticket(&settings, ticket, now),
            fields: fields::of_ticket(tx, &settings, ticket.id).await?,
            owner: agent(tx, &settings, UserId(ticket.owner.id)).await?,
            responsible: agent(tx, &settings, UserId(ticket.responsible.id)).await?,
            current: agent(tx, &settings, current).await?,
            customer: customer(tx, &settings, login).await?,
            customer_article,
            agent_article,
            subject: ticket.clone(),
            settings,
        })
    }

    /// The text with its tags replaced.
    pub fn fill(&self, text: &str, form: Form, reader: &Reader<'_>) -> String {
        let seen = Seen::of(text, form);
        tags::replace(text, form, |tag| self.value(tag, reader, &seen))
    }

    /// The same, but that what a ticket does not have is empty, and a day is written as the table has it, as in the
    /// actions of processes.
    pub fn fill_or_empty(&self, text: &str, form: Form, reader: &Reader<'_>) -> String {
        let seen = Seen::of(text, form);
        tags::replace(text, form, |tag| {
            if let Some(day) = self.day(tag) {
                return Some(day.into());
            }
            let value = self.value(tag, reader, &seen)?;
            let is_missing = value == NOTHING.into() && tag.after("TICKET_").is_some();
            Some(if is_missing { "".into() } else { value })
        })
    }

    /// The day in a field of the ticket.
    fn day(&self, tag: Tag<'_>) -> Option<String> {
        let name = tag.after("TICKET_DynamicField_")?.to_lowercase();
        match self.fields.get(name.strip_suffix("_value")?)? {
            (_, Shown::Day(day)) => Some(day.to_string()),
            _ => None,
        }
    }

    /// Addresses with the tags of the ticket replaced; others stay.
    pub fn fill_addresses(&self, text: &str) -> String {
        let reader = Reader {
            language: "en",
            zone: Tz::UTC,
            recipient: &Person::default(),
        };
        tags::replace(text, Form::Text, |tag| {
            Some(self.of_ticket(tag.after("TICKET_")?, &reader).into())
        })
    }

    fn value(&self, tag: Tag<'_>, reader: &Reader<'_>, seen: &Seen) -> Option<Value> {
        if let Some(key) = tag.name.strip_prefix("CONFIG_") {
            return Some(self.setting(key).into());
        }
        let of = |person: &Person, name: &str| Some(person.get(name).unwrap_or(NOTHING).into());
        for (prefix, person) in [
            ("TICKET_OWNER_", &self.owner),
            ("OWNER_", &self.owner),
            ("TICKET_RESPONSIBLE_", &self.responsible),
            ("RESPONSIBLE_", &self.responsible),
            ("CURRENT_", &self.current),
            ("NOTIFICATION_RECIPIENT_", reader.recipient),
        ] {
            if let Some(name) = tag.after(prefix) {
                let known = person.known(name).unwrap_or(NOTHING);
                return Some(known.into());
            }
        }
        if let Some(name) = tag.after("CUSTOMER_DATA_") {
            return of(&self.customer, name);
        }
        if let Some(name) = tag.after("AGENT_") {
            let letters = seen.agent_subject;
            let tag = (tag, letters);
            return Some(self.said(self.agent_article.as_ref(), name, tag, &self.current));
        }
        if let Some(name) = tag.after("CUSTOMER_") {
            return Some(if name == "REALNAME" {
                self.customer_name().into()
            } else {
                let tag = (tag, seen.customer_subject);
                self.said(self.customer_article.as_ref(), name, tag, &self.customer)
            });
        }
        if let Some(name) = tag.after("TICKET_") {
            return Some(self.of_ticket(name, reader).into());
        }
        match tag.name.to_ascii_uppercase().as_str() {
            "QUEUE" => Some(self.subject.queue.name.as_str().into()),
            "COMMENT" => Some(self.comment(tag)),
            "EMAIL_DATE" => Some(self.date(tag, &seen.zone).into()),
            "FIRST_NAME" => of(&self.current, "UserFirstname"),
            "LAST_NAME" => of(&self.current, "UserLastname"),
            _ => None,
        }
    }

    /// A setting that is no secret and no structure. What is there may hold a tag itself, as `otrs@<OTRS_CONFIG_FQDN>`.
    fn setting(&self, key: &str) -> String {
        if people::is_secret(key) {
            return people::HIDDEN.to_owned();
        }
        let text = setting_text(&self.settings, key);
        with_settings(&self.settings, &text)
    }

    fn of_ticket(&self, name: &str, reader: &Reader<'_>) -> String {
        let name = name.to_lowercase();
        let shown = if let Some(field) = name.strip_prefix("dynamicfield_") {
            match field.strip_suffix("_value") {
                Some(field) => self.fields.get(field).map(|(_, shown)| shown),
                None => self.fields.get(field).map(|(raw, _)| raw),
            }
        } else {
            self.ticket.get(&name)
        };
        let text = shown.map_or_else(String::new, |shown| shown.text(reader));
        if text.is_empty() {
            return NOTHING.to_owned();
        }
        // A title that speaks of the ticket itself says nothing there.
        tags::replace(&text, Form::Text, |tag| {
            tag.after("TICKET_").map(|_| NOTHING.into())
        })
    }

    /// What somebody wrote last, or else what is known of them. `letters` of a subject are shown at most.
    fn said(
        &self,
        article: Option<&Words>,
        name: &str,
        (tag, letters): (Tag<'_>, usize),
        person: &Person,
    ) -> Value {
        let upper = name.to_ascii_uppercase();
        if let Some(article) = article {
            let text = |name: &str| article.get(name).unwrap_or_default();
            match (upper.as_str(), tag.option) {
                ("SUBJECT" | "BODY" | "NOTE" | "EMAIL", Some("")) => return NOTHING.into(),
                ("SUBJECT", Some(_)) => {
                    let subject = subject::cleaned(&self.settings, &self.subject, text("Subject"));
                    return match tag.count() {
                        Some(_) => tags::shortened(&subject, letters).into(),
                        None => subject.into(),
                    };
                }
                ("BODY" | "NOTE" | "EMAIL", None) => return text("Body").into(),
                ("BODY" | "NOTE" | "EMAIL", Some(_)) => {
                    let lines = tag.count().map(|count| tags::lines(text("Body"), count));
                    return lines.map_or("".into(), Value::Quote);
                }
                _ => {}
            }
            if let Some(text) = article.get(name) {
                return text.into();
            }
        }
        person.get(name).unwrap_or(NOTHING).into()
    }

    fn comment(&self, tag: Tag<'_>) -> Value {
        let words = self.customer_article.as_ref();
        let Some(body) = words.and_then(|words| words.get("Body")) else {
            return NOTHING.into();
        };
        match (tag.option, tag.count()) {
            (None, _) => Value::Quote(body.to_owned()),
            (Some(_), Some(count)) if count > 0 => Value::Quote(tags::lines(body, count)),
            _ => "".into(),
        }
    }

    /// The customer's name, or what the last mail said it is.
    fn customer_name(&self) -> String {
        if let Some(name) = self.customer.get("UserFullname") {
            return name.to_owned();
        }
        let words = self.customer_article.as_ref();
        let word = |name: &str| words.and_then(|words| words.get(name));
        let from = word("ReplyTo")
            .filter(|text| !text.is_empty())
            .or_else(|| word("From"));
        from.map_or_else(|| NOTHING.to_owned(), real_name)
    }

    /// Takes an article for what the customer said last.
    pub fn customer_said(&mut self, article: &Article) {
        self.customer_article = words(article);
    }

    /// The address of who wrote the customer's last article.
    pub fn customer_sender(&self) -> Option<String> {
        let from = self.customer_article.as_ref()?.get("From")?;
        let mut addresses = mail_address::recipients(from).into_iter();
        addresses.find(|address| mail_address::is_one(address))
    }

    /// Now, in the zone that the tag names; one that does not exist has the time of the last one that did.
    fn date(&self, tag: Tag<'_>, last: &Cell<Option<Tz>>) -> String {
        let own = super::event::zone(&self.settings, None);
        let Some(named) = tag.option.filter(|zone| !zone.is_empty()) else {
            return language::long_moment(own, own, self.now);
        };
        match named.parse() {
            Ok(zone) => {
                last.set(Some(zone));
                language::long_moment(zone, zone, self.now)
            }
            Err(_) => language::long_moment(last.get().unwrap_or(own), own, self.now),
        }
    }
}

/// What the tags of one text say to each other.
struct Seen {
    /// Letters of subjects; the first tag that says how many counts for all.
    agent_subject: usize,
    customer_subject: usize,
    /// The last zone that a date named.
    zone: Cell<Option<Tz>>,
}

impl Seen {
    fn of(text: &str, form: Form) -> Self {
        let known = tags::tags(text, form);
        let letters = |name: &str| {
            let mut tags = known.iter();
            tags.find_map(|tag| {
                let count = tag.count()?;
                tag.name.eq_ignore_ascii_case(name).then_some(count)
            })
        };
        Self {
            agent_subject: letters("AGENT_SUBJECT").unwrap_or_default(),
            customer_subject: letters("CUSTOMER_SUBJECT").unwrap_or_default(),
            zone: Cell::new(None),
        }
    }
}

/// The words of a sender before the address, without quotes, commas and what is in brackets; the address where there are
/// none.
fn real_name(from: &str) -> String {
    let name = from.split('<').next().unwrap_or_default();
    let mut words = String::with_capacity(name.len());
    let mut depth = 0_usize;
    for character in name.chars() {
        match character {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            '"' => {}
            _ if depth > 0 => {}
            ',' => words.push(' '),
            other => words.push(other),
        }
    }
    let words: Vec<&str> = words.split_whitespace().collect();
    if words.is_empty() {
        from.trim().trim_matches(['<', '>']).to_owned()
    } else {
        words.join(" ")
    }
}

/// A text from the settings; empty for a structure, and for what nobody set.
fn setting_text(settings: &Settings, key: &str) -> String {
    settings
        .known(key)
        .and_then(|value| value.as_string())
        .unwrap_or_default()
}

/// A text with the settings that it names, such as `otrs@<OTRS_CONFIG_FQDN>`.
pub fn with_settings(settings: &Settings, text: &str) -> String {
    tags::replace(text, Form::Text, |tag| {
        let key = tag.name.strip_prefix("CONFIG_")?;
        (!people::is_secret(key)).then(|| setting_text(settings, key).into())
    })
}

/// `None` for what is no mail, such as a chat.
fn words(article: &Article) -> Option<Words> {
    let Content::Mime(mime) = &article.content else {
        return None;
    };
    let Mime {
        from,
        reply_to,
        to,
        cc,
        bcc,
        subject,
        message_id,
        in_reply_to,
        references,
        content_type,
        body,
        incoming_time,
    } = &**mime;
    let body = body.as_deref().unwrap_or_default();
    let body = if article.sender_type == SenderType::Customer.name() {
        tags::wrapped(body, tags::QUOTE_WIDTH)
    } else {
        body.to_owned()
    };
    let content_type = content_type.as_deref().unwrap_or_default();
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let visible = u8::from(article.visible_for_customer);
    let words = [
        ("from", text(from)),
        ("replyto", text(reply_to)),
        ("to", text(to)),
        ("cc", text(cc)),
        ("bcc", text(bcc)),
        ("subject", text(subject)),
        ("messageid", text(message_id)),
        ("inreplyto", text(in_reply_to)),
        ("references", text(references)),
        ("contenttype", content_type.to_owned()),
        ("mimetype", content_type::mime_type(content_type).to_owned()),
        ("charset", content_type::charset(content_type)),
        ("body", body),
        ("incomingtime", incoming_time.to_string()),
        ("articleid", article.id.0.to_string()),
        ("ticketid", article.ticket_id.to_string()),
        ("sendertype", article.sender_type.clone()),
        ("sendertypeid", article.sender_type_id.to_string()),
        ("communicationchannelid", article.channel_id.to_string()),
        ("isvisibleforcustomer", visible.to_string()),
        ("createtime", article.created.to_string()),
        ("createby", article.created_by.to_string()),
        ("changetime", article.changed.to_string()),
        ("changeby", article.changed_by.to_string()),
    ];
    let words = words.map(|(name, value)| (name.to_owned(), value));
    Some(Words(words.into()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sender_has_a_name() {
        for (from, name) in [
            (
                "\"Abel, Max\" <max@x.example>, Moritz <mo@x.example>",
                "Abel Max",
            ),
            (
                "a@x.example,b@x.example, c@x.example",
                "a@x.example b@x.example c@x.example",
            ),
            ("Max (the boss) <max@x.example>", "Max"),
            ("<max@x.example>", "max@x.example"),
        ] {
            assert_eq!(real_name(from), name);
        }
    }
}
