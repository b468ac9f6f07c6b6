//! The YAML that OTRS keeps in its tables: settings (`sysconfig_default.effective_value`), web services
//! (`gi_webservice_config.config`), dynamic fields (`dynamic_field.config`).
//!
//! [`read`] takes YAML, but not all that YAML can do: no tags (they would name Perl or Ruby classes), one document,
//! keys that are plain texts, and limits on size, depth and aliases. [`write`] produces the text that the Perl
//! side's dumper (YAML::XS) produces for the same data, byte for byte, so that a row written here is the row it
//! would have written.
//!
//! Scalars follow Perl: only an unquoted `~`, `null` or nothing is `undef`; an unquoted number becomes a number
//! when that keeps its text (`007` and `1.50` stay texts); unquoted `true` is `1` and `false` the empty text;
//! everything else, `yes` included, is the text that it shows.

mod read;
mod write;

pub use read::read;
pub use write::write;

/// A text longer than this, in bytes, is refused. The longest value of a standard installation has some 20 kB.
pub const MAX_BYTES: usize = 8 * 1024 * 1024;
/// Lists and hashes may be nested this deep.
pub const MAX_DEPTH: usize = 100;
/// A document may use this many aliases.
pub const MAX_ALIASES: usize = 1_000;
/// A document may have this many values, those that aliases repeat included.
pub const MAX_VALUES: usize = 1_000_000;

/// Why a text was refused; lines and columns count from 1, columns in characters.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {problem}")]
pub struct YamlError {
    pub line: usize,
    pub column: usize,
    pub problem: Problem,
}

/// What was wrong at that place.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    #[error("{0}")]
    Syntax(String),
    #[error("the tag `{0}` is not allowed")]
    Tag(String),
    #[error("a key must be a text, not a list or a hash")]
    Key,
    #[error("an alias must refer to a finished value")]
    Alias,
    #[error("only one document is allowed")]
    Documents,
    #[error("longer than {MAX_BYTES} bytes")]
    Size,
    #[error("nested deeper than {MAX_DEPTH} levels")]
    Depth,
    #[error("more than {MAX_ALIASES} aliases")]
    Aliases,
    #[error("more than {MAX_VALUES} values")]
    Values,
}
