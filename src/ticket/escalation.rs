//! How much time is left until a ticket escalates: computed from the moments in its row, never kept.
//!
//! Three limits run: to the first response, to the next update and to the solution. The row of the ticket holds when
//! each one ends; the queue, or the service level agreement when the ticket has one, says how long each one is and at
//! how many percent of it people are told.

use crate::settings::Settings;

use super::{Ticket, working_time::Calendar};

/// The moments in the row, in seconds since 1970; 0 for none.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Columns {
    /// The earliest of the others.
    pub next: i32,
    pub update: i32,
    pub first_response: i32,
    pub solution: i32,
}

/// One limit of a queue or a service level agreement.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Limit {
    /// Working minutes, 0 for no limit.
    pub minutes: i32,
    /// How much of them may pass before people are told, 0 for never.
    pub notify_percent: i16,
}

/// The limits that hold for a ticket, and the number of the calendar whose hours count.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Rule {
    pub first_response: Limit,
    pub update: Limit,
    pub solution: Limit,
    pub calendar: String,
}

impl Rule {
    pub fn is_empty(&self) -> bool {
        [self.first_response, self.update, self.solution]
            .iter()
            .all(|limit| limit.minutes == 0)
    }
}

/// Which of the three.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Kind {
    FirstResponse,
    Update,
    Solution,
}

/// How a limit stands at one moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Countdown {
    pub kind: Kind,
    /// Seconds since 1970.
    pub destination: i64,
    /// Seconds until then, negative when it has passed.
    pub left: i64,
    /// The working seconds among them, negative when it has passed.
    pub working_left: i64,
    /// It has not passed, and people are to be told.
    pub notify: bool,
}

impl Countdown {
    pub fn is_over(&self) -> bool {
        self.left <= 0
    }
}

/// The limits that run for a ticket at a moment (seconds since 1970); none when the ticket is done or has no rule.
///
/// Source: answers of the reference system to `TicketGet` for tickets whose columns were set by hand.
pub fn countdowns(ticket: &Ticket, settings: &Settings, now: i64) -> Vec<Countdown> {
    let rule = ticket.escalation_rule(settings);
    if ticket.is_done() || rule.is_empty() {
        return Vec::new();
    }
    let columns = ticket.escalation;
    let running = [
        (
            Kind::FirstResponse,
            columns.first_response,
            rule.first_response,
        ),
        (Kind::Update, columns.update, rule.update),
        (Kind::Solution, columns.solution, rule.solution),
    ];
    if running.iter().all(|(_, destination, _)| *destination == 0) {
        return Vec::new();
    }
    let calendar = Calendar::from_settings(settings, &rule.calendar);
    running
        .into_iter()
        .filter(|(_, destination, _)| *destination != 0)
        .map(|(kind, destination, limit)| {
            countdown(kind, destination.into(), limit, &calendar, now)
        })
        .collect()
}

fn countdown(
    kind: Kind,
    destination: i64,
    limit: Limit,
    calendar: &Calendar,
    now: i64,
) -> Countdown {
    let left = destination - now;
    let working_left = if left > 0 {
        calendar.seconds_between(now, destination)
    } else {
        -calendar.seconds_between(destination, now)
    };
    let total = i64::from(limit.minutes) * 60;
    let percent = i64::from(limit.notify_percent);
    Countdown {
        kind,
        destination,
        left,
        working_left,
        notify: left > 0 && percent > 0 && working_left * 100 <= total * (100 - percent),
    }
}

/// Working time from the ticket's creation to a later moment.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Taken {
    /// Whole minutes.
    pub minutes: i64,
    /// Whole minutes that were left, negative when it took too long; `None` without a limit.
    pub left: Option<i64>,
}

/// How long it took until a moment (seconds since 1970, like `created`), by the calendar of the ticket's rule.
pub fn taken(rule: &Rule, limit: Limit, settings: &Settings, created: i64, until: i64) -> Taken {
    let calendar = Calendar::from_settings(settings, &rule.calendar);
    let seconds = calendar.seconds_between(created, until);
    let limit = i64::from(limit.minutes) * 60;
    Taken {
        minutes: seconds / 60,
        left: (limit != 0).then(|| (limit - seconds) / 60),
    }
}

/// Working seconds for people: `2h 5m`, `5m`.
pub fn spell(seconds: i64) -> String {
    let minutes = seconds.abs() / 60;
    if minutes >= 60 {
        format!("{}h {}m", minutes / 60, minutes % 60)
    } else {
        format!("{minutes}m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_is_spelled_in_hours_and_minutes() {
        assert_eq!(spell(0), "0m");
        assert_eq!(spell(59 * 60 + 59), "59m");
        assert_eq!(spell(54_065), "15h 1m");
        assert_eq!(spell(-32_400), "9h 0m");
    }
}
