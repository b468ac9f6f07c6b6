//! The cases of `fixtures/notification`, played on the rows of the comparison; the reference system's own rows stand
//! beside them.
//!
//! `fixtures/notification/unequal_*.txt` name the cases that are known to be unequal still. A case that becomes equal has
//! to leave its list, so the lists only shrink: a run with `OTTERDESK_UPDATE_UNEQUAL=1` writes them anew.

use std::{
    fmt::Write as _,
    path::{Path, PathBuf},
    sync::Arc,
};

use actix_web::{App as Actix, HttpServer, rt::task::spawn_blocking};
use chrono::{DateTime, NaiveDateTime};
use lab::{
    client::Target,
    fixture,
    mail::{record::path, set_settings},
    notification::{self, Case, Step},
    rows::{
        self, Rows,
        record::{Entry, Recorded},
    },
};
use otterdesk::{
    app::{App, AppConfig, SharedApp},
    clock::Clock,
    console::{self, Output, Program},
    mail::{
        communication_log::{CommunicationLog, Direction},
        inbound::{self, Options},
    },
    outbox::{self, Outbox, runner},
    server,
};
use schema::{
    Db, Dialect,
    create::{Plan, create},
    flavours, testing,
};

use crate::unequal;

/// sha256 of `root`, the administrator's password in the recordings.
const ADMIN_PASSWORD_HASH: &str =
    "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/notification")
}

/// A database with the rows that the cases find.
async fn database() -> (testing::TestDatabase, Db) {
    let database = testing::fresh().await;
    let flavour = &flavours::ZNUNY_6_5;
    let db = Db::connect(&database.url)
        .await
        .unwrap()
        .with_groups_table(flavour.groups_table());
    let plan = Plan {
        flavour,
        admin_password_hash: ADMIN_PASSWORD_HASH.to_owned(),
        now: NaiveDateTime::default(),
    };
    create(&db, &plan).await.unwrap();
    // As the reference's was, which kept U+FFFD for characters beyond U+FFFF.
    testing::narrow_texts(&db).await;
    let compat = fixtures().with_file_name("compat");
    fixture::load(&db, &compat.join("rows.jsonl"))
        .await
        .unwrap();
    fixture::for_writing(&db).await.unwrap();
    notification::load(&db, &fixtures()).await.unwrap();
    (database, db)
}

/// A server of ours whose time stands still.
struct Running {
    app: SharedApp,
    clock: Clock,
    address: String,
    handle: actix_web::dev::ServerHandle,
}

