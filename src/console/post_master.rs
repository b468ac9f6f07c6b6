//! `Maint::PostMaster::*`: mail that comes in.

use std::{io::stdin, time::Duration};

use super::{Allowed, Command, CommandOption, Failure, Output, Run, Session};
use crate::{
    app::App,
    mail::{
        account::{self, Context},
        door::{Options, PostMaster},
        pipe,
    },
    outbox::runner,
};

/// Seconds that a run over the accounts may take when nobody says how many.
const TIMEOUT: u64 = 600;

pub const COMMANDS: &[Command] = &[
    Command {
        name: "Maint::PostMaster::MailAccountFetch",
        about: "Take in what waits in the mail accounts.",
        options: &[
            CommandOption::optional("mail-account-id", "Only this account.")
                .allowed(Allowed::Number),
            CommandOption::flag(
                "force-pid",
                "Without effect: each account is fetched by one process at a time.",
            ),
            CommandOption::flag("debug", "Without effect: RUST_LOG=debug says more."),
            CommandOption::optional(
                "timeout",
                "Seconds after which the run ends [default: 600].",
            )
            .allowed(Allowed::Number),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(fetch(session))),
    },
    Command {
        name: READ,
        about: "Take one raw message from the standard input.",
        options: &[
            CommandOption::optional("target-queue", "Preselect a queue by name."),
            CommandOption::flag("untrusted", "Let X-OTRS headers be ignored."),
        ],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(read(session))),
    },
    Command {
        name: "Maint::PostMaster::SpoolMailsReprocess",
        about: "Process the messages again that failed and were kept in the spool.",
        options: &[],
        arguments: &[],
        run: Run::OnInstallation(|session| Box::pin(reprocess(session))),
    },
];

/// How long a mail server waits for what follows from its message, which is committed.
const FOLLOWING: Duration = Duration::from_secs(5);
/// The same for who waits for many messages.
const FOLLOWING_MANY: Duration = Duration::from_mins(1);

/// The command whose exit codes mail servers read.
pub(super) const READ: &str = "Maint::PostMaster::Read";

/// What a right command line wants of a message; none for the line of another command, for help or for a wrong line.
pub fn options_of_read(words: &[String]) -> Option<Options> {
    let (name, rest) = words.split_first()?;
    let command = super::find(name).filter(|command| command.name == READ)?;
    let given = super::parse::read(command, rest);
    let is_right = !given.help && given.check(command).is_ok();
    is_right.then(|| Options {
        queue: given.option("target-queue").map(str::to_owned),
        trusted: !given.has("untrusted"),
    })
}

async fn read(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let options = Options {
        queue: given.option("target-queue").map(str::to_owned),
        trusted: !given.has("untrusted"),
    };
    let taken = match pipe::message(stdin().lock()) {
        Ok(raw) => pipe::read(app, &PostMaster, &options, &raw).await,
        Err(failure) => Err(failure),
    };
    if let Err(failure) = taken {
        out.complain(&failure.message);
        return Err(Failure::Exit(failure.code));
    }
    runner::follow(app, FOLLOWING).await;
    Ok(())
}

async fn fetch(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, given, out } = session;
    let only = given.option("mail-account-id");
    let seconds = given.option("timeout").and_then(|it| it.parse().ok());
    let limit = Duration::from_secs(seconds.unwrap_or(TIMEOUT));
    let accounts = match (only, given.number("mail-account-id")) {
        // More digits than a key can have.
        (Some(_), None) => Vec::new(),
        (_, id) => account::list(app, id).await?,
    };
    if let Some(id) = only.filter(|_| accounts.is_empty()) {
        return Err(Failure::told(format!(
            "Could not find mail account with ID {id}."
        )));
    }
    let run = fetch_all(app, &accounts, out);
    let ended = tokio::time::timeout(limit, run).await;
    runner::follow(app, FOLLOWING_MANY).await;
    ended.map_err(|_| Failure::told("Fetching took too long and was ended."))?;
    out.say("\nDone.\n");
    Ok(())
}

async fn fetch_all(app: &App, accounts: &[account::Account], out: &mut Output) {
    for account in accounts {
        out.say(&format!("{} ({})...", account.host, account.kind));
        let context = Context {
            app,
            receiver: &PostMaster,
            spool: app.mail.spool.as_ref(),
            verify_certificate: !app.mail.unverified_accounts.contains(&account.id),
        };
        for line in account::fetch(&context, account).await.lines {
            out.say(&line);
        }
    }
}

async fn reprocess(session: Session<'_>) -> Result<(), Failure> {
    let Session { app, out, .. } = session;
    let Some(spool) = &app.mail.spool else {
        return Err(Failure::told(
            "there is no spool: give --otrs-home, or `spool` under [mail] in otterdesk.toml",
        ));
    };
    out.say(&format!(
        "Processing mails in {}...",
        spool.folder().display()
    ));
    let mut failed = 0;
    let told = |message: &pipe::Reprocessed| {
        let result = match &message.outcome {
            Ok(_) => "Ok.".to_owned(),
            Err(failure) => {
                failed += 1;
                format!("Failed: {}", failure.message)
            }
        };
        out.say(&format!(
            "  Processing {}... {result}",
            message.path.display()
        ));
    };
    let done = pipe::reprocess(app, &PostMaster, spool, told).await;
    runner::follow(app, FOLLOWING_MANY).await;
    done.map_err(|error| Failure::told(error.to_string()))?;
    if failed > 0 {
        return Err(Failure::told(format!(
            "{failed} messages failed again and stay in the spool"
        )));
    }
    out.say("Done.");
    Ok(())
}
