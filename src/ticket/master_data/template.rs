//! Which templates are offered in which queues.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::clock::Stamp;

/// The key of the template with this name, valid or not. One statement.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::StandardTemplate::Id)
        .from(t::StandardTemplate::Table)
        .and_where(Expr::col(t::StandardTemplate::Name).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Offers a template in a queue, where it may have been offered already: the row is written anew.
pub async fn link(tx: &mut Tx, stamp: Stamp, template: i32, queue: i32) -> Result<(), DbError> {
    use t::QueueStandardTemplate as L;
    let delete = Query::delete()
        .from_table(L::Table)
        .and_where(Expr::col(L::QueueId).eq(queue))
        .and_where(Expr::col(L::StandardTemplateId).eq(template))
        .to_owned();
    tx.execute(&delete).await?;
    let insert = new_row(
        L::Table,
        [
            (L::QueueId, queue.into()),
            (L::StandardTemplateId, template.into()),
            (L::CreateTime, stamp.at.into()),
            (L::CreateBy, stamp.by.0.into()),
            (L::ChangeTime, stamp.at.into()),
            (L::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await
}
