//! The title.

use schema::{DbError, tables as t};

use crate::ticket::{Ticket, history::HistoryType, work::Work};

/// Characters of a new title that the history keeps.
const KEPT: usize = 50;

/// Gives a ticket another title.
pub async fn title(work: &mut Work<'_>, ticket: &mut Ticket, title: &str) -> Result<(), DbError> {
    let old = ticket.title.clone().unwrap_or_default();
    if old == title {
        return Ok(());
    }
    work.set(ticket, t::Ticket::Title, title);
    ticket.title = Some(title.to_owned());
    let text = format!("%%{old}%%{}", shortened(title));
    work.history(ticket, HistoryType::TitleUpdate, text, None);
    work.emit(ticket, "TicketTitleUpdate", None).await
}

fn shortened(title: &str) -> String {
    if title.chars().count() < KEPT {
        return title.to_owned();
    }
    title.chars().take(KEPT).chain("...".chars()).collect()
}

#[cfg(test)]
mod tests {
    use super::shortened;

    #[test]
    fn a_title_of_fifty_characters_counts_as_shortened() {
        assert_eq!(shortened(&"ä".repeat(49)), "ä".repeat(49));
        assert_eq!(shortened(&"ä".repeat(50)), format!("{}...", "ä".repeat(50)));
        assert_eq!(shortened(&"ä".repeat(51)), format!("{}...", "ä".repeat(50)));
    }
}
