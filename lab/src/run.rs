//! One pass over the cases against one server: opens the sessions they need, sends, and writes the answers in the
//! form that is compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use crate::case::{Case, PASSWORD};
use crate::cases;
use crate::client::{Answer, Target};
use crate::debug_log::DebugLog;
use crate::redact::redact;
use crate::rows::{Rows, State};

/// Headers that say when and by whom, not what.
const UNCOMPARED: [&str; 4] = ["date", "server", "keep-alive", "content-length"];

const UNLOCK_TIME: &str = "Reset of unlock time.";

/// A server under question, with the sessions that were opened on it.
pub struct Run<'a> {
    target: Target,
    /// Seconds since 1970, asked before each request.
    clock: &'a dyn Fn() -> i64,
    started: i64,
    sessions: BTreeMap<String, String>,
    log: &'a DebugLog,
    rows: Option<Watched<'a>>,
    pause: &'a dyn Fn(),
}

/// The rows that requests write to, and how they were before.
struct Watched<'a> {
    rows: &'a Rows,
    start: State,
}

/// What a request led to.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// The answer as comparable text.
    pub answer: String,
    /// What it wrote, see [`crate::rows`]; nothing when rows are not watched.
    pub rows: Vec<String>,
    /// The second of the request since 1970.
    pub at: i64,
}

impl Outcome {
    /// What stands for a request that got no answer.
    pub fn failed(error: &io::Error) -> Self {
        Self {
            answer: error.to_string(),
            ..Self::default()
        }
    }
}

impl<'a> Run<'a> {
    /// `log` reads the database of that server.
    pub fn new(target: Target, clock: &'a dyn Fn() -> i64, log: &'a DebugLog) -> Self {
        Self {
            target,
            log,
            clock,
            started: clock(),
            sessions: BTreeMap::new(),
            rows: None,
            pause: &|| {},
        }
    }

    /// Says how to come to the next second: between the steps before a request and the request itself, for some rows
    /// are written only when their second is another one.
    #[must_use]
    pub fn pausing(mut self, pause: &'a dyn Fn()) -> Self {
        self.pause = pause;
        self
    }

    /// Watches the rows too. Every case finds them as they are now.
    ///
    /// Errors: the database can not be read.
    pub fn watching(mut self, rows: &'a Rows) -> io::Result<Self> {
        let start = rows.read().map_err(io::Error::other)?;
        self.rows = Some(Watched { rows, start });
        Ok(self)
    }

    /// Creates a ticket and takes it back, for the counter of ticket numbers: the first number of a day may take several
    /// steps, when tickets of that day are there already.
    pub fn warm_up(&mut self) -> io::Result<()> {
        self.target
            .send(&cases::new_ticket("warm up").wire(&self.target.authority, |_| String::new()))?;
        self.take_back()?;
        if let Some(watched) = &mut self.rows {
            watched.start = watched.rows.read().map_err(io::Error::other)?;
        }
        Ok(())
    }

    fn take_back(&self) -> io::Result<()> {
        let Some(watched) = &self.rows else {
            return Ok(());
        };
        let now = watched.rows.read().map_err(io::Error::other)?;
        let restored = watched.rows.restore(&watched.start, &now);
        restored.map_err(io::Error::other)
    }

    fn rows_now(&self) -> io::Result<Option<State>> {
        let Some(watched) = &self.rows else {
            return Ok(None);
        };
        watched.rows.read().map(Some).map_err(io::Error::other)
    }

    /// Sends one case, after the steps before it, and gives its answer and rows in comparable form.
    ///
    /// Errors: nothing listens there, the answer is no HTTP, or the database can not be read.
    pub fn ask(&mut self, case: &Case) -> io::Result<Outcome> {
        if self.open_sessions(case)? {
            self.take_back()?;
        }
        // Only what writes gives ticket numbers, whose counter moves on.
        let counted = if case.writes { self.rows_now()? } else { None };
        let first = (self.clock)();
        let mut made = Made::default();
        let mut answers = String::new();
        for step in &case.before {
            let (answer, at) = self.send(step, &made)?;
            made.learn(&answer);
            if case.whole {
                answers.push_str(&self.comparable(step, &answer, at));
                answers.push_str("\n\n");
            }
        }
        let before = if case.before.is_empty() || case.whole {
            None
        } else {
            (self.pause)();
            self.rows_now()?
        };
        let logged = if case.logged {
            self.log.last().map_err(io::Error::other)?
        } else {
            0
        };
        let (answer, at) = self.send(case, &made)?;
        answers.push_str(&self.comparable(case, &answer, at));
        if case.logged {
            let entries = self.log.since(logged).map_err(io::Error::other)?;
            answers.push_str("\n\nDebug log:\n");
            answers.push_str(&redact(&entries, self.started, at, &self.named()));
        }
        let mut outcome = Outcome {
            answer: answers,
            rows: Vec::new(),
            at: if case.whole { first } else { at },
        };
        if let (Some(after), Some(watched)) = (self.rows_now()?, &self.rows) {
            let start = counted.as_ref().unwrap_or(&watched.start);
            let before = before.as_ref().unwrap_or(start);
            let window = (first, (self.clock)());
            let written = watched.rows.written(start, before, &after, window);
            outcome.answer = written.in_answer(&outcome.answer);
            outcome.rows = written.lines;
            // How often it is reset depends on the seconds between the steps and within a slow request.
            let mut resets = u32::from(case.whole);
            outcome.rows.retain(|line| {
                let is_reset = line.contains(UNLOCK_TIME);
                resets += u32::from(is_reset);
                !is_reset || resets == 1
            });
            if case.whole {
                // And so does who changed the ticket last.
                for line in &mut outcome.rows {
                    if line.starts_with("+ticket ")
                        && let Some(at) = line.rfind(" change_by=")
                    {
                        line.truncate(at);
                    }
                }
            }
            let restored = watched.rows.restore(&watched.start, &after);
            restored.map_err(io::Error::other)?;
        }
        Ok(outcome)
    }

