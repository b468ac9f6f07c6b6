//! From a connection string to a pool.

use std::{str::FromStr, sync::Arc, time::Duration};

use sqlx::{
    ConnectOptions, Connection as _, FromRow as _, MySqlConnection, MySqlPool, PgPool, SqlitePool,
    mysql::{MySqlConnectOptions, MySqlPoolOptions},
    postgres::{PgConnectOptions, PgPoolOptions},
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::sync::OnceCell;

use super::{DbError, Tx, narrow::NarrowColumns};

/// The three kinds of database.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    MySql,
    Postgres,
    Sqlite,
}

#[derive(Clone, Debug)]
pub(super) enum Pool {
    MySql(MySqlPool),
    Postgres(PgPool),
    Sqlite(SqlitePool),
}

/// A pool of connections to one database, cheap to clone.
#[derive(Clone, Debug)]
pub struct Db {
    pub(super) pool: Pool,
    pub(super) renamed: Arc<[Renamed]>,
    pub(super) narrow: Arc<OnceCell<NarrowColumns>>,
    /// Whether the process ends soon, see [`Db::connect_briefly`].
    pub(super) brief: bool,
}

/// A table that this database knows under another name than Znuny 6.5: `groups` for `permission_groups`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Renamed {
    pub from: &'static str,
    pub to: String,
}

const CONNECTIONS: u32 = 16;
/// A connection that worked this long ago is lent without asking the server first, which would be a round trip for each loan.
const TRUSTED: Duration = Duration::from_secs(5);
const WAIT_FOR_CONNECTION: Duration = Duration::from_secs(10);
/// Statements kept prepared for each connection; searches differ in the number of their parameters.
const PREPARED: usize = 500;
/// Memory of SQLite while it makes indexes of millions of rows: kilobytes, when negative.
const LOADING_CACHE: &str = "-400000";

/// How each of the three pools lends its connections.
macro_rules! pool_options {
    ($options:ident, $connections:expr) => {
        $options::new()
            .max_connections($connections)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .test_before_acquire(false)
            .before_acquire(|connection, metadata| {
                Box::pin(async move {
                    Ok(metadata.idle_for < TRUSTED || connection.ping().await.is_ok())
                })
            })
    };
}

impl Db {
    /// Connects to `mysql://…` (also `mariadb://`), `postgres://…` (also `postgresql://`) or `sqlite:PATH`; a SQLite file is created when missing.
    ///
    /// Errors: [`DbError::UnknownAddress`], [`DbError::Unreachable`].
    pub async fn connect(url: &str) -> Result<Self, DbError> {
        Ok(Self::on(match scheme(url) {
            "mysql" | "mariadb" => Pool::MySql(connect_mysql(url).await?),
            "postgres" | "postgresql" => Pool::Postgres(connect_postgres(url).await?),
            "sqlite" => Pool::Sqlite(connect_sqlite(url).await?),
            _ => return Err(DbError::UnknownAddress(without_password(url))),
        }))
    }

    /// Like [`Self::connect`], for a program that fills a database and ends, see [`Db::load`].
    ///
    /// A SQLite file gets a single connection, which must be the only one to this file: it checks no foreign keys, and what
    /// it wrote survives the end of the program but not a power failure.
    pub async fn connect_for_loading(url: &str) -> Result<Self, DbError> {
        if scheme(url) != "sqlite" {
            return Self::connect(url).await;
        }
        let options = sqlite_options(url)?
            .foreign_keys(false)
            .journal_mode(SqliteJournalMode::Delete)
            .synchronous(SqliteSynchronous::Off)
            .pragma("cache_size", LOADING_CACHE);
        let pool = SqlitePoolOptions::new()
            .max_connections(1)
            .acquire_timeout(WAIT_FOR_CONNECTION)
            .connect_with(options)
            .await
            .map_err(DbError::Unreachable)?;
        Ok(Self::on(Pool::Sqlite(pool)))
    }

    /// Like [`Self::connect`], for a process that ends soon.
    ///
    /// A statement that holds no texts is then sent as it is: preparing it costs a round trip that pays only when the
    /// statement comes again.
    pub async fn connect_briefly(url: &str) -> Result<Self, DbError> {
        let db = Self::connect(url).await?;
        Ok(Self { brief: true, ..db })
    }

    fn on(pool: Pool) -> Self {
        Self {
            pool,
            renamed: Arc::new([]),
            narrow: Arc::default(),
            brief: false,
        }
    }

