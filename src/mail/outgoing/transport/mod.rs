//! How mails leave: by a mail server, by a program, or not at all.

use crate::{app::App, generic_interface::requester::oauth2, settings::Settings};

mod program;
mod smtp;

pub use smtp::{Login, Security, Smtp};

/// A mail as a transport takes it.
#[derive(Clone, Copy, Debug)]
pub struct Parcel<'a> {
    /// A bare address; empty for mails for which nothing comes back.
    pub sender: &'a str,
    /// Bare addresses.
    pub recipients: &'a [String],
    /// Header and body, lines end with a line feed.
    pub raw: &'a [u8],
}

/// Why a mail did not leave, in the reference system's words.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error("{text}")]
pub struct Failure {
    /// What the mail server said, such as 550; none when it said nothing.
    pub code: Option<u16>,
    pub text: String,
    /// What happened to the connection, in words, when it could not be made.
    pub connected: bool,
}

impl Failure {
    fn without_code(text: impl Into<String>) -> Self {
        Self {
            code: None,
            text: text.into(),
            connected: true,
        }
    }

    /// Whether trying again is of no use.
    pub fn is_permanent(&self) -> bool {
        self.code.is_some_and(|code| (500..600).contains(&code))
    }
}

/// The transport that the settings name.
#[derive(Clone, Debug)]
pub enum Transport {
    Smtp(Smtp),
    /// A program with its options; sender and recipients come behind them.
    Program(Vec<String>),
    /// Nothing leaves, and everything counts as sent.
    Nowhere,
}

/// What `SendmailModule` says of the module, without its package.
pub fn kind(settings: &Settings) -> String {
    let module = settings.text("SendmailModule");
    module.rsplit("::").next().unwrap_or_default().to_owned()
}

impl Transport {
    /// The transport of the settings; with OAuth 2 a token is fetched.
    pub async fn from_settings(app: &App) -> Result<Self, Failure> {
        let settings = app.settings.current();
        let security = match kind(&settings).as_str() {
            "SMTP" => Security::None,
            "SMTPS" => Security::Tls,
            "SMTPTLS" => Security::StartTls,
            "Sendmail" => {
                let command = settings.text("SendmailModule::CMD");
                let words = command.split_whitespace().map(str::to_owned).collect();
                return Ok(Self::Program(words));
            }
            "DoNotSendEmail" | "Test" => return Ok(Self::Nowhere),
            other => {
                return Err(Failure::without_code(format!(
                    "There is no way to send mails called '{other}'!"
                )));
            }
        };
        Ok(Self::Smtp(Smtp {
            host: settings.text("SendmailModule::Host"),
            port: settings.text("SendmailModule::Port").parse().ok(),
            security,
            login: login(app, &settings).await?,
            hello: settings.text("FQDN"),
            authority: None,
        }))
    }
}

async fn login(app: &App, settings: &Settings) -> Result<Option<Login>, Failure> {
    let user = settings.text("SendmailModule::AuthUser");
    if user.is_empty() {
        return Ok(None);
    }
    if settings.text("SendmailModule::AuthenticationType") != "oauth2_token" {
        let password = settings.text("SendmailModule::AuthPassword");
        return Ok(Some(Login::Password { user, password }));
    }
    let name = settings.text("SendmailModule::OAuth2TokenConfigName");
    let token = oauth2::token_of(app, &name).await;
    let token = token.map_err(|error| Failure::without_code(error.to_string()))?;
    Ok(Some(Login::Token { user, token }))
}

/// A transport at work: keeps its connection to the mail server from one mail to the next.
#[derive(Debug)]
pub struct Carrier {
    transport: Transport,
    connection: Option<smtp::Connection>,
}

impl Carrier {
    pub fn new(transport: Transport) -> Self {
        Self {
            transport,
            connection: None,
        }
    }

    /// Hands a mail over. Once this returns without a failure somebody else answers for it.
    pub async fn send(&mut self, parcel: Parcel<'_>) -> Result<(), Failure> {
        if parcel.recipients.is_empty() {
            return Err(Failure::without_code("There is no recipient!"));
        }
        match &self.transport {
            Transport::Nowhere => Ok(()),
            Transport::Program(command) => program::send(command, parcel).await,
            Transport::Smtp(server) => {
                let mut connection = match self.connection.take() {
                    Some(connection) if connection.is_alive() => connection,
                    _ => smtp::Connection::open(server).await?,
                };
                connection.send(parcel).await?;
                self.connection = Some(connection);
                Ok(())
            }
        }
    }

    /// Says goodbye to the mail server.
    pub async fn close(mut self) {
        if let Some(connection) = self.connection.take() {
            connection.close().await;
        }
    }
}
