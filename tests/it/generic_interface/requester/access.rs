//! Ways to another system: proxies, certificates, tokens.

use chrono::{NaiveDateTime, TimeDelta};
use schema::tables as t;
use sea_query::{Query, SimpleExpr};

use super::{call, other_side::OtherSide, service};
use crate::support::{TestApp, insert, now};

fn config(host: &str, more: &str) -> String {
    let config = format!(
        "DefaultCommand: POST\nHost: {host}\nInvokerControllerMapping:\n  Echo:\n    Controller: /x\nTimeout: '5'\n{more}"
    );
    service("HTTP::REST", &config)
}

#[actix_web::test]
async fn a_proxy_gets_the_whole_address_and_its_own_password() {
    let app = TestApp::start().await;
    let proxy = OtherSide::start();
    let more = format!(
        "Proxy:\n  UseProxy: Yes\n  ProxyExclude: No\n  ProxyHost: http://{}\n  ProxyUser: u\n  ProxyPassword: p\n",
        proxy.address
    );
    app.web_service("Out", &config("http://elsewhere.invalid/base", &more))
        .await;
    call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap();
    insta::assert_snapshot!(proxy.arrived(), @r#"
    POST http://elsewhere.invalid/base/x HTTP/1.1
    Content-Type: application/json; charset=UTF-8
    Proxy-Authorization: Basic dTpw

    {"a":"b"}
    "#);
}

#[actix_web::test]
async fn an_excluded_proxy_is_not_asked() {
    let app = TestApp::start().await;
    let (proxy, side) = (OtherSide::start(), OtherSide::start());
    let more = format!(
        "Proxy:\n  UseProxy: Yes\n  ProxyExclude: Yes\n  ProxyHost: http://{}\n",
        proxy.address
    );
    let host = format!("http://{}", side.address);
    app.web_service("Out", &config(&host, &more)).await;
    call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap();
    assert_eq!(proxy.arrived(), "");
    assert!(side.arrived().starts_with("POST /x HTTP/1.1"));
}

#[actix_web::test]
async fn files_of_certificates_that_can_not_be_used_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("none.pem");
    std::fs::write(&file, "no certificate").unwrap();
    let encrypted = directory.path().join("key.pem");
    let key = include_bytes!("../../../../fixtures/keys/encrypted.pem");
    std::fs::write(&encrypted, key).unwrap();
    for (setting, path, expected) in [
        (
            "SSLCertificate",
            "/nowhere.pem",
            "SSLCertificate '/nowhere.pem': No such file",
        ),
        (
            "SSLCAFile",
            "/nowhere.pem",
            "SSLCAFile '/nowhere.pem': No such file",
        ),
        ("SSLCADir", "/nowhere", "SSLCADir '/nowhere': No such file"),
        (
            "SSLCertificate",
            encrypted.to_str().unwrap(),
            "has a password, which is not supported",
        ),
        ("SSLCertificate", file.to_str().unwrap(), "none.pem': "),
    ] {
        let app = TestApp::start().await;
        let more = format!("SSL:\n  UseSSL: Yes\n  {setting}: {path}\n");
        app.web_service("Out", &config("https://127.0.0.1:1", &more))
            .await;
        call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap_err();
        let log = super::log(&app).await;
        assert!(log.contains(expected), "{setting} {path}: {log}");
    }
}

/// A token, and where another one is had for it.
pub async fn token(app: &TestApp, url: &str, ends: NaiveDateTime) {
    use t::{Oauth2Token as T, Oauth2TokenConfig as C};
    let mut tx = app.app.db.begin().await.unwrap();
    let config = format!(
        r#"{{"ClientID":"me","ClientSecret":"planted","Scope":"all","Requests":{{"TokenByRefreshToken":{{"Request":{{"URL":"{url}"}},"Response":{{"ParametersMapping":{{"access_token":"Token","expires_in":"TokenExpirationDate"}}}}}}}}}}"#
    );
    insert(
        &mut tx,
        C::Table,
        &[
            (C::Id, SimpleExpr::from(1)),
            (C::Name, "Example".into()),
            (C::Config, config.into()),
            (C::ValidId, 1.into()),
            (C::CreateTime, now().into()),
            (C::CreateBy, 1.into()),
            (C::ChangeTime, now().into()),
            (C::ChangeBy, 1.into()),
        ],
    )
    .await;
    insert(
        &mut tx,
        T::Table,
        &[
            (T::Id, SimpleExpr::from(1)),
            (T::TokenConfigId, 1.into()),
            (T::Token, "first".into()),
            (T::TokenExpirationDate, ends.into()),
            (T::RefreshToken, "again".into()),
            (T::CreateTime, now().into()),
            (T::CreateBy, 1.into()),
            (T::ChangeTime, now().into()),
            (T::ChangeBy, 1.into()),
        ],
    )
    .await;
    tx.commit().await.unwrap();
}

