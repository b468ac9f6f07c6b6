//! The attributes of a situation, read object by object and only when a list asks for the object.
//!
//! `Properties` have what somebody chose, and what the database says about the rest; `PropertiesDatabase` have the
//! ticket as it stands. `User` and `Frontend` are the same on both sides.
//! Source: the reference system, asked for each attribute whether it is known. Left out on purpose: passwords.

use compat::{
    Value,
    acl::{Fact, Facts, Side},
};
use schema::{DbError, Tx};

use super::{Situation, chosen, store};
use crate::{
    access::{Permission, customer},
    app::App,
    auth::{
        Principal,
        session::{self, Entry},
    },
    directory::{self, CustomerUser, UserId},
    dynamic_field::{self, ObjectType},
    ticket::{Named, attributes, lookup},
};

/// What is known of one object, such as `Queue`; nothing when the situation has none. At most six statements.
pub async fn of(
    tx: &mut Tx,
    app: &App,
    situation: &Situation<'_>,
    side: Side,
    object: &str,
) -> Result<Facts, DbError> {
    let given = &situation.given;
    let ticket = situation.ticket;
    let one = |given: Option<i32>, stored: Option<&Named>| {
        chosen(side, given, stored.map(|named| named.id))
    };
    match object {
        "Frontend" => Ok(frontend(situation.action)),
        "User" => match situation.by {
            Principal::Agent(agent) => agent_facts(tx, app, agent.id).await,
            Principal::Customer(_) => Ok(Facts::new()),
        },
        "CustomerUser" => customer_facts(tx, app, &customer_login(situation, side)).await,
        "Owner" => match one(given.owner, ticket.map(|ticket| &ticket.owner)) {
            Some(id) => agent_facts(tx, app, UserId(id)).await,
            None => Ok(Facts::new()),
        },
        "Responsible" => match one(given.responsible, ticket.map(|ticket| &ticket.responsible)) {
            Some(id) => agent_facts(tx, app, UserId(id)).await,
            None => Ok(Facts::new()),
        },
        "Queue" => match one(given.queue, ticket.map(|ticket| &ticket.queue)) {
            Some(id) => store::queue(tx, id).await,
            None => Ok(Facts::new()),
        },
        "Type" => match one(given.kind, ticket.map(|ticket| &ticket.kind)) {
            Some(id) => store::kind(tx, id).await,
            None => Ok(Facts::new()),
        },
        "Priority" => match one(given.priority, ticket.map(|ticket| &ticket.priority)) {
            Some(id) => store::priority(tx, id).await,
            None => Ok(Facts::new()),
        },
        "State" => match one(given.state, ticket.map(|ticket| &ticket.state)) {
            Some(id) => store::state(tx, id).await,
            None => Ok(Facts::new()),
        },
        "Service" => match one(
            given.service,
            ticket.and_then(|ticket| ticket.service.as_ref()),
        ) {
            Some(id) => store::service(tx, id).await,
            None => Ok(Facts::new()),
        },
        "SLA" => match one(given.sla, ticket.and_then(|ticket| ticket.sla.as_ref())) {
            Some(id) => store::sla(tx, id).await,
            None => Ok(Facts::new()),
        },
        "DynamicField" => fields(tx, situation, side).await,
        "Ticket" => ticket_facts(tx, app, situation, side).await,
        "Process" => process(tx, situation, side).await,
        _ => Ok(Facts::new()),
    }
}

fn frontend(action: Option<&str>) -> Facts {
    let action = action.filter(|action| !action.is_empty());
    let action = action.map(|action| ("Action".to_owned(), Fact::from(action)));
    action.into_iter().collect()
}

/// The login of the customer user; empty for none.
fn customer_login(situation: &Situation<'_>, side: Side) -> String {
    let stored = situation
        .ticket
        .and_then(|ticket| ticket.customer_user_id.as_deref());
    let given = match situation.by {
        Principal::Customer(customer) => Some(customer.login.as_str()),
        Principal::Agent(_) => situation.given.customer_user.as_deref(),
    };
    chosen(side, given, stored).unwrap_or_default().to_owned()
}

