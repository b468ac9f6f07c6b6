//! Deleting a ticket for good, with everything that belongs to it.

use schema::{DbError, Tx, tables as t};
use sea_query::{Cond, DynIden, Expr, ExprTrait as _, IntoIden, Query, SelectStatement};

use super::{
    Ticket, TicketId,
    article::{
        self, ArticleId,
        storage::{Leftover, Storage, StorageError},
    },
    link,
    work::Work,
};
use crate::dynamic_field::{self, ObjectType};

/// The files of a ticket whose rows are gone; to be deleted after the commit, as no rollback brings files back.
#[derive(Debug)]
#[must_use = "the files stay until `delete_files` is called"]
pub struct Deleted(Vec<Leftover>);

impl Deleted {
    pub async fn delete_files(self) -> Result<(), StorageError> {
        for leftover in self.0 {
            leftover.delete().await?;
        }
        Ok(())
    }
}

/// Deletes a ticket: articles with their data, history, flags, watchers, accounted time, indexes, dynamic fields,
/// mentions and links.
///
/// Source: the reference system's command `Maint::Ticket::Delete`, which leaves mentions and links behind; nothing
/// can use them any more, so here they go too.
#[tracing::instrument(name = "ticket.delete", skip_all, fields(ticket.number = %ticket.number))]
pub async fn delete(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<Deleted, DbError> {
    work.flush_history().await?;
    let articles = articles(&mut work.tx, ticket.id).await?;
    let storage = Storage::from_settings(&work.settings);
    let mut leftovers = Vec::new();
    for article in &articles {
        leftovers.push(storage.delete(&mut work.tx, *article).await?);
    }
    let keys: Vec<i64> = articles.iter().map(|article| article.0).collect();
    dynamic_field::delete(&mut work.tx, ObjectType::Article, &keys).await?;
    dynamic_field::delete(&mut work.tx, ObjectType::Ticket, &[ticket.id.0]).await?;
    for (table, column) in article::delete::data() {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col(column).in_subquery(keys_of_articles(ticket.id)))
            .to_owned();
        work.tx.execute(&delete).await?;
    }
    work.links_change();
    delete_links(&mut work.tx, ticket.id).await?;
    for (table, column) in of_tickets() {
        let delete = Query::delete()
            .from_table(table)
            .and_where(Expr::col(column).eq(ticket.id))
            .to_owned();
        work.tx.execute(&delete).await?;
    }
    work.emit(ticket, "TicketDelete", None).await?;
    Ok(Deleted(leftovers))
}

/// Tables with rows of tickets, in an order that foreign keys allow; the ticket comes last.
fn of_tickets() -> [(DynIden, DynIden); 11] {
    [
        (
            t::ArticleSearchIndex::Table.into_iden(),
            t::ArticleSearchIndex::TicketId.into_iden(),
        ),
        (
            t::TimeAccounting::Table.into_iden(),
            t::TimeAccounting::TicketId.into_iden(),
        ),
        (
            t::Mention::Table.into_iden(),
            t::Mention::TicketId.into_iden(),
        ),
        (
            t::TicketHistory::Table.into_iden(),
            t::TicketHistory::TicketId.into_iden(),
        ),
        (
            t::TicketFlag::Table.into_iden(),
            t::TicketFlag::TicketId.into_iden(),
        ),
        (
            t::TicketWatcher::Table.into_iden(),
            t::TicketWatcher::TicketId.into_iden(),
        ),
        (
            t::TicketIndex::Table.into_iden(),
            t::TicketIndex::TicketId.into_iden(),
        ),
        (
            t::TicketLockIndex::Table.into_iden(),
            t::TicketLockIndex::TicketId.into_iden(),
        ),
        (
            t::CalendarAppointmentTicket::Table.into_iden(),
            t::CalendarAppointmentTicket::TicketId.into_iden(),
        ),
        (
            t::Article::Table.into_iden(),
            t::Article::TicketId.into_iden(),
        ),
        (t::Ticket::Table.into_iden(), t::Ticket::Id.into_iden()),
    ]
}

fn keys_of_articles(ticket: TicketId) -> SelectStatement {
    Query::select()
        .column(t::Article::Id)
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::TicketId).eq(ticket))
        .to_owned()
}

async fn articles(tx: &mut Tx, ticket: TicketId) -> Result<Vec<ArticleId>, DbError> {
    let rows: Vec<(i64,)> = tx.fetch_all(&keys_of_articles(ticket)).await?;
    Ok(rows.into_iter().map(|(id,)| ArticleId(id)).collect())
}

async fn delete_links(tx: &mut Tx, ticket: TicketId) -> Result<(), DbError> {
    use t::LinkRelation as L;
    let object = link::object(tx).await?;
    let key = ticket.to_string();
    let side = |object_column: L, key_column: L| {
        Cond::all()
            .add(Expr::col(object_column).eq(object))
            .add(Expr::col(key_column).eq(key.as_str()))
    };
    let delete = Query::delete()
        .from_table(L::Table)
        .cond_where(
            Cond::any()
                .add(side(L::SourceObjectId, L::SourceKey))
                .add(side(L::TargetObjectId, L::TargetKey)),
        )
        .to_owned();
    tx.execute(&delete).await.map(drop)
}
