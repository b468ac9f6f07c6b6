//! From tickets to the hashes of the answer.

use std::collections::BTreeMap;

use base64::Engine as _;
use chrono::{NaiveDateTime, TimeZone as _};
use compat::{Map, Value};

use super::{Details, Options};
use crate::{
    dynamic_field::Values,
    settings::Settings,
    ticket::{
        Ticket,
        article::{
            Article, ChatMessage, Content, Mime, attachment::Attachment, content_type,
            storage::Size,
        },
        attributes,
        escalation::{self, Countdown, Kind},
        milestones::Milestones,
        time_accounting::TimeUnits,
        working_time,
    },
};

/// Turns what was read into the answer.
pub(super) struct Page<'a> {
    pub settings: &'a Settings,
    /// Seconds since 1970.
    pub now: i64,
    pub options: &'a Options,
    pub details: &'a Details,
}

impl Page<'_> {
    pub fn ticket(&self, ticket: &Ticket) -> Value {
        let mut hash = attributes::at(ticket, self.settings, self.now);
        let spent = self.details.spent.by_ticket.get(&ticket.id);
        put(&mut hash, "TimeUnit", units(spent.copied()));
        self.escalation(&mut hash, ticket);
        if let Some(milestones) = self.details.milestones.get(&ticket.id) {
            self.milestones(&mut hash, ticket, milestones);
        }
        if let Some(fields) = self
            .details
            .fields
            .as_ref()
            .filter(|_| self.options.dynamic_fields)
        {
            put_fields(&mut hash, fields, ticket.id.0);
        }
        let articles = self.details.articles.get(&ticket.id);
        if let Some(articles) = articles.filter(|articles| !articles.is_empty()) {
            let list = articles.iter().map(|article| self.article(article));
            put(&mut hash, "Article", list.collect::<Vec<Value>>());
        }
        Value::Map(hash)
    }

    fn escalation(&self, hash: &mut Map, ticket: &Ticket) {
        let countdowns = escalation::countdowns(ticket, self.settings, self.now);
        let zone = working_time::zone_of(self.settings);
        let date = |at: i64| {
            let at = zone.timestamp_opt(at, 0).earliest();
            Value::from(at.map(|at| at.naive_local().to_string()))
        };
        for countdown in &countdowns {
            put_countdown(hash, countdown, date(countdown.destination));
        }
        if let Some(next) = countdowns
            .iter()
            .min_by_key(|countdown| countdown.destination)
        {
            put(hash, "EscalationTime", next.left);
            put(
                hash,
                "EscalationTimeWorkingTime",
                working(next.working_left),
            );
            put(hash, "EscalationDestinationTime", next.destination);
            put(hash, "EscalationDestinationDate", date(next.destination));
            put(
                hash,
                "EscalationDestinationIn",
                escalation::spell(next.working_left),
            );
        }
    }

    fn milestones(&self, hash: &mut Map, ticket: &Ticket, milestones: &Milestones) {
        let rule = ticket.escalation_rule(self.settings);
        let created = self.epoch(ticket.created);
        let taken =
            |limit, at| escalation::taken(rule, limit, self.settings, created, self.epoch(at));
        if let Some(at) = milestones.first_lock {
            put(hash, "FirstLock", at.to_string());
        }
        if let Some(at) = milestones.first_response {
            put(hash, "FirstResponse", at.to_string());
            let taken = taken(rule.first_response, at);
            if let Some(left) = taken.left {
                put(hash, "FirstResponseInMin", taken.minutes);
                put(hash, "FirstResponseDiffInMin", left);
            }
        }
        if let Some(at) = milestones.closed {
            put(hash, "Closed", at.to_string());
            let taken = taken(rule.solution, at);
            put(hash, "SolutionInMin", taken.minutes);
            if let Some(left) = taken.left {
                put(hash, "SolutionDiffInMin", left);
            }
        }
    }

    /// A time of the database as seconds since 1970; the moment of the request if there is no such time.
    fn epoch(&self, at: NaiveDateTime) -> i64 {
        attributes::epoch(at, self.settings, self.now)
    }

    fn article(&self, article: &Article) -> Value {
        let mut hash = Map::new();
        if let Some(fields) = &self.details.article_fields {
            // The reference finds nothing of an article without content, not even its key.
            let is_missing = article.content == Content::Missing;
            put_fields(&mut hash, fields, if is_missing { 0 } else { article.id.0 });
        }
        match &article.content {
            Content::Missing => {
                put(&mut hash, "TimeUnit", Value::Undef);
                return Value::Map(hash);
            }
            Content::Mime(mime) => put_mime(&mut hash, mime),
            Content::Chat(messages) => {
                let list: Vec<Value> = messages.iter().map(chat_message).collect();
                put(&mut hash, "ChatMessageList", list);
            }
        }
        put_article(&mut hash, article);
        let spent = self.details.spent.by_article.get(&article.id);
        put(&mut hash, "TimeUnit", units(spent.copied()));
        if let Some(attachments) = self.details.attachments.get(&article.id) {
            put_attachments(&mut hash, attachments);
        }
        Value::Map(hash)
    }
}

