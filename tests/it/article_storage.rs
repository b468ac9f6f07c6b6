//! Attachments and mails in the database, in files, and on the way between them.

use std::{fs, path::PathBuf};

use compat::Value;
use otterdesk::{
    directory::UserId,
    settings::{Origin, Settings},
    ticket::article::{
        ArticleId,
        storage::{
            Backend, NewPart, Part, Size, Storage,
            switch::{self, Event, Progress, Tickets},
        },
    },
};

use crate::support::TestApp;

/// The welcome mail, which every new database has; its mail is in the database.
const WELCOME: ArticleId = ArticleId(1);

struct Place {
    app: TestApp,
    folder: tempfile::TempDir,
}

impl Place {
    async fn start() -> Self {
        Self {
            app: TestApp::start().await,
            folder: tempfile::tempdir().unwrap(),
        }
    }

    fn storage(&self, configured: Backend, check_all: bool) -> Storage {
        let module = match configured {
            Backend::Database => "ArticleStorageDB",
            Backend::Files => "ArticleStorageFS",
        };
        let set = |name: &str, value: String| {
            let name = format!("Ticket::Article::Backend::MIMEBase::{name}");
            (name, Value::text(value), Origin::File)
        };
        let settings = Settings::with([
            set("ArticleStorage", format!("Kernel::System::{module}")),
            set("CheckAllStorageBackends", u8::from(check_all).to_string()),
            set("ArticleDataDir", self.base().display().to_string()),
        ]);
        Storage::from_settings(&settings)
    }

    fn base(&self) -> PathBuf {
        self.folder.path().join("var/article")
    }

    /// Where the files of the welcome mail belong.
    async fn files(&self) -> PathBuf {
        use schema::tables as t;
        use sea_query::{Expr, ExprTrait as _, Query};
        let query = Query::select()
            .column(t::ArticleDataMime::ContentPath)
            .from(t::ArticleDataMime::Table)
            .and_where(Expr::col(t::ArticleDataMime::ArticleId).eq(WELCOME))
            .to_owned();
        let mut tx = self.app.app.db.read().await.unwrap();
        let (path,): (String,) = tx.fetch_one(&query).await.unwrap();
        fs::create_dir_all(self.base()).unwrap();
        self.base().join(path).join("1")
    }

    async fn write(&self, storage: &Storage, parts: &[NewPart<'_>]) {
        let mut tx = self.app.app.db.begin().await.unwrap();
        let stamp = self.app.app.stamp(UserId::SYSTEM);
        storage.write(&mut tx, stamp, WELCOME, parts).await.unwrap();
        tx.commit().await.unwrap();
    }

    async fn parts(&self, storage: &Storage) -> Vec<Part> {
        let mut tx = self.app.app.db.read().await.unwrap();
        let found = storage.list(&mut tx, &[WELCOME], true).await.unwrap();
        found.into_values().next().unwrap_or_default()
    }

    async fn names(&self, storage: &Storage) -> Vec<String> {
        let mut names: Vec<_> = self
            .parts(storage)
            .await
            .into_iter()
            .filter_map(|part| part.filename)
            .collect();
        names.sort();
        names
    }

    async fn plain(&self, storage: &Storage) -> Option<Vec<u8>> {
        let mut tx = self.app.app.db.read().await.unwrap();
        storage.plain(&mut tx, WELCOME).await.unwrap()
    }

    async fn switch(&self, to: Backend) -> (Progress, Vec<String>) {
        let storage = self.storage(to, true);
        let stamp = self.app.app.stamp(UserId::SYSTEM);
        let mut reasons = Vec::new();
        let told = |event: Event<'_>| {
            if let Event::LeftAlone(article, why) = event {
                reasons.push(format!("{}: {why}", article.0));
            }
        };
        let progress = switch::run(
            &self.app.app.db,
            &storage,
            stamp,
            to,
            None,
            Tickets::default(),
            told,
        )
        .await
        .unwrap();
        (progress, reasons)
    }
}

fn part<'a>(filename: &'a str, content: &'a [u8]) -> NewPart<'a> {
    NewPart {
        filename,
        content_type: "text/plain; charset=utf-8",
        content_id: None,
        alternative: None,
        disposition: Some("attachment"),
        content,
    }
}

