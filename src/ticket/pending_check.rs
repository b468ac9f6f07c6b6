//! Pending tickets whose time has come: those that close by themselves are closed, for the others the event
//! `NotificationPendingReminder` is emitted while their queue works.
//!
//! Source: rows and histories of the reference system's command `Maint::Ticket::PendingCheck`.

use compat::Value;
use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{Ticket, TicketId, change, lookup::Lookups, work::Work, working_time::Calendar};
use crate::{app::App, directory::UserId, settings::Settings};

/// A queue that worked within these seconds works.
const WORKED_WITHIN: i64 = 10 * 60;

/// What happened to a ticket.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Done {
    /// It has the state that follows, which is in the ticket.
    Closed,
    Reminded,
}

/// Looks at every pending ticket that is due. `told` hears of each one that something happened to.
#[tracing::instrument(name = "ticket.pending_check", skip_all)]
pub async fn run(app: &App, mut told: impl FnMut(&Ticket, Done)) -> Result<(), DbError> {
    let settings = app.settings.current();
    let lookups = {
        let mut tx = app.db.read().await?;
        super::lookup::current(&mut tx, &app.recent).await?
    };
    for id in due(
        app,
        &states(&settings, &lookups, "Ticket::PendingAutoStateType"),
        // Without a time they are due at once.
        0,
    )
    .await?
    {
        if let Some(ticket) = close(app, &lookups, id).await? {
            told(&ticket, Done::Closed);
        }
    }
    let reminders = states(&settings, &lookups, "Ticket::PendingReminderStateType");
    for id in due(app, &reminders, 1).await? {
        if let Some(ticket) = remind(app, &reminders, id).await? {
            told(&ticket, Done::Reminded);
        }
    }
    Ok(())
}

/// The states whose type a setting names.
fn states(settings: &Settings, lookups: &Lookups, setting: &str) -> Vec<i32> {
    let types = settings.list(setting);
    let states = lookups.states.iter();
    states
        .filter(|(_, state)| types.contains(&state.type_name))
        .map(|(id, _)| *id)
        .collect()
}

async fn due(app: &App, states: &[i32], earliest: i32) -> Result<Vec<TicketId>, DbError> {
    use t::Ticket as T;
    let now = i32::try_from(app.clock.timestamp()).unwrap_or(i32::MAX);
    let query = Query::select()
        .column(T::Id)
        .from(T::Table)
        .and_where(Expr::col(T::TicketStateId).is_in(states.iter().copied()))
        .and_where(Expr::col(T::UntilTime).gte(earliest))
        .and_where(Expr::col(T::UntilTime).lte(now))
        .order_by(T::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(i64,)> = app.db.read().await?.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// The ticket while it is still due: somebody may have worked on it since the list was made.
async fn still_due(
    work: &mut Work<'_>,
    states: Option<&[i32]>,
    id: TicketId,
) -> Result<Option<Ticket>, DbError> {
    let recent = &work.app.recent;
    let found = super::list(&mut work.tx, recent, &[id]).await?;
    let now = work.stamp.at.and_utc().timestamp();
    Ok(found.into_iter().next().filter(|ticket| {
        (ticket.pending_until > 0 || states.is_none())
            && i64::from(ticket.pending_until) <= now
            && states.is_none_or(|states| states.contains(&ticket.state.id))
    }))
}

async fn close(app: &App, lookups: &Lookups, id: TicketId) -> Result<Option<Ticket>, DbError> {
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let Some(mut ticket) = still_due(&mut work, None, id).await? else {
        return Ok(None);
    };
    let following = work.settings.value("Ticket::StateAfterPending");
    let name = following.get(&ticket.state.name).and_then(Value::as_string);
    let mut states = lookups.states.iter();
    let next = name.and_then(|name| states.find(|(_, state)| state.name == name));
    let Some((next, _)) = next else {
        tracing::warn!(
            setting.name = "Ticket::StateAfterPending",
            "no state follows `{}`: ticket {} stays pending",
            ticket.state.name,
            ticket.number
        );
        return Ok(None);
    };
    change::state(&mut work, &mut ticket, *next).await?;
    if ticket.state_type == "closed" {
        change::unlock(&mut work, &mut ticket).await?;
    }
    work.commit().await?;
    Ok(Some(ticket))
}

async fn remind(app: &App, states: &[i32], id: TicketId) -> Result<Option<Ticket>, DbError> {
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let Some(mut ticket) = still_due(&mut work, Some(states), id).await? else {
        return Ok(None);
    };
    let now = work.stamp.at.and_utc().timestamp();
    let rule = ticket.escalation_rule(&work.settings);
    let calendar = Calendar::from_settings(&work.settings, &rule.calendar);
    if calendar.seconds_between(now - WORKED_WITHIN, now) == 0 {
        return Ok(None);
    }
    work.emit(&mut ticket, "NotificationPendingReminder", None)
        .await?;
    work.commit().await?;
    Ok(Some(ticket))
}
