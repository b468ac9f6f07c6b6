//! New companies of customers.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{backend::Backends, record};
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
    #[error("The setting CustomerCompany names no table.")]
    Nowhere,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a valid company to the first back end, also one that is only read.
///
/// Source: the rows that the reference system's `Admin::CustomerCompany::Add` writes, into its own table and into one with
/// other columns.
pub async fn add(
    tx: &mut Tx,
    settings: &Settings,
    stamp: Stamp,
    new: &NewCompany,
) -> Result<(), AddError> {
    if new.customer_id.is_empty() {
        return Err(AddError::Missing("CustomerID"));
    }
    let backends = Backends::of(settings);
    let backend = backends.companies.first().ok_or(AddError::Nowhere)?;
    if record::company(tx, settings, &new.customer_id)
        .await?
        .is_some()
    {
        return Err(AddError::IdTaken(new.customer_id.clone()));
    }
    if backend.is_table(OWN_TABLE) && is_name_taken(tx, &new.name).await? {
        return Err(AddError::NameTaken(new.name.clone()));
    }
    let text = |text: &Option<String>| text.as_deref().map(Expr::from);
    let value = |name: &str, _| match name {
        "CustomerID" => Some(new.customer_id.as_str().into()),
        "CustomerCompanyName" => Some(new.name.as_str().into()),
        "CustomerCompanyStreet" => text(&new.street),
        "CustomerCompanyZIP" => text(&new.zip),
        "CustomerCompanyCity" => text(&new.city),
        "CustomerCompanyCountry" => text(&new.country),
        "CustomerCompanyURL" => text(&new.url),
        "CustomerCompanyComment" => text(&new.comment),
        "ValidID" => Some(1_i16.into()),
        _ => None,
    };
    backend.insert(tx, stamp, value).await?;
    Ok(())
}

/// The table whose names are unique.
const OWN_TABLE: &str = "customer_company";

async fn is_name_taken(tx: &mut Tx, name: &str) -> Result<bool, DbError> {
    use t::CustomerCompany as C;
    let query = Query::select()
        .column(C::CustomerId)
        .from(C::Table)
        .and_where(Expr::col(C::Name).eq(name))
        .to_owned();
    Ok(tx.fetch_optional::<(String,)>(&query).await?.is_some())
}
