//! Agents and customer users with everything that their rows hold, as sessions keep it.

use std::sync::Arc;

use chrono::NaiveDateTime;
use schema::{DbError, Dialect, Texts, Tx, tables as t};
use sea_query::{Alias, Expr, ExprTrait as _, IntoColumnRef, Order, Query};

use super::backend::{Backend, Backends, Columns, table_ref};
use crate::settings::Settings;

/// One row of `users`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct AgentRecord {
    pub id: i32,
    pub login: String,
    pub pw: String,
    pub title: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub valid_id: i16,
    pub create_time: NaiveDateTime,
    pub change_time: NaiveDateTime,
}

/// Somebody in a back end of customer users.
#[derive(Clone, Debug)]
pub struct CustomerRecord {
    pub backend: Arc<Backend>,
    /// As it is written in the table; the caller may have typed it in another case.
    pub login: String,
    pub email: String,
    pub customer_id: String,
    pub pw: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub valid: bool,
    columns: Columns,
}

impl CustomerRecord {
    fn new(backend: &Arc<Backend>, columns: Columns) -> Self {
        let of = |attribute: &str| {
            let column = backend.column_of(attribute)?;
            columns.get(column).cloned().flatten()
        };
        Self {
            login: columns
                .get(&backend.key)
                .cloned()
                .flatten()
                .unwrap_or_default(),
            email: of("UserEmail").unwrap_or_default(),
            customer_id: of("UserCustomerID").unwrap_or_default(),
            pw: of("UserPassword"),
            first_name: of("UserFirstname").unwrap_or_default(),
            last_name: of("UserLastname").unwrap_or_default(),
            valid: is_valid(backend, &columns),
            backend: Arc::clone(backend),
            columns,
        }
    }

    /// A column as text; `None` for one that the back end does not name.
    pub fn column(&self, name: &str) -> Option<Option<String>> {
        self.columns.get(name).cloned()
    }

    /// What OTRS knows of the row, by its names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        attributes(&self.backend, &self.columns)
    }

    /// The parts of the name that there are, as `CustomerUserNameFields` lists them.
    pub fn names(&self) -> Vec<&str> {
        let fields = self.backend.fields("CustomerUserNameFields");
        if fields.is_empty() {
            let names = [self.first_name.as_str(), self.last_name.as_str()];
            return names.into_iter().filter(|name| !name.is_empty()).collect();
        }
        self.there_are(&fields)
    }

    /// How lists show the person: `"Alice Abel" <alice@acme.example>`, from `CustomerUserListFields`.
    pub fn mail_string(&self) -> String {
        let shown = self.there_are(&self.backend.fields("CustomerUserListFields"));
        match shown.split_last() {
            Some((address, names)) if !names.is_empty() && address.contains('@') => {
                format!("\"{}\" <{address}>", names.join(" "))
            }
            _ => shown.join(" "),
        }
    }

    fn there_are(&self, fields: &[String]) -> Vec<&str> {
        fields
            .iter()
            .filter_map(|column| self.columns.get(column)?.as_deref())
            .filter(|part| !part.is_empty())
            .collect()
    }
}

/// A company in a back end of companies.
#[derive(Clone, Debug)]
pub struct CompanyRecord {
    pub backend: Arc<Backend>,
    pub customer_id: String,
    pub valid: bool,
    columns: Columns,
}

impl CompanyRecord {
    /// What OTRS knows of the row, by its names.
    pub fn attributes(&self) -> impl Iterator<Item = (&str, Option<&str>)> {
        attributes(&self.backend, &self.columns)
    }

    /// A column as text; `None` for one that the back end does not name.
    pub fn column(&self, name: &str) -> Option<Option<String>> {
        self.columns.get(name).cloned()
    }
}