fn put(hash: &mut Map, key: &str, value: impl Into<Value>) {
    hash.insert(key.to_owned(), value.into());
}

/// A number, whole when it can be.
#[expect(
    clippy::cast_precision_loss,
    reason = "sums of accounted time stay far below 2^52 hundredths"
)]
fn units(units: Option<TimeUnits>) -> Value {
    let hundredths = units.unwrap_or_default().0;
    if hundredths % 100 == 0 {
        Value::Integer(hundredths / 100)
    } else {
        Value::Float(hundredths as f64 / 100.0)
    }
}

/// Perl puts the minus sign before a number with a dot, so what is over shows as a text.
fn working(seconds: i64) -> Value {
    if seconds < 0 {
        Value::text(seconds.to_string())
    } else {
        Value::Integer(seconds)
    }
}

fn put_countdown(hash: &mut Map, countdown: &Countdown, date: Value) {
    let name = match countdown.kind {
        Kind::FirstResponse => "FirstResponseTime",
        Kind::Update => "UpdateTime",
        Kind::Solution => "SolutionTime",
    };
    put(hash, name, countdown.left);
    put(
        hash,
        &format!("{name}DestinationTime"),
        countdown.destination,
    );
    put(hash, &format!("{name}DestinationDate"), date);
    put(
        hash,
        &format!("{name}WorkingTime"),
        working(countdown.working_left),
    );
    if countdown.is_over() {
        put(hash, &format!("{name}Escalation"), 1_i64);
    } else if countdown.notify {
        put(hash, &format!("{name}Notification"), 1_i64);
    }
}

fn put_fields(hash: &mut Map, fields: &Values, object: i64) {
    if fields.is_empty() {
        return;
    }
    let list = fields
        .of(object)
        .map(|(name, value)| Value::map([("Name", Value::text(name)), ("Value", value)]));
    put(hash, "DynamicField", list.collect::<Vec<Value>>());
}

/// What the row of an article says, without its texts.
pub(super) fn row_of(article: &Article) -> Map {
    let mut hash = Map::new();
    put_article(&mut hash, article);
    hash
}

fn put_article(hash: &mut Map, article: &Article) {
    put(hash, "ArticleID", article.id.0);
    put(
        hash,
        "ArticleNumber",
        i64::try_from(article.number).unwrap_or(i64::MAX),
    );
    put(hash, "TicketID", article.ticket_id.0);
    put(hash, "CommunicationChannelID", article.channel_id);
    // A key of a hash in the reference, and keys are texts.
    put(hash, "SenderTypeID", article.sender_type_id.to_string());
    put(hash, "SenderType", article.sender_type.as_str());
    put(
        hash,
        "IsVisibleForCustomer",
        i64::from(article.visible_for_customer),
    );
    put(hash, "CreateTime", article.created.to_string());
    put(hash, "CreateBy", article.created_by.0);
    put(hash, "ChangeTime", article.changed.to_string());
    put(hash, "ChangeBy", article.changed_by.0);
}

