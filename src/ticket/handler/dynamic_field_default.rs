//! `TicketDynamicFieldDefault`: fields that have no value get one when something happens.
//!
//! Each entry of `Ticket::TicketDynamicFieldDefault` names one event, a field of tickets, and the value.

use compat::Value;
use schema::DbError;

use super::Occasion;
use crate::{
    dynamic_field::{ObjectType, definitions_of_tickets, values},
    ticket::{Ticket, work::Work},
};

/// The group of settings that names the fields.
const SETTING: &str = "Ticket::TicketDynamicFieldDefault";

/// Two statements and those of the writing, when an entry is for this event.
pub async fn run(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    occasion: Occasion<'_>,
) -> Result<(), DbError> {
    let configured = work.settings.value(SETTING);
    let wanted: Vec<(String, Value)> = configured
        .as_map()
        .into_iter()
        .flat_map(compat::Map::values)
        .filter(|entry| {
            let event = entry.get("Event").and_then(Value::as_string);
            event.as_deref() == Some(occasion.event)
        })
        .filter_map(|entry| {
            let name = entry.get("Name")?.as_string()?;
            Some((name, entry.get("Value")?.clone()))
        })
        .collect();
    if wanted.is_empty() {
        return Ok(());
    }
    let fields = definitions_of_tickets(&mut work.tx).await?;
    for (name, value) in wanted {
        let Some(field) = fields.get(&name) else {
            continue;
        };
        let known = values(&mut work.tx, ObjectType::Ticket, &[ticket.id.0]).await?;
        let is_set = known
            .of(ticket.id.0)
            .any(|(known, value)| known == name && value != Value::Undef);
        if !is_set {
            super::write_field(work, ticket, field, &value).await?;
        }
    }
    Ok(())
}
