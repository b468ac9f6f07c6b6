//! Invokers that events call, now and later, and requests that are sent again.

use chrono::{NaiveDateTime, TimeDelta};
use compat::{Value, json, storable};
use otterdesk::{
    app::{App, SharedApp},
    clock::Clock,
    daemon::{self, Report},
    directory::UserId,
    outbox::{self, Outbox, runner},
    settings::{Origin, Settings},
    ticket::{change, work::Work},
};
use schema::{LongText, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{log, other_side::OtherSide};
use crate::support::{TestApp, new_ticket, now};

/// A web service with the invokers under `invokers`, and what else stands under `Requester`.
fn service(side: &OtherSide, invokers: &str, more: &str) -> String {
    let names = invokers
        .lines()
        .filter(|line| line.starts_with("    ") && !line.starts_with("     "))
        .map(|line| line.trim().trim_end_matches(':'));
    let controllers: String = names
        .map(|name| format!("        {name}:\n          Controller: /{name}\n"))
        .collect::<Vec<_>>()
        .concat();
    format!(
        "---\nDebugger:\n  DebugThreshold: error\nRequester:\n{more}  Invoker:\n{invokers}  Transport:\n    Type: HTTP::REST\n    Config:\n\
         \x20     DefaultCommand: POST\n      Host: http://{}\n      Timeout: '5'\n      InvokerControllerMapping:\n{controllers}",
        side.address
    )
}

fn invoker(name: &str, event: &str, asynchronous: bool, condition: &str) -> String {
    format!(
        "    {name}:\n      Type: Generic::Tunnel\n      Events:\n      - Event: {event}\n        Asynchronous: '{}'\n{condition}",
        u8::from(asynchronous)
    )
}

fn title_is(title: &str) -> String {
    format!(
        "        Condition:\n          ConditionLinking: and\n          Condition:\n            '1':\n              Type: and\n              Fields:\n                Title:\n                  Type: String\n                  Match: {title}\n"
    )
}

#[derive(sqlx::FromRow)]
struct TaskRow {
    name: Option<String>,
    task_data: LongText,
    attempts: i16,
    lock_key: i64,
}

/// Name, data, attempts and lock of each task that calls an invoker.
async fn tasks(app: &TestApp) -> Vec<String> {
    let query = Query::select()
        .columns([
            t::SchedulerTask::Name,
            t::SchedulerTask::TaskData,
            t::SchedulerTask::Attempts,
            t::SchedulerTask::LockKey,
        ])
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq("GenericInterface"))
        .order_by(t::SchedulerTask::Id, Order::Asc)
        .to_owned();
    let rows: Vec<TaskRow> = app
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_all(&query)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| {
            format!(
                "{} {} {} {}",
                row.name.unwrap_or_default(),
                shown(&row.task_data),
                row.attempts,
                row.lock_key
            )
        })
        .collect()
}

fn shown(data: &LongText) -> String {
    json::write(&storable::from_base64(&data.0).unwrap())
}

#[derive(sqlx::FromRow)]
struct FutureRow {
    execution_time: NaiveDateTime,
    task_data: LongText,
}

async fn future(app: &TestApp) -> Vec<(NaiveDateTime, Value)> {
    let query = Query::select()
        .columns([
            t::SchedulerFutureTask::ExecutionTime,
            t::SchedulerFutureTask::TaskData,
        ])
        .from(t::SchedulerFutureTask::Table)
        .order_by(t::SchedulerFutureTask::Id, Order::Asc)
        .to_owned();
    let rows: Vec<FutureRow> = app
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_all(&query)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| {
            (
                row.execution_time,
                storable::from_base64(&row.task_data.0).unwrap(),
            )
        })
        .collect()
}

const HANDLERS: &str = "Ticket::EventModulePost";

/// A server whose outbox is emptied by [`runner::run_due`] only, and whose calendars leave no tasks of their own.
async fn app() -> TestApp {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let mut handlers = Settings::default().value(HANDLERS);
    let Value::Map(map) = &mut handlers else {
        panic!("{HANDLERS} is a map");
    };
    let count = map.len();
    map.retain(|name, _| !name.ends_with("TicketAppointments"));
    assert_eq!(map.len(), count - 1);
    let settings = Settings::with([(HANDLERS.to_owned(), handlers, Origin::File)]);
    let mut app = App::new(db, settings.into(), Clock::fixed(now()));
    app.outbox = Outbox::new(outbox::consumers());
    app.ensure_own_tables().await.unwrap();
    TestApp::on(SharedApp::new(app), database)
}

