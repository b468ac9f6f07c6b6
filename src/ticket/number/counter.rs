//! The table `ticket_number_counter`, shared with the Perl system.
//!
//! Whoever wants a number adds a row with counter 0, which everybody sees at once. Then every row without a number gets
//! one, in the order of their keys: the number before it plus one. Whoever comes first does that for the others too, so
//! nobody waits for anybody. Three things keep numbers from being given twice:
//!
//! - Keys are handed out before the rows can be seen. A row that appears after one with a higher key was seen with a
//!   number is *overtaken*: it is removed, and another one is taken.
//! - The Perl system does not look back like this. Where keys below ours are missing, the row may be on its way, so we
//!   give it a moment to appear.
//! - Who has given a number looks whether another row has the same one, and then gives it up.
//!
//! Old rows are removed by a job; the newest one always stays. Source: rows that the reference system filled after we had
//! put some without number, of today and of yesterday, before its own.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, OnceLock, PoisonError},
    time::Duration,
};

use chrono::{NaiveDateTime, TimeDelta};
use rand::Rng as _;
use schema::{Db, DbError, Tx, tables::TicketNumberCounter as C};
use sea_query::{CaseStatement, Expr, ExprTrait as _, Order, Query, SelectStatement};
use tokio::sync::oneshot;

/// Rows that are read at first; enough unless many processes want numbers at the same moment.
const LOOK_BACK: u64 = 20;
/// How long a missing key may take to appear, and how often we look.
const PAUSE: Duration = Duration::from_millis(3);
const PAUSES: usize = 5;
/// How often a number is taken anew because somebody overtook.
const ROUNDS: usize = 100;
/// Takers stand in line, so more would have nothing to do.
const CONNECTIONS: u32 = 2;

/// What a number is wanted for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Request {
    pub now: NaiveDateTime,
    /// Rows before this moment do not count; `None` when counting never begins anew.
    pub since: Option<NaiveDateTime>,
    /// How far the number is from the one before; more than one after numbers that were taken already.
    pub step: i64,
}

/// Takes numbers for a whole process: those who come while one takes numbers are served together by the next.
#[derive(Clone, Debug)]
pub struct Counter(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    db: Db,
    /// Connections apart from the others, so that whoever holds a transaction never waits for one who holds another.
    aside: OnceLock<Db>,
    waiting: Mutex<Vec<Waiting>>,
    turn: tokio::sync::Mutex<()>,
}

#[derive(Debug)]
struct Waiting {
    request: Request,
    tell: oneshot::Sender<i64>,
}

impl Counter {
    pub fn new(db: Db) -> Self {
        Self(Arc::new(Inner {
            db,
            aside: OnceLock::new(),
            waiting: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
        }))
    }

    /// A number that nobody else gets, kept even when the caller fails later.
    pub async fn take(&self, request: Request) -> Result<i64, DbError> {
        let (tell, mut told) = oneshot::channel();
        self.waiting(|waiting| waiting.push(Waiting { request, tell }));
        let _turn = self.0.turn.lock().await;
        if let Ok(number) = told.try_recv() {
            return Ok(number);
        }
        // Those who want the same as we do are served with us; the others take their own turn.
        let served = self.waiting(|waiting| {
            let (served, others): (Vec<_>, Vec<_>) = std::mem::take(waiting)
                .into_iter()
                .filter(|one| !one.tell.is_closed())
                .partition(|one| one.request == request);
            *waiting = others;
            served
        });
        let aside = self
            .0
            .aside
            .get_or_init(|| self.0.db.with_own_connections(CONNECTIONS));
        let mut tx = aside.read().await?;
        // Whoever is not told, because something failed, is not in the list any more and has to ask again.
        let numbers = take(&mut tx, request, served.len().max(1)).await?;
        for (one, number) in served.into_iter().zip(numbers) {
            // Nobody listens any more: the number becomes a gap.
            let _ = one.tell.send(number);
        }
        match told.try_recv() {
            Ok(number) => Ok(number),
            // Somebody who served us failed; we were taken off the list then.
            Err(_) => take_one(&mut tx, request).await,
        }
    }

    fn waiting<T>(&self, change: impl FnOnce(&mut Vec<Waiting>) -> T) -> T {
        change(
            &mut self
                .0
                .waiting
                .lock()
                .unwrap_or_else(PoisonError::into_inner),
        )
    }
}

/// One number. Five statements.
pub async fn take_one(tx: &mut Tx, request: Request) -> Result<i64, DbError> {
    let numbers = take(tx, request, 1).await?;
    numbers.first().copied().ok_or(DbError::NotOneRow(0))
}

#[derive(Clone, Debug, sqlx::FromRow)]
struct Row {
    id: i64,
    counter: i64,
    counter_uid: String,
}

