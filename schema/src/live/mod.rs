//! What a database really has, whatever any release says that it should have.
//!
//! [`outline`] is cheap and tells names only: enough to recognise a flavour and to switch features by the columns that
//! exist. [`read`] tells everything: for the doctor, and to compare two databases.

mod kind;
mod mysql;
mod postgres;
mod server;
mod sqlite;

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};

pub use kind::Kind;
pub(crate) use kind::expected;
pub use server::table_names;
pub(crate) use server::{database_without_utf8mb4, release_creation_lock, take_creation_lock};

use crate::db::{DbError, Dialect, Tx};

/// The tables whose columns tell one flavour from another, see [`crate::detect`].
pub(crate) const TELLING: [&str; 4] = [
    "mail_account",
    "ticket_flag",
    "ticket_priority",
    "ticket_state",
];

/// Tables and their columns by name, in lower case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Outline(pub BTreeMap<String, BTreeSet<String>>);

impl Outline {
    pub fn has_table(&self, name: &str) -> bool {
        self.0.contains_key(name)
    }

    pub fn has_column(&self, table: &str, column: &str) -> bool {
        self.0
            .get(table)
            .is_some_and(|columns| columns.contains(column))
    }
}

/// Every table of a database by name, in lower case.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Live {
    pub tables: BTreeMap<String, LiveTable>,
}

#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct LiveTable {
    /// In the order in which they stand.
    pub columns: Vec<LiveColumn>,
    /// The columns of the primary key, empty when there is none.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub primary_key: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<LiveIndex>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub foreign_keys: Vec<LiveForeignKey>,
}

#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
pub struct LiveColumn {
    pub name: String,
    /// The type as the database writes it: `varchar(200)`, `character varying(200)`.
    #[serde(rename = "type")]
    pub type_name: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub nullable: bool,
    /// The default without quotes; none for NULL, and none for a counter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default: Option<String>,
    /// Whether the database counts the values up; on PostgreSQL the name of the sequence or `identity` is in
    /// [`Self::sequence`].
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub counts: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sequence: Option<String>,
    /// MySQL only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub character_set: Option<String>,
}

/// An index that is not the one of the primary key.
#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct LiveIndex {
    pub name: String,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unique: bool,
    /// Names, expressions, or names with the length of a prefix: `filename(255)`.
    pub columns: Vec<String>,
    /// The condition of a partial index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub condition: Option<String>,
}

#[derive(Clone, Debug, Deserialize, Eq, Ord, PartialEq, PartialOrd, Serialize)]
pub struct LiveForeignKey {
    /// SQLite knows no names.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    pub columns: Vec<String>,
    pub foreign_table: String,
    pub foreign_columns: Vec<String>,
    /// What happens on deletion and change when that is not a refusal: `delete CASCADE`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
}

/// Reads the names of all tables, and the columns of those that tell flavours apart ([`TELLING`]): whoever starts waits for this.
pub async fn outline(tx: &mut Tx) -> Result<Outline, DbError> {
    let sql = match tx.dialect() {
        Dialect::MySql => mysql::OUTLINE,
        Dialect::Postgres => postgres::OUTLINE,
        Dialect::Sqlite => sqlite::OUTLINE,
    };
    let rows: Vec<(String, String)> = tx.fetch_text(sql).await?;
    let mut outline = Outline::default();
    for (table, column) in rows {
        let columns = outline.0.entry(table.to_lowercase()).or_default();
        if !column.is_empty() {
            columns.insert(column.to_lowercase());
        }
    }
    Ok(outline)
}

/// Reads every table with its columns, indexes and foreign keys.
pub async fn read(tx: &mut Tx) -> Result<Live, DbError> {
    let mut live = match tx.dialect() {
        Dialect::MySql => mysql::read(tx).await?,
        Dialect::Postgres => postgres::read(tx).await?,
        Dialect::Sqlite => sqlite::read(tx).await?,
    };
    for table in live.tables.values_mut() {
        table.indexes.sort();
        table.foreign_keys.sort();
    }
    Ok(live)
}

impl Live {
    fn table(&mut self, name: &str) -> &mut LiveTable {
        self.tables.entry(name.to_lowercase()).or_default()
    }

    pub fn outline(&self) -> Outline {
        let tables = self.tables.iter().map(|(name, table)| {
            let columns = table
                .columns
                .iter()
                .map(|column| column.name.to_lowercase())
                .collect();
            (name.clone(), columns)
        });
        Outline(tables.collect())
    }
}

impl LiveTable {
    pub fn column(&self, name: &str) -> Option<&LiveColumn> {
        self.columns
            .iter()
            .find(|column| column.name.eq_ignore_ascii_case(name))
    }

