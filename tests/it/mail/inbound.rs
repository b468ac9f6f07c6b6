//! The mails of `fixtures/mail`, received on the rows of the comparison; the reference system's own rows stand beside them.
//!
//! `fixtures/mail/unequal_*.txt` name the mails that are known to be unequal still. A mail that becomes equal has to leave
//! its list, so the lists only shrink: a run with `OTTERDESK_UPDATE_UNEQUAL=1` writes them anew.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::{Arc, mpsc},
    thread,
};

use chrono::{DateTime, NaiveDateTime};
use lab::{
    fixture,
    mail::{self, Group, Mail, pop3, record},
    rows::{
        self, Rows, State,
        record::{Entry, Recorded},
    },
};
use otterdesk::{
    app::{App, AppConfig},
    clock::Clock,
    mail::{
        communication_log::{CommunicationLog, Direction},
        inbound::{self, Options, Outcome},
    },
};
use schema::{
    Db, Dialect,
    create::{Plan, create},
    flavours, testing,
};

use crate::{support::now, unequal};
use tokio::sync::oneshot;

pub fn corpus() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/mail")
}

/// A database with the rows that the mails meet.
pub async fn database() -> (testing::TestDatabase, Db) {
    let database = testing::fresh().await;
    let flavour = &flavours::ZNUNY_6_5;
    let db = Db::connect(&database.url)
        .await
        .unwrap()
        .with_groups_table(flavour.groups_table());
    let plan = Plan {
        flavour,
        admin_password_hash: String::new(),
        now: NaiveDateTime::default(),
    };
    create(&db, &plan).await.unwrap();
    // As the reference's was, which kept U+FFFD for characters beyond U+FFFF.
    testing::narrow_texts(&db).await;
    let compat = corpus().with_file_name("compat");
    fixture::load(&db, &compat.join("rows.jsonl"))
        .await
        .unwrap();
    fixture::for_writing(&db).await.unwrap();
    fixture::add(&db, &corpus().join("rows.jsonl"))
        .await
        .unwrap();
    (database, db)
}