fn put_mime(hash: &mut Map, mime: &Mime) {
    for (key, value) in [
        ("From", &mime.from),
        ("ReplyTo", &mime.reply_to),
        ("To", &mime.to),
        ("Cc", &mime.cc),
        ("Bcc", &mime.bcc),
        ("Subject", &mime.subject),
        ("MessageID", &mime.message_id),
        ("InReplyTo", &mime.in_reply_to),
        ("References", &mime.references),
        ("ContentType", &mime.content_type),
        ("Body", &mime.body),
    ] {
        put(hash, key, value.clone());
    }
    put(hash, "IncomingTime", mime.incoming_time);
    let content_type = mime.content_type.as_deref().unwrap_or_default();
    let charset = content_type::charset(content_type);
    put(hash, "ContentCharset", charset.as_str());
    put(hash, "Charset", charset);
    put(hash, "MimeType", content_type::mime_type(content_type));
}

fn chat_message(message: &ChatMessage) -> Value {
    Value::map([
        ("ID", message.id.into()),
        ("ChatterID", message.chatter_id.as_str().into()),
        ("ChatterName", message.chatter_name.as_str().into()),
        ("ChatterType", message.chatter_type.as_str().into()),
        ("MessageText", message.text.clone().into()),
        (
            "SystemGenerated",
            i64::from(message.system_generated).into(),
        ),
        ("CreateTime", Value::text(message.created.to_string())),
    ])
}

/// The attachments, in the order of their numbers as texts (`1`, `10`, `2`).
fn put_attachments(hash: &mut Map, attachments: &[Attachment]) {
    let by_number: BTreeMap<String, Value> = attachments
        .iter()
        .map(|attachment| (attachment.number.to_string(), attachment_value(attachment)))
        .collect();
    let list: Vec<Value> = by_number.into_values().collect();
    put(hash, "Attachment", list);
}

/// The text in the row, or the number 0 for none; of a file, the number of its bytes.
fn size(attachment: &Attachment) -> Value {
    match &attachment.size {
        Size::Written(text) => {
            let written = Value::from(text.clone());
            if written.is_true() {
                written
            } else {
                Value::Integer(0)
            }
        }
        Size::Counted(bytes) => Value::Integer(i64::try_from(*bytes).unwrap_or(i64::MAX)),
    }
}

fn attachment_value(attachment: &Attachment) -> Value {
    let content = base64::engine::general_purpose::STANDARD.encode(&attachment.content);
    let mut value = Map::from(
        [
            ("FileID", Value::text(attachment.number.to_string())),
            ("Filename", attachment.filename.clone().into()),
            ("FilesizeRaw", size(attachment)),
            ("ContentType", attachment.content_type.clone().into()),
            ("ContentID", attachment.content_id.as_str().into()),
            ("ContentAlternative", attachment.alternative.as_str().into()),
            ("Disposition", attachment.disposition.as_str().into()),
            ("Content", Value::text(content)),
        ]
        .map(|(name, value)| (name.to_owned(), value)),
    );
    if let Some(alternative) = &attachment.alternative_of_file {
        value.insert("Alternative".to_owned(), alternative.as_str().into());
    }
    Value::Map(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounted_time_is_a_whole_number_when_it_can_be() {
        assert_eq!(units(None), Value::Integer(0));
        assert_eq!(units(Some(TimeUnits(1200))), Value::Integer(12));
        assert_eq!(units(Some(TimeUnits(1575))), Value::Float(15.75));
    }

    #[test]
    fn time_that_is_over_shows_as_a_text() {
        assert_eq!(working(-32_400), Value::text("-32400"));
        assert_eq!(working(0), Value::Integer(0));
        assert_eq!(working(1800), Value::Integer(1800));
    }
}
