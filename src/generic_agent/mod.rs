//! The generic agent: jobs that administrators set up (`generic_agent_jobs`), each with conditions that tickets must meet,
//! what is done to those that do, and when: at times ([`crate::daemon`]), or after events ([`event`]).
//!
//! A job whose conditions or actions are not all understood is refused as a whole, by name: with a condition left out it
//! would do something to other tickets. What a job does itself starts no job again.
//! Source: rows and histories that the reference system's jobs wrote.

use std::collections::BTreeMap;

use chrono::NaiveDateTime;
use compat::{Map, Value};
use schema::DbError;

use crate::{
    app::App,
    auth::Principal,
    directory::{self, UserId},
    ticket::{self, TicketId, article::storage::StorageError, search, work::Work},
};

mod action;
mod conditions;
pub mod event;
mod fields;
mod store;

pub use action::Actions;
pub use store::{find, list};

/// At most so many tickets in one run, where `Ticket::GenericAgentRunLimit` says nothing.
const LIMIT: u64 = 4000;

/// The consumer of the outbox that runs jobs after events; what jobs do themselves is kept from it.
const NAME: &str = "generic-agent";
/// The consumer of the outbox that a job may keep from telling people.
const NOTIFICATIONS: &str = "notifications";

/// A job: keys with their values, as the table has them.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Job {
    pub name: String,
    values: BTreeMap<String, Vec<String>>,
}