    /// Adds a column to the index of this name, which is the last one when rows come sorted.
    fn add_to_index(&mut self, name: &str, unique: bool, column: String) {
        match self.indexes.iter_mut().find(|index| index.name == name) {
            Some(index) => index.columns.push(column),
            None => self.indexes.push(LiveIndex {
                name: name.to_owned(),
                unique,
                columns: vec![column],
                condition: None,
            }),
        }
    }
}

/// A text for comparisons by people and by tests: each fact on a line of its own.
impl fmt::Display for Live {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, table) in &self.tables {
            writeln!(f, "{name}")?;
            for column in &table.columns {
                writeln!(f, "  {column}")?;
            }
            if !table.primary_key.is_empty() {
                writeln!(f, "  primary key ({})", table.primary_key.join(", "))?;
            }
            for index in &table.indexes {
                writeln!(f, "  {index}")?;
            }
            for key in &table.foreign_keys {
                writeln!(f, "  {key}")?;
            }
        }
        Ok(())
    }
}

/// Without the character set, which is a matter of the installation.
impl fmt::Display for LiveColumn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.name, self.type_name)?;
        if !self.nullable {
            write!(f, " not null")?;
        }
        if let Some(default) = &self.default {
            write!(f, " default {default}")?;
        }
        if self.counts {
            write!(f, " counts")?;
        }
        if let Some(sequence) = &self.sequence {
            write!(f, " by {sequence}")?;
        }
        Ok(())
    }
}

impl fmt::Display for LiveIndex {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let kind = if self.unique { "unique" } else { "index" };
        write!(f, "{kind} {} ({})", self.name, self.columns.join(", "))?;
        if let Some(condition) = &self.condition {
            write!(f, " where {condition}")?;
        }
        Ok(())
    }
}

impl fmt::Display for LiveForeignKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "foreign key {} ({}) to {} ({})",
            self.name,
            self.columns.join(", "),
            self.foreign_table,
            self.foreign_columns.join(", ")
        )?;
        for action in &self.actions {
            write!(f, " on {action}")?;
        }
        Ok(())
    }
}

/// The rules of a foreign key that do something; a refusal has several names and is the default.
fn actions(on_delete: &str, on_update: &str) -> Vec<String> {
    [("delete", on_delete), ("update", on_update)]
        .into_iter()
        .filter(|(_, rule)| !matches!(*rule, "NO ACTION" | "RESTRICT"))
        .map(|(event, rule)| format!("{event} {rule}"))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{flavours, testing};

    /// Recorded with the example `describe` from databases that the installer of Znuny 6.5.1 had made.
    #[tokio::test]
    async fn what_we_create_is_what_the_installer_of_znuny_creates() {
        let (_database, db) =
            testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", chrono::NaiveDateTime::default())
                .await;
        let recorded = match db.dialect() {
            Dialect::MySql => include_str!("../../../fixtures/schema/znuny-6.5.1-mariadb.txt"),
            Dialect::Postgres => {
                include_str!("../../../fixtures/schema/znuny-6.5.1-postgresql.txt")
            }
            // Znuny has no SQLite; the doctor's tests compare ours with the declarations.
            Dialect::Sqlite => return,
        };
        let created = read(&mut db.read().await.unwrap()).await.unwrap();
        for (ours, theirs) in created.to_string().lines().zip(recorded.lines()) {
            assert_eq!(ours, theirs);
        }
        assert_eq!(created.to_string(), recorded);
    }

    #[tokio::test]
    async fn the_outline_has_what_the_full_picture_has() {
        let (_database, db) =
            testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", chrono::NaiveDateTime::default())
                .await;
        let mut tx = db.read().await.unwrap();
        let outline = outline(&mut tx).await.unwrap();
        let live = read(&mut tx).await.unwrap();
        let mut expected = live.outline();
        assert_eq!(expected.0.len(), 122);
        assert_eq!(expected.0.values().map(BTreeSet::len).sum::<usize>(), 1024);
        for (table, columns) in &mut expected.0 {
            if !TELLING.contains(&table.as_str()) {
                columns.clear();
            }
        }
        assert_eq!(outline, expected);
        let keys: usize = live
            .tables
            .values()
            .map(|table| table.foreign_keys.len())
            .sum();
        assert_eq!(keys, 277);
        let unique = live.tables.values().flat_map(|table| &table.indexes);
        assert_eq!(unique.filter(|index| index.unique).count(), 62);
        let counting = live.tables.values().flat_map(|table| &table.columns);
        assert_eq!(counting.filter(|column| column.counts).count(), 86);
    }
}
