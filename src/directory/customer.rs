//! New customer users, and their passwords.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{address, backend::Backends, record};
use crate::{auth::password, clock::Stamp, settings::Settings};

/// A customer user to be.
#[derive(Clone, Debug)]
pub struct NewCustomer {
    pub login: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// The key of a company, which need not exist.
    pub customer_id: String,
    /// A random one that nobody knows when there is none.
    pub password: Option<String>,
}

/// Why a customer user is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("Email address ({0}) not valid!")]
    BadAddress(String),
    #[error("Customer user \"{0}\" already exists.")]
    LoginTaken(String),
    #[error("This email address is already in use for another customer user.")]
    AddressTaken,
    #[error("Need {0}!")]
    Missing(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a valid customer user.
///
/// Source: the row that the reference system's `Admin::CustomerUser::Add` writes: what the `Map` of the setting
/// `CustomerUser` names and nobody gave is an empty text.
pub async fn add(
    tx: &mut Tx,
    settings: &Settings,
    stamp: Stamp,
    new: &NewCustomer,
) -> Result<(), AddError> {
    use t::CustomerUser as C;
    for (what, value) in [
        ("UserFirstname", &new.first_name),
        ("UserLastname", &new.last_name),
        ("UserLogin", &new.login),
        ("UserEmail", &new.email),
        ("UserCustomerID", &new.customer_id),
    ] {
        if value.is_empty() {
            return Err(AddError::Missing(what));
        }
    }
    if !address::is_acceptable(settings, &new.email) {
        return Err(AddError::BadAddress(new.email.clone()));
    }
    if record::customer(tx, settings, &new.login).await?.is_some() {
        return Err(AddError::LoginTaken(new.login.clone()));
    }
    if is_address_taken(tx, &new.email).await? {
        return Err(AddError::AddressTaken);
    }
    let plain = new.password.clone().unwrap_or_else(password::generate);
    let hash = password::hash_of_customer(settings, &new.login, &plain);
    let mut pairs: Vec<(C, Expr)> = vec![
        (C::Login, new.login.as_str().into()),
        (C::Email, new.email.as_str().into()),
        (C::CustomerId, new.customer_id.as_str().into()),
        (C::Pw, hash.into()),
        (C::FirstName, new.first_name.as_str().into()),
        (C::LastName, new.last_name.as_str().into()),
        (C::ValidId, 1_i16.into()),
        (C::CreateTime, stamp.at.into()),
        (C::CreateBy, stamp.by.0.into()),
        (C::ChangeTime, stamp.at.into()),
        (C::ChangeBy, stamp.by.0.into()),
    ];
    let backends = Backends::of(settings);
    let mapped = backends
        .customer_users
        .first()
        .map(|first| first.map.as_slice());
    for column in [
        C::Title,
        C::Phone,
        C::Fax,
        C::Mobile,
        C::Street,
        C::Zip,
        C::City,
        C::Country,
        C::Comments,
    ] {
        let mut named = mapped.unwrap_or_default().iter();
        if named.any(|(_, name)| name == column.name()) {
            pairs.push((column, "".into()));
        }
    }
    tx.execute_one(&new_row(C::Table, pairs)).await?;
    Ok(())
}

async fn is_address_taken(tx: &mut Tx, email: &str) -> Result<bool, DbError> {
    use t::CustomerUser as C;
    let same = tx.same_text(Expr::col(C::Email), email);
    let query = Query::select()
        .column(C::Id)
        .from(C::Table)
        .and_where(same)
        .limit(1)
        .to_owned();
    Ok(tx.fetch_optional::<(i32,)>(&query).await?.is_some())
}

/// Sets a customer user's password; nothing else of the row changes.
pub async fn set_password(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
    plain: &str,
) -> Result<(), DbError> {
    let hash = password::hash_of_customer(settings, login, plain);
    let update = Query::update()
        .table(t::CustomerUser::Table)
        .value(t::CustomerUser::Pw, hash)
        .and_where(Expr::col(t::CustomerUser::Login).eq(login))
        .to_owned();
    tx.execute(&update).await.map(drop)
}
