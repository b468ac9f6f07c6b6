//! Whose request it is, when proxies stand between the client and us.
//!
//! Sessions are bound to an address and failed logins are counted by it, so a client must not be able to choose its own:
//! only what a trusted proxy wrote into `X-Forwarded-For` counts.

use std::{net::IpAddr, str::FromStr};

use actix_web::HttpRequest;
use ipnet::IpNet;
use serde::Deserialize;

const HEADER: &str = "x-forwarded-for";

/// The proxies whose word about their clients is believed; by default there are none.
#[derive(Clone, Debug, Default, Deserialize, PartialEq)]
#[serde(try_from = "Vec<String>")]
pub struct TrustedProxies(Vec<IpNet>);

/// An entry that is neither an address nor a network.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[error(
    "`{0}` names no trusted proxy: wanted is an address such as 127.0.0.1, or a network such as 10.0.0.0/8"
)]
pub struct NoProxy(String);

impl TrustedProxies {
    /// Errors: the first entry that is neither an address nor a network.
    fn from_entries<'a>(entries: impl Iterator<Item = &'a str>) -> Result<Self, NoProxy> {
        let network = |entry: &str| {
            let address = entry.parse().map(|address: IpAddr| address.to_canonical());
            match address {
                Ok(address) => Ok(IpNet::from(address)),
                Err(_) => entry.parse().map_err(|_| NoProxy(entry.to_owned())),
            }
        };
        entries.map(network).collect::<Result<_, _>>().map(Self)
    }

    fn contains(&self, address: IpAddr) -> bool {
        self.0.iter().any(|network| network.contains(&address))
    }
}

impl TryFrom<Vec<String>> for TrustedProxies {
    type Error = NoProxy;

    fn try_from(entries: Vec<String>) -> Result<Self, NoProxy> {
        Self::from_entries(entries.iter().map(String::as_str))
    }
}

/// Entries with commas between them; nothing at all is no proxy.
impl FromStr for TrustedProxies {
    type Err = NoProxy;

    fn from_str(text: &str) -> Result<Self, NoProxy> {
        if text.trim().is_empty() {
            return Ok(Self::default());
        }
        Self::from_entries(text.split(',').map(str::trim))
    }
}

/// The client's address: the peer's, or behind trusted proxies the rightmost one in `X-Forwarded-For` that is none of
/// them. Where no such address is found, the farthest proxy speaks for its client.
///
/// A malformed value ends the search: what stands to the left of it was not written by a proxy that we trust, and could
/// have been made up.
pub fn remote_addr(request: &HttpRequest, trusted: &TrustedProxies) -> Option<IpAddr> {
    let mut hop = request.peer_addr()?.ip().to_canonical();
    let lines: Vec<_> = request.headers().get_all(HEADER).collect();
    let mut before = lines
        .iter()
        .rev()
        .flat_map(|line| line.as_bytes().rsplit(|byte| *byte == b','))
        .map(<[u8]>::trim_ascii)
        .filter(|value| !value.is_empty());
    while trusted.contains(hop)
        && let Some(address) = before.next().and_then(address)
    {
        hop = address;
    }
    Some(hop)
}

