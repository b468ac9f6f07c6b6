//! The invoker `Ticket::Generic`: sends what is known of the ticket that an event is about, and of everybody and
//! everything that it points to.
//!
//! The answer of the other system is taken as it is; what it could order the Perl system to do with the ticket is not
//! done. What the settings leave out of it or encode: [`super::fields`]. Source: what the reference system sent for tickets with and without service, attachments, and customer.

use compat::{Map, Value};
use schema::{DbError, Texts, Tx, tables as t};
use sea_query::{Alias, DynIden, Expr, ExprTrait as _, IntoIden, Order, Query};

use crate::{
    app::App,
    auth::session::{self, Data, Entry},
    directory::{self, UserId, attributes, backend::STAMPS, record},
    generic_interface::operation::ticket::get::included,
    settings::Settings,
    ticket::{self, Ticket, TicketId},
};

/// What is sent for an event: `Event` as it is, and `Ticket`.
///
/// Errors: why nothing is sent.
pub(super) async fn prepare(app: &App, event: Map) -> Result<Value, String> {
    let number = |key: &str| {
        let text = event.get(key).and_then(Value::as_string)?;
        text.trim().parse::<i64>().ok()
    };
    let Some(id) = number("TicketID") else {
        return Err("Got no TicketID".to_owned());
    };
    let ticket = read(app, TicketId(id), number("ArticleID")).await;
    match ticket {
        Ok(Some(ticket)) => Ok(Value::map([
            ("Event", Value::Map(event)),
            ("Ticket", Value::Map(ticket)),
        ])),
        Ok(None) => Err(format!("There is no ticket with the TicketID {id}")),
        Err(error) => Err(error.to_string()),
    }
}

async fn read(app: &App, id: TicketId, article: Option<i64>) -> Result<Option<Map>, DbError> {
    let settings = app.settings.current();
    let mut tx = app.db.read().await?;
    let found = ticket::list(&mut tx, &app.recent, &[id]).await?;
    let Some(ticket) = found.into_iter().next() else {
        return Ok(None);
    };
    let now = app.clock.timestamp();
    let mut hash = included::everything(&mut tx, &settings, now, &ticket, article).await?;
    let mut put = |key: &str, value: Map| hash.insert(key.to_owned(), Value::Map(value));
    put("QueueData", queue(&mut tx, &ticket).await?);
    put(
        "PriorityData",
        row(&mut tx, &PRIORITY, ticket.priority.id).await?,
    );
    put("TypeData", row(&mut tx, &TYPE, ticket.kind.id).await?);
    put("ServiceData", service(&mut tx, &ticket).await?);
    put("SLAData", sla(&mut tx, &ticket).await?);
    for (key, agent) in [
        ("OwnerData", UserId(ticket.owner.id)),
        ("ResponsibleData", UserId(ticket.responsible.id)),
        ("CreateByData", ticket.created_by),
    ] {
        put(key, agent_hash(app, &mut tx, &settings, agent).await?);
    }
    put("CustomerUser", customer(&mut tx, &settings, &ticket).await?);
    put(
        "CustomerCompany",
        company(&mut tx, &settings, &ticket).await?,
    );
    Ok(Some(hash))
}

/// A table, and by which names its columns go out; numbers are marked.
struct Rows {
    table: fn() -> DynIden,
    columns: &'static [(&'static str, &'static str, bool)],
}

