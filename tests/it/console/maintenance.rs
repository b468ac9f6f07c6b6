//! Commands that clean up, compute anew and export. What is expected here the reference system's console did.

use chrono::TimeDelta;
use compat::Value;
use otterdesk::{
    directory::{Agent, UserId},
    ticket::{self, Ticket, change, flag, watcher, work::Work},
};
use schema::{Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Iden, Query};

use super::{complaint, run, said};
use crate::support::{TestApp, insert, new_ticket, now};

/// How many rows a table has.
async fn count(app: &TestApp, table: impl Iden + Copy + 'static) -> i64 {
    let query = Query::select()
        .expr(Expr::cust("COUNT(*)"))
        .from(table)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let (count,): (i64,) = tx.fetch_one(&query).await.unwrap();
    count
}

async fn communication(tx: &mut Tx, status: &str, hours: i64) {
    use t::{CommunicationLog as L, CommunicationLogObject as O, CommunicationLogObjectEntry as E};
    let at = now() - TimeDelta::hours(hours);
    let log = new_row(
        L::Table,
        [
            (L::Transport, "Email".into()),
            (L::Direction, "Incoming".into()),
            (L::Status, status.into()),
            (L::StartTime, at.into()),
        ],
    );
    let log = tx.insert(&log).await.unwrap();
    let object = new_row(
        O::Table,
        [
            (O::CommunicationId, log.into()),
            (O::ObjectType, "Message".into()),
            (O::Status, status.into()),
            (O::StartTime, at.into()),
        ],
    );
    let object = tx.insert(&object).await.unwrap();
    let entry = new_row(
        E::Table,
        [
            (E::CommunicationLogObjectId, object.into()),
            (E::LogKey, "key".into()),
            (E::LogValue, "value".into()),
            (E::Priority, "Info".into()),
            (E::CreateTime, at.into()),
        ],
    );
    tx.insert(&entry).await.unwrap();
}

#[actix_web::test]
async fn old_communications_leave_the_log() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    for (status, hours) in [
        ("Successful", 200),
        ("Processing", 200),
        ("Failed", 200),
        ("Processing", 800),
        ("Failed", 800),
        ("Successful", 1),
    ] {
        communication(&mut tx, status, hours).await;
    }
    tx.commit().await.unwrap();
    let command = "Maint::Log::CommunicationLog";
    assert_eq!(
        said(&app, &format!("{command} --purge")).await,
        "Going to delete all communications older than '2026-01-16 10:00:00' with status 'Successful'!\n\
         Going to delete all communications older than '2025-12-23 10:00:00'!\n\nDone."
    );
    assert_eq!(count(&app, t::CommunicationLog::Table).await, 3);
    assert_eq!(
        said(&app, &format!("{command} --delete-by-hours-old 100")).await,
        "Going to delete all communications older than '2026-01-19 06:00:00' except the ones with Status 'Processing'!\n\nDone."
    );
    assert_eq!(count(&app, t::CommunicationLog::Table).await, 2);
    said(&app, &format!("{command} --delete-by-date 2026-01-23")).await;
    assert_eq!(count(&app, t::CommunicationLog::Table).await, 1);
    assert_eq!(
        said(&app, &format!("{command} --delete-by-id 2")).await,
        "Going to delete communication with ID '2' except if isn't processing!\n\nDone."
    );
    assert_eq!(count(&app, t::CommunicationLog::Table).await, 1);
    said(&app, &format!("{command} --delete-by-id 2 --force-delete")).await;
    assert_eq!(count(&app, t::CommunicationLogObjectEntry::Table).await, 0);
    for (line, expected) in [
        (
            "",
            "Error: Either --purge, --delete-by-id, --delete-by-date or --delete-by-days-old must be given!",
        ),
        (
            "--purge --delete-by-id 1",
            "Error: Only one type of action allowed per execution!",
        ),
        (
            "--delete-by-date abc",
            "Error: please provide a valid value for option '--delete-by-date'.",
        ),
        (
            "--delete-by-hours-old x",
            "Error: please provide a valid value for option '--delete-by-hours-old'.",
        ),
    ] {
        assert_eq!(
            complaint(&app, &format!("{command} {line}")).await,
            expected
        );
    }
}

