//! `FollowUpArticleVisibilityCheck`: whoever answers an article that customers do not see does not make one that they see.

use compat::Value;

use crate::{
    mail::inbound::{Mail, sender, store},
    ticket::{self, TicketId, article::storage::StorageError, work::Work},
};

/// Makes the article invisible for customers when the sender is not the ticket's customer and answers an article that customers do
/// not see.
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
    let known =
        crate::directory::record::customer_with_address(&mut work.tx, &work.settings, &address)
            .await?;
    let is_customer = known.is_some_and(|customer| {
        Some(&customer.login) == ticket.customer_user_id.as_ref()
            || Some(&customer.customer_id) == ticket.customer_id.as_ref()
    });
    if is_customer {
        return Ok(());
    }
    let ids = format!(
        "{} {}",
        mail.parameters.get("References"),
        mail.parameters.get("In-Reply-To")
    );
    for id in ids.split_whitespace().rev().take(20) {
        let answered = store::article_of_message(&mut work.tx, ticket.id, id).await?;
        let Some((_, is_visible)) = answered else {
            continue;
        };
        if is_visible {
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
        return Ok(());
    }
    Ok(())
}
