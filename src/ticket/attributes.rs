//! A ticket's attributes under OTRS's names, as web services answer them and access control lists ask for them.

use chrono::{NaiveDateTime, TimeZone as _};
use compat::{Map, Value};

use super::{Ticket, working_time};
use crate::settings::Settings;

fn put(hash: &mut Map, key: &str, value: impl Into<Value>) {
    hash.insert(key.to_owned(), value.into());
}

/// A time of the database as seconds since 1970; `now` if there is no such time.
pub fn epoch(at: NaiveDateTime, settings: &Settings, now: i64) -> i64 {
    let zone = working_time::zone_of(settings);
    let at = zone.from_local_datetime(&at).earliest();
    at.map_or(now, |at| at.timestamp())
}

/// The attributes with those that change with the time. `now`: seconds since 1970.
pub fn at(ticket: &Ticket, settings: &Settings, now: i64) -> Map {
    let mut hash = of(ticket);
    put(&mut hash, "Age", now - epoch(ticket.created, settings, now));
    let until = i64::from(ticket.pending_until);
    let left = if until == 0 { 0 } else { until - now };
    put(&mut hash, "UntilTime", left);
    hash
}

/// Everything that stands in the row and the tables that it points to.
pub fn of(ticket: &Ticket) -> Map {
    let mut hash = Map::new();
    for (key, named) in [
        ("Queue", &ticket.queue),
        ("Lock", &ticket.lock),
        ("Type", &ticket.kind),
        ("Owner", &ticket.owner),
        ("Responsible", &ticket.responsible),
        ("Priority", &ticket.priority),
        ("State", &ticket.state),
    ] {
        put(&mut hash, key, named.name.as_str());
        put(&mut hash, &format!("{key}ID"), named.id);
    }
    for (key, named) in [("Service", &ticket.service), ("SLA", &ticket.sla)] {
        let id = format!("{key}ID");
        match named {
            Some(named) => {
                put(&mut hash, key, named.name.as_str());
                put(&mut hash, &id, named.id);
            }
            None => put(&mut hash, &id, ""),
        }
    }
    put(&mut hash, "TicketID", ticket.id.0);
    put(&mut hash, "TicketNumber", ticket.number.as_str());
    put(&mut hash, "Title", ticket.title.clone());
    put(&mut hash, "GroupID", ticket.group_id);
    put(&mut hash, "StateType", ticket.state_type.as_str());
    put(&mut hash, "CustomerID", ticket.customer_id.clone());
    put(&mut hash, "CustomerUserID", ticket.customer_user_id.clone());
    put(&mut hash, "UnlockTimeout", ticket.unlock_timeout);
    put(&mut hash, "RealTillTimeNotUsed", ticket.pending_until);
    put(&mut hash, "EscalationTime", ticket.escalation.next);
    put(&mut hash, "EscalationUpdateTime", ticket.escalation.update);
    put(
        &mut hash,
        "EscalationResponseTime",
        ticket.escalation.first_response,
    );
    put(
        &mut hash,
        "EscalationSolutionTime",
        ticket.escalation.solution,
    );
    put(
        &mut hash,
        "ArchiveFlag",
        if ticket.archived { "y" } else { "n" },
    );
    put(&mut hash, "Created", ticket.created.to_string());
    put(&mut hash, "CreateBy", ticket.created_by.0);
    put(&mut hash, "Changed", ticket.changed.to_string());
    put(&mut hash, "ChangeBy", ticket.changed_by.0);
    hash
}
