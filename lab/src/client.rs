//! A client that sends exactly the bytes it is given: malformed bodies, repeated parameters and lying
//! headers included. It follows nothing and retries nothing.

use std::io::{self, Read, Write};
use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

/// Long enough for the slowest search of the reference system.
const PATIENCE: Duration = Duration::from_mins(1);

/// The status of an answer that consists of a closed connection.
pub const NO_ANSWER: &str = "closed without an answer";

/// The status of an answer without headers; its bytes are the body.
pub const NO_HTTP: &str = "bytes that are no HTTP";

/// One answer as it came, the body without its transfer encoding.
#[derive(Clone, Debug)]
pub struct Answer {
    /// Status code and reason, such as `200 OK`.
    pub status: String,
    /// Names and values in the order of arrival.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// True when fewer bytes came than `Content-Length` promised, or more.
    pub wrong_length: bool,
}

impl Answer {
    /// The first header of that name, in any case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers
            .iter()
            .find(|(n, _)| n.eq_ignore_ascii_case(name))
            .map(|(_, v)| v.as_str())
    }
}

/// Where a server listens.
#[derive(Clone, Debug)]
pub struct Target {
    /// Host and port.
    pub authority: String,
}

impl Target {
    /// From `http://host:port` with or without a path, which is ignored.
    pub fn new(url: &str) -> Self {
        let rest = url.strip_prefix("http://").unwrap_or(url);
        let authority = rest.split('/').next().unwrap_or(rest);
        Self {
            authority: authority.to_owned(),
        }
    }

    /// Sends `raw` and reads one answer.
    ///
    /// Errors: nothing listens, the connection broke, or what came is no HTTP.
    pub fn send(&self, raw: &[u8]) -> io::Result<Answer> {
        let address = self
            .authority
            .to_socket_addrs()?
            .next()
            .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, self.authority.clone()))?;
        let mut stream = TcpStream::connect(address)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        stream.set_write_timeout(Some(PATIENCE))?;
        // A server may answer and close before it has read an oversize body.
        let sent = stream.write_all(raw);
        let mut received = Vec::new();
        let mut chunk = vec![0_u8; 64 * 1024];
        loop {
            match stream.read(&mut chunk) {
                Ok(0) => break,
                Ok(n) => received.extend_from_slice(&chunk[..n]),
                Err(e) if received.is_empty() && e.kind() != io::ErrorKind::ConnectionReset => {
                    return Err(sent.err().unwrap_or(e));
                }
                Err(_) => break,
            }
            if complete(&received) {
                break;
            }
        }
        if received.is_empty() {
            // The reference system ends some connections without a word.
            return Ok(Answer {
                status: NO_ANSWER.to_owned(),
                headers: Vec::new(),
                body: Vec::new(),
                wrong_length: false,
            });
        }
        parse(&received)
    }
}

fn head_end(received: &[u8]) -> Option<usize> {
    received
        .windows(4)
        .position(|w| w == b"\r\n\r\n")
        .map(|at| at + 4)
}

fn header_of(head: &str, name: &str) -> Option<String> {
    head.lines()
        .skip(1)
        .filter_map(|l| l.split_once(':'))
        .find(|(n, _)| n.eq_ignore_ascii_case(name))
        .map(|(_, v)| v.trim().to_owned())
}

/// Whether an answer of known length is all there; without a length only the end of the connection tells.
fn complete(received: &[u8]) -> bool {
    let Some(end) = head_end(received) else {
        return false;
    };
    let head = String::from_utf8_lossy(&received[..end]);
    if header_of(&head, "Transfer-Encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked")) {
        return received.ends_with(b"0\r\n\r\n");
    }
    let closes = header_of(&head, "Connection").is_some_and(|v| v.eq_ignore_ascii_case("close"));
    // A closing server is read to its end: that shows bytes beyond the promised length.
    !closes
        && header_of(&head, "Content-Length")
            .and_then(|v| v.parse::<usize>().ok())
            .is_some_and(|n| received.len() >= end + n)
}

fn parse(received: &[u8]) -> io::Result<Answer> {
    let bad = |what: &str| io::Error::new(io::ErrorKind::InvalidData, what.to_owned());
    let Some(end) = head_end(received) else {
        return Ok(Answer {
            status: NO_HTTP.to_owned(),
            headers: Vec::new(),
            body: received.to_vec(),
            wrong_length: false,
        });
    };
    let head = String::from_utf8_lossy(&received[..end]).into_owned();
    let mut lines = head.lines();
    let status = lines
        .next()
        .and_then(|l| l.split_once(' '))
        .ok_or_else(|| bad("no status line"))?
        .1
        .to_owned();
    let headers: Vec<(String, String)> = lines
        .filter_map(|l| l.split_once(':'))
        .map(|(n, v)| (n.to_owned(), v.trim().to_owned()))
        .collect();
    let rest = &received[end..];
    let chunked =
        header_of(&head, "Transfer-Encoding").is_some_and(|v| v.eq_ignore_ascii_case("chunked"));
    let body = if chunked {
        dechunk(rest).ok_or_else(|| bad("broken chunks"))?
    } else {
        rest.to_vec()
    };
    let promised = header_of(&head, "Content-Length").and_then(|v| v.parse::<usize>().ok());
    Ok(Answer {
        status,
        headers,
        wrong_length: !chunked && promised.is_some_and(|n| n != body.len()),
        body,
    })
}

fn dechunk(mut rest: &[u8]) -> Option<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let line = rest.windows(2).position(|w| w == b"\r\n")?;
        let size = std::str::from_utf8(&rest[..line]).ok()?;
        let size = usize::from_str_radix(size.split(';').next()?.trim(), 16).ok()?;
        rest = rest.get(line + 2..)?;
        if size == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(..size)?);
        rest = rest.get(size + 2..)?;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn chunks_are_put_together() {
        let answer = parse(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\n\r\n").unwrap();
        assert_eq!(
            (answer.status.as_str(), answer.body.as_slice()),
            ("200 OK", b"abcde".as_slice())
        );
    }

    #[test]
    fn a_length_that_lies_is_noticed() {
        assert!(
            parse(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nabc")
                .unwrap()
                .wrong_length
        );
        assert!(
            !parse(b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc")
                .unwrap()
                .wrong_length
        );
    }
}
