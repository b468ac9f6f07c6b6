//! What people write: the conversations and the organisation of `texts/`, read once.

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::FillError;

/// The people, queues and rights of `texts/organisation.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Organisation {
    pub products: Vec<String>,
    pub places: Vec<String>,
    #[serde(rename = "group")]
    pub groups: Vec<Group>,
    #[serde(rename = "queue")]
    pub queues: Vec<Queue>,
    #[serde(rename = "role")]
    pub roles: Vec<Role>,
    #[serde(rename = "agent")]
    pub agents: Vec<Agent>,
    #[serde(rename = "company")]
    pub companies: Vec<Company>,
    pub names: BTreeMap<String, Names>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Group {
    pub name: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Queue {
    pub name: String,
    pub group: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Role {
    pub name: String,
    pub rights: Vec<Right>,
}

/// Permission keys (`rw`, `note`, …) on a group.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Right {
    pub group: String,
    pub keys: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Agent {
    pub login: String,
    pub first: String,
    pub last: String,
    pub rights: Vec<Right>,
    #[serde(default)]
    pub roles: Vec<String>,
    /// Whether the agent is invalid.
    #[serde(default)]
    pub left: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Company {
    pub id: String,
    pub name: String,
    pub language: String,
    pub city: String,
    /// Login, first name, last name.
    pub users: Vec<[String; 3]>,
    /// Whether these are colleagues, who write about printers and holidays.
    #[serde(default)]
    pub own_staff: bool,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Names {
    pub first: Vec<String>,
    pub last: Vec<String>,
}

/// Everything that is written about one matter.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Conversation {
    #[serde(default)]
    pub language: String,
    pub title: String,
    pub queue: String,
    #[serde(default = "normal")]
    pub priority: String,
    /// `Request`, or the system's own type when nothing is said.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    pub category: String,
    #[serde(rename = "article")]
    pub articles: Vec<Article>,
}

fn normal() -> String {
    "3 normal".to_owned()
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Article {
    pub by: Author,
    pub body: String,
    /// Whether a mail has an HTML alternative.
    #[serde(default)]
    pub html: bool,
    pub attachment: Option<String>,
    /// Time worked, in minutes.
    pub minutes: Option<u16>,
}

/// Who wrote, and by which way.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Author {
    Customer,
    Agent,
    Web,
    Phone,
    Note,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(default)]
    remarks: Vec<String>,
    conversation: Vec<Conversation>,
}

/// All of `texts/`.
#[derive(Debug)]
pub(crate) struct Texts {
    pub organisation: Organisation,
    pub conversations: Vec<Conversation>,
    /// Sentences for variety, by language.
    pub remarks: BTreeMap<String, Vec<String>>,
}

impl Texts {
    pub(crate) fn read() -> Result<Self, FillError> {
        let files = [
            ("en", include_str!("../texts/en.toml")),
            ("de", include_str!("../texts/de.toml")),
            ("fr", include_str!("../texts/fr.toml")),
            ("", include_str!("../texts/more.toml")),
        ];
        let mut conversations = Vec::new();
        let mut remarks = BTreeMap::new();
        for (language, text) in files {
            let file: File = toml::from_str(text)?;
            for mut conversation in file.conversation {
                if conversation.language.is_empty() {
                    language.clone_into(&mut conversation.language);
                }
                conversations.push(conversation);
            }
            remarks.insert(language.to_owned(), file.remarks);
        }
        let organisation = toml::from_str(include_str!("../texts/organisation.toml"))?;
        Ok(Self {
            organisation,
            conversations,
            remarks,
        })
    }
}

/// Puts facts in the places of a text: `{place}` becomes the value named `place`. An unknown place stays as it is.
pub(crate) fn fill_in(text: &str, facts: &[(&str, &str)]) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    let mut rest = text;
    while let Some(start) = rest.find('{') {
        let Some(end) = rest[start..].find('}').map(|length| start + length) else {
            break;
        };
        out.push_str(&rest[..start]);
        let name = &rest[start + 1..end];
        match facts.iter().find(|(known, _)| *known == name) {
            Some((_, value)) => out.push_str(value),
            None => out.push_str(&rest[start..=end]),
        }
        rest = &rest[end + 1..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_text_can_be_read_and_has_its_queue_and_known_places() {
        let texts = Texts::read().unwrap();
        let known = [
            "product", "serial", "order", "place", "first", "last", "company", "agent",
        ];
        let facts = known.map(|name| (name, "x"));
        for conversation in &texts.conversations {
            assert!(
                texts
                    .organisation
                    .queues
                    .iter()
                    .any(|queue| queue.name == conversation.queue),
                "{}",
                conversation.title
            );
            assert_ne!(conversation.language, "");
            for text in conversation
                .articles
                .iter()
                .map(|article| &article.body)
                .chain([&conversation.title])
            {
                assert!(!fill_in(text, &facts).contains(['{', '}']), "{text}");
            }
        }
        for company in &texts.organisation.companies {
            assert!(
                texts
                    .conversations
                    .iter()
                    .any(|conversation| conversation.language == company.language),
                "nobody writes {}",
                company.language
            );
        }
    }

    #[test]
    fn facts_take_their_places() {
        insta::assert_snapshot!(
            fill_in("Order {order}: {what} in {place}, {", &[("order", "42"), ("place", "Oak Hollow")]),
            @"Order 42: {what} in Oak Hollow, {"
        );
    }
}
