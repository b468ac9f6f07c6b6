//! A new ticket: its row, its number and the first entries of its history. The articles come after it.

use std::collections::HashMap;

use schema::{DbError, tables as t};
use sea_query::Query;

use super::{
    Named, Ticket, TicketId, escalation,
    history::HistoryType,
    index,
    lookup::Lookups,
    number::{self, Format},
    work::Work,
};
use crate::{directory::UserId, recent::Recent};

/// The type that a ticket has when nobody chose one, while types are not in use.
const DEFAULT_TYPE: i32 = 1;
const UNLOCKED: &str = "unlock";
/// What the column `title` holds.
const TITLE_LENGTH: usize = 255;

/// The customer of a ticket. Either text may be empty.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Customer {
    /// The company, `customer_id`.
    pub company: String,
    /// The login, or an address of somebody who has none.
    pub user: String,
}

/// What a request called things, where it named them beside their numbers; the history repeats that.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Spoken {
    pub queue: Option<String>,
    pub priority: Option<String>,
    pub state: Option<String>,
    pub kind: Option<String>,
}

/// What a ticket needs before it is one. The numbers are keys of rows that exist.
#[derive(Clone, Debug)]
pub struct NewTicket {
    /// A number that the ticket has already; `None` for the next one.
    pub number: Option<String>,
    pub title: String,
    pub queue_id: i32,
    pub priority_id: i32,
    pub state_id: i32,
    /// `None` for `unlock`.
    pub lock_id: Option<i32>,
    /// `None` for the first type.
    pub type_id: Option<i32>,
    pub service_id: Option<i32>,
    pub sla_id: Option<i32>,
    pub owner: UserId,
    pub responsible: UserId,
    pub customer: Option<Customer>,
    pub archived: bool,
    pub spoken: Spoken,
}

impl NewTicket {
    /// A ticket that nobody owns yet, without customer.
    pub fn new(title: impl Into<String>, queue_id: i32, priority_id: i32, state_id: i32) -> Self {
        Self {
            number: None,
            title: title.into(),
            queue_id,
            priority_id,
            state_id,
            lock_id: None,
            type_id: None,
            service_id: None,
            sla_id: None,
            owner: UserId::SYSTEM,
            responsible: UserId::SYSTEM,
            customer: None,
            archived: false,
            spoken: Spoken::default(),
        }
    }
}

/// Creates a ticket. History: `NewTicket`, `ServiceUpdate` and `SLAUpdate` while services are in use, `TypeUpdate` while
/// types are, `CustomerUpdate` when there is a customer. Events: `TicketCustomerUpdate`, then `TicketCreate`.
///
/// Four statements and those of the number, see [`number::next`].
///
/// Errors: [`DbError::Inconsistent`] when a number names no row; [`DbError::Missing`] when `Ticket::NumberGenerator` is
/// none of OTRS's own. Source: rows of the reference system after requests to its web service.
#[tracing::instrument(name = "ticket.create", skip_all, fields(queue.id = new.queue_id))]
pub async fn create(work: &mut Work<'_>, new: NewTicket) -> Result<Ticket, DbError> {
    let number = if let Some(number) = &new.number {
        number.clone()
    } else {
        let format = Format::from_settings(&work.settings).ok_or(DbError::Missing {
            table: "sysconfig_default",
            name: "a number generator of OTRS in Ticket::NumberGenerator",
        })?;
        number::next(work, &format).await?
    };
    let lookups = work.lookups().await?;
    let mut ticket = if let Ok(ticket) = ticket_of(work, &lookups, &new, &number) {
        ticket
    } else {
        // A row may have come since the tables were kept.
        let lookups = super::lookup::read_again(&mut work.tx, &Recent::default()).await?;
        ticket_of(work, &lookups, &new, &number)?
    };
    ticket.id = TicketId(work.tx.insert(&row(&ticket)).await?);
    work.fresh.add(ticket.id);
    if index::is_kept(&work.settings) {
        index::add(work, &ticket).await?;
    }
    add_history(work, &ticket, &new.spoken);
    if let Some(customer) = &new.customer {
        let text = format!(
            "%%CustomerID={};CustomerUser={};",
            customer.company, customer.user
        );
        work.history(&ticket, HistoryType::CustomerUpdate, text, None);
        work.emit(&mut ticket, "TicketCustomerUpdate", None).await?;
    }
    work.emit(&mut ticket, "TicketCreate", None).await?;
    Ok(ticket)
}

