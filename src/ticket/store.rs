//! Statements on `ticket`.

use std::collections::HashMap;

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, SelectStatement};

use super::{
    Named, Ticket, TicketId,
    escalation::Columns,
    lookup::{self, Lookups},
};
use crate::{clock::Stamp, directory::UserId, recent::Recent};

/// The type that a ticket without one has.
const DEFAULT_TYPE: i16 = 1;

/// One row of `ticket` in the columns' own widths.
#[derive(sqlx::FromRow)]
struct TicketRow {
    id: i64,
    tn: String,
    title: Option<String>,
    queue_id: i32,
    ticket_lock_id: i16,
    type_id: Option<i16>,
    service_id: Option<i32>,
    sla_id: Option<i32>,
    user_id: i32,
    responsible_user_id: i32,
    ticket_priority_id: i16,
    ticket_state_id: i16,
    customer_id: Option<String>,
    customer_user_id: Option<String>,
    timeout: i32,
    until_time: i32,
    escalation_time: i32,
    escalation_update_time: i32,
    escalation_response_time: i32,
    escalation_solution_time: i32,
    archive_flag: i16,
    create_time: NaiveDateTime,
    create_by: i32,
    change_time: NaiveDateTime,
    change_by: i32,
}

impl TicketRow {
    fn type_id(&self) -> i32 {
        self.type_id.unwrap_or(DEFAULT_TYPE).into()
    }

    /// Whether everything that the row points to is there.
    fn is_known_to(&self, lookups: &Lookups) -> bool {
        let state = i32::from(self.ticket_state_id);
        lookups.queues.contains_key(&self.queue_id)
            && lookups.locks.contains_key(&self.ticket_lock_id.into())
            && lookups.types.contains_key(&self.type_id())
            && lookups
                .priorities
                .contains_key(&self.ticket_priority_id.into())
            && lookups.states.contains_key(&state)
            && lookups.logins.contains_key(&self.user_id)
            && lookups.logins.contains_key(&self.responsible_user_id)
            && self
                .service_id
                .is_none_or(|id| lookups.services.contains_key(&id))
            && self.sla_id.is_none_or(|id| lookups.slas.contains_key(&id))
    }

    fn with_names(self, lookups: &Lookups) -> Ticket {
        let queue = lookups.queues.get(&self.queue_id);
        let state_id = i32::from(self.ticket_state_id);
        let state = lookups.states.get(&state_id);
        let sla = self.sla_id.and_then(|id| lookups.slas.get(&id));
        Ticket {
            queue_rule: queue.map(|queue| queue.rule.clone()).unwrap_or_default(),
            sla_rule: sla.map(|sla| sla.rule.clone()),
            queue: Named {
                id: self.queue_id,
                name: queue.map(|queue| queue.name.clone()).unwrap_or_default(),
            },
            group_id: queue.map(|queue| queue.group_id).unwrap_or_default(),
            lock: named(&lookups.locks, self.ticket_lock_id),
            kind: named(&lookups.types, self.type_id()),
            service: self.service_id.map(|id| named(&lookups.services, id)),
            sla: self.sla_id.map(|id| Named {
                id,
                name: sla.map(|sla| sla.name.clone()).unwrap_or_default(),
            }),
            owner: named(&lookups.logins, self.user_id),
            responsible: named(&lookups.logins, self.responsible_user_id),
            priority: named(&lookups.priorities, self.ticket_priority_id),
            state: Named {
                id: state_id,
                name: state.map(|state| state.name.clone()).unwrap_or_default(),
            },
            state_type: state
                .map(|state| state.type_name.clone())
                .unwrap_or_default(),
            id: TicketId(self.id),
            number: self.tn,
            title: self.title,
            customer_id: self.customer_id,
            customer_user_id: self.customer_user_id,
            unlock_timeout: self.timeout,
            pending_until: self.until_time,
            escalation: Columns {
                next: self.escalation_time,
                update: self.escalation_update_time,
                first_response: self.escalation_response_time,
                solution: self.escalation_solution_time,
            },
            archived: self.archive_flag == 1,
            created: self.create_time,
            created_by: UserId(self.create_by),
            changed: self.change_time,
            changed_by: UserId(self.change_by),
        }
    }
}

fn named(names: &HashMap<i32, String>, id: impl Into<i32>) -> Named {
    let id = id.into();
    Named {
        id,
        name: names.get(&id).cloned().unwrap_or_default(),
    }
}

fn tickets(ids: &[TicketId]) -> SelectStatement {
    let mut query = Query::select();
    for column in [
        t::Ticket::Id,
        t::Ticket::Tn,
        t::Ticket::Title,
        t::Ticket::QueueId,
        t::Ticket::TicketLockId,
        t::Ticket::TypeId,
        t::Ticket::ServiceId,
        t::Ticket::SlaId,
        t::Ticket::UserId,
        t::Ticket::ResponsibleUserId,
        t::Ticket::TicketPriorityId,
        t::Ticket::TicketStateId,
        t::Ticket::CustomerId,
        t::Ticket::CustomerUserId,
        t::Ticket::Timeout,
        t::Ticket::UntilTime,
        t::Ticket::EscalationTime,
        t::Ticket::EscalationUpdateTime,
        t::Ticket::EscalationResponseTime,
        t::Ticket::EscalationSolutionTime,
        t::Ticket::ArchiveFlag,
        t::Ticket::CreateTime,
        t::Ticket::CreateBy,
        t::Ticket::ChangeTime,
        t::Ticket::ChangeBy,
    ] {
        query.column((t::Ticket::Table, column));
    }
    query
        .from(t::Ticket::Table)
        .and_where(Expr::col((t::Ticket::Table, t::Ticket::Id)).is_in(ids.iter().copied()))
        .to_owned()
}

/// The tickets in the database's order.
pub async fn list(tx: &mut Tx, recent: &Recent, ids: &[TicketId]) -> Result<Vec<Ticket>, DbError> {
    let rows: Vec<TicketRow> = tx.fetch_all(&tickets(ids)).await?;
    let mut lookups = lookup::current(tx, recent).await?;
    if !rows.iter().all(|row| row.is_known_to(&lookups)) {
        lookups = lookup::read_again(tx, recent).await?;
    }
    Ok(rows
        .into_iter()
        .map(|row| row.with_names(&lookups))
        .collect())
}

/// The ticket was changed, by whom and when; nothing to do when its row says so already. One statement.
pub async fn touch(tx: &mut Tx, stamp: Stamp, ticket: &mut Ticket) -> Result<(), DbError> {
    if (ticket.changed, ticket.changed_by) == (stamp.at, stamp.by) {
        return Ok(());
    }
    let update = Query::update()
        .table(t::Ticket::Table)
        .value(t::Ticket::ChangeTime, stamp.at)
        .value(t::Ticket::ChangeBy, stamp.by)
        .and_where(Expr::col(t::Ticket::Id).eq(ticket.id))
        .to_owned();
    tx.execute(&update).await?;
    ticket.changed = stamp.at;
    ticket.changed_by = stamp.by;
    Ok(())
}

/// The key of the ticket with this number.
pub async fn find_by_number(tx: &mut Tx, number: &str) -> Result<Option<TicketId>, DbError> {
    let query = Query::select()
        .column(t::Ticket::Id)
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Tn).eq(number))
        .to_owned();
    let row: Option<(i64,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| TicketId(id)))
}
