//! Otterdesk: an OTRS-compatible help desk server.

pub mod generic_interface;
