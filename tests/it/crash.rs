//! The server is killed again and again while clients create and change tickets; nothing that it answered is lost, nothing
//! is there by half or twice, and what follows from each operation happens once.
//!
//! `OTTERDESK_TEST_KILLS` says how often: 15.

use std::{
    collections::{BTreeMap, BTreeSet},
    net::TcpListener,
    process::{Child, Command, Output, Stdio},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::{Duration, Instant},
};

use compat::{Value, storable};
use lab::{
    client::Target,
    load::{Question, ask},
};
use otterdesk::{
    app::{App, SharedApp},
    clock::Clock,
    outbox,
    settings::{Settings, Store},
};
use rand::Rng as _;
use schema::{Db, LongText, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, now};

/// sha256 of `root`.
const PASSWORD_HASH: &str = "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";
const PATH: &str = "/otrs/nph-genericinterface.pl/Webservice/Crash";
const CLIENTS: usize = 4;
const KILLS: usize = 15;
/// How long the server works between two kills, in milliseconds.
const LIFE: std::ops::Range<u64> = 50..1_000;
/// Until the server answers, and until the outbox is empty: machines that test are busy.
const PATIENCE: Duration = Duration::from_mins(1);

/// Tickets over REST, and a call of another system for each new ticket and article, which waits for a daemon.
const WEB_SERVICE: &str = "---
Debugger:
  DebugThreshold: error
Provider:
  Operation:
    Create:
      Type: Ticket::TicketCreate
    Update:
      Type: Ticket::TicketUpdate
  Transport:
    Type: HTTP::REST
    Config:
      MaxLength: '100000'
      RouteOperationMapping:
        Create:
          Route: /Ticket
          RequestMethod: [POST]
        Update:
          Route: /Ticket/:TicketID
          RequestMethod: [PATCH]
Requester:
  Invoker:
    Tell:
      Type: Generic::Tunnel
      Events:
      - Event: TicketCreate
        Asynchronous: '1'
      - Event: ArticleCreate
        Asynchronous: '1'
  Transport:
    Type: HTTP::REST
    Config:
      DefaultCommand: POST
      Host: http://127.0.0.1:1
      InvokerControllerMapping:
        Tell:
          Controller: /Tell
";

/// What a client asked for, under a subject that no other request has.
#[derive(Debug)]
struct Request {
    subject: String,
    /// The ticket that is changed; none for a new one.
    ticket: Option<i64>,
    outcome: Outcome,
}

#[derive(Debug)]
enum Outcome {
    /// Ticket and article.
    Done(i64, i64),
    Refused(String),
    /// The server was killed before it answered.
    Unknown,
}

/// The server, killed at the end in any case.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn otterdesk(arguments: &[&str], url: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_otterdesk"));
    command
        .args(arguments)
        .env_remove("OTTERDESK_OTRS_HOME")
        .env_remove("OTTERDESK_CONFIG")
        .env("OTTERDESK_LOG", "error")
        .env("OTTERDESK_DATABASE_URL", url)
        .current_dir(std::env::temp_dir())
        .stdin(Stdio::null());
    command
}

/// Starts the server and waits for its first answer.
fn start(url: &str, target: &Target) -> Server {
    let child = otterdesk(&["serve", "--listen", &target.authority], url).spawn();
    let mut server = Server(child.unwrap());
    let health = Question {
        method: "GET",
        path: "/health".to_owned(),
        body: String::new(),
    };
    let begin = Instant::now();
    while !ask(target, &health).is_ok_and(|answer| answer.status == 200) {
        assert_eq!(server.0.try_wait().unwrap(), None, "the server ended");
        assert!(begin.elapsed() < PATIENCE, "the server does not answer");
        thread::sleep(Duration::from_millis(10));
    }
    server
}

