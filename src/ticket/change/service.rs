//! The service.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{NONE, lookups_with, missing, sla};
use crate::ticket::{Named, Ticket, history::HistoryType, work::Work};

/// Gives a ticket another service, or none. A service level agreement that is not one of the service goes first.
pub async fn service(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    id: Option<i32>,
) -> Result<(), DbError> {
    let old = ticket.service.clone();
    if old.as_ref().map(|service| service.id) == id {
        return Ok(());
    }
    let new = match id {
        Some(id) => {
            let lookups = lookups_with(work, |lookups| lookups.services.contains_key(&id)).await?;
            let name = lookups.services.get(&id);
            let name = name.ok_or_else(|| missing("service", "id", id))?.clone();
            Some(Named { id, name })
        }
        None => None,
    };
    if let Some(held) = ticket.sla.as_ref().map(|sla| sla.id)
        && !has_sla(work, id, held).await?
    {
        sla(work, ticket, None).await?;
    }
    work.set(ticket, t::Ticket::ServiceId, id);
    let text = format!("{}{}", spelled(new.as_ref()), spelled(old.as_ref()));
    ticket.service = new;
    work.history(ticket, HistoryType::ServiceUpdate, text, None);
    work.emit(ticket, "NotificationServiceUpdate", None).await?;
    work.emit(ticket, "TicketServiceUpdate", None).await
}

/// `%%NAME%%ID`, as histories write it.
pub(super) fn spelled(named: Option<&Named>) -> String {
    match named {
        Some(Named { id, name }) => format!("%%{name}%%{id}"),
        None => format!("%%{NONE}%%"),
    }
}

/// Whether a valid service level agreement belongs to a service. At most one statement.
async fn has_sla(work: &mut Work<'_>, service: Option<i32>, sla: i32) -> Result<bool, DbError> {
    let Some(service) = service else {
        return Ok(false);
    };
    let query = Query::select()
        .column((t::Sla::Table, t::Sla::Id))
        .from(t::Sla::Table)
        .inner_join(
            t::ServiceSla::Table,
            Expr::col((t::ServiceSla::Table, t::ServiceSla::SlaId))
                .equals((t::Sla::Table, t::Sla::Id)),
        )
        .and_where(Expr::col((t::ServiceSla::Table, t::ServiceSla::ServiceId)).eq(service))
        .and_where(Expr::col((t::Sla::Table, t::Sla::Id)).eq(sla))
        .and_where(Expr::col((t::Sla::Table, t::Sla::ValidId)).eq(1_i16))
        .to_owned();
    Ok(work.tx.fetch_optional::<(i32,)>(&query).await?.is_some())
}