    pub fn dialect(&self) -> Dialect {
        match self.pool {
            Pool::MySql(_) => Dialect::MySql,
            Pool::Postgres(_) => Dialect::Postgres,
            Pool::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// The same pool for a database that calls its table of groups `groups` (OTRS 6, Znuny 6.0) or `groups_table` (OTOBO).
    #[must_use]
    pub fn with_groups_table(mut self, name: &str) -> Self {
        let from = "permission_groups";
        self.renamed = if name == from {
            Arc::new([])
        } else {
            Arc::new([Renamed {
                from,
                to: name.to_owned(),
            }])
        };
        self
    }

    /// Opens a transaction; without [`Tx::commit`] it is rolled back.
    pub async fn begin(&self) -> Result<Tx, DbError> {
        Tx::begin(self).await
    }

    /// Lends a connection for reading, each statement on its own.
    pub async fn read(&self) -> Result<Tx, DbError> {
        Tx::read(self).await
    }

    /// The same database with so many connections of its own, opened when they are needed; SQLite's stay shared.
    ///
    /// A connection belongs to the thread that opened it: lent to another one, it costs both of them a switch for each
    /// statement. So each worker thread of a server takes its own.
    #[must_use]
    pub fn with_own_connections(&self, at_most: u32) -> Self {
        let pool = match &self.pool {
            Pool::MySql(pool) => {
                let options = MySqlConnectOptions::clone(&pool.connect_options());
                Pool::MySql(mysql_pool(at_most).connect_lazy_with(options))
            }
            Pool::Postgres(pool) => {
                let options = PgConnectOptions::clone(&pool.connect_options());
                Pool::Postgres(pool_options!(PgPoolOptions, at_most).connect_lazy_with(options))
            }
            Pool::Sqlite(pool) => Pool::Sqlite(pool.clone()),
        };
        Self {
            pool,
            renamed: Arc::clone(&self.renamed),
            narrow: Arc::clone(&self.narrow),
            brief: self.brief,
        }
    }

    /// Closes every connection; waits for those in use.
    pub async fn close(&self) {
        match &self.pool {
            Pool::MySql(pool) => pool.close().await,
            Pool::Postgres(pool) => pool.close().await,
            Pool::Sqlite(pool) => pool.close().await,
        }
    }
}

async fn connect_mysql(url: &str) -> Result<MySqlPool, DbError> {
    let url = url.replacen("mariadb://", "mysql://", 1);
    let options = MySqlConnectOptions::from_str(&url)
        .map_err(|_| DbError::UnknownAddress(without_password(&url)))?
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging();
    mysql_pool(CONNECTIONS)
        .connect_with(options)
        .await
        .map_err(DbError::Unreachable)
}

/// MySQL locks the gaps between rows unless it is told that others may write there, and two operations that delete or
/// insert at the same end of an index then stop each other. A server that logs statements and not rows insists on it.
fn mysql_pool(connections: u32) -> MySqlPoolOptions {
    let logs_statements = Arc::new(OnceCell::new());
    pool_options!(MySqlPoolOptions, connections).after_connect(move |connection, _| {
        let logs_statements = Arc::clone(&logs_statements);
        Box::pin(async move {
            let logs_statements = logs_statements
                .get_or_try_init(async || logs_statements_of(connection).await)
                .await?;
            if !logs_statements {
                sqlx::raw_sql("SET SESSION TRANSACTION ISOLATION LEVEL READ COMMITTED")
                    .execute(connection)
                    .await?;
            }
            Ok(())
        })
    })
}

async fn logs_statements_of(connection: &mut MySqlConnection) -> Result<bool, sqlx::Error> {
    let row = sqlx::raw_sql("SELECT @@log_bin, @@binlog_format")
        .fetch_one(connection)
        .await?;
    let (has_log, form) = <(i64, String)>::from_row(&row)?;
    Ok(has_log != 0 && form == "STATEMENT")
}

async fn connect_postgres(url: &str) -> Result<PgPool, DbError> {
    let options = PgConnectOptions::from_str(url)
        .map_err(|_| DbError::UnknownAddress(without_password(url)))?
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging();
    pool_options!(PgPoolOptions, CONNECTIONS)
        .connect_with(options)
        .await
        .map_err(DbError::Unreachable)
}

fn scheme(url: &str) -> &str {
    url.split(':').next().unwrap_or_default()
}

async fn connect_sqlite(url: &str) -> Result<SqlitePool, DbError> {
    pool_options!(SqlitePoolOptions, CONNECTIONS)
        .connect_with(sqlite_options(url)?)
        .await
        .map_err(DbError::Unreachable)
}

fn sqlite_options(url: &str) -> Result<SqliteConnectOptions, DbError> {
    Ok(SqliteConnectOptions::from_str(url)
        .map_err(|_| DbError::UnknownAddress(url.to_owned()))?
        .create_if_missing(true)
        .foreign_keys(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(WAIT_FOR_CONNECTION)
        .statement_cache_capacity(PREPARED)
        .disable_statement_logging())
}

/// A connection string fit for a message.
fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else {
        return url.to_owned();
    };
    let Some((user, place)) = rest.rsplit_once('@') else {
        return url.to_owned();
    };
    let user = user.split(':').next().unwrap_or_default();
    format!("{scheme}://{user}:…@{place}")
}
