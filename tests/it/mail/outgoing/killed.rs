//! The server is killed again and again while it sends: every mail arrives, and none again once its row is gone.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    process::{Child, Command, Stdio},
    time::{Duration, Instant},
};

use chrono::NaiveDateTime;
use lab::mail::set_settings;
use otterdesk::{
    app::{App, AppConfig},
    directory::UserId,
    mail::{
        message::Message,
        outgoing::{self, OutgoingMail},
    },
    ticket::work::Work,
};
use rand::Rng as _;
use schema::{flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::Query;
use serde_json::json;

use super::post_office::{Encryption, PostOffice};
use crate::support::now;

const MAILS: usize = 150;
const KILLS: usize = 10;
/// Until a server that was started sends, and until everything is sent: machines that test are busy.
const PATIENCE: Duration = Duration::from_mins(2);

/// The server, killed at the end in any case.
struct Server(Child);

impl Server {
    fn start(url: &str, config: &str) -> Self {
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let listen = free.local_addr().unwrap().to_string();
        drop(free);
        let child = Command::new(env!("CARGO_BIN_EXE_otterdesk"))
            .args(["serve", "--listen", &listen])
            .env_remove("OTTERDESK_OTRS_HOME")
            .env("OTTERDESK_CONFIG", config)
            .env("OTTERDESK_LOG", "error")
            .env("OTTERDESK_DATABASE_URL", url)
            .current_dir(std::env::temp_dir())
            .stdin(Stdio::null())
            .spawn();
        Self(child.unwrap())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// How often each recipient got a mail.
fn arrived(office: &PostOffice) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for mail in office.taken() {
        *counts.entry(mail.recipients.join(",")).or_default() += 1;
    }
    counts
}

async fn waiting(app: &App) -> BTreeSet<String> {
    let query = Query::select()
        .column(t::MailQueue::Recipient)
        .from(t::MailQueue::Table)
        .to_owned();
    let mut tx = app.db.read().await.unwrap();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter().map(|(recipient,)| recipient).collect()
}

/// As if the time were over for which the process that was killed had claimed mails.
async fn end_claims(app: &App) {
    let mut tx = app.db.begin().await.unwrap();
    let update = Query::update()
        .table(t::MailQueue::Table)
        .value(t::MailQueue::DueTime, Option::<NaiveDateTime>::None)
        .to_owned();
    tx.execute(&update).await.unwrap();
    tx.commit().await.unwrap();
}

async fn app(url: &str, office: &PostOffice) -> App {
    let app = App::build(AppConfig {
        database_url: Some(url.to_owned()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    let settings = BTreeMap::from([
        (
            "SendmailModule".to_owned(),
            json!("Kernel::System::Email::SMTP"),
        ),
        ("SendmailModule::Host".to_owned(), json!("127.0.0.1")),
        (
            "SendmailModule::Port".to_owned(),
            json!(office.port.to_string()),
        ),
        ("SendmailModule::AuthUser".to_owned(), json!("")),
    ]);
    set_settings(&app.db, &settings).await.unwrap();
    let mut work = Work::begin(&app, UserId::SYSTEM).await.unwrap();
    for number in 0..MAILS {
        let mail = OutgoingMail {
            message: Message {
                from: "desk@x.example".to_owned(),
                to: format!("r{number}@y.example"),
                subject: "News".to_owned(),
                body: "Something happened.".to_owned(),
                ..Message::default()
            },
            ..OutgoingMail::default()
        };
        outgoing::queue(&mut work, &mail).await.unwrap();
    }
    work.commit().await.unwrap();
    app
}

#[actix_web::test]
async fn a_sender_that_is_killed_loses_nothing_and_repeats_nothing_that_it_had_settled() {
    let (database, _db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    let office = PostOffice::open(Encryption::None).await;
    let app = app(&database.url, &office).await;
    let folder = tempfile::tempdir().unwrap();
    let config = folder.path().join("otterdesk.toml");
    std::fs::write(&config, "[daemon]\nown = true\n").unwrap();
    let config = config.display().to_string();
    let mut settled: BTreeMap<String, usize> = BTreeMap::new();
    let mut kills = 0;
    while kills < KILLS && !waiting(&app).await.is_empty() {
        let before = office.taken().len();
        let server = Server::start(&database.url, &config);
        let begin = Instant::now();
        while office.taken().len() == before {
            assert!(begin.elapsed() < PATIENCE, "the server sends nothing");
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        let life = rand::rng().random_range(0..120);
        tokio::time::sleep(Duration::from_millis(life)).await;
        drop(server);
        kills += 1;
        // What the dead process had said on the wire may still be on its way.
        tokio::time::sleep(Duration::from_millis(50)).await;
        let left = waiting(&app).await;
        for (recipient, count) in arrived(&office) {
            if !left.contains(&recipient) {
                settled.entry(recipient).or_insert(count);
            }
        }
        end_claims(&app).await;
    }
    assert!(kills >= 3, "{kills}");
    let server = Server::start(&database.url, &config);
    let begin = Instant::now();
    while !waiting(&app).await.is_empty() {
        assert!(begin.elapsed() < PATIENCE, "{:?}", waiting(&app).await);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    drop(server);

    let arrived = arrived(&office);
    assert_eq!(arrived.len(), MAILS, "a mail was lost");
    for (recipient, count) in &settled {
        assert_eq!(arrived[recipient], *count, "{recipient} came again");
    }
    let doubles: usize = arrived.values().map(|count| count - 1).sum();
    assert!(doubles <= kills, "{doubles} doubles of {kills} kills");
}
