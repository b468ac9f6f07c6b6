//! Our processes under measurement.

use std::{
    error::Error,
    fs,
    net::{TcpListener, TcpStream},
    path::PathBuf,
    process::{Child, Command},
    thread,
    time::{Duration, Instant},
};

use lab::{
    client::Target,
    load::{Question, ask},
};

use super::Options;

/// Our server; it ends with this program.
pub(super) struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do when it has ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Our program: it stands beside this one.
pub(super) fn program() -> Result<PathBuf, Box<dyn Error>> {
    Ok(std::env::current_exe()?.with_file_name("otterdesk"))
}

/// An address of this machine that nobody listens at: the listener ends here, and hardly anybody else gets its port so soon.
pub(super) fn free_address(port: u16) -> Result<String, Box<dyn Error>> {
    let listener = TcpListener::bind(("127.0.0.1", port))?;
    Ok(listener.local_addr()?.to_string())
}

impl Server {
    /// Runs our program with these words, and waits until it listens at the address.
    pub(super) fn run(words: &[&str], address: &str) -> Result<Self, Box<dyn Error>> {
        let program = program()?;
        let child = Command::new(&program)
            .args(words)
            .env("OTTERDESK_LOG", "warn")
            .spawn()
            .map_err(|error| format!("can not start {}: {error}", program.display()))?;
        let mut server = Self(child);
        while TcpStream::connect(address).is_err() {
            if let Some(status) = server.0.try_wait()? {
                return Err(format!("our server ended at once: {status}").into());
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(server)
    }

    /// Resident memory in bytes: what it is now (`VmRSS`), or was at most so far (`VmHWM`). Source: proc(5).
    pub(super) fn memory(&self, field: &str) -> Result<u64, Box<dyn Error>> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.0.id()))?;
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix(field)?.strip_prefix(':'))
            .ok_or("the system does not say how much memory a process has")?;
        let kilobytes: u64 = line.trim().trim_end_matches(" kB").parse()?;
        Ok(kilobytes * 1024)
    }
}

/// Starts our server; the time is that from the start of the process to its first read ticket.
pub(super) fn start(
    options: &Options,
    database_url: &str,
    path: &str,
) -> Result<(Server, Target, Duration), Box<dyn Error>> {
    let target = Target {
        authority: free_address(options.port)?,
    };
    let started = Instant::now();
    let words = [
        "serve",
        "--listen",
        &target.authority,
        "--database-url",
        database_url,
    ];
    let server = Server::run(&words, &target.authority)?;
    let first = Question {
        method: "GET",
        path: format!(
            "{path}/Ticket/1?UserLogin={}&Password={}",
            options.agent, options.password
        ),
        body: String::new(),
    };
    let answer = ask(&target, &first)?;
    let elapsed = started.elapsed();
    if answer.status != 200 {
        return Err(format!("the first answer was {}", answer.status).into());
    }
    Ok((server, target, elapsed))
}
