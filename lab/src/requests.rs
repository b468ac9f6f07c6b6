//! Requests that web services send: what arrives at another system for one event, case by case.
//!
//! Each [`Case`] is a web service with one invoker, which a ticket's new title calls; a stylesheet in its outbound mapping
//! gives every case the data that it needs. The reference system's requests are kept in `fixtures/requests/sent.txt`.

use std::{
    fmt::Write as _,
    io::{self, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    sync::{Arc, Mutex, PoisonError},
    thread,
};

use compat::json;

/// The event that calls the invokers.
pub const EVENT: &str = "TicketTitleUpdate";
/// What the names of the web services begin with.
pub const PREFIX: &str = "lab-requests-";
/// The invoker of each of them.
pub const INVOKER: &str = "Echo";

/// One web service.
#[derive(Clone, Copy, Debug)]
pub struct Case {
    pub name: &'static str,
    transport: &'static str,
    /// The settings of the transport; `BASE` stands for the address of the other side.
    config: &'static str,
    /// The data as XML below its root.
    data: &'static str,
}

const ROUTE: &str =
    "Host: BASE\nDefaultCommand: POST\nTimeout: '5'\nInvokerControllerMapping:\n  Echo:\n";
const ENVELOPE: &str =
    "Endpoint: BASE/soap\nNameSpace: urn:x\nTimeout: '5'\nResponseNameScheme: Response\n";
const DATA: &str =
    "<TicketID>a/b c?ü&amp;</TicketID><b>1</b><b>2</b><h><k>v w</k></h><l>äö (!)*~</l>";
const FLAT: &str = "<TicketID>a/b c?ü&amp;</TicketID><b>1</b><b>2</b><l>äö (!)*~</l>";

macro_rules! rest {
    ($name:literal, $route:literal, $more:literal, $data:expr) => {
        (
            Case {
                name: $name,
                transport: "HTTP::REST",
                config: concat!($route, $more),
                data: $data,
            },
            ROUTE,
        )
    };
}

macro_rules! soap {
    ($name:literal, $more:literal) => {
        (
            Case {
                name: $name,
                transport: "HTTP::SOAP",
                config: $more,
                data: DATA,
            },
            ENVELOPE,
        )
    };
}

/// Every case, with the settings that it shares with others.
const CASES: &[(Case, &str)] = &[
    rest!("rest-post", "    Controller: /x/:TicketID\n", "", DATA),
    rest!(
        "rest-post-query",
        "    Controller: /x?a=:l&c=d&e=:none\n",
        "",
        DATA
    ),
    rest!(
        "rest-put",
        "    Controller: /x/:TicketID/:none\n    Command: PUT\n",
        "",
        DATA
    ),
    rest!(
        "rest-patch",
        "    Controller: /x\n    Command: PATCH\n",
        "",
        DATA
    ),
    rest!(
        "rest-get",
        "    Controller: /x/:TicketID?a=:none&c=:TicketID\n    Command: GET\n",
        "",
        FLAT
    ),
    rest!(
        "rest-delete",
        "    Controller: /x/:TicketID\n    Command: DELETE\n",
        "",
        FLAT
    ),
    rest!(
        "rest-options",
        "    Controller: /x\n    Command: OPTIONS\n",
        "",
        FLAT
    ),
    rest!(
        "rest-form",
        "    Controller: /x\n",
        "ContentType: FORM\n",
        FLAT
    ),
    rest!(
        "rest-xml",
        "    Controller: /x\n",
        "ContentType: XML\n",
        DATA
    ),
    rest!(
        "rest-json",
        "    Controller: /x\n",
        "ContentType: JSON\n",
        DATA
    ),
    rest!(
        "rest-headers",
        "    Controller: /x\n",
        "AdditionalHeaders:\n  X-A: b c\n  Content-Type: x/y\n",
        DATA
    ),
    rest!(
        "rest-basic",
        "    Controller: /x\n",
        "Authentication:\n  AuthType: BasicAuth\n  BasicAuthUser: ü:u\n  BasicAuthPassword: 'p:ä'\n",
        DATA
    ),
    soap!(
        "soap-plain",
        "SOAPAction: Yes\nSOAPActionSeparator: '#'\nRequestNameScheme: Plain\n"
    ),
    soap!(
        "soap-no-action",
        "SOAPAction: No\nRequestNameScheme: Request\n"
    ),
    soap!(
        "soap-append",
        "SOAPAction: Yes\nSOAPActionSeparator: /\nRequestNameScheme: Append\nRequestNameFreeText: Foo\n"
    ),
    soap!(
        "soap-free-action",
        "SOAPAction: Yes\nSOAPActionScheme: FreeText\nSOAPActionFreeText: my action\n"
    ),
    soap!(
        "soap-separator-operation",
        "SOAPAction: Yes\nSOAPActionScheme: SeparatorOperation\nSOAPActionSeparator: '#'\n"
    ),
    soap!(
        "soap-operation",
        "SOAPAction: Yes\nSOAPActionScheme: Operation\n"
    ),
    soap!("soap-no-prefix", "SOAPAction: No\nNoNameSpace: 1\n"),
    soap!(
        "soap-fixed-prefix",
        "SOAPAction: No\nFixedNameSpacePrefix: fp\n"
    ),
    soap!(
        "soap-sort",
        "SOAPAction: No\nSort:\n- l: ''\n- h:\n  - k: ''\n"
    ),
    soap!(
        "soap-basic",
        "SOAPAction: No\nAuthentication:\n  AuthType: BasicAuth\n  BasicAuthUser: u\n  BasicAuthPassword: p\n"
    ),
];

/// Every case.
pub fn cases() -> impl Iterator<Item = Case> {
    CASES.iter().map(|(case, _)| *case)
}

impl Case {
    /// The name of the web service.
    pub fn service(&self) -> String {
        format!("{PREFIX}{}", self.name)
    }

    /// The web service as YAML, sending to `authority` (host and port).
    pub fn yaml(&self, authority: &str) -> String {
        let shared = CASES.iter().find(|(case, _)| case.name == self.name);
        let shared = shared.map_or("", |(_, shared)| shared);
        let mut config = String::new();
        for line in shared.lines().chain(self.config.lines()) {
            let line = line.replace("BASE", &format!("http://{authority}/{}", self.name));
            let _ = writeln!(config, "      {line}");
        }
        format!(
            "---\nDebugger:\n  DebugThreshold: error\n  TestMode: '0'\nProvider:\n  Transport:\n    Type: ''\n\
             Requester:\n  Invoker:\n    {INVOKER}:\n      Type: Generic::Tunnel\n      Events:\n      - Asynchronous: '0'\n\
             \x20       Event: {EVENT}\n      MappingOutbound:\n        Type: XSLT\n        Config:\n          Template: |\n\
             \x20           <xsl:stylesheet version=\"1.0\" xmlns:xsl=\"http://www.w3.org/1999/XSL/Transform\">\n\
             \x20             <xsl:template match=\"/RootElement\"><RootElement>{}</RootElement></xsl:template>\n\
             \x20           </xsl:stylesheet>\n  Transport:\n    Type: {}\n    Config:\n{config}",
            self.data, self.transport
        )
    }
}

/// The other side: takes every request and answers it as both transports want.
#[derive(Debug)]
pub struct OtherSide {
    /// Host and port.
    pub authority: String,
    arrived: Arc<Mutex<Vec<String>>>,
}

impl OtherSide {
    pub fn start() -> io::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let authority = listener.local_addr()?.to_string();
        let arrived = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&arrived);
        thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let kept = Arc::clone(&kept);
                thread::spawn(move || serve(stream, &kept));
            }
        });
        Ok(Self { authority, arrived })
    }

    /// Everything that arrived, comparable: by case, without what belongs to the connection.
    pub fn arrived(&self) -> String {
        let mut arrived = self
            .arrived
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone();
        arrived.sort();
        arrived.join("\n")
    }
}

