//! `DynamicFieldFromCustomerUser` and `DynamicFieldFromCustomerCompany`: fields of the ticket that say what the customer's
//! row says, from then on when the customer was set.
//!
//! The settings map attributes such as `UserZip` to fields. An attribute that is missing empties its field. Fields of
//! articles are left alone; the reference system writes their values under the ticket's number, to whichever article
//! has the same one.

use compat::Value;
use schema::DbError;

use crate::{
    directory::attributes::{self, Attributes},
    dynamic_field::definitions_of_tickets,
    ticket::{Ticket, work::Work},
};

/// Whose row.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Whose {
    User,
    Company,
}

impl Whose {
    fn setting(self) -> &'static str {
        match self {
            Self::User => "DynamicFieldFromCustomerUser::Mapping",
            Self::Company => "DynamicFieldFromCustomerCompany::Mapping",
        }
    }
}

pub async fn run(work: &mut Work<'_>, ticket: &mut Ticket, whose: Whose) -> Result<(), DbError> {
    let mapping = work.settings.value(whose.setting());
    let Some(mapping) = mapping.as_map().filter(|mapping| !mapping.is_empty()) else {
        return Ok(());
    };
    let settings = work.settings.clone();
    let attributes: Attributes = match whose {
        Whose::User => {
            let login = ticket.customer_user_id.clone().unwrap_or_default();
            attributes::of_customer_user(&mut work.tx, &settings, &login).await?
        }
        Whose::Company => {
            let company = ticket.customer_id.clone().unwrap_or_default();
            attributes::of_company(&mut work.tx, &settings, &company).await?
        }
    };
    let fields = definitions_of_tickets(&mut work.tx).await?;
    let values: Vec<_> = mapping
        .iter()
        .filter_map(|(attribute, field)| {
            let field = fields.get(&field.as_string()?)?;
            let value = attributes.get(attribute).cloned().unwrap_or_default();
            let value = if value == Value::Undef {
                Value::text("")
            } else {
                value
            };
            Some((field, value))
        })
        .collect();
    // One after the other: a field that can not hold its value does not stop the others.
    for (field, value) in &values {
        super::write_field(work, ticket, field, value).await?;
    }
    Ok(())
}
