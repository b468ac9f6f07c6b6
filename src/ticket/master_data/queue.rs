//! Queues.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Order, Query};

use super::{AddError, system_address};
use crate::clock::Stamp;

/// The address, salutation, signature and follow-up option that a new installation brings along; new queues have them.
pub const FIRST: i32 = 1;

/// A queue to be. Times in minutes, 0 for none.
#[derive(Clone, Debug)]
pub struct NewQueue {
    /// With the names of the queues that it is in, which need not exist: `A::B`.
    pub name: String,
    pub group_id: i32,
    pub system_address_id: i32,
    pub comment: Option<String>,
    pub unlock_timeout: i32,
    pub first_response_time: i32,
    pub update_time: i32,
    pub solution_time: i32,
    /// The number of a calendar, `0` for the working hours of everybody.
    pub calendar: String,
}

/// A queue as lists show it.
#[derive(Clone, Debug, sqlx::FromRow)]
pub struct Listed {
    pub id: i32,
    pub name: String,
    /// Such as `valid`.
    pub valid: String,
}

/// The key of the queue with this name, valid or not. One statement.
pub async fn find(tx: &mut Tx, name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::Queue::Id)
        .from(t::Queue::Table)
        .and_where(Expr::col(t::Queue::Name).eq(name))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Every queue, by name.
pub async fn list(tx: &mut Tx) -> Result<Vec<Listed>, DbError> {
    let query = Query::select()
        .columns([
            (t::Queue::Table, t::Queue::Id),
            (t::Queue::Table, t::Queue::Name),
        ])
        .expr_as(Expr::col((t::Valid::Table, t::Valid::Name)), "valid")
        .from(t::Queue::Table)
        .inner_join(
            t::Valid::Table,
            Expr::col((t::Valid::Table, t::Valid::Id)).equals((t::Queue::Table, t::Queue::ValidId)),
        )
        .order_by((t::Queue::Table, t::Queue::Name), Order::Asc)
        .to_owned();
    tx.fetch_all(&query).await
}

/// Adds a valid queue; gives its key.
pub async fn add(tx: &mut Tx, stamp: Stamp, new: &NewQueue) -> Result<i32, AddError> {
    use t::Queue as Q;
    if new.name.is_empty() {
        return Err(AddError::NoName);
    }
    if find(tx, &new.name).await?.is_some() {
        return Err(AddError::Taken {
            what: "queue",
            name: new.name.clone(),
        });
    }
    if !system_address::exists(tx, new.system_address_id).await? {
        return Err(AddError::NoAddress(new.system_address_id));
    }
    let insert = new_row(
        Q::Table,
        [
            (Q::Name, new.name.as_str().into()),
            (Q::GroupId, new.group_id.into()),
            (Q::UnlockTimeout, new.unlock_timeout.into()),
            (Q::FirstResponseTime, new.first_response_time.into()),
            (Q::FirstResponseNotify, 0_i16.into()),
            (Q::UpdateTime, new.update_time.into()),
            (Q::UpdateNotify, 0_i16.into()),
            (Q::SolutionTime, new.solution_time.into()),
            (Q::SolutionNotify, 0_i16.into()),
            (Q::SystemAddressId, new.system_address_id.into()),
            (Q::CalendarName, new.calendar.as_str().into()),
            (Q::DefaultSignKey, "0".into()),
            (Q::SalutationId, FIRST.into()),
            (Q::SignatureId, FIRST.into()),
            (Q::FollowUpId, FIRST.into()),
            (Q::FollowUpLock, 0_i16.into()),
            (Q::Comments, Expr::val(new.comment.clone())),
            (Q::ValidId, 1_i16.into()),
            (Q::CreateTime, stamp.at.into()),
            (Q::CreateBy, stamp.by.0.into()),
            (Q::ChangeTime, stamp.at.into()),
            (Q::ChangeBy, stamp.by.0.into()),
        ],
    );
    Ok(i32::try_from(tx.insert(&insert).await?).unwrap_or(i32::MAX))
}
