//! HTTP::REST as a client: each invoker has a controller, the path behind the host, and a command, the HTTP method.

use compat::{Map, Value, json};
use reqwest::{Method, Url};

use super::{
    Outgoing, authentication,
    client::{self, ClientError, Sent},
    encode, refuse,
};
use crate::{
    app::App,
    generic_interface::debugger::{Level, Log},
};

const RECEIVED: &str = "JSON data received from remote system";
const JSON: &str = "application/json; charset=UTF-8";

/// What the web service says of its transport, checked in the reference system's order.
struct Config {
    all: Value,
    host: String,
    command: String,
    controller: String,
    time_out: String,
}

impl Config {
    fn of(outgoing: &Outgoing<'_>, log: &mut Log) -> Result<Self, String> {
        let service = outgoing.service;
        let Some(all) = service
            .requester(&["Transport", "Config"])
            .filter(|config| config.as_map().is_some_and(|config| !config.is_empty()))
        else {
            return refuse(log, "REST Transport: Have no Config");
        };
        let text = |key: &str| service.requester_text(&["Transport", "Config", key]);
        let mut wanted = |key: &str| match text(key) {
            Some(value) => Ok(value),
            None => refuse(log, format!("REST Transport: Have no {key} in config")),
        };
        let host = wanted("Host")?;
        let default_command = wanted("DefaultCommand")?;
        let time_out = wanted("Timeout")?;
        let mapping = ["Transport", "Config", "InvokerControllerMapping"];
        let of_invoker =
            |key: &str| service.requester_text(&[&mapping[..], &[outgoing.invoker, key]].concat());
        let Some(controller) = of_invoker("Controller") else {
            let message = format!(
                "REST Transport: Have no Invoker <-> Controller mapping for Invoker '{}'.",
                outgoing.invoker
            );
            log.failure(&message);
            return Err(message);
        };
        Ok(Self {
            all: all.clone(),
            host,
            command: of_invoker("Command").unwrap_or(default_command),
            controller,
            time_out,
        })
    }

    fn text(&self, key: &str) -> Option<String> {
        self.all
            .get(key)
            .and_then(Value::as_string)
            .filter(|text| !text.is_empty())
    }
}

/// Commands whose data stands in the body; that of others is added to the query.
fn has_body(command: &str) -> bool {
    matches!(command, "POST" | "PUT" | "PATCH")
}

pub(super) async fn perform(
    app: &App,
    outgoing: Outgoing<'_>,
    log: &mut Log,
) -> Result<Value, String> {
    let config = Config::of(&outgoing, log)?;
    let mut data = outgoing.map();
    let (controller, body) = compose(&config, &mut data, log);
    let mut headers = headers(&config);
    match authentication::header(app, &config.all).await {
        Ok(Some(value)) => {
            headers.insert("Authorization".to_owned(), Value::Text(value));
        }
        Ok(None) => {}
        Err(message) => return refuse(log, format!("REST Transport: {message}")),
    }
    log_parameters(&controller, body.as_deref(), &headers, log);

    let what = format!(
        "Error while performing REST '{}' request to Controller '{controller}' on Host '{}'.",
        config.command, config.host
    );
    let url = format!("{}{controller}", config.host);
    if !is_same_host(&config.host, &url) {
        return refuse(log, format!("{what} The data would lead to another host."));
    }
    let Ok(method) = Method::from_bytes(config.command.as_bytes()) else {
        return refuse(log, format!("{what} The command is none of HTTP."));
    };
    let is_head = method == Method::HEAD;
    let sent = Sent {
        method,
        url,
        headers: headers
            .into_iter()
            .filter_map(|(name, value)| Some((name, value.as_string()?)))
            .collect(),
        body: body.unwrap_or_default().into_bytes(),
    };
    let answer = client::send(&config.all, super::time_out(&config.time_out), sent).await;
    read(&what, is_head, answer, log)
}

