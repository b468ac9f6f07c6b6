//! One message from a pipe, and the spool.

use otterdesk::mail::{
    door::Options,
    pipe::{self, NOTHING, TRY_AGAIN},
    spool::Spool,
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::support::Tickets;
use crate::support::TestApp;

async fn statuses(test: &TestApp) -> Vec<(String, Option<String>)> {
    let query = Query::select()
        .columns([
            t::CommunicationLog::Status,
            t::CommunicationLog::AccountType,
        ])
        .from(t::CommunicationLog::Table)
        .and_where(Expr::col(t::CommunicationLog::EndTime).is_not_null())
        .order_by(t::CommunicationLog::Id, Order::Asc)
        .to_owned();
    let mut tx = test.app.db.read().await.unwrap();
    tx.fetch_all(&query).await.unwrap()
}

#[actix_web::test]
async fn the_mail_server_alone_has_a_message_that_fails() {
    let test = TestApp::start().await;
    let receiver = Tickets::default();
    let folder = tempfile::tempdir().unwrap();
    let spool = Spool::of(Some(folder.path()), None).unwrap();
    let options = Options {
        queue: None,
        trusted: true,
    };
    let read = async |raw: &str| {
        let taken = pipe::read(&test.app, &receiver, &options, raw.as_bytes());
        taken.await.map_err(|failure| failure.code)
    };

    assert_eq!(read("").await, Err(NOTHING));
    assert_eq!(read("X-Test: later\n\n").await, Err(TRY_AGAIN));
    assert!(read("Subject: one\n\n").await.is_ok());
    for _ in 0..2 {
        assert_eq!(read("X-Test: fails\n\n").await, Err(TRY_AGAIN));
    }
    let account = Some("STDIN".to_owned());
    let expected = ["Failed", "Failed", "Successful", "Failed", "Failed"]
        .map(|status| (status.to_owned(), account.clone()));
    assert_eq!(statuses(&test).await, expected);

    // In the spool are messages that nobody else has. One fails again and stays; another one is taken and goes.
    spool.keep(b"X-Test: fails\n\n", true).unwrap();
    spool.keep(b"Subject: two\n\n", false).unwrap();
    let mut told = Vec::new();
    pipe::reprocess(&test.app, &receiver, &spool, |message| {
        told.push(message.outcome.is_ok());
    })
    .await
    .unwrap();
    told.sort_unstable();
    assert_eq!(told, [false, true]);
    assert_eq!(spool.list().unwrap().len(), 1);
    assert_eq!(receiver.texts(), ["Subject: one\n\n", "Subject: two\n\n"]);
    let trusted: Vec<bool> = receiver
        .seen
        .lock()
        .unwrap()
        .iter()
        .map(|(_, options)| options.trusted)
        .collect();
    assert_eq!(trusted, [true, false]);
}

#[actix_web::test]
async fn a_mistake_of_ours_gives_the_message_back() {
    let test = TestApp::start().await;
    let receiver = Tickets::default();
    let options = Options::default();
    let taken = pipe::read(&test.app, &receiver, &options, b"X-Test: panics\n\n").await;
    assert_eq!(taken.map_err(|failure| failure.code), Err(TRY_AGAIN));
    assert!(receiver.texts().is_empty());
}
