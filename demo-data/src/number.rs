//! Ticket numbers of the form date, system, counter, check digit.

use chrono::NaiveDate;

/// The system that numbers carry by default (`SystemID`).
const SYSTEM: u32 = 10;

/// The number of a ticket; the counter is the ticket's key, so that two fillings never make the same number.
///
/// Source of the check digit: numbers that the reference system gave (`DateChecksum`).
pub(crate) fn ticket_number(day: NaiveDate, counter: i64) -> String {
    let mut number = format!("{}{SYSTEM}{counter:05}", day.format("%Y%m%d"));
    let sum: u32 = number
        .bytes()
        .zip([1, 2].into_iter().cycle())
        .map(|(digit, weight)| u32::from(digit - b'0') * weight)
        .sum();
    let check = match 10 - sum % 10 {
        10 => 1,
        digit => digit,
    };
    number.push_str(&check.to_string());
    number
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_digit_is_the_reference_systems() {
        let day = NaiveDate::from_ymd_opt(2026, 11, 21).unwrap();
        assert_eq!(ticket_number(day, 1), "2026112110000015");
        assert_eq!(ticket_number(day, 2), "2026112110000024");
    }
}
