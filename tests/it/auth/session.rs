//! Sessions: what they hold, how long they live, whose they are, and the operations of web services on them.

use std::sync::Arc;

use chrono::TimeDelta;
use compat::{Value, password::CryptType};
use otterdesk::{
    app::App,
    auth::{
        Principal,
        session::{self, Caller, Entry},
    },
    generic_interface::{
        Compiled, WebService,
        operation::{self, Answer, Request},
    },
    recent::Recent,
};

use crate::{
    people::{INVALID, PASSWORD, VALID},
    support::TestApp,
};

const CALLER: Caller<'static> = Caller {
    remote_addr: Some("192.0.2.1"),
    user_agent: Some("curl"),
    source: "GenericInterface",
};

async fn open(app: &TestApp, principal: &Principal) -> String {
    session::create(&app.app, principal, CALLER)
        .await
        .unwrap()
        .unwrap()
}

async fn is_alive(app: &TestApp, id: &str, address: &str) -> bool {
    session::alive(&app.app, id, Some(address))
        .await
        .unwrap()
        .is_some()
}

/// Calls an operation as a client at 192.0.2.1; answers the data, or code and sentence.
async fn call(app: &TestApp, operation_type: &str, data: Value) -> String {
    let web_service = WebService {
        id: 1,
        name: "Test".to_owned(),
        config: Value::Undef,
        compiled: Compiled::default(),
    };
    let request = Request {
        web_service: &web_service,
        operation_type,
        operation_name: "Test",
        data,
        remote_addr: Some("192.0.2.1".to_owned()),
        user_agent: None,
    };
    match operation::run(&app.app, request).await {
        Answer::Data(map) => compat::json::write(&Value::Map(map)),
        Answer::Error { code, message } => format!("{code} {message}"),
        Answer::Failure(message) | Answer::FailureWithData { message, .. } => {
            format!("failure: {message}")
        }
    }
}

#[actix_web::test]
async fn a_session_of_an_agent_holds_what_the_other_system_expects() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    let id = open(&app, &app.agent("alice").await).await;

    let session = session::alive(&app.app, &id, Some("192.0.2.1"))
        .await
        .unwrap()
        .unwrap();

    let keys: Vec<_> = session.data.keys().map(String::as_str).collect();
    insta::assert_snapshot!(keys.join(" "), @"AdminCommunicationLogPageShown AdminDynamicFieldsOverviewPageShown ChangeTime CreateTime SessionSource UserChallengeToken UserCreateNextMask UserEmail UserFirstname UserFullname UserID UserLastRequest UserLastViewsLimit UserLastViewsPosition UserLastname UserLogin UserPw UserRefreshTime UserRemoteAddr UserRemoteUserAgent UserSessionStart UserTicketOverviewMediumPageShown UserTicketOverviewPreviewPageShown UserTicketOverviewSmallPageShown UserTitle UserType ValidID");
    assert_eq!(session.text("UserFullname"), Some("Alice Ängström"));
    assert_eq!(session.text("UserEmail"), Some("alice"));
    assert_eq!(session.text("UserType"), Some("User"));
    assert_eq!(session.text("UserSessionStart"), Some("1769162400"));
    assert_eq!(session.text("CreateTime"), Some("2026-01-23 10:00:00"));
    assert_eq!(session.data["UserTitle"], Entry::Text(None));
}

#[actix_web::test]
async fn a_session_of_a_customer_holds_the_back_ends_as_structures() {
    let app = TestApp::start().await;
    app.add_customer("carl", VALID).await;
    let id = open(&app, &app.customer("carl").await).await;

    let session = session::alive(&app.app, &id, Some("192.0.2.1"))
        .await
        .unwrap()
        .unwrap();

    assert_eq!(session.text("UserID"), Some("carl"));
    assert_eq!(
        session.text("UserMailString"),
        Some("\"Carl Customer\" <carl@example.com>")
    );
    assert_eq!(session.data["CustomerCompanyValidID"], Entry::Text(None));
    let Entry::Structure(config) = &session.data["Config"] else {
        panic!("Config is a structure");
    };
    assert_eq!(config.get("CustomerKey"), Some(&Value::text("login")));
}

#[actix_web::test]
async fn a_session_ends_when_idle_or_used_from_elsewhere_and_its_rows_go() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    let alice = app.agent("alice").await;

    let id = open(&app, &alice).await;
    app.app.clock.advance(TimeDelta::seconds(7_199));
    assert!(is_alive(&app, &id, "192.0.2.1").await);
    app.app.clock.advance(TimeDelta::seconds(1));
    assert!(!is_alive(&app, &id, "192.0.2.1").await);
    assert_eq!(app.session_rows().await, 0);

    let id = open(&app, &alice).await;
    assert!(!is_alive(&app, &id, "192.0.2.2").await);
    assert_eq!(app.session_rows().await, 0);
}

#[actix_web::test]
async fn a_session_is_of_no_use_to_somebody_made_invalid() {
    let app = TestApp::start().await;
    let alice = app.add_agent("alice", VALID, CryptType::Sha2).await;
    let id = open(&app, &app.agent("alice").await).await;
    let session = session::alive(&app.app, &id, None).await.unwrap().unwrap();
    assert!(
        session::principal(&app.app, &session)
            .await
            .unwrap()
            .is_some()
    );

    app.set_agent_valid(alice, INVALID).await;

    assert_eq!(session::principal(&app.app, &session).await.unwrap(), None);
}

