//! The rows that every comparison starts from: `fixtures/compat/rows.jsonl`, written by `seed/export.sh`, and the web
//! services in `fixtures/compat/webservices`, which are inserted as their files are, also where they are broken.
//!
//! [`load`] puts them into a fresh database of any kind, the reference system's or ours, so that the same requests
//! find the same tickets everywhere.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use base64::{Engine as _, engine::general_purpose::STANDARD};
use chrono::NaiveDateTime;
use schema::db::{Cell, Rows};
use schema::tables::{
    self as t, ColumnDef, GiWebserviceConfig as S, SysconfigDefault as D, TableDef, Type,
};
use schema::{Db, DbError, Tx};
use sea_query::{Alias, Expr, ExprTrait, Query};
use serde_json::Value;

/// Tables whose rows point to rows that make way; in a fresh database they hold nothing that matters.
const CLEARED: [&str; 8] = [
    "gi_debugger_entry_content",
    "gi_debugger_entry",
    "gi_webservice_config_history",
    "mail_queue",
    "ticket_index",
    "ticket_lock_index",
    "mention",
    "sysconfig_modified_version",
];

/// Why the rows could not be loaded.
#[derive(Debug, thiserror::Error)]
pub enum FixtureError {
    #[error("{file}: {source}")]
    File {
        file: String,
        source: std::io::Error,
    },
    #[error("line {line}: {what}")]
    Line { line: usize, what: String },
    #[error(transparent)]
    Db(#[from] DbError),
}

/// The rows of one table.
#[derive(Debug)]
struct TableRows {
    table: &'static TableDef,
    columns: Vec<&'static ColumnDef>,
    /// Whether the rows of a fresh database make way.
    replace: bool,
    /// Line number and values.
    rows: Vec<(usize, Vec<Value>)>,
}

fn parse(text: &str) -> Result<Vec<TableRows>, FixtureError> {
    let mut tables: Vec<TableRows> = Vec::new();
    for (number, line) in text.lines().enumerate() {
        let bad = |what: &str| FixtureError::Line {
            line: number + 1,
            what: what.to_owned(),
        };
        match serde_json::from_str(line).map_err(|e| bad(&e.to_string()))? {
            Value::Array(values) => {
                let last = tables
                    .last_mut()
                    .ok_or_else(|| bad("a row before the first table"))?;
                if values.len() != last.columns.len() {
                    return Err(bad("a row of another width than its table"));
                }
                last.rows.push((number + 1, values));
            }
            head => {
                let name = head["table"].as_str().unwrap_or_default();
                let table = t::ALL
                    .iter()
                    .find(|d| d.name == name)
                    .ok_or_else(|| bad("no such table"))?;
                let names = head["columns"]
                    .as_array()
                    .ok_or_else(|| bad("no columns"))?;
                let columns = names
                    .iter()
                    .map(|n| {
                        n.as_str()
                            .and_then(|n| table.column(n))
                            .ok_or_else(|| bad("no such column"))
                    })
                    .collect::<Result<_, _>>()?;
                tables.push(TableRows {
                    table,
                    columns,
                    replace: head["replace"] == true,
                    rows: Vec::new(),
                });
            }
        }
    }
    Ok(tables)
}

/// Loads the rows of a file into a database that has the schema and its first rows, and nothing else that matters.
///
/// Errors: the file is no fixture, or the database refuses; then nothing was changed, except on MySQL for the part of a
/// statement that failed.
pub async fn load(db: &Db, file: &Path) -> Result<u64, FixtureError> {
    let text = fs::read_to_string(file).map_err(|source| FixtureError::File {
        file: file.display().to_string(),
        source,
    })?;
    let tables = parse(&text)?;
    let mut tx = db.begin().await?;
    tx.trust_references().await?;
    for name in CLEARED.iter().copied().chain(
        tables
            .iter()
            .rev()
            .filter(|t| t.replace)
            .map(|t| t.table.name),
    ) {
        tx.execute(Query::delete().from_table(Alias::new(name)))
            .await?;
    }
    let mut written = 0;
    for table in &tables {
        written += write(&mut tx, table).await?;
        tx.continue_keys(table.table).await?;
    }
    for (name, config) in web_services(&file.with_file_name("webservices"))? {
        insert_web_service(&mut tx, &name, &config).await?;
        written += 1;
    }
    tx.commit().await?;
    Ok(written)
}

/// Adds the rows of another file to a database that holds those of the comparison.
pub async fn add(db: &Db, file: &Path) -> Result<u64, FixtureError> {
    let text = fs::read_to_string(file).map_err(|source| FixtureError::File {
        file: file.display().to_string(),
        source,
    })?;
    add_text(db, &text).await
}

/// Adds the rows of a text that has the form of such a file.
pub async fn add_text(db: &Db, text: &str) -> Result<u64, FixtureError> {
    let mut tx = db.begin().await?;
    tx.trust_references().await?;
    let mut written = 0;
    for table in &parse(text)? {
        written += write(&mut tx, table).await?;
        if table.table.column("id").is_some() {
            tx.continue_keys(table.table).await?;
        }
    }
    tx.commit().await?;
    Ok(written)
}

/// What the cases that write need beyond the rows: the two connectors as the only valid web services, for the reference
/// dies at some of the others in the middle of its event handlers; and no notifications, whose mails are not ours to send.
pub async fn for_writing(db: &Db) -> Result<(), DbError> {
    let mut tx = db.begin().await?;
    let services = Query::update()
        .table(S::Table)
        .value(S::ValidId, 2_i16)
        .and_where(Expr::col(S::Name).not_like("GenericTicketConnector%"))
        .to_owned();
    tx.execute(&services).await?;
    let notifications = Query::update()
        .table(t::NotificationEvent::Table)
        .value(t::NotificationEvent::ValidId, 2_i16)
        .to_owned();
    tx.execute(&notifications).await?;
    tx.commit().await
}

/// Names and configurations of the web services in a directory, `NAME.yml` each, by their names.
fn web_services(directory: &Path) -> Result<BTreeMap<String, String>, FixtureError> {
    let unreadable = |file: &Path, source| FixtureError::File {
        file: file.display().to_string(),
        source,
    };
    let mut services = BTreeMap::new();
    for entry in fs::read_dir(directory).map_err(|e| unreadable(directory, e))? {
        let file = entry.map_err(|e| unreadable(directory, e))?.path();
        let Some(name) = file.file_stem().and_then(|stem| stem.to_str()) else {
            continue;
        };
        let config = fs::read_to_string(&file).map_err(|e| unreadable(&file, e))?;
        services.insert(name.to_owned(), config);
    }
    Ok(services)
}

async fn insert_web_service(tx: &mut Tx, name: &str, config: &str) -> Result<(), FixtureError> {
    let now = NaiveDateTime::default();
    let insert = Query::insert()
        .into_table(S::Table)
        .columns([
            S::Name,
            S::Config,
            S::ValidId,
            S::CreateTime,
            S::CreateBy,
            S::ChangeTime,
            S::ChangeBy,
        ])
        .values_panic([
            Expr::val(name),
            Expr::val(tx.long_text(config)),
            Expr::val(1_i16),
            Expr::val(now),
            Expr::val(1_i32),
            Expr::val(now),
            Expr::val(1_i32),
        ])
        .to_owned();
    tx.insert(&insert).await?;
    Ok(())
}

async fn write(tx: &mut Tx, table: &TableRows) -> Result<u64, FixtureError> {
    let names: Vec<&'static str> = table.columns.iter().map(|c| c.name).collect();
    let mut rows = Rows::new(tx.dialect(), table.table, &names);
    for (line, values) in &table.rows {
        let mut values = values.clone();
        if table.table.name == t::SysconfigModified::DEFINITION.name {
            point_to_default(tx, &names, &mut values).await?;
        }
        let bytes = values
            .iter()
            .zip(&table.columns)
            .map(|(value, column)| decoded(table.table.name, column, value))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|what| FixtureError::Line { line: *line, what })?;
        let texts: Vec<String> = values
            .iter()
            .map(|v| v.as_str().map_or_else(|| v.to_string(), str::to_owned))
            .collect();
        let cells = values
            .iter()
            .enumerate()
            .map(|(at, value)| cell(value, table.columns[at], &texts[at], bytes[at].as_deref()))
            .collect::<Result<Vec<_>, _>>()
            .map_err(|what| FixtureError::Line { line: *line, what })?;
        rows.push(&cells);
    }
    Ok(tx.write(rows).await?)
}

