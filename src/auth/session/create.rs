//! Opening a session, with the rows that the reference system writes for its own.

use std::{collections::BTreeMap, str::FromStr as _};

use chrono::{DateTime, NaiveDateTime, TimeZone as _};
use compat::Value;
use rand::{Rng as _, distr::Alphanumeric};
use schema::{DbError, Tx};

use super::{Entry, Session, store};
use crate::{
    app::App,
    auth::Principal,
    directory::{
        UserId, attributes,
        backend::STAMPS,
        name,
        preferences::{self, Owner},
        record::{self, AgentRecord, CompanyRecord, CustomerRecord},
    },
    settings::Settings,
};

/// Where a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct Caller<'a> {
    pub remote_addr: Option<&'a str>,
    pub user_agent: Option<&'a str>,
    /// `GenericInterface`, `AgentInterface` or `CustomerInterface`.
    pub source: &'a str,
}

/// Opens a session for somebody who just proved who they are; gives its id, `None` when they are gone meanwhile.
pub async fn create(
    app: &App,
    principal: &Principal,
    caller: Caller<'_>,
) -> Result<Option<String>, DbError> {
    let settings = app.settings.current();
    let mut tx = app.db.begin().await?;
    let person = match principal {
        Principal::Agent(agent) => {
            of_agent(&mut tx, &settings, &agent.login, app.clock.now()).await?
        }
        Principal::Customer(customer) => of_customer(&mut tx, &settings, &customer.login).await?,
    };
    let Some(mut data) = person else {
        return Ok(None);
    };
    let now = app.clock.timestamp().to_string();
    let mut put = |key: &str, value: &str| {
        data.insert(key.to_owned(), Entry::Text(Some(value.to_owned())));
    };
    put("SessionSource", caller.source);
    put("UserChallengeToken", &token());
    put("UserLastRequest", &now);
    put("UserSessionStart", &now);
    put("UserRemoteAddr", caller.remote_addr.unwrap_or("none"));
    put("UserRemoteUserAgent", caller.user_agent.unwrap_or("none"));
    put(
        "UserType",
        match principal {
            Principal::Agent(_) => "User",
            Principal::Customer(_) => "Customer",
        },
    );
    let session = Session { id: token(), data };
    store::insert(&mut tx, &session).await?;
    tx.commit().await?;
    Ok(Some(session.id))
}

/// 32 letters and digits from a generator fit for secrets: 190 bits.
fn token() -> String {
    rand::rng()
        .sample_iter(Alphanumeric)
        .take(32)
        .map(char::from)
        .collect()
}

/// What is known of a person, by OTRS's names.
pub type Data = BTreeMap<String, Entry>;

fn text(value: impl Into<String>) -> Entry {
    Entry::Text(Some(value.into()))
}

/// The row of an agent with what they prefer; `None` when there is none with this login. Two statements.
pub async fn of_agent(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
    now: NaiveDateTime,
) -> Result<Option<Data>, DbError> {
    let Some(agent) = record::agent(tx, login).await? else {
        return Ok(None);
    };
    let preferences = preferences::list(tx, Owner::Agent(UserId(agent.id))).await?;
    Ok(Some(agent_data(settings, &agent, preferences, now)))
}

fn agent_data(
    settings: &Settings,
    agent: &AgentRecord,
    preferences: BTreeMap<String, Option<String>>,
    now: NaiveDateTime,
) -> Data {
    let mut full_name = name::full_name(
        settings.integer("FirstnameLastnameOrder"),
        &agent.first_name,
        &agent.last_name,
        &agent.login,
    );
    let mut data = defaults(settings, "PreferencesGroups");
    data.insert("UserEmail".to_owned(), text(&agent.login));
    let absence = name::out_of_office(&preferences, in_system_zone(settings, now));
    data.extend(
        preferences
            .into_iter()
            .map(|(key, value)| (key, Entry::Text(value))),
    );
    if let Some(absence) = absence {
        data.insert(
            "OutOfOfficeDaysRemaining".to_owned(),
            text(absence.days_left.to_string()),
        );
        if let Some(message) = absence.message {
            full_name = format!("{full_name} {message}");
            data.insert("OutOfOfficeMessage".to_owned(), text(message));
        }
    }
    for (key, value) in [
        ("UserID", text(agent.id.to_string())),
        ("UserLogin", text(&agent.login)),
        ("UserPw", text(&agent.pw)),
        ("UserTitle", Entry::Text(agent.title.clone())),
        ("UserFirstname", text(&agent.first_name)),
        ("UserLastname", text(&agent.last_name)),
        ("UserFullname", text(full_name)),
        ("ValidID", text(agent.valid_id.to_string())),
        ("CreateTime", text(agent.create_time.to_string())),
        ("ChangeTime", text(agent.change_time.to_string())),
    ] {
        data.insert(key.to_owned(), value);
    }
    add_login_timestamp(settings, &mut data);
    data
}

