//! Who is named in an article.

use compat::Value;
use otterdesk::{
    directory::UserId,
    ticket::{
        article::{self, NewArticle, SenderType},
        mention,
        work::Work,
    },
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, insert, new_ticket, now};

async fn agent(tx: &mut Tx, id: i32, login: &str, valid: i32) {
    use t::Users as U;
    insert(
        tx,
        U::Table,
        &[
            (U::Id, id.into()),
            (U::Login, login.into()),
            (U::Pw, "x".into()),
            (U::FirstName, login.into()),
            (U::LastName, "Agent".into()),
            (U::ValidId, valid.into()),
            (U::CreateTime, now().into()),
            (U::CreateBy, 1.into()),
            (U::ChangeTime, now().into()),
            (U::ChangeBy, 1.into()),
        ],
    )
    .await;
}

async fn member(tx: &mut Tx, agent: i32, group: i32, permission: &str) {
    use t::GroupUser as M;
    insert(
        tx,
        M::Table,
        &[
            (M::UserId, agent.into()),
            (M::GroupId, group.into()),
            (M::PermissionKey, permission.into()),
            (M::CreateTime, now().into()),
            (M::CreateBy, 1.into()),
            (M::ChangeTime, now().into()),
            (M::ChangeBy, 1.into()),
        ],
    )
    .await;
}

/// Agents who are mentioned after an article with this HTML.
async fn mentioned(app: &TestApp, html: &str, sender: SenderType) -> Vec<(i32, bool)> {
    use t::Mention as M;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "mentions").await;
    let article = NewArticle {
        sender_type: sender,
        subject: "who".to_owned(),
        body: html.to_owned(),
        content_type: "text/html; charset=utf-8".to_owned(),
        ..NewArticle::default()
    };
    let article = article::create(&mut work, &mut ticket, article)
        .await
        .unwrap();
    work.commit().await.unwrap();
    let query = Query::select()
        .columns([M::UserId, M::ArticleId])
        .from(M::Table)
        .and_where(Expr::col(M::TicketId).eq(i32::try_from(ticket.id.0).unwrap()))
        .order_by(M::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(Option<i32>, Option<i32>)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(agent, of)| (agent.unwrap(), of.map(i64::from) == Some(article.0)))
        .collect()
}

fn user_link(name: &str) -> String {
    format!(r##"<a class="Mention" href="#">@{name}</a> "##)
}

fn group_link(name: &str) -> String {
    format!(r##"<a class="GroupMention" href="#">@@{name}</a> "##)
}

#[actix_web::test]
async fn agents_and_members_of_groups_are_mentioned_once_for_each_article() {
    let app = TestApp::with([
        ("Mentions###Limit", Value::text("3")),
        (
            "Mentions###BlockedGroups",
            Value::List(vec![Value::text("admin")]),
        ),
    ])
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    for (id, login, valid) in [
        (2, "alice", 1),
        (3, "bob", 1),
        (5, "dave", 2),
        (10, "zed", 1),
    ] {
        agent(&mut tx, id, login, valid).await;
    }
    for (agent, permission) in [(2, "ro"), (3, "rw"), (5, "ro"), (10, "note")] {
        // The group `stats`.
        member(&mut tx, agent, 3, permission).await;
    }
    tx.commit().await.unwrap();
    let agent = SenderType::Agent;
    let of = async |html: String| mentioned(&app, &html, SenderType::Agent).await;

    assert_eq!(of(user_link("ALICE")).await, [(2, true)]);
    assert_eq!(of(user_link("alice").repeat(2)).await, [(2, true)]);
    assert_eq!(
        of(user_link("dave")).await,
        [(5, true)],
        "whether valid or not"
    );
    let several = user_link("zed") + &user_link("bob") + &user_link("alice");
    assert_eq!(
        of(several).await,
        [(10, true), (2, true), (3, true)],
        "by the text of their keys"
    );
    assert_eq!(
        of(group_link("stats")).await,
        [(1, true), (2, true), (3, true)],
        "the valid ones who may read"
    );
    assert!(of(group_link("admin")).await.is_empty(), "blocked");
    assert!(of(group_link("nobody")).await.is_empty());
    let too_many =
        user_link("nobody") + &user_link("zed") + &user_link("bob") + &user_link("alice");
    assert_eq!(
        of(too_many).await,
        [(10, true), (3, true)],
        "nobody counts too"
    );
    assert_eq!(
        of(group_link("stats") + &user_link("zed")).await,
        [(1, true), (10, true), (2, true)],
        "agents before groups"
    );
    for sender in [SenderType::Customer, SenderType::System] {
        assert!(
            mentioned(&app, &user_link("alice"), sender)
                .await
                .is_empty()
        );
    }
    assert_eq!(mentioned(&app, &user_link("alice"), agent).await.len(), 1);
}

#[actix_web::test]
async fn a_mention_that_is_taken_away_leaves_those_of_others() {
    use t::Mention as M;
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    agent(&mut work.tx, 50, "ann", 1).await;
    agent(&mut work.tx, 51, "ben", 1).await;
    let (mut ticket, article) = new_ticket(&mut work, "mentions").await;
    let names = ["ann", "ben"].map(|login| mention::Name::Agent(login.to_owned()));
    mention::add(&mut work, &mut ticket, article, &names)
        .await
        .unwrap();

    assert!(
        mention::remove(&mut work, &ticket, UserId(50))
            .await
            .unwrap()
    );
    assert!(
        !mention::remove(&mut work, &ticket, UserId(50))
            .await
            .unwrap()
    );

    let query = Query::select().column(M::UserId).from(M::Table).to_owned();
    let left: Vec<(Option<i32>,)> = work.tx.fetch_all(&query).await.unwrap();
    assert_eq!(left, [(Some(51),)]);
}
