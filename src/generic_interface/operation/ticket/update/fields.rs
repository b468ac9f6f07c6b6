//! The hash `Ticket` of a request: what it names has to be there and be valid.

use chrono::{NaiveDate, TimeZone as _};
use compat::{Map, Value};
use schema::{DbError, tables as t};
use sea_query::{DynIden, Expr, ExprTrait as _, IntoIden, Query};

use super::{CANCELLED, Checked, invalid};
use crate::{
    directory::{self, UserId},
    generic_interface::operation::Answer,
    ticket::{
        Ticket,
        change::{self, Customer},
        work::Work,
        working_time,
    },
};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// The login that stands for every customer user without services of their own.
const ANYBODY: &str = "<DEFAULT>";

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
    /// Seconds since 1970; of use for pending states only.
    pending_until: Option<Pending>,
    customer: Option<Customer>,
    pub priority: Option<i32>,
    pub owner: Option<i32>,
    pub responsible: Option<i32>,
}

#[derive(Debug)]
struct State {
    id: i32,
    type_name: String,
}

/// When a pending ticket is due.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Pending {
    At(i32),
    /// Passes the check, and fails when it is written.
    Incomplete,
}

/// A table that a field points to.
struct Table {
    name: DynIden,
    id: DynIden,
    label: DynIden,
    valid: DynIden,
}

impl Table {
    fn new(
        name: impl IntoIden,
        id: impl IntoIden,
        label: impl IntoIden,
        valid: impl IntoIden,
    ) -> Self {
        Self {
            name: name.into_iden(),
            id: id.into_iden(),
            label: label.into_iden(),
            valid: valid.into_iden(),
        }
    }
}

impl Fields {
    /// Checks the fields in the reference's order.
    pub async fn read(work: &mut Work<'_>, given: &Map, ticket: &Ticket) -> Checked<Self> {
        use t::{Queue, Sla, TicketLockType, TicketPriority, TicketState, TicketType};
        let title = match given.get("Title") {
            Some(Value::List(_) | Value::Map(_)) => {
                return Err(Answer::Failure(CANCELLED.to_owned()).into());
            }
            _ => text(given, "Title"),
        };
        if title
            .as_ref()
            .is_some_and(|title| title.chars().count() > 255)
        {
            return Err(Answer::Failure(CANCELLED.to_owned()).into());
        }
        let mut fields = Self {
            title,
            customer: customer(work, given).await?,
            ..Self::default()
        };
        let queue = Table::new(Queue::Table, Queue::Id, Queue::Name, Queue::ValidId);
        fields.queue = pointed(work, given, "Queue", &queue).await?;
        let lock = Table::new(
            TicketLockType::Table,
            TicketLockType::Id,
            TicketLockType::Name,
            TicketLockType::ValidId,
        );
        fields.lock = pointed(work, given, "Lock", &lock).await?;
        let kind = Table::new(
            TicketType::Table,
            TicketType::Id,
            TicketType::Name,
            TicketType::ValidId,
        );
        fields.kind = pointed(work, given, "Type", &kind).await?;
        fields.service = fields.read_service(work, given, ticket).await?;
        let sla = Table::new(Sla::Table, Sla::Id, Sla::Name, Sla::ValidId);
        fields.sla = pointed(work, given, "SLA", &sla).await?;
        if let Some(sla) = fields.sla {
            let service = fields.service.or(ticket.service.as_ref().map(|row| row.id));
            if !is_sla_of(work, sla, service).await? {
                return Err(wrong("SLA").into());
            }
        }
        let state = Table::new(
            TicketState::Table,
            TicketState::Id,
            TicketState::Name,
            TicketState::ValidId,
        );
        if let Some(id) = pointed(work, given, "State", &state).await? {
            let lookups = work.lookups().await?;
            let found = lookups.states.get(&id).ok_or_else(|| wrong("State"))?;
            fields.state = Some(State {
                id,
                type_name: found.type_name.clone(),
            });
        }
        let priority = Table::new(
            TicketPriority::Table,
            TicketPriority::Id,
            TicketPriority::Name,
            TicketPriority::ValidId,
        );
        fields.priority = pointed(work, given, "Priority", &priority).await?;
        let agents = Table::new(
            t::Users::Table,
            t::Users::Id,
            t::Users::Login,
            t::Users::ValidId,
        );
        fields.owner = pointed(work, given, "Owner", &agents).await?;
        fields.responsible = pointed(work, given, "Responsible", &agents).await?;
        fields.pending_until = pending(work, given)?;
        Ok(fields)
    }

    async fn read_service(
        &self,
        work: &mut Work<'_>,
        given: &Map,
        ticket: &Ticket,
    ) -> Checked<Option<i32>> {
        use t::Service;
        let table = Table::new(Service::Table, Service::Id, Service::Name, Service::ValidId);
        let Some(service) = pointed(work, given, "Service", &table).await? else {
            return Ok(None);
        };
        let of_request = self.customer.as_ref().and_then(|of| of.user.clone());
        let user = of_request
            .filter(|user| !user.is_empty())
            .or_else(|| ticket.customer_user_id.clone())
            .unwrap_or_default();
        if has_service(work, &user, service).await? {
            Ok(Some(service))
        } else {
            Err(wrong("Service").into())
        }
    }

