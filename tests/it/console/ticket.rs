//! What the console does to tickets and sessions.

use chrono::TimeDelta;
use otterdesk::{directory::UserId, ticket::work::Work};
use schema::tables as t;

use super::{complaint, run, said};
use crate::support::{TestApp, insert, new_ticket, now};

#[actix_web::test]
async fn tickets_are_unlocked_and_deleted() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "one").await;
    work.commit().await.unwrap();
    let id = ticket.id;
    assert_eq!(
        said(&app, &format!("Maint::Ticket::UnlockTicket {id}")).await,
        format!("Unlocking ticket {id}...\nDone.")
    );
    for (line, expected) in [
        (
            "Maint::Ticket::UnlockTicket abc",
            "Error: please provide a valid value for argument 'ticket-id'.",
        ),
        (
            "Maint::Ticket::UnlockTicket 999999",
            "Error: Could not find ticket 999999.",
        ),
        (
            "Maint::Ticket::Delete",
            "Error: Please provide option --ticket-id or --ticket-number.",
        ),
        (
            "Maint::Ticket::Delete --ticket-id 999999 --ticket-number 123",
            "Error: Unable to find ticket number 123.\nError: Unable to find ticket id 999999.",
        ),
    ] {
        assert_eq!(complaint(&app, line).await, expected);
    }
    let line = format!("Maint::Ticket::Delete --ticket-id 999999 --ticket-id {id}");
    let answer = run(&app, &line).await;
    assert_eq!(
        (answer.code, answer.out),
        (
            0,
            format!("Deleting tickets...\n  {id}\n1 tickets have been deleted.")
        )
    );
    assert_eq!(answer.err, "Error: Unable to find ticket id 999999.");
    for (command, head) in [
        ("PendingCheck", "Process pending tickets..."),
        ("EscalationCheck", "Processing ticket escalation events ..."),
        (
            "UnlockTimeout",
            "Unlocking tickets that are past their unlock timeout...",
        ),
        ("UnlockAll", "Unlocking all tickets..."),
    ] {
        let out = said(&app, &format!("Maint::Ticket::{command}")).await;
        assert_eq!(out, format!("{head}\nDone."));
    }
}

#[actix_web::test]
async fn sessions_that_are_over_are_listed_and_ended() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    for (id, start, last) in [("young", 1, 1), ("idle", 15, 14), ("old", 17, 1)] {
        for (key, hours) in [("UserSessionStart", start), ("UserLastRequest", last)] {
            let at = (now() - TimeDelta::hours(hours)).and_utc().timestamp();
            let row = [
                (t::Sessions::SessionId, id.into()),
                (t::Sessions::DataKey, key.into()),
                (t::Sessions::DataValue, at.to_string().into()),
                (t::Sessions::Serialized, 0_i16.into()),
            ];
            insert(&mut tx, t::Sessions::Table, &row).await;
        }
    }
    tx.commit().await.unwrap();
    assert_eq!(
        said(&app, "Maint::Session::ListExpired").await,
        "Listing expired sessions...\n  old\nListing idle sessions...\n  idle\nDone."
    );
    assert_eq!(
        said(&app, "Maint::Session::DeleteExpired").await,
        "Deleting expired sessions...\n  old\nDeleting idle sessions...\n  idle\nDone."
    );
    assert_eq!(
        said(&app, "Maint::Session::ListAll").await,
        "Listing all sessions...\n  young\nDone."
    );
    said(&app, "Maint::Session::DeleteAll").await;
    assert_eq!(
        said(&app, "Maint::Session::ListAll").await,
        "Listing all sessions...\nDone."
    );
}

#[actix_web::test]
async fn settings_are_shown_and_the_database_is_asked() {
    let app = TestApp::start().await;
    assert_eq!(said(&app, "Maint::Config::Dump SystemID").await, "10");
    assert_eq!(
        said(&app, "Admin::Config::Read --setting-name SystemID").await,
        "Gathering setting value...\n\nSetting: SystemID\n10\n\nDone."
    );
    assert_eq!(
        complaint(&app, "Maint::Config::Dump Nope").await,
        "Error: The config setting Nope could not be found."
    );
    let unknown = run(&app, "Admin::Config::Read --setting-name Nope").await;
    assert_eq!(
        (unknown.code, unknown.out.as_str()),
        (1, "Gathering setting value...\nFail.")
    );
    let check = said(&app, "Maint::Database::Check").await;
    assert!(check.ends_with("Connection successful."), "{check}");
}

#[actix_web::test]
async fn articles_are_marked_and_indexed_again() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    for title in ["one", "two", "three"] {
        new_ticket(&mut work, title).await;
    }
    work.commit().await.unwrap();
    let status = "Maint::Ticket::FulltextIndex --status";
    assert_eq!(
        said(&app, "Maint::Ticket::FulltextIndex --rebuild").await,
        "Marking all articles for reindexing...\nDone."
    );
    assert_eq!(said(&app, status).await, "Indexed Articles: 0.0% (0/4)");
    let worker = "Maint::Ticket::FulltextIndexRebuildWorker --children 4 --limit";
    assert_eq!(said(&app, &format!("{worker} 2")).await, "Done.");
    assert_eq!(said(&app, status).await, "Indexed Articles: 50.0% (2/4)");
    said(&app, &format!("{worker} 20000")).await;
    assert_eq!(said(&app, status).await, "Indexed Articles: 100.0% (4/4)");
    for (line, expected) in [
        (
            "Maint::Ticket::FulltextIndex",
            "Error: Either --status or --rebuild must be given!",
        ),
        (
            "Maint::Ticket::FulltextIndexRebuildWorker --children 21",
            "Error: The allowed maximum amount of child processes is 20!",
        ),
    ] {
        assert_eq!(complaint(&app, line).await, expected);
    }
}
