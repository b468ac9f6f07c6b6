//! Where customers are kept: the tables that `CustomerUser`, `CustomerUser1` … and `CustomerCompany`, `CustomerCompany1` …
//! name, in this order. Whoever is in two of them is the one of the first.
//!
//! A back end says which column is the key, which one tells whether a row is valid (none: all are), and by which names
//! OTRS knows the columns (`Map`). `ForeignDB` says that the table has no columns for who made and changed a row.
//! Source: the reference system with four tables of other columns.

use std::{
    collections::BTreeMap,
    sync::{Arc, OnceLock},
};

use compat::Value;
use schema::{DbError, Dialect, Texts, Tx, new_row};
use sea_query::{
    Alias, Expr, ExprTrait as _, IntoTableRef as _, Order, Query, SelectStatement, TableRef,
};

use crate::{clock::Stamp, settings::Settings};

/// The columns of OTRS's own for who made and changed a row, and the names in sessions.
pub const STAMPS: [(&str, &str); 4] = [
    ("CreateTime", "create_time"),
    ("CreateBy", "create_by"),
    ("ChangeTime", "change_time"),
    ("ChangeBy", "change_by"),
];

/// How many numbered back ends there can be beside the first.
const FURTHER: u8 = 10;

/// One table with customer users or companies.
#[derive(Clone, Debug)]
pub struct Backend {
    /// The setting, such as `CustomerUser1`.
    pub name: String,
    /// All of the setting, as sessions keep it.
    pub config: Value,
    table: String,
    /// The column with the login or the customer id.
    pub key: String,
    /// The column that says whether a row is valid.
    pub valid: Option<String>,
    /// Whether a company is looked up for its customer users.
    pub has_companies: bool,
    pub read_only: bool,
    /// Whether the table has the columns [`STAMPS`].
    pub stamped: bool,
    /// OTRS's names and the columns.
    pub map: Vec<(String, String)>,
    /// OTRS's names (`DynamicField_Shoe`) and the dynamic fields that stand among the columns.
    pub dynamic_fields: Vec<(String, String)>,
}

/// The back ends of one set of settings, made when somebody first asks.
#[derive(Debug, Default)]
pub struct Backends {
    pub customer_users: Vec<Arc<Backend>>,
    pub companies: Vec<Arc<Backend>>,
}

/// Where [`Settings`] keep theirs.
pub type Once = OnceLock<Arc<Backends>>;

impl Backends {
    pub fn of(settings: &Settings) -> Arc<Self> {
        Arc::clone(settings.customer_backends.get_or_init(|| {
            Arc::new(Self {
                customer_users: list(settings, "CustomerUser", "CustomerKey", "CustomerValid"),
                companies: list(
                    settings,
                    "CustomerCompany",
                    "CustomerCompanyKey",
                    "CustomerCompanyValid",
                ),
            })
        }))
    }

    /// Asks every table for its columns; says which one can not be read.
    pub async fn complaint(settings: &Settings, tx: &mut Tx) -> Option<String> {
        let backends = Self::of(settings);
        for backend in backends.customer_users.iter().chain(&backends.companies) {
            let none = backend
                .select(tx.dialect())
                .and_where(Expr::cust("1 = 0"))
                .to_owned();
            if let Err(error) = tx.fetch_all::<Texts>(&none).await {
                return Some(format!("{}: {error}", backend.name));
            }
        }
        None
    }
}

fn list(settings: &Settings, setting: &str, key: &str, valid: &str) -> Vec<Arc<Backend>> {
    let numbered = (1..=FURTHER).map(|number| format!("{setting}{number}"));
    std::iter::once(setting.to_owned())
        .chain(numbered)
        .filter_map(|name| {
            let config = settings.value(&name);
            Backend::new(name, config, key, valid).map(Arc::new)
        })
        .collect()
}

fn text(value: Option<&Value>) -> Option<String> {
    value?.as_string().filter(|text| !text.is_empty())
}

impl Backend {
    fn new(name: String, config: Value, key: &str, valid: &str) -> Option<Self> {
        let is = |value: Option<&Value>| value.is_some_and(Value::is_true);
        let parameters = config.get("Params");
        let of_users = key == "CustomerKey";
        Some(Self {
            table: text(parameters.and_then(|it| it.get("Table")))?,
            key: text(config.get(key))?,
            valid: text(config.get(valid)),
            has_companies: is(config.get("CustomerCompanySupport")),
            read_only: is(config.get("ReadOnly")),
            // Companies always have these columns, whatever the parameter says.
            stamped: !of_users || !is(parameters.and_then(|it| it.get("ForeignDB"))),
            map: mapped(&config, |kind| kind != DYNAMIC_FIELD),
            dynamic_fields: mapped(&config, |kind| kind == DYNAMIC_FIELD),
            name,
            config,
        })
    }

    /// The columns of a list in the setting, such as `CustomerUserNameFields`.
    pub fn fields(&self, list: &str) -> Vec<String> {
        let list = self.config.get(list).and_then(Value::as_list);
        list.unwrap_or_default()
            .iter()
            .filter_map(Value::as_string)
            .collect()
    }

    /// The column that OTRS knows by this name.
    pub fn column_of(&self, attribute: &str) -> Option<&str> {
        let found = self.map.iter().find(|(name, _)| name == attribute);
        found.map(|(_, column)| column.as_str())
    }

    pub(super) fn table(&self) -> TableRef {
        table_ref(&self.table)
    }

    /// Whether the row of a customer user has the password that is looked for there.
    pub(super) fn keeps_passwords(&self, table: &str, key: &str, column: &str) -> bool {
        self.table == table && self.key == key && self.column_of("UserPassword") == Some(column)
    }

