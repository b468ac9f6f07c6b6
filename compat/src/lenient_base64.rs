//! Base64 as Perl's `MIME::Base64` reads it: as far as it goes.

use base64::{
    Engine as _, alphabet,
    engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig},
};

/// What is base64 in a text, up to its first `=`; characters that do not belong there are skipped, and a letter too many
/// at the end counts as nothing.
pub fn decode(text: &str) -> Vec<u8> {
    let config = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let engine = GeneralPurpose::new(&alphabet::STANDARD, config);
    let mut letters: Vec<u8> = text
        .bytes()
        .take_while(|byte| *byte != b'=')
        .filter(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/'))
        .collect();
    // A single letter at the end is not even one byte, and would make the decoder refuse all the others.
    if letters.len() % 4 == 1 {
        letters.pop();
    }
    engine.decode(&letters).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use base64::prelude::{BASE64_STANDARD, Engine as _};
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_are_read_as_far_as_they_go() {
        for (text, expected) in [
            ("YWJj", "abc"),
            ("YW\nJj ", "abc"),
            ("YWJjZ", "abc"),
            ("!!e A", "x"),
            ("YQ==", "a"),
            ("YQ", "a"),
            ("YQ==YQ==", "a"),
            ("%%%", ""),
            ("0", ""),
            ("", ""),
        ] {
            assert_eq!(decode(text), expected.as_bytes(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn whatever_was_encoded_comes_back(bytes: Vec<u8>, noise in "[ \r\n!-]{0,3}") {
            let mut text = BASE64_STANDARD.encode(&bytes);
            let middle = text.len() / 2;
            text.insert_str(middle, &noise);
            prop_assert_eq!(decode(&text), bytes);
        }

        #[test]
        fn no_text_is_too_strange(text: String) {
            decode(&text);
        }
    }
}
