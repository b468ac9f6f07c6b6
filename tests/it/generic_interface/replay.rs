//! The reference system's recorded answers, asked of our server on the same rows.
//!
//! Answers were recorded on MariaDB and on PostgreSQL. A test on SQLite accepts either: SQLite sorts texts and
//! compares them like PostgreSQL, and sorts what is empty first, like MySQL.
//!
//! `fixtures/compat/unequal_*.txt` name the cases that are known to be unequal still. A case that becomes equal has to
//! leave its list, so the lists only shrink: a run with `OTTERDESK_UPDATE_UNEQUAL=1` writes them anew.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use actix_web::{App as Actix, HttpServer};
use chrono::{DateTime, NaiveDateTime};
use lab::{
    cases,
    client::Target,
    debug_log::DebugLog,
    deviation::{self, Deviations, Verdict},
    fixture,
    run::Run,
    snapshot,
    snapshot::Group,
};
use otterdesk::{
    app::{App, AppConfig, SharedApp},
    clock::Clock,
    server,
};
use schema::{Dialect, flavours, testing};

/// sha256 of `root`, the administrator's password in the recordings.
const ADMIN_PASSWORD_HASH: &str =
    "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compat")
}

fn recorded_at(kind: &str) -> NaiveDateTime {
    let file = fixtures().join(format!("answers/{kind}.recorded-at"));
    let seconds = fs::read_to_string(file).unwrap().trim().parse().unwrap();
    DateTime::from_timestamp(seconds, 0).unwrap().naive_utc()
}

/// The kinds of recordings that count for a dialect, and the list of what is unequal there.
fn kinds(dialect: Dialect) -> (&'static [&'static str], &'static str) {
    match dialect {
        Dialect::MySql => (&["mysql"], "unequal_mysql.txt"),
        Dialect::Postgres => (&["postgresql"], "unequal_postgresql.txt"),
        Dialect::Sqlite => (&["postgresql", "mysql"], "unequal_sqlite.txt"),
    }
}

#[actix_web::test]
async fn web_services_answer_as_the_reference_system_did() {
    let now = NaiveDateTime::default();
    let (database, db) =
        testing::fresh_with_schema(&flavours::ZNUNY_6_5, ADMIN_PASSWORD_HASH, now).await;
    fixture::load(&db, &fixtures().join("rows.jsonl"))
        .await
        .unwrap();
    let (kinds, list) = kinds(db.dialect());
    let at = recorded_at(kinds[0]);
    db.close().await;
    let mut app = App::build(AppConfig {
        database_url: Some(database.url.clone()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    app.clock = Clock::fixed(at);
    let shared = SharedApp::new(app);
    let http = HttpServer::new(move || {
        Actix::new()
            .app_data(shared.clone())
            .configure(|services| server::configure(services, "/otrs/"))
    })
    .workers(1)
    .bind("127.0.0.1:0")
    .unwrap();
    let address = http.addrs()[0];
    let running = http.run();
    let handle = running.handle();
    actix_web::rt::spawn(running);

    let url = database.url.clone();
    let answers = actix_web::rt::task::spawn_blocking(move || {
        let log = DebugLog::connect(&url).unwrap();
        ask_everything(&address.to_string(), kinds, at, &log)
    })
    .await
    .unwrap();
    handle.stop(false).await;

    let list = fixtures().join(list);
    if std::env::var_os("OTTERDESK_UPDATE_UNEQUAL").is_some() {
        let unequal: BTreeSet<&String> = answers
            .iter()
            .filter(|(_, d)| d.is_some())
            .map(|(name, _)| name)
            .collect();
        let mut lines = String::new();
        for name in unequal {
            lines.push_str(name);
            lines.push('\n');
        }
        fs::write(&list, lines).unwrap();
        return;
    }
    let known: BTreeSet<String> = fs::read_to_string(&list)
        .unwrap()
        .lines()
        .map(str::to_owned)
        .collect();
    let mut complaint = String::new();
    for (name, difference) in &answers {
        match (difference, known.contains(name)) {
            (Some((expected, answer)), false) => {
                let _ = writeln!(
                    complaint,
                    "{name}\n  expected: {expected}\n  answered: {answer}\n"
                );
            }
            (None, true) => {
                let _ = writeln!(
                    complaint,
                    "{name}\n  is equal now: take it out of {}\n",
                    list.display()
                );
            }
            _ => {}
        }
    }
    assert!(complaint.is_empty(), "{complaint}");
}

/// For each case its name, and what was expected and answered when that differs and should not.
fn ask_everything(
    address: &str,
    kinds: &[&str],
    at: NaiveDateTime,
    log: &DebugLog,
) -> Vec<(String, Option<(String, String)>)> {
    let seconds = at.and_utc().timestamp();
    let clock = || seconds;
    let mut run = Run::new(Target::new(address), &clock, log);
    let mut group = (String::new(), Group::default());
    let deviations = Deviations::read(&deviation::path(&fixtures().join("answers"))).unwrap();
    cases::all()
        .iter()
        .map(|case| {
            if group.0 != case.group {
                let file = snapshot::path(&fixtures().join("answers"), case.group);
                group = (case.group.to_owned(), Group::read(&file).unwrap());
            }
            let answer = run.ask(case).unwrap_or_else(|error| error.to_string());
            let expected: Vec<&str> = kinds
                .iter()
                .map(|kind| {
                    group
                        .1
                        .answer(&case.name, kind)
                        .unwrap_or("(was never recorded)")
                })
                .collect();
            let fits = |(kind, expected): (&&str, &&str)| {
                deviations.judge(case, kind, expected, &answer) != Verdict::Unequal
            };
            let difference = if kinds.iter().zip(&expected).any(fits) {
                None
            } else {
                Some((expected[0].to_owned(), answer))
            };
            (format!("{}: {}", case.group, case.name), difference)
        })
        .collect()
}
