//! `otterdesk routes`.

use clap::Args;

use super::{Outcome, say};
use crate::server;

#[derive(Args, Debug)]
pub(super) struct Routes {
    /// The script alias, as in the setting ScriptAlias
    #[arg(long, value_name = "PATH", default_value = "otrs/")]
    script_alias: String,
}

impl Routes {
    pub(super) fn run(&self) -> Outcome {
        for route in server::ROUTES {
            say(&route.line(&self.script_alias))?;
        }
        Ok(())
    }
}
