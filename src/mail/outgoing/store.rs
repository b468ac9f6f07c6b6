//! Statements on `mail_queue`, `article_data_mime_send_error` and what they need of `article`.

use chrono::NaiveDateTime;
use schema::{Blob, DbError, Tx, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Order, Query, SelectStatement};

use crate::ticket::{
    TicketId,
    article::{ArticleId, fingerprint},
};

/// What the fingerprint of a mail begins with that somebody is sending.
const CLAIM: &str = "sending-";
/// Rows of one page.
pub const PAGE: u64 = 100;

/// A row that is to be written.
pub struct New {
    pub article: Option<ArticleId>,
    pub sender: String,
    /// With commas between them.
    pub recipients: String,
    pub image: Vec<u8>,
}

/// Writes a mail and gives its key.
pub async fn insert(tx: &mut Tx, at: NaiveDateTime, new: &New) -> Result<i64, DbError> {
    use t::MailQueue as M;
    let image = tx.blob(&new.image);
    let insert = Query::insert()
        .into_table(M::Table)
        .columns([
            M::InsertFingerprint,
            M::ArticleId,
            M::Attempts,
            M::Sender,
            M::Recipient,
            M::RawMessage,
            M::CreateTime,
        ])
        .values_panic([
            fingerprint().into(),
            new.article.map(|article| article.0).into(),
            0.into(),
            new.sender.as_str().into(),
            new.recipients.as_str().into(),
            image.into(),
            at.into(),
        ])
        .to_owned();
    tx.insert(&insert).await
}

/// A mail that waits, without its message.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub id: i64,
    pub article: Option<ArticleId>,
    pub attempts: i32,
    /// A bare address, or empty.
    pub sender: String,
    /// Bare addresses with commas between them.
    pub recipients: String,
    /// UTC; `None` for at once.
    pub due: Option<NaiveDateTime>,
    pub last_code: Option<i32>,
    pub last_text: Option<String>,
}

#[derive(sqlx::FromRow)]
struct ItemRow {
    id: i64,
    article_id: Option<i64>,
    attempts: i32,
    sender: Option<String>,
    recipient: String,
    due_time: Option<NaiveDateTime>,
    last_smtp_code: Option<i32>,
    last_smtp_message: Option<String>,
}

impl From<ItemRow> for Item {
    fn from(row: ItemRow) -> Self {
        Self {
            id: row.id,
            article: row.article_id.map(ArticleId),
            attempts: row.attempts,
            sender: row.sender.unwrap_or_default(),
            recipients: row.recipient,
            due: row.due_time,
            last_code: row.last_smtp_code,
            last_text: row.last_smtp_message,
        }
    }
}

fn items(after: i64) -> SelectStatement {
    use t::MailQueue as M;
    Query::select()
        .columns([
            M::Id,
            M::ArticleId,
            M::Attempts,
            M::Sender,
            M::Recipient,
            M::DueTime,
            M::LastSmtpCode,
            M::LastSmtpMessage,
        ])
        .from(M::Table)
        .and_where(Expr::col(M::Id).gt(after))
        .order_by(M::Id, Order::Asc)
        .limit(PAGE)
        .to_owned()
}

/// Up to [`PAGE`] mails behind a key, by their keys.
pub async fn list(tx: &mut Tx, after: i64) -> Result<Vec<Item>, DbError> {
    let rows: Vec<ItemRow> = tx.fetch_all(&items(after)).await?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// What nobody is sending: due by now, or whatever it is due, as long as no other process has it.
fn free(now: NaiveDateTime, force: bool) -> Cond {
    use t::MailQueue as M;
    let mut condition = Cond::any()
        .add(Expr::col(M::DueTime).is_null())
        .add(Expr::col(M::DueTime).lte(now));
    if force {
        condition = condition
            .add(Expr::col(M::InsertFingerprint).is_null())
            .add(Expr::col(M::InsertFingerprint).not_like(format!("{CLAIM}%")));
    }
    condition
}

/// Up to [`PAGE`] mails behind a key that may be sent now.
pub async fn due(
    tx: &mut Tx,
    after: i64,
    now: NaiveDateTime,
    force: bool,
) -> Result<Vec<Item>, DbError> {
    let query = items(after).cond_where(free(now, force)).to_owned();
    let rows: Vec<ItemRow> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(Item::from).collect())
}

/// A mail that is ours until the lease ends.
pub struct Claimed {
    token: String,
    pub image: Vec<u8>,
}

