//! JSON as OTRS reads and writes it.
//!
//! Reading: strict JSON, at most 512 levels deep, the last of equal keys wins, `true` and `false` become `1` and `0`,
//! whole numbers that need more than 64 bits stay texts. Writing: keys in byte order, no spaces, floats with 15
//! significant digits, only what JSON demands is escaped, and U+2028 and U+2029.
//! Source: answers of the reference system to requests that carry every such case.

use std::fmt::Write as _;

use thiserror::Error;

use crate::{Map, Value, perl_number};

/// How deep lists and hashes may be nested.
const MAX_DEPTH: usize = 512;

/// Why a text is no JSON.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
#[error("byte {at}: {problem}")]
pub struct JsonError {
    pub at: usize,
    pub problem: &'static str,
}

/// Reads one JSON value; only white space may follow it.
pub fn read(text: &str) -> Result<Value, JsonError> {
    let mut reader = Reader { text, at: 0 };
    reader.skip_space();
    let value = reader.value(0)?;
    reader.skip_space();
    if reader.at == text.len() {
        Ok(value)
    } else {
        Err(reader.error("something follows the value"))
    }
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
}

impl Reader<'_> {
    fn error(&self, problem: &'static str) -> JsonError {
        JsonError {
            at: self.at,
            problem,
        }
    }

    fn peek(&self) -> Option<u8> {
        self.text.as_bytes().get(self.at).copied()
    }

    fn rest(&self) -> &str {
        self.text.get(self.at..).unwrap_or_default()
    }

    fn skip_space(&mut self) {
        while matches!(self.peek(), Some(b' ' | b'\t' | b'\n' | b'\r')) {
            self.at += 1;
        }
    }

    fn take(&mut self, wanted: u8, problem: &'static str) -> Result<(), JsonError> {
        if self.peek() == Some(wanted) {
            self.at += 1;
            Ok(())
        } else {
            Err(self.error(problem))
        }
    }

    fn word(&mut self, word: &str, value: Value) -> Result<Value, JsonError> {
        if self.rest().starts_with(word) {
            self.at += word.len();
            Ok(value)
        } else {
            Err(self.error("unknown word"))
        }
    }

    fn value(&mut self, depth: usize) -> Result<Value, JsonError> {
        match self.peek() {
            Some(b'{') => self.hash(depth + 1),
            Some(b'[') => self.list(depth + 1),
            Some(b'"') => Ok(Value::Text(self.string()?)),
            Some(b'-' | b'0'..=b'9') => self.number(),
            Some(b't') => self.word("true", Value::Integer(1)),
            Some(b'f') => self.word("false", Value::Integer(0)),
            Some(b'n') => self.word("null", Value::Undef),
            Some(_) => Err(self.error("no value starts like this")),
            None => Err(self.error("the text ends too early")),
        }
    }

    fn descend(&mut self, depth: usize) -> Result<(), JsonError> {
        if depth > MAX_DEPTH {
            return Err(self.error("nested too deep"));
        }
        self.at += 1;
        self.skip_space();
        Ok(())
    }

    /// Moves behind a comma (`true`) or the closing bracket (`false`).
    fn goes_on(&mut self, closing: u8) -> Result<bool, JsonError> {
        self.skip_space();
        match self.peek() {
            Some(b',') => {
                self.at += 1;
                self.skip_space();
                Ok(true)
            }
            Some(byte) if byte == closing => {
                self.at += 1;
                Ok(false)
            }
            _ => Err(self.error("expected a comma or the end of the list or hash")),
        }
    }

    fn list(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.descend(depth)?;
        let mut list = Vec::new();
        if self.peek() == Some(b']') {
            self.at += 1;
            return Ok(Value::List(list));
        }
        loop {
            list.push(self.value(depth)?);
            if !self.goes_on(b']')? {
                return Ok(Value::List(list));
            }
        }
    }

    fn hash(&mut self, depth: usize) -> Result<Value, JsonError> {
        self.descend(depth)?;
        let mut map = Map::new();
        if self.peek() == Some(b'}') {
            self.at += 1;
            return Ok(Value::Map(map));
        }
        loop {
            if self.peek() != Some(b'"') {
                return Err(self.error("a key is a string"));
            }
            let key = self.string()?;
            self.skip_space();
            self.take(b':', "expected a colon after the key")?;
            self.skip_space();
            let value = self.value(depth)?;
            map.insert(key, value);
            if !self.goes_on(b'}')? {
                return Ok(Value::Map(map));
            }
        }
    }

    fn digits(&mut self) -> Result<(), JsonError> {
        let start = self.at;
        while matches!(self.peek(), Some(b'0'..=b'9')) {
            self.at += 1;
        }
        if self.at == start {
            return Err(self.error("expected a digit"));
        }
        Ok(())
    }

    fn number(&mut self) -> Result<Value, JsonError> {
        let start = self.at;
        if self.peek() == Some(b'-') {
            self.at += 1;
        }
        if self.peek() == Some(b'0') {
            self.at += 1;
            if matches!(self.peek(), Some(b'0'..=b'9')) {
                return Err(self.error("a number with a leading zero"));
            }
        } else {
            self.digits()?;
        }
        let mut whole = true;
        if self.peek() == Some(b'.') {
            whole = false;
            self.at += 1;
            self.digits()?;
        }
        if matches!(self.peek(), Some(b'e' | b'E')) {
            whole = false;
            self.at += 1;
            if matches!(self.peek(), Some(b'+' | b'-')) {
                self.at += 1;
            }
            self.digits()?;
        }
        let digits = self.text.get(start..self.at).unwrap_or_default();
        if whole {
            // The smallest number of 64 bits is a text already, as all that are too large.
            return Ok(match digits.parse() {
                Ok(number) if number > i64::MIN => Value::Integer(number),
                _ => Value::text(digits),
            });
        }
        let number = digits.parse().map_err(|_| self.error("no number"))?;
        Ok(Value::Float(number))
    }

    fn string(&mut self) -> Result<String, JsonError> {
        self.at += 1;
        let mut out = String::new();
        loop {
            let rest = self.rest();
            let end = rest
                .bytes()
                .position(|byte| byte == b'"' || byte == b'\\' || byte < 0x20)
                .ok_or_else(|| self.error("a string without end"))?;
            out.push_str(rest.get(..end).unwrap_or_default());
            self.at += end;
            match self.peek() {
                Some(b'"') => {
                    self.at += 1;
                    return Ok(out);
                }
                Some(b'\\') => {
                    self.at += 1;
                    out.push(self.escape()?);
                }
                _ => return Err(self.error("a control character in a string")),
            }
        }
    }

    fn escape(&mut self) -> Result<char, JsonError> {
        let letter = self
            .peek()
            .ok_or_else(|| self.error("a string without end"))?;
        let character = match letter {
            b'"' | b'\\' | b'/' => char::from(letter),
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.at += 1;
                return self.unicode();
            }
            _ => return Err(self.error("an unknown escape in a string")),
        };
        self.at += 1;
        Ok(character)
    }

    fn four_hex(&mut self) -> Result<u32, JsonError> {
        let digits = self
            .text
            .as_bytes()
            .get(self.at..self.at + 4)
            .filter(|digits| digits.iter().all(u8::is_ascii_hexdigit))
            .and_then(|digits| std::str::from_utf8(digits).ok())
            .ok_or_else(|| self.error("expected four hexadecimal digits"))?;
        let code = u32::from_str_radix(digits, 16)
            .map_err(|_| self.error("expected four hexadecimal digits"))?;
        self.at += 4;
        Ok(code)
    }

    fn unicode(&mut self) -> Result<char, JsonError> {
        let first = self.four_hex()?;
        let code = if (0xd800..0xdc00).contains(&first) {
            if !self.rest().starts_with("\\u") {
                return Err(self.error("half a surrogate pair"));
            }
            self.at += 2;
            let second = self.four_hex()?;
            if !(0xdc00..0xe000).contains(&second) {
                return Err(self.error("half a surrogate pair"));
            }
            0x1_0000 + ((first - 0xd800) << 10) + (second - 0xdc00)
        } else {
            first
        };
        char::from_u32(code).ok_or_else(|| self.error("half a surrogate pair"))
    }
}

