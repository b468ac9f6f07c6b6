//! What a declaration of a table consists of.

/// OTRS's abstract column types; each dialect has its own name for them.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Type {
    SmallInt,
    Integer,
    BigInt,
    /// A text; the size is in characters.
    Varchar(u32),
    /// Date and time to the second, without zone (OTRS keeps UTC unless `OTRSTimeZone` says otherwise).
    Date,
    /// Precision and scale.
    Decimal(u8, u8),
    /// Long binary or text content.
    LongBlob,
}

/// A column of a table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ColumnDef {
    pub name: &'static str,
    pub kind: Type,
    pub required: bool,
    pub auto_increment: bool,
    pub primary_key: bool,
    /// The literal text of the default, without quotes.
    pub default: Option<&'static str>,
}

impl ColumnDef {
    pub const fn new(name: &'static str, kind: Type) -> Self {
        Self {
            name,
            kind,
            required: false,
            auto_increment: false,
            primary_key: false,
            default: None,
        }
    }

    #[must_use]
    pub const fn required(mut self) -> Self {
        self.required = true;
        self
    }

    #[must_use]
    pub const fn auto(mut self) -> Self {
        self.auto_increment = true;
        self
    }

    #[must_use]
    pub const fn key(mut self) -> Self {
        self.primary_key = true;
        self
    }

    #[must_use]
    pub const fn default(mut self, text: &'static str) -> Self {
        self.default = Some(text);
        self
    }
}

/// A column within an index.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexColumn {
    pub name: &'static str,
    /// How many characters MySQL indexes; PostgreSQL and SQLite index the whole column.
    pub prefix: Option<u16>,
}

impl IndexColumn {
    pub const fn new(name: &'static str) -> Self {
        Self { name, prefix: None }
    }

    #[must_use]
    pub const fn prefix(mut self, characters: u16) -> Self {
        self.prefix = Some(characters);
        self
    }
}

/// A unique constraint or a plain index.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct IndexDef {
    pub name: &'static str,
    pub columns: &'static [IndexColumn],
}

/// A reference to a row of another table.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct ForeignKeyDef {
    pub column: &'static str,
    pub foreign_table: &'static str,
    pub foreign_column: &'static str,
}

/// A table as Znuny 6.5.1 declares it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct TableDef {
    pub name: &'static str,
    pub columns: &'static [ColumnDef],
    pub unique: &'static [IndexDef],
    pub indexes: &'static [IndexDef],
    pub foreign_keys: &'static [ForeignKeyDef],
}

impl TableDef {
    pub fn column(&self, name: &str) -> Option<&'static ColumnDef> {
        self.columns.iter().find(|column| column.name == name)
    }
}
