//! The back end in the file system: a folder `YYYY/MM/DD/ARTICLE` with a file for each attachment.
//!
//! Beside the file `a.pdf` stand `a.pdf.content_type` and, where there is something to say, `.content_id`,
//! `.content_alternative` and `.disposition`; `plain.txt` is the mail as it came in. Folders and files belong to the
//! group, as both systems may run under different users of one group. Whatever is not a regular file is not looked at,
//! so that no link leads out of the folder.

use std::{
    collections::{HashMap, HashSet},
    fs,
    io::{self, Write as _},
    os::unix::fs::PermissionsExt as _,
    path::{Path, PathBuf},
};

use super::{NewPart, Part, Size, StorageError, name};
use crate::ticket::article::ArticleId;

const FOLDER_MODE: u32 = 0o2770;
const FILE_MODE: u32 = 0o660;

/// The folder of one article, under that of all.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ArticlePath {
    pub article: ArticleId,
    relative: PathBuf,
}

impl ArticlePath {
    /// `None` for a `content_path` that is none: a date, `2026/01/23`, and nothing that leads elsewhere.
    pub fn new(article: ArticleId, content_path: &str) -> Option<Self> {
        let is_number =
            |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        if article.0 <= 0 || !content_path.split('/').all(is_number) {
            return None;
        }
        Some(Self {
            article,
            relative: Path::new(content_path).join(article.0.to_string()),
        })
    }
}

/// The folder with the files of all articles.
#[derive(Clone, Debug)]
pub struct Folder(PathBuf);

/// An attachment as its files have it.
#[derive(Clone, Debug, PartialEq)]
pub struct Stored {
    pub name: String,
    /// Bytes of its file.
    pub size: u64,
    /// `None` for a file of before OTRS 2.1, and `first_line` in its place.
    pub content_type: Option<Vec<u8>>,
    pub first_line: Option<Vec<u8>>,
    pub content_id: Option<Vec<u8>>,
    pub alternative: Option<Vec<u8>>,
    pub disposition: Option<Vec<u8>>,
    pub content: Option<Vec<u8>>,
}

impl Folder {
    pub fn new(path: PathBuf) -> Self {
        Self(path)
    }

    fn of(&self, path: &ArticlePath) -> PathBuf {
        self.0.join(&path.relative)
    }

    /// The parts of these articles; those that can not be read are told to the log and left out.
    pub async fn list(
        &self,
        paths: Vec<ArticlePath>,
        with_content: bool,
    ) -> HashMap<ArticleId, Vec<Part>> {
        let folder = self.clone();
        let work = move || {
            let mut found = HashMap::new();
            for path in paths {
                let folder = folder.of(&path);
                let parts: Vec<Part> = match names(&folder) {
                    Ok(names) => {
                        let read = |name: &String| match stored(&folder, name, with_content) {
                            Ok(stored) => Some(Part::from(stored)),
                            Err(error) => {
                                complain(&folder.join(name), &error);
                                None
                            }
                        };
                        names.iter().filter_map(read).collect()
                    }
                    Err(error) => {
                        complain(&folder, &error);
                        Vec::new()
                    }
                };
                if !parts.is_empty() {
                    found.insert(path.article, parts);
                }
            }
            found
        };
        tokio::task::spawn_blocking(work).await.unwrap_or_default()
    }

    /// Every attachment of an article with its content, or why one can not be read.
    pub async fn stored(&self, path: ArticlePath) -> Result<Vec<Stored>, StorageError> {
        let folder = self.of(&path);
        blocking(folder, |folder| {
            let names = names(folder)?;
            names
                .iter()
                .map(|name| stored(folder, name, true))
                .collect()
        })
        .await
    }

    pub async fn plain(&self, path: ArticlePath) -> Result<Option<Vec<u8>>, StorageError> {
        let file = self.of(&path).join(name::PLAIN);
        blocking(file, |file| match fs::symlink_metadata(file) {
            Ok(found) if found.is_file() => fs::read(file).map(Some),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        })
        .await
    }

