//! The door for gateways with volume: LMTP on a socket or a port.
//!
//! One connection carries any number of messages. A message that was answered with 250 is committed; whatever keeps it
//! from being committed is answered with 4xx, so that the gateway keeps it and tries again. A message with several
//! recipients is taken in once, as a pipe would, and each recipient gets the same answer.

use std::{
    fmt, fs, io,
    os::unix::fs::{FileTypeExt as _, PermissionsExt as _},
    path::{Path, PathBuf},
    str::FromStr,
    sync::Arc,
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::{TcpListener, UnixListener},
    sync::{Semaphore, watch},
    task::JoinSet,
};

use super::door::{Options, Receiver};
use crate::app::App;

pub mod protocol;
mod session;

/// Where to listen: `unix:PATH`, or `ADDRESS:PORT`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Address {
    Unix(PathBuf),
    Tcp(String),
}

impl FromStr for Address {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.strip_prefix("unix:") {
            Some("") => Err("behind `unix:` stands the path of a socket".to_owned()),
            Some(path) => Ok(Self::Unix(path.into())),
            None if text.contains(':') => Ok(Self::Tcp(text.to_owned())),
            None => Err(format!(
                "`{text}` is no place to listen at: say unix:/run/otterdesk/lmtp, or 127.0.0.1:2424"
            )),
        }
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Unix(path) => write!(f, "unix:{}", path.display()),
            Self::Tcp(address) => f.write_str(address),
        }
    }
}

/// What one connection may do.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Of one message.
    pub message_bytes: usize,
    /// Of one message.
    pub recipients: usize,
    /// Of one line that is a command.
    pub line_bytes: usize,
    /// Until the client says something.
    pub silence: Duration,
    /// Connections at one time; others wait.
    pub connections: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            message_bytes: 50 * 1024 * 1024,
            recipients: 1_000,
            line_bytes: 4_096,
            silence: Duration::from_mins(5),
            connections: 100,
        }
    }
}

/// What a connection works with.
struct Shared {
    app: App,
    receiver: Arc<dyn Receiver>,
    options: Options,
    limits: Limits,
}

enum Listener {
    Unix(UnixListener, PathBuf),
    Tcp(TcpListener),
}

/// The door, open and not served yet.
pub struct Door {
    listener: Listener,
    shared: Arc<Shared>,
}

impl Door {
    /// Opens the door.
    pub async fn open(
        address: &Address,
        app: App,
        receiver: Arc<dyn Receiver>,
        options: Options,
        limits: Limits,
    ) -> io::Result<Self> {
        let listener = match address {
            Address::Unix(path) => {
                forget_old_socket(path)?;
                let listener = UnixListener::bind(path)?;
                // Who may connect is decided by the folder, as with the sockets of mail servers.
                fs::set_permissions(path, fs::Permissions::from_mode(0o666))?;
                Listener::Unix(listener, path.clone())
            }
            Address::Tcp(address) => Listener::Tcp(TcpListener::bind(address).await?),
        };
        Ok(Self {
            listener,
            shared: Arc::new(Shared {
                app,
                receiver,
                options,
                limits,
            }),
        })
    }

    /// The port, where it is one.
    pub fn port(&self) -> Option<u16> {
        match &self.listener {
            Listener::Unix(..) => None,
            Listener::Tcp(listener) => listener.local_addr().ok().map(|address| address.port()),
        }
    }

    /// Serves until `end` becomes true. Then nobody new is let in, and every connection ends after the message that it is at.
    pub async fn serve(self, mut end: watch::Receiver<bool>) {
        let places = Arc::new(Semaphore::new(self.shared.limits.connections));
        let mut connections = JoinSet::new();
        loop {
            let place = tokio::select! {
                () = ended(&mut end) => break,
                place = places.clone().acquire_owned() => place,
                Some(_) = connections.join_next() => continue,
            };
            let Ok(place) = place else { break };
            let stream = tokio::select! {
                () = ended(&mut end) => break,
                stream = self.accept() => stream,
            };
            match stream {
                Ok(stream) => {
                    let (shared, end) = (Arc::clone(&self.shared), end.clone());
                    connections.spawn(async move {
                        let _place = place;
                        // What went wrong on the line is the client's to tell.
                        let _ = session::run(&shared, stream, end).await;
                    });
                }
                Err(error) => {
                    tracing::warn!("a connection was not accepted: {error}");
                    tokio::time::sleep(Duration::from_millis(100)).await;
                }
            }
        }
        while connections.join_next().await.is_some() {}
        if let Listener::Unix(_, path) = &self.listener {
            let _ = fs::remove_file(path);
        }
    }

    async fn accept(&self) -> io::Result<Box<dyn Stream>> {
        Ok(match &self.listener {
            Listener::Unix(listener, _) => Box::new(listener.accept().await?.0),
            Listener::Tcp(listener) => {
                let stream = listener.accept().await?.0;
                stream.set_nodelay(true)?;
                Box::new(stream)
            }
        })
    }
}

/// A connection of either kind.
trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Returns when the door is to be closed; also when nobody is left who could say so.
async fn ended(end: &mut watch::Receiver<bool>) {
    let _ = end.wait_for(|ended| *ended).await;
}

/// A socket that a process left behind which is gone now; one that somebody serves stays.
fn forget_old_socket(path: &Path) -> io::Result<()> {
    let Ok(found) = fs::symlink_metadata(path) else {
        return Ok(());
    };
    if found.file_type().is_socket()
        && std::os::unix::net::UnixStream::connect(path)
            .is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused)
    {
        return fs::remove_file(path);
    }
    Ok(())
}
