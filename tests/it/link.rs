//! Links, watchers and flags of tickets. Rows and texts are those of the reference system's screens.

use otterdesk::{
    directory::{self, UserId},
    ticket::{
        flag,
        link::{self, Added, LinkState, LinkType},
        split::{self, Screen},
        watcher,
        work::Work,
    },
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use crate::support::{TestApp, history, new_ticket};

#[actix_web::test]
async fn both_tickets_remember_a_link_and_there_is_one_at_most() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (a, _) = new_ticket(&mut work, "A").await;
    let (b, _) = new_ticket(&mut work, "B").await;
    work.flush_history().await.unwrap();
    let (before_a, before_b) = (
        history(&mut work.tx, a.id).await.len(),
        history(&mut work.tx, b.id).await.len(),
    );

    let added = [
        link::add(&mut work, &a, &b, LinkType::Normal)
            .await
            .unwrap(),
        link::add(&mut work, &a, &b, LinkType::Normal)
            .await
            .unwrap(),
        link::add(&mut work, &b, &a, LinkType::Normal)
            .await
            .unwrap(),
        link::add(&mut work, &a, &b, LinkType::ParentChild)
            .await
            .unwrap(),
        link::add(&mut work, &b, &a, LinkType::ParentChild)
            .await
            .unwrap(),
        link::add(&mut work, &a, &a, LinkType::Normal)
            .await
            .unwrap(),
    ];

    assert_eq!(
        added,
        [
            Added::Now,
            Added::Before,
            Added::Before,
            Added::Excluded(LinkType::Normal),
            Added::Excluded(LinkType::Normal),
            Added::Itself,
        ]
    );
    let links = link::list(&mut work.tx, b.id).await.unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!(
        (
            links[0].source,
            links[0].target,
            links[0].kind,
            links[0].state
        ),
        (a.id, b.id, LinkType::Normal, LinkState::Valid)
    );
    assert!(
        link::remove(&mut work, &b, &a, LinkType::Normal)
            .await
            .unwrap()
    );
    assert!(
        !link::remove(&mut work, &b, &a, LinkType::Normal)
            .await
            .unwrap()
    );
    assert_eq!(link::list(&mut work.tx, a.id).await.unwrap(), []);
    work.flush_history().await.unwrap();
    let told = |kind: &str, number: &str, other, own| format!("{kind} %%{number}%%{other}%%{own}");
    assert_eq!(
        history(&mut work.tx, a.id).await[before_a..],
        [
            told("TicketLinkAdd", &b.number, b.id, a.id),
            told("TicketLinkDelete", &b.number, b.id, a.id),
        ]
    );
    assert_eq!(
        history(&mut work.tx, b.id).await[before_b..],
        [
            told("TicketLinkAdd", &a.number, a.id, b.id),
            told("TicketLinkDelete", &a.number, a.id, b.id),
        ]
    );
}

#[actix_web::test]
async fn a_temporary_link_becomes_a_valid_one() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (a, _) = new_ticket(&mut work, "A").await;
    let (b, _) = new_ticket(&mut work, "B").await;
    link::insert(
        &mut work,
        a.id,
        b.id,
        LinkType::ParentChild,
        LinkState::Temporary,
    )
    .await
    .unwrap();

    let added = link::add(&mut work, &a, &b, LinkType::ParentChild)
        .await
        .unwrap();

    assert_eq!(added, Added::Now);
    let links = link::list(&mut work.tx, a.id).await.unwrap();
    let states: Vec<LinkState> = links.iter().map(|link| link.state).collect();
    assert_eq!(states, [LinkState::Valid]);
}

