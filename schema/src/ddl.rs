//! The statements that create tables, in each dialect.
//!
//! Types, names and widths are those that Znuny's own installer makes, as recorded from its live databases:
//! on MySQL a text longer than 255 characters is TEXT, MEDIUMTEXT or LONGTEXT, on PostgreSQL a counting SMALLINT is a
//! `serial` of four bytes, and times have no zone on either. SQLite has no physical model to follow; there, declared
//! sizes stay in the type names, where the doctor and people can read them.

use md5::{Digest as _, Md5};
use sea_query::{
    Alias, ColumnDef as Column, ForeignKey, ForeignKeyCreateStatement, Index, IndexCreateStatement,
    MysqlQueryBuilder, PostgresQueryBuilder, SqliteQueryBuilder, TableCreateStatement,
    TableForeignKey,
};

use crate::{
    db::Dialect,
    flavours::Table,
    tables::{ColumnDef, ForeignKeyDef, IndexDef, Type},
};

/// Statements in the order in which they are to be run.
#[derive(Debug, Default)]
pub struct Ddl {
    /// Tables with their keys and indexes.
    pub tables: Vec<String>,
    /// What is better added after the first rows: the foreign keys on PostgreSQL.
    ///
    /// Tables refer to each other in circles (`valid` and `users`). MySQL and SQLite can postpone the checks.
    pub after_rows: Vec<String>,
}

/// The statements for these tables.
pub fn create(dialect: Dialect, tables: &[Table]) -> Ddl {
    let mut ddl = Ddl::default();
    for table in tables {
        ddl.tables.push(create_table(dialect, table));
        if dialect != Dialect::MySql {
            ddl.tables.extend(
                create_indexes(dialect, table)
                    .iter()
                    .map(|index| index_to_string(dialect, index)),
            );
        }
        if dialect == Dialect::Postgres && !table.foreign_keys.is_empty() {
            ddl.after_rows.push(add_foreign_keys(table));
        }
    }
    ddl
}

/// What the type of a column is called; `None` for the size means that the database keeps none.
pub fn physical_type(dialect: Dialect, column: &ColumnDef) -> String {
    let (mysql, postgres, sqlite) = match column.kind {
        Type::SmallInt => ("smallint", serial(column, "smallint"), "smallint"),
        Type::Integer => ("int", serial(column, "integer"), "integer"),
        Type::BigInt => ("bigint", serial(column, "bigint"), "bigint"),
        Type::Date => ("datetime", "timestamp(0)", "datetime"),
        Type::LongBlob => ("longblob", "text", "blob"),
        Type::Decimal(precision, scale) => {
            return match dialect {
                Dialect::Postgres => format!("numeric({precision},{scale})"),
                Dialect::MySql | Dialect::Sqlite => format!("decimal({precision},{scale})"),
            };
        }
        Type::Varchar(size) => return varchar(dialect, size),
    };
    match dialect {
        Dialect::MySql => mysql,
        Dialect::Postgres => postgres,
        // Only the exact word makes a column the row number that AUTOINCREMENT needs.
        Dialect::Sqlite if column.auto_increment => "integer",
        Dialect::Sqlite => sqlite,
    }
    .to_owned()
}

