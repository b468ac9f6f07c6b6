//! What a ticket is like, for tags such as `<OTRS_TICKET_State>`.

use std::collections::HashMap;

use super::Shown;
use crate::{
    settings::Settings,
    ticket::{
        Ticket, attributes,
        escalation::{self, Countdown, Kind},
    },
};

/// What is known of a ticket, by name in lower case. `now` in seconds since 1970.
pub(super) fn of_ticket(settings: &Settings, ticket: &Ticket, now: i64) -> HashMap<String, Shown> {
    let mut facts: HashMap<String, Shown> = attributes::at(ticket, settings, now)
        .into_iter()
        .filter_map(|(name, value)| Some((name.to_lowercase(), Shown::Text(value.as_string()?))))
        .collect();
    let mut put = |name: &str, shown: Shown| facts.insert(name.to_lowercase(), shown);
    for (name, word) in [
        ("State", &ticket.state.name),
        ("StateType", &ticket.state_type),
        ("Priority", &ticket.priority.name),
        ("Lock", &ticket.lock.name),
        ("Type", &ticket.kind.name),
    ] {
        put(name, Shown::Word(word.clone()));
    }
    let moment = |at| Shown::Moment(attributes::epoch(at, settings, now));
    put("Created", moment(ticket.created));
    put("Changed", moment(ticket.changed));
    put("ID", Shown::Text(ticket.id.to_string()));
    put("Number", Shown::Text(ticket.number.clone()));
    let columns = ticket.escalation;
    for (name, at) in [
        ("EscalationResponseTime", columns.first_response),
        ("EscalationUpdateTime", columns.update),
        ("EscalationSolutionTime", columns.solution),
        ("RealTillTimeNotUsed", ticket.pending_until),
    ] {
        if at != 0 {
            put(name, Shown::Moment(at.into()));
        }
    }
    let until = i64::from(ticket.pending_until);
    let left = if until == 0 { 0 } else { until - now };
    put("UntilTime", Shown::Text(age(left)));
    let countdowns = escalation::countdowns(ticket, settings, now);
    for countdown in &countdowns {
        for (name, shown) in of_countdown(countdown) {
            put(&name, shown);
        }
    }
    if let Some(next) = countdowns.iter().min_by_key(|next| next.destination) {
        put("EscalationTime", Shown::Text(age(next.left)));
        put(
            "EscalationTimeWorkingTime",
            Shown::Text(age(next.working_left)),
        );
        put(
            "EscalationDestinationTime",
            Shown::Text(next.destination.to_string()),
        );
        put("EscalationDestinationDate", Shown::Moment(next.destination));
        put(
            "EscalationDestinationIn",
            Shown::Text(escalation::spell(next.working_left)),
        );
    }
    facts
}

/// One limit under its own names.
fn of_countdown(countdown: &Countdown) -> Vec<(String, Shown)> {
    let stem = match countdown.kind {
        Kind::FirstResponse => "FirstResponseTime",
        Kind::Update => "UpdateTime",
        Kind::Solution => "SolutionTime",
    };
    let yes = |is: bool| Shown::Text(if is { "1" } else { "" }.to_owned());
    let named = [
        ("", Shown::Text(age(countdown.left))),
        ("WorkingTime", Shown::Text(age(countdown.working_left))),
        (
            "DestinationTime",
            Shown::Text(countdown.destination.to_string()),
        ),
        ("DestinationDate", Shown::Moment(countdown.destination)),
        ("Escalation", yes(countdown.is_over())),
        ("Notification", yes(countdown.notify)),
    ];
    let named = named.map(|(end, shown)| (format!("{stem}{end}"), shown));
    named.into()
}

/// Seconds for people: `-293 d 2 h `, `2 h 29 m`, `-1 m`; `0` for none.
fn age(seconds: i64) -> String {
    if seconds == 0 {
        return "0".to_owned();
    }
    let sign = if seconds < 0 { "-" } else { "" };
    let minutes = seconds.unsigned_abs() / 60;
    let (days, hours, minutes) = (minutes / 1440, minutes / 60 % 24, minutes % 60);
    if days > 0 {
        format!("{sign}{days} d {hours} h ")
    } else if hours > 0 {
        format!("{sign}{hours} h {minutes} m")
    } else {
        format!("{sign}{minutes} m")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_have_two_units() {
        assert_eq!(age(0), "0");
        assert_eq!(age(29), "0 m");
        assert_eq!(age(-100), "-1 m");
        assert_eq!(age(8_979), "2 h 29 m");
        assert_eq!(age(-25_322_429), "-293 d 2 h ");
    }
}
