//! The structure of a message: headers, and parts within parts. Every step is linear in the size of the message, and
//! limits hold for messages that were made to hurt.

use std::ops::Range;

/// Parts within parts; what lies deeper is kept as it came.
const MAX_DEPTH: usize = 20;
/// Parts of one message; what follows is kept with the last one.
const MAX_PARTS: usize = 1_000;
/// Headers of one part; more of them are not read.
const MAX_HEADERS: usize = 2_000;
/// Bytes of one header; more of them are not read.
const MAX_HEADER_BYTES: usize = 256 * 1024;

/// A header as it came: its name, and its value without the ends of lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RawHeader {
    pub name: String,
    pub value: Vec<u8>,
}

/// A message or a part of one.
#[derive(Clone, Debug, Default)]
pub struct Entity {
    pub headers: Vec<RawHeader>,
    /// Where its content stands in the message.
    pub body: Range<usize>,
    /// Its parts, when it has some.
    pub parts: Vec<Entity>,
}

impl Entity {
    /// The first header of this name.
    pub fn header(&self, name: &str) -> Option<&[u8]> {
        self.headers
            .iter()
            .find(|header| header.name.eq_ignore_ascii_case(name))
            .map(|header| header.value.as_slice())
    }

    /// The same as text; bytes that are no UTF-8 are those of ISO-8859-1.
    pub fn text(&self, name: &str) -> Option<String> {
        self.header(name).map(|value| as_text(value.trim_ascii()))
    }
}

/// UTF-8 where it is, ISO-8859-1 otherwise.
pub fn as_text(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    }
}

/// Reads the structure of a message.
pub fn read(raw: &[u8]) -> Entity {
    let mut count = 0;
    entity(raw, 0..raw.len(), 0, &mut count)
}

fn entity(raw: &[u8], range: Range<usize>, depth: usize, count: &mut usize) -> Entity {
    let (headers, body) = headers(raw, range, depth == 0);
    let mut entity = Entity {
        headers,
        body,
        parts: Vec::new(),
    };
    let content_type = entity.text("Content-Type").unwrap_or_default();
    if depth >= MAX_DEPTH || !is_multipart(&content_type) {
        return entity;
    }
    let Some(boundary) = super::header::parameter(&content_type, "boundary") else {
        return entity;
    };
    for range in split(raw, entity.body.clone(), boundary.as_bytes()) {
        *count += 1;
        if *count > MAX_PARTS {
            break;
        }
        entity
            .parts
            .push(self::entity(raw, range, depth + 1, count));
    }
    entity
}

fn is_multipart(content_type: &str) -> bool {
    content_type
        .get(..10)
        .is_some_and(|start| start.eq_ignore_ascii_case("multipart/"))
}

/// Where the line that begins here ends, with and without its line end.
fn line_end(raw: &[u8], start: usize, end: usize) -> (usize, usize) {
    let rest = &raw[start..end];
    match rest.iter().position(|byte| *byte == b'\n') {
        Some(at) => {
            let content = if at > 0 && rest[at - 1] == b'\r' {
                at - 1
            } else {
                at
            };
            (start + at + 1, start + content)
        }
        None => (end, end),
    }
}

/// The headers at the beginning of a range, and where the content behind them stands. In those of the message itself lines
/// that are no headers say nothing; the content of a part may begin with such a line.
fn headers(raw: &[u8], range: Range<usize>, is_message: bool) -> (Vec<RawHeader>, Range<usize>) {
    let mut found: Vec<RawHeader> = Vec::new();
    let mut skips = is_message;
    let mut at = range.start;
    while at < range.end {
        let (next, end) = line_end(raw, at, range.end);
        let line = &raw[at..end];
        if line.is_empty() {
            return (found, next..range.end);
        }
        let continues = matches!(line[0], b' ' | b'\t');
        match found.last_mut() {
            _ if continues && skips => {}
            Some(last) if continues => {
                if last.value.len() + line.len() < MAX_HEADER_BYTES {
                    last.value.push(b'\n');
                    last.value.extend_from_slice(line);
                }
            }
            _ => match name_of(line) {
                Some(length) => {
                    skips = found.len() >= MAX_HEADERS;
                    if !skips {
                        found.push(header(line, length));
                    }
                }
                None if is_message => skips = true,
                None => return (found, at..range.end),
            },
        }
        at = next;
    }
    (found, range.end..range.end)
}

/// How long the name of a header is, when the line begins with one.
fn name_of(line: &[u8]) -> Option<usize> {
    let colon = line.iter().position(|byte| *byte == b':')?;
    let name = &line[..colon];
    let is_name = !name.is_empty() && name.iter().all(u8::is_ascii_graphic);
    is_name.then_some(colon)
}

