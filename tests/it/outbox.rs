//! What follows from operations on tickets, with consumers that the tests bring along.

use std::{
    collections::BTreeSet,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use actix_web::rt::time::{sleep, timeout};
use chrono::TimeDelta;
use futures_util::future::BoxFuture;
use otterdesk::{
    app::{App, SharedApp},
    directory::UserId,
    outbox::{Consumer, Delivery, Failure, Interest, Outbox, runner, store},
    ticket::{integrity, work::Work},
};
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Func, Query};

use crate::support::{TestApp, new_ticket, now};

/// The kind of task that the tests' consumer writes; handlers write others.
const KIND: &str = "Test";

/// Writes a task of the scheduler for each operation.
#[derive(Debug, Default)]
struct Tasks {
    name: &'static str,
    wanted: Vec<&'static str>,
    /// So many times it fails, after it has written.
    failures: AtomicUsize,
    for_good: bool,
    calls: AtomicUsize,
}

impl Consumer for Tasks {
    fn name(&self) -> &'static str {
        self.name
    }

    fn interest<'a>(
        &'a self,
        _app: &'a App,
        _tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>> {
        let names: BTreeSet<String> = self.wanted.iter().map(ToString::to_string).collect();
        Box::pin(async { Ok(Interest::Events(Arc::new(names))) })
    }

    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            self.calls.fetch_add(1, Ordering::Relaxed);
            let events = delivery.operation.events();
            let names: Vec<String> = events.iter().map(|event| event.name.clone()).collect();
            let ident = events[0].ticket.0;
            let tx = delivery.tx().await?;
            let data = tx.long_text(&names.join(" "));
            let task = Query::insert()
                .into_table(t::SchedulerTask::Table)
                .columns([
                    t::SchedulerTask::Ident,
                    t::SchedulerTask::Name,
                    t::SchedulerTask::TaskType,
                    t::SchedulerTask::TaskData,
                    t::SchedulerTask::Attempts,
                    t::SchedulerTask::LockKey,
                    t::SchedulerTask::CreateTime,
                ])
                .values_panic([
                    ident.into(),
                    names.join(" ").into(),
                    KIND.into(),
                    Expr::val(data),
                    1_i16.into(),
                    0_i64.into(),
                    now().into(),
                ])
                .to_owned();
            tx.execute_one(&task).await?;
            let left = self.failures.load(Ordering::Relaxed);
            if left > 0 {
                self.failures.store(left - 1, Ordering::Relaxed);
                let text = "the other side does not answer".to_owned();
                return Err(if self.for_good {
                    Failure::ForGood(text)
                } else {
                    Failure::ForNow(text)
                });
            }
            Ok(())
        })
    }
}

async fn listening(consumers: Vec<Arc<Tasks>>) -> TestApp {
    let mut test = TestApp::start().await;
    let mut app = App::clone(&test.app);
    let consumers = consumers.into_iter();
    app.outbox = Outbox::new(consumers.map(|one| one as Arc<dyn Consumer>).collect());
    app.ensure_own_tables().await.unwrap();
    test.app = SharedApp::new(app);
    test
}

fn tasks(wanted: &[&'static str]) -> Tasks {
    Tasks {
        name: "tasks",
        wanted: wanted.to_vec(),
        ..Tasks::default()
    }
}

async fn create(app: &App) -> i64 {
    let mut work = Work::begin(app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "Something happens").await;
    work.commit().await.unwrap();
    ticket.id.0
}

async fn written(app: &App) -> Vec<(i64, String)> {
    let query = Query::select()
        .columns([t::SchedulerTask::Ident, t::SchedulerTask::Name])
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq(KIND))
        .order_by(t::SchedulerTask::Ident, sea_query::Order::Asc)
        .to_owned();
    app.db
        .read()
        .await
        .unwrap()
        .fetch_all(&query)
        .await
        .unwrap()
}

/// What `otterdesk check integrity` says.
async fn stuck(app: &App) -> Option<String> {
    let mut tx = app.db.read().await.unwrap();
    let now = app.clock.timestamp();
    let finding = integrity::check_outbox(&mut tx, now).await.unwrap();
    finding.map(|finding| finding.to_string())
}

