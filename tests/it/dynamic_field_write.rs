//! Values of dynamic fields and what the history says of them. Rows and texts are those of the reference system, which
//! was given the same values in the same order.

use compat::Value;
use otterdesk::{
    directory::UserId,
    dynamic_field::{self, Definitions, ObjectType, WriteError},
    ticket::{self, Ticket, work::Work},
};
use schema::{Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, history, insert, new_ticket, now};

const CHOICES: &str = "---\nPossibleValues:\n  a: Alpha\n  b: Beta\n  c: Gamma\n";

async fn field(tx: &mut Tx, name: &str, kind: &str, object: &str, config: &str) {
    use t::DynamicField as F;
    let config = tx.long_text(config);
    let columns = [
        (F::InternalField, 0.into()),
        (F::Name, name.into()),
        (F::Label, name.into()),
        (F::FieldOrder, 1.into()),
        (F::FieldType, kind.into()),
        (F::ObjectType, object.into()),
        (F::Config, sea_query::SimpleExpr::Value(config)),
        (F::ValidId, 1.into()),
        (F::CreateTime, now().into()),
        (F::CreateBy, 1.into()),
        (F::ChangeTime, now().into()),
        (F::ChangeBy, 1.into()),
    ];
    insert(tx, F::Table, &columns).await;
}

/// One field of each type, under the name of its type, and a text for articles and for customer users.
async fn fields(tx: &mut Tx) -> Definitions {
    for kind in ["Text", "TextArea", "Date", "DateTime", "Checkbox"] {
        field(tx, kind, kind, "Ticket", "---\n").await;
    }
    field(tx, "Dropdown", "Dropdown", "Ticket", CHOICES).await;
    field(tx, "Multiselect", "Multiselect", "Ticket", CHOICES).await;
    field(tx, "OfArticle", "Text", "Article", "---\n").await;
    field(tx, "OfCustomer", "Text", "CustomerUser", "---\n").await;
    let objects = [
        ObjectType::Ticket,
        ObjectType::Article,
        ObjectType::CustomerUser,
    ];
    dynamic_field::definitions(tx, &objects).await.unwrap()
}

