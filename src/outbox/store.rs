//! The table `otterdesk_outbox` and its statements.
//!
//! A row waits until `due`. Whoever takes it writes its own mark into `claim` and moves `due` ahead; it goes on doing that
//! while it works. When it dies, the moment passes and somebody else takes the row. All times are seconds since 1970 by
//! the clocks of the processes, which may differ by a few seconds: less than [`LEASE`].

use schema::{DbError, Dialect, Tx};
use sea_query::{Cond, Expr, ExprTrait as _, Iden, Order, Query};

use super::Operation;

/// Seconds for which a row belongs to who claimed it.
pub const LEASE: i64 = 15;
/// How often a row is tried before it is kept as failed. The delays add up to five hours.
pub const ATTEMPTS: i32 = 15;
/// The delay after the first failure in seconds, doubled after each other one up to [`LONGEST_DELAY`].
const FIRST_DELAY: i64 = 5;
const LONGEST_DELAY: i64 = 3_600;
/// Letters of an error that are kept.
const ERROR_LENGTH: usize = 2_000;
/// Rows that a list shows.
pub const LISTED: u64 = 100;

#[derive(Clone, Copy, Debug, Iden)]
#[iden = "otterdesk_outbox"]
enum Row {
    Table,
    Id,
    Consumer,
    /// [`Operation`] as JSON.
    Content,
    Created,
    Due,
    /// Who works on it, or did last; empty when nobody did.
    Claim,
    Attempts,
    /// 1 for a row that is not tried again.
    Failed,
    /// What went wrong last.
    Error,
}

pub const TABLE: &str = "otterdesk_outbox";

/// Creates the table when it is missing.
pub async fn create_table(tx: &mut Tx) -> Result<(), DbError> {
    let (key, text, more, index) = match tx.dialect() {
        Dialect::MySql => (
            "BIGINT NOT NULL AUTO_INCREMENT PRIMARY KEY",
            "MEDIUMTEXT",
            ", KEY otterdesk_outbox_due (consumer, failed, due)) ENGINE=InnoDB DEFAULT CHARSET=utf8mb4",
            "",
        ),
        Dialect::Postgres => (
            "BIGSERIAL PRIMARY KEY",
            "TEXT",
            ")",
            "; CREATE INDEX IF NOT EXISTS otterdesk_outbox_due ON otterdesk_outbox (consumer, failed, due)",
        ),
        // Without AUTOINCREMENT the key of a deleted row would come again.
        Dialect::Sqlite => (
            "INTEGER PRIMARY KEY AUTOINCREMENT",
            "TEXT",
            ")",
            "; CREATE INDEX IF NOT EXISTS otterdesk_outbox_due ON otterdesk_outbox (consumer, failed, due)",
        ),
    };
    tx.execute_raw(&format!(
        "CREATE TABLE IF NOT EXISTS otterdesk_outbox (id {key}, consumer VARCHAR(50) NOT NULL, content {text} NOT NULL, \
         created BIGINT NOT NULL, due BIGINT NOT NULL, claim VARCHAR(40) NOT NULL, attempts INTEGER NOT NULL, \
         failed INTEGER NOT NULL, error {text}{more}{index}"
    ))
    .await
}

