//! The parts of a mail: a text, its form in HTML, pictures within it, and files.

use std::fmt::Write as _;

use base64::{Engine as _, prelude::BASE64_STANDARD};
use compat::{charset, html_text, mime};

use super::Message;
use crate::{settings::Settings, ticket::article::NewAttachment};

/// What programs show that know no parts.
const PREAMBLE: &str = "This is a multi-part message in MIME format...\n";
/// Letters of a line of base 64, as the reference writes them: 45 bytes.
const BASE64_LINE: usize = 60;
/// Letters of a line, with its end, that go as they are.
const LONGEST_LINE: usize = 999;

/// A part, or parts within it.
pub(super) enum Part {
    Leaf(Leaf),
    /// The kind of multipart, and its parts.
    Multi(&'static str, Vec<Self>),
}

pub(super) struct Leaf {
    content_type: String,
    disposition: String,
    encoding: Encoding,
    content_id: Option<String>,
    content: Vec<u8>,
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Encoding {
    SevenBit,
    EightBit,
    Binary,
    QuotedPrintable,
    Base64,
}

impl Encoding {
    const fn name(self) -> &'static str {
        match self {
            Self::SevenBit => "7bit",
            Self::EightBit => "8bit",
            Self::Binary => "binary",
            Self::QuotedPrintable => "quoted-printable",
            Self::Base64 => "base64",
        }
    }

    fn from_name(name: &str) -> Option<Self> {
        let all = [
            Self::SevenBit,
            Self::EightBit,
            Self::Binary,
            Self::QuotedPrintable,
            Self::Base64,
        ];
        all.into_iter()
            .find(|encoding| encoding.name() == name.to_ascii_lowercase())
    }

    /// What fits this type and content: texts as they are where ASCII is enough, everything else safely packed.
    fn fitting(content_type: &str, content: &[u8]) -> Self {
        let main = content_type.split('/').next().unwrap_or_default();
        let is_clean = || {
            content.is_ascii()
                && content
                    .split_inclusive(|byte| *byte == b'\n')
                    .all(|line| line.len() <= LONGEST_LINE)
        };
        match main.trim().to_ascii_lowercase().as_str() {
            "text" | "message" if is_clean() => Self::SevenBit,
            "text" => Self::QuotedPrintable,
            "message" => Self::Binary,
            _ => Self::Base64,
        }
    }
}

/// What separates the parts of one message.
pub(super) struct Boundaries {
    stem: String,
    count: u32,
}

impl Boundaries {
    /// `now` in seconds since 1970.
    pub(super) fn new(now: i64) -> Self {
        // No longer than those of the reference system, or the header that names it would be folded.
        let random: u32 = rand::random_range(1000..10_000);
        Self {
            stem: format!("----------=_{now}-{random}"),
            count: 0,
        }
    }

