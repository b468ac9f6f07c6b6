//! Moves what articles have from one back end to the other, while both systems run.
//!
//! Of each article, every part is copied, read back and compared by its hash with what it was; only then it is deleted
//! where it came from. An article of which that fails keeps what it has. There is no state to keep: what has been moved
//! is no longer where it was, so a run that was interrupted is continued by the next one. A note in the folder of an
//! article tells which files a copy that did not come to its end has left.

use std::collections::{HashMap, HashSet};

use chrono::NaiveDateTime;
use schema::{Db, DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Func, Order, Query, SelectStatement};
use sha2::{Digest as _, Sha256};

use super::{
    Backend, NewPart, Part, Storage, StorageError, database,
    files::{ArticlePath, Folder, Stored},
    name,
};
use crate::{clock::Stamp, ticket::article::ArticleId};

/// Articles that are looked up at once.
const BATCH: u64 = 200;

/// How far a run is.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Progress {
    pub looked_at: u64,
    /// Articles that may have something to move, at the beginning of the run.
    pub total: u64,
    pub moved: u64,
    pub left_alone: u64,
}

/// What a run tells while it goes on.
#[derive(Debug)]
pub enum Event<'a> {
    /// After each batch of articles.
    Step(Progress),
    /// An article that keeps what it has, and why.
    LeftAlone(ArticleId, &'a str),
}

/// Tickets whose articles are moved: those that are old enough, or all. Times in UTC.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub struct Tickets {
    pub created_before: Option<NaiveDateTime>,
    /// Closed, and since before this moment.
    pub closed_before: Option<NaiveDateTime>,
}

impl Tickets {
    /// Those of these articles that belong to such tickets, in their order.
    async fn among(self, db: &Db, articles: Vec<ArticleId>) -> Result<Vec<ArticleId>, DbError> {
        use t::{Article as A, Ticket as T};
        if self == Self::default() {
            return Ok(articles);
        }
        let mut query = Query::select()
            .column((A::Table, A::Id))
            .from(A::Table)
            .inner_join(
                T::Table,
                Expr::col((T::Table, T::Id)).equals((A::Table, A::TicketId)),
            )
            .and_where(Expr::col((A::Table, A::Id)).is_in(articles))
            .order_by((A::Table, A::Id), Order::Asc)
            .to_owned();
        if let Some(moment) = self.created_before {
            query.and_where(Expr::col((T::Table, T::CreateTime)).lte(moment));
        }
        if let Some(moment) = self.closed_before {
            query.and_where(Expr::col((T::Table, T::TicketStateId)).in_subquery(closed_states()));
            query.and_where(Expr::exists(closed_by(moment)));
        }
        let rows: Vec<(i64,)> = db.read().await?.fetch_all(&query).await?;
        Ok(rows.into_iter().map(|(id,)| ArticleId(id)).collect())
    }
}

fn closed_states() -> SelectStatement {
    use t::{TicketState as S, TicketStateType as Y};
    Query::select()
        .column((S::Table, S::Id))
        .from(S::Table)
        .inner_join(
            Y::Table,
            Expr::col((Y::Table, Y::Id)).equals((S::Table, S::TypeId)),
        )
        .and_where(Expr::col((Y::Table, Y::Name)).eq("closed"))
        .to_owned()
}

/// An entry of the ticket's history that closed it.
fn closed_by(moment: NaiveDateTime) -> SelectStatement {
    use t::{Ticket as T, TicketHistory as H, TicketHistoryType as Y};
    let kinds = ["NewTicket", "StateUpdate"];
    let kinds = Query::select()
        .column(Y::Id)
        .from(Y::Table)
        .and_where(Expr::col(Y::Name).is_in(kinds))
        .to_owned();
    Query::select()
        .column((H::Table, H::Id))
        .from(H::Table)
        .and_where(Expr::col((H::Table, H::TicketId)).equals((T::Table, T::Id)))
        .and_where(Expr::col((H::Table, H::HistoryTypeId)).in_subquery(kinds))
        .and_where(Expr::col((H::Table, H::StateId)).in_subquery(closed_states()))
        .and_where(Expr::col((H::Table, H::CreateTime)).lte(moment))
        .to_owned()
}

