//! What everybody shares: built once at the start, handed to everyone.

use std::path::PathBuf;

use schema::{Db, DbError};

use crate::{
    auth::attempts,
    clock::{Clock, Stamp},
    directory::UserId,
    settings::{self, File, SettingsError, Sources},
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

/// What people say on the command line, or in the environment in its place.
#[derive(Clone, Debug, Default)]
pub struct AppConfig {
    /// `mysql://…`, `postgres://…` or `sqlite:PATH`; wins over our file, which wins over `Kernel/Config.pm`.
    pub database_url: Option<String>,
    /// The home of an OTRS installation, for its `Kernel/Config.pm`.
    pub otrs_home: Option<PathBuf>,
    /// Our own file, `otterdesk.toml`.
    pub file: Option<PathBuf>,
}

/// Why a server can not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "which database? Give --database-url, or --otrs-home for the one in Kernel/Config.pm, or `url` under [database] in otterdesk.toml"
    )]
    NoDatabase,
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Database(#[from] DbError),
}

impl AppConfig {
    /// Our file, read; the empty one when there is none.
    pub fn read_file(&self) -> Result<File, SettingsError> {
        self.file.as_deref().map_or(Ok(File::default()), File::read)
    }

    /// Connects to the database that the command line, our file or `Kernel/Config.pm` names.
    pub async fn connect(&self) -> Result<Db, StartError> {
        let url = match &self.database_url {
            Some(url) => url.clone(),
            None => self
                .read_file()?
                .database
                .url
                .ok_or(StartError::NoDatabase)?,
        };
        Ok(Db::connect(&url).await?)
    }
}

impl App {
    /// Connects to the database, reads the settings, and keeps following them.
    pub async fn build(config: AppConfig) -> Result<Self, StartError> {
        let db = config.connect().await?;
        attempts::create_table(&mut db.read().await?).await?;
        let sources = Sources::new(config.file.clone(), std::env::vars())?;
        // The state is taken first: a change between the two is seen again, never missed.
        let state = sources.state(&db).await?;
        let store = settings::Store::from(sources.load(&db).await?);
        store.follow(db.clone(), sources, state);
        Ok(Self::new(db, store, Clock::system()))
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
