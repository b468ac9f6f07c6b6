//! Jobs of the generic agent that the reference system ran over the tickets of `fixtures/generic_agent/rows.jsonl`, with what
//! the histories of these tickets got. Each is run here over the same tickets.

use std::{collections::BTreeMap, fs, path::PathBuf};

use chrono::NaiveDateTime;
use compat::{Value, json};
use lab::fixture;
use otterdesk::{
    app::{App, SharedApp},
    clock::Clock,
    generic_agent::{self, Job},
    settings::{Origin, Settings, Store},
    ticket::TicketId,
};
use schema::{Db, flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Alias, Query};

use crate::support::{history, now};

/// What a job may write, those first that point to others.
const WRITTEN: [&str; 17] = [
    "time_accounting",
    "article_flag",
    "ticket_flag",
    "ticket_watcher",
    "ticket_index",
    "mention",
    "article_search_index",
    "dynamic_field_value",
    "article_data_mime_attachment",
    "article_data_mime_plain",
    "article_data_mime",
    "ticket_history",
    "article",
    "link_relation",
    "scheduler_task",
    "generic_agent_jobs",
    "ticket",
];

fn file(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn settings() -> Settings {
    let on = [
        "Ticket::Type",
        "Ticket::Service",
        "Ticket::Responsible",
        "Ticket::ArchiveSystem",
        "Ticket::Watcher",
    ];
    Settings::with(on.map(|name| (name.to_owned(), Value::text("1"), Origin::File)))
}

/// The tickets as they were before each job.
async fn begin_anew(db: &Db) {
    let mut tx = db.begin().await.unwrap();
    tx.trust_references().await.unwrap();
    for table in WRITTEN {
        let delete = Query::delete().from_table(Alias::new(table)).to_owned();
        tx.execute(&delete).await.unwrap();
    }
    tx.commit().await.unwrap();
    fixture::add(db, &file("fixtures/generic_agent/rows.jsonl"))
        .await
        .unwrap();
}

async fn tickets(db: &Db) -> BTreeMap<i64, String> {
    let query = Query::select()
        .columns([t::Ticket::Id, t::Ticket::Title])
        .from(t::Ticket::Table)
        .to_owned();
    let rows: Vec<(i64, Option<String>)> =
        db.read().await.unwrap().fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(id, title)| (id, title.unwrap_or_default()))
        .collect()
}

/// Moments depend on when the job ran.
fn without_moments(entry: &str) -> String {
    let is_moment = entry.starts_with("SetPendingTime %%20");
    if is_moment {
        "SetPendingTime".to_owned()
    } else {
        entry.to_owned()
    }
}

/// Notifications are switched off here, and are recorded elsewhere.
fn is_told(entry: &str) -> bool {
    entry.starts_with("SendAgentNotification")
}

/// What the histories got, by the titles that the tickets had; `None` for those that are gone.
type News = BTreeMap<String, Option<Vec<String>>>;

async fn news(app: &App, before: &BTreeMap<i64, (String, usize)>) -> News {
    let left = tickets(&app.db).await;
    let mut tx = app.db.read().await.unwrap();
    let mut news = News::new();
    for (id, (title, count)) in before {
        if !left.contains_key(id) {
            news.insert(title.clone(), None);
            continue;
        }
        let entries = history(&mut tx, TicketId(*id)).await;
        let new: Vec<String> = entries
            .iter()
            .skip(*count)
            .filter(|it| !is_told(it))
            .map(|it| without_moments(it))
            .collect();
        if !new.is_empty() {
            news.insert(title.clone(), Some(new));
        }
    }
    news
}

fn texts(value: &Value) -> Vec<String> {
    let items = value.as_list().unwrap_or_default();
    items.iter().filter_map(Value::as_string).collect()
}

fn job(case: &Value) -> Job {
    let keys = case.get("job").and_then(Value::as_map).unwrap();
    let values = keys.iter().flat_map(|(key, values)| {
        let values = texts(values).into_iter();
        values.map(move |value| (key.clone(), value))
    });
    Job::new("recorded", values)
}

fn expected(case: &Value) -> News {
    let histories = case.get("history").and_then(Value::as_map).unwrap();
    let news = histories.iter().map(|(title, entries)| {
        let entries = entries.as_list().map(|_| texts(entries));
        let entries = entries.map(|all| {
            let kept = all.iter().filter(|it| !is_told(it));
            kept.map(|it| without_moments(it)).collect()
        });
        (title.clone(), entries)
    });
    news.collect()
}

#[actix_web::test]
async fn jobs_do_what_they_did_on_the_reference_system() {
    let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
    fixture::load(&db, &file("fixtures/compat/rows.jsonl"))
        .await
        .unwrap();
    fixture::for_writing(&db).await.unwrap();
    let recorded = fs::read_to_string(file("fixtures/generic_agent/cases.json")).unwrap();
    let recorded = json::read(&recorded).unwrap();
    let at = recorded.get("at").and_then(Value::as_string).unwrap();
    let at = NaiveDateTime::parse_from_str(&at, "%Y-%m-%d %H:%M:%S").unwrap();
    let app = SharedApp::new(App::new(
        db,
        Store::new(settings().into()),
        Clock::fixed(at),
    ));
    let cases = recorded.get("cases").and_then(Value::as_list).unwrap();
    assert!(cases.len() >= 150, "{} cases", cases.len());
    let mut wrong = Vec::new();
    for case in cases {
        begin_anew(&app.db).await;
        let mut before = BTreeMap::new();
        for (id, title) in tickets(&app.db).await {
            let mut tx = app.db.read().await.unwrap();
            let count = history(&mut tx, TicketId(id)).await.len();
            before.insert(id, (title, count));
        }
        generic_agent::run(&app, &job(case), None).await.unwrap();
        let (expected, found) = (expected(case), news(&app, &before).await);
        if expected != found {
            let name = case.get("name").and_then(Value::as_string).unwrap();
            wrong.push(format!(
                "{name}\n  expected {expected:?}\n  found {found:?}"
            ));
        }
    }
    drop(database);
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
