//! `Ticket::TimeAccountingGet`: the time that one agent accounted within a period.

use chrono::{Datelike as _, NaiveDate, NaiveDateTime, NaiveTime};
use compat::{Map, Value};
use schema::DbError;

use crate::{
    access::{self, Permission},
    app::App,
    auth::Principal,
    generic_interface::operation::{Answer, Request, authentication},
    ticket::time_accounting::{self, Entry},
};

/// Whoever asks needs `rw` in this group, which administrators have to create.
/// Source: manual of Znuny, <https://doc.znuny.org/manual/admin/webservices/provider/index.html>.
const GROUP: &str = "timeaccounting_webservice";

fn error(code: &str, message: &str) -> Answer {
    Answer::error(
        format!("TimeAccountingGet.{code}"),
        format!("TimeAccountingGet: {message}"),
    )
}

/// Answers `TimeAccountingResult`, one hash for each entry; nothing at all when there is none.
///
/// Takes `TimeAccountingUserLogin`, `TimeAccountingStart` and `TimeAccountingEnd` (`YYYY-MM-DD hh:mm:ss`).
/// Refusals: `AuthFail`, `NoPermission`, `MissingParameter`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let Some(principal) = authentication::authenticate(app, request).await? else {
        return Ok(error("AuthFail", "Authentication failed!"));
    };
    let mut tx = app.db.read().await?;
    let permitted = match &principal {
        Principal::Agent(agent) => {
            access::in_group(&mut tx, &app.recent, agent, GROUP, Permission::Rw).await?
        }
        Principal::Customer(_) => false,
    };
    if !permitted {
        return Ok(error("NoPermission", "No permission!"));
    }
    for name in [
        "TimeAccountingUserLogin",
        "TimeAccountingStart",
        "TimeAccountingEnd",
    ] {
        if !request.data.get(name).is_some_and(Value::is_true) {
            let message = format!("{name} parameter is missing!");
            return Ok(error("MissingParameter", &message));
        }
    }

    let text = |name: &str| request.data.get(name).and_then(Value::as_string);
    let (Some(login), Some(from), Some(to)) = (
        text("TimeAccountingUserLogin"),
        text("TimeAccountingStart"),
        text("TimeAccountingEnd"),
    ) else {
        // Lists and hashes find nothing.
        return Ok(Answer::Data(Map::new()));
    };
    // What is no date counts as one before all others.
    let from = moment(&from).unwrap_or_default();
    let Some(to) = moment(&to) else {
        return Ok(Answer::Data(Map::new()));
    };
    let entries = time_accounting::list_of_agent(&mut tx, &login, from, to).await?;
    let mut answer = Map::new();
    if !entries.is_empty() {
        let entries = entries.iter().map(value).collect();
        answer.insert("TimeAccountingResult".to_owned(), Value::List(entries));
    }
    Ok(Answer::Data(answer))
}

/// A date with or without a time, which is midnight then. Read as MySQL reads it: the time may lack its seconds or
/// have fractions of them, and what follows does not matter. A day behind the end of its month is that end.
fn moment(text: &str) -> Option<NaiveDateTime> {
    const TIMES: [&str; 5] = [
        "%Y-%m-%d %H:%M:%S%.f",
        "%Y-%m-%dT%H:%M:%S%.f",
        "%Y-%m-%d %H:%M",
        "%Y-%m-%dT%H:%M",
        "%Y%m%d%H%M%S",
    ];
    let text = text.trim();
    let time = |format: &&str| Some(NaiveDateTime::parse_and_remainder(text, format).ok()?.0);
    let day = |format: &&str| {
        let (date, rest) = NaiveDate::parse_and_remainder(text, format).ok()?;
        // A time that is wrong makes the whole text wrong.
        let is_alone = !rest.trim_start().starts_with(|c: char| c.is_ascii_digit());
        is_alone.then(|| date.and_time(NaiveTime::MIN))
    };
    TIMES
        .iter()
        .find_map(time)
        .or_else(|| ["%Y-%m-%d", "%Y%m%d"].iter().find_map(day))
        .or_else(|| end_of_month(text))
}

/// The last second of the month for its days that the calendar lacks, such as `2026-02-30`.
fn end_of_month(text: &str) -> Option<NaiveDateTime> {
    let mut parts = text.splitn(3, '-');
    let year = parts.next()?.parse().ok()?;
    let month: u32 = parts.next()?.parse().ok()?;
    let day: u32 = parts.next()?.get(..2)?.parse().ok()?;
    let first = NaiveDate::from_ymd_opt(year, month, 1)?;
    let last = u32::from(first.num_days_in_month());
    if day <= last || day > 31 {
        return None;
    }
    first.with_day(last)?.and_hms_opt(23, 59, 59)
}

fn value(entry: &Entry) -> Value {
    Value::map([
        ("Created", Value::text(entry.created.to_string())),
        ("Queue", entry.queue.clone().into()),
        ("TicketCustomerID", entry.customer_id.clone().into()),
        ("TicketNumber", entry.ticket_number.as_str().into()),
        ("TicketTitle", entry.ticket_title.clone().into()),
        ("TimeUnit", Value::text(entry.units.to_string())),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        moment(text).map_or("none".to_owned(), |at| at.to_string())
    }

    #[test]
    fn dates_are_read_leniently() {
        for (text, at) in [
            ("2026-11-21 13:01:02", "2026-11-21 13:01:02"),
            ("2026-11-21T13:01:02", "2026-11-21 13:01:02"),
            ("2026-11-21 13:01", "2026-11-21 13:01:00"),
            ("2026-11-21 13:01:02.5", "2026-11-21 13:01:02.500"),
            (" 2026-11-21 ", "2026-11-21 00:00:00"),
            ("20261121", "2026-11-21 00:00:00"),
            ("2026-11-21 00:00:00 x", "2026-11-21 00:00:00"),
            ("2026-11-01 24:00:00", "none"),
            ("2026-02-30 00:00:00", "2026-02-28 23:59:59"),
            ("2026-02-32 00:00:00", "none"),
            ("2026-13-01 00:00:00", "none"),
            ("0000-00-00", "none"),
            ("2026-11", "none"),
            ("yesterday", "none"),
        ] {
            assert_eq!(read(text), at, "{text}");
        }
    }
}
