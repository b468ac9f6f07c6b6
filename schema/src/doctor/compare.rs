//! The comparison itself.

use crate::{
    db::Dialect,
    flavours::{Flavour, OTRS_6_0, Table},
    live::{Live, LiveColumn, LiveIndex, LiveTable, expected},
    tables::{ColumnDef, ForeignKeyDef, IndexDef},
};

use super::{Finding, Severity};

/// Tables that Otterdesk makes for itself.
const OWN_PREFIX: &str = "otterdesk_";

/// Every difference between a database and a flavour, in no order.
pub fn compare(dialect: Dialect, flavour: &Flavour, live: &Live) -> Vec<Finding> {
    let tables = flavour.tables();
    let essential = Essential::new(flavour.groups_table());
    let mut findings = Vec::new();
    for table in &tables {
        match live.tables.get(table.name) {
            Some(found) => {
                let mut comparison = Comparison {
                    dialect,
                    table,
                    live: found,
                    essential: &essential,
                    findings: &mut findings,
                };
                comparison.columns();
                comparison.primary_key();
                comparison.indexes();
                comparison.foreign_keys();
            }
            None => findings.push(missing_table(table, &essential)),
        }
    }
    for name in live.tables.keys() {
        let known = tables.iter().any(|table| table.name == name);
        if !known && !name.starts_with(OWN_PREFIX) {
            findings.push(Finding {
                severity: Severity::Harmless,
                table: name.clone(),
                place: None,
                text: "additional table, of a package or left behind by an update".to_owned(),
            });
        }
    }
    findings
}

fn missing_table(table: &Table, essential: &Essential) -> Finding {
    let (severity, text) = if essential.has_table(table.name) {
        (Severity::Harmful, "the table is missing")
    } else {
        (
            Severity::Limiting,
            "the table is missing; what needs it is switched off",
        )
    };
    Finding {
        severity,
        table: table.name.to_owned(),
        place: None,
        text: text.to_owned(),
    }
}

/// What every release since OTRS 6.0 has, and the server relies on; later additions are optional.
struct Essential {
    tables: Vec<Table>,
    groups_table: &'static str,
}

impl Essential {
    fn new(groups_table: &'static str) -> Self {
        Self {
            tables: OTRS_6_0.tables(),
            groups_table,
        }
    }

    fn table(&self, name: &str) -> Option<&Table> {
        let name = if name == self.groups_table {
            OTRS_6_0.groups_table()
        } else {
            name
        };
        self.tables.iter().find(|table| table.name == name)
    }

    fn has_table(&self, name: &str) -> bool {
        self.table(name).is_some()
    }

    fn has_column(&self, table: &str, column: &str) -> bool {
        self.table(table)
            .is_some_and(|table| table.column(column).is_some())
    }
}

struct Comparison<'a> {
    dialect: Dialect,
    table: &'a Table,
    live: &'a LiveTable,
    essential: &'a Essential,
    findings: &'a mut Vec<Finding>,
}

