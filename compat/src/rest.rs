//! The addresses of HTTP::REST: route patterns and query strings.
//!
//! Source: answers of the reference system to requests that carry every case in the tests below.

use thiserror::Error;

use crate::{Map, Value, pattern};

/// A pattern such as `/Ticket/:TicketID`: `:Name` stands for anything but a slash, the rest is a regular expression,
/// as OTRS takes it, matched from the first to the last character of the path. Its groups with a name,
/// `(?<Name>\d+)`, are parameters too.
#[derive(Clone, Debug)]
pub struct Route {
    names: Vec<String>,
    matcher: Matcher,
}

/// What our names of groups begin with: regular expressions refuse two groups with one name.
const GROUP: &str = "otterdesk";

/// Nearly every route is plain text with parameters, and compiling a regular expression takes longer than reading a ticket.
#[derive(Clone, Debug)]
enum Matcher {
    /// What stands before each parameter, and behind the last one.
    Plain {
        before_names: Vec<String>,
        end: String,
    },
    Pattern {
        pattern: pattern::Pattern,
        groups: Vec<String>,
    },
}

/// Whether a text means itself in a regular expression.
fn is_plain(text: &str) -> bool {
    text.bytes()
        .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'/' | b'-' | b'_' | b':'))
}

/// Why a route pattern can not be used.
#[derive(Clone, Debug, Error, PartialEq, Eq)]
pub enum RouteError {
    #[error("`:{0}` is no name for a parameter")]
    Name(String),
    #[error("the route `{0}` is no regular expression that we know")]
    Pattern(String),
}

/// Bytes after percent decoding that are no UTF-8.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("the address is not encoded in UTF-8")]
pub struct NotUtf8;

impl Route {
    pub fn parse(pattern: &str) -> Result<Self, RouteError> {
        let mut names = Vec::new();
        let mut before_names = Vec::new();
        let mut literal = String::new();
        let mut regex = String::from("^");
        let mut rest = pattern;
        while let Some((before, after)) = rest.split_once(':') {
            let end = after.find('/').unwrap_or(after.len());
            let (name, tail) = after.split_at(end);
            regex.push_str(before);
            literal.push_str(before);
            if name.is_empty() {
                // A colon without a name is a colon.
                regex.push(':');
                literal.push(':');
                rest = after;
                continue;
            }
            if !is_name(name) {
                return Err(RouteError::Name(name.to_owned()));
            }
            regex.push_str("(?<");
            regex.push_str(GROUP);
            regex.push_str(&names.len().to_string());
            regex.push_str(">[^/]+)");
            names.push(name.to_owned());
            before_names.push(std::mem::take(&mut literal));
            rest = tail;
        }
        regex.push_str(rest);
        regex.push('$');
        literal.push_str(rest);
        let plain = before_names.iter().all(|text| is_plain(text)) && is_plain(&literal);
        if plain {
            let end = literal;
            let matcher = Matcher::Plain { before_names, end };
            return Ok(Self { names, matcher });
        }
        let pattern =
            pattern::Pattern::new(&regex).map_err(|_| RouteError::Pattern(pattern.to_owned()))?;
        let groups = pattern.names();
        let names = groups
            .iter()
            .map(|group| {
                let index = group.strip_prefix(GROUP).and_then(|at| at.parse().ok());
                let name = index.and_then(|at: usize| names.get(at));
                name.unwrap_or(group).clone()
            })
            .collect();
        let matcher = Matcher::Pattern { pattern, groups };
        Ok(Self { names, matcher })
    }

    /// The parameters' texts in the order of their names; `None` when the path does not match.
    fn texts<'p>(&self, path: &'p str) -> Option<Vec<Option<&'p str>>> {
        match &self.matcher {
            Matcher::Plain { before_names, end } => {
                let mut texts = Vec::with_capacity(before_names.len());
                let mut rest = path;
                for before in before_names {
                    let value = rest.strip_prefix(before.as_str())?;
                    let (text, after) = value.split_at(value.find('/').unwrap_or(value.len()));
                    if text.is_empty() {
                        return None;
                    }
                    texts.push(Some(text));
                    rest = after;
                }
                (rest == end).then_some(texts)
            }
            Matcher::Pattern { pattern, groups } => pattern.named(path, groups),
        }
    }

    /// The parameters of a path as it stands in the request (still percent encoded); `None` when it does not match.
    /// Of two parameters with one name the first counts.
    pub fn parameters(&self, path: &str) -> Option<Result<Map, NotUtf8>> {
        let texts = self.texts(path)?;
        let mut parameters = Map::new();
        for (name, text) in self.names.iter().zip(texts) {
            let Some(text) = text else {
                continue;
            };
            match percent_decode(text) {
                Ok(text) => parameters.entry(name.clone()).or_insert(Value::Text(text)),
                Err(error) => return Some(Err(error)),
            };
        }
        Some(Ok(parameters))
    }
}

