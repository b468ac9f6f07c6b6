//! Filling empty tables with millions of rows in minutes.
//!
//! A [`Load`] is one transaction, in which the database does without what it can make up for at the end. Until that end
//! nobody sees the rows, and whoever is interrupted leaves the tables as empty as they were:
//!
//! - PostgreSQL takes the rows by COPY into tables without their indexes, and makes these again before it commits.
//! - SQLite does the same with inserts. Of pages that are new, its journal has nothing to keep for going back.
//! - MariaDB 10.7 and later collects rows of a table that was empty, sorts them at the end and builds each index in one go,
//!   when nobody asks for checks. MySQL and older releases of MariaDB are spared the checks and no more.

use sea_query::{Expr, Query};

use super::{Db, DbError, Dialect, Rows, Tx};
use crate::tables::TableDef;

const POSTGRES_INDEXES: &str = "\
SELECT c.relname::text, 'DROP INDEX ' || i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
WHERE c.relnamespace = current_schema()::regnamespace AND NOT i.indisunique
ORDER BY 2";

const SQLITE_INDEXES: &str = "\
SELECT tbl_name, 'DROP INDEX \"' || replace(name, '\"', '\"\"') || '\"', sql
FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL ORDER BY 2";

/// Tables on their way from empty to full; see the module.
pub struct Load {
    tx: Tx,
    tables: Vec<&'static TableDef>,
    /// The statements that make the indexes again.
    indexes: Vec<String>,
}

impl Db {
    /// Begins to fill these tables; `None` when one of them has rows already.
    ///
    /// For a handle of [`Db::connect_for_loading`]: what is dropped without [`Load::commit`] leaves a session of MySQL
    /// without its checks. The caller vouches for the rows, which are not compared with what they refer to.
    pub async fn load(&self, tables: &[&'static TableDef]) -> Result<Option<Load>, DbError> {
        let mut tx = self.begin().await?;
        for table in tables {
            if has_rows(&mut tx, table).await? {
                return Ok(None);
            }
        }
        tx.trust_references().await?;
        let indexes = match tx.dialect() {
            Dialect::MySql => {
                tx.execute_raw("SET unique_checks = 0, foreign_key_checks = 0")
                    .await?;
                Vec::new()
            }
            Dialect::Postgres => {
                tx.execute_raw("SET LOCAL maintenance_work_mem = '512MB'")
                    .await?;
                tx.fetch_text(POSTGRES_INDEXES).await?
            }
            Dialect::Sqlite => tx.fetch_text(SQLITE_INDEXES).await?,
        };
        let mut load = Load {
            tx,
            tables: tables.to_vec(),
            indexes: Vec::new(),
        };
        load.drop_indexes(indexes).await?;
        Ok(Some(load))
    }
}

impl Load {
    /// `indexes`: table, the statement that drops, the statement that makes again.
    async fn drop_indexes(
        &mut self,
        indexes: Vec<(String, String, String)>,
    ) -> Result<(), DbError> {
        for (table, drop, create) in indexes {
            let is_ours = |known: &&TableDef| self.tx.name_of(known.name) == table;
            if self.tables.iter().any(|known| is_ours(known)) {
                self.tx.execute_raw(&drop).await?;
                self.indexes.push(create);
            }
        }
        Ok(())
    }

    /// Writes rows of one of the tables and gives their number.
    pub async fn write(&mut self, rows: Rows) -> Result<u64, DbError> {
        self.tx.write_unchecked(rows).await
    }

    /// Makes the indexes again, lets the next keys follow the highest ones, and commits. The statistics by which the
    /// database plans its queries are then up to date.
    pub async fn commit(self) -> Result<(), DbError> {
        let Self {
            mut tx,
            tables,
            indexes,
        } = self;
        for index in &indexes {
            tx.execute_raw(index).await?;
        }
        for table in &tables {
            tx.continue_keys(table).await?;
        }
        let names: Vec<_> = tables.iter().map(|table| tx.name_of(table.name)).collect();
        match tx.dialect() {
            Dialect::MySql => {
                // To analyse is to commit, there.
                let analyse = format!("ANALYZE TABLE `{}`", names.join("`, `"));
                tx.execute_raw("COMMIT").await?;
                tx.execute_raw("SET unique_checks = 1, foreign_key_checks = 1")
                    .await?;
                tx.execute_raw(&analyse).await?;
            }
            Dialect::Postgres => {
                let analyse = format!("ANALYZE \"{}\"", names.join("\", \""));
                tx.execute_raw(&analyse).await?;
            }
            Dialect::Sqlite => {
                // A thousand rows of each index say enough; reading all of them takes minutes.
                tx.execute_raw("PRAGMA analysis_limit = 1000; ANALYZE")
                    .await?;
            }
        }
        tx.commit().await
    }
}

async fn has_rows(tx: &mut Tx, table: &TableDef) -> Result<bool, DbError> {
    let select = Query::select()
        .expr(Expr::value(1))
        .from(sea_query::Alias::new(table.name))
        .limit(1)
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&select).await?;
    Ok(row.is_some())
}
