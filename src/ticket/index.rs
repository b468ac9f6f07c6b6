//! `ticket_index` and `ticket_lock_index`: tickets that the queue view counts, where `Ticket::IndexModule` is StaticDB.
//!
//! A ticket stands in `ticket_index` while its state is viewable and it is not in the archive, and in
//! `ticket_lock_index` while it is locked. With RuntimeDB both tables stay as they are.
//! Source: rows of the reference system after states, queues, locks and the archive changed in many orders.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Ticket, work::Work};
use crate::settings::Settings;

/// Whether the tables are kept.
pub fn is_kept(settings: &Settings) -> bool {
    settings.text("Ticket::IndexModule").ends_with("::StaticDB")
}

/// Brings both tables up to date for one ticket. At most four statements.
pub async fn update(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    use t::TicketIndex as I;
    let viewable = work.settings.list("Ticket::ViewableStateType");
    if viewable.contains(&ticket.state_type) && !ticket.archived {
        if is_in(work, ticket).await? {
            let update = Query::update()
                .table(I::Table)
                .value(I::QueueId, ticket.queue.id)
                .value(I::Queue, ticket.queue.name.as_str())
                .value(I::GroupId, ticket.group_id)
                .value(I::SLock, ticket.lock.name.as_str())
                .value(I::SState, ticket.state.name.as_str())
                .and_where(Expr::col(I::TicketId).eq(ticket.id))
                .to_owned();
            work.tx.execute(&update).await?;
        } else {
            insert(work, ticket).await?;
        }
    } else {
        let delete = Query::delete()
            .from_table(I::Table)
            .and_where(Expr::col(I::TicketId).eq(ticket.id))
            .to_owned();
        work.tx.execute(&delete).await?;
    }
    update_lock(work, ticket).await
}

/// Adds a ticket that is new. At most two statements.
pub async fn add(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    let viewable = work.settings.list("Ticket::ViewableStateType");
    if viewable.contains(&ticket.state_type) && !ticket.archived {
        insert(work, ticket).await?;
    }
    if is_locked(&work.settings, ticket) {
        insert_lock(work, ticket).await?;
    }
    Ok(())
}

async fn is_in(work: &mut Work<'_>, ticket: &Ticket) -> Result<bool, DbError> {
    use t::TicketIndex as I;
    let query = Query::select()
        .column(I::QueueId)
        .from(I::Table)
        .and_where(Expr::col(I::TicketId).eq(ticket.id))
        .limit(1)
        .to_owned();
    let row: Option<(i32,)> = work.tx.fetch_optional(&query).await?;
    Ok(row.is_some())
}

async fn insert(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    use t::TicketIndex as I;
    let insert = Query::insert()
        .into_table(I::Table)
        .columns([
            I::TicketId,
            I::QueueId,
            I::Queue,
            I::GroupId,
            I::SLock,
            I::SState,
            I::CreateTime,
        ])
        .values_panic([
            ticket.id.0.into(),
            ticket.queue.id.into(),
            ticket.queue.name.as_str().into(),
            ticket.group_id.into(),
            ticket.lock.name.as_str().into(),
            ticket.state.name.as_str().into(),
            ticket.created.into(),
        ])
        .to_owned();
    work.tx.execute(&insert).await.map(drop)
}

async fn update_lock(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    use t::TicketLockIndex as L;
    // The table has no key: a row that is there goes first.
    let delete = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::TicketId).eq(ticket.id))
        .to_owned();
    work.tx.execute(&delete).await?;
    if is_locked(&work.settings, ticket) {
        insert_lock(work, ticket).await?;
    }
    Ok(())
}

async fn insert_lock(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    use t::TicketLockIndex as L;
    let insert = Query::insert()
        .into_table(L::Table)
        .columns([L::TicketId])
        .values_panic([ticket.id.0.into()])
        .to_owned();
    work.tx.execute(&insert).await.map(drop)
}

/// Locks that keep a ticket in the queue view stand in `Ticket::ViewableLocks`, each in quotes.
fn is_locked(settings: &Settings, ticket: &Ticket) -> bool {
    let viewable = settings.list("Ticket::ViewableLocks");
    !viewable
        .iter()
        .any(|lock| lock.trim_matches('\'') == ticket.lock.name)
}
