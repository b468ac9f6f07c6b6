//! The rows of tasks: adding, locking, taking away.
//!
//! Source: rows of the reference system while its daemon ran. A task is locked by setting `lock_key` to a number that
//! is made of the node and the process, where it was 0; that takes one of its attempts.

use chrono::{NaiveDateTime, TimeDelta};
use compat::{Map, Value, storable};
use rand::Rng as _;
use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, InsertStatement, Order, Query, SelectStatement, SimpleExpr};

use super::{TaskError, cron};
use crate::{
    generic_agent::Job,
    scheduler::{self, Task},
};

/// The kind of task that calls an invoker of a web service.
pub const GENERIC_INTERFACE: &str = "GenericInterface";

/// The kind of task that calls a function of the Perl system.
const FUNCTION: &str = "AsynchronousExecutor";

/// The kinds of tasks that we run, of calls and functions those that we have.
const KINDS: [&str; 4] = [GENERIC_INTERFACE, cron::CRON, cron::GENERIC_AGENT, FUNCTION];

/// How often the reference system tries such a task, its first time included.
const ATTEMPTS: i16 = 10;

/// A lock that nobody renewed for this long belongs to a process that is gone.
const LOCK_LASTS: TimeDelta = TimeDelta::minutes(5);

/// A call of an invoker that waits.
#[derive(Clone, Debug, PartialEq)]
pub struct InvokerCall {
    pub web_service: i32,
    pub invoker: String,
    pub data: Value,
    /// What earlier tries left behind, for a call that is repeated.
    pub past: Option<Map>,
}

impl InvokerCall {
    fn name(&self) -> String {
        let name = format!("Invoker-{}", self.invoker);
        // `name` is VARCHAR(150).
        name.chars().take(150).collect()
    }

    fn data_of_task(&self) -> Value {
        let mut data = Map::from([
            (
                "WebserviceID".to_owned(),
                Value::text(self.web_service.to_string()),
            ),
            ("Invoker".to_owned(), Value::text(self.invoker.as_str())),
            ("Data".to_owned(), self.data.clone()),
        ]);
        if let Some(past) = &self.past {
            data.insert("PastExecutionData".to_owned(), Value::Map(past.clone()));
        }
        Value::Map(data)
    }

    fn write(&self) -> String {
        storable::to_base64(&self.data_of_task())
    }

    fn read(id: i64, data: &Value) -> Result<Self, TaskError> {
        let broken = |reason: String| TaskError::Data { id, reason };
        let text = |key: &str| data.get(key).and_then(Value::as_string);
        let web_service = text("WebserviceID").and_then(|id| id.trim().parse().ok());
        Ok(Self {
            web_service: web_service.ok_or_else(|| broken("no WebserviceID".to_owned()))?,
            invoker: text("Invoker").ok_or_else(|| broken("no Invoker".to_owned()))?,
            data: data.get("Data").cloned().unwrap_or_default(),
            past: data
                .get("PastExecutionData")
                .and_then(Value::as_map)
                .cloned(),
        })
    }
}

/// What a task wants done.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Work {
    Invoker(InvokerCall),
    Cron(cron::Call),
    Job(Job),
    /// The calendars would look at a ticket, and none of them wants to.
    Nothing,
}

impl Work {
    fn read(row: &TaskRow) -> Result<Self, TaskError> {
        let data = storable::from_base64(&row.task_data.0).map_err(|error| TaskError::Data {
            id: row.id,
            reason: error.to_string(),
        })?;
        if row.task_type == cron::CRON {
            return cron::Call::read(row.id, &data).map(Self::Cron);
        }
        if row.task_type == FUNCTION {
            return Ok(Self::Nothing);
        }
        if row.task_type == cron::GENERIC_AGENT {
            let job = Job::of_data(&data).ok_or_else(|| TaskError::Data {
                id: row.id,
                reason: "no Name".to_owned(),
            });
            return job.map(Self::Job);
        }
        InvokerCall::read(row.id, &data).map(Self::Invoker)
    }
}

