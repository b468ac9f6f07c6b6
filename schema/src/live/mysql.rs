//! MySQL and MariaDB: `information_schema`.
//!
//! Its columns are read as `CHAR`, since MySQL 8 has some of them as bytes. Names come back as they were written.

use crate::db::{DbError, Tx};

use super::{Live, LiveColumn, LiveForeignKey, actions};

pub(super) const OUTLINE: &str = "\
SELECT CAST(table_name AS CHAR), '' FROM information_schema.tables WHERE table_schema = DATABASE()
UNION ALL SELECT CAST(table_name AS CHAR), CAST(column_name AS CHAR) FROM information_schema.columns
WHERE table_schema = DATABASE() AND table_name IN ('mail_account', 'ticket_flag', 'ticket_priority', 'ticket_state')";

const COLUMNS: &str = "\
SELECT CAST(c.table_name AS CHAR), CAST(c.column_name AS CHAR), CAST(c.column_type AS CHAR), CAST(c.is_nullable AS CHAR),
  CAST(c.column_default AS CHAR), CAST(c.extra AS CHAR), CAST(c.character_set_name AS CHAR)
FROM information_schema.columns c WHERE c.table_schema = DATABASE()
ORDER BY c.table_name, c.ordinal_position";

const INDEXES: &str = "\
SELECT CAST(table_name AS CHAR), CAST(index_name AS CHAR), CAST(non_unique AS CHAR), CAST(column_name AS CHAR),
  CAST(sub_part AS CHAR)
FROM information_schema.statistics WHERE table_schema = DATABASE()
ORDER BY table_name, index_name, seq_in_index";

const FOREIGN_KEYS: &str = "\
SELECT CAST(k.table_name AS CHAR), CAST(k.constraint_name AS CHAR), CAST(k.column_name AS CHAR),
  CAST(k.referenced_table_name AS CHAR), CAST(k.referenced_column_name AS CHAR),
  CAST(r.delete_rule AS CHAR), CAST(r.update_rule AS CHAR)
FROM information_schema.key_column_usage k
JOIN information_schema.referential_constraints r
  ON r.constraint_schema = k.constraint_schema AND r.constraint_name = k.constraint_name AND r.table_name = k.table_name
WHERE k.table_schema = DATABASE() AND k.referenced_table_name IS NOT NULL
ORDER BY k.table_name, k.constraint_name, k.ordinal_position";

type Column = (
    String,
    String,
    String,
    String,
    Option<String>,
    Option<String>,
    Option<String>,
);

type Index = (String, String, String, Option<String>, Option<String>);
type Key = (String, String, String, String, String, String, String);

pub(super) async fn read(tx: &mut Tx) -> Result<Live, DbError> {
    let mut live = Live::default();
    for row in tx.fetch_text::<Column>(COLUMNS).await? {
        let (table, name, type_name, nullable, default, extra, character_set) = row;
        live.table(&table).columns.push(LiveColumn {
            name,
            type_name: without_display_width(type_name),
            nullable: nullable == "YES",
            default: default.as_deref().and_then(plain_default),
            counts: extra.is_some_and(|extra| extra.contains("auto_increment")),
            sequence: None,
            character_set,
        });
    }
    for (table, name, non_unique, column, prefix) in tx.fetch_text::<Index>(INDEXES).await? {
        let table = live.table(&table);
        let column = column.unwrap_or_else(|| "(expression)".to_owned());
        if name == "PRIMARY" {
            table.primary_key.push(column);
            continue;
        }
        let column = match prefix {
            Some(prefix) => format!("{column}({prefix})"),
            None => column,
        };
        table.add_to_index(&name, non_unique == "0", column);
    }
    for row in tx.fetch_text::<Key>(FOREIGN_KEYS).await? {
        let (table, name, column, foreign_table, foreign_column, on_delete, on_update) = row;
        let keys = &mut live.table(&table).foreign_keys;
        match keys.iter_mut().find(|key| key.name == name) {
            Some(key) => {
                key.columns.push(column);
                key.foreign_columns.push(foreign_column);
            }
            None => keys.push(LiveForeignKey {
                name,
                columns: vec![column],
                foreign_table: foreign_table.to_lowercase(),
                foreign_columns: vec![foreign_column],
                actions: actions(&on_delete, &on_update),
            }),
        }
    }
    Ok(live)
}

/// MariaDB says `int(11)`, which limits nothing, and MySQL 8 says `int`.
fn without_display_width(type_name: String) -> String {
    match type_name.split_once("int(") {
        Some((size, rest)) => {
            let rest = rest.trim_start_matches(|character: char| character.is_ascii_digit());
            format!("{size}int{}", rest.trim_start_matches(')'))
        }
        None => type_name,
    }
}

/// MariaDB writes `NULL` for no default and quotes texts; MySQL does neither.
fn plain_default(default: &str) -> Option<String> {
    if default == "NULL" {
        return None;
    }
    let unquoted = default
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    Some(match unquoted {
        Some(text) => text.replace("''", "'"),
        None => default.to_owned(),
    })
}
