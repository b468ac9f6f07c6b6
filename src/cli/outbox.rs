//! `otterdesk outbox list|retry`.

use chrono::DateTime;
use clap::Subcommand;

use super::{Installation, Outcome, say};
use crate::{
    app::App,
    outbox::store::{self, Entry},
};

#[derive(Debug, Subcommand)]
pub(super) enum Outbox {
    /// Show what waits and what failed, the oldest first
    List {
        /// Only what is not tried again
        #[arg(long)]
        failed: bool,

        #[command(flatten)]
        installation: Installation,
    },
    /// Try again what failed for good; a running server does it within two seconds
    Retry {
        /// Which, by the numbers that `list` shows [default: all]
        #[arg(value_name = "NUMBER")]
        ids: Vec<i64>,

        #[command(flatten)]
        installation: Installation,
    },
}

impl Outbox {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::List {
                failed,
                installation,
            } => list(failed, installation).await,
            Self::Retry { ids, installation } => retry(&ids, installation).await,
        }
    }
}

async fn list(only_failed: bool, installation: Installation) -> Outcome {
    let app = App::build(installation.into()).await?;
    let entries = store::list(&mut app.db.read().await?, only_failed).await?;
    if entries.is_empty() {
        return say("Nothing waits.");
    }
    for entry in &entries {
        say(&line(entry))?;
    }
    if entries.len() as u64 == store::LISTED {
        say("There may be more.")?;
    }
    Ok(())
}

fn line(entry: &Entry) -> String {
    let state = if entry.failed == 1 {
        "failed".to_owned()
    } else {
        format!("next {}", moment(entry.due))
    };
    let error = entry.error.as_deref().unwrap_or_default();
    let error = error.replace(['\n', '\r'], " ");
    format!(
        "{} {} of {}, {} attempts, {state}: {} {error}",
        entry.id,
        entry.consumer,
        moment(entry.created),
        entry.attempts,
        entry.content
    )
    .trim_end()
    .to_owned()
}

/// UTC.
fn moment(seconds: i64) -> String {
    let moment = DateTime::from_timestamp(seconds, 0).unwrap_or_default();
    moment.format("%Y-%m-%d %H:%M:%S").to_string()
}

async fn retry(ids: &[i64], installation: Installation) -> Outcome {
    let app = App::build(installation.into()).await?;
    let mut tx = app.db.read().await?;
    let count = store::retry(&mut tx, app.clock.timestamp(), ids).await?;
    say(&format!("{count} to be tried again."))
}
