//! Tickets move through their processes; rows and histories are those that the reference system wrote.

use compat::Value;
use otterdesk::{
    directory::UserId,
    dynamic_field,
    ticket::{self, Ticket, change, work::Work},
};
use schema::{Tx, tables as t};
use sea_query::{IntoIden, IntoTableRef};

use super::read;
use crate::support::{TestApp, history, insert, new_ticket, now};

const HIGH: i32 = 4;

async fn row<C: IntoIden + Copy>(
    tx: &mut Tx,
    table: impl IntoTableRef,
    columns: [C; 7],
    id: &str,
    config: &str,
    more: &[(C, &str)],
) {
    let [entity, name, text, created, created_by, changed, changed_by] = columns;
    let mut values = vec![
        (entity, id.into()),
        (name, id.into()),
        (text, config.into()),
        (created, now().into()),
        (created_by, 1.into()),
        (changed, now().into()),
        (changed_by, 1.into()),
    ];
    for (column, value) in more {
        values.push((*column, (*value).into()));
    }
    insert(tx, table, &values).await;
}

/// A process with one step, which tickets of high priority take.
async fn process(app: &TestApp, state: &str, actions: &[(&str, &str)]) {
    use t::{PmProcess as P, PmTransition as T, PmTransitionAction as A};
    let mut tx = app.app.db.begin().await.unwrap();
    let ids: Vec<String> = (0..actions.len()).map(|n| format!("TA-{n}")).collect();
    let path = format!(
        "---\nPath:\n  A-1:\n    T-1:\n      ActivityEntityID: A-2\n      TransitionAction: [{}]\n  A-2: {{}}\n",
        ids.join(", ")
    );
    let process = [
        P::EntityId,
        P::Name,
        P::Config,
        P::CreateTime,
        P::CreateBy,
        P::ChangeTime,
        P::ChangeBy,
    ];
    let mut values = vec![
        (P::StateEntityId, state.into()),
        (P::Layout, "--- {}\n".into()),
    ];
    for (column, value) in process.into_iter().zip([
        "P-1".into(),
        "P-1".into(),
        path.into(),
        now().into(),
        1.into(),
        now().into(),
        1.into(),
    ]) {
        values.push((column, value));
    }
    insert(&mut tx, P::Table, &values).await;
    let transition = "---\nCondition:\n  '1':\n    Type: and\n    Fields:\n      PriorityID: {Type: String, Match: '4'}\nConditionLinking: and\n";
    let columns = [
        T::EntityId,
        T::Name,
        T::Config,
        T::CreateTime,
        T::CreateBy,
        T::ChangeTime,
        T::ChangeBy,
    ];
    row(&mut tx, T::Table, columns, "T-1", transition, &[]).await;
    for (id, (module, config)) in ids.iter().zip(actions) {
        let columns = [
            A::EntityId,
            A::Name,
            A::Config,
            A::CreateTime,
            A::CreateBy,
            A::ChangeTime,
            A::ChangeBy,
        ];
        let config = format!(
            "---\nModule: Kernel::System::ProcessManagement::TransitionAction::{module}\nConfig: {config}\n"
        );
        row(&mut tx, A::Table, columns, id, &config, &[]).await;
    }
    tx.commit().await.unwrap();
}

/// A ticket in the first activity.
async fn ticket_in(app: &TestApp) -> Ticket {
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let (mut ticket, _) = new_ticket(&mut work, "moves").await;
    let fields = dynamic_field::definitions_of_tickets(&mut work.tx)
        .await
        .unwrap();
    let (process, activity) = (Value::text("P-1"), Value::text("A-1"));
    ticket::dynamic_field::write(
        &mut work,
        &mut ticket,
        &[
            (&fields["ProcessManagementProcessID"], &process),
            (&fields["ProcessManagementActivityID"], &activity),
        ],
    )
    .await
    .unwrap();
    work.commit().await.unwrap();
    ticket
}

/// What the history says after the ticket's priority has become high.
async fn after_priority(app: &TestApp, ticket: &mut Ticket) -> Vec<String> {
    let mut tx = app.app.db.read().await.unwrap();
    let before = history(&mut tx, ticket.id).await.len();
    drop(tx);
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    change::priority(&mut work, ticket, HIGH).await.unwrap();
    work.commit().await.unwrap();
    let mut tx = app.app.db.read().await.unwrap();
    let after = history(&mut tx, ticket.id).await;
    after[before + 1..].to_vec()
}

