//! `IncludeTicketData` of `TicketCreate` and `TicketUpdate`. What the answers have and leave out is what those of the
//! reference system have and leave out.

use actix_web::{http::Method, test::TestRequest};
use compat::{Value, json};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::uri;
use crate::support::{TestApp, insert, now};

const SERVICE: &str = "
Provider:
  Operation:
    Create:
      Type: Ticket::TicketCreate
      IncludeTicketData: '1'
    Update:
      Type: Ticket::TicketUpdate
      IncludeTicketData: '1'
  Transport:
    Type: HTTP::REST
    Config:
      MaxLength: '100000'
      RouteOperationMapping:
        Create:
          RequestMethod: [POST]
          Route: /Ticket
        Update:
          RequestMethod: [PATCH]
          Route: /Ticket/:TicketID
";

/// sha256 of `root`.
const PASSWORD: &str = "4813494d137e1631bba301d5acab6e7bb7aa74ce1185d456565ef51d737677b2";

/// A server where tickets and articles have a field each, and the queue `Raw` has limits.
async fn start() -> TestApp {
    use t::DynamicField as F;
    let app = TestApp::start().await;
    app.web_service("Whole", SERVICE).await;
    let mut tx = app.app.db.begin().await.unwrap();
    let password = Query::update()
        .table(t::Users::Table)
        .value(t::Users::Pw, PASSWORD)
        .and_where(Expr::col(t::Users::Id).eq(1))
        .to_owned();
    tx.execute(&password).await.unwrap();
    let limits = Query::update()
        .table(t::Queue::Table)
        .value(t::Queue::FirstResponseTime, 60)
        .and_where(Expr::col(t::Queue::Id).eq(2))
        .to_owned();
    tx.execute(&limits).await.unwrap();
    for (name, object) in [("OfTicket", "Ticket"), ("OfArticle", "Article")] {
        insert(
            &mut tx,
            F::Table,
            &[
                (F::InternalField, 0.into()),
                (F::Name, name.into()),
                (F::Label, name.into()),
                (F::FieldOrder, 1.into()),
                (F::FieldType, "Text".into()),
                (F::ObjectType, object.into()),
                (F::ValidId, 1.into()),
                (F::CreateTime, now().into()),
                (F::CreateBy, 1.into()),
                (F::ChangeTime, now().into()),
                (F::ChangeBy, 1.into()),
            ],
        )
        .await;
    }
    tx.commit().await.unwrap();
    app
}

async fn send(app: &TestApp, method: Method, path: &str, body: &str) -> Value {
    let body = format!(r#"{{"UserLogin":"root@localhost","Password":"root",{body}}}"#);
    let request = TestRequest::default()
        .method(method)
        .uri(&uri("Whole", path))
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-length", body.len()))
        .set_payload(body);
    let answer = app.call(request).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    json::read(&answer.body).unwrap()
}

fn at<'a>(value: &'a Value, path: &[&str]) -> Option<&'a Value> {
    path.iter().try_fold(value, |value, step| match value {
        Value::List(items) => items.get(step.parse::<usize>().ok()?),
        hash => hash.get(step),
    })
}

fn keys(value: &Value) -> Vec<String> {
    let map = value.as_map().cloned().unwrap_or_default();
    map.keys().cloned().collect()
}

const TICKET: &str = r#""Ticket":{"Title":"t","Queue":"Raw","State":"new","Priority":"3 normal",
    "CustomerUser":"somebody@localhost.localdomain","CustomerID":"x"}"#;

fn article(sender: &str, html: bool) -> String {
    let kind = if html { "html" } else { "plain" };
    format!(
        r#"{{"Subject":"s","Body":"<b>b</b>","ContentType":"text/{kind}; charset=utf-8",
            "CommunicationChannel":"Internal","SenderType":"{sender}"}}"#
    )
}

const FILE: &str =
    r#""Attachment":[{"Content":"aGVsbG8=","ContentType":"text/plain","Filename":"a.txt"}]"#;
const FIELDS: &str =
    r#""DynamicField":[{"Name":"OfTicket","Value":"x"},{"Name":"OfArticle","Value":"y"}]"#;