    fn send(&self, case: &Case, made: &Made) -> io::Result<(Answer, i64)> {
        let wire = case.wire(&self.target.authority, |what| {
            match what.strip_prefix("made ") {
                Some(what) => made.get(what).to_owned(),
                None => self.sessions.get(what).cloned().unwrap_or_default(),
            }
        });
        let at = (self.clock)();
        Ok((self.target.send(&wire)?, at))
    }

    fn comparable(&self, case: &Case, answer: &Answer, at: i64) -> String {
        let times = (self.started, at);
        text(answer, case.method == "HEAD", times, &self.named())
    }

    fn named(&self) -> Vec<(String, String)> {
        self.sessions
            .iter()
            .map(|(name, id)| (id.clone(), name.clone()))
            .collect()
    }

    /// Whether any had to be opened.
    fn open_sessions(&mut self, case: &Case) -> io::Result<bool> {
        let mut wanted = Vec::new();
        for step in case.before.iter().chain([case]) {
            step.wire("", |what| {
                if !what.starts_with("made ") {
                    wanted.push(what.to_owned());
                }
                String::new()
            });
        }
        let mut opened = false;
        for what in wanted {
            if !self.sessions.contains_key(&what) {
                let id = self.open(&what)?;
                self.sessions.insert(what, id);
                opened = true;
            }
        }
        Ok(opened)
    }

    /// `agent:LOGIN` or `customer:LOGIN`, with anything behind a `#`.
    fn open(&self, what: &str) -> io::Result<String> {
        let (kind, rest) = what.split_once(':').unwrap_or(("agent", what));
        let login = rest.split('#').next().unwrap_or(rest);
        let key = if kind == "customer" {
            "CustomerUserLogin"
        } else {
            "UserLogin"
        };
        let password = if login == "root@localhost" {
            "root"
        } else {
            PASSWORD
        };
        let case = Case::rest("setup", what, "POST", "/Session")
            .json(&serde_json::json!({ key: login, "Password": password }));
        let answer = self
            .target
            .send(&case.wire(&self.target.authority, |_| String::new()))?;
        serde_json::from_slice::<serde_json::Value>(&answer.body)
            .ok()
            .and_then(|v| v["SessionID"].as_str().map(str::to_owned))
            .ok_or_else(|| {
                io::Error::new(
                    io::ErrorKind::InvalidData,
                    format!(
                        "no session for {what}: {} {}",
                        answer.status,
                        String::from_utf8_lossy(&answer.body)
                    ),
                )
            })
    }
}

/// What the steps of a case have created so far.
#[derive(Default)]
struct Made {
    ticket: String,
    number: String,
    article: String,
}

impl Made {
    /// Reads ids from an answer, in JSON or XML.
    fn learn(&mut self, answer: &Answer) {
        let body = String::from_utf8_lossy(&answer.body);
        let found = |name: &str| {
            let start = body
                .find(&format!("{name}\""))
                .or_else(|| body.find(&format!("{name}>")))?;
            let rest = body[start + name.len()..].trim_start_matches(['"', '>', ':', '[']);
            let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
            (!digits.is_empty()).then_some(digits)
        };
        if let (Some(ticket), Some(number)) = (found("TicketID"), found("TicketNumber")) {
            (self.ticket, self.number) = (ticket, number);
        }
        if let Some(article) = found("ArticleID") {
            self.article = article;
        }
    }

    fn get(&self, what: &str) -> &str {
        match what {
            "ticket" => &self.ticket,
            "number" => &self.number,
            "article" => &self.article,
            _ => "",
        }
    }
}

/// Status line, headers by name, a blank line and the body; bytes that are no UTF-8 as `⟦FF⟧`.
fn text(
    answer: &Answer,
    head: bool,
    (started, now): (i64, i64),
    sessions: &[(String, String)],
) -> String {
    if let Some(code) = web_servers_own(answer) {
        return format!("{code}\n\n<the web server's own page>");
    }
    let mut headers: Vec<String> = answer
        .headers
        .iter()
        .filter(|(name, _)| !UNCOMPARED.contains(&name.to_ascii_lowercase().as_str()))
        .map(|(name, value)| format!("{}: {value}", name.to_ascii_lowercase()))
        .collect();
    if answer.header("Content-Length").is_some() && !head {
        headers.push(format!(
            "content-length: {}",
            if answer.wrong_length {
                "differs from the body"
            } else {
                "fits"
            }
        ));
    }
    headers.sort();
    let mut body = String::new();
    for chunk in answer.body.utf8_chunks() {
        body.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(body, "⟦{byte:02X}⟧");
        }
    }
    let mut lines = vec![answer.status.clone()];
    lines.extend(headers);
    format!(
        "{}\n\n{}",
        lines.join("\n"),
        redact(&body, started, now, sessions)
    )
}

/// Refusals and crashes that the web service has no words for: Apache's pages there, an empty answer here. Only the
/// code counts. Apache sends such a page without any headers when the script had begun to answer.
fn web_servers_own(answer: &Answer) -> Option<String> {
    let page = String::from_utf8_lossy(&answer.body);
    if page.contains("<address>Apache/") {
        let code = page.split("<title>").nth(1)?.split(' ').next()?;
        return Some(code.to_owned());
    }
    let refused = answer.status.starts_with(['4', '5']) && page.trim().is_empty();
    refused.then(|| {
        answer
            .status
            .split(' ')
            .next()
            .unwrap_or_default()
            .to_owned()
    })
}
