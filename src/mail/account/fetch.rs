//! One run over one account.

use crate::{
    app::App,
    generic_interface::requester::oauth2_token,
    mail::{
        communication_log::{self, CommunicationLog, Direction, ObjectKind, Priority, Status},
        door::{self, Options, Receiver, Refused},
        spool::Spool,
    },
};

use super::{
    Account, Limits, Lock, Secret,
    imap::Imap,
    pop3::Pop3,
    wire::{Place, WireError},
};

/// What fetching works with.
pub struct Context<'a> {
    pub app: &'a App,
    pub receiver: &'a dyn Receiver,
    /// Where messages are kept that fail; without it they stay on their server.
    pub spool: Option<&'a Spool>,
    /// Whether the server's certificate must be right.
    pub verify_certificate: bool,
}

/// What became of one run.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Fetched {
    /// Messages that are in the database now.
    pub taken: usize,
    /// Messages that are in the spool now.
    pub kept: usize,
    /// Messages that are still on the server because of their size, or because something went wrong.
    pub left: usize,
    /// Whether everything went well.
    pub succeeded: bool,
    /// What a console shows.
    pub lines: Vec<String>,
}

/// A message on the server: its UID with IMAP, its number with POP3.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Item {
    pub id: u64,
    /// In bytes, as the server says.
    pub size: u64,
}

/// What proves with XOAUTH2 who we are.
pub(super) fn xoauth2(user: &str, token: &str) -> String {
    format!("user={user}\u{1}auth=Bearer {token}\u{1}\u{1}")
}

enum Mailbox {
    Imap(Imap),
    Pop3(Pop3),
}

impl Mailbox {
    async fn open(
        context: &Context<'_>,
        account: &Account,
        limits: Limits,
    ) -> Result<Self, WireError> {
        let place = Place::of(
            &account.host,
            account.kind.port(),
            context.verify_certificate,
            limits.silence,
        );
        let mut mailbox = if account.kind.is_imap() {
            Self::Imap(Imap::open(place, account.kind).await?)
        } else {
            Self::Pop3(Pop3::open(place, account.kind).await?)
        };
        let (user, secret) = (&account.login, &account.secret);
        match (&mut mailbox, secret) {
            (Self::Imap(imap), Secret::Password(password)) => imap.login(user, password).await?,
            (Self::Pop3(pop3), Secret::Password(password)) => pop3.login(user, password).await?,
            (mailbox, Secret::OAuth2(config)) => {
                let token = oauth2_token(context.app, *config).await;
                let token = token.map_err(|error| WireError::Login(error.to_string()))?;
                match mailbox {
                    Self::Imap(imap) => imap.login_with_token(user, &token).await?,
                    Self::Pop3(pop3) => pop3.login_with_token(user, &token).await?,
                }
            }
        }
        Ok(mailbox)
    }

    async fn list(
        &mut self,
        folder: &str,
        at_most: usize,
    ) -> Result<(Vec<Item>, usize), WireError> {
        match self {
            Self::Imap(imap) => imap.list(folder, at_most).await,
            Self::Pop3(pop3) => pop3.list(at_most).await,
        }
    }

    async fn fetch(&mut self, id: u64, limit: usize) -> Result<Vec<u8>, WireError> {
        match self {
            Self::Imap(imap) => imap.fetch(id, limit).await,
            Self::Pop3(pop3) => pop3.fetch(id, limit).await,
        }
    }

    async fn delete(&mut self, id: u64) -> Result<(), WireError> {
        match self {
            Self::Imap(imap) => imap.delete(id).await,
            Self::Pop3(pop3) => pop3.delete(id).await,
        }
    }

    async fn close(self) -> Result<(), WireError> {
        match self {
            Self::Imap(imap) => imap.close().await,
            Self::Pop3(pop3) => pop3.close().await,
        }
    }
}

