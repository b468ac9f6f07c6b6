//! IMAP as a client: the few commands that take messages out of a folder (RFC 3501, SASL-IR: RFC 4959).
//!
//! A crate would bring the whole protocol and a second copy of what reads the stream; seven commands need neither.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::{
    Encryption, Kind,
    fetch::Item,
    wire::{Place, Wire, WireError},
};

/// Bytes of one answer without its literals.
const LINE: usize = 1024 * 1024;
/// Answers without tag that are kept of one command.
const UNTAGGED: usize = 100_000;

/// An answer without tag: its text, and the literals within.
struct Untagged {
    text: String,
    literals: Vec<Vec<u8>>,
}

pub(super) struct Imap {
    wire: Wire,
    tag: u32,
}

/// A text as an IMAP string in quotes; none when it can not be one.
fn quoted(text: &str) -> Option<String> {
    if !text.chars().all(|c| (' '..='~').contains(&c)) {
        return None;
    }
    Some(format!(
        "\"{}\"",
        text.replace('\\', "\\\\").replace('"', "\\\"")
    ))
}

/// The length of the literal that a line announces at its end.
fn announced(line: &str) -> Option<usize> {
    let number = line.strip_suffix('}')?.rsplit_once('{')?.1;
    number.parse().ok()
}

impl Imap {
    pub async fn open(place: Place, kind: Kind) -> Result<Self, WireError> {
        let encrypted = kind.encryption() == Encryption::FromTheStart;
        let wire = Wire::connect(place, encrypted).await?;
        let mut imap = Self { wire, tag: 0 };
        let greeting = imap.unit(0).await?.text;
        if !greeting.starts_with("* OK") {
            return Err(WireError::Refused(greeting));
        }
        if kind.encryption() == Encryption::Upgraded {
            imap.command("STARTTLS", 0).await?;
            imap.wire = imap.wire.encrypt().await?;
        }
        Ok(imap)
    }

    /// One answer, to the end of its last line.
    async fn unit(&mut self, limit: usize) -> Result<Untagged, WireError> {
        let (mut text, mut literals) = (String::new(), Vec::new());
        loop {
            let line = self.wire.line(LINE).await?;
            text.push_str(&String::from_utf8_lossy(&line));
            let Some(length) = announced(&text) else {
                return Ok(Untagged { text, literals });
            };
            if length > limit {
                return Err(WireError::TooLarge);
            }
            literals.push(self.wire.exact(length).await?);
            // What follows the literal must not be taken for another announcement of the same.
            text.push(' ');
            if text.len() > LINE {
                return Err(WireError::Nonsense("an answer without end".to_owned()));
            }
        }
    }

    /// The answers without tag to a command that the server did; literals of so many bytes at most.
    async fn command(&mut self, command: &str, limit: usize) -> Result<Vec<Untagged>, WireError> {
        self.tag += 1;
        let tag = format!("{} ", self.tag);
        self.wire
            .send(format!("{tag}{command}\r\n").as_bytes())
            .await?;
        self.answers(&tag, limit).await
    }

    async fn answers(&mut self, tag: &str, limit: usize) -> Result<Vec<Untagged>, WireError> {
        let mut untagged = Vec::new();
        loop {
            let unit = self.unit(limit).await?;
            if let Some(status) = unit.text.strip_prefix(tag) {
                if status
                    .get(..2)
                    .is_some_and(|word| word.eq_ignore_ascii_case("OK"))
                {
                    return Ok(untagged);
                }
                return Err(WireError::Refused(status.to_owned()));
            }
            if unit.text.starts_with('+') {
                // It wants to hear more about a login that failed, and there is nothing more to say.
                self.wire.send(b"\r\n").await?;
            } else if untagged.len() < UNTAGGED {
                untagged.push(unit);
            }
        }
    }

    pub async fn login(&mut self, user: &str, password: &str) -> Result<(), WireError> {
        let login = match (quoted(user), quoted(password)) {
            (Some(user), Some(password)) => {
                self.command(&format!("LOGIN {user} {password}"), 0).await
            }
            _ => self.login_in_bytes(user, password).await,
        };
        login.map(drop).map_err(as_login)
    }

    /// Texts that do not fit between quotes are sent as literals.
    async fn login_in_bytes(
        &mut self,
        user: &str,
        password: &str,
    ) -> Result<Vec<Untagged>, WireError> {
        self.tag += 1;
        let tag = format!("{} ", self.tag);
        let mut line = format!("{tag}LOGIN");
        for text in [user, password] {
            let line_with_length = format!("{line} {{{}}}\r\n", text.len());
            self.wire.send(line_with_length.as_bytes()).await?;
            let answer = self.unit(0).await?.text;
            if !answer.starts_with('+') {
                return Err(WireError::Login(answer));
            }
            text.clone_into(&mut line);
        }
        line.push_str("\r\n");
        self.wire.send(line.as_bytes()).await?;
        self.answers(&tag, 0).await
    }