fn attributes<'a>(
    backend: &'a Backend,
    columns: &'a Columns,
) -> impl Iterator<Item = (&'a str, Option<&'a str>)> {
    backend.map.iter().map(|(attribute, column)| {
        let value = columns.get(column).and_then(Option::as_deref);
        (attribute.as_str(), value)
    })
}

/// A back end without a column for it has only valid rows.
fn is_valid(backend: &Backend, columns: &Columns) -> bool {
    backend.valid.as_ref().is_none_or(|column| {
        let value = columns.get(column).cloned().flatten();
        value.as_deref() == Some("1")
    })
}

/// Whether a login is the one in this column. What signs in has the case of the database: PostgreSQL tells `Alice` from
/// `alice`, the others do not.
fn is_login(tx: &Tx, column: impl IntoColumnRef, login: &str) -> Expr {
    let column = Expr::col(column);
    match tx.dialect() {
        Dialect::Postgres => column.eq(login),
        Dialect::MySql | Dialect::Sqlite => tx.same_text(column, login),
    }
}

/// The row of the agent with this login, valid or not.
pub async fn agent(tx: &mut Tx, login: &str) -> Result<Option<AgentRecord>, DbError> {
    let same_login = is_login(tx, t::Users::Login, login);
    let query = Query::select()
        .columns([
            t::Users::Id,
            t::Users::Login,
            t::Users::Pw,
            t::Users::Title,
            t::Users::FirstName,
            t::Users::LastName,
            t::Users::ValidId,
            t::Users::CreateTime,
            t::Users::ChangeTime,
        ])
        .from(t::Users::Table)
        .and_where(same_login)
        .order_by(t::Users::Id, Order::Asc)
        .to_owned();
    tx.fetch_optional(&query).await
}

