//! Who fetches an account: one process at a time, so that no message is taken in twice.
//!
//! The table `otterdesk_mail_fetch` has a row for each account that somebody fetches, with a mark and the moment until
//! which it holds. Whoever fetches moves that moment ahead; when the process dies, it passes.

use std::time::Duration;

use rand::Rng as _;
use schema::{DbError, Tx};
use sea_query::{Expr, ExprTrait as _, Iden, Query};

use crate::app::App;

/// Seconds for which an account belongs to who fetches it.
const LEASE: i64 = 60;
/// How often that is said anew.
const RENEW: Duration = Duration::from_secs(15);

#[derive(Clone, Copy, Debug, Iden)]
#[iden = "otterdesk_mail_fetch"]
enum Row {
    Table,
    Account,
    Mark,
    /// Seconds since 1970.
    Due,
}

pub const TABLE: &str = "otterdesk_mail_fetch";

/// Creates the table when it is missing.
pub async fn create_table(tx: &mut Tx) -> Result<(), DbError> {
    tx.execute_raw(
        "CREATE TABLE IF NOT EXISTS otterdesk_mail_fetch (account INTEGER NOT NULL PRIMARY KEY, \
         mark VARCHAR(40) NOT NULL, due BIGINT NOT NULL)",
    )
    .await
}

/// An account that is ours for a while.
#[derive(Debug)]
pub struct Lock {
    account: i32,
    mark: String,
}

impl Lock {
    /// Takes an account; `None` when somebody else fetches it.
    pub async fn take(app: &App, account: i32) -> Result<Option<Self>, DbError> {
        app.ensure_own_tables().await?;
        let now = app.clock.timestamp();
        let mut tx = app.db.read().await?;
        let old = Query::delete()
            .from_table(Row::Table)
            .and_where(Expr::col(Row::Account).eq(account))
            .and_where(Expr::col(Row::Due).lt(now))
            .to_owned();
        tx.execute(&old).await?;
        let mark = format!("{:032x}", rand::rng().random::<u128>());
        let insert = Query::insert()
            .into_table(Row::Table)
            .columns([Row::Account, Row::Mark, Row::Due])
            .values_panic([account.into(), mark.as_str().into(), (now + LEASE).into()])
            .to_owned();
        match tx.execute(&insert).await {
            Ok(_) => Ok(Some(Self { account, mark })),
            // The key decides who is first.
            Err(error) if error.is_duplicate() => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Keeps the account; never ends.
    pub async fn keep(&self, app: &App) {
        loop {
            tokio::time::sleep(RENEW).await;
            let renewed = async {
                let update = Query::update()
                    .table(Row::Table)
                    .value(Row::Due, app.clock.timestamp() + LEASE)
                    .and_where(Expr::col(Row::Account).eq(self.account))
                    .and_where(Expr::col(Row::Mark).eq(self.mark.as_str()))
                    .to_owned();
                app.db.read().await?.execute(&update).await
            };
            if let Err(error) = renewed.await {
                tracing::warn!(account.id = self.account, %error, "a mail account can not be kept");
            }
        }
    }

    /// Gives the account back; when that fails, the moment passes.
    pub async fn release(self, app: &App) {
        let released = async {
            let delete = Query::delete()
                .from_table(Row::Table)
                .and_where(Expr::col(Row::Account).eq(self.account))
                .and_where(Expr::col(Row::Mark).eq(self.mark.as_str()))
                .to_owned();
            app.db.read().await?.execute(&delete).await
        };
        if let Err(error) = released.await {
            tracing::warn!(account.id = self.account, %error, "a mail account is given back later");
        }
    }
}
