//! `otterdesk mail read`, `listen`, `fetch` and `reprocess`, and the same under the names of OTRS.

use std::{
    io::{IsTerminal as _, stdin},
    path::Path,
    process::ExitCode,
    sync::Arc,
    time::Duration,
};

use clap::{Args, Parser, Subcommand};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::watch,
    time::timeout,
};

use super::{Installation, Outcome, complain, say};
use crate::{
    app::{App, AppConfig},
    mail::{
        account::{self, Context},
        door::{Options, PostMaster},
        lmtp::{Address, Door, Limits},
        pipe::{self, Failure},
        spool::Spool,
    },
    outbox, server,
    settings::File,
};

/// The program of old that reads mail.
pub(super) const POST_MASTER: &str = "otrs.PostMaster.pl";

#[derive(Debug, Subcommand)]
pub(super) enum Mail {
    /// Take one raw message from the standard input, as a mail server pipes it
    ///
    /// Exit codes: 0 when the message is committed, 1 when there was none, 75 when it is to be tried again.
    Read(Read),
    /// Receive messages over LMTP, on a socket or a port
    Listen(Listen),
    /// Take in what waits in the mail accounts
    Fetch(Fetch),
    /// Process the messages again that failed and were kept in the spool
    Reprocess(Reprocess),
}

#[derive(Args, Debug)]
pub(super) struct Read {
    /// Preselect a target queue by name
    #[arg(long, value_name = "NAME")]
    target_queue: Option<String>,

    /// Let X-OTRS headers be ignored
    #[arg(long)]
    untrusted: bool,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct Listen {
    /// Where: unix:PATH, or ADDRESS:PORT [default: `listen` under [mail] in otterdesk.toml]
    #[arg(long, value_name = "PLACE")]
    at: Option<String>,

    /// Preselect a target queue by name
    #[arg(long, value_name = "NAME")]
    target_queue: Option<String>,

    /// Believe X-OTRS headers: nobody outside can send a message here
    #[arg(long)]
    trusted: bool,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct Fetch {
    /// Only this account
    #[arg(long, value_name = "ID")]
    mail_account_id: Option<i32>,

    /// Seconds after which the run ends
    #[arg(long, value_name = "SECONDS", default_value_t = 600)]
    timeout: u64,

    #[command(flatten)]
    installation: Installation,
}

#[derive(Args, Debug)]
pub(super) struct Reprocess {
    #[command(flatten)]
    installation: Installation,
}

impl Mail {
    pub(super) async fn run(self) -> ExitCode {
        let outcome = match self {
            Self::Read(read) => {
                let options = Options {
                    queue: read.target_queue,
                    trusted: !read.untrusted,
                };
                return read_message(read.installation.into(), options).await;
            }
            Self::Listen(listen) => listen.run().await,
            Self::Fetch(fetch) => {
                let limit = Duration::from_secs(fetch.timeout);
                run_fetch(fetch.installation.into(), fetch.mail_account_id, limit).await
            }
            Self::Reprocess(reprocess) => run_reprocess(reprocess.installation.into()).await,
        };
        ended(outcome)
    }
}

fn ended(outcome: Outcome) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error.to_string());
            ExitCode::FAILURE
        }
    }
}

/// Whatever is wrong, the mail server shall keep the message: a mistake in a configuration must not make mail bounce.
async fn read_message(config: AppConfig, options: Options) -> ExitCode {
    if stdin().is_terminal() {
        complain("a message is read from the standard input: otterdesk mail read < MESSAGE");
        return ExitCode::FAILURE;
    }
    match try_read(config, options).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            complain(&failure.message);
            ExitCode::from(failure.code)
        }
    }
}

async fn try_read(config: AppConfig, options: Options) -> Result<(), Failure> {
    // Mail servers tell senders what is said here, and administrators each line of it.
    if std::env::var_os("RUST_LOG").is_some() {
        server::start_log();
    }
    let raw = pipe::message(stdin().lock())?;
    let spool = spool(&config).map_err(Failure::later)?;
    let app = App::build(config).await.map_err(Failure::later)?;
    pipe::read(&app, &PostMaster, spool.as_ref(), &options, &raw).await?;
    Ok(())
}

