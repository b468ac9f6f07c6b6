//! Tasks that come again and again: the settings `Daemon::SchedulerCronTaskManager::Task###…`, each with a schedule.
//!
//! `scheduler_recurrent_task` says when each was due last. When a later time has come, the row is set to it and a task is
//! added to `scheduler_task`, in one transaction, so that of several daemons one does it. A task that is seen for the first
//! time is not run for times that are past.
//! Source: rows that the reference system's daemon wrote.

use std::{collections::BTreeSet, sync::Mutex};

use chrono::{DateTime, NaiveDateTime};
use compat::Value;
use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{TaskError, schedule::Schedule};
use crate::{
    app::App,
    generic_agent::{self, Job},
    scheduler::{self, Task},
    settings::{Settings, deployment},
    ticket::{number::counter, working_time},
};

/// The kind of such tasks in both tables.
pub const CRON: &str = "Cron";

/// The kind of jobs of the generic agent in both tables.
pub const GENERIC_AGENT: &str = "GenericAgent";

/// Characters of a task's name.
const NAME_LENGTH: usize = 150;

/// The group of settings that names them.
const SETTING: &str = "Daemon::SchedulerCronTaskManager::Task";

/// Modules under this name are commands of the console.
const COMMANDS: &str = "Kernel::System::Console::Command::";

/// Functions of other modules that do what a command does.
const AS_COMMANDS: [((&str, &str), &[&str]); 3] = [
    (
        ("Kernel::System::Web::UploadCache", "FormIDCleanUp"),
        &["Maint::WebUploadCache::Cleanup"],
    ),
    (
        ("Kernel::System::Ticket", "TicketAcceleratorRebuild"),
        &["Maint::Ticket::QueueIndexRebuild"],
    ),
    (
        ("Kernel::System::Cache", "CleanUp"),
        &["Maint::Cache::Delete"],
    ),
];

/// Modules of the default tasks that have nothing to do here: no loader, no S/MIME, no statistics, no support data.
const OF_PERL: [&str; 5] = [
    "Kernel::System::Loader",
    "Maint::SMIME::CustomerCertificate::Renew",
    "Maint::SMIME::ReindexKeys",
    "Maint::Stats::Dashboard::Generate",
    "Maint::SupportData::CollectAsynchronous",
];

/// One task as the settings have it.
#[derive(Clone, Debug, PartialEq)]
pub struct CronTask {
    pub name: String,
    pub schedule: Schedule,
    pub call: Call,
    /// So many may run or wait at once.
    pub at_most: u64,
}

/// What is run.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    pub module: String,
    pub function: String,
    pub params: Vec<String>,
}

/// What a call means for this daemon.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Doing {
    /// A command line of the console.
    Command(Vec<String>),
    Own(Chore),
    /// It is about what only the Perl system has: its loader, its screens, its support.
    OfPerl,
    Unknown,
}

impl Doing {
    /// Whether this daemon runs it; others leave it to the Perl system's daemon.
    pub fn is_ours(&self) -> bool {
        matches!(self, Self::Command(_) | Self::Own(_))
    }
}

/// What is no command of the console.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Chore {
    /// Old rows of `sysconfig_deployment` go.
    Deployments,
    /// Old rows of `ticket_number_counter` go.
    Counters,
}

impl Chore {
    /// Does it; gives how many rows went.
    pub(super) async fn run(self, app: &App) -> Result<u64, DbError> {
        let settings = app.settings.current();
        let mut tx = app.db.begin().await?;
        let count = match self {
            Self::Deployments => {
                let keep = settings.integer("SystemConfiguration::MaximumDeployments");
                deployment::clean_up(&mut tx, u64::try_from(keep).unwrap_or_default()).await?
            }
            Self::Counters => counter::clean_up(&mut tx, app.clock.now()).await?,
        };
        tx.commit().await?;
        Ok(count)
    }
}

impl Call {
    fn of(value: &Value) -> Option<Self> {
        let text = |key: &str| value.get(key).and_then(Value::as_string);
        let params = value.get("Params").and_then(Value::as_list);
        Some(Self {
            module: text("Module").filter(|module| !module.is_empty())?,
            function: text("Function").filter(|function| !function.is_empty())?,
            params: params
                .unwrap_or_default()
                .iter()
                .filter_map(Value::as_string)
                .collect(),
        })
    }

    pub(super) fn read(id: i64, data: &Value) -> Result<Self, TaskError> {
        Self::of(data).ok_or_else(|| TaskError::Data {
            id,
            reason: "no Module and Function".to_owned(),
        })
    }

