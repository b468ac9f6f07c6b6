//! Agents and customers for tests, and what the tables say about them.

use compat::password::{self, CryptType};
use otterdesk::{
    auth::Principal,
    directory::{self, UserId, preferences, preferences::Owner},
};
use schema::tables as t;
use sea_query::{Alias, Expr, ExprTrait as _, Query};

use crate::support::{TestApp, now};

/// Everybody's password.
pub const PASSWORD: &str = "Otter&Söhne";

pub const VALID: i16 = 1;
pub const INVALID: i16 = 2;

pub fn hash(form: CryptType) -> String {
    password::hash(form, "alice", PASSWORD, [7; 16])
}

impl TestApp {
    /// An agent with the password [`PASSWORD`] in this form.
    pub async fn add_agent(&self, login: &str, valid_id: i16, form: CryptType) -> UserId {
        let mut tx = self.app.db.begin().await.unwrap();
        let insert = Query::insert()
            .into_table(t::Users::Table)
            .columns([
                t::Users::Login,
                t::Users::Pw,
                t::Users::FirstName,
                t::Users::LastName,
                t::Users::ValidId,
                t::Users::CreateTime,
                t::Users::CreateBy,
                t::Users::ChangeTime,
                t::Users::ChangeBy,
            ])
            .values_panic([
                Expr::val(login),
                Expr::val(hash(form)),
                Expr::val("Alice"),
                Expr::val("Ängström"),
                Expr::val(valid_id),
                Expr::val(now()),
                Expr::val(1),
                Expr::val(now()),
                Expr::val(1),
            ])
            .to_owned();
        let id = tx.insert(&insert).await.unwrap();
        tx.commit().await.unwrap();
        UserId(i32::try_from(id).unwrap())
    }

    /// A customer user of the company `ACME` with the password [`PASSWORD`].
    pub async fn add_customer(&self, login: &str, valid_id: i16) {
        let mut tx = self.app.db.begin().await.unwrap();
        let insert = Query::insert()
            .into_table(t::CustomerUser::Table)
            .columns([
                t::CustomerUser::Login,
                t::CustomerUser::Email,
                t::CustomerUser::CustomerId,
                t::CustomerUser::Pw,
                t::CustomerUser::FirstName,
                t::CustomerUser::LastName,
                t::CustomerUser::ValidId,
                t::CustomerUser::CreateTime,
                t::CustomerUser::CreateBy,
                t::CustomerUser::ChangeTime,
                t::CustomerUser::ChangeBy,
            ])
            .values_panic([
                Expr::val(login),
                Expr::val(format!("{login}@example.com")),
                Expr::val("ACME"),
                Expr::val(hash(CryptType::Sha2)),
                Expr::val("Carl"),
                Expr::val("Customer"),
                Expr::val(valid_id),
                Expr::val(now()),
                Expr::val(1),
                Expr::val(now()),
                Expr::val(1),
            ])
            .to_owned();
        tx.execute(&insert).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn set_agent_valid(&self, id: UserId, valid_id: i16) {
        let mut tx = self.app.db.begin().await.unwrap();
        let update = Query::update()
            .table(t::Users::Table)
            .value(t::Users::ValidId, valid_id)
            .and_where(Expr::col(t::Users::Id).eq(id))
            .to_owned();
        tx.execute(&update).await.unwrap();
        tx.commit().await.unwrap();
    }

    pub async fn agent(&self, login: &str) -> Principal {
        let mut tx = self.app.db.read().await.unwrap();
        let agent = directory::agent_by_login(&mut tx, login).await.unwrap();
        Principal::Agent(agent.unwrap())
    }

    pub async fn customer(&self, login: &str) -> Principal {
        let mut tx = self.app.db.read().await.unwrap();
        let customer = directory::customer_user(&mut tx, &self.app.settings.current(), login)
            .await
            .unwrap();
        Principal::Customer(customer.unwrap())
    }

    /// One preference; `None` when it is not there.
    pub async fn preference(&self, owner: Owner<'_>, key: &str) -> Option<String> {
        let mut tx = self.app.db.read().await.unwrap();
        let all = preferences::list(&mut tx, owner).await.unwrap();
        all.get(key).cloned().flatten()
    }

    /// The rows of the table `sessions`.
    pub async fn session_rows(&self) -> i64 {
        let mut tx = self.app.db.read().await.unwrap();
        let query = Query::select()
            .expr(Expr::col(Alias::new("id")).count())
            .from(t::Sessions::Table)
            .to_owned();
        let (rows,): (i64,) = tx.fetch_one(&query).await.unwrap();
        rows
    }
}
