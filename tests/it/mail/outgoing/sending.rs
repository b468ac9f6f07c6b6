//! What becomes of mails that wait.

use std::{collections::BTreeSet, time::Duration};

use chrono::TimeDelta;
use otterdesk::mail::outgoing::{console, sender};

use super::Lab;
use crate::support::now;

fn message_id(message: &str) -> String {
    let line = message.lines().find(|line| line.starts_with("Message-ID:"));
    line.unwrap_or_default().to_owned()
}

#[actix_web::test]
async fn an_article_leaves_and_its_row_goes() {
    let lab = Lab::start().await;
    lab.article("Ann <ann@y.example>, bob@y.example").await;

    assert_eq!(lab.send().await, 1);

    let taken = lab.office.taken();
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].sender, "desk@x.example");
    assert_eq!(
        taken[0].recipients,
        ["ann@y.example", "bob@y.example", "hidden@x.example"]
    );
    assert!(!taken[0].message.contains("hidden"), "{}", taken[0].message);
    assert!(
        taken[0]
            .message
            .contains("Subject: =?UTF-8?Q?Gr=C3=BC=C3=9Fe?=\r\n")
    );
    assert!(
        taken[0]
            .message
            .ends_with("\r\n\r\none\r\n=2E\r\n..two=\r\n"),
        "{}",
        taken[0].message
    );
    assert_eq!(lab.waiting().await, []);
    assert_eq!(lab.communications().await, ["Successful"]);
    assert_eq!(lab.send().await, 0);
}

#[actix_web::test]
async fn several_mails_use_one_connection() {
    let lab = Lab::start().await;
    for to in ["a@y.example", "b@y.example", "c@y.example"] {
        lab.notice(to).await;
    }

    assert_eq!(lab.send().await, 3);

    assert_eq!(lab.office.taken().len(), 3);
    assert_eq!(lab.office.connections(), 1);
    assert_eq!(lab.office.taken()[0].sender, "");
}

#[actix_web::test]
async fn a_server_that_is_busy_is_asked_again_later_and_at_last_never_more() {
    let lab = Lab::start().await;
    let article = lab.article("temp@y.example").await;
    let text =
        "Envelope to 'temp@y.example' not accepted by the server: 450, 4.2.1 mailbox busy\n!";

    for (attempt, minutes) in [(1, 2), (2, 4)] {
        assert_eq!(lab.send().await, 1);
        let waiting = lab.waiting().await;
        let due = lab.app.app.clock.now() + TimeDelta::minutes(minutes);
        assert_eq!(waiting[0].attempts, attempt);
        assert_eq!(waiting[0].due_time, Some(due));
        assert_eq!(waiting[0].last_smtp_code, Some(450));
        assert_eq!(waiting[0].last_smtp_message.as_deref(), Some(text));
        assert_eq!(lab.send().await, 0, "its time has not come");
        lab.app.app.clock.advance(TimeDelta::minutes(minutes));
    }
    assert_eq!(lab.communications().await, ["Processing"]);
    assert_eq!(lab.send().await, 1);

    assert_eq!(lab.waiting().await, []);
    assert_eq!(lab.errors(article).await, [Some(text.to_owned())]);
    assert_eq!(lab.communications().await, ["Failed"]);
}

#[actix_web::test]
async fn a_refusal_for_good_is_kept_with_the_article() {
    let lab = Lab::start().await;
    let refused = lab.article("ann@y.example, perm@y.example").await;
    let spam = lab.article("dataperm@y.example").await;

    lab.send().await;

    assert_eq!(lab.waiting().await, []);
    assert_eq!(
        lab.errors(refused).await,
        [Some(
            "Envelope to 'perm@y.example' not accepted by the server: 550, 5.1.1 no such user\n!"
                .to_owned()
        )]
    );
    assert_eq!(
        lab.errors(spam).await,
        [Some(
            "Could not send message to server: 554, 5.6.0 no spam please\n!".to_owned()
        )]
    );
    assert!(lab.office.taken().is_empty());
}

#[actix_web::test]
async fn a_connection_that_breaks_or_a_full_disk_puts_a_mail_off() {
    let lab = Lab::start().await;
    lab.article("drop@y.example").await;
    lab.article("datatemp@y.example").await;
    lab.article("ann@y.example").await;

    lab.send().await;

    let waiting = lab.waiting().await;
    let codes: Vec<_> = waiting.iter().map(|row| row.last_smtp_code).collect();
    assert_eq!(codes, [Some(421), Some(452)]);
    assert_eq!(
        lab.office.taken().len(),
        1,
        "the others do not stop this one"
    );
}

