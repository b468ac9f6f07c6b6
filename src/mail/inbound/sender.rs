//! Who a mail is from, as a customer.

use compat::mail_address;
use schema::DbError;

use crate::{
    directory::record,
    ticket::{create::Customer, work::Work},
};

use super::{Mail, article::beginning};

/// Characters that the columns of a ticket hold.
const COMPANY: usize = 150;
const USER: usize = 250;

/// The address of the sender: the last one that `From` names; empty when it names none.
pub fn address(from: &str) -> String {
    let mut addresses = mail_address::each(from);
    addresses.retain(|address| address.contains('@'));
    addresses.pop().unwrap_or_default()
}

/// The customer of a new ticket: what headers say, who has the sender's address, the address itself.
pub async fn customer(work: &mut Work<'_>, mail: &Mail<'_>) -> Result<Option<Customer>, DbError> {
    let address = address(mail.parameters.get("From"));
    let mut user = mail.parameters.get("X-OTRS-CustomerUser").to_owned();
    let mut company = mail.parameters.get("X-OTRS-CustomerNo").to_owned();
    if user.is_empty() && !address.is_empty() {
        let known = record::customer_with_address(&mut work.tx, &work.settings, &address).await?;
        if let Some(known) = known {
            user = known.login;
        }
    }
    if !user.is_empty()
        && company.is_empty()
        && let Some(known) = record::customer(&mut work.tx, &work.settings, &user).await?
    {
        company = known.customer_id;
    }
    if company.is_empty()
        && work
            .settings
            .is_on("PostMaster::NewTicket::AutoAssignCustomerIDForUnknownCustomers")
    {
        company.clone_from(&address);
    }
    // Half an address is no customer's number.
    if company.chars().count() > COMPANY {
        company.clear();
    }
    if user.is_empty() {
        user = address;
    }
    let nobody = company.is_empty() && user.is_empty();
    Ok((!nobody).then(|| Customer {
        company,
        user: beginning(user, USER),
    }))
}
