//! Bodies of HTML forms as Perl's form parser reads them: URL-encoded and `multipart/form-data`.
//!
//! The parser is older than the standards that describe forms today, so it is laxer than they are in some places and
//! stricter in others; clients of OTRS have met it as it is.
//!
//! Source: answers of the reference system to the bodies in the tests below.

/// One field. Its value are bytes: only who asks for it knows whether they must be UTF-8.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    pub name: Vec<u8>,
    pub value: FieldValue,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FieldValue {
    Bytes(Vec<u8>),
    /// An uploaded file, or parts within a part; not kept.
    File,
}

/// Reads `a=1&b=2;c=3`. A field ends at `&` or `;`, its name at the first `=`.
pub fn url_encoded(text: &[u8]) -> Vec<Field> {
    text.split(|byte| matches!(byte, b'&' | b';'))
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let end = pair
                .iter()
                .position(|byte| *byte == b'=')
                .unwrap_or(pair.len());
            let (name, value) = pair.split_at(end);
            let value = value.strip_prefix(b"=").unwrap_or(value);
            Field {
                name: unescaped(name),
                value: FieldValue::Bytes(unescaped(value)),
            }
        })
        .collect()
}

/// `+` is a space, `%e4` a byte, `%u20ac` a character (two of them may be a pair of surrogates); another `%` stays.
fn unescaped(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let [first, after @ ..] = rest {
        rest = after;
        match first {
            b'+' => out.push(b' '),
            b'%' => {
                if let Some(unit) = utf16_unit(after) {
                    rest = after.get(5..).unwrap_or_default();
                    let second = rest.strip_prefix(b"%").and_then(utf16_unit);
                    let pair = second
                        .and_then(|second| String::from_utf16(&[unit, second]).ok())
                        .filter(|pair| pair.chars().count() == 1);
                    match (pair, char::from_u32(u32::from(unit))) {
                        (Some(pair), _) => {
                            rest = rest.get(6..).unwrap_or_default();
                            out.extend(pair.bytes());
                        }
                        (None, Some(character)) => {
                            out.extend(character.encode_utf8(&mut [0; 4]).bytes());
                        }
                        // Half of a pair stands for three bytes, and each of them for nothing.
                        (None, None) => out.extend("\u{fffd}\u{fffd}\u{fffd}".bytes()),
                    }
                } else if let Some(byte) = number(after, 2).and_then(|byte| u8::try_from(byte).ok())
                {
                    out.push(byte);
                    rest = after.get(2..).unwrap_or_default();
                } else {
                    out.push(b'%');
                }
            }
            other => out.push(*other),
        }
    }
    out
}

fn utf16_unit(text: &[u8]) -> Option<u16> {
    number(text.strip_prefix(b"u")?, 4)
}

/// The hexadecimal number in the first `digits` bytes.
fn number(text: &[u8], digits: usize) -> Option<u16> {
    let text = text.get(..digits)?;
    if !text.iter().all(u8::is_ascii_hexdigit) {
        return None;
    }
    u16::from_str_radix(std::str::from_utf8(text).ok()?, 16).ok()
}

/// A multipart body that does not contain its boundary where one must be. The reference system has no answer to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the multipart body is cut off")]
pub struct CutOff;

const LINE_END: &[u8] = b"\r\n";

