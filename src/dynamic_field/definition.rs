//! What administrators said about a field, and which values it takes from a request.

use std::collections::HashMap;

use chrono::{NaiveDate, NaiveDateTime};
use compat::{Value, pattern::Pattern};
use schema::{DbError, Tx};

use super::{FieldType, ObjectType, store};

/// A valid field with its configuration.
#[derive(Clone, Debug, PartialEq)]
pub struct Definition {
    pub id: i32,
    pub name: String,
    pub object_type: ObjectType,
    /// As `dynamic_field.field_type` names it, such as `Dropdown`.
    pub type_name: String,
    pub kind: FieldType,
    /// `dynamic_field.config`; `Undef` when it can not be read.
    pub config: Value,
}

/// Fields by name.
pub type Definitions = HashMap<String, Definition>;

/// The valid fields of these objects. One statement.
pub async fn definitions(tx: &mut Tx, objects: &[ObjectType]) -> Result<Definitions, DbError> {
    let found = store::list_definitions(tx, objects).await?;
    Ok(found
        .into_iter()
        .map(|field| (field.name.clone(), field))
        .collect())
}

/// The valid fields of tickets. One statement.
pub fn definitions_of_tickets(
    tx: &mut Tx,
) -> impl Future<Output = Result<Definitions, DbError>> + Send {
    definitions(tx, &[ObjectType::Ticket])
}

impl Definition {
    /// Whether a request may give the field this value; `now` in UTC is what past and future are measured by.
    ///
    /// A list for a field with one text is taken here, and refused when it is written. The values of web service
    /// fields are known to their web services only, so none is taken from a request. Source: the reference system's
    /// `Ticket::TicketCreate`, type by type.
    pub fn takes(&self, value: &Value, now: NaiveDateTime) -> bool {
        match self.type_name.as_str() {
            "Text" | "TextArea" => self.matches_patterns(value),
            "Dropdown" => match value {
                Value::List(_) | Value::Map(_) => false,
                one => is_empty(one) || self.is_possible(one),
            },
            "Multiselect" => match value {
                Value::List(items) => items.iter().all(|item| self.is_possible(item)),
                Value::Map(_) => false,
                one => is_empty(one) || self.is_possible(one),
            },
            "Date" => self.takes_moment(value, now, |text| {
                moment(&format!(
                    "{} 00:00:00",
                    text.strip_suffix(" 00:00:00").unwrap_or(text)
                ))
            }),
            "DateTime" => self.takes_moment(value, now, moment),
            "Checkbox" => matches!(value.as_string().as_deref(), Some("" | "0" | "1")),
            "ProcessID" | "ActivityID" => true,
            _ => false,
        }
    }

    fn matches_patterns(&self, value: &Value) -> bool {
        let Some(text) = value.as_string().filter(|text| !text.is_empty()) else {
            return true;
        };
        let patterns = self.config.get("RegExList").and_then(Value::as_list);
        patterns.unwrap_or_default().iter().all(|entry| {
            let pattern = entry.get("Value").and_then(Value::as_string);
            pattern.is_none_or(|pattern| {
                // What we can not read refuses: a value that nobody checked must not get in.
                Pattern::new(&pattern).is_ok_and(|pattern| pattern.is_match(&text))
            })
        })
    }

    fn is_possible(&self, value: &Value) -> bool {
        let possible = self.config.get("PossibleValues");
        value
            .as_string()
            .filter(|key| !key.is_empty())
            .is_some_and(|key| possible.is_some_and(|possible| possible.get(&key).is_some()))
    }

    fn takes_moment(
        &self,
        value: &Value,
        now: NaiveDateTime,
        read: impl Fn(&str) -> Option<NaiveDateTime>,
    ) -> bool {
        let Some(text) = value.as_string() else {
            return false;
        };
        if text.is_empty() {
            return true;
        }
        let Some(at) = read(&text) else {
            return false;
        };
        let restriction = self
            .config
            .get("DateRestriction")
            .and_then(Value::as_string);
        match restriction.as_deref() {
            Some("DisablePastDates") if self.type_name == "Date" => at.date() >= now.date(),
            Some("DisablePastDates") => at >= now,
            Some("DisableFutureDates") => at <= now,
            _ => true,
        }
    }
}

fn is_empty(value: &Value) -> bool {
    value.as_string().is_none_or(|text| text.is_empty())
}

