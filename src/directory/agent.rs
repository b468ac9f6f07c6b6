//! New agents, and their passwords.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{
    Agent, UserId, address,
    preferences::{self, Owner},
    record,
};
use crate::{auth::password, clock::Stamp, settings::Settings};

/// An agent to be.
#[derive(Clone, Debug)]
pub struct NewAgent {
    pub login: String,
    pub first_name: String,
    pub last_name: String,
    pub email: String,
    /// A random one that nobody knows when there is none.
    pub password: Option<String>,
}

/// Why somebody is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("Email address ({0}) not valid!")]
    BadAddress(String),
    #[error("A user with the username '{0}' already exists.")]
    LoginTaken(String),
    #[error("Need {0}!")]
    Missing(&'static str),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a valid agent; gives their key. An address may belong to several agents.
///
/// Source: the rows that the reference system's `Admin::User::Add` writes.
pub async fn add(
    tx: &mut Tx,
    settings: &Settings,
    stamp: Stamp,
    new: &NewAgent,
) -> Result<UserId, AddError> {
    use t::Users as U;
    for (what, value) in [
        ("UserFirstname", &new.first_name),
        ("UserLastname", &new.last_name),
        ("UserLogin", &new.login),
        ("UserEmail", &new.email),
    ] {
        if value.is_empty() {
            return Err(AddError::Missing(what));
        }
    }
    if !address::is_acceptable(settings, &new.email) {
        return Err(AddError::BadAddress(new.email.clone()));
    }
    if record::agent(tx, &new.login).await?.is_some() {
        return Err(AddError::LoginTaken(new.login.clone()));
    }
    let plain = new.password.clone().unwrap_or_else(password::generate);
    let hash = password::hash_of_agent(settings, &new.login, &plain);
    let insert = new_row(
        U::Table,
        [
            (U::Login, new.login.as_str().into()),
            (U::Pw, hash.into()),
            (U::FirstName, new.first_name.as_str().into()),
            (U::LastName, new.last_name.as_str().into()),
            (U::ValidId, 1_i16.into()),
            (U::CreateTime, stamp.at.into()),
            (U::CreateBy, stamp.by.0.into()),
            (U::ChangeTime, stamp.at.into()),
            (U::ChangeBy, stamp.by.0.into()),
        ],
    );
    let id = UserId(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX));
    preferences::set(tx, Owner::Agent(id), "UserEmail", &new.email).await?;
    Ok(id)
}

/// Sets an agent's password; nothing else of the row changes.
pub async fn set_password(
    tx: &mut Tx,
    settings: &Settings,
    agent: &Agent,
    plain: &str,
) -> Result<(), DbError> {
    let hash = password::hash_of_agent(settings, &agent.login, plain);
    let update = Query::update()
        .table(t::Users::Table)
        .value(t::Users::Pw, hash)
        .and_where(Expr::col(t::Users::Id).eq(agent.id))
        .to_owned();
    tx.execute(&update).await.map(drop)
}
