//! What follows from changes to tickets, as the settings say. What is expected here the reference system wrote for the
//! same changes.

use chrono::TimeDelta;
use compat::{Value, storable};
use otterdesk::{
    directory::{self, UserId},
    dynamic_field::{ObjectType, values},
    recent::Recent,
    ticket::{
        self, NewTicket, Ticket, TicketId,
        article::{self, NewArticle, SenderType},
        change, flag,
        link::{self, LinkType},
        watcher,
        work::Work,
    },
};
use schema::{LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, history, insert, new_ticket, now};

const OPEN: i32 = 4;
const CLOSED: i32 = 2;
const MERGED: i32 = 9;
const LOCKED: i32 = 2;

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

async fn field(tx: &mut Tx, name: &str, kind: &str, object: &str) {
    use t::DynamicField as F;
    insert(
        tx,
        F::Table,
        &[
            (F::InternalField, 0.into()),
            (F::Name, name.into()),
            (F::Label, name.into()),
            (F::FieldOrder, 1.into()),
            (F::FieldType, kind.into()),
            (F::ObjectType, object.into()),
            (F::ValidId, 1.into()),
            (F::CreateTime, now().into()),
            (F::CreateBy, 1.into()),
            (F::ChangeTime, now().into()),
            (F::ChangeBy, 1.into()),
        ],
    )
    .await;
}

/// A handler of OTRS as the settings name it.
fn handler(name: &str, event: &str, late: &str) -> Value {
    Value::map([
        ("Module", format!("Kernel::System::Ticket::Event::{name}")),
        ("Event", event.to_owned()),
        ("Transaction", late.to_owned()),
    ])
}

async fn read(app: &TestApp, id: TicketId) -> Ticket {
    let mut tx = app.app.db.read().await.unwrap();
    let mut found = ticket::list(&mut tx, &Recent::default(), &[id])
        .await
        .unwrap();
    found.remove(0)
}

fn events(work: &Work<'_>, ticket: TicketId) -> Vec<String> {
    let events = work.events().iter();
    events
        .filter(|event| event.ticket == ticket)
        .map(|event| event.name.clone())
        .collect()
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
async fn a_parent_hears_that_all_of_its_children_are_closed() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut parent, _) = new_ticket(&mut work, "parent").await;
    let (mut first, _) = new_ticket(&mut work, "first").await;
    let (mut second, _) = new_ticket(&mut work, "second").await;
    let (friend, _) = new_ticket(&mut work, "friend").await;
    for child in [&first, &second] {
        link::add(&mut work, &parent, child, LinkType::ParentChild)
            .await
            .unwrap();
    }
    link::add(&mut work, &parent, &friend, LinkType::Normal)
        .await
        .unwrap();
    work.flush_rows().await.unwrap();
    let told = |work: &Work<'_>| {
        let events = events(work, parent.id);
        let told = events
            .iter()
            .filter(|event| *event == "TicketAllChildrenClosed");
        told.count()
    };

    change::state(&mut work, &mut first, CLOSED).await.unwrap();
    assert_eq!(told(&work), 0);
    work.flush_rows().await.unwrap();
    change::state(&mut work, &mut second, MERGED).await.unwrap();
    assert_eq!(told(&work), 1);
    work.flush_rows().await.unwrap();
    change::state(&mut work, &mut second, OPEN).await.unwrap();
    change::state(&mut work, &mut parent, CLOSED).await.unwrap();
    assert_eq!(
        events(&work, parent.id)
            .iter()
            .filter(|event| *event == "TicketAllChildrenClosed")
            .count(),
        1
    );
    work.commit().await.unwrap();
}

