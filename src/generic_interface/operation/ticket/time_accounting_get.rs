//! `Ticket::TimeAccountingGet`: the time that one agent accounted within a period.

use chrono::{NaiveDate, NaiveDateTime, NaiveTime};
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
        Principal::Agent(agent) => access::in_group(&mut tx, agent, GROUP, Permission::Rw).await?,
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
    let moment_of = |name: &str| text(name).as_deref().and_then(moment);
    let (Some(login), Some(from), Some(to)) = (
        text("TimeAccountingUserLogin"),
        moment_of("TimeAccountingStart"),
        moment_of("TimeAccountingEnd"),
    ) else {
        // Lists, hashes and what is no date find nothing.
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

/// A date with or without a time, which is midnight then.
fn moment(text: &str) -> Option<NaiveDateTime> {
    let text = text.trim();
    NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
        .or_else(|_| NaiveDateTime::parse_from_str(text, "%Y-%m-%dT%H:%M:%S"))
        .or_else(|_| {
            NaiveDate::parse_from_str(text, "%Y-%m-%d").map(|date| date.and_time(NaiveTime::MIN))
        })
        .ok()
}

fn value(entry: &Entry) -> Value {
    Value::map([
        ("Created", Value::text(entry.created.to_string())),
        ("Queue", entry.queue.as_str().into()),
        ("TicketCustomerID", entry.customer_id.clone().into()),
        ("TicketNumber", entry.ticket_number.as_str().into()),
        ("TicketTitle", entry.ticket_title.clone().into()),
        ("TimeUnit", Value::text(entry.units.to_string())),
    ])
}
