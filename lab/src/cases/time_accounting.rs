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
    cases.extend(with_data());
    cases
}

/// Asks as an agent of the group that may.
#[expect(
    clippy::too_many_lines,
    reason = "a list of cases, one after the other"
)]
fn with_data() -> Vec<Case> {
    let period = |name: &str, login: &str, start: &str, end: &str| {
        accounted(name)
            .agent("lab-full")
            .param("TimeAccountingUserLogin", login)
            .param("TimeAccountingStart", start)
            .param("TimeAccountingEnd", end)
    };
    let everything =
        |name: &str, login: &str| period(name, login, "2000-01-01 00:00:00", "2030-01-01 00:00:00");
    let full = |name: &str, start: &str, end: &str| period(name, "lab-full", start, end);
    let year = ("2026-01-01 00:00:00", "2026-12-31 23:59:59");
    let mut cases: Vec<Case> = AGENTS
        .iter()
        .map(|login| everything(&format!("all times of {login}"), login))
        .collect();
    cases.extend(AGENTS.iter().map(|login| {
        accounted(format!("times of lab-full for {login}"))
            .agent(login)
            .param("TimeAccountingUserLogin", "lab-full")
            .param("TimeAccountingStart", year.0)
            .param("TimeAccountingEnd", year.1)
    }));
    cases.extend([
        everything("times of an invalid agent", "lab-invalid"),
        everything("times of an unknown agent", "nobody"),
        everything("times of a customer", "alice"),
        everything("agent in another case", "LAB-FULL"),
        everything("agent with a space after it", "lab-full "),
        everything("agent by number", "11"),
        everything("agent is a wildcard", "%"),
        everything("agent is a quote", "'"),
        everything("agent is zero", "0"),
        everything("agent is empty", ""),
        everything("agent with markup", "<b>"),
        full("one day", "2026-03-01 00:00:00", "2026-03-01 23:59:59"),
        full(
            "up to midnight",
            "2026-03-01 00:00:00",
            "2026-03-01 00:00:00",
        ),
        full(
            "from the last second",
            "2026-03-01 23:59:59",
            "2026-03-02 11:59:59",
        ),
        full(
            "a second too late",
            "2026-03-01 00:00:01",
            "2026-03-01 23:59:58",
        ),
        full(
            "the same moment of two tickets",
            "2026-03-02 12:00:00",
            "2026-03-02 12:00:00",
        ),
        full(
            "end before start",
            "2026-12-31 00:00:00",
            "2026-01-01 00:00:00",
        ),
        full("empty period", "2027-01-01 00:00:00", "2027-12-31 23:59:59"),
        full("dates without times", "2026-03-01", "2026-03-02"),
        full(
            "times without seconds",
            "2026-03-01 00:00",
            "2026-03-02 12:00",
        ),
        full(
            "times with fractions",
            "2026-03-01 00:00:00.5",
            "2026-03-02 12:00:00.5",
        ),
        full(
            "times with a T",
            "2026-03-01T00:00:00",
            "2026-03-02T12:00:00",
        ),
        full(
            "times with a zone",
            "2026-03-01 00:00:00Z",
            "2026-03-02 12:00:00+02:00",
        ),
        full("single digits", "2026-3-1 0:0:0", "2026-3-2 12:0:0"),
        full(
            "spaces around",
            " 2026-03-01 00:00:00 ",
            " 2026-03-02 12:00:00 ",
        ),
        full(
            "end of February",
            "2026-02-28 00:00:00",
            "2026-02-28 23:59:59",
        ),
        full(
            "the years 1 and 9999",
            "0001-01-01 00:00:00",
            "9999-12-31 23:59:59",
        ),
        full("start is zero", "0", "2026-12-31 23:59:59"),
        full("end is zero", "2026-01-01 00:00:00", "0"),
        full("start is empty", "", "2026-12-31 23:59:59"),
        full("end is empty", "2026-01-01 00:00:00", ""),
    ]);
    let all = [
        "TimeAccountingUserLogin",
        "TimeAccountingStart",
        "TimeAccountingEnd",
    ];
    for missing in all {
        let mut case = accounted(format!("without {missing}")).agent("lab-full");
        for (name, value) in all.iter().zip(["lab-full", year.0, year.1]) {
            if *name != missing {
                case = case.param(name, value);
            }
        }
        cases.push(case);
    }
    cases.extend([
        accounted("with the session of an agent")
            .raw_query("SessionID={session agent:lab-full}")
            .param("TimeAccountingUserLogin", "lab-ro")
            .param("TimeAccountingStart", year.0)
            .param("TimeAccountingEnd", year.1),
        accounted("with the session of a customer")
            .raw_query("SessionID={session customer:alice}")
            .param("TimeAccountingUserLogin", "lab-ro")
            .param("TimeAccountingStart", year.0)
            .param("TimeAccountingEnd", year.1),
        everything("two agents", "lab-ro").param("TimeAccountingUserLogin", "lab-full"),
        everything("other parameters are ignored", "lab-ro")
            .param("TicketID", "9")
            .param("Limit", "1"),
    ]);
    for (name, start, end) in [
        ("start is a word", "yesterday", year.1),
        ("end is a word", year.0, "tomorrow"),
        ("start in month 13", "2026-13-01 00:00:00", year.1),
        ("end on February 30", year.0, "2026-02-30 00:00:00"),
        ("end at hour 24", year.0, "2026-03-01 24:00:00"),
        ("end at second 60", year.0, "2026-03-01 23:59:60"),
        ("German dates", "01.03.2026", "02.03.2026"),
        ("American dates", "03/01/2026", "03/02/2026"),
        ("compact dates", "20260301", "20260302"),
        ("compact times", "20260301000000", "20260302120000"),
        ("seconds since 1970", "1772323200", "1772409600"),
        ("start is a quote", "'", year.1),
        ("end is now", year.0, "now"),
    ] {
        cases.push(full(name, start, end));
    }
    cases
}
