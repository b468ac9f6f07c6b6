//! From bytes on the wire to content: transfer encodings and character sets.

use std::borrow::Cow;

use compat::{charset, lenient_base64};

/// Content without its transfer encoding; an encoding that nobody knows is none.
pub fn transferred<'a>(bytes: &'a [u8], encoding: &str) -> Cow<'a, [u8]> {
    match encoding.trim().to_ascii_lowercase().as_str() {
        "base64" => Cow::Owned(lenient_base64::decode(&String::from_utf8_lossy(bytes))),
        "quoted-printable" => Cow::Owned(quoted_printable(bytes)),
        _ => Cow::Borrowed(bytes),
    }
}

/// Reads `=XX`, drops line ends behind `=` and white space at the end of lines; what is no code stays.
pub fn quoted_printable(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    let mut lines = bytes.split(|byte| *byte == b'\n').peekable();
    while let Some(line) = lines.next() {
        let is_last = lines.peek().is_none();
        let content = if is_last { line } else { line.trim_ascii_end() };
        let soft = !is_last && content.last() == Some(&b'=');
        let content = if soft {
            &content[..content.len() - 1]
        } else {
            content
        };
        codes(content, &mut out);
        if !is_last && !soft {
            out.push(b'\n');
        }
    }
    out
}

fn codes(line: &[u8], out: &mut Vec<u8>) {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let mut at = 0;
    while at < line.len() {
        let code = match line[at..] {
            [b'=', high, low, ..] => digit(high).zip(digit(low)),
            _ => None,
        };
        if let Some((high, low)) = code {
            out.push(u8::try_from(high * 16 + low).unwrap_or_default());
            at += 3;
        } else {
            out.push(line[at]);
            at += 1;
        }
    }
}

/// Text in a character set; without one, or with one that nobody knows, ISO-8859-1. A byte order mark of UTF-8 stays.
pub fn decoded(bytes: &[u8], label: Option<&str>) -> String {
    if label.is_some_and(charset::is_utf8) {
        return String::from_utf8_lossy(bytes).into_owned();
    }
    charset::decode(bytes, label.unwrap_or("iso-8859-1")).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quoted_printable_is_read_leniently() {
        for (text, expected) in [
            ("Gr=C3=BC", "Grü"),
            ("soft=\nline", "softline"),
            ("soft= \nline", "softline"),
            ("bad =ZZ =", "bad =ZZ ="),
            ("end  \nnext", "end\nnext"),
        ] {
            let read = quoted_printable(text.as_bytes());
            assert_eq!(String::from_utf8(read).unwrap(), expected, "{text}");
        }
    }
}
