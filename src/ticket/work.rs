//! The unit of work: whoever changes tickets opens a [`Work`], calls the rooms with it, and commits.
//!
//! Everything that one operation writes is one transaction. History is collected and written in one statement. What
//! follows from a change is done by handlers, see [`super::handler`]: some at once, some when the operation ends.

use std::{sync::Arc, time::Duration};

use compat::Map;
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, Value};

use super::{
    Ticket, TicketId,
    article::ArticleId,
    attributes,
    fresh::FreshTickets,
    handler::{Table, When},
    history::{self, HistoryType},
    lookup::{self, Lookups},
    mention,
};
use crate::{
    app::App, clock::Stamp, directory::UserId, outbox::Added, perl_cache::Changed,
    settings::Settings,
};

/// How often an operation is tried that the database gives up for another one.
const ATTEMPTS: u32 = 6;
/// The first wait before it is tried again; each further one is twice as long.
const PAUSE: Duration = Duration::from_millis(5);

/// Runs an operation again when the database gave it up for another one that ran at the same time. Nothing of it was kept,
/// so that nothing happens twice; the error of the last attempt stands.
pub async fn again_on_conflict<T, F>(operation: impl Fn() -> F) -> Result<T, DbError>
where
    F: Future<Output = Result<T, DbError>>,
{
    let mut pause = PAUSE;
    for attempt in 1..ATTEMPTS {
        match operation().await {
            Err(error) if error.is_conflict() => {
                tracing::info!(%error, attempt, "an operation gave way to another one, and is tried again");
            }
            other => return other,
        }
        // Two that stopped each other should not meet again.
        let jitter = rand::random::<f64>();
        tokio::time::sleep(pause.mul_f64(0.5 + jitter)).await;
        pause *= 2;
    }
    operation().await
}

/// Something that happened to a ticket, under OTRS's name for it, such as `TicketStateUpdate`.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    pub name: String,
    pub ticket: TicketId,
    pub article: Option<ArticleId>,
    /// The ticket as it was before, see [`attributes::at`]; only of the events that carry it in OTRS, [`WITH_BEFORE`].
    pub before: Option<Map>,
}

/// The events that tell what the ticket was before.
const WITH_BEFORE: [&str; 2] = ["TicketQueueUpdate", "TicketStateUpdate"];

/// One operation on tickets under way. Dropped without [`Work::commit`], it leaves nothing behind.
pub struct Work<'a> {
    pub app: &'a App,
    pub settings: Arc<Settings>,
    pub tx: Tx,
    /// Who changes, and when: the same moment for every row of the operation.
    pub stamp: Stamp,
    history: Vec<history::New>,
    events: Vec<Event>,
    handlers: Arc<Table>,
    /// The tickets that something happened to, as they were after the last event.
    tickets: Vec<Ticket>,
    /// Columns of tickets that are to be written.
    unwritten: Vec<(TicketId, Vec<(t::Ticket, Value)>)>,
    /// Who is named in the articles of this operation.
    mentions: Vec<(ArticleId, Vec<mention::Name>)>,
    /// What is done once for each ticket, and for which it was.
    done: Vec<(&'static str, TicketId)>,
    /// The tickets that this operation creates.
    pub fresh: FreshTickets,
    /// Tickets as they were before the changes that no event has told yet.
    before: Vec<Ticket>,
    /// What other systems must not show as it was before.
    changed: Changed,
}

impl<'a> Work<'a> {
    /// Opens the transaction.
    pub async fn begin(app: &'a App, by: UserId) -> Result<Self, DbError> {
        Ok(Self::within(app, app.db.begin().await?, app.stamp(by)))
    }

