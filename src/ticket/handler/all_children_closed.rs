//! `TicketAllChildrenClosed`: a parent hears of it when the last of its children is closed, merged or removed, and again
//! when one of them changes from one such state to another.

use std::{pin::Pin, sync::Arc};

use schema::DbError;

use crate::ticket::{
    self, Ticket, TicketId,
    link::{self, Link, LinkState, LinkType},
    work::Work,
};

/// One statement, and two for each parent; none for a ticket that is not done.
pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    if !ticket.is_done() {
        return Ok(());
    }
    let links = link::list(&mut work.tx, ticket.id).await?;
    let parents: Vec<TicketId> = family(&links)
        .filter(|link| link.target == ticket.id)
        .map(|link| link.source)
        .collect();
    for parent in parents {
        let links = link::list(&mut work.tx, parent).await?;
        // This ticket's own state may not be in its row yet.
        let mut relatives: Vec<TicketId> = family(&links)
            .filter(|link| link.source == parent && link.target != ticket.id)
            .map(|link| link.target)
            .collect();
        relatives.push(parent);
        let relatives = read(work, &relatives).await?;
        let (parents, siblings): (Vec<Ticket>, Vec<Ticket>) = relatives
            .into_iter()
            .partition(|relative| relative.id == parent);
        if siblings.iter().all(Ticket::is_done)
            && let Some(mut parent) = parents.into_iter().next()
        {
            work.emit(&mut parent, "TicketAllChildrenClosed", None)
                .await?;
        }
    }
    Ok(())
}

/// A future of its own, for handlers run handlers.
fn read<'f>(
    work: &'f mut Work<'_>,
    tickets: &'f [TicketId],
) -> Pin<Box<dyn Future<Output = Result<Vec<Ticket>, DbError>> + Send + 'f>> {
    let recent = Arc::clone(&work.app.recent);
    Box::pin(async move { ticket::list(&mut work.tx, &recent, tickets).await })
}

fn family(links: &[Link]) -> impl Iterator<Item = &Link> {
    links
        .iter()
        .filter(|link| link.kind == LinkType::ParentChild && link.state == LinkState::Valid)
}