/// Sends one request; what came of it.
fn send(target: &Target, subject: &str, ticket: Option<i64>) -> Outcome {
    let fields = match ticket {
        None => {
            r#","Queue":"Raw","State":"open","Priority":"3 normal","CustomerUser":"crash@desk.test""#
        }
        Some(_) => "",
    };
    let body = format!(
        r#"{{"UserLogin":"root@localhost","Password":"root","Ticket":{{"Title":"{subject}"{fields}}},"Article":{{"CommunicationChannel":"Internal","Subject":"{subject}","Body":"The {subject} and its words","ContentType":"text/plain; charset=utf8"}}}}"#
    );
    let question = Question {
        method: if ticket.is_some() { "PATCH" } else { "POST" },
        path: ticket.map_or_else(
            || format!("{PATH}/Ticket"),
            |id| format!("{PATH}/Ticket/{id}"),
        ),
        body,
    };
    let Ok(answer) = ask(target, &question) else {
        return Outcome::Unknown;
    };
    let text = String::from_utf8_lossy(&answer.body).into_owned();
    let value: serde_json::Value = serde_json::from_str(&text).unwrap_or_default();
    let number = |key: &str| match &value[key] {
        serde_json::Value::String(text) => text.parse().ok(),
        other => other.as_i64(),
    };
    match (number("TicketID"), number("ArticleID")) {
        (Some(ticket), Some(article)) => Outcome::Done(ticket, article),
        _ => Outcome::Refused(text),
    }
}

/// Creates tickets and changes each some times, until it is told to stop.
fn client(target: &Target, number: usize, stop: &AtomicBool, requests: &Mutex<Vec<Request>>) {
    let mut count = 0;
    let mut ticket = None;
    while !stop.load(Ordering::Relaxed) {
        count += 1;
        let subject = format!("request {number}-{count}");
        let outcome = send(target, &subject, ticket);
        let next = match outcome {
            Outcome::Done(id, _) if count % 4 != 0 => Some(id),
            _ => None,
        };
        if !matches!(outcome, Outcome::Done(..)) {
            thread::sleep(Duration::from_millis(20));
        }
        requests.lock().unwrap().push(Request {
            subject,
            ticket,
            outcome,
        });
        ticket = next;
    }
}

fn count_done(requests: &[Request]) -> usize {
    let outcomes = requests.iter().map(|one| &one.outcome);
    outcomes
        .filter(|outcome| matches!(outcome, Outcome::Done(..)))
        .count()
}

/// Waits until one more request was answered, so that slow machines do not only kill servers that just start.
fn await_answer(requests: &Mutex<Vec<Request>>) {
    let begin = Instant::now();
    let before = count_done(&requests.lock().unwrap());
    while count_done(&requests.lock().unwrap()) == before && begin.elapsed() < PATIENCE {
        thread::sleep(Duration::from_millis(10));
    }
}

/// Kills the server under load, again and again, and leaves one that runs.
fn kill_again_and_again(url: &str, target: &Target, kills: usize) -> (Server, Vec<Request>) {
    let stop = AtomicBool::new(false);
    let requests = Mutex::new(Vec::new());
    let server = thread::scope(|scope| {
        let mut server = start(url, target);
        for number in 0..CLIENTS {
            let (stop, requests) = (&stop, &requests);
            scope.spawn(move || client(target, number, stop, requests));
        }
        for _ in 0..kills {
            await_answer(&requests);
            let life = rand::rng().random_range(LIFE);
            thread::sleep(Duration::from_millis(life));
            server.0.kill().unwrap();
            server.0.wait().unwrap();
            server = start(url, target);
        }
        // The last one works for a while, too.
        thread::sleep(Duration::from_millis(LIFE.end));
        stop.store(true, Ordering::Relaxed);
        server
    });
    (server, requests.into_inner().unwrap())
}

#[derive(Debug, sqlx::FromRow)]
struct ArticleRow {
    id: i64,
    ticket_id: i64,
    a_subject: Option<String>,
}

/// What the database holds at the end, without what a fresh one brings along.
struct Found {
    /// Key, number and title.
    tickets: BTreeMap<i64, (String, Option<String>)>,
    articles: Vec<ArticleRow>,
    /// Ticket, article, kind and text.
    history: Vec<(i64, Option<i64>, String, String)>,
    /// Event and the ticket's or the article's key, of each call that waits.
    calls: Vec<(String, i64)>,
}

