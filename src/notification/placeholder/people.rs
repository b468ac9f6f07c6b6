//! What is known of agents and customer users under OTRS's names, for tags such as `<OTRS_OWNER_UserFirstname>`.

use std::collections::HashMap;

use compat::Value;
use schema::{DbError, Tx};

use crate::{
    directory::{
        self, UserId, attributes, name,
        preferences::{self, Owner},
        record,
    },
    settings::Settings,
};

/// What stands in the place of passwords.
pub const HIDDEN: &str = "xxx";

/// Values by name in lower case.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Person(HashMap<String, String>);

impl Person {
    /// The value under a name in any case; `None` for what is empty too.
    pub fn get(&self, name: &str) -> Option<&str> {
        let value = self.0.get(&name.to_lowercase())?;
        Some(value.as_str()).filter(|value| !value.is_empty())
    }

    /// The same, with what is there and empty.
    pub fn known(&self, name: &str) -> Option<&str> {
        self.0.get(&name.to_lowercase()).map(String::as_str)
    }

    pub fn put(&mut self, name: &str, value: impl Into<String>) {
        let value = if is_secret(name) {
            HIDDEN.to_owned()
        } else {
            value.into()
        };
        self.0.insert(name.to_lowercase(), value);
    }

    fn put_new(&mut self, name: &str, value: impl Into<String>) {
        if !self.0.contains_key(&name.to_lowercase()) {
            self.put(name, value);
        }
    }
}

/// Whether a value is nobody's business.
pub fn is_secret(name: &str) -> bool {
    let name = name.to_lowercase();
    ["pw", "passw", "secret", "token"]
        .iter()
        .any(|word| name.contains(word))
}

/// An agent with their preferences; nothing for a number that nobody has.
pub async fn agent(tx: &mut Tx, settings: &Settings, id: UserId) -> Result<Person, DbError> {
    let mut person = Person::default();
    let Some(agent) = directory::agent(tx, id).await? else {
        return Ok(person);
    };
    let full_name = name::full_name(
        settings.integer("FirstnameLastnameOrder"),
        &agent.first_name,
        &agent.last_name,
        &agent.login,
    );
    person.put("UserID", id.to_string());
    person.put("UserFullname", full_name);
    person.put("UserFirstname", agent.first_name);
    person.put("UserLastname", agent.last_name);
    person.put("UserTitle", agent.title.unwrap_or_default());
    person.put("UserPw", "");
    if let Some(row) = record::agent(tx, &agent.login).await? {
        person.put("ValidID", row.valid_id.to_string());
        person.put("CreateTime", row.create_time.to_string());
        person.put("ChangeTime", row.change_time.to_string());
    }
    let login = agent.login;
    person.put("UserLogin", login.as_str());
    for (key, value) in preferences::list(tx, Owner::Agent(id)).await? {
        person.put_new(&key, value.unwrap_or_default());
    }
    // Who signs in with an address is there.
    if login.contains('@') {
        person.put_new("UserEmail", login);
    }
    Ok(person)
}

/// A value as text; those of a dynamic field with several with commas between them.
fn shown(value: &Value) -> String {
    match value {
        Value::List(items) => {
            let texts: Vec<String> = items.iter().filter_map(Value::as_string).collect();
            texts.join(", ")
        }
        one => one.as_string().unwrap_or_default(),
    }
}

/// A customer user with their company; nothing for a login that nobody has.
pub async fn customer(tx: &mut Tx, settings: &Settings, login: &str) -> Result<Person, DbError> {
    let mut person = Person::default();
    let Some(row) = record::customer(tx, settings, login).await? else {
        return Ok(person);
    };
    person.put("UserID", row.login.as_str());
    person.put("UserFullname", row.names().join(" "));
    for (key, value) in attributes::of_customer(tx, &row).await? {
        person.put(&key, shown(&value));
    }
    for (key, value) in attributes::of_company(tx, settings, &row.customer_id).await? {
        person.put(&key, shown(&value));
    }
    // The company's validity is not the person's.
    person.put("ValidID", if row.valid { "1" } else { "2" });
    for (key, value) in preferences::list(tx, Owner::Customer(&row.login)).await? {
        person.put_new(&key, value.unwrap_or_default());
    }
    Ok(person)
}