    pub(super) fn next(&mut self) -> String {
        self.count += 1;
        format!("{}-{}", self.stem, self.count)
    }
}

/// The text, its HTML, the pictures in it and the files, as far as there are any.
pub(super) fn of_message(message: &Message, settings: &Settings) -> Part {
    let is_html = message.is_html();
    let is_picture = |file: &&NewAttachment| is_html && is_inline_picture(file);
    let files: Vec<&NewAttachment> = message.attachments.iter().collect();
    let (pictures, files): (Vec<_>, Vec<_>) = files.into_iter().partition(is_picture);
    let mut body = text(message);
    if !pictures.is_empty() {
        let pictures = pictures
            .into_iter()
            .map(|file| attached(file, message, settings, true));
        body = Part::Multi("related", std::iter::once(body).chain(pictures).collect());
    }
    if !files.is_empty() {
        let files = files
            .into_iter()
            .map(|file| attached(file, message, settings, !is_html));
        body = Part::Multi("mixed", std::iter::once(body).chain(files).collect());
    }
    body
}

/// Whether the HTML shows it: a picture with an id that is said to be inline.
fn is_inline_picture(file: &NewAttachment) -> bool {
    file.content_type.to_ascii_lowercase().starts_with("image/")
        && file.content_id.as_ref().is_some_and(|id| !id.is_empty())
        && file.disposition.as_deref() == Some("inline")
}

/// The body; of HTML the plain form first.
fn text(message: &Message) -> Part {
    let leaf = |kind: &str, encoding: Encoding, content: Vec<u8>| {
        Part::Leaf(Leaf {
            content_type: format!("{kind}; charset=\"{}\"", message.charset),
            disposition: "inline".to_owned(),
            encoding,
            content_id: None,
            content,
        })
    };
    let plainly = if charset::is_utf8(&message.charset) {
        Encoding::QuotedPrintable
    } else {
        Encoding::EightBit
    };
    let body = message.body.replace("\r\n", "\n").into_bytes();
    if !message.is_html() {
        return leaf(&message.mime_type, plainly, body);
    }
    let plain = html_text::from_html(&message.body).into_bytes();
    // The reference system writes empty elements in one way.
    let body = message
        .body
        .replace("\r\n", "\n")
        .replace("<br/>", "<br />");
    let body = body.into_bytes();
    let html = Encoding::fitting("text/html", &body);
    Part::Multi(
        "alternative",
        vec![
            leaf("text/plain", plainly, plain),
            leaf("text/html", html, body),
        ],
    )
}

fn attached(file: &NewAttachment, message: &Message, settings: &Settings, with_id: bool) -> Part {
    let name = mime::words(&file.filename, &message.charset);
    let name = name.replace('\\', "\\\\").replace('"', "\\\"");
    let kind = without_name(&file.content_type);
    let forced = settings.text("SendmailEncodingForce");
    let is_text = kind.to_ascii_lowercase().starts_with("text/");
    // Beside HTML a text says in which letters it is, or it goes as bytes.
    let fitting = if message.is_html() && is_text && charset::of_content_type(&kind).is_none() {
        Encoding::Base64
    } else {
        Encoding::fitting(&kind, &file.content)
    };
    Part::Leaf(Leaf {
        encoding: Encoding::from_name(&forced).unwrap_or(fitting),
        content_type: format!("{kind}; name=\"{name}\""),
        disposition: format!(
            "{}; filename=\"{name}\"",
            file.disposition
                .as_deref()
                .filter(|it| !it.is_empty())
                .unwrap_or("inline")
        ),
        content_id: file
            .content_id
            .clone()
            .filter(|id| with_id && !id.is_empty()),
        content: file.content.clone(),
    })
}

/// A content type without its parameter `name`.
fn without_name(content_type: &str) -> String {
    let mut pieces = content_type.split(';').map(str::trim);
    let mut kind = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        let is_name = piece
            .split('=')
            .next()
            .is_some_and(|key| key.trim().eq_ignore_ascii_case("name"));
        if !is_name && !piece.is_empty() {
            let _ = write!(kind, "; {piece}");
        }
    }
    kind
}

impl Part {
    pub(super) fn is_simple(&self) -> bool {
        matches!(self, Self::Leaf(_))
    }

    /// The lines that tell what this part is.
    pub(super) fn header(&self, boundary: &str) -> String {
        let leaf = match self {
            Self::Multi(kind, _) => {
                return mime::fold(
                    "Content-Type",
                    &format!("multipart/{kind}; boundary=\"{boundary}\""),
                );
            }
            Self::Leaf(leaf) => leaf,
        };
        let mut out = mime::fold("Content-Type", &leaf.content_type);
        out.push_str(&mime::fold("Content-Disposition", &leaf.disposition));
        out.push_str(&mime::fold(
            "Content-Transfer-Encoding",
            leaf.encoding.name(),
        ));
        if let Some(id) = &leaf.content_id {
            out.push_str(&mime::fold("Content-ID", id));
        }
        out
    }

    pub(super) fn body(&self, boundary: &str, boundaries: &mut Boundaries) -> Vec<u8> {
        match self {
            Self::Leaf(leaf) => leaf.encoded(),
            Self::Multi(_, parts) => {
                let mut out = PREAMBLE.as_bytes().to_vec();
                for part in parts {
                    let inner = boundaries.next();
                    out.extend_from_slice(format!("\n--{boundary}\n").as_bytes());
                    out.extend_from_slice(part.header(&inner).as_bytes());
                    out.push(b'\n');
                    out.extend(part.body(&inner, boundaries));
                }
                out.extend_from_slice(format!("\n--{boundary}--\n").as_bytes());
                out
            }
        }
    }
}

impl Leaf {
    fn encoded(&self) -> Vec<u8> {
        match self.encoding {
            Encoding::SevenBit | Encoding::EightBit | Encoding::Binary => self.content.clone(),
            Encoding::QuotedPrintable => mime::quoted_printable(&self.content).into_bytes(),
            Encoding::Base64 => {
                let letters = BASE64_STANDARD.encode(&self.content).into_bytes();
                let mut out = Vec::with_capacity(letters.len() + letters.len() / BASE64_LINE + 1);
                for line in letters.chunks(BASE64_LINE) {
                    out.extend_from_slice(line);
                    out.push(b'\n');
                }
                out
            }
        }
    }
}
