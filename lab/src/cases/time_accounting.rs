//! TimeAccountingGet over REST.

use super::{AGENTS, CUSTOMERS};
use crate::case::Case;

const GROUP: &str = "time_accounting_get";

fn accounted(name: impl Into<String>) -> Case {
    Case::rest(GROUP, name, "GET", "/TimeAccounting")
}

pub fn cases() -> Vec<Case> {
    let mut cases: Vec<Case> = AGENTS
        .iter()
        .map(|login| accounted(format!("everything for {login}")).agent(login))
        .collect();
    cases.extend(AGENTS[1..].iter().map(|login| {
        accounted(format!("one ticket for {login}"))
            .agent(login)
            .param("TicketID", "2")
    }));
    cases.extend(CUSTOMERS.iter().map(|login| {
        accounted(format!("customer {login}"))
            .customer(login)
            .param("TicketID", "2")
    }));
    let root = |name: &str| accounted(name).agent("root@localhost");
    cases.extend([
        accounted("nobody").param("TicketID", "2"),
        accounted("wrong password")
            .param("UserLogin", "lab-full")
            .param("Password", "x")
            .param("TicketID", "2"),
        accounted("session")
            .raw_query("SessionID={session agent:root@localhost}")
            .param("TicketID", "2"),
        accounted("unknown session")
            .param("SessionID", "x")
            .param("TicketID", "2"),
        root("ticket").param("TicketID", "2"),
        root("two tickets")
            .param("TicketID", "2")
            .param("TicketID", "5"),
        root("tickets with a comma").param("TicketID", "2,5"),
        root("ticket without times").param("TicketID", "4"),
        root("unknown ticket").param("TicketID", "99999"),
        root("ticket is a word").param("TicketID", "abc"),
        root("ticket number").param("TicketNumber", "2026112110000015"),
        root("article").param("ArticleID", "11"),
        root("agent who accounted").param("TimeAccountedByUserID", "1"),
        root("agent login").param("AccountedByUserLogin", "root@localhost"),
        root("agents").param("UserID", "1"),
        root("between")
            .param("TimeAccountingStartTime", "2026-01-01 00:00:00")
            .param("TimeAccountingEndTime", "2026-12-31 23:59:59"),
        root("start time").param("StartTime", "2026-01-08 00:00:00"),
        root("start and end")
            .param("StartTime", "2026-01-01 00:00:00")
            .param("EndTime", "2026-01-31 23:59:59"),
        root("start after end")
            .param("StartTime", "2026-02-01 00:00:00")
            .param("EndTime", "2026-01-01 00:00:00"),
        root("start date")
            .param("StartDate", "2026-01-01")
            .param("EndDate", "2026-01-31"),
        root("start is no time").param("StartTime", "yesterday"),
        root("year and month")
            .param("Year", "2026")
            .param("Month", "1"),
        root("create time newer").param("TicketCreateTimeNewerDate", "2026-01-20 00:00:00"),
        root("create time older").param("TicketCreateTimeOlderDate", "2026-01-20 00:00:00"),
        root("queue").param("Queue", "Ops"),
    ]);
    cases
}
