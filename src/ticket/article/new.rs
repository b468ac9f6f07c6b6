//! What an article needs before it is one.

use super::storage;
use crate::ticket::{history::HistoryType, time_accounting::SpokenUnits};

/// How something was said, under the names of `communication_channel`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum Channel {
    Email,
    Phone,
    #[default]
    Internal,
    Chat,
}

impl Channel {
    /// As `communication_channel.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Email => "Email",
            Self::Phone => "Phone",
            Self::Internal => "Internal",
            Self::Chat => "Chat",
        }
    }

    /// The channel with this name, case as in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Email, Self::Phone, Self::Internal, Self::Chat]
            .into_iter()
            .find(|channel| channel.name() == name)
    }
}

/// Who said it, under the names of `article_sender_type`.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum SenderType {
    #[default]
    Agent,
    System,
    Customer,
}

impl SenderType {
    /// As `article_sender_type.name` says it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Agent => "agent",
            Self::System => "system",
            Self::Customer => "customer",
        }
    }

    /// The sender type with this name, case as in the table.
    pub fn from_name(name: &str) -> Option<Self> {
        [Self::Agent, Self::System, Self::Customer]
            .into_iter()
            .find(|kind| kind.name() == name)
    }
}

/// A file to an article.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NewAttachment {
    /// As the sender wrote it; the storage makes of it what it can keep.
    pub filename: String,
    pub content_type: String,
    pub content: Vec<u8>,
    /// With its angle brackets, `<inline1@example.com>`, for a picture that the HTML shows.
    pub content_id: Option<String>,
    /// `1` for a form of the text that others stand beside.
    pub alternative: Option<String>,
    /// `attachment` or `inline`.
    pub disposition: Option<String>,
}

impl NewAttachment {
    pub(super) fn part(&self) -> storage::NewPart<'_> {
        storage::NewPart {
            filename: &self.filename,
            content_type: &self.content_type,
            content_id: self.content_id.as_deref(),
            alternative: self.alternative.as_deref(),
            disposition: self.disposition.as_deref(),
            content: &self.content,
        }
    }
}

/// When the attachments of an article are there.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum AttachmentsCome {
    /// With the article, as with mails that go out: the full-text index has their names at once.
    #[default]
    With,
    /// Behind it: the index gets their names with its next rebuild.
    After,
}

/// One line of a chat.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct NewChatMessage {
    pub chatter_id: String,
    pub chatter_name: String,
    /// `User` or `Customer`.
    pub chatter_type: String,
    pub text: String,
    pub system_generated: bool,
    /// UTC; `None` for the moment of the operation.
    pub created: Option<chrono::NaiveDateTime>,
}

/// An article to be written. Texts that nobody gave are empty.
#[derive(Clone, Debug)]
pub struct NewArticle {
    pub channel: Channel,
    pub sender_type: SenderType,
    /// Who the row says it was, where that is somebody else.
    pub kept_as: Option<SenderType>,
    pub visible_for_customer: bool,
    pub from: String,
    pub reply_to: String,
    pub to: String,
    pub cc: String,
    pub bcc: String,
    pub subject: String,
    pub message_id: String,
    pub in_reply_to: String,
    pub references: String,
    /// Such as `text/plain; charset=utf-8`; with `text/html` the body becomes a text and an attachment.
    pub content_type: String,
    pub body: String,
    pub attachments: Vec<NewAttachment>,
    pub attachments_come: AttachmentsCome,
    /// The lines of an article of the channel [`Channel::Chat`], whose other texts are not written.
    pub chat: Vec<NewChatMessage>,
    pub history_type: HistoryType,
    /// The text of the history entry, such as `%%GenericInterface Create`.
    pub history_comment: String,
    /// Nobody is told of it, whatever the history calls it.
    pub no_agent_notify: bool,
    /// The kind of automatic answer that was asked for, under the names of `auto_response_type`; whoever wants it sent
    /// creates the article by `notification::auto_response::create_and_answer`.
    pub auto_response_type: Option<String>,
    /// It is a mail that goes out; whoever wants it sent creates the article by `mail::outgoing::article::write`.
    pub goes_out: bool,
    /// Time that was spent on it.
    pub time_units: Option<SpokenUnits>,
    /// The mail as it came in or went out.
    pub plain: Option<Vec<u8>>,
}

impl Default for NewArticle {
    fn default() -> Self {
        Self {
            channel: Channel::default(),
            sender_type: SenderType::default(),
            kept_as: None,
            visible_for_customer: false,
            from: String::new(),
            reply_to: String::new(),
            to: String::new(),
            cc: String::new(),
            bcc: String::new(),
            subject: String::new(),
            message_id: String::new(),
            in_reply_to: String::new(),
            references: String::new(),
            content_type: "text/plain; charset=utf-8".to_owned(),
            body: String::new(),
            attachments: Vec::new(),
            attachments_come: AttachmentsCome::default(),
            chat: Vec::new(),
            history_type: HistoryType::AddNote,
            history_comment: "%%".to_owned(),
            no_agent_notify: false,
            auto_response_type: None,
            goes_out: false,
            time_units: None,
            plain: None,
        }
    }
}