fn spool(config: &AppConfig) -> Result<Option<Spool>, crate::settings::SettingsError> {
    let file = config.read_file()?;
    Ok(Spool::of(
        file.mail.spool.as_deref(),
        config.home()?.as_deref(),
    ))
}

/// How the file wants messages over LMTP to be treated.
pub(super) fn options_of(file: &File) -> Options {
    Options {
        queue: file.mail.listen_queue.clone(),
        trusted: file.mail.listen_trusted,
    }
}

/// Opens the door for LMTP that the file asks for, or the command line.
pub(super) async fn open_door(
    app: &App,
    file: &File,
    at: &str,
    options: Options,
) -> Result<Door, Box<dyn std::error::Error>> {
    let address: Address = at.parse()?;
    let mut limits = Limits::default();
    if let Some(size) = file.mail.listen_max_mb {
        limits.message_bytes = usize::try_from(size)?.saturating_mul(1024 * 1024);
    }
    let door = Door::open(&address, app.clone(), Arc::new(PostMaster), options, limits).await;
    let door = door.map_err(|error| format!("{address}: {error}"))?;
    tracing::info!("receiving mail over LMTP at {address}");
    Ok(door)
}

impl Listen {
    async fn run(self) -> Outcome {
        server::start_log();
        let config = AppConfig::from(self.installation);
        let file = config.read_file()?;
        let at = self.at.or_else(|| file.mail.listen.clone()).ok_or(
            "where? Give --at unix:PATH or --at ADDRESS:PORT, or `listen` under [mail] in otterdesk.toml",
        )?;
        let from_file = options_of(&file);
        let options = Options {
            queue: self.target_queue.or(from_file.queue),
            trusted: self.trusted || from_file.trusted,
        };
        let app = App::build(config).await?;
        let door = open_door(&app, &file, &at, options).await?;
        if let Some(port) = door.port() {
            say(&format!("receiving mail on port {port}"))?;
        }
        let (end, ending) = watch::channel(false);
        let mut terminate = signal(SignalKind::terminate())?;
        let mut interrupt = signal(SignalKind::interrupt())?;
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = interrupt.recv() => {}
            }
            let _ = end.send(true);
        });
        let runner = outbox::runner::start(&app);
        door.serve(ending).await;
        runner.stop().await;
        Ok(())
    }
}

async fn run_fetch(config: AppConfig, only: Option<i32>, limit: Duration) -> Outcome {
    server::start_log();
    let spool = spool(&config)?;
    let unverified = config.read_file()?.mail.accounts_without_certificate;
    let app = App::build(config).await?;
    let accounts = account::list(&app, only).await?;
    if let Some(id) = only.filter(|_| accounts.is_empty()) {
        return Err(format!("Could not find mail account with ID {id}.").into());
    }
    let run = async {
        for account in &accounts {
            say(&format!("{} ({})...", account.host, account.kind))?;
            let context = Context {
                app: &app,
                receiver: &PostMaster,
                spool: spool.as_ref(),
                verify_certificate: !unverified.contains(&account.id),
            };
            for line in account::fetch(&context, account).await.lines {
                say(&line)?;
            }
        }
        say("\nDone.\n")
    };
    timeout(limit, run)
        .await
        .unwrap_or_else(|_| Err("Fetching took too long and was ended.".into()))
}

async fn run_reprocess(config: AppConfig) -> Outcome {
    server::start_log();
    let spool = spool(&config)?
        .ok_or("there is no spool: give --otrs-home, or `spool` under [mail] in otterdesk.toml")?;
    let app = App::build(config).await?;
    say(&format!(
        "Processing mails in {}...",
        spool.folder().display()
    ))?;
    let mut failed = 0;
    pipe::reprocess(&app, &PostMaster, &spool, |message| {
        let result = match &message.outcome {
            Ok(_) => "Ok.".to_owned(),
            Err(failure) => {
                failed += 1;
                format!("Failed: {}", failure.message)
            }
        };
        // The work goes on when nobody looks any more.
        let _ = say(&format!(
            "  Processing {}... {result}",
            message.path.display()
        ));
    })
    .await?;
    if failed > 0 {
        return Err(format!("{failed} messages failed again and stay in the spool").into());
    }
    say("Done.")
}

