//! Sessions, kept in `sessions` as one row for each key, shared with the Perl side: a session opened in one system is
//! valid in the other.
//!
//! Structured values are Perl's Storable in base64 (`serialized` = 1).

use std::{collections::BTreeMap, sync::Arc};

use compat::Value;
use schema::{DbError, Tx};

use super::Principal;
use crate::{
    app::App,
    directory::{self, UserId},
    settings::Settings,
};

pub mod cleaning;
mod create;
mod store;

pub use create::{Caller, Data, create, of_agent, of_customer};

/// The rows of one session by key.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Session {
    pub id: String,
    pub data: BTreeMap<String, Entry>,
}

/// A value of a session.
#[derive(Clone, Debug, PartialEq)]
pub enum Entry {
    /// `None` for `NULL`.
    Text(Option<String>),
    Structure(Value),
}

impl Session {
    /// A text that is neither missing nor `NULL`.
    pub fn text(&self, key: &str) -> Option<&str> {
        match self.data.get(key)? {
            Entry::Text(text) => text.as_deref(),
            Entry::Structure(_) => None,
        }
    }

    fn seconds(&self, key: &str) -> i64 {
        self.text(key)
            .and_then(|text| text.parse().ok())
            .unwrap_or_default()
    }

    /// Why this session is over, if it is. `now` in seconds since 1970.
    fn verdict(&self, settings: &Settings, remote_addr: Option<&str>, now: i64) -> Verdict {
        let has = |key| {
            self.text(key)
                .is_some_and(|text| !text.is_empty() && text != "0")
        };
        if !has("UserID") || !has("UserLogin") {
            return Verdict::Unknown;
        }
        if settings.is_on("SessionCheckRemoteIP")
            && let Some(address) = remote_addr
            && self.text("UserRemoteAddr") != Some(address)
        {
            return Verdict::Over {
                delete: settings.is_on("SessionDeleteIfNotRemoteID"),
            };
        }
        let idle = now - settings.integer("SessionMaxIdleTime") >= self.seconds("UserLastRequest");
        let old = now - settings.integer("SessionMaxTime") >= self.seconds("UserSessionStart");
        if idle || old {
            return Verdict::Over {
                delete: settings.is_on("SessionDeleteIfTimeToOld"),
            };
        }
        Verdict::Alive
    }
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Verdict {
    Alive,
    /// Not a session of somebody; it is left alone.
    Unknown,
    Over {
        delete: bool,
    },
}

/// The session with this id, with everything in it, alive or not.
pub async fn find(tx: &mut Tx, id: &str) -> Result<Option<Session>, DbError> {
    store::find(tx, id).await
}

/// The session with this id when it is alive: known, from the address that opened it, neither idle for too long nor
/// too old. One that is over is removed.
pub async fn alive(
    app: &App,
    id: &str,
    remote_addr: Option<&str>,
) -> Result<Option<Arc<Session>>, DbError> {
    let read = async || {
        let mut tx = app.db.read().await?;
        Ok(store::find(&mut tx, id).await?.map(Arc::new))
    };
    let session = app.recent.sessions.get_or_read(id.to_owned(), read).await?;
    let Some(session) = session else {
        return Ok(None);
    };
    let settings = app.settings.current();
    match session.verdict(&settings, remote_addr, app.clock.timestamp()) {
        Verdict::Alive => Ok(Some(session)),
        Verdict::Over { delete: true } => {
            remove(app, id).await?;
            Ok(None)
        }
        Verdict::Over { delete: false } | Verdict::Unknown => Ok(None),
    }
}

/// Ends a session; one that does not exist is fine too.
pub async fn remove(app: &App, id: &str) -> Result<(), DbError> {
    let mut tx = app.db.begin().await?;
    store::delete(&mut tx, id).await?;
    tx.commit().await?;
    let id = id.to_owned();
    app.recent.sessions.forget(&id);
    app.recent.principals.forget(&id);
    Ok(())
}

/// Who opened a session; `None` when they are gone or not valid any more.
///
/// The reference system lets people on who have been made invalid since they signed in; we do not.
pub async fn principal(app: &App, session: &Session) -> Result<Option<Principal>, DbError> {
    let read = async || {
        let settings = app.settings.current();
        read_principal(&mut app.db.read().await?, &settings, session).await
    };
    let id = session.id.clone();
    app.recent.principals.get_or_read(id, read).await
}

async fn read_principal(
    tx: &mut Tx,
    settings: &Settings,
    session: &Session,
) -> Result<Option<Principal>, DbError> {
    let principal = if session.text("UserType") == Some("Customer") {
        let Some(login) = session.text("UserLogin") else {
            return Ok(None);
        };
        directory::customer_user(tx, settings, login)
            .await?
            .map(Principal::Customer)
    } else {
        let Some(id) = session.text("UserID").and_then(|id| id.parse().ok()) else {
            return Ok(None);
        };
        directory::agent(tx, UserId(id))
            .await?
            .map(Principal::Agent)
    };
    Ok(principal.filter(Principal::is_valid))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::Origin;

    const NOW: i64 = 1_769_162_400;

    fn session(changes: &[(&str, &str)]) -> Session {
        let mut session = Session {
            id: "x".to_owned(),
            ..Session::default()
        };
        let start = NOW.to_string();
        for (key, value) in [
            ("UserID", "2"),
            ("UserLogin", "alice"),
            ("UserRemoteAddr", "192.0.2.1"),
            ("UserLastRequest", start.as_str()),
            ("UserSessionStart", start.as_str()),
        ]
        .iter()
        .chain(changes)
        {
            session
                .data
                .insert((*key).to_owned(), Entry::Text(Some((*value).to_owned())));
        }
        session
    }

    #[test]
    fn a_session_ends_when_it_was_idle_for_the_whole_time_allowed() {
        let settings = Settings::default();
        let session = session(&[]);
        let at = |now| session.verdict(&settings, Some("192.0.2.1"), now);

        assert_eq!(at(NOW + 7_199), Verdict::Alive);
        assert_eq!(at(NOW + 7_200), Verdict::Over { delete: true });
    }

    #[test]
    fn a_session_in_use_ends_at_its_greatest_age() {
        let settings = Settings::default();
        let last = (NOW + 57_590).to_string();
        let session = session(&[("UserLastRequest", &last)]);
        let at = |now| session.verdict(&settings, Some("192.0.2.1"), now);

        assert_eq!(at(NOW + 57_599), Verdict::Alive);
        assert_eq!(at(NOW + 57_600), Verdict::Over { delete: true });
    }

    #[test]
    fn a_session_belongs_to_the_address_that_opened_it() {
        let session = session(&[]);
        let bound = Settings::default();
        let free = Settings::with([(
            "SessionCheckRemoteIP".to_owned(),
            Value::text("0"),
            Origin::Database,
        )]);

        assert_eq!(
            session.verdict(&bound, Some("192.0.2.2"), NOW),
            Verdict::Over { delete: true }
        );
        assert_eq!(
            session.verdict(&free, Some("192.0.2.2"), NOW),
            Verdict::Alive
        );
    }

    #[test]
    fn rows_without_a_user_are_no_session_and_stay() {
        let session = session(&[("UserID", "")]);

        assert_eq!(
            session.verdict(&Settings::default(), Some("192.0.2.1"), NOW + 90_000),
            Verdict::Unknown
        );
    }
}