#[actix_web::test]
async fn watching_is_told_each_time() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "Watched").await;
    work.flush_history().await.unwrap();
    let before = history(&mut work.tx, ticket.id).await.len();
    let agent = directory::agent(&mut work.tx, UserId::SYSTEM)
        .await
        .unwrap()
        .unwrap();
    let name = format!("{} {}", agent.first_name, agent.last_name);
    let watchers = Query::select()
        .expr(Expr::col(t::TicketWatcher::UserId).count())
        .from(t::TicketWatcher::Table)
        .and_where(Expr::col(t::TicketWatcher::TicketId).eq(ticket.id))
        .to_owned();

    watcher::subscribe(&mut work, &mut ticket, &agent)
        .await
        .unwrap();
    watcher::subscribe(&mut work, &mut ticket, &agent)
        .await
        .unwrap();
    let count: (i64,) = work.tx.fetch_one(&watchers).await.unwrap();
    assert_eq!(count, (1,));
    watcher::unsubscribe(&mut work, &mut ticket, &agent)
        .await
        .unwrap();
    watcher::unsubscribe(&mut work, &mut ticket, &agent)
        .await
        .unwrap();
    let count: (i64,) = work.tx.fetch_one(&watchers).await.unwrap();
    assert_eq!(count, (0,));
    work.flush_history().await.unwrap();

    assert_eq!(
        history(&mut work.tx, ticket.id).await[before..],
        [
            format!("Subscribe %%{name}"),
            format!("Subscribe %%{name}"),
            format!("Unsubscribe %%{name}"),
            format!("Unsubscribe %%{name}"),
        ]
    );
}

#[actix_web::test]
async fn flags_are_each_agents_own() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "Flags").await;
    let me = UserId::SYSTEM;
    let sets = |work: &Work<'_>| {
        let events = work.events().iter();
        events.filter(|event| event.name == "TicketFlagSet").count()
    };
    let before = sets(&work);

    flag::set(&mut work, &mut ticket, me, "important", "1")
        .await
        .unwrap();
    flag::set(&mut work, &mut ticket, me, "important", "2")
        .await
        .unwrap();
    let set = sets(&work) - before;
    flag::set(&mut work, &mut ticket, me, "important", "2")
        .await
        .unwrap();
    let again = sets(&work) - before;
    assert_eq!((set, again), (2, 2));
    let flags = flag::list(&mut work.tx, ticket.id, me).await.unwrap();
    assert_eq!(flags.get("important").map(String::as_str), Some("2"));
    flag::delete(&mut work, &mut ticket, Some(me), "important")
        .await
        .unwrap();
    let flags = flag::list(&mut work.tx, ticket.id, me).await.unwrap();
    assert_eq!(flags.get("important"), None);
}

#[actix_web::test]
async fn a_ticket_that_is_split_off_is_the_child_of_the_old_one() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (old, article) = new_ticket(&mut work, "old").await;
    let recent = otterdesk::recent::Recent::default();
    let settings = work.settings.clone();
    let draft = split::draft(&mut work.tx, &settings, &recent, &old, article)
        .await
        .unwrap();
    let draft = draft.unwrap();
    assert_eq!(
        (draft.subject.as_str(), draft.body.as_str()),
        ("Printer", "It is on fire")
    );

    let (new, other) = new_ticket(&mut work, &draft.subject).await;
    let nothing = split::draft(&mut work.tx, &settings, &recent, &old, other)
        .await
        .unwrap();
    assert_eq!(nothing, None, "an article of another ticket");
    let added = split::link(&mut work, &old, &new, Screen::Phone)
        .await
        .unwrap();
    assert_eq!(added, Some(Added::Now));
    let again = split::link(&mut work, &old, &new, Screen::Email)
        .await
        .unwrap();
    assert_eq!(again, Some(Added::Before));
    work.flush_history().await.unwrap();

    let links = link::list(&mut work.tx, new.id).await.unwrap();
    assert_eq!((links[0].source, links[0].target), (old.id, new.id));
    assert_eq!(links[0].kind, LinkType::ParentChild);
    let last = |entries: Vec<String>| entries.last().cloned().unwrap();
    assert_eq!(
        last(history(&mut work.tx, old.id).await),
        format!("TicketLinkAdd %%{}%%{}%%{}", new.number, new.id, old.id)
    );
    assert_eq!(
        last(history(&mut work.tx, new.id).await),
        format!("TicketLinkAdd %%{}%%{}%%{}", old.number, old.id, new.id)
    );
}
