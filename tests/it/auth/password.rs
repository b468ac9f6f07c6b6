//! Passwords: every form, what tries leave behind, when no more are looked at.

use compat::{Value, password::CryptType};
use otterdesk::{
    auth::password,
    directory::preferences::Owner,
    settings::{Origin, Settings},
};
use schema::Dialect;

use crate::{
    people::{INVALID, PASSWORD, VALID},
    support::TestApp,
};

const ADDRESS: Option<&str> = Some("192.0.2.1");

async fn signs_in(app: &TestApp, login: &str, password: &str) -> bool {
    password::agent(&app.app, ADDRESS, login, password)
        .await
        .unwrap()
        .is_some()
}

#[actix_web::test]
async fn agents_sign_in_with_passwords_of_every_form() {
    let app = TestApp::start().await;
    for (login, form) in [
        ("crypt", CryptType::Crypt),
        ("apr1", CryptType::Apr1),
        ("md5", CryptType::Md5),
        ("sha1", CryptType::Sha1),
        ("sha2", CryptType::Sha2),
        ("sha512", CryptType::Sha512),
        ("bcrypt", CryptType::Bcrypt { cost: 5 }),
    ] {
        app.add_agent(login, VALID, form).await;
        assert!(signs_in(&app, login, PASSWORD).await, "{login}");
        assert!(!signs_in(&app, login, "wrong").await, "{login}");
    }
    assert!(!signs_in(&app, "nobody", PASSWORD).await);
}

#[actix_web::test]
async fn a_plain_password_counts_only_where_passwords_are_kept_so() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Plain).await;
    app.add_agent("bob", VALID, CryptType::Sha2).await;
    assert!(!signs_in(&app, "alice", PASSWORD).await);

    app.app.settings.replace(Settings::with([(
        "AuthModule::DB::CryptType".to_owned(),
        Value::text("plain"),
        Origin::Database,
    )]));
    assert!(signs_in(&app, "alice", PASSWORD).await);
    assert!(!signs_in(&app, "alice", "wrong").await);
    assert!(!signs_in(&app, "alice", "").await);
    assert!(!signs_in(&app, "nobody", PASSWORD).await);
}

#[actix_web::test]
async fn a_login_has_the_case_of_the_database_and_must_be_valid() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    let gone = app.add_agent("gone", INVALID, CryptType::Sha2).await;

    // PostgreSQL tells the cases apart, as it does for the reference system.
    let in_any_case = app.app.db.dialect() != Dialect::Postgres;
    assert_eq!(signs_in(&app, "ALICE", PASSWORD).await, in_any_case);
    assert!(!signs_in(&app, "gone", PASSWORD).await);
    let failed = app.preference(Owner::Agent(gone), "UserLoginFailed").await;
    assert_eq!(failed.as_deref(), Some("1"));
}

#[actix_web::test]
async fn wrong_passwords_are_counted_until_the_right_one() {
    let app = TestApp::start().await;
    let alice = Owner::Agent(app.add_agent("alice", VALID, CryptType::Sha2).await);

    signs_in(&app, "alice", "wrong").await;
    signs_in(&app, "alice", "wrong").await;
    assert_eq!(
        app.preference(alice, "UserLoginFailed").await.as_deref(),
        Some("2")
    );
    assert_eq!(app.preference(alice, "UserLastLogin").await, None);

    signs_in(&app, "alice", PASSWORD).await;
    assert_eq!(
        app.preference(alice, "UserLoginFailed").await.as_deref(),
        Some("0")
    );
    assert_eq!(
        app.preference(alice, "UserLastLogin").await.as_deref(),
        Some("1769162400")
    );
}

