//! A mail that opens a ticket.

use crate::{
    directory::UserId,
    notification::auto_response,
    ticket::{
        self, NewTicket, Ticket,
        article::storage::StorageError,
        change,
        history::HistoryType,
        link::{self, LinkType},
        lookup::Lookups,
        work::Work,
    },
};

use super::{
    Mail, Outcome, Received,
    article::{self, Kind},
    choices::{self, Named},
    destination, field,
    parameters::FIELD,
    pending, sender, subject,
};

/// Agents that headers name.
pub struct People {
    pub owner: Option<UserId>,
    pub responsible: Option<UserId>,
}

/// Owner and responsible agent: by login, which counts more, or by number; also those who are not valid any more.
pub fn people(mail: &Mail<'_>, lookups: &Lookups, prefix: &str) -> People {
    let agent = |name: &str| {
        let login = mail.parameters.get(&format!("{prefix}{name}"));
        let number = mail.parameters.get(&format!("{prefix}{name}ID"));
        let by_login = lookups
            .logins
            .iter()
            .find(|(_, known)| *known == login)
            .map(|(id, _)| *id);
        let by_number = number
            .parse()
            .ok()
            .filter(|id| lookups.logins.contains_key(id));
        by_login.or(by_number).map(UserId)
    };
    People {
        owner: agent("Owner"),
        responsible: agent("Responsible"),
    }
}

/// Opens a ticket with the mail as its first article; `instead` is the ticket that takes no follow-ups.
pub async fn create(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    instead: Option<&Ticket>,
) -> Result<Received, StorageError> {
    if instead.is_some() {
        let subject = subject::cleaned(mail.parameters.get("Subject"), &work.settings);
        mail.parameters.set("Subject", &subject);
    }
    let named = choices::named(work).await?;
    let new = new_ticket(work, mail, &named).await?;
    let mut ticket = ticket::create(work, new).await?;
    let time = mail.parameters.given("X-OTRS-State-PendingTime");
    let until = time.and_then(|text| pending::until(text, work.stamp.at, &work.settings));
    if let Some(until) = until {
        change::pending_time(work, &mut ticket, until).await?;
    }
    let given = field::given(work, mail, FIELD).await?;
    if let Some(given) = &given {
        given.write_to_ticket(work, mail, &mut ticket).await?;
    }
    let comment = match instead {
        Some(old) => format!(
            "%%Because the old ticket [{}] is '{}'",
            old.number, old.state.name
        ),
        None => "%%".to_owned(),
    };
    let kind = Kind {
        prefix: Kind::FIRST,
        history: HistoryType::EmailCustomer,
        comment,
    };
    let article = article::create(work, mail, &mut ticket, kind).await?;
    if let Some(old) = instead {
        link::add(work, old, &ticket, LinkType::Normal).await?;
    }
    if let Some(given) = &given {
        given
            .write_to_article(work, mail, &mut ticket, article)
            .await?;
    }
    let answer = match instead {
        Some(_) => auto_response::Kind::ReplyNewTicket,
        None => auto_response::Kind::Reply,
    };
    article::answer(work, mail, &mut ticket, answer).await?;
    Ok(Received {
        outcome: match instead {
            Some(_) => Outcome::NewTicketForClosed,
            None => Outcome::NewTicket,
        },
        ticket: Some(ticket.id),
        number: Some(ticket.number.clone()),
        article: Some(article),
    })
}

async fn new_ticket(
    work: &mut Work<'_>,
    mail: &Mail<'_>,
    named: &Named,
) -> Result<NewTicket, StorageError> {
    let queue = destination::queue(work, mail, named).await?;
    let header = |name: &str| mail.parameters.get(name);
    let text = |name: &str| work.settings.text(name);
    let priority = named
        .priority(header("X-OTRS-Priority"))
        .or_else(|| named.priority(&text("PostmasterDefaultPriority")));
    let state = named
        .state(header("X-OTRS-State"))
        .or_else(|| named.state(&text("PostmasterDefaultState")));
    let missing = |table, name| schema::DbError::Missing { table, name };
    let priority = priority.ok_or(missing("ticket_priority", "PostmasterDefaultPriority"))?;
    let state = state.ok_or(missing("ticket_state", "PostmasterDefaultState"))?;
    let title = mail
        .parameters
        .given("X-OTRS-Title")
        .unwrap_or(header("Subject"));
    let mut new = NewTicket::new(title, queue, priority, state);
    new.lock_id = named.lock(header("X-OTRS-Lock"));
    new.type_id = named.kind(header("X-OTRS-Type"));
    new.service_id = named.service(header("X-OTRS-Service"));
    new.sla_id = named.sla(header("X-OTRS-SLA"));
    let people = people(mail, &*work.lookups().await?, "X-OTRS-");
    new.owner = people.owner.unwrap_or(work.stamp.by);
    new.responsible = people.responsible.unwrap_or(work.stamp.by);
    new.customer = sender::customer(work, mail).await?;
    Ok(new)
}
