//! What customers' rows and their dynamic fields say under the names that OTRS gives them, such as `UserZip` and
//! `DynamicField_Shoe`.

use std::collections::BTreeMap;

use compat::Value;
use schema::{DbError, Tx};

use super::{
    backend::Backend,
    record::{self, CompanyRecord, CustomerRecord},
};
use crate::{
    dynamic_field::{self, ObjectType},
    settings::Settings,
};

/// Values by OTRS's names: texts, what dynamic fields hold, `Undef` for nothing.
pub type Attributes = BTreeMap<String, Value>;

/// Attributes of a customer user by login; nothing for a login that nobody has.
pub async fn of_customer_user(
    tx: &mut Tx,
    settings: &Settings,
    login: &str,
) -> Result<Attributes, DbError> {
    if login.is_empty() {
        return Ok(Attributes::new());
    }
    match record::customer(tx, settings, login).await? {
        Some(customer) => of_customer(tx, &customer).await,
        None => Ok(Attributes::new()),
    }
}

/// Attributes of a company by its key; nothing for a key that no company has.
pub async fn of_company(
    tx: &mut Tx,
    settings: &Settings,
    customer_id: &str,
) -> Result<Attributes, DbError> {
    if customer_id.is_empty() {
        return Ok(Attributes::new());
    }
    match record::company(tx, settings, customer_id).await? {
        Some(company) => of_firm(tx, &company).await,
        None => Ok(Attributes::new()),
    }
}

/// Attributes of a customer user whose row is known. No statement where the back end has no dynamic fields.
pub async fn of_customer(tx: &mut Tx, customer: &CustomerRecord) -> Result<Attributes, DbError> {
    let mut attributes = owned(customer.attributes());
    let (backend, object) = (&customer.backend, ObjectType::CustomerUser);
    add_fields(tx, backend, object, &customer.login, &mut attributes).await?;
    Ok(attributes)
}

/// Attributes of a company whose row is known; likewise.
pub async fn of_firm(tx: &mut Tx, company: &CompanyRecord) -> Result<Attributes, DbError> {
    let mut attributes = owned(company.attributes());
    let (backend, object) = (&company.backend, ObjectType::CustomerCompany);
    add_fields(tx, backend, object, &company.customer_id, &mut attributes).await?;
    Ok(attributes)
}

fn owned<'a>(attributes: impl Iterator<Item = (&'a str, Option<&'a str>)>) -> Attributes {
    attributes
        .map(|(name, value)| (name.to_owned(), value.map(str::to_owned).into()))
        .collect()
}

async fn add_fields(
    tx: &mut Tx,
    backend: &Backend,
    object: ObjectType,
    name: &str,
    attributes: &mut Attributes,
) -> Result<(), DbError> {
    if backend.dynamic_fields.is_empty() {
        return Ok(());
    }
    let mut values = dynamic_field::values_of_named(tx, object, name).await?;
    for (attribute, field) in &backend.dynamic_fields {
        if let Some(value) = values.remove(field) {
            attributes.insert(attribute.clone(), value);
        }
    }
    Ok(())
}
