//! The HTTP client: one for each request, with the proxy, the certificates and the time-out that the web service sets.
//!
//! Certificates are checked. Redirects are not followed: the reference system takes them for answers, too. A name that
//! leads to a link-local address, where clouds keep their secrets, is not resolved; who needs such a host writes its
//! address in the web service.

use std::{
    io,
    net::{IpAddr, SocketAddr},
    sync::Arc,
    time::Duration,
};

use compat::Value;
use reqwest::{
    Certificate, Client, Identity, Method, Proxy,
    dns::{Addrs, Name, Resolve, Resolving},
    header::{HeaderMap, HeaderName, HeaderValue},
    redirect::Policy,
};

use super::private_key::{self, Block};

/// What is sent.
#[derive(Debug)]
pub struct Sent {
    pub method: Method,
    pub url: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub content_type: Option<String>,
    pub body: Vec<u8>,
}

/// Why nothing came back.
#[derive(Debug, thiserror::Error)]
pub enum ClientError {
    #[error("{what}: {reason}")]
    File { what: String, reason: String },
    #[error("{0}")]
    Setting(String),
    #[error("Can't connect to {host} ({reason})")]
    Connect { host: String, reason: String },
    #[error("read timeout")]
    TimeOut,
    #[error("{0}")]
    Broken(String),
}

/// Answers may have so many bytes.
const MAX_ANSWER: usize = 100_000_000;

fn text(config: &Value, path: &[&str]) -> Option<String> {
    path.iter()
        .try_fold(config, |value, key| value.get(key))
        .and_then(Value::as_string)
        .filter(|text| !text.is_empty())
}

fn is_yes(config: &Value, path: &[&str]) -> bool {
    text(config, path).as_deref() == Some("Yes")
}

