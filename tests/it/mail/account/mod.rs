//! Mail accounts on a real Dovecot, which each test starts for itself.

mod dovecot;
mod oauth2;

use std::time::Duration;

use otterdesk::app::App;
use otterdesk::mail::{
    account::{self, Account, Context, Fetched, Kind, Limits, Lock, Secret, fetch},
    door::Options,
    spool::Spool,
};
use schema::tables as t;
use sea_query::{Order, Query};

use self::dovecot::Dovecot;
use super::support::Tickets;
use crate::support::{TestApp, insert, now};

const KINDS: [Kind; 6] = [
    Kind::Pop3,
    Kind::Pop3s,
    Kind::Pop3Tls,
    Kind::Imap,
    Kind::Imaps,
    Kind::ImapTls,
];

fn account(dovecot: &Dovecot, kind: Kind, login: &str) -> Account {
    Account {
        id: 1,
        login: login.to_owned(),
        secret: Secret::Password("secret".to_owned()),
        host: format!("127.0.0.1:{}", dovecot.port(kind)),
        kind,
        queue: Some("Raw".to_owned()),
        trusted: false,
        folder: "INBOX".to_owned(),
    }
}

struct Fetching {
    test: TestApp,
    receiver: Tickets,
    spool: Spool,
    _folder: tempfile::TempDir,
}

impl Fetching {
    fn of(test: TestApp) -> Self {
        let folder = tempfile::tempdir().unwrap();
        Self {
            test,
            receiver: Tickets::default(),
            spool: Spool::of(Some(folder.path()), None).unwrap(),
            _folder: folder,
        }
    }

    async fn run(&self, account: &Account, verify_certificate: bool) -> Fetched {
        let context = Context {
            app: &self.test.app,
            receiver: &self.receiver,
            spool: Some(&self.spool),
            verify_certificate,
        };
        fetch(&context, account).await
    }
}

async fn log(test: &TestApp) -> Vec<String> {
    let logs = Query::select()
        .columns([
            t::CommunicationLog::AccountType,
            t::CommunicationLog::AccountId,
            t::CommunicationLog::Status,
        ])
        .from(t::CommunicationLog::Table)
        .order_by(t::CommunicationLog::Id, Order::Asc)
        .to_owned();
    let objects = Query::select()
        .columns([
            t::CommunicationLogObject::ObjectType,
            t::CommunicationLogObject::Status,
        ])
        .from(t::CommunicationLogObject::Table)
        .order_by(t::CommunicationLogObject::Id, Order::Asc)
        .to_owned();
    let mut tx = test.app.db.read().await.unwrap();
    let logs: Vec<(String, String, String)> = tx.fetch_all(&logs).await.unwrap();
    let objects: Vec<(String, String)> = tx.fetch_all(&objects).await.unwrap();
    logs.into_iter()
        .map(|(kind, id, status)| format!("{kind} {id} {status}"))
        .chain(
            objects
                .into_iter()
                .map(|(kind, status)| format!("{kind} {status}")),
        )
        .collect()
}

#[actix_web::test]
async fn each_kind_of_account_is_emptied() {
    let dovecot = Dovecot::start().await;
    for kind in KINDS {
        let fetching = Fetching::of(TestApp::start().await);
        dovecot.deliver("anna", "Subject: one\r\n\r\n.dot\r\n..dots\r\n");
        dovecot.deliver("anna", "Subject: two\r\n\r\n.\r\n");
        let account = account(&dovecot, kind, "anna");
        let fetched = fetching.run(&account, false).await;
        assert_eq!((fetched.taken, fetched.left), (2, 0), "{kind}: {fetched:?}");
        assert!(fetched.succeeded);
        let line_end = if kind.name().starts_with("IMAP") {
            "\r\n"
        } else {
            "\n"
        };
        let expected = ["Subject: one\n\n.dot\n..dots\n", "Subject: two\n\n.\n"]
            .map(|text| text.replace('\n', line_end));
        assert_eq!(fetching.receiver.texts(), expected, "{kind}");
        let options = Options {
            queue: Some("Raw".to_owned()),
            trusted: false,
        };
        assert_eq!(fetching.receiver.seen.lock().unwrap()[0].1, options);
        assert_eq!(dovecot.waiting("anna"), 0, "{kind}");
        assert_eq!(
            log(&fetching.test).await,
            [
                format!("{kind} 1 Successful").as_str(),
                "Connection Successful",
                "Message Successful",
                "Message Successful"
            ]
        );
        let again = fetching.run(&account, false).await;
        assert_eq!((again.taken, again.left, again.succeeded), (0, 0, true));
    }
}