#[actix_web::test]
async fn a_new_ticket_is_in_the_answer_with_its_articles_files_and_fields() {
    let app = start().await;
    let body = format!(
        r#"{TICKET},"Article":[{},{}],{FILE},{FIELDS}"#,
        article("agent", true),
        article("customer", false)
    );
    let answer = send(&app, Method::POST, "/Ticket", &body).await;

    assert_eq!(
        keys(&answer),
        ["ArticleID", "Ticket", "TicketID", "TicketNumber"]
    );
    let ticket = answer.get("Ticket").unwrap();
    for missing in ["TimeUnit", "FirstResponseTime", "EscalationDestinationTime"] {
        assert_eq!(ticket.get(missing), None, "{missing}");
    }
    assert_eq!(
        ticket.get("EscalationResponseTime"),
        Some(&Value::Integer(0)),
        "limits are computed when the operation ends"
    );
    assert_eq!(
        at(ticket, &["DynamicField", "0", "Value"]),
        Some(&Value::text("x"))
    );
    let ids = answer.get("ArticleID").unwrap();
    assert_eq!(at(ticket, &["Article", "0", "ArticleID"]), at(ids, &["0"]));
    assert_eq!(at(ticket, &["Article", "1", "ArticleID"]), at(ids, &["1"]));
    assert!(matches!(at(ids, &["0"]), Some(Value::Integer(_))));
    assert!(matches!(at(ids, &["1"]), Some(Value::Text(_))));
    let first = at(ticket, &["Article", "0"]).unwrap();
    assert_eq!(first.get("TimeUnit"), None);
    assert_eq!(first.get("Body"), Some(&Value::text("b")));
    assert_eq!(
        at(first, &["DynamicField", "0", "Value"]),
        Some(&Value::text("y"))
    );
    let files = first.get("Attachment").and_then(Value::as_list).unwrap();
    assert_eq!(files.len(), 2, "the HTML is one of them");
    assert_eq!(
        keys(&files[0]),
        [
            "Content",
            "ContentAlternative",
            "ContentID",
            "ContentType",
            "Disposition",
            "Filename",
            "FilesizeRaw"
        ]
    );
    assert_eq!(files[0].get("Filename"), Some(&Value::text("a.txt")));
    assert_eq!(files[1].get("Filename"), Some(&Value::text("file-2")));
}

#[actix_web::test]
async fn an_update_answers_with_its_article_or_with_the_row_of_the_last_one() {
    let app = start().await;
    let body = format!(r#"{TICKET},"Article":{}"#, article("customer", true));
    let created = send(&app, Method::POST, "/Ticket", &body).await;
    assert_eq!(
        at(&created, &["Ticket", "Article", "0", "Attachment"]),
        None,
        "without files of the request"
    );
    let path = format!(
        "/Ticket/{}",
        created.get("TicketID").unwrap().as_string().unwrap()
    );

    let body = format!(r#""Article":{},{FILE}"#, article("agent", false));
    let noted = send(&app, Method::PATCH, &path, &body).await;
    let id = noted.get("ArticleID").unwrap();
    assert_eq!(at(&noted, &["Ticket", "Article", "ArticleID"]), Some(id));
    assert_eq!(
        at(&noted, &["Ticket", "Article", "ArticleNumber"]),
        Some(&Value::Integer(2))
    );
    assert_eq!(
        at(
            &noted,
            &["Ticket", "Article", "Attachment", "0", "Filename"]
        ),
        Some(&Value::text("a.txt"))
    );
    assert!(at(&noted, &["Ticket", "EscalationDestinationTime"]).is_some());

    let titled = send(&app, Method::PATCH, &path, r#""Ticket":{"Title":"new"}"#).await;
    assert_eq!(at(&titled, &["Ticket", "Title"]), Some(&Value::text("new")));
    assert_eq!(titled.get("ArticleID"), Some(id));
    assert_eq!(
        keys(at(&titled, &["Ticket", "Article"]).unwrap()),
        [
            "ArticleID",
            "ArticleNumber",
            "ChangeBy",
            "ChangeTime",
            "CommunicationChannelID",
            "CreateBy",
            "CreateTime",
            "IsVisibleForCustomer",
            "SenderType",
            "SenderTypeID",
            "TicketID"
        ]
    );
}
