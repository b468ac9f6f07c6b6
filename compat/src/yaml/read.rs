//! From events of the parser to one value.

use std::collections::HashMap;

use saphyr_parser::{Event, Marker, Parser, ScalarStyle, Tag};

use super::{MAX_ALIASES, MAX_BYTES, MAX_DEPTH, MAX_VALUES, Problem, YamlError};
use crate::{Map, Value, perl_number};

/// Reads one document; an empty text is [`Value::Undef`]. When a key comes twice, the last one counts, as in Perl.
pub fn read(text: &str) -> Result<Value, YamlError> {
    if text.len() > MAX_BYTES {
        return Err(YamlError {
            line: 1,
            column: 1,
            problem: Problem::Size,
        });
    }
    if let Some(text) = quoted(text) {
        return Ok(scalar(text.to_owned(), ScalarStyle::SingleQuoted));
    }
    parse(text)
}

/// The text between the quotes, when that is the whole document: most settings are such a line, and a process that takes
/// one mail reads hundreds of them.
fn quoted(text: &str) -> Option<&str> {
    let text = text.strip_prefix("--- '")?.strip_suffix("'\n")?;
    let is_plain = |byte: u8| matches!(byte, b' '..=b'~') && byte != b'\'';
    text.bytes().all(is_plain).then_some(text)
}

fn parse(text: &str) -> Result<Value, YamlError> {
    let mut parser = Parser::new_from_str(text);
    let mut reader = Reader::default();
    while let Some(event) = parser.next_event() {
        let (event, span) =
            event.map_err(|error| at(error.marker(), Problem::Syntax(error.info().to_owned())))?;
        let done = matches!(event, Event::StreamEnd);
        reader
            .event(event)
            .map_err(|problem| at(&span.start, problem))?;
        if done {
            break;
        }
    }
    Ok(reader.root.unwrap_or_default())
}

fn at(marker: &Marker, problem: Problem) -> YamlError {
    YamlError {
        line: marker.line(),
        column: marker.col() + 1,
        problem,
    }
}

/// A list or hash that is still being read, with the anchor that it will be known by (0 for none).
enum Open {
    List {
        items: Vec<Value>,
        anchor: usize,
    },
    Map {
        pairs: Map,
        key: Option<String>,
        anchor: usize,
    },
}

#[derive(Default)]
struct Reader {
    open: Vec<Open>,
    root: Option<Value>,
    /// Anchored values and the number of values in each.
    anchors: HashMap<usize, (Value, usize)>,
    documents: usize,
    aliases: usize,
    values: usize,
}

impl Reader {
    fn event(&mut self, event: Event<'_>) -> Result<(), Problem> {
        match event {
            Event::DocumentStart(_) => {
                self.documents += 1;
                if self.documents > 1 {
                    Err(Problem::Documents)
                } else {
                    Ok(())
                }
            }
            Event::Scalar(text, style, anchor, tag) => {
                refuse(tag.as_deref())?;
                if self.wants_key() {
                    self.key(text.into_owned(), style, anchor);
                    return Ok(());
                }
                self.count(1)?;
                let value = scalar(text.into_owned(), style);
                self.finish(value, anchor)
            }
            Event::SequenceStart(anchor, tag) => {
                refuse(tag.as_deref())?;
                self.open(Open::List {
                    items: Vec::new(),
                    anchor,
                })
            }
            Event::MappingStart(anchor, tag) => {
                refuse(tag.as_deref())?;
                self.open(Open::Map {
                    pairs: Map::new(),
                    key: None,
                    anchor,
                })
            }
            Event::SequenceEnd | Event::MappingEnd => match self.open.pop() {
                Some(Open::List { items, anchor }) => self.finish(Value::List(items), anchor),
                Some(Open::Map { pairs, anchor, .. }) => self.finish(Value::Map(pairs), anchor),
                None => Ok(()),
            },
            Event::Alias(anchor) => self.alias(anchor),
            Event::Nothing | Event::StreamStart | Event::StreamEnd | Event::DocumentEnd => Ok(()),
        }
    }

    fn wants_key(&self) -> bool {
        matches!(self.open.last(), Some(Open::Map { key: None, .. }))
    }