async fn commit(work: Work<'_>) {
    let app = work.app;
    work.commit().await.unwrap();
    runner::run_due(app).await.unwrap();
}

#[actix_web::test]
async fn asynchronous_invokers_wait_as_rows_that_come_with_the_commit() {
    let app = app().await;
    let side = OtherSide::start();
    let invokers = [
        invoker("Later", "TicketCreate", true, ""),
        invoker("Not", "TicketCreate", true, &title_is("other")),
        invoker("Yes", "TicketCreate", true, &title_is("Broken")),
        invoker("State", "TicketStateUpdate", true, ""),
    ];
    app.web_service("Out", &service(&side, &invokers.concat(), ""))
        .await;

    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    new_ticket(&mut work, "Broken").await;
    drop(work);
    assert_eq!(tasks(&app).await, Vec::<String>::new());

    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "Broken").await;
    commit(work).await;
    let id = ticket.id;
    let task = |name: &str| {
        format!(
            r#"Invoker-{name} {{"Data":{{"Event":"TicketCreate","TicketID":{id}}},"Invoker":"{name}","WebserviceID":"1"}} 10 0"#
        )
    };
    assert_eq!(tasks(&app).await, [task("Later"), task("Yes")]);
    assert_eq!(side.arrived(), "");

    let report = daemon::run_due(&app.app).await.unwrap();
    assert_eq!(
        report,
        Report {
            moved: 0,
            succeeded: 2,
            failed: 0
        }
    );
    assert_eq!(tasks(&app).await, Vec::<String>::new());
    let arrived = side.arrived();
    assert_eq!(
        arrived
            .matches(r#"{"Event":"TicketCreate","TicketID":"#)
            .count(),
        2,
        "{arrived}"
    );
}

#[actix_web::test]
async fn synchronous_invokers_are_called_after_the_commit_with_the_ticket_before() {
    let app = app().await;
    let side = OtherSide::start();
    let invokers = [
        invoker("Moved", "TicketQueueUpdate", false, ""),
        invoker("Titled", "TicketTitleUpdate", false, &title_is("new title")),
        invoker("Noted", "ArticleCreate", false, ""),
    ];
    app.web_service("Out", &service(&side, &invokers.concat(), ""))
        .await;
    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    let (mut ticket, article) = new_ticket(&mut work, "Broken").await;
    commit(work).await;
    let noted = side.arrived();
    assert!(
        noted.contains(&format!(
            r#"{{"ArticleID":{},"Event":"ArticleCreate","OldTicketData":{{"#,
            article.0
        )),
        "{noted}"
    );

    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    change::queue(&mut work, &mut ticket, 3).await.unwrap();
    change::title(&mut work, &mut ticket, "new title")
        .await
        .unwrap();
    commit(work).await;
    let sent = side.arrived();
    let id = ticket.id;
    assert!(
        sent.contains(&format!(
            r#"{{"Event":"TicketTitleUpdate","TicketID":{id}}}"#
        )),
        "{sent}"
    );
    let moved = sent
        .split('\n')
        .find(|line| line.contains("TicketQueueUpdate"))
        .unwrap();
    let old = json::read(moved)
        .unwrap()
        .get("OldTicketData")
        .cloned()
        .unwrap();
    let text = |key: &str| old.get(key).and_then(Value::as_string).unwrap_or_default();
    assert_eq!(
        (text("Queue"), text("QueueID"), text("Title")),
        ("Raw".to_owned(), "2".to_owned(), "Broken".to_owned())
    );
}

const AGAIN: &str = "  ErrorHandling:\n    again:\n      Type: RequestRetry\n      ScheduleRetry: '1'\n      RetryIntervalStart: '60'\n      RetryIntervalFactor: '1.5'\n      RetryIntervalMax: '120'\n      RetryCountMax: '4'\n      RetryPeriodMax: '86400'\n      ErrorStageFilter:\n      - RequesterRequestPerform\n  ErrorHandlingPriority:\n  - again\n";

