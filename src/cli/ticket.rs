//! `otterdesk ticket switch-storage`.

use clap::{Args, Subcommand, ValueEnum};

use super::{Installation, Outcome, complain, say};
use crate::{
    app::{App, AppConfig},
    directory::UserId,
    server,
    ticket::article::storage::{
        Backend, Storage,
        switch::{self, Event},
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum Ticket {
    /// Move attachments and mails between the database and the files under var/article
    ///
    /// Each article is copied, read back and compared before it is deleted where it was. Both systems may run meanwhile.
    /// An interrupted run is continued by the next one. Run it as the user whose group owns var/article.
    SwitchStorage(SwitchStorage),
}

#[derive(Args, Debug)]
pub(super) struct SwitchStorage {
    /// Where everything is to be
    #[arg(long, value_enum)]
    to: Target,

    /// Stop after this many articles
    #[arg(long, value_name = "NUMBER")]
    limit: Option<u64>,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Target {
    Database,
    Filesystem,
}

impl Ticket {
    pub(super) async fn run(self) -> Outcome {
        match self {
            Self::SwitchStorage(options) => switch_storage(options).await,
        }
    }
}

async fn switch_storage(options: SwitchStorage) -> Outcome {
    server::start_log();
    let to = match options.to {
        Target::Database => Backend::Database,
        Target::Filesystem => Backend::Files,
    };
    let app = App::build(AppConfig::from(options.installation)).await?;
    let storage = Storage::from_settings(&app.settings.current());
    if storage.configured != to && !storage.check_all {
        return Err(format!(
            "attachments in the {to} would not be shown: set Ticket::Article::Backend::MIMEBase::CheckAllStorageBackends to 1 first, or ArticleStorage to the {to}"
        )
        .into());
    }
    let stamp = app.stamp(UserId::SYSTEM);
    let told = |event: Event<'_>| match event {
        // Whoever reads the output may be gone; the work goes on.
        Event::Step(progress) => drop(say(&format!(
            "{} of {} articles, {} moved, {} left alone",
            progress.looked_at, progress.total, progress.moved, progress.left_alone
        ))),
        Event::LeftAlone(article, why) => complain(&format!("article {}: {why}", article.0)),
    };
    let progress = switch::run(&app.db, &storage, stamp, to, options.limit, told).await?;
    if progress.left_alone > 0 {
        return Err(format!(
            "{} articles keep what they have; nothing of them is lost",
            progress.left_alone
        )
        .into());
    }
    say(&format!(
        "Everything that was moved is in the {to}: {} articles.",
        progress.moved
    ))
}
