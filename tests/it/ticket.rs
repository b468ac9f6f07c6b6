//! Tickets as their room reads them, and who may see them. What is expected here the reference system answered for
//! rows like these.

use chrono::{NaiveDateTime, TimeDelta};
use compat::Value;
use otterdesk::{
    access::{self, Permission},
    auth::Principal,
    directory::{Agent, CustomerUser, UserId},
    recent::Recent,
    settings::{Origin, Settings},
    ticket::{
        self, Ticket, TicketId,
        article::{self, attachment::Wanted, storage::Storage},
        escalation,
        history::HistoryType,
        milestones,
        work::Work,
    },
};
use schema::{Tx, tables as t};
use sea_query::{IntoIden, Query, SimpleExpr};

use crate::support::{TestApp, now};

async fn insert<C: IntoIden + Copy>(
    tx: &mut Tx,
    table: impl sea_query::IntoTableRef,
    columns: &[(C, SimpleExpr)],
) {
    let statement = Query::insert()
        .into_table(table)
        .columns(columns.iter().map(|(column, _)| *column))
        .values_panic(columns.iter().map(|(_, value)| value.clone()))
        .to_owned();
    tx.execute_one(&statement).await.unwrap();
}

/// A ticket in a queue, owned by nobody in particular; `more` replaces or adds columns.
async fn ticket(tx: &mut Tx, id: i64, queue: i32, more: &[(t::Ticket, SimpleExpr)]) -> TicketId {
    let mut columns: Vec<(t::Ticket, SimpleExpr)> = vec![
        (t::Ticket::Id, id.into()),
        (t::Ticket::Tn, format!("20260123{id:08}").into()),
        (t::Ticket::QueueId, queue.into()),
        (t::Ticket::TicketLockId, 1.into()),
        (t::Ticket::UserId, 1.into()),
        (t::Ticket::ResponsibleUserId, 1.into()),
        (t::Ticket::TicketPriorityId, 3.into()),
        (t::Ticket::TicketStateId, 1.into()),
        (t::Ticket::Timeout, 0.into()),
        (t::Ticket::UntilTime, 0.into()),
        (t::Ticket::EscalationTime, 0.into()),
        (t::Ticket::EscalationUpdateTime, 0.into()),
        (t::Ticket::EscalationResponseTime, 0.into()),
        (t::Ticket::EscalationSolutionTime, 0.into()),
        (t::Ticket::CreateTime, now().into()),
        (t::Ticket::CreateBy, 1.into()),
        (t::Ticket::ChangeTime, now().into()),
        (t::Ticket::ChangeBy, 1.into()),
    ];
    for (column, value) in more {
        columns.retain(|(known, _)| known != column);
        columns.push((*column, value.clone()));
    }
    insert(tx, t::Ticket::Table, &columns).await;
    TicketId(id)
}

async fn article(
    tx: &mut Tx,
    id: i64,
    ticket: TicketId,
    sender: i32,
    visible: i32,
    at: NaiveDateTime,
) {
    insert(
        tx,
        t::Article::Table,
        &[
            (t::Article::Id, id.into()),
            (t::Article::TicketId, ticket.0.into()),
            (t::Article::ArticleSenderTypeId, sender.into()),
            (t::Article::CommunicationChannelId, 1_i64.into()),
            (t::Article::IsVisibleForCustomer, visible.into()),
            (t::Article::SearchIndexNeedsRebuild, 0.into()),
            (t::Article::CreateTime, at.into()),
            (t::Article::CreateBy, 1.into()),
            (t::Article::ChangeTime, at.into()),
            (t::Article::ChangeBy, 1.into()),
        ],
    )
    .await;
}

/// A group with a queue of the same name; both get the same key.
async fn group_with_queue(tx: &mut Tx, id: i32, name: &str, valid: i32) {
    use t::{PermissionGroups as Group, Queue};
    insert(
        tx,
        Group::Table,
        &[
            (Group::Id, id.into()),
            (Group::Name, name.into()),
            (Group::ValidId, valid.into()),
            (Group::CreateTime, now().into()),
            (Group::CreateBy, 1.into()),
            (Group::ChangeTime, now().into()),
            (Group::ChangeBy, 1.into()),
        ],
    )
    .await;
    insert(
        tx,
        Queue::Table,
        &[
            (Queue::Id, id.into()),
            (Queue::Name, name.into()),
            (Queue::GroupId, id.into()),
            (Queue::FirstResponseTime, 30.into()),
            (Queue::FirstResponseNotify, 70.into()),
            (Queue::SystemAddressId, 1.into()),
            (Queue::SalutationId, 1.into()),
            (Queue::SignatureId, 1.into()),
            (Queue::FollowUpId, 1.into()),
            (Queue::FollowUpLock, 0.into()),
            (Queue::ValidId, 1.into()),
            (Queue::CreateTime, now().into()),
            (Queue::CreateBy, 1.into()),
            (Queue::ChangeTime, now().into()),
            (Queue::ChangeBy, 1.into()),
        ],
    )
    .await;
}