/// The customer user with this login in the first back end that has one, valid or not.
pub async fn customer(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<Option<CustomerRecord>, DbError> {
    find_customer(tx, settings, login, is_login).await
}

/// Likewise, whatever the case of the login.
pub async fn customer_in_any_case(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<Option<CustomerRecord>, DbError> {
    find_customer(tx, settings, login, |tx, column, login| {
        tx.same_text(Expr::col(column), login)
    })
    .await
}

async fn find_customer(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
    same: fn(&Tx, Alias, &str) -> Expr,
) -> Result<Option<CustomerRecord>, DbError> {
    for backend in &Backends::of(settings).customer_users {
        let condition = same(tx, Alias::new(&backend.key), login);
        if let Some(columns) = backend.find(tx, condition).await? {
            return Ok(Some(CustomerRecord::new(backend, columns)));
        }
    }
    Ok(None)
}

/// The valid customer user with this address in one of the columns of `CustomerUserPostMasterSearchFields`, the first by
/// login when several have it. Somebody of the same login in an earlier back end is who is meant.
pub async fn customer_with_address(
    tx: &mut Tx,
    settings: &Settings,
    address: &str,
) -> Result<Option<CustomerRecord>, DbError> {
    let mut logins = Vec::new();
    for backend in &Backends::of(settings).customer_users {
        let columns = backend.fields("CustomerUserPostMasterSearchFields");
        logins.extend(backend.keys_with(tx, &columns, address).await?);
    }
    match logins.into_iter().min() {
        Some(login) => customer(tx, settings, &login).await,
        None => Ok(None),
    }
}

/// The company with this key in the first back end that has it, valid or not.
pub async fn company(
    tx: &mut Tx,
    settings: &Settings,
    customer_id: &str,
) -> Result<Option<CompanyRecord>, DbError> {
    for backend in &Backends::of(settings).companies {
        let condition = tx.same_text(Expr::col(Alias::new(&backend.key)), customer_id);
        if let Some(columns) = backend.find(tx, condition).await? {
            return Ok(Some(CompanyRecord {
                customer_id: columns
                    .get(&backend.key)
                    .cloned()
                    .flatten()
                    .unwrap_or_default(),
                valid: is_valid(backend, &columns),
                backend: Arc::clone(backend),
                columns,
            }));
        }
    }
    Ok(None)
}

/// Makes an agent temporarily invalid, as too many wrong passwords do; in the name of user 1.
pub async fn suspend_agent(tx: &mut Tx, id: i32, at: NaiveDateTime) -> Result<(), DbError> {
    let Some(valid_id) = temporarily_invalid(tx).await? else {
        return Ok(());
    };
    let update = Query::update()
        .table(t::Users::Table)
        .value(t::Users::ValidId, valid_id)
        .value(t::Users::ChangeTime, at)
        .value(t::Users::ChangeBy, 1)
        .and_where(Expr::col(t::Users::Id).eq(id))
        .to_owned();
    tx.execute(&update).await.map(drop)
}

/// Makes a customer user temporarily invalid, see [`suspend_agent`].
///
/// A back end that is only read, or whose rows are all valid, stays as it is.
pub async fn suspend_customer(
    tx: &mut Tx,
    customer: &CustomerRecord,
    at: NaiveDateTime,
) -> Result<(), DbError> {
    let backend = &customer.backend;
    let Some(valid) = backend.valid.as_ref().filter(|_| !backend.read_only) else {
        return Ok(());
    };
    let Some(valid_id) = temporarily_invalid(tx).await? else {
        return Ok(());
    };
    let mut update = Query::update();
    update
        .table(backend.table())
        .value(Alias::new(valid), valid_id)
        .and_where(Expr::col(Alias::new(&backend.key)).eq(customer.login.as_str()));
    if backend.stamped {
        update
            .value(t::CustomerUser::ChangeTime, at)
            .value(t::CustomerUser::ChangeBy, 1);
    }
    tx.execute(&update).await.map(drop)
}

/// Where a way in keeps the passwords of customers.
#[derive(Clone, Debug)]
pub struct PasswordPlace {
    table: String,
    key: String,
    column: String,
}

impl PasswordPlace {
    /// `way` is the number behind the settings' names, empty for the first.
    pub fn of(settings: &Settings, way: &str) -> Self {
        let text = |what: &str| {
            let text = settings.text(&format!("Customer::AuthModule::DB::{what}{way}"));
            if text.is_empty() {
                settings.text(&format!("Customer::AuthModule::DB::{what}"))
            } else {
                text
            }
        };
        Self {
            table: text("Table"),
            key: text("CustomerKey"),
            column: text("CustomerPassword"),
        }
    }
}

/// The password of a customer user in one of the places. Their own row is not read again.
pub async fn customer_password(
    tx: &mut Tx,
    place: &PasswordPlace,
    customer: &CustomerRecord,
) -> Result<Option<String>, DbError> {
    if customer
        .backend
        .keeps_passwords(&place.table, &place.key, &place.column)
    {
        return Ok(customer.pw.clone());
    }
    let query = Query::select()
        .expr(tx.dialect().as_text(Expr::col(Alias::new(&place.column))))
        .from(table_ref(&place.table))
        .and_where(is_login(tx, Alias::new(&place.key), &customer.login))
        .to_owned();
    let row: Option<Texts> = tx.fetch_optional(&query).await?;
    Ok(row.and_then(|row| row.0.into_iter().next().flatten()))
}

async fn temporarily_invalid(tx: &mut Tx) -> Result<Option<i16>, DbError> {
    /// `valid.id` is a four-byte serial on PostgreSQL and two bytes elsewhere; columns that point to it are two.
    #[derive(sqlx::FromRow)]
    struct ValidRow {
        id: i32,
    }
    let query = Query::select()
        .column(t::Valid::Id)
        .from(t::Valid::Table)
        .and_where(Expr::col(t::Valid::Name).eq("invalid-temporarily"))
        .to_owned();
    let row: Option<ValidRow> = tx.fetch_optional(&query).await?;
    Ok(row.and_then(|row| i16::try_from(row.id).ok()))
}
