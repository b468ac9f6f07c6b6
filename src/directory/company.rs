//! New companies of customers.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::record;
use crate::{clock::Stamp, settings::Settings};

/// A company to be.
#[derive(Clone, Debug, Default)]
pub struct NewCompany {
    pub customer_id: String,
    pub name: String,
    pub street: Option<String>,
    pub zip: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub url: Option<String>,
    pub comment: Option<String>,
}

/// Why a company is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("A company with the id '{0}' already exists.")]
    IdTaken(String),
    #[error("A company with the name '{0}' already exists.")]
    NameTaken(String),
    #[error("Need {0}!")]
    Missing(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a valid company.
///
/// Source: the row that the reference system's `Admin::CustomerCompany::Add` writes.
pub async fn add(
    tx: &mut Tx,
    settings: &Settings,
    stamp: Stamp,
    new: &NewCompany,
) -> Result<(), AddError> {
    use t::CustomerCompany as C;
    if new.customer_id.is_empty() {
        return Err(AddError::Missing("CustomerID"));
    }
    if record::company(tx, settings, &new.customer_id)
        .await?
        .is_some()
    {
        return Err(AddError::IdTaken(new.customer_id.clone()));
    }
    let query = Query::select()
        .column(C::CustomerId)
        .from(C::Table)
        .and_where(Expr::col(C::Name).eq(new.name.as_str()))
        .to_owned();
    if tx.fetch_optional::<(String,)>(&query).await?.is_some() {
        return Err(AddError::NameTaken(new.name.clone()));
    }
    let insert = new_row(
        C::Table,
        [
            (C::CustomerId, new.customer_id.as_str().into()),
            (C::Name, new.name.as_str().into()),
            (C::Street, Expr::val(new.street.clone())),
            (C::Zip, Expr::val(new.zip.clone())),
            (C::City, Expr::val(new.city.clone())),
            (C::Country, Expr::val(new.country.clone())),
            (C::Url, Expr::val(new.url.clone())),
            (C::Comments, Expr::val(new.comment.clone())),
            (C::ValidId, 1_i16.into()),
            (C::CreateTime, stamp.at.into()),
            (C::CreateBy, stamp.by.0.into()),
            (C::ChangeTime, stamp.at.into()),
            (C::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await?;
    Ok(())
}
