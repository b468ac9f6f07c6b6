//! The parameters below `Ticket`.

use chrono::{NaiveDate, TimeZone as _};
use compat::Value;
use schema::{Dialect, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{Desk, Part, Stop, error, invalid, missing};
use crate::{
    access::{self, Permission, groups},
    auth::Principal,
    directory::{self, UserId, record::CustomerRecord},
    ticket::{
        NewTicket,
        choices::{self, Choices, Names},
        create::{Customer, Spoken},
        working_time,
    },
};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// A ticket that may be created, and what is done to it afterwards.
pub(super) struct Checked {
    pub new: NewTicket,
    /// Where the customer's articles come from: `"Ms Alice Abel" <alice@acme.example>`.
    pub from: String,
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
    let dialect = desk.tx.dialect();
    let title = ticket
        .given("Title")
        .ok_or_else(|| missing("Ticket->Title parameter is missing!"))?;
    let user = ticket
        .given("CustomerUser")
        .ok_or_else(|| missing("Ticket->CustomerUser parameter is missing!"))?;
    let (mut customer, from) = find_customer(desk, &user).await?;
    let queue = required(ticket, &choices.queues, "Queue", None)?
        .ok_or_else(|| missing("Ticket->QueueID or Ticket->Queue parameter is required!"))?;
    let lock = required(ticket, &choices.locks, "Lock", None)?;
    let kind = required(ticket, &choices.types, "Type", None)?;
    if kind.is_none() && desk.settings.is_on("Ticket::Type") {
        return Err(missing(
            "Ticket->TypeID or Ticket->Type parameter is required by sysconfig option!",
        ));
    }
    let service = service(desk, &choices, &customer.user, ticket).await?;
    let sla = sla(desk, &choices, service, ticket).await?;
    let state = required(ticket, &choices.states, "State", Some(dialect))?
        .ok_or_else(|| missing("Ticket->StateID or Ticket->State parameter is required!"))?;
    let priority = required(ticket, &choices.priorities, "Priority", None)?
        .ok_or_else(|| missing("Ticket->PriorityID or Ticket->Priority parameter is required!"))?;
    let owner = required(ticket, &choices.agents, "Owner", Some(dialect))?;
    let responsible = required(ticket, &choices.agents, "Responsible", Some(dialect))?;
    let pending_until = pending_time(desk, ticket)?;
    if !may_create(desk, principal, &choices, ticket, queue).await? {
        return Err(error(
            "AccessDenied",
            "Can not create tickets in given Queue or QueueID!",
        ));
    }

    if let Some(company) = ticket.given("CustomerID") {
        customer.company = company;
    }
    Ok(Checked {
        queue: choices.queues.name(queue).unwrap_or_default().to_owned(),
        lock,
        locked: choices.locks.by_name("lock"),
        owner: owner.map(UserId),
        responsible: responsible.map(UserId),
        pending_until: pending_until.filter(|_| choices.pending_states.contains(&state)),
        from,
        new: NewTicket {
            type_id: kind,
            service_id: service,
            sla_id: sla,
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

/// What `…ID` names, else what the parameter without `ID` names; `None` when neither is there.
fn required(
    ticket: Part<'_>,
    names: &Names,
    what: &str,
    dialect: Option<Dialect>,
) -> Result<Option<i32>, Stop> {
    let found = if let Some(key) = ticket.given(&format!("{what}ID")) {
        names.by_key(&key)
    } else if let Some(name) = ticket.given(what) {
        match dialect {
            Some(dialect) => names.by_name_in(dialect, &name),
            None => names.by_name(&name),
        }
    } else {
        return Ok(None);
    };
    found.map(Some).ok_or_else(|| refused(what))
}

fn refused(what: &str) -> Stop {
    invalid(format!(
        "Ticket->{what}ID or Ticket->{what} parameter is invalid!"
    ))
}

/// The customer that a login or an address means, and how they sign. Somebody whom nobody knows is taken as they are,
/// unless addresses are checked.
async fn find_customer(desk: &mut Desk<'_>, user: &str) -> Result<(Customer, String), Stop> {
    let refused = || invalid("Ticket->CustomerUser parameter is invalid!");
    let mut found = directory::record::customer(desk.tx, user).await?;
    if found.is_none() && user.contains('@') {
        found = match login_of(desk, user).await? {
            Some(login) => directory::record::customer(desk.tx, &login).await?,
            None => None,
        };
    }
    match found {
        Some(record) if record.valid_id == VALID => {
            let customer = Customer {
                company: record.customer_id.clone(),
                user: record.login.clone(),
            };
            Ok((customer, signature(&record)))
        }
        Some(_) => Err(refused()),
        None if desk.settings.is_on("CheckEmailAddresses") && !is_address(user) => Err(refused()),
        None => {
            let customer = Customer {
                company: String::new(),
                user: user.to_owned(),
            };
            Ok((customer, user.to_owned()))
        }
    }
}

async fn login_of(desk: &mut Desk<'_>, address: &str) -> Result<Option<String>, Stop> {
    use t::CustomerUser as C;
    let same = desk.tx.same_text(Expr::col(C::Email), address);
    let query = Query::select()
        .column(C::Login)
        .from(C::Table)
        .and_where(same)
        .and_where(Expr::col(C::ValidId).eq(VALID))
        .order_by(C::Login, sea_query::Order::Asc)
        .limit(1)
        .to_owned();
    let row: Option<(String,)> = desk.tx.fetch_optional(&query).await?;
    Ok(row.map(|(login,)| login))
}

fn signature(record: &CustomerRecord) -> String {
    let title = record.title.as_deref().unwrap_or_default();
    let names = [title, &record.first_name, &record.last_name];
    let names: Vec<&str> = names.into_iter().filter(|name| !name.is_empty()).collect();
    format!("\"{}\" <{}>", names.join(" "), record.email)
}

/// Somebody at some host: `alice@acme.example`.
fn is_address(text: &str) -> bool {
    let Some((user, host)) = text.rsplit_once('@') else {
        return false;
    };
    let is_plain = |part: &str| {
        !part.is_empty()
            && part
                .chars()
                .all(|c| !c.is_whitespace() && !"<>()[],;:\"\\@".contains(c))
    };
    is_plain(user)
        && is_plain(host)
        && host.contains('.')
        && !host.starts_with('.')
        && !host.ends_with('.')
}

async fn service(
    desk: &mut Desk<'_>,
    choices: &Choices,
    customer: &str,
    ticket: Part<'_>,
) -> Result<Option<i32>, Stop> {
    let dialect = desk.tx.dialect();
    let Some(service) = required(ticket, &choices.services, "Service", Some(dialect))? else {
        return Ok(None);
    };
    let open = choices::services_of(desk.tx, customer).await?;
    if open.contains(&service) {
        Ok(Some(service))
    } else {
        Err(refused("Service"))
    }
}

async fn sla(
    desk: &mut Desk<'_>,
    choices: &Choices,
    service: Option<i32>,
    ticket: Part<'_>,
) -> Result<Option<i32>, Stop> {
    let dialect = desk.tx.dialect();
    let Some(sla) = required(ticket, &choices.slas, "SLA", Some(dialect))? else {
        return Ok(None);
    };
    let Some(service) = service else {
        return Err(refused("SLA"));
    };
    if choices::slas_of(desk.tx, service).await?.contains(&sla) {
        Ok(Some(sla))
    } else {
        Err(refused("SLA"))
    }
}

/// When a pending ticket is due: `Diff` in minutes, else a date. A date without its minute, or one that the column can
/// not hold, is accepted and without effect, as in the reference.
fn pending_time(desk: &Desk<'_>, ticket: Part<'_>) -> Result<Option<i32>, Stop> {
    let refused = || invalid("Ticket->PendingTime parameter is invalid!");
    let Some(pending) = ticket.0.get("PendingTime").filter(|value| value.is_true()) else {
        return Ok(None);
    };
    if pending.as_map().is_none_or(compat::Map::is_empty) {
        return Err(refused());
    }
    let part = Part(pending);
    if let Some(diff) = part.text("Diff").filter(|_| has_difference(pending)) {
        if diff.is_empty() || !diff.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused());
        }
        if ["Year", "Month", "Day"]
            .iter()
            .any(|name| part.given(name).is_some())
        {
            date(desk, part).ok_or_else(refused)?;
        }
        let minutes: i64 = diff.parse().unwrap_or(i64::MAX);
        let until = minutes
            .checked_mul(60)
            .and_then(|seconds| seconds.checked_add(desk.now.and_utc().timestamp()));
        return Ok(until.and_then(|until| i32::try_from(until).ok()));
    }
    let until = date(desk, part).ok_or_else(refused)?;
    let is_complete = part.text("Hour").is_some() && part.text("Minute").is_some();
    Ok(i32::try_from(until)
        .ok()
        .filter(|until| is_complete && *until > 0))
}

fn has_difference(pending: &Value) -> bool {
    !matches!(pending.get("Diff"), None | Some(Value::Undef))
}

/// Seconds since 1970 of a date in the zone of the database; hour and minute may be missing.
fn date(desk: &Desk<'_>, part: Part<'_>) -> Option<i64> {
    let number = |name: &str| part.text(name)?.parse::<u32>().ok();
    let or_zero = |name: &str| match part.text(name) {
        None => Some(0),
        Some(text) => text.parse::<u32>().ok(),
    };
    let year = i32::try_from(number("Year")?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number("Month")?, number("Day")?)?;
    let at = day.and_hms_opt(or_zero("Hour")?, or_zero("Minute")?, or_zero("Second")?)?;
    let zone = working_time::zone_of(desk.settings);
    zone.from_local_datetime(&at)
        .earliest()
        .map(|at| at.timestamp())
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
