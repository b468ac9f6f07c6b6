//! A small HTTP server on a port of its own, that keeps what arrives and answers as the path asks.

use std::{
    io::{Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex},
    thread,
    time::Duration,
};

/// What came, in the notation of HTTP: request line, header lines in the order of their names, body.
pub(super) struct OtherSide {
    pub address: String,
    arrived: Arc<Mutex<Vec<String>>>,
}

pub(super) const ENVELOPE: &str = r#"<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><EchoResponse xmlns="urn:x"><A>1</A><B><C>3</C></B><E>1</E><E>2</E></EchoResponse></soap:Body></soap:Envelope>"#;

const FAULT: &str = r#"<?xml version="1.0" encoding="UTF-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><soap:Fault><faultcode>soap:Server</faultcode><faultstring>broken thing</faultstring></soap:Fault></soap:Body></soap:Envelope>"#;

impl OtherSide {
    pub(super) fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrived);
        let own = address.clone();
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                let own = own.clone();
                thread::spawn(move || serve(stream, &own, &kept));
            }
        });
        Self { address, arrived }
    }

    /// What arrived since the last call.
    pub(super) fn arrived(&self) -> String {
        std::mem::take(&mut *self.arrived.lock().unwrap()).join("\n---\n")
    }
}

fn serve(mut stream: TcpStream, own: &str, kept: &Mutex<Vec<String>>) {
    let Some((head, body)) = read(&mut stream) else {
        return;
    };
    let mut lines = head.lines();
    let request = lines.next().unwrap_or_default().to_owned();
    let mut headers: Vec<&str> = lines
        .filter(|line| {
            let line = line.to_ascii_lowercase();
            !["host:", "user-agent:", "content-length:", "accept: */*"]
                .iter()
                .any(|known| line.starts_with(known))
        })
        .collect();
    headers.sort_unstable();
    let text = [&[request.as_str()], &headers[..], &["", body.as_str()]].concat();
    kept.lock().unwrap().push(text.join("\n"));
    let path = request.split(' ').nth(1).unwrap_or_default();
    let mut status = "200 OK".to_owned();
    let mut content = r#"{"Got":"it","N":1}"#.to_owned();
    let mut more = String::new();
    if let Some((_, code)) = path.split_once("/status/") {
        status = format!("{} Status", code.get(..3).unwrap_or_default());
    }
    for (part, answer) in [
        ("/empty", ""),
        ("/html", "<html>no json</html>"),
        ("/list", "[1,2]"),
        ("/number", r#"{"TicketNumber":"7"}"#),
        (
            "/token",
            r#"{"access_token":"fresh","token_type":"Bearer","expires_in":3600,"refresh_token":"next"}"#,
        ),
        ("/refused", r#"{"error":"invalid_grant"}"#),
        ("/soap", ENVELOPE),
        ("/fault", FAULT),
        ("/badxml", "<a><b>"),
    ] {
        if path.contains(part) {
            answer.clone_into(&mut content);
        }
    }
    if path.contains("/redirect") {
        "302 Found".clone_into(&mut status);
        more = format!("Location: http://{own}/target\r\n");
    }
    if path.contains("/slow") {
        thread::sleep(Duration::from_secs(5));
    }
    if path.contains("/reset") {
        return;
    }
    let answer = format!(
        "HTTP/1.1 {status}\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Length: {}\r\n{more}Connection: close\r\n\r\n{content}",
        content.len()
    );
    let _ = stream.write_all(answer.as_bytes());
}

fn read(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head
                .lines()
                .find_map(|line| {
                    let line = line.to_ascii_lowercase();
                    line.strip_prefix("content-length:")?.trim().parse().ok()
                })
                .unwrap_or(0);
            if body.len() >= length {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(size) => bytes.extend_from_slice(chunk.get(..size)?),
        }
    }
}
