//! A mail that waits in the queue as text: its headers in one order and its parts decoded, so that mails of two systems
//! can be compared. Dates are left out, and boundaries have names of their own.
//!
//! Where a text has the marks [`START`] and [`END`], only what is between them counts: what systems write around a
//! notification is their own.

use std::fmt::Write as _;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use compat::{Value, storable};

/// The mark before what counts of a text.
pub const START: &str = "{{{";
/// The mark behind it.
pub const END: &str = "}}}";

/// Parts within parts, at most.
const DEEPEST: usize = 8;

/// The text for the bytes of `mail_queue.raw_message`; `None` for what is no such mail.
pub fn shown(image: &[u8]) -> Option<String> {
    let Value::Map(map) = storable::read(image).ok()? else {
        return None;
    };
    let text = |name: &str| match map.get(name)? {
        Value::Text(text) => Some(text.clone()),
        Value::Bytes(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
        _ => None,
    };
    let mut out = String::new();
    part(&text("Header")?, &text("Body")?, 0, &mut out);
    Some(out)
}

fn part(header: &str, body: &str, depth: usize, out: &mut String) {
    let indent = "  ".repeat(depth);
    let mut headers = unfolded(header);
    headers.sort();
    let value = |name: &str| {
        let found = headers.iter().find(|line| {
            line.split(':')
                .next()
                .is_some_and(|known| known.eq_ignore_ascii_case(name))
        });
        found
            .and_then(|line| line.split_once(':'))
            .map_or("", |(_, value)| value.trim())
            .to_owned()
    };
    let kind = value("Content-Type");
    let encoding = value("Content-Transfer-Encoding").to_ascii_lowercase();
    let boundary = kind.split("boundary=\"").nth(1);
    let boundary = boundary.and_then(|rest| rest.split('"').next());
    for line in &headers {
        if line.starts_with("Date:") {
            continue;
        }
        let line = match boundary {
            Some(boundary) => line.replace(boundary, "B"),
            None => line.clone(),
        };
        let _ = writeln!(out, "{indent}{line}");
    }
    if let Some(boundary) = boundary.filter(|_| depth < DEEPEST) {
        let mark = format!("\n--{boundary}");
        let body = format!("\n{body}");
        for inner in body.split(&mark).skip(1) {
            let Some(inner) = inner.strip_prefix('\n') else {
                continue;
            };
            let (header, body) = inner.split_once("\n\n").unwrap_or((inner, ""));
            let _ = writeln!(out, "{indent}- part");
            part(header, body, depth + 1, out);
        }
        return;
    }
    let body = match encoding.as_str() {
        "base64" => decoded(body),
        "quoted-printable" => unquoted(body),
        _ => body.to_owned(),
    };
    for line in marked(&body).lines() {
        let _ = writeln!(out, "{indent}| {line}");
    }
}

/// What is between the marks, all where there are none.
pub fn marked(text: &str) -> &str {
    match (text.find(START), text.rfind(END)) {
        (Some(start), Some(end)) if start < end => &text[start..end + END.len()],
        _ => text,
    }
}

fn unfolded(header: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in header.lines() {
        match lines.last_mut() {
            Some(last) if line.starts_with([' ', '\t']) => {
                // How far lines go is compared too.
                last.push('⏎');
                last.push_str(line);
            }
            _ => lines.push(line.to_owned()),
        }
    }
    lines
}

/// Text as it is, other bytes by their hash.
fn decoded(body: &str) -> String {
    let compact: String = body.split_whitespace().collect();
    let bytes = STANDARD.decode(compact).unwrap_or_default();
    match String::from_utf8(bytes) {
        Ok(text) => text,
        Err(error) => super::normal::hash(&format!("{:?}", error.as_bytes())),
    }
}

fn unquoted(body: &str) -> String {
    let body = body.replace("=\n", "");
    let mut bytes = Vec::with_capacity(body.len());
    let mut rest = body.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = after
            .get(..2)
            .and_then(|code| std::str::from_utf8(code).ok());
        let code = code.and_then(|code| u8::from_str_radix(code, 16).ok());
        if let (b'=', Some(byte)) = (first, code) {
            bytes.push(byte);
            rest = &after[2..];
        } else {
            bytes.push(*first);
            rest = after;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_are_decoded_and_cut_to_what_counts() {
        let mut out = String::new();
        let header = "Subject: a\n b\nDate: now\nContent-Type: multipart/mixed; boundary=\"x-1\"\n";
        let body = "preamble\n\n--x-1\nContent-Transfer-Encoding: quoted-printable\n\nframe {{{=C3=BC=\n}}} x\n--x-1--\n";
        part(header, body, 0, &mut out);
        assert_eq!(
            out,
            "Content-Type: multipart/mixed; boundary=\"B\"\nSubject: a⏎ b\n- part\n  \
             Content-Transfer-Encoding: quoted-printable\n  | {{{ü}}}\n"
        );
    }
}