async fn found(db: &Db) -> Found {
    let mut tx = db.read().await.unwrap();
    let tickets = Query::select()
        .columns([t::Ticket::Id, t::Ticket::Tn, t::Ticket::Title])
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Id).gt(1))
        .to_owned();
    let tickets: Vec<(i64, String, Option<String>)> = tx.fetch_all(&tickets).await.unwrap();
    let articles = Query::select()
        .columns([
            (t::Article::Table, t::Article::Id),
            (t::Article::Table, t::Article::TicketId),
        ])
        .column((t::ArticleDataMime::Table, t::ArticleDataMime::ASubject))
        .from(t::Article::Table)
        .inner_join(
            t::ArticleDataMime::Table,
            Expr::col((t::ArticleDataMime::Table, t::ArticleDataMime::ArticleId))
                .equals((t::Article::Table, t::Article::Id)),
        )
        .and_where(Expr::col((t::Article::Table, t::Article::TicketId)).gt(1))
        .order_by((t::Article::Table, t::Article::Id), Order::Asc)
        .to_owned();
    let history = Query::select()
        .columns([
            (t::TicketHistory::Table, t::TicketHistory::TicketId),
            (t::TicketHistory::Table, t::TicketHistory::ArticleId),
        ])
        .column((t::TicketHistoryType::Table, t::TicketHistoryType::Name))
        .column((t::TicketHistory::Table, t::TicketHistory::Name))
        .from(t::TicketHistory::Table)
        .inner_join(
            t::TicketHistoryType::Table,
            Expr::col((t::TicketHistoryType::Table, t::TicketHistoryType::Id))
                .equals((t::TicketHistory::Table, t::TicketHistory::HistoryTypeId)),
        )
        .and_where(Expr::col((t::TicketHistory::Table, t::TicketHistory::TicketId)).gt(1))
        .to_owned();
    let calls = Query::select()
        .column(t::SchedulerTask::TaskData)
        .from(t::SchedulerTask::Table)
        .and_where(Expr::col(t::SchedulerTask::TaskType).eq("GenericInterface"))
        .to_owned();
    let calls: Vec<(LongText,)> = tx.fetch_all(&calls).await.unwrap();
    Found {
        tickets: tickets
            .into_iter()
            .map(|(id, number, title)| (id, (number, title)))
            .collect(),
        articles: tx.fetch_all(&articles).await.unwrap(),
        history: tx.fetch_all(&history).await.unwrap(),
        calls: calls.iter().map(|(text,)| call(&text.0)).collect(),
    }
}

fn call(text: &str) -> (String, i64) {
    let task = storable::from_base64(text).unwrap();
    let data = task.get("Data").unwrap();
    let value = |key: &str| data.get(key).and_then(Value::as_string).unwrap();
    let event = value("Event");
    let key = match event.as_str() {
        "ArticleCreate" => value("ArticleID"),
        _ => value("TicketID"),
    };
    (event, key.parse().unwrap())
}

/// Whatever is there is whole, and once.
fn check_rows(found: &Found) {
    let subjects: BTreeSet<_> = found.articles.iter().map(|row| &row.a_subject).collect();
    assert_eq!(subjects.len(), found.articles.len(), "an article twice");
    let numbers: BTreeSet<_> = found.tickets.values().map(|(number, _)| number).collect();
    assert_eq!(numbers.len(), found.tickets.len(), "a number twice");

    for (id, (_, title)) in &found.tickets {
        let articles: Vec<_> = found
            .articles
            .iter()
            .filter(|row| row.ticket_id == *id)
            .collect();
        let of_kind = |kind: &str| {
            let entries = found.history.iter();
            entries
                .filter(|entry| entry.0 == *id && entry.1.is_none() && entry.2 == kind)
                .count()
        };
        // Each request writes an article; the first one makes the ticket, each other one changes the title.
        assert!(!articles.is_empty(), "ticket {id} without article");
        assert_eq!(of_kind("NewTicket"), 1, "ticket {id}");
        assert_eq!(of_kind("TitleUpdate"), articles.len() - 1, "ticket {id}");
        assert_eq!(*title, articles[articles.len() - 1].a_subject);
    }
    for article in &found.articles {
        let entries = found.history.iter();
        let entries = entries.filter(|entry| entry.1 == Some(article.id)).count();
        assert_eq!(entries, 1, "history of article {}", article.id);
    }
}

