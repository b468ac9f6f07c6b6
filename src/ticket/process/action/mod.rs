//! What transitions do to a ticket: one function for each of the modules `…::TransitionAction::NAME`.
//!
//! Each takes its parameters with the tags of their texts filled in. `UserID` says in whose name one is done; without it, it
//! is whoever caused the transition. An action that can not be done, as it names nothing that is there, is told in the log
//! and leaves the ticket alone; the next one is done all the same.

use std::collections::BTreeMap;

use compat::placeholder::Form;
use schema::DbError;

use super::Action;
use crate::{
    directory::UserId,
    notification::placeholder::{Facts, Person, Reader, has_tags},
    ticket::{
        Ticket,
        article::storage::StorageError,
        change::{self, Customer, Spelling},
        choices::{self, Names},
        work::Work,
        working_time,
    },
};

mod field;
mod other;

const MODULES: &str = "Kernel::System::ProcessManagement::TransitionAction::";

/// What became of an action.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Done {
    Yes,
    /// There is no such module here.
    Unknown,
}

/// Why an action left its ticket alone.
#[derive(Debug, thiserror::Error)]
enum Refusal {
    #[error("{0}")]
    Because(String),
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Database(#[from] DbError),
}

impl Refusal {
    /// A parameter that is missing, or that names nothing.
    fn of(parameter: &str) -> Self {
        Self::Because(format!(
            "its parameter {parameter} is missing or names nothing"
        ))
    }
}

/// Parameters by name, filled in.
struct Parameters(BTreeMap<String, String>);

impl Parameters {
    /// A parameter that is there and not empty.
    fn text(&self, name: &str) -> Option<&str> {
        let text = self.0.get(name).map(String::as_str);
        text.filter(|text| !text.is_empty())
    }

    fn needed(&self, name: &str) -> Result<&str, Refusal> {
        self.text(name).ok_or_else(|| Refusal::of(name))
    }

    /// The key of a valid row, by its name in `WHAT` or its key in `WHATID`.
    fn key(&self, what: &str, names: &Names) -> Result<i32, Refusal> {
        let by_name = self.text(what).and_then(|name| names.by_name(name));
        let key = || names.by_key(self.text(&format!("{what}ID"))?);
        by_name.or_else(key).ok_or_else(|| Refusal::of(what))
    }

    /// The rest of the names that begin so, with their values.
    fn after<'p>(&'p self, prefix: &'p str) -> impl Iterator<Item = (&'p str, &'p str)> {
        self.0
            .iter()
            .filter_map(move |(name, value)| Some((name.strip_prefix(prefix)?, value.as_str())))
    }
}

/// Does an action.
pub(super) async fn run(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    action: &Action,
) -> Result<Done, DbError> {
    let name = action.module.strip_prefix(MODULES).unwrap_or_default();
    let mut parameters = filled(work, ticket, action).await?;
    let caused_by = work.stamp.by;
    // What is no number is nobody, and the action is done in the name of whoever caused it.
    let user = parameters.0.remove("UserID");
    if let Some(user) = user.and_then(|user| user.parse().ok()) {
        if !work.lookups().await?.logins.contains_key(&user) {
            tracing::warn!(ticket.number = %ticket.number, "{name} is not done: there is no agent {user}");
            return Ok(Done::Yes);
        }
        work.stamp.by = UserId(user);
    }
    let done = act(work, ticket, name, &parameters).await;
    work.stamp.by = caused_by;
    match done {
        Ok(done) => Ok(done),
        Err(Refusal::Database(error) | Refusal::Storage(StorageError::Database(error))) => {
            Err(error)
        }
        Err(refusal) => {
            tracing::warn!(ticket.number = %ticket.number, "{name} is not done: {refusal}");
            Ok(Done::Yes)
        }
    }
}

async fn act(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    name: &str,
    parameters: &Parameters,
) -> Result<Done, Refusal> {
    match name {
        "TicketQueueSet" | "TicketLockSet" | "TicketPrioritySet" | "TicketTypeSet" => {
            row(work, ticket, name, parameters).await?;
        }
        "TicketStateSet" => state(work, ticket, parameters).await?,
        "TicketOwnerSet" | "TicketResponsibleSet" => {
            agent(work, ticket, name, parameters).await?;
        }
        "TicketServiceSet" => {
            let choices = choices::current(&mut work.tx, &work.app.recent).await?;
            let service = parameters.key("Service", &choices.services)?;
            change::service(work, ticket, Some(service)).await?;
        }
        "TicketSLASet" => sla(work, ticket, parameters).await?,
        "TicketCustomerSet" => customer(work, ticket, parameters).await?,
        "TicketTitleSet" => {
            let title = parameters
                .0
                .get("Title")
                .ok_or_else(|| Refusal::of("Title"))?;
            change::title(work, ticket, title).await?;
        }
        "DynamicFieldSet" => field::set(work, ticket, parameters).await?,
        "DynamicFieldIncrement" => field::increment(work, ticket, parameters).await?,
        "DynamicFieldRemove" => field::remove(work, ticket, parameters).await?,
        "DynamicFieldPendingTimeSet" => field::pending_time(work, ticket, parameters).await?,
        "TicketArticleCreate" => other::article(work, ticket, parameters).await?,
        "TicketCreate" => other::create(work, ticket, parameters).await?,
        "LinkAdd" => other::link(work, ticket, parameters).await?,
        "TicketWatchSet" => other::watch(work, ticket, parameters).await?,
        "AppointmentCreate" | "AppointmentRemove" | "AppointmentUpdate" | "ArticleSend"
        | "ConfigItemUpdate" | "ExecuteInvoker" => {
            return Err(Refusal::Because("it is not there yet".to_owned()));
        }
        _ => {
            tracing::warn!(ticket.number = %ticket.number, "there is no transition action {name}");
            return Ok(Done::Unknown);
        }
    }
    Ok(Done::Yes)
}

