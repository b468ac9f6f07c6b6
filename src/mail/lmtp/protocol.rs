//! LMTP as text: commands, replies, and the end of a message. No sockets here.
//!
//! Source: RFC 2033 (LMTP), RFC 5321 (SMTP), RFC 3030 (BDAT), RFC 1870 (SIZE), RFC 6152 (8BITMIME).

/// What a client can say.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Command {
    Lhlo,
    /// With the size that the client announces, in bytes.
    Mail {
        size: Option<u64>,
    },
    Rcpt,
    Data,
    Bdat {
        size: u64,
        last: bool,
    },
    Rset,
    Noop,
    Vrfy,
    Quit,
}

/// What we answer: code and text, which may hold several lines.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Reply {
    pub code: u16,
    pub text: String,
}

impl Reply {
    pub fn new(code: u16, text: impl Into<String>) -> Self {
        Self {
            code,
            text: text.into(),
        }
    }

    /// As it goes over the line.
    pub fn write(&self, out: &mut Vec<u8>) {
        let mut lines = self.text.lines().peekable();
        while let Some(line) = lines.next() {
            let separator = if lines.peek().is_some() { '-' } else { ' ' };
            out.extend_from_slice(format!("{}{separator}{line}\r\n", self.code).as_bytes());
        }
    }
}

/// Reads one line of a client, without its end.
///
/// Errors: the answer to what is no command.
pub fn parse(line: &[u8]) -> Result<Command, Reply> {
    let wrong = |text: &str| Err(Reply::new(501, format!("5.5.4 {text}")));
    let Ok(line) = std::str::from_utf8(line) else {
        return wrong("a command is text");
    };
    let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
    let rest = rest.trim();
    match verb.to_ascii_uppercase().as_str() {
        "LHLO" if rest.is_empty() => wrong("say LHLO with your name"),
        "LHLO" => Ok(Command::Lhlo),
        "HELO" | "EHLO" => Err(Reply::new(500, "5.5.1 this is LMTP: say LHLO")),
        "MAIL" => mail(rest),
        "RCPT" => match path(rest, "TO:") {
            Some(("", _)) | None => wrong("say RCPT TO:<address>"),
            Some((_, "")) => Ok(Command::Rcpt),
            Some(_) => Err(Reply::new(555, "5.5.4 RCPT takes no parameters")),
        },
        "DATA" => Ok(Command::Data),
        "BDAT" => {
            let mut words = rest.split_ascii_whitespace();
            let size = words.next().and_then(|size| size.parse().ok());
            let last = words.next();
            let is_last = last.is_some_and(|last| last.eq_ignore_ascii_case("LAST"));
            match size {
                Some(size) if (last.is_none() || is_last) && words.next().is_none() => {
                    Ok(Command::Bdat {
                        size,
                        last: is_last,
                    })
                }
                _ => wrong("say BDAT size, or BDAT size LAST"),
            }
        }
        "RSET" => Ok(Command::Rset),
        "NOOP" => Ok(Command::Noop),
        "VRFY" => Ok(Command::Vrfy),
        "QUIT" => Ok(Command::Quit),
        _ => Err(Reply::new(500, "5.5.2 no such command")),
    }
}

/// The address within `FROM:<…>` or `TO:<…>`, and the parameters behind it.
fn path<'a>(rest: &'a str, word: &str) -> Option<(&'a str, &'a str)> {
    let head = rest.get(..word.len())?;
    if !head.eq_ignore_ascii_case(word) {
        return None;
    }
    let rest = rest[word.len()..].trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    Some((address, parameters.trim()))
}

fn mail(rest: &str) -> Result<Command, Reply> {
    let Some((_, parameters)) = path(rest, "FROM:") else {
        return Err(Reply::new(501, "5.5.4 say MAIL FROM:<address>"));
    };
    let mut size = None;
    for parameter in parameters.split_ascii_whitespace() {
        let (name, value) = parameter.split_once('=').unwrap_or((parameter, ""));
        match name.to_ascii_uppercase().as_str() {
            "SIZE" => match value.parse() {
                Ok(announced) => size = Some(announced),
                Err(_) => return Err(Reply::new(501, "5.5.4 SIZE is a number of bytes")),
            },
            "BODY" | "SMTPUTF8" => {}
            _ => return Err(Reply::new(555, "5.5.4 MAIL has no such parameter")),
        }
    }
    Ok(Command::Mail { size })
}

