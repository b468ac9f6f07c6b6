//! `nph-genericinterface.pl/Webservice/NAME/…` and `…/WebserviceID/N/…`: the way of a request through transport,
//! mappings and operation, and back.
//!
//! An address that names no web service, or none that is valid, gets no answer at all: the connection is closed, as
//! by the reference system (see [`hang_up`]).

use std::io;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use compat::{Map, Value};
use futures_util::{StreamExt as _, future, stream};

use super::{
    Named, Registry, WebService, authentication,
    debugger::{Level, Log},
    mapping::{self, Direction, Earlier, Owner},
    operation::{self, Answer, Request},
    transport::{Body, Incoming, Reply, Transport},
};
use crate::{
    app::{App, SharedApp},
    remote_addr::remote_addr,
};

const SCRIPT: &str = "nph-genericinterface.pl";

/// What a body may have when the web service sets no `MaxLength`, in bytes.
const DEFAULT_MAX_LENGTH: usize = 100_000_000;

/// Mounts the provider; `cfg` belongs to the scope of the script alias, and [`SharedApp`] is registered as app data.
pub fn configure(cfg: &mut web::ServiceConfig) {
    cfg.app_data(web::Data::new(Registry::default()))
        .route(&format!("/{SCRIPT}"), web::route().to(handle))
        .route(&format!("/{SCRIPT}/{{tail:.*}}"), web::route().to(handle));
}

/// The web service that an address names: `/Webservice/NAME` or `/WebserviceID/N` directly behind the script.
fn named(uri: &str) -> Option<Named> {
    let (_, behind) = uri.split_once(SCRIPT)?;
    let behind = behind.split('?').next()?;
    let mut parts = behind.split('/').skip(1);
    let kind = parts.next()?;
    let name = compat::rest::percent_decode(parts.next()?)
        .ok()
        .filter(|name| !name.is_empty())?;
    match kind {
        "Webservice" => Some(Named::Name(name)),
        "WebserviceID" => {
            // Digits in front count, as the database of the reference system compares them.
            let digits = name.len()
                - name
                    .trim_start_matches(|digit: char| digit.is_ascii_digit())
                    .len();
            name.get(..digits)?.parse().ok().map(Named::Id)
        }
        _ => None,
    }
}

#[tracing::instrument(name = "generic_interface.provider", skip_all, fields(web_service.name = tracing::field::Empty))]
async fn handle(
    app: SharedApp,
    registry: web::Data<Registry>,
    request: HttpRequest,
    payload: web::Payload,
) -> HttpResponse {
    let uri = request.uri().to_string();
    let Some(named) = named(&uri) else {
        return hang_up();
    };
    let service = match registry.find(&app.db, &named).await {
        Ok(Some(service)) => service,
        Ok(None) => return hang_up(),
        Err(error) => {
            tracing::error!(%error, "web services can not be read from the database");
            return plain(503, "The database is not available.");
        }
    };
    tracing::Span::current().record("web_service.name", service.name.as_str());
    let Some(transport) = Transport::of(&service) else {
        return plain(500, "The web service has no transport that could answer.");
    };

    if !authentication::allows(&service, text_header(&request, "authorization")) {
        return authentication::challenge(&service.name);
    }
    let body = match read_body(payload, &request, max_length(&service)).await {
        Ok(body) => body,
        Err(status) => return plain(status, "The body could not be read."),
    };
    let incoming = Incoming {
        method: request.method().as_str(),
        uri: &uri,
        content_type: text_header(&request, "content-type"),
        soap_action: text_header(&request, "soapaction"),
        body: &body,
    };
    let remote_addr =
        remote_addr(&request, &app.trusted_proxies).map(|address| address.to_string());
    let mut log = Log::new(&service);
    if log.wants_debug() {
        log.data(
            Level::Debug,
            "Communication sequence started",
            &environment(&request, &uri, remote_addr.as_deref()),
        );
    }
    let caller = Caller {
        remote_addr: remote_addr.clone(),
        user_agent: text_header(&request, "user-agent").map(str::to_owned),
    };
    let reply = answer(&app, &service, transport, &incoming, caller, &mut log).await;
    let level = if reply.status == 200 {
        Level::Debug
    } else {
        Level::Error
    };
    if log.wants(level) {
        let subject = format!(
            "Returning provider data to remote system (HTTP Code: {})",
            reply.status
        );
        log.text(level, subject, reply.body.clone());
    }
    if let Err(error) = log
        .write(&app.db, remote_addr.as_deref(), app.clock.now())
        .await
    {
        tracing::error!(%error, "the debug log of web service {} can not be written", service.name);
    }
    respond(&service, transport, reply)
}

struct Caller {
    remote_addr: Option<String>,
    user_agent: Option<String>,
}

