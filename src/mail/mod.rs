//! Mail that comes in and goes out.

pub mod communication_log;
pub mod message;
pub mod outgoing;
