//! SQLite: its pragmas, as functions.

use crate::db::{DbError, Tx};

use super::{Live, LiveColumn, LiveForeignKey, actions};

pub(super) const OUTLINE: &str = "\
SELECT m.name, coalesce(c.name, '') FROM sqlite_master m LEFT JOIN pragma_table_info(m.name) c
  ON m.name IN ('mail_account', 'ticket_flag', 'ticket_priority', 'ticket_state')
WHERE m.type IN ('table', 'view') AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'";

const COLUMNS: &str = "\
SELECT m.name, c.name, lower(c.type), c.\"notnull\", c.dflt_value, c.pk, coalesce(m.sql, '') LIKE '%AUTOINCREMENT%'
FROM sqlite_master m JOIN pragma_table_info(m.name) c
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY m.name, c.cid";

const INDEXES: &str = "\
SELECT m.name, l.name, l.\"unique\", i.name
FROM sqlite_master m JOIN pragma_index_list(m.name) l JOIN pragma_index_info(l.name) i
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND l.origin <> 'pk'
ORDER BY m.name, l.name, i.seqno";

const FOREIGN_KEYS: &str = "\
SELECT m.name, f.id, f.\"table\", f.\"from\", f.\"to\", f.on_delete, f.on_update
FROM sqlite_master m JOIN pragma_foreign_key_list(m.name) f
WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
ORDER BY m.name, f.id, f.seq";

type Column = (String, String, String, i64, Option<String>, i64, i64);
type Index = (String, String, i64, Option<String>);
type Key = (String, i64, String, String, Option<String>, String, String);

pub(super) async fn read(tx: &mut Tx) -> Result<Live, DbError> {
    let mut live = Live::default();
    for row in tx.fetch_text::<Column>(COLUMNS).await? {
        let (table, name, type_name, required, default, key, counts) = row;
        let table = live.table(&table);
        if key > 0 {
            table.primary_key.push(name.clone());
        }
        table.columns.push(LiveColumn {
            name,
            type_name,
            nullable: required == 0,
            default: default
                .filter(|default| default != "NULL")
                .map(|default| default.trim_matches('\'').replace("''", "'")),
            counts: key > 0 && counts != 0,
            sequence: None,
            character_set: None,
        });
    }
    for (table, name, unique, column) in tx.fetch_text::<Index>(INDEXES).await? {
        let column = column.unwrap_or_else(|| "(expression)".to_owned());
        live.table(&table).add_to_index(&name, unique != 0, column);
    }
    for row in tx.fetch_text::<Key>(FOREIGN_KEYS).await? {
        let (table, _, foreign_table, column, foreign_column, on_delete, on_update) = row;
        live.table(&table).foreign_keys.push(LiveForeignKey {
            name: String::new(),
            columns: vec![column],
            foreign_table: foreign_table.to_lowercase(),
            foreign_columns: foreign_column.into_iter().collect(),
            actions: actions(&on_delete, &on_update),
        });
    }
    Ok(live)
}
