//! `PendingTime`: when a pending ticket is due.

use chrono::{NaiveDate, TimeZone as _};
use compat::{Map, Value};

use super::{Desk, Part, Stop};
use crate::ticket::working_time;

/// A moment that a request names.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Pending {
    /// Seconds since 1970.
    At(i32),
    /// Passes the check but is no moment that the column can hold: no time from now, a date without its minute, a date too
    /// far away. A new ticket does without it, and a change to a pending state fails.
    Unfit,
}

/// Minutes from now in `Diff` alone, else a date in the zone of the database.
pub fn pending_time(desk: &Desk<'_>, ticket: Part<'_>) -> Result<Option<Pending>, Stop> {
    let refused = || {
        desk.operation
            .invalid("Ticket->PendingTime parameter is invalid!")
    };
    let Some(pending) = ticket.0.get("PendingTime").filter(|value| value.is_true()) else {
        return Ok(None);
    };
    if pending.as_map().is_none_or(Map::is_empty) {
        return Err(refused());
    }
    let part = Part(pending);
    if let Some(diff) = part.text("Diff").filter(|_| has_difference(pending)) {
        if diff.is_empty() || !diff.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(refused());
        }
        if ["Year", "Month", "Day"]
            .iter()
            .any(|name| part.given(name).is_some())
        {
            return Err(refused());
        }
        let minutes: i64 = diff.parse().unwrap_or(i64::MAX);
        let until = minutes
            .checked_mul(60)
            .filter(|seconds| *seconds > 0)
            .and_then(|seconds| seconds.checked_add(desk.now.and_utc().timestamp()));
        return Ok(Some(moment(until)));
    }
    let until = date(desk, part).ok_or_else(refused)?;
    let is_complete = part.text("Hour").is_some() && part.text("Minute").is_some();
    Ok(Some(moment(
        Some(until).filter(|until| is_complete && *until > 0),
    )))
}

fn moment(seconds: Option<i64>) -> Pending {
    seconds
        .and_then(|seconds| i32::try_from(seconds).ok())
        .map_or(Pending::Unfit, Pending::At)
}

fn has_difference(pending: &Value) -> bool {
    !matches!(pending.get("Diff"), None | Some(Value::Undef))
}

/// Seconds since 1970 of a date in the zone of the database; hour and minute may be missing.
fn date(desk: &Desk<'_>, part: Part<'_>) -> Option<i64> {
    let number = |name: &str| part.text(name)?.parse::<u32>().ok();
    let or_zero = |name: &str| match part.text(name) {
        None => Some(0),
        Some(text) => text.parse::<u32>().ok(),
    };
    let year = i32::try_from(number("Year")?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, number("Month")?, number("Day")?)?;
    let at = day.and_hms_opt(or_zero("Hour")?, or_zero("Minute")?, or_zero("Second")?)?;
    let zone = working_time::zone_of(desk.settings);
    zone.from_local_datetime(&at)
        .earliest()
        .map(|at| at.timestamp())
}
