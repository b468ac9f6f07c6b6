//! Regular expressions of administrators on the texts of strangers: compiled once, and never long at work.
//!
//! Most patterns take as long as the text is long. Those that look around or refer back to groups may take far longer on
//! a text that was made for it: they see the beginning of the text only, give up after
//! [`compat::pattern::MAX_STEPS`] steps, and are not asked at all any more when that happened a few times with one mail.

use std::{fmt, sync::Arc};

use compat::{
    mail_address,
    pattern::{Groups, Pattern},
};
use moka::sync::Cache;

/// Patterns that are kept; more than anybody has filters.
const CAPACITY: u64 = 2_000;
/// Bytes of a text that patterns see which go back.
const BEGINNING: usize = 32 * 1024;
/// How often searches of one mail may give up.
const PATIENCE: u32 = 5;
/// What administrators write after this is looked for in the addresses of a header only.
const ADDRESS: &str = "EMAILADDRESS:";

/// Why nobody knows whether a pattern matches.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    #[error("the pattern `{0}` is no regular expression that we know")]
    NoPattern(String),
    #[error("the pattern `{0}` goes back too often on this mail")]
    GaveUp(String),
    #[error(
        "the pattern `{0}` is not tried any more, after others went back too often on this mail"
    )]
    NotTried(String),
}

type Compiled = Result<Arc<Pattern>, Refused>;

/// The patterns of filters, compiled.
#[derive(Clone)]
pub struct Patterns(Cache<String, Compiled>);

impl Default for Patterns {
    fn default() -> Self {
        Self(Cache::new(CAPACITY))
    }
}

impl fmt::Debug for Patterns {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Patterns").finish_non_exhaustive()
    }
}

impl Patterns {
    fn compiled(&self, pattern: &str) -> Compiled {
        if let Some(known) = self.0.get(pattern) {
            return known;
        }
        let compiled = Pattern::new(pattern)
            .map(Arc::new)
            .map_err(|_| Refused::NoPattern(pattern.to_owned()));
        self.0.insert(pattern.to_owned(), compiled.clone());
        compiled
    }
}

/// What a condition found: its first group.
#[derive(Debug, Eq, PartialEq)]
pub struct Found(pub Option<String>);

/// The searches for one mail.
#[derive(Debug)]
pub struct Searches {
    patterns: Patterns,
    gave_up: u32,
}

impl Searches {
    pub fn new(patterns: &Patterns) -> Self {
        Self {
            patterns: patterns.clone(),
            gave_up: 0,
        }
    }

    /// Looks for the pattern of a condition in a value, in whatever case it is written.
    ///
    /// Errors: [`Refused`].
    pub fn find(&mut self, pattern: &str, value: &str) -> Result<Option<Found>, Refused> {
        let Some(pattern) = pattern.strip_prefix(ADDRESS) else {
            let groups = self.groups(&format!("(?i){pattern}"), value)?;
            return Ok(groups.map(|groups| Found(groups.get(1).map(str::to_owned))));
        };
        let pattern = format!("(?i)^{pattern}$");
        for address in mail_address::each(value) {
            if self.groups(&pattern, &address)?.is_some() {
                return Ok(Some(Found(Some(address))));
            }
        }
        Ok(None)
    }

    /// The first match of a pattern as it is.
    ///
    /// Errors: [`Refused`].
    pub fn groups<'t>(
        &mut self,
        pattern: &str,
        text: &'t str,
    ) -> Result<Option<Groups<'t>>, Refused> {
        let compiled = self.patterns.compiled(pattern)?;
        if compiled.is_linear() {
            return Ok(compiled.groups(text));
        }
        if self.gave_up >= PATIENCE {
            return Err(Refused::NotTried(pattern.to_owned()));
        }
        let beginning = &text[..text.floor_char_boundary(BEGINNING)];
        compiled.try_groups(beginning).map_err(|_| {
            self.gave_up += 1;
            Refused::GaveUp(pattern.to_owned())
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(searches: &mut Searches, pattern: &str, value: &str) -> Option<String> {
        searches.find(pattern, value).unwrap()?.0
    }

    #[test]
    fn patterns_are_compiled_once() {
        let patterns = Patterns::default();
        let one = patterns.compiled("a+").unwrap();
        let other = patterns.compiled("a+").unwrap();
        assert!(Arc::ptr_eq(&one, &other));
        assert!(patterns.compiled("(").is_err());
    }

    #[test]
    fn case_does_not_count_and_addresses_are_whole() {
        let mut searches = Searches::new(&Patterns::default());
        assert_eq!(
            first(&mut searches, "INC-(\\d+)", "inc-12"),
            Some("12".to_owned())
        );
        let address = first(
            &mut searches,
            "EMAILADDRESS:a@x.example",
            "B <b@x.example>, A@x.example",
        );
        assert_eq!(address, Some("A@x.example".to_owned()));
        assert_eq!(searches.find("EMAILADDRESS:a@x", "a@x.example"), Ok(None));
    }

    #[test]
    fn a_hostile_text_is_given_up_a_few_times_and_then_not_looked_at() {
        let mut searches = Searches::new(&Patterns::default());
        let text = "a".repeat(BEGINNING);
        let hostile = |number: usize| format!("(a*)*\\1{{{number}}}(?!x)b");
        for number in 1..=PATIENCE as usize {
            let refused = searches.find(&hostile(number), &text);
            assert!(matches!(refused, Err(Refused::GaveUp(_))), "{refused:?}");
        }
        let refused = searches.find(&hostile(9), &text);
        assert!(matches!(refused, Err(Refused::NotTried(_))), "{refused:?}");
        assert_eq!(
            searches.find("^(a)", &text),
            Ok(Some(Found(Some("a".to_owned()))))
        );
    }
}
