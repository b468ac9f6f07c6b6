//! The back end in the database: `article_data_mime_attachment` and `article_data_mime_plain`.

use std::collections::{HashMap, HashSet};

use schema::{Blob, DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query, Value};

use super::{NewPart, Part, Size, files::ArticlePath, name};
use crate::{clock::Stamp, ticket::article::ArticleId};

#[derive(sqlx::FromRow)]
struct PartRow {
    id: i64,
    article_id: i64,
    filename: Option<String>,
    content_size: Option<String>,
    content_type: Option<String>,
    content_id: Option<String>,
    content_alternative: Option<String>,
    disposition: Option<String>,
    /// 1 when the row has content.
    present: i32,
}

#[derive(sqlx::FromRow)]
struct ContentRow {
    #[sqlx(flatten)]
    row: PartRow,
    content: Option<Blob>,
}

impl PartRow {
    fn into_part(self, content: Option<Vec<u8>>) -> Part {
        Part {
            filename: self.filename,
            size: Size::Written(self.content_size),
            content_type: self.content_type,
            content_id: self.content_id,
            alternative: self.content_alternative,
            disposition: self.disposition.unwrap_or_default(),
            worked_out: true,
            content: (self.present == 1).then(|| content.unwrap_or_default()),
        }
    }
}

pub async fn list(
    tx: &mut Tx,
    articles: &[ArticleId],
    with_content: bool,
) -> Result<HashMap<ArticleId, Vec<Part>>, DbError> {
    let mut found: HashMap<ArticleId, Vec<Part>> = HashMap::new();
    for (_, article, part) in rows(tx, articles, with_content).await? {
        found.entry(article).or_default().push(part);
    }
    Ok(found)
}

/// The parts with the keys of their rows, by file name as the database sorts it.
pub async fn rows(
    tx: &mut Tx,
    articles: &[ArticleId],
    with_content: bool,
) -> Result<Vec<(i64, ArticleId, Part)>, DbError> {
    use t::ArticleDataMimeAttachment as Column;
    let mut query = Query::select()
        .columns([
            Column::Id,
            Column::ArticleId,
            Column::Filename,
            Column::ContentSize,
            Column::ContentType,
            Column::ContentId,
            Column::ContentAlternative,
            Column::Disposition,
        ])
        .expr_as(
            Expr::case(Expr::col(Column::Content).is_null(), 0).finally(1),
            "present",
        )
        .from(Column::Table)
        .and_where(Expr::col(Column::ArticleId).is_in(articles.iter().copied()))
        .order_by(Column::ArticleId, Order::Asc)
        .order_by(Column::Filename, Order::Asc)
        .order_by(Column::Id, Order::Asc)
        .to_owned();
    let rows: Vec<ContentRow> = if with_content {
        query.column(Column::Content);
        tx.fetch_all(&query).await?
    } else {
        let rows: Vec<PartRow> = tx.fetch_all(&query).await?;
        rows.into_iter()
            .map(|row| ContentRow { row, content: None })
            .collect()
    };
    Ok(rows
        .into_iter()
        .map(|ContentRow { row, content }| {
            let content = content.map(|blob| blob.0);
            (row.id, ArticleId(row.article_id), row.into_part(content))
        })
        .collect())
}

/// Every part of one article with its content and the key of its row, by that key.
pub async fn rows_by_key(tx: &mut Tx, article: ArticleId) -> Result<Vec<(i64, Part)>, DbError> {
    let mut rows: Vec<(i64, Part)> = rows(tx, &[article], true)
        .await?
        .into_iter()
        .map(|(key, _, part)| (key, part))
        .collect();
    rows.sort_unstable_by_key(|(key, _)| *key);
    Ok(rows)
}

pub async fn plain(tx: &mut Tx, article: ArticleId) -> Result<Option<Vec<u8>>, DbError> {
    let query = Query::select()
        .column(t::ArticleDataMimePlain::Body)
        .from(t::ArticleDataMimePlain::Table)
        .and_where(Expr::col(t::ArticleDataMimePlain::ArticleId).eq(article))
        .order_by(t::ArticleDataMimePlain::Id, Order::Asc)
        .to_owned();
    let row: Option<(Blob,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(body,)| body.0))
}

