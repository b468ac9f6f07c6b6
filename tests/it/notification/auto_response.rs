//! Automatic answers to what customers write.

use otterdesk::{
    directory::UserId,
    notification::auto_response::{self, Kind, Occasion},
    ticket::{
        self, Ticket,
        article::{self, NewArticle, SenderType},
        create::{Customer, NewTicket},
        work::Work,
    },
};
use schema::{Tx, tables as t};
use sea_query::Expr;

use super::{mails, with_people, written};
use crate::support::{TestApp, history, insert, now};

/// Lets a queue answer: the kind is a key of `auto_response_type`.
async fn answer(tx: &mut Tx, kind: i16, subject: &str, text: &str) {
    use t::{AutoResponse as A, QueueAutoResponse as Q};
    let id = 100 + i32::from(kind);
    let text = Expr::val(text.to_owned());
    insert(
        tx,
        A::Table,
        &[
            (A::Id, id.into()),
            (A::Name, format!("answer {kind}").into()),
            (A::Text0, text),
            (A::Text1, subject.into()),
            (A::TypeId, kind.into()),
            (A::SystemAddressId, 1_i16.into()),
            (A::ContentType, "text/plain".into()),
            (A::ValidId, 1_i16.into()),
            (A::CreateTime, now().into()),
            (A::CreateBy, 1.into()),
            (A::ChangeTime, now().into()),
            (A::ChangeBy, 1.into()),
        ],
    )
    .await;
    insert(
        tx,
        Q::Table,
        &[
            (Q::QueueId, 2.into()),
            (Q::AutoResponseId, id.into()),
            (Q::CreateTime, now().into()),
            (Q::CreateBy, 1.into()),
            (Q::ChangeTime, now().into()),
            (Q::ChangeBy, 1.into()),
        ],
    )
    .await;
}

/// A ticket of the customer with one article of theirs.
async fn asked(work: &mut Work<'_>) -> Ticket {
    let mut new = NewTicket::new("Title & more", 2, 3, 1);
    new.customer = Some(Customer {
        company: "acme".to_owned(),
        user: "cust".to_owned(),
    });
    let mut ticket = ticket::create(work, new).await.unwrap();
    let question = NewArticle {
        sender_type: SenderType::Customer,
        from: "Carla <carla@acme.example>".to_owned(),
        subject: "Re: A question of mine".to_owned(),
        body: "one <x>\ntwo <OTRS_CONFIG_FQDN>\nthree".to_owned(),
        ..NewArticle::default()
    };
    article::create(work, &mut ticket, question).await.unwrap();
    ticket
}

fn occasion(from: &str) -> Occasion<'_> {
    Occasion {
        kind: Kind::Reply,
        from,
        reply_to: "",
        message_id: "<question@acme.example>",
        unwanted: false,
        visible_for_customer: true,
        said: None,
    }
}

/// What a history says since the ticket was there, and who gets mail.
async fn outcome(test: &TestApp, ticket: &Ticket) -> (Vec<String>, Vec<String>) {
    let mut tx = test.app.db.read().await.unwrap();
    let entries = history(&mut tx, ticket.id).await;
    let wanted = ["SendAuto", "LoopProtection", "Misc Sent"];
    let entries = entries
        .into_iter()
        .filter(|entry| wanted.iter().any(|word| entry.starts_with(word)));
    (entries.collect(), mails(&mut tx).await)
}

async fn server() -> TestApp {
    let test = with_people([("CheckEmailAddresses", compat::Value::text("0"))]).await;
    let mut tx = test.app.db.begin().await.unwrap();
    let words = "Dear <OTRS_CUSTOMER_REALNAME>,\n\n<OTRS_CUSTOMER_EMAIL[2]>\n<OTRS_NOPE> <OTRS_TICKET_NoSuch>";
    answer(&mut tx, 1, "RE: <OTRS_CUSTOMER_SUBJECT[10]>", words).await;
    answer(&mut tx, 3, "Thanks", "Follow-up").await;
    tx.commit().await.unwrap();
    test
}

