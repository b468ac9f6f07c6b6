//! `otterdesk daemon`: running the tasks that wait in the database, and looking at them.

use std::{sync::Arc, time::Duration};

use clap::{Args, Subcommand};

use super::{Installation, Outcome, say};
use crate::{
    app::{App, AppConfig},
    daemon, generic_agent,
    outbox::runner,
    server,
};

/// So long a job's notifications may take before they are left to the next process.
const FOLLOW: Duration = Duration::from_secs(30);

#[derive(Debug, Subcommand)]
pub(super) enum Daemon {
    /// Run the tasks that are due, and end
    ///
    /// One daemon owns the tasks in a database, the Perl system's or ours. This runs them only where otterdesk.toml says
    /// that ours does (`own = true` under [daemon]), or with --own-daemon.
    RunOnce(RunOnce),

    /// Run the tasks that are due and those of the settings whose time comes, until it is stopped
    ///
    /// For an installation without `serve`; `serve` does the same where otterdesk.toml says `own = true` under [daemon].
    Run(RunOnce),

    /// Run one job of the generic agent now, whatever its times, and end
    RunJob(RunJob),

    /// Show which tasks there are, when each ran last, for how long, and how it ended
    Summary(Installation),
}

#[derive(Args, Debug)]
pub(super) struct RunOnce {
    /// The Perl system's daemon does not run on this database
    #[arg(long)]
    own_daemon: bool,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct RunJob {
    /// The name of the job
    name: String,

    #[command(flatten)]
    installation: Installation,
}

impl Daemon {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::RunOnce(options) => run_once(options).await,
            Self::RunJob(options) => run_job(options).await,
            Self::Run(options) => {
                let app = start(options).await?;
                app.report_unknown_handlers();
                tokio::select! {
                    () = daemon::run_forever(Arc::new(app)) => {}
                    stopped = tokio::signal::ctrl_c() => stopped?,
                }
                Ok(())
            }
            Self::Summary(installation) => {
                let app = App::build(AppConfig::from(installation)).await?;
                let summary = daemon::summary(&app).await?;
                say(&summary.lines(None).join("\n"))
            }
        }
    }
}

/// The state, where the tasks are ours to run.
async fn start(options: RunOnce) -> Result<App, Box<dyn std::error::Error>> {
    let config = AppConfig::from(options.installation);
    if !options.own_daemon && !config.read_file()?.daemon.own {
        return Err(
            "the Perl system's daemon runs the tasks; when it is switched off, say `own = true` under [daemon] in \
             otterdesk.toml, or --own-daemon"
                .into(),
        );
    }
    server::start_log();
    Ok(App::build(config).await?)
}

async fn run_once(options: RunOnce) -> Outcome {
    let app = start(options).await?;
    let report = daemon::round(&app, &daemon::cron::Named::default()).await?;
    say(&format!(
        "{} succeeded, {} failed",
        report.succeeded, report.failed
    ))
}

async fn run_job(options: RunJob) -> Outcome {
    let app = App::build(options.installation.into()).await?;
    let job = generic_agent::find(&mut app.db.read().await?, &options.name).await?;
    let job = job.ok_or_else(|| format!("there is no job `{}`", options.name))?;
    let count = generic_agent::run(&app, &job, None).await?;
    runner::follow(&app, FOLLOW).await;
    say(&format!("worked on {count} tickets"))
}
