//! What customers' rows say under the names that OTRS gives their columns, such as `UserZip`.

use std::collections::BTreeMap;

use compat::Value;
use schema::{DbError, Tx};

use super::record;
use crate::settings::Settings;

/// Attributes of a customer user by login; nothing for a login that nobody has.
pub async fn of_customer_user(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<BTreeMap<String, Option<String>>, DbError> {
    if login.is_empty() {
        return Ok(BTreeMap::new());
    }
    let Some(customer) = record::customer(tx, login).await? else {
        return Ok(BTreeMap::new());
    };
    Ok(mapped(&settings.value("CustomerUser"))
        .into_iter()
        .filter_map(|(attribute, column)| Some((attribute, customer.column(&column)?)))
        .collect())
}

/// Attributes of a company by its key; nothing for a key that no company has.
pub async fn of_company(
    tx: &mut Tx,
    settings: &Settings,
    customer_id: &str,
) -> Result<BTreeMap<String, Option<String>>, DbError> {
    if customer_id.is_empty() {
        return Ok(BTreeMap::new());
    }
    let Some(company) = record::company(tx, customer_id).await? else {
        return Ok(BTreeMap::new());
    };
    Ok(mapped(&settings.value("CustomerCompany"))
        .into_iter()
        .filter_map(|(attribute, column)| Some((attribute, company.column(&column)?)))
        .collect())
}

/// Attributes and their columns, from the `Map` of a customer back end.
pub fn mapped(config: &Value) -> Vec<(String, String)> {
    config
        .get("Map")
        .and_then(Value::as_list)
        .unwrap_or_default()
        .iter()
        .filter_map(|field| {
            let field = field.as_list()?;
            Some((field.first()?.as_string()?, field.get(2)?.as_string()?))
        })
        .collect()
}
