//! Jobs of the generic agent. What is expected here the reference system wrote for the same jobs.

use chrono::TimeDelta;
use compat::Value;
use otterdesk::{
    daemon::{self, cron::Named},
    directory::UserId,
    generic_agent::{self, Job},
    outbox::{self, Outbox, runner},
    ticket::{self, Ticket, TicketId, article, change, work::Work},
};
use proptest::prelude::*;
use schema::{Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::support::{TestApp, history, new_ticket, now};

async fn ticket(app: &TestApp, title: &str) -> TicketId {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, title).await;
    work.commit().await.unwrap();
    ticket.id
}

async fn read(app: &TestApp, id: TicketId) -> Option<Ticket> {
    let mut tx = app.app.db.read().await.unwrap();
    let mut found = ticket::list(&mut tx, &app.app.recent, &[id]).await.unwrap();
    found.pop()
}

fn job(values: &[(&str, &str)]) -> Job {
    let values = values
        .iter()
        .map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    Job::new("job one", values)
}

/// Puts a job into the table.
async fn keep(app: &TestApp, values: &[(&str, &str)]) {
    use t::GenericAgentJobs as J;
    let mut tx = app.app.db.begin().await.unwrap();
    for (key, value) in values {
        let row = new_row(
            J::Table,
            [
                (J::JobName, "job one".into()),
                (J::JobKey, (*key).into()),
                (J::JobValue, (*value).into()),
            ],
        );
        tx.execute_one(&row).await.unwrap();
    }
    tx.commit().await.unwrap();
}

/// Histories from this entry on.
async fn since(tx: &mut Tx, id: TicketId, count: usize) -> Vec<String> {
    history(tx, id).await.into_iter().skip(count).collect()
}

#[actix_web::test]
async fn a_job_changes_what_it_finds_in_the_order_of_the_reference_system() {
    let app = TestApp::with([("Ticket::Responsible", Value::text("1"))]).await;
    let (one, other) = (
        ticket(&app, "the gajob one").await,
        ticket(&app, "another").await,
    );
    let mut tx = app.app.db.read().await.unwrap();
    let before = history(&mut tx, one).await.len();
    drop(tx);
    let job = job(&[
        ("Title", "*gajob*"),
        ("StateIDs", "4"),
        ("StateIDs", "1"),
        ("CloseTimeSearchType", ""),
        ("NewStateID", "6"),
        ("NewPendingTime", "3"),
        ("NewPendingTimeType", "3600"),
        ("NewQueueID", "3"),
        ("NewPriorityID", "4"),
        ("NewLockID", "2"),
        ("NewCustomerID", "cid"),
        ("NewCustomerUserLogin", "cul"),
        ("NewTitle", "new"),
        ("NewNoteFrom", "From <f@x.example>"),
        ("NewNoteSubject", "Sub <OTRS_TICKET_TicketNumber>"),
        ("NewNoteBody", "Body <OTRS_TICKET_Title>"),
        ("NewNoteIsVisibleForCustomer", "1"),
        ("NewNoteTimeUnits", "5"),
        ("NewSendNoNotification", "1"),
        ("NewDelete", "0"),
        ("SearchInArchive", "AllTickets"),
    ]);
    assert_eq!(generic_agent::run(&app.app, &job, None).await.unwrap(), 1);
    let mut tx = app.app.db.read().await.unwrap();
    assert_eq!(
        since(&mut tx, one, before).await,
        [
            "Move %%Junk%%3%%Raw%%2",
            "AddNote Generic Agent note added.",
            "TimeAccounting %%5%%5",
            "StateUpdate %%open%%pending reminder%%",
            "SetPendingTime %%2026-01-23 13:00",
            "CustomerUpdate %%CustomerID=cid;CustomerUser=cul;",
            "TitleUpdate %%the gajob one%%new",
            "PriorityUpdate %%3 normal%%3%%4 high%%4",
            "Lock %%lock",
        ]
    );
    let articles = article::list(&mut tx, &app.app.recent, &[one])
        .await
        .unwrap();
    let article::Content::Mime(mime) = &articles[&one].last().unwrap().content else {
        panic!("a note is no chat");
    };
    let number = read(&app, one).await.unwrap().number;
    assert_eq!(
        mime.subject,
        Some(format!("[Ticket#{number}] Sub {number}"))
    );
    assert_eq!(mime.body.as_deref(), Some("Body the gajob one"));
    assert_eq!(read(&app, other).await.unwrap().queue.id, 2);
}

