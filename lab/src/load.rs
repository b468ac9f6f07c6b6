//! Asks a server as fast as it answers, over connections that stay open, and keeps the time of each answer.

use std::{
    fmt::Write as _,
    io::{self, BufRead, BufReader, Read, Write},
    net::TcpStream,
    thread,
    time::{Duration, Instant},
};

use crate::client::Target;

const PATIENCE: Duration = Duration::from_mins(1);

/// One request, without its head lines about host and length.
#[derive(Clone, Debug)]
pub struct Question {
    pub method: &'static str,
    /// Path and query.
    pub path: String,
    /// JSON; nothing when empty.
    pub body: String,
}

impl Question {
    fn bytes(&self, target: &Target) -> Vec<u8> {
        let mut head = format!(
            "{} {} HTTP/1.1\r\nHost: {}\r\nConnection: keep-alive\r\n",
            self.method, self.path, target.authority
        );
        if !self.body.is_empty() {
            // Writing to a String can not fail.
            let _ = write!(
                head,
                "Content-Type: application/json\r\nContent-Length: {}\r\n",
                self.body.len()
            );
        }
        head.push_str("\r\n");
        head.push_str(&self.body);
        head.into_bytes()
    }
}

/// How a server did under load.
#[derive(Clone, Debug)]
pub struct Result {
    pub answers: usize,
    pub per_second: f64,
    pub median: Duration,
    /// 99 of 100 answers took no longer.
    pub p99: Duration,
    /// Answers that were no HTTP, not `200`, or held an error.
    pub refused: usize,
}

/// Asks over several connections for some time; each connection goes through the questions from another point on.
///
/// Errors: the server can not be reached. A connection that the server closes between answers is opened again.
pub fn press(
    target: &Target,
    questions: &[Question],
    connections: usize,
    duration: Duration,
) -> io::Result<Result> {
    let started = Instant::now();
    let end = started + duration;
    let runs: Vec<io::Result<(Vec<Duration>, usize)>> = thread::scope(|scope| {
        let threads: Vec<_> = (0..connections)
            .map(|number| {
                let first = number * questions.len() / connections;
                let order = questions.iter().cycle().skip(first);
                scope.spawn(move || one_connection(target, order, end))
            })
            .collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a connection's thread panicked")))
            })
            .collect()
    });
    let elapsed = started.elapsed();
    let mut times = Vec::new();
    let mut refused = 0;
    for run in runs {
        let (part, bad) = run?;
        times.extend(part);
        refused += bad;
    }
    Ok(Result::of(times, refused, elapsed))
}

impl Result {
    /// What single times say together, and the time that all of them took side by side.
    pub fn of(mut times: Vec<Duration>, refused: usize, elapsed: Duration) -> Self {
        times.sort_unstable();
        let at = |hundredth: usize| {
            times
                .get((times.len() * hundredth / 100).min(times.len().saturating_sub(1)))
                .copied()
                .unwrap_or_default()
        };
        Self {
            answers: times.len(),
            #[expect(
                clippy::cast_precision_loss,
                reason = "a number of answers for a table"
            )]
            per_second: times.len() as f64 / elapsed.as_secs_f64(),
            median: at(50),
            p99: at(99),
            refused,
        }
    }
}

fn one_connection<'q>(
    target: &Target,
    questions: impl Iterator<Item = &'q Question>,
    end: Instant,
) -> io::Result<(Vec<Duration>, usize)> {
    let mut connection: Option<Connection> = None;
    let mut times = Vec::new();
    let mut refused = 0;
    for question in questions {
        let asked = Instant::now();
        if asked >= end {
            break;
        }
        let mut open = match connection.take() {
            Some(open) => open,
            None => Connection::open(target)?,
        };
        let answer = open.ask(&question.bytes(target));
        times.push(asked.elapsed());
        // The reference system now and then sends a page without a status line, which is an answer, but a bad one.
        let good = answer.as_ref().is_ok_and(|answer| {
            answer.status == 200 && !answer.body.windows(9).any(|part| part == b"ErrorCode")
        });
        refused += usize::from(!good);
        connection = answer.is_ok_and(|answer| answer.stays_open).then_some(open);
    }
    Ok((times, refused))
}

