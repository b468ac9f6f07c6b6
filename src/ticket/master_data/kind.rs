//! Types of tickets.

use schema::{Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::AddError;
use crate::clock::Stamp;

/// Adds a valid type; gives its key.
pub async fn add(tx: &mut Tx, stamp: Stamp, name: &str) -> Result<i32, AddError> {
    use t::TicketType as T;
    if name.is_empty() {
        return Err(AddError::NoName);
    }
    let query = Query::select()
        .column(T::Id)
        .from(T::Table)
        .and_where(Expr::col(T::Name).eq(name))
        .to_owned();
    if tx.fetch_optional::<(i32,)>(&query).await?.is_some() {
        return Err(AddError::Taken {
            what: "type",
            name: name.to_owned(),
        });
    }
    let insert = new_row(
        T::Table,
        [
            (T::Name, name.into()),
            (T::ValidId, 1_i16.into()),
            (T::CreateTime, stamp.at.into()),
            (T::CreateBy, stamp.by.0.into()),
            (T::ChangeTime, stamp.at.into()),
            (T::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
