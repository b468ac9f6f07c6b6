//! What a request wrote: every row that it added, changed or removed, in a form that two systems can be compared by.
//!
//! [`Rows`] reads the tables that requests write to, all rows of all of them in one statement, before and after a request.
//! The difference becomes lines, see [`normal`]: keys of new rows are numbered (`T1`, `A2`), moments of the request are
//! `now`, other moments carry their second, and what is random is checked for its shape and named. Afterwards the tables
//! are put back, so that the next case finds what the first one found; keys are not used again.
//!
//! Left out are the tables that say how a system runs and not what it knows: `sessions`, the debug log (compared by the
//! cases that are [`crate::case::Case::logged`]), the communication log, caches, settings and their deployments.

pub mod mail;
pub mod normal;
mod read;
pub mod record;
mod restore;

use std::collections::{BTreeMap, HashMap};

use schema::{Db, DbError, tables as t};
use sea_query::{Expr, Query};
use serde_json::Value;
use tokio::runtime::Runtime;

pub use normal::{Names, Written, same};

/// A table under comparison.
#[derive(Clone, Copy, Debug)]
pub struct Compared {
    pub table: t::TableDef,
    /// Whether rows have the key `id`; the rows of other tables are compared as a bag.
    pub keyed: bool,
}

/// Every table that a request may write to, in the order of the report; rows that others point to come first.
const NAMES: [&str; 33] = [
    "ticket",
    "ticket_history",
    "ticket_flag",
    "ticket_watcher",
    "ticket_index",
    "ticket_lock_index",
    "ticket_loop_protection",
    "article",
    "article_flag",
    "article_data_mime",
    "article_data_mime_plain",
    "article_data_mime_attachment",
    "article_data_mime_send_error",
    "article_data_otrs_chat",
    "article_search_index",
    "time_accounting",
    "dynamic_field_obj_id_name",
    "dynamic_field_value",
    "link_object",
    "link_relation",
    "mention",
    "mail_queue",
    "calendar_appointment",
    "calendar_appointment_ticket",
    "scheduler_task",
    "scheduler_future_task",
    "form_draft",
    "virtual_fs",
    "virtual_fs_preferences",
    "users",
    "user_preferences",
    "customer_user",
    "customer_preferences",
];
/// Counts on and is never put back, so that no number is given twice: of it, only the newest row is compared.
const COUNTER: &str = "ticket_number_counter";

/// The rows of each table, each as the JSON array that the database made of it.
type Tables = BTreeMap<String, Vec<String>>;

/// Which rows were added, changed and removed in one table.
#[derive(Debug, Default)]
pub struct Change {
    pub added: Vec<Vec<Value>>,
    /// Before and after.
    pub changed: Vec<(Vec<Value>, Vec<Value>)>,
    pub removed: Vec<Vec<Value>>,
}

/// The rows at one moment.
#[derive(Clone, Debug, Default)]
pub struct State(Tables);

/// Reads and restores the rows of one database.
pub struct Rows {
    runtime: Runtime,
    db: Db,
    tables: Vec<Compared>,
    names: Names,
}

impl Rows {
    /// Errors: there is no such database.
    pub fn connect(database_url: &str) -> Result<Self, Box<dyn std::error::Error>> {
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let (db, names) = runtime.block_on(async {
            let db = Db::connect(database_url).await?;
            let names = names(&db).await?;
            Ok::<_, DbError>((db, names))
        })?;
        Ok(Self {
            runtime,
            db,
            tables: compared(),
            names,
        })
    }

    /// All rows as they are.
    pub fn read(&self) -> Result<State, DbError> {
        let state = self.runtime.block_on(read::all(&self.db, &self.tables))?;
        Ok(State(state))
    }

    /// Puts everything back from `now` to `state`, but for the counter of ticket numbers.
    pub fn restore(&self, state: &State, now: &State) -> Result<(), DbError> {
        let changes = self.changes(state, now);
        if changes.is_empty() {
            return Ok(());
        }
        self.runtime
            .block_on(restore::back(&self.db, &self.tables, state, &changes))
    }

    /// What became of the rows of `before`.
    pub fn changes(&self, before: &State, after: &State) -> BTreeMap<String, Change> {
        let mut changes = BTreeMap::new();
        for (name, rows) in &after.0 {
            let old = before.0.get(name).map_or(&[][..], Vec::as_slice);
            if old == rows.as_slice() {
                continue;
            }
            let Some(table) = self.tables.iter().find(|it| it.table.name == name) else {
                continue;
            };
            let parsed = |row: &str| read::plain(self.db.dialect(), table, row);
            let change = if table.keyed {
                by_key(old, rows, parsed)
            } else {
                bag(old, rows, parsed)
            };
            changes.insert(name.clone(), change);
        }
        changes
    }

    /// The lines that say what was written between `before` and `after`; rows that are newer than `start` have symbols.
    /// `window` is the time of the request, first and last second.
    pub fn written(
        &self,
        start: &State,
        before: &State,
        after: &State,
        window: (i64, i64),
    ) -> Written {
        normal::written(self, start, before, after, window)
    }
}

