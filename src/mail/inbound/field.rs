//! Dynamic fields that headers give values to.

use std::collections::BTreeMap;

use compat::Value;
use schema::DbError;

use crate::{
    dynamic_field::{self, Definition, Definitions, ObjectType, WriteError},
    ticket::{
        Ticket, article::ArticleId, article::storage::StorageError, dynamic_field as of_ticket,
        work::Work,
    },
};

use super::Mail;
use crate::mail::communication_log::Priority;

/// The values of headers with this beginning, by field.
pub struct Given {
    definitions: Definitions,
    values: BTreeMap<String, Value>,
}

/// What headers with this beginning say of fields that there are; nothing is asked when there is no such header.
pub async fn given(
    work: &mut Work<'_>,
    mail: &Mail<'_>,
    start: &str,
) -> Result<Option<Given>, DbError> {
    let headers: Vec<(&str, &str)> = mail
        .parameters
        .starting_with(start)
        .filter(|(_, value)| !value.is_empty())
        .collect();
    if headers.is_empty() {
        return Ok(None);
    }
    let objects = [ObjectType::Ticket, ObjectType::Article];
    let definitions = dynamic_field::definitions(&mut work.tx, &objects).await?;
    let mut values = BTreeMap::new();
    for (name, value) in headers {
        let found = definitions
            .keys()
            .find(|known| known.eq_ignore_ascii_case(name));
        if let Some(known) = found {
            values.insert(known.clone(), Value::text(value));
        }
    }
    Ok(Some(Given {
        definitions,
        values,
    }))
}

impl Given {
    fn of(&self, object: ObjectType) -> Vec<(&Definition, &Value)> {
        let mut fields: Vec<_> = self
            .values
            .iter()
            .filter_map(|(name, value)| Some((self.definitions.get(name)?, value)))
            .filter(|(definition, _)| definition.object_type == object)
            .collect();
        fields.sort_by_key(|(definition, _)| definition.id);
        fields
    }

    /// Writes those of the ticket; a value that a field can not hold is noted, and the others stand.
    pub async fn write_to_ticket(
        &self,
        work: &mut Work<'_>,
        mail: &mut Mail<'_>,
        ticket: &mut Ticket,
    ) -> Result<(), StorageError> {
        for field in self.of(ObjectType::Ticket) {
            let written = of_ticket::write(work, ticket, &[field]).await;
            settled(mail, written)?;
        }
        Ok(())
    }

    /// The same of the article.
    pub async fn write_to_article(
        &self,
        work: &mut Work<'_>,
        mail: &mut Mail<'_>,
        ticket: &mut Ticket,
        article: ArticleId,
    ) -> Result<(), StorageError> {
        for field in self.of(ObjectType::Article) {
            let written = of_ticket::write_to_article(work, ticket, article, &[field]).await;
            settled(mail, written)?;
        }
        Ok(())
    }
}

fn settled(mail: &mut Mail<'_>, written: Result<(), WriteError>) -> Result<(), StorageError> {
    match written {
        Err(WriteError::Database(error)) => Err(error.into()),
        Err(error @ WriteError::Unfit(_)) => {
            mail.note(Priority::Error, super::KEY, error.to_string());
            Ok(())
        }
        Ok(()) => Ok(()),
    }
}
