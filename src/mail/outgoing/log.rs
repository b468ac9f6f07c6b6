//! What the communication log says of mails that go out.
//!
//! Source: rows of the reference system; keys are the names of its modules, as its screens show them.

use chrono::NaiveDateTime;
use schema::{DbError, Tx};

use super::{
    OutgoingMail,
    store::{Item, New},
    transport::Failure,
};
use crate::{
    mail::communication_log::{
        Account, CommunicationLog, Direction, ObjectKind, Priority, Status, Target,
    },
    settings::Settings,
};

const EMAIL: &str = "Kernel::System::Email";
const QUEUE: &str = "Kernel::System::MailQueue";

/// Tells how a mail came into the queue. A few statements.
pub async fn queued(
    tx: &mut Tx,
    settings: &Settings,
    now: NaiveDateTime,
    item: i64,
    row: &New,
    mail: &OutgoingMail,
) -> Result<(), DbError> {
    let kind = super::transport::kind(settings);
    let account = Account {
        kind: kind.clone(),
        id: None,
    };
    let mut log = Log {
        rows: CommunicationLog::new(Direction::Outgoing, Some(account), now),
        kind,
        now,
    };
    let message_id = &mail.message.message_id;
    log.rows.start(ObjectKind::Message, now);
    log.message(Priority::Debug, EMAIL, "Building message for delivery.");
    log.message(Priority::Info, EMAIL, "Queuing message for delivery.");
    let article = row
        .article
        .map_or_else(|| "-".to_owned(), |article| article.0.to_string());
    let text = format!(
        "Serializing and saving message (ArticleID: {article}, Sender: {}, Recipient: {}, MessageID: {message_id})",
        row.sender, row.recipients
    );
    log.message(Priority::Debug, QUEUE, &text);
    log.rows
        .lookup(ObjectKind::Message, Target::MailQueueItem, item, now);
    if let Some(article) = row.article {
        log.rows
            .lookup(ObjectKind::Message, Target::Article, article.0, now);
    }
    log.message(
        Priority::Info,
        QUEUE,
        "Successfully stored message for sending.",
    );
    let text = format!(
        "Successfully queued message for delivery (MessageID: {message_id}, To: '{}', From: '{}', Subject: '{}').",
        row.recipients.replace(',', ", "),
        row.sender,
        mail.message.subject
    );
    log.message(Priority::Info, EMAIL, &text);
    log.rows.write_in(tx).await.map(drop)
}

/// The communication of one mail, from the queue to its end.
pub struct Log {
    rows: CommunicationLog,
    /// The name of the transport, such as `SMTP`.
    kind: String,
    now: NaiveDateTime,
}

impl Log {
    fn message(&mut self, priority: Priority, key: &str, text: &str) {
        self.rows
            .entry(ObjectKind::Message, priority, key, text, self.now);
    }

    /// The communication of a mail that was queued, also one of which nothing is known.
    pub async fn of(
        tx: &mut Tx,
        settings: &Settings,
        now: NaiveDateTime,
        item: &Item,
    ) -> Result<Self, DbError> {
        let kind = super::transport::kind(settings);
        let found = CommunicationLog::find(tx, Target::MailQueueItem, item.id).await?;
        if let Some(log) = found {
            return Ok(Self {
                rows: log,
                kind,
                now,
            });
        }
        let mut log = Self {
            rows: CommunicationLog::new(Direction::Outgoing, None, now),
            kind,
            now,
        };
        log.rows.start(ObjectKind::Message, now);
        log.rows
            .lookup(ObjectKind::Message, Target::MailQueueItem, item.id, now);
        let text = format!(
            "It wasn't possible to recover the communication for queued ID \"{}\".",
            item.id
        );
        log.message(Priority::Info, QUEUE, &text);
        Ok(log)
    }

    fn attempt(&mut self, item: &Item, outcome: Result<(), &Failure>) {
        let module = format!("{EMAIL}::{}", self.kind);
        let text = format!("Sending queued message with id '{}'.", item.id);
        self.message(Priority::Info, QUEUE, &text);
        let text = format!("Trying to send the email using backend '{module}'.");
        self.message(Priority::Debug, EMAIL, &text);
        let text = "Received message for sending, validating message contents.";
        self.message(Priority::Info, &module, text);
        self.rows.start(ObjectKind::Connection, self.now);
        let connected = outcome.err().is_none_or(|failure| failure.connected);
        if !connected && let Err(failure) = outcome {
            self.rows.entry(
                ObjectKind::Connection,
                Priority::Error,
                &module,
                &failure.text,
                self.now,
            );
        }
        let status = if connected {
            Status::Successful
        } else {
            Status::Failed
        };
        self.rows.stop(ObjectKind::Connection, status, self.now);
        if let Err(failure) = outcome {
            if connected {
                self.message(Priority::Error, &module, &failure.text);
            }
            let text = format!("Error sending message using backend '{module}'.");
            self.message(Priority::Error, EMAIL, &text);
            let text = format!("Message could not be sent! Error message: {}", failure.text);
            self.message(Priority::Error, QUEUE, &text);
        }
    }

    /// It left.
    pub async fn sent(mut self, tx: &mut Tx, item: &Item) -> Result<(), DbError> {
        self.attempt(item, Ok(()));
        let text = format!(
            "Email successfully sent from '{}' to '{}'.",
            item.sender, item.recipients
        );
        let module = format!("{EMAIL}::{}", self.kind);
        self.message(Priority::Info, &module, &text);
        self.message(Priority::Info, QUEUE, "Message successfully sent!");
        self.end(tx, Status::Successful).await
    }

    /// It did not leave, and is tried again.
    pub async fn put_off(
        mut self,
        tx: &mut Tx,
        item: &Item,
        failure: &Failure,
    ) -> Result<(), DbError> {
        self.attempt(item, Err(failure));
        let code = failure
            .code
            .map_or_else(|| "-".to_owned(), |code| code.to_string());
        let text = format!(
            "Temporary problem returned from server, requeuing message for sending. Message: SMTPCode: {code}, ErrorMessage: {}",
            failure.text
        );
        self.message(Priority::Error, QUEUE, &text);
        self.rows.write_in(tx).await.map(drop)
    }

    /// It did not leave, and never will.
    pub async fn given_up(
        mut self,
        tx: &mut Tx,
        item: &Item,
        failure: &Failure,
    ) -> Result<(), DbError> {
        self.attempt(item, Err(failure));
        let text = "Permanent sending problem or we reached the sending attempt limit. Message will be removed";
        self.message(Priority::Error, QUEUE, text);
        self.end(tx, Status::Failed).await
    }

    /// Somebody took it out of the queue.
    pub async fn cancelled(mut self, tx: &mut Tx) -> Result<(), DbError> {
        self.message(Priority::Error, QUEUE, super::CANCELLED);
        self.end(tx, Status::Failed).await
    }

    async fn end(mut self, tx: &mut Tx, status: Status) -> Result<(), DbError> {
        self.rows.stop(ObjectKind::Message, status, self.now);
        self.rows.finish(status, self.now);
        self.rows.write_in(tx).await.map(drop)
    }
}
