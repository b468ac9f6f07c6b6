//! A limit on wrong passwords, for each address and login, and for each address over all logins.
//!
//! It is kept in a table of ours, so that several server processes count together and a restart forgets nothing.
//! Whoever is over the limit gets the answer of a wrong password, and no password is looked at.

use schema::{DbError, Tx};
use sea_query::{Alias, Expr, ExprTrait as _, Func, Iden, OnConflict, Query};
use sha2::{Digest as _, Sha256};

use crate::settings::Settings;

#[derive(Clone, Copy, Debug, Iden)]
#[iden = "otterdesk_login_attempt"]
enum Attempt {
    Table,
    Address,
    LoginDigest,
    Failures,
    Since,
}

/// One statement that each database understands; run at every start.
pub const TABLE: &str = "otterdesk_login_attempt";

const CREATE: &str = "CREATE TABLE IF NOT EXISTS otterdesk_login_attempt (\
     address VARCHAR(45) NOT NULL, \
     login_digest CHAR(64) NOT NULL, \
     failures BIGINT NOT NULL, \
     since BIGINT NOT NULL, \
     PRIMARY KEY (address, login_digest))";

/// Creates the table when it is missing.
pub async fn create_table(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute_raw(CREATE).await
}

/// Who tries: an address, and the login that they claim. Agents and customers count apart.
#[derive(Clone, Debug)]
pub struct Attempts {
    address: String,
    login_digest: String,
    per_login: i64,
    per_address: i64,
    window_seconds: i64,
}

impl Attempts {
    /// The login is only kept as a digest: what people type there is now and then a password.
    pub fn new(settings: &Settings, kind: &str, address: Option<&str>, login: &str) -> Self {
        let digest = Sha256::digest(format!("{kind}:{}", login.trim_end().to_lowercase()));
        Self {
            address: address.unwrap_or("none").chars().take(45).collect(),
            login_digest: digest
                .iter()
                .flat_map(|byte| [byte >> 4, byte & 15])
                .filter_map(|digit| char::from_digit(digit.into(), 16))
                .collect(),
            per_login: settings.integer("Otterdesk::LoginFailures::PerLogin"),
            per_address: settings.integer("Otterdesk::LoginFailures::PerAddress"),
            window_seconds: settings.integer("Otterdesk::LoginFailures::Seconds"),
        }
    }

    /// Whether there have been too many wrong passwords; `now` in seconds since 1970.
    pub async fn exhausted(&self, tx: &mut Tx, now: i64) -> Result<bool, DbError> {
        if self.per_login > 0 && self.failures(tx, now, true).await? >= self.per_login {
            return Ok(true);
        }
        Ok(self.per_address > 0 && self.failures(tx, now, false).await? >= self.per_address)
    }

    async fn failures(&self, tx: &mut Tx, now: i64, this_login: bool) -> Result<i64, DbError> {
        // A sum of BIGINTs is NUMERIC on PostgreSQL and DECIMAL on MySQL.
        let kind = match tx.dialect() {
            schema::Dialect::MySql => "SIGNED",
            schema::Dialect::Postgres | schema::Dialect::Sqlite => "BIGINT",
        };
        let sum = Func::cast_as(Expr::col(Attempt::Failures).sum(), Alias::new(kind));
        let mut query = Query::select()
            .expr(sum)
            .from(Attempt::Table)
            .and_where(Expr::col(Attempt::Address).eq(self.address.as_str()))
            .and_where(Expr::col(Attempt::Since).gt(now - self.window_seconds))
            .to_owned();
        if this_login {
            query.and_where(Expr::col(Attempt::LoginDigest).eq(self.login_digest.as_str()));
        }
        let (sum,): (Option<i64>,) = tx.fetch_one(&query).await?;
        Ok(sum.unwrap_or_default())
    }

    /// Counts a wrong password, and forgets those that are too old to count.
    pub async fn failed(&self, tx: &mut Tx, now: i64) -> Result<(), DbError> {
        let old = Query::delete()
            .from_table(Attempt::Table)
            .and_where(Expr::col(Attempt::Since).lte(now - self.window_seconds))
            .to_owned();
        tx.execute(&old).await?;
        let count = Query::insert()
            .into_table(Attempt::Table)
            .columns([
                Attempt::Address,
                Attempt::LoginDigest,
                Attempt::Failures,
                Attempt::Since,
            ])
            .values_panic([
                Expr::val(self.address.as_str()),
                Expr::val(self.login_digest.as_str()),
                Expr::val(1_i64),
                Expr::val(now),
            ])
            .on_conflict(
                OnConflict::columns([Attempt::Address, Attempt::LoginDigest])
                    .value(
                        Attempt::Failures,
                        Expr::col((Attempt::Table, Attempt::Failures)).add(1_i64),
                    )
                    .to_owned(),
            )
            .to_owned();
        tx.execute(&count).await.map(drop)
    }

    /// What the log calls the login: the first digits of its digest. What people type there may be a password.
    pub fn label(&self) -> &str {
        self.login_digest.get(..12).unwrap_or_default()
    }

    /// Writes the row of these attempts once more as it is.
    pub async fn touch(&self, tx: &mut Tx) -> Result<(), DbError> {
        let same = Query::update()
            .table(Attempt::Table)
            .value(Attempt::Failures, Expr::col(Attempt::Failures))
            .and_where(Expr::col(Attempt::Address).eq(self.address.as_str()))
            .and_where(Expr::col(Attempt::LoginDigest).eq(self.login_digest.as_str()))
            .to_owned();
        tx.execute(&same).await.map(drop)
    }

    /// The right password makes the wrong ones before it undone.
    pub async fn succeeded(&self, tx: &mut Tx) -> Result<(), DbError> {
        let forget = Query::delete()
            .from_table(Attempt::Table)
            .and_where(Expr::col(Attempt::Address).eq(self.address.as_str()))
            .and_where(Expr::col(Attempt::LoginDigest).eq(self.login_digest.as_str()))
            .to_owned();
        tx.execute(&forget).await.map(drop)
    }
}
