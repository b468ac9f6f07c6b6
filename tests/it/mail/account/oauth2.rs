//! Accounts with tokens (XOAUTH2): a Dovecot that asks who a token belongs to, and a small server that gives tokens and
//! knows them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, Ordering},
    },
    thread,
};

use chrono::TimeDelta;
use otterdesk::mail::account::{Kind, Secret};

use super::{Fetching, account, dovecot::Dovecot};
use crate::{
    generic_interface::requester::access::token,
    support::{TestApp, now},
};

/// Gives the token `fresh`, and says that it is Anna's.
struct Tokens {
    address: SocketAddr,
    /// Path and body of each request.
    seen: Arc<Mutex<Vec<String>>>,
    revoked: Arc<AtomicBool>,
}

impl Tokens {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let this = Self {
            address: listener.local_addr().unwrap(),
            seen: Arc::default(),
            revoked: Arc::default(),
        };
        let (seen, revoked) = (Arc::clone(&this.seen), Arc::clone(&this.revoked));
        thread::spawn(move || {
            for stream in listener.incoming() {
                let stream = stream.unwrap();
                let (path, body) = request(&stream);
                seen.lock().unwrap().push(format!("{path} {body}"));
                let is_hers = body.contains("token=fresh&") && !revoked.load(Ordering::Relaxed);
                answer(stream, &path, is_hers);
            }
        });
        this
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}/{path}", self.address)
    }
}

fn request(stream: &TcpStream) -> (String, String) {
    let mut reader = BufReader::new(stream);
    let mut first = String::new();
    reader.read_line(&mut first).unwrap();
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).unwrap();
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    reader.read_exact(&mut body).unwrap();
    let path = first.split(' ').nth(1).unwrap().to_owned();
    (path, String::from_utf8(body).unwrap())
}

fn answer(mut stream: TcpStream, path: &str, is_hers: bool) {
    let body = if path == "/token" {
        r#"{"access_token":"fresh","expires_in":3600}"#.to_owned()
    } else {
        format!(r#"{{"active":{is_hers},"username":"anna"}}"#)
    };
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
}

#[actix_web::test]
async fn accounts_with_tokens_are_emptied_as_long_as_the_token_is_good() {
    let tokens = Tokens::start();
    let dovecot = Dovecot::with_tokens(&tokens.url("introspect")).await;
    for kind in [Kind::Pop3, Kind::Pop3Tls, Kind::Imap, Kind::Imaps] {
        tokens.revoked.store(false, Ordering::Relaxed);
        let test = TestApp::start().await;
        token(&test, &tokens.url("token"), now() - TimeDelta::minutes(1)).await;
        let fetching = Fetching::of(test);
        let mut account = account(&dovecot, kind, "anna");
        account.secret = Secret::OAuth2(1);
        dovecot.deliver("anna", "Subject: one\r\n\r\n");
        let fetched = fetching.run(&account, false).await;
        assert_eq!((fetched.taken, fetched.succeeded), (1, true), "{fetched:?}");
        let seen = std::mem::take(&mut *tokens.seen.lock().unwrap());
        assert!(seen[0].starts_with("/token ") && seen[0].contains("refresh_token=again"));
        assert!(seen[1].starts_with("/introspect token=fresh&"), "{seen:?}");

        tokens.revoked.store(true, Ordering::Relaxed);
        dovecot.deliver("anna", "Subject: two\r\n\r\n");
        let fetched = fetching.run(&account, false).await;
        assert_eq!((fetched.taken, fetched.succeeded), (0, false), "{kind}");
        assert_eq!(dovecot.waiting("anna"), 1);
        tokens.revoked.store(false, Ordering::Relaxed);
        assert_eq!(fetching.run(&account, false).await.taken, 1, "{kind}");
        tokens.seen.lock().unwrap().clear();
    }
}
