//! Who calls an operation: by `SessionID`, by `UserLogin` and `Password`, or by `CustomerUserLogin` and `Password`.

use compat::Value;
use schema::DbError;

use super::Request;
use crate::{
    app::App,
    auth::{self, Principal},
};

/// The caller of an operation; `None` when the credentials are missing or wrong.
///
/// Each operation words the refusal itself (`TicketGet.AuthFail`).
pub async fn authenticate(app: &App, request: &Request<'_>) -> Result<Option<Principal>, DbError> {
    let Some(id) = parameter(&request.data, "SessionID") else {
        return Ok(None);
    };
    let mut tx = app.db.read().await?;
    let Some(session) = auth::session::find(&mut tx, &id).await? else {
        return Ok(None);
    };
    auth::session::principal(&mut tx, &session).await
}

/// A parameter that Perl takes for true.
fn parameter(data: &Value, name: &str) -> Option<String> {
    data.get(name)
        .filter(|value| value.is_true())
        .and_then(Value::as_string)
}