const PICTURE: NewPart<'_> = NewPart {
    filename: "ümläut.png",
    content_type: "image/png; name=\"ü.png\"",
    content_id: Some("<pic@x>"),
    alternative: Some("1"),
    disposition: Some("inline"),
    content: &[0, 255, 10, 13, 0],
};

#[actix_web::test]
async fn each_back_end_gives_back_what_it_was_given() {
    for backend in [Backend::Database, Backend::Files] {
        let place = Place::start().await;
        let files = place.files().await;
        let storage = place.storage(backend, false);
        place
            .write(&storage, &[PICTURE, part("empty.txt", b"")])
            .await;

        let parts = place.parts(&storage).await;
        assert_eq!(parts.len(), 2, "{backend}");
        let [empty, picture] = parts.as_slice() else {
            panic!("{parts:?}")
        };
        assert_eq!(empty.content.as_deref(), Some(&b""[..]));
        assert_eq!(picture.filename.as_deref(), Some("ümläut.png"));
        assert_eq!(picture.content.as_deref(), Some(PICTURE.content));
        assert_eq!(picture.content_id.as_deref(), Some("<pic@x>"));
        assert_eq!(picture.alternative.as_deref(), Some("1"));
        assert_eq!(picture.disposition, "inline");
        let (shown, size) = match backend {
            Backend::Database => (PICTURE.content_type, Size::Written(Some("5".to_owned()))),
            // The reference shows the bytes of this file as if they were characters.
            Backend::Files => ("image/png; name=\"Ã¼.png\"", Size::Counted(5)),
        };
        assert_eq!(picture.content_type.as_deref(), Some(shown));
        assert_eq!(picture.size, size);
        assert_eq!(files.exists(), backend == Backend::Files);

        let mut tx = place.app.app.db.begin().await.unwrap();
        let stamp = place.app.app.stamp(UserId::SYSTEM);
        storage
            .write_plain(&mut tx, stamp, WELCOME, b"From: x\n\n\xff")
            .await
            .unwrap();
        tx.commit().await.unwrap();
        let source = place.plain(&storage).await;
        assert_eq!(source.as_deref(), Some(&b"From: x\n\n\xff"[..]));

        let mut tx = place.app.app.db.begin().await.unwrap();
        let leftover = storage.delete(&mut tx, WELCOME).await.unwrap();
        tx.commit().await.unwrap();
        leftover.delete().await.unwrap();
        assert!(place.parts(&storage).await.is_empty());
        assert_eq!(place.plain(&storage).await, None);
        assert!(!files.exists());
    }
}

#[actix_web::test]
async fn the_other_back_end_is_asked_when_the_first_has_nothing() {
    let place = Place::start().await;
    place.files().await;
    place
        .write(
            &place.storage(Backend::Database, false),
            &[part("row.txt", b"row")],
        )
        .await;
    let files = place.storage(Backend::Files, false);
    assert!(place.names(&files).await.is_empty());
    assert_eq!(
        place.names(&place.storage(Backend::Files, true)).await,
        ["row.txt"]
    );

    place.write(&files, &[part("file.txt", b"file")]).await;
    for (first, name) in [(Backend::Files, "file.txt"), (Backend::Database, "row.txt")] {
        assert_eq!(place.names(&place.storage(first, true)).await, [name]);
    }
}

#[actix_web::test]
async fn no_name_leaves_the_folder_and_no_attachment_is_lost() {
    let place = Place::start().await;
    let files = place.files().await;
    let storage = place.storage(Backend::Files, false);
    let long = "x".repeat(300);
    let hostile = [
        "../../../etc/passwd",
        "/etc/passwd",
        "..",
        ".",
        "",
        "a\0b",
        "a/b",
        "plain.txt",
        "a.txt",
        "a.txt",
        "A.TXT",
        "a.txt.content_type",
        ".otterdesk-unfinished",
        long.as_str(),
        long.as_str(),
        "\u{1f600}",
    ];
    let parts: Vec<_> = hostile
        .iter()
        .map(|name| part(name, name.as_bytes()))
        .collect();
    place.write(&storage, &parts).await;
    place.write(&storage, &[part("a.txt", b"again")]).await;

    let mut contents: Vec<_> = place
        .parts(&storage)
        .await
        .into_iter()
        .filter_map(|part| part.content)
        .collect();
    contents.sort();
    let mut expected: Vec<_> = hostile
        .iter()
        .map(|name| name.as_bytes().to_vec())
        .collect();
    expected.push(b"again".to_vec());
    expected.sort();
    assert_eq!(contents, expected);
    let day = files.parent().unwrap();
    assert_eq!(fs::read_dir(day).unwrap().count(), 1);
    assert_eq!(fs::read_dir(place.folder.path()).unwrap().count(), 1);
    assert_eq!(place.plain(&storage).await, None, "`plain.txt` is no mail");

    // A link that somebody put there leads nowhere.
    let secret = place.folder.path().join("secret");
    fs::write(&secret, "secret").unwrap();
    std::os::unix::fs::symlink(&secret, files.join("link.txt")).unwrap();
    std::os::unix::fs::symlink(&secret, files.join("plain.txt")).unwrap();
    let names = place.names(&storage).await;
    assert!(!names.iter().any(|name| name == "link.txt"));
    assert_eq!(place.plain(&storage).await, None);
}