/// The paths of these articles' files; of those that have one.
pub async fn paths(tx: &mut Tx, articles: &[ArticleId]) -> Result<Vec<ArticlePath>, DbError> {
    let query = Query::select()
        .columns([
            t::ArticleDataMime::ArticleId,
            t::ArticleDataMime::ContentPath,
        ])
        .from(t::ArticleDataMime::Table)
        .and_where(Expr::col(t::ArticleDataMime::ArticleId).is_in(articles.iter().copied()))
        .order_by(t::ArticleDataMime::Id, Order::Asc)
        .to_owned();
    let rows: Vec<(i64, Option<String>)> = tx.fetch_all(&query).await?;
    let mut seen = HashSet::new();
    Ok(rows
        .into_iter()
        .filter(|(id, _)| seen.insert(*id))
        .filter_map(|(id, path)| ArticlePath::new(ArticleId(id), &path.unwrap_or_default()))
        .collect())
}

pub async fn path(tx: &mut Tx, article: ArticleId) -> Result<Option<ArticlePath>, DbError> {
    Ok(paths(tx, &[article]).await?.pop())
}

pub async fn write(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    parts: &[NewPart<'_>],
) -> Result<(), DbError> {
    let mut used: HashSet<String> = rows(tx, &[article], false)
        .await?
        .into_iter()
        .filter_map(|(_, _, part)| part.filename)
        .collect();
    for part in parts {
        let filename = name::free(&name::for_database(part.filename), |name| {
            used.contains(name)
        });
        insert(tx, stamp, article, &filename, part).await?;
        used.insert(filename);
    }
    Ok(())
}

/// Adds a part under exactly this name.
pub async fn insert(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    filename: &str,
    part: &NewPart<'_>,
) -> Result<(), DbError> {
    use t::ArticleDataMimeAttachment as Column;
    let insert = Query::insert()
        .into_table(Column::Table)
        .columns([
            Column::ArticleId,
            Column::Filename,
            Column::ContentSize,
            Column::ContentType,
            Column::ContentId,
            Column::ContentAlternative,
            Column::Disposition,
            Column::Content,
            Column::CreateTime,
            Column::CreateBy,
            Column::ChangeTime,
            Column::ChangeBy,
        ])
        .values_panic(
            [
                Value::from(article),
                filename.into(),
                part.content.len().to_string().into(),
                part.content_type.into(),
                part.content_id.map(str::to_owned).into(),
                part.alternative.map(str::to_owned).into(),
                part.disposition.unwrap_or_default().into(),
                tx.blob(part.content),
                stamp.at.into(),
                stamp.by.into(),
                stamp.at.into(),
                stamp.by.into(),
            ]
            .map(Expr::val),
        )
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

pub async fn write_plain(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    source: &[u8],
) -> Result<(), DbError> {
    delete_plain(tx, article).await?;
    insert_plain(tx, stamp, article, source).await
}

pub async fn insert_plain(
    tx: &mut Tx,
    stamp: Stamp,
    article: ArticleId,
    source: &[u8],
) -> Result<(), DbError> {
    let insert = Query::insert()
        .into_table(t::ArticleDataMimePlain::Table)
        .columns([
            t::ArticleDataMimePlain::ArticleId,
            t::ArticleDataMimePlain::Body,
            t::ArticleDataMimePlain::CreateTime,
            t::ArticleDataMimePlain::CreateBy,
            t::ArticleDataMimePlain::ChangeTime,
            t::ArticleDataMimePlain::ChangeBy,
        ])
        .values_panic(
            [
                Value::from(article),
                tx.blob(source),
                stamp.at.into(),
                stamp.by.into(),
                stamp.at.into(),
                stamp.by.into(),
            ]
            .map(Expr::val),
        )
        .to_owned();
    tx.execute(&insert).await.map(drop)
}

pub async fn delete(tx: &mut Tx, article: ArticleId) -> Result<(), DbError> {
    let parts = Query::delete()
        .from_table(t::ArticleDataMimeAttachment::Table)
        .and_where(Expr::col(t::ArticleDataMimeAttachment::ArticleId).eq(article))
        .to_owned();
    tx.execute(&parts).await?;
    delete_plain(tx, article).await
}

pub async fn delete_plain(tx: &mut Tx, article: ArticleId) -> Result<(), DbError> {
    let plain = Query::delete()
        .from_table(t::ArticleDataMimePlain::Table)
        .and_where(Expr::col(t::ArticleDataMimePlain::ArticleId).eq(article))
        .to_owned();
    tx.execute(&plain).await.map(drop)
}

/// Deletes single parts by the keys of their rows.
pub async fn delete_rows(tx: &mut Tx, rows: &[i64]) -> Result<(), DbError> {
    let delete = Query::delete()
        .from_table(t::ArticleDataMimeAttachment::Table)
        .and_where(Expr::col(t::ArticleDataMimeAttachment::Id).is_in(rows.iter().copied()))
        .to_owned();
    tx.execute(&delete).await.map(drop)
}
