//! The command line. Wrong input gets one clear line on the error output and a non-zero exit.

use std::{
    error::Error,
    io::Write as _,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::{Args, Parser, Subcommand};

use crate::app::AppConfig;

mod acl;
mod check;
mod console;
mod daemon;
mod demo;
mod mail;
mod mail_queue;
mod outbox;
mod routes;
mod schema;
mod serve;
mod settings;
mod ticket;
mod web_service;

/// A help desk server that takes over an OTRS or Znuny installation: same database, same URLs, same web services.
#[derive(Debug, Parser)]
#[command(name = "otterdesk", version, propagate_version = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve an existing database
    Serve(serve::Serve),
    /// Fill a SQLite file with demonstration data, when there is none, and serve it
    Demo(demo::Demo),
    /// Create the tables in an empty database, or examine those of a database
    #[command(subcommand)]
    Schema(schema::Schema),
    /// Print every URL that is served
    Routes(routes::Routes),
    /// Show the settings in force and where each comes from
    #[command(subcommand)]
    Settings(settings::Settings),
    /// Maintain what belongs to tickets
    #[command(subcommand)]
    Ticket(ticket::Ticket),
    /// Send requests to other systems
    #[command(subcommand)]
    WebService(web_service::WebService),
    /// Run a command of OTRS's console, such as Admin::User::Add, Maint::Ticket::PendingCheck or List
    Console(console::Console),
    /// Take mail in, from a pipe, over LMTP, from mail accounts, and look after the mails that go out
    #[command(subcommand)]
    Mail(mail::Mail),
    /// Run the tasks that wait in the database
    #[command(subcommand)]
    Daemon(daemon::Daemon),
    /// Understand access control lists
    #[command(subcommand)]
    Acl(acl::Acl),
    /// Look whether the database is sound
    #[command(subcommand)]
    Check(check::Check),
    /// Show and repeat what follows from operations on tickets: notifications, calls of other systems
    #[command(subcommand)]
    Outbox(outbox::Outbox),
}

/// Which installation: options that most commands share.
#[derive(Args, Debug)]
struct Installation {
    /// The database: mysql://USER:PASSWORD@HOST/NAME, postgres://… or sqlite:FILE
    #[arg(
        long,
        value_name = "URL",
        env = "OTTERDESK_DATABASE_URL",
        hide_env_values = true
    )]
    database_url: Option<String>,

    /// The home of an OTRS installation; its Kernel/Config.pm names the database and overrides settings
    #[arg(long, value_name = "DIR", env = "OTTERDESK_OTRS_HOME")]
    otrs_home: Option<PathBuf>,

    /// Our own file [default: otterdesk.toml, when there is one]
    #[arg(long, value_name = "FILE", env = "OTTERDESK_CONFIG")]
    config: Option<PathBuf>,
}

impl From<Installation> for AppConfig {
    fn from(options: Installation) -> Self {
        let usual = Path::new("otterdesk.toml");
        Self {
            database_url: options.database_url,
            otrs_home: options.otrs_home,
            brief: false,
            file: options
                .config
                .or_else(|| usual.exists().then(|| usual.to_owned())),
        }
    }
}

type Outcome = Result<(), Box<dyn Error>>;

/// Runs the command that the process was started with.
pub fn run() -> ExitCode {
    let mut words = std::env::args();
    let called = PathBuf::from(words.next().unwrap_or_default());
    if mail::is_called(&called, console::OLD_NAME) {
        let words: Vec<String> = words.collect();
        return actix_web::rt::System::new().block_on(console::run_as_old(&called, &words));
    }
    if mail::is_called(&called, mail::POST_MASTER) {
        let words: Vec<String> = words.collect();
        let config = console::installation_of(&called);
        return actix_web::rt::System::new().block_on(mail::run_old_post_master(&words, config));
    }
    let cli = Cli::parse();
    actix_web::rt::System::new().block_on(async {
        let outcome = match cli.command {
            Command::Console(console) => return console.run().await,
            Command::Mail(mail) => return mail.run().await,
            Command::Serve(serve) => serve.run().await,
            Command::Demo(demo) => demo.run().await,
            Command::Schema(schema) => schema.run().await,
            Command::Routes(routes) => routes.run(),
            Command::Settings(settings) => settings.run().await,
            Command::Ticket(ticket) => ticket.run().await,
            Command::WebService(web_service) => web_service.run().await,
            Command::Daemon(daemon) => daemon.run().await,
            Command::Acl(acl) => acl.run().await,
            Command::Check(check) => check.run().await,
            Command::Outbox(outbox) => outbox.run().await,
        };
        match outcome {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => {
                complain(&error.to_string());
                ExitCode::FAILURE
            }
        }
    })
}

fn complain(message: &str) {
    let line = message.replace('\n', " ");
    // Nobody is left to tell when the error output itself is closed.
    let _ = writeln!(std::io::stderr(), "otterdesk: {line}");
}

/// Prints to the standard output.
fn say(text: &str) -> Outcome {
    match writeln!(std::io::stdout(), "{text}") {
        // `otterdesk settings list | head` is no mistake.
        Err(error) if error.kind() != std::io::ErrorKind::BrokenPipe => Err(error.into()),
        _ => Ok(()),
    }
}
