//! What the doors show, tested on a server with a database of its own.

#![expect(
    clippy::unwrap_used,
    reason = "a helper may fail like the test that calls it"
)]

mod acl;
mod article_create;
mod article_storage;
mod auth;
mod cli;
mod console;
mod crash;
mod customers;
mod daemon;
mod dynamic_field_write;
mod generic_interface;
mod integrity;
mod link;
mod mail;
mod merge;
mod notification;
mod outbox;
mod people;
mod settings;
mod support;
mod ticket;
mod ticket_create;
mod ticket_handler;
mod ticket_number;
mod ticket_timer;
mod ticket_update;
mod unequal;
