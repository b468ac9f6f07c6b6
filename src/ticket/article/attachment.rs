//! Attachments, and which of them are the article's own text in another form.

use std::collections::HashMap;

use schema::{DbError, Tx};

use super::{
    ArticleId,
    storage::{Part, Size, Storage},
};

/// One attachment.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// 1 for the article's first attachment by file name, counted over all of them.
    pub number: usize,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    pub size: Size,
    pub content_id: String,
    /// `1` for a form of the text that others stand beside; the reference shows it only together with the content.
    pub alternative: String,
    /// The same of a file; the reference shows it a second time then, and always.
    pub alternative_of_file: Option<String>,
    /// `inline` or `attachment`, worked out when the row does not say.
    pub disposition: String,
    /// Empty when it was not asked for.
    pub content: Vec<u8>,
    present: bool,
}

impl Attachment {
    fn has_type(&self, main_and_sub: &str) -> bool {
        self.content_type
            .as_ref()
            .is_some_and(|text| text.to_ascii_lowercase().contains(main_and_sub))
    }

    fn is_named(&self, names: &[&str]) -> bool {
        self.filename
            .as_deref()
            .is_some_and(|name| names.contains(&name))
    }

    /// The text that a mail brought along beside its HTML.
    fn is_plain_body(&self) -> bool {
        self.is_named(&["file-1"]) && self.has_type("text/plain")
    }

    fn is_html_body(&self) -> bool {
        self.is_named(&["file-1", "file-2", "file-1.html"])
            && self.has_type("text/html")
            && self.disposition == "inline"
    }
}

/// What is stored, or what OTRS makes of a part of which nothing is: parts of the message itself and pictures that the
/// text points to are shown within it.
fn disposition(part: &Part) -> String {
    if !part.disposition.is_empty() || !part.worked_out {
        return part.disposition.clone();
    }
    let name = part.filename.as_deref().unwrap_or_default();
    let is_part = name.contains("file-1") || name.contains("file-2");
    let is_picture = part
        .content_type
        .as_ref()
        .is_some_and(|text| text.to_ascii_lowercase().contains("image"));
    let is_pointed_to = part.content_id.as_ref().is_some_and(|id| !id.is_empty());
    if is_part || (is_picture && is_pointed_to) {
        "inline".to_owned()
    } else {
        "attachment".to_owned()
    }
}

impl Attachment {
    fn new(number: usize, part: Part, with_content: bool) -> Self {
        let alternative = part.alternative.clone().filter(|_| with_content);
        Self {
            number,
            disposition: disposition(&part),
            filename: part.filename,
            content_type: part.content_type,
            alternative_of_file: part
                .alternative
                .filter(|_| matches!(part.size, Size::Counted(_))),
            size: part.size,
            content_id: part.content_id.unwrap_or_default(),
            alternative: alternative.unwrap_or_default(),
            present: part.content.is_some(),
            content: part.content.unwrap_or_default(),
        }
    }
}

/// What somebody wants to see of attachments.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Wanted {
    /// Read the content too.
    pub content: bool,
    /// Count the HTML form of the article's text as an attachment.
    pub html_body: bool,
}

/// The attachments of these articles, by file name as their back end sorts it. The text of the article in plain form is
/// no attachment; an article has an entry, perhaps an empty one, when it has any other part. At most one statement for
/// each back end.
pub async fn list(
    tx: &mut Tx,
    storage: &Storage,
    articles: &[ArticleId],
    wanted: Wanted,
) -> Result<HashMap<ArticleId, Vec<Attachment>>, DbError> {
    let found = storage.list(tx, articles, wanted.content).await?;
    let mut by_article: HashMap<ArticleId, Vec<Attachment>> = found
        .into_iter()
        .map(|(article, parts)| {
            let numbered = (1..).zip(parts);
            let attachments =
                numbered.map(|(number, part)| Attachment::new(number, part, wanted.content));
            (article, attachments.collect())
        })
        .collect();
    by_article.retain(|_, attachments| {
        without_bodies(attachments, wanted.html_body);
        let any = !attachments.is_empty();
        // The reference leaves out rows without content, but only after it has counted them.
        attachments.retain(|attachment| attachment.present);
        any
    });
    Ok(by_article)
}

