//! OTRS's formats and protocols: bytes in, types out. No database, no network, no clock.

pub mod value;

pub use value::{Map, Value};
