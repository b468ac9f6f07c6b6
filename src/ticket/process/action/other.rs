//! Actions that write more than the ticket's own row: articles, tickets, links, watchers.

use std::collections::BTreeSet;

use super::{Parameters, Refusal, due};
use crate::{
    directory::{self, Agent, UserId},
    dynamic_field::{ObjectType, definitions},
    notification::placeholder,
    ticket::{
        self, Ticket, TicketId,
        article::{self, Channel, NewArticle, SenderType},
        change, choices,
        create::{Customer, NewTicket},
        handler,
        history::HistoryType,
        link::{self, LinkType},
        time_accounting::SpokenUnits,
        watcher,
        work::Work,
    },
};

/// The unit of `PendingTimeDiff` for a new ticket, in seconds.
const MINUTE: i64 = 60;
/// Before the name of a dynamic field.
const FIELD: &str = "DynamicField_";

/// Adds an article to the ticket.
pub(super) async fn article(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let new = new_article(work, parameters, HistoryType::AddNote).await?;
    write_article(work, ticket, new, parameters).await
}

async fn write_article(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    new: NewArticle,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let id = article::create(work, ticket, new).await?;
    let known = definitions(&mut work.tx, &[ObjectType::Article]).await?;
    for (name, value) in parameters.after(FIELD) {
        if let Some(field) = known.get(name) {
            let value = compat::Value::text(value);
            let values = [(field, &value)];
            let written = ticket::dynamic_field::write_to_article(work, ticket, id, &values);
            if let Err(crate::dynamic_field::WriteError::Database(error)) = written.await {
                return Err(error.into());
            }
        }
    }
    Ok(())
}

async fn new_article(
    work: &mut Work<'_>,
    parameters: &Parameters,
    default: HistoryType,
) -> Result<NewArticle, Refusal> {
    let channel = Channel::from_name(parameters.needed("CommunicationChannel")?);
    let channel = channel.filter(|channel| *channel != Channel::Chat);
    let sender_type = SenderType::from_name(parameters.needed("SenderType")?);
    let history_type = match parameters.text("HistoryType") {
        Some(name) => HistoryType::from_name(name).ok_or_else(|| Refusal::of("HistoryType"))?,
        None => default,
    };
    let owned = |name: &str| parameters.text(name).unwrap_or_default().to_owned();
    let from = match parameters.text("From") {
        Some(from) => from.to_owned(),
        None => sender(work).await?,
    };
    Ok(NewArticle {
        channel: channel.ok_or_else(|| Refusal::of("CommunicationChannel"))?,
        sender_type: sender_type.ok_or_else(|| Refusal::of("SenderType"))?,
        visible_for_customer: parameters.needed("IsVisibleForCustomer")? != "0",
        from,
        to: owned("To"),
        cc: owned("Cc"),
        bcc: owned("Bcc"),
        reply_to: owned("ReplyTo"),
        subject: parameters.needed("Subject")?.to_owned(),
        body: parameters.needed("Body")?.to_owned(),
        content_type: parameters.needed("ContentType")?.to_owned(),
        history_type,
        history_comment: parameters.needed("HistoryComment")?.to_owned(),
        time_units: parameters.text("TimeUnit").and_then(SpokenUnits::read),
        no_agent_notify: parameters.text("NoAgentNotify").is_some_and(|on| on != "0"),
        ..NewArticle::default()
    })
}

/// Name and address of whoever acts.
async fn sender(work: &mut Work<'_>) -> Result<String, Refusal> {
    let settings = work.settings.clone();
    let agent = placeholder::agent(&mut work.tx, &settings, work.stamp.by).await?;
    let get = |name: &str| agent.get(name).unwrap_or_default();
    Ok(format!("{} <{}>", get("UserFullname"), get("UserEmail")))
}

/// Creates another ticket, with an article when there is one, and links it with this one as `LinkAs` says.
pub(super) async fn create(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let new = new_ticket(work, parameters).await?;
    let article = match parameters.text("Body") {
        Some(_) => Some(new_article(work, parameters, HistoryType::NewTicket).await?),
        None => None,
    };
    let mut created = ticket::create::create(work, new).await?;
    if created.state_type.starts_with("pending")
        && let Some(until) = due(work, parameters, MINUTE)
    {
        change::pending_time(work, &mut created, until).await?;
    }
    if let Some(article) = article {
        write_article(work, &mut created, article, parameters).await?;
    }
    let known = definitions(&mut work.tx, &[ObjectType::Ticket]).await?;
    for (name, value) in parameters.after(FIELD) {
        if let Some(field) = known.get(name) {
            let value = compat::Value::text(value);
            handler::write_field(work, &mut created, field, &value).await?;
        }
    }
    let (source, target, kind) = match parameters.text("LinkAs") {
        Some("Normal") => (&*ticket, &created, LinkType::Normal),
        Some("Child") => (&*ticket, &created, LinkType::ParentChild),
        Some("Parent") => (&created, &*ticket, LinkType::ParentChild),
        _ => return Ok(()),
    };
    link::add(work, source, target, kind).await?;
    Ok(())
}

