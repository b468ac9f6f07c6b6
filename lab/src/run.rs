//! One pass over the cases against one server: opens the sessions they need, sends, and writes the answers in the
//! form that is compared.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use crate::case::{Case, PASSWORD};
use crate::client::{Answer, Target};
use crate::debug_log::DebugLog;
use crate::redact::redact;

/// Headers that say when and by whom, not what.
const UNCOMPARED: [&str; 4] = ["date", "server", "keep-alive", "content-length"];

/// A server under question, with the sessions that were opened on it.
pub struct Run<'a> {
    target: Target,
    /// Seconds since 1970, asked before each request.
    clock: &'a dyn Fn() -> i64,
    started: i64,
    sessions: BTreeMap<String, String>,
    log: &'a DebugLog,
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
        }
    }

    /// Sends one case and gives its answer as comparable text.
    ///
    /// Errors: nothing listens there, the answer is no HTTP, or the debug log can not be read.
    pub fn ask(&mut self, case: &Case) -> io::Result<String> {
        self.open_sessions(case)?;
        let sessions = &self.sessions;
        let wire = case.wire(&self.target.authority, |what| {
            sessions.get(what).cloned().unwrap_or_default()
        });
        let now = (self.clock)();
        let before = if case.logged {
            self.log.last().map_err(io::Error::other)?
        } else {
            0
        };
        let answer = self.target.send(&wire)?;
        let named: Vec<(String, String)> = self
            .sessions
            .iter()
            .map(|(name, id)| (id.clone(), name.clone()))
            .collect();
        let times = (self.started, now);
        let mut text = text(&answer, case.method == "HEAD", times, &named);
        if case.logged {
            let entries = self.log.since(before).map_err(io::Error::other)?;
            text.push_str("\n\nDebug log:\n");
            text.push_str(&redact(&entries, self.started, now, &named));
        }
        Ok(text)
    }

    fn open_sessions(&mut self, case: &Case) -> io::Result<()> {
        let mut wanted = Vec::new();
        case.wire("", |what| {
            wanted.push(what.to_owned());
            String::new()
        });
        for what in wanted {
            if !self.sessions.contains_key(&what) {
                let id = self.open(&what)?;
                self.sessions.insert(what, id);
            }
        }
        Ok(())
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
