//! `NewTicketReject`: who may write to tickets, but open none.

use compat::Value;

use crate::{
    mail::{
        communication_log::Priority,
        inbound::{Mail, sender},
        message::Message,
        outgoing::{self, OutgoingMail},
    },
    ticket::{article::storage::StorageError, work::Work},
};

use super::Rule;

/// Where the texts of the answer are.
const SETTING: &str = "PostMaster::PreFilterModule::NewTicketReject";

/// Sends the configured answer and sets what the filter sets, which is that the mail is ignored, when it matches.
pub async fn run(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    config: &Value,
) -> Result<(), StorageError> {
    let Some(rule) = Rule::of_setting(config) else {
        return Ok(());
    };
    if !rule.apply(mail, "NewTicketReject") {
        return Ok(());
    }
    mail.note(
        Priority::Notice,
        "Kernel::System::PostMaster::Filter::NewTicketReject",
        "The mail opens no ticket; its sender is told.",
    );
    let to = sender::address(mail.parameters.get("From"));
    if to.is_empty() {
        return Ok(());
    }
    let text = |name: &str| work.settings.text(&format!("{SETTING}::{name}"));
    let message = Message {
        from: text("Sender"),
        to,
        subject: text("Subject"),
        body: text("Body"),
        in_reply_to: mail.parameters.get("Message-ID").to_owned(),
        references: mail.parameters.get("Message-ID").to_owned(),
        automatic: true,
        headers: vec![("X-OTRS-Loop".to_owned(), "yes".to_owned())],
        ..Message::default()
    };
    let mail = OutgoingMail {
        message,
        ..OutgoingMail::default()
    };
    outgoing::queue(work, &mail).await?;
    Ok(())
}
