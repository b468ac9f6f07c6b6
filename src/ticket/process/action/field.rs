//! Actions on dynamic fields of the ticket.

use compat::{Value, perl_number};
use schema::DbError;

use super::{Parameters, Refusal};
use crate::{
    dynamic_field::{self, Definition, ObjectType, definitions_of_tickets},
    ticket::{
        Ticket, change, choices, dynamic_field as ticket_field, handler, work::Work, working_time,
    },
};

/// Gives fields values, by their names; whether a value is one of those that people may choose is not asked.
pub(super) async fn set(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let fields = definitions_of_tickets(&mut work.tx).await?;
    for (name, value) in &parameters.0 {
        match fields.get(name) {
            Some(field) => {
                let value = Value::text(value.as_str());
                handler::write_field(work, ticket, field, &value).await?;
            }
            None => unknown(ticket, name),
        }
    }
    Ok(())
}

fn unknown(ticket: &Ticket, field: &str) {
    tracing::warn!(ticket.number = %ticket.number, "a transition action names the dynamic field {field}, which is not there");
}

/// The names of the parameters that are switched on, where there are such fields.
fn chosen<'p>(
    parameters: &'p Parameters,
    ticket: &Ticket,
    fields: &'p dynamic_field::Definitions,
) -> Vec<&'p Definition> {
    let is_on = |value: &String| !value.is_empty() && value != "0";
    let names = parameters.0.iter().filter(|(_, value)| is_on(value));
    names
        .filter_map(|(name, _)| {
            let field = fields.get(name);
            if field.is_none() {
                unknown(ticket, name);
            }
            field
        })
        .collect()
}

async fn value_of(
    work: &mut Work<'_>,
    ticket: &Ticket,
    name: &str,
) -> Result<Option<String>, DbError> {
    let values = dynamic_field::values(&mut work.tx, ObjectType::Ticket, &[ticket.id.0]).await?;
    let mut values = values.of(ticket.id.0);
    let found = values.find(|(known, _)| *known == name);
    Ok(found.and_then(|(_, value)| value.as_string()))
}

fn number(text: &str) -> f64 {
    match perl_number::parse(text) {
        Value::Integer(number) => number.to_string().parse().unwrap_or_default(),
        Value::Float(number) => number,
        _ => 0.0,
    }
}

/// Adds `Value`, or 1, to what is in fields; what is no number counts as 0.
pub(super) async fn increment(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let step = parameters.text("Value").map_or(1.0, number);
    let rest = parameters.0.iter().filter(|(name, _)| *name != "Value");
    let rest = Parameters(rest.map(|(name, on)| (name.clone(), on.clone())).collect());
    let fields = definitions_of_tickets(&mut work.tx).await?;
    for field in chosen(&rest, ticket, &fields) {
        let old = value_of(work, ticket, &field.name).await?;
        let sum = old.as_deref().map_or(0.0, number) + step;
        let value = Value::text(perl_number::format(sum));
        handler::write_field(work, ticket, field, &value).await?;
    }
    Ok(())
}

/// Takes the values of fields away.
pub(super) async fn remove(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let fields = definitions_of_tickets(&mut work.tx).await?;
    for field in chosen(parameters, ticket, &fields) {
        ticket_field::clear(work, ticket, field).await?;
    }
    Ok(())
}

/// Gives the ticket a state that waits, until the moment in a field and `Offset` (such as `1d 5h 12m 500s`) after it.
pub(super) async fn pending_time(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    parameters: &Parameters,
) -> Result<(), Refusal> {
    let field = parameters.needed("DynamicField")?;
    let state = parameters.needed("State")?;
    let choices = choices::current(&mut work.tx, &work.app.recent).await?;
    let state = choices.states.by_name(state);
    let state = state.ok_or_else(|| Refusal::of("State"))?;
    let value = value_of(work, ticket, field).await?.unwrap_or_default();
    let at = chrono::NaiveDateTime::parse_from_str(&value, "%Y-%m-%d %H:%M:%S").ok();
    let at = at.and_then(|at| working_time::epoch(&work.settings, at));
    let until = at.and_then(|at| {
        let offset = offset(parameters.text("Offset").unwrap_or_default())?;
        i32::try_from(at.checked_add(offset)?).ok()
    });
    let until = until.ok_or_else(|| Refusal::Because(format!("no moment is in {field}")))?;
    change::state(work, ticket, state).await?;
    change::pending_time(work, ticket, until).await?;
    Ok(())
}

/// Seconds in days, hours, minutes and seconds, each with its letter.
fn offset(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    for part in text.split_whitespace() {
        let (at, unit) = part.char_indices().next_back()?;
        let seconds = match unit {
            'd' => 86_400,
            'h' => 3_600,
            'm' => 60,
            's' => 1,
            _ => return None,
        };
        let amount: i64 = part[..at].parse().ok()?;
        total = total.checked_add(amount.checked_mul(seconds)?)?;
    }
    Some(total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_offset_has_units() {
        assert_eq!(offset("1d 5h 12m 500s"), Some(105_620));
        assert_eq!(offset(""), Some(0));
        assert_eq!(offset("-1h"), Some(-3_600));
        assert_eq!(offset("5x"), None);
        assert_eq!(offset("9999999999999999d"), None);
    }

    #[test]
    fn what_is_no_number_counts_as_nothing() {
        assert!(number("abc").abs() < f64::EPSILON);
        assert!((number("-3") + 3.0).abs() < f64::EPSILON);
        assert_eq!(perl_number::format(number("-3") + number("2.5")), "-0.5");
    }
}