/// Where in a message of DATA we are.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
enum Place {
    /// Behind CRLF, or at the beginning.
    #[default]
    LineStart,
    /// Behind the first dot of a line.
    Dot,
    /// Behind CR after such a dot.
    DotCr,
    Inside,
    /// Behind CR.
    Cr,
}

/// Collects the message of DATA until its end, `CRLF . CRLF` and nothing else: other line ends must not hide a second
/// message. Lines end with LF in what comes out, as in a pipe; a dot that was doubled is single again.
#[derive(Debug)]
pub struct Data {
    message: Message,
    place: Place,
}

/// A message that grows, and is only counted when it is too large.
#[derive(Debug)]
pub struct Message {
    bytes: Vec<u8>,
    limit: usize,
    size: usize,
}

impl Message {
    pub fn new(limit: usize) -> Self {
        Self {
            bytes: Vec::new(),
            limit,
            size: 0,
        }
    }

    /// Adds bytes as they are.
    pub fn extend(&mut self, bytes: &[u8]) {
        self.size = self.size.saturating_add(bytes.len());
        if self.size <= self.limit {
            self.bytes.extend_from_slice(bytes);
        } else {
            self.bytes = Vec::new();
        }
    }

    fn push(&mut self, byte: u8) {
        self.extend(&[byte]);
    }

    /// The message; none when it was too large.
    pub fn finish(self) -> Option<Vec<u8>> {
        (self.size <= self.limit).then_some(self.bytes)
    }

    /// Bytes that arrived so far, also when they are too many.
    pub fn size(&self) -> usize {
        self.size
    }
}

impl Data {
    /// A message of at most so many bytes.
    pub fn new(limit: usize) -> Self {
        Self {
            message: Message::new(limit),
            place: Place::default(),
        }
    }

    /// Takes what arrived. Gives how much of it belongs to the message when that is complete.
    pub fn feed(&mut self, input: &[u8]) -> Option<usize> {
        for (index, byte) in input.iter().enumerate() {
            if self.step(*byte) {
                return Some(index + 1);
            }
        }
        None
    }

    /// True at the end of the message.
    fn step(&mut self, byte: u8) -> bool {
        self.place = match (self.place, byte) {
            (Place::LineStart, b'.') => Place::Dot,
            (Place::Dot, b'\r') => Place::DotCr,
            (Place::DotCr, b'\n') => return true,
            (Place::LineStart | Place::Inside, b'\r') => Place::Cr,
            (Place::Cr, b'\n') => {
                self.message.push(b'\n');
                Place::LineStart
            }
            // A CR that ends no line belongs to the text.
            (Place::Cr | Place::DotCr, b'\r') => {
                self.message.push(b'\r');
                Place::Cr
            }
            (Place::Cr | Place::DotCr, other) => {
                self.message.extend(&[b'\r', other]);
                Place::Inside
            }
            (Place::LineStart | Place::Dot | Place::Inside, other) => {
                self.message.push(other);
                Place::Inside
            }
        };
        false
    }

    /// The message; none when it was too large.
    pub fn finish(self) -> Option<Vec<u8>> {
        self.message.finish()
    }
}

