//! Articles: what was written on a ticket, by mail, by phone, as a note or in a chat.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx};

use super::TicketId;
use crate::{directory::UserId, recent::Recent};

pub mod attachment;
pub mod content_type;
mod create;
pub mod delete;
pub mod flag;
pub mod html;
mod new;
pub mod reindex;
pub mod search_index;
pub mod storage;
mod store;

pub use create::{create, fingerprint};
pub use delete::delete;
pub use new::{AttachmentsCome, Channel, NewArticle, NewAttachment, NewChatMessage, SenderType};

/// The key of an article in `article`.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub struct ArticleId(pub i64);

impl From<ArticleId> for sea_query::Value {
    fn from(id: ArticleId) -> Self {
        id.0.into()
    }
}

/// An article.
#[derive(Clone, Debug, PartialEq)]
pub struct Article {
    pub id: ArticleId,
    pub ticket_id: TicketId,
    /// 1 for the ticket's first article, counted over all of them, whoever may see them.
    pub number: usize,
    pub sender_type_id: i16,
    /// `agent`, `system` or `customer`.
    pub sender_type: String,
    pub channel_id: i64,
    pub visible_for_customer: bool,
    pub created: NaiveDateTime,
    pub created_by: UserId,
    pub changed: NaiveDateTime,
    pub changed_by: UserId,
    pub content: Content,
}

/// What an article says; its channel decides the form.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    Mime(Box<Mime>),
    Chat(Vec<ChatMessage>),
    /// The channel keeps mails, but no row does: something deleted it.
    Missing,
}

/// The row of `article_data_mime`: mails, phone calls and notes alike.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mime {
    pub from: Option<String>,
    pub reply_to: Option<String>,
    pub to: Option<String>,
    pub cc: Option<String>,
    pub bcc: Option<String>,
    pub subject: Option<String>,
    pub message_id: Option<String>,
    pub in_reply_to: Option<String>,
    pub references: Option<String>,
    pub content_type: Option<String>,
    pub body: Option<String>,
    /// Seconds since 1970.
    pub incoming_time: i32,
}

/// One line of a chat.
#[derive(Clone, Debug, PartialEq)]
pub struct ChatMessage {
    pub id: i64,
    pub chatter_id: String,
    pub chatter_name: String,
    pub chatter_type: String,
    pub text: Option<String>,
    pub system_generated: bool,
    pub created: NaiveDateTime,
}

/// The articles of these tickets, each ticket's in the order in which they were written.
///
/// One statement, two when there is a chat among them.
#[tracing::instrument(name = "ticket.article.list", skip_all, fields(ticket.count = tickets.len()))]
pub async fn list(
    tx: &mut Tx,
    recent: &Recent,
    tickets: &[TicketId],
) -> Result<HashMap<TicketId, Vec<Article>>, DbError> {
    let articles = store::list(tx, recent, tickets).await?;
    let mut by_ticket: HashMap<TicketId, Vec<Article>> = HashMap::new();
    for mut article in articles {
        let of_ticket = by_ticket.entry(article.ticket_id).or_default();
        article.number = of_ticket.len() + 1;
        of_ticket.push(article);
    }
    Ok(by_ticket)
}

/// The last article that agents, customers or the system wrote; chats have no lines here. One statement.
pub async fn last_of(
    tx: &mut Tx,
    recent: &Recent,
    ticket: TicketId,
    sender: SenderType,
) -> Result<Option<Article>, DbError> {
    store::one(tx, recent, ticket, store::One::LastOf(sender)).await
}

/// The first or the last article of a ticket; a chat has no lines here. One statement.
pub async fn edge_of(
    tx: &mut Tx,
    recent: &Recent,
    ticket: TicketId,
    first: bool,
) -> Result<Option<Article>, DbError> {
    let which = if first {
        store::One::First
    } else {
        store::One::Last
    };
    store::one(tx, recent, ticket, which).await
}

/// An article of a ticket by its key; a chat has no lines here. One statement.
pub async fn find(
    tx: &mut Tx,
    recent: &Recent,
    ticket: TicketId,
    article: ArticleId,
) -> Result<Option<Article>, DbError> {
    store::one(tx, recent, ticket, store::One::Key(article)).await
}
