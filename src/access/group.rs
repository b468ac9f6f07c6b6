//! Groups themselves; who belongs to them is in [`super::link`] and [`super::groups`].

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::clock::Stamp;

/// Why a group or a role is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("A {what} with the name '{name}' already exists.")]
    Taken { what: &'static str, name: String },
    #[error("Need Name!")]
    NoName,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The key of the group with this name, valid or not. One statement.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::PermissionGroups::Id)
        .from(t::PermissionGroups::Table)
        .and_where(Expr::col(t::PermissionGroups::Name).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Adds a valid group; gives its key.
///
/// Source: the row that the reference system's `Admin::Group::Add` writes.
pub async fn add(
    tx: &mut Tx,
    stamp: Stamp,
    name: &str,
    comment: Option<&str>,
) -> Result<i32, AddError> {
    use t::PermissionGroups as G;
    if name.is_empty() {
        return Err(AddError::NoName);
    }
    if find(tx, name).await?.is_some() {
        return Err(AddError::Taken {
            what: "group",
            name: name.to_owned(),
        });
    }
    let insert = new_row(
        G::Table,
        [
            (G::Name, name.into()),
            (G::Comments, Expr::val(comment)),
            (G::ValidId, 1_i16.into()),
            (G::CreateTime, stamp.at.into()),
            (G::CreateBy, stamp.by.0.into()),
            (G::ChangeTime, stamp.at.into()),
            (G::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
