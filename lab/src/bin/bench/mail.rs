//! Messages through pipes, one process each, and over LMTP.

use std::{
    error::Error,
    fmt::Write as _,
    io::{self, BufReader, Write as _},
    net::TcpStream,
    process::{Command, Stdio},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
    time::{Duration, Instant},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use lab::load;
use schema::{Db, tables as t};
use sea_query::{Order, Query};

use super::{
    Options, line, program,
    server::{Server, free_address},
};

/// Messages one after the other, of which the median counts.
const SINGLE: usize = 15;
/// Messages at a time, through pipes as over LMTP.
const AT_A_TIME: usize = 4;
/// Of so many messages one belongs to a ticket that is there.
const FOLLOW_UPS: usize = 4;
/// Bytes of the attachment that one of four messages has.
const ATTACHMENT: usize = 30_000;

/// Measures both systems with the same messages; their tickets stay.
pub(super) async fn measure(options: &Options) -> Result<String, Box<dyn Error>> {
    let letters = Letters::of(&options.database_url).await?;
    let ours = || {
        let mut command = Command::new(program()?);
        command.args(["mail", "read", "--database-url", &options.database_url]);
        Ok::<_, Box<dyn Error>>(command)
    };
    let theirs = options.reference_pipe.as_ref().map(|shell| {
        move || {
            let mut command = Command::new("sh");
            command.args(["-c", shell]);
            Ok::<_, Box<dyn Error>>(command)
        }
    });
    let their_single = theirs
        .as_ref()
        .map(|pipe| piped(&letters, pipe, SINGLE, 1))
        .transpose()?;
    let their_many = theirs
        .as_ref()
        .map(|pipe| piped(&letters, pipe, options.reference_piped, AT_A_TIME))
        .transpose()?;
    let single = piped(&letters, ours, SINGLE, 1)?;
    let many = piped(&letters, ours, options.piped, AT_A_TIME)?;
    let mut text = line("A message through the pipe", &single, their_single.as_ref());
    text += &line(
        &format!("Pipe, {AT_A_TIME} at a time"),
        &many,
        their_many.as_ref(),
    );
    text += &over_lmtp(&letters, options)?;
    Ok(text)
}

/// Messages such as customers write.
struct Letters {
    /// Numbers of tickets that are there.
    tickets: Vec<String>,
    /// What makes these messages others than those of the last run.
    run: String,
    next: AtomicUsize,
}

impl Letters {
    async fn of(database_url: &str) -> Result<Self, Box<dyn Error>> {
        let db = Db::connect(database_url).await?;
        let query = Query::select()
            .column(t::Ticket::Tn)
            .from(t::Ticket::Table)
            .order_by(t::Ticket::Id, Order::Asc)
            .limit(500)
            .to_owned();
        let rows: Vec<(String,)> = db.read().await?.fetch_all(&query).await?;
        db.close().await;
        if rows.is_empty() {
            return Err("the database has no tickets".into());
        }
        let run = format!("{}.{:?}", std::process::id(), Instant::now());
        Ok(Self {
            tickets: rows.into_iter().map(|(number,)| number).collect(),
            run: run.chars().filter(char::is_ascii_alphanumeric).collect(),
            next: AtomicUsize::new(0),
        })
    }

    /// The next message: text, HTML beside text, text with an attachment, or an answer to a ticket.
    fn next(&self) -> Vec<u8> {
        let number = self.next.fetch_add(1, Ordering::Relaxed);
        let sender = number % 97;
        let subject = if number % FOLLOW_UPS == 3 {
            let ticket = &self.tickets[number % self.tickets.len()];
            format!("Re: [Ticket#{ticket}] The printer again")
        } else {
            format!("The printer makes a noise, number {number}")
        };
        let words = "since this morning the printer on the second floor makes a noise; please have a look at it.\n";
        let text = format!("Hello,\n\n{}\nKind regards\nCamille\n", words.repeat(6));
        let head = format!(
            "From: Camille {sender} <camille{sender}@customer.example>\nTo: help@desk.example\nSubject: {subject}\n\
             Message-ID: <{run}.{number}@customer.example>\nDate: Mon, 2 Nov 2026 10:00:00 +0100\nMIME-Version: 1.0\n",
            run = self.run
        );
        let body = match number % FOLLOW_UPS {
            1 => format!(
                "Content-Type: multipart/alternative; boundary=\"part\"\n\n--part\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
                 --part\nContent-Type: text/html; charset=utf-8\n\n<html><body><p>{text}</p></body></html>\n--part--\n"
            ),
            2 => format!(
                "Content-Type: multipart/mixed; boundary=\"part\"\n\n--part\nContent-Type: text/plain; charset=utf-8\n\n{text}\n\
                 --part\nContent-Type: application/pdf\nContent-Disposition: attachment; filename=\"invoice.pdf\"\n\
                 Content-Transfer-Encoding: base64\n\n{}\n--part--\n",
                attachment(number)
            ),
            _ => format!("Content-Type: text/plain; charset=utf-8\n\n{text}"),
        };
        format!("{head}{body}").into_bytes()
    }
}

/// Base64 in lines, other bytes for each number.
fn attachment(number: usize) -> String {
    let bytes: Vec<u8> = (0..ATTACHMENT)
        .map(|at| (at.wrapping_mul(number + 7) % 251).to_le_bytes()[0])
        .collect();
    let text = STANDARD.encode(bytes);
    let lines: Vec<&str> = (0..text.len())
        .step_by(76)
        .map(|from| &text[from..(from + 76).min(text.len())])
        .collect();
    lines.join("\n")
}

/// Sends messages through processes of their own, from the start of each to its exit.
fn piped(
    letters: &Letters,
    pipe: impl Fn() -> Result<Command, Box<dyn Error>>,
    messages: usize,
    at_a_time: usize,
) -> Result<load::Result, Box<dyn Error>> {
    let commands: Vec<Command> = (0..messages).map(|_| pipe()).collect::<Result<_, _>>()?;
    let commands = std::sync::Mutex::new(commands);
    let one = || -> io::Result<Option<(Duration, bool)>> {
        let command = commands.lock().ok().and_then(|mut left| left.pop());
        let Some(mut command) = command else {
            return Ok(None);
        };
        let letter = letters.next();
        let started = Instant::now();
        let mut child = command
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()?;
        if let Some(mut input) = child.stdin.take() {
            input.write_all(&letter)?;
        }
        let status = child.wait()?;
        Ok(Some((started.elapsed(), status.success())))
    };
    side_by_side(at_a_time, || {
        let mut all = Vec::new();
        while let Some(done) = one()? {
            all.push(done);
        }
        Ok(all)
    })
}

/// The same work in some threads at once; it gives times, and whether each was a success.
fn side_by_side(
    threads: usize,
    work: impl Fn() -> io::Result<Vec<(Duration, bool)>> + Sync,
) -> Result<load::Result, Box<dyn Error>> {
    let started = Instant::now();
    let runs: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..threads).map(|_| scope.spawn(&work)).collect();
        threads
            .into_iter()
            .map(|thread| {
                thread
                    .join()
                    .unwrap_or_else(|_| Err(io::Error::other("a thread panicked")))
            })
            .collect()
    });
    let elapsed = started.elapsed();
    let mut done = Vec::new();
    for run in runs {
        done.extend(run?);
    }
    let refused = done.iter().filter(|(_, well)| !well).count();
    let times = done.into_iter().map(|(time, _)| time).collect();
    Ok(load::Result::of(times, refused, elapsed))
}