#[actix_web::test]
async fn times_and_deletion() {
    let app = TestApp::start().await;
    let old = ticket(&app, "old").await;
    app.app.clock.advance(TimeDelta::hours(3));
    let young = ticket(&app, "young").await;
    let before = [
        ("TimeSearchType", "TimePoint"),
        ("TicketCreateTimePointStart", "Before"),
        ("TicketCreateTimePoint", "2"),
        ("TicketCreateTimePointFormat", "hour"),
        ("QueueIDs", "2"),
        ("Title", "old||young"),
        ("NewDelete", "1"),
    ];
    assert_eq!(
        generic_agent::run(&app.app, &job(&before), None)
            .await
            .unwrap(),
        1
    );
    assert!(read(&app, old).await.is_none());
    let slot = [
        ("TimeSearchType", "TimeSlot"),
        ("TicketCreateTimeStartYear", "2026"),
        ("TicketCreateTimeStartMonth", "1"),
        ("TicketCreateTimeStartDay", "23"),
        ("TicketCreateTimeStopYear", "2026"),
        ("TicketCreateTimeStopMonth", "1"),
        ("TicketCreateTimeStopDay", "23"),
        ("Title", "young"),
        ("NewStateID", "2"),
    ];
    assert_eq!(
        generic_agent::run(&app.app, &job(&slot), None)
            .await
            .unwrap(),
        1
    );
    assert_eq!(read(&app, young).await.unwrap().state_type, "closed");
}

#[actix_web::test]
async fn a_job_that_is_not_understood_does_nothing() {
    let app = TestApp::start().await;
    let id = ticket(&app, "one").await;
    for (key, value, reason) in [
        (
            "NewModule",
            "Kernel::System::GenericAgent::X",
            "there is no module `Kernel::System::GenericAgent::X` here",
        ),
        (
            "NewCMD",
            "/bin/true",
            "programs are not run here: `/bin/true`",
        ),
        ("NewFoo", "1", "`NewFoo` is nothing that a job does here"),
        ("Foo", "1", "`Foo` is nothing that a job may say here"),
        ("StateIDs", "open", "`StateIDs` are numbers"),
        (
            "TimeSearchType",
            "TimePoint",
            "`TimeSearchType` is not complete",
        ),
        ("DynamicField_Nope", "1", "there is no dynamic field `Nope`"),
        (
            "Search_DynamicField_Nope",
            "1",
            "`Search_DynamicField_Nope` names no dynamic field that can be looked for",
        ),
    ] {
        let refused = generic_agent::run(
            &app.app,
            &job(&[("Title", "one"), ("NewStateID", "2"), (key, value)]),
            None,
        )
        .await;
        assert_eq!(
            refused.unwrap_err().to_string(),
            format!("job `job one` is not run: {reason}")
        );
        assert_eq!(read(&app, id).await.unwrap().state_type, "open", "{key}");
    }
}

