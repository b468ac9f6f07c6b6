//! Signing in with a password, against `users` and `customer_user`.
//!
//! What a try leaves behind in the preferences, and when an account is suspended, is what the reference system does:
//! its rows before and after each kind of try.

use compat::password::{self, CryptType};
use schema::DbError;

use super::attempts::Attempts;
use crate::{
    app::App,
    directory::{
        self, Agent, CustomerUser, UserId,
        preferences::{self, Owner},
        record,
    },
    settings::Settings,
};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// The valid agent with this login and password.
pub async fn agent(
    app: &App,
    address: Option<&str>,
    login: &str,
    password: &str,
) -> Result<Option<Agent>, DbError> {
    app.ensure_own_tables().await?;
    let settings = app.settings.current();
    let now = app.clock.timestamp();
    let attempts = Attempts::new(&settings, "agent", address, login);
    let form = crypt_type(
        &settings,
        "AuthModule::DB::CryptType",
        "AuthModule::DB::bcryptCost",
    );
    let (found, blocked) = {
        let mut tx = app.db.read().await?;
        let blocked = attempts.exhausted(&mut tx, now).await?;
        (record::agent(&mut tx, login).await?, blocked)
    };
    let stored = found
        .as_ref()
        .filter(|agent| agent.valid_id == VALID && !blocked)
        .map(|agent| agent.pw.clone());
    let right = matches(form, stored, login, password).await;
    if blocked {
        tracing::warn!(
            user.login = login,
            "too many wrong passwords for agent {login}: not even looked at"
        );
        return Ok(None);
    }

    let Some(agent) = found else {
        let mut tx = app.db.begin().await?;
        attempts.failed(&mut tx, now).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let owner = Owner::Agent(UserId(agent.id));
    let known = {
        let mut tx = app.db.read().await?;
        preferences::list(&mut tx, owner).await?
    };
    if right {
        let last_login = now.to_string();
        let mut news = Vec::new();
        if text(&known, "UserLoginFailed") != Some("0") {
            news.push(("UserLoginFailed", "0"));
        }
        if text(&known, "UserLastLogin") != Some(last_login.as_str()) {
            news.push(("UserLastLogin", last_login.as_str()));
        }
        remember(
            app,
            owner,
            &news,
            &attempts,
            text(&known, "UserLoginFailed"),
        )
        .await?;
        let mut tx = app.db.read().await?;
        return directory::agent(&mut tx, UserId(agent.id)).await;
    }

    let mut tx = app.db.begin().await?;
    attempts.failed(&mut tx, now).await?;
    if agent.valid_id == VALID {
        let failures = failures(&known) + 1;
        let most = most_failures(&settings, "PreferencesGroups###Password");
        if most > 0 && failures >= most {
            record::suspend_agent(&mut tx, agent.id, app.clock.now()).await?;
            tracing::warn!(user.login = %agent.login, "agent {} had {failures} wrong passwords and is invalid for now", agent.login);
        } else {
            preferences::set(&mut tx, owner, "UserLoginFailed", &failures.to_string()).await?;
        }
    } else {
        preferences::set(&mut tx, owner, "UserLoginFailed", "1").await?;
    }
    tx.commit().await?;
    Ok(None)
}

/// The customer user with this login and password, valid or not: whoever asks must look.
pub async fn customer(
    app: &App,
    address: Option<&str>,
    login: &str,
    password: &str,
) -> Result<Option<CustomerUser>, DbError> {
    app.ensure_own_tables().await?;
    let settings = app.settings.current();
    let now = app.clock.timestamp();
    let attempts = Attempts::new(&settings, "customer", address, login);
    let form = crypt_type(
        &settings,
        "Customer::AuthModule::DB::CryptType",
        "Customer::AuthModule::DB::bcryptCost",
    );
    let (found, blocked) = {
        let mut tx = app.db.read().await?;
        let blocked = attempts.exhausted(&mut tx, now).await?;
        (record::customer(&mut tx, login).await?, blocked)
    };
    let stored = found
        .as_ref()
        .filter(|_| !blocked)
        .and_then(|customer| customer.pw.clone());
    let right = matches(form, stored, login, password).await;
    if blocked {
        tracing::warn!(
            customer.login = login,
            "too many wrong passwords for customer {login}: not even looked at"
        );
        return Ok(None);
    }

    let Some(customer) = found else {
        let mut tx = app.db.begin().await?;
        attempts.failed(&mut tx, now).await?;
        tx.commit().await?;
        return Ok(None);
    };
    let owner = Owner::Customer(&customer.login);
    let known = {
        let mut tx = app.db.read().await?;
        preferences::list(&mut tx, owner).await?
    };
    if right {
        let last_login = now.to_string();
        let mut news = Vec::new();
        if text(&known, "UserAuthBackend") != Some("") {
            news.push(("UserAuthBackend", ""));
        }
        if customer.valid_id == VALID {
            if text(&known, "UserLoginFailed") != Some("0") {
                news.push(("UserLoginFailed", "0"));
            }
            if text(&known, "UserLastLogin") != Some(last_login.as_str()) {
                news.push(("UserLastLogin", last_login.as_str()));
            }
        }
        remember(
            app,
            owner,
            &news,
            &attempts,
            text(&known, "UserLoginFailed"),
        )
        .await?;
        let mut tx = app.db.read().await?;
        return directory::customer_user(&mut tx, &customer.login).await;
    }

    let mut tx = app.db.begin().await?;
    attempts.failed(&mut tx, now).await?;
    let failures = failures(&known) + 1;
    preferences::set(&mut tx, owner, "UserLoginFailed", &failures.to_string()).await?;
    let most = most_failures(&settings, "CustomerPreferencesGroups###Password");
    if most > 0 && failures >= most && customer.valid_id == VALID {
        record::suspend_customer(&mut tx, &customer.login, app.clock.now()).await?;
        tracing::warn!(customer.login = %customer.login, "customer {} had {failures} wrong passwords and is invalid for now", customer.login);
    }
    tx.commit().await?;
    Ok(None)
}

/// Writes what a right password leaves behind; nothing to write costs nothing.
async fn remember(
    app: &App,
    owner: Owner<'_>,
    news: &[(&str, &str)],
    attempts: &Attempts,
    failed_before: Option<&str>,
) -> Result<(), DbError> {
    if news.is_empty() {
        return Ok(());
    }
    let mut tx = app.db.begin().await?;
    for (key, value) in news {
        preferences::set(&mut tx, owner, key, value).await?;
    }
    if failed_before.is_some_and(|count| count != "0") {
        attempts.succeeded(&mut tx).await?;
    }
    tx.commit().await
}

fn text<'a>(
    known: &'a std::collections::BTreeMap<String, Option<String>>,
    key: &str,
) -> Option<&'a str> {
    known.get(key)?.as_deref()
}

