//! Encoded words in headers, RFC 2047.

use std::fmt::Write as _;

use encoding_rs::Encoding;

use crate::charset;

/// A header's text with the words that ASCII can not say as encoded words (encoding `Q`), labelled with `charset` in
/// capitals. Characters that the set does not have become `?`.
///
/// A word is a run of letters and digits with the spaces behind it; whatever else there is stays as it is.
pub fn words(text: &str, charset: &str) -> String {
    let bytes = encode(text, charset);
    let label = charset.to_uppercase();
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes.as_slice();
    while let Some(&first) = rest.first() {
        let word = word_length(rest);
        if word == 0 {
            out.push(char::from(first));
            rest = &rest[1..];
            continue;
        }
        let (word, behind) = rest.split_at(word);
        if word.iter().all(|byte| matches!(byte, 0x20..=0x7E)) {
            out.extend(word.iter().map(|byte| char::from(*byte)));
        } else {
            push_encoded(&mut out, word, &label);
        }
        rest = behind;
    }
    out.replace("?==?", "?= =?")
}

/// Bytes of the word at the start, with the white space behind it; 0 when there is none.
fn word_length(bytes: &[u8]) -> usize {
    let is_letter = |byte: &&u8| byte.is_ascii_alphanumeric() || **byte >= 0x7F;
    let letters = bytes.iter().take_while(is_letter).count();
    if letters == 0 {
        return 0;
    }
    let is_space = |byte: &&u8| matches!(**byte, b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C);
    letters + bytes[letters..].iter().take_while(is_space).count()
}

fn push_encoded(out: &mut String, word: &[u8], label: &str) {
    let _ = write!(out, "=?{label}?Q?");
    for byte in word {
        if byte.is_ascii_alphanumeric() {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "={byte:02X}");
        }
    }
    out.push_str("?=");
}

/// The text in a character set; in UTF-8 when nobody knows the set.
fn encode(text: &str, charset: &str) -> Vec<u8> {
    if charset::is_utf8(charset) {
        return text.as_bytes().to_vec();
    }
    let label = charset.trim().to_ascii_lowercase();
    let below = match label.as_str() {
        "iso-8859-1" | "latin1" | "iso8859-1" => Some(0x100),
        "us-ascii" | "ascii" => Some(0x80),
        _ => None,
    };
    if let Some(below) = below {
        let byte = |character: char| {
            let code = u32::from(character);
            u8::try_from(code)
                .ok()
                .filter(|_| code < below)
                .unwrap_or(b'?')
        };
        return text.chars().map(byte).collect();
    }
    let Some(encoding) = Encoding::for_label(label.as_bytes()) else {
        return text.as_bytes().to_vec();
    };
    let mut out = Vec::with_capacity(text.len());
    for character in text.chars() {
        let mut buffer = [0; 4];
        let (bytes, _, failed) = encoding.encode(character.encode_utf8(&mut buffer));
        if failed {
            out.push(b'?');
        } else {
            out.extend_from_slice(&bytes);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_encoded_as_the_reference_encodes_them() {
        for (text, expected) in [
            ("plain ascii", "plain ascii"),
            ("aÜb cÜd", "=?UTF8?Q?a=C3=9Cb=20?= =?UTF8?Q?c=C3=9Cd?="),
            ("a b Ü c", "a b =?UTF8?Q?=C3=9C=20?=c"),
            (
                "Ünicode (Ö) [x] äö-üß, 'é' \"ñ\" a_b=c?d",
                "=?UTF8?Q?=C3=9Cnicode=20?=(=?UTF8?Q?=C3=96?=) [x] =?UTF8?Q?=C3=A4=C3=B6?=-=?UTF8?Q?=C3=BC=C3=9F?=, '=?UTF8?Q?=C3=A9?=' \"=?UTF8?Q?=C3=B1?=\" a_b=c?d",
            ),
            ("=?UTF-8?Q?x?= fake", "=?UTF-8?Q?x?= fake"),
            ("tab\tin Ü", "=?UTF8?Q?tab=09?=in =?UTF8?Q?=C3=9C?="),
            ("a=b Ü=Ö", "a=b =?UTF8?Q?=C3=9C?===?UTF8?Q?=C3=96?="),
            ("Ü\nÖ", "=?UTF8?Q?=C3=9C=0A?= =?UTF8?Q?=C3=96?="),
        ] {
            assert_eq!(words(text, "utf8"), expected, "{text:?}");
        }
    }

    #[test]
    fn what_a_character_set_lacks_becomes_a_question_mark() {
        assert_eq!(words("99€ 5£", "iso-8859-1"), "99? =?ISO-8859-1?Q?5=A3?=");
        assert_eq!(words("日本", "iso-8859-1"), "??");
        assert_eq!(words("ä€", "windows-1252"), "=?WINDOWS-1252?Q?=E4=80?=");
    }
}
