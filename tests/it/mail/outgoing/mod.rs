//! Mails that go out: the queue, the sender, and a real mail server that fails on demand.

mod killed;
mod post_office;
mod sending;
mod transports;

use compat::Value;
use otterdesk::{
    directory::UserId,
    mail::{
        message::Message,
        outgoing::{self, OutgoingMail},
    },
    ticket::{
        article::{ArticleId, Channel, NewArticle},
        work::Work,
    },
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Order, Query};

use crate::support::{TestApp, new_ticket};
use post_office::{Encryption, PostOffice};

/// A system whose mails go to a post office.
struct Lab {
    app: TestApp,
    office: PostOffice,
}

/// A row of `mail_queue`.
#[derive(Debug, PartialEq, sqlx::FromRow)]
struct Waiting {
    attempts: i32,
    due_time: Option<chrono::NaiveDateTime>,
    last_smtp_code: Option<i32>,
    last_smtp_message: Option<String>,
}

impl Lab {
    async fn start() -> Self {
        let office = PostOffice::open(Encryption::None).await;
        let app = TestApp::with([
            ("SendmailModule", Value::text("Kernel::System::Email::SMTP")),
            ("SendmailModule::Host", Value::text("127.0.0.1")),
            ("SendmailModule::Port", Value::text(office.port.to_string())),
        ])
        .await;
        Self { app, office }
    }

    /// Queues an article to these people.
    async fn article(&self, to: &str) -> ArticleId {
        let mut work = Work::begin(&self.app.app, UserId::SYSTEM).await.unwrap();
        let (mut ticket, _) = new_ticket(&mut work, "mail").await;
        let new = NewArticle {
            channel: Channel::Email,
            from: "Desk <desk@x.example>".to_owned(),
            to: to.to_owned(),
            bcc: "hidden@x.example".to_owned(),
            subject: "Grüße".to_owned(),
            body: "one\n.\n..two".to_owned(),
            ..NewArticle::default()
        };
        let article = outgoing::send_article(&mut work, &mut ticket, new, false)
            .await
            .unwrap();
        work.commit().await.unwrap();
        article
    }

    /// Queues a mail that is no article.
    async fn notice(&self, to: &str) {
        let mut work = Work::begin(&self.app.app, UserId::SYSTEM).await.unwrap();
        let mail = OutgoingMail {
            message: Message {
                from: "desk@x.example".to_owned(),
                to: to.to_owned(),
                subject: "News".to_owned(),
                body: "Something happened.".to_owned(),
                automatic: true,
                ..Message::default()
            },
            ..OutgoingMail::default()
        };
        outgoing::queue(&mut work, &mail).await.unwrap();
        work.commit().await.unwrap();
    }

    async fn waiting(&self) -> Vec<Waiting> {
        let query = Query::select()
            .columns([
                t::MailQueue::Attempts,
                t::MailQueue::DueTime,
                t::MailQueue::LastSmtpCode,
                t::MailQueue::LastSmtpMessage,
            ])
            .from(t::MailQueue::Table)
            .order_by(t::MailQueue::Id, Order::Asc)
            .to_owned();
        let mut tx = self.app.app.db.read().await.unwrap();
        tx.fetch_all(&query).await.unwrap()
    }

    /// Why an article never went out.
    async fn errors(&self, article: ArticleId) -> Vec<Option<String>> {
        let query = Query::select()
            .column(t::ArticleDataMimeSendError::LogMessage)
            .from(t::ArticleDataMimeSendError::Table)
            .and_where(Expr::col(t::ArticleDataMimeSendError::ArticleId).eq(article))
            .to_owned();
        let mut tx = self.app.app.db.read().await.unwrap();
        let rows: Vec<(Option<String>,)> = tx.fetch_all(&query).await.unwrap();
        rows.into_iter().map(|(text,)| text).collect()
    }

    /// How each communication stands.
    async fn communications(&self) -> Vec<String> {
        let query = Query::select()
            .column(t::CommunicationLog::Status)
            .from(t::CommunicationLog::Table)
            .order_by(t::CommunicationLog::Id, Order::Asc)
            .to_owned();
        let mut tx = self.app.app.db.read().await.unwrap();
        let rows: Vec<(String,)> = tx.fetch_all(&query).await.unwrap();
        rows.into_iter().map(|(status,)| status).collect()
    }

    async fn send(&self) -> usize {
        outgoing::sender::send_due(&self.app.app, false)
            .await
            .unwrap()
            .len()
    }
}