    pub async fn write(
        &self,
        path: ArticlePath,
        parts: &[NewPart<'_>],
    ) -> Result<(), StorageError> {
        let parts: Vec<(String, Stored)> = parts
            .iter()
            .map(|part| (name::for_file(part.filename), Stored::from(*part)))
            .collect();
        let base = self.0.clone();
        blocking(self.of(&path), move |folder| {
            make_folders(&base, folder)?;
            let mut taken: HashSet<String> = HashSet::new();
            for (wanted, part) in &parts {
                loop {
                    let name =
                        name::free(wanted, |name| name::is_hidden(name) || taken.contains(name));
                    taken.insert(name.clone());
                    // A file that is there is never written over, also where `A.txt` and `a.txt` are one file.
                    match write_part(folder, &name, part) {
                        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
                        other => break other?,
                    }
                }
            }
            sync(folder)
        })
        .await
    }

    /// Writes parts under exactly these names, which no file may have.
    pub async fn write_named(
        &self,
        path: ArticlePath,
        parts: Vec<Stored>,
    ) -> Result<(), StorageError> {
        let base = self.0.clone();
        blocking(self.of(&path), move |folder| {
            make_folders(&base, folder)?;
            for part in &parts {
                write_part(folder, &part.name, part)?;
            }
            sync(folder)
        })
        .await
    }

    pub async fn write_plain(&self, path: ArticlePath, source: &[u8]) -> Result<(), StorageError> {
        let base = self.0.clone();
        let source = source.to_vec();
        blocking(self.of(&path), move |folder| {
            make_folders(&base, folder)?;
            replace(&folder.join(name::PLAIN), &source)?;
            sync(folder)
        })
        .await
    }

    /// Deletes single attachments with what describes them, and the folder when nothing is left.
    pub async fn delete_named(
        &self,
        path: ArticlePath,
        names: Vec<String>,
    ) -> Result<(), StorageError> {
        blocking(self.of(&path), move |folder| {
            for name in &names {
                remove(&folder.join(name))?;
                for side in name::SIDES {
                    remove(&folder.join(format!("{name}{side}")))?;
                }
            }
            remove_when_empty(folder)
        })
        .await
    }

    /// Deletes every file of an article.
    pub async fn delete(&self, path: ArticlePath) -> Result<(), StorageError> {
        blocking(self.of(&path), |folder| {
            let entries = match fs::read_dir(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
                other => other?,
            };
            for entry in entries {
                let entry = entry?;
                if !entry.file_type()?.is_dir() {
                    remove(&entry.path())?;
                }
            }
            remove_when_empty(folder)
        })
        .await
    }

    /// A file of ours, which neither system takes for an attachment, such as a note of what is being copied.
    pub async fn note(&self, path: ArticlePath, text: &str) -> Result<(), StorageError> {
        let base = self.0.clone();
        let text = text.to_owned();
        blocking(self.of(&path), move |folder| {
            make_folders(&base, folder)?;
            replace(&folder.join(NOTE), text.as_bytes())?;
            sync(folder)
        })
        .await
    }

    pub async fn read_note(&self, path: ArticlePath) -> Result<Option<String>, StorageError> {
        blocking(self.of(&path), |folder| {
            match fs::read_to_string(folder.join(NOTE)) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
                other => other.map(Some),
            }
        })
        .await
    }

    pub async fn remove_note(&self, path: ArticlePath) -> Result<(), StorageError> {
        blocking(self.of(&path), |folder| {
            remove(&folder.join(NOTE))?;
            match sync(folder) {
                Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
                other => other,
            }
        })
        .await
    }
}

const NOTE: &str = ".otterdesk-unfinished";

/// Runs file work beside the threads of the requests.
async fn blocking<T: Send + 'static>(
    path: PathBuf,
    work: impl FnOnce(&Path) -> io::Result<T> + Send + 'static,
) -> Result<T, StorageError> {
    let shown = path.clone();
    let outcome = tokio::task::spawn_blocking(move || work(&path)).await;
    outcome
        .unwrap_or_else(|stopped| Err(io::Error::other(stopped)))
        .map_err(|source| StorageError::File {
            path: shown,
            source,
        })
}

fn complain(path: &Path, error: &io::Error) {
    tracing::error!(file.path = %path.display(), %error, "{} can not be read and is left out", path.display());
}

/// The names of the attachments in a folder, sorted by their bytes; none when there is no folder.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut names = Vec::new();
    for entry in entries {
        let entry = entry?;
        match entry.file_name().into_string() {
            Ok(name) if name::is_hidden(&name) || !entry.file_type()?.is_file() => {}
            Ok(name) => names.push(name),
            Err(name) => {
                let name = folder.join(name);
                complain(&name, &io::Error::other("its name is not UTF-8"));
            }
        }
    }
    names.sort_unstable();
    Ok(names)
}

