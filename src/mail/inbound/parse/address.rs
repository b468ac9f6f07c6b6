//! Lists of addresses in headers, each address in the same form: `Name <address> (comment)`.
//!
//! Source: what the reference system keeps of some fifty headers.

use std::sync::LazyLock;

use regex::Regex;

use super::header::words;

/// The addresses in a header's text with commas between them: encoded words read, names with commas and the like in
/// quotation marks, white space between words one space, and nothing where no address is.
pub fn list(text: &str) -> String {
    let tokens = tokens(text);
    let mut found: Vec<String> = Vec::new();
    let mut current = Address::default();
    let mut bracketed = false;
    // Whether a bracket opens before the next comma, for each token.
    let mut opens = vec![false; tokens.len()];
    for at in (0..tokens.len()).rev() {
        opens[at] = match tokens[at] {
            "<" => true,
            "," | ";" => false,
            _ => opens.get(at + 1).copied().unwrap_or(false),
        };
    }
    // A name may stand before a bracket, and only there.
    let mut is_named = opens.first().copied().unwrap_or(false);
    for (at, token) in tokens.into_iter().enumerate() {
        match token {
            "<" => bracketed = true,
            ">" => bracketed = false,
            "," | ";" => {
                current.end(&mut found);
                bracketed = false;
                is_named = opens.get(at + 1).copied().unwrap_or(false);
            }
            comment if comment.starts_with('(') => current.comments.push(comment),
            part if bracketed => current.mailbox.push(part),
            word if is_named => current.name.push(word),
            part => {
                if current.is_complete_before(part) {
                    current.end(&mut found);
                }
                current.mailbox.push(part);
            }
        }
    }
    current.end(&mut found);
    found.join(", ")
}

#[derive(Default)]
struct Address<'t> {
    name: Vec<&'t str>,
    mailbox: Vec<&'t str>,
    comments: Vec<&'t str>,
}

impl<'t> Address<'t> {
    /// Whether this part begins another address: two words stand beside each other.
    fn is_complete_before(&self, part: &'t str) -> bool {
        let joins = |part: &str| matches!(part, "." | "@" | ":");
        self.mailbox.last().is_some_and(|last| !joins(last)) && !joins(part)
    }

    fn end(&mut self, found: &mut Vec<String>) {
        let this = std::mem::take(self);
        let mut parts = Vec::new();
        let name = words(&this.name.join(" "));
        let address = words(&this.mailbox.concat());
        if !name.is_empty() {
            parts.push(quoted(name));
        }
        if !address.is_empty() {
            let is_bare = parts.is_empty();
            parts.push(if is_bare {
                address
            } else {
                format!("<{address}>")
            });
        }
        let comment = words(&this.comments.join(" "));
        if !comment.is_empty() {
            let is_closed = comment.ends_with(')');
            parts.push(if is_closed { comment } else { comment + ")" });
        }
        if !parts.is_empty() {
            found.push(parts.join(" "));
        }
    }
}

/// A name that is more than words needs quotation marks, unless it has some.
fn quoted(name: String) -> String {
    static WORDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r"\A[\w\s!#$%&'*+/=?^`{|}~-]*\z")
            .unwrap_or_else(|error| unreachable!("a constant pattern: {error}"))
    });
    if name.contains('"') || WORDS.is_match(&name) {
        name
    } else {
        format!("\"{name}\"")
    }
}

/// Words, texts in quotation marks, comments in parentheses, and the characters that mean something.
fn tokens(text: &str) -> Vec<&str> {
    let bytes = text.as_bytes();
    let mut found = Vec::new();
    // A quotation mark or bracket that nothing closes is a character like others, and so are those behind it.
    let (mut closes_quotes, mut closes_brackets) = (true, true);
    let mut at = 0;
    while at < bytes.len() {
        let start = at;
        at = match bytes[start] {
            byte if byte.is_ascii_whitespace() => {
                at += 1;
                continue;
            }
            b'"' if closes_quotes => {
                let end = quotation_end(bytes, start);
                closes_quotes = end.is_some();
                end.unwrap_or(start + 1)
            }
            b'(' => comment_end(bytes, start),
            b'[' if closes_brackets => {
                let length = bytes[start..].iter().position(|byte| *byte == b']');
                closes_brackets = length.is_some();
                length.map_or(start + 1, |length| start + length + 1)
            }
            byte if is_special(byte) => start + 1,
            _ => {
                let is_end = |byte: &u8| is_special(*byte) || byte.is_ascii_whitespace();
                let length = bytes[start..].iter().position(is_end);
                length.map_or(bytes.len(), |length| start + length)
            }
        };
        found.push(&text[start..at]);
    }
    found
}

fn is_special(byte: u8) -> bool {
    b"()<>@,;:\\\".[]".contains(&byte)
}

fn quotation_end(bytes: &[u8], start: usize) -> Option<usize> {
    let mut at = start + 1;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'"' => return Some(at + 1),
            _ => {}
        }
        at += 1;
    }
    None
}

/// Comments may stand in comments; one that nothing closes ends with the text.
fn comment_end(bytes: &[u8], start: usize) -> usize {
    let mut depth = 0_usize;
    let mut at = start;
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 1,
            b'(' => depth += 1,
            b')' => depth -= 1,
            _ => {}
        }
        at += 1;
        if depth == 0 {
            return at;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn addresses_have_one_form() {
        for (text, expected) in [
            (
                "  Alice   Abel   <alice@acme.example>  ",
                "Alice Abel <alice@acme.example>",
            ),
            (
                "alice@acme.example (Alice Abel)",
                "alice@acme.example (Alice Abel)",
            ),
            (
                "\"Abel, Alice\" <a@x.example>",
                "\"Abel, Alice\" <a@x.example>",
            ),
            (
                "=?utf-8?Q?M=C3=BCller=2C_J?= <a@x.example>",
                "\"Müller, J\" <a@x.example>",
            ),
            (
                "\"=?utf-8?Q?J=C3=BC?=\" <a@x.example>",
                "\"Jü\" <a@x.example>",
            ),
            ("<>", ""),
            ("Somebody", "Somebody"),
            (
                "Friends: a@x.example, b@x.example;",
                "Friends:a@x.example, b@x.example",
            ),
            ("Some Body", "Some, Body"),
            ("A.B <a@x.example>", "\"A . B\" <a@x.example>"),
            ("A [B] <a@x.example>", "\"A [B]\" <a@x.example>"),
            ("=?utf-8?Q?a@b?= <a@x.example>", "\"a @ b\" <a@x.example>"),
            ("Alice < alice @ x.example", "Alice <alice@x.example>"),
            ("\"Open <a@x.example>", "\" Open <a@x.example>"),
            ("(open a@x.example", "(open a@x.example)"),
            ("A <a@x.example> (c) x", "A x <a@x.example> (c)"),
            ("undisclosed-recipients:;", "undisclosed-recipients:"),
            ("a@x.example,b@x.example", "a@x.example, b@x.example"),
        ] {
            assert_eq!(list(text), expected, "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_list_is_too_strange(text: String, pieces in "[\"()<>@,;: a\\\\]{0,60}") {
            prop_assert!(list(&pieces).len() <= 6 * pieces.len() + 2);
            list(&text);
        }
    }
}
