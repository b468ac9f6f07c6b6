//! LMTP over real sockets.

use std::{
    sync::{Arc, atomic::Ordering},
    time::Duration,
};

use actix_web::rt;
use otterdesk::mail::{
    door::Options,
    lmtp::{Address, Door, Limits},
};
use schema::tables as t;
use sea_query::{Expr, ExprTrait as _, Query};
use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::{TcpStream, UnixStream},
    sync::watch,
};

use super::support::Tickets;
use crate::support::TestApp;

struct Gate {
    test: TestApp,
    receiver: Arc<Tickets>,
    port: u16,
    end: watch::Sender<bool>,
    served: rt::task::JoinHandle<()>,
}

async fn gate(limits: Limits) -> Gate {
    let test = TestApp::start().await;
    let receiver = Arc::new(Tickets::default());
    let address = Address::Tcp("127.0.0.1:0".to_owned());
    let options = Options {
        queue: Some("Raw".to_owned()),
        ..Options::default()
    };
    let app = test.app.get_ref().clone();
    let door = Door::open(&address, app, receiver.clone(), options, limits)
        .await
        .unwrap();
    let port = door.port().unwrap();
    let (end, ending) = watch::channel(false);
    let served = rt::spawn(door.serve(ending));
    Gate {
        test,
        receiver,
        port,
        end,
        served,
    }
}

/// A client that has been greeted.
struct Client<S>(S, Vec<u8>);

impl<S: AsyncRead + AsyncWrite + Unpin> Client<S> {
    async fn greeted(stream: S) -> Self {
        let mut client = Self(stream, Vec::new());
        assert_eq!(client.reply().await, "220 localhost LMTP ready");
        let answer = client.ask("LHLO test").await;
        assert!(answer.contains("250-PIPELINING"), "{answer}");
        client
    }

    async fn send(&mut self, text: &str) {
        self.0.write_all(text.as_bytes()).await.unwrap();
        self.0.flush().await.unwrap();
    }

    /// One answer with all of its lines; empty when the server is gone.
    async fn reply(&mut self) -> String {
        let mut lines = Vec::new();
        loop {
            while let Some(end) = self.1.windows(2).position(|two| two == b"\r\n") {
                let line = String::from_utf8(self.1.drain(..end).collect()).unwrap();
                self.1.drain(..2);
                let is_last = line.as_bytes().get(3) != Some(&b'-');
                lines.push(line);
                if is_last {
                    return lines.join("\n");
                }
            }
            let mut part = [0; 4096];
            let count = self.0.read(&mut part).await.unwrap();
            if count == 0 {
                return String::new();
            }
            self.1.extend_from_slice(&part[..count]);
        }
    }

    async fn ask(&mut self, line: &str) -> String {
        self.send(&format!("{line}\r\n")).await;
        self.reply().await
    }

    /// The codes of so many answers.
    async fn codes(&mut self, count: usize) -> Vec<u16> {
        let mut codes = Vec::new();
        for _ in 0..count {
            codes.push(self.reply().await[..3].parse().unwrap());
        }
        codes
    }
}

async fn connect(gate: &Gate) -> Client<TcpStream> {
    let stream = TcpStream::connect(("127.0.0.1", gate.port)).await.unwrap();
    Client::greeted(stream).await
}

async fn tickets(test: &TestApp) -> i64 {
    let count = Query::select()
        .expr(Expr::col(t::Ticket::Id).count())
        .from(t::Ticket::Table)
        .and_where(Expr::col(t::Ticket::Title).eq("by mail"))
        .to_owned();
    let (count,): (i64,) = test
        .app
        .db
        .read()
        .await
        .unwrap()
        .fetch_one(&count)
        .await
        .unwrap();
    count
}

#[actix_web::test]
async fn messages_in_one_packet_are_committed_and_answered_for_each_recipient() {
    let gate = gate(Limits::default()).await;
    let mut client = connect(&gate).await;
    client
        .send(
            "MAIL FROM:<a@example.com> SIZE=20 BODY=8BITMIME\r\nRCPT TO:<b@example.com>\r\nRCPT TO:<c@example.com>\r\n\
             DATA\r\nSubject: one\r\n\r\n..a dot\r\n.\r\n\
             MAIL FROM:<>\r\nRCPT TO:<b@example.com>\r\nDATA\r\nSubject: two\r\n\r\n.\r\nQUIT\r\n",
        )
        .await;
    let codes = client.codes(11).await;
    assert_eq!(
        codes,
        [250, 250, 250, 354, 250, 250, 250, 250, 354, 250, 221]
    );
    assert_eq!(
        gate.receiver.texts(),
        ["Subject: one\n\n.a dot\n", "Subject: two\n\n"]
    );
    assert_eq!(
        gate.receiver.seen.lock().unwrap()[0].1.queue.as_deref(),
        Some("Raw")
    );
    assert_eq!(tickets(&gate.test).await, 2);
}

