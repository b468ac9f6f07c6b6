//! HTTP::REST: the operation follows from path and method, its data from body, query and path.

use std::borrow::Cow;

use compat::{
    Map, Value, charset,
    form::{self, Field, FieldValue},
    json, rest,
};

use super::{Body, Incoming, Received, Refusal, Reply};
use crate::generic_interface::{WebService, debugger::Log};

/// Finds the operation whose route matches and reads its data.
///
/// The body must be a JSON hash (or a list, which only operations refuse); parameters of the query replace equal keys
/// of the body, parameters of the path replace both. Without a body the data carries the method as `RequestMethod`.
pub fn receive(
    service: &WebService,
    request: &Incoming<'_>,
    log: &mut Log,
) -> Result<Received, Refusal> {
    if super::has_no_config(service) {
        return Err(Refusal::plain(500, "Rest Transport: Have no Config"));
    }
    let (path, raw_query) = split_uri(request.uri);
    let not_encoded = |_| Refusal::plain(500, "Request URI is not encoded in UTF-8.");
    let query = rest::query(raw_query);
    let routes = service
        .provider(&["Transport", "Config", "RouteOperationMapping"])
        .and_then(Value::as_map);
    if routes.is_none_or(Map::is_empty) {
        return Err(Refusal::plain(
            500,
            "HTTP::REST Can't find RouteOperationMapping in Config",
        ));
    }
    let Some((operation, parameters)) = find_operation(service, request.method, path)? else {
        return Err(Refusal::plain(
            500,
            format!("HTTP::REST Error while determine Operation for request URI '{path}'."),
        ));
    };
    let parameters = parameters.map_err(not_encoded)?;

    let mut data = match (request.method, request.body) {
        (_, Body::TooLarge) => return Err(Refusal::too_large()),
        ("GET", _) | (_, Body::Empty) => Value::Map(Map::new()),
        (_, Body::Bytes(body)) => content(request, raw_query, body, log)?,
    };
    let without_body = matches!(&data, Value::Map(map) if map.is_empty());
    if let Value::Map(data) = &mut data {
        data.extend(query);
        data.extend(parameters);
        if without_body {
            data.insert("RequestMethod".to_owned(), Value::text(request.method));
        }
    }
    Ok(Received { operation, data })
}

/// Path and query behind the web service's name. Without anything behind the name the whole path counts, as in the
/// reference system.
fn split_uri(uri: &str) -> (&str, &str) {
    let behind = ["/Webservice/", "/WebserviceID/"]
        .iter()
        .filter_map(|marker| uri.rfind(marker).map(|at| at + marker.len()))
        .max()
        .and_then(|start| {
            let rest = uri.get(start..)?;
            rest.find('/').and_then(|slash| rest.get(slash..))
        });
    let rest = behind.unwrap_or(uri);
    rest.split_once('?').unwrap_or((rest, ""))
}

type Found = Option<(String, Result<Map, rest::NotUtf8>)>;

/// Operations are tried in the order of their names. A route that is no pattern stops the search: the reference system
/// can not serve operations behind it either.
fn find_operation(service: &WebService, method: &str, path: &str) -> Result<Found, Refusal> {
    let routes = service
        .provider(&["Transport", "Config", "RouteOperationMapping"])
        .and_then(Value::as_map);
    for (operation, mapping) in routes.into_iter().flatten() {
        let methods = mapping
            .get("RequestMethod")
            .and_then(Value::as_list)
            .unwrap_or_default();
        if !methods.is_empty()
            && !methods
                .iter()
                .any(|known| known.as_string().as_deref() == Some(method))
        {
            continue;
        }
        let Some(pattern) = mapping.get("Route").and_then(Value::as_string) else {
            continue;
        };
        let route = service.compiled.route(&pattern).map_err(|error| {
            Refusal::plain(
                500,
                format!("Route of operation '{operation}' is not usable: {error}."),
            )
        })?;
        if let Some(parameters) = route.parameters(path) {
            return Ok(Some((operation.clone(), parameters)));
        }
    }
    Ok(None)
}

/// The data in a body, which must be JSON.
fn content(
    request: &Incoming<'_>,
    query: &str,
    body: &[u8],
    log: &mut Log,
) -> Result<Value, Refusal> {
    let undecodable = || Refusal::plain(500, "Error while decoding request content.");
    if is_read_as_form(request.method, body) {
        let text = form_content(request, query, body)
            .ok_or_else(|| Refusal::plain(500, "Could not read input data"))?;
        log.debug(RECEIVED, text.as_str());
        let text = in_charset(
            &text,
            request.content_type.and_then(charset::of_content_type),
        );
        return structure(&text).ok_or_else(undecodable)?;
    }
    let label = request.content_type.and_then(charset::of_content_type);
    let body = charset::to_utf8(body, label);
    log.debug(RECEIVED, String::from_utf8_lossy(&body));
    let text = str::from_utf8(&body).map_err(|_| undecodable())?;
    structure(text.strip_prefix('\u{feff}').unwrap_or(text)).ok_or_else(undecodable)?
}

