//! The static index of queues.

use compat::Value;
use otterdesk::{
    directory::UserId,
    ticket::{Ticket, TicketId, change, work::Work},
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{LOCKED, MERGED, OPEN};
use crate::support::{TestApp, new_ticket};

/// Queue, lock and state in the index, and how often the ticket stands among the locked ones.
async fn indexed(app: &TestApp, id: TicketId) -> (Vec<String>, usize) {
    use t::{TicketIndex as I, TicketLockIndex as L};
    let query = Query::select()
        .columns([I::Queue, I::SLock, I::SState])
        .column(I::GroupId)
        .from(I::Table)
        .and_where(Expr::col(I::TicketId).eq(id))
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, String, String, i32)> = tx.fetch_all(&query).await.unwrap();
    let locks = Query::select()
        .column(L::TicketId)
        .from(L::Table)
        .and_where(Expr::col(L::TicketId).eq(id))
        .to_owned();
    let locks: Vec<(i64,)> = tx.fetch_all(&locks).await.unwrap();
    let rows = rows.into_iter();
    let rows = rows.map(|(queue, lock, state, group)| format!("{queue} {lock} {state} {group}"));
    (rows.collect(), locks.len())
}

#[actix_web::test]
async fn the_static_index_follows_queue_lock_state_and_archive() {
    let app = TestApp::with([
        (
            "Ticket::IndexModule",
            Value::text("Kernel::System::Ticket::IndexAccelerator::StaticDB"),
        ),
        ("Ticket::ArchiveSystem", Value::text("1")),
    ])
    .await;
    let row = |text: &str, locks: usize| (vec![text.to_owned()], locks);
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "index").await;
    work.commit().await.unwrap();
    assert_eq!(indexed(&app, ticket.id).await, row("Raw unlock open 1", 0));

    let id = ticket.id;
    let changed = async |what: &str, ticket: &mut Ticket| {
        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        match what {
            "lock" => change::lock(&mut work, ticket, LOCKED).await.unwrap(),
            "unlock" => change::unlock(&mut work, ticket).await.unwrap(),
            "open" => change::state(&mut work, ticket, OPEN).await.unwrap(),
            "merge" => change::state(&mut work, ticket, MERGED).await.unwrap(),
            "archive" => change::archive(&mut work, ticket).await.unwrap(),
            _ => change::queue(&mut work, ticket, 3).await.unwrap(),
        }
        work.commit().await.unwrap();
        indexed(&app, id).await
    };
    assert_eq!(
        changed("lock", &mut ticket).await,
        row("Raw lock open 1", 1)
    );
    assert_eq!(changed("merge", &mut ticket).await, (vec![], 1));
    assert_eq!(
        changed("open", &mut ticket).await,
        row("Raw lock open 1", 1)
    );
    // Moving unlocks.
    assert_eq!(
        changed("move", &mut ticket).await,
        row("Junk unlock open 1", 0)
    );
    assert_eq!(
        changed("archive", &mut ticket).await,
        row("Junk unlock open 1", 0),
        "the archive alone changes nothing"
    );
    assert_eq!(changed("lock", &mut ticket).await, (vec![], 1));
    assert_eq!(changed("unlock", &mut ticket).await, (vec![], 0));

    let runtime = TestApp::start().await;
    let mut work = Work::begin(&runtime.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "no index").await;
    work.commit().await.unwrap();
    assert_eq!(indexed(&runtime, ticket.id).await, (vec![], 0));
}
