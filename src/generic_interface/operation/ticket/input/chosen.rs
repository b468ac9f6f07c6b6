//! Rows of small tables that a request points to by name or by number.

use schema::Dialect;

use super::{CANCELLED, Desk, Operation, Part, Stop};
use crate::ticket::{
    change::Spelling,
    choices::{self, Choices, Names},
};

/// How the reference looks for a name.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Compared {
    /// Letter by letter, in a list that it has read.
    Exactly,
    /// By asking the database, which may take upper and lower case for the same.
    ByDatabase(Dialect),
}

/// A valid row that a request points to.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Chosen {
    /// What `…ID` names, else what the parameter without `ID` names.
    pub id: i32,
    pub beside: Beside,
}

/// What the parameter without `ID` says beside a key.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Beside {
    /// It is not there, or there is no key.
    Silent,
    Names(i32),
    /// A name that no valid row has.
    NamesNothing,
}

/// What a request points to with `…ID` or the parameter without `ID`; `None` when neither is there.
pub fn chosen(
    operation: Operation,
    part: Part<'_>,
    names: &Names,
    what: &str,
    compared: Compared,
) -> Result<Option<Chosen>, Stop> {
    let with_name = |name: &str| match compared {
        Compared::Exactly => names.by_name(name),
        Compared::ByDatabase(dialect) => names.by_name_in(dialect, name),
    };
    let name = part.given(what);
    let found = match (part.given(&format!("{what}ID")), &name) {
        (Some(key), name) => names.by_key(&key).map(|id| Chosen {
            id,
            beside: match name.as_deref().map(with_name) {
                None => Beside::Silent,
                Some(Some(row)) => Beside::Names(row),
                Some(None) => Beside::NamesNothing,
            },
        }),
        (None, Some(name)) => with_name(name).map(|id| Chosen {
            id,
            beside: Beside::Silent,
        }),
        (None, None) => return Ok(None),
    };
    found.map(Some).ok_or_else(|| refused(operation, what))
}

/// An agent that a request points to, and how it spells that.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Person {
    pub id: i32,
    pub spelling: Spelling,
}

/// An agent by `…ID` or login, as [`chosen`]; here numbers may have zeros before them, and a login counts before a number.
pub fn person(
    operation: Operation,
    part: Part<'_>,
    agents: &Names,
    what: &str,
    dialect: Dialect,
) -> Result<Option<Person>, Stop> {
    let key = part.given(&format!("{what}ID"));
    let login = part.given(what);
    let of_key = key.as_deref().map(|key| {
        let digits = key.trim_start_matches('0');
        agents
            .by_key(digits)
            .ok_or_else(|| refused(operation, what))
    });
    let of_key = of_key.transpose()?;
    let of_login = login
        .as_deref()
        .map(|login| agents.by_name_in(dialect, login));
    let person = match (of_key, of_login) {
        (None, None) => return Ok(None),
        (_, Some(Some(id))) => Person {
            id,
            spelling: Spelling {
                login,
                number: None,
            },
        },
        (Some(_), Some(None)) => return Err(Stop::failure(CANCELLED)),
        (None, Some(None)) => return Err(refused(operation, what)),
        (Some(id), None) => Person {
            id,
            spelling: Spelling {
                login: None,
                number: key,
            },
        },
    };
    Ok(Some(person))
}

/// What is said of a key or a name that means nothing.
pub fn refused(operation: Operation, what: &str) -> Stop {
    operation.invalid(format!(
        "Ticket->{what}ID or Ticket->{what} parameter is invalid!"
    ))
}

/// A service that this customer may have.
pub async fn service(
    desk: &mut Desk<'_>,
    choices: &Choices,
    customer: &str,
    ticket: Part<'_>,
) -> Result<Option<Chosen>, Stop> {
    let compared = Compared::ByDatabase(desk.tx.dialect());
    let operation = desk.operation;
    let found = chosen(operation, ticket, &choices.services, "Service", compared)?;
    let Some(service) = found else {
        return Ok(None);
    };
    let open = choices::services_of(desk.tx, customer).await?;
    if open.contains(&service.id) {
        Ok(Some(service))
    } else {
        Err(refused(operation, "Service"))
    }
}

/// A service level agreement that belongs to the service.
pub async fn sla(
    desk: &mut Desk<'_>,
    choices: &Choices,
    service: Option<i32>,
    ticket: Part<'_>,
) -> Result<Option<Chosen>, Stop> {
    let compared = Compared::ByDatabase(desk.tx.dialect());
    let operation = desk.operation;
    let Some(sla) = chosen(operation, ticket, &choices.slas, "SLA", compared)? else {
        return Ok(None);
    };
    let Some(service) = service else {
        return Err(refused(operation, "SLA"));
    };
    if choices::slas_of(desk.tx, service).await?.contains(&sla.id) {
        Ok(Some(sla))
    } else {
        Err(refused(operation, "SLA"))
    }
}
