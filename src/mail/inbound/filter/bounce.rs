//! `DetectBounceEmail`: mails of ours that came back.

use crate::mail::inbound::{
    Mail,
    parse::{entity, header},
};

use super::BOUNCED;

/// Remembers the Message-ID of the mail of ours that a delivery report is about.
///
/// A report is a `multipart/report`; it holds the mail or its headers.
pub fn run(mail: &mut Mail<'_>) {
    let Some(content_type) = mail.message.header("Content-Type") else {
        return;
    };
    if !content_type
        .to_ascii_lowercase()
        .starts_with("multipart/report")
    {
        return;
    }
    let is_original =
        |mime: &str| mime.starts_with("message/rfc822") || mime.starts_with("text/rfc822-headers");
    let original = mail
        .message
        .attachments
        .iter()
        .find(|attachment| is_original(&attachment.content_type.to_ascii_lowercase()));
    let Some(original) = original else {
        return;
    };
    let inner = entity::read(&original.content);
    if let Some(id) = inner.header("Message-ID").map(header::decoded) {
        mail.parameters.set(BOUNCED, &id);
    }
}
