//! Characters that a column can not keep: those beyond U+FFFF on many MySQL installations, U+0000 on PostgreSQL.
//!
//! On many OTRS installations the texts are `utf8mb3`, which has no characters beyond U+FFFF; in strict mode a write with an
//! emoji fails there. Which columns are so narrow is read when the first such character is about to be written, so that
//! an ordinary statement pays for nothing but a look at its texts.

use std::collections::HashSet;

use sea_query::{Alias, Expr, ExprTrait as _, Query, SelectStatement, Value, Values};

/// The columns that can not keep every character, as (table, column) in lower case.
#[derive(Debug, Default)]
pub(super) struct NarrowColumns(HashSet<(String, String)>);

impl NarrowColumns {
    pub(super) fn query() -> SelectStatement {
        let text = |name: &str| Expr::col(Alias::new(name)).cast_as(Alias::new("char(64)"));
        Query::select()
            .expr(text("table_name"))
            .expr(text("column_name"))
            .from((Alias::new("information_schema"), Alias::new("columns")))
            .and_where(
                Expr::col(Alias::new("table_schema"))
                    .eq(sea_query::Func::cust(Alias::new("DATABASE"))),
            )
            .and_where(Expr::col(Alias::new("character_set_name")).is_not_null())
            .and_where(
                Expr::col(Alias::new("character_set_name"))
                    .is_not_in(["utf8mb4", "utf16", "utf32"]),
            )
            .to_owned()
    }

    pub(super) fn from_rows(rows: Vec<(String, String)>) -> Self {
        Self(
            rows.into_iter()
                .map(|(table, column)| (table.to_lowercase(), column.to_lowercase()))
                .collect(),
        )
    }

    /// Replaces each character beyond U+FFFF by U+FFFD in the values that this statement writes to such a column, and
    /// in those that it compares with one: MySQL refuses to compare the two character sets.
    pub(super) fn replace(&self, sql: &str, values: &mut Values) {
        let written = written_columns(sql);
        for (index, value) in values.0.iter_mut().enumerate() {
            let Value::String(Some(text)) = value else {
                continue;
            };
            let narrow = match &written {
                Some(Written { table, columns }) => match columns.get(index) {
                    Some(column) => self.contain(table, column),
                    None => !self.0.is_empty(),
                },
                // A statement of a shape that is not known here: better a replaced character than a failure.
                None => !self.0.is_empty(),
            };
            if narrow {
                *text = replaced(text);
            }
        }
    }

    pub(super) fn contain(&self, table: &str, column: &str) -> bool {
        self.0
            .contains(&(table.to_lowercase(), column.to_lowercase()))
    }
}

/// The text with U+FFFD in place of each character beyond U+FFFF.
pub(super) fn replaced(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{10000}'.. => char::REPLACEMENT_CHARACTER,
            other => other,
        })
        .collect()
}

/// Whether the text has a character of four bytes in UTF-8.
pub(super) fn is_wide(text: &str) -> bool {
    text.bytes().any(|byte| byte >= 0xf0)
}

/// Whether any text has a character of four bytes in UTF-8.
pub(super) fn has_wide_characters(values: &Values) -> bool {
    values.0.iter().any(|value| match value {
        Value::String(Some(text)) => is_wide(text),
        _ => false,
    })
}

/// PostgreSQL keeps no U+0000 in texts and refuses a statement that brings one: U+FFFD takes its place.
pub(super) fn replace_nul(values: &mut Values) {
    for value in &mut values.0 {
        if let Value::String(Some(text)) = value
            && text.contains('\0')
        {
            *text = text.replace('\0', "\u{fffd}");
        }
    }
}

/// Where the values of a statement go, one column for each value; those of conditions go nowhere.
#[derive(Debug, Eq, PartialEq)]
struct Written {
    table: String,
    columns: Vec<String>,
}

