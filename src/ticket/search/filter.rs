//! Conditions on the ticket's own row.

use chrono::NaiveDateTime;
use schema::{Dialect, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Query, SelectStatement};

use super::{Archive, IdField, Range, Sight, TextField, TimeField, condition::Condition};

/// A column of the ticket.
pub fn col(column: t::Ticket) -> Expr {
    Expr::col((t::Ticket::Table, column))
}

/// Any of these numbers. Fields that live in the history belong to [`super::history`].
pub fn ids(field: IdField, ids: &[i64]) -> Option<Expr> {
    let column = match field {
        IdField::Ticket => t::Ticket::Id,
        IdField::Queue => t::Ticket::QueueId,
        IdField::Type => t::Ticket::TypeId,
        // Names of types have become states by now.
        IdField::State | IdField::StateType => t::Ticket::TicketStateId,
        IdField::Priority => t::Ticket::TicketPriorityId,
        IdField::Service => t::Ticket::ServiceId,
        IdField::Sla => t::Ticket::SlaId,
        IdField::Lock => t::Ticket::TicketLockId,
        IdField::Owner => t::Ticket::UserId,
        IdField::Responsible => t::Ticket::ResponsibleUserId,
        IdField::Watcher => return Some(Expr::exists(watchers(ids))),
        IdField::CreatedBy
        | IdField::CreatedQueue
        | IdField::CreatedType
        | IdField::CreatedState
        | IdField::CreatedPriority => return None,
    };
    Some(col(column).is_in(ids.iter().copied()))
}

fn watchers(agents: &[i64]) -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(t::TicketWatcher::Table)
        .and_where(
            Expr::col((t::TicketWatcher::Table, t::TicketWatcher::TicketId))
                .equals((t::Ticket::Table, t::Ticket::Id)),
        )
        .and_where(
            Expr::col((t::TicketWatcher::Table, t::TicketWatcher::UserId))
                .is_in(agents.iter().copied()),
        )
        .to_owned()
}

/// Any of these conditions; `None` when one makes no sense, so that nothing can be found.
pub fn text(field: TextField, conditions: &[String], dialect: Dialect) -> Option<Cond> {
    let column = col(match field {
        TextField::Number => t::Ticket::Tn,
        TextField::Title => t::Ticket::Title,
        TextField::CustomerId => t::Ticket::CustomerId,
        TextField::CustomerUser => t::Ticket::CustomerUserId,
    });
    conditions.iter().try_fold(Cond::any(), |any, condition| {
        Some(any.add(Condition::parse(condition)?.on(&column, dialect)))
    })
}

/// Any of these customer numbers, as they are written.
pub fn customer_ids(ids: &[String]) -> Expr {
    col(t::Ticket::CustomerId).is_in(ids.iter().map(String::as_str))
}

/// What the caller may see; `None` for everything.
pub fn sight(sight: &Sight, dialect: Dialect) -> Option<Cond> {
    match sight {
        Sight::Queues(None) => None,
        Sight::Queues(Some(queues)) => Some(Cond::all().add(in_queues(queues))),
        Sight::Customer {
            login,
            companies,
            queues,
        } => {
            let own = companies.iter().fold(
                Cond::any().add(col(t::Ticket::CustomerUserId).eq(login.as_str())),
                |any, company| any.add(dialect.same_text(col(t::Ticket::CustomerId), company)),
            );
            Some(match queues {
                None => own,
                Some((own_in, all_in)) => Cond::any()
                    .add(Cond::all().add(own).add(in_queues(own_in)))
                    .add(in_queues(all_in)),
            })
        }
    }
}

fn in_queues(queues: &[i64]) -> Expr {
    col(t::Ticket::QueueId).is_in(queues.iter().copied())
}

pub fn archive(archive: Archive) -> Option<Expr> {
    match archive {
        Archive::Ignored => None,
        Archive::OnlyActive => Some(col(t::Ticket::ArchiveFlag).eq(0_i16)),
        Archive::OnlyArchived => Some(col(t::Ticket::ArchiveFlag).eq(1_i16)),
    }
}

/// Limits of a time on the ticket's own row; `None` for times that live elsewhere.
pub fn time(field: TimeField, range: Range) -> Option<Cond> {
    let (column, in_seconds) = match field {
        TimeField::Created => (t::Ticket::CreateTime, false),
        TimeField::LastChanged => (t::Ticket::ChangeTime, false),
        TimeField::Pending => (t::Ticket::UntilTime, true),
        TimeField::Escalation => (t::Ticket::EscalationTime, true),
        TimeField::EscalationUpdate => (t::Ticket::EscalationUpdateTime, true),
        TimeField::EscalationResponse => (t::Ticket::EscalationResponseTime, true),
        TimeField::EscalationSolution => (t::Ticket::EscalationSolutionTime, true),
        TimeField::Changed
        | TimeField::Closed
        | TimeField::LastClosed
        | TimeField::ArticleCreated => return None,
    };
    let mut all = Cond::all();
    if in_seconds {
        all = match field {
            // Only the states of these types wait for a time; others keep an old one in the column.
            TimeField::Pending => {
                all.add(col(t::Ticket::TicketStateId).in_subquery(pending_states()))
            }
            // 0 means that nothing escalates.
            _ => all.add(col(column).ne(0)),
        };
    }
    let limit = |at: NaiveDateTime| {
        if in_seconds {
            Expr::val(at.and_utc().timestamp())
        } else {
            Expr::val(at)
        }
    };
    if let Some(newest) = range.newest {
        all = all.add(col(column).lte(limit(newest)));
    }
    if let Some(oldest) = range.oldest {
        all = all.add(col(column).gte(limit(oldest)));
    }
    Some(all)
}

fn pending_states() -> SelectStatement {
    states_of_types(&["pending reminder", "pending auto"])
}

/// The states whose type has one of these names.
pub fn states_of_types(types: &[&'static str]) -> SelectStatement {
    Query::select()
        .column((t::TicketState::Table, t::TicketState::Id))
        .from(t::TicketState::Table)
        .inner_join(
            t::TicketStateType::Table,
            Expr::col((t::TicketStateType::Table, t::TicketStateType::Id))
                .equals((t::TicketState::Table, t::TicketState::TypeId)),
        )
        .and_where(
            Expr::col((t::TicketStateType::Table, t::TicketStateType::Name))
                .is_in(types.iter().copied()),
        )
        .to_owned()
}