async fn waiting(app: &App) -> Vec<store::Entry> {
    let mut tx = app.db.read().await.unwrap();
    store::list(&mut tx, false).await.unwrap()
}

#[actix_web::test]
async fn an_operation_is_handed_out_once_after_its_commit() {
    let consumer = Arc::new(tasks(&["TicketCreate", "ArticleCreate"]));
    let test = listening(vec![Arc::clone(&consumer)]).await;

    let ticket = create(&test.app).await;

    assert_eq!(
        waiting(&test.app).await.len(),
        1,
        "one row for the operation"
    );
    assert_eq!(stuck(&test.app).await, None, "not yet");
    test.app.clock.advance(TimeDelta::hours(2));
    assert!(stuck(&test.app).await.is_some(), "nobody takes it");
    assert_eq!(written(&test.app).await, []);
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 1);
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0);
    let all = "TicketCreate ArticleCreate".to_owned();
    assert_eq!(written(&test.app).await, [(ticket, all)]);
    assert_eq!(waiting(&test.app).await, []);
}

#[actix_web::test]
async fn what_is_rolled_back_or_wanted_by_nobody_leaves_nothing() {
    let test = listening(vec![Arc::new(tasks(&["TicketMerge"]))]).await;
    create(&test.app).await;
    assert_eq!(waiting(&test.app).await, []);

    let test = listening(vec![Arc::new(tasks(&["TicketCreate"]))]).await;
    let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
    new_ticket(&mut work, "Never there").await;
    drop(work);
    assert_eq!(waiting(&test.app).await, []);
}

#[actix_web::test]
async fn a_failure_is_tried_again_later_and_leaves_no_rows() {
    let consumer = Arc::new(Tasks {
        failures: 2.into(),
        ..tasks(&["TicketCreate"])
    });
    let test = listening(vec![Arc::clone(&consumer)]).await;
    let ticket = create(&test.app).await;

    runner::run_due(&test.app).await.unwrap();

    let entries = waiting(&test.app).await;
    assert_eq!((entries[0].attempts, entries[0].failed), (1, 0));
    assert_eq!(
        entries[0].error.as_deref(),
        Some("the other side does not answer")
    );
    assert_eq!(written(&test.app).await, []);
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0, "not yet");
    test.app.clock.advance(TimeDelta::seconds(5));
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 1);
    test.app.clock.advance(TimeDelta::seconds(5));
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0, "not yet");
    test.app.clock.advance(TimeDelta::seconds(5));
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 1);
    let name = "TicketCreate".to_owned();
    assert_eq!(written(&test.app).await, [(ticket, name)]);
    assert_eq!(waiting(&test.app).await, []);
}

#[actix_web::test]
async fn what_fails_for_good_is_kept_until_somebody_retries() {
    let consumer = Arc::new(Tasks {
        failures: 1.into(),
        for_good: true,
        ..tasks(&["TicketCreate"])
    });
    let test = listening(vec![Arc::clone(&consumer)]).await;
    create(&test.app).await;
    runner::run_due(&test.app).await.unwrap();
    test.app.clock.advance(TimeDelta::days(30));
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0);
    let entries = waiting(&test.app).await;
    assert_eq!((entries.len(), entries[0].failed), (1, 1));
    assert_eq!(
        stuck(&test.app).await.as_deref(),
        Some("operations whose consequences failed or wait (otterdesk outbox list): 1")
    );

    let mut tx = test.app.db.read().await.unwrap();
    let now = test.app.clock.timestamp();
    assert_eq!(store::retry(&mut tx, now, &[0]).await.unwrap(), 0);
    assert_eq!(
        store::retry(&mut tx, now, &[entries[0].id]).await.unwrap(),
        1
    );
    drop(tx);

    assert_eq!(runner::run_due(&test.app).await.unwrap(), 1);
    assert_eq!(written(&test.app).await.len(), 1);
    assert_eq!(waiting(&test.app).await, []);
}

