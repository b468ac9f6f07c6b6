//! What a job says of the tickets that it works on.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use compat::Value;

use super::{Job, JobError};
use crate::{
    app::App,
    dynamic_field::{self, Definition, FieldType, ObjectType},
    ticket::search::{
        Archive, ArticleField, FieldSearch, IdField, Operator, Range, Search, TextField, TimeField,
    },
    ticket::working_time,
};

const IDS: [(&str, IdField); 9] = [
    ("QueueIDs", IdField::Queue),
    ("TypeIDs", IdField::Type),
    ("StateIDs", IdField::State),
    ("PriorityIDs", IdField::Priority),
    ("ServiceIDs", IdField::Service),
    ("SLAIDs", IdField::Sla),
    ("LockIDs", IdField::Lock),
    ("OwnerIDs", IdField::Owner),
    ("ResponsibleIDs", IdField::Responsible),
];

const TEXTS: [(&str, TextField); 4] = [
    ("TicketNumber", TextField::Number),
    ("Title", TextField::Title),
    ("CustomerID", TextField::CustomerId),
    ("CustomerUserLogin", TextField::CustomerUser),
];

const ARTICLES: [(&str, ArticleField); 5] = [
    ("MIMEBase_From", ArticleField::From),
    ("MIMEBase_To", ArticleField::To),
    ("MIMEBase_Cc", ArticleField::Cc),
    ("MIMEBase_Subject", ArticleField::Subject),
    ("MIMEBase_Body", ArticleField::Body),
];

/// The key that says how a time is meant, what the other keys of the time begin with, and the time.
const TIMES: [(&str, &str, Option<TimeField>); 10] = [
    (
        "TimeSearchType",
        "TicketCreateTime",
        Some(TimeField::Created),
    ),
    (
        "ChangeTimeSearchType",
        "TicketChangeTime",
        Some(TimeField::Changed),
    ),
    (
        "LastChangeTimeSearchType",
        "TicketLastChangeTime",
        Some(TimeField::LastChanged),
    ),
    (
        "CloseTimeSearchType",
        "TicketCloseTime",
        Some(TimeField::Closed),
    ),
    ("LastCloseTimeSearchType", "TicketLastCloseTime", None),
    (
        "TimePendingSearchType",
        "TicketPendingTime",
        Some(TimeField::Pending),
    ),
    (
        "EscalationTimeSearchType",
        "TicketEscalationTime",
        Some(TimeField::Escalation),
    ),
    (
        "EscalationResponseTimeSearchType",
        "TicketEscalationResponseTime",
        Some(TimeField::EscalationResponse),
    ),
    (
        "EscalationUpdateTimeSearchType",
        "TicketEscalationUpdateTime",
        Some(TimeField::EscalationUpdate),
    ),
    (
        "EscalationSolutionTimeSearchType",
        "TicketEscalationSolutionTime",
        Some(TimeField::EscalationSolution),
    ),
];

/// What else a job may say; actions are looked at elsewhere.
const OTHERS: [&str; 8] = [
    "Valid",
    "EventValues",
    "ScheduleDays",
    "ScheduleHours",
    "ScheduleMinutes",
    "ScheduleLastRun",
    "ScheduleLastRunUnixTime",
    "SearchInArchive",
];

/// Before the name of a dynamic field that is looked for.
const FIELD: &str = "Search_DynamicField_";

/// The conditions of a job.
///
/// Errors: a condition that is not understood.
pub async fn of(app: &App, job: &Job) -> Result<Search, JobError> {
    let settings = app.settings.current();
    if let Some(key) = job
        .values
        .keys()
        .find(|key| !is_known(key) && job.text(key).is_some())
    {
        return Err(job.refused(format!("`{key}` is nothing that a job may say here")));
    }
    let mut search = Search::default();
    for (key, field) in IDS {
        let values = job.all(key).iter().filter(|value| !value.is_empty());
        let ids: Result<Vec<i64>, _> = values.map(|value| value.parse()).collect();
        let ids = ids.map_err(|_| job.refused(format!("`{key}` are numbers")))?;
        if !ids.is_empty() {
            search.ids.insert(field, ids);
        }
    }
    for (key, field) in TEXTS {
        if let Some(text) = job.text(key) {
            search.texts.insert(field, vec![text.to_owned()]);
        }
    }
    for (key, field) in ARTICLES {
        if let Some(text) = job.text(key) {
            search.articles.fields.push((field, text.to_owned()));
        }
    }
    let now = app.clock.now();
    for (kind, prefix, field) in TIMES {
        let range = match job.text(kind) {
            None => continue,
            Some("TimePoint") => point(job, prefix, now),
            Some("TimeSlot") => slot(job, prefix, &|local: NaiveDateTime| {
                let zone = working_time::zone_of(&settings);
                Some(local.and_local_timezone(zone).earliest()?.naive_utc())
            }),
            Some(_) => None,
        };
        let range = range.ok_or_else(|| job.refused(format!("`{kind}` is not complete")))?;
        let field =
            field.ok_or_else(|| job.refused(format!("`{kind}` can not be looked for here")))?;
        search.times.insert(field, range);
    }
    search.archive = match job.text("SearchInArchive") {
        Some("ArchivedTickets") if settings.is_on("Ticket::ArchiveSystem") => Archive::OnlyArchived,
        Some("AllTickets") => Archive::Ignored,
        _ if settings.is_on("Ticket::ArchiveSystem") => Archive::OnlyActive,
        _ => Archive::Ignored,
    };
    if job
        .values
        .keys()
        .any(|key| key.starts_with(FIELD) && job.text(key).is_some())
    {
        search.dynamic_fields = fields(app, job).await?;
    }
    Ok(search)
}

