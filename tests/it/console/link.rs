//! Links by the console. Answers and codes are those of the reference system, but for tickets that do not exist.

use otterdesk::{
    directory::UserId,
    ticket::{TicketId, work::Work},
};

use super::{run, said};
use crate::support::{TestApp, history, new_ticket};

async fn ticket(app: &TestApp, title: &str) -> TicketId {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (ticket, _) = new_ticket(&mut work, title).await;
    work.commit().await.unwrap();
    ticket.id
}

fn line(verb: &str, source: TicketId, target: TicketId, kind: &str) -> String {
    let state = if verb == "Add" {
        " --link-state Valid"
    } else {
        ""
    };
    format!(
        "Maint::ObjectLink::{verb} --source-object Ticket --source-key {source} --target-object Ticket --target-key {target} \
         --link-type {kind}{state}"
    )
}

async fn last(app: &TestApp, id: TicketId) -> String {
    let mut tx = app.app.db.read().await.unwrap();
    history(&mut tx, id).await.pop().unwrap()
}

#[actix_web::test]
async fn tickets_are_linked_and_freed_again() {
    const ADDED: &str = "Adding link between objects...\n\nDone.";
    let app = TestApp::start().await;
    let (one, other) = (ticket(&app, "one").await, ticket(&app, "other").await);
    let add = line("Add", one, other, "ParentChild");
    assert_eq!(said(&app, &add).await, ADDED);
    assert!(last(&app, one).await.starts_with("TicketLinkAdd %%"));
    assert_eq!(said(&app, &add).await, ADDED, "twice is once");
    for (wrong, reason) in [
        (line("Add", other, one, "ParentChild"), ""),
        (line("Add", one, other, "Normal"), ""),
        (line("Add", one, one, "Normal"), ""),
        (
            line("Add", one, other, "Foo"),
            "Not possible to create a 'Foo' link between Ticket and Ticket!",
        ),
        (
            add.replace("Valid", "Foo"),
            "Link state 'Foo' not found in the database!",
        ),
        (
            line("Add", one, TicketId(999), "Normal"),
            "One of the tickets does not exist.",
        ),
    ] {
        let answer = run(&app, &wrong).await;
        assert_eq!(answer.code, 1, "{wrong}");
        let complaint = format!("Error: Error creating link.\nError: {reason}");
        assert_eq!(answer.err, complaint.trim_end(), "{wrong}");
    }
    let delete = line("Delete", one, other, "ParentChild");
    let deleted = "Removing link between objects...\n\nDone.";
    assert_eq!(said(&app, &delete).await, deleted);
    assert!(last(&app, other).await.starts_with("TicketLinkDelete %%"));
    assert_eq!(said(&app, &delete).await, deleted, "what is gone is gone");
}

#[actix_web::test]
async fn the_log_is_not_shown_here_and_the_command_says_so() {
    let app = TestApp::start().await;
    for command in ["Maint::Log::Print", "Maint::Log::Clear"] {
        let answer = run(&app, command).await;
        assert_eq!((answer.code, answer.out.as_str()), (1, ""));
        assert!(answer.err.contains("error output"), "{}", answer.err);
    }
}
