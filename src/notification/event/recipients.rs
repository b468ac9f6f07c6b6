//! Who gets a notification.

use std::collections::BTreeSet;

use compat::mail_address;
use schema::{DbError, Tx};

use super::{Definition, store};
use crate::{
    access::{self, Permission, groups},
    app::App,
    auth::Principal,
    directory::{self, UserId},
    notification::store as addresses,
    settings::Settings,
    ticket::{
        Ticket,
        article::{self, Article, Channel, Content},
        lookup,
        work::Event,
    },
};

/// Somebody who gets it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Recipient {
    Agent(UserId),
    /// The customer of the ticket.
    Customer,
    /// Addresses of one mail, with commas between them.
    Address(String),
}

/// What people are to be told of, and by whom.
#[derive(Clone, Copy, Debug)]
pub struct Occasion<'a> {
    pub definition: &'a Definition,
    pub ticket: &'a Ticket,
    pub event: &'a Event,
    /// What `RecipientEmail` says, with its tags filled in.
    pub emails: &'a str,
    pub acting: UserId,
}

/// Addresses of one notification at most.
const MAX_ADDRESSES: usize = 200;

/// Everybody whom a notification names for a ticket, each once; addresses come last.
///
/// Agents are valid ones who may read the ticket. Who acts is left out unless `AgentSelfNotifyOnAction` is on, and so is
/// user 1, who is nobody.
pub async fn of(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    occasion: Occasion<'_>,
) -> Result<Vec<Recipient>, DbError> {
    let Occasion {
        definition,
        ticket,
        event,
        emails,
        acting,
    } = occasion;
    let mut agents: Vec<UserId> = Vec::new();
    let mut found: Vec<Recipient> = Vec::new();
    let mut addresses: Vec<Vec<String>> = Vec::new();
    for name in definition.list("Recipients") {
        match name.as_str() {
            "Customer" => found.push(Recipient::Customer),
            "AllRecipientsFirstArticle" | "AllRecipientsLastArticle" => {
                let first = name == "AllRecipientsFirstArticle";
                let article = article::edge_of(tx, &app.recent, ticket.id, first).await?;
                if let Some(article) = article {
                    addresses.extend(of_article(app, tx, &article).await?);
                }
            }
            name => {
                let named = agents_named(tx, app, settings, name, ticket).await?;
                found.extend(named.into_iter().map(Recipient::Agent));
            }
        }
    }
    agents.extend(chosen_agents(tx, definition).await?);
    if let Some(article) = event.article.filter(|_| event.name == "UserMention") {
        agents.extend(store::mentioned(tx, ticket.id, Some(article)).await?);
    }
    found.extend(agents.into_iter().map(Recipient::Agent));
    let found = allowed(tx, app, settings, found, ticket, acting).await?;
    let found = with_addresses(tx, found, addresses).await?;
    with_single_addresses(tx, found, emails).await
}

/// Agents by what they are to the ticket.
async fn agents_named(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    name: &str,
    ticket: &Ticket,
) -> Result<Vec<UserId>, DbError> {
    Ok(match name {
        "AgentOwner" => vec![UserId(ticket.owner.id)],
        "AgentResponsible" if settings.is_on("Ticket::Responsible") => {
            vec![UserId(ticket.responsible.id)]
        }
        "AgentWatcher" if settings.is_on("Ticket::Watcher") => {
            store::watchers(tx, ticket.id).await?
        }
        "AgentWritePermissions" => in_group(tx, app, ticket.group_id, Permission::Rw).await?,
        "AllMentionedUsers" => store::mentioned(tx, ticket.id, None).await?,
        "AgentMyQueues" => store::with_queue(tx, ticket.queue.id).await?,
        "AgentMyServices" => with_service(tx, ticket).await?,
        "AgentMyQueuesMyServices" => {
            let services = with_service(tx, ticket).await?;
            let mut both = store::with_queue(tx, ticket.queue.id).await?;
            both.retain(|agent| services.contains(agent));
            both
        }
        _ => Vec::new(),
    })
}

async fn with_service(tx: &mut Tx, ticket: &Ticket) -> Result<Vec<UserId>, DbError> {
    match &ticket.service {
        Some(service) => store::with_service(tx, service.id).await,
        None => Ok(Vec::new()),
    }
}

/// The valid agents with a permission in a group, by themselves or by a role.
async fn in_group(
    tx: &mut Tx,
    app: &App,
    group: i32,
    permission: Permission,
) -> Result<Vec<UserId>, DbError> {
    let mut agents = Vec::new();
    for agent in store::valid_agents(tx).await? {
        let groups = groups::of_agent(tx, &app.recent, agent, permission).await?;
        if groups.contains(&group) {
            agents.push(agent);
        }
    }
    Ok(agents)
}

