//! `otterdesk web-service call`.

use std::io::Read as _;

use clap::{Args, Subcommand};
use compat::{Map, Value, json};

use super::{Installation, Outcome, say};
use crate::{
    app::{App, AppConfig},
    generic_interface::{
        Named, Registry,
        requester::{self, Call},
    },
    server,
};

#[derive(Debug, Subcommand)]
pub(super) enum WebService {
    /// Call an invoker of a web service, and print what it makes of the answer as JSON
    ///
    /// The request is sent, and written to the web service's debug log, as if an event had triggered the invoker. A
    /// failed call is not repeated, whatever the error handling of the web service says.
    Call(Request),
}

#[derive(Args, Debug)]
pub(super) struct Request {
    /// The web service, by its name
    service: String,

    /// The invoker, by its name in the web service
    invoker: String,

    /// What the invoker is given: a JSON object, or - to read it from the standard input
    #[arg(long, value_name = "JSON", default_value = "{}")]
    data: String,

    #[command(flatten)]
    installation: Installation,
}

impl WebService {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Call(request) => call(request).await,
        }
    }
}

/// The data for the invoker.
fn data(text: &str) -> Result<Value, String> {
    match json::read(text) {
        Ok(Value::Map(data)) => Ok(Value::Map(data)),
        Ok(_) => Err("--data must be a JSON object, such as '{\"TicketID\": 1}'".to_owned()),
        Err(error) => Err(format!("--data is no JSON: {error}")),
    }
}

async fn call(request: Request) -> Outcome {
    let mut text = request.data;
    if text == "-" {
        text.clear();
        std::io::stdin().read_to_string(&mut text)?;
    }
    let data = data(&text)?;
    server::start_log();
    let app = App::build(AppConfig::from(request.installation)).await?;
    let name = request.service;
    let service = Registry::default()
        .find(&app.db, &Named::Name(name.clone()))
        .await?
        .ok_or_else(|| format!("there is no valid web service `{name}`"))?;
    let invokers = service.requester(&["Invoker"]).and_then(Value::as_map);
    if invokers.is_none_or(|invokers| !invokers.contains_key(&request.invoker)) {
        let names: Vec<&str> = invokers
            .into_iter()
            .flat_map(Map::keys)
            .map(String::as_str)
            .collect();
        let has = if names.is_empty() {
            "it has none".to_owned()
        } else {
            format!("it has {}", names.join(", "))
        };
        return Err(format!(
            "web service `{name}` has no invoker `{}`; {has}",
            request.invoker
        )
        .into());
    }
    let call = Call {
        service: &service,
        invoker: &request.invoker,
        data,
        past: None,
        may_repeat: false,
    };
    let answer = requester::run(&app, call).await?;
    say(&json::write(&answer))
}
