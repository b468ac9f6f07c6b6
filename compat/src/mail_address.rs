//! What looks like a mail address to OTRS.
//!
//! Source: answers of the reference system for some forty addresses; the syntax is RFC 5322's, in ASCII.

/// The addresses in a header's text, each without its phrase and comments: `a@x.example` for `Ann <a@x.example>`.
///
/// Commas within quotation marks, comments and angle brackets separate nothing.
pub fn each(text: &str) -> Vec<String> {
    separated(text, &[','])
}

/// The addresses that a mail goes to, without those that are empty; semicolons separate them too.
pub fn recipients(text: &str) -> Vec<String> {
    let mut found = separated(text, &[',', ';']);
    found.retain(|address| !address.is_empty());
    found
}

fn separated(text: &str, separators: &[char]) -> Vec<String> {
    let mut found = Vec::new();
    let mut current = Piece::default();
    for character in text.chars() {
        if separators.contains(&character) && current.is_outside() {
            found.push(std::mem::take(&mut current).address());
        } else {
            current.push(character);
        }
    }
    found.push(current.address());
    found
}

/// The parts of a header's text between the commas that [`each`] knows, as they are written.
pub fn each_whole(text: &str) -> Vec<String> {
    let mut found = vec![String::new()];
    let mut current = Piece::default();
    for character in text.chars() {
        if character == ',' && current.is_outside() {
            current = Piece::default();
            found.push(String::new());
            continue;
        }
        current.push(character);
        if let Some(last) = found.last_mut() {
            last.push(character);
        }
    }
    found
}

/// One address while it is read.
#[derive(Default)]
struct Piece {
    /// Without comments.
    text: String,
    quoted: bool,
    escaped: bool,
    comments: u32,
    bracketed: bool,
}

impl Piece {
    /// Whether this is outside of quotation marks, brackets and comments.
    fn is_outside(&self) -> bool {
        !self.quoted && !self.bracketed && self.comments == 0
    }

    fn push(&mut self, character: char) {
        if self.escaped {
            self.escaped = false;
        } else if self.quoted {
            match character {
                '\\' => self.escaped = true,
                '"' => self.quoted = false,
                _ => {}
            }
        } else {
            match character {
                '(' => self.comments += 1,
                ')' if self.comments > 0 => {
                    self.comments -= 1;
                    return;
                }
                '"' if self.comments == 0 => self.quoted = true,
                '<' if self.comments == 0 => self.bracketed = true,
                '>' if self.comments == 0 => self.bracketed = false,
                _ => {}
            }
        }
        if self.comments == 0 {
            self.text.push(character);
        }
    }

    fn address(self) -> String {
        let text = match self.text.rsplit_once('<') {
            Some((_, rest)) => rest.split_once('>').map_or(rest, |(inner, _)| inner),
            None => self.text.trim().trim_end_matches('>'),
        };
        text.trim().to_owned()
    }
}

/// Whether this is one bare address: words with dots between them or a quoted text, then a host of at least two parts or
/// an address in brackets.
pub fn is_one(address: &str) -> bool {
    address
        .rsplit_once('@')
        .is_some_and(|(local, host)| is_local(local) && is_host(host))
}

fn is_local(local: &str) -> bool {
    if let Some(inner) = local
        .strip_prefix('"')
        .and_then(|rest| rest.strip_suffix('"'))
    {
        return !inner.is_empty()
            && inner
                .chars()
                .all(|c| c.is_ascii() && !c.is_ascii_control() && c != '"');
    }
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c);
    local
        .split('.')
        .all(|word| !word.is_empty() && word.chars().all(is_letter))
}

fn is_host(host: &str) -> bool {
    if let Some(inner) = host
        .strip_prefix('[')
        .and_then(|rest| rest.strip_suffix(']'))
    {
        return inner.parse::<std::net::IpAddr>().is_ok();
    }
    let is_label = |label: &str| {
        !label.is_empty()
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
    };
    host.contains('.') && host.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn are_all(text: &str) -> bool {
        each(text).iter().all(|address| is_one(address))
    }

    #[test]
    fn addresses_are_told_as_the_reference_tells_them() {
        for right in [
            "N B <nobody@mail.example>",
            "<nobody@mail.example>",
            "a@b.c",
            "a.b+c@x-y.de",
            "a@[1.2.3.4]",
            "a@1.2.3.4",
            "\"a b\"@x.de",
            "a!b@x.de",
            "a'b@x.de",
            "a/b@x.de",
            "a@x.de, b@y.de",
            "a@x.1",
            " a@x.de ",
            "A@X.DE",
            "(c) a@x.de",
            "a(c)@x.de",
            "x <a@x.de> y",
            "a@x.de>",
            "\"Q, x\" <q@x.de>",
        ] {
            assert!(are_all(right), "{right}");
        }
        for wrong in [
            "a@b",
            "a..b@x.de",
            ".a@x.de",
            "a.@x.de",
            "a@x..de",
            "a@-x.de",
            "a@x-.de",
            "a@x_y.de",
            "ü@x.de",
            "a@ü.de",
            "a@x.de.",
            "a,b@x.de",
            "a;b@x.de",
            "a@@x.de",
            "a@x@y.de",
            "a\\b@x.de",
            "a:b@x.de",
            "x y@z.de",
            "nobody",
            "",
        ] {
            assert!(!are_all(wrong), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text: String) {
            are_all(&text);
        }
    }
}