async fn load(tx: &mut Tx, ids: &[TicketId]) -> Vec<Ticket> {
    ticket::list(tx, &Recent::default(), ids).await.unwrap()
}

/// The tickets that a person may read.
async fn seen(tx: &mut Tx, settings: &Settings, who: &Principal, ids: &[TicketId]) -> Vec<i64> {
    let tickets = load(tx, ids).await;
    let references: Vec<_> = tickets.iter().collect();
    let allowed = access::tickets(
        tx,
        &Recent::default(),
        settings,
        who,
        &references,
        Permission::Ro,
    )
    .await;
    let allowed = allowed.unwrap();
    let both = tickets.iter().zip(allowed);
    both.filter(|(_, allowed)| *allowed)
        .map(|(ticket, _)| ticket.id.0)
        .collect()
}

fn customer(login: &str, company: &str) -> Principal {
    Principal::Customer(CustomerUser {
        login: login.to_owned(),
        email: String::new(),
        first_name: String::new(),
        last_name: String::new(),
        customer_id: company.to_owned(),
        customer_ids: vec![company.to_owned()],
        valid: true,
    })
}

fn with(name: &str, value: impl Into<Value>) -> Settings {
    Settings::with([(name.to_owned(), value.into(), Origin::File)])
}

#[actix_web::test]
async fn a_ticket_has_the_names_of_what_its_row_points_to() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let first = ticket(&mut tx, 71, 1, &[(t::Ticket::Title, "One".into())]).await;
    let second = ticket(&mut tx, 72, 2, &[]).await;

    let tickets = load(&mut tx, &[second, TicketId(9_999), first]).await;

    let ids: Vec<i64> = tickets.iter().map(|ticket| ticket.id.0).collect();
    assert_eq!(ids, [72, 71]);
    let one = &tickets[1];
    assert_eq!(one.title.as_deref(), Some("One"));
    assert_eq!(one.owner.name, "root@localhost");
    assert_eq!(
        one.kind.name, "Unclassified",
        "a ticket without type has the first one"
    );
    assert_eq!(
        (one.state.name.as_str(), one.state_type.as_str()),
        ("new", "new")
    );
    assert_eq!(one.lock.name, "unlock");
    assert_eq!(one.created, now());
}

#[actix_web::test]
async fn people_are_told_before_the_first_response_is_late() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    group_with_queue(&mut tx, 50, "escalating", 1).await;
    let at = now().and_utc().timestamp();
    let due = |seconds: i64| {
        let due = i32::try_from(at + seconds).unwrap();
        [(t::Ticket::EscalationResponseTime, due.into())]
    };
    // Seventy percent of thirty minutes are over when nine minutes are left.
    let near = ticket(&mut tx, 81, 50, &due(540)).await;
    let far = ticket(&mut tx, 82, 50, &due(541)).await;
    let late = ticket(&mut tx, 83, 50, &due(-3600)).await;
    let mut closed = due(540).to_vec();
    closed.push((t::Ticket::TicketStateId, 2.into()));
    let closed = ticket(&mut tx, 84, 50, &closed).await;
    let elsewhere = ticket(&mut tx, 85, 1, &due(540)).await;

    let tickets = load(&mut tx, &[near, far, late, closed, elsewhere]).await;

    let shown: Vec<_> = tickets
        .iter()
        .map(|ticket| {
            let countdowns = escalation::countdowns(ticket, &Settings::default(), at);
            let shown = countdowns.iter();
            shown
                .map(|one| (one.working_left, one.notify, one.is_over()))
                .collect::<Vec<_>>()
        })
        .collect();
    let expected: [&[(i64, bool, bool)]; 5] = [
        &[(540, true, false)],
        &[(541, false, false)],
        &[(-3600, false, true)],
        &[],
        &[],
    ];
    assert_eq!(shown, expected);
}

