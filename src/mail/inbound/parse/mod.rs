//! From the bytes of a message to what the postmaster works with: headers as text, one body, attachments.
//!
//! Nothing here fails: what is broken is kept as it came. Source: rows of the reference system for the mails of
//! `fixtures/mail`.

use crate::ticket::article::NewAttachment;

mod address;
mod body;
pub mod entity;
pub mod header;
pub mod text;
mod word;

use entity::Entity;

/// What stands in the place of a body that is no text.
const NO_TEXT: &str = "- no text message => see attachment -";

/// A message as the postmaster works with it.
#[derive(Clone, Debug, Default)]
pub struct Message {
    /// Every header with its decoded value, in the order of the message.
    pub headers: Vec<(String, String)>,
    pub body: String,
    /// Of the body, such as `text/plain; charset=utf-8`.
    pub content_type: String,
    pub attachments: Vec<NewAttachment>,
    /// It has no parts and no text: what stands for its body is its attachment.
    pub is_attachment: bool,
    /// Line ends are line feeds.
    pub raw: Vec<u8>,
}

impl Message {
    /// The first header of this name, decoded.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known.eq_ignore_ascii_case(name))
            .map(|(_, value)| value.as_str())
    }
}

/// Reads a message. A body that is HTML becomes text, or stays as it is (`PostmasterAutoHTML2Text`).
pub fn message(raw: &[u8], to_text: bool) -> Message {
    let raw = with_line_feeds(raw);
    let entity = entity::read(&raw);
    let chosen = body::choose(&raw, &entity, to_text);
    Message {
        headers: headers(&entity),
        body: chosen.body,
        content_type: chosen.content_type,
        attachments: chosen.attachments,
        is_attachment: chosen.is_attachment,
        raw,
    }
}

fn headers(entity: &Entity) -> Vec<(String, String)> {
    let content_type = header::decoded_type(entity);
    let charset = header::parameter(&content_type, "charset");
    let charset = charset.as_deref();
    let decoded = |header: &entity::RawHeader| {
        let value = if header::names_people(&header.name) {
            header::people(&header.value, charset)
        } else {
            header::decoded_in(&header.value, charset)
        };
        (header.name.clone(), value)
    };
    entity.headers.iter().map(decoded).collect()
}

/// The lines as a pipe brings them.
fn with_line_feeds(raw: &[u8]) -> Vec<u8> {
    let mut lines = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(at) = rest.iter().position(|byte| *byte == b'\n') {
        let line = &rest[..at];
        lines.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        lines.push(b'\n');
        rest = &rest[at + 1..];
    }
    lines.extend_from_slice(rest);
    lines
}
