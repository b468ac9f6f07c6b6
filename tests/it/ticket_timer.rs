//! What time does to tickets: locks that open, escalations that are told. What is expected here the reference system did
//! with its commands for tickets like these.

use chrono::TimeDelta;
use compat::Value;
use otterdesk::{
    directory::UserId,
    ticket::{
        self, NewTicket, TicketId, escalation_check, history::HistoryType, unlock, work::Work,
    },
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, SimpleExpr};

use crate::support::{TestApp, history, now};

const RAW: i32 = 2;
const JUNK: i32 = 3;
const NEW: i32 = 1;
const OPEN: i32 = 4;
const CLOSED: i32 = 2;
const PENDING: i32 = 6;
const LOCK: i32 = 2;
const TMP_LOCK: i32 = 3;

async fn set(tx: &mut Tx, id: TicketId, values: &[(t::Ticket, SimpleExpr)]) {
    let update = Query::update()
        .table(t::Ticket::Table)
        .values(
            values
                .iter()
                .map(|(column, value)| (*column, value.clone())),
        )
        .and_where(Expr::col(t::Ticket::Id).eq(id))
        .to_owned();
    tx.execute(&update).await.unwrap();
}

async fn set_queue(app: &TestApp, id: i32, values: &[(t::Queue, i32)]) {
    let mut tx = app.app.db.begin().await.unwrap();
    let update = Query::update()
        .table(t::Queue::Table)
        .values(
            values
                .iter()
                .map(|(column, value)| (*column, (*value).into())),
        )
        .and_where(Expr::col(t::Queue::Id).eq(id))
        .to_owned();
    tx.execute(&update).await.unwrap();
    tx.commit().await.unwrap();
}

/// A ticket whose row says something that no operation would write.
async fn ticket(
    app: &TestApp,
    queue: i32,
    state: i32,
    values: &[(t::Ticket, SimpleExpr)],
) -> TicketId {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let ticket = ticket::create(&mut work, NewTicket::new("time", queue, 3, state))
        .await
        .unwrap();
    work.commit().await.unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    set(&mut tx, ticket.id, values).await;
    tx.commit().await.unwrap();
    ticket.id
}

fn from_now(minutes: i64) -> SimpleExpr {
    let at = (now() + TimeDelta::minutes(minutes)).and_utc().timestamp();
    i32::try_from(at).unwrap().into()
}

#[actix_web::test]
async fn a_lock_opens_when_the_unlock_time_of_the_queue_is_over() {
    let app = TestApp::start().await;
    set_queue(&app, RAW, &[(t::Queue::UnlockTimeout, 10)]).await;
    let locked = |lock: i32, minutes: i64| {
        [
            (t::Ticket::TicketLockId, lock.into()),
            (t::Ticket::Timeout, from_now(minutes)),
        ]
    };
    let open = ticket(&app, RAW, OPEN, &locked(LOCK, -10)).await;
    let new = ticket(&app, RAW, NEW, &locked(LOCK, -11)).await;
    let early = ticket(&app, RAW, NEW, &locked(LOCK, -9)).await;
    let viewable = ticket(&app, RAW, NEW, &locked(TMP_LOCK, -20)).await;
    let elsewhere = ticket(&app, JUNK, NEW, &locked(LOCK, -20)).await;
    let pending = ticket(&app, RAW, PENDING, &locked(LOCK, -20)).await;

    let mut told = Vec::new();
    unlock::timed_out(&app.app, |ticket| told.push(ticket.id))
        .await
        .unwrap();
    assert_eq!(told, [new, open], "by their states");
    let mut tx = app.app.db.read().await.unwrap();
    let entries = history(&mut tx, open).await;
    assert_eq!(entries.last().unwrap(), "Unlock %%unlock");
    assert_eq!(history(&mut tx, viewable).await.len(), 1);
    drop(tx);

    assert!(
        unlock::one(&app.app, TicketId(9_999))
            .await
            .unwrap()
            .is_none()
    );
    let one = unlock::one(&app.app, viewable).await.unwrap().unwrap();
    assert_eq!(one.lock.name, "unlock");

    told.clear();
    unlock::all(&app.app, |ticket| told.push(ticket.id))
        .await
        .unwrap();
    assert_eq!(told, [early, elsewhere, pending]);
}

#[actix_web::test]
async fn no_lock_opens_outside_working_time() {
    let app = TestApp::with([(
        "TimeWorkingHours",
        Value::map([("Fri", Value::List(vec![]))]),
    )])
    .await;
    set_queue(&app, RAW, &[(t::Queue::UnlockTimeout, 10)]).await;
    let values = [
        (t::Ticket::TicketLockId, LOCK.into()),
        (t::Ticket::Timeout, from_now(-1000)),
    ];
    ticket(&app, RAW, OPEN, &values).await;

    let mut told = 0;
    unlock::timed_out(&app.app, |_| told += 1).await.unwrap();
    assert_eq!(told, 0);
}