async fn take(tx: &mut Tx, request: Request, count: usize) -> Result<Vec<i64>, DbError> {
    let mut numbers = Vec::with_capacity(count);
    for _ in 0..ROUNDS {
        let uids: HashSet<String> = (numbers.len()..count).map(|_| uid()).collect();
        add(tx, request.now, &uids).await?;
        let rows = settled(tx, request, &uids).await?;
        let (ours, overtaken) = ours(&rows, &uids);
        let plan = plan(&rows, &uids, request.step);
        if !overtaken.is_empty() {
            remove(tx, &overtaken).await?;
        }
        let changed = fill(tx, &plan).await?;
        let mut taken: Vec<(i64, i64)> = if changed == plan.len() as u64 {
            let known = rows.iter().filter(|row| row.counter != 0);
            let known = known.map(|row| (row.id, row.counter));
            let all = known.chain(plan);
            all.filter(|(id, _)| ours.contains(id)).collect()
        } else if ours.is_empty() {
            Vec::new()
        } else {
            // Somebody gave some of the rows their numbers meanwhile: what the rows say counts.
            read_numbers(tx, &ours).await?
        };
        let twice = given_elsewhere(tx, request, &taken).await?;
        if !twice.is_empty() {
            remove(tx, &twice).await?;
            taken.retain(|(id, _)| !twice.contains(id));
        }
        numbers.extend(taken.into_iter().map(|(_, number)| number));
        if numbers.len() >= count {
            return Ok(numbers);
        }
    }
    Err(DbError::NotOneRow(0))
}

/// 32 letters that nobody else has.
fn uid() -> String {
    format!("{:032x}", rand::rng().random::<u128>())
}

async fn add(tx: &mut Tx, now: NaiveDateTime, uids: &HashSet<String>) -> Result<(), DbError> {
    let mut insert = Query::insert()
        .into_table(C::Table)
        .columns([C::Counter, C::CounterUid, C::CreateTime])
        .to_owned();
    for uid in uids {
        insert.values_panic([0_i64.into(), uid.as_str().into(), now.into()]);
    }
    tx.execute(&insert).await.map(drop)
}

/// Rows that stay in any case, the newest ones.
const KEPT: u64 = 10;
/// Rows stay for so long, as somebody may still count from them.
const KEPT_FOR: TimeDelta = TimeDelta::minutes(10);

/// Deletes old rows; gives how many. Two statements.
///
/// Source: what the reference system's `TicketNumberCounterCleanup` left behind.
pub async fn clean_up(tx: &mut Tx, now: NaiveDateTime) -> Result<u64, DbError> {
    let newest = Query::select()
        .column(C::Id)
        .from(C::Table)
        .order_by(C::Id, Order::Desc)
        .limit(KEPT)
        .to_owned();
    let newest: Vec<(i64,)> = tx.fetch_all(&newest).await?;
    let Some((oldest,)) = newest.last() else {
        return Ok(0);
    };
    let delete = Query::delete()
        .from_table(C::Table)
        .and_where(Expr::col(C::Id).lt(*oldest))
        .and_where(Expr::col(C::CreateTime).lt(now - KEPT_FOR))
        .to_owned();
    tx.execute(&delete).await
}

fn newest(request: Request, limit: u64) -> SelectStatement {
    let mut query = Query::select()
        .columns([C::Id, C::Counter, C::CounterUid])
        .from(C::Table)
        .order_by(C::Id, Order::Desc)
        .limit(limit)
        .to_owned();
    if let Some(since) = request.since {
        query.and_where(Expr::col(C::CreateTime).gte(since));
    }
    query
}

/// The rows from the last one with a number, or from the first one, with those that are on their way; oldest first.
async fn settled(
    tx: &mut Tx,
    request: Request,
    uids: &HashSet<String>,
) -> Result<Vec<Row>, DbError> {
    let mut limit = LOOK_BACK + uids.len() as u64;
    let mut pauses = 0;
    loop {
        let mut rows: Vec<Row> = tx.fetch_all(&newest(request, limit)).await?;
        let is_all = (rows.len() as u64) < limit;
        rows.reverse();
        let first = rows.iter().position(|row| uids.contains(&row.counter_uid));
        let before = rows.get(..first.unwrap_or_default()).unwrap_or_default();
        if !is_all && !before.iter().any(|row| row.counter != 0) {
            limit *= 8;
            continue;
        }
        if pauses < PAUSES && has_gap(&rows, uids) {
            pauses += 1;
            tokio::time::sleep(PAUSE).await;
            continue;
        }
        return Ok(rows);
    }
}

/// Whether a key is missing right before one of ours.
fn has_gap(rows: &[Row], uids: &HashSet<String>) -> bool {
    rows.windows(2).any(|pair| {
        matches!(pair, [before, row] if uids.contains(&row.counter_uid) && before.id + 1 != row.id)
    })
}

/// The keys of our rows: those after which nobody came, and those that somebody overtook.
fn ours(rows: &[Row], uids: &HashSet<String>) -> (Vec<i64>, Vec<i64>) {
    let is_ours = |row: &&Row| uids.contains(&row.counter_uid);
    let last_foreign = rows
        .iter()
        .filter(|row| !is_ours(row))
        .map(|row| row.id)
        .max();
    rows.iter()
        .filter(is_ours)
        .map(|row| row.id)
        .partition(|id| last_foreign.is_none_or(|foreign| *id > foreign))
}