async fn start(url: &str) -> Running {
    let mut app = App::build(AppConfig {
        database_url: Some(url.to_owned()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    let clock = Clock::fixed(NaiveDateTime::default());
    app.clock = clock.clone();
    // What was read for one case must not be seen by the next one.
    app.recent = Arc::default();
    app.outbox = Outbox::new(outbox::consumers());
    app.ensure_own_tables().await.unwrap();
    let app = SharedApp::new(app);
    let shared = app.clone();
    let http = HttpServer::new(move || {
        Actix::new()
            .app_data(shared.clone())
            .configure(|services| server::configure(services, "/otrs/"))
    })
    .workers(1)
    .bind("127.0.0.1:0")
    .unwrap();
    let address = http.addrs()[0].to_string();
    let running = http.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);
    Running {
        app,
        clock,
        address,
        handle,
    }
}

#[actix_web::test]
async fn people_are_told_what_the_reference_system_tells_them() {
    let (database, db) = database().await;
    let dialect = db.dialect();
    let only = std::env::var("OTTERDESK_ONLY").unwrap_or_default();
    let mut outcomes = Vec::new();
    for group in notification::cases(&fixtures()).unwrap() {
        if !group.name.contains(&only) {
            continue;
        }
        let recorded = Recorded::read(&path(&fixtures(), &group.name)).unwrap();
        set_settings(&db, &group.settings).await.unwrap();
        let running = start(&database.url).await;
        for case in &group.cases {
            let Some(expected) = recorded.get(&case.name, "mysql") else {
                continue;
            };
            let difference = replay(&database.url, &db, &running, case, &expected).await;
            outcomes.push((format!("{}: {}", group.name, case.name), difference));
        }
        running.handle.stop(false).await;
        running.app.db.close().await;
    }
    let list = match dialect {
        Dialect::MySql => "unequal_mysql.txt",
        Dialect::Postgres => "unequal_postgresql.txt",
        Dialect::Sqlite => "unequal_sqlite.txt",
    };
    unequal::report("OTTERDESK_NOTIFICATION_REPORT", &outcomes);
    let is_mine = |name: &str| {
        let group = name.split(':').next().unwrap_or_default();
        group.contains(&only)
    };
    let at_least = if only.is_empty() { 250 } else { 1 };
    unequal::judge(&fixtures().join(list), is_mine, at_least, &outcomes);
}

/// How many seconds after its beginning a case may have happened on the reference system.
const LATER: i64 = 8;

/// What differs, when something does. Texts tell of seconds too, so that a moment is looked for at which they are equal.
async fn replay(
    url: &str,
    db: &Db,
    running: &Running,
    case: &Case,
    expected: &Entry,
) -> Option<String> {
    let tells_time = |line: &String| line.contains("EMAIL_DATE") || line.contains("TICKET_Age");
    let last = if expected.rows.iter().any(tells_time) {
        LATER
    } else {
        0
    };
    let mut first = None;
    for later in 0..=last {
        let difference = replay_at(url, db, running, case, expected, later).await?;
        first.get_or_insert(difference);
    }
    first
}

/// The same, with our clock some seconds behind the beginning.
async fn replay_at(
    url: &str,
    db: &Db,
    running: &Running,
    case: &Case,
    expected: &Entry,
    later: i64,
) -> Option<String> {
    let at = DateTime::from_timestamp(expected.at + later, 0).unwrap();
    running.clock.set(at.naive_utc());
    // The runtime within it must not be dropped where another one runs.
    let read = || {
        let url = url.to_owned();
        async move {
            let read = move || Rows::connect(&url).unwrap().read().unwrap();
            spawn_blocking(read).await.unwrap()
        }
    };
    let start = read().await;
    notification::prepare(db, case, expected.at).await.unwrap();
    let before = read().await;
    let mut failed = String::new();
    for step in &case.steps {
        if let Err(error) = take(running, step).await {
            let _ = writeln!(failed, "{error}");
        }
        runner::run_due(&running.app).await.unwrap();
    }
    let after = read().await;
    let window = (expected.at, expected.at + later);
    let url = url.to_owned();
    let compare = move || {
        let rows = Rows::connect(&url).unwrap();
        let lines = rows.written(&start, &before, &after, window).lines;
        rows.restore(&start, &after).unwrap();
        lines
    };
    let lines = spawn_blocking(compare).await.unwrap();
    notification::clean(db).await.unwrap();
    let ours = notification::compared(&lines);
    let theirs = notification::compared(&expected.rows);
    let is_same = rows::same(&theirs, expected.at, &ours, expected.at);
    (!is_same).then(|| failed + &rows::difference(&theirs, &ours))
}

async fn take(running: &Running, step: &Step) -> Result<(), String> {
    match step {
        Step::Request(request) => {
            let target = Target::new(&running.address);
            let wire = request.wire(&target.authority, |_| String::new());
            let answer = spawn_blocking(move || target.send(&wire)).await.unwrap();
            let answer = answer.map_err(|error| error.to_string())?;
            let body = String::from_utf8_lossy(&answer.body);
            if !answer.status.starts_with("200") || body.contains("\"Error\"") {
                return Err(format!("{} {body}", answer.status));
            }
        }
        Step::Mail(raw) => {
            let app = &running.app;
            let mut log = CommunicationLog::new(Direction::Incoming, None, app.clock.now());
            let options = Options {
                trusted: true,
                ..Options::default()
            };
            let received = inbound::receive(app, raw.as_bytes(), &options, &mut log).await;
            received.map_err(|error| error.to_string())?;
        }
        Step::Console(words) => {
            let program = Program {
                name: "otrs.Console.pl".to_owned(),
            };
            let mut out = Output::keeping();
            let app = App::clone(&running.app);
            let code = console::run(&program, words, &mut out, || async { Ok(app) }).await;
            if code != 0 {
                return Err(format!("{words:?}: {code}: {:?}", out.kept()));
            }
        }
    }
    Ok(())
}