/// What became of one article.
#[derive(Clone, Debug, Eq, PartialEq)]
enum Outcome {
    NothingThere,
    Moved,
    LeftAlone(String),
}

/// Moves everything to this back end, of at most `limit` articles. `told` hears how it goes.
///
/// Errors: those of the database; trouble with the files of one article is told and the next one is taken.
#[tracing::instrument(name = "ticket.article.storage.switch", skip_all, fields(storage.to = %to))]
pub async fn run(
    db: &Db,
    storage: &Storage,
    stamp: Stamp,
    to: Backend,
    limit: Option<u64>,
    tickets: Tickets,
    mut told: impl FnMut(Event<'_>),
) -> Result<Progress, StorageError> {
    let folder = storage.folder()?;
    let mut progress = Progress {
        total: candidates(&mut db.read().await?, to).await?,
        ..Progress::default()
    };
    let mut last = ArticleId(0);
    loop {
        let batch = batch(&mut db.read().await?, to, last).await?;
        let Some(end) = batch.last() else {
            return Ok(progress);
        };
        last = *end;
        for article in tickets.among(db, batch).await? {
            if limit.is_some_and(|limit| progress.moved >= limit) {
                told(Event::Step(progress));
                return Ok(progress);
            }
            let outcome = match to {
                Backend::Files => to_files(db, folder, article).await,
                Backend::Database => to_database(db, folder, stamp, article).await,
            };
            progress.looked_at += 1;
            let why = match outcome {
                Ok(Outcome::NothingThere) => continue,
                Ok(Outcome::Moved) => {
                    progress.moved += 1;
                    continue;
                }
                Ok(Outcome::LeftAlone(why)) => why,
                Err(StorageError::Database(error)) => return Err(error.into()),
                Err(error) => error.to_string(),
            };
            progress.left_alone += 1;
            told(Event::LeftAlone(article, &why));
        }
        told(Event::Step(progress));
    }
}

/// Articles that may have something where it is to be taken from: those with rows, or with a path of files.
async fn candidates(tx: &mut Tx, to: Backend) -> Result<u64, DbError> {
    let count = |column: Expr| Func::count_distinct(column);
    let mut sum = 0;
    let queries = match to {
        Backend::Files => vec![
            Query::select()
                .expr(count(Expr::col(t::ArticleDataMimeAttachment::ArticleId)))
                .from(t::ArticleDataMimeAttachment::Table)
                .and_where(Expr::col(t::ArticleDataMimeAttachment::Content).is_not_null())
                .to_owned(),
            Query::select()
                .expr(count(Expr::col(t::ArticleDataMimePlain::ArticleId)))
                .from(t::ArticleDataMimePlain::Table)
                .and_where(
                    Expr::col(t::ArticleDataMimePlain::ArticleId).not_in_subquery(
                        Query::select()
                            .column(t::ArticleDataMimeAttachment::ArticleId)
                            .from(t::ArticleDataMimeAttachment::Table)
                            .and_where(
                                Expr::col(t::ArticleDataMimeAttachment::Content).is_not_null(),
                            )
                            .to_owned(),
                    ),
                )
                .to_owned(),
        ],
        Backend::Database => vec![
            Query::select()
                .expr(count(Expr::col(t::ArticleDataMime::ArticleId)))
                .from(t::ArticleDataMime::Table)
                .and_where(Expr::col(t::ArticleDataMime::ContentPath).is_not_null())
                .to_owned(),
        ],
    };
    for query in queries {
        let (articles,): (i64,) = tx.fetch_one(&query).await?;
        sum += u64::try_from(articles).unwrap_or_default();
    }
    Ok(sum)
}

/// The next articles after this one, in the order of their keys.
async fn batch(tx: &mut Tx, to: Backend, after: ArticleId) -> Result<Vec<ArticleId>, DbError> {
    let queries = match to {
        Backend::Files => vec![
            Query::select()
                .distinct()
                .column(t::ArticleDataMimeAttachment::ArticleId)
                .from(t::ArticleDataMimeAttachment::Table)
                .and_where(Expr::col(t::ArticleDataMimeAttachment::Content).is_not_null())
                .and_where(Expr::col(t::ArticleDataMimeAttachment::ArticleId).gt(after))
                .order_by(t::ArticleDataMimeAttachment::ArticleId, Order::Asc)
                .limit(BATCH)
                .to_owned(),
            Query::select()
                .distinct()
                .column(t::ArticleDataMimePlain::ArticleId)
                .from(t::ArticleDataMimePlain::Table)
                .and_where(Expr::col(t::ArticleDataMimePlain::ArticleId).gt(after))
                .order_by(t::ArticleDataMimePlain::ArticleId, Order::Asc)
                .limit(BATCH)
                .to_owned(),
        ],
        Backend::Database => vec![
            Query::select()
                .distinct()
                .column(t::ArticleDataMime::ArticleId)
                .from(t::ArticleDataMime::Table)
                .and_where(Expr::col(t::ArticleDataMime::ContentPath).is_not_null())
                .and_where(Expr::col(t::ArticleDataMime::ArticleId).gt(after))
                .order_by(t::ArticleDataMime::ArticleId, Order::Asc)
                .limit(BATCH)
                .to_owned(),
        ],
    };
    let mut ids = Vec::new();
    for query in queries {
        let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
        ids.extend(rows.into_iter().map(|(id,)| id));
    }
    ids.sort_unstable();
    ids.dedup();
    ids.truncate(usize::try_from(BATCH).unwrap_or(usize::MAX));
    Ok(ids.into_iter().map(ArticleId).collect())
}

async fn to_files(db: &Db, folder: &Folder, article: ArticleId) -> Result<Outcome, StorageError> {
    let mut tx = db.read().await?;
    let rows: Vec<(i64, Part)> = database::rows_by_key(&mut tx, article)
        .await?
        .into_iter()
        .filter(|(_, part)| part.content.is_some())
        .collect();
    let plain = database::plain(&mut tx, article).await?;
    if rows.is_empty() && plain.is_none() {
        return Ok(Outcome::NothingThere);
    }
    let Some(path) = database::path(&mut tx, article).await? else {
        return Ok(Outcome::LeftAlone(
            StorageError::NoPath(article).to_string(),
        ));
    };
    drop(tx);

    remove_leftovers(folder, &path).await?;
    let wanted = named(&rows);
    let there = by_name(folder.stored(path.clone()).await?);
    let (old, new): (Vec<Stored>, Vec<Stored>) = wanted
        .iter()
        .cloned()
        .partition(|part| there.contains_key(&keepable(&part.name)));
    if let Some(part) = old.iter().find(|part| !is_in(&there, part)) {
        return Ok(other_content(&part.name));
    }
    let there_plain = folder.plain(path.clone()).await?;
    if plain.is_some() && there_plain.is_some() && plain != there_plain {
        return Ok(other_content(name::PLAIN));
    }

    let mut copied: Vec<&str> = new.iter().map(|part| part.name.as_str()).collect();
    if let (Some(_), None) = (&plain, &there_plain) {
        copied.push(name::PLAIN);
    }
    if !copied.is_empty() {
        folder.note(path.clone(), &copied.join("\n")).await?;
        folder.write_named(path.clone(), new).await?;
        if let (Some(source), None) = (&plain, &there_plain) {
            folder.write_plain(path.clone(), source).await?;
        }
        let back = by_name(folder.stored(path.clone()).await?);
        let plain_is_there = plain.is_none()
            || digest_of(plain.as_ref()) == digest_of(folder.plain(path.clone()).await?.as_ref());
        if !plain_is_there || !wanted.iter().all(|part| is_in(&back, part)) {
            remove_leftovers(folder, &path).await?;
            return Ok(Outcome::LeftAlone(
                "what was written is not what was read back".to_owned(),
            ));
        }
        folder.remove_note(path.clone()).await?;
    }

    let mut tx = db.begin().await?;
    let keys: Vec<i64> = rows.iter().map(|(key, _)| *key).collect();
    database::delete_rows(&mut tx, &keys).await?;
    database::delete_plain(&mut tx, article).await?;
    tx.commit().await?;
    Ok(Outcome::Moved)
}

async fn to_database(
    db: &Db,
    folder: &Folder,
    stamp: Stamp,
    article: ArticleId,
) -> Result<Outcome, StorageError> {
    let Some(path) = database::path(&mut db.read().await?, article).await? else {
        return Ok(Outcome::NothingThere);
    };
    remove_leftovers(folder, &path).await?;
    let files = folder.stored(path.clone()).await?;
    let plain = folder.plain(path.clone()).await?;
    if files.is_empty() && plain.is_none() {
        return Ok(Outcome::NothingThere);
    }

    let mut tx = db.begin().await?;
    let there = of_rows(database::rows_by_key(&mut tx, article).await?);
    let there_plain = database::plain(&mut tx, article).await?;
    let (old, new): (Vec<&Stored>, Vec<&Stored>) = files
        .iter()
        .partition(|part| there.contains_key(&keepable(&part.name)));
    if let Some(part) = old.iter().find(|part| !is_in(&there, part)) {
        return Ok(other_content(&part.name));
    }
    if plain.is_some() && there_plain.is_some() && plain != there_plain {
        return Ok(other_content(name::PLAIN));
    }
    for part in new {
        let texts = Texts::of(part);
        database::insert(&mut tx, stamp, article, &part.name, &texts.part(part)).await?;
    }
    if let (Some(source), None) = (&plain, &there_plain) {
        database::write_plain(&mut tx, stamp, article, source).await?;
    }
    // Before the commit, so that a copy that is not the same leaves nothing; and after it, as that is what counts.
    if !is_in_database(&mut tx, article, &files, plain.as_ref()).await? {
        return Ok(Outcome::LeftAlone(
            "the database can not keep it as it is".to_owned(),
        ));
    }
    tx.commit().await?;
    if !is_in_database(&mut db.read().await?, article, &files, plain.as_ref()).await? {
        return Ok(Outcome::LeftAlone(
            "what was written is not what was read back; it is in both places now".to_owned(),
        ));
    }
    let mut names: Vec<String> = files.into_iter().map(|part| part.name).collect();
    names.extend(plain.map(|_| name::PLAIN.to_owned()));
    folder.delete_named(path, names).await?;
    Ok(Outcome::Moved)
}

/// Whether the rows of an article hold all of these files.
async fn is_in_database(
    tx: &mut Tx,
    article: ArticleId,
    files: &[Stored],
    plain: Option<&Vec<u8>>,
) -> Result<bool, DbError> {
    let rows = of_rows(database::rows_by_key(tx, article).await?);
    let source = database::plain(tx, article).await?;
    let plain_is_there = plain.is_none() || digest_of(plain) == digest_of(source.as_ref());
    Ok(plain_is_there && files.iter().all(|part| is_in(&rows, part)))
}

fn other_content(name: &str) -> Outcome {
    Outcome::LeftAlone(format!("`{name}` is in both places with different content"))
}

/// Deletes the files of a copy that did not come to its end.
async fn remove_leftovers(folder: &Folder, path: &ArticlePath) -> Result<(), StorageError> {
    let Some(note) = folder.read_note(path.clone()).await? else {
        return Ok(());
    };
    let names = note
        .lines()
        .filter(|name| !name.is_empty() && !name.contains('/') && !name.starts_with('.'))
        .map(str::to_owned)
        .collect();
    folder.delete_named(path.clone(), names).await?;
    folder.remove_note(path.clone()).await
}

/// The rows as files, each under a name of its own; the same rows always get the same names.
fn named(rows: &[(i64, Part)]) -> Vec<Stored> {
    let mut taken: HashSet<String> = HashSet::new();
    rows.iter()
        .map(|(_, part)| {
            let wanted = name::for_file(part.filename.as_deref().unwrap_or_default());
            let name = name::free(&wanted, |name| {
                name::is_hidden(name) || taken.contains(name)
            });
            taken.insert(name.clone());
            as_stored(name, part)
        })
        .collect()
}

fn as_stored(name: String, part: &Part) -> Stored {
    let bytes = |text: &Option<String>| text.as_ref().map(|text| text.clone().into_bytes());
    Stored {
        name,
        size: part
            .content
            .as_ref()
            .map_or(0, |content| content.len() as u64),
        content_type: Some(bytes(&part.content_type).unwrap_or_default()),
        first_line: None,
        content_id: bytes(&part.content_id).filter(|text| !text.is_empty()),
        alternative: bytes(&part.alternative).filter(|text| !text.is_empty()),
        disposition: Some(part.disposition.clone().into_bytes()).filter(|text| !text.is_empty()),
        content: part.content.clone(),
    }
}

fn by_name(parts: Vec<Stored>) -> HashMap<String, Stored> {
    parts
        .into_iter()
        .map(|part| (keepable(&part.name), part))
        .collect()
}

fn of_rows(rows: Vec<(i64, Part)>) -> HashMap<String, Stored> {
    rows.into_iter()
        .map(|(_, part)| {
            let name = part.filename.clone().unwrap_or_default();
            (keepable(&name), as_stored(name, &part))
        })
        .collect()
}

/// What describes a part, as text. These files are UTF-8; one that is not is read as Latin-1.
struct Texts {
    content_type: String,
    content_id: Option<String>,
    alternative: Option<String>,
    disposition: Option<String>,
}

impl Texts {
    fn of(part: &Stored) -> Self {
        let text = |bytes: &Option<Vec<u8>>| bytes.as_deref().map(text_of);
        Self {
            content_type: text(&part.content_type)
                .or_else(|| text(&part.first_line))
                .unwrap_or_default(),
            content_id: text(&part.content_id),
            alternative: text(&part.alternative),
            disposition: text(&part.disposition),
        }
    }

    fn part<'a>(&'a self, of: &'a Stored) -> NewPart<'a> {
        NewPart {
            filename: &of.name,
            content_type: &self.content_type,
            content_id: self.content_id.as_deref(),
            alternative: self.alternative.as_deref(),
            disposition: self.disposition.as_deref(),
            content: of.content.as_deref().unwrap_or_default(),
        }
    }
}

fn text_of(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Whether the same part is among these: the same name, and the same in all that both back ends keep.
fn is_in(parts: &HashMap<String, Stored>, part: &Stored) -> bool {
    parts
        .get(&keepable(&part.name))
        .is_some_and(|found| digest(found) == digest(part))
}

/// The text as it is once it was in a database: many have no characters beyond U+FFFF.
fn keepable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '\u{10000}'.. => char::REPLACEMENT_CHARACTER,
            other => other,
        })
        .collect()
}

fn digest(part: &Stored) -> [u8; 32] {
    let texts = Texts::of(part);
    let mut hash = Sha256::new();
    for text in [
        Some(texts.content_type),
        texts.content_id,
        texts.alternative,
        texts.disposition,
    ] {
        let text = keepable(&text.unwrap_or_default());
        hash.update((text.len() as u64).to_be_bytes());
        hash.update(text);
    }
    hash.update(part.content.as_deref().unwrap_or_default());
    hash.finalize().into()
}

fn digest_of(source: Option<&Vec<u8>>) -> Option<[u8; 32]> {
    source.map(|source| Sha256::digest(source).into())
}
