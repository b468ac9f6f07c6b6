//! From a value to the text that Perl's YAML::XS writes.
//!
//! The rules below (which scalar needs quotes, where a long one is broken, when a key needs its `?`) were found by
//! comparing with that dumper's output; `tests` holds samples of it.

use crate::{Map, Value, perl_number};

/// A scalar is broken at the next single space once its line has passed this column.
const WIDTH: usize = 80;
/// A text with line breaks and more bytes than this is written as a literal block.
const LITERAL: usize = 30;
/// A key of more bytes than this cannot be a simple one.
const SIMPLE_KEY: usize = 128;

/// Writes one document, `---` first and a line feed last.
///
/// Numbers are unquoted, texts that look like numbers quoted, so the types survive. Bytes that are no text are
/// written as the Latin-1 letters of the same numbers, as Perl does. One thing differs from Perl on purpose:
/// U+2028 and U+2029 are always escaped, because readers disagree about them.
pub fn write(value: &Value) -> String {
    let mut writer = Writer {
        out: "---".to_owned(),
        column: 3,
        fresh: false,
        kept: false,
    };
    match value {
        Value::List(items) if !items.is_empty() => {
            writer.line(0);
            writer.list(items, 0);
        }
        Value::Map(pairs) if !pairs.is_empty() => {
            writer.line(0);
            writer.map(pairs, 0);
        }
        _ => writer.inline(value, 0),
    }
    writer.line(0);
    if writer.kept {
        writer.out.push_str("...\n");
    }
    writer.out
}

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Plain,
    Single,
    Double,
    Literal,
}

struct Writer {
    out: String,
    /// Letters on the current line.
    column: usize,
    /// A literal block has just ended its last line.
    fresh: bool,
    /// The last literal block keeps all its line feeds: the document then ends with `...`.
    kept: bool,
}

impl Writer {
    fn put(&mut self, text: &str) {
        self.out.push_str(text);
        self.column += text.chars().count();
    }

    fn letter(&mut self, letter: char) {
        self.out.push(letter);
        self.column += 1;
    }

    /// Starts a new line with this many spaces.
    fn line(&mut self, indent: usize) {
        if !std::mem::take(&mut self.fresh) {
            self.out.push('\n');
        }
        self.indent(indent);
    }

    fn indent(&mut self, indent: usize) {
        self.out.extend(std::iter::repeat_n(' ', indent));
        self.column = indent;
    }

    /// The items of a list, each at `indent`; the cursor is already there for the first.
    fn list(&mut self, items: &[Value], indent: usize) {
        for (position, item) in items.iter().enumerate() {
            if position > 0 {
                self.line(indent);
            }
            self.put("-");
            self.compact(item, indent);
        }
    }

    /// A value behind `-`, `?` or the `:` of a complex key: lists and hashes start on the same line.
    fn compact(&mut self, value: &Value, indent: usize) {
        match value {
            Value::List(items) if !items.is_empty() => {
                self.put(" ");
                self.list(items, indent + 2);
            }
            Value::Map(pairs) if !pairs.is_empty() => {
                self.put(" ");
                self.map(pairs, indent + 2);
            }
            _ => self.inline(value, indent),
        }
    }

    fn map(&mut self, pairs: &Map, indent: usize) {
        for (position, (key, value)) in pairs.iter().enumerate() {
            if position > 0 {
                self.line(indent);
            }
            if is_simple_key(key) {
                self.scalar(key, style(key), None);
                self.put(":");
                match value {
                    // Lists stand at the column of their key, hashes two further.
                    Value::List(items) if !items.is_empty() => {
                        self.line(indent);
                        self.list(items, indent);
                    }
                    Value::Map(pairs) if !pairs.is_empty() => {
                        self.line(indent + 2);
                        self.map(pairs, indent + 2);
                    }
                    _ => self.inline(value, indent),
                }
            } else {
                self.put("? ");
                self.scalar(key, style(key), Some(indent + 2));
                self.line(indent);
                self.put(":");
                self.compact(value, indent);
            }
        }
    }

