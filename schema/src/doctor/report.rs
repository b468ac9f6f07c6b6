//! What the doctor says.

use std::fmt;

use serde::Serialize;

use crate::{db::Dialect, detect::Refusal, flavours::Flavour, live::Live};

/// How much a difference matters.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// The server can not run.
    Harmful,
    /// The server runs, but something is slower, shorter or absent.
    Limiting,
    /// Of no consequence.
    Harmless,
}

/// One difference.
#[derive(Clone, Debug, Eq, PartialEq, Serialize)]
pub struct Finding {
    pub severity: Severity,
    pub table: String,
    /// The column, or the columns of an index or foreign key.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// What is different, and what follows from it.
    pub text: String,
}

/// The result of an examination; `Display` writes it for people, serde for programs.
#[derive(Clone, Debug, Serialize)]
pub struct Report {
    pub database: &'static str,
    /// The recognised flavour, `None` when the database is refused as a whole.
    pub flavour: Option<&'static str>,
    /// The releases that have this flavour.
    pub releases: Option<&'static str>,
    pub groups_table: Option<&'static str>,
    /// Why the database is refused as a whole.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refusal: Option<String>,
    /// Whether the server can run; what the exit code of `schema check` says.
    pub can_run: bool,
    pub tables: usize,
    pub findings: Vec<Finding>,
}

impl Report {
    pub(super) fn refused(dialect: Dialect, live: &Live, refusal: &Refusal) -> Self {
        Self {
            database: name(dialect),
            flavour: None,
            releases: None,
            groups_table: None,
            refusal: Some(refusal.to_string()),
            can_run: false,
            tables: live.tables.len(),
            findings: Vec::new(),
        }
    }

    pub(super) fn new(
        dialect: Dialect,
        flavour: &'static Flavour,
        live: &Live,
        mut findings: Vec<Finding>,
    ) -> Self {
        findings.sort_by(|one, other| {
            (one.severity, &one.table, &one.place).cmp(&(
                other.severity,
                &other.table,
                &other.place,
            ))
        });
        Self {
            database: name(dialect),
            flavour: Some(flavour.name),
            releases: Some(flavour.releases),
            groups_table: Some(flavour.groups_table()),
            refusal: None,
            can_run: findings
                .iter()
                .all(|finding| finding.severity != Severity::Harmful),
            tables: live.tables.len(),
            findings,
        }
    }

    /// Whether the server can run on this database.
    pub fn can_run(&self) -> bool {
        self.can_run
    }

    fn of(&self, severity: Severity) -> impl Iterator<Item = &Finding> {
        self.findings
            .iter()
            .filter(move |finding| finding.severity == severity)
    }
}

fn name(dialect: Dialect) -> &'static str {
    match dialect {
        Dialect::MySql => "MySQL or MariaDB",
        Dialect::Postgres => "PostgreSQL",
        Dialect::Sqlite => "SQLite",
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(refusal) = &self.refusal {
            writeln!(f, "{}: {refusal}", self.database)?;
            return writeln!(f, "Otterdesk can not run on this database.");
        }
        writeln!(
            f,
            "{}, {} tables, flavour {} ({}).",
            self.database,
            self.tables,
            self.flavour.unwrap_or_default(),
            self.releases.unwrap_or_default(),
        )?;
        for (severity, title) in [
            (Severity::Harmful, "Harmful, the server can not run:"),
            (Severity::Limiting, "Limiting, the server runs with less:"),
            (Severity::Harmless, "Harmless:"),
        ] {
            let mut findings = self.of(severity).peekable();
            if findings.peek().is_none() {
                continue;
            }
            writeln!(f, "\n{title}")?;
            for finding in findings {
                writeln!(f, "  {finding}")?;
            }
        }
        if self.findings.is_empty() {
            writeln!(f, "No difference.")?;
        } else {
            writeln!(f)?;
        }
        if self.can_run {
            writeln!(f, "Otterdesk can run on this database.")
        } else {
            writeln!(f, "Otterdesk can not run on this database.")
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.place {
            Some(place) => write!(f, "{}.{place}: {}", self.table, self.text),
            None => write!(f, "{}: {}", self.table, self.text),
        }
    }
}