#[actix_web::test]
async fn uploads_drafts_and_the_debug_log_get_old() {
    let app = TestApp::start().await;
    let service = app.web_service("Echo", "---\nDescription: none\n").await;
    let mut tx = app.app.db.begin().await.unwrap();
    let content = tx.blob(b"x");
    for (form, seconds) in [("young", 86_000), ("old", 87_000)] {
        use t::WebUploadCache as U;
        let at = now().and_utc().timestamp() - seconds;
        let row = [
            (U::FormId, form.into()),
            (U::Content, Expr::val(content.clone())),
            (U::CreateTimeUnix, at.into()),
        ];
        insert(&mut tx, U::Table, &row).await;
    }
    for (kind, minutes) in [("Ticket", 10_000), ("Ticket", 10_100), ("Other", 1)] {
        use t::FormDraft as D;
        let at = now() - TimeDelta::minutes(minutes);
        let row = [
            (D::ObjectType, kind.into()),
            (D::ObjectId, 1.into()),
            (D::Action, "x".into()),
            (D::Content, Expr::val(content.clone())),
            (D::CreateTime, now().into()),
            (D::CreateBy, 1.into()),
            (D::ChangeTime, at.into()),
            (D::ChangeBy, 1.into()),
        ];
        insert(&mut tx, D::Table, &row).await;
    }
    for (id, days) in [("a", 13), ("b", 15)] {
        use t::GiDebuggerEntry as G;
        let row = [
            (G::CommunicationId, id.into()),
            (G::CommunicationType, "Provider".into()),
            (G::WebserviceId, i32::try_from(service).unwrap().into()),
            (G::CreateTime, (now() - TimeDelta::days(days)).into()),
        ];
        insert(&mut tx, G::Table, &row).await;
    }
    tx.commit().await.unwrap();

    said(&app, "Maint::WebUploadCache::Cleanup").await;
    assert_eq!(count(&app, t::WebUploadCache::Table).await, 1);
    said(
        &app,
        "Maint::FormDraft::Delete --object-type Ticket --expired",
    )
    .await;
    assert_eq!(count(&app, t::FormDraft::Table).await, 2);
    // What has no time of its own is over at once.
    said(
        &app,
        "Maint::FormDraft::Delete --object-type Other --expired",
    )
    .await;
    assert_eq!(count(&app, t::FormDraft::Table).await, 1);
    said(&app, "Maint::FormDraft::Delete --object-type Ticket").await;
    assert_eq!(count(&app, t::FormDraft::Table).await, 0);
    let clean = "Maint::GenericInterface::DebugLog::Cleanup --created-before-days";
    assert_eq!(
        complaint(&app, &format!("{clean} 0")).await,
        "Error: created-before-days must be greater than 0"
    );
    said(&app, &format!("{clean} 14")).await;
    assert_eq!(count(&app, t::GiDebuggerEntry::Table).await, 1);
}

#[actix_web::test]
async fn a_ticket_is_shown_with_its_articles() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, article) = new_ticket(&mut work, "one").await;
    work.commit().await.unwrap();
    let line = "=".repeat(69);
    let thin = "-".repeat(69);
    let head = format!(
        "{line}\nTicketNumber:        {}\nTicketID:            {}\nTitle:               one\n\
         Created:             2026-01-23 10:00:00\nQueue:               Raw\nState:               open\n\
         Priority:            3 normal\nLock:                unlock\n{thin}",
        ticket.number, ticket.id
    );
    let dump = format!("Maint::Ticket::Dump {}", ticket.id);
    assert_eq!(
        said(&app, &dump).await,
        format!(
            "{head}\nArticleID:           {}\nCreateTime:          2026-01-23 10:00:00\n\
             SenderType:          agent\nChannel:             Internal\nSubject:             Printer\n{thin}\n\
             It is on fire\n{thin}",
            article.0
        )
    );
    assert_eq!(said(&app, &format!("{dump} --article-limit 0")).await, head);
    assert_eq!(
        complaint(&app, "Maint::Ticket::Dump 999999").await,
        "No such TicketID (999999)!\nError: Could not find ticket."
    );
}