/// Takes in what waits in an account, unless another process is about it. What goes wrong is told in the communication
/// log and in the result.
pub async fn fetch(context: &Context<'_>, account: &Account) -> Fetched {
    let refused = |reason: &str| Fetched {
        lines: vec![format!("{}: {reason}\n", account.kind)],
        ..Fetched::default()
    };
    let lock = match Lock::take(context.app, account.id).await {
        Ok(Some(lock)) => lock,
        Ok(None) => {
            tracing::warn!(
                account.id = account.id,
                "another process fetches this mail account"
            );
            return refused("Another process fetches this account.");
        }
        Err(error) => {
            tracing::error!(account.id = account.id, "mail account: {error}");
            return refused(&error.to_string());
        }
    };
    let fetched = tokio::select! {
        fetched = fetch_locked(context, account) => fetched,
        () = lock.keep(context.app) => Fetched::default(),
    };
    lock.release(context.app).await;
    fetched
}

async fn fetch_locked(context: &Context<'_>, account: &Account) -> Fetched {
    let of_log = communication_log::Account {
        kind: account.kind.to_string(),
        id: Some(account.id.to_string()),
    };
    let now = context.app.clock.now();
    let mut run = Run {
        context,
        account,
        limits: Limits::of(context.app),
        log: CommunicationLog::new(Direction::Incoming, Some(of_log), now),
        key: format!("Kernel::System::MailAccount::{}", account.kind),
        fetched: Fetched {
            succeeded: true,
            ..Fetched::default()
        },
        connection_failed: false,
    };
    while run.visit().await {}
    run.finish().await
}

struct Run<'a> {
    context: &'a Context<'a>,
    account: &'a Account,
    limits: Limits,
    log: CommunicationLog,
    /// What the communication log calls us.
    key: String,
    fetched: Fetched,
    /// Of the visit that goes on.
    connection_failed: bool,
}

/// What becomes of the message on the server.
#[derive(Clone, Copy, Eq, PartialEq)]
enum Next {
    Delete,
    /// It stays, and the next message is tried.
    Leave,
    /// It stays, and so do all others.
    Stop,
}