#[actix_web::test]
async fn what_was_not_committed_is_not_accepted() {
    let gate = gate(Limits::default()).await;
    let mut client = connect(&gate).await;
    for (kind, code) in [("later", 451), ("fails", 451), ("fine", 250)] {
        client
            .send(&format!(
                "MAIL FROM:<a@b>\r\nRCPT TO:<b@b>\r\nRCPT TO:<c@b>\r\nDATA\r\nX-Test: {kind}\r\n\r\n.\r\n"
            ))
            .await;
        assert_eq!(client.codes(6).await, [250, 250, 250, 354, code, code]);
    }
    assert_eq!(tickets(&gate.test).await, 1);

    // A client that is gone in the middle of a message leaves nothing behind.
    client
        .send("MAIL FROM:<a@b>\r\nRCPT TO:<b@b>\r\nDATA\r\nSubject: half\r\n")
        .await;
    assert_eq!(client.codes(3).await, [250, 250, 354]);
    drop(client);
    let mut other = connect(&gate).await;
    assert_eq!(other.ask("NOOP").await, "250 2.0.0 fine");
    assert_eq!(gate.receiver.calls.load(Ordering::Relaxed), 3);
}

#[actix_web::test]
async fn parts_of_a_message_may_come_by_bdat() {
    let gate = gate(Limits::default()).await;
    let mut client = connect(&gate).await;
    client
        .send("MAIL FROM:<a@b>\r\nRCPT TO:<b@b>\r\nBDAT 14\r\nSubject: one\r\nBDAT 7 LAST\r\n\r\n.\r\nab")
        .await;
    assert_eq!(client.codes(4).await, [250, 250, 250, 250]);
    assert_eq!(gate.receiver.texts(), ["Subject: one\n\n.\nab"]);
    client.send("BDAT 4 LAST\r\nQUITNOOP\r\n").await;
    assert_eq!(client.codes(2).await, [503, 250]);
}

#[actix_web::test]
async fn limits_are_told_and_kept() {
    let gate = gate(Limits {
        message_bytes: 100,
        recipients: 2,
        line_bytes: 60,
        ..Limits::default()
    })
    .await;
    let mut client = connect(&gate).await;
    assert_eq!(
        client.ask("RCPT TO:<a@b>").await,
        "503 5.5.1 say MAIL first"
    );
    assert_eq!(
        client.ask("MAIL FROM:<a@b> SIZE=101").await,
        "552 5.3.4 the message is too large"
    );
    assert_eq!(
        client
            .ask(&format!("MAIL FROM:<{}@b>", "a".repeat(1_000)))
            .await,
        "500 5.5.6 the line is too long"
    );
    client
        .send(&format!(
            "MAIL FROM:<a@b>\r\nRCPT TO:<1@b>\r\nRCPT TO:<2@b>\r\nRCPT TO:<3@b>\r\nDATA\r\n{}\r\n.\r\nNOOP\r\n",
            "x".repeat(200_000)
        ))
        .await;
    assert_eq!(
        client.codes(8).await,
        [250, 250, 250, 452, 354, 552, 552, 250]
    );
    assert_eq!(gate.receiver.calls.load(Ordering::Relaxed), 0);
    for _ in 0..17 {
        assert_eq!(client.ask("WHAT").await, "500 5.5.2 no such command");
    }
    client.ask("WHAT").await;
    assert_eq!(client.reply().await, "421 4.7.0 too many mistakes");
    assert_eq!(client.reply().await, "");
}

#[actix_web::test]
async fn silent_clients_are_sent_away() {
    let gate = gate(Limits {
        silence: Duration::from_millis(50),
        ..Limits::default()
    })
    .await;
    let mut client = connect(&gate).await;
    assert_eq!(
        client.reply().await,
        "421 4.4.2 nothing was said for too long"
    );
    assert_eq!(client.reply().await, "");
}

#[actix_web::test]
async fn at_the_end_everybody_is_told() {
    let gate = gate(Limits::default()).await;
    let mut client = connect(&gate).await;
    gate.end.send(true).unwrap();
    assert_eq!(
        client.reply().await,
        "421 4.3.2 the service is being stopped"
    );
    gate.served.await.unwrap();
    assert!(TcpStream::connect(("127.0.0.1", gate.port)).await.is_err());
}

#[actix_web::test]
async fn a_socket_that_a_killed_process_left_is_taken_over() {
    let test = TestApp::start().await;
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("lmtp");
    drop(std::os::unix::net::UnixListener::bind(&path).unwrap());
    let address: Address = format!("unix:{}", path.display()).parse().unwrap();
    let receiver = Arc::new(Tickets::default());
    let open = || {
        Door::open(
            &address,
            test.app.get_ref().clone(),
            receiver.clone(),
            Options::default(),
            Limits::default(),
        )
    };
    let door = open().await.unwrap();
    // One that is served is not.
    assert!(open().await.is_err());
    let (end, ending) = watch::channel(false);
    let served = rt::spawn(door.serve(ending));
    let mut client = Client::greeted(UnixStream::connect(&path).await.unwrap()).await;
    client
        .send("MAIL FROM:<a@b>\r\nRCPT TO:<b@b>\r\nDATA\r\nSubject: one\r\n.\r\n")
        .await;
    assert_eq!(client.codes(4).await, [250, 250, 354, 250]);
    end.send(true).unwrap();
    served.await.unwrap();
    assert!(!path.exists());
    assert_eq!(receiver.texts(), ["Subject: one\n"]);
}
