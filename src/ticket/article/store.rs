//! Statements on `article`, `article_data_mime` and `article_data_otrs_chat`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{Article, ArticleId, ChatMessage, Content, Mime};
use crate::{
    directory::UserId,
    recent::Recent,
    ticket::{
        TicketId,
        lookup::{self, Lookups},
    },
};

/// The channel whose articles are lines of a chat.
const CHAT: &str = "Chat";

#[derive(sqlx::FromRow)]
struct ArticleRow {
    id: i64,
    ticket_id: i64,
    article_sender_type_id: i16,
    communication_channel_id: i64,
    is_visible_for_customer: i16,
    create_time: NaiveDateTime,
    create_by: i32,
    change_time: NaiveDateTime,
    change_by: i32,
    mime_id: Option<i64>,
    a_from: Option<String>,
    a_reply_to: Option<String>,
    a_to: Option<String>,
    a_cc: Option<String>,
    a_bcc: Option<String>,
    a_subject: Option<String>,
    a_message_id: Option<String>,
    a_in_reply_to: Option<String>,
    a_references: Option<String>,
    a_content_type: Option<String>,
    a_body: Option<String>,
    incoming_time: Option<i32>,
}

impl ArticleRow {
    fn is_known_to(&self, lookups: &Lookups) -> bool {
        let sender_type = i32::from(self.article_sender_type_id);
        lookups.sender_types.contains_key(&sender_type)
            && lookups
                .channels
                .contains_key(&self.communication_channel_id)
    }

    fn with_names(self, lookups: &Lookups) -> Article {
        let row = self;
        let channel = lookups.channels.get(&row.communication_channel_id);
        let sender_type = i32::from(row.article_sender_type_id);
        let content = if channel.is_some_and(|name| name == CHAT) {
            Content::Chat(Vec::new())
        } else if row.mime_id.is_none() {
            Content::Missing
        } else {
            Content::Mime(Box::new(Mime {
                from: row.a_from,
                reply_to: row.a_reply_to,
                to: row.a_to,
                cc: row.a_cc,
                bcc: row.a_bcc,
                subject: row.a_subject,
                message_id: row.a_message_id,
                in_reply_to: row.a_in_reply_to,
                references: row.a_references,
                content_type: row.a_content_type,
                body: row.a_body,
                incoming_time: row.incoming_time.unwrap_or_default(),
            }))
        };
        Article {
            id: ArticleId(row.id),
            ticket_id: TicketId(row.ticket_id),
            number: 0,
            sender_type_id: row.article_sender_type_id,
            sender_type: lookups
                .sender_types
                .get(&sender_type)
                .cloned()
                .unwrap_or_default(),
            channel_id: row.communication_channel_id,
            visible_for_customer: row.is_visible_for_customer == 1,
            created: row.create_time,
            created_by: UserId(row.create_by),
            changed: row.change_time,
            changed_by: UserId(row.change_by),
            content,
        }
    }
}

fn articles(tickets: &[TicketId]) -> SelectStatement {
    let mut query = Query::select();
    for column in [
        t::Article::Id,
        t::Article::TicketId,
        t::Article::ArticleSenderTypeId,
        t::Article::CommunicationChannelId,
        t::Article::IsVisibleForCustomer,
        t::Article::CreateTime,
        t::Article::CreateBy,
        t::Article::ChangeTime,
        t::Article::ChangeBy,
    ] {
        query.column((t::Article::Table, column));
    }
    for column in [
        t::ArticleDataMime::AFrom,
        t::ArticleDataMime::AReplyTo,
        t::ArticleDataMime::ATo,
        t::ArticleDataMime::ACc,
        t::ArticleDataMime::ABcc,
        t::ArticleDataMime::ASubject,
        t::ArticleDataMime::AMessageId,
        t::ArticleDataMime::AInReplyTo,
        t::ArticleDataMime::AReferences,
        t::ArticleDataMime::AContentType,
        t::ArticleDataMime::ABody,
        t::ArticleDataMime::IncomingTime,
    ] {
        query.column((t::ArticleDataMime::Table, column));
    }
    query
        .expr_as(
            Expr::col((t::ArticleDataMime::Table, t::ArticleDataMime::Id)),
            "mime_id",
        )
        .from(t::Article::Table)
        .left_join(
            t::ArticleDataMime::Table,
            Expr::col((t::ArticleDataMime::Table, t::ArticleDataMime::ArticleId))
                .equals((t::Article::Table, t::Article::Id)),
        )
        .and_where(
            Expr::col((t::Article::Table, t::Article::TicketId)).is_in(tickets.iter().copied()),
        )
        .order_by((t::Article::Table, t::Article::Id), Order::Asc)
        .to_owned()
}