/// An address, with or without a port: `192.0.2.1`, `192.0.2.1:50000`, `2001:db8::1`, `[2001:db8::1]:50000`.
fn address(value: &[u8]) -> Option<IpAddr> {
    let text = str::from_utf8(value).ok()?;
    let bare = || text.strip_prefix('[')?.strip_suffix(']')?.parse().ok();
    let with_port = || {
        text.parse()
            .ok()
            .map(|address: std::net::SocketAddr| address.ip())
    };
    let address: IpAddr = text.parse().ok().or_else(with_port).or_else(bare)?;
    Some(address.to_canonical())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    const TRUSTED: &str = "127.0.0.1, 10.0.0.0/8, 2001:db8:1::/48";

    /// The address found for a peer and the lines of the header that it sends.
    fn found(trusted: &str, peer: &str, lines: &[&str]) -> String {
        let peer: IpAddr = peer.parse().unwrap();
        let mut request = TestRequest::default().peer_addr((peer, 50_000).into());
        for line in lines {
            request = request.append_header((HEADER, *line));
        }
        remote_addr(&request.to_http_request(), &trusted.parse().unwrap())
            .unwrap()
            .to_string()
    }

    #[test]
    fn only_a_trusted_peer_may_speak_for_others() {
        let line = ["203.0.113.7"];
        assert_eq!(found(TRUSTED, "127.0.0.1", &line), "203.0.113.7");
        assert_eq!(found(TRUSTED, "10.200.0.1", &line), "203.0.113.7");
        assert_eq!(found(TRUSTED, "192.0.2.1", &line), "192.0.2.1");
        assert_eq!(found("", "127.0.0.1", &line), "127.0.0.1");
        assert_eq!(found(TRUSTED, "127.0.0.1", &[]), "127.0.0.1");
    }

    #[test]
    fn the_rightmost_address_that_is_no_trusted_proxy_counts() {
        for (lines, expected) in [
            (&["198.51.100.9, 203.0.113.7"][..], "203.0.113.7"),
            (&["198.51.100.9, 203.0.113.7, 10.0.0.2"], "203.0.113.7"),
            (&["198.51.100.9", "203.0.113.7 ,10.0.0.2"], "203.0.113.7"),
            (&["203.0.113.7", "10.0.0.2,, "], "203.0.113.7"),
            (&["10.0.0.3, 10.0.0.2"], "10.0.0.3"),
            (&["127.0.0.1, 203.0.113.7"], "203.0.113.7"),
        ] {
            assert_eq!(found(TRUSTED, "127.0.0.1", lines), expected, "{lines:?}");
        }
    }

    #[test]
    fn nothing_is_believed_to_the_left_of_a_malformed_value() {
        for value in [
            "unknown",
            "unix:",
            "203.0.113.300",
            "_hidden",
            "10.0.0.0/8",
            "\u{e9}",
        ] {
            let lines = [format!("198.51.100.9, {value}, 10.0.0.2")];
            let lines = lines.each_ref().map(String::as_str);
            assert_eq!(found(TRUSTED, "127.0.0.1", &lines), "10.0.0.2", "{value}");
        }
        let lines = ["unknown, 203.0.113.7"];
        assert_eq!(found(TRUSTED, "127.0.0.1", &lines), "203.0.113.7");
    }

    #[test]
    fn addresses_come_with_ports_and_in_both_families() {
        for (value, expected) in [
            ("203.0.113.7:50000", "203.0.113.7"),
            ("::ffff:203.0.113.7", "203.0.113.7"),
            ("2001:DB8:2:0::7", "2001:db8:2::7"),
            ("[2001:db8:2::7]", "2001:db8:2::7"),
            ("[2001:db8:2::7]:50000", "2001:db8:2::7"),
        ] {
            assert_eq!(found(TRUSTED, "2001:db8:1::5", &[value]), expected);
        }
        let line = ["203.0.113.7"];
        assert_eq!(found(TRUSTED, "::ffff:10.0.0.1", &line), "203.0.113.7");
        assert_eq!(found("::ffff:10.0.0.1", "10.0.0.1", &line), "203.0.113.7");
        assert_eq!(found(TRUSTED, "::ffff:192.0.2.1", &line), "192.0.2.1");
    }

    #[test]
    fn an_entry_that_is_no_address_is_refused_by_name() {
        for entry in ["proxy.example.com", "10.0.0.0/33", "10.0.0", "127.0.0.1:80"] {
            let error = format!("127.0.0.1, {entry}").parse::<TrustedProxies>();
            assert_eq!(error, Err(NoProxy(entry.to_owned())));
        }
        assert_eq!(
            "127.0.0.1,"
                .parse::<TrustedProxies>()
                .unwrap_err()
                .to_string(),
            "`` names no trusted proxy: wanted is an address such as 127.0.0.1, or a network such as 10.0.0.0/8"
        );
        assert_eq!(" ".parse(), Ok(TrustedProxies::default()));
    }
}
