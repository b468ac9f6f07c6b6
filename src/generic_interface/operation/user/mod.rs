//! Operations on agents.

pub mod out_of_office;
