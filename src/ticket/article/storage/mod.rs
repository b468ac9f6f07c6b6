//! Where attachments and the source of mails are kept: in the database, or in files under `var/article`.
//!
//! The setting `Ticket::Article::Backend::MIMEBase::ArticleStorage` names the back end that is written to and asked
//! first; with `…::CheckAllStorageBackends` the other one is asked when the first has nothing for an article. Source:
//! answers of the reference system with both settings, and the files that it writes.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use schema::{DbError, Tx};

use super::ArticleId;
use crate::{clock::Stamp, settings::Settings};

mod database;
mod files;
mod name;
pub mod switch;

pub use files::Folder;

const STORAGE: &str = "Ticket::Article::Backend::MIMEBase::ArticleStorage";
const CHECK_ALL: &str = "Ticket::Article::Backend::MIMEBase::CheckAllStorageBackends";
const FOLDER: &str = "Ticket::Article::Backend::MIMEBase::ArticleDataDir";
/// What stands for the home of the installation in the value of a setting.
const HOME: &str = "<OTRS_CONFIG_Home>";

/// The two places.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Backend {
    Database,
    Files,
}

impl std::fmt::Display for Backend {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Database => "database",
            Self::Files => "file system",
        })
    }
}

/// The storage as the settings want it.
#[derive(Clone, Debug)]
pub struct Storage {
    /// The back end that is written to and asked first.
    pub configured: Backend,
    /// Whether the other one is asked too.
    pub check_all: bool,
    /// Where the files are; `None` while nobody said where the installation's home is.
    folder: Option<Folder>,
}

/// Why something could not be stored or taken away.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    #[error(transparent)]
    Database(#[from] DbError),
    #[error("{}: {source}", path.display())]
    File {
        path: PathBuf,
        #[source]
        source: std::io::Error,
    },
    #[error(
        "where are the files of articles? Give --otrs-home, or set {FOLDER} to a folder of its own"
    )]
    NoFolder,
    #[error("article {}: it has no row with the path of its files", .0.0)]
    NoPath(ArticleId),
}

/// How the size of a part is known.
#[derive(Clone, Debug, PartialEq)]
pub enum Size {
    /// As its row says, also when that does not agree with the content.
    Written(Option<String>),
    /// Bytes of the file.
    Counted(u64),
}

/// One part of an article as its back end keeps it.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub filename: Option<String>,
    pub size: Size,
    pub content_type: Option<String>,
    pub content_id: Option<String>,
    /// `1` for a form of the text that others stand beside.
    pub alternative: Option<String>,
    /// Empty when nobody said.
    pub disposition: String,
    /// Whether an empty disposition is to be worked out: not that of a file whose disposition is an empty file, nor of
    /// files of old releases, whose first line is their type.
    pub worked_out: bool,
    /// `None` for a row without content; not read and empty when nobody asked.
    pub content: Option<Vec<u8>>,
}

/// A part to be stored.
#[derive(Clone, Copy, Debug)]
pub struct NewPart<'a> {
    /// As the sender wrote it; the back ends make of it what they can keep.
    pub filename: &'a str,
    pub content_type: &'a str,
    pub content_id: Option<&'a str>,
    /// See [`Part::alternative`].
    pub alternative: Option<&'a str>,
    pub disposition: Option<&'a str>,
    pub content: &'a [u8],
}

impl Storage {
    pub fn from_settings(settings: &Settings) -> Self {
        let files = settings.text(STORAGE).ends_with("::ArticleStorageFS");
        Self {
            configured: if files {
                Backend::Files
            } else {
                Backend::Database
            },
            check_all: settings.is_on(CHECK_ALL),
            folder: folder(settings).map(Folder::new),
        }
    }

    /// The folder with the files of all articles.
    pub fn folder(&self) -> Result<&Folder, StorageError> {
        self.folder.as_ref().ok_or(StorageError::NoFolder)
    }

    /// What is wrong with the settings, in words; `None` when articles can be read and written.
    pub fn complaint(settings: &Settings) -> Option<String> {
        let module = settings.text(STORAGE);
        if !module.ends_with("::ArticleStorageDB") && !module.ends_with("::ArticleStorageFS") {
            return Some(format!(
                "{STORAGE} is `{module}`; this server knows ArticleStorageDB and ArticleStorageFS"
            ));
        }
        let storage = Self::from_settings(settings);
        if storage.configured == Backend::Files && storage.folder.is_none() {
            return Some(format!("{STORAGE}: {}", StorageError::NoFolder));
        }
        None
    }

    /// Every part of these articles, sorted by name; articles without any are left out. At most one statement for each
    /// back end. A file that can not be read is told to the log and left out.
    pub async fn list(
        &self,
        tx: &mut Tx,
        articles: &[ArticleId],
        with_content: bool,
    ) -> Result<HashMap<ArticleId, Vec<Part>>, DbError> {
        let mut found = HashMap::new();
        for backend in self.order() {
            let missing: Vec<ArticleId> = articles
                .iter()
                .copied()
                .filter(|article| !found.contains_key(article))
                .collect();
            if missing.is_empty() {
                break;
            }
            found.extend(match (backend, &self.folder) {
                (Backend::Database, _) => database::list(tx, &missing, with_content).await?,
                (Backend::Files, Some(folder)) => {
                    let paths = database::paths(tx, &missing).await?;
                    folder.list(paths, with_content).await
                }
                (Backend::Files, None) => HashMap::new(),
            });
        }
        Ok(found)
    }