/// The parameters with their tags filled in; what the tags stand for is read only when there are any.
async fn filled(
    work: &mut Work<'_>,
    ticket: &Ticket,
    action: &Action,
) -> Result<Parameters, DbError> {
    let has_any = action.parameters.values().any(|text| has_tags(text));
    if !has_any {
        return Ok(Parameters(action.parameters.clone()));
    }
    work.flush_rows().await?;
    let facts = Facts::load(&mut work.tx, work.app, ticket, work.stamp.by).await?;
    let nobody = Person::default();
    let reader = Reader {
        language: "en",
        zone: working_time::zone_of(&work.settings),
        recipient: &nobody,
    };
    let is_html = action
        .parameters
        .get("ContentType")
        .is_some_and(|kind| kind.to_lowercase().starts_with("text/html"));
    let filled = action.parameters.iter().map(|(name, text)| {
        let form = if is_html && name == "Body" {
            Form::Html
        } else {
            Form::Text
        };
        (name.clone(), facts.fill_or_empty(text, form, &reader))
    });
    Ok(Parameters(filled.collect()))
}

async fn row(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    name: &str,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    match name {
        "TicketQueueSet" => {
            let queue = parameters.key("Queue", &choices.queues)?;
            change::queue(work, ticket, queue).await?;
        }
        "TicketLockSet" => {
            let lock = parameters.key("Lock", &choices.locks)?;
            change::lock(work, ticket, lock).await?;
        }
        "TicketPrioritySet" => {
            let priority = parameters.key("Priority", &choices.priorities)?;
            change::priority(work, ticket, priority).await?;
        }
        _ => {
            let kind = parameters.key("Type", &choices.types)?;
            change::kind(work, ticket, kind).await?;
        }
    }
    Ok(())
}

/// Gives the ticket a state, and says when it is due if the state is new and one that waits.
async fn state(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let id = parameters.key("State", &choices.states)?;
    if ticket.state.id == id {
        return Ok(());
    }
    change::state(work, ticket, id).await?;
    if ticket.state_type.starts_with("pending")
        && let Some(until) = due(work, parameters, 1)
    {
        change::pending_time(work, ticket, until).await?;
    }
    Ok(())
}

/// When a ticket is due: units of so many seconds from now in `PendingTimeDiff`, else a moment in the zone of the database
/// in `PendingTime`.
fn due(work: &Work<'_>, parameters: &Parameters, unit: i64) -> Option<i32> {
    let seconds = parameters.text("PendingTimeDiff").and_then(|text| {
        let seconds: i64 = text.trim().parse().ok()?;
        let now = work.stamp.at.and_utc().timestamp();
        now.checked_add(seconds.checked_mul(unit)?)
    });
    let moment = || {
        let text = parameters.text("PendingTime")?;
        let at = chrono::NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
        working_time::epoch(&work.settings, at)
    };
    i32::try_from(seconds.or_else(moment)?).ok()
}

/// Owner or responsible agent. The history spells the login as the action does.
async fn agent(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    name: &str,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let what = if name == "TicketOwnerSet" {
        "Owner"
    } else {
        "Responsible"
    };
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let dialect = work.tx.dialect();
    let login = parameters.text(what);
    let id = match login {
        Some(login) => choices.agents.by_name_in(dialect, login),
        None => parameters
            .text(&format!("{what}ID"))
            .and_then(|key| choices.agents.by_key(key)),
    };
    let id = UserId(id.ok_or_else(|| Refusal::of(what))?);
    let spelling = Spelling {
        login: login.map(str::to_owned),
        number: None,
    };
    if what == "Owner" {
        change::owner_as(work, ticket, id, spelling).await?;
    } else {
        change::responsible_as(work, ticket, id, spelling).await?;
    }
    Ok(())
}

/// An agreement has to belong to the ticket's service.
async fn sla(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let sla = parameters.key("SLA", &choices.slas)?;
    let service = ticket.service.as_ref().map(|service| service.id);
    let service =
        service.ok_or_else(|| Refusal::Because("the ticket has no service".to_owned()))?;
    if !choices::slas_of(&mut work.tx, service)
        .await?
        .contains(&sla)
    {
        return Err(Refusal::of("SLA"));
    }
    change::sla(work, ticket, Some(sla)).await?;
    Ok(())
}

/// The company and the customer user, each on its own.
async fn customer(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let company = parameters.text("CustomerID").or(parameters.text("No"));
    let user = parameters
        .text("CustomerUserID")
        .or(parameters.text("User"));
    if company.is_none() && user.is_none() {
        return Err(Refusal::of("CustomerID"));
    }
    for customer in [
        Customer {
            id: company.map(str::to_owned),
            user: None,
        },
        Customer {
            id: None,
            user: user.map(str::to_owned),
        },
    ] {
        if customer != Customer::default() {
            change::customer(work, ticket, customer).await?;
        }
    }
    Ok(())
}
