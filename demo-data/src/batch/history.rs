//! What `ticket_history` keeps of a ticket.

use chrono::NaiveDateTime;
use schema::{Cell, Rows};

use super::{SYSTEM, author_id, stamp, type_id};
use crate::{
    case::{Case, Entry},
    texts::Author,
    world::World,
};

/// The history of one ticket, written step by step: each row keeps what the ticket was at that moment.
pub(super) struct Log<'a> {
    rows: &'a mut Rows,
    world: &'a World,
    case: &'a Case<'a>,
    queue: &'a str,
    owner: i64,
    state: &'static str,
}

impl<'a> Log<'a> {
    pub(super) fn begin(rows: &'a mut Rows, world: &'a World, case: &'a Case<'a>) -> Self {
        let mut log = Self {
            rows,
            world,
            case,
            queue: case.first_queue,
            owner: SYSTEM,
            state: "new",
        };
        let (at, priority) = (case.created, &case.conversation.priority);
        let created = format!(
            "%%{}%%{}%%{priority}%%new%%{}",
            case.number, log.queue, case.id
        );
        log.row("NewTicket", &created, None, at, SYSTEM);
        let customer = case.customer;
        let update = format!(
            "%%CustomerID={};CustomerUser={};",
            customer.company_id, customer.login
        );
        log.row("CustomerUpdate", &update, None, at, SYSTEM);
        log
    }

    fn row(&mut self, kind: &str, name: &str, article: Option<i64>, at: NaiveDateTime, by: i64) {
        let (world, case) = (self.world, self.case);
        let [when, who, when_changed, who_changed] = stamp(at, by);
        self.rows.push(&[
            Cell::Text(name),
            Cell::Int(world.history[kind]),
            Cell::Int(case.id),
            article.map_or(Cell::Null, Cell::Int),
            Cell::Int(type_id(world, case)),
            Cell::Int(world.queues[self.queue]),
            Cell::Int(self.owner),
            Cell::Int(world.priorities[&case.conversation.priority]),
            Cell::Int(world.states[self.state]),
            when,
            who,
            when_changed,
            who_changed,
        ]);
    }

    pub(super) fn article(&mut self, entry: &Entry<'_>) {
        let case = self.case;
        let by = author_id(case, entry);
        if by != SYSTEM && self.owner == SYSTEM {
            self.taken_by_agent(entry.at);
        }
        let is_first = entry.id == case.entries[0].id;
        let (kind, name) = match entry.text.by {
            Author::Customer if is_first => ("EmailCustomer", "%%".to_owned()),
            Author::Customer => ("FollowUp", format!("%%{}%%", case.number)),
            Author::Agent => ("SendAnswer", format!("%%{}", case.customer.mail)),
            Author::Web => ("WebRequestCustomer", "%%".to_owned()),
            Author::Phone => ("PhoneCallCustomer", "%%".to_owned()),
            Author::Note => ("AddNote", "%%".to_owned()),
        };
        self.row(kind, &name, Some(entry.id), entry.at, by);
        if let Some(minutes) = entry.text.minutes {
            let accounted = format!("%%{minutes}%%{minutes}");
            self.row("TimeAccounting", &accounted, Some(entry.id), entry.at, by);
        }
    }

    fn taken_by_agent(&mut self, at: NaiveDateTime) {
        let Some(agent) = self.case.agent else { return };
        let queue = &self.case.conversation.queue;
        if self.queue != queue {
            let (to, from) = (self.world.queues[queue], self.world.queues[self.queue]);
            let moved = format!("%%{queue}%%{to}%%{}%%{from}", self.queue);
            self.queue = queue;
            self.row("Move", &moved, None, at, agent.id);
        }
        self.owner = agent.id;
        self.row(
            "OwnerUpdate",
            &format!("%%{}%%{}", agent.login, agent.id),
            None,
            at,
            agent.id,
        );
        self.row("Lock", "%%lock", None, at, agent.id);
        self.row("Misc", "Reset of unlock time.", None, at, agent.id);
        self.becomes("open", at);
    }

    fn becomes(&mut self, state: &'static str, at: NaiveDateTime) {
        if self.state == state {
            return;
        }
        let change = format!("%%{}%%{state}%%", self.state);
        self.state = state;
        self.row("StateUpdate", &change, None, at, self.owner);
    }

    pub(super) fn end(&mut self) {
        let (case, at) = (self.case, self.case.changed);
        if self.queue != case.conversation.queue {
            // Nobody has looked yet: the ticket came to the right place by itself.
            self.queue = &case.conversation.queue;
        }
        self.becomes(case.state, at);
        if let Some(until) = case.until {
            let pending = until.format("%%%%%Y-%m-%d %H:%M").to_string();
            self.row("SetPendingTime", &pending, None, at, self.owner);
        }
        if case.agent.is_some() && !case.is_locked {
            self.row("Unlock", "%%unlock", None, at, self.owner);
        }
    }
}
