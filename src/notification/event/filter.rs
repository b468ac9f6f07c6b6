//! Which tickets and articles a notification is about.

use compat::{Map, Value};

use super::Definition;
use crate::ticket::article::{Article, Content};

/// The item that names files.
pub const FILES: &str = "MIMEBase_AttachmentName";

/// Whether a notification is about a ticket: each attribute of it that the notification names has one of the values.
///
/// `ticket` holds the attributes under OTRS's names, dynamic fields as `DynamicField_NAME`.
pub fn ticket(definition: &Definition, ticket: &Map) -> bool {
    definition.items.iter().all(|(key, wanted)| {
        let field = key.strip_prefix("Search_").unwrap_or(key);
        let is_field = field.starts_with("DynamicField_");
        match ticket.get(field) {
            Some(value) => wanted.iter().any(|wanted| has(value, wanted)),
            // A field that the ticket has no value of, or a word that nobody knows.
            None => !is_field && is_own(key),
        }
    })
}

/// The words with which a notification says something else than what its ticket is like.
fn is_own(key: &str) -> bool {
    const WORDS: [&str; 12] = [
        "Events",
        "OncePerDay",
        "SendOnOutOfOffice",
        "IsVisibleForCustomer",
        "LanguageID",
        "Channels",
        "ArticleSenderTypeID",
        "ArticleIsVisibleForCustomer",
        "ArticleCommunicationChannelID",
        "ArticleAttachmentInclude",
        "AgentEnabledByDefault",
        "NotificationType",
    ];
    const BEGINNINGS: [&str; 8] = [
        "Recipient",
        "Transport",
        "VisibleForAgent",
        "MIMEBase_",
        "Chat_",
        "Email",
        "SMS",
        "Webservice",
    ];
    WORDS.contains(&key) || BEGINNINGS.iter().any(|word| key.starts_with(word))
}

fn has(value: &Value, wanted: &str) -> bool {
    match value {
        Value::List(items) => items.iter().any(|item| has(item, wanted)),
        one => one.as_string().is_some_and(|value| value == wanted),
    }
}

/// Whether a notification is about an article: its sender, its channel, who sees it, and words in it.
pub fn article(definition: &Definition, article: &Article) -> bool {
    let is_one_of = |key: &str, value: String| {
        let wanted = definition.items.get(key);
        wanted.is_none_or(|wanted| wanted.contains(&value))
    };
    is_one_of("ArticleSenderTypeID", article.sender_type_id.to_string())
        && is_one_of(
            "ArticleCommunicationChannelID",
            article.channel_id.to_string(),
        )
        && is_one_of(
            "ArticleIsVisibleForCustomer",
            u8::from(article.visible_for_customer).to_string(),
        )
        && words(article).into_iter().all(|(key, text)| {
            let wanted = definition.items.get(key);
            wanted.is_none_or(|wanted| wanted.iter().any(|words| says(&text, words)))
        })
}

/// The keys of words that are asked for, and where they are looked for.
fn words(article: &Article) -> Vec<(&'static str, String)> {
    let Content::Mime(mime) = &article.content else {
        return Vec::new();
    };
    [
        ("MIMEBase_From", &mime.from),
        ("MIMEBase_To", &mime.to),
        ("MIMEBase_Cc", &mime.cc),
        ("MIMEBase_Bcc", &mime.bcc),
        ("MIMEBase_Subject", &mime.subject),
        ("MIMEBase_Body", &mime.body),
    ]
    .map(|(key, text)| (key, text.clone().unwrap_or_default()))
    .into()
}

/// Whether one of the names of an article's files is asked for.
pub fn files(definition: &Definition, names: &[String]) -> bool {
    let mut wanted = definition.list(FILES).iter();
    wanted.any(|pattern| names.iter().any(|name| says(name, pattern)))
}

/// Whether a text has these words in any case; nothing has no words.
fn says(text: &str, wanted: &str) -> bool {
    !wanted.is_empty() && text.to_lowercase().contains(&wanted.to_lowercase())
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::*;

    fn definition(items: &[(&str, &str)]) -> Definition {
        let mut map: HashMap<String, Vec<String>> = HashMap::new();
        for (key, value) in items {
            map.entry((*key).to_owned())
                .or_default()
                .push((*value).to_owned());
        }
        Definition {
            id: 1,
            name: "x".to_owned(),
            items: map,
            messages: Vec::new(),
        }
    }

    #[test]
    fn each_attribute_that_is_named_has_one_of_the_values() {
        let attributes = Map::from([
            ("LockID".to_owned(), Value::Integer(2)),
            ("Queue".to_owned(), Value::text("Raw")),
            ("DynamicField_Color".to_owned(), Value::text("red")),
        ]);
        let about = |items: &[(&str, &str)]| ticket(&definition(items), &attributes);

        assert!(about(&[("LockID", "1"), ("LockID", "2"), ("Events", "X")]));
        assert!(!about(&[("LockID", "1")]));
        assert!(about(&[("Search_DynamicField_Color", "red")]));
        assert!(!about(&[("Search_DynamicField_Color", "blue")]));
        assert!(!about(&[("Search_DynamicField_Other", "red")]));
    }

    #[test]
    fn words_are_looked_for_as_they_are() {
        assert!(says("Hello World", "hello"));
        assert!(says("a (b", "(B"));
        assert!(!says("Hello", "world"));
        assert!(!says("Hello", "^h.llo$"));
        assert!(!says("Hello", ""));
    }
}
