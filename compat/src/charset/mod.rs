//! Character sets of request bodies and mails, by the names that Perl's Encode gives them.
//!
//! Browsers, and so `encoding_rs`, read `iso-8859-1` and `us-ascii` as windows-1252. Perl reads them as they were
//! defined: bytes from 0x80 to 0x9f are control characters there, and none in ASCII.
//!
//! Source: answers of the reference system to bodies in each of them.

use std::borrow::Cow;

use encoding_rs::Encoding;

mod code_page;
mod utf7;

/// The bytes as text, read in the encoding that `label` names. An encoding that nobody knows counts as ISO-8859-1; what
/// an encoding does not define becomes U+FFFD.
pub fn decode<'a>(bytes: &'a [u8], label: &str) -> Cow<'a, str> {
    let label = label.trim().to_ascii_lowercase();
    if matches!(
        label.as_str(),
        "us-ascii" | "ascii" | "iso-646-us" | "ansi_x3.4-1968"
    ) {
        return by_character(bytes, |byte| {
            if byte.is_ascii() {
                char::from(byte)
            } else {
                char::REPLACEMENT_CHARACTER
            }
        });
    }
    if is_utf7(&label) {
        return Cow::Owned(utf7::decode(bytes));
    }
    if let Some(upper) = code_page::upper_half(&label) {
        return by_character(bytes, |byte| match byte.checked_sub(0x80) {
            Some(at) => upper[usize::from(at)],
            None => char::from(byte),
        });
    }
    let encoding = Encoding::for_label(label.as_bytes());
    let windows = label.starts_with("windows") || label.contains("cp125");
    match encoding {
        Some(encoding) if encoding == encoding_rs::UTF_16LE && label != "utf-16le" => {
            let encoding = Encoding::for_bom(bytes).map_or(encoding, |bom| bom.0);
            encoding.decode_with_bom_removal(bytes).0
        }
        Some(encoding) if encoding != encoding_rs::WINDOWS_1252 || windows => {
            encoding.decode_with_bom_removal(bytes).0
        }
        _ => by_character(bytes, char::from),
    }
}

fn by_character(bytes: &[u8], character: impl Fn(u8) -> char) -> Cow<'_, str> {
    if bytes.is_ascii()
        && let Ok(text) = std::str::from_utf8(bytes)
    {
        return Cow::Borrowed(text);
    }
    Cow::Owned(bytes.iter().map(|byte| character(*byte)).collect())
}

/// Whether a label means UTF-8; such bytes need no conversion.
pub fn is_utf8(label: &str) -> bool {
    matches!(label.trim().to_ascii_lowercase().as_str(), "utf-8" | "utf8")
}

fn is_utf7(label: &str) -> bool {
    matches!(label, "utf-7" | "utf7" | "unicode-1-1-utf-7")
}

/// Whether anybody knows an encoding of this name.
pub fn is_known(label: &str) -> bool {
    let label = label.trim().to_ascii_lowercase();
    is_utf8(&label)
        || is_utf7(&label)
        || matches!(label.as_str(), "iso-646-us" | "ansi_x3.4-1968")
        || code_page::upper_half(&label).is_some()
        || Encoding::for_label(label.as_bytes()).is_some()
}

/// The bytes as UTF-8, when a transport names another encoding for them.
pub fn to_utf8<'a>(bytes: &'a [u8], label: Option<&str>) -> Cow<'a, [u8]> {
    match label {
        Some(label) if !is_utf8(label) => match decode(bytes, label) {
            Cow::Borrowed(text) => Cow::Borrowed(text.as_bytes()),
            Cow::Owned(text) => Cow::Owned(text.into_bytes()),
        },
        _ => Cow::Borrowed(bytes),
    }
}

/// The parameter `charset` of a Content-Type, without quotes; an empty one counts as absent.
pub fn of_content_type(content_type: &str) -> Option<&str> {
    let at = content_type.to_ascii_lowercase().find("charset=")?;
    let value = content_type.get(at + "charset=".len()..)?;
    let value = value.split([';', ' ']).next()?.trim_matches(['"', '\'']);
    (!value.is_empty()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings_are_read_as_perl_reads_them() {
        for (label, bytes, expected) in [
            ("iso-8859-1", &b"\xe4\x80"[..], "ä\u{80}"),
            ("ISO-8859-1", b"\xe4", "ä"),
            ("latin1", b"\xe4", "ä"),
            ("nonsense", b"\xe4\x80", "ä\u{80}"),
            ("windows-1252", b"\xe4\x80", "ä€"),
            ("cp1252", b"\xe4\x80", "ä€"),
            ("iso-8859-15", b"\xe4\xa4", "ä€"),
            ("us-ascii", b"a\xc3\xa4", "a\u{fffd}\u{fffd}"),
            ("koi8-r", b"\xe4\x80", "Д─"),
            ("CP437", b"Gr\x81\xe1e", "Grüße"),
            ("IBM850", b"\x9d\xb5", "ØÁ"),
            ("utf-7", b"Gr+APw-n", "Grün"),
            ("utf-16", b"\xff\xfea\0", "a"),
            ("utf-16", b"\xfe\xff\0a", "a"),
        ] {
            assert_eq!(decode(bytes, label), expected, "{label}");
        }
    }

    #[test]
    fn utf8_needs_no_conversion_even_where_it_is_damaged() {
        for label in [None, Some("utf-8"), Some("UTF8")] {
            assert_eq!(to_utf8(b"\xe4", label), Cow::Borrowed(&b"\xe4"[..]));
        }
        assert_eq!(to_utf8(b"\xe4", Some("iso-8859-1")), "ä".as_bytes());
    }

    #[test]
    fn the_charset_of_a_content_type_stands_anywhere_in_it() {
        for (content_type, expected) in [
            ("text/xml; charset=utf-8", Some("utf-8")),
            ("text/xml;charset=\"iso-8859-1\"", Some("iso-8859-1")),
            ("text/xml; Charset='latin1'; x=y", Some("latin1")),
            ("charset=koi8-r ;text/xml", Some("koi8-r")),
            ("text/xml; charset = utf-8", None),
            ("text/xml; charset=", None),
            ("text/xml", None),
        ] {
            assert_eq!(of_content_type(content_type), expected, "{content_type}");
        }
    }
}