async fn read(app: &TestApp, ticket: &Ticket) -> Ticket {
    let mut tx = app.app.db.read().await.unwrap();
    let found = ticket::list(&mut tx, &app.app.recent, &[ticket.id]).await;
    found.unwrap().remove(0)
}

#[actix_web::test]
async fn the_archive_is_cleaned_and_emptied() {
    let app = TestApp::with([
        ("Ticket::ArchiveSystem", Value::text("1")),
        ("Ticket::Watcher", Value::text("1")),
    ])
    .await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut one, _) = new_ticket(&mut work, "one").await;
    change::archive(&mut work, &mut one).await.unwrap();
    let agent = otterdesk::directory::agent(&mut work.tx, UserId::SYSTEM).await;
    let agent: Agent = agent.unwrap().unwrap();
    flag::set(&mut work, &mut one, agent.id, "Seen", "1")
        .await
        .unwrap();
    watcher::subscribe(&mut work, &mut one, &agent)
        .await
        .unwrap();
    work.commit().await.unwrap();
    assert_eq!(
        said(&app, "Maint::Ticket::ArchiveCleanup").await,
        format!(
            "Cleaning up ticket archive...\nChecking for archived tickets with seen flags...\n    \
             Removing seen flags of ticket {id}\nDone (changed 1 tickets).\n\
             Checking for archived articles with seen flags...\nDone (changed 0 articles).\n\
             Checking for archived tickets with ticket watcher entries...\n    \
             Removing ticket watcher entries of ticket {id}\nDone (changed 1 tickets).\nDone.",
            id = one.id
        )
    );
    assert_eq!(count(&app, t::TicketWatcher::Table).await, 0);
    assert_eq!(
        said(&app, "Maint::Ticket::RestoreFromArchive").await,
        "Restoring tickets from ticket archive...\nDone (1 tickets restored)."
    );
    assert!(!read(&app, &one).await.archived);
    let without = TestApp::start().await;
    assert_eq!(
        complaint(&without, "Maint::Ticket::ArchiveCleanup").await,
        "Error: Ticket::ArchiveSystem is not enabled!"
    );
}

#[actix_web::test]
async fn what_agents_hold_that_are_gone_is_free_again() {
    let app = TestApp::start().await;
    said(
        &app,
        "Admin::User::Add --user-name hugo --first-name H --last-name G --email-address hugo@acme.test",
    )
    .await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let hugo = otterdesk::directory::agent_by_login(&mut work.tx, "hugo").await;
    let hugo = hugo.unwrap().unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "one").await;
    change::owner(&mut work, &mut ticket, hugo.id)
        .await
        .unwrap();
    change::lock(&mut work, &mut ticket, 2).await.unwrap();
    flag::set(&mut work, &mut ticket, hugo.id, "Seen", "1")
        .await
        .unwrap();
    let gone = Query::update()
        .table(t::Users::Table)
        .value(t::Users::ValidId, 2)
        .value(t::Users::ChangeTime, now() - TimeDelta::days(40))
        .and_where(Expr::col(t::Users::Id).eq(hugo.id.0))
        .to_owned();
    work.tx.execute_one(&gone).await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(
        said(&app, "Maint::Ticket::InvalidUserCleanup").await,
        "Starting invalid user cleanup...\n  Lock Cleanup for 1 users starting...\n  \
         Done (unlocked 1 and changed state of 0 tickets).\n  Flag Cleanup for 1 users starting...\n    \
         Checking for tickets with seen flags for user hugo...\n    \
         Done (changed 1 tickets for user hugo).\n    \
         Checking for articles with seen flags for user hugo...\n    \
         Done (changed 0 articles for user hugo).\n  Done.\nDone."
    );
    let ticket = read(&app, &ticket).await;
    assert_eq!(
        (ticket.lock.name.as_str(), ticket.changed_by),
        ("unlock", hugo.id)
    );
}

