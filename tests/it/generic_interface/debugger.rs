//! The rows of the debug log.

use actix_web::test::TestRequest;
use schema::{LongText, tables as t};
use sea_query::{Order, Query};

use super::{REST, app, uri};
use crate::support::TestApp;

#[derive(sqlx::FromRow)]
struct Row {
    debug_level: String,
    subject: String,
    content: Option<LongText>,
}

/// Every entry.
pub(super) async fn all_entries(app: &TestApp) -> Vec<(String, String, String)> {
    let query = Query::select()
        .columns([
            t::GiDebuggerEntryContent::DebugLevel,
            t::GiDebuggerEntryContent::Subject,
            t::GiDebuggerEntryContent::Content,
        ])
        .from(t::GiDebuggerEntryContent::Table)
        .order_by(t::GiDebuggerEntryContent::Id, Order::Asc)
        .to_owned();
    let rows: Vec<Row> = app
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_all(&query)
        .await
        .unwrap();
    rows.into_iter()
        .map(|row| {
            (
                row.debug_level,
                row.subject,
                row.content.unwrap_or_default().0,
            )
        })
        .collect()
}

/// The entries without the first one of each request, which shows its header lines.
async fn entries(app: &TestApp) -> Vec<(String, String, String)> {
    let mut entries = all_entries(app).await;
    entries.retain(|(_, subject, _)| subject != "Communication sequence started");
    entries
}

fn entry(level: &str, subject: &str, content: &str) -> (String, String, String) {
    (level.to_owned(), subject.to_owned(), content.to_owned())
}

fn post(service: &str, path: &str, body: &'static str) -> TestRequest {
    TestRequest::post()
        .uri(&uri(service, path))
        .insert_header(("content-type", "application/json"))
        .set_payload(body)
}

#[actix_web::test]
async fn the_way_of_a_request_is_written_step_by_step() {
    let app = app().await;
    app.call(post("Rest", "/Mapped", r#"{"a":1}"#)).await;
    let nothing = "No data provided";
    assert_eq!(
        entries(&app).await,
        [
            entry(
                "debug",
                "Received data by provider from remote system",
                r#"{"a":1}"#
            ),
            entry("debug", "Detected operation 'Mapped'", nothing),
            entry(
                "debug",
                "Incoming data before mapping",
                "$VAR1 = {\n  'a' => 1\n};\n"
            ),
            entry(
                "debug",
                "Outgoing data before mapping",
                "$VAR1 = {\n  'a' => 1\n};\n"
            ),
            entry(
                "debug",
                "Outgoing data after mapping",
                "$VAR1 = {\n  'A' => 1\n};\n"
            ),
            entry(
                "debug",
                "Returning provider data to remote system (HTTP Code: 200)",
                r#"{"A":1}"#
            ),
        ]
    );
}

#[actix_web::test]
async fn with_the_threshold_error_only_what_fails_is_written() {
    let app = app().await;
    app.web_service(
        "Quiet",
        &REST.replace("DebugThreshold: debug", "DebugThreshold: error"),
    )
    .await;
    app.call(post("Quiet", "/Echo", r#"{"a":1}"#)).await;
    assert_eq!(entries(&app).await, []);

    app.call(post("Quiet", "/Echo", r#"{"a":"#)).await;
    app.call(post("Quiet", "/BadType", r#"{"a":1}"#)).await;
    let undecodable = "Error while decoding request content.";
    let missing =
        "Can't load operation backend module Kernel::GenericInterface::Operation::Nope::Nope!";
    let returning = "Returning provider data to remote system (HTTP Code: 500)";
    assert_eq!(
        entries(&app).await,
        [
            entry("error", undecodable, "No data provided"),
            entry("error", undecodable, undecodable),
            entry("error", returning, undecodable),
            entry("error", missing, "No data provided"),
            entry(
                "error",
                "Operation could not be initialized",
                &format!(
                    "$VAR1 = {{\n  'ErrorMessage' => '{}',\n  'Success' => 0\n}};\n",
                    missing.replace('\'', "\\'")
                )
            ),
            entry(
                "error",
                returning,
                &format!(r#"{{"faultcode":"Server","faultstring":"{missing}"}}"#)
            ),
        ]
    );
}

#[actix_web::test]
async fn a_web_service_in_test_mode_answers_and_writes_nothing() {
    let app = app().await;
    app.web_service("Tried", &REST.replace("TestMode: 0", "TestMode: 1"))
        .await;
    let answer = app.call(post("Tried", "/Echo", r#"{"a":1}"#)).await;
    assert_eq!(answer.line(), r#"200 {"a":1}"#);
    app.call(post("Tried", "/Echo", r#"{"a":"#)).await;
    assert_eq!(all_entries(&app).await, []);
}

#[actix_web::test]
async fn passwords_are_not_written() {
    let app = app().await;
    app.call(post(
        "Rest",
        "/Echo",
        r#"{"UserLogin":"jane","Password":"plan\"ted'42"}"#,
    ))
    .await;
    app.call(TestRequest::get().uri(&uri("Rest", "/Echo?UserLogin=jane&Password=planted%2B43")))
        .await;
    let entries = all_entries(&app).await;
    assert_eq!(entries.len(), 11);
    for (_, subject, content) in entries {
        assert!(
            !content.contains("ted") && !content.contains("%2B43"),
            "{subject}: {content}"
        );
    }
}
