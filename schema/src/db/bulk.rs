//! Many rows at once: COPY on PostgreSQL, inserts of many rows on MySQL and SQLite.
//!
//! For filling and copying whole tables, where a statement for each row would take hours. A room that writes a few rows
//! uses [`Tx::insert`].

use std::{fmt::Write as _, ops::Range};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::NaiveDateTime;

use super::{
    DbError, Dialect, Tx,
    narrow::{NarrowColumns, is_wide, replaced},
};
use crate::tables::TableDef;

/// Bytes in one statement: servers refuse long ones (`max_allowed_packet`, 16 MB by default).
const STATEMENT_BYTES: usize = 512 * 1024;

/// One value on its way into a table.
#[derive(Clone, Copy, Debug)]
pub enum Cell<'a> {
    Null,
    Int(i64),
    /// A text, or a decimal number as text.
    Text(&'a str),
    Time(NaiveDateTime),
    /// Binary content of a `LONGBLOB` column, see [`super::Blob`].
    Bytes(&'a [u8]),
    /// Text content of a `LONGBLOB` column, see [`super::LongText`].
    LongText(&'a str),
}

impl<'a> From<Option<&'a str>> for Cell<'a> {
    fn from(text: Option<&'a str>) -> Self {
        text.map_or(Cell::Null, Cell::Text)
    }
}

/// Rows of one table, already in the words of one dialect; [`Tx::write`] sends them.
#[derive(Debug)]
pub struct Rows {
    table: &'static str,
    /// The table of this database that takes the rows, when it is another one.
    into: Option<String>,
    columns: Vec<&'static str>,
    dialect: Dialect,
    full: Vec<String>,
    open: String,
    count: u64,
    wide: Vec<Wide>,
}

/// A text on its way to MySQL with characters that its column may not keep, see [`super::narrow`].
#[derive(Debug)]
struct Wide {
    /// Which of the statements.
    part: usize,
    /// Which of the columns.
    column: usize,
    /// Where its literal stands.
    literal: Range<usize>,
    text: String,
}

impl Rows {
    /// An empty batch; each row will have these columns, named as in the database.
    pub fn new(dialect: Dialect, table: &TableDef, columns: &[&'static str]) -> Self {
        Self {
            table: table.name,
            into: None,
            columns: columns.to_vec(),
            dialect,
            full: Vec::new(),
            open: String::new(),
            count: 0,
            wide: Vec::new(),
        }
    }

    /// How many rows wait.
    pub fn count(&self) -> u64 {
        self.count
    }

    pub(super) fn table(&self) -> &'static str {
        self.table
    }

    pub(super) fn columns(&self) -> &[&'static str] {
        &self.columns
    }

    pub(super) fn redirect(&mut self, name: String) {
        self.into = Some(name);
    }

    /// Adds a row.
    ///
    /// # Panics
    /// When there are more or fewer cells than columns.
    pub fn push(&mut self, cells: &[Cell<'_>]) {
        assert_eq!(cells.len(), self.columns.len(), "a row of {}", self.table);
        if self.open.len() > STATEMENT_BYTES {
            self.full.push(std::mem::take(&mut self.open));
        }
        match self.dialect {
            Dialect::Postgres => copy_line(&mut self.open, cells),
            Dialect::MySql | Dialect::Sqlite => {
                self.open.push(if self.open.is_empty() { ' ' } else { ',' });
                let part = self.full.len();
                values_group(
                    &mut self.open,
                    self.dialect,
                    cells,
                    |column, literal, text| {
                        self.wide.push(Wide {
                            part,
                            column,
                            literal,
                            text: text.to_owned(),
                        });
                    },
                );
            }
        }
        self.count += 1;
    }

    /// Writes the literals of texts anew that go to columns without characters beyond U+FFFF.
    fn narrow(&mut self, columns: &NarrowColumns) {
        // From the last to the first: a literal that gets shorter moves those behind it.
        for wide in self.wide.drain(..).rev() {
            let (Some(column), Some(part)) =
                (self.columns.get(wide.column), self.full.get_mut(wide.part))
            else {
                continue;
            };
            if columns.contain(self.table, column) {
                let mut literal = String::new();
                text_literal(&mut literal, self.dialect, &replaced(&wide.text));
                part.replace_range(wide.literal, &literal);
            }
        }
    }
}

/// `wide` hears of texts for MySQL with characters beyond U+FFFF: their column, their literal, and what they say.
fn values_group(
    out: &mut String,
    dialect: Dialect,
    cells: &[Cell<'_>],
    mut wide: impl FnMut(usize, Range<usize>, &str),
) {
    let mut separator = '(';
    for (column, cell) in cells.iter().enumerate() {
        out.push(separator);
        separator = ',';
        match *cell {
            Cell::Null => out.push_str("NULL"),
            Cell::Int(number) => write(out, format_args!("{number}")),
            Cell::Text(text) => {
                let start = out.len();
                text_literal(out, dialect, text);
                if dialect == Dialect::MySql && is_wide(text) {
                    wide(column, start..out.len(), text);
                }
            }
            Cell::Time(time) => write(out, format_args!("'{}'", time.format("%F %T"))),
            Cell::Bytes(bytes) => bytes_literal(out, bytes),
            Cell::LongText(text) => bytes_literal(out, text.as_bytes()),
        }
    }
    out.push(')');
}

/// Whether a backslash escapes depends on MySQL's mode, and SQLite ends a statement at a zero byte: such a text goes as hex.
fn text_literal(out: &mut String, dialect: Dialect, text: &str) {
    if !text.contains(['\\', '\0']) {
        out.push('\'');
        for (number, part) in text.split('\'').enumerate() {
            out.push_str(if number > 0 { "''" } else { "" });
            out.push_str(part);
        }
        out.push('\'');
        return;
    }
    match dialect {
        Dialect::Sqlite => out.push_str("CAST("),
        Dialect::MySql | Dialect::Postgres => out.push_str("CONVERT("),
    }
    bytes_literal(out, text.as_bytes());
    match dialect {
        Dialect::Sqlite => out.push_str(" AS TEXT)"),
        Dialect::MySql | Dialect::Postgres => out.push_str(" USING utf8mb4)"),
    }
}

fn bytes_literal(out: &mut String, bytes: &[u8]) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    out.push_str("X'");
    for byte in bytes {
        out.push(char::from(DIGITS[usize::from(byte >> 4)]));
        out.push(char::from(DIGITS[usize::from(byte & 15)]));
    }
    out.push('\'');
}

/// One line of PostgreSQL's text format for COPY.
fn copy_line(out: &mut String, cells: &[Cell<'_>]) {
    for (number, cell) in cells.iter().enumerate() {
        if number > 0 {
            out.push('\t');
        }
        match *cell {
            Cell::Null => out.push_str("\\N"),
            Cell::Int(value) => write(out, format_args!("{value}")),
            Cell::Text(text) | Cell::LongText(text) => copy_text(out, text),
            Cell::Time(time) => write(out, format_args!("{}", time.format("%F %T"))),
            Cell::Bytes(bytes) => STANDARD.encode_string(bytes, out),
        }
    }
    out.push('\n');
}

/// PostgreSQL has no zero byte in texts; it becomes U+FFFD.
fn copy_text(out: &mut String, text: &str) {
    for character in text.chars() {
        match character {
            '\\' => out.push_str("\\\\"),
            '\t' => out.push_str("\\t"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\0' => out.push('\u{FFFD}'),
            other => out.push(other),
        }
    }
}

fn write(out: &mut String, arguments: std::fmt::Arguments<'_>) {
    // Writing to a String can not fail.
    let _ = out.write_fmt(arguments);
}

impl Tx {
    /// Writes the rows and gives their number. MySQL does not look whether the rows that they point to exist; neither does
    /// PostgreSQL, if [`Tx::trust_references`] was called.
    pub async fn write(&mut self, rows: Rows) -> Result<u64, DbError> {
        let mysql = self.dialect() == Dialect::MySql;
        if mysql {
            self.execute_raw("SET foreign_key_checks = 0").await?;
        }
        let outcome = self.write_unchecked(rows).await;
        if mysql {
            self.execute_raw("SET foreign_key_checks = 1").await?;
        }
        outcome
    }

    /// [`Self::write`] by whoever has seen to MySQL's checks.
    pub(super) async fn write_unchecked(&mut self, mut rows: Rows) -> Result<u64, DbError> {
        if rows.count == 0 {
            return Ok(0);
        }
        rows.full.push(std::mem::take(&mut rows.open));
        if !rows.wide.is_empty() {
            rows.narrow(self.narrow_columns().await?);
        }
        let table = rows.into.as_deref();
        let table = table.unwrap_or_else(|| self.name_of(rows.table));
        let head = match self.dialect() {
            Dialect::Postgres => {
                let columns = rows.columns.join("\", \"");
                let head = format!("COPY \"{table}\" (\"{columns}\") FROM STDIN");
                self.copy_in(&head, &rows.full).await?;
                return Ok(rows.count);
            }
            Dialect::MySql => format!(
                "INSERT INTO `{table}` (`{}`) VALUES",
                rows.columns.join("`, `")
            ),
            Dialect::Sqlite => format!(
                "INSERT INTO \"{table}\" (\"{}\") VALUES",
                rows.columns.join("\", \"")
            ),
        };
        for part in &rows.full {
            self.execute_raw(&format!("{head}{part}")).await?;
        }
        Ok(rows.count)
    }

    /// From here to the end of the transaction, foreign keys are not checked, where the database and the user's rights
    /// allow that: filling a large database is several times faster. The caller vouches for the rows.
    pub async fn trust_references(&mut self) -> Result<(), DbError> {
        match self.dialect() {
            Dialect::Postgres => {
                self.execute_raw(
                    "DO $$ BEGIN SET LOCAL session_replication_role = replica; \
                     EXCEPTION WHEN insufficient_privilege THEN NULL; END $$",
                )
                .await
            }
            // MySQL keeps such a setting beyond the transaction; SQLite ignores it within one.
            Dialect::MySql | Dialect::Sqlite => Ok(()),
        }
    }

    /// After rows that brought their own keys: the next key that the database makes follows the highest one.
    pub async fn continue_keys(&mut self, table: &TableDef) -> Result<(), DbError> {
        let Some(key) = table.columns.iter().find(|column| column.auto_increment) else {
            return Ok(());
        };
        if self.dialect() != Dialect::Postgres {
            return Ok(()); // MySQL and SQLite follow by themselves.
        }
        let (table, key) = (self.name_of(table.name).to_owned(), key.name);
        self.execute_raw(&format!(
            "SELECT setval(pg_get_serial_sequence('\"{table}\"', '{key}'), max(\"{key}\")) FROM \"{table}\" HAVING max(\"{key}\") IS NOT NULL"
        ))
        .await
    }
}

#[cfg(test)]
mod tests {
    use sea_query::{Alias, Order, Query};

    use super::*;
    use crate::{Blob, Db, LongText, tables as t, testing};

    #[derive(Debug, PartialEq, sqlx::FromRow)]
    struct FormDraft {
        id: i32,
        object_type: String,
        title: Option<String>,
        content: Blob,
        create_time: NaiveDateTime,
    }

    async fn table_of_drafts(db: &Db) {
        let (key, content, moment) = match db.dialect() {
            Dialect::MySql => ("INTEGER PRIMARY KEY AUTO_INCREMENT", "LONGBLOB", "DATETIME"),
            Dialect::Postgres => ("SERIAL PRIMARY KEY", "TEXT", "TIMESTAMP"),
            Dialect::Sqlite => ("INTEGER PRIMARY KEY", "BLOB", "DATETIME"),
        };
        let sql = format!(
            "CREATE TABLE form_draft (id {key}, object_type VARCHAR(200), object_id INTEGER, action VARCHAR(200), \
             title TEXT, content {content}, create_time {moment} NULL)"
        );
        db.read().await.unwrap().execute_raw(&sql).await.unwrap();
    }

    #[tokio::test]
    async fn every_text_arrives_as_it_was_sent() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        table_of_drafts(&db).await;
        let texts = [
            "",
            "it's \"quoted\" and 'quoted'",
            r"C:\new\table \N \. '\' ",
            "tab\there, line\nthere, \r\nend",
            "Grüße, 日本語, Привет, 🦦",
            "$1 ? :name %s `tick` -- comment /* x */ ; DROP TABLE form_draft",
        ];
        let bytes: Vec<u8> = (0..=255).collect();
        let time = chrono::NaiveDate::from_ymd_opt(2026, 1, 23)
            .unwrap()
            .and_hms_opt(10, 0, 1)
            .unwrap();

        let mut rows = Rows::new(
            db.dialect(),
            &t::FormDraft::DEFINITION,
            &["id", "object_type", "title", "content", "create_time"],
        );
        for (number, text) in (1..).zip(texts) {
            rows.push(&[
                Cell::Int(number),
                Cell::Text("Ticket"),
                Cell::Text(text),
                Cell::Bytes(&bytes),
                Cell::Time(time),
            ]);
        }
        rows.push(&[
            Cell::Int(7),
            Cell::Text("none"),
            Cell::Null,
            Cell::LongText("---\ntext: ü\n"),
            Cell::Time(time),
        ]);
        let mut tx = db.begin().await.unwrap();
        tx.trust_references().await.unwrap();
        assert_eq!(tx.write(rows).await.unwrap(), 7);
        tx.continue_keys(&t::FormDraft::DEFINITION).await.unwrap();
        tx.commit().await.unwrap();

        let mut tx = db.read().await.unwrap();
        let select = Query::select()
            .columns(["id", "object_type", "title", "content", "create_time"].map(Alias::new))
            .from(t::FormDraft::Table)
            .order_by(t::FormDraft::Id, Order::Asc)
            .to_owned();
        let found: Vec<FormDraft> = tx.fetch_all(&select).await.unwrap();
        let titles: Vec<_> = found
            .iter()
            .filter_map(|row| row.title.as_deref())
            .collect();
        assert_eq!(titles, texts);
        assert!(found[..6].iter().all(|row| row.content.0 == bytes));
        assert!(found.iter().all(|row| row.create_time == time));
        let long: (LongText,) = tx
            .fetch_one(
                Query::select()
                    .column(t::FormDraft::Content)
                    .from(t::FormDraft::Table)
                    .and_where(sea_query::ExprTrait::eq(
                        sea_query::Expr::col(t::FormDraft::Id),
                        7,
                    )),
            )
            .await
            .unwrap();
        assert_eq!(long.0.0, "---\ntext: ü\n");

        let next = Query::insert()
            .into_table(t::FormDraft::Table)
            .columns([t::FormDraft::ObjectType])
            .values_panic(["next".into()])
            .to_owned();
        assert_eq!(tx.insert(&next).await.unwrap(), 8);
        drop(tx);
        db.close().await;
    }

    #[tokio::test]
    async fn what_a_column_can_not_keep_is_replaced() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        table_of_drafts(&db).await;
        let mut tx = db.begin().await.unwrap();
        let is_mysql = db.dialect() == Dialect::MySql;
        if is_mysql {
            for (column, set) in [("title", "utf8mb3"), ("object_type", "utf8mb4")] {
                let sql = format!(
                    "ALTER TABLE form_draft MODIFY {column} VARCHAR(200) CHARACTER SET {set}"
                );
                tx.execute_raw(&sql).await.unwrap();
            }
        }
        let mut rows = Rows::new(
            db.dialect(),
            &t::FormDraft::DEFINITION,
            &["object_type", "title"],
        );
        for text in ["on fire 🔥", "it's 🔥 \\ 🦦", "plain"] {
            rows.push(&[Cell::Text(text), Cell::Text(text)]);
        }
        tx.write(rows).await.unwrap();
        let select = Query::select()
            .columns([t::FormDraft::ObjectType, t::FormDraft::Title])
            .from(t::FormDraft::Table)
            .order_by(t::FormDraft::Id, Order::Asc)
            .to_owned();
        let found: Vec<(String, String)> = tx.fetch_all(&select).await.unwrap();
        let title = |text: &str| {
            if is_mysql {
                replaced(text)
            } else {
                text.to_owned()
            }
        };
        let expected = ["on fire 🔥", "it's 🔥 \\ 🦦", "plain"];
        assert_eq!(found, expected.map(|text| (text.to_owned(), title(text))));
        assert!(!is_mysql || found[0].1 == "on fire \u{fffd}");
        tx.commit().await.unwrap();
        db.close().await;
    }

    #[tokio::test]
    async fn rows_beyond_one_statement_all_arrive() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        table_of_drafts(&db).await;
        let text = "x".repeat(10_000);
        let mut rows = Rows::new(
            db.dialect(),
            &t::FormDraft::DEFINITION,
            &["object_type", "title"],
        );
        for _ in 0..200 {
            rows.push(&[Cell::Text("many"), Cell::Text(&text)]);
        }
        assert!(rows.full.len() > 1);
        let mut tx = db.begin().await.unwrap();
        tx.write(rows).await.unwrap();
        let count: (i64,) = tx
            .fetch_one(
                Query::select()
                    .expr(sea_query::Func::count(sea_query::Expr::col(
                        t::FormDraft::Id,
                    )))
                    .from(t::FormDraft::Table),
            )
            .await
            .unwrap();
        assert_eq!(count.0, 200);
        tx.commit().await.unwrap();
        db.close().await;
    }
}