#[actix_web::test]
async fn history_is_written_in_order_and_only_with_the_commit() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let id = ticket(&mut tx, 71, 1, &[]).await;
    tx.commit().await.unwrap();
    let write = async |commit: bool| {
        let mut work = Work::begin(&app.app, UserId(1)).await.unwrap();
        let tickets = ticket::list(&mut work.tx, &Recent::default(), &[id])
            .await
            .unwrap();
        work.history(&tickets[0], HistoryType::StateUpdate, "%%new%%open%%", None);
        work.history(&tickets[0], HistoryType::SlaUpdate, "second", None);
        if commit {
            work.commit().await.unwrap();
        }
    };

    write(false).await;
    write(true).await;

    let mut tx = app.app.db.read().await.unwrap();
    let histories = ticket::history::list(&mut tx, &[id]).await.unwrap();
    let entries: Vec<_> = histories[&id]
        .iter()
        .map(|it| (it.kind.as_str(), it.name.as_str(), it.queue_id))
        .collect();
    assert_eq!(
        entries,
        [
            ("StateUpdate", "%%new%%open%%", 1),
            ("SLAUpdate", "second", 1)
        ]
    );
}

#[actix_web::test]
async fn a_queue_that_came_after_the_lookups_were_kept_has_its_name() {
    let app = TestApp::start().await;
    let recent = Recent::for_a_moment();
    let mut tx = app.app.db.begin().await.unwrap();
    let before = ticket(&mut tx, 81, 1, &[]).await;
    ticket::list(&mut tx, &recent, &[before]).await.unwrap();
    group_with_queue(&mut tx, 82, "New::Queue", 1).await;
    let after = ticket(&mut tx, 82, 82, &[]).await;

    let tickets = ticket::list(&mut tx, &recent, &[before, after])
        .await
        .unwrap();

    assert_eq!(tickets[1].queue.name, "New::Queue");
}

#[actix_web::test]
async fn the_first_response_is_an_agents_article_that_customers_see() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let id = ticket(&mut tx, 91, 1, &[]).await;
    let (agent, system, customer) = (1, 2, 3);
    let after = |minutes| now() + TimeDelta::minutes(minutes);
    article(&mut tx, 901, id, customer, 1, after(1)).await;
    article(&mut tx, 902, id, agent, 0, after(2)).await;
    article(&mut tx, 903, id, system, 1, after(3)).await;
    article(&mut tx, 904, id, agent, 1, after(5)).await;
    article(&mut tx, 905, id, agent, 1, after(4)).await;

    let milestones = milestones::list(&mut tx, &[id]).await.unwrap();
    let articles = article::list(&mut tx, &Recent::default(), &[id])
        .await
        .unwrap();
    let wanted = Wanted {
        content: true,
        html_body: false,
    };
    let ids: Vec<_> = articles[&id].iter().map(|article| article.id).collect();
    let storage = Storage::from_settings(&Settings::default());
    let attachments = article::attachment::list(&mut tx, &storage, &ids, wanted)
        .await
        .unwrap();

    assert_eq!(milestones[&id].first_response, Some(after(4)));
    assert_eq!(milestones[&id].first_lock, None);
    let numbers: Vec<_> = articles[&id].iter().map(|article| article.number).collect();
    assert_eq!(numbers, [1, 2, 3, 4, 5]);
    assert!(attachments.is_empty());
}

#[actix_web::test]
async fn agents_read_tickets_of_their_groups_and_their_own() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    let agent = |id| {
        Principal::Agent(Agent {
            id: UserId(id),
            login: "root@localhost".to_owned(),
            first_name: String::new(),
            last_name: String::new(),
            title: None,
            valid: true,
        })
    };
    group_with_queue(&mut tx, 50, "closed to root", 1).await;
    let in_group = ticket(&mut tx, 61, 1, &[]).await;
    let owned = ticket(&mut tx, 62, 50, &[]).await;
    let ids = [in_group, owned];
    let settings = Settings::default();

    assert_eq!(seen(&mut tx, &settings, &agent(1), &ids).await, [61, 62]);
    let without_owners = with(
        "Ticket::Permission::OwnerCheck::Queues",
        Value::map([("Raw", "ro")]),
    );
    assert_eq!(seen(&mut tx, &without_owners, &agent(1), &ids).await, [61]);
    assert!(
        seen(&mut tx, &settings, &agent(4_711), &ids)
            .await
            .is_empty()
    );

    insert(
        &mut tx,
        t::Mention::Table,
        &[
            (t::Mention::UserId, 4_711.into()),
            (t::Mention::TicketId, 62.into()),
            (t::Mention::CreateTime, now().into()),
        ],
    )
    .await;
    assert_eq!(seen(&mut tx, &settings, &agent(4_711), &ids).await, [62]);
}