/// Sends messages over LMTP to a door of ours, with its memory after a tenth of them and at the end.
fn over_lmtp(letters: &Letters, options: &Options) -> Result<String, Box<dyn Error>> {
    let address = free_address(0)?;
    let words = [
        "mail",
        "listen",
        "--at",
        &address,
        "--database-url",
        &options.database_url,
    ];
    let server = Server::run(&words, &address)?;
    let deliver = |messages: usize| {
        let left = AtomicUsize::new(messages);
        side_by_side(AT_A_TIME, || one_connection(&address, letters, &left))
    };
    deliver(options.over_lmtp / 10)?;
    let early = server.memory("VmRSS")?;
    let result = deliver(options.over_lmtp)?;
    let late = server.memory("VmRSS")?;
    let mut text = line("LMTP", &result, None);
    // Writing to a String can not fail.
    let _ = writeln!(
        text,
        "{} messages over LMTP: {} MB resident after the first tenth, {} MB at the end",
        result.answers,
        early / 1_000_000,
        late / 1_000_000
    );
    Ok(text)
}

fn one_connection(
    address: &str,
    letters: &Letters,
    left: &AtomicUsize,
) -> io::Result<Vec<(Duration, bool)>> {
    let mut output = TcpStream::connect(address)?;
    output.set_nodelay(true)?;
    let mut input = BufReader::new(output.try_clone()?);
    answer(&mut input)?;
    output.write_all(b"LHLO gateway.example\r\n")?;
    answer(&mut input)?;
    let mut done = Vec::new();
    let take = |count: usize| count.checked_sub(1);
    while left
        .fetch_update(Ordering::Relaxed, Ordering::Relaxed, take)
        .is_ok()
    {
        let message = dotted(&letters.next());
        let started = Instant::now();
        output.write_all(
            b"MAIL FROM:<camille@customer.example>\r\nRCPT TO:<help@desk.example>\r\nDATA\r\n",
        )?;
        for _ in 0..3 {
            answer(&mut input)?;
        }
        output.write_all(&message)?;
        let well = answer(&mut input)?.starts_with("250");
        done.push((started.elapsed(), well));
    }
    output.write_all(b"QUIT\r\n")?;
    Ok(done)
}

/// One answer of the door; its last line.
fn answer(input: &mut impl io::BufRead) -> io::Result<String> {
    loop {
        let mut line = String::new();
        if input.read_line(&mut line)? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        if line.as_bytes().get(3) != Some(&b'-') {
            return Ok(line);
        }
    }
}

/// A message with the line ends, the dots and the end that the protocol wants.
fn dotted(message: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    for line in message.split_inclusive(|byte| *byte == b'\n') {
        if line.starts_with(b".") {
            out.push(b'.');
        }
        out.extend(line.strip_suffix(b"\n").unwrap_or(line));
        out.extend(b"\r\n");
    }
    out.extend(b".\r\n");
    out
}