fn serial(column: &ColumnDef, plain: &'static str) -> &'static str {
    match (column.auto_increment, column.kind) {
        (false, _) => plain,
        (true, Type::BigInt) => "bigserial",
        (true, _) => "serial",
    }
}

fn varchar(dialect: Dialect, size: u32) -> String {
    match (dialect, size) {
        (Dialect::MySql, 256..=65_535) => "text".to_owned(),
        (Dialect::MySql, 65_536..=16_777_215) => "mediumtext".to_owned(),
        (Dialect::MySql, 16_777_216..) => "longtext".to_owned(),
        (Dialect::Postgres, 10_000..) => "varchar".to_owned(),
        _ => format!("varchar({size})"),
    }
}

/// `FK_ticket_queue_id_id`; a name longer than 60 characters keeps 58 and ends with the first and last digit of its MD5.
///
/// PostgreSQL keeps it in lower case.
pub fn foreign_key_name(dialect: Dialect, table: &str, key: &ForeignKeyDef) -> String {
    let mut name = format!("FK_{table}_{}_{}", key.column, key.foreign_column);
    if name.len() > 60 {
        let digest = Md5::digest(name.as_bytes());
        let (first, last) = (digest[0] >> 4, digest[15] & 0xf);
        name = format!("{}{first:x}{last:x}", &name[..58]);
    }
    match dialect {
        Dialect::Postgres => name.to_lowercase(),
        Dialect::MySql | Dialect::Sqlite => name,
    }
}

fn create_table(dialect: Dialect, table: &Table) -> String {
    let mut create = sea_query::Table::create();
    create.table(Alias::new(table.name));
    for column in &table.columns {
        create.col(column_of(dialect, column));
    }
    if dialect != Dialect::Sqlite {
        for unique in &table.unique {
            create.index(index_of(dialect, unique).unique());
        }
    }
    if dialect == Dialect::MySql {
        for index in &table.indexes {
            create.index(&mut index_of(dialect, index));
        }
        create.engine("InnoDB");
    }
    if dialect != Dialect::Postgres {
        for key in &table.foreign_keys {
            create.foreign_key(&mut foreign_key_of(dialect, table.name, key));
        }
    }
    table_to_string(dialect, &create)
}

fn column_of(dialect: Dialect, column: &ColumnDef) -> Column {
    let mut built = Column::new(Alias::new(column.name));
    built.custom(Alias::new(physical_type(dialect, column)));
    if column.required {
        built.not_null();
    }
    match (column.default, column.kind) {
        (Some(text), Type::Varchar(_)) => {
            built.default(text);
        }
        (Some(text), _) => {
            // A number that is none would be a mistake in a declaration, which the tests of the DDL would show.
            built.default(text.parse::<i64>().unwrap_or_default());
        }
        (None, _) => {}
    }
    if column.primary_key {
        built.primary_key();
    }
    if column.auto_increment && dialect != Dialect::Postgres {
        built.auto_increment();
    }
    built
}

fn index_of(dialect: Dialect, index: &IndexDef) -> IndexCreateStatement {
    let mut built = Index::create();
    built.name(index.name);
    for column in index.columns {
        match column.prefix {
            Some(prefix) if dialect == Dialect::MySql => {
                built.col((Alias::new(column.name), u32::from(prefix)));
            }
            _ => {
                built.col(Alias::new(column.name));
            }
        }
    }
    built
}

/// Indexes that are no part of `CREATE TABLE`.
fn create_indexes(dialect: Dialect, table: &Table) -> Vec<IndexCreateStatement> {
    let mut indexes = Vec::new();
    if dialect == Dialect::Sqlite {
        // Within the table they would lose their names.
        indexes.extend(
            table
                .unique
                .iter()
                .map(|index| index_of(dialect, index).unique().to_owned()),
        );
    }
    indexes.extend(table.indexes.iter().map(|index| index_of(dialect, index)));
    for index in &mut indexes {
        index.table(Alias::new(table.name));
    }
    indexes
}

fn foreign_key_of(
    dialect: Dialect,
    table: &'static str,
    key: &ForeignKeyDef,
) -> ForeignKeyCreateStatement {
    ForeignKey::create()
        .name(foreign_key_name(dialect, table, key))
        .from(Alias::new(table), Alias::new(key.column))
        .to(
            Alias::new(key.foreign_table),
            Alias::new(key.foreign_column),
        )
        .to_owned()
}

fn add_foreign_keys(table: &Table) -> String {
    let mut alter = sea_query::Table::alter();
    alter.table(Alias::new(table.name));
    for key in &table.foreign_keys {
        alter.add_foreign_key(
            TableForeignKey::new()
                .name(foreign_key_name(Dialect::Postgres, table.name, key))
                .from_tbl(Alias::new(table.name))
                .from_col(Alias::new(key.column))
                .to_tbl(Alias::new(key.foreign_table))
                .to_col(Alias::new(key.foreign_column)),
        );
    }
    alter.to_string(PostgresQueryBuilder)
}

fn table_to_string(dialect: Dialect, table: &TableCreateStatement) -> String {
    match dialect {
        Dialect::MySql => table.to_string(MysqlQueryBuilder),
        Dialect::Postgres => table.to_string(PostgresQueryBuilder),
        Dialect::Sqlite => table.to_string(SqliteQueryBuilder),
    }
}

fn index_to_string(dialect: Dialect, index: &IndexCreateStatement) -> String {
    match dialect {
        Dialect::MySql => index.to_string(MysqlQueryBuilder),
        Dialect::Postgres => index.to_string(PostgresQueryBuilder),
        Dialect::Sqlite => index.to_string(SqliteQueryBuilder),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::flavours;

    #[test]
    fn a_long_constraint_name_ends_like_the_one_that_the_installer_makes() {
        let key = ForeignKeyDef {
            column: "sysconfig_default_version_id",
            foreign_table: "sysconfig_default_version",
            foreign_column: "id",
        };
        assert_eq!(
            foreign_key_name(Dialect::MySql, "sysconfig_modified_version", &key),
            "FK_sysconfig_modified_version_sysconfig_default_version_idaf"
        );
    }

    #[test]
    fn one_table_in_each_dialect() {
        let tables = flavours::ZNUNY_6_5.tables();
        let table = tables
            .into_iter()
            .find(|table| table.name == "standard_template")
            .unwrap();
        let all: Vec<String> = [Dialect::MySql, Dialect::Postgres, Dialect::Sqlite]
            .into_iter()
            .flat_map(|dialect| {
                let ddl = create(dialect, std::slice::from_ref(&table));
                ddl.tables.into_iter().chain(ddl.after_rows)
            })
            .collect();
        insta::assert_snapshot!(all.join("\n"));
    }
}
