//! Running statements.

use std::sync::Arc;

use base64::Engine as _;
use sea_query::{
    InsertStatement, MysqlQueryBuilder, PostgresQueryBuilder, QueryBuilder, SelectStatement,
    SqliteQueryBuilder, Value,
};
use sea_query_sqlx::{SqlxBinder, SqlxValues};
use sqlx::{
    AssertSqlSafe, Database, FromRow, MySql, Postgres, Sqlite, Transaction,
    mysql::{MySqlConnection, MySqlRow},
    pool::PoolConnection,
    postgres::PgRow,
    sqlite::SqliteRow,
};
use tokio::sync::OnceCell;

use super::{
    Db, DbError, Dialect,
    connect::{Pool, Renamed},
    narrow::{NarrowColumns, has_wide_characters, replace_nul},
};

/// A row type that can be read from each of the three databases; `#[derive(sqlx::FromRow)]` gives it.
pub trait FromAnyRow:
    Send
    + Unpin
    + for<'r> FromRow<'r, MySqlRow>
    + for<'r> FromRow<'r, PgRow>
    + for<'r> FromRow<'r, SqliteRow>
{
}

impl<T> FromAnyRow for T where
    T: Send
        + Unpin
        + for<'r> FromRow<'r, MySqlRow>
        + for<'r> FromRow<'r, PgRow>
        + for<'r> FromRow<'r, SqliteRow>
{
}

enum Held<DB: Database> {
    Connection(PoolConnection<DB>),
    Transaction(Transaction<'static, DB>),
}

impl<DB: Database> Held<DB> {
    fn connection(&mut self) -> &mut DB::Connection {
        match self {
            Self::Connection(connection) => connection,
            Self::Transaction(transaction) => transaction,
        }
    }

    async fn commit(self) -> Result<(), sqlx::Error> {
        match self {
            Self::Connection(_) => Ok(()),
            Self::Transaction(transaction) => transaction.commit().await,
        }
    }
}

enum Conn {
    MySql(Held<MySql>),
    Postgres(Held<Postgres>),
    Sqlite(Held<Sqlite>),
}

/// One connection, with a transaction ([`super::Db::begin`]) or without ([`super::Db::read`]).
pub struct Tx {
    conn: Conn,
    renamed: Arc<[Renamed]>,
    narrow: Arc<OnceCell<NarrowColumns>>,
    brief: bool,
}

/// Runs `$body` with the connection as `$conn` and the statement built for its dialect as `$sql` and `$values`.
macro_rules! on {
    ($self:ident, $query:ident, |$conn:ident, $sql:ident, $values:ident| $body:expr) => {{
        let renamed = Arc::clone(&$self.renamed);
        match &mut $self.conn {
            Conn::MySql(held) => {
                let ($sql, $values) = built($query, MysqlQueryBuilder, '`', &renamed);
                let $values = keepable(held.connection(), &$self.narrow, &$sql.0, $values).await?;
                let $conn = held.connection();
                $body
            }
            Conn::Postgres(held) => {
                let ($sql, mut $values) = built($query, PostgresQueryBuilder, '"', &renamed);
                replace_nul(&mut $values.0);
                let $conn = held.connection();
                $body
            }
            Conn::Sqlite(held) => {
                let ($sql, $values) = built($query, SqliteQueryBuilder, '"', &renamed);
                let $conn = held.connection();
                $body
            }
        }
    }};
}

fn built(
    query: &impl SqlxBinder,
    builder: impl QueryBuilder,
    quote: char,
    renamed: &[Renamed],
) -> (AssertSqlSafe<String>, SqlxValues) {
    let (sql, values) = query.build_sqlx(builder);
    (AssertSqlSafe(with_names(sql, quote, renamed)), values)
}

/// The statement with the names that tables have here. It holds no texts, so a quoted name can only be the identifier.
fn with_names(mut sql: String, quote: char, renamed: &[Renamed]) -> String {
    for Renamed { from, to } in renamed {
        sql = sql.replace(
            &format!("{quote}{from}{quote}"),
            &format!("{quote}{to}{quote}"),
        );
    }
    sql
}

/// Whether a statement has no other values than whole numbers, which mean the same in every dialect and mode.
fn holds_numbers_only(query: &SelectStatement) -> bool {
    let (_, values) = query.build_any(&MysqlQueryBuilder);
    values.iter().all(|value| {
        matches!(
            value,
            Value::TinyInt(Some(_))
                | Value::SmallInt(Some(_))
                | Value::Int(Some(_))
                | Value::BigInt(Some(_))
                | Value::Unsigned(Some(_))
                | Value::BigUnsigned(Some(_))
        )
    })
}

impl Tx {
    pub(super) async fn begin(db: &Db) -> Result<Self, DbError> {
        let conn = match &db.pool {
            Pool::MySql(pool) => Conn::MySql(Held::Transaction(pool.begin().await?)),
            Pool::Postgres(pool) => Conn::Postgres(Held::Transaction(pool.begin().await?)),
            // A deferred transaction that turns from reading to writing fails at once when another one writes; an immediate one waits.
            Pool::Sqlite(pool) => {
                Conn::Sqlite(Held::Transaction(pool.begin_with("BEGIN IMMEDIATE").await?))
            }
        };
        Ok(Self {
            conn,
            renamed: Arc::clone(&db.renamed),
            narrow: Arc::clone(&db.narrow),
            brief: db.brief,
        })
    }

