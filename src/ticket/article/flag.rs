//! Flags that an agent has on an article: `Seen`, `important` and whatever else is set.

use std::collections::HashSet;

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
    insert(work, &[article], key, value).await
}

async fn insert(
    work: &mut Work<'_>,
    articles: &[ArticleId],
    key: &str,
    value: &str,
) -> Result<(), DbError> {
    if articles.is_empty() {
        return Ok(());
    }
    let mut insert = Query::insert()
        .into_table(t::ArticleFlag::Table)
        .columns([
            t::ArticleFlag::ArticleId,
            t::ArticleFlag::ArticleKey,
            t::ArticleFlag::ArticleValue,
            t::ArticleFlag::CreateTime,
            t::ArticleFlag::CreateBy,
        ])
        .to_owned();
    for article in articles {
        insert.values_panic([
            article.0.into(),
            key.into(),
            value.into(),
            work.stamp.at.into(),
            work.stamp.by.0.into(),
        ]);
    }
    work.tx.execute(&insert).await.map(drop)
}

/// The flag [`SEEN`] of the acting agent on an article that was just written.
pub(super) async fn seen_by_writer(work: &mut Work<'_>, article: ArticleId) -> Result<(), DbError> {
    insert(work, &[article], SEEN, "1").await?;
    work.fresh.add_seen(article, work.stamp.by);
    Ok(())
}

/// Takes a flag of the acting agent from an article.
pub async fn delete(work: &mut Work<'_>, article: ArticleId, key: &str) -> Result<(), DbError> {
    work.fresh.forget_article(article);
    let delete = Query::delete()
        .from_table(t::ArticleFlag::Table)
        .and_where(Expr::col(t::ArticleFlag::ArticleId).eq(article))
        .and_where(Expr::col(t::ArticleFlag::ArticleKey).eq(key))
        .and_where(Expr::col(t::ArticleFlag::CreateBy).eq(work.stamp.by))
        .to_owned();
    work.tx.execute(&delete).await.map(drop)
}

/// Takes the flag [`SEEN`] of everybody from every article of a ticket.
pub async fn forget_seen(work: &mut Work<'_>, ticket: TicketId) -> Result<(), DbError> {
    work.fresh.forget(ticket);
    let articles = Query::select()
        .column(t::Article::Id)
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::TicketId).eq(ticket))
        .to_owned();
    let delete = Query::delete()
        .from_table(t::ArticleFlag::Table)
        .and_where(Expr::col(t::ArticleFlag::ArticleId).in_subquery(articles))
        .and_where(Expr::col(t::ArticleFlag::ArticleKey).eq(SEEN))
        .to_owned();
    work.tx.execute(&delete).await.map(drop)
}

/// Every flag of the acting agent on these articles is set at once, as far as it is not there. Two statements.
pub async fn mark_seen(work: &mut Work<'_>, articles: &[ArticleId]) -> Result<(), DbError> {
    use t::ArticleFlag as F;
    let query = Query::select()
        .column(F::ArticleId)
        .from(F::Table)
        .and_where(Expr::col(F::ArticleId).is_in(articles.iter().copied()))
        .and_where(Expr::col(F::ArticleKey).eq(SEEN))
        .and_where(Expr::col(F::CreateBy).eq(work.stamp.by))
        .to_owned();
    let there: Vec<(i64,)> = work.tx.fetch_all(&query).await?;
    let there: HashSet<i64> = there.into_iter().map(|(id,)| id).collect();
    let missing: Vec<ArticleId> = articles
        .iter()
        .copied()
        .filter(|article| !there.contains(&article.0))
        .collect();
    insert(work, &missing, SEEN, "1").await
}

/// Whether the acting agent has seen every article of a ticket.
pub async fn all_seen(work: &mut Work<'_>, ticket: TicketId) -> Result<bool, DbError> {
    if work.fresh.has_seen_all(ticket, work.stamp.by) {
        return Ok(true);
    }
    let seen = Query::select()
        .column(t::ArticleFlag::ArticleId)
        .from(t::ArticleFlag::Table)
        .and_where(
            Expr::col((t::ArticleFlag::Table, t::ArticleFlag::ArticleId))
                .equals((t::Article::Table, t::Article::Id)),
        )
        .and_where(Expr::col((t::ArticleFlag::Table, t::ArticleFlag::ArticleKey)).eq(SEEN))
        .and_where(Expr::col((t::ArticleFlag::Table, t::ArticleFlag::CreateBy)).eq(work.stamp.by))
        .to_owned();
    let unseen = Query::select()
        .column((t::Article::Table, t::Article::Id))
        .from(t::Article::Table)
        .and_where(Expr::col((t::Article::Table, t::Article::TicketId)).eq(ticket))
        .and_where(Expr::exists(seen).not())
        .limit(1)
        .to_owned();
    let unseen: Option<(i64,)> = work.tx.fetch_optional(&unseen).await?;
    Ok(unseen.is_none())
}
