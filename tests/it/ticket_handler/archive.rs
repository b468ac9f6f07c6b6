//! Tickets that go to the archive.

use compat::Value;
use otterdesk::{
    directory::{self, UserId},
    ticket::{article, change, flag, watcher, work::Work},
};

use super::{events, read};
use crate::support::{TestApp, history, new_ticket};

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