/// The controller with the values of the data in it, and the body. What was used for the controller is not sent again.
fn compose(config: &Config, data: &mut Map, log: &mut Log) -> (String, Option<String>) {
    let (path, query) = match config.controller.split_once('?') {
        Some((path, query)) => (path, Some(query)),
        None => (config.controller.as_str(), None),
    };
    let mut used = Vec::new();
    let mut controller = encode::fill(path, data, &mut used);
    log.debug(
        "URI after interpolating URI params from outgoing data",
        controller.as_str(),
    );
    if let Some(query) = query {
        controller.push('?');
        controller.push_str(&encode::fill(query, data, &mut used));
        log.debug(
            "URI after interpolating Query params from outgoing data",
            controller.as_str(),
        );
    }
    data.retain(|key, _| !used.contains(key));
    let remaining = "Remaining outgoing data to be sent";
    if !has_body(&config.command) {
        if !data.is_empty() {
            controller.push(if query.is_some() { '&' } else { '?' });
            controller.push_str(&encode::form(data));
            log.debug(
                "URI after adding Query params from outgoing data",
                controller.as_str(),
            );
        }
        log.debug(
            remaining,
            format!(
                "No data is sent in the request body as {} command sets all Data as query params",
                config.command
            ),
        );
        return (controller, None);
    }
    let whole = Value::Map(std::mem::take(data));
    log.data(Level::Debug, remaining, &whole);
    let Value::Map(data) = whole else {
        return (controller, None);
    };
    let body = match config.text("ContentType").as_deref() {
        Some("FORM") => encode::form(&data),
        Some("XML") => encode::simple_xml(&data),
        _ => json::write_map(&data),
    };
    (controller, Some(body))
}

/// Content-Type, and what the web service adds or puts in its place.
fn headers(config: &Config) -> Map {
    let content_type = match config.text("ContentType").as_deref() {
        Some("FORM") if has_body(&config.command) => "application/x-www-form-urlencoded",
        Some("XML") if has_body(&config.command) => "application/xml",
        Some("JSON") if has_body(&config.command) => "application/json",
        _ => JSON,
    };
    let mut headers = Map::from([("Content-Type".to_owned(), Value::text(content_type))]);
    let additional = config.all.get("AdditionalHeaders").and_then(Value::as_map);
    for (name, value) in additional.into_iter().flatten() {
        if let Some(value) = value.as_string() {
            headers.insert(name.clone(), Value::Text(value));
        }
    }
    headers
}

/// The debug log shows what is sent, but not the secret in Authorization.
fn log_parameters(controller: &str, body: Option<&str>, headers: &Map, log: &mut Log) {
    if !log.wants_debug() {
        return;
    }
    let mut headers = headers.clone();
    if let Some(value) = headers.get_mut("Authorization") {
        *value = Value::text("xxx");
    }
    let mut parameters = vec![Value::text(controller)];
    parameters.extend(body.map(Value::text));
    parameters.push(Value::Map(headers));
    log.data(
        Level::Debug,
        "Request params from outgoing data",
        &Value::List(parameters),
    );
}

/// Whether an address leads where the administrator said: a host without a slash at its end must not become another
/// one by what follows it.
fn is_same_host(host: &str, url: &str) -> bool {
    match (Url::parse(host), Url::parse(url)) {
        (Ok(host), Ok(url)) => {
            host.host() == url.host()
                && host.port_or_known_default() == url.port_or_known_default()
                && host.username() == url.username()
        }
        _ => false,
    }
}

/// The data in an answer. What keeps an answer from coming counts as one with the code 500, as in the reference system.
fn read(
    what: &str,
    is_head: bool,
    answer: Result<client::Answer, ClientError>,
    log: &mut Log,
) -> Result<Value, String> {
    let (status, body) = match answer {
        Ok(answer) => (answer.status, answer.body),
        Err(error) => (500, error.to_string().into_bytes()),
    };
    let text = String::from_utf8_lossy(&body);
    log.debug(RECEIVED, text.as_ref());
    if !(200..300).contains(&status) {
        let message = format!("{what} Response code '{status}'.");
        log.text(
            Level::Error,
            message.clone(),
            format!("Response content: '{text}'"),
        );
        log.text(Level::Error, message.clone(), message.clone());
        return Err(message);
    }
    if status == 204 {
        log.debug(RECEIVED, text.as_ref());
        return Ok(Value::Undef);
    }
    if text.is_empty() || is_head {
        // The space in front is the reference system's.
        let message = " No content provided.";
        log.text(Level::Error, message, message.trim_start());
        log.text(Level::Error, message, message);
        return Err(message.to_owned());
    }
    log.debug(RECEIVED, text.as_ref());
    let parsed = std::str::from_utf8(&body)
        .ok()
        .and_then(|text| json::read(text.strip_prefix('\u{feff}').unwrap_or(text)).ok());
    let Some(data) = parsed else {
        let message = format!("{what} Error while parsing JSON data.");
        log.failure(&message);
        return Err(message);
    };
    Ok(data)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn data_does_not_lead_to_another_host() {
        for (host, controller, expected) in [
            ("http://a.example", "/x", true),
            ("http://a.example", ".evil.example/x", false),
            ("http://a.example", "@evil.example/", false),
            ("http://a.example", ":81/", false),
            ("http://a.example/", "@evil.example/", true),
            ("nothing", "/x", false),
        ] {
            let url = format!("{host}{controller}");
            assert_eq!(is_same_host(host, &url), expected, "{url}");
        }
    }
}
