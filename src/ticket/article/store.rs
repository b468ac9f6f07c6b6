//! Statements on `article`, `article_data_mime` and `article_data_otrs_chat`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use md5::{Digest as _, Md5};
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{
    Article, ArticleId, ChatMessage, Content, Mime, NewArticle, NewChatMessage, SenderType,
};
use crate::{
    clock::Stamp,
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

/// Which single article of a ticket.
#[derive(Clone, Copy, Debug)]
pub enum One {
    First,
    Last,
    LastOf(SenderType),
    Key(ArticleId),
}

/// One article of a ticket, without its lines when it is a chat. One statement.
pub async fn one(
    tx: &mut Tx,
    recent: &Recent,
    ticket: TicketId,
    which: One,
) -> Result<Option<Article>, DbError> {
    let mut lookups = lookup::current(tx, recent).await?;
    let column = |column| Expr::col((t::Article::Table, column));
    let mut query = articles(&[ticket]);
    query.limit(1);
    if matches!(which, One::Last | One::LastOf(_)) {
        query
            .clear_order_by()
            .order_by((t::Article::Table, t::Article::Id), Order::Desc);
    }
    match which {
        One::First | One::Last => {}
        One::LastOf(sender) => {
            let mut keys = lookups.sender_types.iter();
            let key = keys.find(|(_, name)| *name == sender.name());
            let key = key.map_or(0, |(key, _)| *key);
            query.and_where(column(t::Article::ArticleSenderTypeId).eq(key));
        }
        One::Key(article) => {
            query.and_where(column(t::Article::Id).eq(article));
        }
    }
    let row: Option<ArticleRow> = tx.fetch_optional(&query).await?;
    if row.as_ref().is_some_and(|row| !row.is_known_to(&lookups)) {
        lookups = lookup::read_again(tx, recent).await?;
    }
    Ok(row.map(|row| row.with_names(&lookups)))
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

/// Who of agents and customers wrote last; `None` when only the system did, or nobody.
pub async fn last_sender(
    tx: &mut Tx,
    lookups: &Lookups,
    ticket: TicketId,
) -> Result<Option<SenderType>, DbError> {
    let people: Vec<i32> = lookups
        .sender_types
        .iter()
        .filter(|(_, name)| *name != SenderType::System.name())
        .map(|(id, _)| *id)
        .collect();
    let query = Query::select()
        .column(t::Article::ArticleSenderTypeId)
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::TicketId).eq(ticket))
        .and_where(Expr::col(t::Article::ArticleSenderTypeId).is_in(people))
        .order_by(t::Article::Id, Order::Desc)
        .limit(1)
        .to_owned();
    let row: Option<(i16,)> = tx.fetch_optional(&query).await?;
    Ok(row
        .and_then(|(id,)| lookups.sender_types.get(&i32::from(id)))
        .and_then(|name| SenderType::from_name(name)))
}

/// Whether the ticket has no article before this one.
pub async fn is_first(tx: &mut Tx, ticket: TicketId, article: ArticleId) -> Result<bool, DbError> {
    let query = Query::select()
        .column(t::Article::Id)
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::TicketId).eq(ticket))
        .and_where(Expr::col(t::Article::Id).lt(article))
        .limit(1)
        .to_owned();
    let before: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(before.is_none())
}

/// What `article` keeps of a new article, besides its ticket.
pub struct NewRow {
    pub sender_type_id: i32,
    pub channel_id: i64,
    pub visible_for_customer: bool,
    pub fingerprint: String,
}

pub async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    ticket: TicketId,
    row: &NewRow,
) -> Result<ArticleId, DbError> {
    use t::Article as A;
    let insert = Query::insert()
        .into_table(A::Table)
        .columns([
            A::TicketId,
            A::ArticleSenderTypeId,
            A::CommunicationChannelId,
            A::IsVisibleForCustomer,
            A::SearchIndexNeedsRebuild,
            A::InsertFingerprint,
            A::CreateTime,
            A::CreateBy,
            A::ChangeTime,
            A::ChangeBy,
        ])
        .values_panic([
            ticket.0.into(),
            row.sender_type_id.into(),
            row.channel_id.into(),
            i32::from(row.visible_for_customer).into(),
            1.into(),
            row.fingerprint.as_str().into(),
            stamp.at.into(),
            stamp.by.0.into(),
            stamp.at.into(),
            stamp.by.0.into(),
        ])
        .to_owned();
    tx.insert(&insert).await.map(ArticleId)
}

pub async fn insert_mime(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    new: &NewArticle,
) -> Result<(), DbError> {
    use t::ArticleDataMime as M;
    let message_id = Some(&new.message_id).filter(|id| !id.is_empty());
    let md5 = message_id.map(|id| format!("{:032x}", u128::from_be_bytes(Md5::digest(id).into())));
    let seconds = i32::try_from(stamp.at.and_utc().timestamp()).unwrap_or(i32::MAX);
    let insert = Query::insert()
        .into_table(M::Table)
        .columns([
            M::ArticleId,
            M::AFrom,
            M::AReplyTo,
            M::ATo,
            M::ACc,
            M::ABcc,
            M::ASubject,
            M::AMessageId,
            M::AMessageIdMd5,
            M::AInReplyTo,
            M::AReferences,
            M::AContentType,
            M::ABody,
            M::IncomingTime,
            M::ContentPath,
            M::CreateTime,
            M::CreateBy,
            M::ChangeTime,
            M::ChangeBy,
        ])
        .values_panic([
            article.0.into(),
            new.from.as_str().into(),
            new.reply_to.as_str().into(),
            new.to.as_str().into(),
            new.cc.as_str().into(),
            new.bcc.as_str().into(),
            new.subject.as_str().into(),
            new.message_id.as_str().into(),
            md5.into(),
            new.in_reply_to.as_str().into(),
            new.references.as_str().into(),
            new.content_type.as_str().into(),
            new.body.as_str().into(),
            seconds.into(),
            stamp.at.format("%Y/%m/%d").to_string().into(),
            stamp.at.into(),
            stamp.by.0.into(),
            stamp.at.into(),
            stamp.by.0.into(),
        ])
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

pub async fn insert_chat(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    lines: &[NewChatMessage],
) -> Result<(), DbError> {
    use t::ArticleDataOtrsChat as C;
    if lines.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(C::Table)
        .columns([
            C::ArticleId,
            C::ChatParticipantId,
            C::ChatParticipantName,
            C::ChatParticipantType,
            C::MessageText,
            C::SystemGenerated,
            C::CreateTime,
        ])
        .to_owned();
    for line in lines {
        insert.values_panic([
            article.0.into(),
            line.chatter_id.as_str().into(),
            line.chatter_name.as_str().into(),
            line.chatter_type.as_str().into(),
            line.text.as_str().into(),
            i32::from(line.system_generated).into(),
            line.created.unwrap_or(stamp.at).into(),
        ]);
    }
    tx.execute(&insert).await.map(drop)
}
