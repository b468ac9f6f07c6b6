//! Invokers that events call: for each event of a ticket, the invokers that want it, and whose condition holds.
//!
//! A consumer of the outbox, so it happens after the commit, and when `Ticket::EventModulePost` names the module
//! `Kernel::GenericInterface::Event::Handler` for the event. An asynchronous call becomes a row in `scheduler_task`, in the
//! transaction that ends the row of the outbox: for whoever runs the daemon. A synchronous one is made at once; the answer
//! of the operation does not wait for it, which is another order than the Perl system's, but leaves no ticket locked while
//! somebody else's server thinks. When the process dies while it waits for the answer, the call is made again.

use std::{
    collections::{BTreeSet, HashMap},
    sync::Arc,
};

use compat::{Map, Value};
use futures_util::future::BoxFuture;
use schema::{DbError, Tx};

use super::{Call, condition::Condition};
use crate::{
    app::App,
    daemon::task::{self, InvokerCall},
    dynamic_field::{self, ObjectType},
    generic_interface::WebService,
    outbox::{Consumer, Delivery, Failure, Interest},
    ticket::{self, TicketId, attributes, handler, work::Event},
};

/// An invoker that wants an event.
#[derive(Clone, Debug)]
pub struct Trigger {
    service: Arc<WebService>,
    invoker: String,
    event: String,
    is_asynchronous: bool,
    condition: Option<Condition>,
}

/// The triggers of a web service, in the order of its invokers' names.
pub fn triggers(service: &Arc<WebService>) -> Vec<Trigger> {
    let invokers = service.requester(&["Invoker"]).and_then(Value::as_map);
    let mut triggers = Vec::new();
    for (name, invoker) in invokers.into_iter().flatten() {
        let events = invoker.get("Events").and_then(Value::as_list);
        for entry in events.unwrap_or_default() {
            let Some(event) = entry.get("Event").and_then(Value::as_string) else {
                continue;
            };
            triggers.push(Trigger {
                service: Arc::clone(service),
                invoker: name.clone(),
                event,
                is_asynchronous: entry.get("Asynchronous").is_some_and(Value::is_true),
                condition: Condition::of(entry.get("Condition"), &service.compiled),
            });
        }
    }
    triggers
}

/// Calls the invokers that events want.
#[derive(Clone, Copy, Debug)]
pub struct Invokers;

impl Consumer for Invokers {
    fn name(&self) -> &'static str {
        "invokers"
    }

    fn interest<'a>(
        &'a self,
        app: &'a App,
        tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>> {
        Box::pin(async move {
            let triggers = app.web_services.triggers(tx).await?;
            let handlers = handler::Table::of(&app.settings.current());
            let events: BTreeSet<String> = triggers
                .iter()
                .map(|trigger| trigger.event.clone())
                .filter(|event| handlers.calls_invokers(event))
                .collect();
            if events.is_empty() {
                return Ok(Interest::Nothing);
            }
            Ok(Interest::Events(Arc::new(events)))
        })
    }

    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(consume(delivery))
    }

    /// A server that is slow to answer shall not hold up the calls of others.
    fn at_once(&self) -> usize {
        4
    }
}

async fn consume(delivery: &mut Delivery<'_>) -> Result<(), Failure> {
    let app = delivery.app;
    let events = delivery.operation.events();
    let mut tx = app.db.read().await?;
    let triggers = app.web_services.triggers(&mut tx).await?;
    let tickets = tickets(app, &mut tx, &events).await?;
    drop(tx);
    let nothing = Map::new();
    let mut later = Vec::new();
    for event in &events {
        let now = tickets.get(&event.ticket).unwrap_or(&nothing);
        for trigger in triggers.iter() {
            let condition = trigger.condition.as_ref();
            let is_wanted = trigger.event == event.name
                && condition.is_none_or(|condition| condition.holds(now));
            if !is_wanted {
                continue;
            }
            let data = Value::Map(data(event, now));
            if trigger.is_asynchronous {
                later.push(InvokerCall {
                    web_service: trigger.service.id,
                    invoker: trigger.invoker.clone(),
                    data,
                    past: None,
                });
            } else {
                Box::pin(call(app, trigger, data)).await;
            }
        }
    }
    let now = app.clock.now();
    for call in &later {
        task::add(delivery.tx().await?, call, now).await?;
    }
    Ok(())
}

/// A call that fails has been told to the debug log, and to the error handling of its web service.
async fn call(app: &App, trigger: &Trigger, data: Value) {
    let call = Call {
        service: &trigger.service,
        invoker: &trigger.invoker,
        data,
        past: None,
        may_repeat: true,
    };
    if let Err(failure) = super::run(app, call).await {
        tracing::warn!(
            error = %failure,
            "invoker {} of web service {} failed",
            trigger.invoker,
            trigger.service.name
        );
    }
}

/// What an invoker is given: the event, and for some events the ticket as it was before.
fn data(event: &Event, now: &Map) -> Map {
    let mut data = Map::from([
        ("Event".to_owned(), Value::text(event.name.as_str())),
        ("TicketID".to_owned(), Value::Integer(event.ticket.0)),
    ]);
    if let Some(article) = event.article {
        data.insert("ArticleID".to_owned(), Value::Integer(article.0));
    }
    let old = match event.name.as_str() {
        "ArticleCreate" => Some(now),
        _ => event.before.as_ref(),
    };
    if let Some(old) = old {
        data.insert("OldTicketData".to_owned(), Value::Map(old.clone()));
    }
    data
}

/// The tickets as conditions see them: their own values, and their dynamic fields as `DynamicField_NAME`.
async fn tickets(
    app: &App,
    tx: &mut Tx,
    events: &[Event],
) -> Result<HashMap<TicketId, Map>, DbError> {
    let ids: BTreeSet<TicketId> = events.iter().map(|event| event.ticket).collect();
    let ids: Vec<TicketId> = ids.into_iter().collect();
    let keys: Vec<i64> = ids.iter().map(|id| id.0).collect();
    let settings = app.settings.current();
    let values = dynamic_field::values(tx, ObjectType::Ticket, &keys).await?;
    let mut hashes = HashMap::new();
    for ticket in ticket::list(tx, &app.recent, &ids).await? {
        let mut hash = attributes::at(&ticket, &settings, app.clock.timestamp());
        for (name, value) in values.of(ticket.id.0) {
            hash.insert(format!("DynamicField_{name}"), value);
        }
        hashes.insert(ticket.id, hash);
    }
    Ok(hashes)
}