fn is_name(name: &str) -> bool {
    let mut characters = name.chars();
    characters
        .next()
        .is_some_and(|first| first == '_' || first.is_alphabetic())
        && characters.all(|character| character == '_' || character.is_alphanumeric())
}

/// Reads `a=1&b=2;a=3`. A parameter that comes several times becomes a list; what follows a second `=` is dropped, as
/// OTRS does. A parameter's first value is empty where it is `0`; without `=`, the first one is empty and later ones are
/// `undef`. A `+` is a space in values only. A value that is no UTF-8 becomes [`Value::Bytes`]: only the operation knows
/// whether it matters.
pub fn query(query: &str) -> Map {
    let mut parameters = Map::new();
    let mut pairs: Vec<&str> = query.split(['&', ';']).collect();
    while pairs.last().is_some_and(|pair| pair.is_empty()) {
        pairs.pop();
    }
    for pair in pairs {
        let mut parts = pair.split('=');
        let name = decoded(parts.next().unwrap_or_default());
        let name = String::from_utf8_lossy(&name).into_owned();
        let value = parts.next().map_or(Value::Undef, |text| {
            match String::from_utf8(decoded(&text.replace('+', " "))) {
                Ok(text) => Value::Text(text),
                Err(error) => Value::Bytes(error.into_bytes()),
            }
        });
        match parameters.get_mut(&name) {
            None => {
                let first = if value.is_true() {
                    value
                } else {
                    Value::text("")
                };
                parameters.insert(name, first);
            }
            Some(Value::List(list)) => list.push(value),
            Some(first) => *first = Value::List(vec![std::mem::take(first), value]),
        }
    }
    parameters
}

/// Replaces `%C3%BC` by the bytes it stands for; a `%` that no two hexadecimal digits follow stays.
pub fn percent_decode(text: &str) -> Result<String, NotUtf8> {
    String::from_utf8(decoded(text)).map_err(|_| NotUtf8)
}

fn decoded(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while let Some(&byte) = bytes.get(at) {
        let escaped = match (byte, bytes.get(at + 1), bytes.get(at + 2)) {
            (b'%', Some(&high), Some(&low)) => hex(high).zip(hex(low)),
            _ => None,
        };
        if let Some((high, low)) = escaped {
            out.push(high * 16 + low);
            at += 3;
        } else {
            out.push(byte);
            at += 1;
        }
    }
    out
}

