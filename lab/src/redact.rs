//! Makes two answers comparable: what changes from one run to the next is first checked for its shape and then
//! replaced by its meaning. `"Age":93` of a ticket created at second 1000 becomes `"Age":<now - 1000>`.

use std::sync::LazyLock;

use chrono::NaiveDateTime;
use regex::{Captures, Regex};

/// Differences of working time that are no difference: a recording takes a while.
const WORKING_TIME_TOLERANCE_SECONDS: i64 = 300;
/// How far beyond the run a stamp may lie and still be "now": two clocks may differ.
const NOW_TOLERANCE_SECONDS: i64 = 10;

fn pattern(text: &str) -> Regex {
    Regex::new(text).unwrap_or_else(|e| unreachable!("a constant pattern is well formed: {e}"))
}

/// Seconds since something, as JSON member or XML element.
static AGE: LazyLock<Regex> = LazyLock::new(|| pattern(r#"(["<]Age["]?[:>]"?)(\d+)("?)"#));
/// Seconds until something; negative when it is over.
static UNTIL: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(["<](?:UntilTime|EscalationTime|FirstResponseTime|UpdateTime|SolutionTime)["]?[:>]"?)(-?\d+)("?)"#,
    )
});
static WORKING: LazyLock<Regex> = LazyLock::new(|| {
    pattern(
        r#"(["<](?:Escalation|FirstResponse|Update|Solution)TimeWorkingTime["]?[:>]"?)(-?\d+)("?)"#,
    )
});
static DESTINATION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(["<]EscalationDestinationIn["]?[:>]"?)((?:\d+[wdhm] ?)+)("?)"#));
static STAMP: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d{10}\b"));
static DATE: LazyLock<Regex> = LazyLock::new(|| pattern(r"\b\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\b"));
/// The header of a second answer, which a body shows when the request had bytes behind its end.
static HTTP_DATE: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?mi)^(date: )\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT"));
/// What Perl shows for a reference where text was wanted.
static ADDRESS: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?i)\b(HASH|ARRAY|CODE)\(0x[0-9a-f]+\)"));
/// The words of the XML parser that happens to be installed, with its path and line.
static PARSER: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"(?s)^(Error deserializing message:)\s*\S.* at (?:line \d|/).*$"));
static TOKEN: LazyLock<Regex> = LazyLock::new(|| {
    pattern(r#"(ChallengeToken(?:"|</Key>)(?:,"Value":"|\s*<Value>)?:?"?)([A-Za-z0-9]{32})\b"#)
});
/// A session id: alphanumeric, 32 characters, in the answer of SessionCreate.
static SESSION: LazyLock<Regex> =
    LazyLock::new(|| pattern(r#"(["<]SessionID"?[:>]"?)([A-Za-z0-9]{32})\b"#));

/// Replaces what is volatile in a body. `now` is the time of the request in seconds since 1970, `started`
/// that of the first one; `sessions` are ids that the run has opened, with the name to show instead.
pub fn redact(body: &str, started: i64, now: i64, sessions: &[(String, String)]) -> String {
    let during_the_run = (started - NOW_TOLERANCE_SECONDS)..=(now + NOW_TOLERANCE_SECONDS);
    let mut text = body.to_owned();
    for (id, name) in sessions {
        text = text.replace(id.as_str(), &format!("<session {name}>"));
    }
    let text = SESSION.replace_all(&text, "$1<new session>");
    let text = TOKEN.replace_all(&text, "$1<challenge token>");
    let text = AGE.replace_all(&text, |c: &Captures<'_>| {
        let since = now - c[2].parse::<i64>().unwrap_or(0);
        if during_the_run.contains(&since) {
            return format!("{}<none>{}", &c[1], &c[3]);
        }
        format!("{}<now - {}>{}", &c[1], round(since), &c[3])
    });
    let text = UNTIL.replace_all(&text, |c: &Captures<'_>| match c[2].parse::<i64>() {
        // Zero means that nothing is awaited, and does not move.
        // A closed ticket shows the column as it is.
        Ok(0 | 1_000_000_000..) | Err(_) => c[0].to_owned(),
        Ok(seconds) => format!("{}<{} - now>{}", &c[1], round(now + seconds), &c[3]),
    });
    let text = WORKING.replace_all(&text, "$1<about $2>$3");
    let text = DESTINATION.replace_all(&text, "$1<in $2>$3");
    let text = ADDRESS.replace_all(&text, "$1(<address>)");
    let text = HTTP_DATE.replace_all(&text, "$1<date>");
    let text = PARSER.replace_all(&text, "$1<the XML parser's words>");
    let text = DATE.replace_all(
        &text,
        |c: &Captures<'_>| match NaiveDateTime::parse_from_str(&c[0], "%Y-%m-%d %H:%M:%S") {
            Ok(stamp) if during_the_run.contains(&stamp.and_utc().timestamp()) => {
                "<now>".to_owned()
            }
            _ => c[0].to_owned(),
        },
    );
    STAMP
        .replace_all(&text, |c: &Captures<'_>| match c[0].parse::<i64>() {
            Ok(stamp) if during_the_run.contains(&stamp) => "<now>".to_owned(),
            _ => c[0].to_owned(),
        })
        .into_owned()
}

