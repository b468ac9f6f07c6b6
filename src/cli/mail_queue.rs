//! `otterdesk mail queue`: the mails that wait to go out. The console's `Maint::Email::MailQueue` does the work.

use std::process::ExitCode;

use clap::{Args, Subcommand};

use super::{Installation, console};
use crate::console::Program;

#[derive(Debug, Subcommand)]
pub(super) enum Queue {
    /// Show the mails that wait
    List(Chosen),
    /// Send the mails that are due
    Send(Send),
    /// Take mails out of the queue, which are then never sent
    Delete(Chosen),
}

#[derive(Args, Debug)]
pub(super) struct Chosen {
    /// Which mails, such as ID::1 (ID, ArticleID, Sender, Recipient, Attempts); all conditions have to hold
    #[arg(long, value_name = "FIELD::VALUE")]
    filter: Vec<String>,

    /// Mean every mail; needed to delete without a filter
    #[arg(long, conflicts_with = "filter")]
    all: bool,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct Send {
    /// Send also the mails whose next attempt is to come later
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    installation: Installation,
}

impl Queue {
    /// The words of the console's command that does it, and the installation.
    fn words(self) -> (Vec<String>, Installation) {
        let word = |word: &str| word.to_owned();
        let mut words = vec![word("Maint::Email::MailQueue")];
        let chosen = |words: &mut Vec<String>, filter: Vec<String>| {
            for condition in filter {
                words.extend([word("--filter"), condition]);
            }
        };
        let installation = match self {
            Self::List(list) => {
                words.push(word("--list"));
                chosen(&mut words, list.filter);
                list.installation
            }
            Self::Send(send) => {
                words.extend([word("--send"), word("--verbose")]);
                words.extend(send.force.then(|| word("--force")));
                send.installation
            }
            Self::Delete(delete) => {
                words.push(word(if delete.all {
                    "--delete-all"
                } else {
                    "--delete"
                }));
                chosen(&mut words, delete.filter);
                delete.installation
            }
        };
        (words, installation)
    }

    pub(super) async fn run(self) -> ExitCode {
        let (words, installation) = self.words();
        let program = Program {
            name: "otterdesk console".to_owned(),
        };
        console::run(&program, &words, installation.into()).await
    }
}