    fn key(&mut self, text: String, style: ScalarStyle, anchor: usize) {
        // A key is a text in Perl, so `~` and `true` turn into the texts of what they mean.
        let text = scalar(text, style).as_string().unwrap_or_default();
        if anchor != 0 {
            let kept = Value::Text(text.clone());
            let size = size(&kept);
            self.anchors.insert(anchor, (kept, size));
        }
        if let Some(Open::Map { key, .. }) = self.open.last_mut() {
            *key = Some(text);
        }
    }

    fn open(&mut self, open: Open) -> Result<(), Problem> {
        if self.wants_key() {
            return Err(Problem::Key);
        }
        if self.open.len() >= MAX_DEPTH {
            return Err(Problem::Depth);
        }
        self.count(1)?;
        self.open.push(open);
        Ok(())
    }

    fn alias(&mut self, anchor: usize) -> Result<(), Problem> {
        self.aliases += 1;
        if self.aliases > MAX_ALIASES {
            return Err(Problem::Aliases);
        }
        let (value, size) = self.anchors.get(&anchor).ok_or(Problem::Alias)?;
        let (value, size) = (value.clone(), *size);
        self.count(size)?;
        if self.wants_key() {
            let text = value.as_string().ok_or(Problem::Key)?;
            self.key(text, ScalarStyle::SingleQuoted, 0);
            return Ok(());
        }
        if self.open.len() + depth(&value) > MAX_DEPTH {
            return Err(Problem::Depth);
        }
        self.finish(value, 0)
    }

    fn count(&mut self, values: usize) -> Result<(), Problem> {
        self.values = self.values.saturating_add(values);
        if self.values > MAX_VALUES {
            Err(Problem::Values)
        } else {
            Ok(())
        }
    }

    fn finish(&mut self, value: Value, anchor: usize) -> Result<(), Problem> {
        if anchor != 0 {
            // The copy that is kept for aliases counts as well, so that anchors within anchors stay bounded.
            let size = size(&value);
            self.count(size)?;
            self.anchors.insert(anchor, (value.clone(), size));
        }
        match self.open.last_mut() {
            None => self.root = Some(value),
            Some(Open::List { items, .. }) => items.push(value),
            Some(Open::Map { pairs, key, .. }) => {
                if let Some(key) = key.take() {
                    pairs.insert(key, value);
                }
            }
        }
        Ok(())
    }
}

fn refuse(tag: Option<&Tag>) -> Result<(), Problem> {
    tag.map_or(Ok(()), |tag| {
        Err(Problem::Tag(format!("{}{}", tag.handle, tag.suffix)))
    })
}

fn scalar(text: String, style: ScalarStyle) -> Value {
    if style == ScalarStyle::SingleQuoted && text.contains(SEPARATORS) {
        return Value::Text(without_separator_indents(&text));
    }
    if style != ScalarStyle::Plain {
        return Value::Text(text);
    }
    match text.as_str() {
        "" | "~" | "null" => Value::Undef,
        "true" => Value::Integer(1),
        "false" => Value::text(""),
        _ => number(&text).unwrap_or(Value::Text(text)),
    }
}

/// Line breaks in YAML 1.1, which Perl writes, but letters like any other in YAML 1.2, which our parser reads.
const SEPARATORS: [char; 2] = ['\u{2028}', '\u{2029}'];

/// Perl's dumper breaks and indents a line at these letters, so the spaces around them are not part of the text.
fn without_separator_indents(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(SEPARATORS) {
        let (line, from) = rest.split_at(at);
        let line = if out.is_empty() {
            line
        } else {
            line.trim_start_matches(' ')
        };
        out.push_str(line.trim_end_matches(' '));
        let mut letters = from.chars();
        out.extend(letters.next());
        rest = letters.as_str();
    }
    out.push_str(if out.is_empty() {
        rest
    } else {
        rest.trim_start_matches(' ')
    });
    out
}

/// The number that prints as exactly this text again.
fn number(text: &str) -> Option<Value> {
    if !text.ends_with(|last: char| last.is_ascii_digit()) {
        return None;
    }
    let number = perl_number::looks_like_number(text).then(|| perl_number::parse(text))?;
    (number.as_string()? == text).then_some(number)
}

/// How many values a repetition counts as; a long text weighs more, so that repeating it stays bounded too.
fn size(value: &Value) -> usize {
    1 + match value {
        Value::Text(text) => text.len() / 64,
        Value::List(items) => items.iter().map(size).sum(),
        Value::Map(pairs) => pairs.values().map(size).sum(),
        _ => 0,
    }
}