#[actix_web::test]
async fn too_many_wrong_passwords_suspend_the_account() {
    let app = TestApp::start().await;
    let limit = Value::map([("PasswordMaxLoginFailed", "3")]);
    app.app.settings.replace(Settings::with(
        ["PreferencesGroups", "CustomerPreferencesGroups"].map(|group| {
            let groups = Value::map([("Password", limit.clone())]);
            (group.to_owned(), groups, Origin::Database)
        }),
    ));
    let alice = app.add_agent("alice", VALID, CryptType::Sha2).await;
    app.add_customer("carl", VALID).await;

    for _ in 0..3 {
        assert!(app.agent("alice").await.is_valid());
        assert!(app.customer("carl").await.is_valid());
        signs_in(&app, "alice", "wrong").await;
        let carl = password::customer(&app.app, ADDRESS, "carl", "wrong").await;
        assert_eq!(carl.unwrap(), None);
    }

    assert!(!app.agent("alice").await.is_valid());
    assert!(!app.customer("carl").await.is_valid());
    assert!(!signs_in(&app, "alice", PASSWORD).await);
    // The last one is counted for customers only.
    let count = async |owner| app.preference(owner, "UserLoginFailed").await;
    assert_eq!(count(Owner::Customer("carl")).await.as_deref(), Some("3"));
    assert_eq!(count(Owner::Agent(alice)).await.as_deref(), Some("1"));
}

#[actix_web::test]
async fn after_a_number_of_wrong_passwords_none_is_looked_at_for_a_while() {
    let app = TestApp::start().await;
    let set = |name: &str, value| {
        (
            format!("Otterdesk::LoginFailures::{name}"),
            value,
            Origin::File,
        )
    };
    app.app.settings.replace(Settings::with([
        set("PerLogin", Value::Integer(2)),
        set("PerAddress", Value::Integer(4)),
        set("Seconds", Value::Integer(60)),
    ]));
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    app.add_agent("bob", VALID, CryptType::Sha2).await;

    signs_in(&app, "alice", "wrong").await;
    signs_in(&app, "Alice", "wrong").await;
    assert!(!signs_in(&app, "alice", PASSWORD).await, "two were wrong");
    assert!(signs_in(&app, "bob", PASSWORD).await, "that was alice");
    let elsewhere = password::agent(&app.app, Some("192.0.2.9"), "alice", PASSWORD).await;
    assert!(elsewhere.unwrap().is_some(), "another address");

    for login in ["x", "y"] {
        signs_in(&app, login, "wrong").await;
    }
    assert!(
        !signs_in(&app, "bob", PASSWORD).await,
        "four from one address"
    );

    app.app.clock.advance(chrono::TimeDelta::seconds(61));
    assert!(signs_in(&app, "bob", PASSWORD).await);
    assert!(signs_in(&app, "alice", PASSWORD).await);
}

#[actix_web::test]
async fn customers_sign_in_and_invalid_ones_are_recognised_as_such() {
    let app = TestApp::start().await;
    app.add_customer("carl", VALID).await;
    app.add_customer("old", INVALID).await;
    let sign_in = async |login: &str, password: &str| {
        password::customer(&app.app, ADDRESS, login, password)
            .await
            .unwrap()
            .map(|customer| customer.valid)
    };

    assert_eq!(sign_in("carl", PASSWORD).await, Some(true));
    assert_eq!(sign_in("carl", "wrong").await, None);
    assert_eq!(sign_in("old", PASSWORD).await, Some(false));
    assert_eq!(
        app.preference(Owner::Customer("carl"), "UserAuthBackend")
            .await
            .as_deref(),
        Some("")
    );
    assert_eq!(
        app.preference(Owner::Customer("old"), "UserLastLogin")
            .await,
        None
    );
}

#[actix_web::test]
async fn hostile_logins_are_nobody() {
    let app = TestApp::start().await;
    app.add_agent("alice", VALID, CryptType::Sha2).await;
    for login in [
        "",
        "%",
        "alice' OR '1'='1",
        "alice\\",
        "alice\0",
        "\u{1f600}",
        "alice\" --",
        "*",
    ] {
        assert!(!signs_in(&app, login, PASSWORD).await, "{login:?}");
    }
    let long = "a".repeat(100_000);
    assert!(!signs_in(&app, &long, &long).await);
}
