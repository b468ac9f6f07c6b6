//! What a column can hold, read from the name of its type.

use crate::{
    db::Dialect,
    ddl,
    tables::{ColumnDef, Type},
};

/// The kinds of columns that OTRS uses, with what limits them.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Kind {
    /// The width in bytes.
    Integer(u8),
    /// How many characters; `u32::MAX` when there is no limit.
    Text(u32),
    /// How many bytes.
    Bytes(u32),
    DateTime,
    /// Precision and scale.
    Decimal(u8, u8),
    Other(String),
}

impl Kind {
    /// Reads a type's name as the database writes it, in any of the three dialects.
    pub fn of(dialect: Dialect, type_name: &str) -> Self {
        let name = type_name.to_lowercase();
        let (word, size) = match name.split_once('(') {
            Some((word, rest)) => (word.trim(), rest.split(')').next()),
            None => (name.as_str(), None),
        };
        let word = word.trim_end_matches(" unsigned");
        let number = size.and_then(|size| size.parse().ok());
        match word {
            "tinyint" => Self::Integer(1),
            "smallint" | "smallserial" => Self::Integer(2),
            "mediumint" => Self::Integer(3),
            // SQLite gives every integer the room that it needs.
            "integer" if dialect == Dialect::Sqlite => Self::Integer(8),
            "int" | "integer" | "serial" => Self::Integer(4),
            "bigint" | "bigserial" => Self::Integer(8),
            "varchar" | "character varying" | "char" | "character" => {
                Self::Text(number.unwrap_or(u32::MAX))
            }
            "tinytext" => Self::Text(255),
            "text" if dialect == Dialect::MySql => Self::Text(65_535),
            "mediumtext" => Self::Text(16_777_215),
            "text" | "longtext" => Self::Text(u32::MAX),
            "tinyblob" => Self::Bytes(255),
            "blob" if dialect == Dialect::MySql => Self::Bytes(65_535),
            "mediumblob" => Self::Bytes(16_777_215),
            "blob" | "longblob" => Self::Bytes(u32::MAX),
            "datetime" | "timestamp" => Self::DateTime,
            "decimal" | "numeric" => decimal(size),
            _ => Self::Other(name),
        }
    }

    /// Whether every value of `other` fits.
    pub fn holds(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Integer(ours), Self::Integer(theirs)) => ours >= theirs,
            (Self::Text(ours), Self::Text(theirs)) | (Self::Bytes(ours), Self::Bytes(theirs)) => {
                ours >= theirs
            }
            (Self::Decimal(precision, scale), Self::Decimal(other_precision, other_scale)) => {
                scale >= other_scale && precision - scale >= other_precision - other_scale
            }
            _ => self == other,
        }
    }

    /// Whether values of both are written and read the same way.
    pub fn is_like(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Other(ours), Self::Other(theirs)) => ours == theirs,
            _ => std::mem::discriminant(self) == std::mem::discriminant(other),
        }
    }
}

fn decimal(size: Option<&str>) -> Kind {
    let mut digits = size
        .unwrap_or_default()
        .split(',')
        .map(|digits| digits.trim().parse());
    match (digits.next(), digits.next()) {
        (Some(Ok(precision)), Some(Ok(scale))) => Kind::Decimal(precision, scale),
        (Some(Ok(precision)), None) => Kind::Decimal(precision, 0),
        _ => Kind::Decimal(u8::MAX, 64),
    }
}

/// What a declared column must be able to hold, and what it is when created anew.
pub(crate) fn expected(dialect: Dialect, column: &ColumnDef) -> (Kind, Kind) {
    let created = Kind::of(dialect, &ddl::physical_type(dialect, column));
    let needed = match column.kind {
        Type::Varchar(size) => Kind::Text(size),
        Type::SmallInt => Kind::Integer(2),
        _ => created.clone(),
    };
    (needed, created)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_are_read_in_each_dialect() {
        let kinds = [
            (Dialect::MySql, "smallint(6)"),
            (Dialect::MySql, "int"),
            (Dialect::MySql, "bigint(20) unsigned"),
            (Dialect::MySql, "mediumtext"),
            (Dialect::MySql, "decimal(10,2)"),
            (Dialect::Postgres, "character varying(200)"),
            (Dialect::Postgres, "character varying"),
            (Dialect::Postgres, "timestamp(0) without time zone"),
            (Dialect::Sqlite, "integer"),
            (Dialect::Postgres, "jsonb"),
        ]
        .map(|(dialect, name)| Kind::of(dialect, name));
        assert_eq!(
            kinds,
            [
                Kind::Integer(2),
                Kind::Integer(4),
                Kind::Integer(8),
                Kind::Text(16_777_215),
                Kind::Decimal(10, 2),
                Kind::Text(200),
                Kind::Text(u32::MAX),
                Kind::DateTime,
                Kind::Integer(8),
                Kind::Other("jsonb".to_owned()),
            ]
        );
    }
}