fn depth(value: &Value) -> usize {
    match value {
        Value::List(items) => 1 + items.iter().map(depth).max().unwrap_or(0),
        Value::Map(pairs) => 1 + pairs.values().map(depth).max().unwrap_or(0),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::super::write;
    use super::*;
    use proptest::prelude::*;

    fn problem(text: &str) -> (usize, Problem) {
        let error = read(text).unwrap_err();
        (error.line, error.problem)
    }

    #[test]
    fn a_web_service_is_read() {
        let value = read(
            "---\nDebugger:\n  DebugThreshold: error\n  TestMode: 0\nProvider:\n  ErrorHandling: {}\n  ErrorHandlingPriority: []\n  \
             Transport:\n    Config:\n      AdditionalHeaders: ~\n      KeepAlive: ''\n      MaxLength: '100000000'\n      \
             RouteOperationMapping:\n        TicketUpdate:\n          RequestMethod:\n          - PATCH\n          - PUT\n          \
             Route: /Ticket/:TicketID\n    Type: HTTP::REST\nRemoteSystem: ''\n",
        )
        .unwrap();
        let config = value
            .get("Provider")
            .and_then(|value| value.get("Transport")?.get("Config"))
            .unwrap();
        assert_eq!(
            value.get("Debugger").unwrap().get("TestMode"),
            Some(&Value::Integer(0))
        );
        assert_eq!(config.get("AdditionalHeaders"), Some(&Value::Undef));
        assert_eq!(config.get("KeepAlive"), Some(&Value::text("")));
        assert_eq!(config.get("MaxLength"), Some(&Value::text("100000000")));
        let methods = config
            .get("RouteOperationMapping")
            .unwrap()
            .get("TicketUpdate")
            .unwrap()
            .get("RequestMethod");
        assert_eq!(
            methods,
            Some(&Value::List(vec!["PATCH".into(), "PUT".into()]))
        );
        assert_eq!(
            value.get("Provider").unwrap().get("ErrorHandling"),
            Some(&Value::Map(Map::new()))
        );
    }

    #[test]
    fn unquoted_scalars_have_perls_types() {
        for (text, value) in [
            ("", Value::Undef),
            ("# nothing", Value::Undef),
            ("--- ~", Value::Undef),
            ("null", Value::Undef),
            ("NULL", Value::text("NULL")),
            ("true", Value::Integer(1)),
            ("false", Value::text("")),
            ("yes", Value::text("yes")),
            ("--- Ticket#", Value::text("Ticket#")),
            ("-12", Value::Integer(-12)),
            ("1.5", Value::Float(1.5)),
            ("1.50", Value::text("1.50")),
            ("007", Value::text("007")),
            ("+5", Value::text("+5")),
            ("-0", Value::text("-0")),
            ("1e5", Value::text("1e5")),
            ("0x1F", Value::text("0x1F")),
            ("1_000", Value::text("1_000")),
            ("99999999999999999999", Value::text("99999999999999999999")),
            ("nan", Value::text("nan")),
            ("'12'", Value::text("12")),
            ("\"12\"", Value::text("12")),
            ("\"a\\tb\\x01\\u00fc\"", Value::text("a\tb\u{1}ü")),
            ("|\n  a\n  b\n", Value::text("a\nb\n")),
            (">-\n  a\n  b\n\n  c\n", Value::text("a b\nc")),
        ] {
            assert_eq!(read(text).as_ref(), Ok(&value), "{text:?}");
        }
    }

    #[test]
    fn keys_are_texts_and_the_last_one_counts() {
        assert_eq!(
            read("{~: 1, 12: 2, a: 3, a: 4}").unwrap(),
            Value::map([("", 1), ("12", 2), ("a", 4)])
        );
        assert_eq!(problem("? [a]\n: b"), (1, Problem::Key));
        assert_eq!(problem("a: 1\n{b: 1}: c").0, 2);
    }

    #[test]
    fn aliases_repeat_a_finished_value() {
        let value = read("a: &1\n  - x\nb: *1\n").unwrap();
        assert_eq!(value.get("a"), value.get("b"));
        assert_eq!(problem("a: &1\n  - *1\n"), (2, Problem::Alias));
        let many = format!("- &1 x\n{}", "- *1\n".repeat(MAX_ALIASES + 1));
        assert_eq!(problem(&many), (MAX_ALIASES + 2, Problem::Aliases));
    }

    #[test]
    fn aliases_cannot_blow_up() {
        let mut lines = vec!["- &a0 [x,x,x,x,x,x,x,x,x,x]\n".to_owned()];
        for level in 1..12 {
            let items = vec![format!("*a{}", level - 1); 10].join(",");
            lines.push(format!("- &a{level} [{items}]\n"));
        }
        let text = lines.concat();
        assert!(matches!(
            problem(&text).1,
            Problem::Values | Problem::Aliases
        ));
    }

    #[test]
    fn repeating_a_long_text_is_bounded() {
        let text = format!("- &1 {}\n{}", "x".repeat(1_000_000), "- *1\n".repeat(70));
        assert_eq!(problem(&text).1, Problem::Values);
        let keys = format!(
            "- &1 {}\n{}",
            "x".repeat(1_000_000),
            "- *1 : 1\n".repeat(70)
        );
        assert_eq!(problem(&keys).1, Problem::Values);
    }

    #[test]
    fn tags_are_refused_with_their_line() {
        assert_eq!(
            problem("a: 1\nb: !ruby/object:Gem::Requirement\n  x: 1\n").0,
            2
        );
        assert!(
            matches!(problem("--- !!perl/hash:Some::Class\na: 1\n").1, Problem::Tag(tag) if tag.contains("perl/hash:Some::Class"))
        );
        assert!(matches!(
            problem("- !!perl/code: '{ die }'\n").1,
            Problem::Tag(_)
        ));
        assert!(matches!(problem("- ! x\n").1, Problem::Tag(_)));
    }

    #[test]
    fn limits_hold() {
        assert_eq!(problem(&"x".repeat(MAX_BYTES + 1)), (1, Problem::Size));
        assert_eq!(problem(&"[".repeat(MAX_DEPTH + 1)).1, Problem::Depth);
        assert!(
            read(&format!(
                "{}{}",
                "[".repeat(MAX_DEPTH),
                "]".repeat(MAX_DEPTH)
            ))
            .is_ok()
        );
        assert_eq!(problem("--- 1\n--- 2\n"), (2, Problem::Documents));
    }

    #[test]
    fn errors_name_line_and_column() {
        let error = read("a: 1\nb: [1, 2\nc: 'x\n").unwrap_err();
        assert!(error.line >= 2, "{error}");
        assert!(
            error
                .to_string()
                .starts_with(&format!("line {}, column {}: ", error.line, error.column))
        );
    }

    fn sample() -> impl Strategy<Value = String> {
        prop::sample::select(vec![
            "---\nA:\n- '8'\n- 9\nB: ~\nC:\n  D: {}\n  E: \"x\\ny\"\n? long\n: []\n",
            "--- |\n  a\n   b\n\nc: &1 [x, *1, {y: z}]\n",
            "- - 1\n  - 'it''s'\n- ? a\n  : b\n- >-\n  f\n  g\n",
        ])
        .prop_map(str::to_owned)
    }

    proptest! {
        #[test]
        fn any_text_is_answered(text in any::<String>()) {
            let _ = read(&text);
        }

        #[test]
        fn yaml_like_texts_are_answered(text in "[-?:,\\[\\]{}#&*!|>'\"%@`~ \t\n\ra1.\u{85}\u{feff}]{0,80}") {
            let _ = read(&text);
        }

        #[test]
        fn damaged_samples_are_answered(text in sample(), at in any::<prop::sample::Index>(), cut in 0_usize..4, with in "[-?:,\\[\\]{}#&*!|>'\"%~ \n1a]{0,4}") {
            let mut letters: Vec<char> = text.chars().collect();
            let start = at.index(letters.len());
            let end = (start + cut).min(letters.len());
            letters.splice(start..end, with.chars());
            let damaged: String = letters.into_iter().collect();
            if let Ok(value) = read(&damaged) {
                prop_assert!(read(&write(&value)).is_ok());
            }
        }
    }

    proptest::proptest! {
        #[test]
        fn a_quoted_line_means_what_the_parser_makes_of_it(text in "[ -~\\u{e4}]{0,40}") {
            let document = format!("--- '{text}'\n");
            proptest::prop_assert_eq!(read(&document).ok(), parse(&document).ok());
        }
    }
}