/// Reads a `multipart/form-data` body. The boundary is the one of the Content-Type, else the body's first line; it counts
/// anywhere, not only at the beginning of a line. A part without readable header lines ends the reading.
pub fn multipart(body: &[u8], content_type: &str) -> Result<Vec<Field>, CutOff> {
    let (boundary, mut rest) = if let Some(boundary) = boundary(content_type) {
        let boundary = [b"--", boundary.as_bytes()].concat();
        let start = find(body, &boundary).ok_or(CutOff)?;
        let rest = body.get(start + boundary.len()..).unwrap_or_default();
        (boundary, rest)
    } else {
        let end = find(body, LINE_END).ok_or(CutOff)?;
        let (boundary, rest) = body.split_at(end);
        if boundary.is_empty() {
            return Ok(Vec::new());
        }
        (boundary.to_vec(), rest)
    };
    let mut fields = Vec::new();
    while !rest.is_empty() && !rest.starts_with(b"--") {
        let Some(end) = find(rest, b"\r\n\r\n") else {
            break;
        };
        let headers = Headers::read(rest.get(..end + 2).unwrap_or_default());
        let Some(headers) = headers else {
            break;
        };
        rest = rest.get(end + 4..).unwrap_or_default();
        let end = find(rest, &boundary).ok_or(CutOff)?;
        let value = rest.get(..end.saturating_sub(2)).unwrap_or_default();
        rest = rest.get(end + boundary.len()..).unwrap_or_default();
        if let Some(name) = headers.name {
            let value = if headers.is_file {
                FieldValue::File
            } else {
                FieldValue::Bytes(value.to_vec())
            };
            fields.push(Field { name, value });
        }
    }
    Ok(fields)
}

fn boundary(content_type: &str) -> Option<&str> {
    let (_, after) = content_type.split_once("boundary=")?;
    let after = after.strip_prefix('"').unwrap_or(after);
    after
        .split(['"', ';', ','])
        .next()
        .filter(|boundary| !boundary.is_empty())
}

fn find(text: &[u8], part: &[u8]) -> Option<usize> {
    text.windows(part.len()).position(|window| window == part)
}

/// What the header lines of a part say.
#[derive(Default)]
struct Headers {
    name: Option<Vec<u8>>,
    is_file: bool,
}

impl Headers {
    /// `None` when there is no header line at all.
    fn read(text: &[u8]) -> Option<Self> {
        let text = unfolded(text);
        let mut any = false;
        let (mut disposition, mut content_type) = (Vec::new(), Vec::new());
        for line in text.split(|byte| matches!(byte, b'\r' | b'\n')) {
            let Some(colon) = line.iter().position(|byte| *byte == b':') else {
                continue;
            };
            let (key, value) = line.split_at(colon);
            let Some(value) = value
                .get(1..)
                .filter(|value| value.first().is_some_and(u8::is_ascii_whitespace))
            else {
                continue;
            };
            let start = key.iter().rposition(|byte| !is_token(*byte));
            let key = key.get(start.map_or(0, |at| at + 1)..).unwrap_or_default();
            if key.is_empty() {
                continue;
            }
            any = true;
            // The letters behind the first one of each word keep their case, and are compared with it.
            match canonical(key).as_slice() {
                b"Content-Disposition" => disposition = value.trim_ascii_start().to_vec(),
                b"Content-Type" => content_type = value.trim_ascii_start().to_vec(),
                _ => {}
            }
        }
        any.then(|| Self {
            name: name(&disposition),
            is_file: has_file_name(&disposition)
                || find(&content_type, b"multipart/mixed").is_some(),
        })
    }
}

/// Lines that begin with white space belong to the line before.
fn unfolded(text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = find(rest, LINE_END) {
        let (line, after) = rest.split_at(at);
        out.extend(line);
        let after = after.get(2..).unwrap_or_default();
        let trimmed = after.trim_ascii_start();
        if trimmed.len() < after.len() && !trimmed.is_empty() && !line.is_empty() {
            out.push(b' ');
            rest = trimmed;
        } else {
            out.extend(LINE_END);
            rest = after;
        }
    }
    out.extend(rest);
    out
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"-_!#$%&'*+.^`|{}~".contains(&byte)
}

fn canonical(key: &[u8]) -> Vec<u8> {
    let mut at_start = true;
    key.iter()
        .map(|byte| {
            let byte = if at_start {
                byte.to_ascii_uppercase()
            } else {
                *byte
            };
            at_start = !byte.is_ascii_alphanumeric() && byte != b'_';
            byte
        })
        .collect()
}

