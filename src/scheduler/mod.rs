//! Tasks for the scheduler, as OTRS keeps them in `scheduler_task`: whichever daemon runs takes them from there.

use chrono::NaiveDateTime;
use compat::{Value, storable};
use rand::Rng as _;
use schema::{DbError, Tx, tables as t};
use sea_query::Query;

/// Numbers of eighteen digits, by which the Perl system finds its own rows.
const IDENTS: std::ops::Range<i64> = 100_000_000_000_000_000..1_000_000_000_000_000_000;

/// What is to be done, as soon as a worker is free.
#[derive(Clone, Debug, PartialEq)]
pub struct Task {
    /// At most 150 characters.
    pub name: String,
    /// The worker that knows how, such as `AsynchronousExecutor`.
    pub kind: String,
    /// What the worker needs to know.
    pub data: Value,
    /// How often it is tried.
    pub attempts: i16,
}

/// Adds a task; gives its key. One statement.
///
/// Source: rows of the reference system; the data is an image of Perl's Storable in base 64.
pub async fn add(tx: &mut Tx, task: &Task, at: NaiveDateTime) -> Result<i64, DbError> {
    use t::SchedulerTask as S;
    let data = tx.long_text(&storable::to_base64(&task.data));
    let insert = Query::insert()
        .into_table(S::Table)
        .columns([
            S::Ident,
            S::Name,
            S::TaskType,
            S::TaskData,
            S::Attempts,
            S::LockKey,
            S::CreateTime,
        ])
        .values_panic([
            rand::rng().random_range(IDENTS).into(),
            task.name.as_str().into(),
            task.kind.as_str().into(),
            sea_query::Expr::val(data),
            task.attempts.into(),
            0_i64.into(),
            at.into(),
        ])
        .to_owned();
    tx.insert(&insert).await
}
