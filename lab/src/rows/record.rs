//! Recorded rows: `fixtures/compat/rows/GROUP.jsonl`, one line for each case.
//!
//! `{"case": …, "mysql": {"at": SECOND, "rows": […]}, "postgresql": {"at": SECOND, "rows": "same"}}`. A case that writes
//! nothing has no line, unless its group is about writing.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use serde_json::{Map, Value, json};

use super::same;
use crate::case::Case;

/// What one kind of reference database was seen to write.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Entry {
    /// The second of the request since 1970.
    pub at: i64,
    pub rows: Vec<String>,
}

/// The rows of one group: case name, then kind of database.
#[derive(Debug, Default)]
pub struct Recorded(BTreeMap<String, BTreeMap<String, Entry>>);

/// Where the rows of a group are kept, beside the directory of the answers.
pub fn path(answers: &Path, group: &str) -> PathBuf {
    answers
        .with_file_name("rows")
        .join(format!("{group}.jsonl"))
}

impl Recorded {
    /// Reads a file; a missing file is an empty group.
    pub fn read(file: &Path) -> io::Result<Self> {
        let text = match fs::read_to_string(file) {
            Ok(text) => text,
            Err(e) if e.kind() == io::ErrorKind::NotFound => return Ok(Self::default()),
            Err(e) => return Err(e),
        };
        let mut all = Self::default();
        for line in text.lines() {
            let line: Value = serde_json::from_str(line)?;
            let name = line["case"].as_str().unwrap_or_default().to_owned();
            let mut kinds: BTreeMap<String, Entry> = BTreeMap::new();
            for kind in ["mysql", "postgresql"] {
                let found = &line[kind];
                let Some(mut at) = found["at"].as_i64() else {
                    continue;
                };
                let rows = if let Some(rows) = found["rows"].as_array() {
                    let texts = rows.iter().filter_map(Value::as_str);
                    texts.map(str::to_owned).collect()
                } else {
                    // Its moments are those of that request.
                    let before = kinds.get("mysql").cloned().unwrap_or_default();
                    at = before.at;
                    before.rows
                };
                kinds.insert(kind.to_owned(), Entry { at, rows });
            }
            all.0.insert(name, kinds);
        }
        Ok(all)
    }

    /// What was recorded; nothing for a reading case that has no line.
    pub fn entry(&self, case: &Case, kind: &str) -> Option<Entry> {
        let found = self.0.get(&case.name).and_then(|kinds| kinds.get(kind));
        match found {
            Some(entry) => Some(entry.clone()),
            None if case.writes => None,
            None => Some(Entry::default()),
        }
    }

    /// What was recorded under a name.
    pub fn get(&self, name: &str, kind: &str) -> Option<Entry> {
        self.0.get(name)?.get(kind).cloned()
    }

    /// How many cases have rows.
    pub fn count(&self) -> usize {
        let has_rows =
            |kinds: &&BTreeMap<String, Entry>| kinds.values().any(|it| !it.rows.is_empty());
        self.0.values().filter(has_rows).count()
    }

    pub fn set(&mut self, case: &str, kind: &str, entry: Entry) {
        self.0
            .entry(case.to_owned())
            .or_default()
            .insert(kind.to_owned(), entry);
    }

    /// Writes the cases in their order; rows of cases that no longer exist are dropped.
    pub fn write(&self, file: &Path, cases: &[&Case]) -> io::Result<()> {
        let has_rows = |case: &Case| {
            let kinds = self.0.get(&case.name);
            kinds.is_some_and(|kinds| kinds.values().any(|entry| !entry.rows.is_empty()))
        };
        let names: Vec<&str> = cases
            .iter()
            .filter(|case| case.writes || has_rows(case))
            .map(|case| case.name.as_str())
            .collect();
        self.write_all(file, &names)
    }

    /// Writes what was recorded under these names, in their order.
    pub fn write_all(&self, file: &Path, names: &[&str]) -> io::Result<()> {
        let mut text = String::new();
        for name in names {
            let Some(kinds) = self.0.get(*name) else {
                continue;
            };
            let mut line = Map::new();
            line.insert("case".to_owned(), (*name).into());
            let mysql = kinds.get("mysql");
            for (kind, entry) in kinds {
                let as_before = kind != "mysql"
                    && mysql.is_some_and(|it| same(&it.rows, it.at, &entry.rows, entry.at));
                let rows = if as_before {
                    json!("same")
                } else {
                    json!(entry.rows)
                };
                line.insert(kind.clone(), json!({"at": entry.at, "rows": rows}));
            }
            text.push_str(&Value::Object(line).to_string());
            text.push('\n');
        }
        if text.is_empty() {
            return Ok(());
        }
        if let Some(directory) = file.parent() {
            fs::create_dir_all(directory)?;
        }
        fs::write(file, text)
    }
}