#[derive(sqlx::FromRow)]
struct ChatRow {
    id: i64,
    article_id: i64,
    chat_participant_id: String,
    chat_participant_name: String,
    chat_participant_type: String,
    message_text: Option<String>,
    system_generated: i16,
    create_time: NaiveDateTime,
}

async fn list_chats(
    tx: &mut Tx,
    articles: &[ArticleId],
) -> Result<HashMap<ArticleId, Vec<ChatMessage>>, DbError> {
    let query = Query::select()
        .columns([
            t::ArticleDataOtrsChat::Id,
            t::ArticleDataOtrsChat::ArticleId,
            t::ArticleDataOtrsChat::ChatParticipantId,
            t::ArticleDataOtrsChat::ChatParticipantName,
            t::ArticleDataOtrsChat::ChatParticipantType,
            t::ArticleDataOtrsChat::MessageText,
            t::ArticleDataOtrsChat::SystemGenerated,
            t::ArticleDataOtrsChat::CreateTime,
        ])
        .from(t::ArticleDataOtrsChat::Table)
        .and_where(Expr::col(t::ArticleDataOtrsChat::ArticleId).is_in(articles.iter().copied()))
        .order_by(t::ArticleDataOtrsChat::Id, Order::Asc)
        .to_owned();
    let rows: Vec<ChatRow> = tx.fetch_all(&query).await?;
    let mut chats: HashMap<ArticleId, Vec<ChatMessage>> = HashMap::new();
    for row in rows {
        chats
            .entry(ArticleId(row.article_id))
            .or_default()
            .push(ChatMessage {
                id: row.id,
                chatter_id: row.chat_participant_id,
                chatter_name: row.chat_participant_name,
                chatter_type: row.chat_participant_type,
                text: row.message_text,
                system_generated: row.system_generated == 1,
                created: row.create_time,
            });
    }
    Ok(chats)
}

pub async fn list(
    tx: &mut Tx,
    recent: &Recent,
    tickets: &[TicketId],
) -> Result<Vec<Article>, DbError> {
    let rows: Vec<ArticleRow> = tx.fetch_all(&articles(tickets)).await?;
    let mut lookups = lookup::current(tx, recent).await?;
    if !rows.iter().all(|row| row.is_known_to(&lookups)) {
        lookups = lookup::read_again(tx, recent).await?;
    }
    let mut articles: Vec<Article> = rows
        .into_iter()
        .map(|row| row.with_names(&lookups))
        .collect();
    // Two rows of article_data_mime for one article would show it twice.
    articles.dedup_by_key(|article| article.id);

    let chats: Vec<ArticleId> = articles
        .iter()
        .filter(|article| matches!(article.content, Content::Chat(_)))
        .map(|article| article.id)
        .collect();
    if !chats.is_empty() {
        let mut messages = list_chats(tx, &chats).await?;
        for article in &mut articles {
            if let Content::Chat(list) = &mut article.content {
                *list = messages.remove(&article.id).unwrap_or_default();
            }
        }
    }
    Ok(articles)
}