/// What sessions know of a person is what lists know, but for passwords.
fn person(data: session::Data) -> Facts {
    data.into_iter()
        .filter(|(key, _)| !matches!(key.as_str(), "UserPw" | "UserPassword"))
        .filter_map(|(key, entry)| match entry {
            Entry::Text(text) => Some((key, Fact::One(text.unwrap_or_default()))),
            // The values of a dynamic field; what else is a structure is no attribute.
            Entry::Structure(value @ Value::List(_)) => Some((key, Fact::from(&value))),
            Entry::Structure(_) => None,
        })
        .collect()
}

async fn agent_facts(tx: &mut Tx, app: &App, id: UserId) -> Result<Facts, DbError> {
    let settings = app.settings.current();
    let Some(agent) = directory::agent(tx, id).await? else {
        return Ok(Facts::new());
    };
    let data = session::of_agent(tx, &settings, &agent.login, app.clock.now()).await?;
    let mut facts = person(data.unwrap_or_default());
    let rights = store::rights(tx, id).await?;
    let groups = |key: &str| {
        let all = rights.get("rw").into_iter().flatten();
        let some = rights.get(key).into_iter().flatten();
        Fact::Many(all.chain(some).cloned().collect())
    };
    for key in settings.list("System::Permission") {
        facts.insert(format!("Group_{key}"), groups(&key));
    }
    let roles = store::roles(tx, id).await?;
    facts.insert("Role".to_owned(), Fact::Many(roles));
    Ok(facts)
}

/// Groups are known also of logins that nobody has.
async fn customer_facts(tx: &mut Tx, app: &App, login: &str) -> Result<Facts, DbError> {
    if login.is_empty() {
        return Ok(Facts::new());
    }
    let settings = app.settings.current();
    let data = session::of_customer(tx, &settings, login).await?;
    let mut facts = person(data.unwrap_or_default());
    let customer = directory::customer_user(tx, &settings, login).await?;
    let customer = customer.unwrap_or_else(|| nobody(login));
    let names = super::super::store::list_valid_groups(tx).await?;
    for (key, permission) in [("ro", Permission::Ro), ("rw", Permission::Rw)] {
        let groups = customer::groups_of(tx, &app.recent, &settings, &customer, permission).await?;
        let names = names.iter().filter(|(id, _)| groups.own.contains(id));
        let names = names.map(|(_, name)| name.clone()).collect();
        facts.insert(format!("Group_{key}"), Fact::Many(names));
    }
    Ok(facts)
}

fn nobody(login: &str) -> CustomerUser {
    CustomerUser {
        login: login.to_owned(),
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        customer_id: String::new(),
        customer_ids: Vec::new(),
        valid: false,
    }
}

/// `DynamicField_NAME` for each field that has a value.
async fn fields(tx: &mut Tx, situation: &Situation<'_>, side: Side) -> Result<Facts, DbError> {
    let mut facts = Facts::new();
    if let Some(ticket) = situation.ticket {
        let values = dynamic_field::values(tx, ObjectType::Ticket, &[ticket.id.0]).await?;
        for (name, value) in values.of(ticket.id.0) {
            if value != Value::Undef {
                facts.insert(format!("DynamicField_{name}"), Fact::from(&value));
            }
        }
    }
    if side == Side::Given {
        for (name, value) in &situation.given.dynamic_fields {
            let fact = Fact::from(value);
            if fact != Fact::from("") {
                facts.insert(format!("DynamicField_{name}"), fact);
            }
        }
    }
    Ok(facts)
}

