//! A server for POP3 that has the mails of one group, for a client that fetches them one after the other.

use std::{
    fmt::Write as _,
    io::{self, BufRead as _, BufReader, Write as _},
    net::{TcpListener, TcpStream},
    time::Duration,
};

/// How long the client may be silent.
const PATIENCE: Duration = Duration::from_mins(5);

/// What happens around a mail.
pub trait Watch {
    /// Before a mail is handed out.
    fn before(&mut self, mail: usize);
    /// After the client is done with it, which shows by its wish for another one.
    fn after(&mut self, mail: usize);
}

/// Serves one session, of so many mails that were not deleted yet; `true` in `gone` for those that were. Gives the mail
/// that was the last.
pub fn session(
    listener: &TcpListener,
    mails: &[&[u8]],
    gone: &mut [bool],
    at_most: usize,
    watch: &mut impl Watch,
) -> io::Result<Option<usize>> {
    let (mut stream, _) = listener.accept()?;
    stream.set_read_timeout(Some(PATIENCE))?;
    let listed: Vec<usize> = (0..mails.len())
        .filter(|at| !gone[*at])
        .take(at_most)
        .collect();
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let mut open = None;
    stream.write_all(b"+OK ready\r\n")?;
    while let Some(line) = lines.next().transpose()? {
        let mut words = line.split_whitespace();
        let command = words.next().unwrap_or_default().to_ascii_uppercase();
        let mail = words
            .next()
            .and_then(|number| number.parse::<usize>().ok())
            .and_then(|number| listed.get(number.checked_sub(1)?).copied());
        match (command.as_str(), mail) {
            ("RETR", Some(mail)) => {
                if let Some(done) = open.replace(mail) {
                    watch.after(done);
                }
                watch.before(mail);
                send(&mut stream, mails[mail])?;
            }
            ("DELE", Some(mail)) => {
                gone[mail] = true;
                stream.write_all(b"+OK\r\n")?;
            }
            ("STAT", _) => {
                let size: usize = listed.iter().map(|at| mails[*at].len()).sum();
                write!(stream, "+OK {} {size}\r\n", listed.len())?;
            }
            ("LIST" | "UIDL", None) => {
                let mut text = "+OK\r\n".to_owned();
                for (number, at) in listed.iter().enumerate() {
                    // Writing to a String can not fail.
                    let _ = write!(text, "{} {}\r\n", number + 1, mails[*at].len());
                }
                text.push_str(".\r\n");
                stream.write_all(text.as_bytes())?;
            }
            ("LIST" | "UIDL", Some(mail)) => write!(stream, "+OK 1 {}\r\n", mails[mail].len())?,
            ("USER" | "PASS" | "NOOP" | "RSET", _) => stream.write_all(b"+OK\r\n")?,
            ("QUIT", _) => {
                stream.write_all(b"+OK\r\n")?;
                break;
            }
            _ => stream.write_all(b"-ERR\r\n")?,
        }
    }
    Ok(open)
}

fn send(stream: &mut TcpStream, raw: &[u8]) -> io::Result<()> {
    let mut text = b"+OK\r\n".to_vec();
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    for line in raw.split(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            text.push(b'.');
        }
        text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        text.extend_from_slice(b"\r\n");
    }
    text.extend_from_slice(b".\r\n");
    stream.write_all(&text)
}

/// A mail as a client of [`session`] has it: the ends of its lines are line feeds, the last line has one too.
pub fn as_fetched(raw: &[u8]) -> Vec<u8> {
    let raw = raw.strip_suffix(b"\n").unwrap_or(raw);
    let mut text = Vec::with_capacity(raw.len() + 1);
    for line in raw.split(|byte| *byte == b'\n') {
        text.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
        text.push(b'\n');
    }
    text
}
