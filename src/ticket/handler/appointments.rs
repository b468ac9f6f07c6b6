//! `TicketAppointments`: the calendars of the Perl system look at the ticket again. Its scheduler does that; here it gets
//! its task, once in an operation.

use compat::Value;
use schema::DbError;

use crate::{
    scheduler::{self, Task},
    ticket::{Ticket, work::Work},
};

pub async fn run(work: &mut Work<'_>, ticket: &Ticket) -> Result<(), DbError> {
    if !work.is_first("TicketAppointments", ticket.id) {
        return Ok(());
    }
    // The number of a ticket that exists comes to the Perl system as text, and that of a new one as a number.
    let is_new = work
        .events()
        .iter()
        .any(|event| event.ticket == ticket.id && event.name == "TicketCreate");
    let id = if is_new {
        Value::Integer(ticket.id.0)
    } else {
        Value::text(ticket.id.to_string())
    };
    let task = Task {
        name: "Kernel::System::Calendar-TicketAppointmentProcessTicket()".to_owned(),
        kind: "AsynchronousExecutor".to_owned(),
        data: Value::map([
            ("Object", Value::text("Kernel::System::Calendar")),
            ("Function", Value::text("TicketAppointmentProcessTicket")),
            ("Params", Value::map([("TicketID", id)])),
        ]),
        attempts: 1,
    };
    let at = work.stamp.at;
    scheduler::add(&mut work.tx, &task, at).await.map(drop)
}