/// The seed's times are whole minutes, so rounding hides the second that passed between question and answer.
fn round(time: i64) -> i64 {
    (time + 15).div_euclid(30) * 30
}

static ABOUT: LazyLock<Regex> =
    LazyLock::new(|| pattern(r"<about (-?\d+)>|<in ((?:\d+[wdhm] ?)+)>"));

/// Whether two redacted answers are the same, allowing for the seconds between them where working time is counted.
pub fn same(a: &str, b: &str) -> bool {
    if a == b {
        return true;
    }
    if ABOUT.replace_all(a, "") != ABOUT.replace_all(b, "") {
        return false;
    }
    let (left, right): (Vec<i64>, Vec<i64>) = (
        ABOUT.captures_iter(a).map(|c| seconds(&c)).collect(),
        ABOUT.captures_iter(b).map(|c| seconds(&c)).collect(),
    );
    left.len() == right.len()
        && left
            .iter()
            .zip(&right)
            .all(|(l, r)| (l - r).abs() <= WORKING_TIME_TOLERANCE_SECONDS)
}

fn seconds(capture: &Captures<'_>) -> i64 {
    if let Some(plain) = capture.get(1) {
        return plain.as_str().parse().unwrap_or(0);
    }
    capture.get(2).map_or(0, |duration| {
        duration.as_str().split_whitespace().fold(0, |sum, part| {
            let (number, unit) = part.split_at(part.len() - 1);
            let unit = match unit {
                "w" => 604_800,
                "d" => 86_400,
                "h" => 3_600,
                _ => 60,
            };
            sum + unit * number.parse::<i64>().unwrap_or(0)
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn relative_times_become_absolute_ones() {
        let early = redact(
            r#"{"Age":100,"UntilTime":-40,"EscalationTime":0}"#,
            1_000_000_060,
            1_000_000_060,
            &[],
        );
        let late = redact(
            r#"{"Age":101,"UntilTime":-41,"EscalationTime":0}"#,
            1_000_000_060,
            1_000_000_061,
            &[],
        );
        assert_eq!(early, late);
        assert_eq!(
            early,
            r#"{"Age":<now - 999999960>,"UntilTime":<1000000020 - now>,"EscalationTime":0}"#
        );
    }

    #[test]
    fn only_what_has_the_right_shape_is_replaced() {
        let text = r#"{"Age":"soon","SessionID":"short","Time":1000000000}"#;
        assert_eq!(
            redact(text, 1_000_000_001, 1_000_000_001, &[]),
            r#"{"Age":"soon","SessionID":"short","Time":<now>}"#
        );
        assert_eq!(redact(text, 1_000_009_001, 1_000_009_001, &[]), text);
    }

    #[test]
    fn working_time_may_differ_a_little() {
        assert!(same(r#""A":<about -10>"#, r#""A":<about -20>"#));
        assert!(!same(r#""A":<about -10>"#, r#""A":<about -2000>"#));
        assert!(same("<in 2h 0m>", "<in 1h 59m>"));
        assert!(!same("<about 1> x", "<about 1> y"));
    }
}