/// The rows of a customer user and their company, with what they prefer. Three statements.
pub async fn of_customer(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<Option<Data>, DbError> {
    let Some(customer) = record::customer(tx, settings, login).await? else {
        return Ok(None);
    };
    let preferences = preferences::list(tx, Owner::Customer(&customer.login)).await?;
    let mut data = defaults(settings, "CustomerPreferencesGroups");
    data.extend(
        preferences
            .into_iter()
            .map(|(key, value)| (key, Entry::Text(value))),
    );
    add_customer(tx, &customer, &mut data).await?;
    let mut company_config = settings.value("CustomerCompany");
    if customer.backend.has_companies {
        let company = record::company(tx, settings, &customer.customer_id).await?;
        match &company {
            Some(company) => {
                company_config = company.backend.config.clone();
                add_company(tx, company, &mut data).await?;
            }
            None => {
                data.insert("CustomerCompanyValidID".to_owned(), Entry::Text(None));
            }
        }
    }
    data.insert("CompanyConfig".to_owned(), Entry::Structure(company_config));
    add_login_timestamp(settings, &mut data);
    Ok(Some(data))
}

/// What the company says where the customer user says nothing.
async fn add_company(tx: &mut Tx, company: &CompanyRecord, data: &mut Data) -> Result<(), DbError> {
    for (attribute, value) in attributes::of_firm(tx, company).await? {
        let key = match attribute.as_str() {
            "ValidID" => "CustomerCompanyValidID".to_owned(),
            _ => attribute,
        };
        data.insert(key, entry(value));
    }
    for (name, column) in STAMPS {
        let value = company.column(column).flatten();
        data.entry(name.to_owned()).or_insert(Entry::Text(value));
    }
    Ok(())
}

/// Lists stand in sessions as structures, everything else as text.
fn entry(value: Value) -> Entry {
    match value {
        Value::List(_) | Value::Map(_) => Entry::Structure(value),
        other => Entry::Text(other.as_string()),
    }
}

async fn add_customer(
    tx: &mut Tx,
    customer: &CustomerRecord,
    data: &mut Data,
) -> Result<(), DbError> {
    for (attribute, value) in attributes::of_customer(tx, customer).await? {
        data.insert(attribute, entry(value));
    }
    for (key, value) in [
        ("UserID", customer.login.clone()),
        ("UserFullname", customer.names().join(" ")),
        ("UserMailString", customer.mail_string()),
        ("Source", customer.backend.name.clone()),
    ] {
        data.insert(key.to_owned(), text(value));
    }
    for (name, column) in STAMPS.into_iter().filter(|_| customer.backend.stamped) {
        let value = customer.column(column).flatten();
        data.insert(name.to_owned(), Entry::Text(value));
    }
    let config = customer.backend.config.clone();
    data.insert("Config".to_owned(), Entry::Structure(config));
    Ok(())
}

/// What people have who prefer nothing: each `PrefKey` with its `DataSelected`.
fn defaults(settings: &Settings, group: &str) -> Data {
    let group = settings.value(group);
    group
        .as_map()
        .into_iter()
        .flat_map(compat::Map::values)
        .filter_map(|entry| {
            let key = entry.get("PrefKey")?.as_string()?;
            let selected = entry.get("DataSelected")?.as_string()?;
            Some((key, text(selected)))
        })
        .collect()
}

/// The last login again, as a date that people can read, in the system's time zone.
fn add_login_timestamp(settings: &Settings, data: &mut Data) {
    let Some(Entry::Text(Some(seconds))) = data.get("UserLastLogin") else {
        return;
    };
    let Some(at) = seconds
        .parse()
        .ok()
        .and_then(|seconds| DateTime::from_timestamp(seconds, 0))
    else {
        return;
    };
    let at = in_system_zone(settings, at.naive_utc()).to_string();
    data.insert("UserLastLoginTimestamp".to_owned(), text(at));
}

fn in_system_zone(settings: &Settings, at: NaiveDateTime) -> NaiveDateTime {
    let zone =
        chrono_tz::Tz::from_str(&settings.text("OTRSTimeZone")).unwrap_or(chrono_tz::Tz::UTC);
    zone.from_utc_datetime(&at).naive_local()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_32_letters_and_digits_and_differ() {
        let (one, other) = (token(), token());

        assert_eq!(one.len(), 32);
        assert!(one.bytes().all(|byte| byte.is_ascii_alphanumeric()));
        assert_ne!(one, other);
    }

    #[test]
    fn our_defaults_give_a_session_what_a_fresh_installation_gives() {
        let data = defaults(&Settings::default(), "PreferencesGroups");

        assert_eq!(data.len(), 9);
        assert_eq!(data["UserLastViewsPosition"], text("Avatar"));
    }

    #[test]
    fn the_last_login_is_shown_in_the_time_zone_of_the_system() {
        let settings = Settings::with([(
            "OTRSTimeZone".to_owned(),
            Value::text("Europe/Berlin"),
            crate::settings::Origin::Database,
        )]);
        let mut data = Data::from([("UserLastLogin".to_owned(), text("1795265700"))]);

        add_login_timestamp(&settings, &mut data);

        assert_eq!(data["UserLastLoginTimestamp"], text("2026-11-21 13:55:00"));
    }
}
