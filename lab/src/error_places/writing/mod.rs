//! The places where `TicketCreate` and `TicketUpdate` refuse: every text that they answer, with cases that are answered so.
//!
//! The reference counts places in its code (32 and 17, 31 and 14 for parameters that are not valid or missing); one place
//! that names its parameter has several texts here. Which texts there are beside these is not known from outside.

use super::Place;

mod create;
mod update;

/// Every refusal of the writing operations that a recorded case shows.
pub fn places() -> impl Iterator<Item = &'static Place> {
    create::PLACES.iter().chain(update::PLACES)
}
