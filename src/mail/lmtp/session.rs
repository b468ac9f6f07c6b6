//! One connection of a client.

use std::io;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    sync::watch,
    time::timeout,
};

use super::{
    Shared, Stream, ended,
    protocol::{self, Command, Data, Message, Reply},
};
use crate::mail::{
    communication_log::{Account, CommunicationLog, Direction, ObjectKind, Priority, Status},
    door::{self, Refused},
};

/// What the communication log calls us.
const KEY: &str = "otterdesk mail listen";
/// Mistakes after which a client is sent away.
const MISTAKES: usize = 20;

/// The message that a client is about to send.
#[derive(Default)]
struct Envelope {
    has_sender: bool,
    recipients: usize,
    /// The parts that came by BDAT.
    parts: Option<Message>,
}

struct Session<'a> {
    shared: &'a Shared,
    stream: Box<dyn Stream>,
    /// What arrived and is not read yet, from `at` on.
    input: Vec<u8>,
    at: usize,
    output: Vec<u8>,
    greeted: bool,
    envelope: Envelope,
    mistakes: usize,
}

/// Serves one client until it leaves, is silent for too long, or `end` becomes true between two messages.
pub(super) async fn run(
    shared: &Shared,
    stream: Box<dyn Stream>,
    mut end: watch::Receiver<bool>,
) -> io::Result<()> {
    let mut session = Session {
        shared,
        stream,
        input: Vec::new(),
        at: 0,
        output: Vec::new(),
        greeted: false,
        envelope: Envelope::default(),
        mistakes: 0,
    };
    session.say(&Reply::new(220, format!("{} LMTP ready", session.name())));
    loop {
        let line = tokio::select! {
            line = session.line() => line,
            () = ended(&mut end) => {
                return session.leave(421, "4.3.2 the service is being stopped").await;
            }
        };
        match line {
            Ok(Some(line)) => {
                if session.command(&line).await? {
                    return session.flush().await;
                }
            }
            Ok(None) => return Ok(()),
            Err(error) if error.kind() == io::ErrorKind::TimedOut => {
                return session
                    .leave(421, "4.4.2 nothing was said for too long")
                    .await;
            }
            Err(error) => return Err(error),
        }
        if session.mistakes > MISTAKES {
            return session.leave(421, "4.7.0 too many mistakes").await;
        }
    }
}