pub(super) async fn insert(
    tx: &mut Tx,
    now: i64,
    rows: &[(&'static str, Operation)],
) -> Result<(), DbError> {
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(Row::Table)
        .columns([
            Row::Consumer,
            Row::Content,
            Row::Created,
            Row::Due,
            Row::Claim,
            Row::Attempts,
            Row::Failed,
        ])
        .to_owned();
    for (consumer, operation) in rows {
        // A struct of texts and numbers always has a form in JSON.
        let content = serde_json::to_string(operation).unwrap_or_default();
        insert.values_panic([
            (*consumer).into(),
            content.into(),
            now.into(),
            now.into(),
            "".into(),
            0.into(),
            0.into(),
        ]);
    }
    tx.execute(&insert).await.map(drop)
}

/// A row that this process works on.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub(super) struct Claimed {
    pub id: i64,
    pub content: String,
    /// This time included.
    pub attempts: i32,
}

/// Takes rows of a consumer that are due, the oldest first. `mark` is this call's own.
///
/// Two statements more than none when there are some: who is first at a row gets it, on each kind of database.
pub(super) async fn claim(
    tx: &mut Tx,
    consumer: &str,
    mark: &str,
    now: i64,
    limit: usize,
) -> Result<Vec<Claimed>, DbError> {
    let is_due = || {
        Cond::all()
            .add(Expr::col(Row::Consumer).eq(consumer))
            .add(Expr::col(Row::Failed).eq(0))
            .add(Expr::col(Row::Due).lte(now))
    };
    let due = Query::select()
        .column(Row::Id)
        .from(Row::Table)
        .cond_where(is_due())
        .order_by(Row::Id, Order::Asc)
        .limit(u64::try_from(limit).unwrap_or(u64::MAX))
        .to_owned();
    let due: Vec<(i64,)> = tx.fetch_all(&due).await?;
    if due.is_empty() {
        return Ok(Vec::new());
    }
    let keys = || due.iter().map(|(id,)| *id);
    let take = Query::update()
        .table(Row::Table)
        .value(Row::Claim, mark)
        .value(Row::Due, now + LEASE)
        .value(Row::Attempts, Expr::col(Row::Attempts).add(1))
        .and_where(Expr::col(Row::Id).is_in(keys()))
        .cond_where(is_due())
        .to_owned();
    tx.execute(&take).await?;
    let taken = Query::select()
        .columns([Row::Id, Row::Content, Row::Attempts])
        .from(Row::Table)
        .and_where(Expr::col(Row::Id).is_in(keys()))
        .and_where(Expr::col(Row::Claim).eq(mark))
        .order_by(Row::Id, Order::Asc)
        .to_owned();
    tx.fetch_all(&taken).await
}

/// Keeps the rows of this mark for another [`LEASE`].
pub(super) async fn renew(tx: &mut Tx, mark: &str, ids: &[i64], now: i64) -> Result<(), DbError> {
    let renew = Query::update()
        .table(Row::Table)
        .value(Row::Due, now + LEASE)
        .and_where(Expr::col(Row::Id).is_in(ids.iter().copied()))
        .and_where(Expr::col(Row::Claim).eq(mark))
        .and_where(Expr::col(Row::Failed).eq(0))
        .to_owned();
    tx.execute(&renew).await.map(drop)
}

/// Deletes a row that this mark still holds; false when somebody else has it.
pub(super) async fn delete(tx: &mut Tx, id: i64, mark: &str) -> Result<bool, DbError> {
    let delete = Query::delete()
        .from_table(Row::Table)
        .and_where(Expr::col(Row::Id).eq(id))
        .and_where(Expr::col(Row::Claim).eq(mark))
        .to_owned();
    Ok(tx.execute(&delete).await? == 1)
}

/// How long to wait after so many attempts, in seconds.
fn delay(attempts: i32) -> i64 {
    (FIRST_DELAY << (attempts - 1).clamp(0, 20)).clamp(FIRST_DELAY, LONGEST_DELAY)
}

/// Keeps the row with its error, for later or for good.
pub(super) async fn put_back(
    tx: &mut Tx,
    row: &Claimed,
    mark: &str,
    now: i64,
    (error, for_good): (&str, bool),
) -> Result<(), DbError> {
    let error: String = error.chars().take(ERROR_LENGTH).collect();
    let failed = for_good || row.attempts >= ATTEMPTS;
    let update = Query::update()
        .table(Row::Table)
        .value(Row::Due, now + delay(row.attempts))
        .value(Row::Claim, "")
        .value(Row::Failed, i32::from(failed))
        .value(Row::Error, error)
        .and_where(Expr::col(Row::Id).eq(row.id))
        .and_where(Expr::col(Row::Claim).eq(mark))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// A row as people see it.
#[derive(Clone, Debug, Eq, PartialEq, sqlx::FromRow)]
pub struct Entry {
    pub id: i64,
    pub consumer: String,
    /// The operation as JSON.
    pub content: String,
    /// Seconds since 1970 UTC.
    pub created: i64,
    /// When it is tried next, in seconds since 1970 UTC.
    pub due: i64,
    pub attempts: i32,
    /// 1 when it is not tried again.
    pub failed: i32,
    pub error: Option<String>,
}

/// The rows that wait, the oldest first, [`LISTED`] at most; or only those that failed for good.
pub async fn list(tx: &mut Tx, only_failed: bool) -> Result<Vec<Entry>, DbError> {
    let mut query = Query::select()
        .columns([
            Row::Id,
            Row::Consumer,
            Row::Content,
            Row::Created,
            Row::Due,
            Row::Attempts,
            Row::Failed,
            Row::Error,
        ])
        .from(Row::Table)
        .order_by(Row::Id, Order::Asc)
        .limit(LISTED)
        .to_owned();
    if only_failed {
        query.and_where(Expr::col(Row::Failed).eq(1));
    }
    tx.fetch_all(&query).await
}

/// Keys of rows that nobody will take: those that failed, or that nobody took for this many seconds.
pub async fn stuck(tx: &mut Tx, now: i64, seconds: i64, limit: u64) -> Result<Vec<i64>, DbError> {
    let late = Expr::col(Row::Due).lt(now - seconds);
    let query = Query::select()
        .column(Row::Id)
        .from(Row::Table)
        .cond_where(Cond::any().add(Expr::col(Row::Failed).eq(1)).add(late))
        .order_by(Row::Id, Order::Asc)
        .limit(limit)
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Lets rows that failed be tried again from now on: those with these keys, or all of them. Gives their number.
pub async fn retry(tx: &mut Tx, now: i64, ids: &[i64]) -> Result<u64, DbError> {
    let mut update = Query::update()
        .table(Row::Table)
        .value(Row::Failed, 0)
        .value(Row::Attempts, 0)
        .value(Row::Due, now)
        .and_where(Expr::col(Row::Failed).eq(1))
        .to_owned();
    if !ids.is_empty() {
        update.and_where(Expr::col(Row::Id).is_in(ids.iter().copied()));
    }
    tx.execute(&update).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn delays_grow_up_to_an_hour() {
        let delays: Vec<i64> = (1..=ATTEMPTS).map(delay).collect();
        assert_eq!(delays[..4], [5, 10, 20, 40]);
        assert_eq!(delays[14], LONGEST_DELAY);
    }
}
