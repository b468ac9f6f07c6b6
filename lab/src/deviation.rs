//! Where our answer differs from the reference's and should: each case by its name, with its reason. Everything else
//! that differs is a mistake of ours.
//!
//! What we answer instead is kept too, in `fixtures/compat/ours.txt`, and compared as exactly as everything else: a
//! named case may differ from the reference, but only in the way that was looked at.

use std::io;
use std::path::{Path, PathBuf};

use crate::case::Case;
pub use crate::redact::same;
use crate::rows::{
    self,
    record::{Entry, Recorded},
};
use crate::run::Outcome;
use crate::snapshot::Group;

/// Answers that differ on purpose: group, name of the case, reason.
pub const NAMED: &[(&str, &str, &str)] = &[
    ("hostile", "a query of 20000 bytes", WEB_SERVER),
    (
        "hostile",
        "chunked body",
        "a chunked body is read; the reference takes it for an empty one",
    ),
    (
        "hostile",
        "overlong utf-8 in the path",
        "a path that is no UTF-8 is refused",
    ),
    ("hostile", "path out of the service", WEB_SERVER),
    ("hostile", "script in the ticket id", WEB_SERVER),
    (
        "hostile",
        "xinclude",
        "XInclude is left alone instead of looked up",
    ),
    (
        "hostile",
        "zero length",
        "the bytes behind the request are refused as a second one",
    ),
    ("routing", "GET is the default method", KEEPS_ALIVE),
    ("routing", "HEAD is allowed", HEAD),
    ("routing", "HEAD on a ticket", HEAD),
    ("routing", "POST without a configured method", KEEPS_ALIVE),
    ("routing", "PUT without a configured method", KEEPS_ALIVE),
    ("routing", "TRACE on a ticket", WEB_SERVER),
    ("routing", "additional headers", HEADER),
    ("routing", "additional headers on an error", HEADER),
    ("routing", "additional headers on an unknown route", HEADER),
    ("routing", "body and path disagree", KEEPS_ALIVE),
    (
        "routing",
        "by number with a leading zero",
        "a number is a number, with or without zeros before it",
    ),
    ("routing", "fragment", WEB_SERVER),
    ("routing", "ids as a JSON array", KEEPS_ALIVE),
    ("routing", "keep alive", KEEPS_ALIVE),
    ("routing", "keep alive on an unknown route", KEEPS_ALIVE),
    (
        "routing",
        "name with umlaut and space",
        "a service whose name is not ASCII is found",
    ),
    (
        "routing",
        "service with an unknown transport",
        WITHOUT_A_WORD,
    ),
    ("routing", "service without a debugger", WITHOUT_A_WORD),
    ("routing", "service without a provider", WITHOUT_A_WORD),
    ("routing", "service without a transport", WITHOUT_A_WORD),
    ("routing", "switch as JSON null", KEEPS_ALIVE),
    ("routing", "switch as JSON true", KEEPS_ALIVE),
    ("routing", "two methods for a route", KEEPS_ALIVE),
    ("routing", "under the root path", WEB_SERVER),
    ("session_create", "password is true", TRUE),
    ("session_get", "broken percent sign in the id", WEB_SERVER),
    ("session_get", "percent encoded slash", WEB_SERVER),
    (
        "soap",
        "external entity",
        "a document with external entities is refused",
    ),
    ("soap", "two operations in one body", CRASH),
    ("structured", "SessionGet: array", CRASH),
    ("structured", "SessionGet: object", CRASH),
    ("structured", "TicketGet: session is an array", CRASH),
    (
        "structured",
        "TicketSearch: customer login is an object",
        CRASH,
    ),
    ("structured", "TicketSearch: {\"StateIDs\":true}", TRUE),
    ("structured", "TicketGet: true", TRUE),
    ("ticket_get", "null byte", WEB_SERVER),
    ("ticket_search", "latin1 in the title", CRASH),
    ("broken", "list", CRASH),
    ("broken", "op-text", CRASH),
    ("broken", "op-unreg", CRASH),
    ("broken", "operation-list", CRASH),
    ("broken", "operation-text", CRASH),
    ("broken", "provider-list", CRASH),
    ("broken", "route-regex", CRASH),
    ("broken", "provider-text", CRASH),
    ("broken", "transport-conflist", CRASH),
    ("broken", "empty", WITHOUT_A_WORD),
    ("broken", "hash", WITHOUT_A_WORD),
    ("broken", "not-yaml", WITHOUT_A_WORD),
    ("broken", "text", WITHOUT_A_WORD),
    ("broken", "provider-empty", WITHOUT_A_WORD),
    ("broken", "transport-empty", WITHOUT_A_WORD),
    ("broken", "transport-notype", WITHOUT_A_WORD),
    ("broken", "debugger-empty", DEBUGGER),
    ("broken", "debugger-thr", DEBUGGER),
    ("echo", "lab-headers-break: an answer", LINE_BREAK),
    ("echo", "lab-headers-name: an answer", HEADER_NAME),
    ("echo", "lab-headers-break: an error", LINE_BREAK),
    ("echo", "lab-headers-name: an error", HEADER_NAME),
    ("echo", "lab-headers-break: no route", LINE_BREAK),
    ("echo", "lab-headers-name: no route", HEADER_NAME),
    ("echo", "lab-headers-list: an answer", HEADER_LIST),
    ("echo", "lab-headers-list: an error", HEADER_LIST),
    ("echo", "lab-headers-list: no route", HEADER_LIST),
    ("echo", "lab-headers-own: an answer", CONNECTION),
    ("echo", "lab-headers-own: an error", CONNECTION),
    ("echo", "lab-headers-own: no route", CONNECTION),
    ("echo", "multipart of nothing", CRASH),
    ("echo", "multipart of nothing, with a query", CRASH),
    ("echo", "multipart without a boundary", CRASH),
    ("echo", "multipart without a boundary, with a query", CRASH),
    ("echo", "odd pattern /digit/1", CRASH),
    ("echo", "odd pattern /first/1", CRASH),
    ("echo", "odd pattern /none", CRASH),
    ("echo", "query a=%FC", LATIN1),
    ("echo", "query a=%FC with a body", LATIN1),
    ("echo", "query a=<b>", ADDRESS),
    ("echo", "query a=<b> with a body", ADDRESS),
    ("echo", "query a=ü", ADDRESS),
    ("echo", "query a=ü with a body", ADDRESS),
    ("echo", "query a=1#b", WEB_SERVER),
    ("echo", "query a=1#b with a body", WEB_SERVER),
    ("echo", "soap <ü>1</ü>", CRASH),
    ("debug_log", "only errors: an error", WHOSE),
    ("mapping", "BrokenPattern: structure", CRASH),
    ("mapping", "XPreBroken: a text", CRASH),
    ("mapping", "XPreBroken: structure", CRASH),
    ("debug_log", "XTextOnly", PARSER),
    ("debug_log", "XTwoRoots", PARSER),
    ("debug_log", "soap, no XML", PARSER),
    ("time_accounting_get", "start is a word", DATES),
    ("time_accounting_get", "end is a word", DATES),
    ("time_accounting_get", "start in month 13", DATES),
    ("time_accounting_get", "end on February 30", DATES),
    ("time_accounting_get", "end at hour 24", DATES),
    ("time_accounting_get", "American dates", DATES),
    ("time_accounting_get", "compact times", DATES),
    ("time_accounting_get", "start is a quote", DATES),
    ("time_accounting_get", "end is now", DATES),
];

