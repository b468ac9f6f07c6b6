//! Which part is the body, and what becomes of the others.

use std::fmt::Write as _;

use compat::html_text;

use super::{
    NO_TEXT,
    entity::Entity,
    header,
    text::{decoded, transferred},
};
use crate::ticket::article::NewAttachment;

/// The name of content that has none and is no part of anything.
const NAMELESS: &str = "unknown";
const PLAIN: &str = "text/plain";

/// One body, and everything that is kept beside it.
#[derive(Debug, Default)]
pub struct Chosen {
    pub body: String,
    pub content_type: String,
    pub attachments: Vec<NewAttachment>,
    /// The whole message is one attachment.
    pub is_attachment: bool,
}

/// A part that has no parts.
#[derive(Clone, Debug)]
struct Leaf {
    filename: Option<String>,
    /// As it was written; empty when nothing was.
    content_type: String,
    charset: Option<String>,
    disposition: Option<String>,
    content_id: Option<String>,
    is_alternative: bool,
    content: Vec<u8>,
}

impl Leaf {
    fn of(raw: &[u8], entity: &Entity, is_alternative: bool) -> Self {
        let content_type = header::decoded_type(entity);
        let disposition = entity.text("Content-Disposition").unwrap_or_default();
        let encoding = entity.text("Content-Transfer-Encoding").unwrap_or_default();
        let content_id = entity
            .header("Content-ID")
            .or_else(|| entity.header("Content-Location"))
            .map(header::decoded)
            .filter(|id| !id.is_empty());
        let kind = disposition.split(';').next().unwrap_or_default().trim();
        Self {
            filename: filename(&disposition, &content_type),
            charset: header::parameter(&content_type, "charset")
                .map(|set| set.trim_matches('\'').to_owned())
                .filter(|set| !set.is_empty()),
            content: transferred(&raw[entity.body.clone()], &encoding).into_owned(),
            disposition: Some(kind.to_ascii_lowercase()).filter(|kind| !kind.is_empty()),
            content_id: content_id.map(in_brackets),
            content_type,
            is_alternative,
        }
    }

    fn mime(&self) -> String {
        let mime = self.content_type.split([';', '(']).next();
        mime.unwrap_or_default().trim().to_ascii_lowercase()
    }

    fn is(&self, mime: &str) -> bool {
        self.mime() == mime
    }

    /// Whether it is text that nobody attached.
    fn is_inline_text(&self) -> bool {
        let mime = self.mime();
        (mime == "text/plain" || mime == "text/html" || mime.is_empty())
            && self.filename.is_none()
            && self.disposition.as_deref() != Some("attachment")
    }

    fn text(&self) -> String {
        decoded(&self.content, self.charset.as_deref())
    }

    fn attachment(self, name: impl FnOnce() -> String) -> NewAttachment {
        NewAttachment {
            filename: self.filename.unwrap_or_else(name),
            content_type: self.content_type,
            content: self.content,
            content_id: self.content_id,
            alternative: self.is_alternative.then(|| "1".to_owned()),
            disposition: self.disposition,
        }
    }
}

fn in_brackets(id: String) -> String {
    if id.starts_with('<') {
        id
    } else {
        format!("<{id}>")
    }
}

/// The name as the reference keeps it: raw bytes beyond ASCII as `_xC3`, and `_` for what file systems may not like.
fn filename(disposition: &str, content_type: &str) -> Option<String> {
    let named = header::parameter(disposition, "filename")
        .filter(|name| !name.is_empty())
        .or_else(|| header::parameter(content_type, "name"));
    let name = named.filter(|name| !name.is_empty())?;
    let is_raw = disposition.contains(name.as_str()) || content_type.contains(name.as_str());
    if is_raw && !name.is_ascii() {
        return Some(fit(&escaped(&name)));
    }
    Some(fit(&header::words(&name)))
}

fn escaped(name: &str) -> String {
    let mut out = String::new();
    for byte in name.bytes() {
        if byte.is_ascii() {
            out.push(char::from(byte));
        } else {
            // Writing to a String can not fail.
            let _ = write!(out, "_x{byte:02X}");
        }
    }
    out
}

fn fit(name: &str) -> String {
    name.chars()
        .map(|c| {
            if c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '+' | '#') {
                c
            } else {
                '_'
            }
        })
        .collect()
}

/// Chooses the body of a message. One that is HTML and nothing else becomes text, or stays as it is.
pub fn choose(raw: &[u8], entity: &Entity, to_text: bool) -> Chosen {
    if entity.parts.is_empty() {
        return of_single(raw, entity, to_text);
    }
    let mut leaves = Vec::new();
    collect(raw, entity, false, &mut leaves);
    of_leaves(leaves)
}

fn of_single(raw: &[u8], entity: &Entity, to_text: bool) -> Chosen {
    let mut leaf = Leaf::of(raw, entity, false);
    let mime = leaf.mime();
    if mime == "text/html" && !to_text {
        return Chosen {
            body: leaf.text(),
            content_type: in_utf8(&leaf.content_type),
            attachments: Vec::new(),
            is_attachment: false,
        };
    }
    if mime == "text/html" {
        let text = leaf.text();
        return Chosen {
            body: html_text::from_html(&text),
            content_type: "text/plain".to_owned(),
            attachments: vec![NewAttachment {
                filename: "file-1".to_owned(),
                content_type: in_utf8(&leaf.content_type),
                content: text.into_bytes(),
                ..NewAttachment::default()
            }],
            is_attachment: false,
        };
    }
    if mime.is_empty() || mime.starts_with("text") || mime == "application/json" {
        return Chosen {
            body: leaf.text(),
            content_type: match leaf.content_type.as_str() {
                "" => PLAIN.to_owned(),
                content_type => in_utf8(content_type),
            },
            attachments: Vec::new(),
            is_attachment: false,
        };
    }
    leaf.disposition = None;
    Chosen {
        body: NO_TEXT.to_owned(),
        content_type: PLAIN.to_owned(),
        attachments: vec![leaf.attachment(|| NAMELESS.to_owned())],
        is_attachment: true,
    }
}

