//! `TicketEscalationIndex`: the moments at which a ticket escalates, in the columns of its row.
//!
//! The first response is due after the ticket's creation, until an article of an agent that the customer can see. The
//! update is due after the last such article, or after the first answer of the customer to it, or after the creation when
//! neither has said anything that the customer can see; not while the ticket is pending. The solution is due after the creation, until the ticket is closed for the first time. A ticket that is
//! done is due never.
//! Source: columns that the reference system writes for articles and states in many orders.

use chrono::NaiveDateTime;
use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::ticket::{
    Ticket,
    escalation::{Columns, Limit},
    milestones,
    work::Work,
    working_time::{self, Calendar},
};

/// At most four statements; none for a ticket that is done or that has no limits.
pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let columns = columns(work, ticket).await?;
    // The row of a new ticket says all of this already.
    let is_said = ticket.is_done() || work.fresh.contains(ticket.id);
    if columns == ticket.escalation && is_said {
        return Ok(());
    }
    // A ticket that is not done counts as changed, even if it escalates when it did before.
    work.set(ticket, t::Ticket::EscalationTime, columns.next);
    work.set(ticket, t::Ticket::EscalationUpdateTime, columns.update);
    work.set(
        ticket,
        t::Ticket::EscalationResponseTime,
        columns.first_response,
    );
    work.set(ticket, t::Ticket::EscalationSolutionTime, columns.solution);
    ticket.escalation = columns;
    Ok(())
}

async fn columns(work: &mut Work<'_>, ticket: &Ticket) -> Result<Columns, DbError> {
    let rule = ticket.escalation_rule(&work.settings).clone();
    if ticket.is_done() || rule.is_empty() {
        return Ok(Columns::default());
    }
    let calendar = Calendar::from_settings(&work.settings, &rule.calendar);
    let settings = work.settings.clone();
    let due = |from: NaiveDateTime, limit: Limit| {
        let from = working_time::epoch(&settings, from)?;
        let at = calendar.after(from, i64::from(limit.minutes) * 60)?;
        i32::try_from(at).ok()
    };
    let mut columns = Columns::default();
    if rule.first_response.minutes > 0 || rule.update.minutes > 0 {
        let talk = talk(work, ticket).await?;
        if rule.first_response.minutes > 0 && !talk.answered {
            columns.first_response = due(ticket.created, rule.first_response).unwrap_or_default();
        }
        let is_pending = ticket.state_type.starts_with("pending");
        if rule.update.minutes > 0 && !is_pending {
            let since = talk.since.unwrap_or(ticket.created);
            columns.update = due(since, rule.update).unwrap_or_default();
        }
    }
    if rule.solution.minutes > 0 && !was_closed(work, ticket).await? {
        columns.solution = due(ticket.created, rule.solution).unwrap_or_default();
    }
    columns.next = [columns.first_response, columns.update, columns.solution]
        .into_iter()
        .filter(|at| *at != 0)
        .min()
        .unwrap_or_default();
    Ok(columns)
}

/// What agents and the customer said to each other.
#[derive(Debug, Default, Eq, PartialEq)]
struct Talk {
    /// Whether an agent has said something.
    answered: bool,
    /// From when the time until the next word counts.
    since: Option<NaiveDateTime>,
}

impl Talk {
    /// From who spoke and when, the last word first.
    fn of(words: impl IntoIterator<Item = (bool, NaiveDateTime)>) -> Self {
        let mut talk = Self::default();
        for (by_agent, at) in words {
            if by_agent {
                talk.answered = true;
                talk.since = talk.since.or(Some(at));
                break;
            }
            talk.since = Some(at);
        }
        talk
    }
}

/// One statement.
async fn talk(work: &mut Work<'_>, ticket: &Ticket) -> Result<Talk, DbError> {
    let lookups = work.lookups().await?;
    let senders = |name: &'static str| {
        let known = lookups.sender_types.iter();
        known
            .filter(move |(_, known)| *known == name)
            .map(|(id, _)| *id)
    };
    let agents: Vec<i32> = senders("agent").collect();
    let both = agents.iter().copied().chain(senders("customer"));
    let query = Query::select()
        .columns([t::Article::ArticleSenderTypeId, t::Article::CreateTime])
        .from(t::Article::Table)
        .and_where(Expr::col(t::Article::TicketId).eq(ticket.id))
        .and_where(Expr::col(t::Article::IsVisibleForCustomer).eq(1_i16))
        .and_where(Expr::col(t::Article::ArticleSenderTypeId).is_in(both))
        .order_by(t::Article::Id, Order::Desc)
        .to_owned();
    let rows: Vec<(i16, NaiveDateTime)> = work.tx.fetch_all(&query).await?;
    Ok(Talk::of(
        rows.into_iter()
            .map(|(sender, at)| (agents.contains(&sender.into()), at)),
    ))
}

/// Whether the ticket was closed once; its history is written first.
async fn was_closed(work: &mut Work<'_>, ticket: &Ticket) -> Result<bool, DbError> {
    work.flush_history().await?;
    let milestones = milestones::list(&mut work.tx, &[ticket.id]).await?;
    Ok(milestones
        .get(&ticket.id)
        .is_some_and(|milestones| milestones.closed.is_some()))
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::*;

    fn at(hour: u32) -> NaiveDateTime {
        NaiveDate::from_ymd_opt(2026, 11, 17)
            .unwrap()
            .and_hms_opt(hour, 0, 0)
            .unwrap()
    }

    #[test]
    fn time_counts_from_the_last_answer_or_the_first_word_after_it() {
        let (agent, customer) = (true, false);
        let talk = |words: &[(bool, u32)]| {
            let talk = Talk::of(words.iter().rev().map(|(by, hour)| (*by, at(*hour))));
            (talk.answered, talk.since)
        };

        assert_eq!(talk(&[]), (false, None));
        assert_eq!(
            talk(&[(customer, 10), (customer, 11)]),
            (false, Some(at(10)))
        );
        assert_eq!(talk(&[(customer, 10), (agent, 12)]), (true, Some(at(12))));
        assert_eq!(
            talk(&[(agent, 12), (customer, 13), (customer, 14)]),
            (true, Some(at(13)))
        );
        assert_eq!(
            talk(&[(customer, 13), (agent, 16), (agent, 17)]),
            (true, Some(at(17)))
        );
    }
}
