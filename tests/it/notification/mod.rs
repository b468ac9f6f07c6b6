//! What people are told: automatic answers, and notifications of events.

use otterdesk::{
    app::{App, SharedApp},
    outbox::{self, Outbox},
    ticket::TicketId,
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, insert, now};

mod auto_response;
pub mod event;
mod recorded;

/// A server whose outbox has the consumers of the product, with three agents of the group *users* and a customer.
async fn with_people<const N: usize>(settings: [(&str, compat::Value); N]) -> TestApp {
    let mut test = TestApp::with(settings).await;
    let mut app = App::clone(&test.app);
    app.outbox = Outbox::new(outbox::consumers());
    app.ensure_own_tables().await.unwrap();
    let mut tx = app.db.begin().await.unwrap();
    for (id, login, first, last) in [
        (2, "alice", "Alice", "Abel"),
        (3, "bob", "Bob", "B&B"),
        (4, "carol", "Carol", "Chen"),
    ] {
        agent(&mut tx, id, login, first, last).await;
    }
    customer(&mut tx).await;
    tx.commit().await.unwrap();
    test.app = SharedApp::new(app);
    test
}

async fn agent(tx: &mut Tx, id: i32, login: &str, first: &str, last: &str) {
    use t::{GroupUser as G, UserPreferences as P, Users as U};
    insert(
        tx,
        U::Table,
        &[
            (U::Id, id.into()),
            (U::Login, login.into()),
            (U::Pw, "x".into()),
            (U::FirstName, first.into()),
            (U::LastName, last.into()),
            (U::ValidId, 1_i16.into()),
            (U::CreateTime, now().into()),
            (U::CreateBy, 1.into()),
            (U::ChangeTime, now().into()),
            (U::ChangeBy, 1.into()),
        ],
    )
    .await;
    insert(
        tx,
        G::Table,
        &[
            (G::UserId, id.into()),
            (G::GroupId, 1.into()),
            (G::PermissionKey, "rw".into()),
            (G::CreateTime, now().into()),
            (G::CreateBy, 1.into()),
            (G::ChangeTime, now().into()),
            (G::ChangeBy, 1.into()),
        ],
    )
    .await;
    let address = tx.long_text(&format!("{login}@desk.example"));
    insert(
        tx,
        P::Table,
        &[
            (P::UserId, id.into()),
            (P::PreferencesKey, "UserEmail".into()),
            (P::PreferencesValue, Expr::val(address)),
        ],
    )
    .await;
}

async fn customer(tx: &mut Tx) {
    use t::CustomerUser as C;
    insert(
        tx,
        C::Table,
        &[
            (C::Login, "cust".into()),
            (C::Email, "carla@acme.example".into()),
            (C::CustomerId, "acme".into()),
            (C::Title, "Ms".into()),
            (C::FirstName, "Carla".into()),
            (C::LastName, "Kunde".into()),
            (C::ValidId, 1_i16.into()),
            (C::CreateTime, now().into()),
            (C::CreateBy, 1.into()),
            (C::ChangeTime, now().into()),
            (C::ChangeBy, 1.into()),
        ],
    )
    .await;
}

/// Something that an agent prefers.
async fn prefer(tx: &mut Tx, agent: i32, key: &str, value: &str) {
    use t::UserPreferences as P;
    let value = tx.long_text(value);
    insert(
        tx,
        P::Table,
        &[
            (P::UserId, agent.into()),
            (P::PreferencesKey, key.into()),
            (P::PreferencesValue, Expr::val(value)),
        ],
    )
    .await;
}

/// To whom mails wait in the queue, in their order.
pub async fn mails(tx: &mut Tx) -> Vec<String> {
    let query = Query::select()
        .column(t::MailQueue::Recipient)
        .from(t::MailQueue::Table)
        .order_by(t::MailQueue::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter().map(|(recipient,)| recipient).collect()
}

/// Five texts that may be missing.
type Row = (
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
    Option<String>,
);

/// Sender, recipient, copy, subject and body of the system's articles on a ticket.
async fn written(tx: &mut Tx, ticket: TicketId) -> Vec<[String; 5]> {
    use t::{Article as A, ArticleDataMime as M};
    let query = Query::select()
        .columns([
            (M::Table, M::AFrom),
            (M::Table, M::ATo),
            (M::Table, M::ACc),
            (M::Table, M::ASubject),
            (M::Table, M::ABody),
        ])
        .from(A::Table)
        .inner_join(
            M::Table,
            Expr::col((M::Table, M::ArticleId)).equals((A::Table, A::Id)),
        )
        .and_where(Expr::col((A::Table, A::TicketId)).eq(ticket.0))
        .and_where(Expr::col((A::Table, A::ArticleSenderTypeId)).eq(2_i16))
        .order_by((A::Table, A::Id), Order::Asc)
        .to_owned();
    let rows: Vec<Row> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(from, to, cc, subject, body)| {
            [from, to, cc, subject, body].map(Option::unwrap_or_default)
        })
        .collect()
}
