//! Numbers as Perl prints and reads them.
//!
//! OTRS's files, rows and answers carry numbers that went through a Perl scalar. Two rules decide what they look
//! like: a float is printed with fifteen significant digits (C's `%.15g`), and a text counts as a number by its
//! longest numeric prefix. Source: perl's manual pages perlnumber and perlop, checked against perl 5.36.

use crate::Value;

/// The number of significant digits that Perl prints.
const DIGITS: i32 = 15;

/// The text of a float as Perl prints it: `0.3` for 0.1 + 0.2, `1e+15`, `1e-05`, `Inf`, `-Inf`, `NaN`.
pub fn format(number: f64) -> String {
    if number.is_nan() {
        return "NaN".to_owned();
    }
    if number.is_infinite() {
        return if number > 0.0 { "Inf" } else { "-Inf" }.to_owned();
    }
    let scientific = format!("{number:.14e}");
    let Some((mantissa, exponent)) = scientific.split_once('e') else {
        return scientific;
    };
    let exponent: i32 = exponent.parse().unwrap_or(0);
    if (-4..DIGITS).contains(&exponent) {
        let decimals = usize::try_from(DIGITS - 1 - exponent).unwrap_or(0);
        return without_trailing_zeros(&format!("{number:.decimals$}")).to_owned();
    }
    let sign = if exponent < 0 { '-' } else { '+' };
    format!(
        "{}e{sign}{:02}",
        without_trailing_zeros(mantissa),
        exponent.unsigned_abs()
    )
}

fn without_trailing_zeros(digits: &str) -> &str {
    if digits.contains('.') {
        digits.trim_end_matches('0').trim_end_matches('.')
    } else {
        digits
    }
}

/// Whether Perl takes the whole text for a number: white space around it is allowed, `1e5`, `.5`, `Inf` and
/// `0 but true` count, while an empty text, `0x1F` and `1_000` do not.
pub fn looks_like_number(text: &str) -> bool {
    if text == "0 but true" {
        return true;
    }
    let start = text.len() - text.trim_start_matches(is_space).len();
    if text[start..]
        .strip_prefix('-')
        .is_some_and(|rest| !rest.is_empty() && rest.trim_start_matches(is_space).is_empty())
    {
        // An oddity of perl: a minus sign with white space behind it passes.
        return true;
    }
    let end = start + prefix(&text[start..]).len();
    end > start && text[end..].trim_start_matches(is_space).is_empty()
}

/// The number that Perl sees in a text: `"3abc"` is 3, `" 1.5 "` is 1.5, `"abc"` and `""` are 0.
///
/// The result is a [`Value::Integer`] where the text is a whole number within 64 bits, else a [`Value::Float`].
pub fn parse(text: &str) -> Value {
    let digits = prefix(text.trim_start_matches(is_space));
    if digits.is_empty() {
        return Value::Integer(0);
    }
    if let Ok(number) = digits.parse() {
        return Value::Integer(number);
    }
    let unsigned = digits.trim_start_matches(['+', '-']);
    if unsigned.starts_with(['n', 'N']) {
        return Value::Float(f64::NAN);
    }
    Value::Float(digits.parse().unwrap_or(0.0))
}

fn is_space(letter: char) -> bool {
    matches!(letter, ' ' | '\t' | '\n' | '\r' | '\x0b' | '\x0c')
}

/// The longest prefix that is a number, in a notation that [`str::parse`] reads as well.
fn prefix(text: &str) -> &str {
    let bytes = text.as_bytes();
    let sign = usize::from(matches!(bytes.first(), Some(b'+' | b'-')));
    for word in ["infinity", "inf", "nan"] {
        if bytes
            .get(sign..sign + word.len())
            .is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes()))
        {
            return &text[..sign + word.len()];
        }
    }
    let whole = digits(bytes, sign);
    let mut end = sign + whole;
    let mut fraction = 0;
    if bytes.get(end) == Some(&b'.') {
        fraction = digits(bytes, end + 1);
        if whole + fraction > 0 {
            end += 1 + fraction;
        }
    }
    if whole + fraction == 0 {
        return "";
    }
    if matches!(bytes.get(end), Some(b'e' | b'E')) {
        let sign = usize::from(matches!(bytes.get(end + 1), Some(b'+' | b'-')));
        let exponent = digits(bytes, end + 1 + sign);
        if exponent > 0 {
            end += 1 + sign + exponent;
        }
    }
    &text[..end]
}

