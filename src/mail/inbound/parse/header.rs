//! What headers say: encoded words, parameters, addresses.

use compat::{charset, lenient_base64};

use super::text;

/// A header's value as text: unfolded, encoded words read (RFC 2047).
///
/// Neighbours in the same character set are read as one, for a character may be cut in two between them. What can not be
/// read stays as it is.
pub fn decoded(value: &[u8]) -> String {
    let text = super::entity::as_text(value);
    let text = unfolded(&text);
    words(text.trim())
}

/// The type of a part as it was written, on one line; empty when nothing was.
pub fn decoded_type(entity: &super::entity::Entity) -> String {
    let text = entity.text("Content-Type").unwrap_or_default();
    unfolded(&text).trim().to_owned()
}

/// One line of a header that may stand on several: each line end with the white space behind it is a space.
fn unfolded(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for (number, line) in text.split('\n').enumerate() {
        let line = line.trim_end_matches('\r');
        if number == 0 {
            out.push_str(line);
        } else {
            out.push(' ');
            out.push_str(line.trim_start_matches([' ', '\t']));
        }
    }
    out
}

/// A run of encoded words in one character set, not yet read.
#[derive(Default)]
struct Run {
    charset: String,
    bytes: Vec<u8>,
}

impl Run {
    fn end(&mut self, out: &mut String) {
        if !self.charset.is_empty() {
            out.push_str(&charset::decode(&self.bytes, &self.charset));
            *self = Self::default();
        }
    }
}

/// The text with its encoded words read.
pub fn words(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut run = Run::default();
    let mut rest = text;
    while let Some(at) = rest.find("=?") {
        let before = &rest[..at];
        let Some((word, charset, length)) = word(&rest[at..]) else {
            run.end(&mut out);
            out.push_str(&rest[..at + 2]);
            rest = &rest[at + 2..];
            continue;
        };
        let only_space = before.chars().all(char::is_whitespace);
        if run.charset.is_empty() || !only_space {
            run.end(&mut out);
            out.push_str(before);
        } else if !run.charset.eq_ignore_ascii_case(charset) {
            run.end(&mut out);
        }
        charset.clone_into(&mut run.charset);
        run.bytes.extend(word);
        rest = &rest[at + length..];
    }
    run.end(&mut out);
    out.push_str(rest);
    out
}

/// The encoded word at the beginning of a text: its bytes, its character set, its length.
fn word(text: &str) -> Option<(Vec<u8>, &str, usize)> {
    let rest = text.strip_prefix("=?")?;
    let (charset, rest) = rest.split_once('?')?;
    let (encoding, rest) = rest.split_once('?')?;
    let (content, _) = rest.split_once("?=")?;
    let is_token = |c: char| c.is_ascii_graphic() && c != '?';
    if charset.is_empty() || !charset.chars().all(is_token) || content.contains([' ', '\n']) {
        return None;
    }
    let bytes = match encoding {
        "Q" | "q" => text::quoted_printable(content.replace('_', " ").as_bytes()),
        "B" | "b" => lenient_base64::decode(content),
        _ => return None,
    };
    let length = 2 + charset.len() + 1 + encoding.len() + 1 + content.len() + 2;
    let charset = charset.split('*').next().unwrap_or(charset);
    charset::is_known(charset).then_some((bytes, charset, length))
}

/// The value of a parameter such as `boundary` in a `Content-Type`, also when it comes in pieces or in another character
/// set (RFC 2231); `None` when there is none.
pub fn parameter(value: &str, name: &str) -> Option<String> {
    let parameters = parameters(value);
    let plain = parameters
        .iter()
        .find(|(key, _)| key.eq_ignore_ascii_case(name));
    if let Some((_, value)) = plain {
        return Some(value.clone());
    }
    let mut pieces: Vec<(u32, bool, &str)> = Vec::new();
    for (key, value) in &parameters {
        let Some(rest) = strip_name(key, name) else {
            continue;
        };
        let (number, is_encoded) = match rest.strip_suffix('*') {
            Some(number) => (number, true),
            None => (rest, rest.is_empty()),
        };
        let number = if number.is_empty() {
            0
        } else {
            number.parse().ok()?
        };
        pieces.push((number, is_encoded, value));
    }
    if pieces.is_empty() {
        return None;
    }
    pieces.sort_by_key(|(number, _, _)| *number);
    Some(joined(&pieces))
}

