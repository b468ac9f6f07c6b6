//! `ExternalTicketNumberRecognition`: numbers of somebody else's tickets, which a dynamic field of ours keeps.

use compat::Value;

use crate::{
    mail::{
        communication_log::Priority,
        inbound::{Mail, store},
    },
    ticket::{self, article::storage::StorageError, work::Work},
};

use super::{RECOGNISED, search::Refused};

/// What the communication log calls us.
const KEY: &str = "Kernel::System::PostMaster::Filter::ExternalTicketNumberRecognition";

/// Looks for a number in subject and body, and for the newest ticket of one of the wanted kinds of states that has it.
pub async fn run(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    config: &Value,
) -> Result<(), StorageError> {
    let text = |name: &str| {
        let value = config.get(name).and_then(Value::as_string);
        value.unwrap_or_default()
    };
    let field = text("DynamicFieldName");
    let number = match number(mail, config) {
        Ok(number) => number,
        Err(refused) => {
            let text = format!("No number is looked for: {refused}.");
            mail.note(Priority::Error, KEY, text);
            None
        }
    };
    let Some(number) = number.filter(|_| !field.is_empty()) else {
        return Ok(());
    };
    let ids = store::tickets_with_field(&mut work.tx, &field, &number).await?;
    let app = work.app;
    let tickets = ticket::list(&mut work.tx, &app.recent, &ids).await?;
    let types = text("TicketStateTypes");
    let is_wanted =
        |state_type: &str| types.is_empty() || types.split(';').any(|it| it == state_type);
    let Some(ticket) = tickets.iter().find(|ticket| is_wanted(&ticket.state_type)) else {
        return Ok(());
    };
    mail.parameters.set(RECOGNISED, &ticket.number);
    for name in ["SenderType", "IsVisibleForCustomer"] {
        let value = text(name);
        if !value.is_empty() {
            mail.parameters.set(&format!("X-OTRS-{name}"), &value);
            mail.parameters
                .set(&format!("X-OTRS-FollowUp-{name}"), &value);
        }
    }
    Ok(())
}

/// The number in subject or body, when the sender is one whose numbers count.
fn number(mail: &mut Mail<'_>, config: &Value) -> Result<Option<String>, Refused> {
    let text = |name: &str| {
        let value = config.get(name).and_then(Value::as_string);
        value.unwrap_or_default()
    };
    let sender = text("FromAddressRegExp");
    let from = mail.parameters.get("From");
    if !sender.is_empty() && mail.searches.find(&sender, from)?.is_none() {
        return Ok(None);
    }
    let pattern = text("NumberRegExp");
    for (setting, header) in [("SearchInSubject", "Subject"), ("SearchInBody", "Body")] {
        if text(setting) != "1" {
            continue;
        }
        let groups = mail
            .searches
            .groups(&pattern, mail.parameters.get(header))?;
        let number = groups.as_ref().and_then(|groups| groups.get(1));
        if let Some(number) = number.map(str::trim).filter(|number| !number.is_empty()) {
            return Ok(Some(number.to_owned()));
        }
    }
    Ok(None)
}
