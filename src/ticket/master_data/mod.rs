//! What tickets point to and administrators make: queues, addresses, types, services, templates of queues.
//!
//! Source: rows that the reference system's `Admin::*::Add` commands write.

use schema::DbError;

pub mod kind;
pub mod queue;
pub mod service;
pub mod system_address;
pub mod template;

/// Why something is not added.
#[derive(Debug, thiserror::Error)]
pub enum AddError {
    #[error("A {what} with the name '{name}' already exists.")]
    Taken { what: &'static str, name: String },
    #[error("Need Name!")]
    NoName,
    #[error("Can't add {what}! Invalid name '{name}'!")]
    BadName { what: &'static str, name: String },
    #[error("There is no system address with the number {0}.")]
    NoAddress(i32),
    #[error(transparent)]
    Db(#[from] DbError),
}
