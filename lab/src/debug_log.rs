//! Reads what a request left in the debug log of the web services.

use std::fmt::Write as _;

use schema::{
    Db, DbError, LongText, tables::GiDebuggerEntry as E, tables::GiDebuggerEntryContent as C,
};
use sea_query::{Expr, ExprTrait, Order, Query};
use tokio::runtime::Runtime;

/// Shows header lines and the web server's own settings, which are not compared.
const ENVIRONMENT: &str = "Communication sequence started";

#[derive(sqlx::FromRow)]
struct Last {
    id: Option<i64>,
}

#[derive(sqlx::FromRow)]
struct Row {
    communication_type: String,
    remote_ip: Option<String>,
    debug_level: String,
    subject: String,
    content: Option<LongText>,
}

/// A connection to the database that both servers write to.
pub struct DebugLog {
    runtime: Runtime,
    db: Db,
}

impl DebugLog {
    /// Errors: there is no such database.
    pub fn connect(database_url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let db = runtime.block_on(Db::connect(database_url))?;
        Ok(Self { runtime, db })
    }

    /// The id of the newest entry, 0 when there is none.
    pub fn last(&self) -> Result<i64, DbError> {
        let query = Query::select()
            .expr_as(Expr::col(C::Id).max(), "id")
            .from(C::Table)
            .to_owned();
        self.runtime.block_on(async {
            let mut tx = self.db.read().await?;
            let last = tx.fetch_optional::<Last>(&query).await?;
            Ok(last.and_then(|last| last.id).unwrap_or(0))
        })
    }

    /// The entries after `id` as text: level, subject and content of each.
    pub fn since(&self, id: i64) -> Result<String, DbError> {
        let query = Query::select()
            .columns([(E::Table, E::CommunicationType), (E::Table, E::RemoteIp)])
            .columns([
                (C::Table, C::DebugLevel),
                (C::Table, C::Subject),
                (C::Table, C::Content),
            ])
            .from(C::Table)
            .inner_join(
                E::Table,
                Expr::col((E::Table, E::Id)).equals((C::Table, C::GiDebuggerEntryId)),
            )
            .and_where(Expr::col((C::Table, C::Id)).gt(id))
            .order_by((C::Table, C::Id), Order::Asc)
            .to_owned();
        let rows: Vec<Row> = self.runtime.block_on(async {
            let mut tx = self.db.read().await?;
            tx.fetch_all(&query).await
        })?;
        let mut text = String::new();
        for row in rows {
            let content = if row.subject == ENVIRONMENT {
                "<environment>".to_owned()
            } else {
                row.content.unwrap_or_default().0
            };
            let remote = row.remote_ip.unwrap_or_default();
            // Writing to a String can not fail.
            let _ = writeln!(
                text,
                "[{} {remote} {}] {}\n{content}",
                row.communication_type, row.debug_level, row.subject
            );
        }
        Ok(text)
    }
}
