//! Who we are for the other system: the header Authorization.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use compat::Value;

/// The value of the header, if the web service authenticates itself.
///
/// Errors: why it can not.
pub(super) fn header(config: &Value) -> Result<Option<String>, String> {
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
        Some("OAuth2Token") => Err("Authentication by OAuth2 token is not supported".to_owned()),
        Some("JWT") => Err("Authentication by JWT is not supported".to_owned()),
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