/// Reads this from a statement that sea-query has written: ``INSERT INTO `t` (`a`, `b`) VALUES (?, ?)`` or
/// ``UPDATE `t` SET `a` = ?, `b` = ? WHERE …``. `None` for other shapes.
fn written_columns(sql: &str) -> Option<Written> {
    if let Some(rest) = sql.strip_prefix("INSERT INTO ") {
        let (table, rest) = identifier(rest)?;
        let (names, values) = rest.strip_prefix(" (")?.split_once(") VALUES ")?;
        let names: Vec<String> = names
            .split(", ")
            .map(|name| name.trim_matches('`').to_owned())
            .collect();
        let values = values.split(" ON DUPLICATE ").next().unwrap_or_default();
        if !values
            .chars()
            .all(|c| matches!(c, '(' | ')' | '?' | ',' | ' '))
        {
            return None;
        }
        let count = values.matches('?').count();
        return Some(Written {
            table,
            columns: names.into_iter().cycle().take(count).collect(),
        });
    }
    let (table, rest) = identifier(sql.strip_prefix("UPDATE ")?)?;
    let assignments = rest.strip_prefix(" SET ")?;
    let assignments = assignments.split(" WHERE ").next().unwrap_or_default();
    let mut columns = Vec::new();
    for assignment in assignments.split(", ") {
        let (column, value) = assignment.split_once(" = ")?;
        match value {
            "?" => columns.push(column.trim_matches('`').to_owned()),
            // `a = a + ?` and the like would need a parser.
            value if value.contains('?') || !column.starts_with('`') => return None,
            _ => {}
        }
    }
    Some(Written { table, columns })
}

fn identifier(sql: &str) -> Option<(String, &str)> {
    let (name, rest) = sql.strip_prefix('`')?.split_once('`')?;
    Some((name.to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use sea_query::MysqlQueryBuilder;

    use super::*;
    use crate::{Db, create, flavours, live, tables as t, testing};

    #[test]
    fn the_columns_of_each_value_are_known() {
        let insert = Query::insert()
            .into_table(t::Ticket::Table)
            .columns([t::Ticket::Tn, t::Ticket::Title])
            .values_panic([Expr::from("1"), Expr::from("a")])
            .values_panic([Expr::from("2"), Expr::from("b")])
            .to_owned();
        let (sql, values) = insert.build_any(&MysqlQueryBuilder);
        let written = written_columns(&sql).unwrap();
        assert_eq!(written.table, "ticket");
        assert_eq!(written.columns, ["tn", "title", "tn", "title"]);
        assert_eq!(values.0.len(), 4);

        let update = Query::update()
            .table(t::Ticket::Table)
            .value(t::Ticket::Title, "a")
            .value(t::Ticket::Tn, Expr::col(t::Ticket::Title))
            .and_where(Expr::col(t::Ticket::Tn).eq("1"))
            .to_owned();
        let (sql, _) = update.build_any(&MysqlQueryBuilder);
        assert_eq!(written_columns(&sql).unwrap().columns, ["title"]);
    }

    #[tokio::test]
    async fn texts_that_no_column_could_hold_are_found_nowhere() {
        let database = testing::fresh_with_character_set("utf8mb3").await;
        let db = Db::connect(&database.url).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        tx.execute_raw("CREATE TABLE probe (name VARCHAR(20))")
            .await
            .unwrap();
        for text in ["\u{1f600}", "a\0b"] {
            let query = Query::select()
                .column(Alias::new("name"))
                .from(Alias::new("probe"))
                .and_where(Expr::col(Alias::new("name")).eq(text))
                .to_owned();
            let found: Vec<(String,)> = tx.fetch_all(&query).await.unwrap();
            assert_eq!(found.len(), 0, "{text:?}");
        }
    }

    #[tokio::test]
    async fn an_emoji_is_kept_where_it_can_be_and_replaced_where_it_can_not() {
        let database = testing::fresh_with_character_set("utf8mb3").await;
        let db = Db::connect(&database.url).await.unwrap();
        let plan = create::Plan {
            flavour: &flavours::ZNUNY_6_5,
            admin_password_hash: String::new(),
            now: chrono::NaiveDateTime::default(),
        };
        create::create(&db, &plan).await.unwrap();
        let mut tx = db.begin().await.unwrap();
        let is_mysql = tx.dialect() == crate::Dialect::MySql;
        if is_mysql {
            assert!(
                live::database_without_utf8mb4(&mut tx)
                    .await
                    .unwrap()
                    .is_none()
            );
            tx.execute_raw("ALTER TABLE ticket MODIFY title VARCHAR(255) CHARACTER SET utf8mb3")
                .await
                .unwrap();
        }
        let update = Query::update()
            .table(t::Ticket::Table)
            .value(t::Ticket::Title, "on fire 🔥")
            .value(t::Ticket::CustomerId, "on fire 🔥")
            .to_owned();
        tx.execute(&update).await.unwrap();
        let query = Query::select()
            .columns([t::Ticket::Title, t::Ticket::CustomerId])
            .from(t::Ticket::Table)
            .to_owned();
        let row: (String, String) = tx.fetch_one(&query).await.unwrap();
        let title = if is_mysql {
            "on fire \u{fffd}"
        } else {
            "on fire 🔥"
        };
        assert_eq!(row, (title.to_owned(), "on fire 🔥".to_owned()));
    }
}
