//! What a follow-up does to its ticket, however it comes: whether the queue lets a ticket that is done take it, who gets
//! the ticket back, and which state it has then.
//!
//! Source: rows of the reference system for mails to tickets in every type of state, in queues with every option.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Ticket, change, choices, work::Work};
use crate::settings::Settings;

/// What is to become of a follow-up.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Verdict {
    Accepted,
    /// It is kept with its ticket, which stays as it is, and whoever wrote it is told.
    Rejected,
    /// It becomes a ticket of its own.
    NewTicket,
}

/// What a queue says of follow-ups to tickets that are done.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Rule {
    when_done: Verdict,
    /// Whether its owner gets a ticket back that was closed.
    locks: bool,
}

#[derive(sqlx::FromRow)]
struct Row {
    name: String,
    follow_up_lock: i16,
}

impl Rule {
    /// The rule of a queue. One statement.
    pub async fn of_queue(tx: &mut Tx, queue: i32) -> Result<Self, DbError> {
        use t::{FollowUpPossible as F, Queue as Q};
        let query = Query::select()
            .column((F::Table, F::Name))
            .column((Q::Table, Q::FollowUpLock))
            .from(Q::Table)
            .inner_join(
                F::Table,
                Expr::col((F::Table, F::Id)).equals((Q::Table, Q::FollowUpId)),
            )
            .and_where(Expr::col((Q::Table, Q::Id)).eq(queue))
            .to_owned();
        let row: Option<Row> = tx.fetch_optional(&query).await?;
        let name = row.as_ref().map_or("possible", |row| row.name.as_str());
        Ok(Self {
            when_done: match name {
                "reject" => Verdict::Rejected,
                "new ticket" => Verdict::NewTicket,
                _ => Verdict::Accepted,
            },
            locks: row.as_ref().is_some_and(|row| row.follow_up_lock != 0),
        })
    }

    /// What is to become of a follow-up to a ticket of the queue. Merged tickets take them: they are not done.
    pub fn verdict(self, ticket: &Ticket) -> Verdict {
        if is_closed(ticket) || ticket.state_type == "removed" {
            self.when_done
        } else {
            Verdict::Accepted
        }
    }

    /// Its owner gets a ticket back that was closed, when the queue wants it; a ticket whose owner is gone is free.
    pub async fn lock(self, work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
        let recent = &work.app.recent;
        let rows = choices::current(&mut work.tx, recent).await?;
        let has_owner = rows.agents.name(ticket.owner.id).is_some();
        let dialect = work.tx.dialect();
        let lock = |name: &str| rows.locks.by_name_in(dialect, name);
        if is_closed(ticket)
            && self.locks
            && has_owner
            && let Some(lock) = lock("lock")
        {
            change::lock(work, ticket, lock).await?;
        }
        if !has_owner
            && ticket.lock.name == "lock"
            && let Some(lock) = lock("unlock")
        {
            change::lock(work, ticket, lock).await?;
        }
        Ok(())
    }
}

fn is_closed(ticket: &Ticket) -> bool {
    ticket.state_type.starts_with("close")
}

/// The state that a follow-up brings when nobody asks for another one: `PostmasterFollowUpStateClosed` where the ticket was
/// closed, else `PostmasterFollowUpState`. A new ticket keeps its state.
pub fn state(settings: &Settings, ticket: &Ticket) -> Option<String> {
    if ticket.state_type == "new" {
        return None;
    }
    let after_closed = settings.text("PostmasterFollowUpStateClosed");
    if is_closed(ticket) && !after_closed.is_empty() {
        return Some(after_closed);
    }
    Some(settings.text("PostmasterFollowUpState"))
}