    pub(super) async fn read(db: &Db) -> Result<Self, DbError> {
        let conn = match &db.pool {
            Pool::MySql(pool) => Conn::MySql(Held::Connection(pool.acquire().await?)),
            Pool::Postgres(pool) => Conn::Postgres(Held::Connection(pool.acquire().await?)),
            Pool::Sqlite(pool) => Conn::Sqlite(Held::Connection(pool.acquire().await?)),
        };
        Ok(Self {
            conn,
            renamed: Arc::clone(&db.renamed),
            narrow: Arc::clone(&db.narrow),
            brief: db.brief,
        })
    }

    pub fn dialect(&self) -> Dialect {
        match self.conn {
            Conn::MySql(_) => Dialect::MySql,
            Conn::Postgres(_) => Dialect::Postgres,
            Conn::Sqlite(_) => Dialect::Sqlite,
        }
    }

    /// Keeps what was written; nothing to do on a connection without transaction.
    pub async fn commit(self) -> Result<(), DbError> {
        match self.conn {
            Conn::MySql(held) => held.commit().await?,
            Conn::Postgres(held) => held.commit().await?,
            Conn::Sqlite(held) => held.commit().await?,
        }
        Ok(())
    }

    /// Every row.
    pub async fn fetch_all<T: FromAnyRow>(
        &mut self,
        query: &SelectStatement,
    ) -> Result<Vec<T>, DbError> {
        if self.brief && holds_numbers_only(query) {
            return self.fetch_unprepared(query).await;
        }
        on!(self, query, |conn, sql, values| Ok(sqlx::query_as_with(
            sql, values
        )
        .fetch_all(conn)
        .await?))
    }

    /// The first row, if any.
    pub async fn fetch_optional<T: FromAnyRow>(
        &mut self,
        query: &SelectStatement,
    ) -> Result<Option<T>, DbError> {
        if self.brief && holds_numbers_only(query) {
            let rows = self.fetch_unprepared(query).await?;
            return Ok(rows.into_iter().next());
        }
        on!(self, query, |conn, sql, values| Ok(sqlx::query_as_with(
            sql, values
        )
        .fetch_optional(conn)
        .await?))
    }

    /// The only row, of a statement that always has one (`COUNT`).
    pub async fn fetch_one<T: FromAnyRow>(
        &mut self,
        query: &SelectStatement,
    ) -> Result<T, DbError> {
        match self.fetch_optional(query).await? {
            Some(row) => Ok(row),
            None => Err(sqlx::Error::RowNotFound.into()),
        }
    }

    /// Every row of a statement with its numbers in its text, in one round trip.
    async fn fetch_unprepared<T: FromAnyRow>(
        &mut self,
        query: &SelectStatement,
    ) -> Result<Vec<T>, DbError> {
        let (sql, quote) = match self.dialect() {
            Dialect::MySql => (query.to_string(MysqlQueryBuilder), '`'),
            Dialect::Postgres => (query.to_string(PostgresQueryBuilder), '"'),
            Dialect::Sqlite => (query.to_string(SqliteQueryBuilder), '"'),
        };
        self.fetch_as_it_is(with_names(sql, quote, &self.renamed))
            .await
    }

