//! Statements on `mail_account`.

use schema::{DbError, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, SelectStatement};

use super::{Account, Secret};
use crate::app::App;

#[derive(sqlx::FromRow)]
struct AccountRow {
    id: i32,
    login: String,
    pw: String,
    host: String,
    account_type: String,
    queue: Option<String>,
    trusted: i16,
    imap_folder: Option<String>,
}

#[derive(sqlx::FromRow)]
struct OAuth2Row {
    id: i32,
    authentication_type: String,
    oauth2_token_config_id: Option<i32>,
}

const FOLDER: &str = "INBOX";

fn valid(only: Option<i32>) -> SelectStatement {
    let mut query = Query::select()
        .from(t::MailAccount::Table)
        .and_where(Expr::col((t::MailAccount::Table, t::MailAccount::ValidId)).eq(1_i16))
        .order_by((t::MailAccount::Table, t::MailAccount::Id), Order::Asc)
        .to_owned();
    if let Some(id) = only {
        query.and_where(Expr::col((t::MailAccount::Table, t::MailAccount::Id)).eq(id));
    }
    query
}

/// Accounts of a kind that nobody knows are left out, and told.
pub(super) async fn list(app: &App, only: Option<i32>) -> Result<Vec<Account>, DbError> {
    // 0 in the place of a queue says that each message's recipient decides.
    let query = valid(only)
        .columns([
            (t::MailAccount::Table, t::MailAccount::Id),
            (t::MailAccount::Table, t::MailAccount::Login),
            (t::MailAccount::Table, t::MailAccount::Pw),
            (t::MailAccount::Table, t::MailAccount::Host),
            (t::MailAccount::Table, t::MailAccount::AccountType),
            (t::MailAccount::Table, t::MailAccount::Trusted),
            (t::MailAccount::Table, t::MailAccount::ImapFolder),
        ])
        .expr_as(Expr::col((t::Queue::Table, t::Queue::Name)), "queue")
        .left_join(
            t::Queue::Table,
            Expr::col((t::Queue::Table, t::Queue::Id))
                .equals((t::MailAccount::Table, t::MailAccount::QueueId)),
        )
        .to_owned();
    let rows: Vec<AccountRow> = app.db.read().await?.fetch_all(&query).await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let oauth2 = oauth2(app, only).await?;
    let mut accounts = Vec::new();
    for row in rows {
        let Ok(kind) = row.account_type.parse() else {
            tracing::warn!(
                "mail account {} is of the kind `{}`, which is not known here",
                row.id,
                row.account_type
            );
            continue;
        };
        let config = oauth2.iter().find(|config| config.id == row.id);
        accounts.push(Account {
            id: row.id,
            login: row.login,
            secret: config
                .and_then(|config| config.oauth2_token_config_id)
                .map_or(Secret::Password(row.pw), Secret::OAuth2),
            host: row.host,
            kind,
            queue: row.queue,
            trusted: row.trusted == 1,
            folder: row
                .imap_folder
                .filter(|folder| !folder.is_empty())
                .unwrap_or_else(|| FOLDER.to_owned()),
        });
    }
    Ok(accounts)
}

/// The accounts that use tokens. Releases before Znuny 6.4 have no columns for them, and then no account does.
async fn oauth2(app: &App, only: Option<i32>) -> Result<Vec<OAuth2Row>, DbError> {
    let query = valid(only)
        .columns([
            t::MailAccount::Id,
            t::MailAccount::AuthenticationType,
            t::MailAccount::Oauth2TokenConfigId,
        ])
        .to_owned();
    match app.db.read().await?.fetch_all::<OAuth2Row>(&query).await {
        Err(DbError::Statement(_)) => Ok(Vec::new()),
        Err(other) => Err(other),
        Ok(mut rows) => {
            rows.retain(|row| row.authentication_type == "oauth2_token");
            Ok(rows)
        }
    }
}
