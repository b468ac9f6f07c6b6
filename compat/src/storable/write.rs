//! From a value to an image that Perl's `thaw` reads.

use base64::{Engine, prelude::BASE64_STANDARD};

use super::{code, key};
use crate::{Map, Value, perl_number};

/// The image in network order, which every machine reads; numbers beyond 32 bits and floats become texts in it.
///
/// The keys of hashes are sorted, so equal values have equal images.
pub fn nfreeze(value: &Value) -> Vec<u8> {
    let mut writer = Writer {
        out: vec![5, 11],
        network: true,
    };
    writer.value(value);
    writer.out
}

/// The image in the order and with the sizes of a 64-bit little-endian machine.
pub fn freeze(value: &Value) -> Vec<u8> {
    let mut writer = Writer {
        out: b"\x04\x0b\x0812345678\x04\x08\x08\x08".to_vec(),
        network: false,
    };
    writer.value(value);
    writer.out
}

/// [`nfreeze`] in base 64, in lines of 76 letters with a line feed behind each, as OTRS keeps it in columns.
pub fn to_base64(value: &Value) -> String {
    let letters = BASE64_STANDARD.encode(nfreeze(value));
    let mut out = String::with_capacity(letters.len() + letters.len() / 76 + 1);
    for (at, letter) in letters.chars().enumerate() {
        if at > 0 && at % 76 == 0 {
            out.push('\n');
        }
        out.push(letter);
    }
    out.push('\n');
    out
}

struct Writer {
    out: Vec<u8>,
    network: bool,
}

impl Writer {
    fn value(&mut self, value: &Value) {
        match value {
            Value::Undef => self.out.push(code::UNDEF),
            Value::Integer(number) => self.integer(*number),
            Value::Float(number) if self.network => {
                self.text(code::SCALAR, perl_number::format(*number).as_bytes());
            }
            Value::Float(number) => {
                self.out.push(code::DOUBLE);
                self.out.extend(number.to_le_bytes());
            }
            Value::Text(text) if text.is_ascii() => self.text(code::SCALAR, text.as_bytes()),
            Value::Text(text) => self.text(code::UTF8, text.as_bytes()),
            Value::Bytes(bytes) => self.text(code::SCALAR, bytes),
            Value::List(items) => {
                self.out.push(code::ARRAY);
                self.size(items.len());
                for item in items {
                    self.element(item);
                }
            }
            Value::Map(pairs) => self.hash(pairs),
        }
    }

    /// A value inside a list or hash, where other lists and hashes are references.
    fn element(&mut self, value: &Value) {
        if matches!(value, Value::List(_) | Value::Map(_)) {
            self.out.push(code::REFERENCE);
        }
        self.value(value);
    }

    fn integer(&mut self, number: i64) {
        if let Ok(byte) = u8::try_from(number.saturating_add(128)) {
            self.out.extend([code::BYTE, byte]);
        } else if !self.network {
            self.out.push(code::INTEGER);
            self.out.extend(number.to_le_bytes());
        } else if let Ok(number) = i32::try_from(number) {
            self.out.push(code::NETWORK_INTEGER);
            self.out.extend(number.to_be_bytes());
        } else {
            self.text(code::SCALAR, number.to_string().as_bytes());
        }
    }

    fn text(&mut self, kind: u8, text: &[u8]) {
        if let Ok(length) = u8::try_from(text.len()) {
            self.out.extend([kind, length]);
        } else {
            self.out.push(if kind == code::UTF8 {
                code::LONG_UTF8
            } else {
                code::LONG_SCALAR
            });
            self.size(text.len());
        }
        self.out.extend(text);
    }

    fn hash(&mut self, pairs: &Map) {
        let marked = !pairs.keys().all(|name| name.is_ascii());
        if marked {
            self.out.extend([code::FLAG_HASH, 0]);
        } else {
            self.out.push(code::HASH);
        }
        self.size(pairs.len());
        for (name, value) in pairs {
            self.element(value);
            let latin_1: Option<Vec<u8>> = name
                .chars()
                .map(|letter| u8::try_from(letter).ok())
                .collect();
            let (marks, bytes) = match &latin_1 {
                _ if name.is_ascii() => (0, name.as_bytes()),
                // Perl looks such a key up by its Latin-1 bytes and would not find it by its UTF-8.
                Some(latin_1) => (key::WAS_UTF8, latin_1.as_slice()),
                None => (key::UTF8, name.as_bytes()),
            };
            if marked {
                self.out.push(marks);
            }
            self.size(bytes.len());
            self.out.extend(bytes);
        }
    }

    fn size(&mut self, size: usize) {
        // The format has no more than 32 bits; a value of four gigabytes does not come this far.
        let size = u32::try_from(size).unwrap_or(u32::MAX);
        self.out.extend(if self.network {
            size.to_be_bytes()
        } else {
            size.to_le_bytes()
        });
    }
}

