//! The queue as administrators see it on the command line, in the form of OTRS's `Maint::Email::MailQueue`.

use std::fmt::Write as _;

use schema::{DbError, Tx};

use super::store::{self, Item};

const TITLES: [&str; 8] = [
    "ID",
    "ArticleID",
    "Attempts",
    "Sender",
    "Recipient",
    "Due Time",
    "Last SMTP Code",
    "Last SMTP Message",
];

/// Which mails are meant: all that every condition holds for. `FIELD::VALUE`; conditions on unknown fields hold always.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Filter(Vec<(Field, String)>);

#[derive(Clone, Copy, Debug, PartialEq)]
enum Field {
    Id,
    Article,
    Sender,
    Recipient,
    Attempts,
}

impl Filter {
    pub fn new<'a>(conditions: impl IntoIterator<Item = &'a str>) -> Self {
        let conditions = conditions.into_iter().filter_map(|condition| {
            let (field, value) = condition.split_once("::")?;
            let field = match field {
                "ID" => Field::Id,
                "ArticleID" => Field::Article,
                "Sender" => Field::Sender,
                "Recipient" => Field::Recipient,
                "Attempts" => Field::Attempts,
                _ => return None,
            };
            Some((field, value.to_owned()))
        });
        Self(conditions.collect())
    }

    fn holds(&self, item: &Item) -> bool {
        self.0.iter().all(|(field, value)| match field {
            Field::Id => item.id.to_string() == *value,
            Field::Article => item
                .article
                .is_some_and(|article| article.0.to_string() == *value),
            Field::Sender => item.sender == *value,
            Field::Recipient => item.recipients.contains(value.as_str()),
            Field::Attempts => item.attempts.to_string() == *value,
        })
    }
}

/// The mails that are meant.
pub async fn find(tx: &mut Tx, filter: &Filter) -> Result<Vec<Item>, DbError> {
    let mut found = Vec::new();
    let mut after = 0;
    loop {
        let page = store::list(tx, after).await?;
        let Some(last) = page.last() else {
            return Ok(found);
        };
        after = last.id;
        found.extend(page.into_iter().filter(|item| filter.holds(item)));
    }
}

/// The mails as a table.
pub fn table(items: &[Item]) -> String {
    let rows: Vec<[String; 8]> = items.iter().map(row).collect();
    let mut widths = TITLES.map(str::len);
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.chars().count());
        }
    }
    let rule = widths.iter().fold(String::from("  +"), |mut line, width| {
        let _ = write!(line, "{}+", "-".repeat(width + 2));
        line
    });
    let line = |cells: &[String]| {
        let mut line = String::from("  |");
        for (cell, width) in cells.iter().zip(widths) {
            let gap = " ".repeat(width - cell.chars().count());
            let _ = write!(line, " {cell}{gap} |");
        }
        line
    };
    let mut out = format!("{rule}\n{}\n{rule}\n", line(&TITLES.map(str::to_owned)));
    for row in &rows {
        let _ = writeln!(out, "{}", line(row));
    }
    out.push_str(&rule);
    out
}

fn row(item: &Item) -> [String; 8] {
    let or_dash = |text: Option<String>| {
        text.filter(|text| !text.is_empty())
            .unwrap_or_else(|| "-".to_owned())
    };
    let mut recipients = item.recipients.split(',');
    let first = recipients.next().unwrap_or_default();
    let more = recipients.count();
    [
        item.id.to_string(),
        or_dash(item.article.map(|article| article.0.to_string())),
        item.attempts.to_string(),
        item.sender.clone(),
        if more == 0 {
            first.to_owned()
        } else {
            format!("{first} (+{more} more)")
        },
        or_dash(
            item.due
                .map(|due| due.format("%Y-%m-%d %H:%M:%S").to_string()),
        ),
        or_dash(item.last_code.map(|code| code.to_string())),
        or_dash(item.last_text.clone()),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn item() -> Item {
        Item {
            id: 218,
            article: None,
            attempts: 0,
            sender: "a@x.example".to_owned(),
            recipients: "x@y.example,z@y.example".to_owned(),
            due: None,
            last_code: Some(451),
            last_text: None,
        }
    }

    #[test]
    fn the_queue_is_shown_as_a_table() {
        insta::assert_snapshot!(table(&[item()]), @r"
          +-----+-----------+----------+-------------+-----------------------+----------+----------------+-------------------+
          | ID  | ArticleID | Attempts | Sender      | Recipient             | Due Time | Last SMTP Code | Last SMTP Message |
          +-----+-----------+----------+-------------+-----------------------+----------+----------------+-------------------+
          | 218 | -         | 0        | a@x.example | x@y.example (+1 more) | -        | 451            | -                 |
          +-----+-----------+----------+-------------+-----------------------+----------+----------------+-------------------+
        ");
    }

    #[test]
    fn conditions_have_to_hold_together() {
        let holds = |conditions: &[&str]| Filter::new(conditions.iter().copied()).holds(&item());
        assert!(holds(&[]));
        assert!(holds(&["ID::218", "Recipient::z@y"]));
        assert!(!holds(&["ID::218", "Attempts::1"]));
        assert!(!holds(&["ArticleID::1"]));
        assert!(holds(&["Unknown::1", "ID"]));
    }
}