    async fn fetch_as_it_is<T: FromAnyRow>(&mut self, sql: String) -> Result<Vec<T>, DbError> {
        /// The rows of one kind of database.
        macro_rules! rows {
            ($held:ident) => {{
                let rows = sqlx::raw_sql(AssertSqlSafe(sql))
                    .fetch_all($held.connection())
                    .await?;
                let rows: Result<Vec<T>, sqlx::Error> = rows.iter().map(T::from_row).collect();
                Ok(rows?)
            }};
        }
        match &mut self.conn {
            Conn::MySql(held) => rows!(held),
            Conn::Postgres(held) => rows!(held),
            Conn::Sqlite(held) => rows!(held),
        }
    }

    /// Runs an insert, update or delete; gives the number of rows it touched (on MySQL an update counts rows that really changed).
    pub async fn execute(&mut self, statement: &impl SqlxBinder) -> Result<u64, DbError> {
        on!(self, statement, |conn, sql, values| Ok(sqlx::query_with(
            sql, values
        )
        .execute(conn)
        .await?
        .rows_affected()))
    }

    /// Inserts one row and gives the key that the database made for the column `id`.
    pub async fn insert(&mut self, statement: &InsertStatement) -> Result<i64, DbError> {
        match &mut self.conn {
            Conn::MySql(held) => {
                let (sql, values) = built(statement, MysqlQueryBuilder, '`', &self.renamed);
                let values = keepable(held.connection(), &self.narrow, &sql.0, values).await?;
                let id = sqlx::query_with(sql, values)
                    .execute(held.connection())
                    .await?
                    .last_insert_id();
                Ok(i64::try_from(id).unwrap_or(i64::MAX))
            }
            Conn::Postgres(held) => {
                let returning = statement.clone().returning_col("id").to_owned();
                let (sql, mut values) = built(&returning, PostgresQueryBuilder, '"', &self.renamed);
                replace_nul(&mut values.0);
                let row = sqlx::query_with(sql, values)
                    .fetch_one(held.connection())
                    .await?;
                integer_of_any_width(&row)
            }
            Conn::Sqlite(held) => {
                let (sql, values) = built(statement, SqliteQueryBuilder, '"', &self.renamed);
                Ok(sqlx::query_with(sql, values)
                    .execute(held.connection())
                    .await?
                    .last_insert_rowid())
            }
        }
    }

    /// Deletes or updates exactly one row, or fails with [`DbError::NotOneRow`].
    pub async fn execute_one(&mut self, statement: &impl SqlxBinder) -> Result<(), DbError> {
        match self.execute(statement).await? {
            1 => Ok(()),
            other => Err(DbError::NotOneRow(other)),
        }
    }

    /// Runs DDL and other statements that have no parameters and that sea-query can not say.
    pub async fn execute_raw(&mut self, sql: &str) -> Result<(), DbError> {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut self.conn {
            Conn::MySql(held) => sqlx::raw_sql(sql)
                .execute(held.connection())
                .await
                .map(drop)?,
            Conn::Postgres(held) => sqlx::raw_sql(sql)
                .execute(held.connection())
                .await
                .map(drop)?,
            Conn::Sqlite(held) => sqlx::raw_sql(sql)
                .execute(held.connection())
                .await
                .map(drop)?,
        }
        Ok(())
    }

    /// What this database calls a table of Znuny 6.5.
    pub(super) fn name_of<'a>(&'a self, table: &'a str) -> &'a str {
        self.renamed
            .iter()
            .find(|renamed| renamed.from == table)
            .map_or(table, |renamed| renamed.to.as_str())
    }

    /// The columns without characters beyond U+FFFF; none but on MySQL.
    pub(super) async fn narrow_columns(&mut self) -> Result<&NarrowColumns, DbError> {
        match &mut self.conn {
            Conn::MySql(held) => narrow_columns(held.connection(), &self.narrow).await,
            Conn::Postgres(_) | Conn::Sqlite(_) => Ok(self
                .narrow
                .get_or_init(async || NarrowColumns::default())
                .await),
        }
    }

