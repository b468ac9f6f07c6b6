//! The daemon: tasks of the settings are done when their time comes, once, however many daemons look.

mod generic_agent;
mod recorded;

use chrono::{NaiveDateTime, TimeDelta};
use compat::Value;
use otterdesk::{
    app::App,
    daemon::{self, cron::Named},
    directory::UserId,
    scheduler::{self, Task},
    ticket::{self, NewTicket, TicketId, work::Work},
};
use schema::{new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::support::{TestApp, history, now};

fn task(name: &str, schedule: &str, module: &str) -> Value {
    Value::map([
        ("TaskName", Value::text(name)),
        ("Schedule", Value::text(schedule)),
        ("Module", Value::text(module)),
        ("Function", Value::text("Execute")),
        ("MaximumParallelInstances", Value::text("1")),
        ("Params", Value::List(Vec::new())),
    ])
}

/// Tasks by name in `scheduler_task`.
async fn waiting(app: &App) -> Vec<String> {
    let query = Query::select()
        .column(t::SchedulerTask::Name)
        .from(t::SchedulerTask::Table)
        .to_owned();
    let mut tx = app.db.read().await.unwrap();
    let rows: Vec<(Option<String>,)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter().filter_map(|(name,)| name).collect()
}

/// Last time, status of the worker.
async fn recurrent(app: &App, name: &str) -> (NaiveDateTime, Option<i16>) {
    let summary = daemon::summary(app).await.unwrap();
    let task = summary.recurrent.into_iter().find(|task| task.name == name);
    let task = task.unwrap();
    assert_eq!(task.task_type, "Cron");
    (task.last_execution_time, task.last_worker_status)
}

#[actix_web::test]
async fn two_daemons_at_once_never_do_a_task_twice() {
    let tasks = Value::map([(
        "Sessions",
        task(
            "Sessions",
            "* * * * *",
            "Kernel::System::Console::Command::Maint::Session::DeleteExpired",
        ),
    )]);
    let app = TestApp::with([("Daemon::SchedulerCronTaskManager::Task", tasks)]).await;
    let (one, other) = (app.app.for_worker(2), app.app.for_worker(2));
    let (named, also) = (Named::default(), Named::default());
    for minute in 0..8 {
        let (first, second) = tokio::join!(
            daemon::cron::plan(&one, &named),
            daemon::cron::plan(&other, &also)
        );
        let added = first.unwrap().len() + second.unwrap().len();
        // A task that is seen for the first time waits for its next time.
        assert_eq!(added, usize::from(minute > 0), "minute {minute}");
        assert_eq!(waiting(&one).await.len(), added);
        let (first, second) = tokio::join!(daemon::run_due(&one), daemon::run_due(&other));
        let (first, second) = (first.unwrap(), second.unwrap());
        assert_eq!(first.succeeded + second.succeeded, added);
        assert_eq!(first.failed + second.failed, 0);
        assert!(waiting(&one).await.is_empty());
        app.app.clock.advance(TimeDelta::minutes(1));
    }
    let (last, status) = recurrent(&one, "Sessions").await;
    assert_eq!((last, status), (now() + TimeDelta::minutes(7), Some(1)));
}

#[actix_web::test]
async fn a_task_that_fails_is_said_so_and_an_unknown_one_is_left_alone() {
    let tasks = Value::map([
        (
            "Fails",
            task(
                "Fails",
                "*/5 * * * *",
                "Kernel::System::Console::Command::Maint::Ticket::UnlockTicket",
            ),
        ),
        (
            "Unknown",
            task("Unknown", "* * * * *", "Kernel::System::Loader"),
        ),
    ]);
    let app = TestApp::with([("Daemon::SchedulerCronTaskManager::Task", tasks)]).await;
    let named = Named::default();
    for _ in 0..2 {
        daemon::round(&app.app, &named).await.unwrap();
        app.app.clock.advance(TimeDelta::minutes(5));
    }
    assert_eq!(recurrent(&app.app, "Fails").await.1, Some(0));
    let summary = daemon::summary(&app.app).await.unwrap();
    assert_eq!((summary.recurrent.len(), summary.waiting.len()), (1, 0));
    let lines = summary.lines(None).join("\n");
    assert!(
        lines.contains("| Fails | 2026-01-23 10:05:00 | Fail "),
        "{lines}"
    );
}

/// A ticket of the queue Raw that was due a minute ago.
async fn due(app: &TestApp, state: i32, lock: i32) -> TicketId {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let new = NewTicket::new("pending", 2, 3, state);
    let ticket = ticket::create(&mut work, new).await.unwrap();
    work.commit().await.unwrap();
    let until = (now() - TimeDelta::minutes(1)).and_utc().timestamp();
    let update = Query::update()
        .table(t::Ticket::Table)
        .value(t::Ticket::TicketLockId, lock)
        .value(t::Ticket::UntilTime, i32::try_from(until).unwrap())
        .and_where(Expr::col(t::Ticket::Id).eq(ticket.id))
        .to_owned();
    let mut tx = app.app.db.begin().await.unwrap();
    tx.execute(&update).await.unwrap();
    tx.commit().await.unwrap();
    ticket.id
}

/// What the history of a ticket got after its creation.
async fn news(app: &TestApp, id: TicketId) -> Vec<String> {
    let mut entries = history(&mut app.app.db.read().await.unwrap(), id).await;
    let own = entries
        .iter()
        .position(|entry| entry.starts_with("StateUpdate"));
    entries.split_off(own.unwrap_or(entries.len()))
}

/// The entries are those that the reference system's `Maint::Ticket::PendingCheck` wrote for such tickets.
#[actix_web::test]
async fn pending_tickets_close_when_their_time_has_come() {
    const REMINDER: i32 = 6;
    const CLOSES: i32 = 7;
    const GIVES_UP: i32 = 8;
    let app = TestApp::start().await;
    let locked = due(&app, CLOSES, 2).await;
    let free = due(&app, GIVES_UP, 1).await;
    let reminder = due(&app, REMINDER, 2).await;

    let named = Named::default();
    daemon::round(&app.app, &named).await.unwrap();
    assert!(news(&app, locked).await.is_empty(), "not yet");
    app.app.clock.advance(TimeDelta::hours(2));
    daemon::round(&app.app, &named).await.unwrap();

    assert_eq!(
        news(&app, locked).await,
        [
            "StateUpdate %%pending auto close+%%closed successful%%",
            "SetPendingTime %%00-00-00 00:00",
            "Unlock %%unlock",
        ]
    );
    assert_eq!(
        news(&app, free).await,
        [
            "StateUpdate %%pending auto close-%%closed unsuccessful%%",
            "SetPendingTime %%00-00-00 00:00",
        ]
    );
    assert!(news(&app, reminder).await.is_empty());
    assert_eq!(recurrent(&app.app, "TicketPendingCheck").await.1, Some(1));
}

/// The reference system's daemon left ten rows of the counter and as many deployments as the setting says.
#[actix_web::test]
async fn old_counters_and_deployments_go() {
    use t::{SysconfigDeployment as D, TicketNumberCounter as C};
    let chore = |module: &str, function: &str| {
        let mut entry = task(function, "* * * * *", module);
        if let Value::Map(entry) = &mut entry {
            entry.insert("Function".to_owned(), Value::text(function));
        }
        entry
    };
    let tasks = Value::map([
        (
            "C",
            chore(
                "Kernel::System::Ticket::Number::AutoIncrement",
                "TicketNumberCounterCleanup",
            ),
        ),
        (
            "D",
            chore("Kernel::System::SysConfig", "ConfigurationDeployCleanup"),
        ),
    ]);
    let app = TestApp::with([
        ("Daemon::SchedulerCronTaskManager::Task", tasks),
        ("SystemConfiguration::MaximumDeployments", Value::text("3")),
    ])
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    for number in 1..=15_i64 {
        let value = tx.long_text("1;");
        let at = now() - TimeDelta::days(1);
        let row = new_row(
            D::Table,
            [
                (D::Comments, "x".into()),
                (D::EffectiveValue, Expr::val(value)),
                (D::CreateTime, at.into()),
                (D::CreateBy, 1.into()),
            ],
        );
        tx.insert(&row).await.unwrap();
        let row = new_row(
            C::Table,
            [
                (C::Counter, number.into()),
                (C::CounterUid, format!("{number:032}").into()),
                (C::CreateTime, at.into()),
            ],
        );
        tx.insert(&row).await.unwrap();
    }
    tx.commit().await.unwrap();
    let named = Named::default();
    for _ in 0..2 {
        daemon::round(&app.app, &named).await.unwrap();
        app.app.clock.advance(TimeDelta::minutes(1));
    }
    let mut tx = app.app.db.read().await.unwrap();
    let counters = Query::select()
        .expr(Expr::col(C::Counter).min())
        .from(C::Table)
        .to_owned();
    assert_eq!(
        tx.fetch_one::<(Option<i64>,)>(&counters).await.unwrap(),
        (Some(6),)
    );
    let deployments = Query::select().column(D::Id).from(D::Table).to_owned();
    let left: Vec<(i32,)> = tx.fetch_all(&deployments).await.unwrap();
    assert_eq!(left.len(), 3);
}

/// Tasks that only the Perl system's daemon can run wait for it; a look of the calendars at a ticket is over when no
/// calendar wants tickets.
#[actix_web::test]
async fn tasks_of_the_perl_system_are_left_to_its_daemon() {
    let app = TestApp::with([(
        "Daemon::SchedulerCronTaskManager::Task",
        Value::map([("x", "")]),
    )])
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    let call = |module: &str, function: &str| {
        Value::map([
            ("Module", Value::text(module)),
            ("Function", Value::text(function)),
        ])
    };
    let look = Value::map([
        ("Object", Value::text("Kernel::System::Calendar")),
        ("Function", Value::text("TicketAppointmentProcessTicket")),
    ]);
    for (name, kind, data) in [
        (
            "loader",
            "Cron",
            call("Kernel::System::Loader", "CacheDelete"),
        ),
        ("calendar", "AsynchronousExecutor", look),
        (
            "other",
            "AsynchronousExecutor",
            Value::map([("Object", "Kernel::System::SysConfig")]),
        ),
        (
            "sessions",
            "Cron",
            call(
                "Kernel::System::Console::Command::Maint::Session::DeleteExpired",
                "Execute",
            ),
        ),
    ] {
        let task = Task {
            name: name.to_owned(),
            kind: kind.to_owned(),
            data,
            attempts: 1,
        };
        scheduler::add(&mut tx, &task, now()).await.unwrap();
    }
    tx.commit().await.unwrap();
    let report = daemon::run_due(&app.app).await.unwrap();
    assert_eq!((report.succeeded, report.failed), (2, 0));
    assert_eq!(waiting(&app.app).await, ["loader", "other"]);
}