/// A ticket in a queue with limits, all of which were over an hour ago.
async fn escalated(app: &TestApp) -> TicketId {
    use t::{Queue, Ticket as T};
    let mut tx = app.app.db.begin().await.unwrap();
    let limits = Query::update()
        .table(Queue::Table)
        .value(Queue::FirstResponseTime, 60)
        .value(Queue::UpdateTime, 120)
        .value(Queue::SolutionTime, 240)
        .and_where(Expr::col(Queue::Id).eq(1))
        .to_owned();
    tx.execute(&limits).await.unwrap();
    tx.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let ticket = ticket::create(&mut work, NewTicket::new("late", 1, 3, OPEN))
        .await
        .unwrap();
    work.commit().await.unwrap();
    let past = i32::try_from((now() - TimeDelta::hours(1)).and_utc().timestamp()).unwrap();
    let mut tx = app.app.db.begin().await.unwrap();
    let over = Query::update()
        .table(T::Table)
        .value(T::EscalationTime, past)
        .value(T::EscalationResponseTime, past)
        .value(T::EscalationUpdateTime, past)
        .value(T::EscalationSolutionTime, past)
        .and_where(Expr::col(T::Id).eq(ticket.id))
        .to_owned();
    tx.execute(&over).await.unwrap();
    tx.commit().await.unwrap();
    ticket.id
}

const STOPS: [&str; 3] = [
    "EscalationUpdateTimeStop %%EscalationUpdateTimeStop%%triggered",
    "EscalationSolutionTimeStop %%EscalationSolutionTimeStop%%triggered",
    "EscalationResponseTimeStop %%EscalationResponseTimeStop%%triggered",
];

#[actix_web::test]
async fn an_escalation_stops_when_the_ticket_is_closed_or_has_no_limits_any_more() {
    let app = TestApp::start().await;
    let changed = async |how: &str| {
        let id = escalated(&app).await;
        let mut ticket = read(&app, id).await;
        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        match how {
            "close" => change::state(&mut work, &mut ticket, CLOSED).await.unwrap(),
            "move and close" => {
                change::queue(&mut work, &mut ticket, 2).await.unwrap();
                change::state(&mut work, &mut ticket, CLOSED).await.unwrap();
            }
            "answer" => {
                let answer = NewArticle {
                    visible_for_customer: true,
                    body: "yes".to_owned(),
                    ..NewArticle::default()
                };
                article::create(&mut work, &mut ticket, answer)
                    .await
                    .unwrap();
            }
            _ => change::title(&mut work, &mut ticket, "other")
                .await
                .unwrap(),
        }
        work.commit().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let entries = history(&mut tx, id).await;
        entries
            .into_iter()
            .filter(|entry| entry.contains("Escalation"))
            .collect::<Vec<_>>()
    };

    assert_eq!(changed("close").await, STOPS);
    assert_eq!(changed("move and close").await, STOPS, "once");
    assert!(changed("answer").await.is_empty());
    assert!(changed("title").await.is_empty());
}

async fn field_values(app: &TestApp, id: TicketId) -> Vec<(String, Value)> {
    let mut tx = app.app.db.read().await.unwrap();
    let values = values(&mut tx, ObjectType::Ticket, &[id.0]).await.unwrap();
    values
        .of(id.0)
        .filter(|(_, value)| *value != Value::Undef)
        .map(|(name, value)| (name.to_owned(), value))
        .collect()
}