/// Sends one request as `config`, the web service's `Requester` → `Transport` → `Config`, says.
pub async fn send(config: &Value, time_out: Duration, sent: Sent) -> Result<Answer, ClientError> {
    let client = client(config, time_out).await?;
    let mut headers = HeaderMap::new();
    for (name, value) in &sent.headers {
        let parsed = HeaderName::from_bytes(name.as_bytes())
            .ok()
            .zip(HeaderValue::from_bytes(value.as_bytes()).ok());
        let Some((name, value)) = parsed else {
            return Err(ClientError::Setting(format!(
                "The header '{name}' is not allowed by HTTP"
            )));
        };
        headers.insert(name, value);
    }
    let request = client
        .request(sent.method, &sent.url)
        .headers(headers)
        .body(sent.body);
    let mut answer = request.send().await.map_err(|error| why(&error))?;
    let content_type = answer
        .headers()
        .get(reqwest::header::CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .map(str::to_owned);
    let status = answer.status().as_u16();
    let mut body = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|error| why(&error))? {
        if body.len() + chunk.len() > MAX_ANSWER {
            return Err(ClientError::Broken(format!(
                "The answer has more than {MAX_ANSWER} bytes"
            )));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Answer {
        status,
        content_type,
        body,
    })
}

async fn client(config: &Value, time_out: Duration) -> Result<Client, ClientError> {
    let mut builder = Client::builder()
        .user_agent(concat!("Otterdesk/", env!("CARGO_PKG_VERSION")))
        .timeout(time_out)
        .redirect(Policy::none())
        .http1_title_case_headers()
        .pool_max_idle_per_host(0)
        .dns_resolver(Arc::new(NoLinkLocal));
    builder = match proxy(config)? {
        Some(proxy) => builder.proxy(proxy),
        None => builder,
    };
    if is_yes(config, &["Proxy", "UseProxy"]) && is_yes(config, &["Proxy", "ProxyExclude"]) {
        builder = builder.no_proxy();
    }
    if config
        .get("SSLNoHostnameVerification")
        .is_some_and(Value::is_true)
    {
        builder = builder.danger_accept_invalid_hostnames(true);
    }
    if is_yes(config, &["SSL", "UseSSL"]) {
        if let Some(identity) = identity(config).await? {
            builder = builder.identity(identity);
        }
        for certificate in authorities(config).await? {
            builder = builder.add_root_certificate(certificate);
        }
    }
    builder
        .build()
        .map_err(|error| ClientError::Setting(innermost(&error)))
}

fn proxy(config: &Value) -> Result<Option<Proxy>, ClientError> {
    if !is_yes(config, &["Proxy", "UseProxy"]) || is_yes(config, &["Proxy", "ProxyExclude"]) {
        return Ok(None);
    }
    let Some(host) = text(config, &["Proxy", "ProxyHost"]) else {
        return Ok(None);
    };
    let mut proxy = Proxy::all(&host)
        .map_err(|error| ClientError::Setting(format!("ProxyHost '{host}': {error}")))?;
    if let Some(user) = text(config, &["Proxy", "ProxyUser"]) {
        let password = text(config, &["Proxy", "ProxyPassword"]).unwrap_or_default();
        proxy = proxy.basic_auth(&user, &password);
    }
    Ok(Some(proxy))
}

async fn read(what: &str, path: &str) -> Result<Vec<u8>, ClientError> {
    tokio::fs::read(path)
        .await
        .map_err(|error| ClientError::File {
            what: format!("{what} '{path}'"),
            reason: error.to_string(),
        })
}

/// The certificate that we show, with its key.
async fn identity(config: &Value) -> Result<Option<Identity>, ClientError> {
    let Some(path) = text(config, &["SSL", "SSLCertificate"]) else {
        return Ok(None);
    };
    let mut blocks = blocks("SSLCertificate", &path, "CERTIFICATE").await?;
    if let Some(key) = text(config, &["SSL", "SSLKey"]).filter(|key| *key != path) {
        blocks.extend(self::blocks("SSLKey", &key, "PRIVATE KEY").await?);
    }
    Identity::from_pem(private_key::pem(&blocks).as_bytes())
        .map(Some)
        .map_err(|error| ClientError::File {
            what: format!("SSLCertificate '{path}'"),
            reason: innermost(&error),
        })
}

async fn blocks(what: &str, path: &str, label: &str) -> Result<Vec<Block>, ClientError> {
    let bytes = read(what, path).await?;
    private_key::read(&bytes, label).map_err(|error| ClientError::File {
        what: format!("{what} '{path}'"),
        reason: error.to_string(),
    })
}

/// The authorities that are believed beside those of the machine.
async fn authorities(config: &Value) -> Result<Vec<Certificate>, ClientError> {
    let mut files = Vec::new();
    files.extend(text(config, &["SSL", "SSLCAFile"]));
    if let Some(directory) = text(config, &["SSL", "SSLCADir"]) {
        let broken = |error: io::Error| ClientError::File {
            what: format!("SSLCADir '{directory}'"),
            reason: error.to_string(),
        };
        let mut entries = tokio::fs::read_dir(&directory).await.map_err(broken)?;
        while let Some(entry) = entries.next_entry().await.map_err(broken)? {
            if entry.path().is_file() {
                files.push(entry.path().to_string_lossy().into_owned());
            }
        }
    }
    let mut certificates = Vec::new();
    for file in files {
        let blocks = blocks("SSLCAFile", &file, "CERTIFICATE").await?;
        let found = Certificate::from_pem_bundle(private_key::pem(&blocks).as_bytes()).map_err(
            |error| ClientError::File {
                what: format!("SSLCAFile '{file}'"),
                reason: innermost(&error),
            },
        )?;
        certificates.extend(found);
    }
    Ok(certificates)
}

/// Resolves names as the machine does, and leaves out addresses that only this machine's network segment has.
#[derive(Debug)]
struct NoLinkLocal;

impl Resolve for NoLinkLocal {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            let found: Vec<SocketAddr> = tokio::net::lookup_host((name.as_str(), 0))
                .await?
                .filter(|address| !is_link_local(address.ip()))
                .collect();
            if found.is_empty() {
                let refusal = io::Error::other("the name leads to link-local addresses only");
                return Err(refusal.into());
            }
            let addresses: Addrs = Box::new(found.into_iter());
            Ok(addresses)
        })
    }
}

fn is_link_local(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => match address.to_ipv4_mapped() {
            Some(address) => address.is_link_local(),
            None => address.is_unicast_link_local(),
        },
    }
}

/// What lies at the bottom of an error, in its own words.
fn innermost(error: &dyn std::error::Error) -> String {
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}

fn why(error: &reqwest::Error) -> ClientError {
    if error.is_timeout() {
        return ClientError::TimeOut;
    }
    let reason = innermost(error);
    if error.is_connect() {
        let url = error.url();
        let host = url.and_then(reqwest::Url::host_str).unwrap_or_default();
        let port = url.and_then(reqwest::Url::port_or_known_default);
        let reason = reason.split(" (os error").next().unwrap_or_default();
        return ClientError::Connect {
            host: format!("{host}:{}", port.unwrap_or_default()),
            reason: reason.to_owned(),
        };
    }
    ClientError::Broken(reason)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn link_local_addresses_are_known_in_each_notation() {
        for (address, expected) in [
            ("169.254.169.254", true),
            ("fe80::1", true),
            ("::ffff:169.254.1.1", true),
            ("127.0.0.1", false),
            ("10.0.0.1", false),
            ("::1", false),
        ] {
            assert_eq!(
                is_link_local(address.parse().unwrap()),
                expected,
                "{address}"
            );
        }
    }
}
