//! What the daemon did and has to do.

use chrono::{DateTime, NaiveDateTime};
use schema::{DbError, tables as t};
use sea_query::{Order, Query};

use super::{
    cron::{self, GENERIC_AGENT},
    schedule::Schedule,
};
use crate::{app::App, generic_agent, ticket::working_time};

/// The parts of the daemon, under the names that OTRS has for its own.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    Cron,
    Future,
    GenericAgent,
    Worker,
    Settings,
}

impl Part {
    /// By name.
    pub const ALL: [Self; 5] = [
        Self::Cron,
        Self::Future,
        Self::GenericAgent,
        Self::Worker,
        Self::Settings,
    ];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Cron => "SchedulerCronTaskManager",
            Self::Future => "SchedulerFutureTaskManager",
            Self::GenericAgent => "SchedulerGenericAgentTaskManager",
            Self::Worker => "SchedulerTaskWorker",
            Self::Settings => "SystemConfigurationSyncManager",
        }
    }
}

/// A task that comes again and again. Times in UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Recurrent {
    pub name: String,
    pub task_type: String,
    pub last_execution_time: NaiveDateTime,
    pub last_worker_status: Option<i16>,
    /// In seconds.
    pub last_worker_running_time: Option<i32>,
    /// None when nothing names its times any more.
    pub next_execution_time: Option<NaiveDateTime>,
}

/// A task that waits for its time or for a worker, or that runs. Times in UTC.
#[derive(Clone, Debug, PartialEq)]
pub struct Waiting {
    pub name: String,
    pub task_type: String,
    /// When it is to run, was added, or began to run.
    pub at: NaiveDateTime,
}

/// The tables of the scheduler at a glance.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Summary {
    pub recurrent: Vec<Recurrent>,
    pub waiting: Vec<Waiting>,
    pub running: Vec<Waiting>,
    pub future: Vec<Waiting>,
}

/// Tasks that are shown of each kind.
const SHOWN: u64 = 200;

#[derive(sqlx::FromRow)]
struct RecurrentRow {
    name: String,
    task_type: String,
    last_execution_time: NaiveDateTime,
    last_worker_status: Option<i16>,
    last_worker_running_time: Option<i32>,
}

#[derive(sqlx::FromRow)]
struct TaskRow {
    name: Option<String>,
    task_type: String,
    create_time: NaiveDateTime,
    lock_time: Option<NaiveDateTime>,
    lock_key: i64,
}

/// Reads the tables. Four statements.
pub async fn summary(app: &App) -> Result<Summary, DbError> {
    let (waiting, running) = tasks(app).await?;
    Ok(Summary {
        recurrent: recurrent(app).await?,
        waiting,
        running,
        future: future(app).await?,
    })
}

async fn recurrent(app: &App) -> Result<Vec<Recurrent>, DbError> {
    use t::SchedulerRecurrentTask as R;
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
    let rows: Vec<RecurrentRow> = app.db.read().await?.fetch_all(&query).await?;
    let settings = app.settings.current();
    let zone = working_time::zone_of(&settings);
    let jobs = generic_agent::list(&mut app.db.read().await?).await?;
    let schedules: Vec<(&str, String, Schedule)> = cron::tasks(&settings)
        .into_iter()
        .map(|task| (cron::CRON, task.name, task.schedule))
        .chain(jobs.into_iter().filter_map(|job| {
            let [minutes, hours, days] = job.schedule().filter(|_| job.is_valid())?;
            let schedule = Schedule::of_lists(&minutes, &hours, &days)?;
            Some((GENERIC_AGENT, job.name, schedule))
        }))
        .collect();
    let local = app.clock.now().and_utc().with_timezone(&zone).naive_local();
    let next = |schedule: &Schedule| {
        let next = schedule.next(local)?.and_local_timezone(zone).earliest()?;
        Some(DateTime::to_utc(&next).naive_utc())
    };
    let recurrent = rows.into_iter().map(|row| {
        let mut known = schedules.iter();
        let known = known.find(|(kind, name, _)| row.task_type == *kind && row.name == *name);
        Recurrent {
            next_execution_time: known.and_then(|(_, _, schedule)| next(schedule)),
            name: row.name,
            task_type: row.task_type,
            last_execution_time: row.last_execution_time,
            last_worker_status: row.last_worker_status,
            last_worker_running_time: row.last_worker_running_time,
        }
    });
    Ok(recurrent.collect())
}

/// Those that wait, and those that run.
async fn tasks(app: &App) -> Result<(Vec<Waiting>, Vec<Waiting>), DbError> {
    use t::SchedulerTask as S;
    let query = Query::select()
        .columns([S::Name, S::TaskType, S::CreateTime, S::LockTime, S::LockKey])
        .from(S::Table)
        .order_by(S::Id, Order::Asc)
        .limit(SHOWN)
        .to_owned();
    let rows: Vec<TaskRow> = app.db.read().await?.fetch_all(&query).await?;
    let (running, waiting): (Vec<_>, Vec<_>) = rows.into_iter().partition(|row| row.lock_key > 0);
    let shown = |row: TaskRow| Waiting {
        name: row.name.unwrap_or_default(),
        task_type: row.task_type,
        at: row.lock_time.unwrap_or(row.create_time),
    };
    Ok((
        waiting.into_iter().map(shown).collect(),
        running.into_iter().map(shown).collect(),
    ))
}

async fn future(app: &App) -> Result<Vec<Waiting>, DbError> {
    use t::SchedulerFutureTask as F;
    let query = Query::select()
        .columns([F::Name, F::TaskType, F::ExecutionTime])
        .from(F::Table)
        .order_by(F::ExecutionTime, Order::Asc)
        .order_by(F::Id, Order::Asc)
        .limit(SHOWN)
        .to_owned();
    let rows: Vec<(Option<String>, String, NaiveDateTime)> =
        app.db.read().await?.fetch_all(&query).await?;
    let tasks = rows.into_iter().map(|(name, task_type, at)| Waiting {
        name: name.unwrap_or_default(),
        task_type,
        at,
    });
    Ok(tasks.collect())
}

