//! Queues, addresses, types, services.

use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};

use super::{complaint, said};
use crate::support::TestApp;
use t::Queue as Q;

#[actix_web::test]
async fn queues_are_added_and_listed() {
    let app = TestApp::start().await;
    let done = "Adding a new queue...\nDone.";
    assert_eq!(
        said(&app, "Admin::Queue::Add --name Sales --group users").await,
        done
    );
    let sub = "Admin::Queue::Add --name Sales::EU --group users --system-address-id 1 --comment com --unlock-timeout 5 \
               --first-response-time 10 --update-time 20 --solution-time 30 --calendar 2";
    assert_eq!(said(&app, sub).await, done);
    for (line, expected) in [
        (
            "--name Sales --group users",
            "A queue with the name 'Sales' already exists.\nError: Can't create queue.",
        ),
        ("--name B --group nope", "Error: Found no GroupID for nope"),
        (
            "--name B --group users --system-address-name nope@mail.example",
            "Error: Address nope@mail.example not found",
        ),
        (
            "--name B --group users --system-address-id 99",
            "There is no system address with the number 99.\nError: Can't create queue.",
        ),
        (
            "--name B --group users --unlock-timeout x",
            "Error: please provide a valid value for option '--unlock-timeout'.",
        ),
    ] {
        assert_eq!(
            complaint(&app, &format!("Admin::Queue::Add {line}")).await,
            expected
        );
    }
    insta::assert_snapshot!(said(&app, "Admin::Queue::List").await, @r"
    Listing Queues...
      Junk
      Misc
      Postmaster
      Raw
      Sales
      Sales::EU
    Done.
    ");
    let verbose = said(&app, "Admin::Queue::List --verbose --all").await;
    assert!(
        verbose.contains("\n     5 Sales valid\n     6 Sales::EU valid\n"),
        "{verbose}"
    );

    let query = Query::select()
        .columns([
            Q::UnlockTimeout,
            Q::FirstResponseTime,
            Q::UpdateTime,
            Q::SolutionTime,
        ])
        .from(Q::Table)
        .and_where(Expr::col(Q::Name).eq("Sales::EU"))
        .to_owned();
    let mut tx = app.app.db.read().await.unwrap();
    let row: (Option<i32>, Option<i32>, Option<i32>, Option<i32>) =
        tx.fetch_one(&query).await.unwrap();
    assert_eq!(row, (Some(5), Some(10), Some(20), Some(30)));
}

#[actix_web::test]
async fn addresses_types_services_and_templates_of_queues() {
    let app = TestApp::start().await;
    for (line, expected) in [
        (
            "Admin::SystemAddress::Add --name N --email-address n@mail.example --queue-name Raw",
            "Adding a new system address...\nDone.",
        ),
        (
            "Admin::TicketType::Add --name Incident",
            "Adding a new ticket type...\nDone.",
        ),
        (
            "Admin::Service::Add --name S1 --comment c",
            "Adding a new service...\nDone.",
        ),
        (
            "Admin::Service::Add --name S2 --parent-name S1",
            "Adding a new service...\nDone.",
        ),
        (
            "Admin::StandardTemplate::QueueLink --template-name empty_answer --queue-name Misc",
            "Trying to link template empty answer to queue Misc...\nDone.",
        ),
        (
            "Admin::StandardTemplate::QueueLink --template-name empty_answer --queue-name Misc",
            "Trying to link template empty answer to queue Misc...\nDone.",
        ),
    ] {
        assert_eq!(said(&app, line).await, expected, "{line}");
    }
    for (line, expected) in [
        (
            "Admin::SystemAddress::Add --name N --email-address n@mail.example --queue-name Raw",
            "Error: SystemAddress n@mail.example already exists.",
        ),
        (
            "Admin::SystemAddress::Add --name N --email-address m@mail.example --queue-name nope",
            "Error: Queue nope does not exist.",
        ),
        (
            "Admin::TicketType::Add --name Incident",
            "A type with the name 'Incident' already exists.\nError: Can't add ticket type.",
        ),
        (
            "Admin::Service::Add --name S1",
            "Error: Service 'S1' already exists!",
        ),
        (
            "Admin::Service::Add --name S2 --parent-name nope",
            "Error: Parent service nope does not exist.",
        ),
        (
            "Admin::Service::Add --name S3::X",
            "Can't add service! Invalid name 'S3::X'!\nError: Can't add service.",
        ),
        (
            "Admin::StandardTemplate::QueueLink --template-name nope --queue-name Misc",
            "Error: Standard template 'nope' does not exist.",
        ),
        (
            "Admin::StandardTemplate::QueueLink --template-name empty_answer --queue-name nope",
            "Error: Queue 'nope' does not exist.",
        ),
    ] {
        assert_eq!(complaint(&app, line).await, expected, "{line}");
    }
}
