//! What one text in a list is compared with.

use super::Fact;
use crate::pattern::Pattern;

/// One text of a list: a value, or a test in brackets before it.
#[derive(Clone, Debug)]
pub struct Test {
    /// As the administrator wrote it.
    pub text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Is(String),
    /// `[Not]`.
    IsNot(String),
    /// `[RegExp]`, and `[regexp]` for either case.
    Matches(Pattern),
    /// `[NotRegExp]`, and `[Notregexp]` for either case.
    MatchesNot(Pattern),
    Never,
    Always,
}

/// A pattern that can not be read.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no regular expression that we know")]
pub struct BadPattern(pub String);

impl Test {
    /// The words in brackets count letter by letter. Without a pattern behind them `[RegExp]` and `[regexp]` match
    /// nothing. Other words that begin with `[Not` make the whole text a value that is not to be there.
    pub fn new(text: &str) -> Result<Self, BadPattern> {
        let kind = if let Some(pattern) = text.strip_prefix("[RegExp]") {
            matches(pattern, "")?.map_or(Kind::Never, Kind::Matches)
        } else if let Some(pattern) = text.strip_prefix("[regexp]") {
            matches(pattern, "(?i)")?.map_or(Kind::Never, Kind::Matches)
        } else if let Some(pattern) = text.strip_prefix("[NotRegExp]") {
            matches(pattern, "")?.map_or(Kind::Always, Kind::MatchesNot)
        } else if let Some(pattern) = text.strip_prefix("[Notregexp]") {
            matches(pattern, "(?i)")?.map_or(Kind::Always, Kind::MatchesNot)
        } else if let Some(value) = text.strip_prefix("[Not]") {
            Kind::IsNot(value.to_owned())
        } else if text.starts_with("[Not") {
            Kind::IsNot(text.to_owned())
        } else {
            Kind::Is(text.to_owned())
        };
        Ok(Self {
            text: text.to_owned(),
            kind,
        })
    }

    /// A test that nothing passes.
    pub fn never(text: &str) -> Self {
        Self {
            text: text.to_owned(),
            kind: Kind::Never,
        }
    }

    /// Of several values one has to be the right one, or none the wrong one.
    pub fn passes(&self, fact: &Fact) -> bool {
        match fact {
            Fact::One(value) => self.takes(value),
            Fact::Many(values) => match self.kind {
                Kind::IsNot(_) | Kind::MatchesNot(_) | Kind::Always => {
                    values.iter().all(|value| self.takes(value))
                }
                Kind::Is(_) | Kind::Matches(_) | Kind::Never => {
                    values.iter().any(|value| self.takes(value))
                }
            },
        }
    }

    /// Whether a single value passes.
    pub fn takes(&self, value: &str) -> bool {
        match &self.kind {
            Kind::Is(wanted) => wanted == value,
            Kind::IsNot(unwanted) => unwanted != value,
            Kind::Matches(pattern) => pattern.is_match(value),
            Kind::MatchesNot(pattern) => !pattern.is_match(value),
            Kind::Never => false,
            Kind::Always => true,
        }
    }
}

fn matches(given: &str, flags: &str) -> Result<Option<Pattern>, BadPattern> {
    if given.is_empty() {
        return Ok(None);
    }
    let pattern = Pattern::new(&format!("{flags}{given}"));
    pattern.map(Some).map_err(|_| BadPattern(given.to_owned()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn words_in_brackets_say_how_to_compare() {
        for (test, value, expected) in [
            ("Ops", "Ops", true),
            ("ops", "Ops", false),
            ("Ops ", "Ops", false),
            ("[Not]Ops", "Ops", false),
            ("[Not]Raw", "Ops", true),
            ("[Not]", "Ops", true),
            ("[Not]", "", false),
            ("[RegExp]^O", "Ops", true),
            ("[RegExp]^o", "Ops", false),
            ("[regexp]^o", "Ops", true),
            ("[RegExp]O(?=ps)", "Ops", true),
            ("[NotRegExp]^O", "Ops", false),
            ("[NotRegExp]^o", "Ops", true),
            ("[Notregexp]^o", "Ops", false),
            ("[Notregexp]^x", "Ops", true),
            // Words that nobody knows.
            ("[notregexp]^x", "Ops", false),
            ("[not]Raw", "Ops", false),
            ("[Regexp]^O", "Ops", false),
            (" [RegExp]^O", "Ops", false),
            ("[NotRegexp]^O", "Ops", true),
            ("[Not ]Ops", "Ops", true),
            // Nothing behind the words.
            ("[RegExp]", "Ops", false),
            ("[NotRegExp]", "Ops", true),
            ("", "", true),
            ("", "Ops", false),
        ] {
            assert_eq!(
                Test::new(test).unwrap().takes(value),
                expected,
                "{test} {value}"
            );
        }
        assert_eq!(
            Test::new("[RegExp](").unwrap_err().to_string(),
            "`(` is no regular expression that we know"
        );
    }

    #[test]
    fn of_several_values_one_is_right_or_none_is_wrong() {
        let many =
            |values: &[&str]| Fact::Many(values.iter().map(|value| (*value).to_owned()).collect());
        for (test, values, expected) in [
            ("a", &["a", "c"][..], true),
            ("b", &["a", "c"], false),
            ("[Not]a", &["a", "c"], false),
            ("[Not]b", &["a", "c"], true),
            ("[RegExp]^c", &["a", "c"], true),
            ("[NotRegExp]^c", &["a", "c"], false),
            ("[NotRegExp]^b", &["a", "c"], true),
            ("[Not]a", &[], true),
            ("[NotRegExp].", &[], true),
            ("", &[], false),
            ("[RegExp]^$", &[], false),
        ] {
            let test = Test::new(test).unwrap();
            assert_eq!(
                test.passes(&many(values)),
                expected,
                "{} {values:?}",
                test.text
            );
        }
    }

    proptest! {
        #[test]
        fn a_value_passes_a_test_or_its_opposite(value in "[ab]{0,3}", wanted in "[a-c]{1,2}") {
            for (yes, no) in [("", "[Not]"), ("[RegExp]", "[NotRegExp]"), ("[regexp]", "[Notregexp]")] {
                let yes = Test::new(&format!("{yes}{wanted}")).unwrap();
                let no = Test::new(&format!("{no}{wanted}")).unwrap();
                prop_assert_ne!(yes.takes(&value), no.takes(&value));
                let one = Fact::Many(vec![value.clone()]);
                prop_assert_eq!(yes.passes(&one), yes.takes(&value));
                prop_assert_eq!(no.passes(&one), no.takes(&value));
            }
        }

        #[test]
        fn no_text_panics(text in any::<String>(), value in any::<String>()) {
            if let Ok(test) = Test::new(&text) {
                let _ = test.takes(&value);
            }
        }
    }
}