    /// Whether the ticket is put away, for now or for good; that needs a right of its own.
    pub fn closes(&self) -> bool {
        self.state.as_ref().is_some_and(|state| {
            state.type_name == "closed" || state.type_name.starts_with("pending")
        })
    }

    /// Changes the ticket, in the reference's order.
    pub async fn apply(&self, work: &mut Work<'_>, ticket: &mut Ticket) -> Checked<()> {
        if let Some(title) = &self.title {
            change::title(work, ticket, title).await?;
        }
        if let Some(id) = self.queue {
            change::queue(work, ticket, id).await?;
        }
        if let Some(id) = self.lock {
            change::lock(work, ticket, id).await?;
        }
        if let Some(id) = self.kind {
            change::kind(work, ticket, id).await?;
        }
        if let Some(state) = &self.state {
            if state.type_name.starts_with("pending") {
                let until = self.due()?;
                change::pending_time(work, ticket, until).await?;
            }
            if state.type_name == "closed" {
                change::unlock(work, ticket).await?;
            }
            change::state(work, ticket, state.id).await?;
        }
        if let Some(id) = self.service {
            change::service(work, ticket, Some(id)).await?;
        }
        if let Some(id) = self.sla {
            change::sla(work, ticket, Some(id)).await?;
        }
        if let Some(customer) = self.customer.clone() {
            change::customer(work, ticket, customer).await?;
        }
        if let Some(id) = self.priority {
            change::priority(work, ticket, id).await?;
        }
        if let Some(id) = self.owner {
            change::owner(work, ticket, UserId(id)).await?;
        }
        if let Some(id) = self.responsible {
            change::responsible(work, ticket, UserId(id)).await?;
        }
        Ok(())
    }

    fn due(&self) -> Checked<i32> {
        match self.pending_until {
            Some(Pending::At(until)) => Ok(until),
            Some(Pending::Incomplete) => Err(Answer::Failure(CANCELLED.to_owned()).into()),
            None => Err(Answer::error(
                "TicketUpdate.MissingParameter",
                "Can't set a ticket on a pending state without pendig time!",
            )
            .into()),
        }
    }
}

fn wrong(field: &str) -> Answer {
    invalid(&format!(
        "Ticket->{field}ID or Ticket->{field} parameter is invalid!"
    ))
}

/// A text without the white space around it; nothing when nothing is left.
pub fn text(given: &Map, name: &str) -> Option<String> {
    let text = given.get(name)?.as_string()?;
    let text = text.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

/// The key that the name gives, or `…ID` when there is no name; the key is checked first. At most two statements.
async fn pointed(
    work: &mut Work<'_>,
    given: &Map,
    field: &str,
    table: &Table,
) -> Checked<Option<i32>> {
    let by_id = format!("{field}ID");
    let is_structure = |name: &str| matches!(given.get(name), Some(Value::List(_) | Value::Map(_)));
    if is_structure(&by_id) || is_structure(field) {
        return Err(wrong(field).into());
    }
    let id = text(given, &by_id).filter(|id| id != "0");
    let name = text(given, field).filter(|name| name != "0");
    let by_id = match id {
        Some(id) => {
            let id: i32 = id.parse().map_err(|_| wrong(field))?;
            let found = find(work, table, Expr::col(table.id.clone()).eq(id)).await?;
            Some(found.first().ok_or_else(|| wrong(field))?.0)
        }
        None => None,
    };
    let Some(name) = name else {
        return Ok(by_id);
    };
    let found = find(
        work,
        table,
        Expr::col(table.label.clone()).eq(name.as_str()),
    )
    .await?;
    let by_name = found.into_iter().find(|(_, label)| *label == name);
    match by_name {
        Some((key, _)) => Ok(Some(key)),
        // A key that is right hides a wrong name until it is used.
        None if by_id.is_some() => Err(Answer::Failure(CANCELLED.to_owned()).into()),
        None => Err(wrong(field).into()),
    }
}

/// The valid rows that fit: key and name.
async fn find(
    work: &mut Work<'_>,
    table: &Table,
    fits: Expr,
) -> Result<Vec<(i32, String)>, DbError> {
    let query = Query::select()
        .column(table.id.clone())
        .column(table.label.clone())
        .from(table.name.clone())
        .and_where(Expr::col(table.valid.clone()).eq(VALID))
        .and_where(fits)
        .to_owned();
    work.tx.fetch_all(&query).await
}

/// Whose ticket it becomes. A customer user that we know has to be valid, and brings the company along.
async fn customer(work: &mut Work<'_>, given: &Map) -> Checked<Option<Customer>> {
    let user = text(given, "CustomerUser").filter(|user| user != "0");
    let company = text(given, "CustomerID").filter(|company| company != "0");
    let Some(user) = user else {
        return Ok(company.map(|company| Customer {
            id: Some(company),
            user: Some(String::new()),
        }));
    };
    let known = directory::customer_user(&mut work.tx, &user).await?;
    let fits = match &known {
        Some(known) => known.valid,
        None => is_address(work, &user),
    };
    if !fits {
        return Err(invalid("Ticket->CustomerUser parameter is invalid!").into());
    }
    let company = company
        .or_else(|| known.map(|known| known.customer_id))
        .unwrap_or_default();
    Ok(Some(Customer {
        id: Some(company),
        user: Some(user),
    }))
}

/// Whether a text is a mail address, with or without a name; anything is where nobody checks.
pub fn is_address(work: &Work<'_>, text: &str) -> bool {
    if !work.settings.is_on("CheckEmailAddresses") {
        return true;
    }
    let address = match text.rsplit_once('<') {
        Some((_, address)) => address.trim_end().trim_end_matches('>'),
        None => text,
    };
    let is_clean = |part: &str| {
        !part.is_empty()
            && !part
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || c == '@')
    };
    address
        .split_once('@')
        .is_some_and(|(local, domain)| is_clean(local) && is_clean(domain) && domain.contains('.'))
}

