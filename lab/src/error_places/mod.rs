//! The places where operations refuse, one by one, and the cases that reach each of them; those that write: [`writing`].
//!
//! The codes and how often each occurs are those of Znuny 6.5. Where one code has several places, their texts tell
//! them apart. A place that no request reaches says what was tried.

/// A refusal of an operation.
#[derive(Debug)]
pub struct Place {
    /// `ErrorCode` of the answer.
    pub code: &'static str,
    /// What its `ErrorMessage` contains, so that two places with one code are not taken for one another.
    pub text: &'static str,
    pub reached: Reached,
}

/// How a place is reached.
#[derive(Debug)]
pub enum Reached {
    /// By these cases: group and name.
    By(&'static [(&'static str, &'static str)]),
    /// By none of the requests described here.
    Never(&'static str),
}

pub mod writing;

use Reached::{By, Never};

const fn place(code: &'static str, text: &'static str, reached: Reached) -> Place {
    Place {
        code,
        text,
        reached,
    }
}

const INVALID_CONFIGURATION: &str = "the provider reads the same row first and does not get as far as the operation \
    when it is missing, not valid, no YAML, or without Provider, Operation, Transport or type: group `broken` has \
    every such service. Services whose other settings have a wrong type, and operations under one another's types, \
    answer normally (`lab-odd-settings`, `lab-crossed`). It would take a row that changes between two reads of one \
    request.";

/// Every place of the reading operations.
pub const PLACES: &[Place] = &[
    place(
        "TicketGet.MissingParameter",
        "TicketID parameter is missing!",
        By(&[
            ("structured", "TicketGet: nothing"),
            ("structured", "TicketGet: null"),
            ("soap", "TicketGet: no ticket"),
            ("soap", "TicketGet: empty ticket"),
            ("ticket_get", "list: nothing given"),
        ]),
    ),
    place(
        "TicketGet.AuthFail",
        "Authorization failing!",
        By(&[
            ("ticket_get", "nobody"),
            ("ticket_get", "unknown session"),
            ("ticket_get", "wrong password"),
            ("soap", "TicketGet: nobody"),
        ]),
    ),
    place(
        "TicketGet.AccessDenied",
        "User does not have access to the ticket!",
        By(&[
            ("ticket_get", "unknown ticket"),
            ("ticket_get", "one forbidden among several"),
            ("ticket_get", "Secret for lab-full"),
            ("soap", "TicketGet: unknown ticket"),
        ]),
    ),
    place(
        "TicketGet.NotValidTicketID",
        "",
        Never(
            "the access check comes first and refuses everything that is no ticket's id with AccessDenied. Tried over \
         REST and SOAP: words, 0, 00, negative, decimal, hexadecimal and Arabic digits, blanks, line ends, empty \
         parts of a list, arrays and hashes inside a list, \"\" and null in a list (cases `TicketGet: id …` of group \
         `structured`, `ticket is …` of `ticket_get`); an array or hash in place of the list is WrongStructure.",
        ),
    ),
    place(
        "TicketGet.NotTicketData",
        "Could not get Ticket data",
        By(&[("ticket_get", "comma only")]),
    ),
    place(
        "TicketGet.WrongStructure",
        "Structure for TicketID is not correct!",
        By(&[
            ("structured", "TicketGet: object"),
            ("structured", "TicketGet: empty array"),
            ("structured", "TicketGet: id {}"),
            ("soap", "nested parameter"),
        ]),
    ),
    place(
        "TicketSearch.AuthFail",
        "Authorization failing!",
        By(&[
            ("ticket_search", "unknown session"),
            ("routing", "additional headers on an error"),
        ]),
    ),
    place(
        "TicketHistoryGet.AuthFail",
        "Authorization failing!",
        By(&[
            ("ticket_history_get", "nobody"),
            ("ticket_history_get", "unknown session"),
        ]),
    ),
    place(
        "TicketHistoryGet.AuthFail",
        "User needs to an Agent!",
        By(&[
            ("ticket_history_get", "customer alice"),
            ("soap", "TicketHistoryGet: customer"),
        ]),
    ),
    place(
        "TicketHistoryGet.MissingParameter",
        "TicketID parameter is missing!",
        By(&[
            ("structured", "TicketHistoryGet: nothing"),
            ("soap", "TicketHistoryGet: nothing given"),
        ]),
    ),
    place(
        "TicketHistoryGet.AccessDenied",
        "User does not have access to the ticket",
        By(&[
            ("ticket_history_get", "unknown ticket"),
            ("soap", "TicketHistoryGet: forbidden"),
        ]),
    ),
    place(
        "TicketHistoryGet.NotTicketData",
        "Could not get Ticket history data",
        By(&[("ticket_history_get", "ticket is a comma")]),
    ),
    place(
        "TicketHistoryGet.WrongStructure",
        "Structure for TicketID is not correct!",
        By(&[
            ("structured", "TicketHistoryGet: object"),
            ("structured", "TicketHistoryGet: id {}"),
        ]),
    ),
    place(
        "SessionCreate.MissingParameter",
        "The request is empty!",
        By(&[
            ("session_create", "body is an array"),
            ("soap", "SessionCreate: nothing given"),
        ]),
    ),
    place(
        "SessionCreate.MissingParameter",
        "Password parameter is missing!",
        By(&[
            ("session_create", "login without password"),
            ("soap", "SessionCreate: no password"),
        ]),
    ),
    place(
        "SessionCreate.AuthFail",
        "Authorization failing!",
        By(&[
            ("session_create", "wrong password"),
            ("session_create", "unknown customer"),
            ("soap", "SessionCreate: wrong password"),
        ]),
    ),
    place(
        "SessionGet.MissingParameter",
        "The request is empty!",
        By(&[("soap", "SessionGet: nothing given")]),
    ),
    place(
        "SessionGet.MissingParameter",
        "SessionID is missing!",
        By(&[
            ("session_get", "session is zero"),
            ("soap", "SessionGet: empty id"),
        ]),
    ),
    place(
        "SessionGet.SessionInvalid",
        "SessionID is Invalid!",
        By(&[
            ("session_get", "unknown session"),
            ("soap", "SessionGet: unknown"),
        ]),
    ),
    place(
        "SessionRemove.MissingParameter",
        "The request is empty!",
        By(&[("soap", "SessionRemove: nothing given")]),
    ),
    place(
        "SessionRemove.MissingParameter",
        "SessionID parameter is missing!",
        By(&[
            ("session_remove", "session is zero"),
            ("structured", "SessionRemove: no id"),
        ]),
    ),
    place(
        "SessionRemove.AuthFail",
        "Authorization failed!",
        By(&[
            ("session_remove", "without sign in"),
            ("session_remove", "by an agent with a wrong password"),
        ]),
    ),
    place(
        "SessionRemove.AuthFail",
        "Authorization failing!",
        By(&[("session_remove", "by a customer")]),
    ),
    place(
        "SessionRemove.AuthFail",
        "User needs to be in group admin.",
        By(&[("session_remove", "by an agent who is no administrator")]),
    ),
    place(
        "SessionRemove.Fail",
        "",
        Never(
            "removing a session succeeds also when there is none: unknown ids, arrays, hashes, numbers, quotes, null \
         bytes, characters that MySQL's utf8 lacks and 5000 characters all answer Success (cases `SessionRemove: \
         id …` of group `structured`). It would take a database that fails between two statements of one request.",
        ),
    ),
    place(
        "TimeAccountingGet.AuthFail",
        "Authentication failed!",
        By(&[
            ("time_accounting_get", "nobody"),
            ("time_accounting_get", "unknown session"),
            ("soap", "TimeAccountingGet: nobody"),
        ]),
    ),
    place(
        "TimeAccountingGet.NoPermission",
        "No permission!",
        By(&[
            ("time_accounting_get", "times of lab-full for lab-ro"),
            ("time_accounting_get", "with the session of a customer"),
        ]),
    ),
    place(
        "TimeAccountingGet.MissingParameter",
        "parameter is missing!",
        By(&[
            ("time_accounting_get", "without TimeAccountingUserLogin"),
            ("time_accounting_get", "without TimeAccountingStart"),
            ("time_accounting_get", "without TimeAccountingEnd"),
            ("time_accounting_get", "start is empty"),
        ]),
    ),
    place(
        "Webservice.InvalidConfiguration",
        "",
        Never(INVALID_CONFIGURATION),
    ),
    place(
        "Webservice.InvalidConfiguration",
        "",
        Never(INVALID_CONFIGURATION),
    ),
    place(
        "Webservice.InvalidConfiguration",
        "",
        Never(INVALID_CONFIGURATION),
    ),
    place(
        "Webservice.InvalidConfiguration",
        "",
        Never(INVALID_CONFIGURATION),
    ),
    place(
        "Webservice.InvalidConfiguration",
        "",
        Never(INVALID_CONFIGURATION),
    ),
];

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::fs;
    use std::path::{Path, PathBuf};

    use super::*;
    use crate::{cases, snapshot, snapshot::Group};

    /// How many places each operation has, by code.
    const COUNTED: &[(&str, usize)] = &[
        ("SessionCreate.AuthFail", 1),
        ("SessionCreate.MissingParameter", 2),
        ("SessionGet.MissingParameter", 2),
        ("SessionGet.SessionInvalid", 1),
        ("SessionRemove.AuthFail", 3),
        ("SessionRemove.Fail", 1),
        ("SessionRemove.MissingParameter", 2),
        ("TicketGet.AccessDenied", 1),
        ("TicketGet.AuthFail", 1),
        ("TicketGet.MissingParameter", 1),
        ("TicketGet.NotTicketData", 1),
        ("TicketGet.NotValidTicketID", 1),
        ("TicketGet.WrongStructure", 1),
        ("TicketHistoryGet.AccessDenied", 1),
        ("TicketHistoryGet.AuthFail", 2),
        ("TicketHistoryGet.MissingParameter", 1),
        ("TicketHistoryGet.NotTicketData", 1),
        ("TicketHistoryGet.WrongStructure", 1),
        ("TicketSearch.AuthFail", 1),
        ("TimeAccountingGet.AuthFail", 1),
        ("TimeAccountingGet.MissingParameter", 1),
        ("TimeAccountingGet.NoPermission", 1),
        ("Webservice.InvalidConfiguration", 5),
    ];

    fn answers() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../fixtures/compat/answers")
    }

