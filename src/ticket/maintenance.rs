//! What administrators do to all tickets at once: the archive, the indexes of queues and escalations, agents who left.
//!
//! Each ticket is an operation of its own, in the name of user 1. Source: rows and output of the reference system's
//! commands `Maint::Ticket::ArchiveCleanup`, `RestoreFromArchive`, `QueueIndexRebuild`, `QueueIndexCleanup`,
//! `EscalationIndexRebuild` and `InvalidUserCleanup`. Unlike there, flags of archived articles do go.

use chrono::{Months, NaiveDateTime};
use schema::{DbError, FromAnyRow, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{
    Ticket, TicketId,
    article::{
        ArticleId,
        flag::{SEEN, forget_seen},
    },
    change, flag,
    handler::escalation_index,
    index, watcher,
    work::Work,
};
use crate::{
    app::App,
    directory::{self, UserId},
};

/// Tickets that are looked up at once.
const BATCH: u64 = 500;

/// The ticket in an operation that has just begun; `None` when there is none any more.
async fn begin(app: &App, id: TicketId) -> Result<Option<(Work<'_>, Ticket)>, DbError> {
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let found = super::list(&mut work.tx, &app.recent, &[id]).await?;
    Ok(found.into_iter().next().map(|ticket| (work, ticket)))
}

async fn rows<T: FromAnyRow>(app: &App, query: &SelectStatement) -> Result<Vec<T>, DbError> {
    app.db.read().await?.fetch_all(query).await
}

fn archived() -> SelectStatement {
    Query::select()
        .column(t::Ticket::Id)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::ArchiveFlag).eq(1_i16))
        .to_owned()
}

/// Tickets in the archive that somebody has seen; their mark goes. `told` hears of each one.
pub async fn forget_seen_tickets(
    app: &App,
    mut told: impl FnMut(TicketId),
) -> Result<usize, DbError> {
    use t::TicketFlag as F;
    let query = Query::select()
        .distinct()
        .column(F::TicketId)
        .from(F::Table)
        .and_where(Expr::col(F::TicketKey).eq(SEEN))
        .and_where(Expr::col(F::TicketId).in_subquery(archived()))
        .order_by(F::TicketId, Order::Asc)
        .to_owned();
    let ids: Vec<(i64,)> = rows(app, &query).await?;
    for (id,) in &ids {
        if let Some((mut work, mut ticket)) = begin(app, TicketId(*id)).await? {
            told(ticket.id);
            flag::delete(&mut work, &mut ticket, None, SEEN).await?;
            work.commit().await?;
        }
    }
    Ok(ids.len())
}

/// Articles of tickets in the archive that somebody has seen; their marks go. `told` hears of each one.
pub async fn forget_seen_articles(
    app: &App,
    mut told: impl FnMut(ArticleId),
) -> Result<usize, DbError> {
    use t::{Article as A, ArticleFlag as F};
    let articles = Query::select()
        .column(A::Id)
        .from(A::Table)
        .and_where(Expr::col(A::TicketId).in_subquery(archived()))
        .to_owned();
    let query = Query::select()
        .distinct()
        .columns([(A::Table, A::Id), (A::Table, A::TicketId)])
        .from(F::Table)
        .inner_join(
            A::Table,
            Expr::col((A::Table, A::Id)).equals((F::Table, F::ArticleId)),
        )
        .and_where(Expr::col((F::Table, F::ArticleKey)).eq(SEEN))
        .and_where(Expr::col((F::Table, F::ArticleId)).in_subquery(articles))
        .order_by((A::Table, A::Id), Order::Asc)
        .to_owned();
    let ids: Vec<(i64, i64)> = rows(app, &query).await?;
    let mut last = None;
    for (article, ticket) in &ids {
        told(ArticleId(*article));
        if last.replace(*ticket) != Some(*ticket) {
            let mut work = Work::begin(app, UserId::SYSTEM).await?;
            forget_seen(&mut work, TicketId(*ticket)).await?;
            work.commit().await?;
        }
    }
    Ok(ids.len())
}

/// Tickets in the archive that somebody watches; nobody does afterwards. `told` hears of each one.
pub async fn forget_watchers(app: &App, mut told: impl FnMut(TicketId)) -> Result<usize, DbError> {
    use t::TicketWatcher as W;
    let query = Query::select()
        .distinct()
        .columns([W::TicketId, W::UserId])
        .from(W::Table)
        .and_where(Expr::col(W::TicketId).in_subquery(archived()))
        .order_by(W::TicketId, Order::Asc)
        .to_owned();
    unwatch(app, &query, &mut told).await
}

