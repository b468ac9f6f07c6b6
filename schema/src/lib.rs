//! OTRS's tables as data, their DDL, the doctor, and the handle that speaks three dialects.

pub mod create;
pub mod db;
pub mod ddl;
pub mod detect;
pub mod doctor;
pub mod first_rows;
pub mod flavours;
pub mod live;
pub mod tables;

pub use db::{
    Blob, Cell, Db, DbError, Dialect, FromAnyRow, Load, LongText, Pattern, Rows, Texts, Tx, new_row,
};

#[cfg(any(test, feature = "testing"))]
pub mod testing;
