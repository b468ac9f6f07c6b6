//! UTF-7 (RFC 2152), which some mail programs of the nineties write.

use crate::lenient_base64;

/// The bytes as text. What is no UTF-7 becomes U+FFFD.
pub fn decode(bytes: &[u8]) -> String {
    let mut out = String::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| *byte == b'+') {
        direct(&rest[..at], &mut out);
        rest = &rest[at + 1..];
        let is_code = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/');
        let length = rest.iter().take_while(|byte| is_code(byte)).count();
        let (code, behind) = rest.split_at(length);
        let ended = behind.first() == Some(&b'-');
        if length == 0 && ended {
            out.push('+');
        } else {
            shifted(code, &mut out);
        }
        rest = &behind[usize::from(ended)..];
    }
    direct(rest, &mut out);
    out
}

fn direct(bytes: &[u8], out: &mut String) {
    out.extend(bytes.iter().map(|byte| {
        if byte.is_ascii() {
            char::from(*byte)
        } else {
            char::REPLACEMENT_CHARACTER
        }
    }));
}

/// UTF-16 in Base64 without padding.
fn shifted(code: &[u8], out: &mut String) {
    let code = String::from_utf8_lossy(code);
    let bytes = lenient_base64::decode(&code);
    let units = bytes.chunks_exact(2);
    let units = units.map(|unit| u16::from_be_bytes([unit[0], unit[1]]));
    out.extend(
        char::decode_utf16(units).map(|character| character.unwrap_or(char::REPLACEMENT_CHARACTER)),
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shifts_are_read() {
        for (text, expected) in [
            ("Gr+APw-n", "Grün"),
            ("Gr+-x", "Gr+x"),
            ("1 +AKM-.", "1 £."),
            ("+2D3eAA-", "😀"),
            ("+2D0-", "\u{fffd}"),
            ("end +", "end "),
            ("\u{fc}", "\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(decode(text.as_bytes()), expected, "{text}");
        }
    }
}
