//! Who exists: agents (`users`) and customer users (`customer_user`, or the tables that the settings name), with the
//! companies they belong to.

pub mod address;
pub mod agent;
pub mod attributes;
pub mod backend;
pub mod company;
pub mod customer;
pub mod name;
pub mod preferences;
pub mod record;
mod store;

use schema::{DbError, Tx};

use crate::settings::Settings;

/// The row of `valid` that means *valid*; fresh installations and updates alike number it 1.
const VALID: i16 = 1;

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
pub async fn customer_user(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<Option<CustomerUser>, DbError> {
    let Some(record) = record::customer_in_any_case(tx, settings, login).await? else {
        return Ok(None);
    };
    let mut customer_ids = vec![record.customer_id.clone()];
    for id in more_ids(&record).chain(store::list_customer_ids(tx, &record.login).await?) {
        if !customer_ids.contains(&id) {
            customer_ids.push(id);
        }
    }
    Ok(Some(CustomerUser {
        login: record.login,
        email: record.email,
        first_name: record.first_name,
        last_name: record.last_name,
        customer_id: record.customer_id,
        customer_ids,
        valid: record.valid,
    }))
}

/// Further companies that stand in a column of the row, with semicolons between them.
fn more_ids(record: &record::CustomerRecord) -> impl Iterator<Item = String> {
    let found = record
        .attributes()
        .find(|(name, _)| *name == "UserCustomerIDs");
    let text = found.and_then(|(_, value)| value).unwrap_or_default();
    text.split(';')
        .map(str::trim)
        .filter(|id| !id.is_empty())
        .map(str::to_owned)
        .collect::<Vec<_>>()
        .into_iter()
}
