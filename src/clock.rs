//! The time of day, asked in one place so that tests can choose it.

use std::sync::{
    Arc,
    atomic::{AtomicI64, Ordering},
};

use chrono::{DateTime, NaiveDateTime, TimeDelta};

use crate::directory::UserId;

/// Tells the time in UTC, to the second. Cheap to clone; clones of a fixed clock show the same time.
#[derive(Clone, Debug)]
pub struct Clock(Source);

#[derive(Clone, Debug)]
enum Source {
    System,
    /// Seconds since 1970 UTC.
    Fixed(Arc<AtomicI64>),
}

impl Clock {
    /// The computer's clock.
    pub fn system() -> Self {
        Self(Source::System)
    }

    /// A clock that stands still until [`Clock::set`] or [`Clock::advance`] moves it.
    pub fn fixed(at: NaiveDateTime) -> Self {
        Self(Source::Fixed(Arc::new(AtomicI64::new(
            at.and_utc().timestamp(),
        ))))
    }

    /// UTC, whole seconds.
    pub fn now(&self) -> NaiveDateTime {
        DateTime::from_timestamp(self.timestamp(), 0)
            .unwrap_or_default()
            .naive_utc()
    }

    /// Seconds since 1970 UTC.
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the app's clock that everybody else asks"
    )]
    pub fn timestamp(&self) -> i64 {
        match &self.0 {
            Source::System => chrono::Utc::now().timestamp(),
            Source::Fixed(at) => at.load(Ordering::Relaxed),
        }
    }

    /// Moves a fixed clock; the computer's clock is left alone.
    pub fn set(&self, to: NaiveDateTime) {
        if let Source::Fixed(at) = &self.0 {
            at.store(to.and_utc().timestamp(), Ordering::Relaxed);
        }
    }

    /// Moves a fixed clock on; the computer's clock is left alone.
    pub fn advance(&self, by: TimeDelta) {
        if let Source::Fixed(at) = &self.0 {
            at.fetch_add(by.num_seconds(), Ordering::Relaxed);
        }
    }
}

/// Who changes something and when (UTC): the pair kept on every row as `change_by` and `change_time`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Stamp {
    pub by: UserId,
    pub at: NaiveDateTime,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn clones_of_a_fixed_clock_move_together() {
        let start = DateTime::from_timestamp(1_769_162_400, 0)
            .unwrap()
            .naive_utc();
        let clock = Clock::fixed(start);
        let other = clock.clone();

        clock.advance(TimeDelta::minutes(5));

        assert_eq!(other.now(), start + TimeDelta::minutes(5));
    }
}