/// Binary content, which stands as base64 in the file; the other `LONGBLOB` columns hold text.
fn decoded(table: &str, column: &ColumnDef, value: &Value) -> Result<Option<Vec<u8>>, String> {
    let binary = column.kind == Type::LongBlob
        && matches!(
            table,
            "article_data_mime_attachment" | "article_data_mime_plain"
        );
    match value.as_str() {
        Some(text) if binary => STANDARD.decode(text).map(Some).map_err(|e| e.to_string()),
        _ => Ok(None),
    }
}

fn cell<'a>(
    value: &Value,
    column: &ColumnDef,
    text: &'a str,
    bytes: Option<&'a [u8]>,
) -> Result<Cell<'a>, String> {
    if value.is_null() {
        return Ok(Cell::Null);
    }
    if let Some(bytes) = bytes {
        return Ok(Cell::Bytes(bytes));
    }
    Ok(match column.kind {
        Type::SmallInt | Type::Integer | Type::BigInt => Cell::Int(
            text.parse()
                .map_err(|_| format!("{}: {text} is no number", column.name))?,
        ),
        Type::Date => Cell::Time(
            NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M:%S")
                .map_err(|_| format!("{}: {text} is no time", column.name))?,
        ),
        Type::Varchar(_) | Type::Decimal(..) => Cell::Text(text),
        Type::LongBlob => Cell::LongText(text),
    })
}

