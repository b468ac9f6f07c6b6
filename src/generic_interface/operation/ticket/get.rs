//! `Ticket::TicketGet`: tickets with their dynamic fields, articles and attachments.

use std::collections::{BTreeMap, HashMap};

use base64::Engine as _;
use chrono::{NaiveDateTime, TimeZone as _};
use compat::{Map, Value};
use schema::{DbError, Tx};

use super::{AskedError, asked};
use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    dynamic_field::{self, ObjectType, Values},
    generic_interface::operation::{Answer, Request, authentication},
    settings::Settings,
    ticket::{
        self, Ticket, TicketId,
        article::{
            self, Article, ArticleId, ChatMessage, Content, Mime,
            attachment::{Attachment, Wanted},
            content_type,
        },
        escalation::{self, Countdown, Kind},
        milestones::{self, Milestones},
        time_accounting::{self, Spent, TimeUnits},
        working_time,
    },
};

fn error(code: &str, message: &str) -> Answer {
    Answer::error(format!("TicketGet.{code}"), format!("TicketGet: {message}"))
}

/// What a request wants to see beside the tickets themselves.
struct Options {
    dynamic_fields: bool,
    extended: bool,
    articles: Option<ArticleOptions>,
}

struct ArticleOptions {
    /// One list of articles for each of these, one after the other; `None` takes those of every sender type.
    sender_types: Vec<Option<String>>,
    newest_first: bool,
    limit: Option<usize>,
    attachments: Option<Wanted>,
}

impl Options {
    fn from_request(data: &Value) -> Self {
        let is_on = |name: &str| data.get(name).is_some_and(Value::is_true);
        Self {
            dynamic_fields: is_on("DynamicFields"),
            extended: is_on("Extended"),
            articles: is_on("AllArticles").then(|| ArticleOptions::from_request(data)),
        }
    }
}

impl ArticleOptions {
    fn from_request(data: &Value) -> Self {
        let is_on = |name: &str| data.get(name).is_some_and(Value::is_true);
        let limit = data.get("ArticleLimit").filter(|value| value.is_true());
        let limit = limit.map(limit_of);
        let contents = match data.get("GetAttachmentContents") {
            None | Some(Value::Undef) => true,
            Some(value) => value.is_true(),
        };
        let order = data.get("ArticleOrder").and_then(Value::as_string);
        Self {
            sender_types: sender_types(data.get("ArticleSenderType")),
            // The reference turns the list around only while it counts.
            newest_first: limit.is_some() && order.as_deref() == Some("DESC"),
            limit,
            attachments: is_on("Attachments").then(|| Wanted {
                content: contents,
                html_body: is_on("HTMLBodyAsAttachment"),
            }),
        }
    }
}

/// How many articles a limit lets through: Perl's slice from 0 to the limit minus one, so `0.5` is 1 and `abc` is 0.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    reason = "a cast from float saturates, and limits beyond 2^52 let everything through"
)]
fn limit_of(value: &Value) -> usize {
    let number = match value {
        Value::List(_) | Value::Map(_) => return usize::MAX,
        scalar => compat::perl_number::parse(&scalar.as_string().unwrap_or_default()),
    };
    let number = match number {
        Value::Integer(number) => number as f64,
        Value::Float(number) => number,
        _ => 0.0,
    };
    let last = (number - 1.0).trunc();
    if last < 0.0 {
        0
    } else {
        (last as usize).saturating_add(1)
    }
}

/// A name or a list of names; what is false or a hash stands for articles of every sender type.
fn sender_types(parameter: Option<&Value>) -> Vec<Option<String>> {
    let name = |value: &Value| value.is_true().then(|| super::printed(value));
    match parameter {
        Some(Value::List(names)) if !names.is_empty() => names.iter().map(name).collect(),
        Some(Value::List(_) | Value::Map(_)) | None => vec![None],
        Some(scalar) => vec![name(scalar)],
    }
}

