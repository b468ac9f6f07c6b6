//! The unit of work: whoever changes tickets opens a [`Work`], calls the rooms with it, and commits.
//!
//! Everything that one operation writes is one transaction. History is collected and written in one statement.

use std::sync::Arc;

use schema::{DbError, Tx};

use super::{
    Ticket, TicketId,
    article::ArticleId,
    history::{self, HistoryType},
    lookup::{self, Lookups},
};
use crate::{app::App, clock::Stamp, directory::UserId, settings::Settings};

/// Something that happened to a ticket, under OTRS's name for it, such as `TicketStateUpdate`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Event {
    pub name: String,
    pub ticket: TicketId,
    pub article: Option<ArticleId>,
}

/// One operation on tickets under way. Dropped without [`Work::commit`], it leaves nothing behind.
pub struct Work<'a> {
    pub app: &'a App,
    pub settings: Arc<Settings>,
    pub tx: Tx,
    /// Who changes, and when: the same moment for every row of the operation.
    pub stamp: Stamp,
    history: Vec<history::New>,
    events: Vec<Event>,
}

impl<'a> Work<'a> {
    /// Opens the transaction.
    pub async fn begin(app: &'a App, by: UserId) -> Result<Self, DbError> {
        Ok(Self {
            app,
            settings: app.settings.current(),
            tx: app.db.begin().await?,
            stamp: app.stamp(by),
            history: Vec::new(),
            events: Vec::new(),
        })
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
        let entry = history::New::of(ticket, kind, name.into(), article);
        self.history.push(entry);
    }

    /// Says what happened, in OTRS's words.
    pub fn emit(&mut self, ticket: TicketId, name: impl Into<String>, article: Option<ArticleId>) {
        self.events.push(Event {
            name: name.into(),
            ticket,
            article,
        });
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
        history::insert(&mut self.tx, &lookups, self.stamp, &entries).await
    }

    /// Writes what was collected, and keeps everything.
    pub async fn commit(mut self) -> Result<(), DbError> {
        self.flush_history().await?;
        self.tx.commit().await
    }
}
