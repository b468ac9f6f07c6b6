//! Filling a database of each kind.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use chrono::{NaiveDate, NaiveDateTime};
use demo_data::{Plan, fill};
use schema::{
    Db, create, flavours, live,
    tables::{self as t},
    testing::{TestDatabase, fresh},
};
use sea_query::{Alias, Expr, ExprTrait, Func, Order, Query};

fn noon() -> NaiveDateTime {
    NaiveDate::from_ymd_opt(2026, 1, 23)
        .and_then(|day| day.and_hms_opt(12, 0, 0))
        .unwrap()
}

async fn with_schema() -> (TestDatabase, Db) {
    let database = fresh().await;
    let db = Db::connect(&database.url).await.unwrap();
    let plan = create::Plan {
        flavour: &flavours::ZNUNY_6_5,
        admin_password_hash: "x".to_owned(),
        now: noon(),
    };
    create::create(&db, &plan).await.unwrap();
    (database, db)
}

/// A database that was made to be filled: nobody has been welcomed there.
async fn without_tickets() -> (TestDatabase, Db) {
    let database = fresh().await;
    let db = Db::connect_for_loading(&database.url).await.unwrap();
    let plan = create::Plan {
        flavour: &flavours::ZNUNY_6_5,
        admin_password_hash: "x".to_owned(),
        now: noon(),
    };
    create::create_without_tickets(&db, &plan).await.unwrap();
    (database, db)
}

async fn structure(db: &Db) -> String {
    let mut tx = db.read().await.unwrap();
    live::read(&mut tx).await.unwrap().to_string()
}

async fn count(db: &Db, table: &'static str) -> i64 {
    let select = Query::select()
        .expr(Func::count(Expr::col(Alias::new("create_time"))))
        .from(Alias::new(table))
        .to_owned();
    let (count,): (i64,) = db.read().await.unwrap().fetch_one(&select).await.unwrap();
    count
}

