//! `Ticket::TicketCreate` beside the reference system: what it refused, and the rows that it wrote.
//!
//! `fixtures/ticket_create/refusals.jsonl` holds requests with the answers, `creates.jsonl` requests with the rows of the
//! new ticket, its history and its articles. Both were recorded on the rows of `fixtures/compat/rows.jsonl`.

use std::{fmt::Write as _, fs, path::Path};

use actix_web::test::TestRequest;
use chrono::NaiveDateTime;
use otterdesk::{
    app::{App, AppConfig, SharedApp},
    clock::Clock,
};
use schema::{Tx, flavours, tables as t, testing};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};
use serde_json::Value;

use crate::support::{TestApp, now};

/// sha256 of `root`, the administrator's password in the recordings.
const ADMIN_PASSWORD_HASH: &str =
    "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";
const URL: &str = "/otrs/nph-genericinterface.pl/Webservice/GenericTicketConnectorREST/Ticket";

fn fixture(name: &str) -> Vec<Value> {
    let file = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("fixtures")
        .join(name);
    let text = fs::read_to_string(file).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

/// A server on the rows of the recordings, with the settings that they contain.
async fn start() -> TestApp {
    let (database, db) =
        testing::fresh_with_schema(&flavours::ZNUNY_6_5, ADMIN_PASSWORD_HASH, now()).await;
    let rows = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/compat/rows.jsonl");
    lab::fixture::load(&db, &rows).await.unwrap();
    db.close().await;
    let mut app = App::build(AppConfig {
        database_url: Some(database.url.clone()),
        ..AppConfig::default()
    })
    .await
    .unwrap();
    app.clock = Clock::fixed(now());
    TestApp::on(SharedApp::new(app), database)
}

async fn post(app: &TestApp, request: &Value) -> crate::support::Answer {
    app.call(
        TestRequest::post()
            .uri(URL)
            .insert_header(("Content-Type", "application/json"))
            .set_payload(request.to_string()),
    )
    .await
}

#[actix_web::test]
async fn what_is_refused_is_refused_in_the_same_words() {
    let app = start().await;
    let before = count(&app).await;
    let cases = fixture("ticket_create/refusals.jsonl");
    let mut complaint = String::new();
    for case in &cases {
        let answer = post(&app, &case["request"]).await;
        let expected = case["answer"].as_str().unwrap();
        if answer.body != expected || i64::from(answer.status) != case["status"].as_i64().unwrap() {
            let _ = writeln!(
                complaint,
                "{}\n  expected: {expected}\n  answered: {}",
                case["name"], answer.body
            );
        }
    }
    assert!(complaint.is_empty(), "{complaint}");
    assert_eq!(
        count(&app).await,
        before,
        "a refused request leaves no ticket"
    );
    assert!(cases.len() > 200);
}

async fn count(app: &TestApp) -> i64 {
    let query = Query::select()
        .expr(Expr::col(t::Ticket::Id).count())
        .from(t::Ticket::Table)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let (count,): (i64,) = tx.fetch_one(&query).await.unwrap();
    count
}

#[actix_web::test]
async fn new_tickets_have_the_rows_of_the_reference_system() {
    let app = start().await;
    for case in fixture("ticket_create/creates.jsonl") {
        let answer = post(&app, &case["request"]).await;
        let answered: Value = serde_json::from_str(&answer.body).unwrap();
        let Some(id) = answered["TicketID"].as_str() else {
            panic!("{}: {}", case["name"], answer.body);
        };
        let number = answered["TicketNumber"].as_str().unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let (ticket, history, articles) = rows(&mut tx, id.parse().unwrap(), number).await;
        let name = &case["name"];
        assert_eq!(ticket, case["ticket"].as_str().unwrap(), "{name}");
        assert_eq!(Value::from(history), case["history"], "{name}");
        assert_eq!(Value::from(articles), case["articles"], "{name}");
    }
}

#[actix_web::test]
async fn numbers_of_articles_are_texts_when_a_customer_wrote_them() {
    let app = start().await;
    let mut request = fixture("ticket_create/creates.jsonl")[0]["request"].clone();
    let article = request["Article"].clone();
    let mut of_customer = article.clone();
    of_customer["SenderType"] = "customer".into();
    request["Article"] = Value::from(vec![of_customer, article]);

    let answer = post(&app, &request).await;

    let answer: Value = serde_json::from_str(&answer.body).unwrap();
    assert!(answer["ArticleID"][0].is_string(), "{answer}");
    assert!(answer["ArticleID"][1].is_i64(), "{answer}");
    assert_eq!(answer["TicketNumber"], "2026012310000012");
}

fn maybe(id: Option<impl ToString>) -> String {
    id.map_or_else(|| "-".to_owned(), |id| id.to_string())
}

#[derive(sqlx::FromRow)]
struct TicketRow {
    title: Option<String>,
    queue_id: i32,
    ticket_lock_id: i16,
    type_id: Option<i16>,
    service_id: Option<i32>,
    sla_id: Option<i32>,
    user_id: i32,
    responsible_user_id: i32,
    ticket_priority_id: i16,
    ticket_state_id: i16,
    customer_id: Option<String>,
    customer_user_id: Option<String>,
    timeout: i32,
    until_time: i32,
    archive_flag: i16,
    create_by: i32,
    change_by: i32,
    create_time: NaiveDateTime,
}

/// The ticket, its history and its articles, as the recordings have them.
async fn rows(tx: &mut Tx, id: i64, number: &str) -> (String, Vec<String>, Vec<String>) {
    use t::Ticket as T;
    let columns = [
        T::Title,
        T::QueueId,
        T::TicketLockId,
        T::TypeId,
        T::ServiceId,
        T::SlaId,
        T::UserId,
        T::ResponsibleUserId,
        T::TicketPriorityId,
        T::TicketStateId,
        T::CustomerId,
        T::CustomerUserId,
        T::Timeout,
        T::UntilTime,
        T::ArchiveFlag,
        T::CreateBy,
        T::ChangeBy,
        T::CreateTime,
    ];
    let query = Query::select()
        .columns(columns)
        .from(T::Table)
        .and_where(Expr::col(T::Id).eq(id))
        .to_owned();
    let row: TicketRow = tx.fetch_one(&query).await.unwrap();
    assert_eq!(row.create_time, now());
    let timeout = match i64::from(row.timeout) {
        0 => "never".to_owned(),
        at if at == now().and_utc().timestamp() => "now".to_owned(),
        other => other.to_string(),
    };
    let ticket = [
        row.title.unwrap_or_default(),
        row.queue_id.to_string(),
        row.ticket_lock_id.to_string(),
        maybe(row.type_id),
        maybe(row.service_id),
        maybe(row.sla_id),
        row.user_id.to_string(),
        row.responsible_user_id.to_string(),
        row.ticket_priority_id.to_string(),
        row.ticket_state_id.to_string(),
        maybe(row.customer_id),
        maybe(row.customer_user_id),
        timeout,
        row.until_time.to_string(),
        row.archive_flag.to_string(),
        row.create_by.to_string(),
        row.change_by.to_string(),
    ]
    .join(" | ");

    let articles: Vec<ArticleRow> = tx.fetch_all(&articles(id)).await.unwrap();
    let position = |article: Option<i64>| {
        let at = articles.iter().position(|row| Some(row.id) == article);
        maybe(at.map(|at| at + 1))
    };
    let history: Vec<HistoryRow> = tx.fetch_all(&history(id)).await.unwrap();
    let history = history.into_iter().map(|row| {
        let name = if row.kind == "NewTicket" {
            let name = row.name.replace(number, "NUMBER");
            name.replace(&format!("%%{id}"), "%%ID")
        } else {
            row.name
        };
        [
            row.kind,
            name,
            position(row.article_id),
            row.type_id.to_string(),
            row.queue_id.to_string(),
            row.owner_id.to_string(),
            row.priority_id.to_string(),
            row.state_id.to_string(),
            row.create_by.to_string(),
            row.change_by.to_string(),
        ]
        .join(" | ")
    });
    let history = history.collect();
    let articles = articles.into_iter().map(|row| {
        [
            row.sender,
            row.channel,
            row.is_visible_for_customer.to_string(),
            row.a_from.unwrap_or_default(),
            row.a_to.unwrap_or_default(),
            row.a_subject.unwrap_or_default(),
            row.a_content_type.unwrap_or_default(),
            row.a_body.unwrap_or_default(),
            row.create_by.to_string(),
        ]
        .join(" | ")
    });
    (ticket, history, articles.collect())
}

#[derive(sqlx::FromRow)]
struct HistoryRow {
    kind: String,
    name: String,
    article_id: Option<i64>,
    type_id: i16,
    queue_id: i32,
    owner_id: i32,
    priority_id: i16,
    state_id: i16,
    create_by: i32,
    change_by: i32,
}

fn history(ticket: i64) -> SelectStatement {
    use t::{TicketHistory as H, TicketHistoryType as K};
    Query::select()
        .expr_as(Expr::col((K::Table, K::Name)), "kind")
        .columns(
            [
                H::Name,
                H::ArticleId,
                H::TypeId,
                H::QueueId,
                H::OwnerId,
                H::PriorityId,
                H::StateId,
                H::CreateBy,
                H::ChangeBy,
            ]
            .map(|column| (H::Table, column)),
        )
        .from(H::Table)
        .inner_join(
            K::Table,
            Expr::col((H::Table, H::HistoryTypeId)).equals((K::Table, K::Id)),
        )
        .and_where(Expr::col((H::Table, H::TicketId)).eq(ticket))
        .order_by((H::Table, H::Id), Order::Asc)
        .to_owned()
}

#[derive(sqlx::FromRow)]
struct ArticleRow {
    id: i64,
    sender: String,
    channel: String,
    is_visible_for_customer: i16,
    a_from: Option<String>,
    a_to: Option<String>,
    a_subject: Option<String>,
    a_content_type: Option<String>,
    a_body: Option<String>,
    create_by: i32,
}

fn articles(ticket: i64) -> SelectStatement {
    use t::{
        Article as A, ArticleDataMime as M, ArticleSenderType as S, CommunicationChannel as C,
    };
    Query::select()
        .columns([A::Id, A::IsVisibleForCustomer, A::CreateBy].map(|column| (A::Table, column)))
        .columns([M::AFrom, M::ATo, M::ASubject, M::AContentType, M::ABody].map(|c| (M::Table, c)))
        .expr_as(Expr::col((S::Table, S::Name)), "sender")
        .expr_as(Expr::col((C::Table, C::Name)), "channel")
        .from(A::Table)
        .inner_join(
            M::Table,
            Expr::col((M::Table, M::ArticleId)).equals((A::Table, A::Id)),
        )
        .inner_join(
            S::Table,
            Expr::col((S::Table, S::Id)).equals((A::Table, A::ArticleSenderTypeId)),
        )
        .inner_join(
            C::Table,
            Expr::col((C::Table, C::Id)).equals((A::Table, A::CommunicationChannelId)),
        )
        .and_where(Expr::col((A::Table, A::TicketId)).eq(ticket))
        .order_by((A::Table, A::Id), Order::Asc)
        .to_owned()
}
