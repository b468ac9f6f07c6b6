//! Tokens of OAuth2, as `oauth2_token` keeps them for the token configurations of `oauth2_token_config`.
//!
//! A token that is valid is used as it stands. One that has expired is renewed with its refresh token (RFC 6749, section
//! 6) and written back, so that both systems see the new one. Somebody has to fetch the first token with a browser; the
//! Perl system's administration does that.

use chrono::NaiveDateTime;
use compat::{Map, Value, json};
use reqwest::Method;
use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::transport::{
    LONGEST_FOR_TOKENS,
    client::{self, ClientError, Sent},
    encode,
};
use crate::{app::App, directory::UserId};

/// A token is renewed when it lasts no longer than this, in seconds.
const MARGIN: i64 = 10;

/// How long a token lasts whose server does not say.
const USUAL_LIFE: i64 = 3600;

/// Why there is no token.
#[derive(Debug, thiserror::Error)]
pub enum TokenError {
    #[error("There is no valid OAuth2 token configuration with number {0}")]
    NoConfig(i32),
    #[error("OAuth2 token configuration '{0}' has no token yet: request one in the administration")]
    NoToken(String),
    #[error(
        "The OAuth2 token of '{0}' has expired, and there is no refresh token or no address for it"
    )]
    Expired(String),
    #[error("The OAuth2 token of '{name}' could not be renewed: {reason}")]
    Refused { name: String, reason: String },
    #[error("The OAuth2 token of '{name}' could not be renewed: {source}")]
    Client {
        name: String,
        #[source]
        source: ClientError,
    },
    #[error(transparent)]
    Database(#[from] DbError),
}

#[derive(sqlx::FromRow)]
struct ConfigRow {
    name: String,
    config: String,
}

#[derive(sqlx::FromRow)]
struct TokenRow {
    id: i32,
    token: Option<String>,
    token_expiration_date: Option<NaiveDateTime>,
    refresh_token: Option<String>,
}

async fn find_config(app: &App, id: i32) -> Result<Option<ConfigRow>, DbError> {
    let query = Query::select()
        .columns([t::Oauth2TokenConfig::Name, t::Oauth2TokenConfig::Config])
        .from(t::Oauth2TokenConfig::Table)
        .and_where(Expr::col(t::Oauth2TokenConfig::Id).eq(id))
        .and_where(Expr::col(t::Oauth2TokenConfig::ValidId).eq(1_i16))
        .to_owned();
    app.db.read().await?.fetch_optional(&query).await
}

async fn find_token(app: &App, config: i32) -> Result<Option<TokenRow>, DbError> {
    let query = Query::select()
        .columns([
            t::Oauth2Token::Id,
            t::Oauth2Token::Token,
            t::Oauth2Token::TokenExpirationDate,
            t::Oauth2Token::RefreshToken,
        ])
        .from(t::Oauth2Token::Table)
        .and_where(Expr::col(t::Oauth2Token::TokenConfigId).eq(config))
        .to_owned();
    app.db.read().await?.fetch_optional(&query).await
}

/// The token of the configuration with this name, renewed when it has to be.
pub async fn token_of(app: &App, name: &str) -> Result<String, TokenError> {
    let query = Query::select()
        .column(t::Oauth2TokenConfig::Id)
        .from(t::Oauth2TokenConfig::Table)
        .and_where(Expr::col(t::Oauth2TokenConfig::Name).eq(name))
        .to_owned();
    let row: Option<(i32,)> = app.db.read().await?.fetch_optional(&query).await?;
    let (id,) = row.ok_or_else(|| TokenError::NoToken(name.to_owned()))?;
    token(app, id).await
}

/// The token of a configuration, renewed when it has to be.
pub async fn token(app: &App, config: i32) -> Result<String, TokenError> {
    let row = find_config(app, config).await?;
    let row = row.ok_or(TokenError::NoConfig(config))?;
    let name = row.name;
    let token = find_token(app, config).await?;
    let token = token.ok_or_else(|| TokenError::NoToken(name.clone()))?;
    let lasts = token
        .token_expiration_date
        .is_none_or(|ends| (ends - app.clock.now()).num_seconds() > MARGIN);
    if let Some(text) = token.token.filter(|text| lasts && !text.is_empty()) {
        return Ok(text);
    }
    let config = json::read(&row.config).unwrap_or_default();
    let request = Renewal::of(&config, token.refresh_token.as_deref());
    let request = request.ok_or_else(|| TokenError::Expired(name.clone()))?;
    let answer = request.send(&name).await?;
    let renewed = Renewed::of(&config, &answer).ok_or_else(|| TokenError::Refused {
        reason: reason(&answer),
        name,
    })?;
    keep(app, token.id, &renewed).await?;
    Ok(renewed.token)
}

