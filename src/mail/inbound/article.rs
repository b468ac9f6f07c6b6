//! The article that a mail becomes.

use crate::ticket::{
    Ticket,
    article::{
        self, ArticleId, AttachmentsCome, Channel, NewArticle, SenderType, storage::StorageError,
    },
    history::HistoryType,
    work::Work,
};

use super::Mail;
use crate::notification::auto_response::{self, Occasion};

/// Characters that the columns of subjects and message ids hold.
const SUBJECT: usize = 3800;
/// Characters that the column of the content type holds.
const CONTENT_TYPE: usize = 250;
/// Characters that the columns of an attachment hold; the storage sees to the name.
const ATTACHMENT_TYPE: usize = 450;
const CONTENT_ID: usize = 250;
const DISPOSITION: usize = 15;

/// The beginning of a text that a column holds; the message itself is kept whole beside it.
pub fn beginning(mut text: String, characters: usize) -> String {
    if let Some((end, _)) = text.char_indices().nth(characters) {
        text.truncate(end);
    }
    text
}

/// What differs between the first article of a ticket and those that follow.
pub struct Kind {
    /// Before the names of the headers that say who wrote it and who sees it.
    pub prefix: &'static str,
    pub history: HistoryType,
    pub comment: String,
}

impl Kind {
    /// Of the first article of a ticket.
    pub const FIRST: &'static str = "X-OTRS-";
    /// Of those that follow.
    pub const FOLLOW_UP: &'static str = "X-OTRS-FollowUp-";
}

/// Whether the customer sees the article, as its headers say; `prefix` as in [`Kind`].
fn is_visible(mail: &Mail<'_>, prefix: &str) -> bool {
    let said = mail
        .parameters
        .given(&format!("{prefix}IsVisibleForCustomer"));
    said.is_none_or(|said| said != "0")
}

/// Lets the ticket's queue answer by itself, as it is set up.
pub async fn answer(
    work: &mut Work<'_>,
    mail: &Mail<'_>,
    ticket: &mut Ticket,
    kind: auto_response::Kind,
) -> Result<(), StorageError> {
    let header = |name: &str| mail.parameters.given(name).map(str::to_owned);
    let prefix = match kind {
        auto_response::Kind::Reply | auto_response::Kind::ReplyNewTicket => Kind::FIRST,
        auto_response::Kind::FollowUp
        | auto_response::Kind::Reject
        | auto_response::Kind::Remove => Kind::FOLLOW_UP,
    };
    let occasion = Occasion {
        kind,
        from: mail.parameters.get("From"),
        reply_to: mail.parameters.get("Reply-To"),
        message_id: mail.parameters.get("Message-ID"),
        unwanted: auto_response::is_unwanted(header),
        visible_for_customer: is_visible(mail, prefix),
        said: None,
    };
    auto_response::send(work, ticket, occasion).await?;
    Ok(())
}

/// Writes the article with the message itself.
pub async fn create(
    work: &mut Work<'_>,
    mail: &mut Mail<'_>,
    ticket: &mut Ticket,
    kind: Kind,
) -> Result<ArticleId, StorageError> {
    let header = |name: &str| {
        mail.parameters
            .get(&format!("{}{name}", kind.prefix))
            .to_owned()
    };
    let sender_type = SenderType::from_name(&header("SenderType")).unwrap_or(SenderType::Customer);
    let of_header = |name: &str| mail.parameters.get(name).to_owned();
    let message = mail.message;
    let mut attachments = message.attachments.clone();
    for attachment in &mut attachments {
        let within = |text: &mut String, characters| {
            *text = beginning(std::mem::take(text), characters);
        };
        within(&mut attachment.content_type, ATTACHMENT_TYPE);
        if let Some(id) = &mut attachment.content_id {
            within(id, CONTENT_ID);
        }
        if let Some(disposition) = &mut attachment.disposition {
            within(disposition, DISPOSITION);
        }
    }
    let new = NewArticle {
        channel: Channel::Email,
        sender_type,
        visible_for_customer: is_visible(mail, kind.prefix),
        from: of_header("From"),
        reply_to: of_header("Reply-To"),
        to: of_header("To"),
        cc: of_header("Cc"),
        bcc: String::new(),
        subject: beginning(of_header("Subject"), SUBJECT),
        message_id: beginning(of_header("Message-ID"), SUBJECT),
        in_reply_to: of_header("In-Reply-To"),
        references: of_header("References"),
        content_type: beginning(message.content_type.clone(), CONTENT_TYPE),
        body: of_header("Body"),
        attachments,
        attachments_come: if message.is_attachment {
            AttachmentsCome::With
        } else {
            AttachmentsCome::After
        },
        history_type: kind.history,
        history_comment: kind.comment,
        plain: Some(message.raw.clone()),
        ..NewArticle::default()
    };
    article::create(work, ticket, new).await
}