#[actix_web::test]
async fn a_session_that_is_removed_is_over_at_once_although_sessions_are_kept_for_a_moment() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    let mut keeping = App::clone(&app.app);
    keeping.recent = Arc::new(Recent::for_a_moment());
    let id = open(&app, &app.agent("alice").await).await;
    let is_alive = async || session::alive(&keeping, &id, None).await.unwrap().is_some();
    assert!(is_alive().await);

    session::remove(&keeping, &id).await.unwrap();

    assert!(!is_alive().await);
}

#[actix_web::test]
async fn session_create_says_what_is_missing_or_wrong() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    app.add_agent("gone", INVALID, CryptType::Sha2).await;
    app.add_customer("carl", VALID).await;
    app.add_customer("old", INVALID).await;
    let create = async |pairs: &[(&str, Value)]| {
        let data = Value::map(pairs.iter().cloned());
        call(&app, "Session::SessionCreate", data).await
    };
    let right = ("Password", Value::text(PASSWORD));
    let agent = |login: &str| ("UserLogin", Value::text(login));
    let customer = |login: &str| ("CustomerUserLogin", Value::text(login));
    let missing = "SessionCreate.MissingParameter SessionCreate: Password parameter is missing!";
    let failing = "SessionCreate.AuthFail SessionCreate: Authorization failing!";

    assert_eq!(
        call(&app, "Session::SessionCreate", Value::Undef).await,
        "SessionCreate.MissingParameter SessionCreate: The request is empty!"
    );
    assert_eq!(create(&[agent("alice")]).await, missing);
    assert_eq!(
        create(&[agent("alice"), ("Password", Value::text("0"))]).await,
        missing
    );
    assert_eq!(create(std::slice::from_ref(&right)).await, failing);
    assert_eq!(
        create(&[agent("alice"), ("Password", Value::text("x"))]).await,
        failing
    );
    assert_eq!(create(&[agent("gone"), right.clone()]).await, failing);
    assert_eq!(create(&[customer("old"), right.clone()]).await, failing);
    assert_eq!(
        create(&[agent("nope"), customer("carl"), right.clone()]).await,
        failing
    );
    let list = ("UserLogin", Value::List(vec![Value::text("alice")]));
    assert_eq!(create(&[list, right.clone()]).await, failing);
    for known in [
        vec![agent("alice"), right.clone()],
        vec![customer("carl"), right.clone()],
        vec![agent(""), customer("carl"), right.clone()],
    ] {
        let answer = create(&known).await;
        assert!(answer.starts_with("{\"SessionID\":\""), "{answer}");
    }
}

#[actix_web::test]
async fn session_get_shows_everything_but_secrets() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    app.add_customer("carl", VALID).await;
    let get =
        async |id: Value| call(&app, "Session::SessionGet", Value::map([("SessionID", id)])).await;
    let id = open(&app, &app.agent("alice").await).await;

    let shown = get(Value::text(&id)).await;
    assert!(shown.starts_with(
        "{\"SessionData\":[{\"Key\":\"AdminCommunicationLogPageShown\",\"Value\":\"25\"},"
    ));
    assert!(shown.contains("{\"Key\":\"UserTitle\",\"Value\":null}"));
    assert!(!shown.contains("UserChallengeToken") && !shown.contains("UserPw"));

    let id = open(&app, &app.customer("carl").await).await;
    let shown = get(Value::text(&id)).await;
    assert!(
        shown.contains("{\"Key\":\"Config\",\"Serialized\":1,\"Value\":\"{\\\"CacheTTL\\\":86400,")
    );

    assert_eq!(
        get(Value::text("")).await,
        "SessionGet.MissingParameter SessionGet: SessionID is missing!"
    );
    for wrong in [
        Value::text("x"),
        Value::text("%"),
        Value::List(vec![Value::text(id)]),
    ] {
        assert_eq!(
            get(wrong).await,
            "SessionGet.SessionInvalid SessionGet: SessionID is Invalid!"
        );
    }
}

#[actix_web::test]
async fn a_session_is_removed_by_its_owner_or_an_administrator() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    app.add_agent("bob", VALID, CryptType::Sha2).await;
    app.add_customer("carl", VALID).await;
    let remove = async |id: &str, key: &str, login: &str| {
        let data = Value::map([("SessionID", id), (key, login), ("Password", PASSWORD)]);
        call(&app, "Session::SessionRemove", data).await
    };
    let id = open(&app, &app.agent("alice").await).await;

    assert_eq!(
        remove("", "UserLogin", "alice").await,
        "SessionRemove.MissingParameter SessionRemove: SessionID parameter is missing!"
    );
    assert_eq!(
        remove(&id, "UserLogin", "nobody").await,
        "SessionRemove.AuthFail SessionRemove: Authorization failed!"
    );
    assert_eq!(
        remove(&id, "UserLogin", "bob").await,
        "SessionRemove.AuthFail SessionRemove: Authorization failed! User needs to be in group admin."
    );
    assert_eq!(
        remove(&id, "CustomerUserLogin", "carl").await,
        "SessionRemove.AuthFail SessionRemove: Authorization failing!"
    );
    assert_ne!(app.session_rows().await, 0);
    assert_eq!(remove(&id, "UserLogin", "alice").await, "{\"Success\":1}");
    assert_eq!(app.session_rows().await, 0);
    assert_eq!(
        remove("unknown", "UserLogin", "alice").await,
        "{\"Success\":1}"
    );
}