impl Session<'_> {
    fn name(&self) -> String {
        self.shared.app.settings.current().text("FQDN")
    }

    /// Answers; sent when nothing more of the client is there, so that pipelined commands share packets.
    fn say(&mut self, reply: &Reply) {
        if reply.code >= 500 {
            self.mistakes += 1;
        }
        reply.write(&mut self.output);
    }

    async fn flush(&mut self) -> io::Result<()> {
        let write = async {
            self.stream.write_all(&self.output).await?;
            self.stream.flush().await
        };
        let written = timeout(self.shared.limits.silence, write).await;
        self.output.clear();
        written.map_err(|_| io::ErrorKind::TimedOut)?
    }

    async fn leave(&mut self, code: u16, text: &str) -> io::Result<()> {
        self.say(&Reply::new(code, text));
        self.flush().await
    }

    /// Waits for more of the client, after our answers went out. False at the end.
    async fn more(&mut self) -> io::Result<bool> {
        if !self.output.is_empty() {
            self.flush().await?;
        }
        self.input.drain(..self.at);
        self.at = 0;
        let start = self.input.len();
        self.input.resize(start + 64 * 1024, 0);
        let read = self.stream.read(&mut self.input[start..]);
        let read = timeout(self.shared.limits.silence, read).await;
        let count = match read {
            Ok(Ok(count)) => count,
            Ok(Err(error)) => {
                self.input.truncate(start);
                return Err(error);
            }
            Err(_) => {
                self.input.truncate(start);
                return Err(io::ErrorKind::TimedOut.into());
            }
        };
        self.input.truncate(start + count);
        Ok(count > 0)
    }

    fn unread(&self) -> &[u8] {
        &self.input[self.at..]
    }

    /// The next line without its end; none when the client is gone. May be given up and called again.
    async fn line(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut is_too_long = false;
        loop {
            if let Some(end) = self.unread().iter().position(|byte| *byte == b'\n') {
                let line = &self.unread()[..end];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.at += end + 1;
                if is_too_long || line.len() > self.shared.limits.line_bytes {
                    is_too_long = false;
                    self.say(&Reply::new(500, "5.5.6 the line is too long"));
                    continue;
                }
                return Ok(Some(line));
            }
            if self.unread().len() > self.shared.limits.line_bytes {
                is_too_long = true;
                self.at = self.input.len();
            }
            if !self.more().await? {
                return Ok(None);
            }
        }
    }

    /// Does what a line says. True when the client leaves.
    async fn command(&mut self, line: &[u8]) -> io::Result<bool> {
        let command = match protocol::parse(line) {
            Ok(command) => command,
            Err(reply) => {
                self.say(&reply);
                return Ok(false);
            }
        };
        match command {
            Command::Lhlo => self.greet(),
            Command::Mail { size } => self.mail(size),
            Command::Rcpt => self.recipient(),
            Command::Data => self.data().await?,
            Command::Bdat { size, last } => self.part(size, last).await?,
            Command::Rset => {
                self.envelope = Envelope::default();
                self.say(&Reply::new(250, "2.0.0 forgotten"));
            }
            Command::Noop => self.say(&Reply::new(250, "2.0.0 fine")),
            Command::Vrfy => self.say(&Reply::new(252, "2.5.0 send it and see")),
            Command::Quit => {
                self.say(&Reply::new(221, "2.0.0 goodbye"));
                return Ok(true);
            }
        }
        Ok(false)
    }

    fn greet(&mut self) {
        self.greeted = true;
        self.envelope = Envelope::default();
        let text = format!(
            "{}\nPIPELINING\nENHANCEDSTATUSCODES\n8BITMIME\nSMTPUTF8\nCHUNKING\nSIZE {}",
            self.name(),
            self.shared.limits.message_bytes
        );
        self.say(&Reply::new(250, text));
    }

    fn mail(&mut self, size: Option<u64>) {
        let limit = self.shared.limits.message_bytes as u64;
        let reply = if !self.greeted {
            Reply::new(503, "5.5.1 say LHLO first")
        } else if self.envelope.has_sender {
            Reply::new(503, "5.5.1 there is a sender already")
        } else if size.is_some_and(|size| size > limit) {
            Reply::new(552, "5.3.4 the message is too large")
        } else {
            self.envelope.has_sender = true;
            Reply::new(250, "2.1.0 sender accepted")
        };
        self.say(&reply);
    }

    fn recipient(&mut self) {
        let reply = if !self.envelope.has_sender {
            Reply::new(503, "5.5.1 say MAIL first")
        } else if self.envelope.recipients >= self.shared.limits.recipients {
            Reply::new(452, "4.5.3 too many recipients")
        } else {
            self.envelope.recipients += 1;
            Reply::new(250, "2.1.5 recipient accepted")
        };
        self.say(&reply);
    }

    async fn data(&mut self) -> io::Result<()> {
        if self.envelope.parts.is_some() {
            self.say(&Reply::new(503, "5.5.1 the message has begun with BDAT"));
            return Ok(());
        }
        if self.envelope.recipients == 0 {
            self.say(&Reply::new(503, "5.5.1 no recipient was accepted"));
            return Ok(());
        }
        self.say(&Reply::new(354, "send the message, then a dot alone"));
        let mut data = Data::new(self.shared.limits.message_bytes);
        loop {
            let end = data.feed(&self.input[self.at..]);
            self.at = end.map_or(self.input.len(), |used| self.at + used);
            if end.is_some() {
                break;
            }
            self.expect_more().await?;
        }
        self.finish(data.finish()).await;
        Ok(())
    }

    /// As [`Self::more`], in the middle of a message.
    async fn expect_more(&mut self) -> io::Result<()> {
        if self.more().await? {
            return Ok(());
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    async fn part(&mut self, size: u64, last: bool) -> io::Result<()> {
        // A message without recipients has no parts either, but what comes behind the command is no command.
        let mut parts = self.envelope.parts.take().unwrap_or_else(|| {
            let limit = if self.envelope.recipients > 0 {
                self.shared.limits.message_bytes
            } else {
                0
            };
            Message::new(limit)
        });
        let mut wanted = size;
        while wanted > 0 {
            if self.unread().is_empty() {
                self.expect_more().await?;
            }
            let there = usize::try_from(wanted).unwrap_or(usize::MAX);
            let there = there.min(self.unread().len());
            parts.extend(&self.input[self.at..self.at + there]);
            self.at += there;
            wanted -= there as u64;
        }
        if self.envelope.recipients == 0 {
            self.envelope = Envelope::default();
            self.say(&Reply::new(503, "5.5.1 no recipient was accepted"));
        } else if last {
            let message = parts.finish();
            let message = message.map(|bytes| protocol::with_plain_line_ends(&bytes));
            self.finish(message).await;
        } else {
            let text = format!("2.0.0 {} bytes so far", parts.size());
            self.say(&Reply::new(250, text));
            self.envelope.parts = Some(parts);
        }
        Ok(())
    }

    /// Takes a message in and answers for each recipient.
    async fn finish(&mut self, message: Option<Vec<u8>>) {
        let recipients = self.envelope.recipients;
        self.envelope = Envelope::default();
        let reply = match message {
            None => Reply::new(552, "5.3.4 the message is too large"),
            Some(message) => self.take(&message).await,
        };
        for _ in 0..recipients {
            reply.write(&mut self.output);
        }
    }

    async fn take(&mut self, message: &[u8]) -> Reply {
        let app = &self.shared.app;
        let account = Account {
            kind: "LMTP".to_owned(),
            id: None,
        };
        let mut log = CommunicationLog::new(Direction::Incoming, Some(account), app.clock.now());
        log.start(ObjectKind::Connection, app.clock.now());
        let text = format!("Email with {} bytes read over LMTP.", message.len());
        log.entry(
            ObjectKind::Connection,
            Priority::Debug,
            KEY,
            text,
            app.clock.now(),
        );
        log.end_with_message("");
        let taken = door::take(
            app,
            self.shared.receiver.as_ref(),
            message,
            &self.shared.options,
            (&mut log, KEY),
        )
        .await;
        let (status, reply) = match &taken {
            Ok(_) => (
                Status::Successful,
                Reply::new(250, "2.0.0 the message is in the database"),
            ),
            Err(Refused::Later(_)) => (
                Status::Failed,
                Reply::new(451, "4.3.0 the database is away or busy, try again"),
            ),
            Err(Refused::Failed(_)) => (
                Status::Failed,
                Reply::new(451, "4.3.0 the message could not be processed, see the log"),
            ),
        };
        if let Err(refused) = &taken {
            tracing::error!("a message over LMTP was not taken: {refused}");
        }
        if !log.is_finished() {
            log.finish(status, app.clock.now());
        }
        door::write_log(app, &mut log).await;
        reply
    }
}
