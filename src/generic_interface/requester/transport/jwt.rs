//! Signed tokens (RFC 7519) as proof of who we are: made anew for each request.
//!
//! Source: tokens that the reference system sent for a dozen ways of writing the configuration.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use chrono::{NaiveDateTime, TimeDelta};
use compat::{Map, Value, json};
use ring::{
    rand::SystemRandom,
    signature::{RSA_PKCS1_SHA256, RSA_PKCS1_SHA384, RSA_PKCS1_SHA512, RsaEncoding, RsaKeyPair},
};

use super::private_key;

/// What stands before the name of something that is filled in.
const PLACEHOLDER: &str = "<OTRS_JWT_";

/// A token, as the part `Authentication` of a web service's transport wants it; `now` in UTC.
///
/// Errors: why there is none.
pub(super) async fn token(authentication: &Value, now: NaiveDateTime) -> Result<String, String> {
    let text = |key: &str| {
        let value = authentication.get(key).and_then(Value::as_string);
        value.filter(|text| !text.is_empty())
    };
    let wanted = |key: &str| text(key).ok_or_else(|| format!("JWT: Have no {key} in config"));
    let (path, algorithm) = (wanted("JWTAuthKeyFilePath")?, wanted("JWTAuthAlgorithm")?);
    let padding: &'static dyn RsaEncoding = match algorithm.as_str() {
        "RS256" => &RSA_PKCS1_SHA256,
        "RS384" => &RSA_PKCS1_SHA384,
        "RS512" => &RSA_PKCS1_SHA512,
        other => return Err(format!("JWT: the algorithm {other} is not supported")),
    };
    // Texts that are no number have none.
    let life = wanted("JWTAuthTTL")?.trim().parse().unwrap_or_default();
    let ends = TimeDelta::try_seconds(life).and_then(|life| now.checked_add_signed(life));
    let ends = ends.ok_or("JWT: JWTAuthTTL is too large")?;

    let payload = match authentication.get("JWTAuthPayload") {
        Some(Value::Map(claims)) => json::write_map(&filled(claims, ends)),
        _ => wanted("JWTAuthPayload")?,
    };
    let mut header = match authentication.get("JWTAuthAdditionalHeaderData") {
        Some(Value::Map(more)) => filled(more, ends),
        _ if text("JWTAuthAdditionalHeaderData").is_some() => {
            return Err("JWT: JWTAuthAdditionalHeaderData is no hash".to_owned());
        }
        _ => Map::new(),
    };
    header.insert("alg".to_owned(), Value::Text(algorithm));
    let said = format!(
        "{}.{}",
        URL_SAFE_NO_PAD.encode(json::write_map(&header)),
        URL_SAFE_NO_PAD.encode(payload)
    );

    let bytes = tokio::fs::read(&path).await;
    let bytes = bytes.map_err(|error| format!("JWTAuthKeyFilePath '{path}': {error}"))?;
    let key = key(&bytes).map_err(|why| format!("JWTAuthKeyFilePath '{path}': {why}"))?;
    let mut signature = vec![0; key.public().modulus_len()];
    key.sign(
        padding,
        &SystemRandom::new(),
        said.as_bytes(),
        &mut signature,
    )
    .map_err(|_| "JWT: the token can not be signed".to_owned())?;
    Ok(format!("{said}.{}", URL_SAFE_NO_PAD.encode(signature)))
}

/// The first RSA key of a file.
fn key(bytes: &[u8]) -> Result<RsaKeyPair, String> {
    let blocks = private_key::read(bytes, "PRIVATE KEY");
    let blocks = blocks.map_err(|error| error.to_string())?;
    let key = blocks.into_iter().find(private_key::Block::is_key);
    let key = key.ok_or("there is no key in it")?;
    RsaKeyPair::from_pkcs8(&key.der)
        .or_else(|_| RsaKeyPair::from_der(&key.der))
        .map_err(|error| format!("it is no RSA key of 2048 bits or more ({error})"))
}