#[actix_web::test]
async fn dynamic_fields_without_a_value_get_their_default() {
    let entry = |event: &str, name: &str, value: &str| {
        Value::map([("Event", event), ("Name", name), ("Value", value)])
    };
    let app = TestApp::with([
        (
            "Ticket::EventModulePost",
            Value::map([(
                "9600-TicketDynamicFieldDefault",
                handler("TicketDynamicFieldDefault", "", "1"),
            )]),
        ),
        (
            "Ticket::TicketDynamicFieldDefault",
            Value::map([
                ("Element1", entry("TicketCreate", "Set", "first")),
                ("Element2", entry("TicketCreate", "Given", "second")),
                (
                    "Element3",
                    entry("TicketCreate|ArticleCreate", "Other", "x"),
                ),
                ("Element4", entry("", "Other", "x")),
                ("Element5", entry("TicketCreate", "Note", "x")),
                ("Element6", entry("TicketTitleUpdate", "Other", "named")),
            ]),
        ),
    ])
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    for name in ["Set", "Given", "Other"] {
        field(&mut tx, name, "Text", "Ticket").await;
    }
    field(&mut tx, "Note", "Text", "Article").await;
    tx.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "defaults").await;
    let fields = otterdesk::dynamic_field::definitions(&mut work.tx, &[ObjectType::Ticket])
        .await
        .unwrap();
    let mine = Value::text("mine");
    ticket::dynamic_field::write(&mut work, &mut ticket, &[(&fields["Given"], &mine)])
        .await
        .unwrap();
    work.commit().await.unwrap();
    let text = |name: &str, value: &str| (name.to_owned(), Value::text(value));

    assert_eq!(
        field_values(&app, ticket.id).await,
        [text("Given", "mine"), text("Set", "first")]
    );
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::title(&mut work, &mut ticket, "new").await.unwrap();
    work.commit().await.unwrap();
    assert_eq!(
        field_values(&app, ticket.id).await,
        [
            text("Given", "mine"),
            text("Other", "named"),
            text("Set", "first")
        ]
    );
    let mut tx = app.app.db.read().await.unwrap();
    let entries = history(&mut tx, ticket.id).await;
    assert_eq!(
        entries[entries.len() - 2..],
        [
            "TitleUpdate %%defaults%%new",
            "TicketDynamicFieldUpdate %%FieldName%%Other%%Value%%named%%OldValue%%"
        ]
    );
}

#[actix_web::test]
async fn dynamic_fields_follow_the_customer() {
    use t::{CustomerCompany as C, CustomerUser as U};
    let event = "(TicketCreate|TicketCustomerUpdate)";
    let app = TestApp::with([
        (
            "Ticket::EventModulePost",
            Value::map([
                (
                    "1-User",
                    handler("DynamicFieldFromCustomerUser", event, "0"),
                ),
                (
                    "0-Company",
                    handler("DynamicFieldFromCustomerCompany", event, "0"),
                ),
            ]),
        ),
        (
            "DynamicFieldFromCustomerUser::Mapping",
            Value::map([
                ("UserZip", "Zip"),
                ("UserFirstname", "First"),
                ("UserCity", "NoField"),
                ("Nope", "Left"),
            ]),
        ),
        (
            "DynamicFieldFromCustomerCompany::Mapping",
            Value::map([("CustomerCompanyName", "Firm")]),
        ),
    ])
    .await;
    let mut tx = app.app.db.begin().await.unwrap();
    for name in ["Zip", "First", "Firm", "Left"] {
        field(&mut tx, name, "Text", "Ticket").await;
    }
    insert(
        &mut tx,
        U::Table,
        &[
            (U::Login, "cust1".into()),
            (U::Email, "cust1@example.com".into()),
            (U::CustomerId, "acme".into()),
            (U::FirstName, "Cu".into()),
            (U::LastName, "Stomer".into()),
            (U::Zip, "12345".into()),
            (U::ValidId, 1.into()),
            (U::CreateTime, now().into()),
            (U::CreateBy, 1.into()),
            (U::ChangeTime, now().into()),
            (U::ChangeBy, 1.into()),
        ],
    )
    .await;
    insert(
        &mut tx,
        C::Table,
        &[
            (C::CustomerId, "acme".into()),
            (C::Name, "Acme Inc".into()),
            (C::ValidId, 1.into()),
            (C::CreateTime, now().into()),
            (C::CreateBy, 1.into()),
            (C::ChangeTime, now().into()),
            (C::ChangeBy, 1.into()),
        ],
    )
    .await;
    tx.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let mut new = NewTicket::new("customer", 2, 3, OPEN);
    new.customer = Some(ticket::create::Customer {
        company: "acme".to_owned(),
        user: "cust1".to_owned(),
    });
    let mut ticket = ticket::create(&mut work, new).await.unwrap();
    let somebody = change::Customer {
        id: Some("other".to_owned()),
        user: Some("some@example.com".to_owned()),
    };
    change::customer(&mut work, &mut ticket, somebody)
        .await
        .unwrap();
    work.commit().await.unwrap();

    let mut tx = app.app.db.read().await.unwrap();
    let update = |text: &str| format!("TicketDynamicFieldUpdate %%FieldName%%{text}");
    assert_eq!(
        history(&mut tx, ticket.id).await[1..],
        [
            "CustomerUpdate %%CustomerID=acme;CustomerUser=cust1;".to_owned(),
            update("Firm%%Value%%Acme Inc%%OldValue%%"),
            update("First%%Value%%Cu%%OldValue%%"),
            update("Zip%%Value%%12345%%OldValue%%"),
            "CustomerUpdate %%CustomerID=other;CustomerUser=some@example.com;".to_owned(),
            update("Firm%%Value%%%%OldValue%%Acme Inc"),
            update("First%%Value%%%%OldValue%%Cu"),
            update("Zip%%Value%%%%OldValue%%12345"),
        ]
    );
    drop(tx);
    assert!(field_values(&app, ticket.id).await.is_empty());
}

