//! Defaults of dynamic fields, and what they take over from the customer.

use compat::Value;
use otterdesk::{
    directory::UserId,
    dynamic_field::{ObjectType, values},
    ticket::{self, NewTicket, TicketId, change, work::Work},
};
use schema::tables as t;

use super::{OPEN, field, handler};
use crate::support::{TestApp, history, insert, new_ticket, now};

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