/// The lines of one side only, in order: `< ` what was expected, `> ` what was written.
pub fn difference(expected: &[String], written: &[String]) -> String {
    let only = |mark: &str, these: &[String], those: &[String]| -> Vec<String> {
        let mut others: Vec<&String> = those.iter().collect();
        let mut lines = Vec::new();
        for line in these {
            if let Some(at) = others.iter().position(|other| *other == line) {
                others.remove(at);
            } else {
                lines.push(format!("{mark} {line}\n"));
            }
        }
        lines
    };
    let mut lines = only("<", expected, written);
    lines.extend(only(">", written, expected));
    if lines.is_empty() && expected != written {
        return "the same rows in another order\n".to_owned();
    }
    lines.concat()
}

fn compared() -> Vec<Compared> {
    let mut tables = Vec::new();
    for name in NAMES.into_iter().chain([COUNTER]) {
        let Some(table) = t::ALL.iter().find(|table| table.name == name) else {
            unreachable!("{name} is a table of the declarations");
        };
        tables.push(Compared {
            table: *table,
            keyed: table.column("id").is_some(),
        });
    }
    tables
}

/// Rows whose first column is their key.
fn by_key(old: &[String], new: &[String], parsed: impl Fn(&str) -> Vec<Value>) -> Change {
    let key = |row: &Vec<Value>| row.first().and_then(Value::as_i64).unwrap_or(0);
    let same: std::collections::HashSet<&String> = old.iter().collect();
    let kept: std::collections::HashSet<&String> = new.iter().collect();
    let mut before: BTreeMap<i64, Vec<Value>> = old
        .iter()
        .filter(|row| !kept.contains(row))
        .map(|row| parsed(row))
        .map(|row| (key(&row), row))
        .collect();
    let mut change = Change::default();
    let mut after: Vec<Vec<Value>> = new
        .iter()
        .filter(|row| !same.contains(row))
        .map(|row| parsed(row))
        .collect();
    after.sort_by_key(key);
    for row in after {
        match before.remove(&key(&row)) {
            Some(was) => change.changed.push((was, row)),
            None => change.added.push(row),
        }
    }
    change.removed = before.into_values().collect();
    change
}

/// Rows without a key: how many there are of each.
fn bag(old: &[String], new: &[String], parsed: impl Fn(&str) -> Vec<Value>) -> Change {
    let mut counts: HashMap<&String, i64> = HashMap::new();
    for row in new {
        *counts.entry(row).or_default() += 1;
    }
    for row in old {
        *counts.entry(row).or_default() -= 1;
    }
    let mut change = Change::default();
    let mut different: Vec<(&String, i64)> = counts.into_iter().filter(|it| it.1 != 0).collect();
    different.sort();
    for (row, count) in different {
        for _ in 0..count.abs() {
            if count > 0 {
                change.added.push(parsed(row));
            } else {
                change.removed.push(parsed(row));
            }
        }
    }
    change
}

#[derive(sqlx::FromRow)]
struct Kind {
    id: i32,
    name: String,
}

#[derive(sqlx::FromRow)]
struct Field {
    id: i32,
    object_type: String,
}

async fn names(db: &Db) -> Result<Names, DbError> {
    let mut tx = db.read().await?;
    let kinds = Query::select()
        .columns([t::TicketHistoryType::Id, t::TicketHistoryType::Name])
        .from(t::TicketHistoryType::Table)
        .to_owned();
    let kinds: Vec<Kind> = tx.fetch_all(&kinds).await?;
    let fields = Query::select()
        .column(t::DynamicField::Id)
        .expr_as(Expr::col(t::DynamicField::ObjectType), "object_type")
        .from(t::DynamicField::Table)
        .to_owned();
    let fields: Vec<Field> = tx.fetch_all(&fields).await?;
    Ok(Names {
        history_types: kinds
            .into_iter()
            .map(|kind| (i64::from(kind.id), kind.name))
            .collect(),
        article_fields: fields
            .into_iter()
            .filter(|field| field.object_type == "Article")
            .map(|field| i64::from(field.id))
            .collect(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(row: &str) -> Vec<Value> {
        serde_json::from_str(row).unwrap()
    }

    #[test]
    fn rows_are_added_changed_and_removed_by_their_key() {
        let old = ["[1,\"a\"]", "[2,\"b\"]", "[3,\"c\"]"].map(str::to_owned);
        let new = ["[1,\"a\"]", "[3,\"d\"]", "[4,\"e\"]"].map(str::to_owned);
        let change = by_key(&old, &new, parsed);
        assert_eq!(change.added, [parsed("[4,\"e\"]")]);
        assert_eq!(change.changed, [(parsed("[3,\"c\"]"), parsed("[3,\"d\"]"))]);
        assert_eq!(change.removed, [parsed("[2,\"b\"]")]);
    }

    #[test]
    fn rows_without_a_key_are_counted() {
        let change = bag(
            &["[1]".to_owned(), "[1]".to_owned()],
            &["[1]".to_owned(), "[2]".to_owned()],
            parsed,
        );
        assert_eq!((change.added.len(), change.removed.len()), (1, 1));
    }
}
