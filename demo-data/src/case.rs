//! One ticket after another: who writes what, when, and how it ends.

use chrono::{Duration, NaiveDate, NaiveDateTime};
use rand::{Rng, SeedableRng, rngs::StdRng, seq::IndexedRandom};
use schema::Dialect;

use crate::{
    Plan,
    batch::Batch,
    number::ticket_number,
    texts::{self, Author, Conversation, fill_in},
    world::{Agent, Customer, World},
};

/// A ticket with all that happened to it.
pub(crate) struct Case<'w> {
    pub id: i64,
    pub number: String,
    pub title: String,
    pub customer: &'w Customer,
    pub conversation: &'w Conversation,
    /// The queue in which it began; an agent moved it when this is not the conversation's.
    pub first_queue: &'w str,
    /// The agent who took it, if any has.
    pub agent: Option<&'w Agent>,
    pub state: &'static str,
    /// Until when it is pending.
    pub until: Option<NaiveDateTime>,
    pub serial: String,
    pub visit: Option<NaiveDate>,
    pub entries: Vec<Entry<'w>>,
    pub created: NaiveDateTime,
    pub changed: NaiveDateTime,
    pub is_locked: bool,
}

/// An article.
pub(crate) struct Entry<'w> {
    pub id: i64,
    pub at: NaiveDateTime,
    pub text: &'w texts::Article,
    pub body: String,
    pub attachment: Option<crate::attachment::Attachment>,
}

/// Makes the tickets of a plan in the order of their creation.
pub(crate) struct Cases {
    world: World,
    plan: Plan,
    random: StdRng,
    made: u32,
    last_article: i64,
}

impl Cases {
    pub(crate) fn new(world: World, plan: Plan) -> Self {
        Self {
            random: StdRng::seed_from_u64(plan.seed),
            made: 0,
            last_article: world.last_article,
            world,
            plan,
        }
    }

    /// The next tickets, at most so many, as rows; empty at the end.
    pub(crate) fn batch(&mut self, dialect: Dialect, size: u32) -> Batch {
        let mut batch = Batch::new(dialect, self.plan.complete);
        let end = self.plan.tickets.min(self.made + size);
        while self.made < end {
            let case = make(
                &self.world,
                &self.plan,
                &mut self.random,
                self.made,
                self.last_article,
            );
            let articles = i64::try_from(case.entries.len()).unwrap_or_default();
            batch.add(&self.world, &case);
            self.last_article += articles;
            self.made += 1;
        }
        batch
    }
}

fn make<'w>(
    world: &'w World,
    plan: &Plan,
    random: &mut StdRng,
    number: u32,
    last_article: i64,
) -> Case<'w> {
    let id = world.last_ticket + 1 + i64::from(number);
    let created = moment_of_creation(plan, number, random);
    let (customer, conversation) = matter(world, random);
    let agent = agent_for(world, conversation, random);

    let taken = articles_so_far(plan, conversation, created, random);
    let serial = format!("BR-{:06}", random.random_range(100_000..1_000_000));
    let order = random.random_range(40_000..99_999).to_string();
    let organisation = &world.texts.organisation;
    let product = organisation
        .products
        .choose(random)
        .map_or("", String::as_str);
    let place = organisation
        .places
        .choose(random)
        .map_or("", String::as_str);
    let signed = agent.map(Agent::name).unwrap_or_default();
    let facts = [
        ("product", product),
        ("serial", &serial),
        ("order", &order),
        ("place", place),
        ("first", &customer.first),
        ("last", &customer.last),
        ("company", &customer.company),
        ("agent", &signed),
    ];

    let mut entries = Vec::with_capacity(taken);
    let mut at = created;
    for (article, key) in conversation.articles[..taken]
        .iter()
        .zip(last_article + 1..)
    {
        let mut body = fill_in(&article.body, &facts);
        if plan.vary_texts {
            add_remarks(world, conversation, &facts, &mut body, random);
        }
        let file = article.attachment.as_deref();
        entries.push(Entry {
            id: key,
            at,
            text: article,
            body,
            attachment: file.map(|file| crate::attachment::make(file, &serial, &order, random)),
        });
        at = (at + Duration::minutes(random.random_range(20..1_500))).min(plan.to);
    }
    let changed = entries.last().map_or(created, |entry| entry.at);

    let touched = conversation.articles[..taken]
        .iter()
        .any(|article| matches!(article.by, Author::Agent | Author::Phone | Author::Note));
    let is_finished = taken == conversation.articles.len();
    let state = state_after(plan, created, touched, is_finished, random);
    let pending = state.starts_with("pending");
    Case {
        id,
        number: ticket_number(created.date(), id),
        title: fill_in(&conversation.title, &facts),
        customer,
        conversation,
        first_queue: if conversation.articles[0].by == Author::Customer && random.random_bool(0.4) {
            "Raw"
        } else {
            &conversation.queue
        },
        agent: agent.filter(|_| touched),
        state,
        until: pending.then(|| plan.to + Duration::hours(random.random_range(1..24 * 14))),
        visit: random
            .random_bool(0.1)
            .then(|| created.date() + Duration::days(random.random_range(3..30))),
        serial,
        entries,
        created,
        changed,
        is_locked: touched && (state == "open" || pending) && random.random_bool(0.7),
    }
}

