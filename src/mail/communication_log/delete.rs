//! Old communications go.
//!
//! Source: the reference system's `Maint::Log::CommunicationLog`, with rows of each age and status before and after.

use chrono::{NaiveDate, NaiveDateTime, TimeDelta};
use schema::{DbError, Tx, tables as t};
use sea_query::{Condition, Expr, ExprTrait as _, Query, SelectStatement};

use super::Status;

/// Which communications go. Times in UTC.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Which {
    /// Begun before this moment.
    Before(NaiveDateTime),
    /// Begun before this moment, and successful.
    SuccessfulBefore(NaiveDateTime),
    /// Begun on this day.
    Of(NaiveDate),
    /// The one with this key.
    Id(i64),
}

impl Which {
    fn condition(self) -> Condition {
        use t::CommunicationLog as L;
        let start = || Expr::col(L::StartTime);
        match self {
            Self::Before(moment) => Condition::all().add(start().lt(moment)),
            Self::SuccessfulBefore(moment) => Condition::all()
                .add(start().lt(moment))
                .add(Expr::col(L::Status).eq(Status::Successful.name())),
            Self::Of(day) => {
                let midnight = day.and_hms_opt(0, 0, 0).unwrap_or_default();
                Condition::all()
                    .add(start().gte(midnight))
                    .add(start().lt(midnight + TimeDelta::days(1)))
            }
            Self::Id(id) => Condition::all().add(Expr::col(L::Id).eq(id)),
        }
    }
}

/// Communications that go in one statement each time.
const BATCH: u64 = 500;

/// Deletes communications with all that belongs to them; those that are under way only when told so. Gives how many.
/// The caller commits.
pub async fn delete(tx: &mut Tx, which: Which, under_way_too: bool) -> Result<usize, DbError> {
    use t::{
        CommunicationLog as L, CommunicationLogObjLookup as K, CommunicationLogObject as O,
        CommunicationLogObjectEntry as E,
    };
    let mut query = Query::select()
        .column(L::Id)
        .from(L::Table)
        .cond_where(which.condition())
        .limit(BATCH)
        .to_owned();
    if !under_way_too {
        query.and_where(Expr::col(L::Status).ne(Status::Processing.name()));
    }
    let mut deleted = 0;
    loop {
        let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
        if rows.is_empty() {
            return Ok(deleted);
        }
        deleted += rows.len();
        let ids: Vec<i64> = rows.into_iter().map(|(id,)| id).collect();
        let objects = || -> SelectStatement {
            Query::select()
                .column(O::Id)
                .from(O::Table)
                .and_where(Expr::col(O::CommunicationId).is_in(ids.iter().copied()))
                .to_owned()
        };
        let statements = [
            Query::delete()
                .from_table(K::Table)
                .and_where(Expr::col(K::CommunicationLogObjectId).in_subquery(objects()))
                .to_owned(),
            Query::delete()
                .from_table(E::Table)
                .and_where(Expr::col(E::CommunicationLogObjectId).in_subquery(objects()))
                .to_owned(),
            Query::delete()
                .from_table(O::Table)
                .and_where(Expr::col(O::CommunicationId).is_in(ids.iter().copied()))
                .to_owned(),
            Query::delete()
                .from_table(L::Table)
                .and_where(Expr::col(L::Id).is_in(ids.iter().copied()))
                .to_owned(),
        ];
        for statement in statements {
            tx.execute(&statement).await?;
        }
    }
}
