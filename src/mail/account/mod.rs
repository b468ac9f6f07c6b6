//! Mail accounts: the messages that wait on other servers become tickets.
//!
//! One process at a time fetches an account ([`lock`]). A message is deleted on its server only after it is committed here,
//! or kept in the spool. Whatever goes wrong with one
//! account stays with it: each socket has a time-out, and each account its own entries in the communication log.

use std::{fmt, str::FromStr, time::Duration};

use schema::DbError;

use crate::app::App;

mod fetch;
mod imap;
mod lock;
mod pop3;
mod store;
mod wire;

pub use fetch::{Context, Fetched, fetch};
pub use lock::{Lock, TABLE as LOCK_TABLE, create_table};

/// How a server is spoken to, in the words of `mail_account.account_type`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    Pop3,
    Pop3s,
    /// POP3 that becomes encrypted by STLS.
    Pop3Tls,
    Imap,
    Imaps,
    /// IMAP that becomes encrypted by STARTTLS.
    ImapTls,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::Pop3,
        Self::Pop3s,
        Self::Pop3Tls,
        Self::Imap,
        Self::Imaps,
        Self::ImapTls,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Pop3 => "POP3",
            Self::Pop3s => "POP3S",
            Self::Pop3Tls => "POP3TLS",
            Self::Imap => "IMAP",
            Self::Imaps => "IMAPS",
            Self::ImapTls => "IMAPTLS",
        }
    }

    const fn port(self) -> u16 {
        match self {
            Self::Pop3 | Self::Pop3Tls => 110,
            Self::Pop3s => 995,
            Self::Imap | Self::ImapTls => 143,
            Self::Imaps => 993,
        }
    }

    const fn encryption(self) -> Encryption {
        match self {
            Self::Pop3 | Self::Imap => Encryption::None,
            Self::Pop3s | Self::Imaps => Encryption::FromTheStart,
            Self::Pop3Tls | Self::ImapTls => Encryption::Upgraded,
        }
    }

    const fn is_imap(self) -> bool {
        matches!(self, Self::Imap | Self::Imaps | Self::ImapTls)
    }
}

impl FromStr for Kind {
    type Err = ();

    fn from_str(name: &str) -> Result<Self, ()> {
        let found = Self::ALL.into_iter().find(|kind| kind.name() == name);
        found.ok_or(())
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Encryption {
    None,
    FromTheStart,
    Upgraded,
}

/// How we prove who we are.
#[derive(Clone, Eq, PartialEq)]
pub enum Secret {
    Password(String),
    /// The key of the `oauth2_token_config`.
    OAuth2(i32),
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Password(_) => f.write_str("Password(…)"),
            Self::OAuth2(config) => write!(f, "OAuth2({config})"),
        }
    }
}

/// A valid row of `mail_account`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Account {
    pub id: i32,
    pub login: String,
    pub secret: Secret,
    /// A name or an address, with `:PORT` where it is not the usual one.
    pub host: String,
    pub kind: Kind,
    /// The name of the queue of new tickets; none when each message's recipient decides.
    pub queue: Option<String>,
    pub trusted: bool,
    /// IMAP only.
    pub folder: String,
}

/// What one run takes from an account.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Limits {
    /// Larger messages stay where they are.
    pub message_bytes: u64,
    /// Messages in one run; none for all.
    pub messages: Option<usize>,
    /// Messages after which the connection is made anew.
    pub reconnect: usize,
    /// Until the server says something.
    pub silence: Duration,
}

impl Limits {
    /// `Otterdesk::MailAccount::MaxMessages`, `PostMasterMaxEmailSize` (in KB) and `PostMasterReconnectMessage`.
    pub fn of(app: &App) -> Self {
        let settings = app.settings.current();
        let positive = |name: &str| {
            u64::try_from(settings.integer(name))
                .ok()
                .filter(|n| *n > 0)
        };
        let count = |name: &str| positive(name).and_then(|number| usize::try_from(number).ok());
        Self {
            message_bytes: positive("PostMasterMaxEmailSize").unwrap_or(16_384) * 1024,
            messages: count("Otterdesk::MailAccount::MaxMessages"),
            reconnect: count("PostMasterReconnectMessage").unwrap_or(20),
            silence: Duration::from_mins(1),
        }
    }
}

/// The valid accounts in the order of their keys, or the one with this key.
pub async fn list(app: &App, only: Option<i32>) -> Result<Vec<Account>, DbError> {
    store::list(app, only).await
}
