//! The kinds of differences between flavours.

use crate::tables::{ColumnDef, ForeignKeyDef, IndexDef, TableDef, Type};

use super::Table;

/// One difference between a flavour and the one it is based on.
#[derive(Clone, Copy, Debug)]
pub enum Change {
    /// The table does not exist.
    Without { table: &'static str },
    /// The table exists here only.
    With { table: TableDef },
    /// The table has another name, and foreign keys point to it by that name.
    Renamed {
        table: &'static str,
        to: &'static str,
    },
    /// The column does not exist, nor do the indexes and foreign keys that name it.
    WithoutColumn {
        table: &'static str,
        column: &'static str,
    },
    /// The column exists here, as the last of its table.
    WithColumn {
        table: &'static str,
        column: ColumnDef,
    },
    /// The column has another type.
    Typed {
        table: &'static str,
        column: &'static str,
        kind: Type,
    },
    /// The column has another name, in indexes and foreign keys too.
    RenamedColumn {
        table: &'static str,
        column: &'static str,
        to: &'static str,
    },
    /// The plain index does not exist.
    WithoutIndex {
        table: &'static str,
        index: &'static str,
    },
    WithUnique {
        table: &'static str,
        unique: IndexDef,
    },
    WithForeignKey {
        table: &'static str,
        foreign_key: ForeignKeyDef,
    },
}

impl Change {
    pub(super) fn apply(self, tables: &mut Vec<Table>) {
        match self {
            Self::Without { table } => tables.retain(|other| other.name != table),
            Self::With { table } => tables.push(Table::from(&table)),
            Self::Renamed { table, to } => rename(tables, table, to),
            Self::WithoutColumn { table, column } => {
                change(tables, table, |table| drop_column(table, column));
            }
            Self::WithColumn { table, column } => {
                change(tables, table, |table| table.columns.push(column));
            }
            Self::Typed {
                table,
                column,
                kind,
            } => change(tables, table, |table| {
                for other in &mut table.columns {
                    if other.name == column {
                        other.kind = kind;
                    }
                }
            }),
            Self::RenamedColumn { table, column, to } => change(tables, table, |table| {
                for other in &mut table.columns {
                    if other.name == column {
                        other.name = to;
                    }
                }
                for key in &mut table.foreign_keys {
                    if key.column == column {
                        key.column = to;
                    }
                }
                // An index lists its columns in static memory: the flavour states it again under the new name.
                forget_indexes_on(table, column);
            }),
            Self::WithoutIndex { table, index } => change(tables, table, |table| {
                table.indexes.retain(|other| other.name != index);
            }),
            Self::WithUnique { table, unique } => {
                change(tables, table, |table| table.unique.push(unique));
            }
            Self::WithForeignKey { table, foreign_key } => {
                change(tables, table, |table| table.foreign_keys.push(foreign_key));
            }
        }
    }
}

fn change(tables: &mut [Table], name: &str, with: impl FnOnce(&mut Table)) {
    if let Some(table) = tables.iter_mut().find(|table| table.name == name) {
        with(table);
    }
}

fn rename(tables: &mut [Table], from: &str, to: &'static str) {
    for table in tables {
        if table.name == from {
            table.name = to;
        }
        for key in &mut table.foreign_keys {
            if key.foreign_table == from {
                key.foreign_table = to;
            }
        }
    }
}

fn drop_column(table: &mut Table, column: &str) {
    table.columns.retain(|other| other.name != column);
    table.foreign_keys.retain(|key| key.column != column);
    forget_indexes_on(table, column);
}

fn forget_indexes_on(table: &mut Table, column: &str) {
    let names = |index: &IndexDef| index.columns.iter().any(|other| other.name == column);
    table.unique.retain(|index| !names(index));
    table.indexes.retain(|index| !names(index));
}
