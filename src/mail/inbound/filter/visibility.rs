//! `FollowUpArticleVisibilityCheck`: who got a mail that customers do not see answers with one that they do not see either.

use compat::{Value, mail_address};

use crate::{
    directory::record,
    mail::inbound::{Mail, sender, store},
    ticket::{
        self, TicketId,
        article::{Channel, SenderType, storage::StorageError},
        work::Work,
    },
};

/// Makes the article what the settings say, when the sender is not the ticket's customer user and an agent wrote to them in
/// a mail of the ticket that customers do not see.
///
/// Source: the reference system's articles for answers of fourteen senders.
pub async fn run(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    config: &Value,
    id: TicketId,
) -> Result<(), StorageError> {
    let app = work.app;
    let Some(ticket) = ticket::list(&mut work.tx, &app.recent, &[id]).await?.pop() else {
        return Ok(());
    };
    let address = sender::address(mail.parameters.get("From"));
    let known = record::customer_with_address(&mut work.tx, &work.settings, &address).await?;
    if known.is_some_and(|known| Some(&known.login) == ticket.customer_user_id.as_ref()) {
        return Ok(());
    }
    if !was_written_to(work, id, &address.to_lowercase()).await? {
        return Ok(());
    }
    let text = |name: &str| config.get(name).and_then(Value::as_string);
    let visible = text("IsVisibleForCustomer").unwrap_or_default();
    mail.parameters.set(
        "X-OTRS-FollowUp-IsVisibleForCustomer",
        if visible.is_empty() { "0" } else { &visible },
    );
    if let Some(sender) = text("SenderType") {
        mail.parameters.set("X-OTRS-FollowUp-SenderType", &sender);
    }
    Ok(())
}

/// Whether an internal mail of an agent has the address, in lower case, in `To` or `Cc`.
async fn was_written_to(
    work: &mut Work<'_>,
    ticket: TicketId,
    address: &str,
) -> Result<bool, StorageError> {
    let lookups = work.lookups().await?;
    let agent = lookups
        .sender_types
        .iter()
        .find(|(_, name)| *name == SenderType::Agent.name());
    let email = lookups
        .channels
        .iter()
        .find(|(_, name)| *name == Channel::Email.name());
    let (Some((agent, _)), Some((email, _))) = (agent, email) else {
        return Ok(false);
    };
    let written = store::internal_recipients(&mut work.tx, ticket, *agent, *email).await?;
    Ok(written
        .iter()
        .flat_map(|text| mail_address::recipients(text))
        .any(|one| one.to_lowercase() == address))
}
