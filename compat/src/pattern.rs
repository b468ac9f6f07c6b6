//! Regular expressions as administrators write them for Perl.
//!
//! Most of them run in linear time; those that look around, refer back to groups or hold on to what they matched run
//! on an engine that goes back step by step, and give up after [`MAX_STEPS`].

use std::borrow::Cow;

/// How often a pattern may go back before it counts as not matching.
pub const MAX_STEPS: usize = 200_000;

/// A compiled regular expression.
#[derive(Clone, Debug)]
pub struct Pattern(Engine);

#[derive(Clone, Debug)]
enum Engine {
    Linear(regex::Regex),
    Stepwise(Box<fancy_regex::Regex>),
}

/// A text that is no regular expression, or one that we do not know.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no regular expression that we know")]
pub struct NoPattern(String);

/// A search that went back too often, see [`MAX_STEPS`]: nobody knows whether the text matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the search went back too often")]
pub struct GaveUp;

/// What the groups of a pattern matched; group 0 is the whole match.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Groups<'t> {
    groups: Vec<Option<&'t str>>,
    start: usize,
}

impl<'t> Groups<'t> {
    pub fn get(&self, group: usize) -> Option<&'t str> {
        self.groups.get(group).copied().flatten()
    }
}

impl Pattern {
    pub fn new(text: &str) -> Result<Self, NoPattern> {
        // The linear engine reads `x++` as a repetition of `x+`.
        let holds_on = ["++", "*+", "?+", "}+"]
            .iter()
            .any(|end| text.contains(end));
        if !holds_on && let Ok(regex) = regex::Regex::new(text) {
            return Ok(Self(Engine::Linear(regex)));
        }
        fancy_regex::RegexBuilder::new(&with_spaces(text))
            .backtrack_limit(MAX_STEPS)
            .build()
            .map(|regex| Self(Engine::Stepwise(Box::new(regex))))
            .map_err(|_| NoPattern(text.to_owned()))
    }

    /// A pattern for a whole text, as mappings have it: white space and comments in it do not count, a dot is any
    /// character, `^` and `$` are the ends of lines. Of alternatives the first one is bound to the beginning of the text
    /// only, the last one to its end.
    pub fn whole(text: &str) -> Result<Self, NoPattern> {
        let text_in_classes = with_space_in_classes(text);
        Self::new(&format!(r"(?xms)\A{text_in_classes}\z")).map_err(|_| NoPattern(text.to_owned()))
    }

    /// The names of groups, in the order of the pattern.
    pub fn names(&self) -> Vec<String> {
        let owned = |name: &str| name.to_owned();
        match &self.0 {
            Engine::Linear(regex) => regex.capture_names().flatten().map(owned).collect(),
            Engine::Stepwise(regex) => regex.capture_names().flatten().map(owned).collect(),
        }
    }

    pub fn is_match(&self, text: &str) -> bool {
        match &self.0 {
            Engine::Linear(regex) => regex.is_match(text),
            Engine::Stepwise(regex) => regex.is_match(text).unwrap_or(false),
        }
    }

    /// Whether the time that it takes grows no faster than the text.
    pub fn is_linear(&self) -> bool {
        matches!(self.0, Engine::Linear(_))
    }

    /// The first match; none when the search gave up.
    pub fn groups<'t>(&self, text: &'t str) -> Option<Groups<'t>> {
        self.try_groups(text).ok()?
    }

    /// The first match.
    ///
    /// Errors: [`GaveUp`].
    pub fn try_groups<'t>(&self, text: &'t str) -> Result<Option<Groups<'t>>, GaveUp> {
        match &self.0 {
            Engine::Linear(regex) => Ok(regex.captures(text).map(|found| Groups {
                start: found.get_match().start(),
                groups: found
                    .iter()
                    .map(|group| group.map(|group| group.as_str()))
                    .collect(),
            })),
            Engine::Stepwise(regex) => {
                let found = regex.captures(text).map_err(|_| GaveUp)?;
                Ok(found.map(|found| Groups {
                    start: found.get(0).map_or(0, |whole| whole.start()),
                    groups: found
                        .iter()
                        .map(|group| group.map(|group| group.as_str()))
                        .collect(),
                }))
            }
        }
    }

    /// What a group with a name matched in the first match.
    pub fn named<'t>(&self, text: &'t str, names: &[String]) -> Option<Vec<Option<&'t str>>> {
        match &self.0 {
            Engine::Linear(regex) => {
                let found = regex.captures(text)?;
                let group = |name: &String| found.name(name).map(|group| group.as_str());
                Some(names.iter().map(group).collect())
            }
            Engine::Stepwise(regex) => {
                let found = regex.captures(text).ok()??;
                let group = |name: &String| found.name(name).map(|group| group.as_str());
                Some(names.iter().map(group).collect())
            }
        }
    }

    /// Replaces the first match, as Perl does with a replacement in double quotes: `$1`, `${1}` and `$&` stand for what was
    /// matched, `\U`, `\L`, `\u`, `\l` and `\E` change the case, `\n` and `\t` are white space, and a backslash takes other
    /// characters as they are. A replacement with other variables is empty, as Perl knows none of them, and no code is ever run.
    pub fn replace_first<'t>(&self, text: &'t str, replacement: &str) -> Cow<'t, str> {
        let Some(groups) = self.groups(text) else {
            return Cow::Borrowed(text);
        };
        let matched = groups.get(0).unwrap_or_default();
        let (before, rest) = text.split_at(groups.start);
        let after = rest.strip_prefix(matched).unwrap_or_default();
        Cow::Owned(format!("{before}{}{after}", replaced(replacement, &groups)))
    }
}

