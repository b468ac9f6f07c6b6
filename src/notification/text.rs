//! A subject and a text with their tags filled in, in the form that `Frontend::RichText` wants.

use compat::{
    html_text,
    placeholder::{self as tags, Form},
};

use super::placeholder::{Facts, Reader};
use crate::settings::Settings;

/// A text as administrators wrote it.
#[derive(Clone, Copy, Debug)]
pub struct Template<'a> {
    pub subject: &'a str,
    pub text: &'a str,
    /// `text/plain` or `text/html`.
    pub content_type: &'a str,
}

/// A text to be sent.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Filled {
    pub subject: String,
    pub body: String,
    pub is_html: bool,
}

impl Filled {
    pub fn content_type(&self) -> &'static str {
        if self.is_html {
            "text/html; charset=utf-8"
        } else {
            "text/plain; charset=utf-8"
        }
    }

    /// The whole document around a body of HTML, which names its `title` before the text when it `is_framed`.
    #[must_use]
    pub fn as_document(mut self, title: &str, is_framed: bool) -> Self {
        if !self.is_html {
            return self;
        }
        let title = tags::to_html(title);
        let mut heading = String::new();
        if is_framed {
            heading =
                format!("<div style=\"font-size: 16px; font-weight: bold;\">{title}</div><br />\n");
            // Paragraphs stand as close as lines do there.
            for (from, to) in [("<p>", "<div>"), ("<p ", "<div "), ("</p>", "</div>")] {
                self.body = self.body.replace(from, to);
            }
        }
        // Lines end within the tags: a line that is too long for a mail changes how all of it is packed, and one more
        // blank before the text changes where the lines of its plain form end.
        self.body = format!(
            "<!DOCTYPE html><html><head><meta http-equiv=\"Content-Type\" content=\"text/html; charset=utf-8\"\n/>\
             <meta name=\"description\" content=\"{title}\"\n/></head>\
             <body style=\"font-family: sans-serif; font-size: 13px;\"\n\
             >{heading}{}\n</body></html>\n",
            self.body
        );
        self
    }
}

/// Fills a template for somebody who reads it.
///
/// While rich text is on, plain templates become HTML in which addresses are links; while it is off, templates in HTML
/// become plain text.
pub fn fill(
    settings: &Settings,
    facts: &Facts,
    reader: &Reader<'_>,
    template: Template<'_>,
) -> Filled {
    // Mails pack line ends, and articles lose them.
    let subject = facts.fill(template.subject, Form::Text, reader);
    let was_html = template
        .content_type
        .to_ascii_lowercase()
        .contains("text/html");
    let is_html = settings.is_on("Frontend::RichText");
    let fill = |text: &str, form| facts.fill(text, form, reader);
    let body = match (was_html, is_html) {
        (true, true) => {
            let text = template.text.replace("\r\n", "\n");
            let text = text.replace("<br />\n", "<br />");
            tags::with_links(&fill(&text.replace("<br/>\n", "<br/>"), Form::Html))
        }
        (false, true) => {
            // Line ends stand for themselves here, while words of people keep theirs.
            let html = tags::to_html(template.text).replace("<br/>\n", "<br/>");
            tags::with_links(&fill(&html, Form::Html))
        }
        (true, false) => fill(&html_text::from_html(template.text), Form::Text),
        (false, false) => fill(template.text, Form::Text),
    };
    Filled {
        subject,
        body,
        is_html,
    }
}
