//! Who we are for the other system: the header Authorization.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use compat::Value;

use super::{super::oauth2, jwt};
use crate::app::App;

/// The value of the header, if the web service authenticates itself.
///
/// Errors: why it can not.
pub(super) async fn header(app: &App, config: &Value) -> Result<Option<String>, String> {
    let text = |key: &str| {
        config
            .get("Authentication")
            .and_then(|authentication| authentication.get(key))
            .and_then(Value::as_string)
            .filter(|text| !text.is_empty())
    };
    match text("AuthType").as_deref() {
        Some("BasicAuth") => {
            let password = text("BasicAuthPassword").unwrap_or_default();
            Ok(text("BasicAuthUser").map(|user| basic(&user, &password)))
        }
        Some("OAuth2Token") => {
            let id = text("OAuth2TokenConfigID").and_then(|id| id.trim().parse().ok());
            let Some(id) = id else {
                return Err("The web service names no OAuth2 token configuration".to_owned());
            };
            match oauth2::token(app, id).await {
                Ok(token) => Ok(Some(format!("Bearer {token}"))),
                Err(error) => Err(error.to_string()),
            }
        }
        Some("JWT") => {
            let authentication = config.get("Authentication").unwrap_or(config);
            let token = jwt::token(authentication, app.clock.now()).await?;
            Ok(Some(format!("Bearer {token}")))
        }
        _ => Ok(None),
    }
}

/// Basic authentication in ISO-8859-1, as the reference system sends it; in UTF-8 where that can not say it.
pub(super) fn basic(user: &str, password: &str) -> String {
    let text = format!("{user}:{password}");
    let latin: Option<Vec<u8>> = text
        .chars()
        .map(|character| u8::try_from(u32::from(character)).ok())
        .collect();
    let bytes = latin.unwrap_or_else(|| text.into_bytes());
    format!("Basic {}", STANDARD.encode(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn umlauts_are_one_byte_each_where_they_can_be() {
        assert_eq!(basic("ü:u", "p:ä"), "Basic /Dp1OnA65A==");
        assert_eq!(basic("€", "p"), "Basic 4oKsOnA=");
    }
}