/// The tasks that wait, their data as it was before it was packed.
async fn tasks(app: &TestApp) -> Vec<(String, Value)> {
    use t::SchedulerTask as S;
    let query = Query::select()
        .columns([S::Name, S::TaskData])
        .from(S::Table)
        .order_by(S::Id, Order::Asc)
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, LongText)> = tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(name, data)| (name, storable::from_base64(&data.0).unwrap()))
        .collect()
}

#[actix_web::test]
async fn the_scheduler_looks_at_the_appointments_of_a_ticket_once_in_an_operation() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "appointments").await;
    work.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::title(&mut work, &mut ticket, "x").await.unwrap();
    work.commit().await.unwrap();
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::queue(&mut work, &mut ticket, 3).await.unwrap();
    change::state(&mut work, &mut ticket, CLOSED).await.unwrap();
    work.commit().await.unwrap();

    let task = |id: Value| {
        let data = Value::map([
            ("Object", Value::text("Kernel::System::Calendar")),
            ("Function", Value::text("TicketAppointmentProcessTicket")),
            ("Params", Value::map([("TicketID", id)])),
        ]);
        let name = "Kernel::System::Calendar-TicketAppointmentProcessTicket()";
        (name.to_owned(), data)
    };
    assert_eq!(
        tasks(&app).await,
        [
            task(Value::Integer(ticket.id.0)),
            task(Value::text(ticket.id.to_string()))
        ]
    );
}

/// Queue, lock and state in the index, and how often the ticket stands among the locked ones.
async fn indexed(app: &TestApp, id: TicketId) -> (Vec<String>, usize) {
    use t::{TicketIndex as I, TicketLockIndex as L};
    let query = Query::select()
        .columns([I::Queue, I::SLock, I::SState])
        .column(I::GroupId)
        .from(I::Table)
        .and_where(Expr::col(I::TicketId).eq(id))
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let rows: Vec<(String, String, String, i32)> = tx.fetch_all(&query).await.unwrap();
    let locks = Query::select()
        .column(L::TicketId)
        .from(L::Table)
        .and_where(Expr::col(L::TicketId).eq(id))
        .to_owned();
    let locks: Vec<(i64,)> = tx.fetch_all(&locks).await.unwrap();
    let rows = rows.into_iter();
    let rows = rows.map(|(queue, lock, state, group)| format!("{queue} {lock} {state} {group}"));
    (rows.collect(), locks.len())
}