async fn ticket_facts(
    tx: &mut Tx,
    app: &App,
    situation: &Situation<'_>,
    side: Side,
) -> Result<Facts, DbError> {
    let mut facts = fields(tx, situation, side).await?;
    if let Some(ticket) = situation.ticket {
        let known = attributes::of(ticket);
        facts.extend(
            known
                .iter()
                .map(|(key, value)| (key.clone(), Fact::from(value))),
        );
        let now = app.clock.timestamp();
        let until = i64::from(ticket.pending_until);
        let left = if until == 0 { 0 } else { until - now };
        facts.insert("UntilTime".to_owned(), Fact::One(left.to_string()));
        let age = now - ticket.created.and_utc().timestamp();
        facts.insert("Age".to_owned(), Fact::One(age.to_string()));
    }
    if side == Side::Given {
        choose(tx, app, situation, &mut facts).await?;
    }
    Ok(facts)
}

/// Puts what was chosen over the ticket's attributes.
async fn choose(
    tx: &mut Tx,
    app: &App,
    situation: &Situation<'_>,
    facts: &mut Facts,
) -> Result<(), DbError> {
    let lookups = lookup::current(tx, &app.recent).await?;
    let given = &situation.given;
    let mut put = |key: &str, id: Option<i32>, name: Option<&str>| {
        let (Some(id), Some(name)) = (id, name) else {
            return;
        };
        facts.insert(format!("{key}ID"), Fact::One(id.to_string()));
        facts.insert(key.to_owned(), Fact::from(name));
    };
    let name_in = |names: &std::collections::HashMap<i32, String>, id: Option<i32>| {
        id.and_then(|id| names.get(&id).cloned())
    };
    let queue = given.queue.and_then(|id| lookups.queues.get(&id));
    put("Queue", given.queue, queue.map(|queue| queue.name.as_str()));
    put(
        "Type",
        given.kind,
        name_in(&lookups.types, given.kind).as_deref(),
    );
    put(
        "Service",
        given.service,
        name_in(&lookups.services, given.service).as_deref(),
    );
    let sla = given.sla.and_then(|id| lookups.slas.get(&id));
    put("SLA", given.sla, sla.map(|sla| sla.name.as_str()));
    put(
        "Priority",
        given.priority,
        name_in(&lookups.priorities, given.priority).as_deref(),
    );
    put(
        "Owner",
        given.owner,
        name_in(&lookups.logins, given.owner).as_deref(),
    );
    let responsible = name_in(&lookups.logins, given.responsible);
    put("Responsible", given.responsible, responsible.as_deref());
    let state = given.state.and_then(|id| lookups.states.get(&id));
    put("State", given.state, state.map(|state| state.name.as_str()));
    if let Some(state) = state {
        facts.insert("StateType".to_owned(), Fact::from(state.type_name.as_str()));
    }
    let login = customer_login(situation, Side::Given);
    if !login.is_empty()
        && situation
            .ticket
            .is_none_or(|_| given.customer_user.is_some())
    {
        if let Some(customer) =
            directory::customer_user(tx, &app.settings.current(), &login).await?
        {
            facts.insert("CustomerID".to_owned(), Fact::One(customer.customer_id));
        }
        facts.insert("CustomerUserID".to_owned(), Fact::One(login));
    }
    Ok(())
}

/// The process of a ticket stands in its dynamic fields.
async fn process(tx: &mut Tx, situation: &Situation<'_>, side: Side) -> Result<Facts, DbError> {
    let given = &situation.given.process;
    let mut facts = Facts::new();
    let stored = fields(tx, situation, Side::Stored).await?;
    let mut put = |key: &str, given: Option<&str>, field: Option<&str>| {
        let given = given.filter(|_| side == Side::Given).map(Fact::from);
        let stored = field.and_then(|field| stored.get(field).cloned());
        if let Some(fact) = given.or(stored) {
            facts.insert(key.to_owned(), fact);
        }
    };
    put(
        "ProcessEntityID",
        given.id.as_deref(),
        Some("DynamicField_ProcessManagementProcessID"),
    );
    put(
        "ActivityEntityID",
        given.activity.as_deref(),
        Some("DynamicField_ProcessManagementActivityID"),
    );
    put(
        "ActivityDialogEntityID",
        given.activity_dialog.as_deref(),
        None,
    );
    Ok(facts)
}
