//! `ExternalTicketNumberRecognition`: numbers of somebody else's tickets, which a dynamic field of ours keeps.

use compat::{Value, pattern::Pattern};

use crate::{
    mail::inbound::{Mail, store},
    ticket::{self, article::storage::StorageError, work::Work},
};

use super::RECOGNISED;

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
    let is_from = |pattern: &str| {
        pattern.is_empty()
            || super::insensitive(pattern)
                .is_some_and(|it| it.is_match(mail.parameters.get("From")))
    };
    let field = text("DynamicFieldName");
    if field.is_empty() || !is_from(&text("FromAddressRegExp")) {
        return Ok(());
    }
    let Ok(pattern) = Pattern::new(&text("NumberRegExp")) else {
        return Ok(());
    };
    let searched = [("SearchInSubject", "Subject"), ("SearchInBody", "Body")];
    let number = searched
        .into_iter()
        .filter(|(setting, _)| text(setting) == "1")
        .find_map(|(_, header)| {
            let groups = pattern.groups(mail.parameters.get(header))?;
            groups.get(1).map(|number| number.trim().to_owned())
        });
    let Some(number) = number.filter(|number| !number.is_empty()) else {
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
