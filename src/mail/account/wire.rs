//! A connection to a mail server: lines and bytes, encrypted or not, and never waiting for ever.

use std::{io, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        self, ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme,
        client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
        crypto::{CryptoProvider, ring, verify_tls12_signature, verify_tls13_signature},
        pki_types::{CertificateDer, ServerName, UnixTime},
    },
};

/// Why a visit of an account ended early.
#[derive(Debug, thiserror::Error)]
pub(super) enum WireError {
    /// Nobody there, or nobody we trust.
    #[error("{0}")]
    Connect(String),
    #[error("the login was refused: {0}")]
    Login(String),
    /// The server said no to something else.
    #[error("the server refused: {0}")]
    Refused(String),
    #[error("the server said something that is no answer: {0}")]
    Nonsense(String),
    #[error("the message is larger than the server had said")]
    TooLarge,
    #[error("the connection broke: {0}")]
    Io(#[from] io::Error),
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}
impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

/// Where a server is, and how it is spoken to.
#[derive(Clone, Debug)]
pub(super) struct Place {
    pub host: String,
    pub port: u16,
    /// Whether certificates must be right.
    pub verify: bool,
    pub silence: Duration,
}

impl Place {
    /// Reads `HOST`, `HOST:PORT`, `[ADDRESS]` or `[ADDRESS]:PORT`.
    pub fn of(host: &str, usual_port: u16, verify: bool, silence: Duration) -> Self {
        let (name, port) = match host.rsplit_once(':') {
            Some((name, port)) if name.ends_with(']') || !name.contains(':') => {
                (name, port.parse().ok())
            }
            _ => (host, None),
        };
        let name = name
            .strip_prefix('[')
            .and_then(|name| name.strip_suffix(']'))
            .unwrap_or(name);
        Self {
            host: name.to_owned(),
            port: port.unwrap_or(usual_port),
            verify,
            silence,
        }
    }
}

pub(super) struct Wire {
    stream: Box<dyn Stream>,
    place: Place,
    /// What arrived and is not read yet, from `at` on.
    input: Vec<u8>,
    at: usize,
}

fn late<T>(_: T) -> io::Error {
    io::Error::new(io::ErrorKind::TimedOut, "the server is silent")
}

impl Wire {
    pub async fn connect(place: Place, encrypted: bool) -> Result<Self, WireError> {
        let connect = TcpStream::connect((place.host.as_str(), place.port));
        let stream = timeout(place.silence, connect).await;
        let stream = stream
            .map_err(late)
            .flatten()
            .map_err(|error| WireError::Connect(error.to_string()))?;
        stream.set_nodelay(true)?;
        let wire = Self {
            stream: Box::new(stream),
            place,
            input: Vec::new(),
            at: 0,
        };
        if encrypted {
            return wire.encrypt().await;
        }
        Ok(wire)
    }

    /// The same connection, encrypted from here on.
    pub async fn encrypt(self) -> Result<Self, WireError> {
        if self.at < self.input.len() {
            // Somebody on the way wants us to take plain words for encrypted ones.
            return Err(WireError::Nonsense(
                "something behind its answer to the wish for encryption".to_owned(),
            ));
        }
        let refused = |error: &dyn std::fmt::Display| WireError::Connect(error.to_string());
        let name =
            ServerName::try_from(self.place.host.clone()).map_err(|error| refused(&error))?;
        let config = tls(self.place.verify).map_err(|error| refused(&error))?;
        let handshake = TlsConnector::from(Arc::new(config)).connect(name, self.stream);
        let stream = timeout(self.place.silence, handshake).await;
        let stream = stream
            .map_err(late)
            .flatten()
            .map_err(|error| refused(&error))?;
        Ok(Self {
            stream: Box::new(stream),
            ..self
        })
    }

    pub async fn send(&mut self, bytes: &[u8]) -> Result<(), WireError> {
        let write = async {
            self.stream.write_all(bytes).await?;
            self.stream.flush().await
        };
        let done = timeout(self.place.silence, write).await;
        Ok(done.map_err(late).flatten()?)
    }

    async fn more(&mut self) -> Result<(), WireError> {
        self.input.drain(..self.at);
        self.at = 0;
        let mut part = vec![0; 32 * 1024];
        let read = timeout(self.place.silence, self.stream.read(&mut part)).await;
        match read.map_err(late).flatten()? {
            0 => Err(io::Error::from(io::ErrorKind::UnexpectedEof).into()),
            count => {
                self.input.extend_from_slice(&part[..count]);
                Ok(())
            }
        }
    }

    /// The next line without its end, of so many bytes at most.
    pub async fn line(&mut self, limit: usize) -> Result<Vec<u8>, WireError> {
        let mut searched = 0;
        loop {
            let unread = &self.input[self.at..];
            if let Some(end) = unread[searched..].iter().position(|byte| *byte == b'\n') {
                let end = searched + end;
                let line = &unread[..end];
                let line = line.strip_suffix(b"\r").unwrap_or(line).to_vec();
                self.at += end + 1;
                return Ok(line);
            }
            searched = unread.len();
            if searched > limit {
                return Err(WireError::Nonsense("a line without end".to_owned()));
            }
            self.more().await?;
        }
    }

    /// So many bytes.
    pub async fn exact(&mut self, count: usize) -> Result<Vec<u8>, WireError> {
        while self.input.len() - self.at < count {
            self.more().await?;
        }
        let bytes = self.input[self.at..self.at + count].to_vec();
        self.at += count;
        Ok(bytes)
    }
}

fn tls(verify: bool) -> Result<ClientConfig, rustls::Error> {
    let provider = Arc::new(ring::default_provider());
    let builder = ClientConfig::builder_with_provider(Arc::clone(&provider))
        .with_safe_default_protocol_versions()?;
    if !verify {
        return Ok(builder
            .dangerous()
            .with_custom_certificate_verifier(Arc::new(AnyCertificate(provider)))
            .with_no_client_auth());
    }
    let mut roots = RootCertStore::empty();
    // A broken certificate among those of the system is no reason to trust none.
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    Ok(builder.with_root_certificates(roots).with_no_client_auth())
}

/// For accounts whose administrator said that their server's certificate is not to be looked at.
#[derive(Debug)]
struct AnyCertificate(Arc<CryptoProvider>);

impl ServerCertVerifier for AnyCertificate {
    fn verify_server_cert(
        &self,
        _end_entity: &CertificateDer<'_>,
        _intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        _now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(
            message,
            cert,
            dss,
            &self.0.signature_verification_algorithms,
        )
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.0.signature_verification_algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_host_may_bring_its_port() {
        let read = |host| {
            let place = Place::of(host, 143, true, Duration::from_secs(1));
            (place.host, place.port)
        };
        assert_eq!(
            read("mail.example.com"),
            ("mail.example.com".to_owned(), 143)
        );
        assert_eq!(read("127.0.0.1:41143"), ("127.0.0.1".to_owned(), 41_143));
        assert_eq!(read("::1"), ("::1".to_owned(), 143));
        assert_eq!(read("[::1]"), ("::1".to_owned(), 143));
        assert_eq!(read("[::1]:144"), ("::1".to_owned(), 144));
    }
}
