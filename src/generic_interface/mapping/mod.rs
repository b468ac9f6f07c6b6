//! Between a transport's data and an operation's data: what a web service sets for each operation and direction.

use compat::{Map, Value};

use super::{
    WebService,
    debugger::{Level, Log},
};

mod out_of_office;
mod simple;
mod test;
mod xslt;

/// What data is called in the debug log before its inbound mapping.
pub const INCOMING: &str = "Incoming data before mapping";
/// The same for the outbound mapping.
pub const OUTGOING: &str = "Outgoing data before mapping";

/// The two directions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Inbound,
    Outbound,
}

impl Direction {
    fn setting(self) -> &'static str {
        match self {
            Self::Inbound => "MappingInbound",
            Self::Outbound => "MappingOutbound",
        }
    }

    fn after(self) -> &'static str {
        match self {
            Self::Inbound => "Incoming data after mapping",
            Self::Outbound => "Outgoing data after mapping",
        }
    }
}

/// Why data is not mapped.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Refusal {
    /// The settings are wrong.
    Settings(String),
    /// The data can not be mapped: what, and details for the debug log.
    Data { message: String, details: String },
}

/// Data from earlier steps of the same request that an XSLT mapping can ask for, by its name in `DataInclude`.
pub type Earlier = Map;

/// Whose data is mapped, by its name in the web service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner<'a> {
    Operation(&'a str),
    Invoker(&'a str),
}

impl Owner<'_> {
    fn path(&self) -> [&str; 3] {
        match self {
            Self::Operation(name) => ["Provider", "Operation", name],
            Self::Invoker(name) => ["Requester", "Invoker", name],
        }
    }

    fn not_initialized(self, direction: Direction) -> &'static str {
        match (self, direction) {
            (Self::Operation(_), Direction::Inbound) => "MappingIn could not be initialized",
            // The reference system says the same of both directions of an invoker.
            _ => "MappingOut could not be initialized",
        }
    }
}

/// Whether data is mapped in this direction.
pub fn is_set(service: &WebService, owner: Owner<'_>, direction: Direction) -> bool {
    settings(service, owner, direction).is_some()
}

fn settings<'a>(
    service: &'a WebService,
    owner: Owner<'_>,
    direction: Direction,
) -> Option<&'a Map> {
    service
        .setting(&owner.path())?
        .get(direction.setting())
        .and_then(Value::as_map)
        .filter(|mapping| !mapping.is_empty())
}

/// Maps data as the settings of its owner say; without a mapping it stays as it is.
///
/// An inbound mapping leaves the request in `earlier` when it has changed its keys before mapping.
///
/// Errors: the text for the fault that the caller gets.
pub fn map(
    service: &WebService,
    owner: Owner<'_>,
    direction: Direction,
    data: Value,
    earlier: &mut Earlier,
    log: &mut Log,
) -> Result<Value, String> {
    let Some(mapping) = settings(service, owner, direction) else {
        return Ok(data);
    };
    match apply(service, mapping, data, earlier, log) {
        Ok(mapped) => {
            log.data(Level::Debug, direction.after(), &mapped);
            Ok(mapped)
        }
        Err(Refusal::Settings(message)) => {
            log.text(Level::Error, message.clone(), "");
            let details = Value::map([
                ("ErrorMessage", Value::Text(message)),
                ("Success", Value::Integer(0)),
            ]);
            log.data(Level::Error, owner.not_initialized(direction), &details);
            // The reference system tells callers no more than this.
            Err("Unknown".to_owned())
        }
        Err(Refusal::Data { message, details }) => {
            log.text(Level::Error, message.clone(), details);
            log.text(Level::Error, message.clone(), message.clone());
            Err(message)
        }
    }
}

fn apply(
    service: &WebService,
    mapping: &Map,
    data: Value,
    earlier: &mut Earlier,
    log: &mut Log,
) -> Result<Value, Refusal> {
    let settings = |message: &str| Err(Refusal::Settings(message.to_owned()));
    let kind = mapping
        .get("Type")
        .and_then(Value::as_string)
        .unwrap_or_default();
    if kind.is_empty() {
        return settings("Got no MappingConfig with Type as string with value!");
    }
    let config = match mapping.get("Config") {
        None | Some(Value::Undef) => None,
        Some(Value::Map(config)) if !config.is_empty() => Some(config),
        Some(_) => {
            return settings("Got MappingConfig with Data, but Data is no hash ref with content!");
        }
    };
    match kind.as_str() {
        "Simple" => {
            let Some(data) = simple::hash_of(data)? else {
                return Ok(Value::Map(Map::new()));
            };
            match config {
                Some(config) => simple::Mapping::from_settings(config, &service.compiled)
                    .map_err(Refusal::Settings)
                    .map(|mapping| mapping.map(data, log)),
                None => Ok(Value::Map(data)),
            }
        }
        "OutOfOffice" => out_of_office::map(data),
        "Test" => test::map(config, data),
        "XSLT" => match config {
            Some(config) => xslt::map(config, &service.compiled, data, earlier, log),
            None => Ok(data),
        },
        _ => settings("Can't load mapping backend module!"),
    }
}
