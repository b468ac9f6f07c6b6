//! OTRS's tables as data, their DDL, the doctor, and the handle that speaks three dialects.

pub mod db;
pub mod tables;

pub use db::{Blob, Db, DbError, Dialect, FromAnyRow, LongText, Tx};

#[cfg(any(test, feature = "testing"))]
pub mod testing;
