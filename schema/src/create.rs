//! Turning an empty database into one that Otterdesk, and the Perl system too, can work with.

use chrono::NaiveDateTime;
use sea_query::{Alias, MysqlQueryBuilder};

use crate::{
    db::{Db, DbError, Dialect, Tx},
    ddl,
    first_rows::{self, Installation},
    flavours::{Flavour, Table},
    live,
};

/// What to create.
#[derive(Clone, Debug)]
pub struct Plan {
    pub flavour: &'static Flavour,
    /// The password of `root@localhost` as a hash in one of OTRS's notations.
    pub admin_password_hash: String,
    /// The time of installation (UTC), kept on every first row.
    pub now: NaiveDateTime,
}

/// Why nothing was created.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    #[error("the database is not empty: it has {found}")]
    NotEmpty { found: String },
    #[error("another process is creating the schema of this database right now")]
    Busy,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Creates every table of the flavour and its first rows, in a database without tables.
///
/// PostgreSQL and SQLite do it in one transaction. MySQL and MariaDB can not: there, what exists already is dropped again
/// when something fails. A MySQL database whose default character set can not hold every character is set to
/// `utf8mb4` before, while it is still empty; its default collation stays when it is one of utf8mb4 already.
pub async fn create(db: &Db, plan: &Plan) -> Result<(), CreateError> {
    with_rows(db, plan, |_| true).await
}

/// Like [`create`], but without the ticket that welcomes people: for whoever brings tickets.
pub async fn create_without_tickets(db: &Db, plan: &Plan) -> Result<(), CreateError> {
    with_rows(db, plan, |rows| {
        !first_rows::TICKET_TABLES.contains(&rows.table)
    })
    .await
}

/// Creates, with those of the first rows that are `wanted`.
async fn with_rows(
    db: &Db,
    plan: &Plan,
    wanted: fn(&first_rows::Rows) -> bool,
) -> Result<(), CreateError> {
    let tables = plan.flavour.tables();
    let script = script(db.dialect(), plan, &tables, wanted);
    match db.dialect() {
        Dialect::MySql => on_mysql(db, &tables, &script).await,
        Dialect::Postgres | Dialect::Sqlite => {
            let mut tx = db.begin().await?;
            refuse_when_not_empty(&mut tx).await?;
            tx.execute_raw(&script).await?;
            Ok(tx.commit().await?)
        }
    }
}

async fn on_mysql(db: &Db, tables: &[Table], script: &str) -> Result<(), CreateError> {
    let mut tx = db.read().await?;
    if !live::take_creation_lock(&mut tx).await? {
        return Err(CreateError::Busy);
    }
    let created = match refuse_when_not_empty(&mut tx).await {
        Ok(()) => fill_mysql(&mut tx, tables, script).await,
        Err(refused) => Err(refused),
    };
    live::release_creation_lock(&mut tx).await?;
    created
}

async fn fill_mysql(tx: &mut Tx, tables: &[Table], script: &str) -> Result<(), CreateError> {
    if let Some(database) = live::database_without_utf8mb4(tx).await? {
        let name = database.replace('`', "``");
        tx.execute_raw(&format!("ALTER DATABASE `{name}` CHARACTER SET utf8mb4"))
            .await?;
    }
    let result = tx.execute_raw(script).await;
    if result.is_err() {
        // The first error is the one to report; a database that fails here too is what that error is about.
        let _ = tx.execute_raw(&removal(tables)).await;
    }
    tx.execute_raw("SET foreign_key_checks = 1").await?;
    Ok(result?)
}

async fn refuse_when_not_empty(tx: &mut Tx) -> Result<(), CreateError> {
    let names = live::table_names(tx).await?;
    if names.is_empty() {
        return Ok(());
    }
    Err(CreateError::NotEmpty {
        found: in_words(&names),
    })
}

/// `3 tables: a, b and c`; of many, the first five.
fn in_words(names: &[String]) -> String {
    const SHOWN: usize = 5;
    let plural = if names.len() == 1 { "table" } else { "tables" };
    let listed = names
        .iter()
        .take(SHOWN)
        .map(|name| format!("`{name}`"))
        .collect::<Vec<_>>()
        .join(", ");
    let rest = if names.len() > SHOWN { ", …" } else { "" };
    format!("{} {plural} ({listed}{rest})", names.len())
}

