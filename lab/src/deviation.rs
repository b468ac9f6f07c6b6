//! Where our answer differs from the reference's and should: each with its reason. Everything else that differs is a
//! mistake of ours.

use crate::case::Case;
use crate::client::NO_ANSWER;

/// Answers that differ on purpose: group, the beginning of the case's name, reason.
const NAMED: &[(&str, &str, &str)] = &[
    ("routing", "keep alive", KEEPS_ALIVE),
    ("routing", "GET is the default method", KEEPS_ALIVE),
    ("routing", "POST without a configured method", KEEPS_ALIVE),
    ("routing", "PUT without a configured method", KEEPS_ALIVE),
    ("routing", "two methods for a route", KEEPS_ALIVE),
    ("routing", "body and path disagree", KEEPS_ALIVE),
    ("routing", "ids as a JSON array", KEEPS_ALIVE),
    ("routing", "switch as JSON", KEEPS_ALIVE),
    (
        "routing",
        "HEAD ",
        "an answer to HEAD has no body (RFC 9110)",
    ),
    (
        "routing",
        "additional headers",
        "a header name with an umlaut is no HTTP and is left out",
    ),
    (
        "routing",
        "name with umlaut and space",
        "a service whose name is not ASCII is found",
    ),
    (
        "routing",
        "by number with a leading zero",
        "a number is a number, with or without zeros before it",
    ),
    ("session_create", "password is true", TRUE),
    ("structured", "TicketSearch: {\"StateIDs\":true}", TRUE),
    (
        "hostile",
        "chunked body",
        "a chunked body is read; the reference takes it for an empty one",
    ),
    (
        "hostile",
        "zero length",
        "the bytes behind the request are refused as a second one",
    ),
    (
        "hostile",
        "external ",
        "a document with external entities is refused",
    ),
    (
        "hostile",
        "xinclude",
        "XInclude is left alone instead of looked up",
    ),
    (
        "hostile",
        "overlong utf-8 in the path",
        "a path that is no UTF-8 is refused",
    ),
    (
        "soap",
        "external entity",
        "a document with external entities is refused",
    ),
];
const TRUE: &str = "the reference reads JSON's true in one process so, in the next one otherwise";
const KEEPS_ALIVE: &str =
    "the request asks to close, so the answer does not promise to keep the connection";

/// Why our answer to a case may differ from the expected one; `None` when it may not.
pub fn reason(case: &Case, expected: &str, answer: &str) -> Option<&'static str> {
    let refuses = answer.starts_with(['4', '5']);
    if expected.starts_with(NO_ANSWER) && refuses {
        return Some("an error answer stands for a connection that is closed without a word");
    }
    if expected.starts_with("500\n\n<the web server's own page>")
        && (refuses || answer.contains("ErrorCode"))
    {
        return Some("an error answer stands for a crash");
    }
    if expected.starts_with('4') && expected.contains("<the web server's own page>") {
        return Some(
            "the web server before the reference refuses this, the service itself never sees it",
        );
    }
    NAMED
        .iter()
        .find(|(group, name, _)| case.group == *group && case.name.starts_with(name))
        .map(|(_, _, reason)| *reason)
}
