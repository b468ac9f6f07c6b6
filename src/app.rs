//! What everybody shares: built once at the start, handed to everyone.

use std::{path::PathBuf, sync::Arc};

use schema::{
    Db, DbError, Tx,
    detect::{self, Refusal},
    live,
};
use tokio::sync::OnceCell;

use crate::{
    auth::attempts,
    clock::{Clock, Stamp},
    directory::{UserId, backend::Backends},
    generic_interface::Registry,
    mail::{account, inbound::filter::Patterns, spool::Spool},
    outbox::{self, Outbox},
    perl_cache::PerlCache,
    recent::Recent,
    remote_addr::TrustedProxies,
    settings::{self, ConfigPm, File, SettingsError, Sources},
    ticket::{article::storage::Storage, handler, number::Counter},
};

/// The server's state.
#[derive(Clone, Debug)]
pub struct App {
    pub db: Db,
    pub settings: settings::Store,
    pub clock: Clock,
    /// What was read a moment ago; nothing, until somebody sets it.
    pub recent: Arc<Recent>,
    /// The proxies that may say who their client is; none, until somebody sets them.
    pub trusted_proxies: TrustedProxies,
    /// Takes the counters of ticket numbers.
    pub numbers: Counter,
    /// Takes what follows from operations after their commit; nobody listens, until somebody sets it.
    pub outbox: Outbox,
    /// The web services whose invokers are called.
    pub web_services: Arc<Registry>,
    /// The patterns of filters for mails.
    pub mail_patterns: Patterns,
    /// The Perl system's cache, which must not show what we changed; none, until somebody sets it.
    pub perl_cache: PerlCache,
    /// What is told about mail on this machine; nothing, until somebody sets it.
    pub mail: Arc<LocalMail>,
    own_tables: Arc<OnceCell<()>>,
}

/// What our file and the command line say of mail on this machine.
#[derive(Clone, Debug, Default)]
pub struct LocalMail {
    /// Where messages that failed are kept.
    pub spool: Option<Spool>,
    /// Keys of mail accounts whose server's certificate is not looked at.
    pub unverified_accounts: Vec<i32>,
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
    /// Whether the process ends soon: it then spares what pays only in the long run.
    pub brief: bool,
}

/// Why a server can not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "which database? Give --database-url, or --otrs-home for the one in Kernel/Config.pm, or `url` under [database] in otterdesk.toml"
    )]
    NoDatabase,
    #[error("{0}")]
    Unsupported(String),
    #[error("this database can not be served: {0}")]
    Refused(#[from] Refusal),
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

    /// The home of the OTRS installation, from the command line or our file.
    pub fn home(&self) -> Result<Option<PathBuf>, SettingsError> {
        match &self.otrs_home {
            Some(home) => Ok(Some(home.clone())),
            None => Ok(self.read_file()?.otrs.home),
        }
    }

    /// What is told about mail on this machine.
    pub fn local_mail(&self) -> Result<LocalMail, SettingsError> {
        let file = self.read_file()?;
        Ok(LocalMail {
            spool: Spool::of(file.mail.spool.as_deref(), self.home()?.as_deref()),
            unverified_accounts: file.mail.accounts_without_certificate,
        })
    }

    /// Connects to the database that the command line, our file or `Kernel/Config.pm` names.
    pub async fn connect(&self) -> Result<Db, StartError> {
        let url = self.database_url()?;
        Ok(if self.brief {
            Db::connect_briefly(&url).await?
        } else {
            Db::connect(&url).await?
        })
    }

    fn database_url(&self) -> Result<String, StartError> {
        if let Some(url) = &self.database_url {
            return Ok(url.clone());
        }
        if let Some(url) = self.read_file()?.database.url {
            return Ok(url);
        }
        let home = self.home()?.ok_or(StartError::NoDatabase)?;
        let config = ConfigPm::read(&home)?;
        Ok(config.database_url().map_err(SettingsError::from)?)
    }
}