    /// A scalar, `[]` or `{}` behind a space; broken lines continue two columns inside `indent`.
    fn inline(&mut self, value: &Value, indent: usize) {
        self.put(" ");
        let within = Some(indent + 2);
        match value {
            Value::Undef => self.put("~"),
            Value::List(_) => self.put("[]"),
            Value::Map(_) => self.put("{}"),
            Value::Integer(number) => self.put(&number.to_string()),
            Value::Float(number) => self.put(&perl_number::format(*number)),
            Value::Text(text) => self.scalar(text, style(text), within),
            Value::Bytes(bytes) => {
                let text: String = bytes.iter().copied().map(char::from).collect();
                self.scalar(&text, style(&text), within);
            }
        }
    }

    /// `within` is the column at which broken lines continue; a simple key has none and stays on one line.
    fn scalar(&mut self, text: &str, style: Style, within: Option<usize>) {
        match style {
            Style::Plain => self.plain(text, within),
            Style::Single => self.single(text, within),
            Style::Double => self.double(text, within),
            Style::Literal => self.literal(text, within.unwrap_or(0)),
        }
    }

    fn plain(&mut self, text: &str, within: Option<usize>) {
        let mut spaces = false;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            match within {
                Some(indent)
                    if letter == ' '
                        && !spaces
                        && self.column > WIDTH
                        && letters.peek() != Some(&' ') =>
                {
                    self.line(indent);
                }
                _ => self.letter(letter),
            }
            spaces = letter == ' ';
        }
    }

    /// Line feeds come here at the end of a text only, and only when it looks like a number otherwise.
    fn single(&mut self, text: &str, within: Option<usize>) {
        self.put("'");
        let (mut spaces, mut breaks) = (false, false);
        let mut first = true;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let next = letters.peek().copied();
            if letter == ' ' {
                match within {
                    Some(indent)
                        if !spaces
                            && self.column > WIDTH
                            && !first
                            && next.is_some_and(|next| next != ' ') =>
                    {
                        self.line(indent);
                    }
                    _ => self.letter(letter),
                }
                spaces = true;
            } else if letter == '\n' {
                // Inside quotes one line feed means a space, so the first is doubled.
                self.out.push_str(if breaks { "\n" } else { "\n\n" });
                breaks = true;
            } else {
                if breaks {
                    self.indent(within.unwrap_or(0));
                }
                if letter == '\'' {
                    self.letter('\'');
                }
                self.letter(letter);
                (spaces, breaks) = (false, false);
            }
            first = false;
        }
        if breaks {
            self.indent(within.unwrap_or(0));
        }
        self.put("'");
    }

    fn literal(&mut self, text: &str, indent: usize) {
        self.kept = text == "\n" || text.ends_with("\n\n");
        self.put("|");
        if text.starts_with([' ', '\n']) {
            self.put("2");
        }
        if self.kept {
            self.put("+");
        } else if !text.ends_with('\n') {
            self.put("-");
        }
        for line in text.strip_suffix('\n').unwrap_or(text).split('\n') {
            self.out.push('\n');
            if !line.is_empty() {
                self.indent(indent);
                self.put(line);
            }
        }
        if text.ends_with('\n') {
            self.out.push('\n');
            self.fresh = true;
        }
    }

    fn double(&mut self, text: &str, within: Option<usize>) {
        self.put("\"");
        let mut spaces = false;
        let mut first = true;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            if !is_printable(letter) || matches!(letter, '\n' | '"' | '\\') {
                self.put(&escape(letter));
                spaces = false;
            } else if letter == ' ' {
                match within {
                    Some(indent)
                        if !spaces && self.column > WIDTH && !first && letters.peek().is_some() =>
                    {
                        self.line(indent);
                        if letters.peek() == Some(&' ') {
                            self.letter('\\');
                        }
                    }
                    _ => self.letter(letter),
                }
                spaces = true;
            } else {
                self.letter(letter);
                spaces = false;
            }
            first = false;
        }
        self.put("\"");
    }
}