/// Answers `Ticket`, a list of hashes in the order of the request.
///
/// Takes `TicketID`, `DynamicFields`, `Extended`, `AllArticles`, `ArticleSenderType`, `ArticleOrder`, `ArticleLimit`,
/// `Attachments`, `GetAttachmentContents` and `HTMLBodyAsAttachment`.
/// Refusals: `AuthFail`, `MissingParameter`, `WrongStructure`, `AccessDenied`, `NotTicketData`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Ok(error("AuthFail", "Authorization failing!"));
    };
    let asked = match asked(&request.data, app.db.dialect()) {
        Ok(asked) => asked,
        Err(AskedError::Missing) => {
            return Ok(error("MissingParameter", "TicketID parameter is missing!"));
        }
        Err(AskedError::WrongStructure) => {
            return Ok(error(
                "WrongStructure",
                "Structure for TicketID is not correct!",
            ));
        }
    };
    if asked.is_empty() {
        return Ok(error(
            "NotTicketData",
            "Could not get Ticket data in Kernel::GenericInterface::Operation::Ticket::TicketGet::Run()",
        ));
    }

    let mut tx = app.db.read().await?;
    let settings = app.settings.current();
    let ids: Vec<TicketId> = asked.iter().filter_map(|asked| asked.id).collect();
    let tickets = ticket::list(&mut tx, &ids).await?;
    let references: Vec<_> = tickets.iter().collect();
    let allowed =
        access::tickets(&mut tx, &settings, &principal, &references, Permission::Ro).await?;
    let position = |id: TicketId| tickets.iter().position(|ticket| ticket.id == id);
    let mut shown = Vec::with_capacity(asked.len());
    for asked in &asked {
        match asked
            .id
            .and_then(position)
            .filter(|position| allowed[*position])
        {
            Some(position) => shown.push(&tickets[position]),
            None => {
                return Ok(error(
                    "AccessDenied",
                    "User does not have access to the ticket!",
                ));
            }
        }
    }

    let options = Options::from_request(&request.data);
    let details = Details::read(&mut tx, &principal, &ids, &options).await?;
    let page = Page {
        settings: &settings,
        now: app.clock.timestamp(),
        options: &options,
        details: &details,
    };
    let list = shown
        .into_iter()
        .map(|ticket| page.ticket(ticket))
        .collect();
    Ok(Answer::Data(Map::from([(
        "Ticket".to_owned(),
        Value::List(list),
    )])))
}

/// What belongs to the tickets of one request, read with a number of statements that does not depend on them.
struct Details {
    spent: Spent,
    milestones: HashMap<TicketId, Milestones>,
    fields: Option<Values>,
    articles: HashMap<TicketId, Vec<Article>>,
    article_fields: Option<Values>,
    attachments: HashMap<ArticleId, Vec<Attachment>>,
}

impl Details {
    async fn read(
        tx: &mut Tx,
        principal: &Principal,
        ids: &[TicketId],
        options: &Options,
    ) -> Result<Self, DbError> {
        let mut details = Self {
            spent: time_accounting::spent(tx, ids).await?,
            milestones: HashMap::new(),
            fields: None,
            articles: HashMap::new(),
            article_fields: None,
            attachments: HashMap::new(),
        };
        if options.dynamic_fields {
            let objects: Vec<i64> = ids.iter().map(|id| id.0).collect();
            details.fields = Some(dynamic_field::values(tx, ObjectType::Ticket, &objects).await?);
        }
        if options.extended {
            details.milestones = milestones::list(tx, ids).await?;
        }
        if let Some(wanted) = &options.articles {
            details.articles = article::list(tx, ids).await?;
            for articles in details.articles.values_mut() {
                choose(articles, principal, wanted);
            }
            let articles = details.articles.values().flatten();
            let shown: Vec<ArticleId> = articles.map(|article| article.id).collect();
            if options.dynamic_fields && !shown.is_empty() {
                let objects: Vec<i64> = shown.iter().map(|id| id.0).collect();
                let values = dynamic_field::values(tx, ObjectType::Article, &objects).await?;
                details.article_fields = Some(values);
            }
            if let Some(wanted) = wanted.attachments.filter(|_| !shown.is_empty()) {
                details.attachments = article::attachment::list(tx, &shown, wanted).await?;
            }
        }
        Ok(details)
    }
}

/// Leaves the articles that the person may see and the request asks for, in its order.
fn choose(articles: &mut Vec<Article>, principal: &Principal, wanted: &ArticleOptions) {
    let all = matches!(principal, Principal::Agent(_));
    articles.retain(|article| all || article.visible_for_customer);
    if let [sender_type] = wanted.sender_types.as_slice() {
        articles.retain(|article| is_sent_by(article, sender_type.as_deref()));
    } else {
        let lists = wanted.sender_types.iter().map(|sender_type| {
            let of_type = |article: &&Article| is_sent_by(article, sender_type.as_deref());
            articles.iter().filter(of_type).cloned().collect()
        });
        *articles = lists.collect::<Vec<Vec<Article>>>().concat();
    }
    if wanted.newest_first {
        articles.reverse();
    }
    if let Some(limit) = wanted.limit {
        articles.truncate(limit);
    }
}

fn is_sent_by(article: &Article, sender_type: Option<&str>) -> bool {
    sender_type.is_none_or(|name| article.sender_type == name)
}

/// Turns what was read into the answer.
struct Page<'a> {
    settings: &'a Settings,
    /// Seconds since 1970.
    now: i64,
    options: &'a Options,
    details: &'a Details,
}

