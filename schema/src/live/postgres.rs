//! PostgreSQL: `pg_catalog`, within the current schema.

use crate::db::{DbError, Tx};

use super::{Live, LiveColumn, LiveForeignKey, LiveIndex, actions};

pub(super) const OUTLINE: &str = "\
SELECT c.relname::text, coalesce(a.attname::text, '') FROM pg_class c
LEFT JOIN pg_attribute a ON c.oid = a.attrelid AND a.attnum > 0 AND NOT a.attisdropped
  AND c.relname IN ('mail_account', 'ticket_flag', 'ticket_priority', 'ticket_state')
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind IN ('r', 'p', 'v', 'm', 'f')";

const COLUMNS: &str = "\
SELECT c.relname::text, a.attname::text, format_type(a.atttypid, a.atttypmod), a.attnotnull,
  pg_get_expr(d.adbin, d.adrelid),
  CASE WHEN a.attidentity <> '' THEN 'identity'
    ELSE (SELECT s.relname::text FROM pg_class s
      WHERE s.oid = pg_get_serial_sequence(quote_ident(n.nspname) || '.' || quote_ident(c.relname), a.attname)::regclass)
  END
FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid JOIN pg_namespace n ON n.oid = c.relnamespace
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p') AND a.attnum > 0 AND NOT a.attisdropped
ORDER BY c.relname, a.attnum";

const INDEXES: &str = "\
SELECT c.relname::text, x.relname::text, i.indisunique, i.indisprimary, pg_get_expr(i.indpred, i.indrelid),
  ARRAY(SELECT pg_get_indexdef(i.indexrelid, k, true) FROM generate_series(1, i.indnkeyatts) k)
FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid JOIN pg_class x ON x.oid = i.indexrelid
WHERE c.relnamespace = current_schema()::regnamespace AND i.indisvalid
ORDER BY c.relname, x.relname";

const FOREIGN_KEYS: &str = "\
SELECT c.relname::text, k.conname::text, f.relname::text, k.confdeltype::text, k.confupdtype::text,
  ARRAY(SELECT a.attname::text FROM unnest(k.conkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = u.number ORDER BY u.place),
  ARRAY(SELECT a.attname::text FROM unnest(k.confkey) WITH ORDINALITY AS u(number, place)
    JOIN pg_attribute a ON a.attrelid = k.confrelid AND a.attnum = u.number ORDER BY u.place)
FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid JOIN pg_class f ON f.oid = k.confrelid
WHERE k.contype = 'f' AND c.relnamespace = current_schema()::regnamespace
ORDER BY c.relname, k.conname";

type Column = (String, String, String, bool, Option<String>, Option<String>);
type Index = (String, String, bool, bool, Option<String>, Vec<String>);
type Key = (
    String,
    String,
    String,
    String,
    String,
    Vec<String>,
    Vec<String>,
);

pub(super) async fn read(tx: &mut Tx) -> Result<Live, DbError> {
    let mut live = Live::default();
    for row in tx.fetch_postgres::<Column>(COLUMNS).await? {
        let (table, name, type_name, required, default, sequence) = row;
        let counts = sequence.as_deref() == Some("identity")
            || default
                .as_deref()
                .is_some_and(|default| default.starts_with("nextval("));
        live.table(&table).columns.push(LiveColumn {
            name,
            type_name,
            nullable: !required,
            default: default
                .filter(|_| !counts)
                .as_deref()
                .and_then(plain_default),
            counts,
            sequence,
            character_set: None,
        });
    }
    for (table, name, unique, primary, condition, columns) in
        tx.fetch_postgres::<Index>(INDEXES).await?
    {
        let columns = columns
            .into_iter()
            .map(|column| column.trim_matches('"').to_owned())
            .collect();
        let table = live.table(&table);
        if primary {
            table.primary_key = columns;
        } else {
            table.indexes.push(LiveIndex {
                name,
                unique,
                columns,
                condition,
            });
        }
    }
    for row in tx.fetch_postgres::<Key>(FOREIGN_KEYS).await? {
        let (table, name, foreign_table, on_delete, on_update, columns, foreign_columns) = row;
        live.table(&table).foreign_keys.push(LiveForeignKey {
            name,
            columns,
            foreign_table: foreign_table.to_lowercase(),
            foreign_columns,
            actions: actions(rule(&on_delete), rule(&on_update)),
        });
    }
    Ok(live)
}

/// `'Answer'::character varying` without its dress.
fn plain_default(default: &str) -> Option<String> {
    let bare = match default.rsplit_once("::") {
        Some((bare, kind)) if !kind.contains(['\'', '(', ')']) => bare,
        _ => default,
    };
    if bare == "NULL" {
        return None;
    }
    let unquoted = bare
        .strip_prefix('\'')
        .and_then(|rest| rest.strip_suffix('\''));
    Some(match unquoted {
        Some(text) => text.replace("''", "'"),
        None => bare.to_owned(),
    })
}

fn rule(letter: &str) -> &'static str {
    match letter {
        "r" => "RESTRICT",
        "c" => "CASCADE",
        "n" => "SET NULL",
        "d" => "SET DEFAULT",
        _ => "NO ACTION",
    }
}