fn stored(folder: &Path, name: &str, with_content: bool) -> io::Result<Stored> {
    let file = folder.join(name);
    let side = |kind: &str| {
        let path = folder.join(format!("{name}{kind}"));
        match fs::symlink_metadata(&path) {
            Ok(found) if found.is_file() => fs::read(path).map(Some),
            _ => Ok(None),
        }
    };
    let bytes = fs::symlink_metadata(&file)?.len();
    let mut stored = Stored {
        name: name.to_owned(),
        size: bytes,
        content_type: side(".content_type")?.map(without_last_newline),
        first_line: None,
        content_id: None,
        alternative: None,
        disposition: None,
        content: None,
    };
    if stored.content_type.is_some() {
        stored.content_id = side(".content_id")?;
        stored.alternative = side(".content_alternative")?;
        stored.disposition = side(".disposition")?;
        stored.content = with_content.then(|| fs::read(&file)).transpose()?;
        return Ok(stored);
    }
    let mut content = fs::read(&file)?;
    if !content.is_empty() {
        let end = content.iter().position(|byte| *byte == b'\n');
        let rest = content.split_off(end.map_or(content.len(), |end| end + 1));
        content.truncate(end.unwrap_or(content.len()));
        stored.first_line = Some(std::mem::replace(&mut content, rest));
    }
    stored.content = with_content.then_some(content);
    Ok(stored)
}

fn without_last_newline(mut text: Vec<u8>) -> Vec<u8> {
    if text.last() == Some(&b'\n') {
        text.pop();
    }
    text
}

/// Every byte as the character of that number, which is how the reference shows what stands in these files.
fn latin1(bytes: Vec<u8>) -> String {
    bytes.into_iter().map(char::from).collect()
}

impl From<Stored> for Part {
    fn from(stored: Stored) -> Self {
        let worked_out = stored.content_type.is_some() && stored.disposition.is_none();
        Self {
            filename: Some(stored.name),
            size: Size::Counted(stored.size),
            content_type: stored.content_type.or(stored.first_line).map(latin1),
            content_id: stored.content_id.map(latin1),
            alternative: stored.alternative.map(latin1),
            disposition: stored.disposition.map(latin1).unwrap_or_default(),
            worked_out,
            content: Some(stored.content.unwrap_or_default()),
        }
    }
}

impl From<NewPart<'_>> for Stored {
    fn from(part: NewPart<'_>) -> Self {
        let bytes = |text: &str| text.as_bytes().to_vec();
        Self {
            name: part.filename.to_owned(),
            size: part.content.len() as u64,
            content_type: Some(bytes(part.content_type)),
            first_line: None,
            content_id: part.content_id.map(bytes),
            alternative: part.alternative.map(bytes),
            disposition: part.disposition.filter(|text| !text.is_empty()).map(bytes),
            content: Some(part.content.to_vec()),
        }
    }
}

fn write_part(folder: &Path, name: &str, part: &Stored) -> io::Result<()> {
    create(
        &folder.join(name),
        part.content.as_deref().unwrap_or_default(),
    )?;
    for (kind, text) in [
        (".content_type", &part.content_type),
        (".content_id", &part.content_id),
        (".content_alternative", &part.alternative),
        (".disposition", &part.disposition),
    ] {
        let side = folder.join(format!("{name}{kind}"));
        match text {
            Some(text) => replace(&side, text)?,
            None => remove(&side)?,
        }
    }
    Ok(())
}

/// Writes a file that must not exist; a link there is not followed.
fn create(path: &Path, content: &[u8]) -> io::Result<()> {
    let mut file = fs::File::create_new(path)?;
    file.set_permissions(fs::Permissions::from_mode(FILE_MODE))?;
    file.write_all(content)?;
    file.sync_all()
}

fn replace(path: &Path, content: &[u8]) -> io::Result<()> {
    remove(path)?;
    create(path, content)
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn remove_when_empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir(folder) {
        Err(error)
            if matches!(
                error.kind(),
                io::ErrorKind::NotFound | io::ErrorKind::DirectoryNotEmpty
            ) =>
        {
            Ok(())
        }
        other => other,
    }
}

/// Makes the folders between the one of all articles, which must exist, and that of one.
fn make_folders(base: &Path, folder: &Path) -> io::Result<()> {
    let mut path = base.to_owned();
    for part in folder.strip_prefix(base).into_iter().flat_map(Path::iter) {
        path.push(part);
        match fs::create_dir(&path) {
            Ok(()) => fs::set_permissions(&path, fs::Permissions::from_mode(FOLDER_MODE))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Makes sure that the entries of a folder outlast a failure of the power.
fn sync(folder: &Path) -> io::Result<()> {
    fs::File::open(folder)?.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_never_leads_out_of_the_folder() {
        let path = |text: &str| ArticlePath::new(ArticleId(7), text).map(|path| path.relative);
        assert_eq!(path("2026/01/23"), Some(PathBuf::from("2026/01/23/7")));
        for text in [
            "",
            "/",
            "/etc",
            "..",
            "2026/../..",
            "2026//23",
            "2026/01/23/",
            "2026\\01",
            "2026/01/2\0",
        ] {
            assert_eq!(path(text), None, "{text:?}");
        }
        assert_eq!(ArticlePath::new(ArticleId(0), "2026/01/23"), None);
    }
}