pub async fn app(url: &str, clock: &Clock) -> App {
    let mut app = App::build(AppConfig {
        database_url: Some(url.to_owned()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    app.clock = clock.clone();
    app
}

pub fn log(app: &App) -> CommunicationLog {
    CommunicationLog::new(Direction::Incoming, None, app.clock.now())
}

/// Reads the rows in a thread of its own: the runtime within [`Rows`] must not be where another one runs.
struct Reader(mpsc::Sender<Job>);

type Job = Box<dyn FnOnce(&Rows) + Send>;

impl Reader {
    fn start(url: String) -> Self {
        let (jobs, waiting) = mpsc::channel::<Job>();
        thread::spawn(move || {
            let rows = Rows::connect(&url).unwrap();
            for job in waiting {
                job(&rows);
            }
        });
        Self(jobs)
    }

    async fn with<T: Send + 'static>(&self, read: impl FnOnce(&Rows) -> T + Send + 'static) -> T {
        let (answer, answered) = oneshot::channel();
        let job = move |rows: &Rows| {
            let _ = answer.send(read(rows));
        };
        self.0.send(Box::new(job)).unwrap();
        answered.await.unwrap()
    }

    async fn read(&self) -> Arc<State> {
        Arc::new(self.with(|rows| rows.read().unwrap()).await)
    }
}

/// `OTTERDESK_MAIL_ONLY` names groups, to look at them alone with `OTTERDESK_MAIL_REPORT`; nothing is judged then.
fn groups() -> Vec<Group> {
    let mut groups = mail::corpus(&corpus()).unwrap();
    if let Ok(only) = std::env::var("OTTERDESK_MAIL_ONLY") {
        groups.retain(|group| only.split(',').any(|name| name == group.name));
    }
    groups
}

#[actix_web::test]
async fn mails_become_the_rows_that_the_reference_system_wrote() {
    let (database, db) = database().await;
    let dialect = db.dialect();
    let reader = Reader::start(database.url.clone());
    let mut outcomes = Vec::new();
    let mut start = reader.read().await;
    for group in groups() {
        let recorded = Recorded::read(&record::path(&corpus(), &group.name)).unwrap();
        mail::set_settings(&db, &group.settings).await.unwrap();
        let clock = Clock::fixed(NaiveDateTime::default());
        let app = app(&database.url, &clock).await;
        for mail in &group.mails {
            let Some(expected) = recorded.get(&mail.name, "mysql") else {
                continue;
            };
            clock.set(
                DateTime::from_timestamp(expected.at, 0)
                    .unwrap()
                    .naive_utc(),
            );
            let (difference, after) = replay(&reader, start, &app, &group, mail, expected).await;
            start = after;
            outcomes.push((format!("{}: {}", group.name, mail.name), difference));
        }
        app.db.close().await;
    }
    let list = match dialect {
        Dialect::MySql => "unequal_mysql.txt",
        Dialect::Postgres => "unequal_postgresql.txt",
        Dialect::Sqlite => "unequal_sqlite.txt",
    };
    unequal::report("OTTERDESK_MAIL_REPORT", &outcomes);
    // Single groups can be played to look at them.
    if std::env::var_os("OTTERDESK_MAIL_ONLY").is_none() {
        unequal::judge(&corpus().join(list), |_| true, 560, &outcomes);
    }
}

/// What differs, when something does, and the rows afterwards.
async fn replay(
    reader: &Reader,
    start: Arc<State>,
    app: &App,
    group: &Group,
    mail: &Mail,
    expected: Entry,
) -> (Option<String>, Arc<State>) {
    let before = match &mail.ticket {
        Some(ticket) => {
            mail::prepare(&app.db, ticket).await.unwrap();
            reader.read().await
        }
        None => Arc::clone(&start),
    };
    let options = Options {
        queue: group.queue.clone(),
        trusted: group.trusted,
    };
    let raw = pop3::as_fetched(&mail.raw);
    let received = inbound::receive(app, &raw, &options, &mut log(app)).await;
    let after = reader.read().await;
    let window = (expected.at, expected.at);
    let written = {
        let after = Arc::clone(&after);
        move |rows: &Rows| rows.written(&start, &before, &after, window).lines
    };
    let lines = reader.with(written).await;
    let ours = mail::compared(group, &lines);
    let theirs = mail::compared(group, &expected.rows);
    let is_same = rows::same(&theirs, expected.at, &ours, expected.at);
    let difference = (!is_same).then(|| {
        let failed = received.err().map(|error| format!("failed: {error}\n"));
        failed.unwrap_or_default() + &rows::difference(&theirs, &ours)
    });
    (difference, after)
}

/// Messages that were made to hurt: each becomes a ticket, and soon.
#[actix_web::test]
async fn hostile_messages_are_kept_too() {
    let (database, _) = database().await;
    let app = app(&database.url, &Clock::fixed(NaiveDateTime::default())).await;
    let head = "From: a@x.example\nSubject: s\n";
    let mut nested = head.to_owned();
    for level in 0..2_000 {
        let _ = write!(
            nested,
            "Content-Type: multipart/mixed; boundary=b{level}\n\n--b{level}\n"
        );
    }
    let parts = "--b\nContent-Type: image/png\n\nx\n".repeat(20_000);
    let messages = [
        nested,
        format!("{head}Content-Type: multipart/mixed; boundary=b\n\n{parts}--b--\n"),
        format!("{head}{}\n\nx\n", "X-Lab: y\n".repeat(50_000)),
        format!("{head}To: {}\n\nx\n", "p@x.example, ".repeat(100_000)),
        format!(
            "{head}Content-Type: text/plain; {}\n\nx\n",
            "a=\"".repeat(50_000)
        ),
        format!("Subject: {}\n\nx\n", "=?utf-8?Q?".repeat(50_000)),
        format!("From: {}@x.example\nSubject: s\n\nx\n", "p".repeat(5_000)),
        format!("{head}Message-ID: <{}@x.example>\n\nx\n", "m".repeat(5_000)),
        format!(
            "{head}Content-Type: application/{long}; name=\"{long}\"\nContent-ID: <{long}>\nContent-Disposition: {long}\n\nx\n",
            long = "ü".repeat(5_000)
        ),
        format!("{head}\n{}", "Ticket#1 ".repeat(200_000)),
        format!(
            "{head}Content-Type: text/html\n\n{}",
            "<div>".repeat(200_000)
        ),
    ];
    for message in messages {
        let options = Options::default();
        let received = inbound::receive(&app, message.as_bytes(), &options, &mut log(&app)).await;
        let received = received.unwrap_or_else(|error| panic!("{}: {error}", &message[..80]));
        assert_eq!(received.outcome, Outcome::NewTicket);
    }
}

/// Whatever bytes come: a ticket with these bytes.
#[actix_web::test]
async fn no_bytes_are_lost() {
    use proptest::{
        collection::vec,
        prelude::any,
        strategy::{Strategy as _, ValueTree as _},
        test_runner::TestRunner,
    };
    let (database, _) = database().await;
    let app = app(&database.url, &Clock::fixed(NaiveDateTime::default())).await;
    let mut runner = TestRunner::deterministic();
    let line = proptest::string::string_regex(
        "(From|To|Subject|Content-Type|Content-Transfer-Encoding|X-OTRS-Queue): ?(multipart/mixed; boundary=b|text/html; charset=.{0,9}|base64|=\\?utf-8\\?[QB]\\?.{0,9}\\?=|.{0,30})|--b(--)?|.{0,40}",
    )
    .unwrap();
    let lines = vec(line, 0..25).prop_map(|lines| lines.join("\n").into_bytes());
    let bytes = vec(any::<u8>(), 0..400);
    for _ in 0..60 {
        for message in [
            lines.new_tree(&mut runner).unwrap().current(),
            bytes.new_tree(&mut runner).unwrap().current(),
        ] {
            let options = Options {
                trusted: true,
                ..Options::default()
            };
            let received = inbound::receive(&app, &message, &options, &mut log(&app)).await;
            let received = received.unwrap_or_else(|error| panic!("{message:?}: {error}"));
            assert_ne!(received.ticket, None, "{message:?}");
        }
    }
}

#[actix_web::test]
async fn a_message_that_is_too_large_is_refused_before_it_is_read() {
    let (database, db) = testing::fresh_with_schema(&flavours::ZNUNY_6_5, "", now()).await;
    db.close().await;
    let app = app(&database.url, &Clock::fixed(now())).await;
    // Memory that nobody has touched costs nothing.
    let raw = vec![0; inbound::LARGEST + 1];
    let refused = inbound::receive(&app, &raw, &Options::default(), &mut log(&app)).await;
    assert!(
        matches!(refused, Err(inbound::ReceiveError::Failed(_))),
        "{refused:?}"
    );
}