#[derive(Debug, PartialEq, sqlx::FromRow)]
struct TokenRow {
    token: Option<String>,
    token_expiration_date: Option<NaiveDateTime>,
    refresh_token: Option<String>,
}

async fn kept(app: &TestApp) -> TokenRow {
    let query = Query::select()
        .columns([
            t::Oauth2Token::Token,
            t::Oauth2Token::TokenExpirationDate,
            t::Oauth2Token::RefreshToken,
        ])
        .from(t::Oauth2Token::Table)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    tx.fetch_one(&query).await.unwrap()
}

const WITH_TOKEN: &str = "Authentication:\n  AuthType: OAuth2Token\n  OAuth2TokenConfigID: '1'\n";

#[actix_web::test]
async fn a_token_is_sent_as_long_as_it_lasts_and_renewed_then() {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    let url = format!("http://{}/token", side.address);
    token(&app, &url, now() + TimeDelta::minutes(5)).await;
    let host = format!("http://{}", side.address);
    app.web_service("Out", &config(&host, WITH_TOKEN)).await;

    call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap();
    assert!(side.arrived().contains("Authorization: Bearer first\n"));

    app.app.clock.set(now() + TimeDelta::minutes(5));
    call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap();
    insta::assert_snapshot!(side.arrived(), @r#"
    POST /token HTTP/1.1
    Content-Type: application/x-www-form-urlencoded

    client_id=me&client_secret=planted&grant_type=refresh_token&refresh_token=again&scope=all
    ---
    POST /x HTTP/1.1
    Authorization: Bearer fresh
    Content-Type: application/json; charset=UTF-8

    {"a":"b"}
    "#);
    assert_eq!(
        kept(&app).await,
        TokenRow {
            token: Some("fresh".to_owned()),
            token_expiration_date: Some(now() + TimeDelta::minutes(65)),
            refresh_token: Some("next".to_owned()),
        }
    );
    let log = super::log(&app).await;
    assert!(!log.contains("fresh") && !log.contains("planted"), "{log}");
}

#[actix_web::test]
async fn a_token_that_can_not_be_renewed_is_explained() {
    let side = OtherSide::start();
    let host = format!("http://{}", side.address);
    for (url, expected) in [
        (
            format!("{host}/refused"),
            "REST Transport: The OAuth2 token of 'Example' could not be renewed: invalid_grant",
        ),
        (
            format!("{host}/html"),
            "REST Transport: The OAuth2 token of 'Example' could not be renewed: HTTP status 200 without JSON",
        ),
        (
            String::new(),
            "REST Transport: The OAuth2 token of 'Example' has expired, and there is no refresh token or no address for it",
        ),
    ] {
        let app = TestApp::start().await;
        token(&app, &url, now() - TimeDelta::minutes(1)).await;
        app.web_service("Out", &config(&host, WITH_TOKEN)).await;
        let failure = call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap_err();
        assert_eq!(failure.to_string(), expected);
        assert_eq!(kept(&app).await.token.as_deref(), Some("first"));
    }
}

#[actix_web::test]
async fn a_signed_token_goes_with_the_request() {
    let app = TestApp::start().await;
    let side = OtherSide::start();
    let key = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/keys/plain.pem");
    let more = format!(
        "Authentication:\n  AuthType: JWT\n  JWTAuthAlgorithm: RS256\n  JWTAuthKeyFilePath: {key}\n  JWTAuthTTL: '60'\n  \
         JWTAuthPayload:\n    iss: me\n    exp: <OTRS_JWT_ExpirationDateTimestamp>\n"
    );
    let host = format!("http://{}", side.address);
    app.web_service("Out", &config(&host, &more)).await;

    call(&app, "Echo", r#"{"a":"b"}"#).await.unwrap();

    let arrived = side.arrived();
    // {"alg":"RS256"}
    assert!(
        arrived.contains("Authorization: Bearer eyJhbGciOiJSUzI1NiJ9."),
        "{arrived}"
    );
    let log = super::log(&app).await;
    assert!(!log.contains("eyJhbGciOiJSUzI1NiJ9"), "{log}");
}
