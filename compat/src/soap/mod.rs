//! SOAP envelopes of the web services: reading requests, writing responses and faults, SOAPAction.
//!
//! Source: answers of the reference system to requests that carry every case in the tests.

pub mod action;
mod read;
mod write;

#[cfg(test)]
mod tests;

pub use read::{Envelope, SoapError, read};
pub use write::{Order, Unwritable, write, write_with_prefix};

/// The protocol's version, known by the envelope's name space.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Version {
    #[default]
    V1_1,
    V1_2,
}

impl Version {
    pub fn envelope(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/envelope/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-envelope",
        }
    }

    pub fn encoding(self) -> &'static str {
        match self {
            Self::V1_1 => "http://schemas.xmlsoap.org/soap/encoding/",
            Self::V1_2 => "http://www.w3.org/2003/05/soap-encoding",
        }
    }
}
