//! Statements on `ticket` and the lookup tables around it.

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::{Alias, Expr, ExprTrait as _, Iden, Query, SelectStatement};

use super::{
    Named, Ticket, TicketId,
    escalation::{Columns, Limit, Rule},
};
use crate::directory::UserId;

/// The type that a ticket without one has.
const DEFAULT_TYPE: i16 = 1;

/// One row of `ticket` in the columns' own widths, with the names that it points to.
#[derive(sqlx::FromRow)]
struct TicketRow {
    id: i64,
    tn: String,
    title: Option<String>,
    queue_id: i32,
    queue: Option<String>,
    group_id: Option<i32>,
    ticket_lock_id: i16,
    lock_name: Option<String>,
    type_id: Option<i16>,
    type_name: Option<String>,
    service_id: Option<i32>,
    service: Option<String>,
    sla_id: Option<i32>,
    sla: Option<String>,
    user_id: i32,
    owner: Option<String>,
    responsible_user_id: i32,
    responsible: Option<String>,
    ticket_priority_id: i16,
    priority: Option<String>,
    ticket_state_id: i16,
    state: Option<String>,
    state_type: Option<String>,
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
    queue_response: Option<i32>,
    queue_response_notify: Option<i16>,
    queue_update: Option<i32>,
    queue_update_notify: Option<i16>,
    queue_solution: Option<i32>,
    queue_solution_notify: Option<i16>,
    queue_calendar: Option<String>,
    sla_response: Option<i32>,
    sla_response_notify: Option<i16>,
    sla_update: Option<i32>,
    sla_update_notify: Option<i16>,
    sla_solution: Option<i32>,
    sla_solution_notify: Option<i16>,
    sla_calendar: Option<String>,
}

fn limit(minutes: Option<i32>, notify_percent: Option<i16>) -> Limit {
    Limit {
        minutes: minutes.unwrap_or_default(),
        notify_percent: notify_percent.unwrap_or_default(),
    }
}

impl TicketRow {
    fn queue_rule(&self) -> Rule {
        Rule {
            first_response: limit(self.queue_response, self.queue_response_notify),
            update: limit(self.queue_update, self.queue_update_notify),
            solution: limit(self.queue_solution, self.queue_solution_notify),
            calendar: self.queue_calendar.clone().unwrap_or_default(),
        }
    }

    fn sla_rule(&self) -> Option<Rule> {
        self.sla.as_ref()?;
        Some(Rule {
            first_response: limit(self.sla_response, self.sla_response_notify),
            update: limit(self.sla_update, self.sla_update_notify),
            solution: limit(self.sla_solution, self.sla_solution_notify),
            calendar: self.sla_calendar.clone().unwrap_or_default(),
        })
    }
}

fn named(id: impl Into<i32>, name: Option<String>) -> Named {
    Named {
        id: id.into(),
        name: name.unwrap_or_default(),
    }
}

impl From<TicketRow> for Ticket {
    fn from(row: TicketRow) -> Self {
        Self {
            queue_rule: row.queue_rule(),
            sla_rule: row.sla_rule(),
            id: TicketId(row.id),
            number: row.tn,
            title: row.title,
            queue: named(row.queue_id, row.queue),
            group_id: row.group_id.unwrap_or_default(),
            lock: named(row.ticket_lock_id, row.lock_name),
            kind: named(row.type_id.unwrap_or(DEFAULT_TYPE), row.type_name),
            service: row.service_id.map(|id| named(id, row.service)),
            sla: row.sla_id.map(|id| named(id, row.sla)),
            owner: named(row.user_id, row.owner),
            responsible: named(row.responsible_user_id, row.responsible),
            priority: named(row.ticket_priority_id, row.priority),
            state: named(row.ticket_state_id, row.state),
            state_type: row.state_type.unwrap_or_default(),
            customer_id: row.customer_id,
            customer_user_id: row.customer_user_id,
            unlock_timeout: row.timeout,
            pending_until: row.until_time,
            escalation: Columns {
                next: row.escalation_time,
                update: row.escalation_update_time,
                first_response: row.escalation_response_time,
                solution: row.escalation_solution_time,
            },
            archived: row.archive_flag == 1,
            created: row.create_time,
            created_by: UserId(row.create_by),
            changed: row.change_time,
            changed_by: UserId(row.change_by),
        }
    }
}

/// `users` stands twice in the statement, so it needs names of its own.
const OWNER: &str = "owner_user";
const RESPONSIBLE: &str = "responsible_user";

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
    names(&mut query);
    limits(&mut query);
    joins(&mut query);
    query
        .from(t::Ticket::Table)
        .and_where(Expr::col((t::Ticket::Table, t::Ticket::Id)).is_in(ids.iter().copied()))
        .to_owned()
}

