//! The door that gateways know best: one raw message on the standard input of a process, and its exit code.
//!
//! | code | what it says to the mail server                                                        |
//! |------|----------------------------------------------------------------------------------------|
//! | 0    | the message is committed                                                               |
//! | 1    | there was no message                                                                   |
//! | 75   | try again later (`EX_TEMPFAIL`): nothing of the message was kept here                  |
//!
//! The mail server has a message until it is committed, and has it alone: what it delivers again must not wait in the spool too.
//!
//! Source: the reference system, asked with an empty message, with tables that were taken away, and with a filter that dies.

use std::io::Read;

use super::{
    communication_log::{Account, CommunicationLog, Direction, ObjectKind, Priority, Status},
    door::{self, Options, Receiver},
    inbound,
    spool::Spool,
};
use crate::app::App;

/// What the communication log calls us, as the reference system does.
const KEY: &str = "Kernel::System::Console::Command::Maint::PostMaster::Read";
/// Bytes of a message that we are ready to keep in memory.
const LARGEST: u64 = inbound::LARGEST as u64;

/// The exit code for an empty message.
pub const NOTHING: u8 = 1;
/// `EX_TEMPFAIL` of `sysexits.h`.
pub const TRY_AGAIN: u8 = 75;

/// Why a message was not taken, with the exit code of the process.
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub struct Failure {
    pub code: u8,
    pub message: String,
}

impl Failure {
    /// The mail server keeps the message and tries again.
    #[expect(
        clippy::needless_pass_by_value,
        reason = "an error comes as `map_err` hands it over"
    )]
    pub fn later(message: impl ToString) -> Self {
        Self {
            code: TRY_AGAIN,
            message: message.to_string(),
        }
    }
}

/// Reads the message that somebody pipes into us.
pub fn message(input: impl Read) -> Result<Vec<u8>, Failure> {
    let mut raw = Vec::new();
    let mut input = input.take(LARGEST + 1);
    let count = input
        .read_to_end(&mut raw)
        .map_err(|error| Failure::later(format!("the message could not be read: {error}")))?;
    if count as u64 > LARGEST {
        return Err(Failure::later("the message has more than 512 MB"));
    }
    Ok(raw)
}

/// Takes one message in. Gives what was made of it, for people.
pub async fn read(
    app: &App,
    receiver: &dyn Receiver,
    options: &Options,
    raw: &[u8],
) -> Result<String, Failure> {
    let account = Account {
        kind: "STDIN".to_owned(),
        id: None,
    };
    let now = app.clock.now();
    let mut log = CommunicationLog::new(Direction::Incoming, Some(account), now);
    log.start(ObjectKind::Connection, now);
    let text = "Read email from STDIN.";
    log.entry(ObjectKind::Connection, Priority::Debug, KEY, text, now);
    let outcome = if raw.is_empty() {
        let text = "Got no email on STDIN!";
        log.entry(ObjectKind::Connection, Priority::Error, KEY, text, now);
        Err(Failure {
            code: NOTHING,
            message: text.to_owned(),
        })
    } else {
        let lines = raw.split_inclusive(|byte| *byte == b'\n').count();
        let text = format!("Email with {lines} lines successfully read from STDIN.");
        log.entry(ObjectKind::Connection, Priority::Debug, KEY, text, now);
        log.end_with_message("Closing connection from STDIN.");
        let taken = door::take(app, receiver, raw, options, (&mut log, KEY)).await;
        taken.map_err(Failure::later)
    };
    if !log.is_finished() {
        log.finish(Status::Failed, app.clock.now());
    }
    door::write_log(app, &mut log).await;
    outcome
}

/// What became of one message of the spool.
#[derive(Debug)]
pub struct Reprocessed {
    pub path: std::path::PathBuf,
    pub outcome: Result<String, Failure>,
}

/// Processes the messages of the spool again; what is taken now is deleted there. `tell` hears of each one.
///
/// Errors: of the folder.
pub async fn reprocess(
    app: &App,
    receiver: &dyn Receiver,
    spool: &Spool,
    mut tell: impl FnMut(&Reprocessed),
) -> std::io::Result<()> {
    for kept in spool.list()? {
        let options = Options {
            queue: None,
            trusted: kept.trusted,
        };
        let outcome = match std::fs::read(&kept.path) {
            Ok(raw) => read(app, receiver, &options, &raw).await,
            Err(error) => Err(Failure::later(error)),
        };
        if outcome.is_ok() {
            std::fs::remove_file(&kept.path)?;
        }
        tell(&Reprocessed {
            path: kept.path,
            outcome,
        });
    }
    Ok(())
}
