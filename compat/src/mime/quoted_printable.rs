//! The encoding quoted-printable, RFC 2045.

use std::fmt::Write as _;

/// Letters of a line at most.
const LINE: usize = 76;
/// Lines that are longer, with their end, are not protected from programs that read meaning into their start.
const PROTECTED: usize = 74;

/// Text in quoted-printable. A last line without an end gets one that does not count.
///
/// Lines that are a dot or begin with `From ` are written so that no mail program mistakes them.
pub fn quoted_printable(text: &[u8]) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 8);
    for line in text.split_inclusive(|byte| *byte == b'\n') {
        let start = out.len();
        push_line(&mut out, line);
        if out.len() - start < PROTECTED {
            if &out[start..] == ".\n" {
                out.replace_range(start.., "=2E\n");
            } else if out[start..].starts_with("From ") {
                out.replace_range(start..=start, "=46");
            }
        }
    }
    out
}

fn push_line(out: &mut String, line: &[u8]) {
    let (line, has_end) = match line.split_last() {
        Some((b'\n', line)) => (line, true),
        _ => (line, false),
    };
    let blank = |byte: &&u8| matches!(**byte, b' ' | b'\t');
    let trailing = line.len() - line.iter().rev().take_while(blank).count();
    let is_plain = |at: usize, byte: u8| match byte {
        b' ' | b'\t' => at < trailing,
        b'=' => false,
        other => other.is_ascii_graphic(),
    };
    let mut width = 0;
    for (at, byte) in line.iter().enumerate() {
        let plain = is_plain(at, *byte);
        let wanted = if plain { 1 } else { 3 };
        let is_last = has_end && at + 1 == line.len();
        if width + wanted > LINE - usize::from(!is_last) {
            out.push_str("=\n");
            width = 0;
        }
        if plain {
            out.push(char::from(*byte));
        } else {
            let _ = write!(out, "={byte:02X}");
        }
        width += wanted;
    }
    out.push_str(if has_end { "\n" } else { "=\n" });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_as_the_reference_encodes_it() {
        let a = |count| "a".repeat(count);
        for (text, expected) in [
            (String::new(), String::new()),
            ("\n".into(), "\n".into()),
            ("Hello body text".into(), "Hello body text=\n".into()),
            ("a\r\nb \nc\t\n".into(), "a=0D\nb=20\nc=09\n".into()),
            (".\n..\n. \n.".into(), "=2E\n..\n.=20\n.=\n".into()),
            (
                "From x\nFrom\n>From y\n".into(),
                "=46rom x\nFrom\n>From y\n".into(),
            ),
            (a(76) + "\n", a(76) + "\n"),
            (a(76), a(75) + "=\na=\n"),
            (a(77) + "\n", a(75) + "=\naa\n"),
            (a(75), a(75) + "=\n"),
            (a(75) + " \n", a(75) + "=\n=20\n"),
            (a(71) + "ü\n", a(71) + "=C3=\n=BC\n"),
            (a(70) + "ü\n", a(70) + "=C3=BC\n"),
            (a(70) + "ü", a(70) + "=C3=\n=BC=\n"),
            (format!("From {}", a(70)), format!("From {}=\n", a(70))),
        ] {
            assert_eq!(quoted_printable(text.as_bytes()), expected, "{text:?}");
        }
    }
}