fn digits(bytes: &[u8], from: usize) -> usize {
    bytes.get(from..).map_or(0, |rest| {
        rest.iter().take_while(|byte| byte.is_ascii_digit()).count()
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn floats_are_printed_with_fifteen_digits() {
        for (number, text) in [
            (1e15, "1e+15"),
            (1e14, "100000000000000"),
            (0.1 + 0.2, "0.3"),
            (1.0 / 3.0, "0.333333333333333"),
            (1e-5, "1e-05"),
            (0.0001, "0.0001"),
            (1e100, "1e+100"),
            (123_456.789e3, "123456789"),
            (1.0, "1"),
            (0.0, "0"),
            (1e21, "1e+21"),
            (-1.5e-7, "-1.5e-07"),
            (9.999_999_999_999_999, "10"),
            (5e-324, "4.94065645841247e-324"),
            (f64::MAX, "1.79769313486232e+308"),
            (f64::INFINITY, "Inf"),
            (f64::NEG_INFINITY, "-Inf"),
            (f64::NAN, "NaN"),
        ] {
            assert_eq!(format(number), text);
        }
    }

    #[test]
    fn a_text_is_a_number_by_perls_rules() {
        for text in [
            "1",
            "-1",
            "+5",
            " 5\n",
            "5\t ",
            "1.",
            ".5",
            "1e5",
            "1E-5",
            "inf",
            "-Inf ",
            "+Infinity",
            "nan",
            "0 but true",
            "\x0b5",
            "00",
            "-\n",
            " -\t ",
        ] {
            assert!(looks_like_number(text), "{text:?}");
        }
        for text in [
            "",
            " ",
            ".",
            "+",
            "- 5",
            "1e",
            "1e+",
            "0x1",
            "1_000",
            "1 x",
            "Infinite",
            "infin",
            "NaN1",
            "0 but true ",
            "\u{a0}5",
            "5\0",
            "e5",
        ] {
            assert!(!looks_like_number(text), "{text:?}");
        }
    }

    #[test]
    fn the_numeric_prefix_counts() {
        for (text, number) in [
            ("3abc", 3),
            (" 12 ", 12),
            ("abc", 0),
            ("", 0),
            ("-7", -7),
            ("+7x", 7),
            ("0x1A", 0),
            ("1_000", 1),
            ("1e", 1),
        ] {
            assert_eq!(parse(text), Value::Integer(number), "{text:?}");
        }
        for (text, number) in [
            ("1.5x", 1.5),
            (".5", 0.5),
            ("1e3abc", 1000.0),
            ("99999999999999999999", 1e20),
            ("Infinite", f64::INFINITY),
        ] {
            assert_eq!(parse(text), Value::Float(number), "{text:?}");
        }
        assert_eq!(parse("nanx").as_string().as_deref(), Some("NaN"));
    }

    proptest! {
        #[test]
        fn any_text_is_read(text in any::<String>()) {
            looks_like_number(&text);
            parse(&text);
        }

        #[test]
        fn what_is_printed_is_a_number_again(number in any::<f64>()) {
            let text = format(number);
            prop_assert!(looks_like_number(&text), "{}", text);
            if number.is_normal() {
                let again = match parse(&text) {
                    Value::Float(again) => again,
                    whole => whole.as_string().unwrap_or_default().parse().unwrap_or(f64::NAN),
                };
                prop_assert!(((again - number) / number).abs() < 1e-14 || again.is_infinite(), "{} {}", text, number);
            }
        }

        #[test]
        fn whole_numbers_survive(number in any::<i64>()) {
            prop_assert_eq!(parse(&number.to_string()), Value::Integer(number));
        }
    }
}