/// Whether this is a valid agent. One statement.
pub async fn is_valid_agent(work: &mut Work<'_>, id: i32) -> Result<bool, DbError> {
    let agent = directory::agent(&mut work.tx, UserId(id)).await?;
    Ok(agent.is_some_and(|agent| agent.valid))
}

/// Whether a customer user may have a service: one of their own, or one of everybody's when they have none.
async fn has_service(work: &mut Work<'_>, user: &str, service: i32) -> Result<bool, DbError> {
    use t::ServiceCustomerUser as S;
    if user.is_empty() {
        return Ok(false);
    }
    let query = Query::select()
        .columns([S::CustomerUserLogin, S::ServiceId])
        .from(S::Table)
        .and_where(Expr::col(S::CustomerUserLogin).is_in([user, ANYBODY]))
        .to_owned();
    let rows: Vec<(String, i32)> = work.tx.fetch_all(&query).await?;
    let (anybody, own): (Vec<_>, Vec<_>) =
        rows.into_iter().partition(|(login, _)| login == ANYBODY);
    let counted = if own.is_empty() { anybody } else { own };
    Ok(counted.iter().any(|(_, id)| *id == service))
}

async fn is_sla_of(work: &mut Work<'_>, sla: i32, service: Option<i32>) -> Result<bool, DbError> {
    use t::ServiceSla as S;
    let Some(service) = service else {
        return Ok(false);
    };
    let query = Query::select()
        .column(S::SlaId)
        .from(S::Table)
        .and_where(Expr::col(S::ServiceId).eq(service))
        .and_where(Expr::col(S::SlaId).eq(sla))
        .to_owned();
    Ok(work.tx.fetch_optional::<(i32,)>(&query).await?.is_some())
}

/// `PendingTime`: minutes from now in `Diff`, or a date in its parts.
fn pending(work: &Work<'_>, given: &Map) -> Checked<Option<Pending>> {
    let wrong = || invalid("Ticket->PendingTime parameter is invalid!");
    let Some(given) = given.get("PendingTime") else {
        return Ok(None);
    };
    if given.as_string().is_some_and(|text| text.trim().is_empty()) {
        return Ok(None);
    }
    let parts = given.as_map().ok_or_else(wrong)?;
    let number = |name: &str| -> Result<Option<u32>, Answer> {
        match parts.get(name) {
            None | Some(Value::Undef) => Ok(None),
            Some(value) => {
                let text = value.as_string().ok_or_else(wrong)?;
                text.trim().parse().map(Some).map_err(|_| wrong())
            }
        }
    };
    if parts.contains_key("Diff") {
        if parts.len() > 1 {
            return Err(wrong().into());
        }
        let minutes = number("Diff")?.ok_or_else(wrong)?;
        if minutes == 0 {
            return Ok(Some(Pending::Incomplete));
        }
        let at = work.stamp.at.and_utc().timestamp() + i64::from(minutes) * 60;
        let at = i32::try_from(at).map_err(|_| wrong())?;
        return Ok(Some(Pending::At(at)));
    }
    let (year, month, day) = (number("Year")?, number("Month")?, number("Day")?);
    let (hour, minute) = (number("Hour")?, number("Minute")?);
    let year = year
        .and_then(|year| i32::try_from(year).ok())
        .ok_or_else(wrong)?;
    let day = NaiveDate::from_ymd_opt(year, month.ok_or_else(wrong)?, day.ok_or_else(wrong)?);
    let at = day
        .and_then(|day| day.and_hms_opt(hour.unwrap_or_default(), minute.unwrap_or_default(), 0))
        .ok_or_else(wrong)?;
    if hour.is_none() || minute.is_none() {
        return Ok(Some(Pending::Incomplete));
    }
    let zone = working_time::zone_of(&work.settings);
    let at = zone.from_local_datetime(&at).earliest().ok_or_else(wrong)?;
    let at = i32::try_from(at.timestamp()).map_err(|_| wrong())?;
    Ok(Some(Pending::At(at)))
}