    fn data(&self) -> Value {
        Value::map([
            ("Module", Value::text(self.module.as_str())),
            ("Function", Value::text(self.function.as_str())),
            (
                "Params",
                Value::List(self.params.iter().map(Value::text).collect()),
            ),
        ])
    }

    /// What this daemon does for it.
    pub fn doing(&self) -> Doing {
        if let Some(words) = self.command_line() {
            return Doing::Command(words);
        }
        match (self.module.as_str(), self.function.as_str()) {
            ("Kernel::System::SysConfig", "ConfigurationDeployCleanup") => {
                Doing::Own(Chore::Deployments)
            }
            (module, "TicketNumberCounterCleanup")
                if module.starts_with("Kernel::System::Ticket::Number::") =>
            {
                Doing::Own(Chore::Counters)
            }
            (module, _) if OF_PERL.contains(&module.trim_start_matches(COMMANDS)) => Doing::OfPerl,
            _ => Doing::Unknown,
        }
    }

    /// The command line of the console that this is; `None` when it is none that we have.
    fn command_line(&self) -> Option<Vec<String>> {
        let call = (self.module.as_str(), self.function.as_str());
        let mut same = AS_COMMANDS.iter();
        if let Some((_, words)) = same.find(|(known, _)| *known == call) {
            return Some(words.iter().map(|word| (*word).to_owned()).collect());
        }
        let name = self.module.strip_prefix(COMMANDS)?;
        if self.function != "Execute" || !crate::console::has(name) {
            return None;
        }
        let mut words = vec![name.to_owned()];
        words.extend(self.params.iter().cloned());
        Some(words)
    }
}

/// The tasks of the settings; those whose schedule or call is not understood are left out, as are those switched off.
pub fn tasks(settings: &Settings) -> Vec<CronTask> {
    let group = settings.value(SETTING);
    let entries = group.as_map().into_iter().flatten();
    entries
        .filter_map(|(key, entry)| {
            let text = |key: &str| entry.get(key).and_then(Value::as_string);
            let at_most = text("MaximumParallelInstances").and_then(|it| it.parse().ok());
            Some(CronTask {
                name: text("TaskName").unwrap_or_else(|| key.clone()),
                schedule: Schedule::read(&text("Schedule")?)?,
                call: Call::of(entry)?,
                at_most: at_most.filter(|it| *it > 0).unwrap_or(1),
            })
        })
        .collect()
}

/// Names of tasks that the log has named already, as none that we can run.
#[derive(Debug, Default)]
pub struct Named(Mutex<BTreeSet<String>>);

impl Named {
    fn is_first(&self, name: &str) -> bool {
        let mut names = self
            .0
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner);
        names.insert(name.to_owned())
    }
}

/// Adds a task for each one that is due; gives their names.
pub async fn plan(app: &App, named: &Named) -> Result<Vec<String>, DbError> {
    let settings = app.settings.current();
    let zone = working_time::zone_of(&settings);
    let now = app.clock.now();
    let local = now.and_utc().with_timezone(&zone).naive_local();
    let mut added = Vec::new();
    for task in tasks(&settings) {
        let doing = task.call.doing();
        if !doing.is_ours() {
            if doing == Doing::Unknown && named.is_first(&task.name) {
                tracing::info!(
                    task.name = %task.name,
                    "{} ({} of {}) is nothing that this daemon runs",
                    task.name,
                    task.call.function,
                    task.call.module
                );
            }
            continue;
        }
        let comes_again = ComesAgain {
            kind: CRON,
            name: &task.name,
            data: task.call.data(),
            at_most: task.at_most,
        };
        if add_when_due(app, &comes_again, task.schedule.last(local)).await? {
            added.push(task.name);
        }
    }
    added.extend(plan_jobs(app, local).await?);
    Ok(added)
}

/// The same for the jobs of the generic agent that have times.
async fn plan_jobs(app: &App, local: NaiveDateTime) -> Result<Vec<String>, DbError> {
    let mut added = Vec::new();
    let jobs = generic_agent::list(&mut app.db.read().await?).await?;
    for job in jobs.into_iter().filter(Job::is_valid) {
        let lists = job.schedule();
        let schedule =
            lists.and_then(|[minutes, hours, days]| Schedule::of_lists(&minutes, &hours, &days));
        let Some(schedule) = schedule else {
            continue;
        };
        let comes_again = ComesAgain {
            kind: GENERIC_AGENT,
            name: &job.name,
            data: job.data(),
            at_most: 1,
        };
        if add_when_due(app, &comes_again, schedule.last(local)).await? {
            added.push(job.name);
        }
    }
    Ok(added)
}

