//! The parameters below `Ticket`.

use super::{Desk, OPERATION, Part, Stop};
use crate::{
    access::{self, Permission, groups},
    auth::Principal,
    directory::{self, UserId, address, name},
    generic_interface::operation::ticket::input::{
        chosen::{Compared, chosen, service, sla},
        pending::{Pending, pending_time},
    },
    ticket::{
        NewTicket,
        choices::{self, Choices},
        create::{Customer, Spoken},
    },
};

/// A ticket that may be created, and what is done to it afterwards.
pub(super) struct Checked {
    pub new: NewTicket,
    /// Where the customer's articles come from: `"Ms Alice Abel" <alice@acme.example>`.
    pub from: String,
    /// As the request names it, else as the table does: whom articles are written to.
    pub queue: String,
    pub lock: Option<i32>,
    /// The lock that comes with an owner.
    pub locked: Option<i32>,
    pub owner: Option<UserId>,
    pub responsible: Option<UserId>,
    /// Seconds since 1970.
    pub pending_until: Option<i32>,
}

pub(super) async fn check(
    desk: &mut Desk<'_>,
    principal: &Principal,
    ticket: Part<'_>,
) -> Result<Checked, Stop> {
    let choices = choices::current(desk.tx, &desk.app.recent).await?;
    let by_database = Compared::ByDatabase(desk.tx.dialect());
    let title = ticket
        .given("Title")
        .ok_or_else(|| OPERATION.missing("Ticket->Title parameter is missing!"))?;
    let user = ticket
        .given("CustomerUser")
        .ok_or_else(|| OPERATION.missing("Ticket->CustomerUser parameter is missing!"))?;
    let (mut customer, from) = find_customer(desk, &user).await?;
    let required = |names, what, compared| {
        let found = chosen(OPERATION, ticket, names, what, compared)?;
        Ok::<_, Stop>(found.map(|chosen| chosen.id))
    };
    let queue = required(&choices.queues, "Queue", Compared::Exactly)?.ok_or_else(|| {
        OPERATION.missing("Ticket->QueueID or Ticket->Queue parameter is required!")
    })?;
    let lock = required(&choices.locks, "Lock", Compared::Exactly)?;
    let kind = required(&choices.types, "Type", Compared::Exactly)?;
    if kind.is_none() && desk.settings.is_on("Ticket::Type") {
        return Err(OPERATION
            .missing("Ticket->TypeID or Ticket->Type parameter is required by sysconfig option!"));
    }
    let service = service(desk, &choices, &customer.user, ticket).await?;
    let service = service.map(|service| service.id);
    let sla = sla(desk, &choices, service, ticket).await?;
    let state = required(&choices.states, "State", by_database)?.ok_or_else(|| {
        OPERATION.missing("Ticket->StateID or Ticket->State parameter is required!")
    })?;
    let priority =
        required(&choices.priorities, "Priority", Compared::Exactly)?.ok_or_else(|| {
            OPERATION.missing("Ticket->PriorityID or Ticket->Priority parameter is required!")
        })?;
    let owner = required(&choices.agents, "Owner", by_database)?;
    let responsible = required(&choices.agents, "Responsible", by_database)?;
    let pending_until = pending_time(desk, ticket)?;
    if !may_create(desk, principal, &choices, ticket, queue).await? {
        return Err(OPERATION.error(
            "AccessDenied",
            "Can not create tickets in given Queue or QueueID!",
        ));
    }

    match ticket.text("CustomerID").as_deref() {
        None | Some("") => {}
        Some("0") => customer.company.clear(),
        Some(company) => company.clone_into(&mut customer.company),
    }
    Ok(Checked {
        queue: ticket
            .given("Queue")
            .or_else(|| choices.queues.name(queue).map(str::to_owned))
            .unwrap_or_default(),
        lock,
        locked: choices.locks.by_name("lock"),
        owner: owner.map(UserId),
        responsible: responsible.map(UserId),
        pending_until: match pending_until {
            Some(Pending::At(until)) if choices.pending_states.contains(&state) => Some(until),
            _ => None,
        },
        from,
        new: NewTicket {
            type_id: kind,
            service_id: service,
            sla_id: sla.map(|sla| sla.id),
            customer: Some(customer),
            spoken: Spoken {
                queue: ticket.given("Queue"),
                priority: ticket.given("Priority"),
                state: ticket.given("State"),
                kind: ticket.given("Type"),
            },
            ..NewTicket::new(title, queue, priority, state)
        },
    })
}

/// The customer that a login or an address means, and how they sign. Somebody whom nobody knows is taken as they are,
/// unless addresses are checked.
async fn find_customer(desk: &mut Desk<'_>, user: &str) -> Result<(Customer, String), Stop> {
    let refused = || OPERATION.invalid("Ticket->CustomerUser parameter is invalid!");
    let mut found = directory::record::customer(desk.tx, desk.settings, user).await?;
    if found.is_none() && user.contains('@') {
        found = directory::record::customer_with_address(desk.tx, desk.settings, user).await?;
    }
    match found {
        Some(record) if record.valid => {
            let customer = Customer {
                company: record.customer_id.clone(),
                user: record.login.clone(),
            };
            Ok((customer, name::signature(&record)))
        }
        Some(_) => Err(refused()),
        None if !address::is_acceptable(desk.settings, user) => Err(refused()),
        None => {
            let customer = Customer {
                company: String::new(),
                user: user.to_owned(),
            };
            Ok((customer, user.to_owned()))
        }
    }
}

/// Whether the person may create tickets in the queue; a name counts more than a number here.
async fn may_create(
    desk: &mut Desk<'_>,
    principal: &Principal,
    choices: &Choices,
    ticket: Part<'_>,
    queue: i32,
) -> Result<bool, Stop> {
    let queue = match ticket.given("Queue") {
        Some(name) => choices.queues.by_name(&name),
        None => Some(queue),
    };
    let Some(group) = queue.and_then(|queue| choices.groups.get(&queue)) else {
        return Ok(false);
    };
    let (recent, create) = (&desk.app.recent, Permission::Create);
    Ok(match principal {
        Principal::Agent(agent) => groups::of_agent(desk.tx, recent, agent.id, create)
            .await?
            .contains(group),
        Principal::Customer(customer) => {
            access::customer::groups_of(desk.tx, recent, desk.settings, customer, create)
                .await?
                .own
                .contains(group)
        }
    })
}
