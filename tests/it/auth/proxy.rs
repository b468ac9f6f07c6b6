//! Signing in through a proxy: sessions and the login limit go by the address of the client behind it.

use actix_web::test::TestRequest;
use compat::{Value, password::CryptType};
use otterdesk::app::{App, SharedApp};

use crate::{
    people::{PASSWORD, VALID},
    support::TestApp,
};

const SESSIONS: &str = "
Provider:
  Operation:
    Create:
      Type: Session::SessionCreate
    Get:
      Type: Session::SessionGet
  Transport:
    Type: HTTP::REST
    Config:
      MaxLength: '2000'
      RouteOperationMapping:
        Create:
          Route: /Open
          RequestMethod: [POST]
        Get:
          Route: /Get
          RequestMethod: [POST]
";

const PROXY: &str = "10.0.0.1:50000";
const ELSEWHERE: &str = "192.0.2.99:50000";

async fn start() -> TestApp {
    let mut app = TestApp::start().await;
    app.web_service("Sessions", SESSIONS).await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    let mut behind_proxy = App::clone(&app.app);
    behind_proxy.trusted_proxies = "10.0.0.0/8".parse().unwrap();
    app.app = SharedApp::new(behind_proxy);
    app
}

/// A request that `peer` hands on for `client`, or says it does.
async fn post(app: &TestApp, peer: &str, client: &str, route: &str, data: Value) -> Value {
    let body = compat::json::write(&data);
    let request = TestRequest::post()
        .uri(&format!(
            "/otrs/nph-genericinterface.pl/Webservice/Sessions/{route}"
        ))
        .peer_addr(peer.parse().unwrap())
        .insert_header(("x-forwarded-for", client))
        .insert_header(("remote-user", "root@localhost"))
        .insert_header(("content-type", "application/json"))
        .insert_header(("content-length", body.len()))
        .set_payload(body);
    compat::json::read(&app.call(request).await.body).unwrap()
}

async fn open(app: &TestApp, peer: &str, client: &str) -> String {
    let data = Value::map([("UserLogin", "alice"), ("Password", PASSWORD)]);
    let answer = post(app, peer, client, "Open", data).await;
    answer.get("SessionID").unwrap().as_string().unwrap()
}

/// The address that a session is bound to, as somebody at `client` gets it shown; `None` when there is no session.
async fn bound_to(app: &TestApp, peer: &str, client: &str, id: &str) -> Option<String> {
    let answer = post(app, peer, client, "Get", Value::map([("SessionID", id)])).await;
    let Some(Value::List(entries)) = answer.get("SessionData") else {
        let code = answer.get("Error").and_then(|error| error.get("ErrorCode"));
        assert_eq!(code, Some(&Value::text("SessionGet.SessionInvalid")));
        return None;
    };
    let key = Value::text("UserRemoteAddr");
    let entry = entries.iter().find(|entry| entry.get("Key") == Some(&key));
    entry?.get("Value")?.as_string()
}

#[actix_web::test]
async fn a_session_belongs_to_the_client_behind_the_proxy() {
    let app = start().await;
    let id = open(&app, PROXY, "203.0.113.7").await;

    let mine = bound_to(&app, PROXY, "198.51.100.1, 203.0.113.7", &id).await;
    assert_eq!(mine.as_deref(), Some("203.0.113.7"));
    let anothers = bound_to(&app, PROXY, "203.0.113.7, 203.0.113.8", &id).await;
    assert_eq!(anothers, None);
}

#[actix_web::test]
async fn nobody_else_can_claim_another_address() {
    let app = start().await;
    let id = open(&app, PROXY, "203.0.113.7").await;
    assert_eq!(bound_to(&app, ELSEWHERE, "203.0.113.7", &id).await, None);

    let id = open(&app, ELSEWHERE, "203.0.113.7").await;
    let own = bound_to(&app, ELSEWHERE, "203.0.113.8", &id).await;
    assert_eq!(own.as_deref(), Some("192.0.2.99"));
}
