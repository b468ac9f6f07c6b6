//! Articles in HTML: OTRS keeps the text of it as the body, and the HTML as an attachment.

use compat::{charset, html_text};

use super::new::{NewArticle, NewAttachment};

/// The name of the attachment with the HTML of what agents wrote and services brought.
const FILENAME: &str = "file-2";
const HTML: &str = "text/html";

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
