//! The reference system's recorded answers and rows, asked of our server on the same rows.
//!
//! They were recorded on MariaDB and on PostgreSQL. A test on SQLite accepts either: SQLite sorts texts and
//! compares them like PostgreSQL, and sorts what is empty first, like MySQL.
//!
//! `fixtures/compat/unequal_*.txt` name the cases that are known to be unequal still. A case that becomes equal has to
//! leave its list, so the lists only shrink: a run with `OTTERDESK_UPDATE_UNEQUAL=1` writes them anew.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use actix_web::{App as Actix, HttpServer};
use chrono::{DateTime, NaiveDateTime, TimeDelta};
use lab::{
    case::Case,
    cases,
    client::Target,
    debug_log::DebugLog,
    deviation::{self, Deviations, Verdict},
    fixture,
    rows::{
        self, Rows,
        record::{self, Recorded},
    },
    run::{Outcome, Run},
    sequence, snapshot,
    snapshot::Group,
};
use otterdesk::{
    app::{App, AppConfig, SharedApp},
    clock::Clock,
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

/// Which cases a test plays.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Part {
    Read,
    Write,
    Sequences,
}

impl Part {
    fn cases(self) -> Vec<Case> {
        match self {
            Self::Read => cases::all(),
            Self::Write => cases::that_write(),
            Self::Sequences => sequence::recorded(&fixtures().join("answers")).unwrap(),
        }
    }

    /// Whether a case of the lists of unequal ones belongs here.
    fn has(self, name: &str) -> bool {
        let group = name.split(": ").next().unwrap_or_default();
        let part = match group {
            "ticket_create" | "ticket_update" => Self::Write,
            sequence::GROUP => Self::Sequences,
            _ => Self::Read,
        };
        part == self
    }
}

#[actix_web::test]
async fn web_services_answer_as_the_reference_system_did() {
    replay(Part::Read).await;
}

#[actix_web::test]
async fn what_is_written_equals_what_the_reference_system_wrote() {
    replay(Part::Write).await;
}

#[actix_web::test]
async fn sequences_of_changes_end_in_the_rows_of_the_reference_system() {
    replay(Part::Sequences).await;
}

async fn replay(part: Part) {
    let now = NaiveDateTime::default();
    let flavour = &flavours::ZNUNY_6_5;
    let database = testing::fresh().await;
    let db = Db::connect(&database.url).await.unwrap();
    let db = db.with_groups_table(flavour.groups_table());
    let plan = Plan {
        flavour,
        admin_password_hash: ADMIN_PASSWORD_HASH.to_owned(),
        now,
    };
    create(&db, &plan).await.unwrap();
    if part != Part::Read {
        // As the reference's was, which kept U+FFFD for characters beyond U+FFFF.
        testing::narrow_texts(&db).await;
    }
    fixture::load(&db, &fixtures().join("rows.jsonl"))
        .await
        .unwrap();
    if part != Part::Read {
        fixture::for_writing(&db).await.unwrap();
    }
    let (kinds, list) = kinds(db.dialect());
    let at = recorded_at(kinds[0]);
    db.close().await;
    let mut app = App::build(AppConfig {
        database_url: Some(database.url.clone()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    let clock = Clock::fixed(at);
    app.clock = clock.clone();
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
    let outcomes = actix_web::rt::task::spawn_blocking(move || {
        Replay {
            part,
            kinds,
            clock,
            log: DebugLog::connect(&url).unwrap(),
            rows: Rows::connect(&url).unwrap(),
        }
        .ask_everything(&address.to_string())
    })
    .await
    .unwrap();
    handle.stop(false).await;
    unequal::report("OTTERDESK_COMPAT_REPORT", &outcomes);
    let is_mine = |name: &str| part.has(name);
    unequal::judge(&fixtures().join(list), is_mine, at_least(part), &outcomes);
}

/// How many cases of a part there are at least.
fn at_least(part: Part) -> usize {
    match part {
        Part::Read => 1_900,
        Part::Write => 1_400,
        Part::Sequences => 60,
    }
}

struct Replay {
    part: Part,
    kinds: &'static [&'static str],
    clock: Clock,
    log: DebugLog,
    rows: Rows,
}

impl Replay {
    fn set_clock(&self, seconds: i64) {
        let at = DateTime::from_timestamp(seconds, 0).unwrap();
        self.clock.set(at.naive_utc());
    }

    fn ask_everything(&self, address: &str) -> unequal::Outcomes {
        let seconds = || self.clock.timestamp();
        let next_second = || self.clock.advance(TimeDelta::seconds(1));
        let mut run = Run::new(Target::new(address), &seconds, &self.log)
            .pausing(&next_second)
            .watching(&self.rows)
            .unwrap();
        let mut group = (String::new(), (Group::default(), Recorded::default()));
        let answers = fixtures().join("answers");
        let deviations = Deviations::read(&deviation::path(&answers)).unwrap();
        let cases = self.part.cases();
        if let (Some(first), true) = (cases.first(), self.part != Part::Read) {
            let recorded = Recorded::read(&record::path(&answers, first.group)).unwrap();
            let entry = self
                .kinds
                .iter()
                .find_map(|kind| recorded.entry(first, kind));
            self.set_clock(entry.unwrap_or_default().at);
            run.warm_up().unwrap();
        }
        let mut outcomes = Vec::new();
        for case in cases {
            if group.0 != case.group {
                let recorded = (
                    Group::read(&snapshot::path(&answers, case.group)).unwrap(),
                    Recorded::read(&record::path(&answers, case.group)).unwrap(),
                );
                group = (case.group.to_owned(), recorded);
            }
            let known = |kind: &&&str| group.1.1.entry(&case, kind).is_some();
            let kinds: Vec<&str> = self.kinds.iter().filter(known).copied().collect();
            let expected: Vec<Outcome> = kinds
                .iter()
                .map(|kind| expected(&group.1, &case, kind))
                .collect();
            if expected.is_empty() {
                // A new case, which is recorded before it counts.
                continue;
            }
            if case.writes {
                let pauses = !case.before.is_empty() && !case.whole;
                self.set_clock(expected[0].at - i64::from(pauses));
            }
            let done = run
                .ask(&case)
                .unwrap_or_else(|error| Outcome::failed(&error));
            let fits = |(kind, expected): (&&str, &Outcome)| {
                deviations.judge(&case, kind, expected, &done) != Verdict::Unequal
            };
            let difference = if kinds.iter().zip(&expected).any(fits) {
                None
            } else {
                Some(shown(&expected[0], &done))
            };
            outcomes.push((format!("{}: {}", case.group, case.name), difference));
        }
        outcomes
    }
}

fn expected((answers, rows): &(Group, Recorded), case: &Case, kind: &str) -> Outcome {
    let answer = answers.answer(&case.name, kind);
    let entry = rows.entry(case, kind).unwrap_or_default();
    Outcome {
        answer: answer.unwrap_or("(was never recorded)").to_owned(),
        rows: entry.rows,
        at: entry.at,
    }
}

fn shown(expected: &Outcome, done: &Outcome) -> String {
    let mut text = String::new();
    if !deviation::same(&expected.answer, &done.answer) {
        let _ = writeln!(
            text,
            "  expected: {}\n  answered: {}",
            expected.answer, done.answer
        );
    }
    text.push_str(&rows::difference(&expected.rows, &done.rows));
    text
}
