//! How people's names are written.

use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

use super::record::CustomerRecord;

/// An agent's full name in the order of the setting `FirstnameLastnameOrder`; empty when a part is missing.
pub fn full_name(order: i64, first: &str, last: &str, login: &str) -> String {
    if first.is_empty() || last.is_empty() {
        return String::new();
    }
    match order {
        1 => format!("{last}, {first}"),
        2 => format!("{first} {last} ({login})"),
        3 => format!("{last}, {first} ({login})"),
        4 => format!("({login}) {first} {last}"),
        5 => format!("({login}) {last}, {first}"),
        6 => format!("{last} {first}"),
        7 => format!("{last} {first} ({login})"),
        8 => format!("({login}) {last} {first}"),
        9 => format!("{last}{first}"),
        _ => format!("{first} {last}"),
    }
}

/// How a customer user signs what they write: `"Ms Alice Abel" <alice@acme.example>`.
pub fn signature(customer: &CustomerRecord) -> String {
    format!("\"{}\" <{}>", customer.names().join(" "), customer.email)
}

/// An absence that an agent has announced in their preferences.
#[derive(Debug, PartialEq, Eq)]
pub struct Absence {
    /// Whole days until its last day ends; 0 or less for an absence that is over.
    pub days_left: i64,
    /// The words that follow the name while it lasts.
    pub message: Option<String>,
}

/// The absence in an agent's preferences, also one that is over or still to come; `None` without a last day that the
/// calendar has.
///
/// `now` is in the time zone of the system. Source: `SessionGet` of the reference system.
pub fn out_of_office(
    preferences: &BTreeMap<String, Option<String>>,
    now: NaiveDateTime,
) -> Option<Absence> {
    let number = |key: &str| preferences.get(key)?.as_deref()?.trim().parse::<u32>().ok();
    let day = |which: &str| {
        NaiveDate::from_ymd_opt(
            i32::try_from(number(&format!("OutOfOffice{which}Year"))?).ok()?,
            number(&format!("OutOfOffice{which}Month"))?,
            number(&format!("OutOfOffice{which}Day"))?,
        )
    };
    if number("OutOfOffice") != Some(1) {
        return None;
    }
    let end = day("End")?;
    // Whole days, cut towards zero: the day before yesterday is one day ago, yesterday none.
    let days_left = (end.and_hms_opt(23, 59, 59)? - now).num_days();
    let lasts = day("Start").is_some_and(|start| (start..=end).contains(&now.date()));
    Some(Absence {
        days_left,
        message: lasts.then(|| format!("*** out of office until {end}/{days_left} d ***")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_follow_the_order_of_the_setting() {
        let orders: Vec<_> = (0..=9)
            .map(|order| full_name(order, "Ada", "Byron", "ab"))
            .collect();

        assert_eq!(
            orders,
            [
                "Ada Byron",
                "Byron, Ada",
                "Ada Byron (ab)",
                "Byron, Ada (ab)",
                "(ab) Ada Byron",
                "(ab) Byron, Ada",
                "Byron Ada",
                "Byron Ada (ab)",
                "(ab) Byron Ada",
                "ByronAda",
            ]
        );
        assert_eq!(full_name(0, "Ada", "", "ab"), "");
    }

    #[test]
    fn an_absence_is_told_from_its_first_to_its_last_day() {
        let mut preferences: BTreeMap<_, _> = [
            ("OutOfOffice", "1"),
            ("OutOfOfficeStartYear", "2026"),
            ("OutOfOfficeStartMonth", "11"),
            ("OutOfOfficeStartDay", "1"),
            ("OutOfOfficeEndYear", "2026"),
            ("OutOfOfficeEndMonth", "11"),
            ("OutOfOfficeEndDay", "30"),
        ]
        .into_iter()
        .map(|(key, value)| (key.to_owned(), Some(value.to_owned())))
        .collect();
        let at = |day: u32, month: u32| {
            NaiveDate::from_ymd_opt(2026, month, day)
                .unwrap()
                .and_hms_opt(13, 20, 36)
                .unwrap()
        };

        let absence = |days_left, message: Option<&str>| {
            Some(Absence {
                days_left,
                message: message.map(str::to_owned),
            })
        };
        for (day, month, days_left, message) in [
            (31, 10, 30, None),
            (
                21,
                11,
                9,
                Some("*** out of office until 2026-11-30/9 d ***"),
            ),
            (
                30,
                11,
                0,
                Some("*** out of office until 2026-11-30/0 d ***"),
            ),
            (1, 12, 0, None),
            (2, 12, -1, None),
        ] {
            assert_eq!(
                out_of_office(&preferences, at(day, month)),
                absence(days_left, message),
                "{day}.{month}."
            );
        }

        preferences.remove("OutOfOfficeStartYear");
        assert_eq!(out_of_office(&preferences, at(21, 11)), absence(9, None));
        preferences.remove("OutOfOfficeEndYear");
        assert_eq!(out_of_office(&preferences, at(21, 11)), None);
    }
}