#[actix_web::test]
async fn a_question_is_answered_in_the_words_of_its_queue() {
    let test = server().await;
    let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
    let mut ticket = asked(&mut work).await;

    let sent = auto_response::send(
        &mut work,
        &mut ticket,
        occasion("Carla <carla@acme.example>"),
    );
    assert!(sent.await.unwrap().is_some());
    work.commit().await.unwrap();

    let mut tx = test.app.db.read().await.unwrap();
    let articles = written(&mut tx, ticket.id).await;
    let [from, to, cc, subject, body] = &articles[0];
    assert_eq!(
        [from.as_str(), to, cc],
        [
            "Znuny System <znuny@localhost>",
            "Carla <carla@acme.example>",
            ""
        ]
    );
    assert_eq!(
        *subject,
        format!("[Ticket#{}] RE: A question [...]", ticket.number)
    );
    assert!(body.starts_with("Dear Ms Carla Kunde,"), "{body}");
    assert!(
        body.contains("> two <OTRS_CONFIG_FQDN>"),
        "tags of others stay: {body}"
    );
    assert!(body.contains("<OTRS_NOPE> -"), "{body}");
    drop(tx);
    assert_eq!(
        outcome(&test, &ticket).await,
        (
            vec!["SendAutoReply %%Carla <carla@acme.example>".to_owned()],
            vec!["carla@acme.example".to_owned()]
        )
    );
}

#[actix_web::test]
async fn some_get_no_answer_and_the_history_says_why() {
    let test = server().await;
    for (from, unwanted, entry) in [
        (
            "Nobody",
            false,
            "Misc Sent no auto response to 'Nobody' - no valid email address.",
        ),
        (
            "MAILER-DAEMON@x.example",
            false,
            "Misc Sent no auto response to 'MAILER-DAEMON@x.example', SendNoAutoResponseRegExp matched.",
        ),
        (
            "Max <max@x.example>",
            true,
            "Misc Sent no auto-response because the sender doesn't want an auto-response (e. g. loop or precedence header)",
        ),
    ] {
        let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
        let mut ticket = asked(&mut work).await;
        let occasion = Occasion {
            unwanted,
            ..occasion(from)
        };
        auto_response::send(&mut work, &mut ticket, occasion)
            .await
            .unwrap();
        work.commit().await.unwrap();

        let (entries, _) = outcome(&test, &ticket).await;
        assert_eq!(entries[0], entry);
    }
}

#[actix_web::test]
async fn an_address_gets_so_many_answers_a_day() {
    let test = server().await;
    let mut last = Vec::new();
    for _ in 0..42 {
        let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
        let mut ticket = asked(&mut work).await;
        let occasion = occasion("carla@acme.example");
        auto_response::send(&mut work, &mut ticket, occasion)
            .await
            .unwrap();
        work.commit().await.unwrap();
        last = outcome(&test, &ticket).await.0;
    }

    assert_eq!(last[0], "LoopProtection %%carla@acme.example");
    let mut tx = test.app.db.read().await.unwrap();
    let to_carla = mails(&mut tx).await.len();
    // The customer of the ticket is told by a copy, as the reference does, also when the sender is not.
    assert_eq!(to_carla, 42);
}

#[actix_web::test]
async fn a_queue_without_an_answer_of_the_kind_says_nothing() {
    let test = server().await;
    let mut work = Work::begin(&test.app, UserId::SYSTEM).await.unwrap();
    let mut ticket = asked(&mut work).await;
    let rejected = Occasion {
        kind: Kind::Reject,
        ..occasion("carla@acme.example")
    };

    let sent = auto_response::send(&mut work, &mut ticket, rejected);

    assert_eq!(sent.await.unwrap(), None);
    work.commit().await.unwrap();
    assert_eq!(outcome(&test, &ticket).await, (Vec::new(), Vec::new()));
}