const MOVED: &str =
    "TicketDynamicFieldUpdate %%FieldName%%ProcessManagementActivityID%%Value%%A-2%%OldValue%%A-1";

#[actix_web::test]
async fn a_step_is_taken_when_its_condition_holds() {
    let app = TestApp::start().await;
    process(
        &app,
        "S1",
        &[
            ("TicketQueueSet", "{Queue: Nowhere}"),
            ("TicketQueueSet", "{Queue: Misc}"),
            ("TicketStateSet", "{State: new}"),
            (
                "TicketTitleSet",
                "{Title: 'in <OTRS_TICKET_Queue><OTRS_TICKET_Nope>'}",
            ),
            ("TicketLockSet", "{Lock: lock}"),
            (
                "TicketCustomerSet",
                "{CustomerID: acme, CustomerUserID: alice}",
            ),
        ],
    )
    .await;
    let mut ticket = ticket_in(&app).await;

    let told = after_priority(&app, &mut ticket).await;
    assert_eq!(
        told,
        [
            MOVED,
            "Move %%Misc%%4%%Raw%%2",
            "StateUpdate %%open%%new%%",
            "SetPendingTime %%00-00-00 00:00",
            "TitleUpdate %%moves%%in Misc",
            "Lock %%lock",
            "CustomerUpdate %%CustomerID=acme;",
            "CustomerUpdate %%CustomerUser=alice;",
        ]
    );
    let ticket = read(&app, ticket.id).await;
    assert_eq!(ticket.queue.name, "Misc");
    assert_eq!(ticket.customer_user_id.as_deref(), Some("alice"));
}

#[actix_web::test]
async fn nothing_follows_an_action_that_nobody_knows() {
    let app = TestApp::start().await;
    process(
        &app,
        "S1",
        &[("NoSuchThing", "{}"), ("TicketTitleSet", "{Title: never}")],
    )
    .await;
    let mut ticket = ticket_in(&app).await;
    assert_eq!(after_priority(&app, &mut ticket).await, [MOVED]);
}

#[actix_web::test]
async fn a_process_that_is_switched_off_moves_nothing() {
    let app = TestApp::start().await;
    process(&app, "S2", &[]).await;
    let mut ticket = ticket_in(&app).await;
    assert!(after_priority(&app, &mut ticket).await.is_empty());
}

#[actix_web::test]
async fn actions_write_articles_and_tickets() {
    let app = TestApp::start().await;
    let article = "{Subject: 'about <OTRS_TICKET_Title>', Body: done, ContentType: text/plain; charset=utf-8, CommunicationChannel: Internal, SenderType: agent, IsVisibleForCustomer: '0', HistoryType: AddNote, HistoryComment: made, From: Desk <desk@desk.example>}";
    let child = "{Title: child, Queue: Misc, Lock: unlock, Priority: 3 normal, State: new, Owner: root@localhost, LinkAs: Child}";
    process(
        &app,
        "S1",
        &[
            ("TicketArticleCreate", article),
            ("TicketCreate", child),
            ("TicketWatchSet", "{Action: Subscribe, UserIDs: '1'}"),
            (
                "DynamicFieldSet",
                "{ProcessManagementAttachment: '7', Nope: x}",
            ),
            (
                "DynamicFieldIncrement",
                "{ProcessManagementAttachment: '1', Value: '5'}",
            ),
            ("DynamicFieldRemove", "{ProcessManagementAttachment: '1'}"),
        ],
    )
    .await;
    let mut ticket = ticket_in(&app).await;
    let told = after_priority(&app, &mut ticket).await;
    let field = |new: &str, old: &str| {
        format!(
            "TicketDynamicFieldUpdate %%FieldName%%ProcessManagementAttachment%%Value%%{new}%%OldValue%%{old}"
        )
    };
    assert_eq!(told[0], MOVED);
    assert_eq!(told[1], "AddNote made");
    assert!(told[2].starts_with("TicketLinkAdd %%"), "{told:?}");
    assert!(told[3].starts_with("Subscribe %%"), "{told:?}");
    assert_eq!(
        told[4..],
        [field("7", ""), field("12", "7"), field("", "12")]
    );

    let mut tx = app.app.db.read().await.unwrap();
    let links = ticket::link::list(&mut tx, ticket.id).await.unwrap();
    assert_eq!(links.len(), 1);
    assert_eq!(links[0].source, ticket.id);
    drop(tx);
    assert_eq!(
        read(&app, links[0].target).await.title.as_deref(),
        Some("child")
    );
}
