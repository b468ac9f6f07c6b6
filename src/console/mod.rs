//! The console: the commands that OTRS's `bin/otrs.Console.pl` has, under their names and with their options, output and
//! exit codes, so that administrators' scripts keep working.
//!
//! The rules are in the rooms of the domain; a command only translates. A new one is an entry in the `COMMANDS` of the
//! file of its group. Source of names, options, output and exit codes: the reference system's console, asked with each
//! command's `--help`, with right and with wrong options.

use std::pin::Pin;

use schema::DbError;

use crate::app::{App, StartError};

mod article_storage;
mod cleaning;
mod communication_log;
mod config;
mod customer;
mod daemon;
mod export;
mod group;
mod help;
mod invalid_settings;
mod link;
mod log;
mod mail_queue;
mod output;
mod parse;
mod post_master;
mod queue;
mod role;
mod search_index;
mod session;
mod system;
mod ticket;
mod ticket_dump;
mod ticket_maintenance;
mod ticket_master_data;
mod user;
mod web_service;

pub use output::Output;
pub use parse::Given;
pub use post_master::options_of_read;

/// The exit code for a command that does not exist.
pub const UNKNOWN_COMMAND: u8 = 127;
/// The exit code of whatever went wrong.
pub const FAILED: u8 = 1;

/// One command.
#[derive(Clone, Copy)]
pub struct Command {
    /// Such as `Admin::Group::Add`.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub options: &'static [CommandOption],
    pub arguments: &'static [Argument],
    pub run: Run,
}

/// What a command is.
#[derive(Clone, Copy)]
pub enum Run {
    /// Needs no installation.
    Alone(fn(&Program, &Given, &mut Output)),
    OnInstallation(for<'a> fn(Session<'a>) -> Running<'a>),
}

/// A command that runs.
pub type Running<'a> = Pin<Box<dyn Future<Output = Result<(), Failure>> + Send + 'a>>;

/// What a running command has.
pub struct Session<'a> {
    pub app: &'a App,
    pub given: &'a Given,
    pub out: &'a mut Output,
}

/// `--name`, with a value or without.
#[derive(Clone, Copy, Debug)]
pub struct CommandOption {
    pub name: &'static str,
    pub about: &'static str,
    pub kind: Kind,
    pub required: bool,
}

#[derive(Clone, Copy, Debug)]
pub enum Kind {
    Flag,
    /// The last one counts.
    Value(Allowed),
    /// May be given several times.
    Values(Allowed),
}

/// What a value may be.
#[derive(Clone, Copy, Debug)]
pub enum Allowed {
    Anything,
    /// Digits.
    Number,
    /// In the form 2026-01-31.
    Date,
    /// In the form 2026-01-31 08:00:00.
    Moment,
    OneOf(&'static [&'static str]),
    OneOfInAnyCase(&'static [&'static str]),
}

/// A value without a name.
#[derive(Clone, Copy, Debug)]
pub struct Argument {
    pub name: &'static str,
    pub about: &'static str,
    pub allowed: Allowed,
    pub required: bool,
}

impl CommandOption {
    /// An option that must be there.
    pub const fn required(name: &'static str, about: &'static str) -> Self {
        Self {
            required: true,
            ..Self::optional(name, about)
        }
    }

    pub const fn optional(name: &'static str, about: &'static str) -> Self {
        Self {
            name,
            about,
            kind: Kind::Value(Allowed::Anything),
            required: false,
        }
    }

    pub const fn flag(name: &'static str, about: &'static str) -> Self {
        Self {
            kind: Kind::Flag,
            ..Self::optional(name, about)
        }
    }

    /// The same for these values only.
    #[must_use]
    pub const fn allowed(self, allowed: Allowed) -> Self {
        let kind = match self.kind {
            Kind::Flag => Kind::Flag,
            Kind::Value(_) => Kind::Value(allowed),
            Kind::Values(_) => Kind::Values(allowed),
        };
        Self { kind, ..self }
    }

    /// The same, several times.
    #[must_use]
    pub const fn many(self) -> Self {
        let kind = match self.kind {
            Kind::Flag => Kind::Flag,
            Kind::Value(allowed) | Kind::Values(allowed) => Kind::Values(allowed),
        };
        Self { kind, ..self }
    }
}

/// Why a command ended badly.
#[derive(Debug)]
pub enum Failure {
    /// One line for the error output, after `Error: `.
    Told(String),
    /// What is wrong with the options and arguments; the usage follows.
    Usage(String),
    /// A line of its own for what went wrong below the command, and the command's own line.
    Caused { cause: String, message: String },
    /// Everything was said; the process ends with this code.
    Exit(u8),
}