impl Comparison<'_> {
    fn find(&mut self, severity: Severity, place: impl Into<String>, text: impl Into<String>) {
        self.findings.push(Finding {
            severity,
            table: self.table.name.to_owned(),
            place: Some(place.into()),
            text: text.into(),
        });
    }

    fn columns(&mut self) {
        for column in &self.table.columns {
            match self.live.column(column.name) {
                Some(found) => {
                    self.kind(column, found);
                    self.nullability(column, found);
                    self.default(column, found);
                    self.counter(column, found);
                }
                None if self.essential.has_column(self.table.name, column.name) => {
                    self.find(Severity::Harmful, column.name, "the column is missing");
                }
                None => self.find(
                    Severity::Limiting,
                    column.name,
                    "the column is missing; what needs it is switched off",
                ),
            }
        }
        for found in &self.live.columns {
            if self.table.column(&found.name.to_lowercase()).is_some() {
                continue;
            }
            if found.nullable || found.default.is_some() || found.counts {
                self.find(
                    Severity::Harmless,
                    &found.name,
                    "additional column, of a package or another release",
                );
            } else {
                self.find(
                    Severity::Limiting,
                    &found.name,
                    "additional column that must not be NULL and has no default: only the package that added it can write new rows",
                );
            }
        }
    }

    fn kind(&mut self, column: &ColumnDef, found: &LiveColumn) {
        let (needed, created) = expected(self.dialect, column);
        let real = crate::live::Kind::of(self.dialect, &found.type_name);
        if real == created {
            return;
        }
        let declared = crate::ddl::physical_type(self.dialect, column);
        let text = format!("the type is {}, not {declared}", found.type_name);
        if !real.is_like(&created) {
            self.find(Severity::Harmful, column.name, text);
        } else if real.holds(&needed) {
            self.find(
                Severity::Harmless,
                column.name,
                format!("{text}; everything fits"),
            );
        } else if matches!(real, crate::live::Kind::Integer(_)) {
            self.find(
                Severity::Harmful,
                column.name,
                format!("{text}; numbers may not fit"),
            );
        } else {
            self.find(
                Severity::Limiting,
                column.name,
                format!("{text}; long values do not fit"),
            );
        }
    }

    fn nullability(&mut self, column: &ColumnDef, found: &LiveColumn) {
        match (column.required, found.nullable) {
            (true, true) => self.find(
                Severity::Harmless,
                column.name,
                "the column may be NULL here",
            ),
            (false, false) => self.find(
                Severity::Limiting,
                column.name,
                "the column must not be NULL here: writing an empty value may be refused",
            ),
            _ => {}
        }
    }

    fn default(&mut self, column: &ColumnDef, found: &LiveColumn) {
        match (column.default, found.default.as_deref()) {
            (Some(declared), None) => self.find(
                Severity::Limiting,
                column.name,
                format!("the default `{declared}` is missing"),
            ),
            (Some(declared), Some(real)) if declared != real => self.find(
                Severity::Harmless,
                column.name,
                format!("the default is `{real}`, not `{declared}`"),
            ),
            (None, Some(real)) => self.find(
                Severity::Harmless,
                column.name,
                format!("additional default `{real}`"),
            ),
            _ => {}
        }
    }

    fn counter(&mut self, column: &ColumnDef, found: &LiveColumn) {
        if column.auto_increment && !found.counts {
            self.find(
                Severity::Harmful,
                column.name,
                "nothing counts its values up (auto increment or sequence): new rows get no key",
            );
        } else if !column.auto_increment && found.counts {
            self.find(
                Severity::Harmless,
                column.name,
                "the database counts its values up",
            );
        }
    }

    fn primary_key(&mut self) {
        let declared: Vec<&str> = self.table.primary_key().map(|column| column.name).collect();
        if declared == self.live.primary_key {
            return;
        }
        let place = declared.join(", ");
        if self.live.primary_key.is_empty() {
            self.find(Severity::Limiting, place, "the primary key is missing");
        } else if declared.is_empty() {
            let real = self.live.primary_key.join(", ");
            self.find(Severity::Harmless, real, "additional primary key");
        } else {
            let real = self.live.primary_key.join(", ");
            self.find(
                Severity::Limiting,
                place,
                format!("the primary key is another one: {real}"),
            );
        }
    }

    fn indexes(&mut self) {
        for declared in &self.table.unique {
            if !self.live_has(declared, true) {
                self.find(
                    Severity::Limiting,
                    names(declared),
                    format!(
                        "the unique index {} is missing: double rows are possible",
                        declared.name
                    ),
                );
            }
        }
        for declared in &self.table.indexes {
            if !self.live_has(declared, false) {
                self.find(
                    Severity::Limiting,
                    names(declared),
                    format!(
                        "the index {} is missing: searches are slower",
                        declared.name
                    ),
                );
            }
        }
        for found in &self.live.indexes {
            if self.is_declared(found) {
                continue;
            }
            let place = found.columns.join(", ");
            let on_known_columns = found
                .columns
                .iter()
                .all(|column| self.table.column(without_prefix(column)).is_some());
            if found.unique && on_known_columns {
                self.find(
                    Severity::Limiting,
                    place,
                    format!(
                        "additional unique index {}: rows may be refused",
                        found.name
                    ),
                );
            } else {
                self.find(
                    Severity::Harmless,
                    place,
                    format!("additional index {}", found.name),
                );
            }
        }
    }

    /// An index counts under any name, and also when a longer one begins with its columns.
    fn live_has(&self, declared: &IndexDef, unique: bool) -> bool {
        let columns = column_names(declared);
        let starts_like = |others: &[String]| {
            others.len() >= columns.len()
                && columns
                    .iter()
                    .zip(others)
                    .all(|(name, other)| *name == without_prefix(other))
        };
        if unique {
            let same = |others: &[String]| others.len() == columns.len() && starts_like(others);
            return same(&self.live.primary_key)
                || self.live.indexes.iter().any(|index| {
                    index.unique && index.condition.is_none() && same(&index.columns)
                });
        }
        starts_like(&self.live.primary_key)
            || self
                .live
                .indexes
                .iter()
                .any(|index| index.condition.is_none() && starts_like(&index.columns))
    }

    fn is_declared(&self, found: &LiveIndex) -> bool {
        let columns: Vec<&str> = found
            .columns
            .iter()
            .map(|column| without_prefix(column))
            .collect();
        let declared = |indexes: &[IndexDef]| {
            indexes
                .iter()
                .any(|index| column_names(index) == columns && found.condition.is_none())
        };
        // MySQL makes an index for every foreign key that has none.
        let for_foreign_key = || {
            let [column] = columns[..] else {
                return false;
            };
            !found.unique
                && self
                    .table
                    .foreign_keys
                    .iter()
                    .any(|key| key.column == column)
        };
        declared(&self.table.unique)
            || (!found.unique && declared(&self.table.indexes))
            || for_foreign_key()
    }

    fn foreign_keys(&mut self) {
        for declared in &self.table.foreign_keys {
            let on_column: Vec<_> = self
                .live
                .foreign_keys
                .iter()
                .filter(|key| key.columns == [declared.column])
                .collect();
            if on_column.is_empty() {
                self.find(
                    Severity::Harmless,
                    declared.column,
                    format!("the foreign key to {} is missing", declared.foreign_table),
                );
            } else if !on_column
                .iter()
                .any(|key| key.foreign_table == declared.foreign_table)
            {
                let other = &on_column[0].foreign_table;
                self.find(
                    Severity::Limiting,
                    declared.column,
                    format!(
                        "the foreign key points to {other}, not {}: rows may be refused",
                        declared.foreign_table
                    ),
                );
            }
        }
        for found in &self.live.foreign_keys {
            let on_declared = |key: &ForeignKeyDef| found.columns == [key.column];
            if !self.table.foreign_keys.iter().any(on_declared) {
                self.find(
                    Severity::Harmless,
                    found.columns.join(", "),
                    format!("additional foreign key to {}", found.foreign_table),
                );
            } else if !found.actions.is_empty() {
                self.find(
                    Severity::Limiting,
                    found.columns.join(", "),
                    format!(
                        "the foreign key to {} acts by itself: {}",
                        found.foreign_table,
                        found.actions.join(", ")
                    ),
                );
            }
        }
    }
}

fn column_names(index: &IndexDef) -> Vec<&'static str> {
    index.columns.iter().map(|column| column.name).collect()
}

fn names(index: &IndexDef) -> String {
    column_names(index).join(", ")
}

/// `filename(255)` is about `filename`.
fn without_prefix(column: &str) -> &str {
    column.split('(').next().unwrap_or(column)
}
