//! What a database really has, whatever any release says that it should have.

mod server;

pub use server::table_names;
pub(crate) use server::{database_without_utf8mb4, release_creation_lock, take_creation_lock};