/// The way through transport, inbound mapping, operation and outbound mapping.
async fn answer(
    app: &App,
    service: &WebService,
    transport: Transport,
    incoming: &Incoming<'_>,
    caller: Caller,
    log: &mut Log,
) -> Reply {
    let received = match transport.receive(service, incoming, log) {
        Ok(received) => received,
        Err(refusal) => {
            log.failure(&refusal.message);
            if refusal.as_fault {
                return transport.failure(service, incoming, &refusal.message);
            }
            return Reply::plain(refusal.status, refusal.message);
        }
    };
    log.secret(&received.data);
    log.debug(format!("Detected operation '{}'", received.operation), "");
    log.data(Level::Debug, mapping::INCOMING, &received.data);
    // Copies of the data are only kept for an outbound mapping that could ask for them.
    let owner = Owner::Operation(&received.operation);
    let keeps = mapping::is_set(service, owner, Direction::Outbound);
    let mut earlier = Earlier::new();
    let as_received = keeps.then(|| received.data.clone());
    let data = match mapping::map(
        service,
        owner,
        Direction::Inbound,
        received.data,
        &mut earlier,
        log,
    ) {
        Ok(data) => data,
        Err(message) => return transport.failure(service, incoming, &message),
    };
    if let Some(data) = as_received {
        earlier
            .entry("ProviderRequestInput".to_owned())
            .or_insert(data);
    }
    if keeps && mapping::is_set(service, owner, Direction::Inbound) {
        earlier.insert("ProviderRequestMapOutput".to_owned(), data.clone());
    }

    let operation_type = service.provider_text(&["Operation", &received.operation, "Type"]);
    let not_initialized = not_initialized(service, &received.operation, log);
    if let Some(message) = not_initialized {
        let details = Value::map([
            ("ErrorMessage", Value::text(message.as_str())),
            ("Success", Value::Integer(0)),
        ]);
        log.data(Level::Error, "Operation could not be initialized", &details);
        return transport.failure(service, incoming, &message);
    }

    let request = Request {
        web_service: service,
        operation_type: operation_type.as_deref().unwrap_or_default(),
        operation_name: &received.operation,
        data,
        remote_addr: caller.remote_addr,
        user_agent: caller.user_agent,
    };
    let data = match operation::run(app, request).await {
        Answer::Data(data) => data,
        Answer::Error { code, message } => {
            log.text(Level::Error, code.clone(), message.clone());
            let error = Value::map([("ErrorCode", code), ("ErrorMessage", message)]);
            Map::from([("Error".to_owned(), error)])
        }
        Answer::Failure(message) => {
            log.failure(&message);
            return transport.failure(service, incoming, &message);
        }
        Answer::FailureWithData { message, data } => {
            log.data(Level::Error, message.clone(), &data);
            return transport.failure(service, incoming, &message);
        }
    };
    let data = Value::Map(data);
    if log.wants_debug() {
        let shown = operation::shown(operation_type.as_deref().unwrap_or_default(), &data);
        log.data(Level::Debug, mapping::OUTGOING, &shown);
    }
    if keeps {
        earlier.insert("ProviderResponseInput".to_owned(), data.clone());
    }
    match mapping::map(service, owner, Direction::Outbound, data, &mut earlier, log) {
        Ok(Value::Map(data)) => transport.success(service, incoming, &received.operation, &data),
        Ok(_) => transport.success(service, incoming, &received.operation, &Map::new()),
        Err(message) => transport.failure(service, incoming, &message),
    }
}

/// Why an operation can not be called, by its name in the web service.
fn not_initialized(service: &WebService, operation: &str, log: &mut Log) -> Option<String> {
    let setting = service.provider(&["Operation", operation, "Type"]);
    let named = service.provider_text(&["Operation", operation, "Type"]);
    match (setting, named) {
        (Some(Value::List(_) | Value::Map(_)), _) => {
            Some("Got no Operation with content!".to_owned())
        }
        (_, None) => Some("Got no OperationType!".to_owned()),
        (_, Some(operation_type)) if !operation::exists(&operation_type) => {
            let message = operation::not_loadable(&operation_type);
            log.text(Level::Error, message.clone(), "");
            Some(message)
        }
        _ => None,
    }
}

fn max_length(service: &WebService) -> usize {
    service
        .provider_text(&["Transport", "Config", "MaxLength"])
        .and_then(|text| text.parse().ok())
        .unwrap_or(DEFAULT_MAX_LENGTH)
}