#[derive(sqlx::FromRow)]
struct DefaultRow {
    id: i32,
}

/// A changed setting points to its default, which has another id in each installation, and is missing in ours.
async fn point_to_default(
    tx: &mut Tx,
    names: &[&str],
    values: &mut [Value],
) -> Result<(), FixtureError> {
    let at = |name: &str| names.iter().position(|n| *n == name).unwrap_or_default();
    let name = values[at("name")].as_str().unwrap_or_default().to_owned();
    values[at("sysconfig_default_id")] = Value::from(default_of(tx, &name).await?);
    Ok(())
}

/// The key of a setting's default, which is made when it is missing.
pub async fn default_of(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    let found = Query::select()
        .column(D::Id)
        .from(D::Table)
        .and_where(Expr::col(D::Name).eq(name))
        .to_owned();
    match tx.fetch_optional::<DefaultRow>(&found).await? {
        Some(row) => Ok(i64::from(row.id)),
        None => insert_default(tx, name).await,
    }
}

/// Removes a default that [`default_of`] made.
pub async fn forget_default(tx: &mut Tx, name: &str) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(D::Table)
        .and_where(Expr::col(D::Name).eq(name))
        .and_where(Expr::col(D::XmlFilename).eq(MADE_HERE))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}

/// The file that defaults are said to come from.
const MADE_HERE: &str = "compat.xml";

async fn insert_default(tx: &mut Tx, name: &str) -> Result<i64, DbError> {
    let now = NaiveDateTime::default();
    let long = |text: &str| tx.long_text(text);
    let columns = [
        (D::Name, name.into()),
        (D::Description, long("of the comparison")),
        (D::Navigation, "Core".into()),
        (D::IsInvisible, 0_i16.into()),
        (D::IsReadonly, 0_i16.into()),
        (D::IsRequired, 0_i16.into()),
        (D::IsValid, 1_i16.into()),
        (D::HasConfiglevel, 0_i16.into()),
        (D::UserModificationPossible, 0_i16.into()),
        (D::UserModificationActive, 0_i16.into()),
        (D::XmlContentRaw, long("")),
        (D::XmlContentParsed, long("")),
        (D::XmlFilename, MADE_HERE.into()),
        (D::EffectiveValue, long("--- '0'\n")),
        (D::IsDirty, 0_i16.into()),
        (D::ExclusiveLockGuid, "0".into()),
        (D::CreateTime, now.into()),
        (D::CreateBy, 1_i32.into()),
        (D::ChangeTime, now.into()),
        (D::ChangeBy, 1_i32.into()),
    ];
    let (columns, values): (Vec<D>, Vec<sea_query::Value>) = columns.into_iter().unzip();
    let insert = Query::insert()
        .into_table(D::Table)
        .columns(columns)
        .values_panic(values.into_iter().map(Expr::val))
        .to_owned();
    tx.insert(&insert).await
}