#[actix_web::test]
async fn two_senders_at_once_send_each_mail_once() {
    let lab = Lab::start().await;
    for number in 0..12 {
        lab.notice(&format!("user{number}@y.example")).await;
    }

    let (one, other) = tokio::join!(
        sender::send_due(&lab.app.app, false),
        sender::send_due(&lab.app.app, true)
    );

    assert_eq!(one.unwrap().len() + other.unwrap().len(), 12);
    let taken = lab.office.taken();
    let different: BTreeSet<String> = taken.iter().map(|mail| message_id(&mail.message)).collect();
    assert_eq!((taken.len(), different.len()), (12, 12));
    assert_eq!(lab.waiting().await, []);
}

#[actix_web::test]
async fn the_mail_of_a_sender_that_died_goes_out_when_its_claim_ends() {
    let lab = Lab::start().await;
    lab.notice("slow@y.example").await;

    // The server has the message and does not say so; the sender dies while it waits.
    let died = tokio::time::timeout(
        Duration::from_secs(2),
        sender::send_due(&lab.app.app, false),
    );
    assert!(died.await.is_err());
    assert_eq!(lab.office.taken().len(), 1);
    assert_eq!(lab.waiting().await.len(), 1);

    let nobody = sender::send_due(&lab.app.app, true).await.unwrap();
    assert_eq!(nobody, [], "somebody may still be sending it");
    lab.app.app.clock.advance(TimeDelta::minutes(7));
    let again = tokio::time::timeout(
        Duration::from_secs(2),
        sender::send_due(&lab.app.app, false),
    );
    assert!(again.await.is_err());

    let taken = lab.office.taken();
    assert_eq!(taken.len(), 2);
    assert_eq!(message_id(&taken[0].message), message_id(&taken[1].message));
}

#[actix_web::test]
async fn a_server_that_is_away_is_asked_again() {
    let lab = Lab::start().await;
    lab.article("ann@y.example").await;
    let port = lab.office.port;
    let elsewhere = Lab {
        app: lab.app,
        office: lab.office,
    };
    // Nobody listens on a port of the discard range.
    let settings = otterdesk::settings::Settings::with([
        (
            "SendmailModule".to_owned(),
            compat::Value::text("Kernel::System::Email::SMTP"),
            otterdesk::settings::Origin::File,
        ),
        (
            "SendmailModule::Host".to_owned(),
            compat::Value::text("127.0.0.1"),
            otterdesk::settings::Origin::File,
        ),
        (
            "SendmailModule::Port".to_owned(),
            compat::Value::text("9"),
            otterdesk::settings::Origin::File,
        ),
    ]);
    assert_ne!(port, 9);
    let mut app = otterdesk::app::App::clone(&elsewhere.app.app);
    app.settings = otterdesk::settings::Store::new(std::sync::Arc::new(settings));

    let done = sender::send_due(&app, false).await.unwrap();

    assert!(
        matches!(done[..], [(_, sender::Outcome::PutOff(_))]),
        "{done:?}"
    );
    let waiting = elsewhere.waiting().await;
    assert_eq!(waiting[0].last_smtp_code, None);
    let text = waiting[0].last_smtp_message.clone().unwrap_or_default();
    assert!(text.starts_with("Can't connect to 127.0.0.1: "), "{text}");
    assert_eq!(waiting[0].due_time, Some(now() + TimeDelta::minutes(2)));
}

#[actix_web::test]
async fn administrators_take_mails_out_of_the_queue() {
    let lab = Lab::start().await;
    let article = lab.article("ann@y.example").await;
    lab.notice("bob@y.example").await;
    let mut tx = lab.app.app.db.read().await.unwrap();
    let filter = console::Filter::new(["Recipient::ann@"]);
    let found = console::find(&mut tx, &filter).await.unwrap();
    drop(tx);

    assert_eq!(sender::cancel(&lab.app.app, &found).await.unwrap(), 1);

    assert_eq!(
        lab.errors(article).await,
        [Some("Sending of this email was cancelled.".to_owned())]
    );
    assert_eq!(lab.waiting().await.len(), 1);
    assert_eq!(lab.communications().await, ["Failed", "Processing"]);
}