fn failures(known: &std::collections::BTreeMap<String, Option<String>>) -> i64 {
    text(known, "UserLoginFailed")
        .and_then(|count| count.parse().ok())
        .unwrap_or_default()
}

/// After how many wrong passwords in a row an account is suspended; 0 for never.
fn most_failures(settings: &Settings, group: &str) -> i64 {
    settings
        .value(group)
        .get("PasswordMaxLoginFailed")
        .and_then(compat::Value::as_string)
        .and_then(|count| count.parse().ok())
        .unwrap_or_default()
}

/// The form in which passwords are kept now; an unknown value is taken for OTRS's own default.
fn crypt_type(settings: &Settings, form: &str, cost: &str) -> CryptType {
    let cost = u32::try_from(settings.integer(cost)).unwrap_or(12);
    CryptType::from_setting(&settings.text(form), cost).unwrap_or(CryptType::Sha2)
}

/// Whether the password is the stored one. Without a stored one the same work is done for nothing, so that the time
/// does not tell whether a login exists.
async fn matches(form: CryptType, stored: Option<String>, login: &str, password: &str) -> bool {
    let slow = |form: Option<CryptType>| matches!(form, Some(CryptType::Bcrypt { .. }));
    let is_slow = match &stored {
        Some(stored) => slow(password::looks_like(stored)),
        None => slow(Some(form)),
    };
    let (login, password) = (login.to_owned(), password.to_owned());
    let work = move || {
        if let Some(stored) = stored {
            return password::verify(form, &stored, &password);
        }
        std::hint::black_box(password::hash(form, &login, &password, [0; 16]));
        false
    };
    if is_slow {
        // Hashing that takes a quarter of a second must not stop the other requests of this thread.
        tokio::task::spawn_blocking(work).await.unwrap_or(false)
    } else {
        work()
    }
}
