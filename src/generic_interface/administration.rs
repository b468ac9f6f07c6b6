//! Web services as administrators make them: rows of `gi_webservice_config` with their history.
//!
//! Source: rows that the reference system's `Admin::WebService::*` commands write.

use compat::{Value, yaml};
use md5::{Digest as _, Md5};
use schema::{DbError, LongText, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::clock::Stamp;

/// A web service with its configuration as YAML.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Kept {
    pub id: i32,
    pub name: String,
    pub config: LongText,
}

fn columns() -> sea_query::SelectStatement {
    use t::GiWebserviceConfig as C;
    Query::select()
        .columns([C::Id, C::Name, C::Config])
        .from(C::Table)
        .order_by(C::Id, Order::Asc)
        .to_owned()
}

/// Every web service, valid or not.
pub async fn list(tx: &mut Tx) -> Result<Vec<Kept>, DbError> {
    tx.fetch_all(&columns()).await
}

/// The web service with this key, valid or not.
pub async fn find(tx: &mut Tx, id: i32) -> Result<Option<Kept>, DbError> {
    let query = columns()
        .and_where(Expr::col(t::GiWebserviceConfig::Id).eq(id))
        .to_owned();
    tx.fetch_optional(&query).await
}

/// The web service with this name, valid or not.
pub async fn find_named(tx: &mut Tx, name: &str) -> Result<Option<Kept>, DbError> {
    let query = columns()
        .and_where(Expr::col(t::GiWebserviceConfig::Name).eq(name))
        .to_owned();
    tx.fetch_optional(&query).await
}

/// Adds a valid web service; gives its key.
pub async fn add(tx: &mut Tx, stamp: Stamp, name: &str, config: &Value) -> Result<i32, DbError> {
    use t::GiWebserviceConfig as C;
    let text = yaml::write(config);
    let value = tx.long_text(&text);
    let insert = new_row(
        C::Table,
        [
            (C::Name, name.into()),
            (C::Config, Expr::val(value)),
            (C::ValidId, 1_i16.into()),
            (C::CreateTime, stamp.at.into()),
            (C::CreateBy, stamp.by.0.into()),
            (C::ChangeTime, stamp.at.into()),
            (C::ChangeBy, stamp.by.0.into()),
        ],
    );
    let id = i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX);
    remember(tx, stamp, id, &text).await?;
    Ok(id)
}

/// Gives a web service another configuration.
pub async fn update(tx: &mut Tx, stamp: Stamp, id: i32, config: &Value) -> Result<(), DbError> {
    use t::GiWebserviceConfig as C;
    let text = yaml::write(config);
    let value = tx.long_text(&text);
    let update = Query::update()
        .table(C::Table)
        .value(C::Config, value)
        .value(C::ChangeTime, stamp.at)
        .value(C::ChangeBy, stamp.by.0)
        .and_where(Expr::col(C::Id).eq(id))
        .to_owned();
    tx.execute(&update).await?;
    remember(tx, stamp, id, &text).await
}

/// Keeps a configuration in the history. The column's sums are unique, so what makes this entry differ from one with the
/// same text goes into the sum.
async fn remember(tx: &mut Tx, stamp: Stamp, id: i32, text: &str) -> Result<(), DbError> {
    use t::GiWebserviceConfigHistory as H;
    let salt: u64 = rand::random();
    let sum = Md5::digest(format!("{id} {} {salt}\n{text}", stamp.at));
    let sum = format!("{:032x}", u128::from_be_bytes(sum.into()));
    let value = tx.long_text(text);
    let insert = new_row(
        H::Table,
        [
            (H::ConfigId, id.into()),
            (H::Config, Expr::val(value)),
            (H::ConfigMd5, sum.into()),
            (H::CreateTime, stamp.at.into()),
            (H::CreateBy, stamp.by.0.into()),
            (H::ChangeTime, stamp.at.into()),
            (H::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await
}

/// Deletes a web service with its history and its debug log.
pub async fn delete(tx: &mut Tx, id: i32) -> Result<(), DbError> {
    use t::{
        GiDebuggerEntry as E, GiDebuggerEntryContent as L, GiWebserviceConfig as C,
        GiWebserviceConfigHistory as H,
    };
    let entries = Query::select()
        .column(E::Id)
        .from(E::Table)
        .and_where(Expr::col(E::WebserviceId).eq(id))
        .to_owned();
    let contents = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::GiDebuggerEntryId).in_subquery(entries))
        .to_owned();
    tx.execute(&contents).await?;
    let entries = Query::delete()
        .from_table(E::Table)
        .and_where(Expr::col(E::WebserviceId).eq(id))
        .to_owned();
    tx.execute(&entries).await?;
    let history = Query::delete()
        .from_table(H::Table)
        .and_where(Expr::col(H::ConfigId).eq(id))
        .to_owned();
    tx.execute(&history).await?;
    let service = Query::delete()
        .from_table(C::Table)
        .and_where(Expr::col(C::Id).eq(id))
        .to_owned();
    tx.execute_one(&service).await
}