/// What follows from each operation was done, and once.
fn check_calls(found: &Found) {
    let tickets = found
        .tickets
        .keys()
        .map(|id| ("TicketCreate".to_owned(), *id));
    let articles = found.articles.iter();
    let articles = articles.map(|row| ("ArticleCreate".to_owned(), row.id));
    let mut wanted: Vec<_> = tickets.chain(articles).collect();
    let mut calls = found.calls.clone();
    wanted.sort();
    calls.sort();
    assert_eq!(calls, wanted);
}

/// Whatever was answered is there, whatever was refused is not.
fn check_answers(found: &Found, requests: &[Request]) {
    let articles: BTreeMap<&str, &ArticleRow> = found
        .articles
        .iter()
        .filter_map(|row| Some((row.a_subject.as_deref()?, row)))
        .collect();
    for request in requests {
        let row = articles.get(request.subject.as_str());
        match (&request.outcome, row) {
            (Outcome::Done(ticket, article), Some(row)) => {
                assert_eq!((*ticket, *article), (row.ticket_id, row.id), "{request:?}");
                assert!(request.ticket.is_none_or(|known| known == *ticket));
            }
            (Outcome::Done(..), None) => panic!("lost: {request:?}"),
            (Outcome::Refused(_), Some(_)) => panic!("refused, but there: {request:?}"),
            (Outcome::Refused(_), None) | (Outcome::Unknown, _) => {}
        }
    }
    let known: BTreeSet<&str> = requests.iter().map(|one| one.subject.as_str()).collect();
    assert!(articles.keys().all(|subject| known.contains(subject)));
}

async fn outbox_is_empty(db: &Db) {
    let begin = Instant::now();
    loop {
        let mut tx = db.read().await.unwrap();
        let waiting = outbox::store::list(&mut tx, false).await.unwrap();
        if waiting.is_empty() {
            return;
        }
        assert!(begin.elapsed() < PATIENCE, "the outbox keeps {waiting:?}");
        actix_web::rt::time::sleep(Duration::from_millis(200)).await;
    }
}

/// What administrators run.
fn check_integrity(url: &str) -> Output {
    otterdesk(&["check", "integrity"], url).output().unwrap()
}

#[actix_web::test]
async fn a_killed_server_loses_nothing_that_it_answered_and_does_nothing_twice() {
    let kills = std::env::var("OTTERDESK_TEST_KILLS");
    let kills = kills.map_or(KILLS, |kills| kills.parse().unwrap());
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, PASSWORD_HASH, now()).await;
    let url = database.url.clone();
    let settings = Store::new(Arc::new(Settings::with([])));
    let app = App::new(db.clone(), settings, Clock::system());
    let test = TestApp::on(SharedApp::new(app), database);
    test.web_service("Crash", WEB_SERVICE).await;
    // Hardly anybody else gets its port so soon.
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr();
    let target = Target {
        authority: address.unwrap().to_string(),
    };

    let (server, requests) = kill_again_and_again(&url, &target, kills);
    outbox_is_empty(&db).await;
    drop(server);

    let found = found(&db).await;
    check_answers(&found, &requests);
    check_rows(&found);
    let integrity = check_integrity(&url);
    let said = String::from_utf8_lossy(&integrity.stdout).into_owned();
    assert_eq!(said.trim_end(), "Everything fits together.");
    check_calls(&found);

    let done = count_done(&requests);
    let outcomes = requests.iter().map(|one| &one.outcome);
    let unknown = outcomes
        .filter(|outcome| matches!(outcome, Outcome::Unknown))
        .count();
    let refused = requests.iter().filter_map(|one| match &one.outcome {
        Outcome::Refused(text) => Some(text),
        _ => None,
    });
    let refused: Vec<&String> = refused.collect();
    assert!(
        done >= kills,
        "{done} requests were done, refused: {refused:?}"
    );
    assert!(unknown > 0, "no kill hit a request");
    eprintln!("{kills} kills, {done} done, {unknown} without answer, refused: {refused:?}");
}