impl Page<'_> {
    fn ticket(&self, ticket: &Ticket) -> Value {
        let mut hash = basics(ticket);
        put(&mut hash, "Age", self.now - self.epoch(ticket.created));
        let until = i64::from(ticket.pending_until);
        let left = if until == 0 { 0 } else { until - self.now };
        put(&mut hash, "UntilTime", left);
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
        let zone = working_time::zone_of(self.settings);
        let at = zone.from_local_datetime(&at).earliest();
        at.map_or(self.now, |at| at.timestamp())
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

/// Everything that stands in the row and the tables that it points to.
fn basics(ticket: &Ticket) -> Map {
    let mut hash = Map::new();
    for (key, named) in [
        ("Queue", &ticket.queue),
        ("Lock", &ticket.lock),
        ("Type", &ticket.kind),
        ("Owner", &ticket.owner),
        ("Responsible", &ticket.responsible),
        ("Priority", &ticket.priority),
        ("State", &ticket.state),
    ] {
        put(&mut hash, key, named.name.as_str());
        put(&mut hash, &format!("{key}ID"), named.id);
    }
    for (key, named) in [("Service", &ticket.service), ("SLA", &ticket.sla)] {
        let id = format!("{key}ID");
        match named {
            Some(named) => {
                put(&mut hash, key, named.name.as_str());
                put(&mut hash, &id, named.id);
            }
            None => put(&mut hash, &id, ""),
        }
    }
    put(&mut hash, "TicketID", ticket.id.0);
    put(&mut hash, "TicketNumber", ticket.number.as_str());
    put(&mut hash, "Title", ticket.title.clone());
    put(&mut hash, "GroupID", ticket.group_id);
    put(&mut hash, "StateType", ticket.state_type.as_str());
    put(&mut hash, "CustomerID", ticket.customer_id.clone());
    put(&mut hash, "CustomerUserID", ticket.customer_user_id.clone());
    put(&mut hash, "UnlockTimeout", ticket.unlock_timeout);
    put(&mut hash, "RealTillTimeNotUsed", ticket.pending_until);
    put(&mut hash, "EscalationTime", ticket.escalation.next);
    put(&mut hash, "EscalationUpdateTime", ticket.escalation.update);
    put(
        &mut hash,
        "EscalationResponseTime",
        ticket.escalation.first_response,
    );
    put(
        &mut hash,
        "EscalationSolutionTime",
        ticket.escalation.solution,
    );
    put(
        &mut hash,
        "ArchiveFlag",
        if ticket.archived { "y" } else { "n" },
    );
    put(&mut hash, "Created", ticket.created.to_string());
    put(&mut hash, "CreateBy", ticket.created_by.0);
    put(&mut hash, "Changed", ticket.changed.to_string());
    put(&mut hash, "ChangeBy", ticket.changed_by.0);
    hash
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

/// The text in the row, or the number 0 for none.
fn size(attachment: &Attachment) -> Value {
    let written = Value::from(attachment.size.clone());
    if written.is_true() {
        written
    } else {
        Value::Integer(0)
    }
}

fn attachment_value(attachment: &Attachment) -> Value {
    let content = base64::engine::general_purpose::STANDARD.encode(&attachment.content);
    Value::map([
        ("FileID", Value::text(attachment.number.to_string())),
        ("Filename", attachment.filename.clone().into()),
        ("FilesizeRaw", size(attachment)),
        ("ContentType", attachment.content_type.clone().into()),
        ("ContentID", attachment.content_id.as_str().into()),
        ("ContentAlternative", attachment.alternative.as_str().into()),
        ("Disposition", attachment.disposition.as_str().into()),
        ("Content", Value::text(content)),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_read_as_perl_reads_the_end_of_a_slice() {
        for (limit, articles) in [
            ("2", 2),
            ("1.7", 1),
            ("0.5", 1),
            ("2x", 2),
            (" 2 ", 2),
            ("1e1", 10),
            ("-1", 0),
            ("-0.5", 0),
            ("00", 0),
            ("many", 0),
        ] {
            assert_eq!(limit_of(&Value::text(limit)), articles, "{limit}");
        }
        assert_eq!(limit_of(&Value::List(vec![])), usize::MAX);
    }

    #[test]
    fn sender_types_that_are_false_stand_for_all() {
        let agent = Some("agent".to_owned());

        assert_eq!(sender_types(None), [None]);
        assert_eq!(sender_types(Some(&Value::text("0"))), [None]);
        assert_eq!(sender_types(Some(&Value::text("agent"))), [agent.clone()]);
        let list = Value::List(vec![Value::text("agent"), Value::Undef]);
        assert_eq!(sender_types(Some(&list)), [agent, None]);
        assert_eq!(sender_types(Some(&Value::List(vec![]))), [None]);
    }

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
