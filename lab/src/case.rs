//! A case: one request with a telling name. Requests are built here and sent by [`crate::client`].
//!
//! Placeholders in path, headers and body are filled for each target before sending:
//! `{session agent:LOGIN}` and `{session customer:LOGIN}` become the id of a session opened there (one for each
//! placeholder text, so `{session agent:LOGIN#second}` is another one). `{made ticket}`, `{made number}` and
//! `{made article}` become what an earlier step of the case created last.

use std::fmt::Write as _;

use serde_json::Value;

/// The script that serves web services.
pub const SCRIPT: &str = "/otrs/nph-genericinterface.pl";
/// The password of every person that the seed makes.
pub const PASSWORD: &str = "lab-pw";

/// One request and where it belongs.
#[derive(Clone, Debug)]
#[expect(
    clippy::struct_excessive_bools,
    reason = "each says another thing about how the case is sent or compared"
)]
pub struct Case {
    /// The snapshot file that keeps its answer.
    pub group: &'static str,
    /// Unique within the group.
    pub name: String,
    pub method: String,
    /// Path and query as sent.
    pub target: String,
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
    /// Whether a `Content-Length` that fits is added.
    pub add_length: bool,
    /// Whether the entries in the debug log belong to the answer.
    pub logged: bool,
    /// Whether it is meant to write: its rows are recorded with the second of the request.
    pub writes: bool,
    /// Requests that go before it, such as the creation of the ticket that it changes.
    pub before: Vec<Case>,
    /// Whether the answers and rows of the steps before it are compared with its own.
    pub whole: bool,
}

impl Case {
    /// A request to any path of the server.
    pub fn new(
        group: &'static str,
        name: impl Into<String>,
        method: &str,
        target: impl Into<String>,
    ) -> Self {
        Self {
            group,
            name: name.into(),
            method: method.to_owned(),
            target: target.into(),
            headers: Vec::new(),
            body: Vec::new(),
            add_length: true,
            logged: false,
            writes: false,
            before: Vec::new(),
            whole: false,
        }
    }

    /// A request to the REST service that has every operation.
    pub fn rest(group: &'static str, name: impl Into<String>, method: &str, path: &str) -> Self {
        Self::service(group, name, method, "GenericTicketConnectorREST", path)
    }

    /// A request to a service by its name; `path` begins with a slash or is empty.
    pub fn service(
        group: &'static str,
        name: impl Into<String>,
        method: &str,
        service: &str,
        path: &str,
    ) -> Self {
        Self::new(
            group,
            name,
            method,
            format!("{SCRIPT}/Webservice/{service}{path}"),
        )
    }

    /// A call of an operation of the SOAP service that has every operation.
    pub fn soap(
        group: &'static str,
        name: impl Into<String>,
        operation: &str,
        parameters: &[(&str, &str)],
    ) -> Self {
        let inner = parameters
            .iter()
            .map(|(k, v)| format!("<{k}>{}</{k}>", escape(v)))
            .collect::<Vec<_>>()
            .concat();
        Self::soap_raw(group, name, operation, &inner)
    }

    /// The same with the parameters as XML.
    pub fn soap_raw(
        group: &'static str,
        name: impl Into<String>,
        operation: &str,
        inner: &str,
    ) -> Self {
        Self::soap_service(
            group,
            name,
            "GenericTicketConnectorSOAP",
            &envelope("http://www.otrs.org/TicketConnector/", operation, inner),
            &format!("http://www.otrs.org/TicketConnector/#{operation}"),
        )
    }

    /// A whole envelope to a SOAP service.
    pub fn soap_service(
        group: &'static str,
        name: impl Into<String>,
        service: &str,
        envelope: &str,
        action: &str,
    ) -> Self {
        Self::service(group, name, "POST", service, "")
            .header("Content-Type", "text/xml; charset=utf-8")
            .header("SOAPAction", &format!("\"{action}\""))
            .body(envelope)
    }

