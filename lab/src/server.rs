//! Starts our server beside the reference system, on its database.

use std::error::Error;
use std::net::{TcpListener, TcpStream};
use std::process::{Child, Command};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// How long our server may take to answer for the first time.
const START_LIMIT: Duration = Duration::from_secs(30);

/// A server of ours that ends with this program.
pub struct Server {
    child: Child,
    /// Host and port.
    pub address: String,
}

impl Drop for Server {
    fn drop(&mut self) {
        // Nothing is left to do when it has ended by itself.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Starts the server that was built together with this program.
///
/// Errors: it is not there, or does not listen in time.
pub fn serve(database_url: &str, port: u16) -> Result<Server, Box<dyn Error>> {
    serve_with(&["--database-url", database_url], port)
}

/// The same with any options of `otterdesk serve` but where to listen.
pub fn serve_with(options: &[&str], port: u16) -> Result<Server, Box<dyn Error>> {
    let program = std::env::current_exe()?.with_file_name("otterdesk");
    let address = format!("127.0.0.1:{port}");
    // Whoever listens there already would be taken for ours.
    drop(TcpListener::bind(&address).map_err(|error| format!("{address}: {error}"))?);
    let child = Command::new(&program)
        .args(["serve", "--listen", &address])
        .args(options)
        .spawn()
        .map_err(|e| {
            format!(
                "cannot start {}: {e}; build it with `cargo build --release`",
                program.display()
            )
        })?;
    let mut server = Server { child, address };
    let started = Instant::now();
    while TcpStream::connect(&server.address).is_err() {
        if let Some(status) = server.child.try_wait()? {
            return Err(format!("our server ended at once: {status}").into());
        }
        if started.elapsed() > START_LIMIT {
            return Err("our server does not listen".into());
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(server)
}

/// Seconds since 1970.
pub fn now() -> i64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |d| i64::try_from(d.as_secs()).unwrap_or(i64::MAX))
}

/// Waits until the next second has begun.
pub fn next_second() {
    let into = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |since| since.subsec_millis());
    std::thread::sleep(Duration::from_millis(u64::from(1_005 - into.min(1_000))));
}

/// What recordings call the kind of a database.
pub fn kind(database_url: &str) -> &'static str {
    if database_url.starts_with("postgres") {
        "postgresql"
    } else {
        "mysql"
    }
}
