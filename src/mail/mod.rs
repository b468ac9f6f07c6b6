//! Mail that comes in and goes out.

pub mod account;
pub mod communication_log;
pub mod door;
pub mod inbound;
pub mod lmtp;
pub mod message;
pub mod outgoing;
pub mod pipe;
pub mod spool;