#[actix_web::test]
async fn what_is_not_in_the_database_stays_on_the_server_or_in_the_spool() {
    let dovecot = Dovecot::start().await;
    for kind in [Kind::Pop3, Kind::Imap] {
        let fetching = Fetching::of(TestApp::start().await);
        let account = account(&dovecot, kind, kind.name());
        dovecot.deliver(kind.name(), "X-Test: fails\r\n\r\n");
        dovecot.deliver(kind.name(), "Subject: one\r\n\r\n");
        dovecot.deliver(kind.name(), "X-Test: later\r\n\r\n");
        dovecot.deliver(kind.name(), "Subject: two\r\n\r\n");
        let fetched = fetching.run(&account, true).await;
        assert_eq!(
            (fetched.taken, fetched.kept, fetched.left, fetched.succeeded),
            (1, 1, 1, false),
            "{kind}: {fetched:?}"
        );
        assert_eq!(dovecot.waiting(kind.name()), 2, "{kind}");
        let kept = fetching.spool.list().unwrap();
        assert_eq!(kept.len(), 1);
        assert!(!kept[0].trusted);
        let text = std::fs::read_to_string(&kept[0].path).unwrap();
        assert!(text.starts_with("X-Test: fails"), "{text}");
        assert_eq!(
            log(&fetching.test).await,
            [
                format!("{kind} 1 Failed").as_str(),
                "Connection Successful",
                "Message Failed",
                "Message Successful",
                "Message Failed"
            ]
        );
    }
}

#[actix_web::test]
async fn limits_of_size_and_number_hold_and_connections_are_made_anew() {
    let dovecot = Dovecot::start().await;
    let test = TestApp::with([
        ("PostMasterMaxEmailSize", "1".into()),
        ("Otterdesk::MailAccount::MaxMessages", "5".into()),
        ("PostMasterReconnectMessage", "2".into()),
    ])
    .await;
    let limits = Limits::of(&test.app);
    assert_eq!(
        (limits.message_bytes, limits.messages, limits.reconnect),
        (1024, Some(5), 2)
    );
    let fetching = Fetching::of(test);
    for kind in [Kind::Pop3, Kind::Imap] {
        let login = kind.name();
        dovecot.deliver(
            login,
            &format!("Subject: large\r\n\r\n{}\r\n", "x".repeat(2_000)),
        );
        for number in 1..7 {
            dovecot.deliver(login, &format!("Subject: {kind} {number}\r\n\r\n"));
        }
        let account = account(&dovecot, kind, login);
        let fetched = fetching.run(&account, true).await;
        assert_eq!((fetched.taken, fetched.left), (4, 1), "{fetched:?}");
        assert_eq!(dovecot.waiting(login), 3);
        let fetched = fetching.run(&account, true).await;
        assert_eq!((fetched.taken, fetched.left), (2, 1), "{fetched:?}");
        assert_eq!(dovecot.waiting(login), 1);
    }
    assert_eq!(fetching.receiver.texts().len(), 12);
}

#[actix_web::test]
async fn nobody_is_trusted_without_a_certificate_and_nobody_lets_us_in_without_a_password() {
    let dovecot = Dovecot::start().await;
    let fetching = Fetching::of(TestApp::start().await);
    dovecot.deliver("anna", "Subject: one\r\n\r\n");
    for kind in KINDS {
        let mut account = account(&dovecot, kind, "anna");
        let is_encrypted = !matches!(kind, Kind::Pop3 | Kind::Imap);
        if is_encrypted {
            assert!(!fetching.run(&account, true).await.succeeded, "{kind}");
        }
        account.secret = Secret::Password("pässwörd \"\\".to_owned());
        let fetched = fetching.run(&account, false).await;
        assert!(!fetched.succeeded, "{kind}: {fetched:?}");
        account.host = "127.0.0.1:1".to_owned();
        assert!(!fetching.run(&account, false).await.succeeded, "{kind}");
    }
    assert_eq!(dovecot.waiting("anna"), 1);
    assert_eq!(fetching.receiver.texts(), [""; 0]);
    assert!(
        log(&fetching.test)
            .await
            .iter()
            .all(|line| line.ends_with("Failed"))
    );
}

#[actix_web::test]
async fn a_server_that_says_nothing_does_not_stop_us() {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let dovecot = Dovecot::start().await;
    let fetching = Fetching::of(TestApp::start().await);
    let mut account = account(&dovecot, Kind::Imap, "anna");
    account.host = format!("127.0.0.1:{port}");
    // The greeting never comes; the connection ends when the listener is gone.
    let gone = async {
        tokio::time::sleep(Duration::from_millis(100)).await;
        drop(listener);
    };
    let (fetched, ()) = tokio::join!(fetching.run(&account, false), gone);
    assert!(!fetched.succeeded);
}