#[actix_web::test]
async fn the_indexes_are_computed_anew() {
    let app = TestApp::with([(
        "Ticket::IndexModule",
        Value::text("Kernel::System::Ticket::IndexAccelerator::StaticDB"),
    )])
    .await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    new_ticket(&mut work, "one").await;
    work.commit().await.unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    let empty = Query::delete().from_table(t::TicketIndex::Table).to_owned();
    tx.execute(&empty).await.unwrap();
    tx.commit().await.unwrap();
    assert_eq!(
        said(&app, "Maint::Ticket::QueueIndexRebuild").await,
        "Rebuilding ticket index...\nDone."
    );
    // The welcome ticket and the new one.
    assert_eq!(count(&app, t::TicketIndex::Table).await, 2);
    said(&app, "Maint::Ticket::EscalationIndexRebuild").await;
    let answer = run(&app, "Maint::Ticket::QueueIndexCleanup").await;
    assert_eq!(answer.code, 1);
    assert_eq!(count(&app, t::TicketIndex::Table).await, 2);
}

#[actix_web::test]
async fn filters_and_fields_are_exported_and_imported() {
    let app = TestApp::start().await;
    let export = "Admin::PostMasterFilter::Export";
    assert_eq!(said(&app, &format!("{export} YAML")).await, "--- []");
    assert_eq!(said(&app, &format!("{export} perl")).await, "$VAR1 = [];");
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("filters");
    let filters = "---\n- Match:\n  - Key: From\n    Value: a@b\n  Name: f1\n  Not:\n  - Key: From\n    Value: 1\n  \
                   Set:\n  - Key: X-OTRS-Queue\n    Value: Raw\n  StopAfterMatch: 1\n";
    std::fs::write(&path, filters).unwrap();
    let words = |path: &str| {
        [
            "Admin::PostMasterFilter::Import".to_owned(),
            path.to_owned(),
        ]
    };
    let answer = super::run_words(&app, &words(path.to_str().unwrap())).await;
    assert_eq!((answer.code, answer.out.as_str()), (0, "Done."));
    assert_eq!(
        said(&app, &format!("{export} YAML")).await,
        filters.trim_end()
    );
    let answer = super::run_words(&app, &words("/nowhere")).await;
    assert_eq!(
        answer.err,
        "Error: Error importing PostMaster filter from file /nowhere"
    );
    let fields = said(
        &app,
        "Admin::DynamicField::Export YAML --include-internal-fields",
    )
    .await;
    assert!(
        fields.contains("  FieldType: ProcessID\n  Label: Process\n"),
        "{fields}"
    );
    assert_eq!(
        complaint(&app, "Admin::DynamicField::Export x").await,
        "Error: please provide a valid value for argument 'format'."
    );
}

#[actix_web::test]
async fn the_parts_of_the_daemon_are_shown() {
    let app = TestApp::start().await;
    assert_eq!(
        said(&app, "Maint::Daemon::List").await,
        "Listing system daemons...\n  SchedulerCronTaskManager\n  SchedulerFutureTaskManager\n  \
         SchedulerGenericAgentTaskManager\n  SchedulerTaskWorker\n  SystemConfigurationSyncManager\nDone."
    );
    assert_eq!(
        said(&app, "Maint::Daemon::Summary SchedulerTaskWorker").await,
        "\nGathering summary for 'SchedulerTaskWorker'...\n\n  Unhandled Worker Tasks:\n    \
         There are currently no tasks waiting to be executed.\n\n  Handled Worker Tasks:\n    \
         There are currently no tasks being executed.\n\nDone."
    );
    let wrong = complaint(&app, "Maint::Daemon::Summary Nope").await;
    assert_eq!(wrong, "Error: Daemon Nope configuration is invalid");
    assert!(
        said(&app, "List")
            .await
            .contains(" Maint::PostMaster::MailAccountFetch ")
    );
    // Mail accounts are fetched by the daemon too.
    said(&app, "Maint::PostMaster::MailAccountFetch").await;
}
