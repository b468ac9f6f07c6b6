//! Questions to the database server itself.

use sea_query::{Alias, Expr, ExprTrait as _, Func, Order, Query, SelectStatement};

use crate::db::{DbError, Dialect, Tx};

/// The names of all tables and views in the current database (on PostgreSQL: in the current schema), sorted.
pub async fn table_names(tx: &mut Tx) -> Result<Vec<String>, DbError> {
    let query = match tx.dialect() {
        Dialect::Sqlite => sqlite_tables(),
        Dialect::MySql | Dialect::Postgres => server_tables(tx.dialect()),
    };
    let names: Vec<(String,)> = tx.fetch_all(&query).await?;
    let mut names: Vec<String> = names.into_iter().map(|(name,)| name).collect();
    names.sort();
    Ok(names)
}

fn sqlite_tables() -> SelectStatement {
    Query::select()
        .column(Alias::new("name"))
        .from(Alias::new("sqlite_master"))
        .and_where(Expr::col(Alias::new("type")).is_in(["table", "view"]))
        .and_where(Expr::col(Alias::new("name")).not_like("sqlite_%"))
        .order_by(Alias::new("name"), Order::Asc)
        .to_owned()
}

fn server_tables(dialect: Dialect) -> SelectStatement {
    // MySQL 8 writes these names in upper case unless they are asked for by another name, and as bytes unless converted.
    let name = Expr::col(Alias::new("table_name"));
    let name = match dialect {
        Dialect::Postgres => name.cast_as(Alias::new("text")),
        Dialect::MySql | Dialect::Sqlite => name.cast_as(Alias::new("char(64)")),
    };
    Query::select()
        .expr_as(name, Alias::new("name"))
        .from((Alias::new("information_schema"), Alias::new("tables")))
        .and_where(Expr::col(Alias::new("table_schema")).eq(current_schema(dialect)))
        .to_owned()
}

pub(super) fn current_schema(dialect: Dialect) -> Expr {
    match dialect {
        Dialect::MySql => Expr::from(Func::cust(Alias::new("DATABASE"))),
        Dialect::Postgres | Dialect::Sqlite => Expr::from(Func::cust(Alias::new("CURRENT_SCHEMA"))),
    }
}

/// The name of the current MySQL database when its tables would not be able to hold every character by default.
pub(crate) async fn database_without_utf8mb4(tx: &mut Tx) -> Result<Option<String>, DbError> {
    let text = |name: &str| Expr::col(Alias::new(name)).cast_as(Alias::new("char(64)"));
    let query = Query::select()
        .expr(text("schema_name"))
        .from((Alias::new("information_schema"), Alias::new("schemata")))
        .and_where(Expr::col(Alias::new("schema_name")).eq(current_schema(Dialect::MySql)))
        .and_where(Expr::col(Alias::new("default_character_set_name")).ne("utf8mb4"))
        .to_owned();
    let name: Option<(String,)> = tx.fetch_optional(&query).await?;
    Ok(name.map(|(name,)| name))
}

/// Keeps a second process from creating, and after a failure dropping, the same tables of a MySQL database.
pub(crate) async fn take_creation_lock(tx: &mut Tx) -> Result<bool, DbError> {
    let query = Query::select()
        .expr(Func::cust(Alias::new("GET_LOCK")).arg(lock_name()).arg(0))
        .to_owned();
    let (taken,): (Option<i64>,) = tx.fetch_one(&query).await?;
    Ok(taken == Some(1))
}

pub(crate) async fn release_creation_lock(tx: &mut Tx) -> Result<(), DbError> {
    let query = Query::select()
        .expr(Func::cust(Alias::new("RELEASE_LOCK")).arg(lock_name()))
        .to_owned();
    let _: (Option<i64>,) = tx.fetch_one(&query).await?;
    Ok(())
}

/// Locks belong to the whole server, so the name carries a digest of the database's name (64 characters are the limit).
fn lock_name() -> Expr {
    Expr::cust("CONCAT('otterdesk create ', MD5(DATABASE()))")
}