fn is_simple_key(key: &str) -> bool {
    // The dumper counts bytes, before quoting, and a line break anywhere makes a key complex.
    key.len() <= SIMPLE_KEY && !key.contains(['\n', '\r', '\u{85}', '\u{2028}', '\u{2029}'])
}

fn style(text: &str) -> Style {
    let number = perl_number::looks_like_number(text);
    let marks = Marks::of(text);
    if text.contains('\n') && !number {
        return if marks.literal_allowed && text.len() > LITERAL {
            Style::Literal
        } else {
            Style::Double
        };
    }
    if !marks.single_allowed {
        return Style::Double;
    }
    if number || !marks.plain_allowed || matches!(text, "" | "~" | "true" | "false" | "null") {
        return Style::Single;
    }
    Style::Plain
}

/// What a scalar contains, as far as that decides its quotes.
struct Marks {
    plain_allowed: bool,
    single_allowed: bool,
    literal_allowed: bool,
}

impl Marks {
    fn of(text: &str) -> Self {
        let mut indicator = text.starts_with("---") || text.starts_with("...");
        let mut special = false;
        let mut before = None;
        let mut letters = text.chars().peekable();
        while let Some(letter) = letters.next() {
            let blank_after = letters.peek().is_none_or(|&next| is_blank(next));
            indicator |= match letter {
                ':' => blank_after,
                '#' => before.is_none_or(is_blank),
                '-' | '?' => before.is_none() && blank_after,
                ',' | '[' | ']' | '{' | '}' | '&' | '*' | '!' | '|' | '>' | '\'' | '"' | '%'
                | '@' | '`' => before.is_none(),
                _ => false,
            };
            special |= !is_printable(letter);
            before = Some(letter);
        }
        let edge = text.starts_with(' ') || text.ends_with(' ');
        let space_break = text.contains(" \n");
        Self {
            plain_allowed: !(indicator || edge || text.contains('\n')),
            single_allowed: !(special || space_break || text.contains("\n ")),
            literal_allowed: !(special || space_break || text.ends_with(' ')),
        }
    }
}

fn is_blank(letter: char) -> bool {
    matches!(
        letter,
        ' ' | '\t' | '\0' | '\n' | '\r' | '\u{85}' | '\u{2028}' | '\u{2029}'
    )
}

/// Letters outside the basic plane count as unprintable there, which is why an emoji is written as `\U0001F600`.
fn is_printable(letter: char) -> bool {
    matches!(letter, '\n' | ' '..='~' | '\u{a0}'..='\u{d7ff}' | '\u{e000}'..='\u{fffd}')
        && !matches!(letter, '\u{feff}' | '\u{2028}' | '\u{2029}')
}

fn escape(letter: char) -> String {
    let short = match letter {
        '\0' => "\\0",
        '\x07' => "\\a",
        '\x08' => "\\b",
        '\t' => "\\t",
        '\n' => "\\n",
        '\x0b' => "\\v",
        '\x0c' => "\\f",
        '\r' => "\\r",
        '\x1b' => "\\e",
        '"' => "\\\"",
        '\\' => "\\\\",
        '\u{85}' => "\\N",
        '\u{a0}' => "\\_",
        '\u{2028}' => "\\L",
        '\u{2029}' => "\\P",
        _ => "",
    };
    if !short.is_empty() {
        return short.to_owned();
    }
    match u32::from(letter) {
        code @ 0..=0xff => format!("\\x{code:02X}"),
        code @ 0x100..=0xffff => format!("\\u{code:04X}"),
        code => format!("\\U{code:08X}"),
    }
}

#[cfg(test)]
mod tests {
    use super::super::read;
    use super::*;
    use proptest::prelude::*;

