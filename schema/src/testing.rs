//! Databases for tests: an empty one of their own for each test, on the server that the environment names.
//!
//! `scripts/databases.sh` starts a server and sets [`VARIABLE`]; without it, tests get a SQLite file.

use std::{
    error::Error,
    path::Path,
    sync::atomic::{AtomicU32, Ordering},
    time::{SystemTime, UNIX_EPOCH},
};

use chrono::NaiveDateTime;
use sea_query::{
    MysqlQueryBuilder, PostgresQueryBuilder, QueryStatementWriter, SqliteQueryBuilder,
};
use sqlx::{AssertSqlSafe, Connection as _, MySqlConnection, PgConnection};

use crate::{
    Db, Dialect,
    create::{self, Plan},
    flavours::Flavour,
    live,
};

/// The environment variable with the address of a server, and of a user on it who may create databases.
pub const VARIABLE: &str = "OTTERDESK_TEST_DATABASE_URL";

/// An empty database, removed when this goes out of scope; keep it as long as something is connected.
#[derive(Debug)]
pub struct TestDatabase {
    /// The address of the database itself, as a server gets it on its command line.
    pub url: String,
    place: Place,
}

#[derive(Debug)]
enum Place {
    Server { address: String, name: String },
    File(#[expect(dead_code, reason = "removes the file at the end")] tempfile::TempDir),
}

/// Creates an empty database; on MySQL and MariaDB with the character set utf8mb4.
///
/// # Panics
/// When there is no such server, or it refuses: a test can not go on without.
pub async fn fresh() -> TestDatabase {
    fresh_with_character_set("utf8mb4").await
}

/// Like [`fresh`], with a character set for MySQL and MariaDB, for example `utf8mb3` as on many OTRS installations.
///
/// # Panics
/// Like [`fresh`].
pub async fn fresh_with_character_set(character_set: &str) -> TestDatabase {
    let created = match std::env::var(VARIABLE) {
        Ok(address) if !address.is_empty() => on_server(&address, character_set).await,
        _ => in_file(),
    };
    match created {
        Ok(database) => database,
        Err(error) => panic!("no database for this test ({VARIABLE}): {error}"),
    }
}

/// A database with the tables and first rows of this flavour, and a connection to it.
///
/// `root@localhost` has `admin_password_hash` as its password, and every first row was made at `now` (UTC).
///
/// # Panics
/// Like [`fresh`].
pub async fn fresh_with_schema(
    flavour: &'static Flavour,
    admin_password_hash: &str,
    now: NaiveDateTime,
) -> (TestDatabase, Db) {
    let database = fresh().await;
    let plan = Plan {
        flavour,
        admin_password_hash: admin_password_hash.to_owned(),
        now,
    };
    let db = match Db::connect(&database.url).await {
        Ok(db) => db.with_groups_table(flavour.groups_table()),
        Err(error) => panic!("the test's own database can not be opened: {error}"),
    };
    if let Err(error) = create::create(&db, &plan).await {
        panic!("the schema of the test's database can not be created: {error}");
    }
    (database, db)
}

/// Makes every table of a MySQL or MariaDB database what it is on many OTRS installations: its texts have no characters
/// beyond U+FFFF. Other databases stay as they are.
///
/// # Panics
/// When the database refuses.
pub async fn narrow_texts(db: &Db) {
    if db.dialect() != Dialect::MySql {
        return;
    }
    let narrowed = async {
        let mut tx = db.begin().await?;
        let mut script = "SET foreign_key_checks = 0;".to_owned();
        for table in live::table_names(&mut tx).await? {
            let table = table.replace('`', "``");
            script.push_str("ALTER TABLE `");
            script.push_str(&table);
            script.push_str("` CONVERT TO CHARACTER SET utf8mb3;");
        }
        script.push_str("SET foreign_key_checks = 1");
        tx.execute_raw(&script).await?;
        tx.commit().await
    };
    if let Err(error) = narrowed.await {
        panic!("the texts of the test's database can not be narrowed: {error}");
    }
}

/// The statement as each dialect says it, values included: three labelled lines for a snapshot.
pub fn in_each_dialect(statement: &impl QueryStatementWriter) -> String {
    [Dialect::MySql, Dialect::Postgres, Dialect::Sqlite]
        .map(|dialect| in_dialect(dialect, statement))
        .join("\n")
}

/// One line of [`in_each_dialect`].
pub fn in_dialect(dialect: Dialect, statement: &impl QueryStatementWriter) -> String {
    match dialect {
        Dialect::MySql => format!("MySQL: {}", statement.to_string(MysqlQueryBuilder)),
        Dialect::Postgres => format!("PostgreSQL: {}", statement.to_string(PostgresQueryBuilder)),
        Dialect::Sqlite => format!("SQLite: {}", statement.to_string(SqliteQueryBuilder)),
    }
}

async fn on_server(address: &str, character_set: &str) -> Result<TestDatabase, Box<dyn Error>> {
    let name = unique_name();
    let options = if is_mysql(address) {
        format!("CHARACTER SET {character_set}")
    } else {
        String::new()
    };
    run(address, &format!("CREATE DATABASE {name} {options}")).await?;
    Ok(TestDatabase {
        url: with_database(address, &name),
        place: Place::Server {
            address: address.to_owned(),
            name,
        },
    })
}

fn in_file() -> Result<TestDatabase, Box<dyn Error>> {
    let directory = tempfile::tempdir()?;
    Ok(TestDatabase {
        url: sqlite_url(&directory.path().join("test.sqlite")),
        place: Place::File(directory),
    })
}

/// The address of a SQLite file.
fn sqlite_url(path: &Path) -> String {
    format!("sqlite:{}", path.display())
}

impl Drop for TestDatabase {
    fn drop(&mut self) {
        let Place::Server { address, name } = &self.place else {
            return;
        };
        let (address, name) = (address.clone(), name.clone());
        // A test that failed is unwinding inside its runtime, which takes no second one on the same thread.
        let removal = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            if let Ok(runtime) = runtime {
                // The server is thrown away in any case: a database that stays is no failure of the test.
                let _ = runtime.block_on(run(&address, &removal(&address, &name)));
            }
        });
        let _ = removal.join();
    }
}