/// Names of what people see beside the text of an article: neither the forms of the text, nor the pictures in it, which
/// are found when the contents were read.
pub(super) fn names_beside_text(parts: Vec<Part>) -> Vec<String> {
    let numbered = (1..).zip(parts);
    let mut attachments: Vec<Attachment> = numbered
        .map(|(number, part)| Attachment::new(number, part, true))
        .collect();
    let html = attachments.iter().find(|part| part.is_html_body());
    let html = html.map(|html| String::from_utf8_lossy(&html.content).into_owned());
    without_bodies(&mut attachments, false);
    let is_shown = |attachment: &Attachment| {
        let id = attachment.content_id.trim_matches(['<', '>']);
        let html = html.as_deref().unwrap_or_default();
        !id.is_empty() && attachment.disposition == "inline" && html.contains(id)
    };
    attachments.retain(|attachment| !is_shown(attachment));
    let names = attachments.into_iter();
    names.filter_map(|attachment| attachment.filename).collect()
}

fn without_bodies(attachments: &mut Vec<Attachment>, keep_html: bool) {
    attachments.retain(|attachment| !attachment.is_plain_body());
    if !keep_html && let Some(html) = attachments.iter().position(Attachment::is_html_body) {
        attachments.remove(html);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn part(filename: &str, content_type: &str, content_id: &str, stated: &str) -> Part {
        Part {
            filename: Some(filename.to_owned()),
            size: Size::Written(None),
            content_type: Some(content_type.to_owned()),
            content_id: Some(content_id.to_owned()),
            alternative: None,
            disposition: stated.to_owned(),
            worked_out: true,
            content: Some(Vec::new()),
        }
    }

    fn shown(parts: Vec<Part>, keep_html: bool) -> Vec<String> {
        let mut attachments = (1..)
            .zip(parts)
            .map(|(number, part)| Attachment::new(number, part, true))
            .collect();
        without_bodies(&mut attachments, keep_html);
        attachments
            .into_iter()
            .map(|attachment| {
                let name = attachment.filename.unwrap_or_default();
                format!("{} {name} {}", attachment.number, attachment.disposition)
            })
            .collect()
    }

    #[test]
    fn the_text_of_the_article_is_no_attachment() {
        let mail = || {
            vec![
                part("file-1", "text/plain", "", ""),
                part("file-2", "Text/HTML; charset=x", "", ""),
                part("file-3", "text/html", "", "inline"),
            ]
        };

        assert_eq!(shown(mail(), false), ["3 file-3 inline"]);
        assert_eq!(shown(mail(), true), ["2 file-2 inline", "3 file-3 inline"]);
    }

    #[test]
    fn only_one_part_is_the_html_form() {
        let mail = vec![
            part("file-1.html", "text/html", "", ""),
            part("file-2", "text/html", "", ""),
        ];

        assert_eq!(shown(mail, false), ["2 file-2 inline"]);
    }

    #[test]
    fn a_disposition_that_is_missing_is_worked_out() {
        let files = vec![
            part("a", "image/png", "<c>", ""),
            part("b", "application/pdf", "<c>", ""),
            part("c", "IMAGE/png", "", ""),
            part("xfile-1", "text/plain", "", ""),
            part("d", "image/png", "<c>", "attachment"),
            part("FILE-2", "text/html", "", ""),
        ];

        assert_eq!(
            shown(files, false),
            [
                "1 a inline",
                "2 b attachment",
                "3 c attachment",
                "4 xfile-1 inline",
                "5 d attachment",
                "6 FILE-2 attachment"
            ]
        );
    }
}
