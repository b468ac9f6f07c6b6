//! HTTP basic authentication in front of a web service that asks for it.
//!
//! A web service asks with the same keys that OTRS uses for the services it calls itself, under `Provider`,
//! `Transport`, `Config`: `Authentication` with `AuthType: BasicAuth`, `BasicAuthUser` and `BasicAuthPassword`. Who calls
//! an operation is still decided by the operation's own parameters: neither this header nor names that a proxy may
//! have put into other headers (`Remote-User`) make anybody an agent.

use actix_web::{HttpResponse, http::header};
use base64::Engine as _;

use super::WebService;

/// Whether a request may pass: the web service asks for nothing, or the header carries what it asks for.
pub fn allows(service: &WebService, authorization: Option<&str>) -> bool {
    let setting =
        |key: &str| service.provider_text(&["Transport", "Config", "Authentication", key]);
    if setting("AuthType").as_deref() != Some("BasicAuth") {
        return true;
    }
    let expected = format!(
        "{}:{}",
        setting("BasicAuthUser").unwrap_or_default(),
        setting("BasicAuthPassword").unwrap_or_default()
    );
    authorization
        .and_then(credentials)
        .is_some_and(|given| same(&given, expected.as_bytes()))
}

/// The answer to a request that may not pass.
pub fn challenge(realm: &str) -> HttpResponse {
    let realm: String = realm
        .chars()
        .filter(|character| (' '..='~').contains(character) && !matches!(character, '"' | '\\'))
        .collect();
    HttpResponse::Unauthorized()
        .insert_header((
            header::WWW_AUTHENTICATE,
            format!("Basic realm=\"{realm}\", charset=\"UTF-8\""),
        ))
        .content_type("text/plain; charset=UTF-8")
        .body("Unauthorized")
}

fn credentials(header: &str) -> Option<Vec<u8>> {
    let (scheme, encoded) = header.trim().split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    base64::engine::general_purpose::STANDARD
        .decode(encoded.trim())
        .ok()
}

/// Compares without telling by its duration how much is right.
fn same(given: &[u8], expected: &[u8]) -> bool {
    let difference = given
        .iter()
        .zip(expected.iter().cycle())
        .fold(given.len() ^ expected.len(), |difference, (a, b)| {
            difference | usize::from(a ^ b)
        });
    difference == 0
}

#[cfg(test)]
mod tests {
    use compat::yaml;

    use super::*;

    fn service(config: &str) -> WebService {
        WebService {
            id: 1,
            name: "Example".to_owned(),
            config: yaml::read(config).unwrap(),
            compiled: crate::generic_interface::Compiled::default(),
        }
    }

    #[test]
    fn only_the_right_credentials_pass_where_they_are_asked_for() {
        let open = service("Provider:\n  Transport:\n    Config:\n      MaxLength: 1\n");
        let closed = service(
            "Provider:\n  Transport:\n    Config:\n      Authentication:\n        AuthType: BasicAuth\n        BasicAuthUser: u\n        BasicAuthPassword: p\n",
        );
        assert!(allows(&open, None));
        assert!(allows(&closed, Some("Basic dTpw")));
        assert!(allows(&closed, Some("basic  dTpw ")));
        for wrong in [
            None,
            Some(""),
            Some("Basic"),
            Some("Basic dTpx"),
            Some("Basic dTpwcA=="),
            Some("Bearer dTpw"),
            Some("Basic !"),
        ] {
            assert!(!allows(&closed, wrong), "{wrong:?}");
        }
    }
}
