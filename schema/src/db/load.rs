//! Filling empty tables with millions of rows in minutes.
//!
//! A [`Load`] is one transaction, in which the database does without what it can make up for at the end. Until that end
//! nobody sees the rows, and whoever is interrupted leaves the tables as empty as they were:
//!
//! - PostgreSQL takes the rows by COPY into tables without their indexes, and makes these again before it commits.
//! - SQLite does the same with inserts. Of pages that are new, its journal has nothing to keep for going back.
//! - MySQL and MariaDB can not drop indexes in a transaction. They take the rows into temporary tables without indexes, and
//!   copy each of these at the end by a single statement. MariaDB 10.7 and later builds the indexes of an empty table in one
//!   go when nobody asks for checks, but only for the first statement.

use std::collections::BTreeMap;

use sea_query::{Alias, Expr, Query};

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
    /// What is left to do before the commit: to make the indexes again, or to copy the temporary tables.
    at_end: Vec<String>,
    /// The temporary table of each table that has one.
    temporary: BTreeMap<&'static str, String>,
}

impl Db {
    /// Begins to fill these tables; `None` when one of them has rows already.
    ///
    /// SQLite is fast on a handle of [`Db::connect_for_loading`] only. The caller vouches for the rows: they are not compared
    /// with what they refer to, and MariaDB does not look for two with the same key.
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
                // Tables outside transactions, such as the temporary ones, would take what is no value of the column.
                tx.execute_raw("SET sql_mode = CONCAT(@@sql_mode, ',STRICT_ALL_TABLES')")
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
            at_end: Vec::new(),
            temporary: BTreeMap::new(),
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
            if self.tables.iter().any(is_ours) {
                self.tx.execute_raw(&drop).await?;
                self.at_end.push(create);
            }
        }
        Ok(())
    }

    /// Writes rows of one of the tables and gives their number. The rows of a table all have the same columns.
    pub async fn write(&mut self, mut rows: Rows) -> Result<u64, DbError> {
        if rows.count() > 0 && self.tx.dialect() == Dialect::MySql {
            rows.redirect(self.temporary_for(&rows).await?);
        }
        self.tx.write_unchecked(rows).await
    }

    async fn temporary_for(&mut self, rows: &Rows) -> Result<String, DbError> {
        if let Some(temporary) = self.temporary.get(rows.table()) {
            return Ok(temporary.clone());
        }
        let table = self.tx.name_of(rows.table()).to_owned();
        let temporary = format!("otterdesk_load_{table}");
        let columns = format!("`{}`", rows.columns().join("`, `"));
        // This engine writes a row behind the others and does nothing else. A load that failed may have left its table.
        let create = format!(
            "DROP TEMPORARY TABLE IF EXISTS `{temporary}`; CREATE TEMPORARY TABLE `{temporary}` ENGINE = MyISAM SELECT {columns} FROM `{table}` LIMIT 0"
        );
        self.tx.execute_raw(&create).await?;
        self.at_end.push(format!(
            "INSERT INTO `{table}` ({columns}) SELECT {columns} FROM `{temporary}`"
        ));
        self.at_end
            .push(format!("DROP TEMPORARY TABLE `{temporary}`"));
        self.temporary.insert(rows.table(), temporary.clone());
        Ok(temporary)
    }

    /// Makes the indexes again, lets the next keys follow the highest ones, and commits. The statistics by which the
    /// database plans its queries are then up to date.
    pub async fn commit(mut self) -> Result<(), DbError> {
        if self.tx.dialect() == Dialect::MySql {
            return self.commit_mysql().await;
        }
        self.run_at_end().await?;
        for table in &self.tables {
            self.tx.continue_keys(table).await?;
        }
        // A thousand rows of each of SQLite's indexes say enough; reading all of them takes minutes.
        let analyse = match self.tx.dialect() {
            Dialect::Sqlite => "PRAGMA analysis_limit = 1000; ANALYZE".to_owned(),
            Dialect::MySql | Dialect::Postgres => {
                format!("ANALYZE \"{}\"", self.names().join("\", \""))
            }
        };
        self.tx.execute_raw(&analyse).await?;
        self.tx.commit().await
    }

    async fn commit_mysql(mut self) -> Result<(), DbError> {
        let analyse = format!("ANALYZE TABLE `{}`", self.names().join("`, `"));
        self.tx
            .execute_raw("SET unique_checks = 0, foreign_key_checks = 0")
            .await?;
        let outcome = self.run_at_end().await;
        self.tx
            .execute_raw("SET unique_checks = 1, foreign_key_checks = 1")
            .await?;
        outcome?;
        // To analyse would be to commit, too; a session without a transaction may be asked for one more commit.
        self.tx.execute_raw("COMMIT").await?;
        self.tx.execute_raw(&analyse).await?;
        self.tx.commit().await
    }

    async fn run_at_end(&mut self) -> Result<(), DbError> {
        for statement in std::mem::take(&mut self.at_end) {
            self.tx.execute_raw(&statement).await?;
        }
        Ok(())
    }

    /// What this database calls the tables.
    fn names(&self) -> Vec<&str> {
        let names = self.tables.iter().map(|table| self.tx.name_of(table.name));
        names.collect()
    }
}

