//! Access control lists: what is left of the choices that a form offers, or a request makes.
//!
//! The lists stand in the table `acl`, and in `Kernel/Config.pm` as `TicketAcl`; they are asked in the order of their
//! names. The reference system works on a file that its administrators write with *Deploy*: it does not know what was
//! saved since. That file is not read here, so a list counts from the moment at which it is saved; see
//! [`Acls::not_deployed`].
//!
//! Whoever offers choices describes the [`Situation`] and calls [`Acls::limit`]. The agent with number 1 is never
//! limited. Which attributes a situation has: [`facts`].

use std::sync::Arc;

pub use compat::acl::Subject;
use compat::acl::{Acl, Known, Side, Step};
use schema::{DbError, Tx};

use crate::{app::App, auth::Principal, directory::UserId, settings::Settings, ticket::Ticket};

mod facts;
mod given;
mod store;

pub use given::Given;

/// The valid lists in their order.
#[derive(Debug, Default)]
pub struct Acls {
    lists: Vec<Acl>,
    /// Names of lists that were changed since the reference system's last deployment.
    not_deployed: Vec<String>,
}

/// Who is about to do what with which ticket.
#[derive(Debug)]
pub struct Situation<'a> {
    by: &'a Principal,
    /// The screen, such as `AgentTicketNote`.
    action: Option<&'a str>,
    /// The ticket as the database has it.
    ticket: Option<&'a Ticket>,
    given: Given,
    known: Known,
}

impl<'a> Situation<'a> {
    pub fn new(by: &'a Principal, ticket: Option<&'a Ticket>) -> Self {
        Self {
            by,
            action: None,
            ticket,
            given: Given::default(),
            known: Known::default(),
        }
    }

    /// On this screen.
    #[must_use]
    pub fn on(mut self, action: &'a str) -> Self {
        self.action = Some(action);
        self
    }

    /// With what was chosen so far.
    #[must_use]
    pub fn with(mut self, given: Given) -> Self {
        self.given = given;
        self
    }

    /// Reads what the lists ask for and is not known yet.
    async fn learn(&mut self, tx: &mut Tx, app: &App, lists: &[&Acl]) -> Result<(), DbError> {
        for requirement in lists.iter().flat_map(|list| &list.requirements) {
            let (side, object) = (requirement.side, requirement.object.as_str());
            if !self.known.has(side, object) {
                let facts = facts::of(tx, app, self, side, object).await?;
                self.known.set(side, object, facts);
            }
        }
        Ok(())
    }

    fn is_exempt(&self) -> bool {
        matches!(self.by, Principal::Agent(agent) if agent.id == UserId::SYSTEM)
    }
}

impl Acls {
    /// The lists as they were a moment ago.
    pub async fn current(tx: &mut Tx, app: &App) -> Result<Arc<Self>, DbError> {
        if let Some(acls) = app.recent.acls.get(&()) {
            return Ok(acls);
        }
        let acls = Arc::new(Self::read(tx, &app.settings.current()).await?);
        app.recent.acls.keep((), Arc::clone(&acls));
        Ok(acls)
    }

    /// The lists as they are. Two statements.
    pub async fn read(tx: &mut Tx, settings: &Settings) -> Result<Self, DbError> {
        let mut lists = store::list(tx).await?;
        for (name, list) in settings.value("TicketAcl").as_map().into_iter().flatten() {
            lists.retain(|known| known.name != *name);
            let stop = list.get("StopAfterMatch");
            let stop = stop.is_some_and(compat::Value::is_true);
            lists.push(Acl::new(name, stop, list, list));
        }
        lists.sort_by(|one, other| one.name.cmp(&other.name));
        Ok(Self {
            lists,
            not_deployed: store::list_not_deployed(tx).await?,
        })
    }

    /// Lists whose names the reference system does not know in this state: somebody has saved them, and deployed nothing
    /// since. Here they count.
    pub fn not_deployed(&self) -> &[String] {
        &self.not_deployed
    }

    /// The valid lists in the order in which they are asked.
    pub fn lists(&self) -> &[Acl] {
        &self.lists
    }

    fn concerning(&self, subject: Subject<'_>) -> Vec<&Acl> {
        let lists = self.lists.iter();
        lists.filter(|list| list.concerns(subject)).collect()
    }

    /// What the lists leave of some choices, in their order. `name` is what the lists call a choice: a login for agents,
    /// the key of a dynamic field's value, and the name for everything else.
    ///
    /// Without a list about these choices there is no statement, else those of [`facts`] once for each situation.
    pub async fn limit<T>(
        &self,
        tx: &mut Tx,
        app: &App,
        situation: &mut Situation<'_>,
        subject: Subject<'_>,
        choices: Vec<T>,
        name: impl Fn(&T) -> &str,
    ) -> Result<Vec<T>, DbError> {
        let lists = self.concerning(subject);
        if lists.is_empty() || situation.is_exempt() {
            return Ok(choices);
        }
        situation.learn(tx, app, &lists).await?;
        let lists = lists.into_iter();
        let left = compat::acl::limit(lists, &situation.known, subject, choices, name);
        Ok(left)
    }

    /// Whether the lists leave one choice.
    pub async fn allows(
        &self,
        tx: &mut Tx,
        app: &App,
        situation: &mut Situation<'_>,
        subject: Subject<'_>,
        choice: &str,
    ) -> Result<bool, DbError> {
        let left = self.limit(tx, app, situation, subject, vec![choice], |choice| choice);
        Ok(!left.await?.is_empty())
    }

    /// Whether the lists leave a screen.
    pub async fn allows_action(
        &self,
        tx: &mut Tx,
        app: &App,
        situation: &mut Situation<'_>,
        action: &str,
    ) -> Result<bool, DbError> {
        self.allows(tx, app, situation, Subject::Action, action)
            .await
    }

    /// What each list did, for people who want to understand it; also for whom no list limits.
    pub async fn explain<'a>(
        &'a self,
        tx: &mut Tx,
        app: &App,
        situation: &'a mut Situation<'_>,
        subject: Subject<'_>,
        names: &[&str],
    ) -> Result<Vec<Step<'a>>, DbError> {
        let lists = self.concerning(subject);
        situation.learn(tx, app, &lists).await?;
        Ok(compat::acl::steps(lists, &situation.known, subject, names))
    }
}

/// Whose attributes, when somebody has not chosen others.
fn chosen<T: Copy>(side: Side, given: Option<T>, stored: Option<T>) -> Option<T> {
    match side {
        Side::Given => given.or(stored),
        Side::Stored => stored,
    }
}
