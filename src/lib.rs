//! Otterdesk: an OTRS-compatible help desk server.