/// A task that comes again and again.
struct ComesAgain<'a> {
    /// As the tables name it.
    kind: &'a str,
    name: &'a str,
    /// What the worker needs to know.
    data: Value,
    /// So many may run or wait at once.
    at_most: u64,
}

/// Adds a task when its last time, on the clock of the installation, is later than it was; whether it did.
async fn add_when_due(
    app: &App,
    task: &ComesAgain<'_>,
    due: Option<NaiveDateTime>,
) -> Result<bool, DbError> {
    let now = app.clock.now();
    let zone = working_time::zone_of(&app.settings.current());
    let Some(due) = due else {
        return Ok(false);
    };
    // The columns are in UTC. An hour that comes twice or never in the zone counts as its first moment.
    let due = due
        .and_local_timezone(zone)
        .earliest()
        .map_or(now, |due| DateTime::to_utc(&due).naive_utc());
    let mut tx = app.db.begin().await?;
    match take(&mut tx, task, due, now).await {
        Ok(added) => {
            tx.commit().await?;
            Ok(added)
        }
        // Another daemon was first.
        Err(error) if error.is_duplicate() || error.is_conflict() => Ok(false),
        Err(error) => Err(error),
    }
}

#[derive(sqlx::FromRow)]
struct RecurrentRow {
    id: i64,
    last_execution_time: NaiveDateTime,
}

/// Makes the task ours when it is due and nobody has it; whether it was added.
async fn take(
    tx: &mut Tx,
    task: &ComesAgain<'_>,
    due: NaiveDateTime,
    now: NaiveDateTime,
) -> Result<bool, DbError> {
    use t::SchedulerRecurrentTask as R;
    let query = Query::select()
        .columns([R::Id, R::LastExecutionTime])
        .from(R::Table)
        .and_where(Expr::col(R::TaskType).eq(task.kind))
        .and_where(Expr::col(R::Name).eq(task.name))
        .to_owned();
    let Some(row) = tx.fetch_optional::<RecurrentRow>(&query).await? else {
        let insert = new_row(
            R::Table,
            [
                (R::Name, task.name.into()),
                (R::TaskType, task.kind.into()),
                (R::LastExecutionTime, due.into()),
                (R::LockKey, 0_i64.into()),
                (R::CreateTime, now.into()),
                (R::ChangeTime, now.into()),
            ],
        );
        tx.execute_one(&insert).await?;
        return Ok(false);
    };
    if row.last_execution_time >= due || waiting(tx, task).await? >= task.at_most {
        return Ok(false);
    }
    // The old time in the condition: of two that read it, one changes the row.
    let update = Query::update()
        .table(R::Table)
        .value(R::LastExecutionTime, due)
        .value(R::ChangeTime, now)
        .and_where(Expr::col(R::Id).eq(row.id))
        .and_where(Expr::col(R::LockKey).eq(0_i64))
        .and_where(Expr::col(R::LastExecutionTime).eq(row.last_execution_time))
        .to_owned();
    if tx.execute(&update).await? == 0 {
        return Ok(false);
    }
    let new = Task {
        name: task.name.chars().take(NAME_LENGTH).collect(),
        kind: task.kind.to_owned(),
        data: task.data.clone(),
        attempts: 1,
    };
    let id = scheduler::add(tx, &new, now).await?;
    let update = Query::update()
        .table(R::Table)
        .value(R::LastWorkerTaskId, id)
        .and_where(Expr::col(R::Id).eq(row.id))
        .to_owned();
    tx.execute(&update).await?;
    Ok(true)
}

/// How many of a task run or wait.
async fn waiting(tx: &mut Tx, task: &ComesAgain<'_>) -> Result<u64, DbError> {
    let query = Query::select()
        .column(t::SchedulerTask::Id)
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq(task.kind))
        .and_where(Expr::col(t::SchedulerTask::Name).eq(task.name))
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    Ok(u64::try_from(rows.len()).unwrap_or(u64::MAX))
}

/// Says how a task ended that came from here.
pub(super) async fn ended(
    tx: &mut Tx,
    task: i64,
    succeeded: bool,
    seconds: i32,
    now: NaiveDateTime,
) -> Result<(), DbError> {
    use t::SchedulerRecurrentTask as R;
    let update = Query::update()
        .table(R::Table)
        .value(R::LastWorkerStatus, i16::from(succeeded))
        .value(R::LastWorkerRunningTime, seconds)
        .value(R::ChangeTime, now)
        .and_where(Expr::col(R::LastWorkerTaskId).eq(task))
        .to_owned();
    tx.execute(&update).await.map(drop)
}
