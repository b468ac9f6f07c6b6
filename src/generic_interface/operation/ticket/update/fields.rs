//! The hash `Ticket` of a request: what it names has to be there and be valid.

use compat::Value;

use super::OPERATION;
use crate::{
    auth::Principal,
    directory::{self, UserId, address},
    generic_interface::operation::{
        Answer,
        ticket::input::{
            CANCELLED, Desk, Part, Stop,
            chosen::{Beside, Chosen, Compared, Person, chosen, person, refused, service, sla},
            pending::{Pending, pending_time},
        },
    },
    ticket::{
        Ticket,
        change::{self, Customer},
        choices::{self, Change},
        lookup,
        work::Work,
    },
};

/// What the reference answers when a ticket may not go to a queue.
const NO_SUCH_MOVE: &str =
    "Ticket queue could not be updated, please contact system administrator!";

/// The longest title that the table keeps, in characters.
const LONGEST_TITLE: usize = 255;

/// Fields of a ticket that a request changes.
#[derive(Debug, Default)]
pub struct Fields {
    title: Option<String>,
    pub queue: Option<i32>,
    lock: Option<i32>,
    kind: Option<i32>,
    service: Option<i32>,
    sla: Option<i32>,
    state: Option<State>,
    /// Of use for pending states only.
    pending_until: Option<Pending>,
    customer: Option<Customer>,
    pub priority: Option<i32>,
    pub owner: Option<Person>,
    pub responsible: Option<Person>,
}

#[derive(Debug)]
struct State {
    id: i32,
    type_name: String,
}

impl Fields {
    /// Checks the fields in the reference's order.
    pub async fn read(desk: &mut Desk<'_>, given: Part<'_>, ticket: &Ticket) -> Result<Self, Stop> {
        let dialect = desk.tx.dialect();
        let by_database = Compared::ByDatabase(dialect);
        let choices = choices::current(desk.tx, &desk.app.recent).await?;
        let pointed = |names, what, compared| {
            let found = chosen(OPERATION, given, names, what, compared)?;
            found.map(target).transpose()
        };
        let title = title(given)?;
        let customer = customer(desk, given)
            .await?
            .filter(|customer| !is_same_stranger(customer, ticket));
        let queue = pointed(&choices.queues, "Queue", Compared::Exactly)?;
        let lock = pointed(&choices.locks, "Lock", Compared::Exactly)?;
        let kind = pointed(&choices.types, "Type", Compared::Exactly)?;
        let user = customer.as_ref().and_then(|of| of.user.as_deref());
        let user = user
            .filter(|user| !user.is_empty())
            .or(ticket.customer_user_id.as_deref())
            .unwrap_or_default();
        let service = service(desk, &choices, user, given).await?;
        let of_service = service.map(|chosen| chosen.id);
        let of_service = of_service.or(ticket.service.as_ref().map(|row| row.id));
        let service = service.and_then(target_or_none);
        let sla = sla(desk, &choices, of_service, given).await?;
        let sla = sla.and_then(target_or_none);
        let state = match pointed(&choices.states, "State", by_database)? {
            Some(id) => Some(state(desk, id).await?),
            None => None,
        };
        Ok(Self {
            title,
            queue,
            lock,
            kind,
            service,
            sla,
            state,
            customer,
            priority: pointed(&choices.priorities, "Priority", Compared::Exactly)?,
            owner: person(OPERATION, given, &choices.agents, "Owner", dialect)?,
            responsible: person(OPERATION, given, &choices.agents, "Responsible", dialect)?,
            pending_until: pending_time(desk, given)?,
        })
    }

    /// The customer user that the ticket gets.
    pub fn customer_user(&self) -> Option<&str> {
        self.customer.as_ref()?.user.as_deref()
    }

    /// Whether the ticket is put away, for now or for good; that needs a right of its own.
    pub fn closes(&self) -> bool {
        self.state.as_ref().is_some_and(|state| {
            state.type_name == "closed" || state.type_name.starts_with("pending")
        })
    }

    /// Changes the ticket, in the reference's order.
    pub async fn apply(
        &self,
        work: &mut Work<'_>,
        by: &Principal,
        ticket: &mut Ticket,
    ) -> Result<(), Stop> {
        if let Some(title) = &self.title {
            change::title(work, ticket, title).await?;
        }
        if let Some(id) = self.queue {
            check(work, by, ticket, Change::Queue(id)).await?;
            change::queue(work, ticket, id).await?;
        }
        if let Some(id) = self.lock {
            change::lock(work, ticket, id).await?;
        }
        if let Some(id) = self.kind {
            check(work, by, ticket, Change::Kind(id)).await?;
            change::kind(work, ticket, id).await?;
        }
        if let Some(state) = &self.state {
            self.apply_state(work, by, ticket, state).await?;
        }
        if let Some(id) = self.service {
            check(work, by, ticket, Change::Service(id)).await?;
            change::service(work, ticket, Some(id)).await?;
        }
        if let Some(id) = self.sla {
            check(work, by, ticket, Change::Sla(id)).await?;
            change::sla(work, ticket, Some(id)).await?;
        }
        if let Some(customer) = self.customer.clone() {
            change::customer(work, ticket, customer).await?;
        }
        if let Some(id) = self.priority {
            check(work, by, ticket, Change::Priority(id)).await?;
            change::priority(work, ticket, id).await?;
        }
        if let Some(Person { id, spelling }) = self.owner.clone() {
            change::owner_as(work, ticket, UserId(id), spelling).await?;
        }
        if let Some(Person { id, spelling }) = self.responsible.clone() {
            change::responsible_as(work, ticket, UserId(id), spelling).await?;
        }
        Ok(())
    }