/// Takes a mail, until `until`; `None` when somebody else was faster. To be committed before it is sent.
pub async fn claim(
    tx: &mut Tx,
    item: &Item,
    now: NaiveDateTime,
    until: NaiveDateTime,
    force: bool,
) -> Result<Option<Claimed>, DbError> {
    use t::MailQueue as M;
    let token = format!("{CLAIM}{}", fingerprint());
    let update = Query::update()
        .table(M::Table)
        .value(M::InsertFingerprint, token.as_str())
        .value(M::DueTime, until)
        .and_where(Expr::col(M::Id).eq(item.id))
        .and_where(Expr::col(M::Attempts).eq(item.attempts))
        .cond_where(free(now, force))
        .to_owned();
    if tx.execute(&update).await? == 0 {
        return Ok(None);
    }
    let query = Query::select()
        .column(M::RawMessage)
        .from(M::Table)
        .and_where(Expr::col(M::Id).eq(item.id))
        .to_owned();
    let row: Option<(Blob,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(image,)| Claimed {
        token,
        image: image.0,
    }))
}

/// Lets a mail that was claimed wait for its next attempt.
pub async fn put_off(
    tx: &mut Tx,
    item: &Item,
    claimed: &Claimed,
    due: NaiveDateTime,
    code: Option<u16>,
    text: &str,
) -> Result<(), DbError> {
    use t::MailQueue as M;
    let update = Query::update()
        .table(M::Table)
        .value(M::InsertFingerprint, fingerprint())
        .value(M::Attempts, item.attempts + 1)
        .value(M::DueTime, due)
        .value(M::LastSmtpCode, code.map(i32::from))
        .value(M::LastSmtpMessage, text)
        .and_where(Expr::col(M::Id).eq(item.id))
        .and_where(Expr::col(M::InsertFingerprint).eq(claimed.token.as_str()))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Takes a mail out of the queue, as long as it is ours; whether it was.
pub async fn delete_claimed(tx: &mut Tx, item: &Item, claimed: &Claimed) -> Result<bool, DbError> {
    use t::MailQueue as M;
    let delete = Query::delete()
        .from_table(M::Table)
        .and_where(Expr::col(M::Id).eq(item.id))
        .and_where(Expr::col(M::InsertFingerprint).eq(claimed.token.as_str()))
        .to_owned();
    Ok(tx.execute(&delete).await? > 0)
}

/// Takes a mail out of the queue; whether it was there.
pub async fn delete(tx: &mut Tx, id: i64) -> Result<bool, DbError> {
    let delete = Query::delete()
        .from_table(t::MailQueue::Table)
        .and_where(Expr::col(t::MailQueue::Id).eq(id))
        .to_owned();
    Ok(tx.execute(&delete).await? > 0)
}

/// Keeps why an article never went out.
pub async fn insert_error(
    tx: &mut Tx,
    at: NaiveDateTime,
    article: ArticleId,
    text: &str,
) -> Result<(), DbError> {
    use t::ArticleDataMimeSendError as E;
    let insert = Query::insert()
        .into_table(E::Table)
        .columns([E::ArticleId, E::LogMessage, E::CreateTime])
        .values_panic([article.0.into(), text.into(), at.into()])
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

/// The ticket of an article.
pub async fn ticket_of(tx: &mut Tx, article: ArticleId) -> Result<Option<TicketId>, DbError> {
    let query = Query::select()
        .column(t::Article::TicketId)
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::Id).eq(article))
        .to_owned();
    let row: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(ticket,)| TicketId(ticket)))
}

/// The signature of a queue and its content type; `None` when it is empty.
pub async fn signature(tx: &mut Tx, queue: i32) -> Result<Option<(String, String)>, DbError> {
    use t::{Queue as Q, Signature as S};
    let query = Query::select()
        .columns([(S::Table, S::Text), (S::Table, S::ContentType)])
        .from(S::Table)
        .inner_join(
            Q::Table,
            Expr::col((Q::Table, Q::SignatureId)).equals((S::Table, S::Id)),
        )
        .and_where(Expr::col((Q::Table, Q::Id)).eq(queue))
        .to_owned();
    let row: Option<(String, Option<String>)> = tx.fetch_optional(&query).await?;
    Ok(row
        .filter(|(text, _)| !text.is_empty())
        .map(|(text, content_type)| (text, content_type.unwrap_or_default())))
}
