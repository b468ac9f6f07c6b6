//! Dynamic fields of tickets and articles: values, with what the history says of them.

use compat::Value;

use super::{Ticket, article::ArticleId, history::HistoryType, work::Work};
use crate::dynamic_field::{self, Change, Definition, WriteError};

/// As much as `ticket_history.name` holds, in characters.
const NAME_LENGTH: usize = 200;

/// What stands for the end of a text that was cut.
const CUT: &str = "[...]";

/// Gives fields of the ticket their values, in this order; what the ticket says already is left alone.
///
/// Each change is an entry of the history and an event, and the ticket counts as changed.
#[tracing::instrument(name = "ticket.dynamic_field.write", skip_all, fields(ticket.number = %ticket.number))]
pub async fn write(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    values: &[(&Definition, &Value)],
) -> Result<(), WriteError> {
    let changes = dynamic_field::write(&mut work.tx, ticket.id.0, values).await?;
    if changes.is_empty() {
        return Ok(());
    }
    super::store::touch(&mut work.tx, work.stamp, ticket).await?;
    for change in changes {
        let name = history_name(&change);
        work.history(ticket, HistoryType::TicketDynamicFieldUpdate, name, None);
        let event = format!("TicketDynamicFieldUpdate_{}", change.field);
        work.emit(ticket, event, None).await?;
    }
    Ok(())
}

/// Takes the value of a field of the ticket away.
pub async fn clear(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    field: &Definition,
) -> Result<(), schema::DbError> {
    let change = dynamic_field::clear(&mut work.tx, ticket.id.0, field).await?;
    let Some(change) = change else {
        return Ok(());
    };
    super::store::touch(&mut work.tx, work.stamp, ticket).await?;
    let name = history_name(&change);
    work.history(ticket, HistoryType::TicketDynamicFieldUpdate, name, None);
    let event = format!("TicketDynamicFieldUpdate_{}", change.field);
    work.emit(ticket, event, None).await
}

/// Gives fields of an article their values; no history, one event for each change.
#[tracing::instrument(name = "ticket.article.dynamic_field.write", skip_all, fields(ticket.number = %ticket.number))]
pub async fn write_to_article(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    article: ArticleId,
    values: &[(&Definition, &Value)],
) -> Result<(), WriteError> {
    let changes = dynamic_field::write(&mut work.tx, article.0, values).await?;
    for _ in changes {
        work.emit(ticket, "ArticleDynamicFieldUpdate", Some(article))
            .await?;
    }
    Ok(())
}

/// `%%FieldName%%…%%Value%%…%%OldValue%%…`, cut so that the column holds it.
///
/// When the three texts are too long together, the old value gets a third of the room, and the other two share the
/// rest, each leaving to the other what it does not need. Source: the reference system, texts of many lengths.
fn history_name(change: &Change) -> String {
    let text = |field: &str, new: &str, old: &str| {
        format!("%%FieldName%%{field}%%Value%%{new}%%OldValue%%{old}")
    };
    let room = NAME_LENGTH - text("", "", "").len();
    let length = |text: &str| text.chars().count();
    let (mut field, mut new, mut old) =
        (change.field.clone(), change.new.clone(), change.old.clone());
    if length(&field) + length(&new) + length(&old) <= room {
        return text(&field, &new, &old);
    }
    let third = room / 3;
    if length(&old) > third {
        cut(&mut old, third);
    }
    let room = room - length(&old);
    let half = room / 2;
    match (length(&field) <= half, length(&new) <= half) {
        (true, true) => {}
        (true, false) => cut_to_rest(&mut new, room - length(&field)),
        (false, true) => cut_to_rest(&mut field, room - length(&new)),
        (false, false) => {
            cut(&mut field, half);
            cut(&mut new, half);
        }
    }
    text(&field, &new, &old)
}

/// A text that would leave no place for the mark gets it, even where the text alone would still fit.
fn cut_to_rest(text: &mut String, length: usize) {
    if text.chars().count() > length - CUT.len() {
        cut(text, length);
    }
}

/// The beginning of a text and the mark, this many characters together.
fn cut(text: &mut String, length: usize) {
    *text = text.chars().take(length - CUT.len()).collect();
    text.push_str(CUT);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The lengths of name, value and old value in the history, for a change of these lengths.
    fn lengths(field: usize, new: usize, old: usize) -> (usize, usize, usize) {
        let name = history_name(&Change {
            field: "f".repeat(field),
            new: "n".repeat(new),
            old: "o".repeat(old),
        });
        let parts: Vec<usize> = name.split("%%").map(str::len).collect();
        assert_eq!(parts.len(), 7, "{name}");
        (parts[2], parts[4], parts[6])
    }

    #[test]
    fn long_texts_share_the_room_as_they_do_on_the_reference_system() {
        let cases = [
            ((7, 160, 0), (7, 159, 0)),
            ((7, 60, 160), (7, 60, 55)),
            ((7, 80, 60), (7, 80, 60)),
            ((7, 100, 80), (7, 104, 55)),
            ((7, 55, 100), (7, 55, 100)),
            ((7, 104, 55), (7, 104, 55)),
            ((7, 154, 10), (7, 149, 10)),
            ((7, 10, 154), (7, 10, 55)),
            ((46, 160, 0), (46, 120, 0)),
            ((46, 104, 55), (46, 65, 55)),
            ((46, 10, 105), (46, 10, 105)),
            ((46, 0, 159), (46, 0, 55)),
            ((127, 160, 0), (83, 83, 0)),
            ((127, 60, 160), (55, 55, 55)),
            ((127, 55, 100), (56, 55, 55)),
            ((127, 10, 105), (101, 10, 55)),
            ((127, 154, 10), (78, 78, 10)),
            ((127, 0, 170), (111, 0, 55)),
        ];
        for ((field, new, old), expected) in cases {
            assert_eq!(lengths(field, new, old), expected, "{field}, {new}, {old}");
        }
    }
}
