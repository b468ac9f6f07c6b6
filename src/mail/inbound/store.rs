//! Statements on `system_address`, `postmaster_filter` and the articles that mails answer.

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::ticket::TicketId;

/// Characters that `article_data_mime_send_error` holds of a Message-ID.
const SEND_ERROR_ID: usize = 200;
/// Internal articles of one ticket that are looked at.
const MAX_INTERNAL: u64 = 1_000;
/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// The queue of a valid system address.
pub async fn queue_of_address(tx: &mut Tx, address: &str) -> Result<Option<i32>, DbError> {
    use t::SystemAddress as S;
    let same = tx.same_text(Expr::col(S::Value0), address);
    let query = Query::select()
        .column(S::QueueId)
        .from(S::Table)
        .and_where(same)
        .and_where(Expr::col(S::ValidId).eq(VALID))
        .order_by(S::Id, Order::Asc)
        .limit(1)
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(queue,)| queue))
}

/// One line of a filter in `postmaster_filter`.
#[derive(Clone, Debug, sqlx::FromRow)]
#[expect(clippy::struct_field_names, reason = "they are the columns' own names")]
pub struct FilterRow {
    pub f_name: String,
    pub f_stop: Option<i16>,
    pub f_type: String,
    pub f_key: String,
    pub f_value: String,
    pub f_not: Option<i16>,
}

/// Every line of every filter.
pub async fn filters(tx: &mut Tx) -> Result<Vec<FilterRow>, DbError> {
    use t::PostmasterFilter as F;
    let query = Query::select()
        .columns([F::FName, F::FStop, F::FType, F::FKey, F::FValue, F::FNot])
        .from(F::Table)
        .order_by(F::FName, Order::Asc)
        .order_by(F::FKey, Order::Asc)
        .order_by(F::FValue, Order::Asc)
        .to_owned();
    tx.fetch_all(&query).await
}

/// The ticket of the newest article with this Message-ID.
pub async fn ticket_of_message(tx: &mut Tx, message_id: &str) -> Result<Option<TicketId>, DbError> {
    use md5::{Digest as _, Md5};
    use t::{Article as A, ArticleDataMime as M};
    let hash: [u8; 16] = Md5::digest(message_id).into();
    let hash = format!("{:032x}", u128::from_be_bytes(hash));
    let query = Query::select()
        .column((A::Table, A::TicketId))
        .from(M::Table)
        .inner_join(
            A::Table,
            Expr::col((A::Table, A::Id)).equals((M::Table, M::ArticleId)),
        )
        .and_where(Expr::col((M::Table, M::AMessageIdMd5)).eq(hash))
        .order_by((M::Table, M::ArticleId), Order::Desc)
        .limit(1)
        .to_owned();
    let row: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(ticket,)| TicketId(ticket)))
}

/// `To` and `Cc` of the articles of a ticket that customers do not see, by kind of sender and channel; the newest first.
pub async fn internal_recipients(
    tx: &mut Tx,
    ticket: TicketId,
    sender_type: i32,
    channel: i64,
) -> Result<Vec<String>, DbError> {
    use t::{Article as A, ArticleDataMime as M};
    let query = Query::select()
        .column((M::Table, M::ATo))
        .column((M::Table, M::ACc))
        .from(M::Table)
        .inner_join(
            A::Table,
            Expr::col((A::Table, A::Id)).equals((M::Table, M::ArticleId)),
        )
        .and_where(Expr::col((A::Table, A::TicketId)).eq(ticket))
        .and_where(Expr::col((A::Table, A::IsVisibleForCustomer)).eq(0_i16))
        .and_where(Expr::col((A::Table, A::ArticleSenderTypeId)).eq(sender_type))
        .and_where(Expr::col((A::Table, A::CommunicationChannelId)).eq(channel))
        .order_by((M::Table, M::ArticleId), Order::Desc)
        .limit(MAX_INTERNAL)
        .to_owned();
    let rows: Vec<(Option<String>, Option<String>)> = tx.fetch_all(&query).await?;
    let texts = rows.into_iter().flat_map(|(to, cc)| [to, cc]);
    Ok(texts.flatten().collect())
}

/// Tickets that have this text in the dynamic field of this name, newest first.
pub async fn tickets_with_field(
    tx: &mut Tx,
    field: &str,
    text: &str,
) -> Result<Vec<TicketId>, DbError> {
    use t::{DynamicField as D, DynamicFieldValue as V};
    let query = Query::select()
        .column((V::Table, V::ObjectId))
        .from(V::Table)
        .inner_join(
            D::Table,
            Expr::col((D::Table, D::Id)).equals((V::Table, V::FieldId)),
        )
        .and_where(Expr::col((D::Table, D::Name)).eq(field))
        .and_where(Expr::col((D::Table, D::ObjectType)).eq("Ticket"))
        .and_where(Expr::col((V::Table, V::ValueText)).eq(text))
        .order_by((V::Table, V::ObjectId), Order::Desc)
        .limit(50)
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// Keeps with the newest article of a ticket that has this Message-ID why it came back; nothing when there is none.
pub async fn keep_bounce(
    tx: &mut Tx,
    at: NaiveDateTime,
    ticket: TicketId,
    (message_id, reason): (&str, &str),
) -> Result<(), DbError> {
    use md5::{Digest as _, Md5};
    use t::{Article as A, ArticleDataMime as M, ArticleDataMimeSendError as E};
    let hash: [u8; 16] = Md5::digest(message_id).into();
    let hash = format!("{:032x}", u128::from_be_bytes(hash));
    let query = Query::select()
        .column((A::Table, A::Id))
        .from(M::Table)
        .inner_join(
            A::Table,
            Expr::col((A::Table, A::Id)).equals((M::Table, M::ArticleId)),
        )
        .and_where(Expr::col((M::Table, M::AMessageIdMd5)).eq(hash))
        .and_where(Expr::col((A::Table, A::TicketId)).eq(ticket))
        .order_by((A::Table, A::Id), Order::Desc)
        .limit(1)
        .to_owned();
    let Some((article,)) = tx.fetch_optional::<(i64,)>(&query).await? else {
        return Ok(());
    };
    let message_id: String = message_id.chars().take(SEND_ERROR_ID).collect();
    let insert = Query::insert()
        .into_table(E::Table)
        .columns([E::ArticleId, E::MessageId, E::LogMessage, E::CreateTime])
        .values_panic([article.into(), message_id.into(), reason.into(), at.into()])
        .to_owned();
    tx.execute(&insert).await.map(drop)
}