/// `YYYY-MM-DD hh:mm:ss`, each part in full width, of a day that exists.
pub(super) fn moment(text: &str) -> Option<NaiveDateTime> {
    let shape_is_right = text.len() == 19
        && text.bytes().enumerate().all(|(at, byte)| match at {
            4 | 7 => byte == b'-',
            10 => byte == b' ',
            13 | 16 => byte == b':',
            _ => byte.is_ascii_digit(),
        });
    if !shape_is_right {
        return None;
    }
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<u32>().ok();
    let year = text.get(..4)?.parse().ok()?;
    NaiveDate::from_ymd_opt(year, number(5, 7)?, number(8, 10)?)?.and_hms_opt(
        number(11, 13)?,
        number(14, 16)?,
        number(17, 19)?,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(type_name: &str, config: &str) -> Definition {
        Definition {
            id: 1,
            name: "Field".to_owned(),
            object_type: ObjectType::Ticket,
            type_name: type_name.to_owned(),
            kind: FieldType::from(type_name),
            config: compat::yaml::read(config).unwrap(),
        }
    }

    fn now() -> NaiveDateTime {
        moment("2026-11-21 17:00:00").unwrap()
    }

    fn list(items: &[&str]) -> Value {
        Value::List(items.iter().map(|item| Value::text(*item)).collect())
    }

    #[track_caller]
    fn check(field: &Definition, taken: &[Value], refused: &[Value]) {
        for value in taken {
            assert!(field.takes(value, now()), "{value:?} is refused");
        }
        for value in refused {
            assert!(!field.takes(value, now()), "{value:?} is taken");
        }
    }

    #[test]
    fn texts_match_each_of_the_patterns_or_are_empty() {
        let field = field(
            "Text",
            "---\nRegExList:\n- Value: ^[0-9]+$\n  ErrorMessage: only digits\n- Value: ^.{3}\n",
        );
        check(
            &field,
            &["1234".into(), "".into(), 1234.into()],
            &["12".into(), "abc".into()],
        );
    }

    #[test]
    fn choices_have_possible_values_or_none() {
        let config = "---\nPossibleValues:\n  a: Alpha\n  b: Beta\n";
        check(
            &field("Dropdown", config),
            &["a".into(), "".into()],
            &["zz".into(), list(&["a"])],
        );
        check(
            &field("Multiselect", config),
            &[
                "a".into(),
                "".into(),
                list(&["b", "a"]),
                list(&[]),
                list(&["a", "a"]),
            ],
            &[list(&["a", "zz"]), list(&[""]), "zz".into()],
        );
    }

    #[test]
    fn dates_are_days_and_moments_have_a_time() {
        check(
            &field("Date", "---\nYearsPeriod: 0\n"),
            &["2026-03-04".into(), "2026-03-04 00:00:00".into(), "".into()],
            &[
                "2026-03-04 05:06:07".into(),
                "2026-02-30".into(),
                "nonsense".into(),
                "2026-3-4".into(),
            ],
        );
        check(
            &field("DateTime", "---\nYearsPeriod: 0\n"),
            &["2026-03-04 05:06:07".into(), "".into()],
            &[
                "2026-03-04".into(),
                "2026-03-04 25:06:07".into(),
                "2026-03-04T05:06:07".into(),
                "2026-03-04 05:06".into(),
            ],
        );
    }

    #[test]
    fn dates_keep_to_their_side_of_now_and_years_do_not_matter() {
        check(
            &field(
                "Date",
                "---\nDateRestriction: DisablePastDates\nYearsInFuture: 2\n",
            ),
            &[
                "2026-11-21".into(),
                "2027-01-01".into(),
                "2040-01-01".into(),
            ],
            &["2025-01-01".into()],
        );
        check(
            &field(
                "DateTime",
                "---\nDateRestriction: DisableFutureDates\nYearsInPast: 2\n",
            ),
            &["2026-01-01 00:00:00".into(), "2020-01-01 00:00:00".into()],
            &["2027-01-01 00:00:00".into()],
        );
    }

    #[test]
    fn a_checkbox_is_on_or_off() {
        check(
            &field("Checkbox", "---\n"),
            &[1.into(), "1".into(), 0.into(), "".into()],
            &[2.into(), "x".into(), "-1".into()],
        );
    }
}