const ANSWER: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body><EchoResponse xmlns=\"urn:x\"><A>1</A></EchoResponse></soap:Body></soap:Envelope>";

fn serve(mut stream: TcpStream, kept: &Mutex<Vec<String>>) {
    let Some((head, body)) = receive(&mut stream) else {
        return;
    };
    let (content, kind) = if head.contains("/soap ") {
        (ANSWER, "text/xml; charset=UTF-8")
    } else {
        ("{\"A\":\"1\"}", "application/json; charset=UTF-8")
    };
    kept.lock()
        .unwrap_or_else(PoisonError::into_inner)
        .push(comparable(&head, &body));
    let answer = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{content}",
        content.len()
    );
    // A client that is gone does not mind.
    let _ = stream.write_all(answer.as_bytes());
}

fn receive(stream: &mut TcpStream) -> Option<(String, String)> {
    let mut bytes = Vec::new();
    let mut chunk = [0; 8192];
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let line = line.to_ascii_lowercase();
                line.strip_prefix("content-length:")?.trim().parse().ok()
            });
            if body.len() >= length.unwrap_or(0) {
                return Some((head.to_owned(), body.to_owned()));
            }
        }
        match stream.read(&mut chunk) {
            Ok(0) | Err(_) => return None,
            Ok(size) => bytes.extend_from_slice(chunk.get(..size)?),
        }
    }
}