async fn new_ticket(work: &mut Work<'_>, parameters: &Parameters) -> Result<NewTicket, Refusal> {
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let optional = |what: &str, names| {
        let is_there = [what.to_owned(), format!("{what}ID")];
        if is_there.iter().any(|name| parameters.text(name).is_some()) {
            parameters.key(what, names).map(Some)
        } else {
            Ok(None)
        }
    };
    let owner = parameters.key("Owner", &choices.agents)?;
    let text = |name: &str| parameters.text(name).unwrap_or_default().to_owned();
    let customer = Customer {
        company: text("CustomerID"),
        user: parameters
            .text("CustomerUser")
            .or(parameters.text("CustomerUserID"))
            .unwrap_or_default()
            .to_owned(),
    };
    let mut new = NewTicket::new(
        parameters.needed("Title")?,
        parameters.key("Queue", &choices.queues)?,
        parameters.key("Priority", &choices.priorities)?,
        parameters.key("State", &choices.states)?,
    );
    new.lock_id = Some(parameters.key("Lock", &choices.locks)?);
    new.type_id = optional("Type", &choices.types)?;
    new.service_id = optional("Service", &choices.services)?;
    new.sla_id = optional("SLA", &choices.slas)?;
    new.owner = UserId(owner);
    new.customer = Some(customer).filter(|customer| *customer != Customer::default());
    new.archived = parameters.text("ArchiveFlag") == Some("y");
    Ok(new)
}

/// Links two tickets, by their keys.
pub(super) async fn link(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    for name in ["SourceObject", "TargetObject"] {
        if parameters.needed(name)? != "Ticket" {
            return Err(Refusal::Because(format!(
                "{name} is no ticket, and nothing else is linked here"
            )));
        }
    }
    if parameters.needed("State")? != "Valid" {
        return Err(Refusal::of("State"));
    }
    let kind = LinkType::from_name(parameters.needed("Type")?);
    let kind = kind.ok_or_else(|| Refusal::of("Type"))?;
    let source = other(work, ticket, parameters, "SourceKey").await?;
    let target = other(work, ticket, parameters, "TargetKey").await?;
    link::add(work, &source, &target, kind).await?;
    Ok(())
}

async fn other(
    work: &mut Work<'_>,
    ticket: &Ticket,
    parameters: &Parameters,
    name: &str,
) -> Result<Ticket, Refusal> {
    let id: i64 = parameters
        .needed(name)?
        .parse()
        .map_err(|_| Refusal::of(name))?;
    if id == ticket.id.0 {
        return Ok(ticket.clone());
    }
    let app = work.app;
    let found = ticket::list(&mut work.tx, &app.recent, &[TicketId(id)]).await?;
    found.into_iter().next().ok_or_else(|| Refusal::of(name))
}

/// Lets agents watch the ticket, or ends that.
pub(super) async fn watch(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let action = parameters.needed("Action")?.to_owned();
    if action == "UnsubscribeAll" {
        for agent in watcher::all(&mut work.tx, ticket.id).await? {
            if let Some(agent) = directory::agent(&mut work.tx, agent).await? {
                watcher::unsubscribe(work, ticket, &agent).await?;
            }
        }
        return Ok(());
    }
    for agent in named(work, parameters).await? {
        match action.as_str() {
            "Subscribe" => watcher::subscribe(work, ticket, &agent).await?,
            "Unsubscribe" => watcher::unsubscribe(work, ticket, &agent).await?,
            _ => return Err(Refusal::of("Action")),
        }
    }
    Ok(())
}

/// The agents whom the parameters name, by key, login or address, by their keys.
async fn named(work: &mut Work<'_>, parameters: &Parameters) -> Result<Vec<Agent>, Refusal> {
    let list = |name: &str| -> Vec<String> {
        let list = parameters.text(name).unwrap_or_default();
        list.split(',').map(|item| item.trim().to_owned()).collect()
    };
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let mut keys: BTreeSet<i32> = BTreeSet::new();
    keys.extend(
        list("UserIDs")
            .iter()
            .filter_map(|key| choices.agents.by_key(key)),
    );
    let logins = list("UserLogin");
    keys.extend(
        logins
            .iter()
            .filter_map(|login| choices.agents.by_name(login)),
    );
    for address in list("PostMasterSearch") {
        let found =
            directory::preferences::agents_with(&mut work.tx, "UserEmail", &address).await?;
        keys.extend(
            found
                .into_iter()
                .filter(|key| choices.agents.name(*key).is_some()),
        );
    }
    let mut agents = Vec::new();
    for key in keys {
        agents.extend(directory::agent(&mut work.tx, UserId(key)).await?);
    }
    Ok(agents)
}
