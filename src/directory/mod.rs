//! Who exists: agents (`users`) and customer users (`customer_user`), with the companies they belong to.

pub mod address;
pub mod agent;
pub mod attributes;
pub mod company;
pub mod customer;
pub mod name;
pub mod preferences;
pub mod record;
mod store;

use schema::{DbError, Tx};

/// The key of an agent in `users`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct UserId(pub i32);

impl UserId {
    /// The user with number 1, in whose name the system itself and customers act.
    pub const SYSTEM: Self = Self(1);
}

impl std::fmt::Display for UserId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.0.fmt(f)
    }
}

impl From<UserId> for sea_query::Value {
    fn from(id: UserId) -> Self {
        id.0.into()
    }
}

/// An agent: somebody who works on tickets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Agent {
    pub id: UserId,
    /// As it is written in the database; the caller may have typed it in another case.
    pub login: String,
    pub first_name: String,
    pub last_name: String,
    pub title: Option<String>,
    pub valid: bool,
}

/// A customer user: somebody who opens tickets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct CustomerUser {
    pub login: String,
    pub email: String,
    pub first_name: String,
    pub last_name: String,
    /// The company of the customer user.
    pub customer_id: String,
    /// Every company that this customer user may act for, their own first.
    pub customer_ids: Vec<String>,
    pub valid: bool,
}

/// The agent with this number, valid or not.
pub async fn agent(tx: &mut Tx, id: UserId) -> Result<Option<Agent>, DbError> {
    store::find_agent(tx, id).await
}

/// The agent with this login, valid or not.
pub async fn agent_by_login(tx: &mut Tx, login: &str) -> Result<Option<Agent>, DbError> {
    store::find_agent_by_login(tx, login).await
}

/// The customer user with this login, valid or not.
pub async fn customer_user(tx: &mut Tx, login: &str) -> Result<Option<CustomerUser>, DbError> {
    store::find_customer_user(tx, login).await
}