fn names(query: &mut SelectStatement) {
    query
        .expr_as(Expr::col((t::Queue::Table, t::Queue::Name)), "queue")
        .expr_as(Expr::col((t::Queue::Table, t::Queue::GroupId)), "group_id")
        .expr_as(
            Expr::col((t::TicketLockType::Table, t::TicketLockType::Name)),
            "lock_name",
        )
        .expr_as(
            Expr::col((t::TicketType::Table, t::TicketType::Name)),
            "type_name",
        )
        .expr_as(Expr::col((t::Service::Table, t::Service::Name)), "service")
        .expr_as(Expr::col((t::Sla::Table, t::Sla::Name)), "sla")
        .expr_as(Expr::col((Alias::new(OWNER), t::Users::Login)), "owner")
        .expr_as(
            Expr::col((Alias::new(RESPONSIBLE), t::Users::Login)),
            "responsible",
        )
        .expr_as(
            Expr::col((t::TicketPriority::Table, t::TicketPriority::Name)),
            "priority",
        )
        .expr_as(
            Expr::col((t::TicketState::Table, t::TicketState::Name)),
            "state",
        )
        .expr_as(
            Expr::col((t::TicketStateType::Table, t::TicketStateType::Name)),
            "state_type",
        );
}

fn limits(query: &mut SelectStatement) {
    use t::{Queue, Sla};
    for (column, name) in [
        (Queue::FirstResponseTime, "queue_response"),
        (Queue::FirstResponseNotify, "queue_response_notify"),
        (Queue::UpdateTime, "queue_update"),
        (Queue::UpdateNotify, "queue_update_notify"),
        (Queue::SolutionTime, "queue_solution"),
        (Queue::SolutionNotify, "queue_solution_notify"),
        (Queue::CalendarName, "queue_calendar"),
    ] {
        query.expr_as(Expr::col((Queue::Table, column)), name);
    }
    for (column, name) in [
        (Sla::FirstResponseTime, "sla_response"),
        (Sla::FirstResponseNotify, "sla_response_notify"),
        (Sla::UpdateTime, "sla_update"),
        (Sla::UpdateNotify, "sla_update_notify"),
        (Sla::SolutionTime, "sla_solution"),
        (Sla::SolutionNotify, "sla_solution_notify"),
        (Sla::CalendarName, "sla_calendar"),
    ] {
        query.expr_as(Expr::col((Sla::Table, column)), name);
    }
}

fn joins(query: &mut SelectStatement) {
    let from_ticket = |column: t::Ticket| Expr::col((t::Ticket::Table, column));
    query
        .left_join(
            t::Queue::Table,
            from_ticket(t::Ticket::QueueId).equals((t::Queue::Table, t::Queue::Id)),
        )
        .left_join(
            t::TicketLockType::Table,
            from_ticket(t::Ticket::TicketLockId)
                .equals((t::TicketLockType::Table, t::TicketLockType::Id)),
        )
        .left_join(
            t::TicketType::Table,
            Expr::col((t::TicketType::Table, t::TicketType::Id))
                .eq(from_ticket(t::Ticket::TypeId).if_null(DEFAULT_TYPE)),
        )
        .left_join(
            t::Service::Table,
            from_ticket(t::Ticket::ServiceId).equals((t::Service::Table, t::Service::Id)),
        )
        .left_join(
            t::Sla::Table,
            from_ticket(t::Ticket::SlaId).equals((t::Sla::Table, t::Sla::Id)),
        )
        .left_join(
            t::TicketPriority::Table,
            from_ticket(t::Ticket::TicketPriorityId)
                .equals((t::TicketPriority::Table, t::TicketPriority::Id)),
        )
        .left_join(
            t::TicketState::Table,
            from_ticket(t::Ticket::TicketStateId)
                .equals((t::TicketState::Table, t::TicketState::Id)),
        )
        .left_join(
            t::TicketStateType::Table,
            Expr::col((t::TicketState::Table, t::TicketState::TypeId))
                .equals((t::TicketStateType::Table, t::TicketStateType::Id)),
        );
    user_join(query, OWNER, t::Ticket::UserId);
    user_join(query, RESPONSIBLE, t::Ticket::ResponsibleUserId);
}

fn user_join(query: &mut SelectStatement, alias: &'static str, column: impl Iden + 'static) {
    query.join_as(
        sea_query::JoinType::LeftJoin,
        t::Users::Table,
        Alias::new(alias),
        Expr::col((t::Ticket::Table, column)).equals((Alias::new(alias), t::Users::Id)),
    );
}

pub async fn list(tx: &mut Tx, ids: &[TicketId]) -> Result<Vec<Ticket>, DbError> {
    let rows: Vec<TicketRow> = tx.fetch_all(&tickets(ids)).await?;
    Ok(rows.into_iter().map(Ticket::from).collect())
}
