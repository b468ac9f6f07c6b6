//! Proving who somebody is: passwords and sessions. What they may do is the business of `access`.

use crate::directory::{Agent, CustomerUser, UserId};

pub mod attempts;
pub mod password;
pub mod session;

/// Somebody who proved who they are.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Principal {
    Agent(Agent),
    Customer(CustomerUser),
}

impl Principal {
    /// The number under which this person's changes are kept: customers act as user 1.
    pub fn user_id(&self) -> UserId {
        match self {
            Self::Agent(agent) => agent.id,
            Self::Customer(_) => UserId::SYSTEM,
        }
    }

    pub fn login(&self) -> &str {
        match self {
            Self::Agent(agent) => &agent.login,
            Self::Customer(customer) => &customer.login,
        }
    }

    /// Whether this person's account is valid.
    pub fn is_valid(&self) -> bool {
        match self {
            Self::Agent(agent) => agent.valid,
            Self::Customer(customer) => customer.valid,
        }
    }
}
