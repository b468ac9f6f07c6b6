//! What can be sent: one invoker for each type that web services name.

use compat::{Map, Value};

use super::ticket;
use crate::{app::App, generic_interface::WebService};

/// The types that we have, as `GenericInterface::Invoker::Module###…` names them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Invoker {
    /// Sends what it is given.
    Tunnel,
    /// Sends the ticket of an event.
    Ticket,
    /// For trying out: sends a ticket number, and wants one back.
    Test,
    /// For trying out: sends what it is given, and takes every answer.
    TestSimple,
}

/// Every type that [`Invoker::of`] knows.
pub const TYPES: &[&str] = &[
    "Generic::Tunnel",
    "Test::Test",
    "Test::TestSimple",
    "Ticket::Generic",
];

fn text(data: &Map, key: &str) -> Option<String> {
    data.get(key)
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}

impl Invoker {
    /// The invoker with this name in the web service.
    ///
    /// Errors: what the reference system says of one that is not there.
    pub fn of(service: &WebService, name: &str) -> Result<Self, String> {
        let Some(named) = service.requester_text(&["Invoker", name, "Type"]) else {
            return Err("Got no InvokerType!".to_owned());
        };
        match named.as_str() {
            "Generic::Tunnel" => Ok(Self::Tunnel),
            "Ticket::Generic" => Ok(Self::Ticket),
            "Test::Test" => Ok(Self::Test),
            "Test::TestSimple" => Ok(Self::TestSimple),
            unknown => Err(format!("Can't load invoker backend module '{unknown}'!")),
        }
    }

    /// What is sent, before the outbound mapping.
    ///
    /// Errors: why nothing is sent.
    pub(super) async fn prepare(self, app: &App, data: Value) -> Result<Value, String> {
        match (self, data) {
            (Self::Test, Value::Map(data)) => prepare_test(&data),
            (Self::Test, _) => Err("Got no TicketNumber".to_owned()),
            (Self::Ticket, Value::Map(event)) => ticket::prepare(app, event).await,
            (Self::Ticket, _) => Err("Got no TicketID".to_owned()),
            (_, data @ Value::Map(_)) => Ok(data),
            (_, Value::Undef) => Ok(Value::Map(Map::new())),
            _ => Err("Data is not a hash reference.".to_owned()),
        }
    }

    /// What an answer means, after the inbound mapping.
    ///
    /// Errors: why it is none.
    pub(super) fn take(self, answer: Value) -> Result<Value, String> {
        match self {
            Self::Tunnel | Self::TestSimple | Self::Ticket => Ok(answer),
            Self::Test => match answer {
                Value::Map(answer) if text(&answer, "TicketNumber").is_some() => {
                    Ok(Value::Map(answer))
                }
                _ => Err("Got no TicketNumber!".to_owned()),
            },
        }
    }
}

fn prepare_test(data: &Map) -> Result<Value, String> {
    let Some(number) = text(data, "TicketNumber") else {
        return Err("Got no TicketNumber".to_owned());
    };
    let mut sent = Map::from([("TicketNumber".to_owned(), Value::Text(number))]);
    if let Some(action) = text(data, "Action") {
        sent.insert("Action".to_owned(), Value::Text(format!("{action}Test")));
    }
    Ok(Value::Map(sent))
}