impl App {
    /// Connects to the database, reads the settings, and keeps following them.
    pub async fn build(config: AppConfig) -> Result<Self, StartError> {
        let db = config.connect().await?;
        // One connection for all that follows: the pool opens another one for whoever comes before this one is back.
        let mut tx = db.read().await?;
        let outline = live::outline(&mut tx).await?;
        let db = db.with_groups_table(detect::family(&outline)?.groups_table);
        let home = config.home()?;
        let sources = Sources::new(config.file.clone(), home.clone(), std::env::vars())?;
        // The state is taken first: a change between the two is seen again, never missed.
        let state = sources.state(&mut tx).await?;
        let settings = sources.load(&mut tx).await?;
        let config_pm = home.as_deref().map(ConfigPm::read).transpose()?;
        if let Some(config_pm) = &config_pm {
            report_not_understood(config_pm);
        }
        let extra = |name: &str| config_pm.as_ref()?.value(name);
        if let Some(what) = settings.unsupported(extra) {
            return Err(StartError::Unsupported(what));
        }
        if let Some(what) = Backends::complaint(&settings, &mut tx).await {
            return Err(StartError::Unsupported(what));
        }
        if let Some(what) = Storage::complaint(&settings) {
            return Err(StartError::Unsupported(what));
        }
        let perl_cache = home
            .as_deref()
            .map(|home| PerlCache::of_home(home, &settings))
            .unwrap_or_default();
        let store = settings::Store::from(settings);
        store.follow(db.clone(), sources, state);
        let mut app = Self::new(db, store, Clock::system());
        app.recent = Arc::new(Recent::for_a_moment());
        app.outbox = Outbox::new(outbox::consumers());
        app.perl_cache = perl_cache;
        app.mail = Arc::new(config.local_mail()?);
        // Asking for a table that is there still waits until nobody uses it.
        if OWN_TABLES.iter().any(|table| !outline.has_table(table)) {
            create_own_tables(&mut tx).await?;
        }
        app.own_tables = Arc::new(OnceCell::new_with(Some(())));
        Ok(app)
    }

    /// The state from its parts.
    pub fn new(db: Db, settings: settings::Store, clock: Clock) -> Self {
        Self {
            numbers: Counter::new(db.clone()),
            db,
            settings,
            clock,
            recent: Arc::default(),
            trusted_proxies: TrustedProxies::default(),
            outbox: Outbox::default(),
            web_services: Arc::default(),
            mail_patterns: Patterns::default(),
            perl_cache: PerlCache::default(),
            mail: Arc::default(),
            own_tables: Arc::default(),
        }
    }

    /// The same state for one worker thread, with so many database connections of its own.
    #[must_use]
    pub fn for_worker(&self, connections: u32) -> Self {
        let db = self.db.with_own_connections(connections);
        Self {
            numbers: Counter::new(db.clone()),
            db,
            ..self.clone()
        }
    }

    /// Says in the log which handlers of the settings do nothing here: for processes that run on.
    pub fn report_unknown_handlers(&self) {
        handler::Table::of(&self.settings.current()).report_unknown();
    }

    /// Creates the tables of ours that are missing; done once, and nothing to do afterwards.
    pub async fn ensure_own_tables(&self) -> Result<(), DbError> {
        self.own_tables
            .get_or_try_init(async || create_own_tables(&mut self.db.read().await?).await)
            .await
            .copied()
    }

    /// Who and when, for the rows of one request.
    pub fn stamp(&self, by: UserId) -> Stamp {
        Stamp {
            by,
            at: self.clock.now(),
        }
    }
}

/// The last one of these is created last.
const OWN_TABLES: [&str; 3] = [attempts::TABLE, account::LOCK_TABLE, outbox::store::TABLE];

async fn create_own_tables(tx: &mut Tx) -> Result<(), DbError> {
    attempts::create_table(tx).await?;
    account::create_table(tx).await?;
    outbox::store::create_table(tx).await
}

/// People should know which lines of their file have no effect here.
fn report_not_understood(config: &ConfigPm) {
    for line in config.not_understood() {
        tracing::warn!(
            file.line = line.number,
            "{}, line {}: not understood, and without effect: {}",
            config.path.display(),
            line.number,
            line.text
        );
    }
}
