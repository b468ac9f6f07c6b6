//! What the ways on which mail comes have in common: a pipe, LMTP, mail accounts, the spool.
//!
//! Each of them opens a communication with its `Connection`, hands every message to [`take`], and tells the other side
//! that it has the message only after that.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, future::BoxFuture};
use schema::DbError;

use super::{
    communication_log::{CommunicationLog, ObjectKind, Priority, Status},
    inbound::{self, ReceiveError},
};
use crate::app::App;

pub use super::inbound::Options;

/// Why a message was not taken in. Nothing of it is in the database then.
#[derive(Clone, Debug, thiserror::Error)]
pub enum Refused {
    /// The database is away, or was busy with something that got in the way: whoever has the message keeps it for a while.
    #[error("{0}")]
    Later(String),
    /// This message fails here, and will again.
    #[error("{0}")]
    Failed(String),
}

impl From<DbError> for Refused {
    fn from(error: DbError) -> Self {
        if is_passing(&error) {
            Self::Later(error.to_string())
        } else {
            Self::Failed(error.to_string())
        }
    }
}

/// What databases say when they are being stopped or started, are full, read-only, or have no connection left: SQLSTATE of
/// PostgreSQL, and codes of SQLite.
const PASSING: [&str; 10] = ["57P", "53", "08", "25006", "5", "6", "8", "10", "13", "14"];
/// The same of MySQL: disk full, too many connections, out of resources, shutdown, table full, read-only.
const PASSING_MYSQL: [u16; 7] = [1021, 1040, 1041, 1053, 1114, 1290, 1836];

/// Whether the same may well succeed later: the database is away, or was busy with something that got in the way.
pub fn is_passing(error: &DbError) -> bool {
    if matches!(error, DbError::Unreachable(_)) || error.is_conflict() {
        return true;
    }
    let DbError::Statement(sqlx::Error::Database(error)) = error else {
        return false;
    };
    if let Some(error) = error.try_downcast_ref::<sqlx::mysql::MySqlDatabaseError>() {
        return PASSING_MYSQL.contains(&error.number());
    }
    let code = error.code().unwrap_or_default();
    PASSING.iter().any(|known| {
        // A short code of SQLite is a whole one; classes of PostgreSQL are beginnings of five characters.
        code == *known || (code.len() == 5 && code.starts_with(known) && known.len() > 1)
    })
}

/// Who makes tickets and articles of messages: the postmaster, and in tests somebody else.
pub trait Receiver: Send + Sync {
    /// Takes one raw message in; when this returns its rows are committed. Gives what was made of it, for people.
    fn receive<'a>(
        &'a self,
        app: &'a App,
        raw: &'a [u8],
        options: &'a Options,
        log: &'a mut CommunicationLog,
    ) -> BoxFuture<'a, Result<String, Refused>>;
}

/// The postmaster of this system, see [`inbound`].
#[derive(Clone, Copy, Debug)]
pub struct PostMaster;

impl Receiver for PostMaster {
    fn receive<'a>(
        &'a self,
        app: &'a App,
        raw: &'a [u8],
        options: &'a Options,
        log: &'a mut CommunicationLog,
    ) -> BoxFuture<'a, Result<String, Refused>> {
        Box::pin(async move {
            match inbound::receive(app, raw, options, log).await {
                Ok(received) => Ok(received.to_string()),
                // A statement that the database refuses will be refused again: the messages behind must not wait for it.
                Err(ReceiveError::Later(error)) => Err(error.into()),
                Err(ReceiveError::Failed(error)) => Err(Refused::Failed(error.to_string())),
            }
        })
    }
}

/// Takes one message in and tells the log about it, as the module `key`.
pub async fn take(
    app: &App,
    receiver: &dyn Receiver,
    raw: &[u8],
    options: &Options,
    (log, key): (&mut CommunicationLog, &str),
) -> Result<String, Refused> {
    log.set_door(key);
    log.start(ObjectKind::Message, app.clock.now());
    log.entry(
        ObjectKind::Message,
        Priority::Debug,
        key,
        "Processing email with PostMaster module.",
        app.clock.now(),
    );
    // A message that makes us fall over fails like any other: it is kept, and those behind it are not held up.
    let work = AssertUnwindSafe(receiver.receive(app, raw, options, log)).catch_unwind();
    let outcome = work.await.unwrap_or_else(|_| {
        Err(Refused::Failed(
            "a mistake of ours, see the error output".to_owned(),
        ))
    });
    let now = app.clock.now();
    match &outcome {
        // Most receivers have written this with the message.
        Ok(made) => log.message_taken(made, now),
        Err(refused) => {
            let text = format!("The email could not be processed: {refused}.");
            log.entry(ObjectKind::Message, Priority::Error, key, text, now);
            log.stop(ObjectKind::Message, Status::Failed, now);
        }
    }
    outcome
}

/// Writes the log; that it could not be written is no reason to give a message back.
pub async fn write_log(app: &App, log: &mut CommunicationLog) {
    if log.is_written() {
        return;
    }
    if let Err(error) = log.write(&app.db).await {
        tracing::warn!("the communication log was not written: {error}");
    }
}
