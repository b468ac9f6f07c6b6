//! What people are told without asking: notifications of events, and automatic answers to what customers write.
//!
//! - [`placeholder`] gathers what the tags of a text stand for, such as `<OTRS_TICKET_Title>`.
//! - [`auto_response`] answers an article within the operation that writes it.
//! - [`event`] is a consumer of the outbox: each operation has its notifications exactly once.
//!
//! Mails go out by [`crate::mail::outgoing`]. Notifications by SMS, in the browser and by web services do not exist here;
//! the log says so when one is configured.

pub mod auto_response;
pub mod event;
pub mod language;
pub mod placeholder;
pub(crate) mod store;
pub mod subject;
pub mod text;

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;