    async fn apply_state(
        &self,
        work: &mut Work<'_>,
        by: &Principal,
        ticket: &mut Ticket,
        state: &State,
    ) -> Result<(), Stop> {
        if state.type_name.starts_with("pending") {
            change::pending_time(work, ticket, self.due()?).await?;
        }
        check(work, by, ticket, Change::State(state.id)).await?;
        if state.type_name == "closed" {
            change::close(work, ticket, state.id).await?;
        } else {
            change::state(work, ticket, state.id).await?;
        }
        Ok(())
    }

    fn due(&self) -> Result<i32, Stop> {
        match self.pending_until {
            Some(Pending::At(until)) => Ok(until),
            Some(Pending::Unfit) => Err(Stop::failure(CANCELLED)),
            None => Err(Stop::Said(Answer::error(
                "TicketUpdate.MissingParameter",
                "Can't set a ticket on a pending state without pendig time!",
            ))),
        }
    }
}

/// The name counts when it is there beside a key. A key that is right hides a wrong name until it is used.
fn target(chosen: Chosen) -> Result<i32, Stop> {
    match chosen.beside {
        Beside::Silent => Ok(chosen.id),
        Beside::Names(id) => Ok(id),
        Beside::NamesNothing => Err(Stop::failure(CANCELLED)),
    }
}

/// The same for services and their agreements, where a wrong name beside a right key changes nothing.
const fn target_or_none(chosen: Chosen) -> Option<i32> {
    match chosen.beside {
        Beside::Silent => Some(chosen.id),
        Beside::Names(id) => Some(id),
        Beside::NamesNothing => None,
    }
}

fn title(given: Part<'_>) -> Result<Option<String>, Stop> {
    let title = given.text("Title").filter(|title| !title.is_empty());
    let is_too_long = |title: &String| title.chars().count() > LONGEST_TITLE;
    if given.is_structure("Title") || title.as_ref().is_some_and(is_too_long) {
        return Err(Stop::failure(CANCELLED));
    }
    Ok(title)
}

async fn state(desk: &mut Desk<'_>, id: i32) -> Result<State, Stop> {
    let lookups = lookup::current(desk.tx, &desk.app.recent).await?;
    let found = lookups
        .states
        .get(&id)
        .ok_or_else(|| refused(OPERATION, "State"))?;
    Ok(State {
        id,
        type_name: found.type_name.clone(),
    })
}

/// Somebody whom nobody knows stays the customer without a word; others are written again.
fn is_same_stranger(customer: &Customer, ticket: &Ticket) -> bool {
    let is_nowhere = |company: &Option<String>| company.as_deref() == Some("");
    is_nowhere(&customer.id)
        && is_nowhere(&ticket.customer_id)
        && customer.user == ticket.customer_user_id
}

/// Whose ticket it becomes. A customer user that we know has to be valid, and brings the company along. A company that is
/// a structure takes the customer user away, as in the reference.
async fn customer(desk: &mut Desk<'_>, given: Part<'_>) -> Result<Option<Customer>, Stop> {
    let company = given.given("CustomerID");
    let Some(user) = given.given("CustomerUser") else {
        let is_unreadable = given.is_structure("CustomerID");
        return Ok(company.map(|company| Customer {
            id: Some(company).filter(|_| !is_unreadable),
            user: Some(String::new()),
        }));
    };
    let known = directory::customer_user(desk.tx, desk.settings, &user).await?;
    let fits = match &known {
        Some(known) => known.valid,
        None => {
            !matches!(
                given.0.get("CustomerUser"),
                Some(Value::List(_) | Value::Map(_))
            ) && address::is_acceptable(desk.settings, &user)
        }
    };
    if !fits {
        return Err(OPERATION.invalid("Ticket->CustomerUser parameter is invalid!"));
    }
    let company = company
        .or_else(|| known.map(|known| known.customer_id))
        .unwrap_or_default();
    Ok(Some(Customer {
        id: Some(company),
        user: Some(user),
    }))
}

/// Access control lists, and the right to move tickets into a queue, are asked where the value is written.
async fn check(
    work: &mut Work<'_>,
    by: &Principal,
    ticket: &Ticket,
    change: Change,
) -> Result<(), Stop> {
    if choices::may_change(work, by, ticket, change).await? {
        return Ok(());
    }
    let refusal = match change {
        Change::Queue(_) => NO_SUCH_MOVE,
        _ => CANCELLED,
    };
    Err(Stop::failure(refusal))
}