impl Summary {
    /// For people, in the form that the reference system has: all of it, or one part.
    pub fn lines(&self, part: Option<Part>) -> Vec<String> {
        let mut lines = Vec::new();
        for wanted in [
            Part::Settings,
            Part::Future,
            Part::Cron,
            Part::GenericAgent,
            Part::Worker,
        ] {
            if part.is_none_or(|part| part == wanted) {
                self.show(wanted, &mut lines);
            }
        }
        lines
    }

    fn show(&self, part: Part, lines: &mut Vec<String>) {
        let mut section = |title: &str, nothing: &str, table: Vec<String>| {
            lines.push(format!("  {title}"));
            if table.is_empty() {
                lines.push(format!("    {nothing}"));
            }
            lines.extend(table);
            lines.push(String::new());
        };
        match part {
            Part::Settings => section(
                "System configuration sync:",
                "Daemon is active.",
                Vec::new(),
            ),
            Part::Future => section(
                "Tasks to be executed in future:",
                "There are currently no tasks to be executed in future.",
                shown_tasks(&self.future, "To Execute At"),
            ),
            Part::Cron => section(
                "Recurrent cron tasks:",
                "There are currently no cron recurring tasks configured.",
                self.shown_recurrent(|kind| kind != GENERIC_AGENT),
            ),
            Part::GenericAgent => section(
                "Recurrent generic agent tasks:",
                "There are currently no generic agent recurring tasks configured.",
                self.shown_recurrent(|kind| kind == GENERIC_AGENT),
            ),
            Part::Worker => {
                section(
                    "Unhandled Worker Tasks:",
                    "There are currently no tasks waiting to be executed.",
                    shown_tasks(&self.waiting, "Create Time"),
                );
                section(
                    "Handled Worker Tasks:",
                    "There are currently no tasks being executed.",
                    shown_tasks(&self.running, "Started At"),
                );
            }
        }
    }

    fn shown_recurrent(&self, is_wanted: impl Fn(&str) -> bool) -> Vec<String> {
        let head = [
            "Name",
            "Last Execution",
            "Last Status",
            "Last Duration",
            "Next Execution",
        ];
        let tasks = self.recurrent.iter();
        // A job that is gone, or has no times any more, is not shown.
        let is_there = |task: &&Recurrent| {
            task.task_type != GENERIC_AGENT || task.next_execution_time.is_some()
        };
        let wanted = tasks.filter(|task| is_wanted(&task.task_type));
        let rows = wanted.filter(is_there).map(|task| {
            let status = match task.last_worker_status {
                None => "N/A",
                Some(1) => "Success",
                Some(_) => "Fail",
            };
            let next = task.next_execution_time;
            [
                task.name.clone(),
                task.last_execution_time.to_string(),
                status.to_owned(),
                duration(task.last_worker_running_time),
                next.map_or_else(|| "N/A".to_owned(), |next| next.to_string()),
            ]
        });
        table(head, &rows.collect::<Vec<_>>())
    }
}

fn shown_tasks(tasks: &[Waiting], when: &str) -> Vec<String> {
    let rows = tasks.iter();
    let rows = rows.map(|task| {
        [
            task.name.clone(),
            task.task_type.clone(),
            task.at.to_string(),
        ]
    });
    table(["Name", "Type", when], &rows.collect::<Vec<_>>())
}

/// In the largest unit of which there is more than one.
fn duration(seconds: Option<i32>) -> String {
    let Some(seconds) = seconds else {
        return "N/A".to_owned();
    };
    if seconds < 1 {
        return "< 1 Second".to_owned();
    }
    let seconds = f64::from(seconds);
    let units = [(86_400.0, "Day"), (3_600.0, "Hour"), (60.0, "Minute")];
    let unit = units.into_iter().find(|(length, _)| seconds > *length);
    let (length, unit) = unit.unwrap_or((1.0, "Second"));
    format!("{:.1} {unit}(s)", seconds / length)
}

/// A table with lines around it; nothing when there are no rows.
fn table<const N: usize>(head: [&str; N], rows: &[[String; N]]) -> Vec<String> {
    if rows.is_empty() {
        return Vec::new();
    }
    let head = head.map(str::to_owned);
    let all = || std::iter::once(&head).chain(rows);
    let widths: Vec<usize> = (0..N)
        .map(|column| all().map(|row| row[column].chars().count()).max())
        .map(Option::unwrap_or_default)
        .collect();
    let rule: Vec<String> = widths.iter().map(|width| "-".repeat(width + 2)).collect();
    let rule = format!("  +{}+", rule.join("+"));
    let shown = |row: &[String; N]| {
        let cells = row.iter().zip(&widths);
        let cells: Vec<String> = cells
            .map(|(cell, width)| format!(" {cell:<width$} "))
            .collect();
        format!("  |{}|", cells.join("|"))
    };
    let mut lines = vec![rule.clone(), shown(&head), rule.clone()];
    lines.extend(rows.iter().map(shown));
    lines.push(rule);
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_told_as_the_reference_system_tells_them() {
        let told = [None, Some(0), Some(2), Some(27), Some(329), Some(7200)].map(duration);
        let expected = [
            "N/A",
            "< 1 Second",
            "2.0 Second(s)",
            "27.0 Second(s)",
            "5.5 Minute(s)",
            "2.0 Hour(s)",
        ];
        assert_eq!(told, expected);
    }
}
