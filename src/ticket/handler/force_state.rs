//! `ForceState`: whoever locks a ticket changes its state. Its entry of the settings names the state that follows each
//! state, such as `new: open`.

use compat::Value;
use schema::DbError;

use crate::ticket::{Ticket, change, work::Work};

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket, entry: &Value) -> Result<(), DbError> {
    if ticket.lock.name != "lock" {
        return Ok(());
    }
    let next = entry.get(&ticket.state.name).and_then(Value::as_string);
    let Some(next) = next.filter(|next| !next.is_empty()) else {
        return Ok(());
    };
    let lookups = work.lookups().await?;
    let state = lookups.states.iter().find(|(_, state)| state.name == next);
    match state {
        Some((id, _)) => change::state(work, ticket, *id).await,
        None => Ok(()),
    }
}