/// An answer's status, body, and whether another request may follow.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub body: Vec<u8>,
    stays_open: bool,
}

/// Asks once.
pub fn ask(target: &Target, question: &Question) -> io::Result<Answer> {
    Connection::open(target)?.ask(&question.bytes(target))
}

struct Connection(BufReader<TcpStream>);

impl Connection {
    fn open(target: &Target) -> io::Result<Self> {
        let stream = TcpStream::connect(&target.authority)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(PATIENCE))?;
        Ok(Self(BufReader::new(stream)))
    }

    fn ask(&mut self, request: &[u8]) -> io::Result<Answer> {
        self.0.get_mut().write_all(request)?;
        let mut line = String::new();
        self.0.read_line(&mut line)?;
        let status = line
            .split(' ')
            .nth(1)
            .and_then(|code| code.parse().ok())
            .ok_or_else(|| io::Error::other(format!("no HTTP: {line:?}")))?;
        let (mut length, mut chunked, mut stays_open) = (None, false, true);
        loop {
            line.clear();
            self.0.read_line(&mut line)?;
            let header = line.trim_end().to_ascii_lowercase();
            match header
                .split_once(':')
                .map(|(name, value)| (name, value.trim()))
            {
                Some(("content-length", value)) => length = value.parse().ok(),
                Some(("transfer-encoding", value)) => chunked = value == "chunked",
                Some(("connection", value)) => stays_open = value != "close",
                Some(_) => {}
                None => break,
            }
        }
        let mut body = Vec::new();
        if chunked {
            self.chunks(&mut body)?;
        } else if let Some(length) = length {
            body.resize(length, 0);
            self.0.read_exact(&mut body)?;
        } else {
            self.0.read_to_end(&mut body)?;
            stays_open = false;
        }
        Ok(Answer {
            status,
            body,
            stays_open,
        })
    }

    fn chunks(&mut self, body: &mut Vec<u8>) -> io::Result<()> {
        loop {
            let mut line = String::new();
            self.0.read_line(&mut line)?;
            let size = usize::from_str_radix(line.trim(), 16).map_err(io::Error::other)?;
            let start = body.len();
            body.resize(start + size, 0);
            self.0.read_exact(&mut body[start..])?;
            self.0.read_exact(&mut [0; 2])?; // the line break after a chunk
            if size == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpListener;

    use super::*;

    /// Answers every request on each connection with these bytes.
    fn server(answer: &'static [u8], closes: bool) -> Target {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let authority = listener.local_addr().unwrap().to_string();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = BufReader::new(stream.unwrap());
                thread::spawn(move || {
                    let mut line = String::new();
                    while stream.read_line(&mut line).is_ok_and(|length| length > 0) {
                        if line == "\r\n" {
                            stream.get_mut().write_all(answer).unwrap();
                            if closes {
                                return;
                            }
                        }
                        line.clear();
                    }
                });
            }
        });
        Target { authority }
    }

    fn question() -> Question {
        Question {
            method: "GET",
            path: "/".to_owned(),
            body: String::new(),
        }
    }

    #[test]
    fn bodies_come_in_three_ways() {
        let answers: [(&[u8], bool); 3] = [
            (b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", false),
            (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n", false),
            (b"HTTP/1.1 200 OK\r\n\r\nhello", true),
        ];
        for (bytes, closes) in answers {
            let target = server(bytes, closes);
            assert_eq!(ask(&target, &question()).unwrap().body, b"hello");
        }
    }

    #[test]
    fn errors_in_answers_are_counted() {
        let target = server(
            b"HTTP/1.1 200 OK\r\nContent-Length: 11\r\n\r\n\"ErrorCode\"",
            false,
        );
        let result = press(&target, &[question()], 2, Duration::from_millis(50)).unwrap();
        assert!(result.answers > 2);
        assert_eq!(result.refused, result.answers);
    }
}
