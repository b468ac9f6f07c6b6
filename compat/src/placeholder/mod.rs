//! Tags in texts of notifications and automatic answers, such as `<OTRS_TICKET_Title>` and `<OTRS_CUSTOMER_BODY[5]>`.
//!
//! A text is read once from its beginning to its end. What a tag is replaced by is never read again, so that tags in
//! somebody's mail stay what they are, and the time is linear in the length of the text. Tags of OTOBO mean the same.
//!
//! Source: what the reference system made of some 200 tags, in text and in HTML.

use std::{borrow::Cow, sync::LazyLock};

use regex::{Captures, Regex};

mod excerpt;

pub use excerpt::{QUOTE_WIDTH, lines, quoted, shortened, wrapped};

/// How a text is written, and therefore its tags and what they become.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Form {
    Text,
    /// Tags are written with `&lt;` and `&gt;`.
    Html,
}

/// One tag.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Tag<'a> {
    /// What stands between `OTRS_` and the brackets, as it is written: `CUSTOMER_BODY`.
    pub name: &'a str,
    /// What stands in the brackets, such as a number of lines.
    pub option: Option<&'a str>,
}

impl<'a> Tag<'a> {
    /// The rest of the name when it begins with this word in any case.
    pub fn after(&self, prefix: &str) -> Option<&'a str> {
        let (start, rest) = self.name.split_at_checked(prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then_some(rest)
    }

    /// The option as a number of lines or letters; none for what is no number, or none that a text could have.
    pub fn count(&self) -> Option<usize> {
        self.option?.parse().ok()
    }
}

/// What a tag becomes.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Value {
    /// A text, which is escaped in HTML.
    Text(String),
    /// Somebody's words: `> ` before each line in text, an element of its own in HTML.
    Quote(String),
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

/// Names are as long as this at most, options too; longer ones are no tags.
static TAG: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(
        r"(?i)(?:<|&lt;)(?:OTRS|OTOBO)_([A-Z][^<>&\[\]\r\n]{0,254})(?:\[([^<>&\[\]\r\n]{0,64})\])?(?:>|&gt;)",
    )
    .ok()
});

/// Whether the brackets around a tag are those of its form.
fn fits(tag: &str, form: Form) -> bool {
    let is_escaped = (tag.starts_with('&'), tag.ends_with(';'));
    match form {
        Form::Text => is_escaped == (false, false),
        Form::Html => is_escaped == (true, true),
    }
}

/// The tags of a text in their order.
pub fn tags(text: &str, form: Form) -> Vec<Tag<'_>> {
    let Some(pattern) = &*TAG else {
        return Vec::new();
    };
    let found = pattern.captures_iter(text);
    found
        .filter(|found| fits(&found[0], form))
        .filter_map(|found| tag(&found))
        .collect()
}

fn tag<'t>(found: &Captures<'t>) -> Option<Tag<'t>> {
    Some(Tag {
        name: found.get(1)?.as_str(),
        option: found.get(2).map(|option| option.as_str()),
    })
}

/// The text with each tag replaced by its value; a tag without one stays as it is written.
pub fn replace(text: &str, form: Form, mut value: impl FnMut(Tag<'_>) -> Option<Value>) -> String {
    let Some(pattern) = &*TAG else {
        return text.to_owned();
    };
    let by = |found: &Captures<'_>| {
        let value = tag(found)
            .filter(|_| fits(&found[0], form))
            .and_then(&mut value);
        match value {
            None => found[0].to_owned(),
            Some(Value::Text(text)) if form == Form::Html => to_html(&text).into_owned(),
            Some(Value::Text(text)) => text,
            // Nothing is quoted in another way.
            Some(Value::Quote(text)) if text.trim().is_empty() => match form {
                Form::Text => String::new(),
                Form::Html => "<blockquote type=\"cite\"></blockquote>".to_owned(),
            },
            Some(Value::Quote(text)) if form == Form::Html => {
                format!(
                    "<div type=\"cite\" style=\"margin: 8px 0; padding: 8px; background: #f4f4f4; color: #555;\">{}</div>",
                    to_html(text.trim_end_matches('\n'))
                )
            }
            Some(Value::Quote(text)) => quoted(&text),
        }
    };
    pattern.replace_all(text, by).into_owned()
}

/// A text as HTML: markup escaped, line ends as elements.
pub fn to_html(text: &str) -> Cow<'_, str> {
    if !text.contains(['&', '<', '>', '"', '\n', '\r']) {
        return Cow::Borrowed(text);
    }
    let mut html = String::with_capacity(text.len() + text.len() / 8);
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            '\n' => html.push_str("<br/>\n"),
            '\r' => {}
            other => html.push(other),
        }
    }
    Cow::Owned(html)
}

