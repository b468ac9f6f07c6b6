//! Perl's Storable: the binary form in which OTRS keeps structured values (`sessions.data_value` with
//! `serialized = 1`, the mail queue, scheduler tasks, form drafts, cache files).
//!
//! [`read`] takes images in network order (`nfreeze`, what OTRS writes) and in the machine's own order (`freeze`),
//! with and without the mark of a file (`pst0`). [`nfreeze`] and [`freeze`] write them. In table columns the image
//! is base 64 in lines of 76 letters: [`from_base64`] and [`to_base64`].
//!
//! What the shared [`Value`](crate::Value) type cannot hold is refused with its name: objects of a class, code,
//! patterns, tied variables, references to scalars, structures that contain themselves. A structure that is shared
//! by two places is read as two copies. Texts keep Perl's distinction: with Perl's UTF-8 mark, or ASCII only, they
//! are [`Value::Text`](crate::Value::Text); other unmarked ones are [`Value::Bytes`](crate::Value::Bytes).
//!
//! Source: perl's manual page of Storable and images made with Storable 3.26.

mod read;
mod write;

pub use read::{from_base64, read};
pub use write::{freeze, nfreeze, to_base64};

/// Lists and hashes may be nested this deep.
pub const MAX_DEPTH: usize = 100;
/// An image may have this many values; copies of shared ones count, and long texts more than once.
pub const MAX_VALUES: usize = 1_000_000;

/// Why an image was refused, and at which byte, counted from 0.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("byte {offset}: {problem}")]
pub struct StorableError {
    pub offset: usize,
    pub problem: Problem,
}

/// What was wrong at that byte.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("no Storable image of version 2")]
    Version,
    #[error("made on a machine with other sizes of numbers")]
    Machine,
    #[error("the image ends too early")]
    Truncated,
    #[error("unknown type {0}")]
    Type(u8),
    #[error("an object of the class `{0}`")]
    Object(String),
    #[error("{0}, which is no plain data")]
    Refused(&'static str),
    #[error("a structure that contains itself")]
    Cycle,
    #[error("a reference to a value that was not there before")]
    Tag,
    #[error("a key that is no valid UTF-8")]
    Key,
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    #[error("more than {MAX_VALUES} values")]
    Values,
    #[error("bytes after the end of the image")]
    Trailing,
    #[error("no valid base 64")]
    Base64,
}

/// The type bytes of the format.
mod code {
    pub const SHARED: u8 = 0;
    pub const LONG_SCALAR: u8 = 1;
    pub const ARRAY: u8 = 2;
    pub const HASH: u8 = 3;
    pub const REFERENCE: u8 = 4;
    pub const UNDEF: u8 = 5;
    pub const INTEGER: u8 = 6;
    pub const DOUBLE: u8 = 7;
    pub const BYTE: u8 = 8;
    pub const NETWORK_INTEGER: u8 = 9;
    pub const SCALAR: u8 = 10;
    pub const TIED_ARRAY: u8 = 11;
    pub const TIED_HASH: u8 = 12;
    pub const TIED_SCALAR: u8 = 13;
    pub const THE_UNDEF: u8 = 14;
    pub const YES: u8 = 15;
    pub const NO: u8 = 16;
    pub const BLESSED: u8 = 17;
    pub const BLESSED_AGAIN: u8 = 18;
    pub const HOOK: u8 = 19;
    pub const OVERLOADED: u8 = 20;
    pub const TIED_KEY: u8 = 21;
    pub const TIED_INDEX: u8 = 22;
    pub const UTF8: u8 = 23;
    pub const LONG_UTF8: u8 = 24;
    pub const FLAG_HASH: u8 = 25;
    pub const CODE: u8 = 26;
    pub const WEAK_REFERENCE: u8 = 27;
    pub const WEAK_OVERLOADED: u8 = 28;
    pub const VERSION: u8 = 29;
    pub const LONG_VERSION: u8 = 30;
    pub const UNDEF_ELEMENT: u8 = 31;
    pub const PATTERN: u8 = 32;
    pub const TRUE: u8 = 34;
    pub const FALSE: u8 = 35;
}

/// The marks of a key in a hash with marks.
mod key {
    /// The bytes are UTF-8.
    pub const UTF8: u8 = 1;
    /// The bytes are Latin-1, of a text that once was UTF-8.
    pub const WAS_UTF8: u8 = 2;
    /// The key is no text but a value of its own.
    pub const VALUE: u8 = 8;
    /// The key is only reserved, in a hash whose keys are fixed.
    pub const PLACEHOLDER: u8 = 16;
}