#[actix_web::test]
async fn two_daemons_run_a_job_at_its_times_once() {
    let app = TestApp::with([(
        "Daemon::SchedulerCronTaskManager::Task",
        Value::map([("x", "")]),
    )])
    .await;
    let id = ticket(&app, "one").await;
    keep(
        &app,
        &[
            ("Valid", "1"),
            ("ScheduleDays", "5"),
            ("ScheduleHours", "10"),
            ("ScheduleMinutes", "0"),
            ("ScheduleMinutes", "10"),
            ("Title", "one"),
            ("NewNoteBody", "again"),
        ],
    )
    .await;
    let (one, other) = (app.app.for_worker(2), app.app.for_worker(2));
    let (named, also) = (Named::default(), Named::default());
    let mut done = Vec::new();
    for _ in 0..5 {
        let (first, second) =
            tokio::join!(daemon::round(&one, &named), daemon::round(&other, &also));
        done.push(first.unwrap().succeeded + second.unwrap().succeeded);
        app.app.clock.advance(TimeDelta::minutes(5));
    }
    // At ten o'clock it was seen for the first time. The creation and the note make the calendars look at the ticket, the
    // latter in the same round when one daemon looks while the other works.
    assert!(
        matches!(done[..], [1, 0, 1, 1, 0] | [1, 0, 2, 0, 0]),
        "{done:?}"
    );
    let mut tx = app.app.db.read().await.unwrap();
    let notes = history(&mut tx, id).await;
    let notes = notes.iter().filter(|entry| entry.ends_with("note added."));
    assert_eq!(notes.count(), 1);
    let job = generic_agent::find(&mut tx, "job one")
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        job.data().get("ScheduleLastRun"),
        Some(&Value::text("2026-01-23 10:10:00"))
    );
    let summary = daemon::summary(&app.app).await.unwrap();
    let task = &summary.recurrent[0];
    assert_eq!(
        (task.task_type.as_str(), task.last_worker_status),
        ("GenericAgent", Some(1))
    );
    assert_eq!(task.last_execution_time, now() + TimeDelta::minutes(10));
    let line = "| job one | 2026-01-23 10:10:00 | Success     | < 1 Second    |";
    assert!(summary.lines(None).join("\n").contains(line), "{summary:?}");
    drop(tx);
    let mut tx = app.app.db.begin().await.unwrap();
    let delete = Query::delete()
        .from_table(t::GenericAgentJobs::Table)
        .to_owned();
    tx.execute(&delete).await.unwrap();
    tx.commit().await.unwrap();
    let summary = daemon::summary(&app.app).await.unwrap();
    assert!(!summary.lines(None).join("\n").contains("job one"));
}

#[actix_web::test]
async fn events_start_jobs_and_jobs_start_none() {
    let test = TestApp::start().await;
    let mut app = test.app.get_ref().clone();
    app.outbox = Outbox::new(outbox::consumers());
    app.ensure_own_tables().await.unwrap();
    keep(
        &test,
        &[
            ("Valid", "1"),
            ("EventValues", "TicketPriorityUpdate"),
            ("EventValues", "TicketStateUpdate"),
            ("PriorityIDs", "5"),
            ("NewStateID", "2"),
            ("NewNoteBody", "closed by a job"),
        ],
    )
    .await;
    let (one, other) = (ticket(&test, "one").await, ticket(&test, "other").await);
    for (id, priority) in [(one, 5), (other, 4)] {
        let mut work = Work::begin(&app, UserId::SYSTEM).await.unwrap();
        let mut ticket = read(&test, id).await.unwrap();
        change::priority(&mut work, &mut ticket, priority)
            .await
            .unwrap();
        work.commit().await.unwrap();
    }
    runner::run_due(&app).await.unwrap();
    assert_eq!(read(&test, one).await.unwrap().state_type, "closed");
    assert_eq!(read(&test, other).await.unwrap().state_type, "open");
    let waiting = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(t::GenericAgentJobs::Table)
        .and_where(Expr::col(t::GenericAgentJobs::JobKey).like("ScheduleLast%"))
        .to_owned();
    let (count,): (i64,) = app
        .db
        .read()
        .await
        .unwrap()
        .fetch_one(&waiting)
        .await
        .unwrap();
    assert_eq!(count, 2, "one run, told in two rows");
}

proptest! {
    /// Whatever stands in the table, a job survives the way through a task, and looking at it never fails.
    #[test]
    fn any_rows_are_a_job(rows in prop::collection::vec(("[A-Za-z_]{0,24}", "\\PC{0,20}"), 0..20)) {
        let job = Job::new("any", rows.into_iter().filter(|(key, _)| key != "Name"));
        prop_assert_eq!(Job::of_data(&job.data()), Some(job.clone()));
        let _ = (job.schedule(), job.events(), job.is_valid());
    }

    /// Whatever somebody types, a command line is read, and a wrong one is told of instead of run.
    #[test]
    fn any_command_line_ends_with_a_code(words in prop::collection::vec("\\PC{0,12}|--[a-z-]{0,12}(=.{0,5})?|Maint::Ticket::Dump|Help", 0..6)) {
        use otterdesk::{app::StartError, console::{self, Output, Program}};
        let program = Program { name: "console".to_owned() };
        let mut out = Output::keeping();
        let without = async || Err(StartError::NoDatabase);
        let code = futures_util::FutureExt::now_or_never(console::run(&program, &words, &mut out, without));
        prop_assert!(matches!(code, Some(0 | 1 | 127)), "{:?}", code);
        let (said, complained) = out.kept();
        prop_assert!(code != Some(1) || !complained.is_empty(), "{said}");
    }
}