    /// Sends data in PostgreSQL's COPY format; the other databases have no such statement.
    pub(super) async fn copy_in(
        &mut self,
        statement: &str,
        parts: &[String],
    ) -> Result<(), DbError> {
        let Conn::Postgres(held) = &mut self.conn else {
            return Err(DbError::Statement(sqlx::Error::Protocol(
                "COPY is PostgreSQL's".into(),
            )));
        };
        let mut copy = held.connection().copy_in_raw(statement).await?;
        for part in parts {
            copy.send(part.as_bytes()).await?;
        }
        copy.finish().await?;
        Ok(())
    }

    /// Rows of a question about the database itself, which sea-query can not put; for `schema::live`.
    pub(crate) async fn fetch_text<T: FromAnyRow>(
        &mut self,
        sql: &'static str,
    ) -> Result<Vec<T>, DbError> {
        if self.brief {
            return self.fetch_as_it_is(sql.to_owned()).await;
        }
        Ok(match &mut self.conn {
            Conn::MySql(held) => sqlx::query_as(sql).fetch_all(held.connection()).await?,
            Conn::Postgres(held) => sqlx::query_as(sql).fetch_all(held.connection()).await?,
            Conn::Sqlite(held) => sqlx::query_as(sql).fetch_all(held.connection()).await?,
        })
    }

    /// Like [`Self::fetch_text`], for rows with arrays; no rows on the other databases, which have none.
    pub(crate) async fn fetch_postgres<T>(&mut self, sql: &'static str) -> Result<Vec<T>, DbError>
    where
        T: Send + Unpin + for<'r> FromRow<'r, PgRow>,
    {
        match &mut self.conn {
            Conn::Postgres(held) => Ok(sqlx::query_as(sql).fetch_all(held.connection()).await?),
            Conn::MySql(_) | Conn::Sqlite(_) => Ok(Vec::new()),
        }
    }

    /// Binary content as this database keeps it, see [`super::Blob`].
    pub fn blob(&self, bytes: &[u8]) -> Value {
        blob(self.dialect(), bytes)
    }

    /// Text content for a `LONGBLOB` column, see [`super::LongText`].
    pub fn long_text(&self, text: &str) -> Value {
        match self.dialect() {
            Dialect::Postgres => Value::from(text),
            Dialect::MySql | Dialect::Sqlite => Value::from(text.as_bytes().to_vec()),
        }
    }
}

/// The values without characters that their columns can not keep, see [`super::narrow`].
async fn keepable(
    connection: &mut MySqlConnection,
    narrow: &OnceCell<NarrowColumns>,
    sql: &str,
    mut values: SqlxValues,
) -> Result<SqlxValues, DbError> {
    if has_wide_characters(&values.0) {
        let narrow = narrow_columns(connection, narrow).await?;
        narrow.replace(sql, &mut values.0);
    }
    Ok(values)
}

async fn narrow_columns<'a>(
    connection: &mut MySqlConnection,
    narrow: &'a OnceCell<NarrowColumns>,
) -> Result<&'a NarrowColumns, DbError> {
    narrow
        .get_or_try_init(async || {
            let (sql, values) = NarrowColumns::query().build_sqlx(MysqlQueryBuilder);
            let rows = sqlx::query_as_with(AssertSqlSafe(sql), values)
                .fetch_all(connection)
                .await?;
            Ok::<_, DbError>(NarrowColumns::from_rows(rows))
        })
        .await
}

pub(crate) fn blob(dialect: Dialect, bytes: &[u8]) -> Value {
    match dialect {
        Dialect::Postgres => Value::from(base64::engine::general_purpose::STANDARD.encode(bytes)),
        Dialect::MySql | Dialect::Sqlite => Value::from(bytes.to_vec()),
    }
}

/// Keys are SMALLINT-turned-serial, INTEGER or BIGINT: the width is only known at run time.
fn integer_of_any_width(row: &PgRow) -> Result<i64, DbError> {
    use sqlx::Row as _;
    if let Ok(id) = row.try_get::<i64, _>(0) {
        return Ok(id);
    }
    if let Ok(id) = row.try_get::<i32, _>(0) {
        return Ok(id.into());
    }
    Ok(row.try_get::<i16, _>(0)?.into())
}
