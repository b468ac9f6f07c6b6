//! `otterdesk daemon run-once`.

use clap::{Args, Subcommand};

use super::{Installation, Outcome, say};
use crate::{
    app::{App, AppConfig},
    daemon, server,
};

#[derive(Debug, Subcommand)]
pub(super) enum Daemon {
    /// Run the calls of web service invokers that are due, and end
    ///
    /// One daemon owns the tasks in a database, the Perl system's or ours. This runs them only where otterdesk.toml says
    /// that ours does (`own = true` under [daemon]), or with --own-daemon.
    RunOnce(RunOnce),
}

#[derive(Args, Debug)]
pub(super) struct RunOnce {
    /// The Perl system's daemon does not run on this database
    #[arg(long)]
    own_daemon: bool,

    #[command(flatten)]
    installation: Installation,
}

impl Daemon {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::RunOnce(options) => run_once(options).await,
        }
    }
}

async fn run_once(options: RunOnce) -> Outcome {
    let config = AppConfig::from(options.installation);
    if !options.own_daemon && !config.read_file()?.daemon.own {
        return Err(
            "the Perl system's daemon runs the tasks; when it is switched off, say `own = true` under [daemon] in \
             otterdesk.toml, or --own-daemon"
                .into(),
        );
    }
    server::start_log();
    let app = App::build(config).await?;
    let report = daemon::run_due(&app).await?;
    say(&format!(
        "{} succeeded, {} failed",
        report.succeeded, report.failed
    ))
}
