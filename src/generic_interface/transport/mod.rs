//! From HTTP to an operation's name and data, and back: one module for each transport.

use std::borrow::Cow;

use compat::{Map, Value};

use super::{WebService, debugger::Log};

pub mod rest;
pub mod soap;

/// A request as the transports see it.
#[derive(Clone, Copy, Debug)]
pub struct Incoming<'a> {
    pub method: &'a str,
    /// The path and the query as they stand in the request line, such as `/otrs/nph-genericinterface.pl/Webservice/A/B?c=1`.
    pub uri: &'a str,
    pub content_type: Option<&'a str>,
    pub soap_action: Option<&'a str>,
    pub body: &'a Body,
}

/// What came after the header lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Body {
    /// No body, or one of length 0.
    Empty,
    Bytes(Vec<u8>),
    /// More than the web service's `MaxLength`; it was not read.
    TooLarge,
}

/// An operation and what it is called with.
#[derive(Clone, Debug, PartialEq)]
pub struct Received {
    pub operation: String,
    pub data: Value,
}

/// Why a transport does not call an operation.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    pub status: u16,
    pub message: String,
    /// Whether the message is dressed as a fault of the transport; otherwise it is sent as it is.
    pub as_fault: bool,
}

impl Refusal {
    fn plain(status: u16, message: impl Into<String>) -> Self {
        Self {
            status,
            message: message.into(),
            as_fault: false,
        }
    }

    fn fault(message: impl Into<String>) -> Self {
        Self {
            status: 500,
            message: message.into(),
            as_fault: true,
        }
    }

    fn too_large() -> Self {
        Self::plain(413, "Payload Too Large")
    }
}

/// What goes back to the caller.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reply {
    pub status: u16,
    pub content_type: Cow<'static, str>,
    pub body: String,
}

impl Reply {
    /// A message for people, as every reply but a successful one is sent.
    pub fn plain(status: u16, body: impl Into<String>) -> Self {
        Self {
            status,
            content_type: Cow::Borrowed("text/plain; charset=UTF-8"),
            body: body.into(),
        }
    }
}

/// Whether a web service says nothing about its transport but the type.
fn has_no_config(service: &WebService) -> bool {
    match service.provider(&["Transport", "Config"]) {
        None | Some(Value::Undef) => true,
        Some(Value::Map(config)) => config.is_empty(),
        Some(_) => false,
    }
}

/// The transports that a web service can name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    Rest,
    Soap,
}

impl Transport {
    /// The transport of a web service; `None` when it names none that we know.
    pub fn of(service: &WebService) -> Option<Self> {
        match service.provider_text(&["Transport", "Type"]).as_deref() {
            Some("HTTP::REST") => Some(Self::Rest),
            Some("HTTP::SOAP") => Some(Self::Soap),
            _ => None,
        }
    }

    /// Finds the operation and reads its data.
    pub fn receive(
        self,
        service: &WebService,
        request: &Incoming<'_>,
        log: &mut Log,
    ) -> Result<Received, Refusal> {
        match self {
            Self::Rest => rest::receive(service, request, log),
            Self::Soap => soap::receive(service, request, log),
        }
    }

    /// The reply that carries an operation's data.
    pub fn success(
        self,
        service: &WebService,
        request: &Incoming<'_>,
        operation: &str,
        data: &Map,
    ) -> Reply {
        match self {
            Self::Rest => rest::success(data),
            Self::Soap => soap::success(service, request, operation, data),
        }
    }

    /// The reply to a request that could not be served.
    pub fn failure(self, service: &WebService, request: &Incoming<'_>, message: &str) -> Reply {
        match self {
            Self::Rest => rest::failure(message),
            Self::Soap => soap::failure(service, request, message),
        }
    }
}