const PRIORITY: Rows = Rows {
    table: || t::TicketPriority::Table.into_iden(),
    columns: NAMED,
};
const TYPE: Rows = Rows {
    table: || t::TicketType::Table.into_iden(),
    columns: NAMED,
};
const NAMED: &[(&str, &str, bool)] = &[
    ("ID", "id", true),
    ("Name", "name", false),
    ("ValidID", "valid_id", true),
    ("CreateTime", "create_time", false),
    ("CreateBy", "create_by", true),
    ("ChangeTime", "change_time", false),
    ("ChangeBy", "change_by", true),
];
const SERVICE: Rows = Rows {
    table: || t::Service::Table.into_iden(),
    columns: &[
        ("ServiceID", "id", true),
        ("Name", "name", false),
        ("ValidID", "valid_id", true),
        ("Comment", "comments", false),
        ("CreateTime", "create_time", false),
        ("CreateBy", "create_by", true),
        ("ChangeTime", "change_time", false),
        ("ChangeBy", "change_by", true),
    ],
};
const SLA: Rows = Rows {
    table: || t::Sla::Table.into_iden(),
    columns: &[
        ("SLAID", "id", true),
        ("Name", "name", false),
        ("Calendar", "calendar_name", false),
        ("FirstResponseTime", "first_response_time", true),
        ("FirstResponseNotify", "first_response_notify", true),
        ("UpdateTime", "update_time", true),
        ("UpdateNotify", "update_notify", true),
        ("SolutionTime", "solution_time", true),
        ("SolutionNotify", "solution_notify", true),
        ("ValidID", "valid_id", true),
        ("Comment", "comments", false),
        ("CreateTime", "create_time", false),
        ("CreateBy", "create_by", true),
        ("ChangeTime", "change_time", false),
        ("ChangeBy", "change_by", true),
    ],
};
const QUEUE: Rows = Rows {
    table: || t::Queue::Table.into_iden(),
    columns: &[
        ("QueueID", "id", true),
        ("Name", "name", false),
        ("GroupID", "group_id", true),
        ("UnlockTimeout", "unlock_timeout", true),
        ("FirstResponseTime", "first_response_time", true),
        ("FirstResponseNotify", "first_response_notify", true),
        ("UpdateTime", "update_time", true),
        ("UpdateNotify", "update_notify", true),
        ("SolutionTime", "solution_time", true),
        ("SolutionNotify", "solution_notify", true),
        ("SystemAddressID", "system_address_id", true),
        ("Calendar", "calendar_name", false),
        ("DefaultSignKey", "default_sign_key", false),
        ("SalutationID", "salutation_id", true),
        ("SignatureID", "signature_id", true),
        ("FollowUpID", "follow_up_id", true),
        ("FollowUpLock", "follow_up_lock", true),
        ("Comment", "comments", false),
        ("ValidID", "valid_id", true),
        ("CreateTime", "create_time", false),
        ("ChangeTime", "change_time", false),
    ],
};
const ADDRESS: Rows = Rows {
    table: || t::SystemAddress::Table.into_iden(),
    columns: &[("Email", "value0", false), ("RealName", "value1", false)],
};

/// One row; empty when it is not there.
async fn row(tx: &mut Tx, rows: &Rows, id: i32) -> Result<Map, DbError> {
    let dialect = tx.dialect();
    let texts = rows
        .columns
        .iter()
        .map(|(_, column, _)| dialect.as_text(Expr::col(Alias::new(*column))));
    let query = Query::select()
        .exprs(texts)
        .from((rows.table)())
        .and_where(Expr::col(Alias::new("id")).eq(id))
        .to_owned();
    let found: Option<Texts> = tx.fetch_optional(&query).await?;
    let Some(found) = found else {
        return Ok(Map::new());
    };
    let named = rows.columns.iter().zip(found.0);
    Ok(named
        .map(|((name, _, is_number), text)| {
            let value = match text {
                // No calendar of its own is the empty one.
                None if *name == "Calendar" => Value::text(""),
                Some(text) if *is_number => integer(text),
                text => text.into(),
            };
            ((*name).to_owned(), value)
        })
        .collect())
}

fn integer(text: String) -> Value {
    text.parse().map_or(Value::Text(text), Value::Integer)
}

async fn queue(tx: &mut Tx, ticket: &Ticket) -> Result<Map, DbError> {
    let mut queue = row(tx, &QUEUE, ticket.queue.id).await?;
    if let Some(Value::Integer(address)) = queue.get("SystemAddressID") {
        let address = i32::try_from(*address).unwrap_or_default();
        queue.extend(row(tx, &ADDRESS, address).await?);
    }
    Ok(queue)
}

