//! The database handle: the only code that asks which database this is.
//!
//! A [`Db`] is a pool. [`Db::begin`] opens a transaction, [`Db::read`] lends a connection without one; both give a [`Tx`],
//! so a reading verb serves both. Statements are built with sea-query and run here.

mod bulk;
mod columns;
mod connect;
mod error;
mod load;
mod narrow;
mod row;
mod run;
mod text;

pub use bulk::{Cell, Rows};
pub use columns::{Blob, LongText, Texts};
pub use connect::{Db, Dialect};
pub use error::DbError;
pub use load::Load;
pub use row::new_row;
pub use run::{FromAnyRow, Tx};
pub use text::Pattern;