/// What the server says of its refusal.
fn reason(answer: &Value) -> String {
    let text = |key: &str| answer.get(key).and_then(Value::as_string);
    match (text("error"), text("error_description")) {
        (Some(error), Some(description)) => format!("{error}: {description}"),
        (Some(error), None) => error,
        _ => "the answer has no token".to_owned(),
    }
}

fn text(config: &Value, path: &[&str]) -> Option<String> {
    path.iter()
        .try_fold(config, |value, key| value.get(key))
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}

/// A request for another token.
struct Renewal {
    url: String,
    body: String,
}

impl Renewal {
    fn of(config: &Value, refresh_token: Option<&str>) -> Option<Self> {
        let refresh_token = refresh_token.filter(|token| !token.is_empty())?;
        let request = ["Requests", "TokenByRefreshToken", "Request"];
        let url = text(config, &[&request[..], &["URL"]].concat())?;
        let mut parameters = Map::from([
            ("grant_type".to_owned(), Value::text("refresh_token")),
            ("refresh_token".to_owned(), Value::text(refresh_token)),
        ]);
        for (parameter, setting) in [
            ("client_id", "ClientID"),
            ("client_secret", "ClientSecret"),
            ("scope", "Scope"),
        ] {
            if let Some(value) = text(config, &[setting]) {
                parameters.insert(parameter.to_owned(), Value::Text(value));
            }
        }
        let body = encode::form(&parameters);
        Some(Self { url, body })
    }

    async fn send(self, name: &str) -> Result<Value, TokenError> {
        let sent = Sent {
            method: Method::POST,
            url: self.url,
            headers: vec![(
                "Content-Type".to_owned(),
                "application/x-www-form-urlencoded".to_owned(),
            )],
            body: self.body.into_bytes(),
        };
        let answer = client::send(&Value::Undef, LONGEST_FOR_TOKENS, sent)
            .await
            .map_err(|source| TokenError::Client {
                name: name.to_owned(),
                source,
            })?;
        let read = std::str::from_utf8(&answer.body)
            .ok()
            .and_then(|text| json::read(text).ok());
        read.ok_or_else(|| TokenError::Refused {
            name: name.to_owned(),
            reason: format!("HTTP status {} without JSON", answer.status),
        })
    }
}

struct Renewed {
    token: String,
    /// Seconds.
    lasts: i64,
    refresh_token: Option<String>,
}

impl Renewed {
    /// Reads an answer; `ParametersMapping` of the configuration may give its parameters other names.
    fn of(config: &Value, answer: &Value) -> Option<Self> {
        let mapping = [
            "Requests",
            "TokenByRefreshToken",
            "Response",
            "ParametersMapping",
        ];
        let mapping = mapping.iter().try_fold(config, |value, key| value.get(key));
        let mapping = mapping.and_then(Value::as_map);
        let read = |meaning: &str, usual: &str| {
            let named = mapping.into_iter().flatten().find_map(|(name, value)| {
                (value.as_string().as_deref() == Some(meaning)).then_some(name.as_str())
            });
            text(answer, &[named.unwrap_or(usual)])
        };
        Some(Self {
            token: read("Token", "access_token")?,
            lasts: read("TokenExpirationDate", "expires_in")
                .and_then(|seconds| seconds.trim().parse().ok())
                .unwrap_or(USUAL_LIFE)
                .clamp(0, 1_000_000_000),
            refresh_token: read("RefreshToken", "refresh_token"),
        })
    }
}

async fn keep(app: &App, id: i32, renewed: &Renewed) -> Result<(), DbError> {
    let now = app.clock.now();
    let ends = now + chrono::TimeDelta::seconds(renewed.lasts);
    let mut update = Query::update()
        .table(t::Oauth2Token::Table)
        .value(t::Oauth2Token::Token, renewed.token.as_str())
        .value(t::Oauth2Token::TokenExpirationDate, ends)
        .value(t::Oauth2Token::ErrorMessage, None::<String>)
        .value(t::Oauth2Token::ErrorDescription, None::<String>)
        .value(t::Oauth2Token::ErrorCode, None::<String>)
        .value(t::Oauth2Token::ChangeTime, now)
        .value(t::Oauth2Token::ChangeBy, UserId::SYSTEM)
        .and_where(Expr::col(t::Oauth2Token::Id).eq(id))
        .to_owned();
    if let Some(refresh_token) = &renewed.refresh_token {
        update.value(t::Oauth2Token::RefreshToken, refresh_token.as_str());
    }
    let mut tx = app.db.begin().await?;
    tx.execute(&update).await?;
    tx.commit().await
}
