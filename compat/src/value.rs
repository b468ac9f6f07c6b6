//! The one value type that OTRS's formats share: what a Perl scalar, array or hash holds.

use std::collections::BTreeMap;

/// A hash: OTRS writes its keys sorted by byte, so the order of this map is the order on the wire.
pub type Map = BTreeMap<String, Value>;

/// A Perl data structure, as OTRS reads and writes it in JSON, SOAP, YAML and Storable.
///
/// Numbers and strings are kept apart: Perl remembers how a scalar was made, and OTRS's JSON shows it
/// (`"StateID":1` from a numeric column, `"SenderTypeID":"3"` from a text).
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Value {
    /// `undef`.
    #[default]
    Undef,
    Text(String),
    /// Bytes that are no valid UTF-8 text, as they come from the wire or a binary column.
    Bytes(Vec<u8>),
    Integer(i64),
    Float(f64),
    List(Vec<Value>),
    Map(Map),
}

impl Value {
    /// A text, from anything that turns into one.
    pub fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    /// A hash from its pairs.
    pub fn map<K: Into<String>, V: Into<Value>>(pairs: impl IntoIterator<Item = (K, V)>) -> Self {
        Self::Map(
            pairs
                .into_iter()
                .map(|(key, value)| (key.into(), value.into()))
                .collect(),
        )
    }

    /// The text of a scalar as Perl would print it; `None` for `undef`, lists, hashes and bytes that are no text.
    pub fn as_string(&self) -> Option<String> {
        match self {
            Self::Text(text) => Some(text.clone()),
            Self::Integer(number) => Some(number.to_string()),
            Self::Float(number) => Some(crate::perl_number::format(*number)),
            Self::Bytes(bytes) => String::from_utf8(bytes.clone()).ok(),
            Self::Undef | Self::List(_) | Self::Map(_) => None,
        }
    }

    /// Perl's truth: `undef`, the empty text, `0` and `"0"` are false.
    pub fn is_true(&self) -> bool {
        match self {
            Self::Undef => false,
            Self::Text(text) => !text.is_empty() && text != "0",
            Self::Bytes(bytes) => !bytes.is_empty() && bytes != b"0",
            Self::Integer(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::List(_) | Self::Map(_) => true,
        }
    }

    pub fn as_map(&self) -> Option<&Map> {
        if let Self::Map(map) = self {
            Some(map)
        } else {
            None
        }
    }

    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(list) = self {
            Some(list)
        } else {
            None
        }
    }

    /// The entry of a hash; `None` when this is no hash or has no such key.
    pub fn get(&self, key: &str) -> Option<&Value> {
        self.as_map()?.get(key)
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(text.to_owned())
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(text)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(number)
    }
}

impl From<i32> for Value {
    fn from(number: i32) -> Self {
        Self::Integer(number.into())
    }
}

impl From<i16> for Value {
    fn from(number: i16) -> Self {
        Self::Integer(number.into())
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Float(number)
    }
}

impl From<Vec<Value>> for Value {
    fn from(list: Vec<Value>) -> Self {
        Self::List(list)
    }
}

impl From<Map> for Value {
    fn from(map: Map) -> Self {
        Self::Map(map)
    }
}

impl<T: Into<Value>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Undef, Into::into)
    }
}