/// What the check tells of one ticket, without `Escalation`.
async fn checked(app: &TestApp, id: TicketId) -> Vec<String> {
    let mut told: Vec<(TicketId, HistoryType)> = Vec::new();
    escalation_check::run(&app.app, |ticket, kind| told.push((ticket.id, kind)))
        .await
        .unwrap();
    told.into_iter()
        .filter(|(ticket, _)| *ticket == id)
        .map(|(_, kind)| kind.name().trim_start_matches("Escalation").to_owned())
        .collect()
}

/// Minutes until each limit ends; 0 for none.
fn limits(response: i64, update: i64, solution: i64) -> Vec<(t::Ticket, SimpleExpr)> {
    let next = [response, update, solution];
    let next = next.into_iter().filter(|left| *left != 0).min();
    let column = |column, left| (left != 0).then(|| (column, from_now(left)));
    [
        column(t::Ticket::EscalationTime, next.unwrap_or_default()),
        column(t::Ticket::EscalationResponseTime, response),
        column(t::Ticket::EscalationUpdateTime, update),
        column(t::Ticket::EscalationSolutionTime, solution),
    ]
    .into_iter()
    .flatten()
    .collect()
}

async fn with_limits(settings: [(&str, Value); 1]) -> TestApp {
    let app = TestApp::with(settings).await;
    set_queue(
        &app,
        JUNK,
        &[
            (t::Queue::FirstResponseTime, 60),
            (t::Queue::FirstResponseNotify, 50),
            (t::Queue::UpdateTime, 120),
            (t::Queue::UpdateNotify, 60),
            (t::Queue::SolutionTime, 240),
            (t::Queue::SolutionNotify, 90),
        ],
    )
    .await;
    app
}

#[actix_web::test]
async fn escalations_are_told_when_they_are_near_and_when_they_are_there() {
    let app = with_limits([("OTRSEscalationEvents::DecayTime", Value::text("1440"))]).await;
    for (state, limits, expected) in [
        (NEW, limits(29, 60, 200), &["ResponseTimeNotifyBefore"][..]),
        (NEW, limits(31, 60, 200), &[]),
        (
            NEW,
            limits(-1, 47, 23),
            &[
                "ResponseTimeStart",
                "UpdateTimeNotifyBefore",
                "SolutionTimeNotifyBefore",
            ],
        ),
        (NEW, limits(0, 0, -1), &["SolutionTimeStart"]),
        (
            PENDING,
            limits(-1, -1, -1),
            &["ResponseTimeStart", "UpdateTimeStart", "SolutionTimeStart"],
        ),
        (CLOSED, limits(-1, -1, -1), &[]),
    ] {
        let id = ticket(&app, JUNK, state, &limits).await;
        assert_eq!(checked(&app, id).await, expected, "{limits:?}");
        assert!(checked(&app, id).await.is_empty(), "told once");
    }
    let id = ticket(&app, RAW, NEW, &limits(-1, -1, -1)).await;
    assert!(checked(&app, id).await.is_empty(), "a queue without limits");
}

#[actix_web::test]
async fn an_escalation_is_told_again_after_a_day_and_written_to_the_history() {
    for (minutes, again) in [("1440", 1), ("0", 0)] {
        let app = with_limits([("OTRSEscalationEvents::DecayTime", Value::text(minutes))]).await;
        let id = ticket(&app, JUNK, NEW, &limits(-1, 0, 0)).await;
        assert_eq!(checked(&app, id).await, ["ResponseTimeStart"]);
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(
            history(&mut tx, id).await.last().unwrap(),
            "EscalationResponseTimeStart %%EscalationResponseTimeStart%%triggered"
        );
        drop(tx);
        let mut tx = app.app.db.begin().await.unwrap();
        let older = |minutes: i64| {
            Query::update()
                .table(t::TicketHistory::Table)
                .value(
                    t::TicketHistory::CreateTime,
                    now() - TimeDelta::minutes(minutes),
                )
                .to_owned()
        };
        tx.execute(&older(1439)).await.unwrap();
        tx.commit().await.unwrap();
        assert!(checked(&app, id).await.is_empty());
        let mut tx = app.app.db.begin().await.unwrap();
        tx.execute(&older(1441)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(checked(&app, id).await.len(), again, "{minutes} minutes");
    }
}
