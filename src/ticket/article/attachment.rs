//! Attachments, and which of them are the article's own text in another form.

use std::collections::HashMap;

use schema::{Blob, DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::ArticleId;

/// One attachment.
#[derive(Clone, Debug, PartialEq)]
pub struct Attachment {
    /// 1 for the article's first attachment by file name, counted over all of them.
    pub number: usize,
    pub filename: Option<String>,
    pub content_type: Option<String>,
    /// As the row has it, also when it does not agree with the content.
    pub size: Option<String>,
    pub content_id: String,
    /// `1` for a form of the text that others stand beside; the reference shows it only together with the content.
    pub alternative: String,
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

/// What the row says, or what OTRS makes of a row that says nothing: parts of the message itself and pictures that
/// the text points to are shown within it.
fn disposition(row: &AttachmentRow) -> String {
    if let Some(text) = row.disposition.as_ref().filter(|text| !text.is_empty()) {
        return text.clone();
    }
    let name = row.filename.as_deref().unwrap_or_default();
    let is_part = name.contains("file-1") || name.contains("file-2");
    let is_picture = row
        .content_type
        .as_ref()
        .is_some_and(|text| text.to_ascii_lowercase().contains("image"));
    let is_pointed_to = row.content_id.as_ref().is_some_and(|id| !id.is_empty());
    if is_part || (is_picture && is_pointed_to) {
        "inline".to_owned()
    } else {
        "attachment".to_owned()
    }
}

#[derive(sqlx::FromRow)]
struct AttachmentRow {
    article_id: i64,
    filename: Option<String>,
    content_size: Option<String>,
    content_type: Option<String>,
    content_id: Option<String>,
    content_alternative: Option<String>,
    disposition: Option<String>,
    /// 1 when the row has content.
    present: i32,
}

#[derive(sqlx::FromRow)]
struct ContentRow {
    #[sqlx(flatten)]
    row: AttachmentRow,
    content: Option<Blob>,
}

impl AttachmentRow {
    fn into_attachment(self, number: usize, content: Vec<u8>) -> Attachment {
        Attachment {
            number,
            disposition: disposition(&self),
            filename: self.filename,
            content_type: self.content_type,
            size: self.content_size,
            content_id: self.content_id.unwrap_or_default(),
            alternative: self.content_alternative.unwrap_or_default(),
            content,
            present: self.present == 1,
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

/// The attachments of these articles, by file name as the database sorts it. The text of the article in plain form is
/// no attachment; an article has an entry, perhaps an empty one, when it has any other row. One statement.
pub async fn list(
    tx: &mut Tx,
    articles: &[ArticleId],
    wanted: Wanted,
) -> Result<HashMap<ArticleId, Vec<Attachment>>, DbError> {
    use t::ArticleDataMimeAttachment as Column;
    let mut query = Query::select()
        .columns([
            Column::ArticleId,
            Column::Filename,
            Column::ContentSize,
            Column::ContentType,
            Column::ContentId,
            Column::ContentAlternative,
            Column::Disposition,
        ])
        .expr_as(
            Expr::case(Expr::col(Column::Content).is_null(), 0).finally(1),
            "present",
        )
        .from(Column::Table)
        .and_where(Expr::col(Column::ArticleId).is_in(articles.iter().copied()))
        .order_by(Column::ArticleId, Order::Asc)
        .order_by(Column::Filename, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    let rows: Vec<ContentRow> = if wanted.content {
        query.column(Column::Content);
        tx.fetch_all(&query).await?
    } else {
        let rows: Vec<AttachmentRow> = tx.fetch_all(&query).await?;
        rows.into_iter()
            .map(|mut row| {
                row.content_alternative = None;
                ContentRow { row, content: None }
            })
            .collect()
    };

    let mut by_article: HashMap<ArticleId, Vec<Attachment>> = HashMap::new();
    let mut counted: HashMap<ArticleId, usize> = HashMap::new();
    for ContentRow { row, content } in rows {
        let article = ArticleId(row.article_id);
        let number = counted.entry(article).or_default();
        *number += 1;
        let content = content.map(|blob| blob.0).unwrap_or_default();
        by_article
            .entry(article)
            .or_default()
            .push(row.into_attachment(*number, content));
    }
    by_article.retain(|_, attachments| {
        without_bodies(attachments, wanted.html_body);
        let any = !attachments.is_empty();
        // The reference leaves out rows without content, but only after it has counted them.
        attachments.retain(|attachment| attachment.present);
        any
    });
    Ok(by_article)
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

    fn row(filename: &str, content_type: &str, content_id: &str, stated: &str) -> AttachmentRow {
        AttachmentRow {
            article_id: 1,
            filename: Some(filename.to_owned()),
            content_size: None,
            content_type: Some(content_type.to_owned()),
            content_id: Some(content_id.to_owned()),
            content_alternative: None,
            disposition: Some(stated.to_owned()),
            present: 1,
        }
    }

    fn shown(rows: Vec<AttachmentRow>, keep_html: bool) -> Vec<String> {
        let mut attachments = rows
            .into_iter()
            .enumerate()
            .map(|(n, row)| row.into_attachment(n + 1, Vec::new()))
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
                row("file-1", "text/plain", "", ""),
                row("file-2", "Text/HTML; charset=x", "", ""),
                row("file-3", "text/html", "", "inline"),
            ]
        };

        assert_eq!(shown(mail(), false), ["3 file-3 inline"]);
        assert_eq!(shown(mail(), true), ["2 file-2 inline", "3 file-3 inline"]);
    }

    #[test]
    fn only_one_part_is_the_html_form() {
        let mail = vec![
            row("file-1.html", "text/html", "", ""),
            row("file-2", "text/html", "", ""),
        ];

        assert_eq!(shown(mail, false), ["2 file-2 inline"]);
    }

    #[test]
    fn a_disposition_that_is_missing_is_worked_out() {
        let files = vec![
            row("a", "image/png", "<c>", ""),
            row("b", "application/pdf", "<c>", ""),
            row("c", "IMAGE/png", "", ""),
            row("xfile-1", "text/plain", "", ""),
            row("d", "image/png", "<c>", "attachment"),
            row("FILE-2", "text/html", "", ""),
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