#[tokio::test]
async fn the_demonstration_has_tickets_in_every_state_and_every_queue() {
    let (_database, db) = with_schema().await;
    let filled = fill(&db, &Plan::demonstration(noon(), "hash".to_owned()))
        .await
        .unwrap();
    assert_eq!(filled.tickets, 300);
    assert!(filled.articles > 600, "{} articles", filled.articles);
    // The welcome ticket of a fresh installation is one more.
    assert_eq!(count(&db, "ticket").await, 301);
    assert_eq!(filled.agents.len(), 7, "Hugo has left");

    let mut tx = db.read().await.unwrap();
    let states: Vec<(String,)> = tx
        .fetch_all(
            Query::select()
                .distinct()
                .column((t::TicketState::Table, t::TicketState::Name))
                .from(t::Ticket::Table)
                .inner_join(
                    t::TicketState::Table,
                    Expr::col((t::TicketState::Table, t::TicketState::Id))
                        .equals((t::Ticket::Table, t::Ticket::TicketStateId)),
                )
                .order_by((t::TicketState::Table, t::TicketState::Name), Order::Asc),
        )
        .await
        .unwrap();
    let states: Vec<_> = states.iter().map(|(name,)| name.as_str()).collect();
    insta::assert_snapshot!(states.join("\n"), @r"
    closed successful
    closed unsuccessful
    merged
    new
    open
    pending auto close+
    pending auto close-
    pending reminder
    removed
    ");
    let queues: Vec<(i32,)> = tx
        .fetch_all(
            Query::select()
                .distinct()
                .column(t::Ticket::QueueId)
                .from(t::Ticket::Table),
        )
        .await
        .unwrap();
    assert_eq!(queues.len(), 9, "eight of Brookside's and Raw");
}

#[tokio::test]
async fn what_happened_can_be_read_in_the_history() {
    let (_database, db) = with_schema().await;
    let plan = Plan {
        tickets: 5,
        ..Plan::demonstration(noon(), "hash".to_owned())
    };
    fill(&db, &plan).await.unwrap();
    let rows: Vec<(String,)> = db
        .read()
        .await
        .unwrap()
        .fetch_all(
            Query::select()
                .column(t::TicketHistory::Name)
                .from(t::TicketHistory::Table)
                .and_where(Expr::col(t::TicketHistory::TicketId).eq(4))
                .order_by(t::TicketHistory::Id, Order::Asc),
        )
        .await
        .unwrap();
    let rows: Vec<_> = rows.iter().map(|(name,)| name.as_str()).collect();
    insta::assert_snapshot!(rows.join("\n"), @r"
    %%2025122910000046%%Raw%%4 high%%new%%4
    %%CustomerID=harbourlight;CustomerUser=kofi;
    %%
    %%Support::Gateways%%7%%Raw%%2
    %%alice%%2
    %%lock
    Reset of unlock time.
    %%new%%open%%
    %%
    %%15%%15
    %%kofi@harbourlight.example
    %%5%%5
    %%open%%closed unsuccessful%%
    %%unlock
    ");
}

#[tokio::test]
async fn filling_twice_uses_the_same_people_and_new_numbers() {
    let (_database, db) = with_schema().await;
    let plan = Plan {
        tickets: 20,
        ..Plan::bulk(20, noon(), "hash".to_owned())
    };
    fill(&db, &plan).await.unwrap();
    let people = (count(&db, "users").await, count(&db, "customer_user").await);
    fill(&db, &plan).await.unwrap();
    assert_eq!(count(&db, "ticket").await, 41);
    assert_eq!(
        (count(&db, "users").await, count(&db, "customer_user").await),
        people
    );
}

async fn add_article(db: &Db) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let insert = Query::insert()
        .into_table(t::Article::Table)
        .columns([
            t::Article::TicketId,
            t::Article::ArticleSenderTypeId,
            t::Article::CommunicationChannelId,
            t::Article::IsVisibleForCustomer,
            t::Article::CreateTime,
            t::Article::CreateBy,
            t::Article::ChangeTime,
            t::Article::ChangeBy,
        ])
        .values_panic([
            Expr::from(5),
            Expr::from(1),
            Expr::from(1),
            Expr::from(1),
            Expr::from(noon()),
            Expr::from(1),
            Expr::from(noon()),
            Expr::from(1),
        ])
        .to_owned();
    let key = tx.insert(&insert).await.unwrap();
    tx.commit().await.unwrap();
    key
}

async fn add_history(db: &Db) -> i64 {
    let mut tx = db.begin().await.unwrap();
    let ones = [
        t::TicketHistory::HistoryTypeId,
        t::TicketHistory::TicketId,
        t::TicketHistory::TypeId,
        t::TicketHistory::QueueId,
        t::TicketHistory::OwnerId,
        t::TicketHistory::PriorityId,
        t::TicketHistory::StateId,
        t::TicketHistory::CreateBy,
        t::TicketHistory::ChangeBy,
    ];
    let others = [
        (t::TicketHistory::Name, Expr::from("%%")),
        (t::TicketHistory::CreateTime, Expr::from(noon())),
        (t::TicketHistory::ChangeTime, Expr::from(noon())),
    ];
    let (columns, values): (Vec<_>, Vec<_>) = ones
        .map(|column| (column, Expr::from(1)))
        .into_iter()
        .chain(others)
        .unzip();
    let insert = Query::insert()
        .into_table(t::TicketHistory::Table)
        .columns(columns)
        .values_panic(values)
        .to_owned();
    let key = tx.insert(&insert).await.unwrap();
    tx.commit().await.unwrap();
    key
}

#[tokio::test]
async fn the_next_row_gets_the_next_key() {
    let (_database, db) = with_schema().await;
    let filled = fill(&db, &Plan::bulk(10, noon(), "hash".to_owned()))
        .await
        .unwrap();
    // One article came with the installation.
    let articles = i64::try_from(filled.articles).unwrap();
    assert_eq!(add_article(&db).await, articles + 2);
}

#[tokio::test]
async fn a_load_leaves_the_tables_as_they_were_but_for_the_rows() {
    let (_database, db) = without_tickets().await;
    let before = structure(&db).await;
    let filled = fill(&db, &Plan::bulk(2_500, noon(), "hash".to_owned()))
        .await
        .unwrap();
    assert_eq!(structure(&db).await, before);

    let articles = i64::try_from(filled.articles).unwrap();
    assert_eq!(count(&db, "ticket").await, 2_500);
    assert_eq!(count(&db, "article").await, articles);
    assert_eq!(count(&db, "article_data_mime").await, articles);
    let histories = count(&db, "ticket_history").await;
    assert!(histories > 3 * articles, "{histories} entries");
    assert_eq!(add_article(&db).await, articles + 1);
    // MariaDB leaves a gap when it has copied rows whose keys it made.
    assert!(add_history(&db).await > histories);
}

#[tokio::test]
async fn history_refers_to_articles_of_its_own_ticket() {
    let (_database, db) = with_schema().await;
    fill(&db, &Plan::demonstration(noon(), "hash".to_owned()))
        .await
        .unwrap();
    let mut tx = db.read().await.unwrap();
    let orphan: Option<(i64,)> = tx
        .fetch_optional(
            Query::select()
                .column((t::TicketHistory::Table, t::TicketHistory::Id))
                .from(t::TicketHistory::Table)
                .left_join(
                    t::Article::Table,
                    Expr::col((t::Article::Table, t::Article::Id))
                        .equals((t::TicketHistory::Table, t::TicketHistory::ArticleId)),
                )
                .and_where(
                    Expr::col((t::TicketHistory::Table, t::TicketHistory::ArticleId)).is_not_null(),
                )
                .and_where(
                    Expr::col((t::Article::Table, t::Article::Id))
                        .is_null()
                        .or(Expr::col((t::Article::Table, t::Article::TicketId))
                            .not_equals((t::TicketHistory::Table, t::TicketHistory::TicketId))),
                ),
        )
        .await
        .unwrap();
    assert_eq!(orphan, None);
}