    /// Works within a transaction that somebody else opened, and commits with [`Work::finish`].
    pub fn within(app: &'a App, tx: Tx, stamp: Stamp) -> Self {
        let settings = app.settings.current();
        Self {
            app,
            handlers: Table::of(&settings),
            settings,
            tx,
            stamp,
            history: Vec::new(),
            events: Vec::new(),
            tickets: Vec::new(),
            unwritten: Vec::new(),
            mentions: Vec::new(),
            done: Vec::new(),
            fresh: FreshTickets::default(),
            before: Vec::new(),
            changed: Changed::default(),
        }
    }

    /// The lookup tables as they were a moment ago.
    pub async fn lookups(&mut self) -> Result<Arc<Lookups>, DbError> {
        lookup::current(&mut self.tx, &self.app.recent).await
    }

    /// Adds an entry to the history, with the ticket as it is now. `name` is OTRS's text, such as `%%new%%open%%`.
    pub fn history(
        &mut self,
        ticket: &Ticket,
        kind: HistoryType,
        name: impl Into<String>,
        article: Option<ArticleId>,
    ) {
        let entry = history::New::of(ticket, kind, name.into(), article, self.stamp.by);
        self.history.push(entry);
    }

    /// Sets a column of the ticket's row. All columns of an operation are written in one statement, see [`Work::flush_rows`];
    /// the ticket in memory is the caller's business, but for who changed it and when.
    pub fn set(&mut self, ticket: &mut Ticket, column: t::Ticket, value: impl Into<Value>) {
        if !self.before.iter().any(|known| known.id == ticket.id) {
            self.before.push(ticket.clone());
        }
        ticket.changed = self.stamp.at;
        ticket.changed_by = self.stamp.by;
        let position = self.unwritten.iter().position(|(id, _)| *id == ticket.id);
        let position = position.unwrap_or_else(|| {
            self.unwritten.push((ticket.id, Vec::new()));
            self.unwritten.len() - 1
        });
        let columns = &mut self.unwritten[position].1;
        columns.retain(|(known, _)| *known != column);
        columns.push((column, value.into()));
    }

    /// Writes the columns of tickets that were set; for whoever reads rows before the end. One statement for each ticket.
    pub async fn flush_rows(&mut self) -> Result<(), DbError> {
        for (id, columns) in std::mem::take(&mut self.unwritten) {
            self.changed.tickets.insert(id);
            let columns = columns
                .into_iter()
                .map(|(column, value)| (column, Expr::val(value)));
            let update = Query::update()
                .table(t::Ticket::Table)
                .values(columns)
                .value(t::Ticket::ChangeTime, self.stamp.at)
                .value(t::Ticket::ChangeBy, self.stamp.by)
                .and_where(Expr::col(t::Ticket::Id).eq(id))
                .to_owned();
            self.tx.execute(&update).await?;
        }
        Ok(())
    }

    /// Says what happened, in OTRS's words, after the rows were written and `ticket` shows it. The handlers that want it
    /// at once have run when this returns, and may have changed the ticket further; the others run before the commit.
    pub async fn emit(
        &mut self,
        ticket: &mut Ticket,
        name: impl Into<String>,
        article: Option<ArticleId>,
    ) -> Result<(), DbError> {
        let name = name.into();
        // What is told for notifications' sake comes before the event that carries the ticket as it was.
        let before = self
            .before
            .iter()
            .position(|known| known.id == ticket.id && !name.starts_with("Notification"));
        let before = before.map(|position| self.before.swap_remove(position));
        let now = self.app.clock.timestamp();
        let event = Event {
            before: before
                .filter(|_| WITH_BEFORE.contains(&name.as_str()))
                .map(|before| attributes::at(&before, &self.settings, now)),
            name,
            ticket: ticket.id,
            article,
        };
        self.events.push(event.clone());
        let handlers = Arc::clone(&self.handlers);
        handlers.run(self, ticket, &event, When::AtOnce).await?;
        self.remember(ticket);
        Ok(())
    }

    fn remember(&mut self, ticket: &Ticket) {
        match self.tickets.iter_mut().find(|known| known.id == ticket.id) {
            Some(known) => known.clone_from(ticket),
            None => self.tickets.push(ticket.clone()),
        }
    }