/// What stands behind `NAME*` in the key of a parameter.
fn strip_name<'a>(key: &'a str, name: &str) -> Option<&'a str> {
    let start = key.get(..name.len())?;
    if !start.eq_ignore_ascii_case(name) {
        return None;
    }
    key.get(name.len()..)?.strip_prefix('*')
}

fn joined(pieces: &[(u32, bool, &str)]) -> String {
    let mut charset = String::new();
    let mut bytes = Vec::new();
    for (at, (_, is_encoded, value)) in pieces.iter().enumerate() {
        let mut value = *value;
        if at == 0
            && *is_encoded
            && let Some((set, rest)) = value.split_once('\'')
        {
            set.clone_into(&mut charset);
            value = rest.split_once('\'').map_or(rest, |(_, rest)| rest);
        }
        if *is_encoded {
            bytes.extend(percent_decoded(value));
        } else {
            bytes.extend_from_slice(value.as_bytes());
        }
    }
    if charset.is_empty() {
        return super::entity::as_text(&bytes);
    }
    charset::decode(&bytes, &charset).into_owned()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let digits = text.get(at + 1..at + 3);
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) if bytes[at] == b'%' => {
                out.push(byte);
                at += 3;
            }
            _ => {
                out.push(bytes[at]);
                at += 1;
            }
        }
    }
    out
}

/// Every parameter behind the first semicolon: keys as they are, values without quotes.
pub fn parameters(value: &str) -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut characters = value.chars().peekable();
    let mut quoted = false;
    for character in characters.by_ref() {
        match character {
            '"' => quoted = !quoted,
            ';' if !quoted => break,
            _ => {}
        }
    }
    while characters.peek().is_some() {
        let mut key = String::new();
        let mut has_value = false;
        for character in characters.by_ref() {
            match character {
                '=' => {
                    has_value = true;
                    break;
                }
                ';' => break,
                _ => key.push(character),
            }
        }
        let mut text = String::new();
        if has_value {
            while characters.next_if(|c| c.is_whitespace()).is_some() {}
            if characters.next_if_eq(&'"').is_some() {
                while let Some(character) = characters.next() {
                    match character {
                        '"' => break,
                        '\\' => text.extend(characters.next()),
                        '\n' | '\r' => {}
                        _ => text.push(character),
                    }
                }
                while characters.next_if(|c| *c != ';').is_some() {}
                characters.next();
            } else {
                for character in characters.by_ref() {
                    if character == ';' {
                        break;
                    }
                    text.push(character);
                }
                let bare = text.split_whitespace().next().unwrap_or_default();
                let bare = bare.to_owned();
                text = bare;
            }
        }
        let key = key.trim();
        if !key.is_empty() {
            found.push((key.to_owned(), text));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_are_read() {
        for (value, expected) in [
            ("plain", "plain"),
            ("=?iso-8859-1?Q?Gr=FC=DFe_an?= alle", "Grüße an alle"),
            ("=?utf-8?B?R3LDvA==?= =?utf-8?B?w59l?=", "Grüße"),
            ("=?utf-8?B?R3LD?=\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
            ("=?utf-8*de?Q?a?= b =?utf-8?Q?c?=", "a b c"),
            ("=?utf-8?Q?cut", "=?utf-8?Q?cut"),
            ("one\n two\n\tthree", "one two three"),
        ] {
            assert_eq!(decoded(value.as_bytes()), expected, "{value}");
        }
    }

    #[test]
    fn parameters_come_whole_in_pieces_or_in_other_character_sets() {
        for (value, expected) in [
            ("a; filename=x.pdf", "x.pdf"),
            ("a; filename=\"x \\\"y\\\".pdf\"; z=1", "x \"y\".pdf"),
            ("a; x=\"a;b\"; FILENAME=c", "c"),
            ("a; filename*=utf-8''Gr%C3%BC%20x", "Grü x"),
            ("a; filename*1=two; filename*0=one", "onetwo"),
            ("a; filename*0*=utf-8''%C3%BC; filename*1=b", "üb"),
        ] {
            assert_eq!(
                parameter(value, "filename").as_deref(),
                Some(expected),
                "{value}"
            );
        }
        assert_eq!(parameter("a; b=c", "filename"), None);
    }
}
