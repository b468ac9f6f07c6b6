//! Requests that we send to other systems: an *invoker* prepares data, the outbound mapping changes it, the transport
//! sends it, the inbound mapping changes the answer, and the invoker takes it.
//!
//! The debug log tells the steps as the reference system does, but for secrets: `Authorization` and passwords are
//! masked, and the environment of the process is not shown.

use compat::{Map, Value};
use schema::DbError;

use self::{
    invoker::Invoker,
    transport::{Outgoing, Transport},
};
use super::{
    WebService,
    debugger::{Level, Log},
    mapping::{self, Direction, Earlier, Owner},
};
use crate::{
    app::App,
    daemon::task::{self, InvokerCall},
};

mod condition;
mod error_handling;
pub mod event;
mod fields;
pub mod invoker;
pub mod oauth2;
mod ticket;
mod transport;

pub use oauth2::{TokenError, token as oauth2_token};

/// One call of an invoker.
#[derive(Clone, Debug)]
pub struct Call<'a> {
    pub service: &'a WebService,
    /// The invoker's name in the web service.
    pub invoker: &'a str,
    pub data: Value,
    /// What earlier tries of the same request left behind.
    pub past: Option<Map>,
    /// Whether the error handling of the web service may have the request sent again later.
    pub may_repeat: bool,
}

/// Where a request failed, in the words of the web services' error handling.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// The invoker or the transport is not there at all: no error handling looks at that.
    Setup,
    Prepare,
    RequestMap,
    Perform,
    ResponseMap,
    Process,
}

/// Why a request was not sent, or its answer not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub stage: Stage,
    pub message: String,
}

/// Calls an invoker; gives what it makes of the answer.
///
/// The debug log of the web service is written before this returns, and a request that is to be sent again waits in
/// `scheduler_future_task`. A database that does not take them is no reason to fail: the other system has had the request.
#[tracing::instrument(name = "generic_interface.requester", skip_all, fields(web_service.name = %call.service.name, invoker.name = %call.invoker))]
pub async fn run(app: &App, call: Call<'_>) -> Result<Value, Failure> {
    let service = call.service;
    let mut log = Log::of_requester(service);
    let again = call.may_repeat.then(|| call.clone());
    let result = steps(app, call, &mut log).await;
    if let (Err(failure), Some(call)) = (&result, again)
        && let Err(error) = handle(app, call, failure, &mut log).await
    {
        tracing::error!(%error, "a failed request of web service {} can not be sent again", service.name);
    }
    if let Err(error) = log.write(&app.db, None, app.clock.now()).await {
        tracing::error!(%error, "the debug log of web service {} can not be written", service.name);
    }
    result
}

/// Does what the web service wants to be done about a failure.
async fn handle(
    app: &App,
    call: Call<'_>,
    failure: &Failure,
    log: &mut Log,
) -> Result<(), DbError> {
    let now = app.clock.now();
    let failed = error_handling::Failed {
        service: call.service,
        invoker: call.invoker,
        failure,
        past: call.past.as_ref(),
        now,
    };
    let Some(retry) = error_handling::decide(failed, log) else {
        return Ok(());
    };
    log.text(
        Level::Notice,
        "Request will be retried again at:",
        retry.at.to_string(),
    );
    let again = InvokerCall {
        web_service: call.service.id,
        invoker: call.invoker.to_owned(),
        data: call.data,
        past: Some(retry.past),
    };
    let mut tx = app.db.begin().await?;
    task::add_future(&mut tx, &again, retry.at, now).await?;
    tx.commit().await
}

fn at<T>(stage: Stage) -> impl FnOnce(String) -> Result<T, Failure> {
    move |message| Err(Failure { stage, message })
}

async fn steps(app: &App, call: Call<'_>, log: &mut Log) -> Result<Value, Failure> {
    let Call {
        service,
        invoker: name,
        data,
        ..
    } = call;
    log.secret(&data);
    log.data(Level::Debug, "Communication sequence started", &data);
    log.debug(format!("Using invoker '{name}'"), "");
    let invoker = Invoker::of(service, name).or_else(|message| {
        if message.starts_with("Can't load") {
            log.text(Level::Error, message.clone(), "");
        }
        not_initialized("InvokerObject could not be initialized", message, log)
    })?;

    let owner = Owner::Invoker(name);
    let keeps = mapping::is_set(service, owner, Direction::Inbound)
        || mapping::is_set(service, owner, Direction::Outbound);
    let mut earlier = Earlier::new();
    let mut keep = |name: &str, data: &Value| {
        if keeps {
            earlier.insert(name.to_owned(), data.clone());
        }
    };
    keep("RequesterRequestInput", &data);
    let prepared = match invoker.prepare(app, data).await {
        Ok(mut prepared) => {
            if invoker == Invoker::Ticket {
                fields::settle(&app.settings.current(), name, &mut prepared);
            }
            prepared
        }
        Err(message) => {
            log.failure(&message);
            return at(Stage::Prepare)(message);
        }
    };
    log.data(Level::Debug, mapping::OUTGOING, &prepared);
    keep("RequesterRequestPrepareOutput", &prepared);
    let sent = mapping::map(
        service,
        owner,
        Direction::Outbound,
        prepared,
        &mut earlier,
        log,
    )
    .or_else(at(Stage::RequestMap))?;
    if keeps {
        earlier.insert("RequesterRequestMapOutput".to_owned(), sent.clone());
    }

    let transport = Transport::of(service).or_else(|message| {
        log.text(Level::Error, message.clone(), "");
        not_initialized("TransportObject could not be initialized", message, log)
    })?;
    let outgoing = Outgoing {
        service,
        invoker: name,
        data: &sent,
    };
    let answer = transport
        .perform(app, outgoing, log)
        .await
        .or_else(at(Stage::Perform))?;

    log.data(Level::Debug, mapping::INCOMING, &answer);
    if keeps {
        earlier.insert("RequesterResponseInput".to_owned(), answer.clone());
    }
    let answer = mapping::map(
        service,
        owner,
        Direction::Inbound,
        answer,
        &mut earlier,
        log,
    )
    .or_else(at(Stage::ResponseMap))?;
    invoker.take(answer).or_else(|message| {
        log.failure(&message);
        at(Stage::Process)(message)
    })
}

/// Says that something a web service names is not there.
fn not_initialized<T>(subject: &str, message: String, log: &mut Log) -> Result<T, Failure> {
    let details = Map::from([
        ("ErrorMessage".to_owned(), Value::text(message.as_str())),
        ("Success".to_owned(), Value::Integer(0)),
    ]);
    log.data(Level::Error, subject, &Value::Map(details));
    at(Stage::Setup)(message)
}
