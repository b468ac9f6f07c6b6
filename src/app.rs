//! What everybody shares: built once at the start, handed to everyone.

use std::path::PathBuf;

use schema::{Db, DbError};

use crate::{
    clock::{Clock, Stamp},
    directory::UserId,
    settings,
};

/// The server's state.
#[derive(Clone, Debug)]
pub struct App {
    pub db: Db,
    pub settings: settings::Store,
    pub clock: Clock,
}

/// The state as handlers receive it.
pub type SharedApp = actix_web::web::Data<App>;

/// What [`App::build`] needs to know.
#[derive(Clone, Debug, Default)]
pub struct AppConfig {
    /// `mysql://…`, `postgres://…` or `sqlite:PATH`.
    pub database_url: String,
    /// The home of an OTRS installation, for its `Kernel/Config.pm`.
    pub otrs_home: Option<PathBuf>,
    /// Our own file.
    pub file: Option<PathBuf>,
}

impl App {
    /// Connects to the database and reads the settings.
    pub async fn build(config: AppConfig) -> Result<Self, DbError> {
        Ok(Self::new(
            Db::connect(&config.database_url).await?,
            settings::Store::default(),
            Clock::system(),
        ))
    }

    /// The state from its parts.
    pub fn new(db: Db, settings: settings::Store, clock: Clock) -> Self {
        Self {
            db,
            settings,
            clock,
        }
    }

    /// Who and when, for the rows of one request.
    pub fn stamp(&self, by: UserId) -> Stamp {
        Stamp {
            by,
            at: self.clock.now(),
        }
    }
}
