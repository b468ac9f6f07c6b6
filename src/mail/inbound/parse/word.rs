//! Encoded words in headers (RFC 2047), such as `=?utf-8?Q?Gr=C3=BC=C3=9Fe?=`.
//!
//! Headers may be made to hurt: no byte is looked at more than a few times, however often a word begins and does not end.

use compat::{charset, lenient_base64};

use super::text;

/// Characters that the name of a character set has at most, with its language; a longer one is none.
const LONGEST_NAME: usize = 80;

/// A run of encoded words in one character set, not yet read.
#[derive(Default)]
struct Run {
    charset: String,
    bytes: Vec<u8>,
}

impl Run {
    fn end(&mut self, out: &mut String) {
        if !self.charset.is_empty() {
            out.push_str(
                &if charset::is_known(&self.charset) && !charset::is_utf8(&self.charset) {
                    charset::decode(&self.bytes, &self.charset)
                } else {
                    String::from_utf8_lossy(&self.bytes)
                },
            );
            *self = Self::default();
        }
    }
}

/// The text with its encoded words read; those in a character set that nobody knows as UTF-8.
///
/// Neighbours in the same character set are read as one, for a character may be cut in two between them. What can not be
/// read stays as it is.
pub fn words(text: &str) -> String {
    Reader::new(text).read()
}

/// Where an encoded word begins: what stands before its content.
struct Head<'t> {
    charset: &'t str,
    is_base64: bool,
    length: usize,
}

struct Reader<'t> {
    text: &'t str,
    /// Whether no word ends any more in the rest of the text.
    is_barren: bool,
    /// Bytes that were looked at, for the proof that there are not too many.
    steps: usize,
}

impl<'t> Reader<'t> {
    fn new(text: &'t str) -> Self {
        Self {
            text,
            is_barren: false,
            steps: 0,
        }
    }

    fn read(&mut self) -> String {
        let mut out = String::with_capacity(self.text.len());
        let mut run = Run::default();
        // What stands before `done` is in `out` or in the run, and no word begins before `at`.
        let (mut done, mut at) = (0, 0);
        while let Some(found) = self.text[at..].find("=?") {
            self.steps += found + 2;
            let start = at + found;
            let Some((head, content)) = self.word(start) else {
                // What begins like a word counts as one for the white space behind the word before it.
                let before = &self.text[at..start];
                self.steps += before.len();
                if at == done && done > 0 && before.chars().all(char::is_whitespace) {
                    done = start;
                }
                at = start + 2;
                continue;
            };
            let before = &self.text[done..start];
            self.steps += before.len();
            let is_neighbour = !run.charset.is_empty() && before.chars().all(char::is_whitespace);
            if !is_neighbour || !run.charset.eq_ignore_ascii_case(head.charset) {
                run.end(&mut out);
            }
            if !is_neighbour {
                out.push_str(before);
            }
            head.charset.clone_into(&mut run.charset);
            if head.is_base64 {
                run.bytes.extend(lenient_base64::decode(content));
            } else {
                let spaces = content.replace('_', " ");
                run.bytes.extend(text::quoted_printable(spaces.as_bytes()));
            }
            done = start + head.length + content.len() + 2;
            at = done;
        }
        self.steps += self.text.len() - at;
        run.end(&mut out);
        out.push_str(&self.text[done..]);
        out
    }

    /// The encoded word that begins here, when one does that can be read.
    fn word(&mut self, start: usize) -> Option<(Head<'t>, &'t str)> {
        let head = self.head(&self.text[start..])?;
        let from = start + head.length;
        if self.is_barren {
            return None;
        }
        let Some(length) = self.text[from..].find("?=") else {
            self.steps += self.text.len() - from;
            self.is_barren = true;
            return None;
        };
        self.steps += length;
        Some((head, &self.text[from..from + length]))
    }

    /// `=?CHARSET?ENCODING?`; this is asked first, for it needs a few bytes only.
    fn head(&mut self, text: &'t str) -> Option<Head<'t>> {
        let rest = text.strip_prefix("=?")?;
        let is_name = |byte: &u8| byte.is_ascii_graphic() && *byte != b'?';
        let name = rest.bytes().take(LONGEST_NAME);
        let length = name.take_while(|byte| is_name(byte)).count();
        self.steps += length;
        let is_base64 = match rest.as_bytes().get(length..length + 3)? {
            [b'?', b'Q' | b'q', b'?'] => false,
            [b'?', b'B' | b'b', b'?'] => true,
            _ => return None,
        };
        let charset = rest[..length].split('*').next().unwrap_or_default();
        (!charset.is_empty()).then_some(Head {
            charset,
            is_base64,
            length: 2 + length + 3,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::{collection::vec, prelude::*};

    use super::*;

    #[test]
    fn words_stay_that_can_not_be_read() {
        for text in [
            "=?utf-8?Q?cut",
            "=?utf-8?X?a?=",
            "=??Q?a?=",
            "=?utf-8?Q",
            "=?ü?Q?a?=",
        ] {
            assert_eq!(words(text), text);
        }
        assert_eq!(words("=?nobody-knows?Q?=C3=BC=FC?="), "ü\u{fffd}");
        assert_eq!(words("=?utf-8?Q?a b?= c"), "a b c");
        assert_eq!(words("=?utf-8?Q?a?= =?utf-8?Q?d"), "a=?utf-8?Q?d");
    }

    proptest! {
        /// Pieces of words in any order, many of them.
        #[test]
        fn no_header_is_looked_at_more_than_a_few_times(
            pieces in vec(
                prop::sample::select(vec![
                    "=?", "utf-8", "?Q?", "?B?", "?=", "=", "?", " ", "x", "ü", "=?utf-8?Q?", "=?utf-8?B?YQ==?=",
                    "=?nobody?Q?", "=?utf-8?Q?a?=", "=?iso-8859-1?q?=FC",
                ]),
                0..400,
            ),
            times in 1_usize..40,
        ) {
            let text = pieces.concat().repeat(times);
            let mut reader = Reader::new(&text);
            let read = reader.read();
            // Each place where a word may begin costs its name, everything else is looked at once for each purpose.
            let begins = text.matches("=?").count();
            prop_assert!(reader.steps <= 4 * text.len() + begins * LONGEST_NAME, "{} for {}", reader.steps, text.len());
            prop_assert!(read.len() <= 3 * text.len());
        }
    }
}
