//! The rows of the communication log.

use chrono::TimeDelta;
use otterdesk::mail::communication_log::{
    Account, CommunicationLog, Direction, ObjectKind, Priority, Status, Target,
};
use schema::{Tx, tables as t};
use sea_query::{Order, Query};

use crate::support::{TestApp, now};

/// Everything in the four tables, a line for each row, without fingerprints.
async fn rows(tx: &mut Tx) -> Vec<String> {
    type Log = (
        i64,
        String,
        String,
        String,
        Option<String>,
        Option<String>,
        bool,
    );
    let mut lines = Vec::new();
    let logs = Query::select()
        .columns([
            t::CommunicationLog::Id,
            t::CommunicationLog::Transport,
            t::CommunicationLog::Direction,
            t::CommunicationLog::Status,
            t::CommunicationLog::AccountType,
            t::CommunicationLog::AccountId,
        ])
        .expr(sea_query::ExprTrait::is_not_null(sea_query::Expr::col(
            t::CommunicationLog::EndTime,
        )))
        .from(t::CommunicationLog::Table)
        .order_by(t::CommunicationLog::Id, Order::Asc)
        .to_owned();
    for row in tx.fetch_all::<Log>(&logs).await.unwrap() {
        lines.push(format!("{row:?}"));
    }
    let objects = Query::select()
        .columns([
            t::CommunicationLogObject::Id,
            t::CommunicationLogObject::CommunicationId,
        ])
        .columns([
            t::CommunicationLogObject::ObjectType,
            t::CommunicationLogObject::Status,
        ])
        .from(t::CommunicationLogObject::Table)
        .order_by(t::CommunicationLogObject::Id, Order::Asc)
        .to_owned();
    for row in tx
        .fetch_all::<(i64, i64, String, String)>(&objects)
        .await
        .unwrap()
    {
        lines.push(format!("object {row:?}"));
    }
    let entries = Query::select()
        .columns([
            t::CommunicationLogObjectEntry::CommunicationLogObjectId,
            t::CommunicationLogObjectEntry::Priority,
            t::CommunicationLogObjectEntry::LogKey,
            t::CommunicationLogObjectEntry::LogValue,
        ])
        .from(t::CommunicationLogObjectEntry::Table)
        .order_by(t::CommunicationLogObjectEntry::Id, Order::Asc)
        .to_owned();
    for row in tx
        .fetch_all::<(i64, String, String, String)>(&entries)
        .await
        .unwrap()
    {
        lines.push(format!("entry {row:?}"));
    }
    let lookups = Query::select()
        .columns([
            t::CommunicationLogObjLookup::CommunicationLogObjectId,
            t::CommunicationLogObjLookup::ObjectId,
        ])
        .column(t::CommunicationLogObjLookup::ObjectType)
        .from(t::CommunicationLogObjLookup::Table)
        .order_by(t::CommunicationLogObjLookup::Id, Order::Asc)
        .to_owned();
    for row in tx.fetch_all::<(i64, i64, String)>(&lookups).await.unwrap() {
        lines.push(format!("lookup {row:?}"));
    }
    lines
}

#[actix_web::test]
async fn a_message_from_a_pipe_is_a_communication_with_two_objects() {
    let test = TestApp::start().await;
    let account = Account {
        kind: "STDIN".to_owned(),
        id: None,
    };
    let mut log = CommunicationLog::new(Direction::Incoming, Some(account), now());
    log.start(ObjectKind::Connection, now());
    log.entry(
        ObjectKind::Connection,
        Priority::Debug,
        "Read",
        "reads",
        now(),
    );
    log.start(ObjectKind::Message, now());
    log.entry(
        ObjectKind::Message,
        Priority::Info,
        "NewTicket",
        "it's\0new 🔥",
        now(),
    );
    log.entry(
        ObjectKind::Connection,
        Priority::Debug,
        "Read",
        "closes",
        now(),
    );
    log.lookup(ObjectKind::Message, Target::Article, 7, now());
    log.stop(ObjectKind::Message, Status::Successful, now());
    log.finish(Status::Failed, now());
    log.write(&test.app.db).await.unwrap();

    let mut tx = test.app.db.read().await.unwrap();
    let lines = rows(&mut tx).await;
    assert_eq!(
        lines[..5],
        [
            "(1, \"Email\", \"Incoming\", \"Failed\", Some(\"STDIN\"), None, true)",
            "object (1, 1, \"Connection\", \"Failed\")",
            "object (2, 1, \"Message\", \"Successful\")",
            "entry (1, \"Debug\", \"Read\", \"reads\")",
            lines[4].as_str(),
        ]
    );
    assert!(lines[4].starts_with("entry (2, \"Info\", \"NewTicket\", \"it's"));
    assert_eq!(
        lines[5..],
        [
            "entry (1, \"Debug\", \"Read\", \"closes\")",
            "lookup (2, 7, \"Article\")",
        ]
    );
}

#[actix_web::test]
async fn an_outgoing_message_is_gone_on_with_when_it_is_sent() {
    let test = TestApp::start().await;
    let account = Account {
        kind: "SMTP".to_owned(),
        id: None,
    };
    let mut log = CommunicationLog::new(Direction::Outgoing, Some(account), now());
    log.entry(
        ObjectKind::Message,
        Priority::Info,
        "Email",
        "queued",
        now(),
    );
    log.lookup(ObjectKind::Message, Target::MailQueueItem, 3, now());
    log.write(&test.app.db).await.unwrap();
    assert!(!log.is_finished());

    let later = now() + TimeDelta::minutes(1);
    let mut tx = test.app.db.begin().await.unwrap();
    let nothing = CommunicationLog::find(&mut tx, Target::MailQueueItem, 4)
        .await
        .unwrap();
    assert_eq!(nothing, None);
    let mut log = CommunicationLog::find(&mut tx, Target::MailQueueItem, 3)
        .await
        .unwrap()
        .unwrap();
    log.entry(
        ObjectKind::Message,
        Priority::Info,
        "Email",
        "sending",
        later,
    );
    log.start(ObjectKind::Connection, later);
    log.entry(
        ObjectKind::Connection,
        Priority::Debug,
        "SMTP",
        "connected",
        later,
    );
    log.finish(Status::Successful, later);
    log.write_in(&mut tx).await.unwrap();
    tx.commit().await.unwrap();

    let mut tx = test.app.db.read().await.unwrap();
    assert_eq!(
        rows(&mut tx).await,
        [
            "(1, \"Email\", \"Outgoing\", \"Successful\", Some(\"SMTP\"), None, true)",
            "object (1, 1, \"Message\", \"Successful\")",
            "object (2, 1, \"Connection\", \"Successful\")",
            "entry (1, \"Info\", \"Email\", \"queued\")",
            "entry (1, \"Info\", \"Email\", \"sending\")",
            "entry (2, \"Debug\", \"SMTP\", \"connected\")",
            "lookup (1, 3, \"MailQueueItem\")",
        ]
    );
}

#[actix_web::test]
async fn more_entries_than_one_statement_takes_are_all_written() {
    let test = TestApp::start().await;
    let mut log = CommunicationLog::new(Direction::Incoming, None, now());
    for number in 0..1_200 {
        log.entry(
            ObjectKind::Message,
            Priority::Debug,
            "PostMaster",
            number.to_string(),
            now(),
        );
    }
    log.write(&test.app.db).await.unwrap();
    let mut tx = test.app.db.read().await.unwrap();
    assert_eq!(rows(&mut tx).await.len(), 1_202);
}