fn ticket_of(
    work: &Work<'_>,
    lookups: &Lookups,
    new: &NewTicket,
    number: &str,
) -> Result<Ticket, DbError> {
    let queue = lookups
        .queues
        .get(&new.queue_id)
        .ok_or(unknown("queue_id", new.queue_id))?;
    let state = lookups
        .states
        .get(&new.state_id)
        .ok_or(unknown("ticket_state_id", new.state_id))?;
    let lock = match new.lock_id {
        Some(id) => named(&lookups.locks, "ticket_lock_id", id)?,
        None => unlocked(lookups)?,
    };
    let sla = new
        .sla_id
        .map(|id| lookups.slas.get(&id).ok_or(unknown("sla_id", id)))
        .transpose()?;
    Ok(Ticket {
        id: TicketId(0),
        number: number.to_owned(),
        title: Some(new.title.trim().chars().take(TITLE_LENGTH).collect()),
        queue: Named {
            id: queue.id,
            name: queue.name.clone(),
        },
        group_id: queue.group_id,
        lock,
        kind: named(
            &lookups.types,
            "type_id",
            new.type_id.unwrap_or(DEFAULT_TYPE),
        )?,
        service: new
            .service_id
            .map(|id| named(&lookups.services, "service_id", id))
            .transpose()?,
        sla: new.sla_id.zip(sla).map(|(id, sla)| Named {
            id,
            name: sla.name.clone(),
        }),
        owner: named(&lookups.logins, "user_id", new.owner.0)?,
        responsible: named(&lookups.logins, "responsible_user_id", new.responsible.0)?,
        priority: named(&lookups.priorities, "ticket_priority_id", new.priority_id)?,
        state: Named {
            id: new.state_id,
            name: state.name.clone(),
        },
        state_type: state.type_name.clone(),
        customer_id: new
            .customer
            .as_ref()
            .map(|customer| customer.company.clone()),
        customer_user_id: new.customer.as_ref().map(|customer| customer.user.clone()),
        unlock_timeout: 0,
        pending_until: 0,
        escalation: escalation::Columns::default(),
        queue_rule: queue.rule.clone(),
        sla_rule: sla.map(|sla| sla.rule.clone()),
        archived: new.archived,
        created: work.stamp.at,
        created_by: work.stamp.by,
        changed: work.stamp.at,
        changed_by: work.stamp.by,
    })
}

fn unknown(column: &'static str, id: i32) -> DbError {
    DbError::Inconsistent {
        table: "ticket",
        column,
        row: id.into(),
    }
}

fn named(names: &HashMap<i32, String>, column: &'static str, id: i32) -> Result<Named, DbError> {
    let name = names.get(&id).ok_or(unknown(column, id))?;
    Ok(Named {
        id,
        name: name.clone(),
    })
}

fn unlocked(lookups: &Lookups) -> Result<Named, DbError> {
    let found = lookups.locks.iter().find(|(_, name)| *name == UNLOCKED);
    let (id, name) = found.ok_or(DbError::Missing {
        table: "ticket_lock_type",
        name: UNLOCKED,
    })?;
    Ok(Named {
        id: *id,
        name: name.clone(),
    })
}

fn row(ticket: &Ticket) -> sea_query::InsertStatement {
    use t::Ticket as T;
    let pairs: [(T, sea_query::Value); 24] = [
        (T::Tn, ticket.number.as_str().into()),
        (T::Title, ticket.title.clone().into()),
        (T::QueueId, ticket.queue.id.into()),
        (T::TicketLockId, ticket.lock.id.into()),
        (T::TypeId, ticket.kind.id.into()),
        (T::ServiceId, ticket.service.as_ref().map(|it| it.id).into()),
        (T::SlaId, ticket.sla.as_ref().map(|it| it.id).into()),
        (T::UserId, ticket.owner.id.into()),
        (T::ResponsibleUserId, ticket.responsible.id.into()),
        (T::TicketPriorityId, ticket.priority.id.into()),
        (T::TicketStateId, ticket.state.id.into()),
        (T::CustomerId, ticket.customer_id.clone().into()),
        (T::CustomerUserId, ticket.customer_user_id.clone().into()),
        (T::Timeout, 0.into()),
        (T::UntilTime, 0.into()),
        (T::EscalationTime, 0.into()),
        (T::EscalationUpdateTime, 0.into()),
        (T::EscalationResponseTime, 0.into()),
        (T::EscalationSolutionTime, 0.into()),
        (T::ArchiveFlag, i32::from(ticket.archived).into()),
        (T::CreateTime, ticket.created.into()),
        (T::CreateBy, ticket.created_by.0.into()),
        (T::ChangeTime, ticket.changed.into()),
        (T::ChangeBy, ticket.changed_by.0.into()),
    ];
    Query::insert()
        .into_table(T::Table)
        .columns(pairs.iter().map(|(column, _)| *column))
        .values_panic(pairs.into_iter().map(|(_, value)| value.into()))
        .to_owned()
}

fn add_history(work: &mut Work<'_>, ticket: &Ticket, spoken: &Spoken) {
    let said = |word: &Option<String>, name: &str| word.as_deref().unwrap_or(name).to_owned();
    let text = format!(
        "%%{}%%{}%%{}%%{}%%{}",
        ticket.number,
        said(&spoken.queue, &ticket.queue.name),
        said(&spoken.priority, &ticket.priority.name),
        said(&spoken.state, &ticket.state.name),
        ticket.id
    );
    work.history(ticket, HistoryType::NewTicket, text, None);
    // The old value is always none.
    let chosen = |named: Option<&Named>| match named {
        Some(named) => format!("%%{}%%{}%%NULL%%", named.name, named.id),
        None => "%%NULL%%%%NULL%%".to_owned(),
    };
    if work.settings.is_on("Ticket::Service") {
        let service = chosen(ticket.service.as_ref());
        work.history(ticket, HistoryType::ServiceUpdate, service, None);
        let sla = chosen(ticket.sla.as_ref());
        work.history(ticket, HistoryType::SlaUpdate, sla, None);
    }
    if work.settings.is_on("Ticket::Type") {
        let kind = format!(
            "%%{}%%{}",
            said(&spoken.kind, &ticket.kind.name),
            ticket.kind.id
        );
        work.history(ticket, HistoryType::TypeUpdate, kind, None);
    }
}