/// Values with the end of the token in them. What is asked for of a certificate is empty, as on a system that can read
/// none, and so is what nobody knows.
fn filled(values: &Map, ends: NaiveDateTime) -> Map {
    let values = values.iter();
    values
        .map(|(name, value)| {
            let text = value.as_string().unwrap_or_default();
            (name.clone(), Value::Text(fill(&text, ends)))
        })
        .collect()
}

fn fill(text: &str, ends: NaiveDateTime) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((before, tail)) = rest.split_once(PLACEHOLDER) {
        out.push_str(before);
        let Some((name, behind)) = tail.split_once('>') else {
            out.push_str(PLACEHOLDER);
            rest = tail;
            continue;
        };
        match name {
            "ExpirationDateTimestamp" => out.push_str(&ends.and_utc().timestamp().to_string()),
            "ExpirationDateString" => {
                out.push_str(&ends.format("%Y-%m-%dT%H:%M:%S UTC").to_string());
            }
            _ => {}
        }
        rest = behind;
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> NaiveDateTime {
        chrono::DateTime::from_timestamp(1_795_312_341, 0)
            .unwrap()
            .naive_utc()
    }

    #[test]
    fn the_end_of_the_token_is_filled_in() {
        for (text, expected) in [
            ("<OTRS_JWT_ExpirationDateTimestamp>", "1795312341"),
            (
                "a <OTRS_JWT_ExpirationDateString> b",
                "a 2026-11-22T01:52:21 UTC b",
            ),
            ("<OTRS_JWT_Nope><OTRS_JWT_CertSubject>", ""),
            ("<OTRS_JWT_open", "<OTRS_JWT_open"),
            ("plain", "plain"),
        ] {
            assert_eq!(fill(text, now()), expected, "{text}");
        }
    }

    #[tokio::test]
    async fn a_token_says_what_is_wanted_and_is_signed() {
        use ring::signature::{RSA_PKCS1_2048_8192_SHA512, UnparsedPublicKey};
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/plain.pem");
        let config = Value::map([
            ("JWTAuthKeyFilePath", Value::text(file)),
            ("JWTAuthAlgorithm", Value::text("RS512")),
            ("JWTAuthTTL", Value::text("60")),
            (
                "JWTAuthPayload",
                Value::map([("iss", "me"), ("exp", "<OTRS_JWT_ExpirationDateTimestamp>")]),
            ),
            ("JWTAuthAdditionalHeaderData", Value::map([("kid", "5")])),
        ]);

        let token = token(&config, now()).await.unwrap();

        let (said, signature) = token.rsplit_once('.').unwrap();
        let parts = said.split('.').map(|part| {
            let bytes = URL_SAFE_NO_PAD.decode(part).unwrap();
            String::from_utf8(bytes).unwrap()
        });
        assert_eq!(
            parts.collect::<Vec<_>>(),
            [
                r#"{"alg":"RS512","kid":"5"}"#,
                r#"{"exp":"1795312401","iss":"me"}"#
            ]
        );
        let bytes = std::fs::read(file).unwrap();
        let key = key(&bytes).unwrap();
        let public = UnparsedPublicKey::new(&RSA_PKCS1_2048_8192_SHA512, key.public());
        let signature = URL_SAFE_NO_PAD.decode(signature).unwrap();
        public.verify(said.as_bytes(), &signature).unwrap();
    }

    #[tokio::test]
    async fn without_a_key_or_an_algorithm_there_is_no_token() {
        for (key, algorithm, expected) in [
            ("/nowhere.pem", "RS256", "JWTAuthKeyFilePath '/nowhere.pem'"),
            ("/nowhere.pem", "HS256", "HS256 is not supported"),
            ("", "RS256", "Have no JWTAuthKeyFilePath"),
        ] {
            let config = Value::map([
                ("JWTAuthKeyFilePath", key),
                ("JWTAuthAlgorithm", algorithm),
                ("JWTAuthTTL", "60"),
                ("JWTAuthPayload", "{}"),
            ]);
            let why = token(&config, now()).await.unwrap_err();
            assert!(why.contains(expected), "{why}");
        }
    }
}
