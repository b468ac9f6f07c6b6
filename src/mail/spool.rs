//! Messages that could not be processed: files under `var/spool`, to be processed again.
//!
//! A file has the name that the Perl system gives it, `problem-email-` and the MD5 of the message in hexadecimal digits,
//! so that either system processes it again. Ours adds `-untrusted` where the `X-OTRS-…` headers must not count.

use std::{
    fs, io,
    io::Write as _,
    path::{Path, PathBuf},
};

use md5::{Digest as _, Md5};

const PREFIX: &str = "problem-email-";
const UNTRUSTED: &str = "-untrusted";

/// The folder of such messages.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Spool(PathBuf);

/// One message that waits.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Kept {
    pub path: PathBuf,
    pub trusted: bool,
}

impl Spool {
    /// The folder that our file names, or `var/spool` in the home of an OTRS installation; none without either.
    pub fn of(configured: Option<&Path>, home: Option<&Path>) -> Option<Self> {
        let folder = configured.map(Path::to_owned);
        folder
            .or_else(|| home.map(|home| home.join("var/spool")))
            .map(Self)
    }

    pub fn folder(&self) -> &Path {
        &self.0
    }

    fn path(&self, raw: &[u8], trusted: bool) -> PathBuf {
        let hex = Md5::digest(raw)
            .iter()
            .fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let suffix = if trusted { "" } else { UNTRUSTED };
        self.0.join(format!("{PREFIX}{hex}{suffix}"))
    }

    /// Keeps a message; the same one again makes no other file. It is on the disk when this returns.
    pub fn keep(&self, raw: &[u8], trusted: bool) -> io::Result<PathBuf> {
        fs::create_dir_all(&self.0)?;
        let path = self.path(raw, trusted);
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // Nobody must take a half-written file for a message.
        let unfinished = self.0.join(format!(".{name}.{}", std::process::id()));
        let mut file = fs::File::create(&unfinished)?;
        file.write_all(raw)?;
        file.sync_all()?;
        fs::rename(&unfinished, &path)?;
        fs::File::open(&self.0)?.sync_all()?;
        Ok(path)
    }

    /// The messages that wait, by name. None when there is no such folder.
    pub fn list(&self) -> io::Result<Vec<Kept>> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            other => other?,
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name();
            let name = name.to_string_lossy();
            if name.starts_with(PREFIX) && entry.file_type()?.is_file() {
                found.push(Kept {
                    path: entry.path(),
                    trusted: !name.ends_with(UNTRUSTED),
                });
            }
        }
        found.sort_by(|one, other| one.path.cmp(&other.path));
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_is_kept_once_under_its_digest() {
        let folder = tempfile::tempdir().unwrap();
        let spool = Spool::of(None, Some(folder.path())).unwrap();
        assert_eq!(spool.list().unwrap(), []);

        let path = spool.keep(b"From: a\n\nHello\n", true).unwrap();
        spool.keep(b"From: a\n\nHello\n", true).unwrap();
        spool.keep(b"From: b\n", false).unwrap();
        fs::write(spool.folder().join("other"), "x").unwrap();

        assert_eq!(
            path.file_name().unwrap().to_str().unwrap(),
            "problem-email-336904255790135df443642e103dd9e8"
        );
        assert_eq!(fs::read(&path).unwrap(), b"From: a\n\nHello\n");
        let trusted: Vec<bool> = spool
            .list()
            .unwrap()
            .iter()
            .map(|kept| kept.trusted)
            .collect();
        assert_eq!(trusted.len(), 2);
        assert!(trusted.contains(&false));
    }
}
