//! From data to HTTP and back, for requests that we send: one module for each transport.

use std::time::Duration;

use compat::{Map, Value};

use crate::{
    app::App,
    generic_interface::{
        WebService,
        debugger::{Level, Log},
    },
};

mod authentication;
pub(super) mod client;
pub(super) mod encode;
mod jwt;
mod private_key;
mod rest;
mod soap;

/// A request is given up after this time at the latest, whatever the web service says.
const LONGEST: Duration = Duration::from_hours(1);

/// How long a server may take that renews tokens.
pub(super) const LONGEST_FOR_TOKENS: Duration = Duration::from_secs(30);

/// The transports that a web service can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Rest,
    Soap,
}

/// What a transport sends, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Outgoing<'a> {
    pub service: &'a WebService,
    pub invoker: &'a str,
    pub data: &'a Value,
}

impl Outgoing<'_> {
    /// The data as a hash; anything else has no keys.
    fn map(&self) -> Map {
        self.data.as_map().cloned().unwrap_or_default()
    }
}

impl Transport {
    /// The transport of a web service.
    ///
    /// Errors: what the reference system says of a transport that it does not have.
    pub fn of(service: &WebService) -> Result<Self, String> {
        let named = service.requester_text(&["Transport", "Type"]);
        match named.as_deref() {
            Some("HTTP::REST") => Ok(Self::Rest),
            Some("HTTP::SOAP") => Ok(Self::Soap),
            named => Err(format!(
                "Backend Kernel::GenericInterface::Transport::{} not found.",
                named.unwrap_or_default()
            )),
        }
    }

    /// Sends the data and gives what came back.
    ///
    /// Errors: what went wrong, already written to the log.
    pub async fn perform(
        self,
        app: &App,
        outgoing: Outgoing<'_>,
        log: &mut Log,
    ) -> Result<Value, String> {
        match self {
            Self::Rest => rest::perform(app, outgoing, log).await,
            Self::Soap => soap::perform(outgoing, log).await,
        }
    }
}

/// One entry for a failure that is its own explanation.
fn refuse<T>(log: &mut Log, message: impl Into<String>) -> Result<T, String> {
    let message = message.into();
    log.text(Level::Error, message.clone(), message.clone());
    Err(message)
}

/// The time-out in the web service, in seconds; one second at least.
fn time_out(text: &str) -> Duration {
    let seconds = text.trim().parse().unwrap_or(1).max(1);
    Duration::from_secs(seconds).min(LONGEST)
}