/// Addresses of the web in HTML as links, but for those within elements and within links.
pub fn with_links(html: &str) -> String {
    static ADDRESS: LazyLock<Option<Regex>> = LazyLock::new(|| {
        Regex::new(r#"(?is)<a\s.*?</a>|<[^>]*>|\b(?:https?|ftp)://[^\s<>"'\])]+"#).ok()
    });
    let Some(pattern) = &*ADDRESS else {
        return html.to_owned();
    };
    let by = |found: &Captures<'_>| {
        let whole = &found[0];
        if whole.starts_with('<') {
            return whole.to_owned();
        }
        // The end of a sentence, and an escaped bracket, are not part of an address.
        let end = ["&gt;", "&lt;", "&quot;"]
            .iter()
            .filter_map(|mark| whole.find(mark))
            .min()
            .unwrap_or(whole.len());
        let address = whole[..end].trim_end_matches(['.', ',', ';', '!', '?', ':']);
        let rest = &whole[address.len()..];
        format!("<a href=\"{address}\" title=\"{address}\">{address}</a>{rest}")
    };
    pattern.replace_all(html, by).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str, form: Form) -> String {
        replace(text, form, |tag| {
            let rest = tag.after("TICKET_")?;
            Some(match (rest, tag.count()) {
                ("Body", Some(count)) => Value::Quote(lines("a <b>\nc & d\ne", count)),
                ("Title", _) => "<x> & <OTRS_TICKET_Title>".into(),
                _ => "-".into(),
            })
        })
    }

    #[test]
    fn a_tag_becomes_its_value_and_is_not_read_again() {
        assert_eq!(
            shown("T: <OTRS_TICKET_Title>, <otrs_ticket_Other>.", Form::Text),
            "T: <x> & <OTRS_TICKET_Title>, -."
        );
        assert_eq!(
            shown(
                "<b>&lt;OTRS_TICKET_Title&gt; <OTOBO_TICKET_x></b>&lt;OTOBO_TICKET_x&gt;",
                Form::Html
            ),
            "<b>&lt;x&gt; &amp; &lt;OTRS_TICKET_Title&gt; <OTOBO_TICKET_x></b>-"
        );
    }

    #[test]
    fn quotes_have_marks_in_text_and_an_element_in_html() {
        assert_eq!(
            shown("<OTRS_TICKET_Body[2]>", Form::Text),
            "> a <b>\n> c & d"
        );
        let html = shown("&lt;OTRS_TICKET_Body[2]&gt;", Form::Html);
        assert!(html.starts_with("<div type=\"cite\""), "{html}");
        let empty = replace("&lt;OTRS_X&gt;", Form::Html, |_| {
            Some(Value::Quote("\n".to_owned()))
        });
        assert_eq!(empty, "<blockquote type=\"cite\"></blockquote>");
        assert!(
            html.ends_with(">a &lt;b&gt;<br/>\nc &amp; d</div>"),
            "{html}"
        );
    }

    #[test]
    fn what_is_no_tag_stays() {
        for text in [
            "<OTRS_>",
            "<OTRS>",
            "<OTRS_NOPE>",
            "<OTRS_TICKET_Title",
            "<OTRS_TICKET_\nTitle>",
            "&lt;OTRS_TICKET_Title&gt;",
            "<OTRS_TICKET_Title&gt;",
            "<OTRS_TICKET_Body[2>",
        ] {
            assert_eq!(shown(text, Form::Text), text);
        }
        assert_eq!(
            shown("&lt;OTRS_TICKET_Title>", Form::Html),
            "&lt;OTRS_TICKET_Title>"
        );
    }

    #[test]
    fn huge_numbers_and_many_tags_are_no_burden() {
        assert_eq!(
            tags("<OTRS_X[99999999999999999999]>", Form::Text)[0].count(),
            None
        );
        let many = "<OTRS_".repeat(200_000) + &"<OTRS_TICKET_Title>".repeat(10_000);
        assert_eq!(tags(&many, Form::Text).len(), 10_000);
    }

    #[test]
    fn addresses_become_links() {
        assert_eq!(
            with_links("see http://x.example/a?b=1;c=2.<br />"),
            "see <a href=\"http://x.example/a?b=1;c=2\" title=\"http://x.example/a?b=1;c=2\">http://x.example/a?b=1;c=2</a>.<br />"
        );
        let linked =
            "<a href=\"http://x.example\">http://y.example</a><img src='http://z.example'>";
        assert_eq!(with_links(linked), linked);
    }
}