#[actix_web::test]
async fn customers_see_their_companys_tickets_in_valid_groups() {
    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    group_with_queue(&mut tx, 50, "open", 1).await;
    group_with_queue(&mut tx, 51, "abandoned", 2).await;
    let of = |login: &str, company: &str| {
        [
            (t::Ticket::CustomerUserId, login.into()),
            (t::Ticket::CustomerId, company.into()),
        ]
    };
    let mut ids = vec![
        ticket(&mut tx, 31, 50, &of("alice", "acme")).await,
        ticket(&mut tx, 32, 50, &of("bob", "ACME")).await,
        ticket(&mut tx, 33, 50, &of("carol", "other")).await,
        ticket(&mut tx, 34, 51, &of("alice", "acme")).await,
        ticket(&mut tx, 35, 50, &of("Alice", "other")).await,
    ];
    ids.push(ticket(&mut tx, 36, 50, &[]).await);
    let alice = customer("alice", "acme");

    assert_eq!(
        seen(&mut tx, &Settings::default(), &alice, &ids).await,
        [31, 32, 35]
    );
    let alone = with("Ticket::CustomerDisableCompanyTicketAccess", "1");
    assert_eq!(seen(&mut tx, &alone, &alice, &ids).await, [31, 35]);
}

#[actix_web::test]
async fn groups_of_customers_close_and_open_queues() {
    use t::{GroupCustomer as Company, GroupCustomerUser as Person};

    let app = TestApp::start().await;
    let mut tx = app.app.db.begin().await.unwrap();
    group_with_queue(&mut tx, 50, "own", 1).await;
    group_with_queue(&mut tx, 51, "company's", 1).await;
    group_with_queue(&mut tx, 52, "nobody's", 1).await;
    let mut ids = Vec::new();
    for (id, queue, company) in [
        (41, 50, "acme"),
        (42, 51, "acme"),
        (43, 52, "acme"),
        (44, 51, "other"),
        (45, 52, "other"),
        (46, 1, "acme"),
    ] {
        let company = [(t::Ticket::CustomerId, company.into())];
        ids.push(ticket(&mut tx, id, queue, &company).await);
    }
    insert(
        &mut tx,
        Person::Table,
        &[
            (Person::UserId, "alice".into()),
            (Person::GroupId, 50.into()),
            (Person::PermissionKey, "ro".into()),
            (Person::PermissionValue, 1.into()),
            (Person::CreateTime, now().into()),
            (Person::CreateBy, 1.into()),
            (Person::ChangeTime, now().into()),
            (Person::ChangeBy, 1.into()),
        ],
    )
    .await;
    for (group, context) in [
        (51, "Ticket::CustomerID::Same"),
        (51, "Ticket::CustomerID::Other"),
        (52, "Ticket::CustomerID::Other"),
    ] {
        insert(
            &mut tx,
            Company::Table,
            &[
                (Company::CustomerId, "acme".into()),
                (Company::GroupId, group.into()),
                (Company::PermissionKey, "rw".into()),
                (Company::PermissionValue, 1.into()),
                (Company::PermissionContext, context.into()),
                (Company::CreateTime, now().into()),
                (Company::CreateBy, 1.into()),
                (Company::ChangeTime, now().into()),
                (Company::ChangeBy, 1.into()),
            ],
        )
        .await;
    }
    let alice = customer("alice", "acme");
    let grouped = with("CustomerGroupSupport", "1");

    assert_eq!(
        seen(&mut tx, &Settings::default(), &alice, &ids).await,
        [41, 42, 43, 46]
    );
    assert_eq!(seen(&mut tx, &grouped, &alice, &ids).await, [41, 42, 46]);

    let context = |value: &str| Value::map([("Value", value)]);
    let contexts = Value::map([
        ("001-CustomerID-same", context("Ticket::CustomerID::Same")),
        ("100-CustomerID-other", context("Ticket::CustomerID::Other")),
    ]);
    let everybody = Settings::with([
        (
            "CustomerGroupSupport".to_owned(),
            Value::text("1"),
            Origin::File,
        ),
        (
            "CustomerGroupPermissionContext".to_owned(),
            contexts,
            Origin::File,
        ),
    ]);
    assert_eq!(
        seen(&mut tx, &everybody, &alice, &ids).await,
        [41, 42, 44, 46]
    );
}