/// Ends each watch that the statement names by ticket and agent; gives of how many tickets.
async fn unwatch(
    app: &App,
    query: &SelectStatement,
    told: &mut impl FnMut(TicketId),
) -> Result<usize, DbError> {
    let watches: Vec<(i64, i32)> = rows(app, query).await?;
    let (mut count, mut last) = (0, None);
    for (id, agent) in watches {
        let Some((mut work, mut ticket)) = begin(app, TicketId(id)).await? else {
            continue;
        };
        if last.replace(id) != Some(id) {
            told(ticket.id);
            count += 1;
        }
        if let Some(agent) = directory::agent(&mut work.tx, UserId(agent)).await? {
            watcher::unsubscribe(&mut work, &mut ticket, &agent).await?;
            work.commit().await?;
        }
    }
    Ok(count)
}

/// Brings tickets back from the archive that are not done; gives how many.
pub async fn restore_from_archive(app: &App) -> Result<usize, DbError> {
    let mut restored = 0;
    let mut last = TicketId(0);
    loop {
        let query = archived()
            .and_where(Expr::col(t::Ticket::Id).gt(last))
            .order_by(t::Ticket::Id, Order::Asc)
            .limit(BATCH)
            .to_owned();
        let ids: Vec<(i64,)> = rows(app, &query).await?;
        let ids: Vec<TicketId> = ids.into_iter().map(|(id,)| TicketId(id)).collect();
        let Some(end) = ids.last() else {
            return Ok(restored);
        };
        last = *end;
        let tickets = super::list(&mut app.db.read().await?, &app.recent, &ids).await?;
        for open in tickets.iter().filter(|ticket| !ticket.is_done()) {
            if let Some((mut work, mut ticket)) = begin(app, open.id).await? {
                change::restore(&mut work, &mut ticket).await?;
                work.commit().await?;
                restored += 1;
            }
        }
    }
}

/// The keys of tickets behind this one, of as many as are worked on in one go.
async fn behind(app: &App, last: TicketId) -> Result<Vec<TicketId>, DbError> {
    let query = Query::select()
        .column(t::Ticket::Id)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Id).gt(last))
        .order_by(t::Ticket::Id, Order::Asc)
        .limit(BATCH)
        .to_owned();
    let ids: Vec<(i64,)> = rows(app, &query).await?;
    Ok(ids.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// Computes anew when every ticket escalates. `told` hears of each one.
#[tracing::instrument(name = "ticket.maintenance.escalation_index", skip_all)]
pub async fn rebuild_escalation_index(
    app: &App,
    mut told: impl FnMut(TicketId),
) -> Result<(), DbError> {
    let mut last = TicketId(0);
    loop {
        let ids = behind(app, last).await?;
        let Some(end) = ids.last() else {
            return Ok(());
        };
        last = *end;
        for id in ids {
            if let Some((mut work, mut ticket)) = begin(app, id).await? {
                escalation_index::run(&mut work, &mut ticket).await?;
                work.commit().await?;
                told(id);
            }
        }
    }
}

/// Fills `ticket_index` and `ticket_lock_index` anew, where `Ticket::IndexModule` keeps them.
#[tracing::instrument(name = "ticket.maintenance.queue_index", skip_all)]
pub async fn rebuild_queue_index(app: &App) -> Result<(), DbError> {
    if !index::is_kept(&app.settings.current()) {
        return Ok(());
    }
    clean_queue_index(app).await?;
    let mut last = TicketId(0);
    loop {
        let ids = behind(app, last).await?;
        let Some(end) = ids.last() else {
            return Ok(());
        };
        last = *end;
        let mut work = Work::begin(app, UserId::SYSTEM).await?;
        for ticket in super::list(&mut work.tx, &app.recent, &ids).await? {
            index::add(&mut work, &ticket).await?;
        }
        work.commit().await?;
    }
}

/// Empties `ticket_index` and `ticket_lock_index`; gives how many rows they had.
pub async fn clean_queue_index(app: &App) -> Result<u64, DbError> {
    let mut tx = app.db.begin().await?;
    let tickets = Query::delete().from_table(t::TicketIndex::Table).to_owned();
    let locks = Query::delete()
        .from_table(t::TicketLockIndex::Table)
        .to_owned();
    let deleted = tx.execute(&tickets).await? + tx.execute(&locks).await?;
    tx.commit().await?;
    Ok(deleted)
}

/// An agent who is not valid any more.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Gone {
    pub id: UserId,
    pub login: String,
    /// Whether that has been so for more than a month.
    pub for_long: bool,
}

