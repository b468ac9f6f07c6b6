//! Conditions on the ticket's history: how it was created, when it changed, when it was closed.

use std::collections::BTreeMap;

use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query, SelectStatement};

use super::{IdField, Range, filter::states_of_types};

fn col(column: t::TicketHistory) -> Expr {
    Expr::col((t::TicketHistory::Table, column))
}

/// The ticket's entries.
fn entries() -> SelectStatement {
    Query::select()
        .expr(Expr::val(1))
        .from(t::TicketHistory::Table)
        .and_where(col(t::TicketHistory::TicketId).equals((t::Ticket::Table, t::Ticket::Id)))
        .to_owned()
}

fn types(names: &[&'static str]) -> SelectStatement {
    Query::select()
        .column((t::TicketHistoryType::Table, t::TicketHistoryType::Id))
        .from(t::TicketHistoryType::Table)
        .and_where(
            Expr::col((t::TicketHistoryType::Table, t::TicketHistoryType::Name))
                .is_in(names.iter().copied()),
        )
        .to_owned()
}

fn limited(mut entries: SelectStatement, range: Range) -> SelectStatement {
    if let Some(newest) = range.newest {
        entries.and_where(col(t::TicketHistory::CreateTime).lte(newest));
    }
    if let Some(oldest) = range.oldest {
        entries.and_where(col(t::TicketHistory::CreateTime).gte(oldest));
    }
    entries
}

/// One entry of the type *NewTicket* shows all the wanted numbers; `None` when none is wanted.
pub fn created(ids: &BTreeMap<IdField, Vec<i64>>) -> Option<Expr> {
    let columns = [
        (IdField::CreatedBy, t::TicketHistory::CreateBy),
        (IdField::CreatedQueue, t::TicketHistory::QueueId),
        (IdField::CreatedType, t::TicketHistory::TypeId),
        (IdField::CreatedState, t::TicketHistory::StateId),
        (IdField::CreatedPriority, t::TicketHistory::PriorityId),
    ];
    let wanted: Vec<Expr> = columns
        .into_iter()
        .filter_map(|(field, column)| Some(col(column).is_in(ids.get(&field)?.iter().copied())))
        .collect();
    if wanted.is_empty() {
        return None;
    }
    let mut entries = entries();
    entries.and_where(col(t::TicketHistory::HistoryTypeId).in_subquery(types(&["NewTicket"])));
    for one in wanted {
        entries.and_where(one);
    }
    Some(Expr::exists(entries))
}

/// Some entry was written in this time.
pub fn changed(range: Range) -> Expr {
    Expr::exists(limited(entries(), range))
}

/// The entries of a closed state, be it at the creation.
fn closings() -> SelectStatement {
    entries()
        .and_where(
            col(t::TicketHistory::HistoryTypeId).in_subquery(types(&["NewTicket", "StateUpdate"])),
        )
        .and_where(col(t::TicketHistory::StateId).in_subquery(states_of_types(&["closed"])))
        .to_owned()
}

/// The ticket got a closed state in this time.
pub fn closed(range: Range) -> Expr {
    Expr::exists(limited(closings(), range))
}

/// The ticket got a closed state in this time, and no later.
pub fn last_closed(range: Range) -> Expr {
    let is_in = closed(range);
    let Some(newest) = range.newest else {
        return is_in;
    };
    let later = closings()
        .and_where(col(t::TicketHistory::CreateTime).gt(newest))
        .to_owned();
    is_in.and(Expr::exists(later).not())
}