impl Failure {
    pub fn told(message: impl Into<String>) -> Self {
        Self::Told(message.into())
    }

    /// A cause with the command's own words for it.
    pub fn caused(cause: &impl ToString, message: impl Into<String>) -> Self {
        Self::Caused {
            cause: cause.to_string(),
            message: message.into(),
        }
    }
}

impl From<DbError> for Failure {
    fn from(error: DbError) -> Self {
        Self::Told(error.to_string())
    }
}

impl From<StartError> for Failure {
    fn from(error: StartError) -> Self {
        Self::Told(error.to_string())
    }
}

/// How this program was called.
#[derive(Clone, Debug)]
pub struct Program {
    /// What usages show, such as `otrs.Console.pl`.
    pub name: String,
}

/// Every command, by name within its part.
pub fn commands() -> impl Iterator<Item = &'static Command> {
    let mut all: Vec<&'static Command> = [
        help::COMMANDS,
        article_storage::COMMANDS,
        cleaning::COMMANDS,
        communication_log::COMMANDS,
        config::COMMANDS,
        customer::COMMANDS,
        daemon::COMMANDS,
        export::COMMANDS,
        group::COMMANDS,
        invalid_settings::COMMANDS,
        link::COMMANDS,
        log::COMMANDS,
        mail_queue::COMMANDS,
        post_master::COMMANDS,
        queue::COMMANDS,
        role::COMMANDS,
        search_index::COMMANDS,
        session::COMMANDS,
        system::COMMANDS,
        ticket::COMMANDS,
        ticket_dump::COMMANDS,
        ticket_maintenance::COMMANDS,
        ticket_master_data::COMMANDS,
        user::COMMANDS,
        web_service::COMMANDS,
    ]
    .into_iter()
    .flatten()
    .collect();
    all.sort_by_key(|command| (command.name.contains("::"), command.name));
    all.into_iter()
}

fn find(name: &str) -> Option<&'static Command> {
    commands().find(|command| command.name == name)
}

/// Whether there is a command of this name.
pub fn has(name: &str) -> bool {
    find(name).is_some()
}

/// Runs one command line; `arguments` starts with the name of the command. `app` is asked for when the command needs an
/// installation. Gives the exit code.
pub async fn run<F>(
    program: &Program,
    arguments: &[String],
    out: &mut Output,
    app: impl FnOnce() -> F,
) -> u8
where
    F: Future<Output = Result<App, StartError>>,
{
    let (name, rest) = match arguments.split_first() {
        // Options without a command are those of the list.
        Some((name, rest)) if !name.starts_with('-') => (name.as_str(), rest),
        _ => ("List", arguments),
    };
    let Some(command) = find(name) else {
        out.complain(&format!(
            "Error: Could not find Kernel::System::Console::Command::{name}.\n"
        ));
        help::list_similar(program, name, out);
        return UNKNOWN_COMMAND;
    };
    match execute(program, command, rest, out, app).await {
        Ok(()) => 0,
        Err(failure) => report(program, command, failure, out),
    }
}

async fn execute<F>(
    program: &Program,
    command: &Command,
    arguments: &[String],
    out: &mut Output,
    app: impl FnOnce() -> F,
) -> Result<(), Failure>
where
    F: Future<Output = Result<App, StartError>>,
{
    let given = parse::read(command, arguments);
    out.quiet = given.quiet;
    if given.help {
        out.print(&format!("\n{}", help::usage(program, command)));
        return Ok(());
    }
    given.check(command).map_err(Failure::Usage)?;
    match command.run {
        Run::Alone(run) => {
            run(program, &given, out);
            Ok(())
        }
        Run::OnInstallation(run) => {
            let app = app().await?;
            let session = Session {
                app: &app,
                given: &given,
                out,
            };
            run(session).await
        }
    }
}

fn report(program: &Program, command: &Command, failure: Failure, out: &mut Output) -> u8 {
    match failure {
        Failure::Told(message) => out.complain(&format!("Error: {message}")),
        Failure::Usage(message) => out.complain(&format!(
            "Error: {message}\n\n{}",
            help::usage(program, command)
        )),
        Failure::Caused { cause, message } => {
            out.complain(&cause);
            out.complain(&format!("Error: {message}"));
        }
        Failure::Exit(code) => return code,
    }
    FAILED
}