    /// The mail as it came in; `None` for an article that never was one.
    pub async fn plain(
        &self,
        tx: &mut Tx,
        article: ArticleId,
    ) -> Result<Option<Vec<u8>>, StorageError> {
        for backend in self.order() {
            let found = match (backend, &self.folder) {
                (Backend::Database, _) => database::plain(tx, article).await?,
                (Backend::Files, Some(folder)) => match database::path(tx, article).await? {
                    Some(path) => folder.plain(path).await?,
                    None => None,
                },
                (Backend::Files, None) => None,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// Stores parts of an article in the configured back end, beside those that it has. Names that it has already get a
    /// number.
    pub async fn write(
        &self,
        tx: &mut Tx,
        stamp: Stamp,
        article: ArticleId,
        parts: &[NewPart<'_>],
    ) -> Result<(), StorageError> {
        match self.configured {
            Backend::Database => Ok(database::write(tx, stamp, article, parts).await?),
            Backend::Files => {
                let path = database::path(tx, article).await?;
                let path = path.ok_or(StorageError::NoPath(article))?;
                self.folder()?.write(path, parts).await
            }
        }
    }

    /// Stores the source of a mail in the configured back end, in place of one that is there.
    pub async fn write_plain(
        &self,
        tx: &mut Tx,
        stamp: Stamp,
        article: ArticleId,
        source: &[u8],
    ) -> Result<(), StorageError> {
        if self.configured == Backend::Database {
            database::delete_plain(tx, article).await?;
        }
        self.add_plain(tx, stamp, article, source).await
    }

    /// Stores the source of a mail that has none yet.
    pub async fn add_plain(
        &self,
        tx: &mut Tx,
        stamp: Stamp,
        article: ArticleId,
        source: &[u8],
    ) -> Result<(), StorageError> {
        match self.configured {
            Backend::Database => Ok(database::insert_plain(tx, stamp, article, source).await?),
            Backend::Files => {
                let path = database::path(tx, article).await?;
                let path = path.ok_or(StorageError::NoPath(article))?;
                self.folder()?.write_plain(path, source).await
            }
        }
    }

    /// Deletes parts and source of an article from the database. Gives what is to be deleted from the file system with
    /// [`Leftover::delete`] after the commit, as no rollback brings files back.
    pub async fn delete(&self, tx: &mut Tx, article: ArticleId) -> Result<Leftover, DbError> {
        let path = database::path(tx, article).await?;
        database::delete(tx, article).await?;
        Ok(Leftover(self.folder.clone().zip(path)))
    }

    fn order(&self) -> impl Iterator<Item = Backend> + use<> {
        let other = match self.configured {
            Backend::Database => Backend::Files,
            Backend::Files => Backend::Database,
        };
        let other = self.check_all.then_some(other);
        [Some(self.configured), other].into_iter().flatten()
    }
}

/// The files of an article whose rows are gone.
#[derive(Debug)]
#[must_use = "the files stay until `delete` is called"]
pub struct Leftover(Option<(Folder, files::ArticlePath)>);

impl Leftover {
    pub async fn delete(self) -> Result<(), StorageError> {
        match self.0 {
            Some((folder, path)) => folder.delete(path).await,
            None => Ok(()),
        }
    }
}

/// The folder that the settings name. A relative one has no meaning for a server.
fn folder(settings: &Settings) -> Option<PathBuf> {
    let text = settings.text(FOLDER);
    let home = settings.text("Home");
    if text.contains(HOME) && home.is_empty() {
        return None;
    }
    let path = text.replace(HOME, &home);
    Path::new(&path).is_absolute().then(|| PathBuf::from(path))
}

#[cfg(test)]
mod tests {
    use compat::Value;

    use super::*;
    use crate::settings::Origin;

    fn settings(values: &[(&str, &str)]) -> Settings {
        Settings::with(
            values
                .iter()
                .map(|(name, value)| ((*name).to_owned(), Value::text(*value), Origin::File)),
        )
    }

    #[test]
    fn the_folder_is_under_the_home_of_the_installation() {
        assert_eq!(folder(&settings(&[])), None);
        assert_eq!(
            folder(&settings(&[("Home", "/opt/otrs")])),
            Some(PathBuf::from("/opt/otrs/var/article"))
        );
        assert_eq!(
            folder(&settings(&[(FOLDER, "/srv/articles")])),
            Some(PathBuf::from("/srv/articles"))
        );
        assert_eq!(folder(&settings(&[(FOLDER, "articles")])), None);
    }

    #[test]
    fn a_storage_that_can_not_be_served_is_named() {
        assert_eq!(Storage::complaint(&settings(&[])), None);
        let other = settings(&[(STORAGE, "Kernel::System::Own::ArticleStorageS3")]);
        assert!(Storage::complaint(&other).is_some_and(|text| text.contains("ArticleStorageS3")));
        let module = "Kernel::System::Ticket::Article::Backend::MIMEBase::ArticleStorageFS";
        let homeless = settings(&[(STORAGE, module)]);
        assert!(Storage::complaint(&homeless).is_some_and(|text| text.contains("--otrs-home")));
        let at_home = settings(&[(STORAGE, module), ("Home", "/opt/otrs")]);
        assert_eq!(Storage::complaint(&at_home), None);
    }
}