#[cfg(test)]
mod tests {
    use super::super::{from_base64, read};
    use super::*;
    use proptest::prelude::*;

    fn hex(image: &[u8]) -> String {
        image
            .iter()
            .flat_map(|byte| [byte >> 4, byte & 15])
            .filter_map(|digit| char::from_digit(digit.into(), 16))
            .collect()
    }

    #[test]
    fn images_equal_perls() {
        let hash = Value::map([("a", Value::from(1)), ("b", Value::Undef)]);
        let marked = Value::map([("b", Value::from("ü")), ("ü", 1.into())]);
        let list = Value::List(vec![
            1.into(),
            Value::Undef,
            "x".into(),
            Value::List(vec![]),
            Value::Map(Map::new()),
        ]);
        for (value, image) in [
            (Value::from(5), "050b0885"),
            (Value::Integer(-129), "050b09ffffff7f"),
            (
                Value::Integer(2_147_483_648),
                "050b0a0a32313437343833363438",
            ),
            (Value::Float(1e100), "050b0a0631652b313030"),
            (Value::from("ü€"), "050b1705c3bce282ac"),
            (hash.clone(), "050b030000000208810000000161050000000162"),
            (
                marked.clone(),
                "050b1900000000021702c3bc00000000016208810200000001fc",
            ),
            (
                list.clone(),
                "050b02000000050881050a0178040200000000040300000000",
            ),
        ] {
            assert_eq!(hex(&nfreeze(&value)), image);
        }
        for (value, image) in [
            (
                Value::Integer(128),
                "040b08313233343536373804080808068000000000000000",
            ),
            (
                Value::Float(1.5),
                "040b0831323334353637380408080807000000000000f83f",
            ),
            (
                hash,
                "040b08313233343536373804080808030200000008810100000061050100000062",
            ),
            (
                marked,
                "040b083132333435363738040808081900020000001702c3bc00010000006208810201000000fc",
            ),
            (
                list,
                "040b0831323334353637380408080802050000000881050a0178040200000000040300000000",
            ),
        ] {
            assert_eq!(hex(&freeze(&value)), image);
        }
    }

    #[test]
    fn long_texts_have_long_lengths() {
        let list = Value::List(vec!["x".repeat(300).into(), "ü".repeat(200).into()]);
        let image = nfreeze(&list);
        assert!(hex(&image).starts_with("050b0200000002010000012c7878"));
        assert_eq!(hex(&image[312..317]), "1800000190");
        assert_eq!(read(&image), Ok(list));
    }

    #[test]
    fn columns_have_lines_of_76_letters() {
        let text = to_base64(&Value::map([("key", "x".repeat(100))]));
        let lines: Vec<usize> = text.lines().map(str::len).collect();
        assert_eq!(lines, [76, 76, 4]);
        assert!(text.ends_with('\n'));
        assert_eq!(
            from_base64(&text),
            Ok(Value::map([("key", "x".repeat(100))]))
        );
    }

    fn value() -> impl Strategy<Value = Value> {
        let text = prop_oneof![
            "[a-z]{0,8}",
            "[a-zäöü]{0,8}",
            any::<String>(),
            "[xü]{200,300}"
        ];
        let leaf = prop_oneof![
            Just(Value::Undef),
            any::<i64>().prop_map(Value::Integer),
            prop::sample::select(vec![i64::MIN, i64::MAX, 127, 128, -128, -129])
                .prop_map(Value::Integer),
            (-200_i64..200).prop_map(Value::Integer),
            (-1e9..1e9).prop_map(Value::Float),
            text.clone().prop_map(Value::Text),
            prop::collection::vec(128_u8.., 1..300).prop_map(Value::Bytes),
        ];
        leaf.prop_recursive(6, 60, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
                prop::collection::btree_map(text.clone(), inner, 0..5).prop_map(Value::Map),
            ]
        })
    }

    /// What network order keeps of a value: wide numbers come back as texts.
    fn over_the_network(value: Value) -> Value {
        match value {
            Value::Integer(number) if i32::try_from(number).is_err() => number.to_string().into(),
            Value::Float(_) => value.as_string().unwrap_or_default().into(),
            Value::List(items) => Value::List(items.into_iter().map(over_the_network).collect()),
            Value::Map(pairs) => Value::Map(
                pairs
                    .into_iter()
                    .map(|(name, value)| (name, over_the_network(value)))
                    .collect(),
            ),
            other => other,
        }
    }

    proptest! {
        #[test]
        fn what_is_frozen_is_read_again(value in value()) {
            prop_assert_eq!(read(&freeze(&value)), Ok(value.clone()));
            prop_assert_eq!(read(&nfreeze(&value)), Ok(over_the_network(value)));
        }
    }
}
