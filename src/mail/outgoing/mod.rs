//! Mail that goes out: composed and kept in `mail_queue` with the operation that wants it, and sent afterwards.

use compat::{Map, Value, mail_address, storable};
use schema::DbError;

use super::message::{self, Composed, Message};
use crate::{
    settings::Settings,
    ticket::{
        self, Ticket,
        article::{ArticleId, NewArticle, storage::StorageError},
        work::Work,
    },
};

pub mod article;
pub mod console;
mod log;
pub mod sender;
pub mod store;
pub mod transport;

/// Why an article did not go out that somebody took out of the queue.
const CANCELLED: &str = "Sending of this email was cancelled.";

/// A mail that is to go out.
#[derive(Clone, Debug, Default)]
pub struct OutgoingMail {
    /// What it says. A message id is made when it has none.
    pub message: Message,
    /// Who else gets it without the others knowing.
    pub bcc: String,
    /// The article that it is; no two mails may be the same one.
    pub article: Option<ArticleId>,
}

/// Puts a mail into the queue, in the operation's transaction.
///
/// Sender and recipients are bare addresses. A mail that nobody wrote has no sender unless the settings name one, so that
/// nothing comes back for it.
/// Source: rows of the reference system.
pub async fn queue(work: &mut Work<'_>, mail: &OutgoingMail) -> Result<(), DbError> {
    let now = work.stamp.at.and_utc().timestamp();
    if !mail.message.message_id.is_empty() {
        let composed = message::compose(&mail.message, &work.settings, now);
        return queue_composed(work, mail, &composed).await;
    }
    let mut mail = mail.clone();
    mail.message.message_id = message::new_id(&work.settings, now);
    let composed = message::compose(&mail.message, &work.settings, now);
    queue_composed(work, &mail, &composed).await
}

async fn queue_composed(
    work: &mut Work<'_>,
    mail: &OutgoingMail,
    composed: &Composed,
) -> Result<(), DbError> {
    let row = store::New {
        article: mail.article,
        sender: envelope_sender(&work.settings, &mail.message),
        recipients: recipients(&work.settings, mail),
        image: image(composed),
    };
    let at = work.stamp.at;
    let item = store::insert(&mut work.tx, at, &row).await?;
    log::queued(&mut work.tx, &work.settings, at, item, &row, mail).await
}

/// Writes an article that is a mail, and puts it into the queue: the article's rows with the mail as it goes out, history,
/// and the events `ArticleCreate`, `ArticleSend` and `ArticleEmailSendingQueued`.
///
/// `new` says from whom to whom; a message id is made when it has none. `automatic` mails are those that nobody wrote.
///
/// Errors: [`StorageError`] when an attachment can not be kept; nothing is to be committed then.
pub async fn send_article(
    work: &mut Work<'_>,
    ticket: &mut Ticket,
    mut new: NewArticle,
    automatic: bool,
) -> Result<ArticleId, StorageError> {
    let ready = Ready::of(work, &mut new, automatic);
    let article = ticket::article::create(work, ticket, new).await?;
    ready.queue(work, ticket, article).await?;
    work.emit(ticket, "ArticleSend", Some(article)).await?;
    Ok(article)
}

/// The mail that an article will be, composed.
struct Ready {
    mail: OutgoingMail,
    composed: Composed,
}

impl Ready {
    /// Composes it; the article gets its message id and the mail as it goes out.
    fn of(work: &Work<'_>, new: &mut NewArticle, automatic: bool) -> Self {
        let now = work.stamp.at.and_utc().timestamp();
        if new.message_id.is_empty() {
            new.message_id = message::new_id(&work.settings, now);
        }
        let mail = mail_of(new, automatic);
        let composed = message::compose(&mail.message, &work.settings, now);
        new.plain = Some(composed.raw());
        Self { mail, composed }
    }

    /// Puts it into the queue, now that the article has a key.
    async fn queue(
        mut self,
        work: &mut Work<'_>,
        ticket: &mut Ticket,
        article: ArticleId,
    ) -> Result<(), DbError> {
        self.mail.article = Some(article);
        queue_composed(work, &self.mail, &self.composed).await?;
        work.emit(ticket, "ArticleEmailSendingQueued", Some(article))
            .await
    }
}

/// The mail that an article is.
fn mail_of(new: &NewArticle, automatic: bool) -> OutgoingMail {
    let mut message = Message {
        from: new.from.clone(),
        to: new.to.clone(),
        cc: new.cc.clone(),
        reply_to: new.reply_to.clone(),
        subject: new.subject.clone(),
        message_id: new.message_id.clone(),
        in_reply_to: new.in_reply_to.clone(),
        references: new.references.clone(),
        body: new.body.clone(),
        attachments: new.attachments.clone(),
        automatic,
        ..Message::default()
    };
    message.set_content_type(&new.content_type);
    OutgoingMail {
        message,
        bcc: new.bcc.clone(),
        article: None,
    }
}

/// Whom mail servers are told as the sender.
fn envelope_sender(settings: &Settings, message: &Message) -> String {
    let from = || {
        mail_address::recipients(&message.from)
            .into_iter()
            .next()
            .unwrap_or_default()
    };
    let setting = if message.automatic {
        "SendmailNotificationEnvelopeFrom"
    } else {
        "SendmailEnvelopeFrom"
    };
    let set = settings.text(setting);
    if !set.is_empty() {
        return set;
    }
    let from_counts = !message.automatic
        || settings.is_on("SendmailNotificationEnvelopeFrom::FallbackToEmailFrom");
    if from_counts { from() } else { String::new() }
}

/// Everybody who gets it, with commas between them; what `SendmailBcc` says comes as it is.
fn recipients(settings: &Settings, mail: &OutgoingMail) -> String {
    let mut all: Vec<String> = [&mail.message.to, &mail.message.cc, &mail.bcc]
        .into_iter()
        .flat_map(|text| mail_address::recipients(text))
        .collect();
    let copies = settings.text("SendmailBcc");
    if !copies.is_empty() {
        all.push(copies);
    }
    all.join(",")
}

/// The message as the column has it: a frozen hash with `Header` and `Body`.
fn image(composed: &Composed) -> Vec<u8> {
    let text = |bytes: &[u8]| Value::Bytes(bytes.to_vec());
    storable::nfreeze(&Value::Map(Map::from([
        ("Header".to_owned(), text(&composed.header)),
        ("Body".to_owned(), text(&composed.body)),
    ])))
}
