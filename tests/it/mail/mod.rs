//! Mail that comes in and goes out.

mod account;
mod communication_log;
mod fuzz;
mod inbound;
mod lmtp;
mod outgoing;
mod pipe;
mod process;
mod support;
