//! Signing in with a password, against `users` and the tables that `Customer::AuthModule` names.
//!
//! What a try leaves behind in the preferences, and when an account is suspended, is what the reference system does:
//! its rows before and after each kind of try.

use compat::password::{self, CryptType};
use rand::Rng as _;
use schema::{DbError, Tx};

use super::attempts::Attempts;
use crate::{
    app::App,
    directory::{
        self, Agent, CustomerUser, UserId,
        preferences::{self, Owner},
        record::{self, CustomerRecord},
    },
    settings::Settings,
};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// Who signs in: agents and customer users have settings and tables of their own, and one way in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
enum Kind {
    Agent,
    Customer,
}

impl Kind {
    /// As in [`Attempts::new`] and in the log.
    fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::Customer => "customer",
        }
    }

    /// The form in which passwords are kept now.
    fn crypt_type(self, settings: &Settings) -> CryptType {
        let (form, cost) = match self {
            Self::Agent => ("AuthModule::DB::CryptType", "AuthModule::DB::bcryptCost"),
            Self::Customer => (
                "Customer::AuthModule::DB::CryptType",
                "Customer::AuthModule::DB::bcryptCost",
            ),
        };
        crypt_type(settings, form, cost)
    }

    fn preferences_groups(self) -> &'static str {
        match self {
            Self::Agent => "PreferencesGroups###Password",
            Self::Customer => "CustomerPreferencesGroups###Password",
        }
    }

    async fn find(
        self,
        tx: &mut Tx,
        settings: &Settings,
        login: &str,
    ) -> Result<Option<Account>, DbError> {
        Ok(match self {
            Self::Agent => record::agent(tx, login).await?.map(|agent| Account {
                key: Key::Agent(UserId(agent.id)),
                valid: agent.valid_id == VALID,
                // An agent who is not valid has no password that could be right.
                passwords: Some(agent.pw)
                    .filter(|_| agent.valid_id == VALID)
                    .map(|password| Stored {
                        password,
                        form: self.crypt_type(settings),
                        way: String::new(),
                    })
                    .into_iter()
                    .collect(),
            }),
            Self::Customer => match record::customer(tx, settings, login).await? {
                Some(customer) => Some(Account {
                    passwords: customer_passwords(tx, settings, &customer).await?,
                    valid: customer.valid,
                    key: Key::Customer(customer),
                }),
                None => None,
            },
        })
    }

    /// Nobody's preferences, on which the same statements are run for a login that does not exist.
    fn nobody(self) -> Key {
        match self {
            Self::Agent => Key::Agent(UserId(0)),
            Self::Customer => Key::Nobody,
        }
    }
}

/// Whose account, as the tables key it.
#[derive(Clone, Debug)]
enum Key {
    Agent(UserId),
    Customer(CustomerRecord),
    /// No customer user.
    Nobody,
}

impl Key {
    fn owner(&self) -> Owner<'_> {
        match self {
            Self::Agent(id) => Owner::Agent(*id),
            Self::Customer(customer) => Owner::Customer(&customer.login),
            Self::Nobody => Owner::Customer(""),
        }
    }
}

#[derive(Debug)]
struct Account {
    key: Key,
    valid: bool,
    /// Each with the way in that asks for it; the first right one counts.
    passwords: Vec<Stored>,
}

/// A password as it is kept.
#[derive(Clone, Debug)]
struct Stored {
    password: String,
    form: CryptType,
    /// The number behind `Customer::AuthModule`, empty for the first.
    way: String,
}

/// What each way in (`Customer::AuthModule`, `Customer::AuthModule1` …) has as the password of a customer user.
async fn customer_passwords(
    tx: &mut Tx,
    settings: &Settings,
    customer: &CustomerRecord,
) -> Result<Vec<Stored>, DbError> {
    let mut found = Vec::new();
    for number in 0..=10 {
        let way = if number == 0 {
            String::new()
        } else {
            number.to_string()
        };
        if settings
            .text(&format!("Customer::AuthModule{way}"))
            .is_empty()
        {
            continue;
        }
        let place = record::PasswordPlace::of(settings, &way);
        if let Some(password) = record::customer_password(tx, &place, customer).await? {
            let form = crypt_type(
                settings,
                &format!("Customer::AuthModule::DB::CryptType{way}"),
                &format!("Customer::AuthModule::DB::bcryptCost{way}"),
            );
            found.push(Stored {
                password,
                form,
                way,
            });
        }
    }
    Ok(found)
}

/// The valid agent with this login and password.
pub async fn agent(
    app: &App,
    address: Option<&str>,
    login: &str,
    password: &str,
) -> Result<Option<Agent>, DbError> {
    match sign_in(app, Kind::Agent, address, login, password).await? {
        Some(Key::Agent(id)) => directory::agent(&mut app.db.read().await?, id).await,
        _ => Ok(None),
    }
}

/// The customer user with this login and password, valid or not: whoever asks must look.
pub async fn customer(
    app: &App,
    address: Option<&str>,
    login: &str,
    password: &str,
) -> Result<Option<CustomerUser>, DbError> {
    match sign_in(app, Kind::Customer, address, login, password).await? {
        Some(Key::Customer(customer)) => {
            let settings = app.settings.current();
            directory::customer_user(&mut app.db.read().await?, &settings, &customer.login).await
        }
        _ => Ok(None),
    }
}

