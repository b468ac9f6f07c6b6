//! What the daemon did and has to do.

use chrono::NaiveDateTime;
use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::app::App;

/// A task that comes again and again. Times in UTC.
#[derive(Clone, Debug, PartialEq, sqlx::FromRow)]
pub struct Recurrent {
    pub name: String,
    pub task_type: String,
    pub last_execution_time: NaiveDateTime,
    pub last_worker_status: Option<i16>,
    /// In seconds.
    pub last_worker_running_time: Option<i32>,
}

/// The tables of the scheduler at a glance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    pub recurrent: Vec<Recurrent>,
    /// Tasks that wait or run.
    pub waiting: i64,
    /// Tasks whose time has not come.
    pub future: i64,
}

/// Reads the tables. Three statements.
pub async fn summary(app: &App) -> Result<Summary, DbError> {
    use t::SchedulerRecurrentTask as R;
    let mut tx = app.db.read().await?;
    let query = Query::select()
        .columns([
            R::Name,
            R::TaskType,
            R::LastExecutionTime,
            R::LastWorkerStatus,
            R::LastWorkerRunningTime,
        ])
        .from(R::Table)
        .order_by(R::TaskType, Order::Asc)
        .order_by(R::Name, Order::Asc)
        .to_owned();
    let recurrent = tx.fetch_all(&query).await?;
    let waiting = Query::select()
        .expr(Expr::col(t::SchedulerTask::Id).count())
        .from(t::SchedulerTask::Table)
        .to_owned();
    let (waiting,): (i64,) = tx.fetch_one(&waiting).await?;
    let future = Query::select()
        .expr(Expr::col(t::SchedulerFutureTask::Id).count())
        .from(t::SchedulerFutureTask::Table)
        .to_owned();
    let (future,): (i64,) = tx.fetch_one(&future).await?;
    Ok(Summary {
        recurrent,
        waiting,
        future,
    })
}

impl Summary {
    /// For people.
    pub fn lines(&self) -> Vec<String> {
        let mut lines = vec![
            format!("  Tasks that wait or run: {}", self.waiting),
            format!("  Tasks to be executed in future: {}", self.future),
            String::new(),
            "  Recurrent tasks:".to_owned(),
        ];
        if self.recurrent.is_empty() {
            lines.push("    There are none yet.".to_owned());
        }
        for task in &self.recurrent {
            let ended = match task.last_worker_status {
                None => "not ended yet",
                Some(1) => "succeeded",
                Some(_) => "failed",
            };
            let seconds = task.last_worker_running_time.map(|it| format!(", {it} s"));
            lines.push(format!(
                "    {:<12} {:<36} {} {ended}{}",
                task.task_type,
                task.name,
                task.last_execution_time,
                seconds.unwrap_or_default()
            ));
        }
        lines
    }
}
