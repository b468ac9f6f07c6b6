//! Who fetches an account: one process at a time, so that no message is taken in twice.
//!
//! The table `otterdesk_mail_fetch` has a row for each account that somebody fetches, with a mark and the moment until
//! which it holds. Whoever fetches moves that moment ahead; when the process dies, it passes.
//!
//! The Perl system has one row of `process_id` for all accounts, by host, and takes it for left behind after ten minutes.
//! While we fetch there is one of ours, and where there is one of its own we do not fetch.
//! Source: the reference system with a mail server that says nothing, and with such rows of several ages and hosts.

use std::time::Duration;

use rand::Rng as _;
use schema::{DbError, Tx, tables::ProcessId as P};
use sea_query::{Expr, ExprTrait as _, Iden, Query};

use crate::app::App;

/// Seconds for which an account belongs to who fetches it.
const LEASE: i64 = 60;
/// How often that is said anew.
const RENEW: Duration = Duration::from_secs(15);

/// What the Perl system calls whoever fetches.
const PERL: &str = "MailAccountFetch";
/// Seconds after which it takes its own row for left behind.
const PERL_LEASE: i64 = 600;
/// What the process of our rows begins with; the mark of the account follows.
const OURS: &str = "otterdesk-";

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
            Ok(_) => {}
            // The key decides who is first.
            Err(error) if error.is_duplicate() => return Ok(None),
            Err(error) => return Err(error),
        }
        drop(tx);
        let lock = Self { account, mark };
        let told = lock.tell_perl(app).await;
        if let Ok(true) = told {
            return Ok(Some(lock));
        }
        lock.release(app).await;
        told.map(|_| None)
    }

    /// The process of our row in `process_id`.
    fn process(&self) -> String {
        format!("{OURS}{}", self.mark)
    }

    /// Writes the row that keeps the Perl system from fetching; `false` when it fetches itself.
    async fn tell_perl(&self, app: &App) -> Result<bool, DbError> {
        let mut tx = app.db.read().await?;
        let host = app.settings.current().text("FQDN");
        let now = seconds(app);
        if perl_fetches(&mut tx, &host, now).await? {
            return Ok(false);
        }
        let left = Query::delete()
            .from_table(P::Table)
            .and_where(Expr::col(P::ProcessName).eq(PERL))
            .and_where(Expr::col(P::ProcessHost).eq(host.as_str()))
            .and_where(Expr::col(P::ProcessId).like(format!("{OURS}%")))
            .and_where(Expr::col(P::ProcessCreate).lt(before(now, LEASE)))
            .to_owned();
        tx.execute(&left).await?;
        let insert = Query::insert()
            .into_table(P::Table)
            .columns([
                P::ProcessName,
                P::ProcessId,
                P::ProcessHost,
                P::ProcessCreate,
                P::ProcessChange,
            ])
            .values_panic([
                PERL.into(),
                self.process().into(),
                host.as_str().into(),
                now.into(),
                now.into(),
            ])
            .to_owned();
        tx.execute(&insert).await?;
        // It may have come in between: there is no key that decides.
        Ok(!perl_fetches(&mut tx, &host, now).await?)
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
                let now = seconds(app);
                let told = Query::update()
                    .table(P::Table)
                    .value(P::ProcessCreate, now)
                    .value(P::ProcessChange, now)
                    .and_where(Expr::col(P::ProcessName).eq(PERL))
                    .and_where(Expr::col(P::ProcessId).eq(self.process()))
                    .to_owned();
                let mut tx = app.db.read().await?;
                tx.execute(&told).await?;
                tx.execute(&update).await
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
            let told = Query::delete()
                .from_table(P::Table)
                .and_where(Expr::col(P::ProcessName).eq(PERL))
                .and_where(Expr::col(P::ProcessId).eq(self.process()))
                .to_owned();
            let mut tx = app.db.read().await?;
            tx.execute(&told).await?;
            tx.execute(&delete).await
        };
        if let Err(error) = released.await {
            tracing::warn!(account.id = self.account, %error, "a mail account is given back later");
        }
    }
}

/// Seconds since 1970, as wide as the columns of `process_id`.
fn seconds(app: &App) -> i32 {
    i32::try_from(app.clock.timestamp()).unwrap_or(i32::MAX)
}

fn before(now: i32, seconds: i64) -> i64 {
    i64::from(now) - seconds
}

/// Whether the Perl system fetches on this host.
async fn perl_fetches(tx: &mut Tx, host: &str, now: i32) -> Result<bool, DbError> {
    let query = Query::select()
        .column(P::ProcessId)
        .from(P::Table)
        .and_where(Expr::col(P::ProcessName).eq(PERL))
        .and_where(Expr::col(P::ProcessHost).eq(host))
        .and_where(Expr::col(P::ProcessId).not_like(format!("{OURS}%")))
        .and_where(Expr::col(P::ProcessCreate).gt(before(now, PERL_LEASE)))
        .limit(1)
        .to_owned();
    let row: Option<(String,)> = tx.fetch_optional(&query).await?;
    Ok(row.is_some())
}
