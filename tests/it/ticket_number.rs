//! Ticket numbers: no number comes twice, whoever takes numbers at the same time.

use std::{collections::HashSet, sync::Arc};

use futures_util::future::join_all;
use otterdesk::{
    app::App,
    clock::Clock,
    directory::UserId,
    settings::{Origin, Settings, Store},
    ticket::{self, NewTicket, work::Work},
};
use schema::{Dialect, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, now};

fn with_generator(app: &App, generator: &str) -> App {
    let settings = Settings::with([(
        "Ticket::NumberGenerator".to_owned(),
        format!("Kernel::System::Ticket::Number::{generator}").into(),
        Origin::File,
    )]);
    let store = Store::new(Arc::new(settings));
    App::new(app.db.clone(), store, Clock::fixed(now()))
}

async fn create(app: &App, keep: bool) -> String {
    let mut work = Work::begin(app, UserId(1)).await.unwrap();
    let ticket = ticket::create(&mut work, NewTicket::new("t", 2, 3, 1))
        .await
        .unwrap();
    if keep {
        work.commit().await.unwrap();
    }
    ticket.number
}

async fn counters(tx: &mut Tx) -> Vec<(i64, i64)> {
    let query = Query::select()
        .columns([t::TicketNumberCounter::Id, t::TicketNumberCounter::Counter])
        .from(t::TicketNumberCounter::Table)
        .order_by(t::TicketNumberCounter::Id, Order::Asc)
        .to_owned();
    tx.fetch_all(&query).await.unwrap()
}

async fn add_row(tx: &mut Tx, counter: i64, uid: &str, days_ago: i64) -> i64 {
    let at = now() - chrono::TimeDelta::days(days_ago);
    let insert = Query::insert()
        .into_table(t::TicketNumberCounter::Table)
        .columns([
            t::TicketNumberCounter::Counter,
            t::TicketNumberCounter::CounterUid,
            t::TicketNumberCounter::CreateTime,
        ])
        .values_panic([counter.into(), uid.into(), at.into()])
        .to_owned();
    tx.insert(&insert).await.unwrap()
}

/// The Perl system as it was watched: a row without number, then numbers for all rows of the day that have none, each
/// one more than the row before.
async fn perl_counter(app: &App, uid: &str) -> i64 {
    let mut tx = app.db.read().await.unwrap();
    let id = add_row(&mut tx, 0, uid, 0).await;
    let rows = counters(&mut tx).await;
    let mut before = 0;
    for (row, counter) in rows.into_iter().filter(|(row, _)| *row <= id) {
        if counter == 0 {
            let fill = Query::update()
                .table(t::TicketNumberCounter::Table)
                .value(t::TicketNumberCounter::Counter, before + 1)
                .and_where(Expr::col(t::TicketNumberCounter::Id).eq(row))
                .and_where(Expr::col(t::TicketNumberCounter::Counter).eq(0_i64))
                .to_owned();
            tx.execute(&fill).await.unwrap();
        }
        before = if counter == 0 { before + 1 } else { counter };
    }
    let all = counters(&mut tx).await;
    all.into_iter().find(|(row, _)| *row == id).unwrap().1
}

#[actix_web::test]
async fn many_at_once_get_different_numbers() {
    let test = TestApp::start().await;
    for generator in ["DateChecksum", "AutoIncrement", "Date", "Random"] {
        // Two processes, each with eight clients; every third ticket is rolled back.
        let processes = [
            with_generator(&test.app, generator),
            with_generator(&test.app, generator).for_worker(4),
        ];
        let clients = (0..16).map(|client| {
            let app = processes[client % 2].clone();
            async move {
                let mut numbers = Vec::new();
                for round in 0..4 {
                    numbers.push(create(&app, (client + round) % 3 > 0).await);
                }
                numbers
            }
        });
        let numbers = join_all(clients).await.concat();
        let different: HashSet<_> = numbers.iter().collect();
        // On SQLite a ticket that is rolled back gives its number back.
        if test.app.db.dialect() != Dialect::Sqlite {
            assert_eq!(different.len(), 64, "{generator}: {numbers:?}");
        }
    }
}

#[actix_web::test]
async fn the_perl_system_and_ours_take_turns_without_a_duplicate() {
    let test = TestApp::start().await;
    let app = with_generator(&test.app, "AutoIncrement");
    let ours = (0..6).map(|_| {
        let app = app.clone();
        async move {
            let mut counters = Vec::new();
            for _ in 0..5 {
                let number = create(&app, true).await;
                counters.push(number[2..].parse::<i64>().unwrap());
            }
            counters
        }
    });
    let perl = async {
        let mut counters = Vec::new();
        for turn in 0..15 {
            counters.push(perl_counter(&app, &format!("perl {turn}")).await);
        }
        counters
    };

    let (ours, perl) = tokio::join!(join_all(ours), perl);

    let mut all = ours.concat();
    all.extend(perl);
    let different: HashSet<_> = all.iter().collect();
    assert_eq!(different.len(), 45, "{all:?}");
}

#[actix_web::test]
async fn rows_without_number_get_one_and_yesterdays_do_not_count() {
    let test = TestApp::start().await;
    let app = with_generator(&test.app, "DateChecksum");
    let mut tx = app.db.begin().await.unwrap();
    add_row(&mut tx, 122, "yesterday", 1).await;
    add_row(&mut tx, 0, "yesterday too", 1).await;
    add_row(&mut tx, 120, "today", 0).await;
    add_row(&mut tx, 0, "somebody", 0).await;
    tx.commit().await.unwrap();

    let number = create(&app, true).await;

    assert_eq!(number, "2026012310001226");
    let mut tx = app.db.read().await.unwrap();
    let counters: Vec<i64> = counters(&mut tx).await.into_iter().map(|it| it.1).collect();
    assert_eq!(counters, [122, 0, 120, 121, 122]);
}

#[actix_web::test]
async fn numbers_of_tickets_are_passed_over_in_growing_steps() {
    let test = TestApp::start().await;
    let app = with_generator(&test.app, "Date");
    for _ in 0..4 {
        create(&app, true).await;
    }
    let mut tx = app.db.begin().await.unwrap();
    let all = Query::delete()
        .from_table(t::TicketNumberCounter::Table)
        .to_owned();
    tx.execute(&all).await.unwrap();
    tx.commit().await.unwrap();

    let number = create(&app, true).await;

    assert_eq!(number, "20260123106");
    let mut tx = app.db.read().await.unwrap();
    let counters: Vec<i64> = counters(&mut tx).await.into_iter().map(|it| it.1).collect();
    assert_eq!(counters, [1, 3, 6]);
}

#[actix_web::test]
async fn an_empty_table_goes_on_after_the_newest_ticket() {
    let test = TestApp::start().await;
    let app = with_generator(&test.app, "AutoIncrement");
    create(&app, true).await;
    create(&app, true).await;
    let mut tx = app.db.begin().await.unwrap();
    let all = Query::delete()
        .from_table(t::TicketNumberCounter::Table)
        .to_owned();
    tx.execute(&all).await.unwrap();
    tx.commit().await.unwrap();

    assert_eq!(create(&app, true).await, "1000003");
}