async fn sign_in(
    app: &App,
    kind: Kind,
    address: Option<&str>,
    login: &str,
    password: &str,
) -> Result<Option<Key>, DbError> {
    app.ensure_own_tables().await?;
    let settings = app.settings.current();
    let now = app.clock.timestamp();
    let attempts = Attempts::new(&settings, kind.name(), address, login);
    let (found, blocked) = {
        let mut tx = app.db.read().await?;
        let blocked = attempts.exhausted(&mut tx, now).await?;
        (kind.find(&mut tx, &settings, login).await?, blocked)
    };
    let stored = found.as_ref().filter(|_| !blocked);
    let stored = stored.map_or_else(Vec::new, |account| account.passwords.clone());
    let right = way_in(kind.crypt_type(&settings), stored, login, password).await;
    if blocked {
        tracing::warn!(
            login.digest = attempts.label(),
            "too many wrong passwords for {} {}: not even looked at",
            kind.name(),
            attempts.label()
        );
        return Ok(None);
    }

    let key = found
        .as_ref()
        .map_or_else(|| kind.nobody(), |account| account.key.clone());
    let known = preferences::list(&mut app.db.read().await?, key.owner()).await?;
    let Some(account) = found else {
        // As many statements that write as after a wrong password, so that the time tells as little as the answer.
        let mut tx = app.db.begin().await?;
        attempts.failed(&mut tx, now).await?;
        preferences::remove(&mut tx, key.owner(), "UserLoginFailed").await?;
        attempts.touch(&mut tx).await?;
        tx.commit().await?;
        return Ok(None);
    };
    if let Some(way) = right {
        succeeded(app, kind, (&account, &way), &known, &attempts, now).await?;
        return Ok(Some(account.key));
    }
    let mut tx = app.db.begin().await?;
    attempts.failed(&mut tx, now).await?;
    let most = most_failures(&settings, kind.preferences_groups());
    failed(
        app,
        &mut tx,
        &account,
        failures(&known) + 1,
        most,
        &attempts,
    )
    .await?;
    tx.commit().await?;
    Ok(None)
}

async fn succeeded(
    app: &App,
    kind: Kind,
    (account, way): (&Account, &str),
    known: &Known,
    attempts: &Attempts,
    now: i64,
) -> Result<(), DbError> {
    let last_login = now.to_string();
    let mut wanted = Vec::new();
    if kind == Kind::Customer {
        wanted.push(("UserAuthBackend", way));
    }
    if account.valid {
        wanted.push(("UserLoginFailed", "0"));
        wanted.push(("UserLastLogin", last_login.as_str()));
    }
    wanted.retain(|(name, value)| text(known, name) != Some(*value));
    let failed_before = text(known, "UserLoginFailed");
    remember(app, account.key.owner(), &wanted, attempts, failed_before).await
}

/// Counts a wrong password of an account, and suspends it after the last one that is allowed; 0 allows any number.
async fn failed(
    app: &App,
    tx: &mut Tx,
    account: &Account,
    failures: i64,
    most: i64,
    attempts: &Attempts,
) -> Result<(), DbError> {
    let is_last = most > 0 && failures >= most && account.valid;
    let owner = account.key.owner();
    match &account.key {
        Key::Agent(id) if is_last => record::suspend_agent(tx, id.0, app.clock.now()).await?,
        Key::Agent(_) => {
            let count = if account.valid { failures } else { 1 };
            preferences::set(tx, owner, "UserLoginFailed", &count.to_string()).await?;
        }
        Key::Customer(customer) => {
            preferences::set(tx, owner, "UserLoginFailed", &failures.to_string()).await?;
            if is_last {
                record::suspend_customer(tx, customer, app.clock.now()).await?;
            }
        }
        Key::Nobody => {}
    }
    if is_last {
        tracing::warn!(
            login.digest = attempts.label(),
            "the account behind {} had {failures} wrong passwords and is invalid for now",
            attempts.label()
        );
    }
    Ok(())
}

type Known = std::collections::BTreeMap<String, Option<String>>;

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

fn text<'a>(known: &'a Known, key: &str) -> Option<&'a str> {
    known.get(key)?.as_deref()
}

fn failures(known: &Known) -> i64 {
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

/// The hash of an agent's password in the form in which such passwords are kept now.
pub fn hash_of_agent(settings: &Settings, login: &str, plain: &str) -> String {
    hash(Kind::Agent, settings, login, plain)
}

/// The hash of a customer user's password, see [`hash_of_agent`].
pub fn hash_of_customer(settings: &Settings, login: &str, plain: &str) -> String {
    hash(Kind::Customer, settings, login, plain)
}

fn hash(kind: Kind, settings: &Settings, login: &str, plain: &str) -> String {
    let random = rand::rng().random::<[u8; 16]>();
    password::hash(kind.crypt_type(settings), login, plain, random)
}

/// A password of twelve letters and digits that nobody can guess.
pub fn generate() -> String {
    rand::rng()
        .sample_iter(rand::distr::Alphanumeric)
        .take(12)
        .map(char::from)
        .collect()
}

/// The form in which passwords are kept now; an unknown value is taken for OTRS's own default.
fn crypt_type(settings: &Settings, form: &str, cost: &str) -> CryptType {
    let cost = u32::try_from(settings.integer(cost)).unwrap_or(12);
    CryptType::from_setting(&settings.text(form), cost).unwrap_or(CryptType::Sha2)
}

/// The way in for which the password is right.
async fn way_in(
    form: CryptType,
    stored: Vec<Stored>,
    login: &str,
    password: &str,
) -> Option<String> {
    if stored.is_empty() {
        matches(form, None, login, password).await;
    }
    for Stored {
        password: kept,
        form,
        way,
    } in stored
    {
        if matches(form, Some(kept), login, password).await {
            return Some(way);
        }
    }
    None
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