/// Whether a key is one that jobs have.
fn is_known(key: &str) -> bool {
    let is_time = |key: &str| {
        let part = TIMES
            .iter()
            .find_map(|(_, prefix, _)| key.strip_prefix(prefix));
        part.is_some_and(|part| {
            ["Point", "Start", "Stop"]
                .iter()
                .any(|known| part.starts_with(known))
        })
    };
    key.starts_with("New")
        || key.starts_with("DynamicField_")
        || key.starts_with(FIELD)
        || OTHERS.contains(&key)
        || IDS.iter().any(|(known, _)| *known == key)
        || TEXTS.iter().any(|(known, _)| *known == key)
        || ARTICLES.iter().any(|(known, _)| *known == key)
        || TIMES.iter().any(|(known, _, _)| *known == key)
        || is_time(key)
}

/// So many minutes are in a unit.
fn minutes_of(unit: &str) -> Option<i64> {
    Some(match unit {
        "minute" => 1,
        "hour" => 60,
        "day" => 24 * 60,
        "week" => 7 * 24 * 60,
        "month" => 30 * 24 * 60,
        "year" => 365 * 24 * 60,
        _ => return None,
    })
}

/// A time before or after now.
fn point(job: &Job, prefix: &str, now: NaiveDateTime) -> Option<Range> {
    let count: i64 = job.text(&format!("{prefix}Point"))?.parse().ok()?;
    let unit = minutes_of(job.text(&format!("{prefix}PointFormat"))?)?;
    let length = TimeDelta::try_minutes(count.checked_mul(unit)?)?;
    Some(match job.text(&format!("{prefix}PointStart"))? {
        "Before" => Range {
            oldest: None,
            newest: Some(now.checked_sub_signed(length)?),
        },
        "Last" => Range {
            oldest: Some(now.checked_sub_signed(length)?),
            newest: Some(now),
        },
        "Next" => Range {
            oldest: Some(now),
            newest: Some(now.checked_add_signed(length)?),
        },
        // More than so long from now.
        "After" => Range {
            oldest: Some(now.checked_add_signed(length)?),
            newest: None,
        },
        _ => return None,
    })
}

/// From the beginning of one day to the end of another.
fn slot(
    job: &Job,
    prefix: &str,
    to_utc: &dyn Fn(NaiveDateTime) -> Option<NaiveDateTime>,
) -> Option<Range> {
    let day = |which: &str| {
        let part = |name: &str| {
            job.text(&format!("{prefix}{which}{name}"))?
                .parse::<u32>()
                .ok()
        };
        let year = i32::try_from(part("Year")?).ok()?;
        NaiveDate::from_ymd_opt(year, part("Month")?, part("Day")?)
    };
    Some(Range {
        oldest: Some(to_utc(day("Start")?.and_hms_opt(0, 0, 0)?)?),
        newest: Some(to_utc(day("Stop")?.and_hms_opt(23, 59, 59)?)?),
    })
}

/// Conditions on dynamic fields: texts may have wildcards, of other fields any of the values.
async fn fields(app: &App, job: &Job) -> Result<Vec<FieldSearch>, JobError> {
    let mut tx = app.db.read().await?;
    let known = dynamic_field::definitions(&mut tx, &[ObjectType::Ticket]).await?;
    let mut searches = Vec::new();
    for (key, values) in &job.values {
        let Some(name) = key.strip_prefix(FIELD) else {
            continue;
        };
        let values: Vec<String> = values
            .iter()
            .filter(|value| !value.is_empty())
            .cloned()
            .collect();
        if values.is_empty() {
            continue;
        }
        let field = known.get(name).ok_or_else(|| {
            job.refused(format!(
                "`{key}` names no dynamic field that can be looked for"
            ))
        })?;
        let operator = operator(field).ok_or_else(|| {
            job.refused(format!("dynamic field `{name}` can not be looked for here"))
        })?;
        searches.push(FieldSearch {
            name: name.to_owned(),
            tests: [(operator, values)].into(),
            has_unknown_operator: false,
        });
    }
    Ok(searches)
}

fn operator(field: &Definition) -> Option<Operator> {
    match (field.kind, field.type_name.as_str()) {
        (FieldType::Text, "Text" | "TextArea") => Some(Operator::Like),
        (FieldType::Text | FieldType::Texts | FieldType::Switch, _) => Some(Operator::Equals),
        _ => None,
    }
}

/// The value of a dynamic field that a job sets, in the form that the field takes.
pub fn new_value(field: &Definition, values: &[String]) -> Value {
    match field.kind {
        FieldType::Texts => Value::List(values.iter().map(Value::text).collect()),
        _ => values.first().map_or(Value::Undef, Value::text),
    }
}