    pub async fn login_with_token(&mut self, user: &str, token: &str) -> Result<(), WireError> {
        let proof = STANDARD.encode(super::fetch::xoauth2(user, token));
        let command = format!("AUTHENTICATE XOAUTH2 {proof}");
        let login = self.command(&command, 0).await;
        login.map(drop).map_err(as_login)
    }

    /// The messages of a folder that nobody has marked as deleted, so many at most; and the number of all of them.
    pub async fn list(
        &mut self,
        folder: &str,
        at_most: usize,
    ) -> Result<(Vec<Item>, usize), WireError> {
        let name = quoted(folder)
            .ok_or_else(|| WireError::Refused(format!("`{folder}` is no name of a folder")))?;
        let answers = self.command(&format!("SELECT {name}"), LINE).await?;
        let exists = |answer: &Untagged| {
            let mut words = answer.text.split_ascii_whitespace().skip(1);
            let count = words.next()?.parse::<usize>().ok()?;
            words
                .next()?
                .eq_ignore_ascii_case("EXISTS")
                .then_some(count)
        };
        if answers.iter().find_map(exists).unwrap_or_default() == 0 {
            return Ok((Vec::new(), 0));
        }
        let answers = self
            .command("UID FETCH 1:* (UID FLAGS RFC822.SIZE)", LINE)
            .await?;
        let mut items: Vec<Item> = answers
            .iter()
            .filter_map(|answer| item(&answer.text))
            .collect();
        items.sort_by_key(|item| item.id);
        let count = items.len();
        items.truncate(at_most);
        Ok((items, count))
    }

    /// A message as the server has it. It is not marked as read: whoever looks at the folder finds what is left as it was.
    pub async fn fetch(&mut self, id: u64, limit: usize) -> Result<Vec<u8>, WireError> {
        let answers = self
            .command(&format!("UID FETCH {id} BODY.PEEK[]"), limit)
            .await?;
        let mut literals = answers
            .into_iter()
            .filter(|answer| is_fetch(&answer.text))
            .flat_map(|answer| answer.literals);
        literals
            .next()
            .ok_or_else(|| WireError::Nonsense(format!("no text for message {id}")))
    }

    /// Marks a message; it is gone after [`Self::close`].
    pub async fn delete(&mut self, id: u64) -> Result<(), WireError> {
        let command = format!("UID STORE {id} +FLAGS.SILENT (\\Deleted)");
        self.command(&command, LINE).await.map(drop)
    }

    pub async fn close(mut self) -> Result<(), WireError> {
        self.command("CLOSE", LINE).await?;
        // The messages are gone; how the server says goodbye does not matter.
        let _ = self.command("LOGOUT", LINE).await;
        Ok(())
    }
}

fn is_fetch(text: &str) -> bool {
    text.split_ascii_whitespace()
        .nth(2)
        .is_some_and(|word| word.eq_ignore_ascii_case("FETCH"))
}

/// `* 1 FETCH (UID 7 FLAGS (\Seen) RFC822.SIZE 238)`; none when the message is marked as deleted.
fn item(text: &str) -> Option<Item> {
    if !is_fetch(text) {
        return None;
    }
    let text = text.to_ascii_uppercase();
    if text.contains("\\DELETED") {
        return None;
    }
    let number = |name: &str| {
        let rest = text.split_once(name)?.1;
        let digits = rest.split(|c: char| !c.is_ascii_digit()).next()?;
        digits.parse().ok()
    };
    Some(Item {
        id: number("UID ")?,
        size: number("RFC822.SIZE ")?,
    })
}

fn as_login(error: WireError) -> WireError {
    match error {
        WireError::Refused(text) => WireError::Login(text),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_are_read() {
        let found = item("* 1 FETCH (UID 7 FLAGS (\\Seen \\Recent) RFC822.SIZE 238)");
        assert_eq!(found, Some(Item { id: 7, size: 238 }));
        assert_eq!(
            item("* 1 FETCH (UID 7 FLAGS (\\Deleted) RFC822.SIZE 238)"),
            None
        );
        assert_eq!(item("* 5 EXPUNGE"), None);
        assert_eq!(announced("* 1 FETCH (BODY[] {12}"), Some(12));
        assert_eq!(announced("* OK {12} apples"), None);
        assert_eq!(
            quoted("pass\"wo\\rd"),
            Some("\"pass\\\"wo\\\\rd\"".to_owned())
        );
        assert_eq!(quoted("pässword"), None);
    }
}
