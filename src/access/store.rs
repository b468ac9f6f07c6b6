//! Statements on groups, roles, watchers and mentions.

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use super::Permission;
use crate::{
    directory::{CustomerUser, UserId},
    ticket::TicketId,
};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// The key of the valid group with this name. One statement.
pub async fn find_group(tx: &mut Tx, name: &str) -> Result<Option<i32>, DbError> {
    let query = Query::select()
        .column(t::PermissionGroups::Id)
        .from(t::PermissionGroups::Table)
        .and_where(Expr::col(t::PermissionGroups::Name).eq(name))
        .and_where(Expr::col(t::PermissionGroups::ValidId).eq(VALID))
        .to_owned();
    let row: Option<(i32,)> = tx.fetch_optional(&query).await?;
    Ok(row.map(|(id,)| id))
}

/// Those of the tickets that an agent watches. One statement.
pub async fn list_watched(
    tx: &mut Tx,
    agent: UserId,
    tickets: &[TicketId],
) -> Result<Vec<TicketId>, DbError> {
    let query = Query::select()
        .column(t::TicketWatcher::TicketId)
        .from(t::TicketWatcher::Table)
        .and_where(Expr::col(t::TicketWatcher::UserId).eq(agent))
        .and_where(Expr::col(t::TicketWatcher::TicketId).is_in(tickets.iter().copied()))
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// Those of the tickets in which an agent is mentioned. One statement.
pub async fn list_mentioned(
    tx: &mut Tx,
    agent: UserId,
    tickets: &[TicketId],
) -> Result<Vec<TicketId>, DbError> {
    // The column of this one table is an INTEGER; a key that does not fit can not stand in it.
    let tickets = tickets.iter().filter_map(|id| i32::try_from(id.0).ok());
    let query = Query::select()
        .column(t::Mention::TicketId)
        .from(t::Mention::Table)
        .and_where(Expr::col(t::Mention::UserId).eq(agent))
        .and_where(Expr::col(t::Mention::TicketId).is_in(tickets))
        .to_owned();
    let rows: Vec<(Option<i32>,)> = tx.fetch_all(&query).await?;
    Ok(rows
        .into_iter()
        .filter_map(|(id,)| id.map(|id| TicketId(id.into())))
        .collect())
}

/// Those of the tickets in whose history an agent stands. One statement.
pub async fn list_involved(
    tx: &mut Tx,
    agent: UserId,
    tickets: &[TicketId],
) -> Result<Vec<TicketId>, DbError> {
    let query = Query::select()
        .distinct()
        .column(t::TicketHistory::TicketId)
        .from(t::TicketHistory::Table)
        .and_where(Expr::col(t::TicketHistory::CreateBy).eq(agent))
        .and_where(Expr::col(t::TicketHistory::TicketId).is_in(tickets.iter().copied()))
        .to_owned();
    let rows: Vec<(i64,)> = tx.fetch_all(&query).await?;
    Ok(rows.into_iter().map(|(id,)| TicketId(id)).collect())
}

/// The valid groups: key and name. One statement.
pub async fn list_valid_groups(tx: &mut Tx) -> Result<Vec<(i32, String)>, DbError> {
    let query = Query::select()
        .columns([t::PermissionGroups::Id, t::PermissionGroups::Name])
        .from(t::PermissionGroups::Table)
        .and_where(Expr::col(t::PermissionGroups::ValidId).eq(VALID))
        .to_owned();
    tx.fetch_all(&query).await
}

/// The groups that customers have a permission in, see [`list_groups_of_customer`].
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct CustomerGroups {
    /// By name, from `group_customer_user`.
    pub own: Vec<i32>,
    /// From `group_customer`: the group and the context of the permission.
    pub by_company: Vec<(i32, String)>,
    /// Keys of groups by name, for the settings that name groups.
    pub by_name: Vec<(i32, String)>,
}

/// The valid groups in which a customer user has a permission by login or by company, and all valid groups. Three
/// statements.
pub async fn list_groups_of_customer(
    tx: &mut Tx,
    customer: &CustomerUser,
    permission: Permission,
) -> Result<CustomerGroups, DbError> {
    let own = Query::select()
        .column(t::GroupCustomerUser::GroupId)
        .from(t::GroupCustomerUser::Table)
        .and_where(Expr::col(t::GroupCustomerUser::UserId).eq(customer.login.as_str()))
        .and_where(
            Expr::col(t::GroupCustomerUser::PermissionKey)
                .is_in([permission.key(), Permission::Rw.key()]),
        )
        .and_where(Expr::col(t::GroupCustomerUser::PermissionValue).eq(1_i16))
        .to_owned();
    let own: Vec<(i32,)> = tx.fetch_all(&own).await?;
    let by_company = Query::select()
        .columns([
            t::GroupCustomer::GroupId,
            t::GroupCustomer::PermissionContext,
        ])
        .from(t::GroupCustomer::Table)
        .and_where(
            Expr::col(t::GroupCustomer::CustomerId).is_in(customer.customer_ids.iter().cloned()),
        )
        .and_where(
            Expr::col(t::GroupCustomer::PermissionKey)
                .is_in([permission.key(), Permission::Rw.key()]),
        )
        .and_where(Expr::col(t::GroupCustomer::PermissionValue).eq(1_i16))
        .to_owned();
    let by_company: Vec<(i32, String)> = tx.fetch_all(&by_company).await?;
    let by_name = list_valid_groups(tx).await?;
    let is_valid = |id: i32| by_name.iter().any(|(valid, _)| *valid == id);
    Ok(CustomerGroups {
        own: own
            .into_iter()
            .map(|(id,)| id)
            .filter(|id| is_valid(*id))
            .collect(),
        by_company: by_company
            .into_iter()
            .filter(|(id, _)| is_valid(*id))
            .collect(),
        by_name,
    })
}
