//! `otterdesk check integrity`.

use clap::Subcommand;

use super::{Installation, Outcome, say};
use crate::{app::App, ticket::integrity};

#[derive(Debug, Subcommand)]
pub(super) enum Check {
    /// Look for tickets without history, articles without data, rows that belong to nothing, counters that are behind and
    /// consequences that failed
    ///
    /// Nothing is changed. Whatever is found is named, one kind on each line, and the exit code is not 0.
    Integrity {
        #[command(flatten)]
        installation: Installation,
    },
}

impl Check {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::Integrity { installation } => check_integrity(installation).await,
        }
    }
}

async fn check_integrity(installation: Installation) -> Outcome {
    let app = App::build(installation.into()).await?;
    let mut tx = app.db.read().await?;
    let mut findings = integrity::check(&mut tx, &app.settings.current()).await?;
    findings.extend(integrity::check_outbox(&mut tx, app.clock.timestamp()).await?);
    if findings.is_empty() {
        return say("Everything fits together.");
    }
    for finding in &findings {
        say(&finding.to_string())?;
    }
    let kinds = findings.len();
    Err(format!("{kinds} kinds of rows do not fit together").into())
}
