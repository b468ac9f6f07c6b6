//! What the settings force is the system's own doing, whoever caused it.

use compat::Value;
use otterdesk::{
    directory::{
        UserId,
        agent::{self, NewAgent},
    },
    ticket::{change, work::Work},
};
use schema::tables as t;
use sea_query::{ExprTrait as _, Order, Query};

use super::{LOCKED, handler};
use crate::support::{TestApp, new_ticket};

/// The queue `Junk` of the first rows.
const ANOTHER_QUEUE: i32 = 3;

#[actix_web::test]
async fn what_the_settings_force_is_nobodys_own_doing() {
    let mut forcing = handler("ForceState", "TicketLockUpdate", "0");
    if let Value::Map(entries) = &mut forcing {
        entries.insert("open".to_owned(), Value::text("new"));
    }
    let app = TestApp::with([(
        "Ticket::EventModulePost",
        Value::map([
            (
                "1-ForceOwnerReset",
                handler("ForceOwnerReset", "TicketQueueUpdate", "0"),
            ),
            ("2-ForceState", forcing),
            (
                "3-ForceUnlock",
                handler("ForceUnlock", "TicketQueueUpdate", "0"),
            ),
        ]),
    )])
    .await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let settings = work.settings.clone();
    let new = NewAgent {
        login: "ann".to_owned(),
        first_name: "Ann".to_owned(),
        last_name: "Agent".to_owned(),
        email: "ann@desk.example".to_owned(),
        password: None,
    };
    let stamp = work.stamp;
    let ann = agent::add(&mut work.tx, &settings, stamp, &new)
        .await
        .unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "forced").await;
    work.commit().await.unwrap();

    let mut work = Work::begin(&app.app, ann).await.unwrap();
    change::lock(&mut work, &mut ticket, LOCKED).await.unwrap();
    change::owner(&mut work, &mut ticket, ann).await.unwrap();
    change::queue(&mut work, &mut ticket, ANOTHER_QUEUE)
        .await
        .unwrap();
    assert_eq!(work.stamp.by, ann);
    work.commit().await.unwrap();

    let query = Query::select()
        .columns([
            (t::TicketHistory::Table, t::TicketHistory::Name),
            (t::TicketHistory::Table, t::TicketHistory::CreateBy),
        ])
        .from(t::TicketHistory::Table)
        .and_where(
            sea_query::Expr::col((t::TicketHistory::Table, t::TicketHistory::TicketId))
                .eq(ticket.id),
        )
        .order_by(t::TicketHistory::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, i32)> = tx.fetch_all(&query).await.unwrap();
    let done = |text: &str| {
        let row = rows.iter().rev().find(|(name, _)| name.starts_with(text));
        row.map(|(_, by)| UserId(*by))
    };
    assert_eq!(done("%%lock"), Some(ann), "{rows:?}");
    assert_eq!(done("%%open%%new%%"), Some(UserId::SYSTEM), "{rows:?}");
    assert_eq!(done("%%ann%%"), Some(ann), "{rows:?}");
    assert_eq!(done("%%Junk%%"), Some(ann), "{rows:?}");
    assert_eq!(
        done("%%root@localhost%%1"),
        Some(UserId::SYSTEM),
        "{rows:?}"
    );
    assert_eq!(done("%%unlock"), Some(UserId::SYSTEM), "{rows:?}");
}
