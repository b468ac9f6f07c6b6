//! Runs the tasks that wait.

use std::{
    sync::Arc,
    time::{Duration, Instant},
};

use compat::Value;
use futures_util::{StreamExt as _, stream};
use schema::DbError;

use super::{
    cron::{self, Doing},
    task::{self, InvokerCall, Work},
};
use crate::{
    app::App,
    console::{self, Output, Program},
    generic_agent::{self, Job, JobError},
    generic_interface::{
        Named,
        requester::{self, Call},
    },
};

/// So many calls run beside each other, as the reference system's setting for its workers has it.
const WORKERS: usize = 5;

/// How long a worker sleeps when nothing was to do.
const PAUSE: Duration = Duration::from_secs(1);

/// How often the lock of a call that takes long is renewed.
const RENEW_AFTER: Duration = Duration::from_mins(1);

/// What one round did.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Report {
    /// Calls whose time had come.
    pub moved: usize,
    pub succeeded: usize,
    pub failed: usize,
}

/// Runs every call that is due and that nobody else has taken, and returns when they have ended.
#[tracing::instrument(name = "daemon.run_due", skip_all)]
pub async fn run_due(app: &App) -> Result<Report, DbError> {
    let now = app.clock.now();
    let mut tx = app.db.begin().await?;
    task::free_abandoned(&mut tx, now).await?;
    let moved = task::move_due(&mut tx, now).await?;
    tx.commit().await?;
    let waiting = task::waiting(&mut app.db.read().await?).await?;
    let results: Vec<Result<Option<bool>, DbError>> = stream::iter(waiting)
        .map(|id| run(app, id))
        .buffer_unordered(WORKERS)
        .collect()
        .await;
    let mut report = Report {
        moved,
        ..Report::default()
    };
    for result in results {
        match result? {
            Some(true) => report.succeeded += 1,
            Some(false) => report.failed += 1,
            None => {}
        }
    }
    Ok(report)
}

/// Adds the tasks of the settings whose time has come, and runs every task that is due, see [`run_due`].
pub async fn round(app: &App, named: &cron::Named) -> Result<Report, DbError> {
    cron::plan(app, named).await?;
    run_due(app).await
}

/// Runs what is due, round after round; a database that does not answer is asked again later.
pub async fn run_forever(app: Arc<App>) {
    let named = cron::Named::default();
    loop {
        match round(&app, &named).await {
            Ok(report) if report != Report::default() => {
                tracing::info!(
                    tasks.succeeded = report.succeeded,
                    tasks.failed = report.failed,
                    "ran {} tasks",
                    report.succeeded + report.failed
                );
                continue;
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "tasks can not be run"),
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Takes one task and runs it; whether it succeeded, `None` when somebody else has it.
async fn run(app: &App, id: i64) -> Result<Option<bool>, DbError> {
    let key = task::lock_key(node(app), std::process::id());
    let mut tx = app.db.begin().await?;
    let taken = task::lock(&mut tx, id, key, app.clock.now()).await?;
    tx.commit().await?;
    let started = Instant::now();
    let mut comes_again = false;
    let succeeded = match taken {
        None => return Ok(None),
        Some(Ok(Work::Invoker(call))) => {
            Box::pin(while_renewing(app, id, key, call_invoker(app, call))).await?
        }
        Some(Ok(Work::Cron(call))) => {
            comes_again = true;
            Box::pin(while_renewing(app, id, key, run_command(app, call))).await?
        }
        Some(Ok(Work::Nothing)) => true,
        Some(Ok(Work::Job(job))) => {
            comes_again = true;
            Box::pin(while_renewing(app, id, key, run_job(app, job))).await?
        }
        Some(Err(error)) => {
            tracing::error!(%error, "task {id} is thrown away");
            false
        }
    };
    let mut tx = app.db.begin().await?;
    if comes_again {
        let seconds = i32::try_from(started.elapsed().as_secs()).unwrap_or(i32::MAX);
        cron::ended(&mut tx, id, succeeded, seconds, app.clock.now()).await?;
    }
    task::done(&mut tx, id, key).await?;
    tx.commit().await?;
    Ok(Some(succeeded))
}

fn node(app: &App) -> u32 {
    let node = app.settings.current().integer("NodeID");
    u32::try_from(node).unwrap_or(1)
}

async fn while_renewing(
    app: &App,
    id: i64,
    key: i64,
    work: impl Future<Output = Result<bool, DbError>>,
) -> Result<bool, DbError> {
    let mut work = std::pin::pin!(work);
    loop {
        tokio::select! {
            done = &mut work => return done,
            () = tokio::time::sleep(RENEW_AFTER) => {
                let mut tx = app.db.begin().await?;
                task::renew(&mut tx, id, key, app.clock.now()).await?;
                tx.commit().await?;
            }
        }
    }
}

fn refuse(call: &cron::Call) -> bool {
    tracing::error!(
        "{} of {} is nothing that this daemon runs",
        call.function,
        call.module
    );
    false
}

/// Runs a command of the console, or what is none; whether it succeeded.
async fn run_command(app: &App, call: cron::Call) -> Result<bool, DbError> {
    let words = match call.doing() {
        Doing::Command(words) => words,
        Doing::Own(chore) => {
            let count = chore.run(app).await?;
            tracing::debug!(rows.count = count, "{} deleted {count} rows", call.function);
            return Ok(true);
        }
        Doing::OfPerl | Doing::Unknown => {
            return Ok(refuse(&call));
        }
    };
    let program = Program {
        name: "otterdesk console".to_owned(),
    };
    let mut out = Output::keeping();
    let state = app.clone();
    let code = console::run(&program, &words, &mut out, async || Ok(state)).await;
    if code != 0 {
        let (_, complaint) = out.kept();
        tracing::error!(
            exit.code = code,
            "{} failed: {}",
            words.join(" "),
            complaint.trim_end()
        );
    }
    Ok(code == 0)
}

/// Runs a job of the generic agent; whether it succeeded.
async fn run_job(app: &App, job: Job) -> Result<bool, DbError> {
    match generic_agent::run(app, &job, None).await {
        Ok(_) => Ok(true),
        Err(JobError::Database(error)) => Err(error),
        Err(refused) => {
            tracing::error!(error = %refused, "{refused}");
            Ok(false)
        }
    }
}

async fn call_invoker(app: &App, call: InvokerCall) -> Result<bool, DbError> {
    let id = call.web_service;
    let Some(service) = app.web_services.find(&app.db, &Named::Id(id)).await? else {
        tracing::error!(
            "invoker {} is not called: there is no valid web service {id}",
            call.invoker
        );
        return Ok(false);
    };
    let result = requester::run(
        app,
        Call {
            service: &service,
            invoker: &call.invoker,
            data: call.data,
            past: call.past,
            may_repeat: true,
        },
    )
    .await;
    match result {
        Ok(answer) => {
            let has_data = answer != Value::Undef;
            tracing::debug!(has_data, "called invoker {}", call.invoker);
            Ok(true)
        }
        Err(failure) => {
            tracing::warn!(error = %failure, "invoker {} of web service {} failed", call.invoker, service.name);
            Ok(false)
        }
    }
}
