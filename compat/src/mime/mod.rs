//! How texts stand in a mail: encoded words, folded lines, quoted-printable.
//!
//! Source: messages of the reference system, which has them made by a well-known family of Perl modules; the texts in the
//! tests went through both.

mod fold;
mod quoted_printable;
mod words;

pub use fold::fold;
pub use quoted_printable::quoted_printable;
pub use words::words;
