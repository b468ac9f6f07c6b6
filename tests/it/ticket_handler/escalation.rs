//! The end of escalations.

use chrono::TimeDelta;
use otterdesk::{
    directory::UserId,
    ticket::{
        self, NewTicket, TicketId,
        article::{self, NewArticle},
        change,
        work::Work,
    },
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{CLOSED, OPEN, read};
use crate::support::{TestApp, history, now};

/// A ticket in a queue with limits, all of which were over an hour ago.
async fn escalated(app: &TestApp) -> TicketId {
    use t::{Queue, Ticket as T};
    let mut tx = app.app.db.begin().await.unwrap();
    let limits = Query::update()
        .table(Queue::Table)
        .value(Queue::FirstResponseTime, 60)
        .value(Queue::UpdateTime, 120)
        .value(Queue::SolutionTime, 240)
        .and_where(Expr::col(Queue::Id).eq(1))
        .to_owned();
    tx.execute(&limits).await.unwrap();
    tx.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let ticket = ticket::create(&mut work, NewTicket::new("late", 1, 3, OPEN))
        .await
        .unwrap();
    work.commit().await.unwrap();
    let past = i32::try_from((now() - TimeDelta::hours(1)).and_utc().timestamp()).unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    let over = Query::update()
        .table(T::Table)
        .value(T::EscalationTime, past)
        .value(T::EscalationResponseTime, past)
        .value(T::EscalationUpdateTime, past)
        .value(T::EscalationSolutionTime, past)
        .and_where(Expr::col(T::Id).eq(ticket.id))
        .to_owned();
    tx.execute(&over).await.unwrap();
    tx.commit().await.unwrap();
    ticket.id
}

const STOPS: [&str; 3] = [
    "EscalationUpdateTimeStop %%EscalationUpdateTimeStop%%triggered",
    "EscalationSolutionTimeStop %%EscalationSolutionTimeStop%%triggered",
    "EscalationResponseTimeStop %%EscalationResponseTimeStop%%triggered",
];

#[actix_web::test]
async fn an_escalation_stops_when_the_ticket_is_closed_or_has_no_limits_any_more() {
    let app = TestApp::start().await;
    let changed = async |how: &str| {
        let id = escalated(&app).await;
        let mut ticket = read(&app, id).await;
        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        match how {
            "close" => change::state(&mut work, &mut ticket, CLOSED).await.unwrap(),
            "move and close" => {
                change::queue(&mut work, &mut ticket, 2).await.unwrap();
                change::state(&mut work, &mut ticket, CLOSED).await.unwrap();
            }
            "answer" => {
                let answer = NewArticle {
                    visible_for_customer: true,
                    body: "yes".to_owned(),
                    ..NewArticle::default()
                };
                article::create(&mut work, &mut ticket, answer)
                    .await
                    .unwrap();
            }
            _ => change::title(&mut work, &mut ticket, "other")
                .await
                .unwrap(),
        }
        work.commit().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let entries = history(&mut tx, id).await;
        entries
            .into_iter()
            .filter(|entry| entry.contains("Escalation"))
            .collect::<Vec<_>>()
    };

    assert_eq!(changed("close").await, STOPS);
    assert_eq!(changed("move and close").await, STOPS, "once");
    assert!(changed("answer").await.is_empty());
    assert!(changed("title").await.is_empty());
}
