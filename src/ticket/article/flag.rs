//! Flags that an agent has on an article: `Seen`, `important` and whatever else is set.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::ArticleId;
use crate::ticket::{TicketId, work::Work};

/// The flag of an article that was read.
pub const SEEN: &str = "Seen";

/// Sets a flag of the acting agent on an article, in place of the value that it had.
pub async fn set(
    work: &mut Work<'_>,
    article: ArticleId,
    key: &str,
    value: &str,
) -> Result<(), DbError> {
    delete(work, article, key).await?;
    insert(work, article, key, value).await
}

async fn insert(
    work: &mut Work<'_>,
    article: ArticleId,
    key: &str,
    value: &str,
) -> Result<(), DbError> {
    let insert = Query::insert()
        .into_table(t::ArticleFlag::Table)
        .columns([
            t::ArticleFlag::ArticleId,
            t::ArticleFlag::ArticleKey,
            t::ArticleFlag::ArticleValue,
            t::ArticleFlag::CreateTime,
            t::ArticleFlag::CreateBy,
        ])
        .values_panic([
            article.0.into(),
            key.into(),
            value.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ])
        .to_owned();
    work.tx.execute(&insert).await.map(drop)
}

/// Takes a flag of the acting agent from an article.
pub async fn delete(work: &mut Work<'_>, article: ArticleId, key: &str) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(t::ArticleFlag::Table)
        .and_where(Expr::col(t::ArticleFlag::ArticleId).eq(article))
        .and_where(Expr::col(t::ArticleFlag::ArticleKey).eq(key))
        .and_where(Expr::col(t::ArticleFlag::CreateBy).eq(work.stamp.by))
        .to_owned();
    work.tx.execute(&delete).await.map(drop)
}

/// A new article is unread for everybody but who wrote it: their flag `Seen` of the ticket goes, and the writer gets
/// both, of article and ticket.
pub(super) async fn seen(
    work: &mut Work<'_>,
    ticket: TicketId,
    article: ArticleId,
) -> Result<(), DbError> {
    use t::TicketFlag as F;
    let delete = Query::delete()
        .from_table(F::Table)
        .and_where(Expr::col(F::TicketId).eq(ticket))
        .and_where(Expr::col(F::TicketKey).eq(SEEN))
        .to_owned();
    work.tx.execute(&delete).await?;
    insert(work, article, SEEN, "1").await?;
    let insert = Query::insert()
        .into_table(F::Table)
        .columns([
            F::TicketId,
            F::TicketKey,
            F::TicketValue,
            F::CreateTime,
            F::CreateBy,
        ])
        .values_panic([
            ticket.0.into(),
            SEEN.into(),
            "1".into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ])
        .to_owned();
    work.tx.execute(&insert).await.map(drop)
}
