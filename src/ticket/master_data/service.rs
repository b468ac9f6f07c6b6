//! Services.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::AddError;
use crate::clock::Stamp;

/// The name under which a part of a service is kept.
pub fn full_name(parent: Option<&str>, name: &str) -> String {
    parent.map_or_else(|| name.to_owned(), |parent| format!("{parent}::{name}"))
}

/// The key of the service with this full name, valid or not. One statement.
pub async fn find(tx: &mut Tx, full_name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::Service::Id)
        .from(t::Service::Table)
        .and_where(Expr::col(t::Service::Name).eq(full_name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Adds a valid service under a parent that exists, or under none; gives its key.
pub async fn add(
    tx: &mut Tx,
    stamp: Stamp,
    parent: Option<&str>,
    name: &str,
    comment: Option<&str>,
) -> Result<i32, AddError> {
    use t::Service as S;
    if name.is_empty() {
        return Err(AddError::NoName);
    }
    if name.contains("::") {
        return Err(AddError::BadName {
            what: "service",
            name: name.to_owned(),
        });
    }
    let name = full_name(parent, name);
    if find(tx, &name).await?.is_some() {
        return Err(AddError::Taken {
            what: "service",
            name,
        });
    }
    let insert = new_row(
        S::Table,
        [
            (S::Name, name.into()),
            (S::ValidId, 1_i16.into()),
            (S::Comments, comment.unwrap_or_default().into()),
            (S::CreateTime, stamp.at.into()),
            (S::CreateBy, stamp.by.0.into()),
            (S::ChangeTime, stamp.at.into()),
            (S::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
