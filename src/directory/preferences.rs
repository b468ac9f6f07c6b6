//! What people prefer, and what their logins left behind: `user_preferences` and `customer_preferences`.

use std::collections::BTreeMap;

use schema::{DbError, LongText, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, Value};

use super::UserId;

/// Whose preferences.
#[derive(Clone, Copy, Debug)]
pub enum Owner<'a> {
    Agent(UserId),
    /// By login.
    Customer(&'a str),
}

/// Every preference of one person; of a key that is there twice, the last row counts.
pub async fn list(
    tx: &mut Tx,
    owner: Owner<'_>,
) -> Result<BTreeMap<String, Option<String>>, DbError> {
    match owner {
        Owner::Agent(id) => {
            let query = Query::select()
                .columns([
                    t::UserPreferences::PreferencesKey,
                    t::UserPreferences::PreferencesValue,
                ])
                .from(t::UserPreferences::Table)
                .and_where(Expr::col(t::UserPreferences::UserId).eq(id))
                .to_owned();
            let rows: Vec<(String, Option<LongText>)> = tx.fetch_all(&query).await?;
            Ok(rows
                .into_iter()
                .map(|(key, value)| (key, value.map(String::from)))
                .collect())
        }
        Owner::Customer(login) => {
            let query = Query::select()
                .columns([
                    t::CustomerPreferences::PreferencesKey,
                    t::CustomerPreferences::PreferencesValue,
                ])
                .from(t::CustomerPreferences::Table)
                .and_where(Expr::col(t::CustomerPreferences::UserId).eq(login))
                .to_owned();
            let rows: Vec<(String, Option<String>)> = tx.fetch_all(&query).await?;
            Ok(rows.into_iter().collect())
        }
    }
}

/// Agents, by key, who prefer this value, in any case. One statement that reads the preference of every agent.
pub async fn agents_with(tx: &mut Tx, key: &str, value: &str) -> Result<Vec<i32>, DbError> {
    let query = Query::select()
        .columns([
            t::UserPreferences::UserId,
            t::UserPreferences::PreferencesValue,
        ])
        .from(t::UserPreferences::Table)
        .and_where(Expr::col(t::UserPreferences::PreferencesKey).eq(key))
        .to_owned();
    let rows: Vec<(i32, Option<LongText>)> = tx.fetch_all(&query).await?;
    let wanted = value.to_lowercase();
    let has_it = |text: &Option<LongText>| {
        let text = text.clone().map(String::from).unwrap_or_default();
        text.to_lowercase() == wanted
    };
    Ok(rows
        .into_iter()
        .filter(|(_, text)| has_it(text))
        .map(|(id, _)| id)
        .collect())
}

/// Takes a preference away; nothing happens when it is not there.
pub async fn remove(tx: &mut Tx, owner: Owner<'_>, key: &str) -> Result<(), DbError> {
    let delete = match owner {
        Owner::Agent(id) => Query::delete()
            .from_table(t::UserPreferences::Table)
            .and_where(Expr::col(t::UserPreferences::UserId).eq(id))
            .and_where(Expr::col(t::UserPreferences::PreferencesKey).eq(key))
            .to_owned(),
        Owner::Customer(login) => Query::delete()
            .from_table(t::CustomerPreferences::Table)
            .and_where(Expr::col(t::CustomerPreferences::UserId).eq(login))
            .and_where(Expr::col(t::CustomerPreferences::PreferencesKey).eq(key))
            .to_owned(),
    };
    tx.execute(&delete).await.map(drop)
}

/// Sets a preference: the old rows go, one new row comes.
pub async fn set(tx: &mut Tx, owner: Owner<'_>, key: &str, value: &str) -> Result<(), DbError> {
    remove(tx, owner, key).await?;
    let insert = match owner {
        Owner::Agent(id) => {
            let row: [Value; 3] = [id.into(), key.into(), tx.long_text(value)];
            Query::insert()
                .into_table(t::UserPreferences::Table)
                .columns([
                    t::UserPreferences::UserId,
                    t::UserPreferences::PreferencesKey,
                    t::UserPreferences::PreferencesValue,
                ])
                .values_panic(row.map(Expr::val))
                .to_owned()
        }
        Owner::Customer(login) => Query::insert()
            .into_table(t::CustomerPreferences::Table)
            .columns([
                t::CustomerPreferences::UserId,
                t::CustomerPreferences::PreferencesKey,
                t::CustomerPreferences::PreferencesValue,
            ])
            .values_panic([login, key, value].map(Expr::val))
            .to_owned(),
    };
    tx.execute(&insert).await.map(drop)
}