/// Sends to a server that fails, again and again; the times are those that the reference system chooses.
#[actix_web::test]
async fn failed_requests_are_sent_again_in_growing_intervals() {
    let app = app().await;
    let side = OtherSide::start();
    let invokers = invoker("Later", "TicketCreate", true, "");
    let config =
        service(&side, &invokers, AGAIN).replace("Controller: /Later", "Controller: /status/500");
    app.web_service("Out", &config).await;
    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    new_ticket(&mut work, "Broken").await;
    commit(work).await;

    let mut due = now();
    let mut intervals = Vec::new();
    for round in 0..5 {
        app.app.clock.set(due);
        let report = daemon::run_due(&app.app).await.unwrap();
        assert_eq!((report.succeeded, report.failed), (0, 1), "{round}");
        let waiting = future(&app).await;
        let Some((at, data)) = waiting.first() else {
            assert_eq!(round, 4);
            break;
        };
        let past = data.get("PastExecutionData").cloned().unwrap();
        intervals.push(json::write(&past));
        assert_eq!(daemon::run_due(&app.app).await.unwrap(), Report::default());
        due = *at;
    }
    assert_eq!(
        intervals,
        [
            r#"{"InitialRequestDateTime":"2026-01-23 10:00:00","RetryCount":1,"RetryDateTime":"2026-01-23 10:01:00","RetryInterval":"60"}"#,
            r#"{"InitialRequestDateTime":"2026-01-23 10:00:00","RetryCount":2,"RetryDateTime":"2026-01-23 10:02:30","RetryInterval":90}"#,
            r#"{"InitialRequestDateTime":"2026-01-23 10:00:00","RetryCount":3,"RetryDateTime":"2026-01-23 10:04:30","RetryInterval":"120"}"#,
            r#"{"InitialRequestDateTime":"2026-01-23 10:00:00","RetryCount":4,"RetryDateTime":"2026-01-23 10:06:30","RetryInterval":"120"}"#,
        ]
    );
    assert_eq!(side.arrived().matches("HTTP/1.1").count(), 5);
    assert_eq!(future(&app).await, []);
    assert_eq!(tasks(&app).await, Vec::<String>::new());
}

#[actix_web::test]
async fn the_debug_log_tells_what_is_decided() {
    let app = app().await;
    let side = OtherSide::start();
    let invokers = invoker("Later", "TicketCreate", true, "");
    let config = service(&side, &invokers, AGAIN)
        .replace("Controller: /Later", "Controller: /status/500")
        .replace("Threshold: error", "Threshold: debug");
    app.web_service("Out", &config).await;
    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    new_ticket(&mut work, "Broken").await;
    commit(work).await;
    daemon::run_due(&app.app).await.unwrap();
    let log = log(&app).await;
    let (_, decided) = log.split_once("debug|Executed").unwrap();
    insta::assert_snapshot!(format!("debug|Executed{decided}"));
}

#[actix_web::test]
async fn filters_keep_a_request_from_being_sent_again() {
    for (filter, expected) in [
        ("InvokerFilter:\n      - Later", 1),
        ("InvokerFilter:\n      - Other", 0),
        ("ErrorStageFilter:\n      - RequesterRequestMap", 0),
        ("ErrorMessageContentFilter: code .500", 1),
        ("ErrorMessageContentFilter: nope", 0),
        ("RetryCountMax: '0'", 0),
    ] {
        let app = app().await;
        let side = OtherSide::start();
        let invokers = invoker("Later", "TicketCreate", true, "");
        let more = AGAIN
            .replace("RetryCountMax: '4'\n", "")
            .replace("ErrorStageFilter:\n      - RequesterRequestPerform", filter);
        let config = service(
            &side,
            &invokers,
            &more.replace("            Retry", "      Retry"),
        )
        .replace("Controller: /Later", "Controller: /status/500");
        app.web_service("Out", &config).await;
        let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
        new_ticket(&mut work, "Broken").await;
        commit(work).await;
        daemon::run_due(&app.app).await.unwrap();
        assert_eq!(future(&app).await.len(), expected, "{filter}");
    }
}

#[actix_web::test]
async fn a_task_whose_worker_is_gone_is_taken_over() {
    let app = app().await;
    let side = OtherSide::start();
    app.web_service(
        "Out",
        &service(&side, &invoker("Later", "TicketCreate", true, ""), ""),
    )
    .await;
    let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
    new_ticket(&mut work, "Broken").await;
    commit(work).await;
    let mut tx = app.app.db.begin().await.unwrap();
    let lock = Query::update()
        .table(t::SchedulerTask::Table)
        .value(t::SchedulerTask::LockKey, 100_100_000_007_i64)
        .value(t::SchedulerTask::LockTime, now())
        .value(t::SchedulerTask::LockUpdateTime, now())
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq("GenericInterface"))
        .to_owned();
    tx.execute_one(&lock).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(daemon::run_due(&app.app).await.unwrap(), Report::default());
    app.app.clock.set(now() + TimeDelta::minutes(6));
    assert_eq!(daemon::run_due(&app.app).await.unwrap().succeeded, 1);
    assert_eq!(tasks(&app).await, Vec::<String>::new());
}