/// Reads the body as far as the web service allows; a body that announces itself as too long is not read at all.
async fn read_body(
    mut payload: web::Payload,
    request: &HttpRequest,
    max_length: usize,
) -> Result<Body, u16> {
    let announced =
        text_header(request, "content-length").and_then(|length| length.parse::<usize>().ok());
    if announced.is_some_and(|length| length > max_length) {
        return Ok(Body::TooLarge);
    }
    let mut bytes = Vec::with_capacity(announced.unwrap_or(0).min(1 << 20));
    while let Some(chunk) = payload.next().await {
        let chunk = chunk.map_err(|_| 400_u16)?;
        if bytes.len() + chunk.len() > max_length {
            return Ok(Body::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(if bytes.is_empty() {
        Body::Empty
    } else {
        Body::Bytes(bytes)
    })
}

fn text_header<'a>(request: &'a HttpRequest, name: &str) -> Option<&'a str> {
    request
        .headers()
        .get(name)
        .and_then(|value| value.to_str().ok())
}

/// An address without the values of parameters that are called `Password`, however they are encoded.
fn without_passwords(uri: &str) -> String {
    let mut out = String::with_capacity(uri.len());
    for part in uri.split_inclusive(['?', '&', ';']) {
        let (pair, separator) = match part.char_indices().next_back() {
            Some((at, '?' | '&' | ';')) => part.split_at(at),
            _ => (part, ""),
        };
        let name = pair.split_once('=').map(|(name, _)| name);
        match name.filter(|name| {
            compat::rest::percent_decode(name).is_ok_and(|name| name.ends_with("Password"))
        }) {
            Some(name) => {
                out.push_str(name);
                out.push_str("=xxx");
            }
            None => out.push_str(pair),
        }
        out.push_str(separator);
    }
    out
}

/// The request as a CGI program would see it, for the debug log. Credentials are left out.
fn environment(request: &HttpRequest, uri: &str, remote_addr: Option<&str>) -> Value {
    let uri = &without_passwords(uri);
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let (script, path_info) = match path.find(SCRIPT) {
        Some(at) => path.split_at(at + SCRIPT.len()),
        None => (path, ""),
    };
    let connection = request.connection_info().clone();
    let mut environment = Map::new();
    let mut set = |key: &str, value: &str| {
        environment.insert(key.to_owned(), Value::text(value));
    };
    for (name, value) in request.headers() {
        if matches!(
            name.as_str(),
            "authorization" | "cookie" | "proxy-authorization"
        ) {
            continue;
        }
        let key = match name.as_str() {
            "content-type" => "CONTENT_TYPE".to_owned(),
            "content-length" => "CONTENT_LENGTH".to_owned(),
            other => format!("HTTP_{}", other.to_ascii_uppercase().replace('-', "_")),
        };
        set(&key, &String::from_utf8_lossy(value.as_bytes()));
    }
    set("GATEWAY_INTERFACE", "CGI/1.1");
    set(
        "PATH_INFO",
        &compat::rest::percent_decode(path_info).unwrap_or_else(|_| path_info.to_owned()),
    );
    set("QUERY_STRING", query);
    set("REQUEST_METHOD", request.method().as_str());
    set("REQUEST_SCHEME", connection.scheme());
    set("REQUEST_URI", uri);
    set("SCRIPT_NAME", script);
    set(
        "SERVER_NAME",
        connection.host().split(':').next().unwrap_or_default(),
    );
    set("SERVER_PROTOCOL", &format!("{:?}", request.version()));
    set(
        "SERVER_SOFTWARE",
        concat!("Otterdesk/", env!("CARGO_PKG_VERSION")),
    );
    // Behind trusted proxies the client's own, as a web server sets it that resolves them.
    if let Some(address) = remote_addr {
        set("REMOTE_ADDR", address);
    }
    if let Some(peer) = request.peer_addr() {
        set("REMOTE_PORT", &peer.port().to_string());
    }
    Value::Map(environment)
}

/// Closes the connection without an answer: the body fails before the first byte of the response is sent.
fn hang_up() -> HttpResponse {
    let nothing = stream::once(future::ready(Err::<web::Bytes, _>(io::Error::other(
        "no such web service",
    ))));
    HttpResponse::NotFound().streaming(nothing)
}

fn plain(status: u16, message: &str) -> HttpResponse {
    build(&Reply::plain(status, message)).body(message.to_owned())
}

fn build(reply: &Reply) -> actix_web::HttpResponseBuilder {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = HttpResponse::build(status);
    let content_type = header::HeaderValue::from_str(&reply.content_type).unwrap_or(
        header::HeaderValue::from_static("text/plain; charset=UTF-8"),
    );
    response.insert_header((header::CONTENT_TYPE, content_type));
    response
}

/// The response with the web service's own header lines. REST keeps a connection open where the web service asks for it.
fn respond(service: &WebService, transport: Transport, reply: Reply) -> HttpResponse {
    let mut response = build(&reply);
    let keep_alive = service
        .provider(&["Transport", "Config", "KeepAlive"])
        .is_some_and(Value::is_true);
    if transport == Transport::Rest && keep_alive {
        response.insert_header((header::CONNECTION, "Keep-Alive"));
    } else {
        response.force_close();
    }
    let additional = service
        .provider(&["Transport", "Config", "AdditionalHeaders"])
        .and_then(Value::as_map);
    for (name, value) in additional.into_iter().flatten() {
        if matches!(value, Value::List(_) | Value::Map(_)) {
            tracing::warn!(
                "web service {} has an additional header that is no text",
                service.name
            );
            continue;
        }
        let name = header::HeaderName::from_bytes(name.as_bytes());
        let value = header::HeaderValue::from_str(&value.as_string().unwrap_or_default());
        if let (Ok(name), Ok(value)) = (name, value) {
            response.insert_header((name, value));
        } else {
            tracing::warn!(
                "web service {} has an additional header that HTTP does not allow",
                service.name
            );
        }
    }
    response.body(reply.body)
}
