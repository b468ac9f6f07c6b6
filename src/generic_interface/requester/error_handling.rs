//! What a web service does about a request that failed: its entries under `ErrorHandling`, in the order of
//! `ErrorHandlingPriority`. There is one kind, `RequestRetry`, which has the request sent again later.

use chrono::{NaiveDateTime, TimeDelta};
use compat::{Map, Value};

use super::{Failure, Stage};
use crate::generic_interface::{
    WebService,
    debugger::{Level, Log},
};

/// When a request is sent again, and what it is told of its past then.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Retry {
    pub at: NaiveDateTime,
    pub past: Map,
}

impl Stage {
    fn name(self) -> Option<&'static str> {
        match self {
            Self::Setup => None,
            Self::Prepare => Some("RequesterRequestPrepare"),
            Self::RequestMap => Some("RequesterRequestMap"),
            Self::Perform => Some("RequesterRequestPerform"),
            Self::ResponseMap => Some("RequesterResponseMap"),
            Self::Process => Some("RequesterResponseProcess"),
        }
    }
}

/// One request that failed.
#[derive(Clone, Copy)]
pub(super) struct Failed<'a> {
    pub service: &'a WebService,
    pub invoker: &'a str,
    pub failure: &'a Failure,
    pub past: Option<&'a Map>,
    pub now: NaiveDateTime,
}

/// Asks the entries that apply; what the last of them says counts.
pub(super) fn decide(failed: Failed<'_>, log: &mut Log) -> Option<Retry> {
    let modules = failed.service.requester(&["ErrorHandling"])?.as_map()?;
    let order = failed.service.requester(&["ErrorHandlingPriority"])?;
    let mut decision = None;
    let mut done: Vec<String> = Vec::new();
    for name in order.as_list()?.iter().filter_map(Value::as_string) {
        let Some(config) = modules.get(&name) else {
            continue;
        };
        let kind = text(config, "Type").unwrap_or_default();
        if kind != "RequestRetry" || done.contains(&kind) || !applies(config, &failed) {
            continue;
        }
        if let Err(problem) = check(config) {
            log.text(Level::Error, problem, "");
            continue;
        }
        let (shown, retry) = retry(config, &failed);
        let executed = Value::map([
            ("ModuleConfig", config.clone()),
            ("ModuleData", shown),
            ("ModuleName", Value::text(name.as_str())),
        ]);
        log.data(
            Level::Debug,
            format!("Executed error handling module '{name}'"),
            &executed,
        );
        let mut reschedule = Map::from([(
            "ReSchedule".to_owned(),
            Value::Integer(i64::from(retry.is_some())),
        )]);
        if let Some(retry) = &retry {
            reschedule.insert(
                "ExecutionTime".to_owned(),
                Value::text(retry.at.to_string()),
            );
            reschedule.insert(
                "PastExecutionData".to_owned(),
                Value::Map(retry.past.clone()),
            );
        }
        log.data(
            Level::Info,
            format!("Got reschedule decision from error handling '{name}'"),
            &Value::Map(reschedule),
        );
        decision = retry;
        match text(config, "StopAfterMatch").as_deref() {
            Some("all") => break,
            Some("backend") => done.push(kind),
            _ => {}
        }
    }
    decision
}

fn text(config: &Value, key: &str) -> Option<String> {
    config
        .get(key)
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}

/// Whether the filters of an entry let a failure through; an empty one does.
fn applies(config: &Value, failed: &Failed<'_>) -> bool {
    let Some(stage) = failed.failure.stage.name() else {
        return false;
    };
    let lists = |key: &str, wanted: &str| {
        let list = config.get(key).and_then(Value::as_list).unwrap_or_default();
        list.is_empty()
            || list
                .iter()
                .any(|item| item.as_string().as_deref() == Some(wanted))
    };
    if !lists("InvokerFilter", failed.invoker) || !lists("ErrorStageFilter", stage) {
        return false;
    }
    match text(config, "ErrorMessageContentFilter") {
        None => true,
        Some(pattern) => failed
            .service
            .compiled
            .anywhere(&pattern)
            .is_ok_and(|pattern| pattern.is_match(&failed.failure.message)),
    }
}

