//! HTML as the plain text that OTRS keeps of it beside the HTML: quotes with `> `, links as footnotes, lines of at most
//! 78 characters.
//!
//! Source: what the reference system made of the pieces in `fixtures/article/html_text.json`. It knows few elements and
//! no nesting: a quote ends at the first end of a quote. Every step is linear in the length of the HTML.

use std::{fmt::Write as _, sync::LazyLock};

use regex::{Captures, Regex};

mod entities;

/// Characters of a line at most, where it has white space to break at.
const WIDTH: usize = 78;
/// Stands for a part that is put in later; a character that no text may have.
const PLACE: char = '\u{FDD0}';
/// Digits behind [`PLACE`]: the reference system breaks lines as if what stands for a quote had 19 characters.
const DIGITS: usize = 18;

macro_rules! patterns {
    ($($name:ident = $pattern:literal;)+) => {
        $(static $name: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new($pattern).ok());)+

        #[cfg(test)]
        fn all_patterns() -> Vec<(&'static str, bool)> {
            vec![$((stringify!($name), $name.is_some())),+]
        }
    };
}

patterns! {
    LINK = r#"(?i)<a\s.*?href=(?:"(.*?)"|'(.*?)').*?>"#;
    QUOTE = r"(?is)<blockquote[^>]*>(.+?)</blockquote>";
    CITE = r#"(?is)<div[^>]*type="cite"[^>]*>(.+?)</div>"#;
    LITERAL = r"(?is)<(?:pre[^>]*>(.*?)</pre>|code[^>]*>(.*?)</code>)";
    LINE_END_BEHIND_BREAK = r"(?i)(<br[^>]*>)\r?\n\s*";
    LINE_ENDS = r"[\r\n]+\s*";
    STYLE = r"(?is)<style[^>]*>.*?</style>";
    COMMENT = r"(?s)<!--.*?-->";
    CELL_END = r"(?i)</td>";
    SPACES = r" {2,}";
    BREAK = r"(?i)<br[^>]*>";
    PARAGRAPH = r"(?i)<(?:/?p|hr|/?table|t[rh])[^>]*>|</[ou]l>";
    ITEM = r"(?i)<li>";
    BLOCK_END = r"(?i)</div>";
    TAG = r"<[^>]+>";
    REFERENCE = r"&(#[0-9]+;?|#[xX][0-9a-fA-F]+;?|\w+;?)";
    EMPTY_LINES = r"(?m)^\s*\n\s*\n";
    LINE = r"(.{4,78})(?:\s|\z)";
    PLACED = r"\x{FDD0}([0-9]{18})";
}

fn replace(
    text: &str,
    pattern: &LazyLock<Option<Regex>>,
    by: impl FnMut(&Captures<'_>) -> String,
) -> String {
    match &**pattern {
        Some(pattern) => pattern.replace_all(text, by).into_owned(),
        None => text.to_owned(),
    }
}

/// The plain text of a piece of HTML.
pub fn from_html(html: &str) -> String {
    let mut links = Vec::new();
    let html = html.replace(PLACE, "\u{FFFD}");
    let html = replace(&html, &LINK, |found| {
        links.push(group(found));
        format!("[{}]", links.len())
    });
    let mut text = converted(&html);
    if !links.is_empty() {
        text.push_str("\n\n");
        for (index, link) in links.iter().enumerate() {
            let _ = writeln!(text, "[{}] {link}", index + 1);
        }
    }
    text
}

/// What the first group matched that took part.
fn group(found: &Captures<'_>) -> String {
    let mut groups = found.iter().skip(1).flatten();
    groups.next().map_or("", |found| found.as_str()).to_owned()
}

fn converted(html: &str) -> String {
    let mut quotes = Vec::new();
    let mut quote = |found: &Captures<'_>| {
        quotes.push(quoted(&converted(&group(found))));
        placed(quotes.len() - 1)
    };
    let text = replace(html, &QUOTE, &mut quote);
    let text = replace(&text, &CITE, &mut quote);
    let text = with_lines(text.trim_start());
    let text = wrapped(&replace(&text, &EMPTY_LINES, |_| "\n".to_owned()));
    put_in(&text, &quotes)
}

