//! `otterdesk check integrity` on databases that somebody damaged.

use chrono::TimeDelta;
use otterdesk::{
    directory::UserId,
    ticket::{integrity, work::Work},
};
use schema::{Dialect, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::support::{TestApp, insert, new_ticket, now};

async fn findings(app: &TestApp) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let found = integrity::check(&mut tx, &app.app.settings.current())
        .await
        .unwrap();
    found.iter().map(ToString::to_string).collect()
}

/// Lets this connection write what foreign keys forbid.
async fn without_foreign_keys(tx: &mut Tx) {
    let statement = match tx.dialect() {
        Dialect::MySql => "SET FOREIGN_KEY_CHECKS = 0",
        Dialect::Postgres => "SET session_replication_role = replica",
        Dialect::Sqlite => "PRAGMA foreign_keys = OFF",
    };
    tx.execute_raw(statement).await.unwrap();
}

#[actix_web::test]
async fn a_database_that_nobody_damaged_is_sound() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    new_ticket(&mut work, "Sound").await;
    work.commit().await.unwrap();

    assert_eq!(findings(&app).await, [] as [String; 0]);
}

#[actix_web::test]
async fn tickets_without_history_and_articles_without_data_are_named() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, article) = new_ticket(&mut work, "Damaged").await;
    new_ticket(&mut work, "Sound").await;
    work.commit().await.unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    let history = Query::delete()
        .from_table(t::TicketHistory::Table)
        .and_where(Expr::col(t::TicketHistory::TicketId).eq(ticket.id))
        .to_owned();
    tx.execute(&history).await.unwrap();
    let data = Query::delete()
        .from_table(t::ArticleDataMime::Table)
        .and_where(Expr::col(t::ArticleDataMime::ArticleId).eq(article))
        .to_owned();
    tx.execute_one(&data).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(
        findings(&app).await,
        [
            format!("tickets without history: {}", ticket.id),
            format!("articles without data: {}", article.0),
        ]
    );
}

#[actix_web::test]
async fn rows_that_belong_to_nothing_are_named() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, article) = new_ticket(&mut work, "Sound").await;
    let (other, _) = new_ticket(&mut work, "Other").await;
    work.commit().await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    without_foreign_keys(&mut tx).await;
    {
        use t::TicketFlag as F;
        for id in 9_001..9_013 {
            let columns = [
                (F::TicketId, i64::from(id).into()),
                (F::TicketKey, "Seen".into()),
                (F::CreateTime, now().into()),
                (F::CreateBy, 1.into()),
            ];
            insert(&mut tx, F::Table, &columns).await;
        }
    }
    {
        use t::ArticleSearchIndex as I;
        let columns = [
            (I::TicketId, other.id.0.into()),
            (I::ArticleId, article.0.into()),
            (I::ArticleKey, "MIMEBase_Extra".into()),
            (I::ArticleValue, "fire".into()),
        ];
        insert(&mut tx, I::Table, &columns).await;
    }
    {
        use t::Mention as M;
        let columns = [
            (M::UserId, 1.into()),
            (M::TicketId, i32::try_from(ticket.id.0).unwrap().into()),
            (M::ArticleId, 9_100.into()),
            (M::CreateTime, now().into()),
        ];
        insert(&mut tx, M::Table, &columns).await;
    }
    {
        use t::DynamicFieldValue as V;
        let columns = [
            (V::FieldId, 1.into()),
            (V::ObjectId, 9_200_i64.into()),
            (V::ValueText, "v".into()),
        ];
        insert(&mut tx, V::Table, &columns).await;
    }
    drop(tx);
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    otterdesk::ticket::link::insert(
        &mut work,
        ticket.id,
        otterdesk::ticket::TicketId(9_300),
        otterdesk::ticket::link::LinkType::Normal,
        otterdesk::ticket::link::LinkState::Valid,
    )
    .await
    .unwrap();
    work.commit().await.unwrap();

    assert_eq!(
        findings(&app).await,
        [
            "tickets that do not exist, with flags: 9001, 9002, 9003, 9004, 9005, 9006, 9007, 9008, 9009, 9010 and others".to_owned(),
            "articles that do not exist, with mentions: 9100".to_owned(),
            format!("articles in the search index of another ticket: {}", article.0),
            "tickets that do not exist, with dynamic fields: 9200".to_owned(),
            "tickets that do not exist, with links: 9300".to_owned(),
        ]
    );
}

#[actix_web::test]
async fn a_counter_behind_the_tickets_is_named() {
    use t::TicketNumberCounter as C;
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (first, _) = new_ticket(&mut work, "First").await;
    work.commit().await.unwrap();
    app.app.clock.advance(TimeDelta::minutes(1));
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (second, _) = new_ticket(&mut work, "Second").await;
    work.commit().await.unwrap();
    assert_eq!(findings(&app).await, [] as [String; 0]);

    let mut tx = app.app.db.begin().await.unwrap();
    let newest = Query::delete()
        .from_table(C::Table)
        .and_where(Expr::col(C::Counter).gte(2))
        .to_owned();
    tx.execute(&newest).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(
        findings(&app).await,
        [format!(
            "the counter of ticket numbers stands at {}, behind: {}",
            first.number, second.number
        )]
    );
}
