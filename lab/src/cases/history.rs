//! TicketHistoryGet over REST.

use super::{AGENTS, CUSTOMERS};
use crate::case::Case;

const GROUP: &str = "ticket_history_get";

fn history(name: impl Into<String>, id: &str) -> Case {
    Case::rest(GROUP, name, "GET", &format!("/TicketHistory/{id}"))
}

pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = (2..=14)
        .map(|id: u32| history(format!("ticket {id}"), &id.to_string()).agent("root@localhost"))
        .collect();
    cases.extend(AGENTS[1..].iter().flat_map(|login| {
        [
            history(format!("ticket in Ops for {login}"), "2").agent(login),
            history(format!("ticket in Sales for {login}"), "3").agent(login),
        ]
    }));
    cases.extend(
        CUSTOMERS
            .iter()
            .map(|login| history(format!("customer {login}"), "2").customer(login)),
    );
    cases.extend([
        history("agent session", "2")
            .param("SessionID", "{session agent:lab-full}")
            .raw_query("x=1"),
        history("raw agent session", "2").raw_query("SessionID={session agent:lab-full}"),
        history("customer session", "2").raw_query("SessionID={session customer:alice}"),
        history("unknown session", "2").param("SessionID", "abc"),
        history("nobody", "2"),
        history("wrong password", "2")
            .param("UserLogin", "lab-full")
            .param("Password", "wrong"),
        history("no password", "2").param("UserLogin", "lab-full"),
        history("several tickets", "2,3,5").agent("root@localhost"),
        history("several tickets, one is forbidden", "2,4").agent("lab-full"),
        history("several tickets, one is unknown", "2,99999").agent("root@localhost"),
        history("the same ticket twice", "2,2").agent("root@localhost"),
        history("spaces between the ids", "2,%203").agent("root@localhost"),
        history("unknown ticket", "99999").agent("root@localhost"),
        history("ticket is zero", "0").agent("root@localhost"),
        history("ticket is negative", "-1").agent("root@localhost"),
        history("ticket is a word", "abc").agent("root@localhost"),
        history("ticket is a word after a number", "2abc").agent("root@localhost"),
        history("ticket number is beyond 64 bits", "99999999999999999999999")
            .agent("root@localhost"),
        history("ticket is empty", "").agent("root@localhost"),
        history("ticket is a comma", ",").agent("root@localhost"),
        history("ticket is a decimal", "2.0").agent("root@localhost"),
        history("ticket has a leading zero", "02").agent("root@localhost"),
        history("query names another ticket", "2")
            .agent("root@localhost")
            .param("TicketID", "3"),
        history("merged ticket", "20").agent("root@localhost"),
        history("removed ticket", "22").agent("root@localhost"),
        history("archived ticket", "24").agent("root@localhost"),
    ]);
    cases
}