/// The commands of OTRS's console that are about incoming mail.
#[derive(Debug, Parser)]
#[command(name = "otrs.Console.pl")]
enum OldCommand {
    /// Read incoming email from STDIN.
    #[command(name = "Maint::PostMaster::Read")]
    Read {
        /// Preselect a target queue by name
        #[arg(long)]
        target_queue: Option<String>,
        /// This will cause X-OTRS email headers to be ignored
        #[arg(long)]
        untrusted: bool,
        #[command(flatten)]
        habits: Habits,
    },
    /// Fetch incoming emails from configured mail accounts.
    #[command(name = "Maint::PostMaster::MailAccountFetch")]
    Fetch {
        /// Fetch mail only from this account (default: fetch from all)
        #[arg(long)]
        mail_account_id: Option<i32>,
        /// Has no meaning here: runs do not get into each other's way
        #[arg(long)]
        force_pid: bool,
        /// Has no meaning here: RUST_LOG=debug says more
        #[arg(long)]
        debug: bool,
        /// Timeout in seconds
        #[arg(long, default_value_t = 600)]
        timeout: u64,
        #[command(flatten)]
        habits: Habits,
    },
    /// Reprocess mails from spool directory that could not be imported in the first place.
    #[command(name = "Maint::PostMaster::SpoolMailsReprocess")]
    Reprocess {
        #[command(flatten)]
        habits: Habits,
    },
}

/// What every command of OTRS's console takes.
#[derive(Args, Debug)]
struct Habits {
    /// Suppress informative output, only retain error messages
    #[arg(long)]
    quiet: bool,
    /// Do not perform ANSI terminal output coloring
    #[arg(long)]
    no_ansi: bool,
}

/// Runs a command of OTRS's console, when it is one of ours.
pub(super) async fn run_old(words: &[String], config: AppConfig) -> Option<ExitCode> {
    let name = words.first()?;
    if !name.starts_with("Maint::PostMaster::") {
        return None;
    }
    let words = std::iter::once("otrs.Console.pl").chain(words.iter().map(String::as_str));
    let command = match OldCommand::try_parse_from(words) {
        Ok(command) => command,
        Err(error) => {
            // 1 for a wrong option, as the reference system says; 0 for help.
            let code = u8::from(error.use_stderr());
            let _ = error.print();
            return Some(ExitCode::from(code));
        }
    };
    Some(match command {
        OldCommand::Read {
            target_queue,
            untrusted,
            ..
        } => {
            let options = Options {
                queue: target_queue,
                trusted: !untrusted,
            };
            read_message(config, options).await
        }
        OldCommand::Fetch {
            mail_account_id,
            timeout,
            ..
        } => {
            let limit = Duration::from_secs(timeout);
            ended(run_fetch(config, mail_account_id, limit).await)
        }
        OldCommand::Reprocess { .. } => ended(run_reprocess(config).await),
    })
}

/// The command line of `otrs.PostMaster.pl`.
#[derive(Debug, Parser)]
#[command(name = "otrs.PostMaster.pl")]
struct OldPostMaster {
    /// Preselect a target queue by name
    #[arg(short = 'q')]
    queue: Option<String>,
    /// 0 lets X-OTRS headers be ignored
    #[arg(short = 't', default_value = "1")]
    trusted: String,
    /// Has no meaning here: RUST_LOG=debug says more
    #[arg(short = 'd')]
    debug: bool,
}

/// Runs as `otrs.PostMaster.pl`.
pub(super) async fn run_old_post_master(words: &[String], config: AppConfig) -> ExitCode {
    let words = std::iter::once(POST_MASTER).chain(words.iter().map(String::as_str));
    match OldPostMaster::try_parse_from(words) {
        Ok(old) => {
            let options = Options {
                queue: old.queue,
                trusted: old.trusted != "0",
            };
            read_message(config, options).await
        }
        Err(error) => {
            let code = u8::from(error.use_stderr());
            let _ = error.print();
            ExitCode::from(code)
        }
    }
}

/// Whether the process was started under this old name.
pub(super) fn is_called(called: &Path, name: &str) -> bool {
    called.file_name().is_some_and(|found| found == name)
}
