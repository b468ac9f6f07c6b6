//! POP3 as a client (RFC 1939, STLS: RFC 2595, AUTH: RFC 5034).

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Encryption, Kind,
    fetch::Item,
    wire::{Place, Wire, WireError},
};

const LINE: usize = 64 * 1024;

pub(super) struct Pop3(Wire);

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Pop3 {
    pub async fn open(place: Place, kind: Kind) -> Result<Self, WireError> {
        let encrypted = kind.encryption() == Encryption::FromTheStart;
        let mut pop3 = Self(Wire::connect(place, encrypted).await?);
        pop3.answer().await?;
        if kind.encryption() == Encryption::Upgraded {
            pop3.command("STLS").await?;
            pop3 = Self(pop3.0.encrypt().await?);
        }
        Ok(pop3)
    }

    /// The text behind `+OK`.
    async fn answer(&mut self) -> Result<String, WireError> {
        let line = lossy(&self.0.line(LINE).await?);
        if let Some(text) = line.strip_prefix("+OK") {
            return Ok(text.trim().to_owned());
        }
        match line.strip_prefix("-ERR") {
            Some(text) => Err(WireError::Refused(text.trim().to_owned())),
            None => Err(WireError::Nonsense(line)),
        }
    }

    async fn command(&mut self, command: &str) -> Result<String, WireError> {
        self.0.send(format!("{command}\r\n").as_bytes()).await?;
        self.answer().await
    }

    pub async fn login(&mut self, user: &str, password: &str) -> Result<(), WireError> {
        if [user, password]
            .iter()
            .any(|text| text.contains(['\r', '\n']))
        {
            return Err(WireError::Login(
                "a line end in login or password".to_owned(),
            ));
        }
        let login = async {
            self.command(&format!("USER {user}")).await?;
            self.command(&format!("PASS {password}")).await
        };
        login.await.map(drop).map_err(as_login)
    }

    /// XOAUTH2 in two steps: not every server takes the token together with the command.
    pub async fn login_with_token(&mut self, user: &str, token: &str) -> Result<(), WireError> {
        self.0.send(b"AUTH XOAUTH2\r\n").await?;
        let line = lossy(&self.0.line(LINE).await?);
        if !line.starts_with('+') {
            return Err(WireError::Login(line));
        }
        let proof = STANDARD.encode(super::fetch::xoauth2(user, token));
        self.0.send(format!("{proof}\r\n").as_bytes()).await?;
        let line = lossy(&self.0.line(LINE).await?);
        if line.starts_with("+OK") {
            return Ok(());
        }
        Err(WireError::Login(line))
    }

    /// The messages that wait, so many at most; and the number of all.
    pub async fn list(&mut self, at_most: usize) -> Result<(Vec<Item>, usize), WireError> {
        self.command("LIST").await?;
        let (mut items, mut count) = (Vec::new(), 0);
        loop {
            let line = self.0.line(LINE).await?;
            if line == b"." {
                return Ok((items, count));
            }
            count += 1;
            let text = lossy(&line);
            let mut numbers = text.split_ascii_whitespace().map(str::parse);
            match (numbers.next(), numbers.next()) {
                (Some(Ok(id)), Some(Ok(size))) if items.len() < at_most => {
                    items.push(Item { id, size });
                }
                (Some(Ok(_)), Some(Ok(_))) => {}
                _ => return Err(WireError::Nonsense(text)),
            }
        }
    }

    /// A message with LF at its line ends.
    pub async fn fetch(&mut self, id: u64, limit: usize) -> Result<Vec<u8>, WireError> {
        self.command(&format!("RETR {id}")).await?;
        let mut message = Vec::new();
        loop {
            let line = self.0.line(limit).await?;
            match line.strip_prefix(b".") {
                Some(b"") => return Ok(message),
                Some(rest) => message.extend_from_slice(rest),
                None => message.extend_from_slice(&line),
            }
            message.push(b'\n');
            if message.len() > limit {
                return Err(WireError::TooLarge);
            }
        }
    }

    /// Marks a message; it is gone after [`Self::close`].
    pub async fn delete(&mut self, id: u64) -> Result<(), WireError> {
        self.command(&format!("DELE {id}")).await.map(drop)
    }

    pub async fn close(mut self) -> Result<(), WireError> {
        self.command("QUIT").await.map(drop)
    }
}

fn as_login(error: WireError) -> WireError {
    match error {
        WireError::Refused(text) => WireError::Login(text),
        other => other,
    }
}
