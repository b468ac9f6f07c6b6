//! The file cache of the Perl system, which would go on showing a ticket as it was before we changed it.
//!
//! Under `var/tmp/CacheFileStorable` of the OTRS home there is a folder for each kind of entry, and in it a file for each
//! entry, named by the MD5 of the entry's key, one folder deeper for each of its first `Cache::SubdirLevels` digits.
//! After each commit the entries of the changed tickets go. A process of the Perl system may have read rows just
//! before the commit and write them to its cache just after it; so the entries go once more a moment later.
//! Source: the files that the reference system makes when it shows a ticket, and which of them it deletes itself when
//! it changes one.

use std::{
    collections::BTreeSet,
    io,
    path::{Path, PathBuf},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use md5::{Digest as _, Md5};

use crate::{
    settings::Settings,
    ticket::{TicketId, article::ArticleId},
};

/// How long after the first time entries are deleted again.
const AGAIN: Duration = Duration::from_secs(2);

/// The module of OTRS that keeps its cache in files.
const MODULE: &str = "Kernel::System::Cache::FileStorable";

/// The cache of one OTRS installation; by default none.
#[derive(Clone, Debug, Default)]
pub struct PerlCache(Option<Arc<Folder>>);

#[derive(Debug)]
struct Folder {
    path: PathBuf,
    levels: usize,
    /// Whether the log says already that something can not be deleted.
    complained: AtomicBool,
}

/// What was changed.
#[derive(Clone, Debug, Default)]
pub struct Changed {
    pub tickets: BTreeSet<TicketId>,
    pub articles: BTreeSet<ArticleId>,
    /// Whether tickets were linked or unlinked.
    pub links: bool,
}

impl PerlCache {
    /// The cache under the home of an OTRS installation. A cache that is not kept in files is left alone, which the log
    /// says.
    pub fn of_home(home: &Path, settings: &Settings) -> Self {
        let module = settings.text("Cache::Module");
        if module != MODULE {
            tracing::warn!(
                setting.name = "Cache::Module",
                "the Perl system may show tickets as they were before: entries of {module} can not be deleted"
            );
            return Self::default();
        }
        let temp = settings.text("TempDir");
        let temp = temp.replace("<OTRS_CONFIG_Home>", &home.to_string_lossy());
        Self(Some(Arc::new(Folder {
            path: Path::new(&temp).join("CacheFileStorable"),
            levels: usize::try_from(settings.integer("Cache::SubdirLevels")).unwrap_or_default(),
            complained: AtomicBool::new(false),
        })))
    }

    /// Deletes what the cache says of these tickets, now and once more in two seconds. Returns when the first is done.
    pub async fn forget(&self, changed: Changed) {
        let Some(folder) = self.0.clone() else {
            return;
        };
        let changed = Arc::new(changed);
        folder.clone().delete_aside(Arc::clone(&changed)).await;
        tokio::spawn(async move {
            tokio::time::sleep(AGAIN).await;
            folder.delete_aside(changed).await;
        });
    }
}

impl PerlCache {
    /// Deletes every entry, as after a change of what everybody uses: groups, queues, people. Returns when it is done.
    pub async fn forget_everything(&self) {
        let Some(folder) = self.0.clone() else {
            return;
        };
        let deleting = tokio::task::spawn_blocking(move || {
            let entries = std::fs::read_dir(&folder.path);
            for kind in entries.into_iter().flatten().flatten() {
                folder.complain(std::fs::remove_dir_all(kind.path()));
            }
        });
        if let Err(error) = deleting.await {
            tracing::error!(%error, "entries of the Perl system's cache may be left: {error}");
        }
    }
}

impl Folder {
    /// On a thread that may wait for a disk.
    async fn delete_aside(self: Arc<Self>, changed: Arc<Changed>) {
        let deleting = tokio::task::spawn_blocking(move || self.delete(&changed));
        if let Err(error) = deleting.await {
            tracing::error!(%error, "entries of the Perl system's cache may be left: {error}");
        }
    }

    fn delete(&self, changed: &Changed) {
        let tickets = changed.tickets.iter().flat_map(|ticket| {
            [
                ("Ticket", format!("Cache::GetTicket{ticket}")),
                ("Ticket", format!("TicketFlag::{ticket}")),
                ("Article", format!("_MetaArticleList::{ticket}")),
                ("DynamicFieldValue", format!("ValueGet::ObjectID::{ticket}")),
            ]
        });
        let articles = changed.articles.iter().map(|article| {
            let key = format!("ValueGet::ObjectID::{}", article.0);
            ("DynamicFieldValue", key)
        });
        for (kind, key) in tickets.chain(articles) {
            self.complain(std::fs::remove_file(self.file(kind, &key)));
        }
        if changed.links {
            // One entry holds the links of many tickets.
            self.complain(std::fs::remove_dir_all(self.path.join("LinkObject")));
        }
    }

    fn file(&self, kind: &str, key: &str) -> PathBuf {
        let name = format!("{:032x}", u128::from_be_bytes(Md5::digest(key).into()));
        let mut path = self.path.join(kind);
        path.extend(name.chars().take(self.levels).map(String::from));
        path.join(name)
    }

    /// Says once in the log why the Perl system may show old tickets; an entry that is not there is none to delete.
    fn complain(&self, deleted: io::Result<()>) {
        let Err(error) = deleted else {
            return;
        };
        if error.kind() != io::ErrorKind::NotFound && !self.complained.swap(true, Ordering::Relaxed)
        {
            tracing::error!(
                %error,
                "the Perl system may show tickets as they were before, for entries of its cache in {} can not be deleted: {error}",
                self.path.display()
            );
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_are_where_the_perl_system_keeps_them() {
        let cache = PerlCache::of_home(Path::new("/opt/otrs"), &Settings::default());
        let folder = cache.0.unwrap();

        for (kind, key, file) in [
            (
                "Ticket",
                "Cache::GetTicket90",
                "Ticket/2/1/214c8dadb5124a8672399ac4146e4314",
            ),
            (
                "Ticket",
                "TicketFlag::90",
                "Ticket/6/1/61661998ecf5487753eed121a6275316",
            ),
            (
                "Article",
                "_MetaArticleList::90",
                "Article/4/0/40ceffbb7a6bcc18b17415f87a39a1a7",
            ),
            (
                "DynamicFieldValue",
                "ValueGet::ObjectID::90",
                "DynamicFieldValue/6/c/6c8aa99faf10d70e76744cfddc39e606",
            ),
        ] {
            assert_eq!(
                folder.file(kind, key),
                Path::new("/opt/otrs/var/tmp/CacheFileStorable").join(file)
            );
        }
    }
}