/// Writes a value. Bytes that are no text are written as the characters of the same number, as Perl does.
pub fn write(value: &Value) -> String {
    let mut out = String::new();
    write_value(value, &mut out);
    out
}

/// Writes a hash.
pub fn write_map(map: &Map) -> String {
    let mut out = String::new();
    write_hash(map, &mut out);
    out
}

fn write_hash(map: &Map, out: &mut String) {
    out.push('{');
    for (index, (key, value)) in map.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        write_string(key, out);
        out.push(':');
        write_value(value, out);
    }
    out.push('}');
}

fn write_value(value: &Value, out: &mut String) {
    match value {
        Value::Undef => out.push_str("null"),
        Value::Text(text) => write_string(text, out),
        Value::Bytes(bytes) => match std::str::from_utf8(bytes) {
            Ok(text) => write_string(text, out),
            Err(_) => write_string(
                &bytes
                    .iter()
                    .map(|byte| char::from(*byte))
                    .collect::<String>(),
                out,
            ),
        },
        Value::Integer(number) => {
            let _ = write!(out, "{number}");
        }
        Value::Float(float) => out.push_str(&perl_number::format(*float).to_lowercase()),
        Value::List(list) => {
            out.push('[');
            for (index, value) in list.iter().enumerate() {
                if index > 0 {
                    out.push(',');
                }
                write_value(value, out);
            }
            out.push(']');
        }
        Value::Map(map) => write_hash(map, out),
    }
}

