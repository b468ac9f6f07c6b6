//! Locks that nobody needs any more: unlocking by the clock, one ticket by force, or all of them.
//!
//! Each ticket is unlocked by an operation of its own, in the name of user 1. Source: rows and histories of the reference
//! system's commands `Maint::Ticket::UnlockTimeout`, `Maint::Ticket::UnlockTicket` and `Maint::Ticket::UnlockAll`.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{Ticket, TicketId, change, lookup::Lookups, work::Work, working_time::Calendar};
use crate::{app::App, directory::UserId, settings::Settings};

/// Unlocks tickets whose queue has an unlock time that is over, counted in working time from the last reset, while their
/// state is of one of the types of `Ticket::UnlockStateType`. `told` hears of each one.
#[tracing::instrument(name = "ticket.unlock.timeout", skip_all)]
pub async fn timed_out(app: &App, mut told: impl FnMut(&Ticket)) -> Result<(), DbError> {
    let settings = app.settings.current();
    let now = app.clock.timestamp();
    for (id, minutes) in with_timeout(app).await? {
        let mut work = Work::begin(app, UserId::SYSTEM).await?;
        let Some(mut ticket) = find(&mut work, id).await? else {
            continue;
        };
        let calendar = Calendar::from_settings(&settings, &ticket.queue_rule.calendar);
        let passed = calendar.seconds_between(ticket.unlock_timeout.into(), now);
        if passed >= i64::from(minutes) * 60 {
            change::unlock(&mut work, &mut ticket).await?;
            work.commit().await?;
            told(&ticket);
        }
    }
    Ok(())
}

/// Unlocks every ticket. `told` hears of each one.
#[tracing::instrument(name = "ticket.unlock.all", skip_all)]
pub async fn all(app: &App, mut told: impl FnMut(&Ticket)) -> Result<(), DbError> {
    let mut tx = app.db.read().await?;
    let lookups = super::lookup::current(&mut tx, &app.recent).await?;
    let query = locked(&app.settings.current(), &lookups)
        .column((t::Ticket::Table, t::Ticket::Id))
        .to_owned();
    let ids: Vec<(i64,)> = tx.fetch_all(&query).await?;
    drop(tx);
    for (id,) in ids {
        if let Some(ticket) = one(app, TicketId(id)).await? {
            told(&ticket);
        }
    }
    Ok(())
}

/// Unlocks one ticket, whatever its lock; `None` when there is no such ticket.
#[tracing::instrument(name = "ticket.unlock.one", skip_all)]
pub async fn one(app: &App, id: TicketId) -> Result<Option<Ticket>, DbError> {
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let Some(mut ticket) = find(&mut work, id).await? else {
        return Ok(None);
    };
    change::unlock(&mut work, &mut ticket).await?;
    work.commit().await?;
    Ok(Some(ticket))
}

async fn find(work: &mut Work<'_>, id: TicketId) -> Result<Option<Ticket>, DbError> {
    let recent = &work.app.recent;
    let found = super::list(&mut work.tx, recent, &[id]).await?;
    Ok(found.into_iter().next())
}

/// Tickets with a lock that is not viewable, the order of their states and keys.
fn locked(settings: &Settings, lookups: &Lookups) -> SelectStatement {
    use t::Ticket as T;
    let viewable = settings.list("Ticket::ViewableLocks");
    let locks = lookups.locks.iter().filter(|(_, name)| {
        !viewable
            .iter()
            .any(|lock| lock.trim_matches('\'') == name.as_str())
    });
    Query::select()
        .from(T::Table)
        .and_where(Expr::col((T::Table, T::TicketLockId)).is_in(locks.map(|(id, _)| *id)))
        .order_by((T::Table, T::TicketStateId), Order::Asc)
        .order_by((T::Table, T::Id), Order::Asc)
        .to_owned()
}

/// Locked tickets and the minutes after which their queue opens the lock.
async fn with_timeout(app: &App) -> Result<Vec<(TicketId, i32)>, DbError> {
    use t::{Queue as Q, Ticket as T};
    let settings = app.settings.current();
    let types = settings.list("Ticket::UnlockStateType");
    let mut tx = app.db.read().await?;
    let lookups = super::lookup::current(&mut tx, &app.recent).await?;
    let states = lookups.states.iter();
    let states = states.filter(|(_, state)| types.contains(&state.type_name));
    let query = locked(&settings, &lookups)
        .column((T::Table, T::Id))
        .column((Q::Table, Q::UnlockTimeout))
        .inner_join(
            Q::Table,
            Expr::col((Q::Table, Q::Id)).equals((T::Table, T::QueueId)),
        )
        .and_where(Expr::col((Q::Table, Q::UnlockTimeout)).gt(0))
        .and_where(Expr::col((T::Table, T::TicketStateId)).is_in(states.map(|(id, _)| *id)))
        .to_owned();
    let rows: Vec<(i64, i32)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .map(|(id, minutes)| (TicketId(id), minutes))
        .collect())
}