fn hex(digit: u8) -> Option<u8> {
    char::from(digit)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::json;

    fn matched(pattern: &str, path: &str) -> Option<String> {
        let parameters = Route::parse(pattern).unwrap().parameters(path)?.unwrap();
        Some(json::write(&Value::Map(parameters)))
    }

    #[test]
    fn parameters_stand_between_slashes() {
        for (pattern, path, expected) in [
            ("/One/:A", "/One/1", Some(r#"{"A":"1"}"#)),
            ("/One/:A", "/One/a%20b", Some(r#"{"A":"a b"}"#)),
            ("/One/:A", "/One/a+b", Some(r#"{"A":"a+b"}"#)),
            ("/One/:A", "/One/%C3%BC", Some(r#"{"A":"ü"}"#)),
            ("/One/:A", "/One/%2525", Some(r#"{"A":"%25"}"#)),
            ("/One/:A", "/One/a=b;c&d", Some(r#"{"A":"a=b;c&d"}"#)),
            ("/One/:A", "/One/", None),
            ("/One/:A", "/One", None),
            ("/One/:A", "/One/1/", None),
            ("/One/:A", "/One/1/2", None),
            (
                "/Two/:A/x/:B",
                "/Two/a.b/x/c-d",
                Some(r#"{"A":"a.b","B":"c-d"}"#),
            ),
            ("/Dup/:A/:A", "/Dup/1/2", Some(r#"{"A":"1"}"#)),
            ("/Zo/x:A", "/Zo/x1", Some(r#"{"A":"1"}"#)),
            ("/Zed/:A/", "/Zed/1/", Some(r#"{"A":"1"}"#)),
            ("/Zed/:A/", "/Zed/1", None),
            ("/Re/[ab]+.c", "/Re/abXc", Some("{}")),
            ("/P(a|b)", "/Pa", Some("{}")),
            ("/P(a|b)", "/Pc", None),
            ("/L(?!x)[a-z]+/:A", "/Lyx/1", Some(r#"{"A":"1"}"#)),
            ("/L(?!x)[a-z]+/:A", "/Lxy/1", None),
            ("/x++/:A", "/xx/1", Some(r#"{"A":"1"}"#)),
            (r"/t/(?<a>\d+)", "/t/12", Some(r#"{"a":"12"}"#)),
            (
                "/g/(?<a>.+)/(?<b>.+)/:C",
                "/g/1/2/3/4",
                Some(r#"{"C":"4","a":"1/2","b":"3"}"#),
            ),
            (r"/a/(?=\d)(?<a>[^/]+)", "/a/1x", Some(r#"{"a":"1x"}"#)),
            ("/e|/or", "/ex", Some("{}")),
            ("/e|/or", "/x/or", Some("{}")),
            ("/Echo", "/Sub/Echo", None),
            ("/Echo", "/echo", None),
        ] {
            assert_eq!(
                matched(pattern, path).as_deref(),
                expected,
                "{pattern} {path}"
            );
        }
    }

    #[test]
    fn unusable_patterns_are_named() {
        assert_eq!(
            Route::parse("/a:A-b:B/c").unwrap_err(),
            RouteError::Name("A-b:B".to_owned())
        );
        assert_eq!(
            Route::parse("/Opt/:A?").unwrap_err(),
            RouteError::Name("A?".to_owned())
        );
        assert_eq!(
            Route::parse("/(").unwrap_err(),
            RouteError::Pattern("/(".to_owned())
        );
    }

    #[test]
    fn queries_read_like_the_reference_reads_them() {
        for (text, expected) in [
            ("a=1", r#"{"a":"1"}"#),
            ("a=1&b=x&a=2", r#"{"a":["1","2"],"b":"x"}"#),
            ("a=1;b=2", r#"{"a":"1","b":"2"}"#),
            ("d", r#"{"d":""}"#),
            ("=e", r#"{"":"e"}"#),
            ("g=%C3%BC", r#"{"g":"ü"}"#),
            ("i=a%20b+c", r#"{"i":"a b c"}"#),
            ("j%5B%5D=1", r#"{"j[]":"1"}"#),
            ("k=%00", r#"{"k":"\u0000"}"#),
            ("", "{}"),
            ("a=1&a=2&a=3&b", r#"{"a":["1","2","3"],"b":""}"#),
            ("a==b", r#"{"a":""}"#),
            ("a=b=c", r#"{"a":"b"}"#),
            ("&a=1&", r#"{"":"","a":"1"}"#),
            ("a=%zz%4", r#"{"a":"%zz%4"}"#),
            ("a&a=1", r#"{"a":["","1"]}"#),
            ("a&a&a", r#"{"a":["",null,null]}"#),
            ("&&a=1&a&a=", r#"{"":["",null],"a":["1",null,""]}"#),
            ("a+b=c+d&%2B=%2B", r#"{"+":"+","a+b":"c d"}"#),
            ("a=0", r#"{"a":""}"#),
            ("a=%30&a=0&b=00", r#"{"a":["","0"],"b":"00"}"#),
            ("a=1%26b=2", r#"{"a":"1&b"}"#),
            ("%u00fc=%u20ac", r#"{"%u00fc":"%u20ac"}"#),
            ("?a=1", r#"{"?a":"1"}"#),
        ] {
            assert_eq!(json::write(&Value::Map(query(text))), expected, "{text}");
        }
        assert_eq!(
            query("h=%FC&%FC=1"),
            Map::from([
                ("h".to_owned(), Value::Bytes(vec![0xfc])),
                ("\u{fffd}".to_owned(), Value::text("1")),
            ])
        );
    }

    proptest! {
        #[test]
        fn plain_routes_match_as_patterns_do(path in "(/[ab]{0,2}){0,4}", tail in "(/b)?") {
            let plain = Route::parse(&format!("/a/:X/:Y{tail}")).unwrap();
            let pattern = Route::parse(&format!("/a{{1}}/:X/:Y{tail}")).unwrap();
            prop_assert_eq!(plain.parameters(&path), pattern.parameters(&path));
        }

        #[test]
        fn no_address_makes_the_readers_panic(pattern in any::<String>(), text in any::<String>()) {
            let _ = query(&text);
            if let Ok(route) = Route::parse(&pattern) {
                let _ = route.parameters(&text);
            }
        }

        #[test]
        fn damaged_escapes_are_read_without_panic(text in "[%a-f0-9=&;+é/]*") {
            let _ = query(&text);
            let _ = percent_decode(&text);
        }
    }
}
