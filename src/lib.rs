//! Otterdesk: an OTRS-compatible help desk server.

pub mod access;
pub mod app;
pub mod auth;
pub mod cli;
pub mod clock;
pub mod console;
pub mod daemon;
pub mod directory;
pub mod dynamic_field;
pub mod form;
pub mod generic_agent;
pub mod generic_interface;
pub mod mail;
pub mod notification;
pub mod outbox;
pub mod perl_cache;
pub mod recent;
pub mod remote_addr;
pub mod scheduler;
pub mod server;
pub mod settings;
pub mod ticket;
