//! Working time: the seconds between two moments that fall into working hours and on no day off.
//!
//! Hours and days off come from `TimeWorkingHours`, `TimeVacationDays` and `TimeVacationDaysOneTime`, or from the
//! settings of the same names with `::Calendar1` to `::Calendar9` behind them, whose hours are those of
//! `TimeZone::Calendar1` and so on.

use chrono::{
    DateTime, Datelike, Days, NaiveDate, NaiveDateTime, NaiveTime, TimeZone as _, Timelike,
};
use chrono_tz::Tz;
use compat::Value;

use crate::settings::Settings;

const HOUR: i64 = 3600;

/// Days that are looked through for working time.
const FAR: u32 = 3_660;

/// One calendar, read once for each request.
#[derive(Clone, Debug)]
pub struct Calendar {
    zone: Tz,
    /// For each day of the week from Monday: which of the 24 hours are worked.
    hours: [[bool; 24]; 7],
    yearly: Vec<(u32, u32)>,
    once: Vec<NaiveDate>,
}

const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

impl Calendar {
    /// The calendar with this number (`1` to `9`); any other text means the one without a number.
    pub fn from_settings(settings: &Settings, number: &str) -> Self {
        let numbered = matches!(number.parse(), Ok(1..=9));
        let suffix = if numbered {
            format!("::Calendar{number}")
        } else {
            String::new()
        };
        let zone = if numbered {
            settings.text(&format!("TimeZone{suffix}"))
        } else {
            String::new()
        };
        Self {
            zone: zone.parse().unwrap_or_else(|_| zone_of(settings)),
            hours: hours(&settings.value(&format!("TimeWorkingHours{suffix}"))),
            yearly: yearly(&settings.value(&format!("TimeVacationDays{suffix}"))),
            once: once(&settings.value(&format!("TimeVacationDaysOneTime{suffix}"))),
        }
    }

    /// Working seconds from one moment to a later one, both in seconds since 1970; 0 when the second is not later.
    pub fn seconds_between(&self, from: i64, to: i64) -> i64 {
        let (Some(start), Some(end)) = (self.local(from), self.local(to)) else {
            return 0;
        };
        let mut total = 0;
        let mut day = start.date();
        while day <= end.date() {
            if !self.is_day_off(day) {
                total += self.seconds_of_day(day, from, to);
            }
            let Some(next) = day.checked_add_days(Days::new(1)) else {
                break;
            };
            day = next;
        }
        total
    }

    /// When this many working seconds will have passed; `None` when the calendar has not as many in [`FAR`] days.
    pub fn after(&self, from: i64, seconds: i64) -> Option<i64> {
        let mut left = seconds;
        let mut day = self.local(from)?.date();
        for _ in 0..FAR {
            if !self.is_day_off(day) {
                for start in self.working_hours_of(day) {
                    let begin = from.max(start);
                    let room = (start + HOUR - begin).max(0);
                    if room > 0 && left <= room {
                        return Some(begin + left);
                    }
                    left -= room;
                }
            }
            day = day.checked_add_days(Days::new(1))?;
        }
        None
    }

    fn local(&self, at: i64) -> Option<NaiveDateTime> {
        Some(
            DateTime::from_timestamp(at, 0)?
                .with_timezone(&self.zone)
                .naive_local(),
        )
    }

    fn is_day_off(&self, day: NaiveDate) -> bool {
        self.yearly.contains(&(day.month(), day.day())) || self.once.contains(&day)
    }

    fn seconds_of_day(&self, day: NaiveDate, from: i64, to: i64) -> i64 {
        self.working_hours_of(day)
            .map(|start| (to.min(start + HOUR) - from.max(start)).max(0))
            .sum()
    }

    /// When the hours of a day begin that are worked, in seconds since 1970.
    fn working_hours_of(&self, day: NaiveDate) -> impl Iterator<Item = i64> {
        let worked = self.hours[day.weekday().num_days_from_monday() as usize];
        (0..24_u32)
            .filter(move |hour| worked[*hour as usize])
            .filter_map(move |hour| self.epoch(day, hour))
    }

    /// When an hour begins; an hour that the change to summer time skips has no beginning.
    fn epoch(&self, day: NaiveDate, hour: u32) -> Option<i64> {
        let time = NaiveTime::from_hms_opt(hour, 0, 0)?;
        self.zone
            .from_local_datetime(&day.and_time(time))
            .earliest()
            .filter(|at| at.hour() == hour)
            .map(|at| at.timestamp())
    }
}

