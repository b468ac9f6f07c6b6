//! A server for one test.

use std::sync::Arc;

use actix_web::{
    App as Actix,
    body::to_bytes,
    dev::{Service as _, ServiceResponse},
    test,
};
use chrono::{NaiveDate, NaiveDateTime};
use compat::Value;
use otterdesk::{
    app::{App, SharedApp},
    clock::Clock,
    server,
    settings::{Origin, Settings, Store},
};
use schema::{flavours::ZNUNY_6_5, tables as t, testing};
use sea_query::{Query, SimpleExpr};

/// The server's state, on a fresh database of Znuny 6.5, the clock at 2026-01-23 10:00 UTC.
pub struct TestApp {
    pub app: SharedApp,
    _database: testing::TestDatabase,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: String,
}

impl Answer {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// Status and body, for short assertions.
    pub fn line(&self) -> String {
        format!("{} {}", self.status, self.body)
    }
}

pub fn now() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 23)
        .and_then(|day| day.and_hms_opt(10, 0, 0))
        .unwrap_or_default()
}

impl TestApp {
    pub async fn start() -> Self {
        Self::with([]).await
    }

    /// The same with settings of its own.
    pub async fn with<const N: usize>(settings: [(&str, Value); N]) -> Self {
        let settings = settings.map(|(name, value)| (name.to_owned(), value, Origin::File));
        let (database, db) = testing::fresh_with_schema(&ZNUNY_6_5, "", now()).await;
        let app = App::new(
            db,
            Store::new(Arc::new(Settings::with(settings))),
            Clock::fixed(now()),
        );
        Self {
            app: SharedApp::new(app),
            _database: database,
        }
    }

    /// The same for a state that a test made itself.
    pub fn on(app: SharedApp, database: testing::TestDatabase) -> Self {
        Self {
            app,
            _database: database,
        }
    }

    /// Adds a valid web service; gives its id.
    pub async fn web_service(&self, name: &str, config: &str) -> i64 {
        let mut tx = self.app.db.begin().await.unwrap();
        let config = tx.long_text(config);
        let insert = Query::insert()
            .into_table(t::GiWebserviceConfig::Table)
            .columns([
                t::GiWebserviceConfig::Name,
                t::GiWebserviceConfig::Config,
                t::GiWebserviceConfig::ValidId,
                t::GiWebserviceConfig::CreateTime,
                t::GiWebserviceConfig::CreateBy,
                t::GiWebserviceConfig::ChangeTime,
                t::GiWebserviceConfig::ChangeBy,
            ])
            .values_panic([
                SimpleExpr::from(name),
                SimpleExpr::Value(config),
                1_i16.into(),
                now().into(),
                1.into(),
                now().into(),
                1.into(),
            ])
            .to_owned();
        let id = tx.insert(&insert).await.unwrap();
        tx.commit().await.unwrap();
        id
    }

    /// Sends one request to a server that has just started.
    pub async fn call(&self, request: test::TestRequest) -> Answer {
        let service = test::init_service(
            Actix::new()
                .app_data(self.app.clone())
                .configure(|services| server::configure(services, "otrs/")),
        )
        .await;
        answer(service.call(request.to_request()).await.unwrap()).await
    }
}

/// Reads a response to its end.
pub async fn answer(response: ServiceResponse) -> Answer {
    let status = response.status().as_u16();
    let headers = response
        .headers()
        .iter()
        .map(|(name, value)| {
            (
                name.to_string(),
                value.to_str().unwrap_or_default().to_owned(),
            )
        })
        .collect();
    let body = to_bytes(response.into_body()).await.unwrap_or_default();
    Answer {
        status,
        headers,
        body: String::from_utf8_lossy(&body).into_owned(),
    }
}

/// Inserts a row.
pub async fn insert<C: sea_query::IntoIden + Copy>(
    tx: &mut schema::Tx,
    table: impl sea_query::IntoTableRef,
    columns: &[(C, SimpleExpr)],
) {
    let statement = Query::insert()
        .into_table(table)
        .columns(columns.iter().map(|(column, _)| *column))
        .values_panic(columns.iter().map(|(_, value)| value.clone()))
        .to_owned();
    tx.execute_one(&statement).await.unwrap();
}

/// A new ticket in the queue Raw, open and normal, with one article.
pub async fn new_ticket(
    work: &mut otterdesk::ticket::work::Work<'_>,
    title: &str,
) -> (
    otterdesk::ticket::Ticket,
    otterdesk::ticket::article::ArticleId,
) {
    use otterdesk::ticket::{self, article, create::NewTicket};
    let new = NewTicket::new(title, 2, 3, 4);
    let mut ticket = ticket::create::create(work, new).await.unwrap();
    let note = article::NewArticle {
        subject: "Printer".to_owned(),
        body: "It is on fire".to_owned(),
        content_type: "text/plain; charset=utf-8".to_owned(),
        history_comment: "%%Note".to_owned(),
        history_type: ticket::history::HistoryType::AddNote,
        ..article::NewArticle::default()
    };
    let article = article::create(work, &mut ticket, note).await.unwrap();
    (ticket, article)
}

/// The history of a ticket: kind and text of each entry.
pub async fn history(tx: &mut schema::Tx, ticket: otterdesk::ticket::TicketId) -> Vec<String> {
    let histories = otterdesk::ticket::history::list(tx, &[ticket])
        .await
        .unwrap();
    let entries = histories.get(&ticket).cloned().unwrap_or_default();
    entries
        .iter()
        .map(|entry| format!("{} {}", entry.kind, entry.name))
        .collect()
}
