//! The full-text index: `article_search_index`, a row for each text of an article.
//!
//! Subject and body are kept as their words (see [`compat::search_words`]), addresses and names of attachments in lower
//! case. A new article is indexed at once, without attachments that follow it, and stays marked in `article`; [`rebuild`]
//! does the rest later, as the Perl system's `Maint::Ticket::FulltextIndexRebuildWorker` does. Chats are not indexed yet: what
//! stays marked is left to the Perl system.
//! Source: rows of the reference system for texts with and without each part.

use std::sync::{Arc, OnceLock};

use compat::{
    Value,
    search_words::{Words, lower_case},
};
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{ArticleId, Mime, NewArticle, attachment, storage::Storage};
use crate::{settings::Settings, ticket::TicketId};

const FILTERS: &str = "Ticket::SearchIndex::Filters";
const STOP_WORDS: &str = "Ticket::SearchIndex::StopWords";
const LIMITS: &str = "Ticket::SearchIndex::Attribute";
const ATTACHMENT_NAMES: &str = "Ticket::Article::Backend::MIMEBase::IndexAttachmentNames";
const ARCHIVED: &str = "Ticket::SearchIndex::IndexArchivedTickets";

/// Holds what was made of the settings beside them.
pub type WordsOnce = OnceLock<Arc<Words>>;

/// What the settings want to be kept; made at the first call.
pub fn words(settings: &Settings) -> Arc<Words> {
    Arc::clone(
        settings
            .search_words
            .get_or_init(|| Arc::new(configured(settings))),
    )
}

fn configured(settings: &Settings) -> Words {
    let filters = settings.list(FILTERS).into_iter();
    let lists = settings.value(STOP_WORDS);
    let stop_words = lists.as_map().into_iter().flatten();
    let stop_words = stop_words
        .filter_map(|(_, list)| list.as_list())
        .flatten()
        .filter_map(Value::as_string);
    let (mut words, refused) = Words::new(filters.map(|filter| plain(&filter)), stop_words);
    for filter in refused {
        tracing::warn!(
            setting.name = FILTERS,
            "the filter `{filter}` is left out: it is no regular expression that we know"
        );
    }
    let limits = settings.value(LIMITS);
    let limit = |name: &str, usual: usize| {
        let text = limits.get(name).and_then(Value::as_string);
        text.and_then(|text| text.trim().parse().ok())
            .unwrap_or(usual)
    };
    words.shortest = limit("WordLengthMin", words.shortest);
    words.longest = limit("WordLengthMax", words.longest);
    words.most = limit("WordCountMax", words.most);
    words
}

/// Perl takes `\<` as the character; here it would be the start of a word.
fn plain(filter: &str) -> String {
    let mut plain = String::new();
    let mut characters = filter.chars();
    while let Some(character) = characters.next() {
        match (character, characters.clone().next()) {
            ('\\', Some(next)) => {
                if !matches!(next, '<' | '>') {
                    plain.push('\\');
                }
                plain.push(next);
                characters.next();
            }
            (other, _) => plain.push(other),
        }
    }
    plain
}

/// The texts of an article as they come, without those that it does not have.
struct Texts<'a> {
    attachment_names: Option<String>,
    bcc: &'a str,
    body: &'a str,
    cc: &'a str,
    from: &'a str,
    subject: &'a str,
    to: &'a str,
}

impl Texts<'_> {
    /// Keys and values of the rows, in their order.
    fn rows(&self, words: &Words) -> Vec<(&'static str, String)> {
        let names = self.attachment_names.as_deref().unwrap_or_default();
        let address = |key, text: &str| (!text.is_empty()).then(|| (key, lower_case(text)));
        let text = |key, text: &str| (!text.is_empty()).then(|| (key, words.of(text)));
        [
            address("MIMEBase_AttachmentName", names),
            address("MIMEBase_Bcc", self.bcc),
            text("MIMEBase_Body", self.body),
            address("MIMEBase_Cc", self.cc),
            address("MIMEBase_From", self.from),
            text("MIMEBase_Subject", self.subject),
            address("MIMEBase_To", self.to),
        ]
        .into_iter()
        .flatten()
        .collect()
    }
}

