//! What the ways on which mail comes have in common: a pipe, LMTP, mail accounts, the spool.
//!
//! Each of them opens a communication with its `Connection`, hands every message to [`take`], and tells the other side
//! that it has the message only after that.

use std::panic::AssertUnwindSafe;

use futures_util::{FutureExt as _, future::BoxFuture};
use schema::DbError;

use super::communication_log::{CommunicationLog, ObjectKind, Priority, Status};
use crate::app::App;

/// How a message is to be treated.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Options {
    /// The name of the queue in which a new ticket is made; what the message says when there is none.
    pub queue: Option<String>,
    /// Whether `X-OTRS-…` headers count.
    pub trusted: bool,
}

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

/// Whether the same may well succeed later.
pub fn is_passing(error: &DbError) -> bool {
    matches!(error, DbError::Unreachable(_)) || error.is_conflict()
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

/// Takes one message in and tells the log about it, as the module `key`.
pub async fn take(
    app: &App,
    receiver: &dyn Receiver,
    raw: &[u8],
    options: &Options,
    (log, key): (&mut CommunicationLog, &str),
) -> Result<String, Refused> {
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
        Ok(made) => {
            let text = format!("Email processing with PostMaster module completed: {made}.");
            log.entry(ObjectKind::Message, Priority::Debug, key, text, now);
            log.stop(ObjectKind::Message, Status::Successful, now);
        }
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
    if let Err(error) = log.write(&app.db).await {
        tracing::warn!("the communication log was not written: {error}");
    }
}