/// The rows of a field: text, moment and number, `-` for what is not there.
async fn rows(tx: &mut Tx, field: i32, object: i64) -> Vec<String> {
    use t::DynamicFieldValue as V;
    let query = Query::select()
        .columns([V::ValueText, V::ValueDate, V::ValueInt])
        .from(V::Table)
        .and_where(Expr::col(V::FieldId).eq(field))
        .and_where(Expr::col(V::ObjectId).eq(object))
        .order_by(V::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(Option<String>, Option<chrono::NaiveDateTime>, Option<i64>)> =
        tx.fetch_all(&query).await.unwrap();
    rows.into_iter()
        .map(|(text, moment, number)| {
            let moment = moment.map(|moment| moment.to_string());
            let number = number.map(|number| number.to_string());
            [text, moment, number]
                .map(|part| part.unwrap_or_else(|| "-".to_owned()))
                .join("|")
        })
        .collect()
}

/// Writes one value; gives the new entry of the history without its beginning, and the rows of the field.
async fn write(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    fields: &Definitions,
    name: &str,
    value: &Value,
) -> (String, Vec<String>) {
    let before = history(&mut work.tx, ticket.id).await.len();
    let field = &fields[name];
    ticket::dynamic_field::write(work, ticket, &[(field, value)])
        .await
        .unwrap();
    work.flush_history().await.unwrap();
    let entries = history(&mut work.tx, ticket.id).await;
    let start = format!("TicketDynamicFieldUpdate %%FieldName%%{name}");
    let new: Vec<&str> = entries[before..]
        .iter()
        .map(|entry| entry.strip_prefix(&start).unwrap())
        .collect();
    (
        new.join(" "),
        rows(&mut work.tx, field.id, ticket.id.0).await,
    )
}

fn list(items: &[&str]) -> Value {
    Value::List(items.iter().map(|item| Value::text(*item)).collect())
}

#[actix_web::test]
async fn each_type_keeps_its_values_as_the_reference_does() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let fields = fields(&mut work.tx).await;
    let (mut ticket, _) = new_ticket(&mut work, "Fields").await;
    work.flush_history().await.unwrap();

    let cases: &[(&str, Value, &str, &[&str])] = &[
        ("Text", "v1".into(), "%%Value%%v1%%OldValue%%", &["v1|-|-"]),
        ("Text", "v1".into(), "", &["v1|-|-"]),
        (
            "Text",
            "v2".into(),
            "%%Value%%v2%%OldValue%%v1",
            &["v2|-|-"],
        ),
        (
            "Text",
            "V2".into(),
            "%%Value%%V2%%OldValue%%v2",
            &["V2|-|-"],
        ),
        ("Text", "".into(), "%%Value%%%%OldValue%%V2", &[]),
        ("Text", "".into(), "", &[]),
        ("Text", "0".into(), "%%Value%%0%%OldValue%%", &["0|-|-"]),
        ("Text", 0.into(), "", &["0|-|-"]),
        (
            "TextArea",
            "a\n b".into(),
            "%%Value%%a\n b%%OldValue%%",
            &["a\n b|-|-"],
        ),
        ("Dropdown", "a".into(), "%%Value%%a%%OldValue%%", &["a|-|-"]),
        (
            "Dropdown",
            "b".into(),
            "%%Value%%b%%OldValue%%a",
            &["b|-|-"],
        ),
        ("Dropdown", "".into(), "%%Value%%%%OldValue%%b", &[]),
        (
            "Multiselect",
            list(&["a", "b"]),
            "%%Value%%a, b%%OldValue%%",
            &["a|-|-", "b|-|-"],
        ),
        (
            "Multiselect",
            list(&["b", "a"]),
            "%%Value%%b, a%%OldValue%%a, b",
            &["b|-|-", "a|-|-"],
        ),
        (
            "Multiselect",
            "a".into(),
            "%%Value%%a%%OldValue%%b, a",
            &["a|-|-"],
        ),
        (
            "Multiselect",
            "a".into(),
            "%%Value%%a%%OldValue%%a",
            &["a|-|-"],
        ),
        ("Multiselect", list(&["a"]), "", &["a|-|-"]),
        ("Multiselect", "".into(), "%%Value%%%%OldValue%%a", &[]),
        ("Multiselect", list(&[]), "", &[]),
        (
            "Multiselect",
            list(&["a", "a"]),
            "%%Value%%a, a%%OldValue%%",
            &["a|-|-", "a|-|-"],
        ),
        (
            "Date",
            "2026-03-04".into(),
            "%%Value%%2026-03-04%%OldValue%%",
            &["-|2026-03-04 00:00:00|-"],
        ),
        (
            "Date",
            "2026-03-04".into(),
            "%%Value%%2026-03-04%%OldValue%%2026-03-04",
            &["-|2026-03-04 00:00:00|-"],
        ),
        (
            "Date",
            "2026-03-04 00:00:00".into(),
            "",
            &["-|2026-03-04 00:00:00|-"],
        ),
        (
            "Date",
            "".into(),
            "%%Value%%%%OldValue%%2026-03-04",
            &["-|-|-"],
        ),
        ("Date", "".into(), "", &["-|-|-"]),
        (
            "DateTime",
            "2026-03-04 05:06:07".into(),
            "%%Value%%2026-03-04 05:06:07%%OldValue%%",
            &["-|2026-03-04 05:06:07|-"],
        ),
        (
            "DateTime",
            "2026-03-04 05:06:07".into(),
            "",
            &["-|2026-03-04 05:06:07|-"],
        ),
        (
            "DateTime",
            "".into(),
            "%%Value%%%%OldValue%%2026-03-04 05:06:07",
            &["-|-|-"],
        ),
        ("Checkbox", "".into(), "", &[]),
        ("Checkbox", 1.into(), "%%Value%%1%%OldValue%%", &["-|-|1"]),
        ("Checkbox", "1".into(), "", &["-|-|1"]),
        (
            "Checkbox",
            "0".into(),
            "%%Value%%0%%OldValue%%1",
            &["-|-|0"],
        ),
        ("Checkbox", "".into(), "%%Value%%%%OldValue%%0", &["-|-|0"]),
        ("Checkbox", 0.into(), "", &["-|-|0"]),
    ];
    for (name, value, entry, rows) in cases {
        let written = write(&mut work, &mut ticket, &fields, name, value).await;
        let expected = rows.iter().map(|row| (*row).to_owned()).collect();
        assert_eq!(written, ((*entry).to_owned(), expected), "{name} {value:?}");
    }
}

