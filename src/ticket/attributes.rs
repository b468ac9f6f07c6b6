//! A ticket's attributes under OTRS's names, as web services answer them and access control lists ask for them.

use compat::{Map, Value};

use super::Ticket;

fn put(hash: &mut Map, key: &str, value: impl Into<Value>) {
    hash.insert(key.to_owned(), value.into());
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
