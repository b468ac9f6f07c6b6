//! When a ticket is due that a header makes wait.

use chrono::{NaiveDateTime, TimeDelta, TimeZone as _};

use crate::{settings::Settings, ticket::working_time};

/// Seconds since 1970 for `YYYY-MM-DD hh:mm:ss`, in the time zone of the system, or for a time from now: `+2d`, `+3h`, `+5m`,
/// `+60s`, without a letter seconds. `None` for anything else.
pub fn until(text: &str, now: NaiveDateTime, settings: &Settings) -> Option<i32> {
    let text = text.trim();
    if let Some(span) = text.strip_prefix('+') {
        let digits = span.trim_end_matches(|c: char| c.is_ascii_alphabetic());
        let number: i64 = digits.trim().parse().ok()?;
        let unit = match span[digits.len()..].chars().next() {
            None | Some('s') => 1,
            Some('m') => 60,
            Some('h') => 3_600,
            Some('d') => 86_400,
            Some(_) => return None,
        };
        let span = TimeDelta::try_seconds(number.checked_mul(unit)?)?;
        let at = now.checked_add_signed(span)?;
        return i32::try_from(at.and_utc().timestamp()).ok();
    }
    let at = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S").ok()?;
    let zone = working_time::zone_of(settings);
    let at = zone.from_local_datetime(&at).earliest()?;
    i32::try_from(at.timestamp()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_and_spans_are_read() {
        let now = chrono::DateTime::from_timestamp(1_000, 0)
            .unwrap()
            .naive_utc();
        let settings = Settings::default();
        for (text, expected) in [
            ("1970-01-02 00:00:00", Some(86_400)),
            ("+1d", Some(87_400)),
            ("+60", Some(1_060)),
            ("+2h", Some(8_200)),
            ("tomorrow", None),
            ("+x", None),
            ("+9999999999999999d", None),
        ] {
            assert_eq!(until(text, now, &settings), expected, "{text}");
        }
    }
}
