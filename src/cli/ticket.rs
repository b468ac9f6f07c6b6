//! `otterdesk ticket`: storage, locks, escalations, and deleting articles.

use clap::{Args, Subcommand, ValueEnum};

use super::{Installation, Outcome, complain, say};
use crate::{
    app::{App, AppConfig, StartError},
    directory::UserId,
    server,
    ticket::{
        self, TicketId,
        article::{
            self, ArticleId,
            storage::{
                Backend, Storage,
                switch::{self, Event, Tickets},
            },
        },
        escalation_check,
        history::HistoryType,
        unlock,
        work::Work,
    },
};

#[derive(Debug, Subcommand)]
pub(super) enum Ticket {
    /// Move attachments and mails between the database and the files under var/article
    ///
    /// Each article is copied, read back and compared before it is deleted where it was. Both systems may run meanwhile.
    /// An interrupted run is continued by the next one. Run it as the user whose group owns var/article.
    SwitchStorage(SwitchStorage),

    /// Unlock tickets whose queue's unlock time is over; for a timer, every few minutes
    UnlockTimeout(Installation),

    /// Unlock one ticket by force
    Unlock(Unlock),

    /// Unlock every ticket by force
    UnlockAll(Installation),

    /// Delete one article for good, with its attachments, its time and what the history says of it
    DeleteArticle(DeleteArticle),

    /// Tell whom it concerns of tickets that have escalated or will soon; for a timer, every few minutes
    EscalationCheck(Installation),
}

#[derive(Args, Debug)]
pub(super) struct Unlock {
    /// The ticket's id
    ticket: i64,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct DeleteArticle {
    /// The ticket's id
    ticket: i64,

    /// The article's id
    article: i64,

    #[command(flatten)]
    installation: Installation,
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
            Self::UnlockTimeout(installation) => {
                let app = build(installation).await?;
                Ok(unlock::timed_out(&app, tell).await?)
            }
            Self::UnlockAll(installation) => {
                let app = build(installation).await?;
                Ok(unlock::all(&app, tell).await?)
            }
            Self::Unlock(options) => {
                let app = build(options.installation).await?;
                match unlock::one(&app, TicketId(options.ticket)).await? {
                    Some(ticket) => say(&format!("Ticket {} is unlocked.", ticket.number)),
                    None => {
                        Err(format!("there is no ticket with the id {}", options.ticket).into())
                    }
                }
            }
            Self::DeleteArticle(options) => delete_article(options).await,
            Self::EscalationCheck(installation) => {
                let app = build(installation).await?;
                let told = |ticket: &ticket::Ticket, kind: HistoryType| {
                    drop(say(&format!("Ticket {}: {}", ticket.number, kind.name())));
                };
                Ok(escalation_check::run(&app, told).await?)
            }
        }
    }
}

async fn build(installation: Installation) -> Result<App, StartError> {
    server::start_log();
    App::build(AppConfig::from(installation)).await
}

async fn delete_article(options: DeleteArticle) -> Outcome {
    let app = build(options.installation).await?;
    let (ticket, article) = (TicketId(options.ticket), ArticleId(options.article));
    let mut work = Work::begin(&app, UserId::SYSTEM).await?;
    let found = ticket::list(&mut work.tx, &app.recent, &[ticket]).await?;
    let is_there = article::find(&mut work.tx, &app.recent, ticket, article)
        .await?
        .is_some();
    let Some(ticket) = found.into_iter().next().filter(|_| is_there) else {
        return Err(format!("ticket {ticket} has no article {}", article.0).into());
    };
    let leftover = article::delete(&mut work, &ticket, article).await?;
    work.commit().await?;
    leftover.delete().await?;
    say(&format!(
        "Article {} of ticket {} is deleted.",
        article.0, ticket.number
    ))
}

fn tell(ticket: &ticket::Ticket) {
    // Whoever reads the output may be gone; the work goes on.
    drop(say(&format!("Ticket {} is unlocked.", ticket.number)));
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
    let progress = switch::run(
        &app.db,
        &storage,
        stamp,
        to,
        options.limit,
        Tickets::default(),
        told,
    )
    .await?;
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
