//! Telling that tickets have escalated, or will soon: an entry in the history and an event for each limit.
//!
//! Only tickets that escalate within five days are looked at, and only while the calendar of their rule has working
//! time. What was told is told again after `OTRSEscalationEvents::DecayTime` minutes; with 0 it is told once.
//! Source: histories of the reference system's command `Maint::Ticket::EscalationCheck`.

use chrono::{NaiveDateTime, TimeDelta};
use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{
    Ticket, TicketId,
    escalation::{self, Countdown, Kind},
    history::HistoryType,
    work::Work,
    working_time::Calendar,
};
use crate::{app::App, directory::UserId};

/// How far ahead the reference system looks, in seconds.
const HORIZON: i64 = 5 * 24 * 60 * 60;

/// Looks at every ticket that may escalate. `told` hears of each event.
#[tracing::instrument(name = "ticket.escalation_check", skip_all)]
pub async fn run(app: &App, mut told: impl FnMut(&Ticket, HistoryType)) -> Result<(), DbError> {
    for id in candidates(app).await? {
        let mut work = Work::begin(app, UserId::SYSTEM).await?;
        let found = super::list(&mut work.tx, &app.recent, &[id]).await?;
        let Some(mut ticket) = found.into_iter().next() else {
            continue;
        };
        let events = due(&mut work, &ticket).await?;
        for kind in &events {
            let text = format!("%%{}%%triggered", kind.name());
            work.history(&ticket, *kind, text, None);
            work.emit(&mut ticket, kind.name(), None).await?;
        }
        if !events.is_empty() {
            work.commit().await?;
            for kind in events {
                told(&ticket, kind);
            }
        }
    }
    Ok(())
}

async fn candidates(app: &App) -> Result<Vec<TicketId>, DbError> {
    use t::Ticket as T;
    let until = app.clock.timestamp() + HORIZON;
    let query = Query::select()
        .column(T::Id)
        .from(T::Table)
        .and_where(Expr::col(T::EscalationTime).ne(0))
        .and_where(Expr::col(T::EscalationTime).lte(i32::try_from(until).unwrap_or(i32::MAX)))
        .order_by(T::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(i64,)> = app.db.read().await?.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// What is to be told of a ticket now.
async fn due(work: &mut Work<'_>, ticket: &Ticket) -> Result<Vec<HistoryType>, DbError> {
    let settings = work.settings.clone();
    let now = work.stamp.at.and_utc().timestamp();
    let rule = ticket.escalation_rule(&settings);
    let calendar = Calendar::from_settings(&settings, &rule.calendar);
    if calendar.seconds_between(now, now + 1) == 0 {
        return Ok(Vec::new());
    }
    let events: Vec<HistoryType> = escalation::countdowns(ticket, &settings, now)
        .iter()
        .filter_map(event)
        .collect();
    if events.is_empty() {
        return Ok(events);
    }
    let minutes = settings.integer("OTRSEscalationEvents::DecayTime");
    let since = TimeDelta::try_minutes(minutes).filter(|decay| !decay.is_zero());
    let since = since.and_then(|decay| work.stamp.at.checked_sub_signed(decay));
    let known = told_since(work, ticket.id, since).await?;
    let is_new = |kind: &HistoryType| !known.iter().any(|known| known == kind.name());
    Ok(events.into_iter().filter(is_new).collect())
}

/// The kinds of entries that the history got from a moment on.
async fn told_since(
    work: &mut Work<'_>,
    ticket: TicketId,
    since: Option<NaiveDateTime>,
) -> Result<Vec<String>, DbError> {
    use t::{TicketHistory as H, TicketHistoryType as K};
    let mut query = Query::select()
        .distinct()
        .column((K::Table, K::Name))
        .from(H::Table)
        .inner_join(
            K::Table,
            Expr::col((K::Table, K::Id)).equals((H::Table, H::HistoryTypeId)),
        )
        .and_where(Expr::col((H::Table, H::TicketId)).eq(ticket))
        .to_owned();
    if let Some(since) = since {
        query.and_where(Expr::col((H::Table, H::CreateTime)).gte(since));
    }
    let rows: Vec<(String,)> = work.tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

fn event(countdown: &Countdown) -> Option<HistoryType> {
    let (start, before) = match countdown.kind {
        Kind::FirstResponse => (
            HistoryType::EscalationResponseTimeStart,
            HistoryType::EscalationResponseTimeNotifyBefore,
        ),
        Kind::Update => (
            HistoryType::EscalationUpdateTimeStart,
            HistoryType::EscalationUpdateTimeNotifyBefore,
        ),
        Kind::Solution => (
            HistoryType::EscalationSolutionTimeStart,
            HistoryType::EscalationSolutionTimeNotifyBefore,
        ),
    };
    if countdown.is_over() {
        Some(start)
    } else {
        countdown.notify.then_some(before)
    }
}