/// A number that nobody else has: 18 digits.
fn ident() -> i64 {
    rand::rng().random_range(100_000_000_000_000_000..1_000_000_000_000_000_000)
}

/// Adds a call that is run as soon as a worker has time.
pub async fn add(tx: &mut Tx, call: &InvokerCall, now: NaiveDateTime) -> Result<(), DbError> {
    let task = Task {
        name: call.name(),
        kind: GENERIC_INTERFACE.to_owned(),
        data: call.data_of_task(),
        attempts: ATTEMPTS,
    };
    scheduler::add(tx, &task, now).await.map(drop)
}

/// Adds a call that is run at `at`, or later.
pub async fn add_future(
    tx: &mut Tx,
    call: &InvokerCall,
    at: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let data = tx.long_text(&call.write());
    let insert = Query::insert()
        .into_table(t::SchedulerFutureTask::Table)
        .columns([
            t::SchedulerFutureTask::Ident,
            t::SchedulerFutureTask::ExecutionTime,
            t::SchedulerFutureTask::Name,
            t::SchedulerFutureTask::TaskType,
            t::SchedulerFutureTask::TaskData,
            t::SchedulerFutureTask::Attempts,
            t::SchedulerFutureTask::LockKey,
            t::SchedulerFutureTask::CreateTime,
        ])
        .values_panic([
            ident().into(),
            at.into(),
            call.name().into(),
            GENERIC_INTERFACE.into(),
            SimpleExpr::Value(data),
            ATTEMPTS.into(),
            0_i64.into(),
            now.into(),
        ])
        .to_owned();
    tx.execute_one(&insert).await
}

#[derive(sqlx::FromRow)]
struct Waiting {
    id: i64,
    task_type: String,
}

#[derive(sqlx::FromRow)]
struct TaskRow {
    id: i64,
    task_type: String,
    task_data: LongText,
}

#[derive(sqlx::FromRow)]
struct FutureRow {
    id: i64,
    name: Option<String>,
    task_data: LongText,
    attempts: i16,
}

/// Which process holds a lock, as the Perl daemon would say it: a 1, the node in three digits, the process in eight.
pub(super) fn lock_key(node: u32, process: u32) -> i64 {
    100_000_000_000 + i64::from(node % 1000) * 100_000_000 + i64::from(process % 100_000_000)
}

fn due(now: NaiveDateTime) -> SelectStatement {
    Query::select()
        .columns([
            t::SchedulerFutureTask::Id,
            t::SchedulerFutureTask::Name,
            t::SchedulerFutureTask::TaskData,
            t::SchedulerFutureTask::Attempts,
        ])
        .from(t::SchedulerFutureTask::Table)
        .and_where(Expr::col(t::SchedulerFutureTask::TaskType).eq(GENERIC_INTERFACE))
        .and_where(Expr::col(t::SchedulerFutureTask::LockKey).eq(0_i64))
        .and_where(Expr::col(t::SchedulerFutureTask::ExecutionTime).lte(now))
        .order_by(t::SchedulerFutureTask::Id, Order::Asc)
        .to_owned()
}

/// Moves what is due from the future to the present; gives how many tasks that were.
pub(super) async fn move_due(tx: &mut Tx, now: NaiveDateTime) -> Result<usize, DbError> {
    let rows: Vec<FutureRow> = tx.fetch_all(&due(now)).await?;
    let mut moved = 0;
    for row in rows {
        let delete = Query::delete()
            .from_table(t::SchedulerFutureTask::Table)
            .and_where(Expr::col(t::SchedulerFutureTask::Id).eq(row.id))
            .and_where(Expr::col(t::SchedulerFutureTask::LockKey).eq(0_i64))
            .to_owned();
        if tx.execute(&delete).await? == 0 {
            continue;
        }
        let data = tx.long_text(&row.task_data.0);
        let insert: InsertStatement = Query::insert()
            .into_table(t::SchedulerTask::Table)
            .columns([
                t::SchedulerTask::Ident,
                t::SchedulerTask::Name,
                t::SchedulerTask::TaskType,
                t::SchedulerTask::TaskData,
                t::SchedulerTask::Attempts,
                t::SchedulerTask::LockKey,
                t::SchedulerTask::CreateTime,
            ])
            .values_panic([
                ident().into(),
                row.name.into(),
                GENERIC_INTERFACE.into(),
                SimpleExpr::Value(data),
                row.attempts.into(),
                0_i64.into(),
                now.into(),
            ])
            .to_owned();
        tx.execute_one(&insert).await?;
        moved += 1;
    }
    Ok(moved)
}

