//! The customer.

use schema::{DbError, tables as t};

use crate::ticket::{Ticket, history::HistoryType, work::Work};

/// Whose ticket it becomes; what is not said stays as it is.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Customer {
    /// The company.
    pub id: Option<String>,
    /// The login of the customer user.
    pub user: Option<String>,
}

/// Gives a ticket to a customer. The same customer again is written again.
pub async fn customer(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    customer: Customer,
) -> Result<(), DbError> {
    let mut text = "%%".to_owned();
    if let Some(id) = customer.id {
        work.set(ticket, t::Ticket::CustomerId, id.as_str());
        text.extend(["CustomerID=", &id, ";"]);
        ticket.customer_id = Some(id);
    }
    if let Some(user) = customer.user {
        work.set(ticket, t::Ticket::CustomerUserId, user.as_str());
        text.extend(["CustomerUser=", &user, ";"]);
        ticket.customer_user_id = Some(user);
    }
    work.history(ticket, HistoryType::CustomerUpdate, text, None);
    work.emit(ticket, "TicketCustomerUpdate", None).await
}
