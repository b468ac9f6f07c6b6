//! `otterdesk console`, and the same under OTRS's old name.

use std::{path::Path, process::ExitCode};

use clap::{Args, FromArgMatches as _};

use super::{Installation, mail};
use crate::{
    app::{App, AppConfig},
    console::{self, Output, Program},
};

/// The file in an OTRS home that scripts and gateways call.
pub(super) const OLD_NAME: &str = "otrs.Console.pl";

#[derive(Args, Debug)]
pub(super) struct Console {
    #[command(flatten)]
    installation: Installation,

    /// The command with its options, such as `Admin::Group::Add --name sales`; `List` shows all
    #[arg(
        trailing_var_arg = true,
        allow_hyphen_values = true,
        value_name = "COMMAND"
    )]
    command: Vec<String>,
}

impl Console {
    pub(super) async fn run(self) -> ExitCode {
        let program = Program {
            name: "otterdesk console".to_owned(),
        };
        run(&program, &self.command, self.installation.into()).await
    }
}

/// Runs a command line that was typed for OTRS's own console. The program was called under the path `called`; when that
/// is in the home of an OTRS installation and nothing else is said, this is the installation.
pub(super) async fn run_as_old(called: &Path, words: &[String]) -> ExitCode {
    let program = Program {
        name: OLD_NAME.to_owned(),
    };
    run(&program, words, installation_of(called)).await
}

/// The installation that the environment names, or the one in whose `bin` folder the program was called.
pub(super) fn installation_of(called: &Path) -> AppConfig {
    let command = Installation::augment_args(clap::Command::new(OLD_NAME));
    let matches = command.try_get_matches_from([OLD_NAME]);
    let options = matches.and_then(|matches| Installation::from_arg_matches(&matches));
    let mut config = options.map(AppConfig::from).unwrap_or_default();
    let home = called.parent().and_then(Path::parent);
    let is_home = |home: &&Path| home.join("Kernel/Config.pm").exists();
    if config.otrs_home.is_none()
        && let Some(home) = home.filter(is_home)
    {
        config.otrs_home = Some(home.to_owned());
    }
    config
}

pub(super) async fn run(program: &Program, words: &[String], config: AppConfig) -> ExitCode {
    // Mail servers want other exit codes than people, also when there is no database.
    if let Some(code) = mail::run_old(words, &config).await {
        return code;
    }
    let mut out = Output::of_process();
    let code = console::run(program, words, &mut out, || App::build(config)).await;
    ExitCode::from(code)
}
