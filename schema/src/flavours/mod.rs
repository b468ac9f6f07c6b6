//! Release lines of the OTRS family, stated as differences against Znuny 6.5.1 or against each other.
//!
//! A new flavour is one more [`Flavour`] in [`releases`]: the one it is like, and what changed.
//! Sources: the schema files of the releases, compared by program, and their changelogs; each flavour names its own.

mod change;
mod releases;

pub use change::Change;
pub use releases::{ALL, OTRS_6_0, ZNUNY_6_0, ZNUNY_6_4, ZNUNY_6_5, ZNUNY_6_5_12, ZNUNY_6_5_26};

use crate::tables::{self, ColumnDef, ForeignKeyDef, IndexDef, TableDef};

/// A release line that has a set of tables of its own.
#[derive(Debug)]
pub struct Flavour {
    /// As on the command line: `znuny-6.5`.
    pub name: &'static str,
    /// The product and the releases that have exactly these tables.
    pub releases: &'static str,
    /// What the changes are relative to; `None` for Znuny 6.5.1, which the declarations describe.
    base: Option<&'static Flavour>,
    changes: &'static [Change],
}

/// A table as one flavour has it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Table {
    pub name: &'static str,
    pub columns: Vec<ColumnDef>,
    pub unique: Vec<IndexDef>,
    pub indexes: Vec<IndexDef>,
    pub foreign_keys: Vec<ForeignKeyDef>,
}

impl Flavour {
    /// The flavour with this name, if there is one.
    pub fn named(name: &str) -> Option<&'static Flavour> {
        ALL.iter().copied().find(|flavour| flavour.name == name)
    }

    /// Every table, in the order of Znuny's own schema; what a flavour adds comes last.
    pub fn tables(&self) -> Vec<Table> {
        let mut tables = match self.base {
            Some(base) => base.tables(),
            None => tables::ALL.iter().map(Table::from).collect(),
        };
        for change in self.changes {
            change.apply(&mut tables);
        }
        tables
    }

    /// What the table of groups is called: `permission_groups`, or `groups` before Znuny 6.1.
    pub fn groups_table(&self) -> &'static str {
        if self.has_table("permission_groups") {
            "permission_groups"
        } else {
            "groups"
        }
    }

    pub fn has_table(&self, name: &str) -> bool {
        self.tables().iter().any(|table| table.name == name)
    }

    /// Whether this is `other`, or is stated as a difference against it, directly or not.
    pub fn descends_from(&self, other: &Flavour) -> bool {
        self.name == other.name || self.base.is_some_and(|base| base.descends_from(other))
    }
}

impl From<&TableDef> for Table {
    fn from(definition: &TableDef) -> Self {
        Self {
            name: definition.name,
            columns: definition.columns.to_vec(),
            unique: definition.unique.to_vec(),
            indexes: definition.indexes.to_vec(),
            foreign_keys: definition.foreign_keys.to_vec(),
        }
    }
}

impl Table {
    pub fn column(&self, name: &str) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }

    /// The columns of the primary key; 34 tables have none.
    pub fn primary_key(&self) -> impl Iterator<Item = &ColumnDef> {
        self.columns.iter().filter(|column| column.primary_key)
    }

    /// The column whose values the database counts up.
    pub fn auto_increment(&self) -> Option<&ColumnDef> {
        self.columns.iter().find(|column| column.auto_increment)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Tables, columns, foreign keys and tables without primary key, as counted in the releases' own schema files.
    const COUNTED: &[(&str, [usize; 4])] = &[
        ("otrs-6.0", [116, 962, 264, 34]),
        ("otrs-6.0.4", [116, 962, 264, 34]),
        ("otrs-6.0.1", [116, 962, 264, 34]),
        ("otrs-ce-centuran-6.0.36", [116, 963, 264, 34]),
        ("otrs-ce-centuran-6.0.37", [118, 987, 271, 34]),
        ("znuny-6.0", [116, 962, 264, 34]),
        ("znuny-6.1", [116, 962, 264, 34]),
        ("znuny-6.2", [117, 972, 266, 34]),
        ("znuny-6.3", [120, 1004, 275, 34]),
        ("znuny-6.4", [122, 1021, 277, 34]),
        ("znuny-6.5", [122, 1024, 277, 34]),
        ("znuny-6.5.4", [122, 1024, 277, 34]),
        ("znuny-6.5.5", [122, 1024, 277, 34]),
        ("znuny-6.5.12", [122, 1024, 277, 34]),
        ("znuny-6.5.19", [122, 1024, 277, 34]),
        ("znuny-6.5.26", [122, 1026, 277, 34]),
    ];

    #[test]
    fn every_flavour_has_as_many_tables_columns_and_keys_as_its_release() {
        let ours: Vec<_> = ALL
            .iter()
            .map(|flavour| {
                let tables = flavour.tables();
                let counts = [
                    tables.len(),
                    tables.iter().map(|table| table.columns.len()).sum(),
                    tables.iter().map(|table| table.foreign_keys.len()).sum(),
                    tables
                        .iter()
                        .filter(|table| table.primary_key().next().is_none())
                        .count(),
                ];
                (flavour.name, counts)
            })
            .collect();
        assert_eq!(ours, COUNTED);
    }

    #[test]
    fn no_flavour_refers_to_what_it_does_not_have() {
        for flavour in ALL {
            let tables = flavour.tables();
            for table in &tables {
                for index in table.unique.iter().chain(&table.indexes) {
                    for column in index.columns {
                        assert!(
                            table.column(column.name).is_some(),
                            "{}: {}.{}",
                            flavour.name,
                            table.name,
                            column.name
                        );
                    }
                }
                for key in &table.foreign_keys {
                    assert!(table.column(key.column).is_some());
                    let target = tables.iter().find(|other| other.name == key.foreign_table);
                    assert!(
                        target.is_some_and(|other| other.column(key.foreign_column).is_some()),
                        "{}: {}.{} -> {}",
                        flavour.name,
                        table.name,
                        key.column,
                        key.foreign_table
                    );
                }
            }
        }
    }
}