/// Agents who are not valid, by key.
pub async fn invalid_agents(app: &App) -> Result<Vec<Gone>, DbError> {
    use t::Users as U;
    let query = Query::select()
        .columns([U::Id, U::ChangeTime])
        .expr(Expr::col(U::Login))
        .from(U::Table)
        .and_where(Expr::col(U::ValidId).ne(1_i16))
        .order_by(U::Id, Order::Asc)
        .to_owned();
    let agents: Vec<(i32, NaiveDateTime, String)> = rows(app, &query).await?;
    let month_ago = app.clock.now().checked_sub_months(Months::new(1));
    let gone = agents.into_iter().map(|(id, changed, login)| Gone {
        id: UserId(id),
        login,
        for_long: month_ago.is_some_and(|month_ago| changed <= month_ago),
    });
    Ok(gone.collect())
}

/// Unlocks what agents hold that are gone, in the name of each. The state of a ticket becomes the one that
/// `Ticket::InvalidOwner::StateChange` has for its type, if any. Gives how many were unlocked, and of how many the state
/// was changed.
pub async fn unlock_of_invalid(app: &App, agents: &[Gone]) -> Result<(usize, usize), DbError> {
    use t::Ticket as T;
    let settings = app.settings.current();
    let states = settings.value("Ticket::InvalidOwner::StateChange");
    let mut tx = app.db.read().await?;
    let lookups = super::lookup::current(&mut tx, &app.recent).await?;
    drop(tx);
    let locks = lookups.locks.iter().filter(|(_, name)| *name == "lock");
    let query = Query::select()
        .column(T::Id)
        .from(T::Table)
        .and_where(Expr::col(T::TicketLockId).is_in(locks.map(|(id, _)| *id)))
        .and_where(Expr::col(T::UserId).is_in(agents.iter().map(|agent| agent.id)))
        .order_by(T::Id, Order::Asc)
        .to_owned();
    let ids: Vec<(i64,)> = if agents.is_empty() {
        Vec::new()
    } else {
        rows(app, &query).await?
    };
    let (mut unlocked, mut changed) = (0, 0);
    for (id,) in ids {
        let Some((mut work, mut ticket)) = begin(app, TicketId(id)).await? else {
            continue;
        };
        work.stamp.by = UserId(ticket.owner.id);
        change::unlock(&mut work, &mut ticket).await?;
        unlocked += 1;
        let next = states
            .get(&ticket.state_type)
            .and_then(compat::Value::as_string);
        let mut known = lookups.states.iter();
        let next = next.and_then(|next| known.find(|(_, state)| state.name == next));
        if let Some((state, _)) = next {
            change::state(&mut work, &mut ticket, *state).await?;
            changed += 1;
        }
        work.commit().await?;
    }
    Ok((unlocked, changed))
}

/// What is deleted of an agent who is gone: the marks on tickets, those on articles, and watches.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Forgotten {
    pub tickets: usize,
    pub articles: usize,
    pub watched: usize,
}

/// Deletes what an agent has seen and watches.
pub async fn forget_agent(app: &App, agent: UserId) -> Result<Forgotten, DbError> {
    use t::{ArticleFlag as A, TicketFlag as F, TicketWatcher as W};
    let query = Query::select()
        .column(F::TicketId)
        .from(F::Table)
        .cond_where(
            Cond::all()
                .add(Expr::col(F::TicketKey).eq(SEEN))
                .add(Expr::col(F::CreateBy).eq(agent)),
        )
        .order_by(F::TicketId, Order::Asc)
        .to_owned();
    let tickets: Vec<(i64,)> = rows(app, &query).await?;
    for (id,) in &tickets {
        if let Some((mut work, mut ticket)) = begin(app, TicketId(*id)).await? {
            flag::delete(&mut work, &mut ticket, Some(agent), SEEN).await?;
            work.commit().await?;
        }
    }
    let delete = Query::delete()
        .from_table(A::Table)
        .and_where(Expr::col(A::ArticleKey).eq(SEEN))
        .and_where(Expr::col(A::CreateBy).eq(agent))
        .to_owned();
    let mut tx = app.db.begin().await?;
    let articles = tx.execute(&delete).await?;
    tx.commit().await?;
    let watches = Query::select()
        .columns([W::TicketId, W::UserId])
        .from(W::Table)
        .and_where(Expr::col(W::UserId).eq(agent))
        .order_by(W::TicketId, Order::Asc)
        .to_owned();
    Ok(Forgotten {
        tickets: tickets.len(),
        articles: usize::try_from(articles).unwrap_or(usize::MAX),
        watched: unwatch(app, &watches, &mut |_| {}).await?,
    })
}
