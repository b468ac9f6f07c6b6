//! Mail that comes in and goes out.

pub mod communication_log;