    #[test]
    fn every_place_is_listed() {
        let mut listed = BTreeMap::new();
        for place in PLACES {
            *listed.entry(place.code).or_insert(0) += 1;
        }
        assert_eq!(listed, COUNTED.iter().copied().collect());
    }

    #[test]
    fn every_text_of_the_writing_operations_is_listed() {
        let listed: BTreeSet<(&str, &str)> = writing::places()
            .map(|place| (place.code, place.text))
            .collect();
        assert_eq!(listed.len(), writing::places().count(), "none twice");
        for group in ["ticket_create", "ticket_update"] {
            let text = fs::read_to_string(snapshot::path(&answers(), group)).unwrap();
            for line in text.lines().filter(|line| line.contains("\"ErrorCode\":")) {
                let is_listed = listed.iter().any(|(code, text)| {
                    line.contains(&format!("\"ErrorCode\":\"{code}\"")) && line.contains(text)
                });
                assert!(is_listed, "{group}: {line}");
            }
        }
    }

    #[test]
    fn named_cases_reach_their_place() {
        let names: BTreeSet<(&str, String)> = cases::all()
            .into_iter()
            .chain(cases::that_write())
            .map(|case| (case.group, case.name))
            .collect();
        for place in PLACES.iter().chain(writing::places()) {
            let By(reaching) = place.reached else {
                continue;
            };
            assert!(!reaching.is_empty(), "{place:?}");
            for (group, name) in reaching {
                assert!(
                    names.contains(&(*group, (*name).to_owned())),
                    "no case {group}: {name}"
                );
                let recorded = Group::read(&snapshot::path(&answers(), group)).unwrap();
                for kind in ["mysql", "postgresql"] {
                    let answer = recorded.answer(name, kind).unwrap();
                    let json = format!("\"ErrorCode\":\"{}\"", place.code);
                    let xml = format!("<ErrorCode>{}</ErrorCode>", place.code);
                    assert!(
                        (answer.contains(&json) || answer.contains(&xml))
                            && answer.contains(place.text),
                        "{group}: {name} on {kind} does not reach {place:?} but {answer}"
                    );
                }
            }
        }
    }

    #[test]
    fn what_is_never_reached_is_in_no_answer() {
        let recorded: String = fs::read_dir(answers())
            .unwrap()
            .map(|file| fs::read_to_string(file.unwrap().path()).unwrap())
            .collect();
        for place in PLACES {
            if let Never(tried) = place.reached {
                assert!(!tried.is_empty());
                assert!(!recorded.contains(place.code), "{} is reached", place.code);
            }
        }
    }
}
