//! Times in the form of cron: minute, hour, day of the month, month, day of the week.

use std::collections::BTreeSet;

use chrono::{Datelike as _, Days, NaiveDate, NaiveDateTime, NaiveTime, Timelike as _};

/// How far back the last time is looked for; every date is there within four years, but for odd ones.
const DAYS_BACK: u64 = 4 * 366;

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];
const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// When something is to be done.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Schedule {
    minutes: BTreeSet<u32>,
    hours: BTreeSet<u32>,
    days: BTreeSet<u32>,
    months: BTreeSet<u32>,
    /// 0 is Sunday.
    weekdays: BTreeSet<u32>,
    /// Whether the days of the month, or of the week, are restricted: of two restrictions one is enough.
    by_day: bool,
    by_weekday: bool,
}

impl Schedule {
    /// Reads the five fields; `None` when they are not understood.
    pub fn read(text: &str) -> Option<Self> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.try_into().ok()?;
        let mut of_week = field(weekdays, 0, 7, &WEEKDAYS)?;
        if of_week.remove(&7) {
            of_week.insert(0);
        }
        Some(Self {
            minutes: field(minutes, 0, 59, &[])?,
            hours: field(hours, 0, 23, &[])?,
            days: field(days, 1, 31, &[])?,
            months: field(months, 1, 12, &MONTHS)?,
            weekdays: of_week,
            by_day: !days.starts_with('*'),
            by_weekday: !weekdays.starts_with('*'),
        })
    }

    /// From lists, for every day of the month and every month; `None` when one is empty or has an impossible number.
    pub fn of_lists(minutes: &[u32], hours: &[u32], weekdays: &[u32]) -> Option<Self> {
        let set = |list: &[u32], most: u32| {
            let fits = !list.is_empty() && list.iter().all(|number| *number <= most);
            fits.then(|| list.iter().copied().collect::<BTreeSet<u32>>())
        };
        Some(Self {
            minutes: set(minutes, 59)?,
            hours: set(hours, 23)?,
            days: (1..=31).collect(),
            months: (1..=12).collect(),
            weekdays: set(weekdays, 6)?,
            by_day: false,
            by_weekday: true,
        })
    }

    /// The last time at or before a moment, both on the clock of the schedule's time zone.
    pub fn last(&self, now: NaiveDateTime) -> Option<NaiveDateTime> {
        let now_of_day = (now.hour(), now.minute());
        for back in 0..DAYS_BACK {
            let day = now.date().checked_sub_days(Days::new(back))?;
            if !self.is_on(day) {
                continue;
            }
            for hour in self.hours.iter().rev() {
                let minutes = self.minutes.iter().rev();
                let mut past = minutes.filter(|minute| back > 0 || (*hour, **minute) <= now_of_day);
                if let Some(minute) = past.next() {
                    return Some(day.and_time(NaiveTime::from_hms_opt(*hour, *minute, 0)?));
                }
            }
        }
        None
    }

    /// The first time after a moment, both on the clock of the schedule's time zone.
    pub fn next(&self, now: NaiveDateTime) -> Option<NaiveDateTime> {
        for forward in 0..DAYS_BACK {
            let day = now.date().checked_add_days(Days::new(forward))?;
            if !self.is_on(day) {
                continue;
            }
            for hour in &self.hours {
                for minute in &self.minutes {
                    let time = day.and_time(NaiveTime::from_hms_opt(*hour, *minute, 0)?);
                    if time > now {
                        return Some(time);
                    }
                }
            }
        }
        None
    }

    fn is_on(&self, day: NaiveDate) -> bool {
        let by_day = self.days.contains(&day.day());
        let weekday = day.weekday().num_days_from_sunday();
        let by_weekday = self.weekdays.contains(&weekday);
        let fits = if self.by_day && self.by_weekday {
            by_day || by_weekday
        } else {
            by_day && by_weekday
        };
        fits && self.months.contains(&day.month())
    }
}

/// Lists of numbers, ranges and steps: `*/5`, `1-5`, `mon,wed`.
fn field(text: &str, least: u32, most: u32, names: &[&str]) -> Option<BTreeSet<u32>> {
    let number = |text: &str| -> Option<u32> {
        let text = text.to_lowercase();
        let position = names.iter().position(|name| *name == text);
        let number = match position {
            Some(position) => u32::try_from(position).ok()? + least,
            None => text.parse().ok()?,
        };
        (least..=most).contains(&number).then_some(number)
    };
    let mut values = BTreeSet::new();
    for part in text.split(',') {
        let (range, step) = match part.split_once('/') {
            Some((range, step)) => (range, step.parse::<usize>().ok().filter(|step| *step > 0)?),
            None => (part, 1),
        };
        let (from, to) = match range.split_once('-') {
            _ if range == "*" => (least, most),
            Some((from, to)) => (number(from)?, number(to)?),
            None if step > 1 => (number(range)?, most),
            None => (number(range)?, number(range)?),
        };
        if from > to {
            return None;
        }
        values.extend((from..=to).step_by(step));
    }
    Some(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn last(schedule: &str, now: &str) -> Option<String> {
        let now = NaiveDateTime::parse_from_str(now, "%Y-%m-%d %H:%M:%S").unwrap();
        Some(Schedule::read(schedule)?.last(now)?.to_string())
    }

    /// The first lines are rows of `scheduler_recurrent_task` that the reference system's daemon wrote at this moment.
    #[test]
    fn the_last_time_is_that_of_the_reference_system() {
        let now = "2026-11-21 23:24:40";
        for (schedule, expected) in [
            ("02 03 * * *", "2026-11-21 03:02:00"),
            ("5 * * * *", "2026-11-21 23:05:00"),
            ("20 0 * * 0", "2026-11-15 00:20:00"),
            ("*/2 * * * *", "2026-11-21 23:24:00"),
            ("45 */2 * * *", "2026-11-21 22:45:00"),
            ("46 * * * *", "2026-11-21 22:46:00"),
            ("35 * * * *", "2026-11-21 22:35:00"),
            ("* * * * *", "2026-11-21 23:24:00"),
            ("0 12 29 feb *", "2024-02-29 12:00:00"),
            ("0 8-10/2 1,15 * *", "2026-11-15 10:00:00"),
            ("0 0 1 * mon-fri", "2026-11-20 00:00:00"),
            ("0 0 * * 7", "2026-11-15 00:00:00"),
        ] {
            assert_eq!(last(schedule, now).as_deref(), Some(expected), "{schedule}");
        }
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for wrong in [
            "",
            "* * * *",
            "60 * * * *",
            "*/0 * * * *",
            "5-1 * * * *",
            "x * * * *",
        ] {
            assert_eq!(Schedule::read(wrong), None, "{wrong}");
        }
        assert_eq!(last("0 0 31 2 *", "2026-11-21 23:24:40"), None);
    }
}
