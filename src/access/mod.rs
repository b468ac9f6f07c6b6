//! What somebody may do.

pub mod groups;
