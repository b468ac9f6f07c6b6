//! A parent hears of its children.

use otterdesk::{
    directory::UserId,
    ticket::{
        change,
        link::{self, LinkType},
        work::Work,
    },
};

use super::{CLOSED, MERGED, OPEN, events};
use crate::support::{TestApp, new_ticket};

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
