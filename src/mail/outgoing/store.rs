//! Statements on `mail_queue`.

use chrono::NaiveDateTime;
use schema::{DbError, Tx, tables as t};
use sea_query::Query;

use crate::ticket::article::{ArticleId, fingerprint};

/// A row that is to be written.
pub struct New {
    pub article: Option<ArticleId>,
    pub sender: String,
    /// With commas between them.
    pub recipients: String,
    pub image: Vec<u8>,
}

pub async fn insert(tx: &mut Tx, at: NaiveDateTime, new: &New) -> Result<(), DbError> {
    use t::MailQueue as M;
    let image = tx.blob(&new.image);
    let insert = Query::insert()
        .into_table(M::Table)
        .columns([
            M::InsertFingerprint,
            M::ArticleId,
            M::Attempts,
            M::Sender,
            M::Recipient,
            M::RawMessage,
            M::CreateTime,
        ])
        .values_panic([
            fingerprint().into(),
            new.article.map(|article| article.0).into(),
            0.into(),
            new.sender.as_str().into(),
            new.recipients.as_str().into(),
            image.into(),
            at.into(),
        ])
        .to_owned();
    tx.execute(&insert).await?;
    Ok(())
}
