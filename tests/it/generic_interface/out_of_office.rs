//! `User::OutOfOffice`. Answers and preferences are those of the reference system for the same requests.

use actix_web::test::TestRequest;
use otterdesk::directory::{
    UserId,
    preferences::{self, Owner},
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::uri;
use crate::support::{TestApp, insert, now};

const SERVICE: &str = "
Provider:
  Operation:
    Plain:
      Type: User::OutOfOffice
    Table:
      Type: User::OutOfOffice
      MappingInbound:
        Type: OutOfOffice
  Transport:
    Type: HTTP::REST
    Config:
      MaxLength: '100000'
      RouteOperationMapping:
        Plain:
          RequestMethod: [POST]
          Route: /Plain
        Table:
          RequestMethod: [POST]
          Route: /Table
";

/// sha256 of `root`.
const PASSWORD: &str = "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";

async fn agent(app: &TestApp, id: i32, login: &str, names: (&str, &str), valid: i32) {
    use t::Users as U;
    let mut tx = app.app.db.begin().await.unwrap();
    insert(
        &mut tx,
        U::Table,
        &[
            (U::Id, id.into()),
            (U::Login, login.into()),
            (U::Pw, PASSWORD.into()),
            (U::FirstName, names.0.into()),
            (U::LastName, names.1.into()),
            (U::ValidId, valid.into()),
            (U::CreateTime, now().into()),
            (U::CreateBy, 1.into()),
            (U::ChangeTime, now().into()),
            (U::ChangeBy, 1.into()),
        ],
    )
    .await;
    let email = format!("{login}@example.com");
    preferences::set(&mut tx, Owner::Agent(UserId(id)), "UserEmail", &email)
        .await
        .unwrap();
    tx.commit().await.unwrap();
}

async fn start() -> TestApp {
    let app = TestApp::start().await;
    app.web_service("Absent", SERVICE).await;
    let mut tx = app.app.db.begin().await.unwrap();
    let password = Query::update()
        .table(t::Users::Table)
        .value(t::Users::Pw, PASSWORD)
        .and_where(Expr::col(t::Users::Id).eq(1))
        .to_owned();
    tx.execute(&password).await.unwrap();
    tx.commit().await.unwrap();
    agent(&app, 2, "alice", ("Alice", "Ames"), 1).await;
    agent(&app, 3, "bob", ("Bob", "Burns"), 1).await;
    agent(&app, 4, "dave", ("Dave", "Gone"), 2).await;
    agent(&app, 5, "xena", ("Xena", "Burns"), 1).await;
    app
}

async fn post(app: &TestApp, operation: &str, body: &str) -> String {
    let request = TestRequest::post()
        .uri(&uri("Absent", operation))
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-length", body.len()))
        .set_payload(body.to_owned());
    app.call(request).await.line()
}

/// Who is absent and when, `login: flag first last`; then everybody is present again.
async fn absences(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.begin().await.unwrap();
    let mut shown = Vec::new();
    for (id, login) in [
        (1, "root"),
        (2, "alice"),
        (3, "bob"),
        (4, "dave"),
        (5, "xena"),
    ] {
        let owner = Owner::Agent(UserId(id));
        let known = preferences::list(&mut tx, owner).await.unwrap();
        let text = |key: &str| {
            let value = known.get(&format!("OutOfOffice{key}")).cloned().flatten();
            value.unwrap_or_else(|| "?".to_owned())
        };
        let day = |which: &str| {
            let parts = ["Year", "Month", "Day"].map(|part| text(&format!("{which}{part}")));
            parts.join("-")
        };
        if text("") != "?" {
            shown.push(format!(
                "{login}: {} {} {}",
                text(""),
                day("Start"),
                day("End")
            ));
        }
        for key in known.keys().filter(|key| key.starts_with("OutOfOffice")) {
            preferences::remove(&mut tx, owner, key).await.unwrap();
        }
    }
    tx.commit().await.unwrap();
    shown
}

const DONE: &str = r#"200 {"Success":1}"#;

#[actix_web::test]
async fn only_agents_in_the_group_admin_say_who_is_absent() {
    let app = start().await;
    let entry = r#""OutOfOfficeEntries":[{"UserLogin":"bob","OutOfOffice":1}]"#;
    let refused = |sentence: &str| {
        format!(
            r#"200 {{"Error":{{"ErrorCode":"OutOfOffice.AuthFail","ErrorMessage":"OutOfOffice: {sentence}"}}}}"#
        )
    };
    for (who, sentence) in [
        (r#""x":1"#, "Authentication failed."),
        (r#""UserLogin":"alice""#, "Authentication failed."),
        (r#""SessionID":"abc""#, "Authentication failed."),
        (
            r#""UserLogin":"alice","Password":"root""#,
            "User needs to be in group admin.",
        ),
    ] {
        let body = format!("{{{who},{entry}}}");
        assert_eq!(
            post(&app, "/Plain", &body).await,
            refused(sentence),
            "{who}"
        );
    }
    assert!(absences(&app).await.is_empty());
}

#[actix_web::test]
async fn absences_are_written_to_the_preferences_of_those_who_are_found() {
    let app = start().await;
    let dates = r#""StartDate":"2026-10-01","EndDate":"2026-10-05""#;
    let alice: &[&str] = &["alice: 1 2026-10-01 2026-10-05"];
    let present: &[&str] = &["alice: 0 2026-10-01 2026-10-05"];
    let dateless: &[&str] = &["alice: 1 ?-?-? ?-?-?"];
    let entry = |fields: &str| format!(r#"[{{{fields},"OutOfOffice":1,{dates}}}]"#);
    let flag = |flag: &str| format!(r#"[{{"UserLogin":"alice","OutOfOffice":{flag},{dates}}}]"#);
    let start = |start: &str| {
        format!(
            r#"[{{"UserLogin":"alice","OutOfOffice":1,"StartDate":{start},"EndDate":"2026-10-05"}}]"#
        )
    };
    for (entries, expected) in [
        (entry(r#""UserLogin":"ALICE""#), alice),
        (
            entry(r#""UserLogin":"nobody","UserEmail":"alice@example.com""#),
            alice,
        ),
        (
            entry(r#""UserLogin":"bob","UserEmail":"alice@example.com""#),
            alice,
        ),
        (
            entry(r#""UserEmail":"bob@example.com","UserSearch":"alice""#),
            alice,
        ),
        (entry(r#""UserLogin":"alice","UserSearch":"Burns""#), alice),
        (entry(r#""UserEmail":"ALICE@example.com""#), &[]),
        (entry(r#""UserEmail":"alice""#), &[]),
        (entry(r#""UserSearch":"Ames Alice""#), alice),
        (entry(r#""UserSearch":"Al*""#), alice),
        (entry(r#""UserSearch":"alice (ames)""#), alice),
        (entry(r#""UserSearch":"Ali""#), &[]),
        (entry(r#""UserSearch":"Ames, Alice""#), &[]),
        (entry(r#""UserSearch":"*""#), &[]),
        (entry(r#""UserSearch":"Burns""#), &[]),
        (entry(r#""UserLogin":"dave""#), &[]),
        (entry(r#""UserSearch":"dave""#), &[]),
        (entry(r#""UserLogin":["alice"]"#), &[]),
        (flag(r#""""#), present),
        (flag("null"), present),
        (flag(r#""0""#), present),
        (flag(r#""yes""#), alice),
        (flag("[1]"), alice),
        (format!(r#"[{{"UserLogin":"alice",{dates}}}]"#), present),
        (start(r#""""#), dateless),
        (start(r#""2026-1-2""#), dateless),
        (start("null"), dateless),
        (start("[1]"), dateless),
        (
            start(r#""x2026-13-45 00:00:00""#),
            &["alice: 1 2026-13-45 2026-10-05"],
        ),
        (
            r#"[{"UserLogin":"alice","OutOfOffice":1,"StartDate":"2026-10-01","EndDate":"x"}]"#
                .to_owned(),
            &["alice: 1 2026-10-01 ?-?-?"],
        ),
        (
            format!(
                r#"["x",null,[1],{{"UserLogin":"alice","OutOfOffice":1,{dates}}},{{"UserLogin":"bob",{dates}}}]"#
            ),
            &[
                "alice: 1 2026-10-01 2026-10-05",
                "bob: 0 2026-10-01 2026-10-05",
            ],
        ),
        (r#"[""]"#.to_owned(), &[]),
    ] {
        let body = format!(
            r#"{{"UserLogin":"root@localhost","Password":"root","OutOfOfficeEntries":{entries}}}"#
        );
        assert_eq!(post(&app, "/Plain", &body).await, DONE, "{entries}");
        assert_eq!(absences(&app).await, expected, "{entries}");
    }
    for entries in ["[]", "{}", r#""x""#, "0", r#"{"UserLogin":"bob"}"#] {
        let body = format!(
            r#"{{"UserLogin":"root@localhost","Password":"root","OutOfOfficeEntries":{entries}}}"#
        );
        assert_eq!(
            post(&app, "/Plain", &body).await,
            r#"500 {"faultcode":"Server","faultstring":"Payload does not contain out-of-office entries or they could not be parsed."}"#,
            "{entries}"
        );
    }
}

#[actix_web::test]
async fn a_table_becomes_entries_where_the_mapping_says_so() {
    let app = start().await;
    let root = r#""UserLogin":"root@localhost","Password":"root""#;
    let table = r#""OutOfOfficeEntriesCSVString":"OutOfOffice,UserLogin,StartDate,EndDate\n1,alice,2026-11-01,2026-11-30\n0,bob""#;

    let body = format!("{{{root},{table}}}");
    assert_eq!(post(&app, "/Table", &body).await, DONE);
    assert_eq!(
        absences(&app).await,
        ["alice: 1 2026-11-01 2026-11-30", "bob: 0 ?-?-? ?-?-?"]
    );
    assert_eq!(
        post(&app, "/Table", &format!("{{{root}}}")).await,
        r#"500 {"faultcode":"Server","faultstring":"Parameter OutOfOfficeEntriesCSVString is missing."}"#
    );
    assert_eq!(
        post(&app, "/Plain", &body).await,
        r#"500 {"faultcode":"Server","faultstring":"Payload does not contain out-of-office entries or they could not be parsed."}"#,
        "without the mapping nobody reads the table"
    );
}
