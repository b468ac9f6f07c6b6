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
/// The first of the three that is there decides; a session that is over is not made good by a password. Each operation
/// words the refusal itself (`TicketGet.AuthFail`).
pub async fn authenticate(app: &App, request: &Request<'_>) -> Result<Option<Principal>, DbError> {
    if let Some(id) = parameter(&request.data, "SessionID") {
        let remote_addr = request.remote_addr.as_deref();
        let Some(session) = auth::session::alive(app, &id, remote_addr).await? else {
            return Ok(None);
        };
        return auth::session::principal(app, &session).await;
    }
    let principal = by_password(app, request).await?;
    Ok(principal.filter(Principal::is_valid))
}

/// Who belongs to the login and password of a request; a customer user may turn out not to be valid.
pub(super) async fn by_password(
    app: &App,
    request: &Request<'_>,
) -> Result<Option<Principal>, DbError> {
    let address = request.remote_addr.as_deref();
    let password = parameter(&request.data, "Password").unwrap_or_default();
    if let Some(login) = parameter(&request.data, "UserLogin") {
        let agent = auth::password::agent(app, address, &login, &password).await?;
        return Ok(agent.map(Principal::Agent));
    }
    if let Some(login) = parameter(&request.data, "CustomerUserLogin") {
        let customer = auth::password::customer(app, address, &login, &password).await?;
        return Ok(customer.map(Principal::Customer));
    }
    Ok(None)
}

/// A parameter that Perl takes for true. A list or a hash is no value that could be right, and comes out empty.
pub(super) fn parameter(data: &Value, name: &str) -> Option<String> {
    data.get(name)
        .filter(|value| value.is_true())
        .map(|value| value.as_string().unwrap_or_default())
}