    /// Every column that anybody may ask for, each once.
    fn columns(&self) -> Vec<String> {
        let stamps = STAMPS.iter().filter(|_| self.stamped);
        let mut columns = vec![self.key.clone()];
        let wanted = (self.map.iter().map(|(_, column)| column.clone()))
            .chain(self.valid.clone())
            .chain(text(self.config.get("CustomerID")))
            .chain(self.fields("CustomerUserListFields"))
            .chain(self.fields("CustomerUserNameFields"))
            .chain(stamps.map(|(_, column)| (*column).to_owned()));
        for column in wanted {
            if !columns.contains(&column) {
                columns.push(column);
            }
        }
        columns
    }

    fn select(&self, dialect: Dialect) -> SelectStatement {
        let columns = self.columns();
        let texts = columns
            .iter()
            .map(|column| dialect.as_text(Expr::col(Alias::new(column))));
        Query::select().exprs(texts).from(self.table()).to_owned()
    }

    /// The first row that fulfils the condition, by key.
    pub(super) async fn find(
        &self,
        tx: &mut Tx,
        condition: Expr,
    ) -> Result<Option<Columns>, DbError> {
        let query = self
            .select(tx.dialect())
            .and_where(condition)
            .order_by(Alias::new(&self.key), Order::Asc)
            .limit(1)
            .to_owned();
        let row: Option<Texts> = tx.fetch_optional(&query).await?;
        Ok(row.map(|row| self.columns().into_iter().zip(row.0).collect()))
    }

    pub(super) fn is_table(&self, name: &str) -> bool {
        self.table == name
    }

    /// Whether a switch of the setting is on.
    pub(super) fn is_on(&self, key: &str) -> bool {
        self.config.get(key).is_some_and(Value::is_true)
    }

    /// Adds a row. `value` gives what stands in the column that OTRS knows by this name; a column without one is left to
    /// the database.
    pub(super) async fn insert(
        &self,
        tx: &mut Tx,
        stamp: Stamp,
        value: impl Fn(&str, Kind) -> Option<Expr>,
    ) -> Result<(), DbError> {
        let mut row: Vec<(String, Expr)> = Vec::new();
        for (name, column, kind) in columns_of(&self.config) {
            let value = value(&name, kind);
            let is_new = row.iter().all(|(known, _)| *known != column);
            row.extend(value.filter(|_| is_new).map(|value| (column, value)));
        }
        if self.stamped {
            let stamps: [Expr; 4] = [
                stamp.at.into(),
                stamp.by.0.into(),
                stamp.at.into(),
                stamp.by.0.into(),
            ];
            let names = STAMPS.iter().map(|(_, column)| (*column).to_owned());
            row.extend(names.zip(stamps));
        }
        let row = row
            .into_iter()
            .map(|(column, value)| (Alias::new(column), value));
        tx.execute_one(&new_row(self.table(), row)).await
    }

    /// The keys of valid rows with this text in one of the columns, without looking at case.
    pub(super) async fn keys_with(
        &self,
        tx: &mut Tx,
        columns: &[String],
        wanted: &str,
    ) -> Result<Vec<String>, DbError> {
        let Some(same) = columns
            .iter()
            .map(|column| tx.same_text(Expr::col(Alias::new(column)), wanted))
            .reduce(Expr::or)
        else {
            return Ok(Vec::new());
        };
        let mut query = Query::select();
        query
            .expr(tx.dialect().as_text(Expr::col(Alias::new(&self.key))))
            .from(self.table())
            .and_where(same)
            .order_by(Alias::new(&self.key), Order::Asc);
        if let Some(valid) = &self.valid {
            query.and_where(Expr::col(Alias::new(valid)).eq(super::VALID));
        }
        let rows: Vec<Texts> = tx.fetch_all(&query).await?;
        Ok(rows
            .into_iter()
            .filter_map(|row| row.0.into_iter().next()?)
            .collect())
    }
}

/// A table by its name, with or without the schema that it is in.
pub(super) fn table_ref(name: &str) -> TableRef {
    match name.split_once('.') {
        Some((schema, table)) => (Alias::new(schema), Alias::new(table)).into_table_ref(),
        None => Alias::new(name).into_table_ref(),
    }
}

/// A row by its columns.
pub type Columns = BTreeMap<String, Option<String>>;

/// The kind of a field in `Map` that is no column.
const DYNAMIC_FIELD: &str = "dynamic_field";

/// What a column holds.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Kind {
    Text,
    Number,
}

/// Names and columns from the `Map` of a back end, each with what it holds.
fn columns_of(config: &Value) -> Vec<(String, String, Kind)> {
    let map = config.get("Map").and_then(Value::as_list);
    let fields = map.unwrap_or_default().iter().filter_map(Value::as_list);
    let columns = fields.filter_map(|field| {
        let kind = match text(field.get(5)).as_deref() {
            Some(DYNAMIC_FIELD) => return None,
            Some("int") => Kind::Number,
            _ => Kind::Text,
        };
        Some((text(field.first())?, text(field.get(2))?, kind))
    });
    columns.collect()
}

/// Names and columns, or names and dynamic fields, from the `Map` of a back end.
fn mapped(config: &Value, is_wanted: impl Fn(&str) -> bool) -> Vec<(String, String)> {
    let map = config.get("Map").and_then(Value::as_list);
    let fields = map.unwrap_or_default().iter().filter_map(Value::as_list);
    fields
        .filter(|field| is_wanted(&text(field.get(5)).unwrap_or_default()))
        .filter_map(|field| Some((text(field.first())?, text(field.get(2))?)))
        .collect()
}
