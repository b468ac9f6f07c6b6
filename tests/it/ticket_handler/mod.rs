//! What follows from changes to tickets, as the settings say. What is expected here the reference system wrote for the
//! same changes.

mod archive;
mod child;
mod dynamic_field;
mod escalation;
mod forced;
mod index;
mod mention;
mod process;
mod scheduler;

use compat::Value;
use otterdesk::{
    recent::Recent,
    ticket::{self, Ticket, TicketId, work::Work},
};
use schema::{Tx, tables as t};

use crate::support::{TestApp, insert, now};

const OPEN: i32 = 4;
const CLOSED: i32 = 2;
const MERGED: i32 = 9;
const LOCKED: i32 = 2;

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