impl Run<'_> {
    fn entry(&mut self, kind: ObjectKind, priority: Priority, text: String) {
        let now = self.context.app.clock.now();
        self.log.entry(kind, priority, &self.key, text, now);
    }

    fn about_connection(&mut self, priority: Priority, text: String) {
        self.entry(ObjectKind::Connection, priority, text);
    }

    fn server(&self) -> String {
        format!("{}/{}", self.account.login, self.account.host)
    }

    fn say(&mut self, text: &str) {
        let line = format!("{}: {text}", self.account.kind);
        self.fetched.lines.push(line);
    }

    fn handled(&self) -> usize {
        self.fetched.taken + self.fetched.kept + self.fetched.left
    }

    /// One connection. True when another one is to follow.
    async fn visit(&mut self) -> bool {
        let app = self.context.app;
        self.connection_failed = false;
        self.log.start(ObjectKind::Connection, app.clock.now());
        let text = format!(
            "Open connection to '{}' ({}).",
            self.account.host, self.account.login
        );
        self.about_connection(Priority::Debug, text);
        let again = match self.take_messages().await {
            Ok(again) => again,
            Err(error) => {
                self.complain(&error);
                false
            }
        };
        let status = if self.connection_failed {
            self.fetched.succeeded = false;
            Status::Failed
        } else {
            Status::Successful
        };
        self.log
            .stop(ObjectKind::Connection, status, app.clock.now());
        self.say(&format!("Connection to {} closed.\n", self.account.host));
        again
    }

    fn complain(&mut self, error: &WireError) {
        let (kind, host) = (self.account.kind, self.account.host.clone());
        let text = match error {
            WireError::Connect(reason) => format!("{kind}: Can't connect to {host} ({reason})"),
            WireError::Login(reason) => {
                format!("{kind}: Auth for user {} failed: {reason}", self.server())
            }
            other => format!("{kind}: {}: {other}", self.server()),
        };
        tracing::error!(account.id = self.account.id, "mail account: {text}");
        self.connection_failed = true;
        self.about_connection(Priority::Error, text);
    }

    /// Messages until the connection is to be made anew.
    async fn take_messages(&mut self) -> Result<bool, WireError> {
        let mut mailbox = Mailbox::open(self.context, self.account, self.limits).await?;
        // Messages that were left by an earlier visit of this run are the first ones again.
        let left = self.fetched.left;
        let wanted = left.saturating_add(self.limits.reconnect);
        let (items, count) = mailbox.list(&self.account.folder, wanted).await?;
        let count = count.saturating_sub(left);
        let server = self.server();
        self.say(&format!("I found {count} messages on {server}."));
        let text = format!("{count} messages available for fetching ({server}).");
        self.about_connection(Priority::Notice, text);
        let mut at = 0;
        let mut stopped = false;
        for item in items.into_iter().skip(left) {
            if self
                .limits
                .messages
                .is_some_and(|limit| self.handled() >= limit)
            {
                stopped = true;
                break;
            }
            at += 1;
            self.say(&format!("Message {at}/{count} ({server})"));
            match self.message(&mut mailbox, item, (at, count)).await? {
                Next::Delete => {
                    mailbox.delete(item.id).await?;
                    let text = format!("Message '{}' marked for deletion.", item.id);
                    self.about_connection(Priority::Debug, text);
                }
                Next::Leave => {}
                Next::Stop => {
                    stopped = true;
                    break;
                }
            }
        }
        mailbox.close().await?;
        if at > 0 {
            let text = format!("Fetched {at} message(s) from server ({server}).");
            self.about_connection(Priority::Info, text);
        }
        let text = format!("Connection to '{}' closed.", self.account.host);
        self.about_connection(Priority::Debug, text);
        let again = !stopped && at < count;
        if again {
            self.say(&format!("Reconnect Session after {at} messages..."));
        }
        Ok(again)
    }

    async fn message(
        &mut self,
        mailbox: &mut Mailbox,
        item: Item,
        (at, count): (usize, usize),
    ) -> Result<Next, WireError> {
        let text = format!(
            "Prepare fetching of message '{at}/{count}' (Size: {} Bytes) from server.",
            item.size
        );
        self.about_connection(Priority::Debug, text);
        let limit = self.limits.message_bytes;
        if item.size > limit {
            let text = format!(
                "Cannot fetch message '{at}/{count}' with {} bytes: at most {limit} are allowed (PostMasterMaxEmailSize).",
                item.size
            );
            self.about_connection(Priority::Error, text);
            self.connection_failed = true;
            self.fetched.left += 1;
            return Ok(Next::Leave);
        }
        // Servers count line ends in their own way.
        let limit = usize::try_from(limit)
            .unwrap_or(usize::MAX)
            .saturating_mul(2);
        let raw = mailbox.fetch(item.id, limit).await?;
        let text = format!("Message '{}' successfully received from server.", item.id);
        self.about_connection(Priority::Debug, text);
        Ok(self.take(&raw).await)
    }

    async fn take(&mut self, raw: &[u8]) -> Next {
        let options = Options {
            queue: self.account.queue.clone(),
            trusted: self.account.trusted,
        };
        let context = self.context;
        let log = (&mut self.log, self.key.as_str());
        match door::take(context.app, context.receiver, raw, &options, log).await {
            Ok(_) => {
                self.fetched.taken += 1;
                Next::Delete
            }
            Err(Refused::Later(_)) => {
                self.fetched.succeeded = false;
                self.fetched.left += 1;
                Next::Stop
            }
            Err(Refused::Failed(_)) => {
                self.fetched.succeeded = false;
                self.keep(raw)
            }
        }
    }

    fn keep(&mut self, raw: &[u8]) -> Next {
        let kept = self
            .context
            .spool
            .map(|spool| spool.keep(raw, self.account.trusted));
        let (text, next) = match kept {
            Some(Ok(path)) => {
                let text = format!(
                    "Could not process message. Raw mail saved ({}).",
                    path.display()
                );
                (text, Next::Delete)
            }
            Some(Err(error)) => {
                let text = format!("Could not process message, nor save it: {error}. It stays.");
                (text, Next::Leave)
            }
            None => (
                "Could not process message, and there is no spool. It stays on the server."
                    .to_owned(),
                Next::Leave,
            ),
        };
        tracing::error!(account.id = self.account.id, "mail account: {text}");
        self.entry(ObjectKind::Message, Priority::Error, text);
        match next {
            Next::Delete => self.fetched.kept += 1,
            Next::Leave | Next::Stop => self.fetched.left += 1,
        }
        next
    }

    async fn finish(mut self) -> Fetched {
        let app = self.context.app;
        let status = if self.fetched.succeeded {
            Status::Successful
        } else {
            Status::Failed
        };
        self.log.finish(status, app.clock.now());
        door::write_log(app, &mut self.log).await;
        self.fetched
    }
}
