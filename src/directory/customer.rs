//! New customer users, and their passwords.

use schema::{DbError, Tx};
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use super::{
    address,
    backend::{Backend, Backends, Kind},
    record::{self, CustomerRecord},
};
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
    /// Without one nobody signs in.
    pub password: Option<String>,
}

/// Why a customer user is not added or changed.
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
    #[error("Customer backend is read only!")]
    ReadOnly,
    #[error("The setting CustomerUser names no table.")]
    Nowhere,
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a valid customer user to the first back end.
///
/// Source: the rows that the reference system's `Admin::CustomerUser::Add` writes, into its own table and into one with
/// other columns: what the `Map` of the setting `CustomerUser` names and nobody gave is an empty text or 0, and no password
/// is none.
pub async fn add(
    tx: &mut Tx,
    settings: &Settings,
    stamp: Stamp,
    new: &NewCustomer,
) -> Result<(), AddError> {
    let given = [
        ("UserFirstname", &new.first_name),
        ("UserLastname", &new.last_name),
        ("UserLogin", &new.login),
        ("UserEmail", &new.email),
        ("UserCustomerID", &new.customer_id),
    ];
    if let Some((what, _)) = given.iter().find(|(_, value)| value.is_empty()) {
        return Err(AddError::Missing(what));
    }
    let backends = Backends::of(settings);
    let backend = backends.customer_users.first().ok_or(AddError::Nowhere)?;
    if backend.read_only {
        return Err(AddError::ReadOnly);
    }
    if !address::is_acceptable(settings, &new.email) {
        return Err(AddError::BadAddress(new.email.clone()));
    }
    if record::customer(tx, settings, &new.login).await?.is_some() {
        return Err(AddError::LoginTaken(new.login.clone()));
    }
    if is_address_taken(tx, backend, &new.email).await? {
        return Err(AddError::AddressTaken);
    }
    let hash = new
        .password
        .as_ref()
        .map(|plain| password::hash_of_customer(settings, &new.login, plain));
    let value = |name: &str, kind| {
        let given = given.iter().find(|(known, _)| *known == name);
        match (given, name, kind) {
            (Some((_, text)), ..) => Some(text.as_str().into()),
            (None, "UserPassword", _) => hash.clone().map(Expr::from),
            (None, "ValidID", _) => Some(1_i16.into()),
            (None, _, Kind::Number) => Some(0_i16.into()),
            (None, _, Kind::Text) => Some("".into()),
        }
    };
    backend.insert(tx, stamp, value).await?;
    Ok(())
}

async fn is_address_taken(tx: &mut Tx, backend: &Backend, email: &str) -> Result<bool, DbError> {
    let column = backend.column_of("UserEmail");
    let Some(column) = column.filter(|_| backend.is_on("CustomerUserEmailUniqCheck")) else {
        return Ok(false);
    };
    let same = tx.same_text(Expr::col(Alias::new(column)), email);
    Ok(backend.find(tx, same).await?.is_some())
}

/// Sets a customer user's password where it is kept; nothing else of the row changes. A back end without passwords stays
/// as it is.
///
/// Errors: [`AddError::ReadOnly`], of the database.
pub async fn set_password(
    tx: &mut Tx,
    settings: &Settings,
    customer: &CustomerRecord,
    plain: &str,
) -> Result<(), AddError> {
    let backend = &customer.backend;
    if backend.read_only {
        return Err(AddError::ReadOnly);
    }
    let Some(column) = backend.column_of("UserPassword") else {
        return Ok(());
    };
    let hash = password::hash_of_customer(settings, &customer.login, plain);
    let update = Query::update()
        .table(backend.table())
        .value(Alias::new(column), hash)
        .and_where(Expr::col(Alias::new(&backend.key)).eq(customer.login.as_str()))
        .to_owned();
    tx.execute(&update).await?;
    Ok(())
}