    /// Texts that YAML::XS 0.86 wrote for itself; reading and writing must give them back.
    const SAMPLES: &[&str] = &[
        "--- {}\n",
        "--- []\n",
        "--- ~\n",
        "--- ''\n",
        "--- Ticket#\n",
        "--- 1e+20\n",
        "--- 1.5\n",
        "---\n- - 1\n  - - 2\n    - []\n- a: 1\n  b:\n  - 1\n- []\n",
        "---\n'': 1\n'-': 2\n'12': 3\na:\n- b: 1\n  c: {}\n- \"x\\ny\"\na b: 2\n'a: b': 1\n'true': 5\n? \"x\\ny\"\n: 4\n'~': 6\nä: 8\n",
        "---\nFri:\n- '8'\n- '9'\nSat: []\n",
        "--- 'a: b'\n",
        "--- a:b\n",
        "--- :a\n",
        "--- -a\n",
        "--- '- a'\n",
        "--- '#a'\n",
        "--- a#b\n",
        "--- 'a #b'\n",
        "--- '---'\n",
        "--- 'true'\n",
        "--- yes\n",
        "--- \\\n",
        "--- it's\n",
        "--- '''q'''\n",
        "--- '!a'\n",
        "--- ?a\n",
        "--- '?'\n",
        "--- <<\n",
        "--- 0x10\n",
        "--- '1.0'\n",
        "--- 'inf'\n",
        "--- '0 but true'\n",
        "--- '1\n\n  '\n",
        "--- '-\n\n  '\n",
        "--- \"tab\\there\"\n",
        "--- \"cr\\rx\"\n",
        "--- \"\\U0001F600\"\n",
        "--- \"\\0\\x01\\e\\x7F\\N\\uFEFF\"\n",
        "--- \u{a0}\n",
        "--- word word word word word word word word word word word word word word word word\n  word word\n",
        "--- 'word  two word  two word  two word  two word  two word  two word  two word  two\n  word  two '\n",
        "--- \"a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb a\\tb\n  a\\tb \"\n",
        "---\na:\n- |-\n  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n   b\n- ? |-\n    yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n     b\n  : 1\n",
        "---\na: |2-\n\n  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\nb: |\n  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n\n  b\n    c\nc: 1\n",
        "--- |+\n  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n\n\n...\n",
        "---\na: |+\n  yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy\n\nb: 1\n...\n",
    ];

    #[test]
    fn perls_own_texts_come_back_byte_for_byte() {
        for sample in SAMPLES {
            let value = read(sample).unwrap();
            assert_eq!(write(&value), *sample, "{value:?}");
        }
    }

    #[test]
    fn a_long_key_needs_its_mark() {
        let key = |length: usize| {
            Value::map([(
                "k".repeat(length),
                Value::List(vec![1.into(), Value::map([("a", 2)])]),
            )])
        };
        assert_eq!(
            write(&key(128)),
            format!("---\n{}:\n- 1\n- a: 2\n", "k".repeat(128))
        );
        assert_eq!(
            write(&key(129)),
            format!("---\n? {}\n: - 1\n  - a: 2\n", "k".repeat(129))
        );
    }

    #[test]
    fn bytes_are_written_as_latin_1() {
        assert_eq!(write(&Value::Bytes(vec![b'a', 0xfc])), "--- aü\n");
    }

    #[test]
    fn separators_are_escaped() {
        assert_eq!(write(&Value::text("a\u{2028} b")), "--- \"a\\L b\"\n");
    }

    fn text() -> impl Strategy<Value = String> {
        prop_oneof![
            "[-?:,\\[\\]{}#&*!|>'\"%@`~ \t\n\r\u{85}\u{a0}\u{2028}\u{feff}\u{1F600}0a.=\\\\]{0,12}",
            "( {0,3}[a-z0-9'\":\n]{1,9}){0,30}",
            any::<String>(),
        ]
    }

    fn value() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Undef),
            any::<i64>().prop_map(Value::Integer),
            text().prop_map(Value::Text)
        ];
        leaf.prop_recursive(6, 60, 6, |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..5).prop_map(Value::List),
                prop::collection::btree_map(text(), inner, 0..5).prop_map(Value::Map),
            ]
        })
    }

    proptest! {
        #[test]
        fn what_is_written_is_read_again(value in value()) {
            let text = write(&value);
            prop_assert_eq!(read(&text), Ok(value), "{}", text);
        }
    }
}