/// Elements become line ends and marks, what is left of them goes, and references become characters.
fn with_lines(html: &str) -> String {
    let mut literals = Vec::new();
    let text = replace(html, &LITERAL, |found| {
        literals.push(format!("\n\n{}\n\n", group(found)));
        // Numbers of quotes are never this high, so both kinds can stand in one text.
        placed(LITERALS + literals.len() - 1)
    });
    let text = replace(&text, &LINE_END_BEHIND_BREAK, group);
    let text = replace(&text, &LINE_ENDS, |_| " ".to_owned());
    let text = replace(&text, &STYLE, |_| String::new());
    let text = replace(&text, &COMMENT, |_| String::new());
    let text = replace(&text, &CELL_END, |_| " ".to_owned());
    let text = replace(&text, &SPACES, |_| " ".to_owned());
    let text = replace(&text, &BREAK, |_| "\n".to_owned());
    let text = replace(&text, &PARAGRAPH, |_| "\n\n".to_owned());
    let text = replace(&text, &ITEM, |_| "\n - ".to_owned());
    let text = replace(&text, &BLOCK_END, |_| "\n".to_owned());
    let text = replace(&text, &PLACED, |found| {
        let number = number(found).and_then(|number| number.checked_sub(LITERALS));
        let literal = number.and_then(|number| literals.get(number));
        literal.map_or_else(|| found[0].to_owned(), Clone::clone)
    });
    let text = replace(&text, &TAG, |_| String::new());
    replace(&text, &REFERENCE, |found| {
        character(&found[1]).map_or_else(|| found[0].to_owned(), String::from)
    })
}

/// The numbers from here on stand for literal parts.
const LITERALS: usize = 1 << 40;

fn placed(number: usize) -> String {
    format!("{PLACE}{number:0DIGITS$}")
}

fn number(found: &Captures<'_>) -> Option<usize> {
    found.get(1)?.as_str().parse().ok()
}

fn put_in(text: &str, parts: &[String]) -> String {
    replace(text, &PLACED, |found| {
        let part = number(found).and_then(|number| parts.get(number));
        part.cloned().unwrap_or_default()
    })
}

/// Each line with the mark of a quote, and a line end behind all.
fn quoted(text: &str) -> String {
    let mut quoted = String::new();
    for line in text.split_inclusive('\n') {
        quoted.push_str("> ");
        quoted.push_str(line);
    }
    quoted.push('\n');
    quoted
}

/// Once a line is too long, every line is broken at white space, and also the last one ends with a line end.
fn wrapped(text: &str) -> String {
    if text.split('\n').all(|line| line.chars().count() <= WIDTH) {
        return text.to_owned();
    }
    replace(text, &LINE, |found| format!("{}\n", &found[1]))
}

/// What a reference stands for; `None` for one that stays as it is.
fn character(reference: &str) -> Option<char> {
    let name = reference.trim_end_matches(';');
    let Some(number) = name.strip_prefix('#') else {
        return entities::named(name);
    };
    let number = match number.strip_prefix(['x', 'X']) {
        Some(digits) => u32::from_str_radix(digits, 16),
        None => number.parse(),
    };
    match number.unwrap_or(u32::MAX) {
        0xD800..=0xDFFF => None,
        0xFFFE | 0xFFFF => Some(char::REPLACEMENT_CHARACTER),
        number => Some(char::from_u32(number).unwrap_or(char::REPLACEMENT_CHARACTER)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_is_one() {
        for (name, is_one) in all_patterns() {
            assert!(is_one, "{name}");
        }
    }

    #[test]
    fn text_is_what_the_reference_system_makes_of_the_html() {
        let pairs = include_str!("../../../fixtures/article/html_text.json");
        let pairs: Vec<(String, String)> = serde_json::from_str(pairs).unwrap();
        assert!(pairs.len() > 300);
        let different: Vec<_> = pairs
            .iter()
            .map(|(html, text)| (html, text, from_html(html)))
            .filter(|(_, text, ours)| *text != ours)
            .collect();
        assert!(different.is_empty(), "{different:#?}");
    }

    #[test]
    fn a_hostile_page_takes_no_longer_than_its_length() {
        for piece in [
            "<a ",
            "<blockquote>",
            "<!--",
            "<pre>",
            "<style",
            "&",
            "\n ",
            "\u{FDD0}000000000000000000",
        ] {
            let html = piece.repeat(200_000 / piece.len());
            let text = from_html(&format!(
                "<blockquote>{}</blockquote>{html}",
                "x".repeat(10_000)
            ));
            assert!(text.len() < 2_000_000, "{piece}");
        }
    }
}