/// `\h` is a space or a tab in Perl, and a hexadecimal digit in the engine that goes back.
fn with_spaces(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        if character != '\\' {
            out.push(character);
            continue;
        }
        match characters.next() {
            Some('h') => out.push_str(r"[\t\x20]"),
            Some(other) => out.extend(['\\', other]),
            None => out.push('\\'),
        }
    }
    out
}

/// Perl takes white space in a class such as `[a b]` as it stands where it does not count elsewhere; our engines do not.
fn with_space_in_classes(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut is_class = false;
    let mut characters = text.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                out.push(character);
                out.extend(characters.next());
                continue;
            }
            '[' => is_class = true,
            ']' => is_class = false,
            ' ' | '#' | '\t' if is_class => out.push('\\'),
            _ => {}
        }
        out.push(character);
    }
    out
}

#[derive(Clone, Copy, Default)]
enum Case {
    #[default]
    Kept,
    Upper,
    Lower,
}

/// A replacement under construction.
#[derive(Default)]
struct Replacement {
    text: String,
    case: Case,
    /// For the next character only.
    next: Case,
    /// Whether Perl would refuse the replacement.
    is_refused: bool,
}

impl Replacement {
    fn push(&mut self, text: &str) {
        for character in text.chars() {
            let case = match std::mem::take(&mut self.next) {
                Case::Kept => self.case,
                other => other,
            };
            match case {
                Case::Kept => self.text.push(character),
                Case::Upper => self.text.extend(character.to_uppercase()),
                Case::Lower => self.text.extend(character.to_lowercase()),
            }
        }
    }
}

fn replaced(replacement: &str, groups: &Groups<'_>) -> String {
    let mut out = Replacement::default();
    let mut rest = replacement;
    while let Some(at) = rest.find(['$', '@', '\\']) {
        let (before, special) = rest.split_at(at);
        out.push(before);
        let after = special.get(1..).unwrap_or_default();
        rest = match special.as_bytes().first() {
            Some(b'$') => variable(after, groups, &mut out),
            Some(b'@') => {
                let name = word(after);
                if name.is_empty() {
                    out.push("@");
                } else {
                    out.is_refused = true;
                }
                after.get(name.len()..).unwrap_or_default()
            }
            _ => escape(after, &mut out),
        };
    }
    out.push(rest);
    if out.is_refused {
        return String::new();
    }
    out.text
}

/// Adds what a variable stands for; gives the rest behind its name.
fn variable<'r>(after: &'r str, groups: &Groups<'_>, out: &mut Replacement) -> &'r str {
    if let Some(rest) = after.strip_prefix('&') {
        out.push(groups.get(0).unwrap_or_default());
        return rest;
    }
    let in_braces = after
        .strip_prefix('{')
        .and_then(|inside| inside.split_once('}'));
    let (name, rest) = in_braces.unwrap_or_else(|| {
        let name = word(after);
        (name, after.get(name.len()..).unwrap_or_default())
    });
    if name.is_empty() {
        out.push("$");
    } else if let Ok(group) = name.parse::<usize>()
        && group > 0
    {
        out.push(groups.get(group).unwrap_or_default());
    } else {
        out.is_refused = true;
    }
    rest
}

/// The digits, or the word, at the beginning.
fn word(text: &str) -> &str {
    let is_number = text.starts_with(|first: char| first.is_ascii_digit());
    let end = text.find(|character: char| {
        if is_number {
            !character.is_ascii_digit()
        } else {
            !character.is_alphanumeric() && character != '_'
        }
    });
    text.get(..end.unwrap_or(text.len())).unwrap_or_default()
}

