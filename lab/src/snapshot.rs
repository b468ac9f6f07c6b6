//! Recorded answers: one file for each group of cases, readable in a diff.
//!
//! ```text
//! === name of the case
//! > GET /otrs/nph-genericinterface.pl/Webservice/…
//! --- mysql postgresql
//! | 200 OK
//! | content-type: application/json; charset=UTF-8
//! |
//! | {"TicketID":["2"]}
//! ```
//! An answer that both kinds of reference database give stands once. Bodies keep their line ends: a carriage
//! return is written `␍`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::case::Case;

/// Longest request body that is shown in a snapshot.
const SHOWN_BODY_BYTES: usize = 1500;

/// The answers of one group: case name to the answer of each kind of database.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Group {
    answers: BTreeMap<String, BTreeMap<String, String>>,
}

/// Where the answers of a group are kept.
pub fn path(directory: &Path, group: &str) -> PathBuf {
    directory.join(format!("{group}.txt"))
}

impl Group {
    /// Reads a file; a missing file is an empty group.
    pub fn read(file: &Path) -> io::Result<Self> {
        match fs::read_to_string(file) {
            Ok(text) => Ok(Self::parse(&text)),
            Err(e) if e.kind() == io::ErrorKind::NotFound => Ok(Self::default()),
            Err(e) => Err(e),
        }
    }

    /// The answer that was recorded for a case on a kind of database (`mysql`, `postgresql`).
    pub fn answer(&self, case: &str, kind: &str) -> Option<&str> {
        self.answers.get(case)?.get(kind).map(String::as_str)
    }

    /// Whether the two kinds of reference database gave different answers.
    pub fn differs_between_kinds(&self, case: &str) -> bool {
        self.answers
            .get(case)
            .is_some_and(|kinds| kinds.values().any(|a| kinds.values().any(|b| a != b)))
    }

    pub fn set(&mut self, case: &str, kind: &str, answer: String) {
        self.answers
            .entry(case.to_owned())
            .or_default()
            .insert(kind.to_owned(), answer);
    }

    fn parse(text: &str) -> Self {
        let mut group = Self::default();
        let (mut case, mut kinds, mut lines) = (String::new(), Vec::new(), Vec::<String>::new());
        for line in text.lines().chain(["=== "]) {
            let starts = line.starts_with("=== ") || line.starts_with("--- ");
            if starts {
                for kind in kinds.drain(..) {
                    group.set(&case, kind, lines.join("\n"));
                }
                lines.clear();
            }
            if let Some(name) = line.strip_prefix("=== ") {
                name.clone_into(&mut case);
            } else if let Some(names) = line.strip_prefix("--- ") {
                kinds = names.split(' ').collect();
            } else if let Some(shown) = line.strip_prefix('|') {
                lines.push(shown.strip_prefix(' ').unwrap_or(shown).replace('␍', "\r"));
            }
        }
        group
    }

    /// Writes the answers of these cases in their order; answers of cases that no longer exist are dropped.
    pub fn write(&self, file: &Path, cases: &[&Case]) -> io::Result<()> {
        let mut text = String::new();
        for case in cases {
            let Some(kinds) = self.answers.get(&case.name) else {
                continue;
            };
            let _ = write!(
                text,
                "=== {}\n> {} {}\n",
                case.name,
                case.method,
                cut(&case.target)
            );
            for (name, value) in &case.headers {
                let _ = writeln!(text, "> {name}: {}", cut(value));
            }
            if !case.body.is_empty() {
                for line in cut(&String::from_utf8_lossy(&case.body)).lines() {
                    let _ = writeln!(text, "> {}", line.replace('\r', "␍"));
                }
            }
            let mut by_answer: Vec<(&String, Vec<&str>)> = Vec::new();
            for (kind, answer) in kinds {
                match by_answer.iter_mut().find(|(a, _)| *a == answer) {
                    Some((_, same)) => same.push(kind),
                    None => by_answer.push((answer, vec![kind])),
                }
            }
            for (answer, kinds) in by_answer {
                let _ = writeln!(text, "--- {}", kinds.join(" "));
                for line in answer.replace('\r', "␍").split('\n') {
                    text.push_str(if line.is_empty() { "|" } else { "| " });
                    text.push_str(line);
                    text.push('\n');
                }
            }
            text.push('\n');
        }
        fs::write(file, text)
    }
}

fn cut(text: &str) -> String {
    if text.len() <= SHOWN_BODY_BYTES {
        return text.to_owned();
    }
    let shown: String = text.chars().take(100).collect();
    format!("{shown}… ({} bytes)", text.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let mut group = Group::default();
        let body = "200 OK\n\nline\r\n| odd\n=== name\n\n";
        group.set("a case", "mysql", body.to_owned());
        group.set("a case", "postgresql", "200 OK\n\n".to_owned());
        group.set("another", "mysql", "x".to_owned());
        group.set("another", "postgresql", "x".to_owned());
        let cases = [
            Case::rest("g", "a case", "GET", "/x"),
            Case::rest("g", "another", "GET", "/y"),
        ];
        let file = std::env::temp_dir().join(format!("lab-snapshot-{}.txt", std::process::id()));
        group
            .write(&file, &cases.iter().collect::<Vec<_>>())
            .unwrap();
        let read = Group::read(&file).unwrap();
        fs::remove_file(&file).unwrap();

        assert_eq!(read, group);
        assert!(read.differs_between_kinds("a case"));
        assert!(!read.differs_between_kinds("another"));
    }
}
