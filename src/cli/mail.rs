//! `otterdesk mail read`, `listen`, `fetch`, `reprocess` and `queue`, and the same under the names of OTRS.

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
};

use super::{Installation, Outcome, complain, mail_queue::Queue, say};
use crate::{
    app::{App, AppConfig},
    console::{self, Output, Program},
    mail::{
        door::{Options, PostMaster},
        lmtp::{Address, Door, Limits},
        pipe::{self, Failure},
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
    /// Show, send or delete the mails that wait to go out
    #[command(subcommand)]
    Queue(Queue),
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
                let mut words = vec![
                    "Maint::PostMaster::MailAccountFetch".to_owned(),
                    format!("--timeout={}", fetch.timeout),
                ];
                let only = fetch.mail_account_id;
                words.extend(only.map(|id| format!("--mail-account-id={id}")));
                return run_command(fetch.installation.into(), words).await;
            }
            Self::Reprocess(reprocess) => {
                let words = vec!["Maint::PostMaster::SpoolMailsReprocess".to_owned()];
                return run_command(reprocess.installation.into(), words).await;
            }
            Self::Queue(queue) => return queue.run().await,
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
    let config = AppConfig {
        brief: true,
        ..config
    };
    let app = App::build(config).await.map_err(Failure::later)?;
    pipe::read(&app, &PostMaster, &options, &raw).await?;
    outbox::runner::follow(&app, FOLLOWING).await;
    Ok(())
}

/// How long the mail server waits for what follows from its message, which is committed: it must not lose patience.
const FOLLOWING: Duration = Duration::from_secs(5);

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

/// Runs the command `Maint::PostMaster::Read` of OTRS's console, when the line is right.
pub(super) async fn run_old(words: &[String], config: &AppConfig) -> Option<ExitCode> {
    let options = console::options_of_read(words)?;
    Some(read_message(config.clone(), options).await)
}

/// Runs a command of the console.
async fn run_command(config: AppConfig, words: Vec<String>) -> ExitCode {
    server::start_log();
    let program = Program {
        name: "otterdesk console".to_owned(),
    };
    let mut out = Output::of_process();
    let code = console::run(&program, &words, &mut out, || App::build(config)).await;
    ExitCode::from(code)
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
