//! Asks two servers the same questions: the reference system, and us; compares the answers and the rows they write.
//!
//! `compat` (the binary of this crate) sends every case to both, on the same database, and prints where the
//! answers differ; `compat --record` keeps the reference's answers as snapshots, which `make test` replays against
//! our server where there is no reference system.
//!
//! - [`case`] says what a request is, [`cases`] has all of them.
//! - [`client`] sends bytes as they are; [`run`] keeps the sessions that cases need.
//! - [`debug_log`] reads what requests leave in the debug log.
//! - [`error_places`] ticks off every refusal of the reading operations.
//! - [`load`] asks as fast as a server answers, for `bench`; `fill` makes the tickets for it.
//! - [`mail`] has the mails for the postmaster.
//! - [`notification`] has what people are told, and when.
//! - [`requests`] has web services that send, and takes what arrives.
//! - [`fixture`] has the rows that all of it is about.
//! - [`rows`] says what a request wrote; [`sequence`] makes random sequences of changes from seeds.
//! - [`server`] starts ours beside the reference system.
//! - [`redact`] makes answers comparable, [`deviation`] says which ones differ on purpose; [`snapshot`] keeps them in readable files.
//!
//! `seed/` fills a fresh reference system with the people and tickets that the cases ask for.
//!
//! A new case: one line in the room of its operation under `cases/`, then `compat --record` against both kinds of
//! reference database, and the new lines of the snapshot are read like code.

pub mod case;
pub mod cases;
pub mod client;
pub mod debug_log;
pub mod deviation;
pub mod error_places;
pub mod fixture;
pub mod load;
pub mod mail;
pub mod notification;
pub mod redact;
pub mod requests;
pub mod rows;
pub mod run;
pub mod sequence;
pub mod server;
pub mod snapshot;
