//! Notifications of events: the 16 of a fresh database, and some with filters and recipients of their own.

use chrono::TimeDelta;
use compat::Value;
use otterdesk::{
    directory::UserId,
    outbox::runner,
    ticket::{self, Ticket, change, work::Work},
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::{mails, prefer, with_people, written};
use crate::support::{TestApp, history, insert, new_ticket, now};

/// A notification with its items and one English text.
pub async fn notification(tx: &mut Tx, id: i32, items: &[(&str, &str)], subject: &str, text: &str) {
    use t::{NotificationEvent as N, NotificationEventItem as I, NotificationEventMessage as M};
    insert(
        tx,
        N::Table,
        &[
            (N::Id, id.into()),
            (N::Name, format!("notification {id}").into()),
            (N::ValidId, 1_i16.into()),
            (N::CreateTime, now().into()),
            (N::CreateBy, 1.into()),
            (N::ChangeTime, now().into()),
            (N::ChangeBy, 1.into()),
        ],
    )
    .await;
    for (key, value) in items {
        insert(
            tx,
            I::Table,
            &[
                (I::NotificationId, id.into()),
                (I::EventKey, (*key).into()),
                (I::EventValue, (*value).into()),
            ],
        )
        .await;
    }
    insert(
        tx,
        M::Table,
        &[
            (M::NotificationId, id.into()),
            (M::Subject, subject.into()),
            (M::Text, text.into()),
            (M::ContentType, "text/plain".into()),
            (M::Language, "en".into()),
        ],
    )
    .await;
}

async fn change(test: &TestApp, ticket: &mut Ticket, by: UserId, queue: Option<i32>, owner: i32) {
    let mut work = Work::begin(&test.app, by).await.unwrap();
    if let Some(queue) = queue {
        change::queue(&mut work, ticket, queue).await.unwrap();
    }
    change::owner(&mut work, ticket, UserId(owner))
        .await
        .unwrap();
    work.commit().await.unwrap();
}

async fn ticket(test: &TestApp) -> Ticket {
    let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "Printer <on> fire").await;
    work.commit().await.unwrap();
    runner::run_due(&test.app).await.unwrap();
    ticket
}

async fn told(test: &TestApp, ticket: &Ticket) -> (Vec<String>, Vec<String>) {
    let mut tx = test.app.db.read().await.unwrap();
    let entries = history(&mut tx, ticket.id).await;
    let entries = entries
        .into_iter()
        .filter(|entry| entry.contains("Notification "));
    (entries.collect(), mails(&mut tx).await)
}

#[actix_web::test]
async fn a_new_owner_is_told_once_and_not_by_themselves() {
    let test = with_people([]).await;
    let mut ticket = ticket(&test).await;

    change(&test, &mut ticket, UserId::SYSTEM, None, 2).await;
    assert_eq!(
        told(&test, &ticket).await.1,
        Vec::<String>::new(),
        "after the commit"
    );
    runner::run_due(&test.app).await.unwrap();
    runner::run_due(&test.app).await.unwrap();

    let entry = "SendAgentNotification %%Ticket owner update notification%%alice%%Email";
    let alice = "alice@desk.example";
    assert_eq!(
        told(&test, &ticket).await,
        (vec![entry.to_owned()], vec![alice.to_owned()])
    );

    change(&test, &mut ticket, UserId(3), None, 3).await;
    runner::run_due(&test.app).await.unwrap();
    assert_eq!(
        told(&test, &ticket).await.1,
        [alice],
        "bob knows what bob did"
    );
}

#[actix_web::test]
async fn my_queues_are_those_that_somebody_chose_and_did_not_silence() {
    use t::PersonalQueues as P;
    let test = with_people([]).await;
    let mut ticket = ticket(&test).await;
    let mut tx = test.app.db.begin().await.unwrap();
    for agent in [2, 3, 4] {
        insert(
            &mut tx,
            P::Table,
            &[(P::UserId, agent.into()), (P::QueueId, 4.into())],
        )
        .await;
    }
    prefer(
        &mut tx,
        3,
        "NotificationTransport",
        r#"{"Notification-8-Email":0}"#,
    )
    .await;
    let invalid = Query::update()
        .table(t::Users::Table)
        .value(t::Users::ValidId, 2_i16)
        .and_where(Expr::col(t::Users::Id).eq(4))
        .to_owned();
    tx.execute(&invalid).await.unwrap();
    tx.commit().await.unwrap();

    change(&test, &mut ticket, UserId::SYSTEM, Some(4), 1).await;
    runner::run_due(&test.app).await.unwrap();

    let entry = "SendAgentNotification %%Ticket queue update notification%%alice%%Email";
    assert_eq!(
        told(&test, &ticket).await,
        (
            vec![entry.to_owned()],
            vec!["alice@desk.example".to_owned()]
        )
    );
}

