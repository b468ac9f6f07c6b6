//! What can go wrong between us and a database.

use sqlx::mysql::MySqlDatabaseError;

/// An error of the database or of what it holds.
#[derive(Debug, thiserror::Error)]
pub enum DbError {
    #[error(
        "the database address `{0}` is not understood: it starts with mysql://, postgres:// or sqlite:"
    )]
    UnknownAddress(String),
    #[error("the database can not be reached: {0}")]
    Unreachable(#[source] sqlx::Error),
    #[error("the database refused a statement: {0}")]
    Statement(#[source] sqlx::Error),
    #[error("table `{table}`, column `{column}`, row {row}: a value that has no meaning")]
    Inconsistent {
        table: &'static str,
        column: &'static str,
        row: i64,
    },
    #[error("table `{table}` has no row with the name `{name}`, which OTRS brings along")]
    Missing {
        table: &'static str,
        name: &'static str,
    },
    #[error("a statement on one row changed {0} rows")]
    NotOneRow(u64),
}

/// PostgreSQL: serialization failure, deadlock, lock not available. SQLite: busy, locked, and busy with what a recovery or an
/// old snapshot leaves.
const CONFLICTS: [&str; 7] = ["40001", "40P01", "55P03", "5", "6", "261", "517"];

impl DbError {
    /// Whether a unique constraint refused the row: somebody else was first.
    pub fn is_duplicate(&self) -> bool {
        match self {
            Self::Statement(sqlx::Error::Database(error)) => error.is_unique_violation(),
            _ => false,
        }
    }

    /// Whether the database gave this operation up because of another one that ran at the same time: a deadlock, a wait
    /// that lasted too long. The same operation may well succeed when it is tried again.
    pub fn is_conflict(&self) -> bool {
        let Self::Statement(sqlx::Error::Database(error)) = self else {
            return false;
        };
        if let Some(error) = error.try_downcast_ref::<MySqlDatabaseError>() {
            return matches!(error.number(), 1205 | 1213);
        }
        let code = error.code();
        code.is_some_and(|code| CONFLICTS.contains(&code.as_ref()))
    }
}

impl From<sqlx::Error> for DbError {
    fn from(error: sqlx::Error) -> Self {
        match error {
            sqlx::Error::Io(_)
            | sqlx::Error::Tls(_)
            | sqlx::Error::PoolTimedOut
            | sqlx::Error::PoolClosed => Self::Unreachable(error),
            other => Self::Statement(other),
        }
    }
}