#[actix_web::test]
async fn a_switch_there_and_back_changes_nothing() {
    let place = Place::start().await;
    let files = place.files().await;
    let rows = place.storage(Backend::Database, false);
    let big = vec![7; 70_000];
    let given = [
        PICTURE,
        part("a.txt", b"one"),
        part("b.txt", &big),
        part("empty", b""),
    ];
    place.write(&rows, &given).await;
    let before = place.parts(&rows).await;
    let mail = place.plain(&rows).await;
    assert!(mail.is_some());

    let (progress, reasons) = place.switch(Backend::Files).await;
    assert_eq!((progress.moved, reasons), (1, vec![]));
    assert!(place.parts(&rows).await.is_empty());
    assert_eq!(place.plain(&rows).await, None);
    let in_files = place.storage(Backend::Files, false);
    assert_eq!(place.parts(&in_files).await.len(), given.len());
    assert_eq!(place.plain(&in_files).await, mail);
    assert!(!files.join(".otterdesk-unfinished").exists());

    assert_eq!(place.switch(Backend::Files).await.0.moved, 0);
    let (progress, reasons) = place.switch(Backend::Database).await;
    assert_eq!((progress.moved, reasons), (1, vec![]));
    assert_eq!(place.parts(&rows).await, before);
    assert_eq!(place.plain(&rows).await, mail);
    assert!(!files.exists());
}

#[actix_web::test]
async fn an_interrupted_switch_is_continued() {
    let place = Place::start().await;
    let files = place.files().await;
    let rows = place.storage(Backend::Database, false);
    place
        .write(&rows, &[part("a.txt", b"one"), part("b.txt", b"two")])
        .await;
    // A process that ended in the middle of the second file.
    fs::create_dir_all(&files).unwrap();
    fs::write(files.join(".otterdesk-unfinished"), "a.txt\nb.txt\n../x").unwrap();
    fs::write(files.join("a.txt"), "one").unwrap();
    fs::write(files.join("b.txt"), "t").unwrap();

    let (progress, reasons) = place.switch(Backend::Files).await;

    assert_eq!((progress.moved, reasons), (1, vec![]));
    assert!(place.parts(&rows).await.is_empty());
    assert_eq!(fs::read(files.join("b.txt")).unwrap(), b"two");

    // A process that ended between copy and deletion: both places have the same.
    place
        .write(&rows, &[part("a.txt", b"one"), part("b.txt", b"two")])
        .await;
    let (progress, reasons) = place.switch(Backend::Database).await;
    assert_eq!((progress.moved, reasons), (1, vec![]));
    assert_eq!(place.names(&rows).await, ["a.txt", "b.txt"]);
    assert!(!files.exists());
}

#[actix_web::test]
async fn what_differs_in_both_places_is_left_alone_and_named() {
    let place = Place::start().await;
    let files = place.files().await;
    let rows = place.storage(Backend::Database, false);
    place.write(&rows, &[part("a.txt", b"row")]).await;
    place
        .write(
            &place.storage(Backend::Files, false),
            &[part("a.txt", b"file")],
        )
        .await;

    for to in [Backend::Files, Backend::Database] {
        let (progress, reasons) = place.switch(to).await;
        assert_eq!((progress.moved, progress.left_alone), (0, 1));
        assert_eq!(
            reasons,
            ["1: `a.txt` is in both places with different content"]
        );
    }
    assert_eq!(place.parts(&rows).await.len(), 1);
    assert_eq!(fs::read(files.join("a.txt")).unwrap(), b"file");
}
