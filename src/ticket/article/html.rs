//! What becomes of bodies: OTRS keeps the text of HTML as the body, and the HTML as an attachment; what is no text at all
//! becomes an attachment.

use compat::{charset, html_text};

use super::new::{NewArticle, NewAttachment};

/// The name of the attachment with the HTML of what agents wrote and services brought.
const FILENAME: &str = "file-2";
const HTML: &str = "text/html";
/// The name of the attachment that a body becomes which is no text, and what stands in its place.
const NAMELESS: &str = "unknown";
const NO_TEXT: &str = "- no text message => see attachment -";

/// Whether the body of an article is HTML.
pub fn is_html(new: &NewArticle) -> bool {
    new.content_type.to_ascii_lowercase().contains(HTML)
}

/// Line ends and header texts as they are kept, and of HTML the text beside an attachment before all others.
///
/// Source: rows of the reference system for nine ways of writing the content type.
pub fn settle(new: &mut NewArticle) {
    for text in [
        &mut new.from,
        &mut new.reply_to,
        &mut new.to,
        &mut new.cc,
        &mut new.bcc,
        &mut new.subject,
        &mut new.message_id,
        &mut new.in_reply_to,
        &mut new.references,
    ] {
        text.retain(|character| !matches!(character, '\r' | '\n'));
    }
    if !is_text(&new.content_type) {
        become_attachment(new);
        return;
    }
    let Some(start) = new.content_type.to_ascii_lowercase().find(HTML) else {
        new.body = new.body.replace("\r\n", "\n");
        return;
    };
    let charset = charset::of_content_type(&new.content_type).unwrap_or("utf-8");
    let attachment = NewAttachment {
        filename: FILENAME.to_owned(),
        content_type: format!(
            "{HTML}; charset=\"{}\"",
            charset.trim_matches(['"', '\'']).to_lowercase()
        ),
        content: new.body.clone().into_bytes(),
        ..NewAttachment::default()
    };
    new.attachments.insert(0, attachment);
    new.content_type
        .replace_range(start..start + HTML.len(), "text/plain");
    new.body = html_text::from_html(&new.body);
}

/// Whether people can read a body of this type. An empty type is none at all, as articles of earlier days have it.
fn is_text(content_type: &str) -> bool {
    let mime = content_type.split(';').next().unwrap_or_default();
    let mime = mime.trim().to_ascii_lowercase();
    mime.is_empty() || mime.contains("text") || mime == "application/json"
}

fn become_attachment(new: &mut NewArticle) {
    let attachment = NewAttachment {
        filename: NAMELESS.to_owned(),
        content_type: std::mem::replace(&mut new.content_type, "text/plain".to_owned()),
        content: std::mem::replace(&mut new.body, NO_TEXT.to_owned()).into_bytes(),
        ..NewAttachment::default()
    };
    new.attachments.insert(0, attachment);
}