const DEBUGGER: &str = "a service works also where its debug log is set up wrongly";
const LINE_BREAK: &str = "a header with a line break would be another header, and is left out";
const HEADER_LIST: &str = "a header that is a list or a hash is left out; the reference crashes";
const CONNECTION: &str =
    "the connection is the web server's: an additional header can not promise to upgrade it";
const LATIN1: &str = "a byte that is no UTF-8 is read as latin1; the reference crashes";
const ADDRESS: &str =
    "`<`, `>` and what is not ASCII must be percent-encoded in an address (RFC 3986)";
const WHOSE: &str =
    "the debug log says who called and what was answered also when only errors are kept";
const HEADER_NAME: &str = "a header name that is no HTTP is left out";
const PARSER: &str = "each XML parser says in its own words what it could not read";
const DATES: &str = "what is no date in digits, year first, is read alike on every database";
const TRUE: &str = "the reference reads JSON's true in one process so, in the next one otherwise";
const KEEPS_ALIVE: &str =
    "the request asks to close, so the answer does not promise to keep the connection";
const WEB_SERVER: &str =
    "the web server before the reference refuses this, the service itself never sees it";
const WITHOUT_A_WORD: &str =
    "an error answer stands for a connection that is closed without a word";
const CRASH: &str = "an error answer stands for a crash";
const HEAD: &str = "an answer to HEAD has no body (RFC 9110)";
const HEADER: &str = "a header name with an umlaut is no HTTP and is left out";

/// The outcome of a comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    Equal,
    /// Differs as it should, for this reason.
    OnPurpose(&'static str),
    Unequal,
}

/// Our own answers to the named cases.
#[derive(Debug, Default)]
pub struct Deviations {
    ours: Group,
    rows: Recorded,
}

/// Where our answers to the named cases are kept, beside the directory of the recorded answers.
pub fn path(answers: &Path) -> PathBuf {
    answers.with_file_name("ours.txt")
}

/// Why a case may differ; `None` when it may not.
pub fn reason(case: &Case) -> Option<&'static str> {
    NAMED
        .iter()
        .find(|(group, name, _)| case.group == *group && case.name == *name)
        .map(|(_, _, reason)| *reason)
}

impl Deviations {
    /// Reads what [`path`] names; without the file, nothing may differ.
    pub fn read(file: &Path) -> io::Result<Self> {
        Ok(Self {
            ours: Group::read(file)?,
            rows: Recorded::read(&rows::record::path(file, "ours"))?,
        })
    }

