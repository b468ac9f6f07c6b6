//! Whether a ticket may get another value.

use schema::DbError;

use crate::{
    access::{
        Permission,
        acl::{Acls, Given, Situation, Subject},
        groups,
    },
    auth::Principal,
    directory::UserId,
    ticket::{Ticket, work::Work},
};

/// A value that a ticket is to get; keys of the tables.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Change {
    Queue(i32),
    State(i32),
    Priority(i32),
    Kind(i32),
    Service(i32),
    Sla(i32),
}

impl Change {
    fn subject(self) -> Subject<'static> {
        Subject::Ticket(match self {
            Self::Queue(_) => "Queue",
            Self::State(_) => "State",
            Self::Priority(_) => "Priority",
            Self::Kind(_) => "Type",
            Self::Service(_) => "Service",
            Self::Sla(_) => "SLA",
        })
    }

    /// Whether the ticket has the value already.
    fn is_none(self, ticket: &Ticket) -> bool {
        match self {
            Self::Queue(id) => ticket.queue.id == id,
            Self::State(id) => ticket.state.id == id,
            Self::Priority(id) => ticket.priority.id == id,
            Self::Kind(id) => ticket.kind.id == id,
            Self::Service(id) => ticket.service.as_ref().is_some_and(|old| old.id == id),
            Self::Sla(id) => ticket.sla.as_ref().is_some_and(|old| old.id == id),
        }
    }

    fn given(self) -> Given {
        let mut given = Given::default();
        let (field, id) = match self {
            Self::Queue(id) => (&mut given.queue, id),
            Self::State(id) => (&mut given.state, id),
            Self::Priority(id) => (&mut given.priority, id),
            Self::Kind(id) => (&mut given.kind, id),
            Self::Service(id) => (&mut given.service, id),
            Self::Sla(id) => (&mut given.sla, id),
        };
        *field = Some(id);
        given
    }
}

/// Whether somebody may give a ticket this value: access control lists have to leave it, and a ticket goes only to queues
/// into which its mover may move tickets. Rights on the ticket itself are the caller's business.
///
/// Whoever acts as user 1, as customers do, may do everything; so may everybody who changes nothing. Other values than these
/// are not limited. Source: the reference system's `TicketUpdate`, attribute by attribute, with lists that require the new
/// value (`Properties`) and the old one (`PropertiesDatabase`), and agents with single rights.
pub async fn may_change(
    work: &mut Work<'_>,
    by: &Principal,
    ticket: &Ticket,
    change: Change,
) -> Result<bool, DbError> {
    if change.is_none(ticket) || by.user_id() == UserId::SYSTEM {
        return Ok(true);
    }
    let app = work.app;
    let lookups = work.lookups().await?;
    let name = match change {
        Change::Queue(id) => lookups.queues.get(&id).map(|queue| queue.name.clone()),
        Change::State(id) => lookups.states.get(&id).map(|state| state.name.clone()),
        Change::Priority(id) => lookups.priorities.get(&id).cloned(),
        Change::Kind(id) => lookups.types.get(&id).cloned(),
        Change::Service(id) => lookups.services.get(&id).cloned(),
        Change::Sla(id) => lookups.slas.get(&id).map(|sla| sla.name.clone()),
    };
    if let Change::Queue(id) = change {
        let right = Permission::MoveInto;
        let groups = groups::of_agent(&mut work.tx, &app.recent, by.user_id(), right).await?;
        let group = lookups.queues.get(&id).map(|queue| queue.group_id);
        if group.is_none_or(|group| !groups.contains(&group)) {
            return Ok(false);
        }
    }
    let acls = Acls::current(&mut work.tx, app).await?;
    let mut situation = Situation::new(by, Some(ticket)).with(change.given());
    let (subject, name) = (change.subject(), name.unwrap_or_default());
    acls.allows(&mut work.tx, app, &mut situation, subject, &name)
        .await
}