/// The type of text that was read: as it was written up to its character set, which is UTF-8 now.
fn in_utf8(content_type: &str) -> String {
    const CHARSET: &str = "charset=";
    match content_type.to_ascii_lowercase().find(CHARSET) {
        Some(at) => format!("{}utf-8", &content_type[..at + CHARSET.len()]),
        None => content_type.to_owned(),
    }
}

/// The first leaf is the body when it is text.
fn of_leaves(leaves: Vec<Leaf>) -> Chosen {
    let mut chosen = Chosen {
        body: NO_TEXT.to_owned(),
        content_type: PLAIN.to_owned(),
        attachments: Vec::with_capacity(leaves.len()),
        is_attachment: false,
    };
    let mut nameless = 0;
    for (at, mut leaf) in leaves.into_iter().enumerate() {
        let mut name = String::new();
        if leaf.filename.is_none() {
            nameless += 1;
            name = if leaf.is("message/rfc822") {
                format!("Untitled-{nameless}.eml")
            } else {
                format!("file-{nameless}")
            };
        }
        if at == 0 && leaf.is("text/html") {
            let text = leaf.text();
            chosen.body = html_text::from_html(&text);
            leaf.content = text.into_bytes();
            "text/html; charset=utf-8".clone_into(&mut leaf.content_type);
            name.push_str(".html");
        } else if at == 0 && leaf.mime().starts_with("text/plain") {
            chosen.body = leaf.text();
            chosen.content_type = if leaf.charset.is_some() {
                "text/plain; charset=utf-8".to_owned()
            } else {
                leaf.content_type.clone()
            };
        }
        chosen.attachments.push(leaf.attachment(|| name));
    }
    chosen
}

/// The leaves in the order of the message. The texts of a mixed part are one, in the place of the first of them.
fn collect(raw: &[u8], entity: &Entity, is_alternative: bool, leaves: &mut Vec<Leaf>) {
    let kind = entity
        .text("Content-Type")
        .unwrap_or_default()
        .to_ascii_lowercase();
    let kind = kind.trim();
    let is_alternative = is_alternative || kind.starts_with("multipart/alternative");
    let merges = kind.starts_with("multipart/mixed");
    let mut first: Option<usize> = None;
    let mut texts: Vec<Leaf> = Vec::new();
    for part in &entity.parts {
        if !part.parts.is_empty() {
            collect(raw, part, is_alternative, leaves);
            continue;
        }
        let mut leaf = Leaf::of(raw, part, is_alternative);
        name_message(raw, part, &mut leaf);
        if merges && leaf.is_inline_text() {
            if first.is_none() {
                first = Some(leaves.len());
                leaves.push(leaf.clone());
            }
            texts.push(leaf);
            continue;
        }
        if leaf.content_type.is_empty() {
            "text/plain;".clone_into(&mut leaf.content_type);
        }
        leaves.push(leaf);
    }
    if let Some(first) = first {
        leaves[first] = merged(texts);
    }
}

/// Several texts as one, of the kind that the first one is.
fn merged(texts: Vec<Leaf>) -> Leaf {
    let mut all = String::new();
    let is_html = texts.first().is_some_and(|leaf| leaf.is("text/html"));
    for leaf in &texts {
        let text = leaf.text();
        match (is_html, leaf.is("text/html")) {
            (true, false) => all.push_str(&document(&text)),
            (false, true) => all.push_str(&html_text::from_html(&text)),
            _ => all.push_str(&text),
        }
    }
    let mime = if is_html { "text/html" } else { PLAIN };
    let first = texts.into_iter().next();
    Leaf {
        filename: None,
        content_type: format!("{mime}; charset=utf-8"),
        charset: Some("utf-8".to_owned()),
        disposition: first.as_ref().and_then(|leaf| leaf.disposition.clone()),
        content_id: first.as_ref().and_then(|leaf| leaf.content_id.clone()),
        is_alternative: first.is_some_and(|leaf| leaf.is_alternative),
        content: all.into_bytes(),
    }
}

/// Plain text as HTML, in the frame that the reference gives it.
fn document(text: &str) -> String {
    let text = text
        .replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
        .replace('\n', "<br/>\n");
    format!(
        "<!DOCTYPE html><html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"/></head>\
         <body style=\"font-family:Geneva,Helvetica,Arial,sans-serif; font-size: 12px;\">{text}</body></html>"
    )
}

/// A message within the message is named by its subject.
fn name_message(raw: &[u8], part: &Entity, leaf: &mut Leaf) {
    if leaf.filename.is_some() || !leaf.is("message/rfc822") {
        return;
    }
    let inner = super::entity::read(&raw[part.body.clone()]);
    let subject = inner.header("Subject").map(header::decoded);
    if let Some(subject) = subject.filter(|subject| !subject.is_empty()) {
        leaf.filename = Some(format!("{}.eml", fit(&subject)));
    }
}