fn removal(address: &str, name: &str) -> String {
    if is_mysql(address) {
        // An open transaction that was never dropped would hold this up for a day.
        format!("SET lock_wait_timeout = 5; DROP DATABASE IF EXISTS {name}")
    } else {
        format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
    }
}

async fn run(address: &str, sql: &str) -> Result<(), sqlx::Error> {
    let sql = sqlx::raw_sql(AssertSqlSafe(sql.to_owned()));
    if is_mysql(address) {
        let mut connection = MySqlConnection::connect(address).await?;
        sql.execute(&mut connection).await?;
        connection.close().await
    } else {
        let mut connection = PgConnection::connect(address).await?;
        sql.execute(&mut connection).await?;
        connection.close().await
    }
}

fn is_mysql(address: &str) -> bool {
    address.starts_with("mysql:")
}

fn unique_name() -> String {
    static COUNTER: AtomicU32 = AtomicU32::new(0);
    let number = COUNTER.fetch_add(1, Ordering::Relaxed);
    let process = std::process::id();
    let moment = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.subsec_nanos());
    format!("otterdesk_test_{process}_{number}_{moment}")
}

/// `mysql://user:password@host:port/old?options` with another database in place of `old`.
fn with_database(address: &str, name: &str) -> String {
    let (address, options) = match address.split_once('?') {
        Some((address, options)) => (address, format!("?{options}")),
        None => (address, String::new()),
    };
    let authority = address.find("://").map_or(0, |at| at + 3);
    let end = address[authority..]
        .find('/')
        .map_or(address.len(), |at| authority + at);
    format!("{}/{name}{options}", &address[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_database_takes_the_place_of_the_one_in_the_address() {
        let cases = [
            "mysql://a:b@127.0.0.1:3306",
            "mysql://a:b@127.0.0.1:3306/old",
            "postgres://a:b@[::1]:5432/old?sslmode=disable",
        ];
        insta::assert_debug_snapshot!(cases.map(|address| with_database(address, "new")), @r#"
        [
            "mysql://a:b@127.0.0.1:3306/new",
            "mysql://a:b@127.0.0.1:3306/new",
            "postgres://a:b@[::1]:5432/new?sslmode=disable",
        ]
        "#);
    }

    #[tokio::test]
    async fn each_test_has_a_database_of_its_own_that_is_gone_afterwards() {
        let first = fresh().await;
        let second = fresh().await;
        assert_ne!(first.url, second.url);

        let Place::Server { .. } = first.place else {
            return;
        };
        run(&first.url, "CREATE TABLE only_here (id INTEGER)")
            .await
            .unwrap();
        run(&second.url, "SELECT * FROM only_here")
            .await
            .unwrap_err();
        let url = first.url.clone();
        drop(first);
        run(&url, "SELECT 1").await.unwrap_err();
    }
}
