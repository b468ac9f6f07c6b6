//! HTTP::SOAP as a client: one endpoint; the invoker's name becomes the element in the envelope's body.

use compat::{
    Value, charset,
    soap::{self, Order, Version, action::NameScheme},
};
use reqwest::Method;

use super::{
    Outgoing, authentication,
    client::{self, Sent},
    refuse,
};
use crate::generic_interface::{
    WebService,
    debugger::{Level, Log},
};

/// What SOAP::Lite calls the first name space that it meets.
const PREFIX: &str = "namesp1";

fn config(service: &WebService, key: &str) -> Option<String> {
    service.requester_text(&["Transport", "Config", key])
}

fn scheme(service: &WebService, side: &str) -> NameScheme {
    NameScheme::from_settings(
        config(service, &format!("{side}NameScheme")).as_deref(),
        side,
        config(service, &format!("{side}NameFreeText")).as_deref(),
    )
}

pub(super) async fn perform(outgoing: Outgoing<'_>, log: &mut Log) -> Result<Value, String> {
    let service = outgoing.service;
    let all = service.requester(&["Transport", "Config"]);
    let Some(all) = all.filter(|all| all.as_map().is_some_and(|all| !all.is_empty())) else {
        return refuse(log, "SOAP Transport: Have no Config");
    };
    let mut wanted = |key: &str| match config(service, key) {
        Some(value) => Ok(value),
        None => refuse(log, format!("SOAP Transport: Have no {key} in config")),
    };
    let endpoint = wanted("Endpoint")?;
    let name_space = wanted("NameSpace")?;
    let time_out = super::time_out(&wanted("Timeout")?);

    let envelope = match envelope(&outgoing, &name_space) {
        Ok(envelope) => envelope,
        Err(error) => return refuse(log, error.to_string()),
    };
    let mut headers = vec![
        (
            "Accept".to_owned(),
            "text/xml, multipart/*, application/soap".to_owned(),
        ),
        (
            "Content-Type".to_owned(),
            "text/xml; charset=utf-8".to_owned(),
        ),
        (
            "SOAPAction".to_owned(),
            format!("\"{}\"", action(service, outgoing.invoker, &name_space)),
        ),
    ];
    let sign_in =
        |key: &str| service.requester_text(&["Transport", "Config", "Authentication", key]);
    if sign_in("AuthType").as_deref() == Some("BasicAuth")
        && let Some(user) = sign_in("BasicAuthUser")
    {
        let password = sign_in("BasicAuthPassword").unwrap_or_default();
        headers.push((
            "Authorization".to_owned(),
            authentication::basic(&user, &password),
        ));
    }
    let sent = Sent {
        method: Method::POST,
        url: endpoint.clone(),
        headers,
        body: envelope.clone().into_bytes(),
    };
    let broken = |cause: String, log: &mut Log| {
        let message = format!("Error in SOAP call: {cause}");
        let details = Value::map([
            ("Config", without_secrets(all)),
            ("Payload", outgoing.data.clone()),
            ("URL", Value::text(endpoint.as_str())),
        ]);
        log.data(Level::Error, message.clone(), &details);
        log.text(Level::Error, message.clone(), message.clone());
        Err(message)
    };
    let answer = match client::send(all, time_out, sent).await {
        Ok(answer) => answer,
        Err(error) => return broken(format!("500 {error}"), log),
    };
    let encoding = answer
        .content_type
        .as_deref()
        .and_then(charset::of_content_type);
    let read = match soap::read(&answer.body, encoding) {
        Ok(read) => read,
        // What is no envelope is explained by the status, unless that says that all is well.
        Err(_) if !(200..300).contains(&answer.status) => {
            return broken(format!("HTTP status {}", answer.status), log);
        }
        Err(error) => return broken(error.to_string().trim().to_owned(), log),
    };
    log.debug("XML data sent to remote system", envelope);
    if log.wants_debug() {
        let text = charset::to_utf8(&answer.body, encoding);
        log.debug(
            "XML data received from remote system",
            String::from_utf8_lossy(&text),
        );
    }
    answered(service, outgoing.invoker, read, log)
}

/// The data in an answer's envelope, which must carry the element that belongs to the invoker.
fn answered(
    service: &WebService,
    invoker: &str,
    read: soap::Envelope,
    log: &mut Log,
) -> Result<Value, String> {
    if read.operation == "Fault" {
        let part = |key: &str| {
            let part = read.data.get(key).and_then(Value::as_string);
            part.unwrap_or_default()
        };
        let message = format!(
            "faultcode: {}, faultstring: {}",
            part("faultcode"),
            part("faultstring")
        );
        return refuse(log, message);
    }
    let suffix = config(service, "ResponseTagSuffix");
    let expected = match suffix {
        Some(suffix) => format!("{invoker}{suffix}"),
        None => scheme(service, "Response").element(invoker),
    };
    if read.operation != expected {
        return refuse(
            log,
            format!("No response data found for specified operation '{invoker}' in soap response"),
        );
    }
    Ok(read.data)
}

fn envelope(outgoing: &Outgoing<'_>, name_space: &str) -> Result<String, soap::Unwritable> {
    let service = outgoing.service;
    let without_prefix = service
        .requester(&["Transport", "Config", "NoNameSpace"])
        .is_some_and(Value::is_true);
    let fixed = config(service, "FixedNameSpacePrefix");
    let prefix = (!without_prefix).then(|| fixed.as_deref().unwrap_or(PREFIX));
    let order = Order::from_setting(service.requester(&["Transport", "Config", "Sort"]));
    let element = scheme(service, "Request").element(outgoing.invoker);
    soap::write_with_prefix(
        Version::V1_1,
        name_space,
        prefix,
        &element,
        &outgoing.map(),
        &order,
    )
}

/// The text of SOAPAction, between its quotes; empty when the web service wants none.
fn action(service: &WebService, invoker: &str, name_space: &str) -> String {
    let text = |key: &str| config(service, key);
    if text("SOAPAction").as_deref() == Some("No") {
        return String::new();
    }
    let separator = text("SOAPActionSeparator");
    let scheme = text("SOAPActionScheme");
    match (scheme.as_deref(), separator) {
        (Some("Operation"), _) => invoker.to_owned(),
        (Some("FreeText"), _) => text("SOAPActionFreeText").unwrap_or_default(),
        (Some("SeparatorOperation"), Some(separator)) => format!("{separator}{invoker}"),
        (_, None) => String::new(),
        (_, Some(separator)) => format!("{name_space}{separator}{invoker}"),
    }
}

/// The settings as the debug log may show them.
fn without_secrets(config: &Value) -> Value {
    match config {
        Value::Map(map) => Value::Map(
            map.iter()
                .map(|(key, value)| {
                    let is_secret = key.contains("Password") && value.is_true();
                    let value = if is_secret {
                        Value::text("xxx")
                    } else {
                        without_secrets(value)
                    };
                    (key.clone(), value)
                })
                .collect(),
        ),
        other => other.clone(),
    }
}