/// The field's name: behind `name=`, with or without quotes.
fn name(disposition: &[u8]) -> Option<Vec<u8>> {
    let marker = b"name=";
    let mut from = 0;
    loop {
        let at = from + find(disposition.get(from..)?, marker)?;
        let before = at.checked_sub(1).and_then(|before| disposition.get(before));
        if before.is_some_and(|byte| byte.is_ascii_whitespace() || *byte == b';') {
            let value = disposition.get(at + marker.len()..)?;
            let value = value.strip_prefix(b"\"").unwrap_or(value);
            let end = value.iter().position(|byte| matches!(byte, b'"' | b';'));
            return value.get(..end.unwrap_or(value.len())).map(<[u8]>::to_vec);
        }
        from = at + 1;
    }
}

/// Whether a part is a file: ` filename=` with something behind it that is not empty.
fn has_file_name(disposition: &[u8]) -> bool {
    let lower = disposition.to_ascii_lowercase();
    let Some(at) = find(&lower, b" filename=") else {
        return false;
    };
    match lower.get(at + b" filename=".len()..).unwrap_or_default() {
        [b'"', rest @ ..] => rest
            .iter()
            .position(|byte| *byte == b'"')
            .is_some_and(|end| end > 0),
        [first, ..] => first.is_ascii_alphanumeric() || b"!#'*+,.^_`{}|~".contains(first),
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn shown(fields: &[Field]) -> String {
        let field = |field: &Field| {
            let value = match &field.value {
                FieldValue::Bytes(bytes) => String::from_utf8_lossy(bytes).into_owned(),
                FieldValue::File => "(file)".to_owned(),
            };
            format!("{}={value}", String::from_utf8_lossy(&field.name))
        };
        fields.iter().map(field).collect::<Vec<_>>().join("|")
    }

    #[test]
    fn url_encoded_fields_are_decoded() {
        for (text, expected) in [
            ("a=1&b=2;c", "a=1|b=2|c="),
            ("a=x=y", "a=x=y"),
            ("%50=x+y%2b", "P=x y+"),
            ("a=%u00e4%u20ac%U00e4", "a=ä€%U00e4"),
            ("a=%ud83d%ude00.", "a=😀."),
            ("a=%ud83d%u0041", "a=\u{fffd}\u{fffd}\u{fffd}A"),
            ("a=%zz%4%u12%+1", "a=%zz%4%u12% 1"),
            ("&&a=1&", "a=1"),
        ] {
            assert_eq!(shown(&url_encoded(text.as_bytes())), expected, "{text}");
        }
        assert_eq!(
            url_encoded(b"a=%E4")[0].value,
            FieldValue::Bytes(vec![0xe4])
        );
    }

    const TYPE: &str = "multipart/form-data; boundary=XX";

    /// The fields of a body with one part.
    fn one(headers: &str) -> String {
        let body = format!("--XX\r\n{headers}\r\n\r\n1\r\n--XX--\r\n");
        shown(&multipart(body.as_bytes(), TYPE).unwrap())
    }

    #[test]
    fn the_header_lines_of_a_part_name_its_field() {
        for (headers, expected) in [
            ("Content-Disposition: form-data; name=\"a\"", "a=1"),
            ("content-disposition: form-data;name=\"a\"", "a=1"),
            ("CONTENT-DISPOSITION: form-data; name=\"a\"", ""),
            ("Content-Disposition:form-data; name=\"a\"", ""),
            ("Content-Disposition:\tform-data;\tname=\"a\"", "a=1"),
            ("Content-Disposition: form-data; name=a", "a=1"),
            ("Content-Disposition: form-data; name='a'", "'a'=1"),
            ("Content-Disposition: form-data; NAME=\"a\"", ""),
            ("Content-Disposition: form-data;\r\n name=\"a\"", "a=1"),
            ("Content-Disposition: form-data, name=\"%50\"", "%50=1"),
            (
                "Content-Disposition: form-data; name=\"a\"; name=\"b\"",
                "a=1",
            ),
            (
                "Content-Disposition: form-data; name=\"a\"\r\nContent-Disposition: form-data; name=\"b\"",
                "b=1",
            ),
            ("Content-Disposition: name=\"a\"", ""),
            ("X-Other: name=\"a\"", ""),
            ("no header", ""),
        ] {
            assert_eq!(one(headers), expected, "{headers}");
        }
    }

    #[test]
    fn parts_with_a_file_name_are_files() {
        for (file_name, expected) in [
            ("; filename=\"x\"", "a=(file)"),
            ("; filename=x", "a=(file)"),
            ("; FILENAME=\"x\"", "a=(file)"),
            ("; filename=\"\"", "a=1"),
            ("; filename=-", "a=1"),
            (";filename=\"x\"", "a=1"),
            ("; filename*=utf-8''x", "a=1"),
            ("\r\nContent-Type: multipart/mixed; boundary=YY", "a=(file)"),
        ] {
            let headers = format!("Content-Disposition: form-data; name=\"a\"{file_name}");
            assert_eq!(one(&headers), expected, "{headers}");
        }
    }

    #[test]
    fn parts_stand_between_boundaries_anywhere_in_the_body() {
        let a = "Content-Disposition: form-data; name=\"a\"\r\n\r\n";
        for (content_type, body, expected) in [
            (
                TYPE,
                format!("--XX\r\n{a}1\r\n--XX\r\n{a}2\r\n--XX--"),
                "a=1|a=2",
            ),
            (TYPE, format!("before--XX  \r\n{a}1zz--XX--after"), "a=1"),
            (
                TYPE,
                format!("--XX\r\n{a}{{\"b\":\"--XX\"}}\r\n--XX--"),
                "a={\"b\"",
            ),
            (TYPE, format!("--XX\r\n{a}--XX--"), "a="),
            (
                TYPE,
                format!("--XX\r\n{a}1\r\n--XX\r\n\r\n2\r\n--XX--"),
                "a=1",
            ),
            (TYPE, format!("--XX\r\n\r\n{a}1\r\n--XX--"), ""),
            (TYPE, format!("--XX\r\n{a}1\r\n--XX\r\nContent-Disp"), "a=1"),
            (
                "multipart/form-data; boundary=\"XX\"; x",
                format!("--XX\r\n{a}1\r\n--XX--"),
                "a=1",
            ),
            (
                "multipart/form-data; boundary=XX,Y",
                format!("--XX\r\n{a}1\r\n--XX--"),
                "a=1",
            ),
            (
                "multipart/form-data",
                format!("--XX\r\n{a}1\r\n--XX--"),
                "a=1",
            ),
            (
                "multipart/form-data; Boundary=YY",
                format!("--XX\r\n{a}1\r\n--XX--"),
                "a=1",
            ),
            (
                "multipart/form-data",
                format!("\r\n--XX\r\n{a}1\r\n--XX--"),
                "",
            ),
        ] {
            let fields = multipart(body.as_bytes(), content_type).unwrap();
            assert_eq!(shown(&fields), expected, "{body}");
        }
        for body in ["", "garbage", "--YY\r\n\r\n", &format!("--XX\r\n{a}1\r\n")] {
            assert_eq!(multipart(body.as_bytes(), TYPE), Err(CutOff), "{body}");
        }
    }

    proptest! {
        #[test]
        fn no_body_makes_the_readers_panic(body in proptest::collection::vec(any::<u8>(), 0..200), content_type in any::<String>()) {
            let _ = url_encoded(&body);
            let _ = multipart(&body, &content_type);
        }

        #[test]
        fn damaged_multipart_bodies_are_read_without_panic(body in "(--XX|\r\n| |Content-Disposition: |name=|filename=|\"|a|;){0,30}") {
            let _ = multipart(body.as_bytes(), TYPE);
        }

        #[test]
        fn damaged_escapes_are_read_without_panic(text in "[%ua-f0-9d=&;+é]*") {
            let _ = url_encoded(text.as_bytes());
        }
    }
}