#[actix_web::test]
async fn valid_accounts_are_read_with_their_tokens() {
    use t::MailAccount as M;
    let test = TestApp::start().await;
    let mut tx = test.app.db.begin().await.unwrap();
    for (login, kind, queue, valid) in [
        ("one", "IMAPTLS", 0, 1),
        ("two", "POP3", 2, 2),
        ("three", "GOPHER", 2, 1),
    ] {
        let columns = [
            (M::Login, login.into()),
            (M::Pw, "secret".into()),
            (M::Host, "mail.example.com".into()),
            (M::AccountType, kind.into()),
            (M::QueueId, queue.into()),
            (M::Trusted, 1.into()),
            (M::AuthenticationType, "password".into()),
            (M::ValidId, valid.into()),
            (M::CreateTime, now().into()),
            (M::CreateBy, 1.into()),
            (M::ChangeTime, now().into()),
            (M::ChangeBy, 1.into()),
        ];
        insert(&mut tx, M::Table, &columns).await;
    }
    tx.commit().await.unwrap();
    let accounts = account::list(&test.app, None).await.unwrap();
    assert_eq!(
        accounts,
        [Account {
            id: 1,
            login: "one".to_owned(),
            secret: Secret::Password("secret".to_owned()),
            host: "mail.example.com".to_owned(),
            kind: Kind::ImapTls,
            queue: None,
            trusted: true,
            folder: "INBOX".to_owned(),
        }]
    );
    assert_eq!(account::list(&test.app, Some(2)).await.unwrap(), []);
}

#[actix_web::test]
async fn two_processes_do_not_fetch_one_account_together() {
    let dovecot = Dovecot::start().await;
    let fetching = Fetching::of(TestApp::start().await);
    let account = account(&dovecot, Kind::Imap, "anna");
    for number in 0..5 {
        dovecot.deliver("anna", &format!("Subject: {number}\r\n\r\n"));
    }
    let (one, other) = tokio::join!(fetching.run(&account, true), fetching.run(&account, true));
    assert_eq!(one.taken + other.taken, 5, "{one:?} {other:?}");
    assert_eq!(fetching.receiver.texts().len(), 5);

    // Who died has it no longer than a minute.
    let app = &fetching.test.app;
    let lock = Lock::take(app, account.id).await.unwrap().unwrap();
    assert!(Lock::take(app, account.id).await.unwrap().is_none());
    assert!(Lock::take(app, account.id + 1).await.unwrap().is_some());
    dovecot.deliver("anna", "Subject: late\r\n\r\n");
    let refused = fetching.run(&account, true).await;
    assert_eq!((refused.taken, refused.succeeded), (0, false));
    app.clock
        .set(app.clock.now() + chrono::TimeDelta::seconds(61));
    assert_eq!(fetching.run(&account, true).await.taken, 1);
    lock.release(app).await;
}

/// Rows of `process_id`: how long ago each was made.
async fn registered(app: &App) -> Vec<i64> {
    let query = Query::select()
        .column(t::ProcessId::ProcessCreate)
        .from(t::ProcessId::Table)
        .to_owned();
    let mut tx = app.db.read().await.unwrap();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await.unwrap();
    let now = app.clock.timestamp();
    rows.iter().map(|(at,)| now - i64::from(*at)).collect()
}

#[actix_web::test]
async fn the_perl_system_and_we_do_not_fetch_together() {
    let test = TestApp::start().await;
    let app = &test.app;
    let host = app.settings.current().text("FQDN");
    let perl = async |host: &str, age: i64| {
        let at = i32::try_from(app.clock.timestamp() - age).unwrap();
        let mut tx = app.db.read().await.unwrap();
        let clear = Query::delete().from_table(t::ProcessId::Table).to_owned();
        tx.execute(&clear).await.unwrap();
        let insert = Query::insert()
            .into_table(t::ProcessId::Table)
            .columns([
                t::ProcessId::ProcessName,
                t::ProcessId::ProcessId,
                t::ProcessId::ProcessHost,
                t::ProcessId::ProcessCreate,
                t::ProcessId::ProcessChange,
            ])
            .values_panic([
                "MailAccountFetch".into(),
                "4711".into(),
                host.into(),
                at.into(),
                at.into(),
            ])
            .to_owned();
        tx.execute(&insert).await.unwrap();
    };
    for age in [0, 599] {
        perl(&host, age).await;
        assert!(Lock::take(app, 1).await.unwrap().is_none(), "{age}");
        assert_eq!(registered(app).await, [age]);
    }
    // Left behind, and another machine's.
    for (host, age) in [(host.as_str(), 601), ("other.example", 0)] {
        perl(host, age).await;
        let lock = Lock::take(app, 1).await.unwrap().unwrap();
        let mut ages = registered(app).await;
        ages.sort_unstable();
        assert_eq!(ages, [0, age]);
        lock.release(app).await;
        assert_eq!(registered(app).await, [age]);
    }
}
