//! What forms keep between two requests: uploads, and drafts that people saved. So far they are only cleaned up.
//!
//! Source: the reference system's `Maint::FormDraft::Delete` and `Maint::WebUploadCache::Cleanup`, with rows of each age.

use chrono::{NaiveDateTime, TimeDelta};
use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

/// An upload is kept for a day.
const UPLOADS_LAST: TimeDelta = TimeDelta::days(1);

/// Deletes the drafts for one type of objects that were changed last before a moment (UTC), or all of them. One statement.
pub async fn delete_drafts(
    tx: &mut Tx,
    object_type: &str,
    before: Option<NaiveDateTime>,
) -> Result<u64, DbError> {
    use t::FormDraft as D;
    let mut delete = Query::delete()
        .from_table(D::Table)
        .and_where(Expr::col(D::ObjectType).eq(object_type))
        .to_owned();
    if let Some(before) = before {
        delete.and_where(Expr::col(D::ChangeTime).lte(before));
    }
    tx.execute(&delete).await
}

/// Deletes uploads that are older than a day. One statement.
pub async fn delete_old_uploads(tx: &mut Tx, now: NaiveDateTime) -> Result<u64, DbError> {
    use t::WebUploadCache as U;
    let before = (now - UPLOADS_LAST).and_utc().timestamp();
    let delete = Query::delete()
        .from_table(U::Table)
        .and_where(Expr::col(U::CreateTimeUnix).lt(before))
        .to_owned();
    tx.execute(&delete).await
}