/// The same line ends as in a pipe, for a message that came as BDAT.
pub fn with_plain_line_ends(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len());
    for (index, byte) in bytes.iter().enumerate() {
        if *byte != b'\r' || bytes.get(index + 1) != Some(&b'\n') {
            out.push(*byte);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What a client makes of a message with LF.
    fn stuffed(message: &[u8]) -> Vec<u8> {
        let mut out = Vec::new();
        for line in message.split_inclusive(|byte| *byte == b'\n') {
            if line.first() == Some(&b'.') {
                out.push(b'.');
            }
            match line.strip_suffix(b"\n") {
                Some(line) => {
                    out.extend_from_slice(line);
                    out.extend_from_slice(b"\r\n");
                }
                None => out.extend_from_slice(line),
            }
        }
        out.extend_from_slice(b".\r\n");
        out
    }

    proptest! {
        #[test]
        fn a_message_arrives_as_it_was_however_it_is_cut(
            lines in proptest::collection::vec("[.\r a\u{fc}]{0,6}", 0..12),
            cuts in proptest::collection::vec(1_usize..9, 1..40),
        ) {
            // A CR before LF would be part of the line's end.
            let mut message = String::new();
            for line in &lines {
                message.push_str(line.trim_end_matches('\r'));
                message.push('\n');
            }
            let mut wire = stuffed(message.as_bytes());
            let length = wire.len();
            wire.extend_from_slice(b"RSET\r\n");
            let mut data = Data::new(10_000);
            let (mut at, mut end) = (0, None);
            for cut in cuts.iter().cycle() {
                let upper = (at + cut).min(wire.len());
                if let Some(used) = data.feed(&wire[at..upper]) {
                    end = Some(at + used);
                    break;
                }
                at = upper;
                prop_assert!(at < wire.len());
            }
            prop_assert_eq!(end, Some(length));
            let arrived = data.finish().unwrap();
            prop_assert_eq!(String::from_utf8_lossy(&arrived), message);
        }

        #[test]
        fn no_line_makes_the_reader_fall_over(line in proptest::collection::vec(any::<u8>(), 0..80)) {
            if let Err(reply) = parse(&line) {
                prop_assert!((500..600).contains(&reply.code));
            }
        }
    }

    #[test]
    fn only_crlf_dot_crlf_ends_a_message() {
        let mut data = Data::new(100);
        assert_eq!(
            data.feed(b"a\n.\nb\r\n.\rc\r.\r\n\n.\r\nd\r\n.\r\nQUIT"),
            Some(24)
        );
        assert_eq!(data.finish().unwrap(), b"a\n.\nb\n\rc\r.\n\n.\nd\n");
    }

    #[test]
    fn a_message_beyond_the_limit_is_only_counted() {
        let mut data = Data::new(3);
        assert_eq!(data.feed(b"abcdef\r\n.\r\n"), Some(11));
        assert_eq!(data.finish(), None);
        let mut message = Message::new(3);
        message.extend(b"abc");
        assert_eq!(message.size(), 3);
        assert_eq!(message.finish().unwrap(), b"abc");
    }

    #[test]
    fn commands_are_read_in_any_case() {
        assert_eq!(parse(b"lhlo mx"), Ok(Command::Lhlo));
        assert_eq!(
            parse(b"mail from:<a@b> size=12 body=8bitmime"),
            Ok(Command::Mail { size: Some(12) })
        );
        assert_eq!(parse(b"MAIL FROM:<>"), Ok(Command::Mail { size: None }));
        assert_eq!(parse(b"RCPT TO:<a@b>"), Ok(Command::Rcpt));
        assert_eq!(
            parse(b"BDAT 7 last"),
            Ok(Command::Bdat {
                size: 7,
                last: true
            })
        );
        for (line, code) in [
            ("EHLO mx", 500),
            ("LHLO", 501),
            ("RCPT TO:<>", 501),
            ("RCPT TO:<a> NOTIFY=NEVER", 555),
            ("MAIL FROM:<a> WAIT=1", 555),
            ("BDAT x", 501),
            ("BDAT 1 FIRST", 501),
            ("", 500),
        ] {
            assert_eq!(parse(line.as_bytes()).unwrap_err().code, code, "{line}");
        }
    }

    #[test]
    fn replies_have_a_code_on_each_line() {
        let mut out = Vec::new();
        Reply::new(250, "one\ntwo").write(&mut out);
        assert_eq!(out, b"250-one\r\n250 two\r\n");
    }
}