async fn service(tx: &mut Tx, ticket: &Ticket) -> Result<Map, DbError> {
    let Some(named) = &ticket.service else {
        return Ok(Map::new());
    };
    let mut service = row(tx, &SERVICE, named.id).await?;
    let short = named.name.rsplit("::").next().unwrap_or_default();
    service.insert("NameShort".to_owned(), Value::text(short));
    Ok(service)
}

async fn sla(tx: &mut Tx, ticket: &Ticket) -> Result<Map, DbError> {
    use t::ServiceSla as S;
    let Some(named) = &ticket.sla else {
        return Ok(Map::new());
    };
    let mut sla = row(tx, &SLA, named.id).await?;
    let query = Query::select()
        .column(S::ServiceId)
        .from(S::Table)
        .and_where(Expr::col(S::SlaId).eq(named.id))
        .order_by(S::ServiceId, Order::Asc)
        .to_owned();
    let services: Vec<(i32,)> = tx.fetch_all(&query).await?;
    let services = services.into_iter().map(|(id,)| Value::Integer(id.into()));
    sla.insert("ServiceIDs".to_owned(), Value::List(services.collect()));
    Ok(sla)
}

/// Columns that are numbers where people's data are sent.
const NUMBERS: [&str; 6] = [
    "UserID",
    "ValidID",
    "CreateBy",
    "ChangeBy",
    "CustomerCompanyValidID",
    "OutOfOfficeDaysRemaining",
];

/// What only sessions know.
const LEFT_OUT: [&str; 3] = ["UserAuthBackend", "UserPassword", "UserPw"];

/// What sessions know of a person, but for passwords and settings.
fn person(data: Data) -> Map {
    data.into_iter()
        .filter(|(key, _)| !LEFT_OUT.contains(&key.as_str()))
        .filter_map(|(key, entry)| {
            let value = match entry {
                Entry::Text(Some(text)) if NUMBERS.contains(&key.as_str()) => integer(text),
                Entry::Text(text) => text.into(),
                Entry::Structure(list @ Value::List(_)) => list,
                Entry::Structure(_) => return None,
            };
            Some((key, value))
        })
        .collect()
}

async fn agent_hash(
    app: &App,
    tx: &mut Tx,
    settings: &Settings,
    id: UserId,
) -> Result<Map, DbError> {
    let Some(agent) = directory::agent(tx, id).await? else {
        return Ok(Map::new());
    };
    let data = session::of_agent(tx, settings, &agent.login, app.clock.now()).await?;
    Ok(person(data.unwrap_or_default()))
}

async fn customer(tx: &mut Tx, settings: &Settings, ticket: &Ticket) -> Result<Map, DbError> {
    let login = ticket.customer_user_id.as_deref().unwrap_or_default();
    let Some(known) = record::customer(tx, settings, login).await? else {
        return Ok(Map::new());
    };
    let data = session::of_customer(tx, settings, &known.login).await?;
    let mut hash = person(data.unwrap_or_default());
    // Numbers of dynamic fields are texts in sessions.
    for (name, value) in attributes::of_customer(tx, &known).await? {
        if name.starts_with("DynamicField_") {
            hash.insert(name, value);
        }
    }
    Ok(hash)
}

async fn company(tx: &mut Tx, settings: &Settings, ticket: &Ticket) -> Result<Map, DbError> {
    let key = ticket.customer_id.as_deref().unwrap_or_default();
    if key.is_empty() {
        return Ok(Map::new());
    }
    let Some(known) = record::company(tx, settings, key).await? else {
        return Ok(Map::new());
    };
    let mut hash: Map = attributes::of_firm(tx, &known).await?.into_iter().collect();
    for (name, column) in STAMPS {
        hash.insert(name.to_owned(), known.column(column).flatten().into());
    }
    hash.insert("Source".to_owned(), known.backend.name.as_str().into());
    for name in ["ValidID", "CreateBy", "ChangeBy"] {
        if let Some(Value::Text(text)) = hash.get(name).cloned() {
            hash.insert(name.to_owned(), integer(text));
        }
    }
    Ok(hash)
}