fn write_string(text: &str, out: &mut String) {
    out.push('"');
    for character in text.chars() {
        match character {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            '\u{8}' => out.push_str("\\b"),
            '\u{c}' => out.push_str("\\f"),
            '\n' => out.push_str("\\n"),
            '\r' => out.push_str("\\r"),
            '\t' => out.push_str("\\t"),
            '\0'..='\u{1f}' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(out, "\\u{:04x}", u32::from(character));
            }
            _ => out.push(character),
        }
    }
    out.push('"');
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn through(text: &str) -> String {
        write(&read(text).unwrap())
    }

    #[test]
    fn values_come_back_as_the_reference_writes_them() {
        assert_eq!(
            through(
                r#"{"b":"1","a":1,"c":null,"d":true,"e":false,"f":1.50,"g":1e3,"i":{},"j":[],"k":12345678901234567890,"l":-0,"n":-1.0,"o":0.1,"p":1E400}"#
            ),
            r#"{"a":1,"b":"1","c":null,"d":1,"e":0,"f":1.5,"g":1000,"i":{},"j":[],"k":"12345678901234567890","l":0,"n":-1,"o":0.1,"p":inf}"#
        );
        assert_eq!(
            through(
                "[100000000000000000000,9223372036854775807,9223372036854775808,-9223372036854775808,-9223372036854775807,1e20,1e-7,3.14159265358979,1e15,0.30000000000000004,-0.0,-1e400]"
            ),
            r#"["100000000000000000000",9223372036854775807,"9223372036854775808","-9223372036854775808",-9223372036854775807,1e+20,1e-07,3.14159265358979,1e+15,0.3,-0,-inf]"#
        );
    }

    #[test]
    fn strings_escape_only_what_they_must() {
        assert_eq!(
            through(r#""\u2028\u007f\u0080\ud83d\ude00\b\f\r\u000b\u001f\/é\u0000""#),
            "\"\\u2028\u{7f}\u{80}😀\\b\\f\\r\\u000b\\u001f/é\\u0000\""
        );
    }

    #[test]
    fn the_last_of_equal_keys_wins() {
        assert_eq!(through(r#"{"a":1,"a":2}"#), r#"{"a":2}"#);
    }

    #[test]
    fn only_strict_json_is_read() {
        for wrong in [
            "",
            " ",
            "{\"a\":",
            "{}x",
            "\u{feff}{}",
            "/* */{}",
            "{\"a\":1,}",
            "{'a':1}",
            "[01]",
            "[.5]",
            "[1.]",
            "[1e]",
            "[\"\t\"]",
            "[\"\\x6f\"]",
            "[\"\\ud800\"]",
            "[\"\\ud800x\"]",
            "[\"\\udc00\"]",
            "[\"\\u12\"]",
            "{a:1}",
            "[1 2]",
            "[tru]",
            "[-]",
            "\"",
            "[\"\\",
        ] {
            assert!(read(wrong).is_err(), "{wrong:?}");
        }
        assert!(read(&format!("{}{}", "[".repeat(512), "]".repeat(512))).is_ok());
        assert!(read(&format!("{}{}", "[".repeat(513), "]".repeat(513))).is_err());
    }

    fn any_value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Undef),
            (i64::MIN + 1..=i64::MAX).prop_map(Value::Integer),
            any::<String>().prop_map(Value::Text),
        ];
        leaf.prop_recursive(4, 32, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::List),
                prop::collection::btree_map(any::<String>(), inner, 0..6).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_reads_back(value in any_value()) {
            prop_assert_eq!(read(&write(&value)).unwrap(), value);
        }

        #[test]
        fn no_text_makes_the_reader_panic(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn no_damaged_json_makes_the_reader_panic(value in any_value(), at in any::<prop::sample::Index>(), with in any::<char>()) {
            let mut characters: Vec<char> = write(&value).chars().collect();
            let at = at.index(characters.len());
            characters[at] = with;
            let _ = read(&characters.into_iter().collect::<String>());
        }
    }
}