    /// Adds a query parameter, percent-encoded.
    #[must_use]
    pub fn param(self, key: &str, value: &str) -> Self {
        let pair = format!("{}={}", percent(key), percent(value));
        self.raw_query(&pair)
    }

    /// Adds text to the query as it is.
    #[must_use]
    pub fn raw_query(mut self, text: &str) -> Self {
        self.target
            .push(if self.target.contains('?') { '&' } else { '?' });
        self.target.push_str(text);
        self
    }

    /// Signs in with login and password of an agent.
    #[must_use]
    pub fn agent(self, login: &str) -> Self {
        let password = if login == "root@localhost" {
            "root"
        } else {
            PASSWORD
        };
        self.param("UserLogin", login).param("Password", password)
    }

    /// Signs in with login and password of a customer.
    #[must_use]
    pub fn customer(self, login: &str) -> Self {
        self.param("CustomerUserLogin", login)
            .param("Password", PASSWORD)
    }

    #[must_use]
    pub fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    #[must_use]
    pub fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// A JSON body with its content type.
    #[must_use]
    pub fn json(self, value: &Value) -> Self {
        self.header("Content-Type", "application/json")
            .body(value.to_string())
    }

    /// Compares what the request leaves in the debug log too.
    #[must_use]
    pub fn logged(mut self) -> Self {
        self.logged = true;
        self
    }

    /// Says that it is meant to write.
    #[must_use]
    pub fn writing(mut self) -> Self {
        self.writes = true;
        self
    }

    /// Sends another request first.
    #[must_use]
    pub fn after(mut self, step: Self) -> Self {
        self.before.push(step);
        self
    }

    /// Leaves `Content-Length` to the case's own headers.
    #[must_use]
    pub fn own_length(mut self) -> Self {
        self.add_length = false;
        self
    }

    /// The bytes on the wire, after `fill` has replaced the placeholders.
    pub fn wire(&self, host: &str, mut fill: impl FnMut(&str) -> String) -> Vec<u8> {
        let target = fill_text(&self.target, &mut fill);
        let body = match std::str::from_utf8(&self.body) {
            Ok(text) => fill_text(text, &mut fill).into_bytes(),
            Err(_) => self.body.clone(),
        };
        let mut head = format!(
            "{} {target} HTTP/1.1\r\nHost: {host}\r\nUser-Agent: lab\r\n",
            self.method
        );
        for (name, value) in &self.headers {
            let _ = write!(head, "{name}: {}\r\n", fill_text(value, &mut fill));
        }
        if self.add_length
            && (!body.is_empty() || matches!(self.method.as_str(), "POST" | "PUT" | "PATCH"))
        {
            let _ = write!(head, "Content-Length: {}\r\n", body.len());
        }
        head.push_str("Connection: close\r\n\r\n");
        let mut wire = head.into_bytes();
        wire.extend_from_slice(&body);
        wire
    }
}

fn fill_text(text: &str, fill: &mut impl FnMut(&str) -> String) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = [rest.find("{session "), rest.find("{made ")]
        .into_iter()
        .flatten()
        .min()
    {
        let Some(length) = rest[start..].find('}') else {
            break;
        };
        out.push_str(&rest[..start]);
        let inside = &rest[start + 1..start + length];
        out.push_str(&fill(inside.strip_prefix("session ").unwrap_or(inside)));
        rest = &rest[start + length + 1..];
    }
    out.push_str(rest);
    out
}

/// A SOAP 1.1 envelope around one call.
pub fn envelope(namespace: &str, element: &str, inner: &str) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?><soapenv:Envelope xmlns:soapenv=\"http://schemas.xmlsoap.org/soap/envelope/\" \
         xmlns:t=\"{namespace}\"><soapenv:Header/><soapenv:Body><t:{element}>{inner}</t:{element}></soapenv:Body></soapenv:Envelope>"
    )
}

/// Text inside an XML element.
pub fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

/// Percent-encodes everything but unreserved characters.
pub fn percent(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        if byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte) {
            out.push(char::from(byte));
        } else {
            let _ = write!(out, "%{byte:02X}");
        }
        out
    })
}