/// Tickets come in even steps, each somewhere within its own.
fn moment_of_creation(plan: &Plan, number: u32, random: &mut StdRng) -> NaiveDateTime {
    let span = (plan.to - plan.from).num_seconds().max(1);
    let (number, all) = (i64::from(number), i64::from(plan.tickets));
    let (start, end) = (span * number / all, span * (number + 1) / all);
    plan.from + Duration::seconds(random.random_range(start..=end.max(start)).min(span - 1))
}

/// A customer, and a conversation in the customer's language.
fn matter<'w>(world: &'w World, random: &mut StdRng) -> (&'w Customer, &'w Conversation) {
    let conversations = &world.texts.conversations;
    loop {
        let (Some(customer), Some(conversation)) =
            (world.customers.choose(random), conversations.choose(random))
        else {
            unreachable!("a test sees to it that there are texts");
        };
        let is_internal = ["internal", "leave"].contains(&conversation.category.as_str());
        if conversation.language == customer.language && is_internal == customer.own_staff {
            return (customer, conversation);
        }
    }
}

/// An agent who may do everything in the conversation's queue.
fn agent_for<'w>(
    world: &'w World,
    conversation: &Conversation,
    random: &mut StdRng,
) -> Option<&'w Agent> {
    let queues = &world.texts.organisation.queues;
    let queue = queues
        .iter()
        .find(|queue| queue.name == conversation.queue)?;
    let able: Vec<_> = world
        .agents
        .iter()
        .filter(|agent| agent.groups.contains(&queue.group))
        .collect();
    able.choose(random).copied()
}

/// Old conversations are over; of young ones, some have only begun.
fn articles_so_far(
    plan: &Plan,
    conversation: &Conversation,
    created: NaiveDateTime,
    random: &mut StdRng,
) -> usize {
    let all = conversation.articles.len();
    if is_old(plan, created) {
        return all;
    }
    random.random_range(1..=all)
}

fn is_old(plan: &Plan, created: NaiveDateTime) -> bool {
    plan.to - created > Duration::days(14)
}

fn state_after(
    plan: &Plan,
    created: NaiveDateTime,
    touched: bool,
    is_finished: bool,
    random: &mut StdRng,
) -> &'static str {
    if !touched {
        return if is_old(plan, created) && random.random_bool(0.9) {
            "closed unsuccessful"
        } else {
            "new"
        };
    }
    let closes = if is_old(plan, created) { 0.93 } else { 0.4 };
    let of_hundred = random.random_range(0..100);
    if is_finished && random.random_bool(closes) {
        return match of_hundred {
            0..88 => "closed successful",
            88..96 => "closed unsuccessful",
            96..99 => "merged",
            _ => "removed",
        };
    }
    match of_hundred {
        0..60 => "open",
        60..85 => "pending reminder",
        85..95 => "pending auto close+",
        _ => "pending auto close-",
    }
}

fn add_remarks(
    world: &World,
    conversation: &Conversation,
    facts: &[(&str, &str)],
    body: &mut String,
    random: &mut StdRng,
) {
    let remarks = world.texts.remarks.get(&conversation.language);
    for _ in 0..random.random_range(0..4) {
        if let Some(remark) = remarks.and_then(|remarks| remarks.choose(random)) {
            body.push('\n');
            body.push_str(&fill_in(remark, facts));
        }
    }
}
