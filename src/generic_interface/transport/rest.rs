//! HTTP::REST: the operation follows from path and method, its data from body, query and path.

use std::borrow::Cow;

use compat::{
    Map, Value, json,
    rest::{self, Route},
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
    let (path, query) = split_uri(request.uri);
    let not_encoded = |_| Refusal::plain(500, "Request URI is not encoded in UTF-8.");
    let query = rest::query(query);
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
        (method, Body::Bytes(body)) => content(method, request.content_type, body, log)?,
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
        let route = Route::parse(&pattern).map_err(|error| {
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

/// The data in a body. The Perl side reads bodies of POST, PUT and PATCH through its form parser: those of forms, and
/// those that name no type, are not read as JSON, and white space around the rest is dropped.
fn content(
    method: &str,
    content_type: Option<&str>,
    body: &[u8],
    log: &mut Log,
) -> Result<Value, Refusal> {
    let unreadable = || Refusal::plain(500, "Could not read input data");
    let text = if matches!(method, "POST" | "PUT" | "PATCH") {
        let text = std::str::from_utf8(body).map_err(|_| unreadable())?;
        let text = if is_form(content_type) {
            form_parameter(method, text)
        } else {
            Some(Cow::Borrowed(text))
        };
        let text = text
            .ok_or_else(unreadable)?
            .trim_matches([' ', '\t', '\r', '\n', '\u{b}', '\u{c}'])
            .to_owned();
        if text.is_empty() {
            return Err(unreadable());
        }
        text
    } else {
        String::from_utf8_lossy(body).into_owned()
    };
    log.debug("Received data by provider from remote system", text.clone());
    let undecodable = || Refusal::plain(500, "Error while decoding request content.");
    if text.contains('\u{fffd}') && std::str::from_utf8(body).is_err() {
        return Err(undecodable());
    }
    match json::read(&text) {
        Ok(value) if !value.is_true() => Err(undecodable()),
        Ok(Value::Map(map)) if !map.is_empty() => Ok(Value::Map(map)),
        Ok(Value::List(list)) if !list.is_empty() => Ok(Value::List(list)),
        Ok(_) => Err(Refusal::plain(
            500,
            "Unsupported request content structure.",
        )),
        Err(_) => Err(undecodable()),
    }
}

fn is_form(content_type: Option<&str>) -> bool {
    let Some(content_type) = content_type else {
        return true;
    };
    content_type.is_empty()
        || content_type.starts_with("application/x-www-form-urlencoded")
        || content_type.starts_with("multipart/form-data")
}

/// In a form the JSON stands in the parameter that is named after the method.
fn form_parameter(method: &str, form: &str) -> Option<Cow<'static, str>> {
    match rest::query(form).remove(&format!("{method}DATA"))? {
        Value::Text(text) => Some(Cow::Owned(text)),
        _ => None,
    }
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
