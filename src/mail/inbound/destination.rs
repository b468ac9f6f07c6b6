//! The queue of a new ticket.

use compat::mail_address;
use schema::DbError;

use crate::ticket::work::Work;

use super::{Mail, choices::Named, store};

/// Headers that name recipients, the first that is an address of ours wins.
const RECIPIENTS: [&str; 6] = [
    "Resent-To",
    "Envelope-To",
    "To",
    "Cc",
    "Delivered-To",
    "X-Original-To",
];
/// Addresses that are looked up at most; a list of thousands is no list of ours.
const MAX_ADDRESSES: usize = 200;

/// The queue: what a header says, what whoever delivers it chose, whose address it was sent to, the default.
pub async fn queue(work: &mut Work<'_>, mail: &Mail<'_>, named: &Named) -> Result<i32, DbError> {
    let wanted = mail.parameters.given("X-OTRS-Queue");
    let wanted = wanted.or(mail.options.queue.as_deref());
    if let Some(queue) = wanted.and_then(|name| named.queue(name)) {
        return Ok(queue);
    }
    if let Some(queue) = by_address(work, mail).await? {
        return Ok(queue);
    }
    default(work, named)
}

async fn by_address(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<i32>, DbError> {
    let mut count = 0;
    for header in RECIPIENTS {
        for address in mail_address::each(mail.parameters.get(header)) {
            count += 1;
            if address.is_empty() || count > MAX_ADDRESSES {
                continue;
            }
            if let Some(queue) = store::queue_of_address(&mut work.tx, &address).await? {
                return Ok(Some(queue));
            }
        }
    }
    Ok(None)
}

/// `PostmasterDefaultQueue`, or the first queue when there is none of that name.
fn default(work: &Work<'_>, named: &Named) -> Result<i32, DbError> {
    let name = work.settings.text("PostmasterDefaultQueue");
    let first = || named.rows.queues.iter().next().map(|(id, _)| id);
    named.queue(&name).or_else(first).ok_or(DbError::Missing {
        table: "queue",
        name: "a valid queue for mails (PostmasterDefaultQueue)",
    })
}
