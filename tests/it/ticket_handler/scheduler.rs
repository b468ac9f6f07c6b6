//! Work that is left to the scheduler.

use compat::{Value, storable};
use otterdesk::{
    directory::UserId,
    ticket::{change, work::Work},
};
use schema::{LongText, tables as t};
use sea_query::{Order, Query};

use super::CLOSED;
use crate::support::{TestApp, new_ticket};

/// The tasks that wait, their data as it was before it was packed.
async fn tasks(app: &TestApp) -> Vec<(String, Value)> {
    use t::SchedulerTask as S;
    let query = Query::select()
        .columns([S::Name, S::TaskData])
        .from(S::Table)
        .order_by(S::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, LongText)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(name, data)| (name, storable::from_base64(&data.0).unwrap()))
        .collect()
}

#[actix_web::test]
async fn the_scheduler_looks_at_the_appointments_of_a_ticket_once_in_an_operation() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "appointments").await;
    work.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::title(&mut work, &mut ticket, "x").await.unwrap();
    work.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::queue(&mut work, &mut ticket, 3).await.unwrap();
    change::state(&mut work, &mut ticket, CLOSED).await.unwrap();
    work.commit().await.unwrap();

    let task = |id: Value| {
        let data = Value::map([
            ("Object", Value::text("Kernel::System::Calendar")),
            ("Function", Value::text("TicketAppointmentProcessTicket")),
            ("Params", Value::map([("TicketID", id)])),
        ]);
        let name = "Kernel::System::Calendar-TicketAppointmentProcessTicket()";
        (name.to_owned(), data)
    };
    assert_eq!(
        tasks(&app).await,
        [
            task(Value::Integer(ticket.id.0)),
            task(Value::text(ticket.id.to_string()))
        ]
    );
}
