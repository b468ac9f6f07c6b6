//! Deleting an article for good, with everything that belongs to it.

use schema::{DbError, tables as t};
use sea_query::{DynIden, Expr, ExprTrait as _, IntoIden, Query};

use super::{
    ArticleId,
    storage::{Leftover, Storage},
};
use crate::{
    dynamic_field::{self, ObjectType},
    ticket::{Ticket, work::Work},
};

/// Deletes an article of a ticket: its text, attachments, the mail itself, flags, words of the index, time, dynamic
/// fields, mentions, and the entries of the history that speak of it. Nothing is added to the history, and no event told.
///
/// Source: the rows that the reference system's command `Admin::CommunicationChannel::Drop` deletes with each article;
/// it leaves mentions behind, which nothing can use any more.
///
/// The files are deleted with [`Leftover::delete`] after the commit.
#[tracing::instrument(name = "ticket.article.delete", skip_all, fields(ticket.number = %ticket.number))]
pub async fn delete(
    work: &mut Work<'_>,
    ticket: &Ticket,
    article: ArticleId,
) -> Result<Leftover, DbError> {
    work.flush_history().await?;
    work.fresh.forget_article(article);
    let storage = Storage::from_settings(&work.settings);
    let leftover = storage.delete(&mut work.tx, article).await?;
    dynamic_field::delete(&mut work.tx, ObjectType::Article, &[article.0]).await?;
    let own = data()
        .into_iter()
        .chain([(t::Article::Table.into_iden(), t::Article::Id.into_iden())]);
    for (table, column) in mentioning().into_iter().chain(own) {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col(column).eq(article))
            .to_owned();
        work.tx.execute(&delete).await?;
    }
    work.article_changes(ticket, article);
    Ok(leftover)
}

/// Tables whose rows speak of an article.
fn mentioning() -> [(DynIden, DynIden); 4] {
    [
        (
            t::ArticleSearchIndex::Table.into_iden(),
            t::ArticleSearchIndex::ArticleId.into_iden(),
        ),
        (
            t::TimeAccounting::Table.into_iden(),
            t::TimeAccounting::ArticleId.into_iden(),
        ),
        (
            t::Mention::Table.into_iden(),
            t::Mention::ArticleId.into_iden(),
        ),
        (
            t::TicketHistory::Table.into_iden(),
            t::TicketHistory::ArticleId.into_iden(),
        ),
    ]
}

/// Tables with what an article consists of, those that the storage does not delete.
pub fn data() -> [(DynIden, DynIden); 4] {
    [
        (
            t::ArticleFlag::Table.into_iden(),
            t::ArticleFlag::ArticleId.into_iden(),
        ),
        (
            t::ArticleDataMimeSendError::Table.into_iden(),
            t::ArticleDataMimeSendError::ArticleId.into_iden(),
        ),
        (
            t::ArticleDataMime::Table.into_iden(),
            t::ArticleDataMime::ArticleId.into_iden(),
        ),
        (
            t::ArticleDataOtrsChat::Table.into_iden(),
            t::ArticleDataOtrsChat::ArticleId.into_iden(),
        ),
    ]
}
