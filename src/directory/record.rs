//! Agents and customer users with everything that their rows hold, as sessions keep it.

use chrono::NaiveDateTime;
use schema::{DbError, Dialect, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, IntoColumnRef, Order, Query};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

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

/// One row of `customer_user`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CustomerRecord {
    pub login: String,
    pub email: String,
    pub customer_id: String,
    pub pw: Option<String>,
    pub title: Option<String>,
    pub first_name: String,
    pub last_name: String,
    pub phone: Option<String>,
    pub fax: Option<String>,
    pub mobile: Option<String>,
    pub street: Option<String>,
    pub zip: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub comments: Option<String>,
    pub valid_id: i16,
    pub create_time: NaiveDateTime,
    pub create_by: i32,
    pub change_time: NaiveDateTime,
    pub change_by: i32,
}

impl CustomerRecord {
    /// A column as text; `None` for one that the table does not have.
    pub fn column(&self, name: &str) -> Option<Option<String>> {
        let text = |text: &str| Some(text.to_owned());
        Some(match name {
            "login" => text(&self.login),
            "email" => text(&self.email),
            "customer_id" => text(&self.customer_id),
            "pw" => self.pw.clone(),
            "title" => self.title.clone(),
            "first_name" => text(&self.first_name),
            "last_name" => text(&self.last_name),
            "phone" => self.phone.clone(),
            "fax" => self.fax.clone(),
            "mobile" => self.mobile.clone(),
            "street" => self.street.clone(),
            "zip" => self.zip.clone(),
            "city" => self.city.clone(),
            "country" => self.country.clone(),
            "comments" => self.comments.clone(),
            "valid_id" => Some(self.valid_id.to_string()),
            _ => return None,
        })
    }
}

/// One row of `customer_company`.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct CompanyRecord {
    pub customer_id: String,
    pub name: String,
    pub street: Option<String>,
    pub zip: Option<String>,
    pub city: Option<String>,
    pub country: Option<String>,
    pub url: Option<String>,
    pub comments: Option<String>,
    pub valid_id: i16,
}

impl CompanyRecord {
    /// A column as text; `None` for one that the table does not have.
    pub fn column(&self, name: &str) -> Option<Option<String>> {
        let text = |text: &str| Some(text.to_owned());
        Some(match name {
            "customer_id" => text(&self.customer_id),
            "name" => text(&self.name),
            "street" => self.street.clone(),
            "zip" => self.zip.clone(),
            "city" => self.city.clone(),
            "country" => self.country.clone(),
            "url" => self.url.clone(),
            "comments" => self.comments.clone(),
            "valid_id" => Some(self.valid_id.to_string()),
            _ => return None,
        })
    }
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

/// The row of the customer user with this login, valid or not.
pub async fn customer(tx: &mut Tx, login: &str) -> Result<Option<CustomerRecord>, DbError> {
    let same_login = is_login(tx, t::CustomerUser::Login, login);
    let query = Query::select()
        .columns([
            t::CustomerUser::Login,
            t::CustomerUser::Email,
            t::CustomerUser::CustomerId,
            t::CustomerUser::Pw,
            t::CustomerUser::Title,
            t::CustomerUser::FirstName,
            t::CustomerUser::LastName,
            t::CustomerUser::Phone,
            t::CustomerUser::Fax,
            t::CustomerUser::Mobile,
            t::CustomerUser::Street,
            t::CustomerUser::Zip,
            t::CustomerUser::City,
            t::CustomerUser::Country,
            t::CustomerUser::Comments,
            t::CustomerUser::ValidId,
            t::CustomerUser::CreateTime,
            t::CustomerUser::CreateBy,
            t::CustomerUser::ChangeTime,
            t::CustomerUser::ChangeBy,
        ])
        .from(t::CustomerUser::Table)
        .and_where(same_login)
        .order_by(t::CustomerUser::Id, Order::Asc)
        .to_owned();
    tx.fetch_optional(&query).await
}

/// The row of the valid customer user with this address, the first by login when several have it.
pub async fn customer_with_address(
    tx: &mut Tx,
    address: &str,
) -> Result<Option<CustomerRecord>, DbError> {
    use t::CustomerUser as C;
    let same = tx.same_text(Expr::col(C::Email), address);
    let query = Query::select()
        .column(C::Login)
        .from(C::Table)
        .and_where(same)
        .and_where(Expr::col(C::ValidId).eq(VALID))
        .order_by(C::Login, Order::Asc)
        .limit(1)
        .to_owned();
    match tx.fetch_optional::<(String,)>(&query).await? {
        Some((login,)) => customer(tx, &login).await,
        None => Ok(None),
    }
}

/// The row of a company, valid or not.
pub async fn company(tx: &mut Tx, customer_id: &str) -> Result<Option<CompanyRecord>, DbError> {
    let query = Query::select()
        .columns([
            t::CustomerCompany::CustomerId,
            t::CustomerCompany::Name,
            t::CustomerCompany::Street,
            t::CustomerCompany::Zip,
            t::CustomerCompany::City,
            t::CustomerCompany::Country,
            t::CustomerCompany::Url,
            t::CustomerCompany::Comments,
            t::CustomerCompany::ValidId,
        ])
        .from(t::CustomerCompany::Table)
        .and_where(Expr::col(t::CustomerCompany::CustomerId).eq(customer_id))
        .to_owned();
    tx.fetch_optional(&query).await
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
pub async fn suspend_customer(tx: &mut Tx, login: &str, at: NaiveDateTime) -> Result<(), DbError> {
    let Some(valid_id) = temporarily_invalid(tx).await? else {
        return Ok(());
    };
    let update = Query::update()
        .table(t::CustomerUser::Table)
        .value(t::CustomerUser::ValidId, valid_id)
        .value(t::CustomerUser::ChangeTime, at)
        .value(t::CustomerUser::ChangeBy, 1)
        .and_where(Expr::col(t::CustomerUser::Login).eq(login))
        .to_owned();
    tx.execute(&update).await.map(drop)
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