/// The zone of the times in the database.
pub fn zone_of(settings: &Settings) -> Tz {
    settings.text("OTRSTimeZone").parse().unwrap_or(Tz::UTC)
}

/// A time of the database as seconds since 1970; `None` for one that the change to summer time skips.
pub fn epoch(settings: &Settings, at: NaiveDateTime) -> Option<i64> {
    let at = zone_of(settings).from_local_datetime(&at).earliest()?;
    Some(at.timestamp())
}

fn hours(setting: &Value) -> [[bool; 24]; 7] {
    DAYS.map(|day| {
        let mut worked = [false; 24];
        let listed = setting
            .get(day)
            .and_then(Value::as_list)
            .unwrap_or_default();
        for hour in listed.iter().filter_map(number::<usize>) {
            if let Some(worked) = worked.get_mut(hour) {
                *worked = true;
            }
        }
        worked
    })
}

fn number<T: std::str::FromStr>(value: &Value) -> Option<T> {
    value.as_string()?.trim().parse().ok()
}

/// A hash of months, each a hash of days, each with the name of the holiday.
fn yearly(setting: &Value) -> Vec<(u32, u32)> {
    let mut days = Vec::new();
    for (month, entries) in setting.as_map().into_iter().flatten() {
        for day in entries.as_map().into_iter().flatten() {
            if let (Ok(month), Ok(day)) = (month.parse(), day.0.parse()) {
                days.push((month, day));
            }
        }
    }
    days
}

/// The same with the year around it.
fn once(setting: &Value) -> Vec<NaiveDate> {
    let mut days = Vec::new();
    for (year, months) in setting.as_map().into_iter().flatten() {
        let Ok(year) = year.parse() else { continue };
        days.extend(
            yearly(months)
                .into_iter()
                .filter_map(|(month, day)| NaiveDate::from_ymd_opt(year, month, day)),
        );
    }
    days
}

#[cfg(test)]
mod tests {
    use super::*;

    fn office_hours(zone: Tz) -> Calendar {
        let mut hours = [[false; 24]; 7];
        for day in &mut hours[..5] {
            day[8..21].fill(true);
        }
        Calendar {
            zone,
            hours,
            yearly: vec![(12, 24), (12, 25)],
            once: vec![NaiveDate::from_ymd_opt(2026, 11, 24).unwrap()],
        }
    }

    fn at(text: &str) -> i64 {
        NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
            .unwrap()
            .and_utc()
            .timestamp()
    }

    #[test]
    fn nights_and_weekends_do_not_count() {
        let calendar = office_hours(Tz::UTC);

        let friday_evening = at("2026-11-20 20:30:00");
        let monday_morning = at("2026-11-23 08:10:05");

        assert_eq!(
            calendar.seconds_between(friday_evening, monday_morning),
            1800 + 605
        );
        assert_eq!(calendar.seconds_between(monday_morning, friday_evening), 0);
    }

    #[test]
    fn days_off_do_not_count() {
        let calendar = office_hours(Tz::UTC);

        assert_eq!(
            calendar.seconds_between(at("2026-11-23 20:00:00"), at("2026-11-25 09:00:00")),
            2 * HOUR
        );
        assert_eq!(
            calendar.seconds_between(at("2026-12-24 00:00:00"), at("2026-12-25 23:00:00")),
            0
        );
    }

    #[test]
    fn working_time_passes_in_working_hours_only() {
        let calendar = office_hours(Tz::UTC);
        let after = |from: &str, hours: i64| calendar.after(at(from), hours * HOUR).unwrap();

        assert_eq!(after("2026-11-21 17:14:04", 2), at("2026-11-23 10:00:00"));
        assert_eq!(after("2026-11-18 10:00:07", 4), at("2026-11-18 14:00:07"));
        assert_eq!(after("2026-11-20 20:30:30", 1), at("2026-11-23 08:30:30"));
        assert_eq!(after("2026-11-23 20:30:30", 1), at("2026-11-25 08:30:30"));
    }

    #[test]
    fn hours_are_those_of_the_calendars_zone() {
        let calendar = office_hours(Tz::Europe__Berlin);

        assert_eq!(
            calendar.seconds_between(at("2026-11-23 06:00:00"), at("2026-11-23 08:00:00")),
            HOUR
        );
    }
}
