//! Notifications of events (`notification_event`): what happened, to which tickets, and who is told.
//!
//! A consumer of the outbox. Its mails, articles and history are written in the transaction that ends the row of the
//! outbox, so that each operation has its notifications exactly once; what they write themselves causes no further
//! notifications, as that would never end. Sent while `Ticket::EventModulePost` names the module `NotificationEvent`
//! for the event.
//!
//! Source: rows of the reference system for its own 16 notifications and some of ours. It tells of its own articles too,
//! and hangs when a notification of `ArticleCreate` has an address as its recipient.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use chrono_tz::Tz;
use compat::Map;
use futures_util::future::BoxFuture;
use schema::{DbError, Tx};

use super::placeholder::{self, Facts};
use crate::{
    app::App,
    dynamic_field::{self, ObjectType},
    outbox::{Consumer, Delivery, Failure, Interest},
    settings::Settings,
    ticket::{
        self, Ticket, TicketId,
        article::{self, Article},
        attributes, handler,
        work::{Event, Work},
    },
};

mod filter;
mod recipients;
mod send;
mod store;

/// The only way in which notifications are sent here.
const EMAIL: &str = "Email";
/// The name of the consumer.
const NAME: &str = "notifications";

/// A notification with everything that administrators said about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    id: i32,
    name: String,
    /// `notification_event_item`, by key.
    items: HashMap<String, Vec<String>>,
    /// By language.
    messages: Vec<Message>,
}

/// The text in one language.
#[derive(Clone, Debug, Eq, PartialEq)]
struct Message {
    language: String,
    subject: String,
    text: String,
    content_type: String,
}

impl Definition {
    fn list(&self, key: &str) -> &[String] {
        self.items.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    fn is_on(&self, key: &str) -> bool {
        let value = self.list(key).first();
        value.is_some_and(|value| !matches!(value.as_str(), "" | "0"))
    }

    fn wants(&self, event: &str) -> bool {
        self.list("Events").iter().any(|known| known == event)
    }
}

/// The zone of somebody who chose this one, else the zone of people who chose none.
pub(super) fn zone(settings: &Settings, chosen: Option<&str>) -> Tz {
    let chosen = chosen.and_then(|zone| zone.parse().ok());
    chosen.unwrap_or_else(|| {
        let default = settings.text("UserDefaultTimeZone");
        default.parse().unwrap_or(Tz::UTC)
    })
}

/// Tells people what happened.
#[derive(Clone, Copy, Debug)]
pub struct Notifications;

impl Consumer for Notifications {
    fn name(&self) -> &'static str {
        NAME
    }

    fn interest<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>> {
        Box::pin(async move {
            let handlers = handler::Table::of(&app.settings.current());
            let read = async || store::events(tx).await;
            let handled = |event: &str| handlers.sends_notifications(event);
            Interest::of_rows(&app.recent.notified_events, read, handled).await
        })
    }

    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(consume(delivery))
    }
}

async fn consume(delivery: &mut Delivery<'_>) -> Result<(), Failure> {
    let app = delivery.app;
    let events = delivery.operation.events();
    let stamp = app.stamp(delivery.operation.stamp().by);
    let mut work = Work::within(app, delivery.take_tx().await?, stamp);
    let definitions = store::list(&mut work.tx).await?;
    let mut mentions: BTreeSet<i64> = BTreeSet::new();
    for event in &events {
        // Each mention is an event of its own, while one look at the article finds them all.
        let mentioned = event.article.filter(|_| event.name == "UserMention");
        if mentioned.is_some_and(|article| !mentions.insert(article.0)) {
            continue;
        }
        for definition in definitions.iter().filter(|it| it.wants(&event.name)) {
            tell(&mut work, definition, event).await?;
        }
    }
    let (tx, written) = work.finish(&[NAME]).await?;
    delivery.give_back(tx, written);
    Ok(())
}

/// Sends one notification of one event.
async fn tell(work: &mut Work<'_>, definition: &Definition, event: &Event) -> Result<(), Failure> {
    let app = work.app;
    let found = ticket::list(&mut work.tx, &app.recent, &[event.ticket]).await?;
    let Some(mut ticket) = found.into_iter().next() else {
        return Ok(());
    };
    if !filter::ticket(definition, &attributes(work, &ticket).await?) {
        return Ok(());
    }
    let article = article_of(work, event).await?;
    if article
        .as_ref()
        .is_some_and(|article| !filter::article(definition, article))
    {
        return Ok(());
    }
    if let Some(article) = article
        .as_ref()
        .filter(|_| !definition.list(filter::FILES).is_empty())
    {
        let files = send::attachments(work, article.id).await?;
        let names: Vec<String> = files.into_iter().map(|file| file.filename).collect();
        if !filter::files(definition, &names) {
            return Ok(());
        }
    }
    if !definition
        .list("Transports")
        .iter()
        .any(|name| name == EMAIL)
    {
        tracing::warn!(
            "notification {} is not sent: of its transports {:?} none is known here",
            definition.name,
            definition.list("Transports")
        );
        return Ok(());
    }
    let settings = Arc::clone(&work.settings);
    let acting = work.stamp.by;
    let mut facts = None;
    // Of several, the first one counts.
    let emails = definition.list("RecipientEmail").first();
    let mut emails = emails.cloned().unwrap_or_default();
    if placeholder::has_tags(&emails) {
        let known = Facts::load(&mut work.tx, app, &ticket, acting).await?;
        emails = facts.insert(known).fill_addresses(&emails);
    }
    let occasion = recipients::Occasion {
        definition,
        ticket: &ticket,
        event,
        emails: &emails,
        acting,
    };
    let recipients = recipients::of(&mut work.tx, app, &settings, occasion).await?;
    if recipients.is_empty() {
        return Ok(());
    }
    let facts = match facts {
        Some(facts) => facts,
        None => Facts::load(&mut work.tx, app, &ticket, acting).await?,
    };
    let attachments = match &article {
        Some(article) if definition.is_on("ArticleAttachmentInclude") => {
            send::attachments(work, article.id).await?
        }
        _ => Vec::new(),
    };
    let sending = send::Sending {
        definition,
        facts: &facts,
        attachments,
    };
    for recipient in &recipients {
        send::to(work, &mut ticket, &sending, recipient)
            .await
            .map_err(|error| Failure::ForNow(error.to_string()))?;
    }
    Ok(())
}

/// The article that filters and files are about. `NotificationAddNote` and the like are about their ticket alone.
async fn article_of(work: &mut Work<'_>, event: &Event) -> Result<Option<Article>, DbError> {
    let about = event
        .article
        .filter(|_| !event.name.starts_with("Notification"));
    let Some(id) = about else {
        return Ok(None);
    };
    let recent = &work.app.recent;
    article::find(&mut work.tx, recent, event.ticket, id).await
}

/// The ticket as filters see it.
async fn attributes(work: &mut Work<'_>, ticket: &Ticket) -> Result<Map, DbError> {
    let TicketId(id) = ticket.id;
    let values = dynamic_field::values(&mut work.tx, ObjectType::Ticket, &[id]).await?;
    let mut attributes = attributes::at(ticket, &work.settings, work.app.clock.timestamp());
    let definitions = dynamic_field::definitions_of_tickets(&mut work.tx).await?;
    for (name, value) in values.of(id) {
        // A moment is never what a notification asks for, however it is written.
        let kind = definitions.get(name).map(|field| field.type_name.as_str());
        if value != compat::Value::Undef && !matches!(kind, Some("Date" | "DateTime")) {
            attributes.insert(format!("DynamicField_{name}"), value);
        }
    }
    Ok(attributes)
}
