//! HTTP::SOAP: the operation is the element in the envelope's body, its data what stands inside.

use std::borrow::Cow;

use compat::{
    Map, Value, charset,
    soap::{
        self, Order, Version,
        action::{Action, Expected, NameScheme},
    },
};

use super::{Body, Incoming, Received, Refusal, Reply};
use crate::generic_interface::{WebService, debugger::Log};

/// Checks SOAPAction, reads the envelope and finds the operation.
pub fn receive(
    service: &WebService,
    request: &Incoming<'_>,
    log: &mut Log,
) -> Result<Received, Refusal> {
    if super::has_no_config(service) {
        return Err(Refusal::plain(500, "HTTP::SOAP Have no Config"));
    }
    let name_space = config(service, "NameSpace")
        .ok_or_else(|| Refusal::plain(500, "HTTP::SOAP Have no NameSpace in config"))?;
    let action = request.soap_action.and_then(Action::parse);
    if let Some(action) = &action {
        action
            .check_name_space(&name_space)
            .map_err(|error| Refusal::fault(error.to_string()))?;
    }
    let body = match request.body {
        Body::Empty => return Err(Refusal::plain(411, "Length Required")),
        Body::TooLarge => return Err(Refusal::too_large()),
        Body::Bytes(body) => body,
    };
    let encoding = request.content_type.and_then(charset::of_content_type);
    if log.wants_debug() {
        let text = String::from_utf8_lossy(&charset::to_utf8(body, encoding)).into_owned();
        log.debug("Received data by provider from remote system", text);
    }
    let envelope =
        soap::read(body, encoding).map_err(|error| Refusal::plain(500, error.to_string()))?;
    let operation = request_scheme(service).operation(&envelope.operation);
    if let Some(action) = &action {
        action
            .check(
                &envelope.operation,
                operation,
                &name_space,
                &expected_action(service),
            )
            .map_err(|error| Refusal::fault(error.to_string()))?;
    }
    if operation.is_empty() {
        return Err(Refusal::fault(
            "TransportObject backend did not return an operation",
        ));
    }
    Ok(Received {
        operation: operation.to_owned(),
        data: envelope.data,
    })
}

fn config(service: &WebService, key: &str) -> Option<String> {
    service.provider_text(&["Transport", "Config", key])
}

fn request_scheme(service: &WebService) -> NameScheme {
    NameScheme::from_settings(
        config(service, "RequestNameScheme").as_deref(),
        "Request",
        config(service, "RequestNameFreeText").as_deref(),
    )
}

fn response_scheme(service: &WebService) -> NameScheme {
    NameScheme::from_settings(
        config(service, "ResponseNameScheme").as_deref(),
        "Response",
        config(service, "ResponseNameFreeText").as_deref(),
    )
}

fn expected_action(service: &WebService) -> Expected {
    if config(service, "SOAPAction").as_deref() != Some("Yes") {
        return Expected::Anything;
    }
    let separator = config(service, "SOAPActionSeparator");
    match config(service, "SOAPActionScheme").as_deref() {
        Some("SeparatorOperation") => Expected::SeparatorOperation(separator),
        Some("Operation") => Expected::Operation,
        Some("FreeText") => {
            Expected::FreeText(config(service, "SOAPActionFreeText").unwrap_or_default())
        }
        _ => Expected::NameSpaceSeparatorOperation(separator),
    }
}

/// Answers have the media type of the request, if that names a character set, else `text/xml`.
fn content_type(request: &Incoming<'_>) -> Cow<'static, str> {
    let media_type = request.content_type.and_then(|content_type| {
        let at = content_type.to_ascii_lowercase().find("charset=")?;
        let before = content_type.get(..at)?.trim_end().strip_suffix(';')?;
        (!before.is_empty()).then(|| before.to_owned())
    });
    media_type.map_or(Cow::Borrowed("text/xml; charset=UTF-8"), |media_type| {
        Cow::Owned(format!("{media_type}; charset=UTF-8"))
    })
}

/// The protocol version to answer in: the one of the request, as far as it can be read.
fn version(request: &Incoming<'_>) -> Version {
    match request.body {
        Body::Bytes(body) if contains(body, Version::V1_2.envelope().as_bytes()) => Version::V1_2,
        _ => Version::V1_1,
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    // The envelope's name space stands at the beginning; nothing behind the first kilobyte is looked at.
    text.get(..text.len().min(1024))
        .unwrap_or_default()
        .windows(part.len())
        .any(|window| window == part)
}

pub fn success(service: &WebService, request: &Incoming<'_>, operation: &str, data: &Map) -> Reply {
    let element = response_scheme(service).element(operation);
    let order = Order::from_setting(service.provider(&["Transport", "Config", "Sort"]));
    match envelope(service, request, &element, data, &order) {
        Ok(body) => Reply {
            status: 200,
            content_type: content_type(request),
            body,
        },
        Err(error) => Reply::plain(500, error.to_string()),
    }
}

pub fn failure(service: &WebService, request: &Incoming<'_>, message: &str) -> Reply {
    let fault = Map::from([
        ("faultcode".to_owned(), Value::text("Server")),
        ("faultstring".to_owned(), Value::text(message)),
    ]);
    match envelope(service, request, "Fault", &fault, &Order::default()) {
        Ok(body) => Reply::plain(500, body),
        Err(error) => Reply::plain(500, error.to_string()),
    }
}

fn envelope(
    service: &WebService,
    request: &Incoming<'_>,
    element: &str,
    data: &Map,
    order: &Order,
) -> Result<String, soap::Unwritable> {
    let name_space = config(service, "NameSpace").unwrap_or_default();
    soap::write(version(request), &name_space, element, data, order)
}