/// Settings that make an entry useless.
fn check(config: &Value) -> Result<(), String> {
    let is_positive = |text: &str| text.parse().is_ok_and(|number: u64| number > 0);
    match text(config, "RetryCountMax") {
        Some(count) if !is_positive(&count) => {
            Err("Config param 'RetryCountMax' is not empty or a positive integer!".to_owned())
        }
        _ if text(config, "RetryIntervalFactor").is_none() => {
            Err("Config param 'RetryIntervalFactor' is not a non-empty string!".to_owned())
        }
        _ => Ok(()),
    }
}

fn number(config: &Value, key: &str) -> Option<f64> {
    text(config, key)?.trim().parse().ok()
}

fn time(past: Option<&Map>, key: &str) -> Option<NaiveDateTime> {
    let text = past?.get(key)?.as_string()?;
    NaiveDateTime::parse_from_str(&text, "%Y-%m-%d %H:%M:%S").ok()
}

/// Whole seconds; the part behind the dot is dropped.
#[expect(
    clippy::cast_possible_truncation,
    reason = "intervals are bounded by the settings, and `as` keeps to the bounds of i64"
)]
fn seconds(number: f64) -> i64 {
    (number as i64).clamp(0, 10_000_000_000)
}

/// What the debug log shows of a decision, and the decision.
fn retry(config: &Value, failed: &Failed<'_>) -> (Value, Option<Retry>) {
    let Failed { past, now, .. } = *failed;
    let count = past
        .and_then(|past| past.get("RetryCount")?.as_string()?.parse::<i64>().ok())
        .unwrap_or(0);
    let first = time(past, "InitialRequestDateTime").unwrap_or(now);
    // A try that was to be made at some time counts as made then, however late it is.
    let current = time(past, "RetryDateTime").unwrap_or(now);
    let ends = number(config, "RetryPeriodMax")
        .filter(|period| *period > 0.0)
        .map(|period| first + TimeDelta::seconds(seconds(period)));
    let is_counted_out = text(config, "RetryCountMax")
        .and_then(|most| most.parse::<i64>().ok())
        .is_some_and(|most| count >= most);
    let is_over = ends.is_some_and(|ends| current >= ends);
    let wants = text(config, "ScheduleRetry").as_deref() == Some("1");
    let goes_on = wants && !is_counted_out && !is_over;
    let shown = Value::map([
        ("CurrentRequestDateTime", Value::text(current.to_string())),
        ("CurrentRetryCount", Value::Integer(count)),
        ("InitialRequestDateTime", Value::text(first.to_string())),
        (
            "MaximumRetryCountReached",
            Value::Integer(i64::from(is_counted_out)),
        ),
        (
            "MaximumRetryPeriodReached",
            Value::Integer(i64::from(is_over)),
        ),
        ("ReSchedule", Value::Integer(i64::from(goes_on))),
    ]);
    if !goes_on {
        return (shown, None);
    }
    let (interval, kept) = interval(config, past);
    let at = current + TimeDelta::seconds(interval);
    let at = ends.map_or(at, |ends| at.min(ends));
    let at = at.max(now + TimeDelta::seconds(1));
    let past = Map::from(
        [
            ("InitialRequestDateTime", Value::text(first.to_string())),
            ("RetryCount", Value::Integer(count + 1)),
            ("RetryDateTime", Value::text(at.to_string())),
            ("RetryInterval", kept),
        ]
        .map(|(key, value)| (key.to_owned(), value)),
    );
    (shown, Some(Retry { at, past }))
}

/// Seconds until the next try, and how they are kept: those of the settings as their text, computed ones as a number.
fn interval(config: &Value, past: Option<&Map>) -> (i64, Value) {
    let of_settings = |key: &str| {
        let kept = text(config, key).unwrap_or_default();
        (
            seconds(number(config, key).unwrap_or(0.0)),
            Value::Text(kept),
        )
    };
    let previous = past
        .and_then(|past| past.get("RetryInterval")?.as_string())
        .and_then(|text| text.trim().parse::<f64>().ok());
    let Some(previous) = previous else {
        return of_settings("RetryIntervalStart");
    };
    let next = previous * number(config, "RetryIntervalFactor").unwrap_or(1.0);
    match number(config, "RetryIntervalMax") {
        Some(most) if next > most => of_settings("RetryIntervalMax"),
        _ => (seconds(next), Value::Integer(seconds(next))),
    }
}