#[actix_web::test]
async fn several_values_at_once_are_kept_in_their_order() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let fields = fields(&mut work.tx).await;
    let (mut ticket, _) = new_ticket(&mut work, "Fields").await;
    work.flush_history().await.unwrap();
    let before = history(&mut work.tx, ticket.id).await.len();

    let (first, second, choice) = (Value::text("1st"), Value::text("2nd"), list(&["c", "a"]));
    let values = [
        (&fields["Text"], &first),
        (&fields["Multiselect"], &choice),
        (&fields["Text"], &second),
    ];
    ticket::dynamic_field::write(&mut work, &mut ticket, &values)
        .await
        .unwrap();
    work.flush_history().await.unwrap();

    assert_eq!(
        history(&mut work.tx, ticket.id).await[before..],
        [
            "TicketDynamicFieldUpdate %%FieldName%%Text%%Value%%1st%%OldValue%%",
            "TicketDynamicFieldUpdate %%FieldName%%Multiselect%%Value%%c, a%%OldValue%%",
            "TicketDynamicFieldUpdate %%FieldName%%Text%%Value%%2nd%%OldValue%%1st",
        ]
    );
    let text = rows(&mut work.tx, fields["Text"].id, ticket.id.0).await;
    assert_eq!(text, ["2nd|-|-"]);
    let choice = rows(&mut work.tx, fields["Multiselect"].id, ticket.id.0).await;
    assert_eq!(choice, ["c|-|-", "a|-|-"]);
    let names: Vec<&str> = work
        .events()
        .iter()
        .map(|event| event.name.as_str())
        .collect();
    assert!(
        names.contains(&"TicketDynamicFieldUpdate_Multiselect"),
        "{names:?}"
    );
}

#[actix_web::test]
async fn a_change_counts_as_a_change_of_the_ticket_and_the_same_value_does_not() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let fields = fields(&mut work.tx).await;
    let (mut ticket, _) = new_ticket(&mut work, "Fields").await;
    let value = Value::text("v");
    ticket::dynamic_field::write(&mut work, &mut ticket, &[(&fields["Text"], &value)])
        .await
        .unwrap();
    work.commit().await.unwrap();
    let created = ticket.changed;

    app.app.clock.advance(chrono::TimeDelta::hours(1));
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    ticket::dynamic_field::write(&mut work, &mut ticket, &[(&fields["Text"], &value)])
        .await
        .unwrap();
    let recent = &app.app.recent;
    let read = ticket::list(&mut work.tx, recent, &[ticket.id])
        .await
        .unwrap();
    assert_eq!(read[0].changed, created);
    let other = Value::text("w");
    ticket::dynamic_field::write(&mut work, &mut ticket, &[(&fields["Text"], &other)])
        .await
        .unwrap();
    let read = ticket::list(&mut work.tx, recent, &[ticket.id])
        .await
        .unwrap();
    assert_eq!(read[0].changed, created + chrono::TimeDelta::hours(1));
    assert_eq!(read[0], ticket);
}

#[actix_web::test]
async fn a_list_does_not_fit_into_a_text() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let fields = fields(&mut work.tx).await;
    let (mut ticket, _) = new_ticket(&mut work, "Fields").await;
    let value = list(&["a", "b"]);

    let error = ticket::dynamic_field::write(&mut work, &mut ticket, &[(&fields["Text"], &value)])
        .await
        .unwrap_err();

    assert!(matches!(error, WriteError::Unfit(name) if name == "Text"));
}

#[actix_web::test]
async fn articles_and_customers_have_fields_without_history() {
    let app = TestApp::start().await;
    let mut work = Work::begin(&app.app, UserId::SYSTEM).await.unwrap();
    let fields = fields(&mut work.tx).await;
    let (mut ticket, article) = new_ticket(&mut work, "Fields").await;
    work.flush_history().await.unwrap();
    let before = history(&mut work.tx, ticket.id).await.len();
    let value = Value::text("v");

    let field = &fields["OfArticle"];
    ticket::dynamic_field::write_to_article(&mut work, &mut ticket, article, &[(field, &value)])
        .await
        .unwrap();
    assert_eq!(rows(&mut work.tx, field.id, article.0).await, ["v|-|-"]);

    let field = &fields["OfCustomer"];
    let object = ObjectType::CustomerUser;
    let number = dynamic_field::object_number(&mut work.tx, object, "ada")
        .await
        .unwrap();
    let again = dynamic_field::object_number(&mut work.tx, object, "ada")
        .await
        .unwrap();
    let other = dynamic_field::object_number(&mut work.tx, object, "eve")
        .await
        .unwrap();
    assert_eq!((number, number != other), (again, true));
    dynamic_field::write(&mut work.tx, number, &[(field, &value)])
        .await
        .unwrap();
    assert_eq!(rows(&mut work.tx, field.id, number).await, ["v|-|-"]);

    work.flush_history().await.unwrap();
    assert_eq!(history(&mut work.tx, ticket.id).await.len(), before);
}
