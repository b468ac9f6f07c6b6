//! What becomes of bodies: OTRS keeps the text of HTML as the body, and the HTML as an attachment; what is no text at all
//! becomes an attachment.

use std::sync::LazyLock;

use compat::{charset, html_text, lenient_base64};
use regex::{Captures, Regex};

use super::new::{NewArticle, NewAttachment};
use crate::ticket::work::Work;

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

/// The body as a text.
pub fn text_of(new: &NewArticle) -> String {
    if is_html(new) {
        html_text::from_html(&new.body)
    } else {
        new.body.clone()
    }
}

/// Makes attachments of the pictures whose bytes stand in HTML, before all others, as [`settle`] does with what is still
/// there.
pub fn put_pictures_beside(work: &Work<'_>, new: &mut NewArticle) {
    if is_html(new) {
        let (html, pictures) = with_pictures_beside(&new.body, &Stickers::of(work));
        new.body = html;
        new.attachments.splice(0..0, pictures);
    }
}

/// What became of a body.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Settled {
    /// It is a text.
    Text,
    /// It is no text, and an attachment now.
    Attachment,
}

/// Line ends and header texts as they are kept, and of HTML the text beside an attachment before all others.
///
/// Source: rows of the reference system for nine ways of writing the content type.
pub fn settle(work: &Work<'_>, new: &mut NewArticle) -> Settled {
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
        return Settled::Attachment;
    }
    let Some(start) = new.content_type.to_ascii_lowercase().find(HTML) else {
        new.body = new.body.replace("\r\n", "\n");
        return Settled::Text;
    };
    let charset = charset::of_content_type(&new.content_type).unwrap_or("utf-8");
    let (html, pictures) = with_pictures_beside(&new.body, &Stickers::of(work));
    let attachment = NewAttachment {
        filename: FILENAME.to_owned(),
        content_type: format!(
            "{HTML}; charset=\"{}\"",
            charset.trim_matches(['"', '\'']).to_lowercase()
        ),
        content: html.into_bytes(),
        ..NewAttachment::default()
    };
    let parts = std::iter::once(attachment).chain(pictures);
    new.attachments.splice(0..0, parts);
    new.content_type
        .replace_range(start..start + HTML.len(), "text/plain");
    new.body = html_text::from_html(&new.body);
    Settled::Text
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

/// A picture whose bytes stand in the HTML, in a `src` between double quotes and on one line; what a base64 picture of
/// these kinds is, the reference system leaves to the text between the quotes.
static PICTURE: LazyLock<Regex> = LazyLock::new(|| {
    #[expect(
        clippy::unwrap_used,
        reason = "the pattern is constant, and a test compiles it"
    )]
    Regex::new(r#"(?i)(src=")data:image/(png|gif|jpg|jpeg|bmp);base64,(.[^"\n]*)""#).unwrap()
});

/// What the names of pictures are made of.
struct Stickers {
    /// Seconds since 1970.
    at: i64,
    host: String,
}

impl Stickers {
    fn of(work: &Work<'_>) -> Self {
        Self {
            at: work.stamp.at.and_utc().timestamp(),
            host: work.settings.text("FQDN"),
        }
    }
}

/// The HTML with references to pictures that stand beside it, and these pictures.
///
/// Source: rows of the reference system for two dozen ways of writing a picture.
fn with_pictures_beside(html: &str, stickers: &Stickers) -> (String, Vec<NewAttachment>) {
    let mut pictures = Vec::new();
    // Always six digits, so that equal articles have equal sizes.
    let number = || rand::random_range(100_000..1_000_000_u32);
    let html = PICTURE.replace_all(html, |found: &Captures<'_>| {
        let (at, host) = (stickers.at, &stickers.host);
        let (source, kind) = (&found[1], &found[2]);
        let id = format!("pasted.{at}.{}@{host}", number());
        let filename = format!("pasted-{at}-{}.{kind}", number());
        pictures.push(NewAttachment {
            content_type: format!("image/{kind}; name=\"{filename}\""),
            filename,
            content: lenient_base64::decode(&found[3]),
            content_id: Some(format!("<{id}>")),
            disposition: Some("inline".to_owned()),
            ..NewAttachment::default()
        });
        format!("{source}cid:{id}\"")
    });
    (html.into_owned(), pictures)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pasted(html: &str) -> (String, Vec<String>) {
        let stickers = Stickers {
            at: 1_795_301_220,
            host: "localhost".to_owned(),
        };
        let (html, pictures) = with_pictures_beside(html, &stickers);
        let pictures = pictures.into_iter().map(|picture| {
            let id = picture.content_id.unwrap_or_default();
            let id = id.trim_matches(['<', '>']).to_owned();
            assert!(html.contains(&format!("cid:{id}\"")), "{html} {id}");
            assert!(
                id.starts_with("pasted.1795301220.") && id.ends_with("@localhost"),
                "{id}"
            );
            assert!(picture.filename.starts_with("pasted-1795301220-"));
            let name = format!("name=\"{}\"", picture.filename);
            assert!(
                picture.content_type.ends_with(&name),
                "{}",
                picture.content_type
            );
            let extension = picture
                .filename
                .rsplit('.')
                .next()
                .unwrap_or_default()
                .to_owned();
            format!("{extension} {:?}", picture.content)
        });
        let pictures = pictures.collect();
        (html, pictures)
    }

    #[test]
    fn pictures_in_double_quotes_become_attachments() {
        for (html, expected) in [
            (
                r#"<p>Hi <img src="data:image/png;base64,R0lG" /></p>"#,
                "png [71, 73, 70]",
            ),
            (
                r#"<IMG SRC="DATA:IMAGE/PNG;BASE64,R0lG">"#,
                "PNG [71, 73, 70]",
            ),
            (r#"<img src="data:image/gif;base64,!!!">"#, "gif []"),
            (
                "<img\nsrc=\"data:image/jpg;base64,R0lG\">",
                "jpg [71, 73, 70]",
            ),
            (
                r#"<img data-src="data:image/bmp;base64,R0lG""#,
                "bmp [71, 73, 70]",
            ),
            (
                r#"<img src="data:image/gif;base64,"><img src="data:image/gif;base64, R0lG ">"#,
                "gif [138, 104, 44, 173]",
            ),
        ] {
            assert_eq!(pasted(html).1, [expected], "{html}");
        }
    }

    #[test]
    fn other_pictures_stay_in_the_html() {
        for html in [
            "<img src='data:image/png;base64,R0lG'>",
            "<img src=data:image/png;base64,R0lG>",
            r#"<img src = "data:image/png;base64,R0lG">"#,
            r#"<img src="data:image/svg+xml;base64,R0lG">"#,
            r#"<img src="data:image/webp;base64,R0lG">"#,
            r#"<img src="data:image/png;charset=utf-8;base64,R0lG">"#,
            r#"<img src="data:image/png,abc">"#,
            r#"<img src="data:image/png;base64,R0lG>"#,
            "<img src=\"data:image/png;base64,R0\nlG\">",
            r#"<a href="data:image/png;base64,R0lG">x</a>"#,
        ] {
            assert_eq!(pasted(html), (html.to_owned(), Vec::new()));
        }
    }
}