#[actix_web::test]
async fn others_get_an_article_of_the_ticket() {
    let test = with_people([]).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let items = [
        ("Events", "TicketOwnerUpdate"),
        ("RecipientEmail", "boss@other.example, znuny@localhost"),
        ("Transports", "Email"),
        ("QueueID", "2"),
        ("IsVisibleForCustomer", "1"),
    ];
    let text = "<OTRS_TICKET_Title>: <OTRS_OWNER_UserFullname> <OTRS_CONFIG_DatabasePw>\n\
                http://x.example/?a=1&b=2";
    notification(&mut tx, 100, &items, "To <OTRS_OWNER_UserLogin>", text).await;
    let mut other_queue = items;
    other_queue[3].1 = "3";
    notification(&mut tx, 101, &other_queue, "x", "x").await;
    tx.commit().await.unwrap();
    let mut ticket = ticket(&test).await;

    change(&test, &mut ticket, UserId::SYSTEM, None, 3).await;
    runner::run_due(&test.app).await.unwrap();

    let (entries, mails) = told(&test, &ticket).await;
    assert_eq!(mails, ["bob@desk.example", "boss@other.example"]);
    assert_eq!(
        entries[1], "SendCustomerNotification %%boss@other.example",
        "the system does not write to itself"
    );
    let mut tx = test.app.db.read().await.unwrap();
    let [from, to, _, subject, body] = &written(&mut tx, ticket.id).await[0];
    assert_eq!(
        [from.as_str(), to],
        ["Znuny System <znuny@localhost>", "boss@other.example"]
    );
    assert_eq!(*subject, format!("[Ticket#{}] To bob", ticket.number));
    assert!(body.contains("Printer <on> fire: Bob B&B xxx"), "{body}");
    assert!(body.contains("[1] http://x.example/"), "{body}");
}

#[actix_web::test]
async fn once_a_day_is_once_a_day() {
    let test = with_people([]).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let items = [
        ("Events", "TicketOwnerUpdate"),
        ("Recipients", "AgentWritePermissions"),
        ("Transports", "Email"),
        ("OncePerDay", "1"),
    ];
    notification(&mut tx, 100, &items, "s", "t").await;
    for (key, value) in [
        ("OutOfOffice", "1"),
        ("OutOfOfficeStartYear", "2026"),
        ("OutOfOfficeStartMonth", "1"),
        ("OutOfOfficeStartDay", "1"),
        ("OutOfOfficeEndYear", "2026"),
        ("OutOfOfficeEndMonth", "12"),
        ("OutOfOfficeEndDay", "31"),
    ] {
        prefer(&mut tx, 4, key, value).await;
    }
    tx.commit().await.unwrap();
    let mut ticket = ticket(&test).await;
    let once = ["alice", "bob"]
        .map(|login| format!("SendAgentNotification %%notification 100%%{login}%%Email"));

    for owner in [2, 3] {
        change(&test, &mut ticket, UserId::SYSTEM, None, owner).await;
        runner::run_due(&test.app).await.unwrap();
    }
    let count = |entries: &[String]| entries.iter().filter(|entry| once.contains(entry)).count();
    let (entries, _) = told(&test, &ticket).await;
    assert_eq!(count(&entries), 2, "carol is away: {entries:?}");

    test.app.clock.advance(TimeDelta::days(1));
    change(&test, &mut ticket, UserId::SYSTEM, None, 2).await;
    runner::run_due(&test.app).await.unwrap();
    assert_eq!(count(&told(&test, &ticket).await.0), 4);
}

#[actix_web::test]
async fn without_the_module_nobody_is_told() {
    let test = with_people([("Ticket::EventModulePost", Value::map::<&str, Value>([]))]).await;
    let mut ticket = ticket(&test).await;

    change(&test, &mut ticket, UserId::SYSTEM, Some(4), 2).await;
    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0);

    assert_eq!(told(&test, &ticket).await, (Vec::new(), Vec::new()));
}

#[actix_web::test]
async fn what_a_notification_writes_is_followed_by_none() {
    let test = with_people([]).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let items = [
        ("Events", "ArticleCreate"),
        ("RecipientEmail", "all@other.example"),
        ("Transports", "Email"),
    ];
    notification(&mut tx, 100, &items, "s", "<OTRS_AGENT_BODY[5]>").await;
    tx.commit().await.unwrap();

    let ticket = ticket(&test).await;

    assert_eq!(runner::run_due(&test.app).await.unwrap(), 0);
    let mut tx = test.app.db.read().await.unwrap();
    assert_eq!(mails(&mut tx).await, ["all@other.example"]);
    assert!(written(&mut tx, ticket.id).await[0][4].contains("> It is on fire"));
    let known = ticket::list(&mut tx, &test.app.recent, &[ticket.id])
        .await
        .unwrap();
    assert_eq!(known.len(), 1);
}
