//! Long header lines.

use std::sync::LazyLock;

use regex::Regex;

/// Letters of a line, with its end, that need no folding.
const LENGTH: usize = 79;
/// A line is broken at white space behind so many letters at least and at most.
const SHORTEST: usize = 59;
const LONGEST: usize = 74;

/// A piece of a header that lists things: up to a comma or semicolon late in the line, else up to any of them or white
/// space, else quoted texts with what touches them.
static PIECE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"^\s*([^"]{59,74}[,;]|[^"]{1,74}[,;\s]|[^\s"]*(?:"[^"]*"[ \t]?[^\s"]*)+\s)"#).ok()
});

/// Headers that list things.
const LISTS: [&str; 12] = [
    "bcc",
    "cc",
    "content-disposition",
    "content-type",
    "from",
    "in-reply-to",
    "message-id",
    "precedence",
    "references",
    "reply-to",
    "sender",
    "to",
];

/// The header line `NAME: VALUE` with its end, broken into lines that begin with a space where it is long.
///
/// Line ends in the value are gone; it is to be ASCII.
pub fn fold(name: &str, value: &str) -> String {
    let mut line = format!("{name}: {value}");
    line.retain(|character| !matches!(character, '\r' | '\n'));
    line.truncate(line.trim_end().len());
    line.push('\n');
    if line.len() > LENGTH {
        if LISTS.contains(&name.to_ascii_lowercase().as_str()) {
            line = fold_list(&line);
        } else {
            line = fold_text(&line);
        }
    }
    keep_name_and_value_together(line)
}

fn fold_list(line: &str) -> String {
    let Some(piece) = PIECE.as_ref() else {
        return line.to_owned();
    };
    let mut out = String::with_capacity(line.len() + 16);
    let mut rest = line;
    while let Some(found) = piece.captures(rest)
        && let (Some(whole), Some(text)) = (found.get(0), found.get(1))
    {
        out.push_str(text.as_str().trim_end());
        out.push_str("\n ");
        rest = &rest[whole.end()..];
    }
    out.push_str(rest);
    let kept = out.trim().len();
    let mut out = out.trim_start().to_owned();
    out.truncate(kept);
    out.push('\n');
    out
}

fn fold_text(line: &str) -> String {
    // The end of the line counts as a place to break at, where nothing is left to break.
    let bytes = line.as_bytes();
    let is_space = |at: &usize| bytes[*at].is_ascii_whitespace();
    let mut breaks = Vec::new();
    let mut start = 0;
    while let Some(first) = (start + SHORTEST..bytes.len()).find(is_space) {
        let latest = (first..bytes.len().min(start + LONGEST + 1))
            .rev()
            .find(is_space);
        let at = latest.unwrap_or(first);
        breaks.push(at);
        start = at + 1;
    }
    let mut out = String::with_capacity(line.len() + breaks.len());
    let mut from = 0;
    for at in breaks {
        out.push_str(&line[from..at]);
        out.push('\n');
        from = at;
    }
    out.push_str(&line[from..]);
    out.truncate(out.trim_end().len());
    out.push('\n');
    out
}

/// A line with nothing but the name takes the next one along.
fn keep_name_and_value_together(line: String) -> String {
    let Some((first, rest)) = line.split_once('\n') else {
        return line;
    };
    if rest.is_empty() || first.contains(char::is_whitespace) {
        return line;
    }
    format!("{first} {}", rest.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lines_are_broken_as_the_reference_breaks_them() {
        let to: Vec<String> = (0..3)
            .map(|number| format!("\"User Number {number}\" <user{number}@example.net>"))
            .collect();
        assert_eq!(
            fold("To", &to.join(", ")),
            "To: \"User Number 0\" <user0@example.net>,\n \"User Number 1\" <user1@example.net>,\n \"User Number 2\" <user2@example.net>\n"
        );
        let cc: Vec<String> = (0..8)
            .map(|number| format!("user{number}@example.net"))
            .collect();
        assert_eq!(
            fold("CC", &cc.join(",")),
            "CC: user0@example.net,user1@example.net,user2@example.net,\n user3@example.net,user4@example.net,user5@example.net,user6@example.net,\n user7@example.net\n"
        );
        assert_eq!(
            fold("Subject", &"word ".repeat(28)),
            format!(
                "Subject: {}word\n {}word\n",
                "word ".repeat(12),
                "word ".repeat(14)
            )
        );
        let long = format!("{} {}", "x".repeat(90), "y".repeat(90));
        assert_eq!(
            fold("Subject", &long),
            format!("Subject: {}\n {}\n", "x".repeat(90), "y".repeat(90))
        );
        assert_eq!(fold("To", &long), format!("To: {long}\n"));
        assert_eq!(
            fold("To", &format!("\"{long}\" <z@z>, z")),
            format!("To: \"{long}\" <z@z>,\n z\n")
        );
        assert_eq!(
            fold(
                "Content-Type",
                &format!("text/plain; name=\"{}\"", "x".repeat(80))
            ),
            format!("Content-Type: text/plain;\n name=\"{}\"\n", "x".repeat(80))
        );
    }

    #[test]
    fn no_value_adds_a_header() {
        assert_eq!(fold("Subject", "a\r\nBcc: b"), "Subject: aBcc: b\n");
    }
}
