//! A mail server that fails on demand: what it does is said by the recipient's name.
//!
//! `temp` and `perm` are refused as recipients; mails to `datatemp` and `dataperm` are refused when they are there; `drop`
//! closes the connection in the middle of the message; `slow` never answers to a message that it has taken.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use tokio::{
    io::{AsyncBufReadExt as _, AsyncRead, AsyncWrite, AsyncWriteExt as _, BufReader},
    net::TcpListener,
};
use tokio_rustls::{
    TlsAcceptor,
    rustls::{
        ServerConfig,
        crypto::ring::default_provider,
        pki_types::{CertificateDer, PrivateKeyDer, pem::PemObject as _},
    },
};

const DIRECTORY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/fixtures/requests/tls");

/// A mail that the server has taken.
#[derive(Clone, Debug, Default)]
pub struct Taken {
    pub sender: String,
    pub recipients: Vec<String>,
    /// As it came over the wire, without the dots that protect lines.
    pub message: String,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Encryption {
    None,
    Offered,
    FromStart,
}

#[derive(Clone)]
pub struct PostOffice {
    pub port: u16,
    taken: Arc<Mutex<Vec<Taken>>>,
    connections: Arc<AtomicUsize>,
    acceptor: TlsAcceptor,
}

/// Whether the talk goes on encrypted.
enum End {
    Closed,
    StartTls,
}

pub fn authority() -> Vec<u8> {
    std::fs::read(format!("{DIRECTORY}/ca.pem")).unwrap()
}

fn acceptor() -> TlsAcceptor {
    let file = |name: &str| format!("{DIRECTORY}/{name}");
    let certificate = CertificateDer::from_pem_file(file("server.pem")).unwrap();
    let key = PrivateKeyDer::from_pem_file(file("server.key")).unwrap();
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![certificate], key)
        .unwrap();
    TlsAcceptor::from(Arc::new(config))
}

impl PostOffice {
    pub async fn open(encryption: Encryption) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let office = Self {
            port: listener.local_addr().unwrap().port(),
            taken: Arc::default(),
            connections: Arc::default(),
            acceptor: acceptor(),
        };
        let at_work = office.clone();
        tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                at_work.connections.fetch_add(1, Ordering::SeqCst);
                let one = at_work.clone();
                tokio::spawn(async move {
                    if encryption == Encryption::FromStart {
                        if let Ok(stream) = one.acceptor.accept(stream).await {
                            one.talk(stream, true, false).await;
                        }
                        return;
                    }
                    let mut stream = stream;
                    let offered = encryption == Encryption::Offered;
                    if let End::StartTls = one.talk(&mut stream, true, offered).await
                        && let Ok(stream) = one.acceptor.accept(stream).await
                    {
                        one.talk(stream, false, false).await;
                    }
                });
            }
        });
        office
    }

    /// The mails that the server answers for.
    pub fn taken(&self) -> Vec<Taken> {
        self.taken.lock().unwrap().clone()
    }

    pub fn connections(&self) -> usize {
        self.connections.load(Ordering::SeqCst)
    }

    async fn talk<S: AsyncRead + AsyncWrite + Unpin>(
        &self,
        stream: S,
        greets: bool,
        offers_tls: bool,
    ) -> End {
        let mut stream = BufReader::new(stream);
        let mut mail = Taken::default();
        let mut next = if greets { "220 post office\r\n" } else { "" }.to_owned();
        loop {
            if stream.get_mut().write_all(next.as_bytes()).await.is_err() {
                return End::Closed;
            }
            let mut line = String::new();
            if !matches!(stream.read_line(&mut line).await, Ok(1..)) {
                return End::Closed;
            }
            let line = line.trim_end();
            let (verb, address) = (line.to_ascii_uppercase(), inside(line));
            let answer = match verb.split([' ', ':']).next().unwrap_or_default() {
                "EHLO" if offers_tls => "250-post\r\n250-STARTTLS\r\n250 AUTH PLAIN",
                "EHLO" => "250-post\r\n250 AUTH PLAIN",
                "STARTTLS" => {
                    let _ = stream.get_mut().write_all(b"220 go on\r\n").await;
                    return End::StartTls;
                }
                // \0ann\0secret
                "AUTH" if line.ends_with("AGFubgBzZWNyZXQ=") => "235 welcome",
                "AUTH" => "535 5.7.8 who are you",
                "MAIL" => {
                    mail = Taken::default();
                    mail.sender = address;
                    "250 ok"
                }
                "RCPT" if address.starts_with("temp@") => "450 4.2.1 mailbox busy",
                "RCPT" if address.starts_with("perm@") => "550 5.1.1 no such user",
                "RCPT" => {
                    mail.recipients.push(address);
                    "250 ok"
                }
                "DATA" => {
                    let _ = stream.get_mut().write_all(b"354 go\r\n").await;
                    let who = mail.recipients.first().cloned().unwrap_or_default();
                    if who.starts_with("drop@") {
                        let mut line = String::new();
                        let _ = stream.read_line(&mut line).await;
                        return End::Closed;
                    }
                    mail.message = message(&mut stream).await;
                    if who.starts_with("datatemp@") {
                        "452 4.3.1 disk full"
                    } else if who.starts_with("dataperm@") {
                        "554 5.6.0 no spam please"
                    } else {
                        self.taken.lock().unwrap().push(mail.clone());
                        if who.starts_with("slow@") {
                            std::future::pending::<()>().await;
                        }
                        "250 2.0.0 taken"
                    }
                }
                "QUIT" => {
                    let _ = stream.get_mut().write_all(b"221 bye\r\n").await;
                    return End::Closed;
                }
                _ => "500 what",
            };
            next = format!("{answer}\r\n");
        }
    }
}

fn inside(line: &str) -> String {
    let inner = line
        .split_once('<')
        .and_then(|(_, rest)| rest.split_once('>'));
    inner.map_or_else(String::new, |(address, _)| address.to_owned())
}

async fn message<S: AsyncRead + AsyncWrite + Unpin>(stream: &mut BufReader<S>) -> String {
    let mut message = String::new();
    loop {
        let mut line = String::new();
        if !matches!(stream.read_line(&mut line).await, Ok(1..)) || line == ".\r\n" {
            return message;
        }
        message.push_str(line.strip_prefix('.').unwrap_or(&line));
    }
}
