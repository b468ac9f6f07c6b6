//! Dynamic fields of jobs: what is looked for, and what is set.
//!
//! Source: jobs that the reference system's screen saved. The value of a date stands in several keys, which begin with
//! the name of the field: `…TimePoint` and `…TimeSlot` are looked for, `…Used` with `…Year`, `…Month` … is set.

use std::collections::BTreeMap;

use chrono::{NaiveDate, NaiveDateTime, Timelike as _};
use compat::Value;

use super::{Job, JobError, conditions};
use crate::{
    app::App,
    dynamic_field::{self, Definition, FieldType, ObjectType, WriteError},
    ticket::{
        Ticket, dynamic_field as ticket_field,
        search::{FieldSearch, Operator, Range},
        work::Work,
        working_time,
    },
};

/// Before the name of a dynamic field that is looked for.
pub const SEARCHED: &str = "Search_DynamicField_";
/// Before the name of a dynamic field that is set.
const SET: &str = "DynamicField_";

/// The form in which moments are compared.
const MOMENT: &str = "%Y-%m-%d %H:%M:%S";

type Fields = dynamic_field::Definitions;

/// Conditions on dynamic fields: texts may have wildcards, of other fields any of the values, dates are limited.
pub async fn conditions(app: &App, job: &Job) -> Result<Vec<FieldSearch>, JobError> {
    let mut tx = app.db.read().await?;
    let known = dynamic_field::definitions(&mut tx, &[ObjectType::Ticket]).await?;
    let mut searches = Vec::new();
    for (key, values) in &job.values {
        let Some(name) = key.strip_prefix(SEARCHED) else {
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
        let (field, tests) = if let Some(field) = known.get(name) {
            let test = test(field, values).ok_or_else(|| {
                job.refused(format!("dynamic field `{name}` can not be looked for here"))
            })?;
            (field, [test].into())
        } else {
            let (field, part) = date_of(&known, name).ok_or_else(|| {
                job.refused(format!(
                    "`{key}` names no dynamic field that can be looked for"
                ))
            })?;
            let range = match part {
                "TimePoint" => point(app, job, key),
                "TimeSlot" => slot(app, job, key, field),
                // The rest of what one of these two says.
                _ => continue,
            };
            let range = range.ok_or_else(|| job.refused(format!("`{key}` is not complete")))?;
            let mut tests = limits(field, range);
            // A day that is so old is not older.
            if job.text(&format!("{key}Start")) == Some("Before")
                && field.type_name == "Date"
                && let Some(day) = tests.remove(&Operator::SmallerThanEquals)
            {
                tests.insert(Operator::SmallerThan, day);
            }
            (field, tests)
        };
        searches.push(FieldSearch {
            name: field.name.clone(),
            tests,
            has_unknown_operator: false,
        });
    }
    Ok(searches)
}

/// The date that a key is about, and what comes after its name.
fn date_of<'f, 'k>(known: &'f Fields, name: &'k str) -> Option<(&'f Definition, &'k str)> {
    let dates = known
        .values()
        .filter(|field| field.kind == FieldType::Moment);
    let mut fitting = dates.filter_map(|field| {
        let part = name.strip_prefix(field.name.as_str())?;
        let is_part = part.starts_with("TimePoint") || part.starts_with("TimeSlot");
        is_part.then_some((field, part))
    });
    fitting.next()
}

/// `…Start`, `…Value` and `…Format` after a key.
fn point(app: &App, job: &Job, key: &str) -> Option<Range> {
    let text = |end: &str| job.text(&format!("{key}{end}"));
    let (start, count, unit) = (text("Start")?, text("Value")?, text("Format")?);
    conditions::relative(start, count, unit, app.clock.now())
}

/// `…StartYear` … and `…StopYear` … after a key; without a time the whole days.
fn slot(app: &App, job: &Job, key: &str, field: &Definition) -> Option<Range> {
    let start = moment(job, &format!("{key}Start"), [0, 0, 0])?;
    let stop = moment(job, &format!("{key}Stop"), [23, 59, 59])?;
    Some(Range {
        oldest: Some(to_utc(app, field, start)?),
        newest: Some(to_utc(app, field, stop)?),
    })
}

/// Days are the same everywhere; times are on the clock of the installation.
fn to_utc(app: &App, field: &Definition, local: NaiveDateTime) -> Option<NaiveDateTime> {
    if field.type_name == "Date" {
        return Some(local);
    }
    let zone = working_time::zone_of(&app.settings.current());
    Some(local.and_local_timezone(zone).earliest()?.naive_utc())
}

/// `…Year`, `…Month`, `…Day`, and the time where it is given.
fn moment(job: &Job, prefix: &str, otherwise: [u32; 3]) -> Option<NaiveDateTime> {
    let part = |name: &str| {
        let text = job.text(&format!("{prefix}{name}"))?;
        text.parse::<u32>().ok()
    };
    let year = i32::try_from(part("Year")?).ok()?;
    let day = NaiveDate::from_ymd_opt(year, part("Month")?, part("Day")?)?;
    let [hour, minute, second] = otherwise;
    day.and_hms_opt(
        part("Hour").unwrap_or(hour),
        part("Minute").unwrap_or(minute),
        part("Second").unwrap_or(second),
    )
}

/// A date without a time counts as its midnight.
fn limits(field: &Definition, range: Range) -> BTreeMap<Operator, Vec<String>> {
    let text = |at: NaiveDateTime| {
        let at = match field.type_name.as_str() {
            "Date" => at.date().and_time(chrono::NaiveTime::MIN),
            _ => at.with_nanosecond(0).unwrap_or(at),
        };
        vec![at.format(MOMENT).to_string()]
    };
    let oldest = range.oldest.map(|at| (Operator::GreaterThanEquals, at));
    let newest = range.newest.map(|at| (Operator::SmallerThanEquals, at));
    let limits = oldest.into_iter().chain(newest);
    limits.map(|(operator, at)| (operator, text(at))).collect()
}

/// A text without wildcards and alternatives is meant to the letter.
fn test(field: &Definition, values: Vec<String>) -> Option<(Operator, Vec<String>)> {
    match (field.kind, field.type_name.as_str()) {
        (FieldType::Text, "Text" | "TextArea") => {
            let is_condition = |value: &String| value.contains('*') || value.contains("||");
            if !values.iter().any(is_condition) {
                return Some((Operator::Equals, values));
            }
            let joined = values.iter().map(|value| conditions::joined(value));
            Some((Operator::Like, joined.collect()))
        }
        (FieldType::Switch, _) => {
            // What is not ticked is -1.
            let ticked = values.into_iter().map(|value| match value.as_str() {
                "-1" => "0".to_owned(),
                _ => value,
            });
            Some((Operator::Equals, ticked.collect()))
        }
        (FieldType::Text | FieldType::Texts, _) => Some((Operator::Equals, values)),
        _ => None,
    }
}

/// Sets the dynamic fields of a ticket that the job names.
pub(super) async fn set(
    job: &Job,
    work: &mut Work<'_>,
    ticket: &mut Ticket,
) -> Result<(), JobError> {
    if !job.values.keys().any(|key| key.starts_with(SET)) {
        return Ok(());
    }
    let known = dynamic_field::definitions(&mut work.tx, &[ObjectType::Ticket]).await?;
    for (field, value) in new_values(job, &known)? {
        let written = ticket_field::write(work, ticket, &[(field, &value)]).await;
        written.map_err(|error| match error {
            WriteError::Database(error) => error.into(),
            WriteError::Unfit(_) => job.refused(error.to_string()),
        })?;
    }
    Ok(())
}

/// The fields that the job sets, each with its value.
fn new_values<'f>(job: &Job, known: &'f Fields) -> Result<Vec<(&'f Definition, Value)>, JobError> {
    let mut found: BTreeMap<&str, (&Definition, Value)> = BTreeMap::new();
    for (key, values) in &job.values {
        let Some(name) = key.strip_prefix(SET) else {
            continue;
        };
        if let Some(field) = known.get(name) {
            found.insert(name, (field, new_value(field, values)));
            continue;
        }
        let field = part_of(known, name)
            .ok_or_else(|| job.refused(format!("there is no dynamic field `{name}`")))?;
        if !name.ends_with("Used") || !job.is_on(key) {
            continue;
        }
        let value = match field.kind {
            FieldType::Moment => {
                let at = moment(job, &format!("{SET}{}", field.name), [0, 0, 0]);
                let at = at.ok_or_else(|| job.refused(format!("`{key}` is not complete")))?;
                Value::text(at.format(MOMENT).to_string())
            }
            // A box that was not ticked is not sent.
            _ => Value::text("0"),
        };
        found.entry(&field.name).or_insert((field, value));
    }
    let mut found: Vec<(&Definition, Value)> = found.into_values().collect();
    found.sort_by_key(|(field, _)| field.id);
    Ok(found)
}

/// The date or box whose value a key is a part of.
fn part_of<'f>(known: &'f Fields, name: &str) -> Option<&'f Definition> {
    let parts = ["Used", "Year", "Month", "Day", "Hour", "Minute", "Second"];
    let mut whole = parts.iter().filter_map(|part| name.strip_suffix(part));
    whole.find_map(|whole| {
        let field = known.get(whole)?;
        matches!(field.kind, FieldType::Moment | FieldType::Switch).then_some(field)
    })
}

/// The value of a dynamic field in the form that the field takes.
fn new_value(field: &Definition, values: &[String]) -> Value {
    match field.kind {
        FieldType::Texts => Value::List(values.iter().map(Value::text).collect()),
        _ => values.first().map_or(Value::Undef, Value::text),
    }
}