#[actix_web::test]
async fn the_static_index_follows_queue_lock_state_and_archive() {
    let app = TestApp::with([
        (
            "Ticket::IndexModule",
            Value::text("Kernel::System::Ticket::IndexAccelerator::StaticDB"),
        ),
        ("Ticket::ArchiveSystem", Value::text("1")),
    ])
    .await;
    let row = |text: &str, locks: usize| (vec![text.to_owned()], locks);
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "index").await;
    work.commit().await.unwrap();
    assert_eq!(indexed(&app, ticket.id).await, row("Raw unlock open 1", 0));

    let id = ticket.id;
    let changed = async |what: &str, ticket: &mut Ticket| {
        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        match what {
            "lock" => change::lock(&mut work, ticket, LOCKED).await.unwrap(),
            "unlock" => change::unlock(&mut work, ticket).await.unwrap(),
            "open" => change::state(&mut work, ticket, OPEN).await.unwrap(),
            "merge" => change::state(&mut work, ticket, MERGED).await.unwrap(),
            "archive" => change::archive(&mut work, ticket).await.unwrap(),
            _ => change::queue(&mut work, ticket, 3).await.unwrap(),
        }
        work.commit().await.unwrap();
        indexed(&app, id).await
    };
    assert_eq!(
        changed("lock", &mut ticket).await,
        row("Raw lock open 1", 1)
    );
    assert_eq!(changed("merge", &mut ticket).await, (vec![], 1));
    assert_eq!(
        changed("open", &mut ticket).await,
        row("Raw lock open 1", 1)
    );
    // Moving unlocks.
    assert_eq!(
        changed("move", &mut ticket).await,
        row("Junk unlock open 1", 0)
    );
    assert_eq!(
        changed("archive", &mut ticket).await,
        row("Junk unlock open 1", 0),
        "the archive alone changes nothing"
    );
    assert_eq!(changed("lock", &mut ticket).await, (vec![], 1));
    assert_eq!(changed("unlock", &mut ticket).await, (vec![], 0));

    let runtime = TestApp::start().await;
    let mut work = Work::begin(&runtime.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, "no index").await;
    work.commit().await.unwrap();
    assert_eq!(indexed(&runtime, ticket.id).await, (vec![], 0));
}

#[actix_web::test]
async fn nobody_has_seen_or_watches_a_ticket_that_goes_to_the_archive() {
    let switched = [
        "Ticket::ArchiveSystem::RemoveSeenFlags",
        "Ticket::ArchiveSystem::RemoveTicketWatchers",
        "Ticket::Watcher",
        "Ticket::ArchiveSystem",
    ];
    for off in ["", switched[0], switched[1], switched[2], switched[3]] {
        let app = TestApp::with(
            switched.map(|name| (name, Value::text(if name == off { "0" } else { "1" }))),
        )
        .await;
        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        let (mut ticket, article) = new_ticket(&mut work, "old").await;
        let watching = directory::agent(&mut work.tx, UserId::SYSTEM)
            .await
            .unwrap();
        watcher::subscribe(&mut work, &mut ticket, &watching.unwrap())
            .await
            .unwrap();
        flag::set(&mut work, &mut ticket, UserId::SYSTEM, "mine", "1")
            .await
            .unwrap();
        article::flag::set(&mut work, article, "important", "1")
            .await
            .unwrap();
        work.commit().await.unwrap();
        let mut tx = app.app.db.read().await.unwrap();
        let before = history(&mut tx, ticket.id).await.len();
        drop(tx);

        let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
        change::archive(&mut work, &mut ticket).await.unwrap();
        let told = events(&work, ticket.id);
        let seen = article::flag::all_seen(&mut work, ticket.id).await.unwrap();
        let flags = flag::list(&mut work.tx, ticket.id, UserId::SYSTEM)
            .await
            .unwrap();
        work.commit().await.unwrap();

        let is_on = |name: &str| name != off && off != switched[3];
        let (seen_goes, watch_goes) =
            (is_on(switched[0]), is_on(switched[1]) && is_on(switched[2]));
        assert_eq!(seen, !seen_goes, "without {off}");
        assert_eq!(flags.contains_key("Seen"), !seen_goes, "without {off}");
        assert!(flags.contains_key("mine"));
        let mut expected = Vec::new();
        let mut expected_events = Vec::new();
        if seen_goes {
            expected_events.push("TicketFlagDelete");
        }
        if watch_goes {
            expected.push("Unsubscribe %%Admin OTRS");
            expected_events.push("TicketUnsubscribe");
        }
        if is_on(switched[3]) {
            expected.push("ArchiveFlagUpdate %%y");
            expected_events.push("TicketArchiveFlagUpdate");
        }
        let mut tx = app.app.db.read().await.unwrap();
        assert_eq!(
            history(&mut tx, ticket.id).await[before..],
            expected,
            "without {off}"
        );
        assert_eq!(told, expected_events, "without {off}");
        drop(tx);
        assert_eq!(read(&app, ticket.id).await.archived, is_on(switched[3]));
    }
}