/// Agents, members of groups and of roles that the notification names by number.
async fn chosen_agents(tx: &mut Tx, definition: &Definition) -> Result<Vec<UserId>, DbError> {
    let numbers = |key: &str| -> Vec<i32> {
        let listed = definition.list(key).iter();
        listed.filter_map(|number| number.parse().ok()).collect()
    };
    let mut agents: Vec<UserId> = numbers("RecipientAgents").into_iter().map(UserId).collect();
    for group in numbers("RecipientGroups") {
        // Members by a role are none here.
        agents.extend(store::in_group_themselves(tx, group).await?);
    }
    for role in numbers("RecipientRoles") {
        agents.extend(store::in_role(tx, role).await?);
    }
    Ok(agents)
}

/// Each once, without agents who are not valid, may not read the ticket, or act themselves.
async fn allowed(
    tx: &mut Tx,
    app: &App,
    settings: &Settings,
    named: Vec<Recipient>,
    ticket: &Ticket,
    acting: UserId,
) -> Result<Vec<Recipient>, DbError> {
    let tells_oneself = settings.is_on("AgentSelfNotifyOnAction");
    let mut kept: Vec<Recipient> = Vec::new();
    for recipient in named {
        if kept.contains(&recipient) {
            continue;
        }
        if let Recipient::Agent(id) = recipient {
            if id == UserId::SYSTEM || (id == acting && !tells_oneself) {
                continue;
            }
            let Some(agent) = directory::agent(tx, id).await?.filter(|agent| agent.valid) else {
                continue;
            };
            let principal = Principal::Agent(agent);
            let may_read = access::tickets(
                tx,
                &app.recent,
                settings,
                &principal,
                &[ticket],
                Permission::Ro,
            )
            .await?;
            if may_read != [true] {
                continue;
            }
        }
        kept.push(recipient);
    }
    Ok(kept)
}

/// Each group of addresses is one mail, without the system's own ones.
async fn with_addresses(
    tx: &mut Tx,
    mut found: Vec<Recipient>,
    addresses: Vec<Vec<String>>,
) -> Result<Vec<Recipient>, DbError> {
    if addresses.is_empty() {
        return Ok(found);
    }
    let own = addresses::own_addresses(tx).await?;
    for group in addresses {
        let mut known: BTreeSet<String> = BTreeSet::new();
        let others = group.into_iter().take(MAX_ADDRESSES).filter(|address| {
            let lower = address.to_lowercase();
            !own.contains(&lower) && known.insert(lower)
        });
        let others: Vec<String> = others.collect();
        let recipient = Recipient::Address(others.join(","));
        if !others.is_empty() && !found.contains(&recipient) {
            found.push(recipient);
        }
    }
    Ok(found)
}

/// Each address is a mail of its own, as it is written, without names and without the system's own ones.
async fn with_single_addresses(
    tx: &mut Tx,
    mut found: Vec<Recipient>,
    emails: &str,
) -> Result<Vec<Recipient>, DbError> {
    if !emails.contains('@') {
        return Ok(found);
    }
    let own = addresses::own_addresses(tx).await?;
    let words = emails.split(|c: char| c.is_whitespace() || matches!(c, ',' | ';'));
    for word in words.filter(|word| word.contains('@')).take(MAX_ADDRESSES) {
        let bare = word.trim_matches(['<', '>']).to_lowercase();
        let recipient = Recipient::Address(word.to_owned());
        if !own.contains(&bare) && !found.contains(&recipient) {
            found.push(recipient);
        }
    }
    Ok(found)
}

/// Who wrote a mail and to whom; nobody for an article that is none.
async fn of_article(
    app: &App,
    tx: &mut Tx,
    article: &Article,
) -> Result<Option<Vec<String>>, DbError> {
    let lookups = lookup::current(tx, &app.recent).await?;
    let channel = lookups.channels.get(&article.channel_id);
    let Content::Mime(mime) = &article.content else {
        return Ok(None);
    };
    if channel.is_none_or(|name| name != Channel::Email.name()) {
        return Ok(None);
    }
    let texts = [&mime.from, &mime.to, &mime.cc];
    let addresses = texts.into_iter().flatten();
    Ok(Some(
        addresses
            .flat_map(|text| mail_address::recipients(text))
            .collect(),
    ))
}
