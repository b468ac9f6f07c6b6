//! Mails that belong to a ticket: which one ([`find`]), and what becomes of it ([`take`]).

use schema::DbError;

use crate::{
    mail::communication_log::Priority,
    notification::auto_response,
    ticket::{
        Ticket,
        article::storage::StorageError,
        change,
        follow_up::{self, Rule, Verdict},
        history::HistoryType,
        work::Work,
    },
};

use super::{
    KEY, Mail, Outcome, Received,
    article::{self, Kind},
    choices::{self, Named},
    field,
    filter::BOUNCED,
    new_ticket,
    parameters::FOLLOW_UP_FIELD,
    pending, store,
};

mod check;

pub(super) use check::find;

/// Adds a mail to the ticket that it belongs to, or does with it what the queue says of tickets that are done.
pub(super) async fn take(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    mut ticket: Ticket,
) -> Result<Received, StorageError> {
    let rule = Rule::of_queue(&mut work.tx, ticket.queue.id).await?;
    match rule.verdict(&ticket) {
        Verdict::Accepted => {}
        Verdict::Rejected => return reject(work, mail, ticket).await,
        Verdict::NewTicket => {
            let text = format!(
                "The ticket {} takes no follow-ups; a new one is opened.",
                ticket.number
            );
            mail.note(Priority::Info, KEY, text);
            return new_ticket::create(work, mail, Some(&ticket)).await;
        }
    }
    rule.lock(work, &mut ticket).await?;
    let named = choices::named(work).await?;
    people(work, mail, &mut ticket).await?;
    state(work, mail, &mut ticket, &named).await?;
    headers(work, mail, &mut ticket, &named).await?;
    if let Some(given) = field::given(work, mail, FOLLOW_UP_FIELD).await? {
        given.write_to_ticket(work, mail, &mut ticket).await?;
    }
    let kind = Kind {
        prefix: Kind::FOLLOW_UP,
        history: HistoryType::FollowUp,
        comment: format!("%%{}%%", ticket.number),
    };
    let article = article::create(work, mail, &mut ticket, kind).await?;
    if let Some(bounced) = mail.parameters.given(BOUNCED) {
        let reason = mail.parameters.get("Body");
        store::keep_bounce(&mut work.tx, work.stamp.at, ticket.id, (bounced, reason)).await?;
    }
    if let Some(title) = mail.parameters.given("X-OTRS-FollowUp-Title") {
        change::title(work, &mut ticket, title).await?;
    }
    if let Some(given) = field::given(work, mail, FOLLOW_UP_FIELD).await? {
        given
            .write_to_article(work, mail, &mut ticket, article)
            .await?;
    }
    article::answer(work, mail, &mut ticket, auto_response::Kind::FollowUp).await?;
    Ok(Received {
        outcome: Outcome::FollowUp,
        ticket: Some(ticket.id),
        number: Some(ticket.number.clone()),
        article: Some(article),
    })
}

/// The mail is kept with its ticket, which stays as it is.
async fn reject(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    mut ticket: Ticket,
) -> Result<Received, StorageError> {
    let kind = Kind {
        prefix: Kind::FOLLOW_UP,
        history: HistoryType::FollowUp,
        comment: format!("%%{}%%Follow up rejected.", ticket.number),
    };
    mail.parameters
        .set("X-OTRS-FollowUp-IsVisibleForCustomer", "0");
    let article = article::create(work, mail, &mut ticket, kind).await?;
    article::answer(work, mail, &mut ticket, auto_response::Kind::Reject).await?;
    mail.note(
        Priority::Info,
        KEY,
        format!("The ticket {} takes no follow-ups.", ticket.number),
    );
    Ok(Received {
        outcome: Outcome::Rejected,
        ticket: Some(ticket.id),
        number: Some(ticket.number.clone()),
        article: Some(article),
    })
}

/// Owner and responsible agent, when headers name them.
async fn people(work: &mut Work<'_>, mail: &Mail<'_>, ticket: &mut Ticket) -> Result<(), DbError> {
    let lookups = work.lookups().await?;
    let people = new_ticket::people(mail, &lookups, "X-OTRS-FollowUp-");
    if let Some(owner) = people.owner {
        change::owner(work, ticket, owner).await?;
    }
    if let Some(responsible) = people.responsible {
        change::responsible(work, ticket, responsible).await?;
    }
    Ok(())
}

/// The state that a follow-up brings, unless the ticket is new or a header keeps it.
async fn state(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    ticket: &mut Ticket,
    named: &Named,
) -> Result<(), DbError> {
    let keep = mail.parameters.get("X-OTRS-FollowUp-State-Keep");
    let wanted = mail.parameters.given("X-OTRS-FollowUp-State");
    let state = match wanted {
        Some(name) => named.state(name),
        None if keep == "1" => None,
        None => follow_up::state(&work.settings, ticket).and_then(|name| named.state(&name)),
    };
    let Some(state) = state else {
        return Ok(());
    };
    change::state(work, ticket, state).await?;
    let time = mail.parameters.given("X-OTRS-FollowUp-State-PendingTime");
    let until = time.and_then(|text| pending::until(text, work.stamp.at, &work.settings));
    if let Some(until) = until {
        change::pending_time(work, ticket, until).await?;
    }
    Ok(())
}

/// What else headers of follow-ups change.
async fn headers(
    work: &mut Work<'_>,
    mail: &Mail<'_>,
    ticket: &mut Ticket,
    named: &Named,
) -> Result<(), DbError> {
    let given = |name: &str| {
        let name = format!("X-OTRS-FollowUp-{name}");
        mail.parameters.given(&name).map(str::to_owned)
    };
    if let Some(id) = given("Priority").and_then(|name| named.priority(&name)) {
        change::priority(work, ticket, id).await?;
    }
    if let Some(id) = given("Queue").and_then(|name| named.queue(&name)) {
        change::queue(work, ticket, id).await?;
    }
    if let Some(id) = given("Lock").and_then(|name| named.lock(&name)) {
        change::lock(work, ticket, id).await?;
    }
    if let Some(id) = given("Type").and_then(|name| named.kind(&name)) {
        change::kind(work, ticket, id).await?;
    }
    if let Some(id) = given("Service").and_then(|name| named.service(&name)) {
        change::service(work, ticket, Some(id)).await?;
    }
    if let Some(id) = given("SLA").and_then(|name| named.sla(&name)) {
        change::sla(work, ticket, Some(id)).await?;
    }
    Ok(())
}
