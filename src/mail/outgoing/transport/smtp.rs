//! Mail servers, RFC 5321: plainly, with STARTTLS, or encrypted from the start.

use std::{error::Error as _, time::Duration};

use lettre::transport::smtp::{
    Error,
    authentication::{Credentials, Mechanism},
    client::{AsyncSmtpConnection, Certificate, TlsParameters},
    extension::ClientId,
};

use super::{Failure, Parcel};

/// How long a server may take for one answer.
const TIMEOUT: Duration = Duration::from_mins(1);

/// How the connection is protected.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Security {
    None,
    /// Encrypted before anything is said but the greeting; a server that can not do it gets no mail.
    StartTls,
    /// Encrypted from the first byte.
    Tls,
}

impl Security {
    const fn usual_port(self) -> u16 {
        match self {
            Self::None => 25,
            Self::StartTls => 587,
            Self::Tls => 465,
        }
    }
}

/// How we prove who we are.
#[derive(Clone)]
pub enum Login {
    Password {
        user: String,
        password: String,
    },
    /// A token of OAuth 2.
    Token {
        user: String,
        token: String,
    },
}

impl std::fmt::Debug for Login {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Login")
    }
}

/// A mail server.
#[derive(Clone, Debug)]
pub struct Smtp {
    pub host: String,
    pub port: Option<u16>,
    pub security: Security,
    pub login: Option<Login>,
    /// The name that we say we have.
    pub hello: String,
    /// A certificate (PEM) that is trusted beside those of the machine.
    pub authority: Option<Vec<u8>>,
}

pub(super) struct Connection(AsyncSmtpConnection);

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Connection")
    }
}

impl Connection {
    pub(super) async fn open(server: &Smtp) -> Result<Self, Failure> {
        let unreachable = |error: &Error| Failure {
            connected: false,
            ..failure(
                &format!("Can't connect to {}: ", server.host),
                error,
                Joined::Reason,
            )
        };
        let hello = ClientId::Domain(server.hello.clone());
        let tls = match server.security {
            Security::None => None,
            Security::StartTls | Security::Tls => {
                Some(tls(server).map_err(|error| unreachable(&error))?)
            }
        };
        let port = server.port.unwrap_or(server.security.usual_port());
        let (from_start, later) = match server.security {
            Security::Tls => (tls, None),
            Security::None | Security::StartTls => (None, tls),
        };
        let address = (server.host.as_str(), port);
        let mut connection =
            AsyncSmtpConnection::connect_tokio1(address, Some(TIMEOUT), &hello, from_start, None)
                .await
                .map_err(|error| unreachable(&error))?;
        if let Some(tls) = later {
            let started = connection.starttls(tls, &hello).await;
            started.map_err(|error| unreachable(&error))?;
        }
        if let Some(login) = &server.login {
            let (mechanisms, credentials) = match login {
                Login::Password { user, password } => (
                    [Mechanism::Plain, Mechanism::Login].as_slice(),
                    Credentials::new(user.clone(), password.clone()),
                ),
                Login::Token { user, token } => (
                    [Mechanism::Xoauth2].as_slice(),
                    Credentials::new(user.clone(), token.clone()),
                ),
            };
            let answer = connection.auth(mechanisms, &credentials).await;
            answer.map_err(|error| {
                // A password that somebody corrects in a minute is no reason to throw mails away.
                let refused = failure("SMTP authentication failed: ", &error, Joined::Answer);
                Failure {
                    code: None,
                    connected: false,
                    ..refused
                }
            })?;
        }
        Ok(Self(connection))
    }

    pub(super) fn is_alive(&self) -> bool {
        !self.0.has_broken()
    }

    pub(super) async fn send(&mut self, parcel: Parcel<'_>) -> Result<(), Failure> {
        let sender = plain_address(parcel.sender)?;
        let told = self.command(&format!("MAIL FROM:<{sender}>")).await;
        told.map_err(|error| {
            let what = format!("Envelope from '{sender}' not accepted by the server: ");
            failure(&what, &error, Joined::Answer)
        })?;
        for recipient in parcel.recipients {
            let recipient = plain_address(recipient)?;
            let told = self.command(&format!("RCPT TO:<{recipient}>")).await;
            told.map_err(|error| {
                let what = format!("Envelope to '{recipient}' not accepted by the server: ");
                failure(&what, &error, Joined::Answer)
            })?;
        }
        let refused =
            |error: Error| failure("Could not send message to server: ", &error, Joined::Answer);
        self.command("DATA").await.map_err(refused)?;
        let message = with_network_line_ends(parcel.raw);
        // The end that follows has a line end of its own.
        let message = message.strip_suffix(b"\r\n").unwrap_or(&message);
        self.0.message(message).await.map_err(refused)?;
        Ok(())
    }

    async fn command(&mut self, command: &str) -> Result<(), Error> {
        self.0.command(format!("{command}\r\n")).await.map(drop)
    }

    pub(super) async fn close(mut self) {
        self.0.abort().await;
    }
}

fn tls(server: &Smtp) -> Result<TlsParameters, Error> {
    let mut parameters = TlsParameters::builder(server.host.clone());
    if let Some(authority) = &server.authority {
        parameters = parameters.add_root_certificate(Certificate::from_pem(authority)?);
    }
    parameters.build_rustls()
}

/// An address that can not end the command that it stands in.
fn plain_address(address: &str) -> Result<&str, Failure> {
    if address.contains(|c: char| c.is_control() || matches!(c, '<' | '>' | ' ')) {
        return Err(Failure {
            code: Some(501),
            text: format!("'{}' is no address!", address.escape_debug()),
            connected: true,
        });
    }
    Ok(address)
}

/// What stands behind the words that say what failed.
#[derive(Clone, Copy)]
enum Joined {
    /// `550, no such user` and a line end.
    Answer,
    /// Why there is no connection.
    Reason,
}

/// A failure in the words of the reference system.
fn failure(what: &str, error: &Error, joined: Joined) -> Failure {
    let reason = error
        .source()
        .map_or_else(|| error.to_string(), ToString::to_string);
    let code = error.status().map(u16::from);
    let text = match (joined, code) {
        (Joined::Reason, _) => format!("{what}{reason}!"),
        (Joined::Answer, Some(code)) => format!("{what}{code}, {reason}\n!"),
        // The server went away in the middle.
        (Joined::Answer, None) => {
            return Failure {
                code: Some(421),
                text: format!("{what}421, {reason}!"),
                connected: true,
            };
        }
    };
    Failure {
        code,
        text,
        connected: true,
    }
}

fn with_network_line_ends(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len() + raw.len() / 40);
    let mut last = 0;
    for byte in raw {
        if *byte == b'\n' && last != b'\r' {
            out.push(b'\r');
        }
        out.push(*byte);
        last = *byte;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_end_as_the_network_wants_them() {
        assert_eq!(with_network_line_ends(b"a\nb\r\nc"), b"a\r\nb\r\nc");
    }

    #[test]
    fn an_address_is_no_second_command() {
        assert!(plain_address("a@x.example").is_ok());
        for bad in ["a@x>\r\nDATA", "a b", "<a@x>"] {
            assert!(
                plain_address(bad).is_err_and(|failure| failure.is_permanent()),
                "{bad}"
            );
        }
    }
}