/// Why a job is not run.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    #[error("job `{job}` is not run: {reason}")]
    Refused { job: String, reason: String },
    /// The files of an article can not be written.
    #[error(transparent)]
    Storage(#[from] StorageError),
    #[error(transparent)]
    Database(#[from] DbError),
}

/// Keys whose values are a list in the data of tasks, however many there are.
const LISTS: [&str; 4] = [
    "EventValues",
    "ScheduleDays",
    "ScheduleHours",
    "ScheduleMinutes",
];

impl Job {
    pub fn new(name: &str, values: impl IntoIterator<Item = (String, String)>) -> Self {
        let mut job = Self {
            name: name.to_owned(),
            values: BTreeMap::new(),
        };
        for (key, value) in values {
            job.values.entry(key).or_default().push(value);
        }
        job
    }

    fn all(&self, key: &str) -> &[String] {
        self.values.get(key).map(Vec::as_slice).unwrap_or_default()
    }

    /// The first value; `None` when it is empty too.
    fn text(&self, key: &str) -> Option<&str> {
        let first = self.all(key).first().map(String::as_str);
        first.filter(|value| !value.is_empty())
    }

    fn is_on(&self, key: &str) -> bool {
        self.text(key).is_some_and(|value| value != "0")
    }

    fn refused(&self, reason: impl Into<String>) -> JobError {
        JobError::Refused {
            job: self.name.clone(),
            reason: reason.into(),
        }
    }

    pub fn is_valid(&self) -> bool {
        self.is_on("Valid")
    }

    /// The minutes, hours and days of the week (0 is Sunday) at which it is due; none when one of the three is empty.
    pub fn schedule(&self) -> Option<[Vec<u32>; 3]> {
        let numbers = |key: &str| -> Vec<u32> {
            let values = self.all(key).iter();
            values.filter_map(|value| value.parse().ok()).collect()
        };
        let lists = ["ScheduleMinutes", "ScheduleHours", "ScheduleDays"].map(numbers);
        lists.iter().all(|list| !list.is_empty()).then_some(lists)
    }

    /// The events that start it.
    pub fn events(&self) -> &[String] {
        self.all("EventValues")
    }

    /// The job as the data of a task, which the Perl system's daemon reads too.
    pub fn data(&self) -> Value {
        let values = self.values.iter().map(|(key, values)| {
            let is_list = values.len() > 1 || key.ends_with("IDs") || LISTS.contains(&key.as_str());
            let value = match values.first() {
                Some(only) if !is_list => Value::text(only.as_str()),
                _ => Value::List(values.iter().map(Value::text).collect()),
            };
            (key.clone(), value)
        });
        let mut data: Map = values.collect();
        data.insert("Name".to_owned(), Value::text(self.name.as_str()));
        Value::Map(data)
    }

    /// From the data of a task; `None` without a name.
    pub fn of_data(data: &Value) -> Option<Self> {
        let name = data.get("Name").and_then(Value::as_string)?;
        let entries = data.as_map().into_iter().flatten();
        let values = entries
            .filter(|(key, _)| *key != "Name")
            .flat_map(|(key, value)| {
                let texts = match value {
                    Value::List(items) => items.iter().filter_map(Value::as_string).collect(),
                    one => vec![one.as_string().unwrap_or_default()],
                };
                texts.into_iter().map(move |text| (key.clone(), text))
            });
        Some(Self::new(&name, values))
    }
}

/// Runs a job over the tickets that meet its conditions, or over this one if it does; gives how many were worked on.
///
/// A job without conditions finds nothing, as in the reference system. Each ticket is an operation of its own in the name of
/// user 1. The job says afterwards when it ran last.
#[tracing::instrument(name = "generic_agent.run", skip_all, fields(job.name = %job.name))]
pub async fn run(app: &App, job: &Job, only: Option<TicketId>) -> Result<usize, JobError> {
    let settings = app.settings.current();
    let actions = Actions::of(job)?;
    let mut conditions = conditions::of(app, job).await?;
    if let Some(ticket) = only {
        conditions
            .ids
            .insert(search::IdField::Ticket, vec![ticket.0]);
    }
    let limit = settings.integer("Ticket::GenericAgentRunLimit");
    conditions.limit = Some(
        u64::try_from(limit)
            .ok()
            .filter(|it| *it > 0)
            .unwrap_or(LIMIT),
    );
    let system = directory::agent(&mut app.db.read().await?, UserId::SYSTEM).await?;
    let system = system.ok_or_else(|| job.refused("there is no user with the id 1"))?;
    let caller = Principal::Agent(system);
    let found = if only.is_some() || conditions::has_any(job) {
        search::run(&app.db, &app.recent, &settings, &caller, conditions).await?
    } else {
        Vec::new()
    };
    remember_run(app, job).await?;
    let mut done = 0;
    for id in found {
        done += usize::from(work_on(app, job, &actions, TicketId(id)).await?);
    }
    if done > 0 {
        tracing::info!(job.name = %job.name, "job {} worked on {done} tickets", job.name);
    }
    Ok(done)
}

/// Does to one ticket what the job says; whether it is there.
async fn work_on(app: &App, job: &Job, actions: &Actions, id: TicketId) -> Result<bool, JobError> {
    let mut work = Work::begin(app, UserId::SYSTEM).await?;
    let found = ticket::list(&mut work.tx, &app.recent, &[id]).await?;
    let Some(mut ticket) = found.into_iter().next() else {
        return Ok(false);
    };
    let leftovers = actions.apply(job, &mut work, &mut ticket).await?;
    let untold: &[&str] = if actions.tells_nobody {
        &[NAME, NOTIFICATIONS]
    } else {
        &[NAME]
    };
    let (tx, written) = work.finish(untold).await?;
    tx.commit().await?;
    written.told().await;
    if let Some(leftovers) = leftovers
        && let Err(error) = leftovers.delete_files().await
    {
        tracing::error!(%error, "files of deleted ticket {id} are left behind");
    }
    Ok(true)
}

/// `ScheduleLastRun` and `ScheduleLastRunUnixTime`.
async fn remember_run(app: &App, job: &Job) -> Result<(), DbError> {
    let now: NaiveDateTime = app.clock.now();
    let zone = ticket::working_time::zone_of(&app.settings.current());
    let local = now.and_utc().with_timezone(&zone);
    let mut tx = app.db.begin().await?;
    for (key, value) in [
        (
            "ScheduleLastRun",
            local.format("%Y-%m-%d %H:%M:%S").to_string(),
        ),
        (
            "ScheduleLastRunUnixTime",
            now.and_utc().timestamp().to_string(),
        ),
    ] {
        store::set(&mut tx, &job.name, key, &value).await?;
    }
    tx.commit().await
}

#[cfg(test)]
mod tests {
    use super::*;

    fn job(values: &[(&str, &str)]) -> Job {
        let values = values
            .iter()
            .map(|(key, value)| (key.to_string(), value.to_string()));
        Job::new("job", values)
    }

    #[test]
    fn a_job_survives_the_way_through_a_task() {
        let job = job(&[
            ("Valid", "1"),
            ("StateIDs", "4"),
            ("ScheduleMinutes", "10"),
            ("DynamicField_PMulti", "a"),
            ("DynamicField_PMulti", "b"),
        ]);
        assert_eq!(Job::of_data(&job.data()), Some(job.clone()));
        assert!(matches!(job.data().get("StateIDs"), Some(Value::List(_))));
        assert_eq!(job.schedule(), None);
    }
}
