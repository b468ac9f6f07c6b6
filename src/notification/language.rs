//! How moments and days are written in the languages that OTRS speaks.
//!
//! Source: notifications of the reference system in 52 languages.

use chrono::{NaiveDate, TimeZone as _};
use chrono_tz::Tz;

/// A moment and a day in the patterns of chrono.
struct Formats {
    moment: &'static str,
    day: &'static str,
}

fn formats(language: &str) -> Formats {
    let (moment, day) = match language {
        "cs" | "en_GB" | "he" | "id" | "it" | "pt_BR" | "th_TH" => ("%d/%m/%Y %H:%M", "%d/%m/%Y"),
        "es" | "es_CO" | "es_MX" | "gl" | "hi" => ("%d/%m/%Y - %H:%M", "%d/%m/%Y"),
        "en_CA" | "hu" | "lt" | "pl" | "pt" => ("%Y-%m-%d %H:%M", "%Y-%m-%d"),
        "ja" => ("%Y/%m/%d %H:%M", "%Y/%m/%d"),
        "nb_NO" => ("%d/%m %Y %H:%M", "%d.%m.%Y"),
        "nl" => ("%d-%m-%Y %H:%M", "%d-%m-%Y"),
        "sv" => ("%d/%m %Y %H:%M", "%Y.%m.%d"),
        "zh_CN" | "zh_TW" => ("%Y.%m.%d %H:%M", "%Y.%m.%d"),
        "ar_SA" | "bg" | "ca" | "da" | "de" | "et" | "fa" | "fi" | "fr" | "fr_CA" | "hr" | "lv"
        | "mk" | "ms" | "ro" | "ru" | "sk_SK" | "sl" | "sr_Cyrl" | "sr_Latn" | "tr" | "vi_VN" => {
            ("%d.%m.%Y %H:%M", "%d.%m.%Y")
        }
        _ => ("%m/%d/%Y %H:%M", "%m/%d/%Y"),
    };
    Formats { moment, day }
}

/// A moment in the person's zone, which stands behind it: `11/21/2026 22:31 (UTC)`. `at` in seconds since 1970.
pub fn moment(language: &str, zone: Tz, at: i64) -> String {
    let at = zone.timestamp_opt(at, 0).earliest();
    at.map_or_else(String::new, |at| {
        format!("{} ({zone})", at.format(formats(language).moment))
    })
}

/// A day without a time.
pub fn day(language: &str, day: NaiveDate) -> String {
    day.format(formats(language).day).to_string()
}

/// A moment in the person's zone in one form for all languages: `2026-11-21 22:31:30 (UTC)`.
pub fn stamp(zone: Tz, at: i64) -> String {
    let at = zone.timestamp_opt(at, 0).earliest();
    at.map_or_else(String::new, |at| {
        format!("{} ({zone})", at.format("%Y-%m-%d %H:%M:%S"))
    })
}

/// A moment at length, in English in every language: `Saturday, November 21, 2026 at 22:31:30 (UTC)`. The zone that is
/// `named` is the one of the time, but for tags with a mistake.
pub fn long_moment(zone: Tz, named: Tz, at: i64) -> String {
    let at = zone.timestamp_opt(at, 0).earliest();
    at.map_or_else(String::new, |at| {
        format!("{} ({named})", at.format("%A, %B %-d, %Y at %H:%M:%S"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_are_written_as_the_language_wants() {
        let berlin = chrono_tz::Europe::Berlin;
        assert_eq!(
            moment("en", Tz::UTC, 1_795_300_289),
            "11/21/2026 22:31 (UTC)"
        );
        assert_eq!(
            moment("de", berlin, 1_795_300_289),
            "21.11.2026 23:31 (Europe/Berlin)"
        );
        assert_eq!(
            long_moment(berlin, berlin, 1_795_300_290),
            "Saturday, November 21, 2026 at 23:31:30 (Europe/Berlin)"
        );
    }
}
