//! Mail that comes in and goes out.

mod account;
mod communication_log;
mod lmtp;
mod outgoing;
mod pipe;
mod process;
mod support;