/// Which rows get which numbers: those without, up to the last of ours, that nobody overtook.
fn plan(rows: &[Row], uids: &HashSet<String>, step: i64) -> Vec<(i64, i64)> {
    let (ours, overtaken) = ours(rows, uids);
    let Some(last) = ours.last() else {
        return Vec::new();
    };
    let mut number = rows.iter().map(|row| row.counter).max().unwrap_or_default();
    let mut plan = Vec::new();
    let rows = rows
        .iter()
        .filter(|row| row.id <= *last && !overtaken.contains(&row.id));
    let rows: Vec<&Row> = rows.collect();
    // What lies before the last number is settled.
    let start = rows
        .iter()
        .rposition(|row| row.counter != 0)
        .unwrap_or_default();
    for row in &rows[start..] {
        if row.counter != 0 {
            continue;
        }
        number += if ours.contains(&row.id) { step } else { 1 };
        plan.push((row.id, number));
    }
    plan
}

async fn fill(tx: &mut Tx, plan: &[(i64, i64)]) -> Result<u64, DbError> {
    if plan.is_empty() {
        return Ok(0);
    }
    let mut number = CaseStatement::new();
    for (id, counter) in plan {
        number = number.case(Expr::col(C::Id).eq(*id), Expr::value(*counter));
    }
    let update = Query::update()
        .table(C::Table)
        .value(C::Counter, number)
        .and_where(Expr::col(C::Id).is_in(plan.iter().map(|(id, _)| *id)))
        .and_where(Expr::col(C::Counter).eq(0_i64))
        .to_owned();
    tx.execute(&update).await
}

async fn remove(tx: &mut Tx, ids: &[i64]) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(C::Table)
        .and_where(Expr::col(C::Id).is_in(ids.iter().copied()))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}

async fn read_numbers(tx: &mut Tx, ids: &[i64]) -> Result<Vec<(i64, i64)>, DbError> {
    let query = Query::select()
        .columns([C::Id, C::Counter])
        .from(C::Table)
        .and_where(Expr::col(C::Id).is_in(ids.iter().copied()))
        .and_where(Expr::col(C::Counter).ne(0_i64))
        .order_by(C::Id, Order::Asc)
        .to_owned();
    tx.fetch_all(&query).await
}

/// Those of our rows whose number a row nearby has too: two who did not see each other's row can give the same number.
/// Whoever gave it later sees both here and steps back.
async fn given_elsewhere(
    tx: &mut Tx,
    request: Request,
    taken: &[(i64, i64)],
) -> Result<Vec<i64>, DbError> {
    let Some(first) = taken.iter().map(|(id, _)| *id).min() else {
        return Ok(Vec::new());
    };
    let nearby = first.saturating_sub(i64::try_from(LOOK_BACK).unwrap_or(i64::MAX));
    let mut query = Query::select()
        .columns([C::Id, C::Counter])
        .from(C::Table)
        .and_where(Expr::col(C::Id).gte(nearby))
        .and_where(Expr::col(C::Counter).is_in(taken.iter().map(|(_, number)| *number)))
        .to_owned();
    // Yesterday's numbers come again.
    if let Some(since) = request.since {
        query.and_where(Expr::col(C::CreateTime).gte(since));
    }
    let rows: Vec<(i64, i64)> = tx.fetch_all(&query).await?;
    let is_shared = |(id, number): &&(i64, i64)| {
        rows.iter()
            .any(|(other, same)| same == number && other != id)
    };
    Ok(taken.iter().filter(is_shared).map(|(id, _)| *id).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(id: i64, counter: i64, uid: &str) -> Row {
        Row {
            id,
            counter,
            counter_uid: uid.to_owned(),
        }
    }

    fn uids() -> HashSet<String> {
        HashSet::from(["ours".to_owned(), "ours too".to_owned()])
    }

    #[test]
    fn rows_without_a_number_get_theirs_with_ours() {
        let rows = [
            row(7, 40, "a"),
            row(8, 0, "b"),
            row(9, 0, "ours"),
            row(10, 0, "ours too"),
        ];

        assert_eq!(plan(&rows, &uids(), 1), [(8, 41), (9, 42), (10, 43)]);
        assert_eq!(plan(&rows[2..], &uids(), 1), [(9, 1), (10, 2)]);
        assert_eq!(plan(&rows[..3], &uids(), 3), [(8, 41), (9, 44)]);
        assert!(!has_gap(&rows, &uids()));
    }

    #[test]
    fn a_row_that_was_overtaken_is_not_used() {
        let rows = [
            row(7, 40, "a"),
            row(8, 0, "ours"),
            row(9, 41, "b"),
            row(11, 0, "ours too"),
        ];

        assert_eq!(ours(&rows, &uids()), (vec![11], vec![8]));
        assert_eq!(plan(&rows, &uids(), 1), [(11, 42)]);
        assert!(has_gap(&rows, &uids()));
        assert_eq!(plan(&rows[..3], &uids(), 1), []);
    }
}