    /// Keeps our answer to a named case, and ignores all others.
    pub fn keep(&mut self, case: &Case, kind: &str, ours: &Outcome) {
        if reason(case).is_some() {
            let name = full_name(case);
            self.ours.set(&name, kind, ours.answer.clone());
            let entry = Entry {
                at: if case.writes { ours.at } else { 0 },
                rows: ours.rows.clone(),
            };
            self.rows.set(&name, kind, entry);
        }
    }

    /// Writes our answers in the order of the cases.
    pub fn write(&self, file: &Path, cases: &[Case]) -> io::Result<()> {
        let named: Vec<Case> = cases
            .iter()
            .filter(|case| reason(case).is_some())
            .map(|case| Case {
                name: full_name(case),
                ..case.clone()
            })
            .collect();
        let named: Vec<&Case> = named.iter().collect();
        self.rows.write(&rows::record::path(file, "ours"), &named)?;
        self.ours.write(file, &named)
    }

    /// Compares what the reference answered and wrote with what we did, on a kind of database (`mysql`, `postgresql`).
    pub fn judge(&self, case: &Case, kind: &str, expected: &Outcome, ours: &Outcome) -> Verdict {
        let answered = same(&expected.answer, &ours.answer);
        let written = rows::same(&expected.rows, expected.at, &ours.rows, ours.at);
        if answered && written {
            return Verdict::Equal;
        }
        let name = full_name(case);
        let answered_as_kept = || {
            let kept = self.ours.answer(&name, kind);
            kept.is_some_and(|kept| same(kept, &ours.answer))
        };
        let written_as_kept = || {
            let kept = self.rows.get(&name, kind).unwrap_or_default();
            rows::same(&kept.rows, kept.at, &ours.rows, ours.at)
        };
        match reason(case) {
            Some(KEEPS_ALIVE) if written && same(&closing(&expected.answer), &ours.answer) => {
                Verdict::OnPurpose(KEEPS_ALIVE)
            }
            Some(reason) if (answered || answered_as_kept()) && (written || written_as_kept()) => {
                Verdict::OnPurpose(reason)
            }
            _ => Verdict::Unequal,
        }
    }
}

/// What these answers should be follows from the reference's: some show tickets, and so change from minute to minute.
fn closing(expected: &str) -> String {
    expected.replacen("connection: Keep-Alive\n", "connection: close\n", 1)
}

fn full_name(case: &Case) -> String {
    format!("{}: {}", case.group, case.name)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{cases, snapshot};

    fn answers() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/compat/answers")
    }

    #[test]
    fn every_name_is_that_of_a_case_and_its_answers_differ() {
        let mut cases = cases::all();
        cases.extend(cases::that_write());
        let kept = Deviations::read(&path(&answers())).unwrap();
        for (group, name, reason) in NAMED {
            let case = cases
                .iter()
                .find(|case| case.group == *group && case.name == *name)
                .unwrap_or_else(|| panic!("no case is called {group}: {name}"));
            let recorded = Group::read(&snapshot::path(&answers(), group)).unwrap();
            let differs = ["mysql", "postgresql"].into_iter().any(|kind| {
                let expected = recorded.answer(name, kind).unwrap();
                let ours = kept
                    .ours
                    .answer(&full_name(case), kind)
                    .unwrap_or_else(|| panic!("{group}: {name}: our answer is not kept"));
                let written = Recorded::read(&rows::record::path(&answers(), group)).unwrap();
                let written = written.entry(case, kind).unwrap();
                let by_us = kept.rows.get(&full_name(case), kind).unwrap_or_default();
                !same(expected, ours)
                    || !rows::same(&written.rows, written.at, &by_us.rows, by_us.at)
            });
            assert!(
                *reason == TRUE || differs,
                "{group}: {name} does not differ any more"
            );
        }
    }

    #[test]
    fn a_named_case_may_differ_only_as_it_was_kept() {
        let (group, name, reason) = NAMED[0];
        let case = Case::new(group, name, "GET", "/");
        let mut deviations = Deviations::default();
        let outcome = |answer: &str| Outcome {
            answer: answer.to_owned(),
            ..Outcome::default()
        };
        deviations.keep(&case, "mysql", &outcome("500 ours"));
        let theirs = outcome("200 theirs");
        let judge = |answer: &str| deviations.judge(&case, "mysql", &theirs, &outcome(answer));
        assert_eq!(judge("200 theirs"), Verdict::Equal);
        assert_eq!(judge("500 ours"), Verdict::OnPurpose(reason));
        assert_eq!(judge("500 another"), Verdict::Unequal);

        let other = Case::new(group, "any other case", "GET", "/");
        deviations.keep(&other, "mysql", &outcome("500 ours"));
        assert_eq!(
            deviations.judge(&other, "mysql", &theirs, &outcome("500 ours")),
            Verdict::Unequal
        );
    }
}