/// Header lines of the connection and of the client itself.
const OWN: [&str; 7] = [
    "host",
    "user-agent",
    "content-length",
    "connection",
    "te",
    "accept",
    "accept-encoding",
];

/// Perl sends keys in an order that changes from run to run; here they are sorted.
fn comparable(head: &str, body: &str) -> String {
    let mut lines = head.lines();
    let mut request = lines.next().unwrap_or_default().split(' ');
    let method = request.next().unwrap_or_default();
    let target = request.next().unwrap_or_default();
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let mut out = format!("{path}\n{method} ?{}\n", sorted(query));
    let mut headers: Vec<String> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value))
        .filter(|(name, _)| !OWN.contains(&name.as_str()))
        .map(|(name, value)| format!("{name}: {value}\n"))
        .collect();
    headers.sort();
    out.push_str(&headers.concat());
    let is_form = headers
        .iter()
        .any(|line| line.contains("x-www-form-urlencoded"));
    let body = match json::read(body) {
        Ok(value) => json::write(&value),
        Err(_) if is_form => sorted(body),
        Err(_) => without_counts(body),
    };
    out.push_str(&body);
    out.push('\n');
    out
}

/// Perl's SOAP counts the name spaces that a process has met: `namesp1`, `namesp2`.
fn without_counts(body: &str) -> String {
    let mut parts = body.split("namesp");
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        out.push_str("namesp1");
        out.push_str(part.trim_start_matches(|digit: char| digit.is_ascii_digit()));
    }
    out
}

fn sorted(pairs: &str) -> String {
    let mut pairs: Vec<&str> = pairs.split('&').collect();
    pairs.sort_unstable();
    pairs.join("&")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_are_not_counted() {
        assert_eq!(
            without_counts("<namesp12:A xmlns:namesp12=\"urn:x\">1</namesp12:A>"),
            "<namesp1:A xmlns:namesp1=\"urn:x\">1</namesp1:A>"
        );
    }

    #[test]
    fn what_belongs_to_the_connection_is_left_out() {
        assert_eq!(
            comparable(
                "POST /a?c=1&b=2 HTTP/1.1\r\nHost: x\r\nX-B: 1\r\nContent-Type: t",
                "{\"b\":1,\"a\":2}"
            ),
            "/a\nPOST ?b=2&c=1\ncontent-type: t\nx-b: 1\n{\"a\":2,\"b\":1}\n"
        );
    }
}
