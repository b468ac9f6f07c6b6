//! The addresses of the help desk itself.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::clock::Stamp;

/// An address to be.
#[derive(Clone, Debug)]
pub struct NewAddress {
    pub address: String,
    /// Shown with the address.
    pub name: String,
    /// For mail to this address.
    pub queue_id: i32,
    pub comment: Option<String>,
}

/// The key of an address, valid or not. One statement.
pub async fn find(tx: &mut Tx, address: &str) -> Result<Option<i32>, DbError> {
    let same = tx.same_text(Expr::col(t::SystemAddress::Value0), address);
    let query = Query::select()
        .column(t::SystemAddress::Id)
        .from(t::SystemAddress::Table)
        .and_where(same)
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Whether there is an address with this key. One statement.
pub async fn exists(tx: &mut Tx, id: i32) -> Result<bool, DbError> {
    let query = Query::select()
        .column(t::SystemAddress::Id)
        .from(t::SystemAddress::Table)
        .and_where(Expr::col(t::SystemAddress::Id).eq(id))
        .to_owned();
    Ok(tx.fetch_optional::<(i32,)>(&query).await?.is_some())
}

/// Adds a valid address; gives its key. What is no mail address is taken as the reference system takes it.
pub async fn add(tx: &mut Tx, stamp: Stamp, new: &NewAddress) -> Result<i32, DbError> {
    use t::SystemAddress as A;
    let insert = new_row(
        A::Table,
        [
            (A::Value0, new.address.as_str().into()),
            (A::Value1, new.name.as_str().into()),
            (A::QueueId, new.queue_id.into()),
            (A::Comments, Expr::val(new.comment.clone())),
            (A::ValidId, 1_i16.into()),
            (A::CreateTime, stamp.at.into()),
            (A::CreateBy, stamp.by.0.into()),
            (A::ChangeTime, stamp.at.into()),
            (A::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
