//! Work that waits in the tables `scheduler_task` and `scheduler_future_task`, which the Perl system's daemon and ours
//! share. One of both owns them; we take tasks only where the administrator said that we do.
//!
//! Anybody adds tasks. Of those that are waiting we run the kinds `GenericInterface` and `Cron`; others stay for who can run
//! them. Those of the kind `Cron` come from the settings, see [`cron`].

use schema::DbError;

pub mod cron;
pub mod schedule;
mod summary;
pub mod task;
mod worker;

pub use summary::{Part, Recurrent, Summary, Waiting, summary};
pub use worker::{Report, round, run_due, run_forever};

/// What can go wrong with a task beside its own work.
#[derive(Debug, thiserror::Error)]
pub enum TaskError {
    #[error("the data of task {id} can not be read: {reason}")]
    Data { id: i64, reason: String },
    #[error(transparent)]
    Database(#[from] DbError),
}
