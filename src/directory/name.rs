//! How people's names are written.

use chrono::{NaiveDate, NaiveDateTime};
use std::collections::BTreeMap;

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

/// An absence that an agent has announced in their preferences and that covers this moment: days left after today,
/// and the words that follow the name.
pub fn out_of_office(
    preferences: &BTreeMap<String, Option<String>>,
    now: NaiveDateTime,
) -> Option<(i64, String)> {
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
    let (start, end) = (day("Start")?, day("End")?);
    let today = now.date();
    if today < start || today > end {
        return None;
    }
    let left = (end - today).num_days();
    Some((left, format!("*** out of office until {end}/{left} d ***")))
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
    fn an_absence_counts_from_its_first_to_its_last_day() {
        let preferences: BTreeMap<_, _> = [
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

        assert_eq!(
            out_of_office(&preferences, at(21, 11)),
            Some((9, "*** out of office until 2026-11-30/9 d ***".to_owned()))
        );
        assert_eq!(out_of_office(&preferences, at(1, 12)), None);
    }
}