const RECEIVED: &str = "Received data by provider from remote system";

/// `None` when the text is no JSON or stands for nothing.
fn structure(text: &str) -> Option<Result<Value, Refusal>> {
    match json::read(text).ok()? {
        value if !value.is_true() => None,
        Value::Map(map) if !map.is_empty() => Some(Ok(Value::Map(map))),
        Value::List(list) if !list.is_empty() => Some(Ok(Value::List(list))),
        _ => Some(Err(Refusal::plain(
            500,
            "Unsupported request content structure.",
        ))),
    }
}

/// What the form parser read as UTF-8 is taken for bytes once more when the request names another encoding; a text with
/// characters that are no bytes stays.
fn in_charset<'t>(text: &'t str, label: Option<&str>) -> Cow<'t, str> {
    let bytes = || text.chars().map(|c| u8::try_from(u32::from(c)).ok());
    match label.filter(|label| !charset::is_utf8(label)) {
        Some(label) => match bytes().collect::<Option<Vec<u8>>>() {
            Some(bytes) => Cow::Owned(charset::decode(&bytes, label).into_owned()),
            None => Cow::Borrowed(text),
        },
        None => Cow::Borrowed(text),
    }
}

/// The Perl side reads bodies of POST, PUT and PATCH through its form parser, up to what that takes: 24 MB.
fn is_read_as_form(method: &str, body: &[u8]) -> bool {
    matches!(method, "POST" | "PUT" | "PATCH") && body.len() <= 24_000_000
}

/// The JSON in a body that goes through the form parser, without white space around it; `None` when there is none or
/// it is not UTF-8.
///
/// In a form it stands in a field: `POSTDATA`, else `PUTDATA`, else `PATCHDATA`, else in the one that is named after the
/// method. POST takes them from the query, too, where the form does not have them. A body that is no form is
/// taken whole.
fn form_content(request: &Incoming<'_>, query: &str, body: &[u8]) -> Option<String> {
    let Some(fields) = fields(request, body) else {
        return json_text(body).filter(|text| !text.is_empty());
    };
    let query = match request.method {
        "POST" => form::url_encoded(query.as_bytes()),
        _ => Vec::new(),
    };
    let field = |name: &str| {
        let field = fields
            .iter()
            .chain(&query)
            .find(|field| field.name == name.as_bytes())?;
        match &field.value {
            FieldValue::Bytes(value) => Some(json_text(value).unwrap_or_default()),
            FieldValue::File => Some(String::new()),
        }
    };
    let text = field("POSTDATA")
        .or_else(|| field("PUTDATA"))
        .or_else(|| field("PATCHDATA"))
        .filter(|text| !text.is_empty() && text != "0")
        .or_else(|| field(&format!("{}DATA", request.method)))?;
    (!text.is_empty()).then_some(text)
}

/// The fields of a form; `None` for a body of another kind. A body that names no type is a form.
fn fields(request: &Incoming<'_>, body: &[u8]) -> Option<Vec<Field>> {
    let is_post = request.method == "POST";
    match request.content_type {
        None => Some(form::url_encoded(body)),
        Some(content_type) if content_type.starts_with("application/x-www-form-urlencoded") => {
            Some(form::url_encoded(body))
        }
        Some(content_type) if content_type.starts_with("multipart/form-data") => Some(if is_post {
            form::multipart(body, content_type).unwrap_or_default()
        } else {
            form::url_encoded(body)
        }),
        // The parser takes such a body for one of XForms, which has no fields that count here.
        Some(content_type) if is_post && is_xforms(content_type) => Some(Vec::new()),
        Some(_) => None,
    }
}

fn is_xforms(content_type: &str) -> bool {
    let after = content_type.split_once("multipart/related");
    let after = after.and_then(|(_, after)| after.split_once("boundary="));
    after.is_some_and(|(_, after)| after.contains("start="))
}

fn json_text(bytes: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(bytes).ok()?;
    let space = [' ', '\t', '\r', '\n', '\u{b}', '\u{c}'];
    Some(text.trim_matches(space).to_owned())
}

pub fn success(data: &Map) -> Reply {
    Reply {
        status: 200,
        content_type: Cow::Borrowed("application/json; charset=UTF-8"),
        body: json::write_map(data),
    }
}

pub fn failure(message: &str) -> Reply {
    let fault = Value::map([("faultcode", "Server"), ("faultstring", message)]);
    Reply::plain(500, json::write(&fault))
}
