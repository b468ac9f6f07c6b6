//! What headers say: on one line, and their parameters. Encoded words are read in [`word`].

use compat::charset;

pub use super::word::words;

/// Headers that name people, as lists of addresses.
const PEOPLE: [&str; 3] = ["From", "To", "Cc"];

/// Whether a header of this name is a list of addresses.
pub fn names_people(name: &str) -> bool {
    PEOPLE.iter().any(|known| known.eq_ignore_ascii_case(name))
}

/// A header's value as text: on one line, encoded words read (RFC 2047). Other bytes are in the character set of the
/// message, ISO-8859-1 when it names none.
pub fn decoded_in(value: &[u8], charset: Option<&str>) -> String {
    words(one_line(value, charset).trim())
}

/// The same of a part, and in UTF-8.
pub fn decoded(value: &[u8]) -> String {
    decoded_in(value, Some("utf-8"))
}

/// The value of a header that [names people](names_people): each address in the same form, with commas between them.
pub fn people(value: &[u8], charset: Option<&str>) -> String {
    super::address::list(&one_line(value, charset))
}

/// The white space that a line begins with is the one between the lines.
fn one_line(value: &[u8], charset: Option<&str>) -> String {
    // The usual characters are the same in whatever a message calls its character set.
    let charset = charset.filter(|_| !value.is_ascii());
    let text = super::text::decoded(value, charset);
    text.replace("\r\n", "").replace('\n', "")
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
            ("one\n two\n\tthree", "one two\tthree"),
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
