//! What a job says of the tickets that it works on.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};

use super::{Job, JobError, fields};
use crate::{
    app::App,
    ticket::search::{Archive, ArticleField, IdField, Range, Search, TextField, TimeField},
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
const TIMES: [(&str, &str, TimeField); 10] = [
    ("TimeSearchType", "TicketCreateTime", TimeField::Created),
    (
        "ChangeTimeSearchType",
        "TicketChangeTime",
        TimeField::Changed,
    ),
    (
        "LastChangeTimeSearchType",
        "TicketLastChangeTime",
        TimeField::LastChanged,
    ),
    ("CloseTimeSearchType", "TicketCloseTime", TimeField::Closed),
    (
        "LastCloseTimeSearchType",
        "TicketLastCloseTime",
        TimeField::LastClosed,
    ),
    (
        "TimePendingSearchType",
        "TicketPendingTime",
        TimeField::Pending,
    ),
    (
        "EscalationTimeSearchType",
        "TicketEscalationTime",
        TimeField::Escalation,
    ),
    (
        "EscalationResponseTimeSearchType",
        "TicketEscalationResponseTime",
        TimeField::EscalationResponse,
    ),
    (
        "EscalationUpdateTimeSearchType",
        "TicketEscalationUpdateTime",
        TimeField::EscalationUpdate,
    ),
    (
        "EscalationSolutionTimeSearchType",
        "TicketEscalationSolutionTime",
        TimeField::EscalationSolution,
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
            search.texts.insert(field, vec![joined(text)]);
        }
    }
    for (key, field) in ARTICLES {
        if let Some(text) = job.text(key) {
            search.articles.conditions.push((field, joined(text)));
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
        .any(|key| key.starts_with(fields::SEARCHED) && job.text(key).is_some())
    {
        search.dynamic_fields = fields::conditions(app, job).await?;
    }
    Ok(search)
}

/// Whether a job says anything of the tickets that it wants.
pub fn has_any(job: &Job) -> bool {
    let is_condition = |key: &str| {
        key == "SearchInArchive"
            || key.starts_with(fields::SEARCHED)
            || IDS.iter().any(|(known, _)| *known == key)
            || TEXTS.iter().any(|(known, _)| *known == key)
            || ARTICLES.iter().any(|(known, _)| *known == key)
            || TIMES.iter().any(|(known, _, _)| *known == key)
    };
    job.values
        .keys()
        .any(|key| is_condition(key) && job.text(key).is_some())
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
        || key.starts_with(fields::SEARCHED)
        || OTHERS.contains(&key)
        || IDS.iter().any(|(known, _)| *known == key)
        || TEXTS.iter().any(|(known, _)| *known == key)
        || ARTICLES.iter().any(|(known, _)| *known == key)
        || TIMES.iter().any(|(known, _, _)| *known == key)
        || is_time(key)
}

/// A condition in which words that stand beside each other are joined: `a* *b` means `a*&&*b`.
pub(super) fn joined(text: &str) -> String {
    let mut joined = String::with_capacity(text.len());
    let mut is_quoted = false;
    let mut rest = text.trim();
    while let Some(character) = rest.chars().next() {
        if !character.is_whitespace() || is_quoted {
            is_quoted ^= character == '"';
            joined.push(character);
            rest = &rest[character.len_utf8()..];
            continue;
        }
        rest = rest.trim_start();
        let last = joined.rsplit(char::is_whitespace).next();
        let next = rest.split(char::is_whitespace).next();
        let is_word = |word: Option<&str>| matches!(word, Some("AND" | "OR"));
        let is_joined = is_word(last)
            || is_word(next)
            || joined.ends_with(['&', '|', '+', '!', '('])
            || rest.starts_with(['&', '|', '+', ')']);
        joined.push_str(if is_joined { " " } else { "&&" });
    }
    joined
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
    let text = |end: &str| job.text(&format!("{prefix}{end}"));
    let start = match text("PointStart")? {
        // No screen offers it, and the reference system takes it for this.
        "After" => "Last",
        other => other,
    };
    relative(start, text("Point")?, text("PointFormat")?, now)
}

/// What `Before`, `Last`, `Next` or `After` so many minutes, hours … means now.
pub(super) fn relative(start: &str, count: &str, unit: &str, now: NaiveDateTime) -> Option<Range> {
    let count: i64 = count.parse().ok()?;
    let length = TimeDelta::try_minutes(count.checked_mul(minutes_of(unit)?)?)?;
    let past = now.checked_sub_signed(length)?;
    let coming = now.checked_add_signed(length)?;
    let (oldest, newest) = match start {
        "Before" => (None, Some(past)),
        "Last" => (Some(past), Some(now)),
        "Next" => (Some(now), Some(coming)),
        // More than so long from now.
        "After" => (Some(coming), None),
        _ => return None,
    };
    Some(Range { oldest, newest })
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_beside_each_other_are_joined() {
        for (text, expected) in [
            ("one", "one"),
            (" a* *b ", "a*&&*b"),
            ("\"a b\" c", "\"a b\"&&c"),
            ("a AND b OR c", "a AND b OR c"),
            ("(a b) || !c", "(a&&b) || !c"),
            ("a !b", "a&&!b"),
            ("ü  ö", "ü&&ö"),
        ] {
            assert_eq!(joined(text), expected);
        }
    }
}