    /// Says that an article changes without an event that tells so.
    pub fn article_changes(&mut self, ticket: &Ticket, article: ArticleId) {
        self.changed.tickets.insert(ticket.id);
        self.changed.articles.insert(article);
    }

    /// Says that links between tickets change.
    pub fn links_change(&mut self) {
        self.changed.links = true;
    }

    /// Keeps who is named in an article, for the handler that runs later.
    pub fn mention(&mut self, article: ArticleId, names: Vec<mention::Name>) {
        if !names.is_empty() {
            self.mentions.push((article, names));
        }
    }

    /// Who is named in an article of this operation.
    pub fn take_mentions(&mut self, article: ArticleId) -> Vec<mention::Name> {
        let position = self
            .mentions
            .iter()
            .position(|(known, _)| *known == article);
        position.map_or_else(Vec::new, |position| self.mentions.swap_remove(position).1)
    }

    /// Whether something is asked for the first time for this ticket in this operation.
    pub fn is_first(&mut self, what: &'static str, ticket: TicketId) -> bool {
        let is_first = !self.done.contains(&(what, ticket));
        if is_first {
            self.done.push((what, ticket));
        }
        is_first
    }

    /// What happened so far.
    pub fn events(&self) -> &[Event] {
        &self.events
    }

    /// Writes the history that was collected; for whoever reads it before the end.
    pub async fn flush_history(&mut self) -> Result<(), DbError> {
        let entries = std::mem::take(&mut self.history);
        if entries.is_empty() {
            return Ok(());
        }
        let lookups = self.lookups().await?;
        history::insert(&mut self.tx, &lookups, self.stamp.at, &entries).await
    }

    /// Runs the handlers that wait for the end; what they do themselves is followed in the same way.
    async fn run_late_handlers(&mut self) -> Result<(), DbError> {
        let mut next = 0;
        while let Some(event) = self.events.get(next).cloned() {
            next += 1;
            let ticket = self.tickets.iter().find(|known| known.id == event.ticket);
            let Some(mut ticket) = ticket.cloned() else {
                continue;
            };
            let handlers = Arc::clone(&self.handlers);
            handlers
                .run(self, &mut ticket, &event, When::AtTheEnd)
                .await?;
            self.remember(&ticket);
        }
        Ok(())
    }

    /// Runs the handlers that wait for the end, writes what was collected, keeps everything, and lets those know who do
    /// something afterwards, see [`crate::outbox`].
    pub async fn commit(self) -> Result<(), DbError> {
        let (tx, written) = self.finish(&[]).await?;
        tx.commit().await?;
        written.told().await;
        Ok(())
    }

    /// Writes everything as [`Work::commit`] does and gives the transaction back to whoever opened it. The consumers
    /// `except` are not told: what one does itself shall not come back to it.
    pub async fn finish(mut self, except: &[&str]) -> Result<(Tx, Written<'a>), DbError> {
        self.run_late_handlers().await?;
        self.flush_rows().await?;
        self.flush_history().await?;
        self.changed
            .tickets
            .extend(self.events.iter().map(|event| event.ticket));
        self.changed
            .articles
            .extend(self.events.iter().filter_map(|event| event.article));
        let outbox = &self.app.outbox;
        let added = outbox
            .add(self.app, &mut self.tx, self.stamp, &self.events, except)
            .await?;
        let written = Written {
            app: self.app,
            added,
            changed: self.changed,
        };
        Ok((self.tx, written))
    }
}

/// What others are to hear once the transaction is committed.
#[must_use = "others are told after the commit"]
#[derive(Debug)]
pub struct Written<'a> {
    app: &'a App,
    added: Added,
    changed: Changed,
}

impl Written<'_> {
    /// Wakes who does something afterwards, and takes what changed from the Perl side's cache.
    pub async fn told(self) {
        self.added.wake();
        self.app.perl_cache.forget(self.changed).await;
    }
}