fn header(line: &[u8], colon: usize) -> RawHeader {
    let value = &line[colon + 1..];
    RawHeader {
        name: String::from_utf8_lossy(&line[..colon]).into_owned(),
        value: value[..value.len().min(MAX_HEADER_BYTES)].to_vec(),
    }
}

/// The ranges between lines of the boundary.
fn split(raw: &[u8], body: Range<usize>, boundary: &[u8]) -> Vec<Range<usize>> {
    let mut parts = Vec::new();
    let mut open: Option<usize> = None;
    let mut at = body.start;
    while at < body.end {
        let (next, end) = line_end(raw, at, body.end);
        if let Some(is_last) = is_boundary(&raw[at..end], boundary) {
            if let Some(start) = open.take() {
                parts.push(start..without_line_end(raw, start, at));
            }
            if is_last || parts.len() > MAX_PARTS {
                return parts;
            }
            if let Some(end) = end_of_same(raw, next..body.end, boundary) {
                parts.push(next..end);
                at = end;
                continue;
            }
            open = Some(next);
        }
        at = next;
    }
    if let Some(start) = open.filter(|start| *start < body.end) {
        parts.push(start..body.end);
    }
    parts
}

/// Where the part that begins here ends, when it has parts of its own between lines of the same boundary: those are its
/// own then, to the last one.
fn end_of_same(raw: &[u8], range: Range<usize>, boundary: &[u8]) -> Option<usize> {
    let end = range.end;
    let near = range.start..end.min(range.start + MAX_HEADER_BYTES);
    let (headers, body) = headers(raw, near, false);
    let part = Entity {
        headers,
        ..Entity::default()
    };
    let content_type = part.text("Content-Type").filter(|it| is_multipart(it))?;
    let own = super::header::parameter(&content_type, "boundary")?;
    if own.as_bytes() != boundary {
        return None;
    }
    let mut at = body.start;
    while at < end {
        let (next, line_end) = line_end(raw, at, end);
        if is_boundary(&raw[at..line_end], boundary) == Some(true) {
            return Some(next);
        }
        at = next;
    }
    Some(end)
}

/// Whether a line is the boundary; `true` when it is the last one.
fn is_boundary(line: &[u8], boundary: &[u8]) -> Option<bool> {
    let rest = line.strip_prefix(b"--")?.strip_prefix(boundary)?;
    let rest = rest.trim_ascii_end();
    match rest {
        b"" => Some(false),
        b"--" => Some(true),
        _ => None,
    }
}

/// The line end before a boundary belongs to the boundary.
fn without_line_end(raw: &[u8], start: usize, end: usize) -> usize {
    let part = &raw[start..end];
    let part = part.strip_suffix(b"\n").unwrap_or(part);
    let part = part.strip_suffix(b"\r").unwrap_or(part);
    start + part.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_stand_between_the_lines_of_their_boundary() {
        let raw = b"A: 1\nContent-Type: multipart/mixed; boundary=x\n\npre\n--x\n\none\n--x\nB: 2\n\ntwo\n\n--x--\nend\n";
        let entity = read(raw);
        let bodies: Vec<&[u8]> = entity
            .parts
            .iter()
            .map(|part| &raw[part.body.clone()])
            .collect();
        assert_eq!(bodies, [&b"one"[..], b"two\n"]);
        assert_eq!(entity.parts[1].header("b"), Some(&b" 2"[..]));
    }

    #[test]
    fn parts_within_a_part_may_have_the_same_boundary() {
        let inner =
            "Content-Type: multipart/alternative; boundary=x\n\n--x\n\none\n--x\n\ntwo\n--x--\n";
        let raw = format!("Content-Type: multipart/mixed; boundary=x\n\n--x\n{inner}\n--x--\n");
        let entity = read(raw.as_bytes());
        assert_eq!(entity.parts.len(), 1);
        let inner = &entity.parts[0].parts;
        let bodies: Vec<&str> = inner.iter().map(|part| &raw[part.body.clone()]).collect();
        assert_eq!(bodies, ["one", "two"]);
    }

    #[test]
    fn a_message_within_a_thousand_others_is_read_to_the_limit() {
        use std::fmt::Write as _;
        let mut raw = String::new();
        for level in 0..1_000 {
            let _ = write!(
                raw,
                "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
            );
        }
        let mut deepest = 0;
        let mut entity = &read(raw.as_bytes());
        while let Some(part) = entity.parts.first() {
            deepest += 1;
            entity = part;
        }
        assert_eq!(deepest, MAX_DEPTH);
    }
}
