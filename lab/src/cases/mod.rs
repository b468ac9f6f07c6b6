//! Every case, by operation. Generated families have a name for each member, so that a difference can be found
//! again; ids and names in them are those of `lab/seed`.

mod broken;
mod debug_log;
mod echo;
mod history;
mod hostile;
mod mapping;
mod routing;
mod session;
mod soap;
mod structured;
mod ticket_get;
mod ticket_search;
mod time_accounting;
pub(crate) mod writing;

use std::collections::BTreeSet;

use crate::case::Case;
pub(crate) use writing::new_ticket;

/// Agents of the seed, from the most to the least powerful.
const AGENTS: [&str; 10] = [
    "root@localhost",
    "lab-full",
    "lab-ro",
    "lab-create",
    "lab-role",
    "lab-tz",
    "lab-both",
    "lab-owner",
    "lab-none",
    "lab-ümlaut",
];
/// Customers of the seed who may sign in.
const CUSTOMERS: [&str; 7] = ["alice", "bob", "carol", "dave", "zoë", "lab-both", "grace"];

/// Cases that read, in the order in which they run. Names are unique within their group.
///
/// # Panics
/// When a name is used twice, which is a mistake in this room.
pub fn all() -> Vec<Case> {
    let cases: Vec<Case> = [
        session::cases(),
        ticket_get::cases(),
        ticket_search::cases(),
        history::cases(),
        time_accounting::cases(),
        soap::cases(),
        structured::cases(),
        routing::cases(),
        hostile::cases(),
        broken::cases(),
        mapping::cases(),
        echo::cases(),
        debug_log::cases(),
    ]
    .into_iter()
    .flatten()
    .collect();
    unique(cases)
}

/// Cases that write. They want a system whose only web services are the two connectors: where others are, the reference
/// dies in the middle of its event handlers.
///
/// # Panics
/// When a name is used twice, which is a mistake in this room.
pub fn that_write() -> Vec<Case> {
    unique(writing::cases())
}

fn unique(cases: Vec<Case>) -> Vec<Case> {
    let mut seen = BTreeSet::new();
    for case in &cases {
        assert!(
            seen.insert((case.group, case.name.clone())),
            "two cases are called {}: {}",
            case.group,
            case.name
        );
    }
    cases
}

#[cfg(test)]
mod tests {
    #[test]
    fn there_are_at_least_three_hundred_cases() {
        assert!(super::all().len() >= 300, "only {}", super::all().len());
    }
}