/// Everything as one script, so that a server far away is asked once and not five hundred times.
fn script(
    dialect: Dialect,
    plan: &Plan,
    tables: &[Table],
    wanted: fn(&first_rows::Rows) -> bool,
) -> String {
    let ddl = ddl::create(dialect, tables);
    let installation = Installation {
        admin_password_hash: plan.admin_password_hash.clone(),
        now: plan.now,
    };
    let mut rows = first_rows::of(plan.flavour, &installation);
    rows.retain(wanted);
    let inserts = rows.iter().filter_map(|rows| {
        let definition = tables.iter().find(|table| table.name == rows.table)?;
        Some(rows.insert(dialect, definition, plan.now))
    });

    let mut statements = Vec::new();
    match dialect {
        // Tables refer to each other in circles, so they come before what they refer to, and so do their rows.
        Dialect::MySql => statements.push("SET foreign_key_checks = 0".to_owned()),
        Dialect::Sqlite => statements.push("PRAGMA defer_foreign_keys = ON".to_owned()),
        Dialect::Postgres => {}
    }
    statements.extend(ddl.tables);
    statements.extend(inserts);
    if dialect == Dialect::Postgres {
        let filled = rows.iter().map(|rows| rows.table);
        statements.extend(filled.filter_map(|name| set_sequence(tables, name)));
    }
    statements.extend(ddl.after_rows);
    if dialect == Dialect::MySql {
        statements.push("SET foreign_key_checks = 1".to_owned());
    }
    statements.join(";\n")
}

/// The next row gets the number after the highest; a sequence does not notice rows that brought their own.
fn set_sequence(tables: &[Table], name: &str) -> Option<String> {
    let table = tables.iter().find(|table| table.name == name)?;
    let column = table.auto_increment()?.name;
    Some(format!(
        "SELECT setval(pg_get_serial_sequence('\"{name}\"', '{column}'), max(\"{column}\")) FROM \"{name}\""
    ))
}

fn removal(tables: &[Table]) -> String {
    let mut drop = sea_query::Table::drop();
    drop.if_exists();
    for table in tables {
        drop.table(Alias::new(table.name));
    }
    format!(
        "SET foreign_key_checks = 0;\n{}",
        drop.to_string(MysqlQueryBuilder)
    )
}

#[cfg(test)]
mod tests {
    use sea_query::{Expr, Query};

    use super::*;
    use crate::{flavours, tables as t, testing};

    fn plan(flavour: &'static Flavour) -> Plan {
        Plan {
            flavour,
            admin_password_hash: "hash".to_owned(),
            now: NaiveDateTime::default(),
        }
    }

    #[tokio::test]
    async fn new_rows_get_numbers_after_the_first_ones() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        create(&db, &plan(&flavours::ZNUNY_6_5)).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let insert = Query::insert()
            .into_table(t::TicketPriority::Table)
            .columns([
                t::TicketPriority::Name,
                t::TicketPriority::ValidId,
                t::TicketPriority::CreateBy,
                t::TicketPriority::CreateTime,
                t::TicketPriority::ChangeBy,
                t::TicketPriority::ChangeTime,
            ])
            .values_panic([
                Expr::from("6 now"),
                Expr::from(1),
                Expr::from(1),
                Expr::from(NaiveDateTime::default()),
                Expr::from(1),
                Expr::from(NaiveDateTime::default()),
            ])
            .to_owned();
        assert_eq!(tx.insert(&insert).await.unwrap(), 6);
        tx.commit().await.unwrap();
    }

    #[tokio::test]
    async fn a_creation_that_fails_leaves_nothing_behind() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        if db.dialect() == Dialect::Sqlite {
            // It takes texts of any length, so nothing in the script can fail there.
            return;
        }
        let mut plan = plan(&flavours::ZNUNY_6_5);
        plan.admin_password_hash = "longer than the column ".repeat(20);
        assert!(matches!(create(&db, &plan).await, Err(CreateError::Db(_))));
        let mut tx = db.read().await.unwrap();
        assert_eq!(live::table_names(&mut tx).await.unwrap(), [""; 0]);
    }

    #[tokio::test]
    async fn a_database_with_tables_is_left_alone() {
        let database = testing::fresh().await;
        let db = Db::connect(&database.url).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.execute_raw("CREATE TABLE notes (id INTEGER)")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let refused = create(&db, &plan(&flavours::ZNUNY_6_5)).await.unwrap_err();
        insta::assert_snapshot!(refused, @"the database is not empty: it has 1 table (`notes`)");
    }
}
