//! `User::OutOfOffice`: when agents are absent, for many of them in one request.
//!
//! Each entry of `OutOfOfficeEntries` names an agent by `UserSearch`, `UserEmail` or `UserLogin`; the first that finds
//! exactly one valid agent decides. An entry that finds nobody is passed over in silence, and so is a date that is
//! none. Source: answers of the reference system, and the preferences that it wrote.

use std::sync::LazyLock;

use compat::{Map, Value};
use regex::Regex;
use schema::{DbError, Pattern, Tx, tables as t};
use sea_query::{Cond, Expr, ExprTrait as _, Query};

use super::super::{
    Answer, Request,
    authentication::{authenticate, parameter},
};
use crate::{
    access::groups::{self, Permission},
    app::App,
    auth::Principal,
    directory::{
        self, UserId,
        preferences::{self, Owner},
    },
};

/// The group that may say when others are absent.
const ADMINS: &str = "admin";

/// A day wherever it stands in a text; it need not be one of the calendar.
static DAY: LazyLock<Regex> = LazyLock::new(day_pattern);

#[expect(
    clippy::unwrap_used,
    reason = "the pattern is constant, and a test compiles it"
)]
fn day_pattern() -> Regex {
    Regex::new(r"([0-9]{4})-([0-9]{2})-([0-9]{2})").unwrap()
}

/// Writes the absences; answers `Success`.
pub async fn run(app: &App, request: &Request<'_>) -> Result<Answer, DbError> {
    let refused = |sentence: &str| {
        Ok(Answer::error(
            "OutOfOffice.AuthFail",
            format!("OutOfOffice: {sentence}"),
        ))
    };
    let Some(principal) = authenticate(app, request).await? else {
        return refused("Authentication failed.");
    };
    let Principal::Agent(agent) = principal else {
        return refused("User needs to be an agent.");
    };
    let mut tx = app.db.begin().await?;
    if !groups::is_in(&mut tx, &app.recent, agent.id, ADMINS, Permission::Rw).await? {
        return refused("User needs to be in group admin.");
    }
    let entries = request
        .data
        .get("OutOfOfficeEntries")
        .and_then(Value::as_list);
    let Some(entries) = entries.filter(|entries| !entries.is_empty()) else {
        return Ok(Answer::Failure(
            "Payload does not contain out-of-office entries or they could not be parsed."
                .to_owned(),
        ));
    };
    for entry in entries {
        if let Some(agent) = agent_of(&mut tx, entry).await? {
            write(&mut tx, agent, entry).await?;
        }
    }
    tx.commit().await?;
    Ok(Answer::Data(Map::from([(
        "Success".to_owned(),
        Value::Integer(1),
    )])))
}

async fn agent_of(tx: &mut Tx, entry: &Value) -> Result<Option<UserId>, DbError> {
    if let Some(search) = parameter(entry, "UserSearch")
        && let Some(agent) = only(&found(tx, &search).await?)
    {
        return Ok(Some(agent));
    }
    if let Some(email) = parameter(entry, "UserEmail")
        && let Some(agent) = only(&with_email(tx, &email).await?)
    {
        return Ok(Some(agent));
    }
    let Some(login) = parameter(entry, "UserLogin") else {
        return Ok(None);
    };
    let agent = directory::agent_by_login(tx, &login).await?;
    Ok(agent.filter(|agent| agent.valid).map(|agent| agent.id))
}

fn only(agents: &[UserId]) -> Option<UserId> {
    match *agents {
        [agent] => Some(agent),
        _ => None,
    }
}

/// Valid agents of whom each word is the login, the first or the last name; `*` stands for any text.
async fn found(tx: &mut Tx, search: &str) -> Result<Vec<UserId>, DbError> {
    use t::Users as U;
    let mut all = Cond::all();
    let words =
        search.split(|character: char| character.is_whitespace() || "()".contains(character));
    for word in words.filter(|word| !word.is_empty()) {
        let mut pattern = Pattern::default();
        for character in word.chars() {
            match character {
                '*' => pattern.push_any(),
                other => pattern.push(other),
            }
        }
        let columns = [U::Login, U::FirstName, U::LastName];
        all = all.add(columns.into_iter().fold(Cond::any(), |any, column| {
            any.add(tx.like_text(Expr::col(column), &pattern))
        }));
    }
    if all.is_empty() {
        return Ok(Vec::new());
    }
    let query = Query::select()
        .column(U::Id)
        .from(U::Table)
        .cond_where(all)
        .and_where(Expr::col(U::ValidId).eq(1_i16))
        .limit(2)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

/// Valid agents with this address, in the case in which it is written.
async fn with_email(tx: &mut Tx, email: &str) -> Result<Vec<UserId>, DbError> {
    use t::{UserPreferences as P, Users as U};
    let query = Query::select()
        .column((U::Table, U::Id))
        .from(U::Table)
        .inner_join(
            P::Table,
            Expr::col((P::Table, P::UserId)).equals((U::Table, U::Id)),
        )
        .and_where(Expr::col((U::Table, U::ValidId)).eq(1_i16))
        .and_where(Expr::col((P::Table, P::PreferencesKey)).eq("UserEmail"))
        .and_where(Expr::col((P::Table, P::PreferencesValue)).eq(Expr::val(tx.long_text(email))))
        .limit(2)
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| UserId(id)).collect())
}

async fn write(tx: &mut Tx, agent: UserId, entry: &Value) -> Result<(), DbError> {
    let owner = Owner::Agent(agent);
    let is_absent = entry.get("OutOfOffice").is_some_and(Value::is_true);
    let value = if is_absent { "1" } else { "0" };
    preferences::set(tx, owner, "OutOfOffice", value).await?;
    // Without the first day the last one is not looked at.
    for which in ["Start", "End"] {
        let text = entry
            .get(&format!("{which}Date"))
            .and_then(Value::as_string);
        let text = text.unwrap_or_default();
        let Some(day) = DAY.captures(&text) else {
            return Ok(());
        };
        for (part, digits) in ["Year", "Month", "Day"].into_iter().zip(1..) {
            let key = format!("OutOfOffice{which}{part}");
            preferences::set(tx, owner, &key, &day[digits]).await?;
        }
    }
    Ok(())
}
