//! `Session::SessionCreate`, `Session::SessionGet` and `Session::SessionRemove`.
//!
//! Codes, sentences and the order of the checks are the reference system's, asked with missing, empty, wrong and
//! doubled parameters, by agents and customers, valid and not.

use compat::{Map, Value};
use schema::DbError;

use super::{
    Answer, Request,
    authentication::{by_password, parameter},
};
use crate::{
    access::groups::{self, Permission},
    app::App,
    auth::{
        Principal,
        session::{self, Caller, Entry, Session},
    },
};

/// Keys that never leave the server: what they hold would let somebody act for the agent.
const SECRET: [&str; 2] = ["UserChallengeToken", "UserPw"];

/// Whether a request brought no parameters at all.
fn is_empty(request: &Request<'_>) -> bool {
    request.data.as_map().is_none_or(Map::is_empty)
}

/// Opens a session: `UserLogin` or `CustomerUserLogin`, and `Password`; answers `SessionID`.
pub async fn create(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    if is_empty(request) {
        return Ok(Answer::error(
            "SessionCreate.MissingParameter",
            "SessionCreate: The request is empty!",
        ));
    }
    if parameter(&request.data, "Password").is_none() {
        return Ok(Answer::error(
            "SessionCreate.MissingParameter",
            "SessionCreate: Password parameter is missing!",
        ));
    }
    Ok(match open(app, request).await? {
        Some(id) => Answer::Data(Map::from([("SessionID".to_owned(), Value::Text(id))])),
        None => Answer::error(
            "SessionCreate.AuthFail",
            "SessionCreate: Authorization failing!",
        ),
    })
}

async fn open(app: &App, request: &Request<'_>) -> Result<Option<String>, DbError> {
    let principal = by_password(app, request).await?;
    let Some(principal) = principal.filter(Principal::is_valid) else {
        return Ok(None);
    };
    let caller = Caller {
        remote_addr: request.remote_addr.as_deref(),
        user_agent: request.user_agent.as_deref(),
        source: "GenericInterface",
    };
    session::create(app, &principal, caller).await
}

/// What a session holds: `SessionID`; answers `SessionData`, a list of `Key` and `Value`.
pub async fn get(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    if is_empty(request) {
        return Ok(Answer::error(
            "SessionGet.MissingParameter",
            "SessionGet: The request is empty!",
        ));
    }
    let Some(id) = parameter(&request.data, "SessionID") else {
        return Ok(Answer::error(
            "SessionGet.MissingParameter",
            "SessionGet: SessionID is missing!",
        ));
    };
    let alive = session::alive(app, &id, request.remote_addr.as_deref()).await?;
    Ok(match alive {
        Some(session) => Answer::Data(Map::from([(
            "SessionData".to_owned(),
            Value::List(shown(&session)),
        )])),
        None => Answer::error(
            "SessionGet.SessionInvalid",
            "SessionGet: SessionID is Invalid!",
        ),
    })
}

fn shown(session: &Session) -> Vec<Value> {
    session
        .data
        .iter()
        .filter(|(key, _)| !SECRET.contains(&key.as_str()))
        .map(|(key, entry)| match entry {
            Entry::Text(text) => Value::map([
                ("Key", Value::text(key)),
                ("Value", Value::from(text.clone())),
            ]),
            Entry::Structure(structure) => Value::map([
                ("Key", Value::text(key)),
                ("Serialized", Value::Integer(1)),
                ("Value", Value::text(compat::json::write(structure))),
            ]),
        })
        .collect()
}

/// Ends a session: `SessionID`, and the login and password of its owner or of somebody in the group `admin`.
///
/// A session that does not exist is removed with success. No session is taken for a proof here.
pub async fn remove(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    if is_empty(request) {
        return Ok(Answer::error(
            "SessionRemove.MissingParameter",
            "SessionRemove: The request is empty!",
        ));
    }
    let Some(id) = parameter(&request.data, "SessionID") else {
        return Ok(Answer::error(
            "SessionRemove.MissingParameter",
            "SessionRemove: SessionID parameter is missing!",
        ));
    };
    Ok(match end(app, request, &id).await? {
        Ok(()) => Answer::Data(Map::from([("Success".to_owned(), Value::Integer(1))])),
        Err(sentence) => Answer::error(
            "SessionRemove.AuthFail",
            format!("SessionRemove: {sentence}"),
        ),
    })
}

async fn end(
    app: &App,
    request: &Request<'_>,
    id: &str,
) -> Result<Result<(), &'static str>, DbError> {
    let Some(principal) = by_password(app, request).await? else {
        return Ok(Err("Authorization failed!"));
    };
    let mut tx = app.db.read().await?;
    if let Some(session) = session::find(&mut tx, id).await?
        && !owns(&principal, &session)
    {
        if !principal.is_valid() {
            return Ok(Err("Authorization failed!"));
        }
        let Principal::Agent(agent) = &principal else {
            return Ok(Err("Authorization failing!"));
        };
        if !groups::is_in(&mut tx, &app.recent, agent.id, "admin", Permission::Rw).await? {
            return Ok(Err(
                "Authorization failed! User needs to be in group admin.",
            ));
        }
    }
    drop(tx);
    session::remove(app, id).await?;
    Ok(Ok(()))
}

fn owns(principal: &Principal, session: &Session) -> bool {
    let kind = match principal {
        Principal::Agent(_) => "User",
        Principal::Customer(_) => "Customer",
    };
    session.text("UserLogin") == Some(principal.login())
        && session.text("UserType").unwrap_or("User") == kind
}