/// The tasks that we can run and nobody has taken yet, oldest first. One that is left to the Perl system's daemon costs a
/// statement more.
pub(super) async fn waiting(tx: &mut Tx) -> Result<Vec<i64>, DbError> {
    let query = Query::select()
        .columns([t::SchedulerTask::Id, t::SchedulerTask::TaskType])
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::LockKey).eq(0_i64))
        .and_where(Expr::col(t::SchedulerTask::TaskType).is_in(KINDS))
        .and_where(Expr::col(t::SchedulerTask::Attempts).gt(0_i16))
        .order_by(t::SchedulerTask::Id, Order::Asc)
        .to_owned();
    let rows: Vec<Waiting> = tx.fetch_all(&query).await?;
    let mut ids = Vec::with_capacity(rows.len());
    for row in rows {
        let is_ours = match row.task_type.as_str() {
            cron::CRON | FUNCTION => is_ours(tx, row.id).await?,
            _ => true,
        };
        if is_ours {
            ids.push(row.id);
        }
    }
    Ok(ids)
}

/// Whether a call of the Perl system's code is one that this daemon can stand in for. What can not be read is thrown away
/// by whoever takes it.
async fn is_ours(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    let query = Query::select()
        .columns([
            t::SchedulerTask::Id,
            t::SchedulerTask::TaskType,
            t::SchedulerTask::TaskData,
        ])
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::Id).eq(id))
        .to_owned();
    let row: Option<TaskRow> = tx.fetch_optional(&query).await?;
    let Some(row) = row else {
        return Ok(false);
    };
    if row.task_type == FUNCTION {
        let data = storable::from_base64(&row.task_data.0).unwrap_or_default();
        let text = |key: &str| data.get(key).and_then(Value::as_string);
        let is_calendar = text("Object").as_deref() == Some("Kernel::System::Calendar")
            && text("Function").as_deref() == Some("TicketAppointmentProcessTicket");
        return Ok(is_calendar && !calendars_want_tickets(tx).await?);
    }
    Ok(match Work::read(&row) {
        Ok(Work::Cron(call)) => call.doing().is_ours(),
        _ => true,
    })
}

/// Whether a valid calendar has rules by which tickets become appointments.
async fn calendars_want_tickets(tx: &mut Tx) -> Result<bool, DbError> {
    use t::Calendar as C;
    let query = Query::select()
        .column(C::Id)
        .from(C::Table)
        .and_where(Expr::col(C::ValidId).eq(1_i16))
        .and_where(Expr::col(C::TicketAppointments).is_not_null())
        .limit(1)
        .to_owned();
    let found: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(found.is_some())
}

/// Takes a call; `None` when somebody else was faster.
pub(super) async fn lock(
    tx: &mut Tx,
    id: i64,
    key: i64,
    now: NaiveDateTime,
) -> Result<Option<Result<Work, TaskError>>, DbError> {
    let update = Query::update()
        .table(t::SchedulerTask::Table)
        .value(t::SchedulerTask::LockKey, key)
        .value(t::SchedulerTask::LockTime, now)
        .value(t::SchedulerTask::LockUpdateTime, now)
        .value(
            t::SchedulerTask::Attempts,
            Expr::col(t::SchedulerTask::Attempts).sub(1_i16),
        )
        .and_where(Expr::col(t::SchedulerTask::Id).eq(id))
        .and_where(Expr::col(t::SchedulerTask::LockKey).eq(0_i64))
        .to_owned();
    if tx.execute(&update).await? == 0 {
        return Ok(None);
    }
    let query = Query::select()
        .columns([
            t::SchedulerTask::Id,
            t::SchedulerTask::TaskType,
            t::SchedulerTask::TaskData,
        ])
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::Id).eq(id))
        .to_owned();
    let row: Option<TaskRow> = tx.fetch_optional(&query).await?;
    Ok(row.map(|row| Work::read(&row)))
}