#[actix_web::test]
async fn what_fails_each_time_is_kept_in_the_end() {
    let consumer = Arc::new(Tasks {
        failures: 1_000.into(),
        ..tasks(&["TicketCreate"])
    });
    let test = listening(vec![Arc::clone(&consumer)]).await;
    create(&test.app).await;
    for _ in 0..30 {
        runner::run_due(&test.app).await.unwrap();
        test.app.clock.advance(TimeDelta::hours(1));
    }
    assert_eq!(consumer.calls.load(Ordering::Relaxed), 15);
    assert_eq!(waiting(&test.app).await[0].failed, 1);
    assert_eq!(written(&test.app).await, []);
}

/// Waits for something that the test wants to see while it holds everything up.
#[derive(Debug, Default)]
struct Slow {
    begun: AtomicUsize,
    done: AtomicUsize,
}

impl Consumer for Slow {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn interest<'a>(
        &'a self,
        _app: &'a App,
        _tx: &'a mut Tx,
    ) -> BoxFuture<'a, Result<Interest, DbError>> {
        Box::pin(async { Ok(Interest::Everything) })
    }

    fn consume<'a>(&'a self, delivery: &'a mut Delivery<'_>) -> BoxFuture<'a, Result<(), Failure>> {
        Box::pin(async move {
            if self.begun.fetch_add(1, Ordering::Relaxed) == 0 {
                std::future::pending::<()>().await;
            }
            delivery.tx().await?;
            self.done.fetch_add(1, Ordering::Relaxed);
            Ok(())
        })
    }
}

#[actix_web::test]
async fn another_process_takes_over_what_a_dead_one_had_claimed() {
    let consumer = Arc::new(Slow::default());
    let test = TestApp::start().await;
    let mut app = App::clone(&test.app);
    app.outbox = Outbox::new(vec![Arc::clone(&consumer) as Arc<dyn Consumer>]);
    app.ensure_own_tables().await.unwrap();
    create(&app).await;

    // The first one hangs and is then gone.
    let dies = timeout(Duration::from_millis(300), runner::run_due(&app)).await;
    assert!(dies.is_err());
    assert_eq!(runner::run_due(&app).await.unwrap(), 0, "it is claimed");
    app.clock.advance(TimeDelta::seconds(store::LEASE));
    assert_eq!(runner::run_due(&app).await.unwrap(), 1);
    assert_eq!(consumer.done.load(Ordering::Relaxed), 1);
    assert_eq!(waiting(&app).await, []);
}

#[actix_web::test]
async fn several_processes_share_the_work_and_each_result_is_there_once() {
    let consumers: Vec<Arc<Tasks>> = (0..3).map(|_| Arc::new(tasks(&["TicketCreate"]))).collect();
    let test = listening(vec![Arc::clone(&consumers[0])]).await;
    let processes: Vec<App> = consumers
        .iter()
        .map(|consumer| {
            let mut app = App::clone(&test.app);
            app.outbox = Outbox::new(vec![Arc::clone(consumer) as Arc<dyn Consumer>]);
            app
        })
        .collect();
    let mut tickets = Vec::new();
    for _ in 0..30 {
        tickets.push(create(&test.app).await);
    }

    let work = processes.iter().map(|app| async move {
        // A conflict between two that claim is solved by the next try.
        while runner::run_due(app).await.unwrap_or(1) > 0 {}
    });
    futures_util::future::join_all(work).await;

    let found: Vec<i64> = written(&test.app)
        .await
        .into_iter()
        .map(|row| row.0)
        .collect();
    assert_eq!(found, tickets);
    assert_eq!(waiting(&test.app).await, []);
}

#[actix_web::test]
async fn the_runner_wakes_at_once_and_stops_in_order() {
    let consumer = Arc::new(tasks(&["TicketCreate"]));
    let test = listening(vec![consumer]).await;
    let runner = runner::start(&test.app);
    sleep(Duration::from_millis(100)).await;
    create(&test.app).await;
    let mut rounds = 0;
    while written(&test.app).await.is_empty() && rounds < 150 {
        sleep(Duration::from_millis(10)).await;
        rounds += 1;
    }
    assert!(rounds < 150, "before the next look at the table");
    runner.stop().await;
    let count = Query::select()
        .expr(Func::count(Expr::col(t::SchedulerTask::Id)))
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq(KIND))
        .to_owned();
    let (count,): (i64,) = test
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_one(&count)
        .await
        .unwrap();
    assert_eq!(count, 1);
}