fn escape<'r>(after: &'r str, out: &mut Replacement) -> &'r str {
    let mut rest = after.chars();
    match rest.next() {
        Some('U') => out.case = Case::Upper,
        Some('L') => out.case = Case::Lower,
        Some('E') => out.case = Case::Kept,
        Some('u') => out.next = Case::Upper,
        Some('l') => out.next = Case::Lower,
        Some('n') => out.push("\n"),
        Some('t') => out.push("\t"),
        Some('r') => out.push("\r"),
        // An octal number, whose character no key of XML may contain.
        Some(digit @ '0'..='7') => {
            let code = u8::try_from(digit.to_digit(8).unwrap_or_default()).unwrap_or_default();
            out.push(char::from(code).encode_utf8(&mut [0; 4]));
        }
        Some(other) => out.push(other.encode_utf8(&mut [0; 4])),
        None => {}
    }
    rest.as_str()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn patterns_look_around_refer_back_and_hold_on() {
        for (pattern, text, expected) in [
            ("a(?=b).*", "ab", true),
            ("a(?=b).*", "ac", false),
            ("(?!foo).*bar", "xbar", true),
            ("(?!foo).*bar", "foobar", false),
            ("(?<=a)b", "b", false),
            (r"(.)\1", "aa", true),
            (r"(.)\1", "ab", false),
            ("x++y", "xxy", true),
            ("x++x", "xxx", false),
            ("(?>a|ab)c", "abc", false),
            (r"\d{2,}", "1\u{665}", true),
            ("(?i)key", "KEY", true),
            ("a|b", "bc", false),
            ("z|y", "za", true),
            ("z|y", "ay", true),
            ("z|y", "az", false),
            ("t.*", "t\nx", true),
            (".", "\n", true),
            ("p q", "pq", true),
            ("p q", "p q", false),
            ("t # c", "tea", true),
            ("u$.v", "u\nv", true),
            ("r.*^s", "r\ns", true),
            ("W[x y]", "W ", true),
            (r"W[x# y](?=\z)", "W#", true),
            ("a$", "a\n", false),
            (r"a\h", "ab", false),
            (r"a\h", "a\t", true),
            (r"a\\h", r"a\h", true),
        ] {
            assert_eq!(
                Pattern::whole(pattern).unwrap().is_match(text),
                expected,
                "{pattern} {text}"
            );
        }
        assert_eq!(
            Pattern::whole("(").unwrap_err().to_string(),
            "`(` is no regular expression that we know"
        );
    }

    #[test]
    fn a_pattern_that_goes_back_too_often_matches_nothing() {
        let pattern = Pattern::whole(r"(a+)+\1b").unwrap();
        let started = std::time::Instant::now();
        assert!(!pattern.is_match(&"a".repeat(40)));
        assert!(started.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn the_first_match_is_replaced_as_in_double_quotes() {
        for (search, replacement, text, expected) in [
            ("a", "x", "aab", "xab"),
            ("(a)(b)", "$2$1", "aab", "aba"),
            ("(a)", "${1}z", "aab", "azab"),
            ("a", "$&", "aab", "aab"),
            ("(a)", "$10", "aab", "ab"),
            ("a", "@b", "aab", "ab"),
            ("a", "x$y{1}z", "aab", "ab"),
            ("(a)", r"\U$1", "aab", "Aab"),
            ("(a)(b)?", r"_\u$1-\U$1b\Ec\lX", "aab", "_A-ABcxab"),
            ("(a)", r"x\u$1\$\@\\.", "aab", r"xA$@\.ab"),
            ("a", r"\n", "aab", "\nab"),
            ("(a)", r"\1", "aab", "\u{1}ab"),
            ("a*", "y", "aab", "yb"),
            ("a(?=b)", "L", "aab", "aLb"),
            ("^", "n:", "a", "n:a"),
            ("c", "x", "aab", "aab"),
        ] {
            let pattern = Pattern::new(search).unwrap();
            assert_eq!(
                pattern.replace_first(text, replacement),
                expected,
                "{search} {replacement}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_pattern_and_no_replacement_panics(pattern in any::<String>(), replacement in r"[$@\\{}a-zUE0-9é]*", text in any::<String>()) {
            if let Ok(pattern) = Pattern::new(&pattern) {
                let _ = pattern.replace_first(&text, &replacement);
            }
            let _ = Pattern::new(".").unwrap().replace_first(&text, &replacement);
        }
    }
}