/// Says that the process that holds a lock is still there.
pub(super) async fn renew(
    tx: &mut Tx,
    id: i64,
    key: i64,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    let update = Query::update()
        .table(t::SchedulerTask::Table)
        .value(t::SchedulerTask::LockUpdateTime, now)
        .and_where(Expr::col(t::SchedulerTask::Id).eq(id))
        .and_where(Expr::col(t::SchedulerTask::LockKey).eq(key))
        .to_owned();
    tx.execute(&update).await?;
    Ok(())
}

/// Takes a call away that has been run.
pub(super) async fn done(tx: &mut Tx, id: i64, key: i64) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::Id).eq(id))
        .and_where(Expr::col(t::SchedulerTask::LockKey).eq(key))
        .to_owned();
    tx.execute(&delete).await?;
    Ok(())
}

/// Frees calls whose worker is gone, and forgets those that were tried too often.
pub(super) async fn free_abandoned(tx: &mut Tx, now: NaiveDateTime) -> Result<(), DbError> {
    let abandoned = || {
        Expr::col(t::SchedulerTask::TaskType)
            .is_in(KINDS)
            .and(Expr::col(t::SchedulerTask::LockKey).ne(0_i64))
            .and(Expr::col(t::SchedulerTask::LockUpdateTime).lt(now - LOCK_LASTS))
    };
    let delete = Query::delete()
        .from_table(t::SchedulerTask::Table)
        .and_where(abandoned())
        .and_where(Expr::col(t::SchedulerTask::Attempts).lte(0_i16))
        .to_owned();
    tx.execute(&delete).await?;
    let update = Query::update()
        .table(t::SchedulerTask::Table)
        .value(t::SchedulerTask::LockKey, 0_i64)
        .value(t::SchedulerTask::LockTime, None::<NaiveDateTime>)
        .value(t::SchedulerTask::LockUpdateTime, None::<NaiveDateTime>)
        .and_where(abandoned())
        .to_owned();
    tx.execute(&update).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A row that the reference system wrote.
    const RECORDED: &str = "BQsDAAAAAwoERWNobwAAAAdJbnZva2VyCgEzAAAADFdlYnNlcnZpY2VJRAQDAAAAAgoMVGlja2V0\nQ3JlYXRlAAAABUV2ZW50CIQAAAAIVGlja2V0SUQAAAAERGF0YQ==\n";

    #[test]
    fn a_task_of_the_reference_is_read_and_written() {
        let call = InvokerCall {
            web_service: 3,
            invoker: "Echo".to_owned(),
            data: Value::map([
                ("TicketID", Value::Integer(4)),
                ("Event", Value::text("TicketCreate")),
            ]),
            past: None,
        };
        let read = |text: &str| {
            Work::read(&TaskRow {
                id: 5,
                task_type: GENERIC_INTERFACE.to_owned(),
                task_data: LongText(text.to_owned()),
            })
        };
        assert_eq!(read(RECORDED).unwrap(), Work::Invoker(call.clone()));
        assert_eq!(read(&call.write()).unwrap(), Work::Invoker(call.clone()));
        assert_eq!(call.name(), "Invoker-Echo");
        assert!(read("!").is_err());
    }

    #[test]
    fn locks_name_node_and_process_as_the_perl_daemon_does() {
        assert_eq!(lock_key(1, 19941), 100_100_019_941);
    }
}