/// Indexes an article that was just written.
pub(super) async fn add(
    tx: &mut Tx,
    settings: &Settings,
    ticket: &crate::ticket::Ticket,
    article: ArticleId,
    new: &NewArticle,
    with_attachments: bool,
) -> Result<(), DbError> {
    if ticket.archived && !settings.is_on(ARCHIVED) {
        return Ok(());
    }
    let attachment_names = if with_attachments {
        attachment_names(tx, settings, article).await?
    } else {
        None
    };
    let texts = Texts {
        attachment_names,
        bcc: &new.bcc,
        body: &new.body,
        cc: &new.cc,
        from: &new.from,
        subject: &new.subject,
        to: &new.to,
    };
    insert(tx, ticket.id, article, texts.rows(&words(settings))).await
}

/// Indexes an article again, with its attachments, and takes the mark from it.
pub async fn rebuild(
    tx: &mut Tx,
    settings: &Settings,
    ticket: TicketId,
    article: ArticleId,
    mime: &Mime,
) -> Result<(), DbError> {
    let names = attachment_names(tx, settings, article).await?;
    let texts = Texts {
        attachment_names: names,
        bcc: mime.bcc.as_deref().unwrap_or_default(),
        body: mime.body.as_deref().unwrap_or_default(),
        cc: mime.cc.as_deref().unwrap_or_default(),
        from: mime.from.as_deref().unwrap_or_default(),
        subject: mime.subject.as_deref().unwrap_or_default(),
        to: mime.to.as_deref().unwrap_or_default(),
    };
    delete(tx, article).await?;
    insert(tx, ticket, article, texts.rows(&words(settings))).await?;
    let update = Query::update()
        .table(t::Article::Table)
        .value(t::Article::SearchIndexNeedsRebuild, 0)
        .and_where(Expr::col(t::Article::Id).eq(article))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Names of attachments, as the storage sorts them, without the forms of the text and the pictures that it shows; `None`
/// when the settings do not want them. At most two statements for each back end.
async fn attachment_names(
    tx: &mut Tx,
    settings: &Settings,
    article: ArticleId,
) -> Result<Option<String>, DbError> {
    if !settings.is_on(ATTACHMENT_NAMES) {
        return Ok(None);
    }
    let storage = Storage::from_settings(settings);
    let mut parts = storage.list(tx, &[article], false).await?;
    let parts = parts.remove(&article).unwrap_or_default();
    let may_be_shown = parts.iter().any(|part| part.content_id.is_some());
    let names = if may_be_shown {
        let mut parts = storage.list(tx, &[article], true).await?;
        attachment::names_beside_text(parts.remove(&article).unwrap_or_default())
    } else {
        attachment::names_beside_text(parts)
    };
    Ok(Some(names.join(" ")))
}

/// Takes an article from the index.
pub async fn delete(tx: &mut Tx, article: ArticleId) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(t::ArticleSearchIndex::Table)
        .and_where(Expr::col(t::ArticleSearchIndex::ArticleId).eq(article))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}

async fn insert(
    tx: &mut Tx,
    ticket: TicketId,
    article: ArticleId,
    rows: Vec<(&'static str, String)>,
) -> Result<(), DbError> {
    use t::ArticleSearchIndex as I;
    if rows.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(I::Table)
        .columns([I::TicketId, I::ArticleId, I::ArticleKey, I::ArticleValue])
        .to_owned();
    for (key, value) in rows {
        insert.values_panic([ticket.0.into(), article.0.into(), key.into(), value.into()]);
    }
    tx.execute(&insert).await.map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_those_of_the_reference_system() {
        let words = words(&Settings::default());
        let pairs = include_str!("../../../fixtures/article/search_words.json");
        let pairs: Vec<(String, String)> = serde_json::from_str(pairs).unwrap();
        assert!(pairs.len() > 140);
        let different: Vec<_> = pairs
            .iter()
            .map(|(text, kept)| (text, kept, words.of(text)))
            .filter(|(_, kept, ours)| *kept != ours)
            .collect();
        assert!(different.is_empty(), "{different:#?}");
    }

    #[test]
    fn limits_are_those_of_the_settings() {
        let limits = Value::map([
            ("WordLengthMin", "1"),
            ("WordLengthMax", "4"),
            ("WordCountMax", "2"),
        ]);
        let settings = Settings::with([(LIMITS.to_owned(), limits, crate::settings::Origin::File)]);
        assert_eq!(words(&settings).of("x abcde yy zzz"), "x yy");
    }

    #[test]
    fn an_escaped_angle_bracket_is_the_character() {
        assert_eq!(plain(r"[\<\>\\<\w]"), r"[<>\\<\w]");
    }
}
