//! Columns that are bytes in one database and text in another.

use sqlx::{
    Database, Decode, FromRow, MySql, Postgres, Row as _, Sqlite, Type, error::BoxDynError,
    mysql::MySqlRow, postgres::PgRow, sqlite::SqliteRow,
};

/// Binary content of a `LONGBLOB` column: raw on MySQL and SQLite, base64 text on PostgreSQL.
///
/// Eight columns are kept this way, `article_data_mime_attachment.content` among them (`reference/schema/flavours.md`, 4).
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Blob(pub Vec<u8>);

/// Text content of a `LONGBLOB` column, such as the YAML of `gi_webservice_config.config`.
///
/// Bytes that are no UTF-8 are replaced, so that one bad row never stops a list.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct LongText(pub String);

impl From<Blob> for Vec<u8> {
    fn from(blob: Blob) -> Self {
        blob.0
    }
}

impl From<LongText> for String {
    fn from(text: LongText) -> Self {
        text.0
    }
}

/// Base64 as OTRS writes it, in one line; the lines of MIME are understood too.
///
/// A text that is no base64 (OTRS's welcome mail, whose body has blanks) is taken as it is.
fn from_base64(text: String) -> Vec<u8> {
    use base64::Engine as _;
    let compact: Vec<u8> = text
        .bytes()
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if text.contains(' ') {
        return text.into_bytes();
    }
    base64::engine::general_purpose::STANDARD
        .decode(compact)
        .unwrap_or_else(|_| text.into_bytes())
}

macro_rules! bytes_column {
    ($database:ty, $column:ident, $inner:ty, $make:expr) => {
        impl Type<$database> for $column {
            fn type_info() -> <$database as Database>::TypeInfo {
                <$inner as Type<$database>>::type_info()
            }

            fn compatible(info: &<$database as Database>::TypeInfo) -> bool {
                <Vec<u8> as Type<$database>>::compatible(info)
                    || <String as Type<$database>>::compatible(info)
            }
        }

        impl<'r> Decode<'r, $database> for $column {
            fn decode(value: <$database as Database>::ValueRef<'r>) -> Result<Self, BoxDynError> {
                let inner = <$inner as Decode<'r, $database>>::decode(value)?;
                Ok(Self($make(inner)))
            }
        }
    };
}

fn lossy(bytes: Vec<u8>) -> String {
    String::from_utf8(bytes)
        .unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

bytes_column!(MySql, Blob, Vec<u8>, std::convert::identity);
bytes_column!(Sqlite, Blob, Vec<u8>, std::convert::identity);
bytes_column!(Postgres, Blob, String, from_base64);
bytes_column!(MySql, LongText, Vec<u8>, lossy);
bytes_column!(Sqlite, LongText, Vec<u8>, lossy);
bytes_column!(Postgres, LongText, String, std::convert::identity);

/// A row of columns that only the run time knows, each read as text; select them with [`super::Dialect::as_text`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Texts(pub Vec<Option<String>>);

macro_rules! texts_row {
    ($($row:ty),*) => {
        $(impl<'r> FromRow<'r, $row> for Texts {
            fn from_row(row: &'r $row) -> Result<Self, sqlx::Error> {
                (0..row.len()).map(|at| row.try_get(at)).collect::<Result<_, _>>().map(Self)
            }
        })*
    };
}

texts_row!(MySqlRow, PgRow, SqliteRow);