async fn has_rows(tx: &mut Tx, table: &TableDef) -> Result<bool, DbError> {
    let select = Query::select()
        .expr(Expr::value(1))
        .from(Alias::new(table.name))
        .limit(1)
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&select).await?;
    Ok(row.is_some())
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDateTime;
    use sea_query::Func;

    use super::*;
    use crate::{Cell, create, flavours, live, tables as t, testing};

    const TABLES: [&TableDef; 1] = [&t::LinkRelation::DEFINITION];

    async fn database() -> (testing::TestDatabase, Db) {
        let database = testing::fresh().await;
        let db = Db::connect_for_loading(&database.url).await.unwrap();
        let plan = create::Plan {
            flavour: &flavours::ZNUNY_6_5,
            admin_password_hash: String::new(),
            now: NaiveDateTime::default(),
        };
        create::create_without_tickets(&db, &plan).await.unwrap();
        (database, db)
    }

    fn links(db: &Db, source: i64) -> Rows {
        let columns = [
            "source_object_id",
            "source_key",
            "target_object_id",
            "target_key",
            "type_id",
            "state_id",
            "create_time",
            "create_by",
        ];
        let mut rows = Rows::new(db.dialect(), TABLES[0], &columns);
        for number in 1..=300 {
            let (source, target) = (source.to_string(), number.to_string());
            rows.push(&[
                Cell::Int(1),
                Cell::Text(&source),
                Cell::Int(1),
                Cell::Text(&target),
                Cell::Int(1),
                Cell::Int(1),
                Cell::Time(NaiveDateTime::default()),
                Cell::Int(1),
            ]);
        }
        rows
    }

    async fn count(db: &Db) -> i64 {
        let select = Query::select()
            .expr(Func::count(Expr::col(t::LinkRelation::SourceKey)))
            .from(t::LinkRelation::Table)
            .to_owned();
        let (count,) = db.read().await.unwrap().fetch_one(&select).await.unwrap();
        count
    }

    async fn structure(db: &Db) -> String {
        let mut tx = db.read().await.unwrap();
        live::read(&mut tx).await.unwrap().to_string()
    }

    #[tokio::test]
    async fn batches_arrive_together() {
        let (_database, db) = database().await;
        let before = structure(&db).await;
        let mut load = db.load(&TABLES).await.unwrap().unwrap();
        assert_eq!(load.write(links(&db, 1)).await.unwrap(), 300);
        assert_eq!(load.write(links(&db, 2)).await.unwrap(), 300);
        load.commit().await.unwrap();
        assert_eq!(count(&db).await, 600);
        assert_eq!(structure(&db).await, before);
        assert!(db.load(&TABLES).await.unwrap().is_none(), "it has rows now");
    }

    #[tokio::test]
    async fn an_interrupted_load_leaves_everything_as_it_was() {
        let (_database, db) = database().await;
        let before = structure(&db).await;
        let mut load = db.load(&TABLES).await.unwrap().unwrap();
        load.write(links(&db, 1)).await.unwrap();
        drop(load);
        assert_eq!(count(&db).await, 0);
        assert_eq!(structure(&db).await, before);

        let mut load = db.load(&TABLES).await.unwrap().unwrap();
        load.write(links(&db, 1)).await.unwrap();
        let mut rows = Rows::new(db.dialect(), TABLES[0], &["source_key", "target_key"]);
        rows.push(&[Cell::Text("a"), Cell::Text("b")]);
        rows.push(&[Cell::Text("a"), Cell::Null]);
        load.write(rows).await.unwrap_err();
        drop(load);
        assert_eq!(count(&db).await, 0);
        assert_eq!(structure(&db).await, before);
        let mut load = db.load(&TABLES).await.unwrap().unwrap();
        load.write(links(&db, 1)).await.unwrap();
        load.commit().await.unwrap();
        assert_eq!(count(&db).await, 300);
    }
}
