//! Roles themselves; who has them and what they may do is in [`super::link`].

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::group::AddError;
use crate::clock::Stamp;

/// The key of the role with this name, valid or not. One statement.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::Roles::Id)
        .from(t::Roles::Table)
        .and_where(Expr::col(t::Roles::Name).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Adds a valid role; gives its key.
///
/// Source: the row that the reference system's `Admin::Role::Add` writes.
pub async fn add(
    tx: &mut Tx,
    stamp: Stamp,
    name: &str,
    comment: Option<&str>,
) -> Result<i32, AddError> {
    use t::Roles as R;
    if name.is_empty() {
        return Err(AddError::NoName);
    }
    if find(tx, name).await?.is_some() {
        return Err(AddError::Taken {
            what: "role",
            name: name.to_owned(),
        });
    }
    let insert = new_row(
        R::Table,
        [
            (R::Name, name.into()),
            (R::Comments, Expr::val(comment)),
            (R::ValidId, 1_i16.into()),
            (R::CreateTime, stamp.at.into()),
            (R::CreateBy, stamp.by.0.into()),
            (R::ChangeTime, stamp.at.into()),
            (R::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
