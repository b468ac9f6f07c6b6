//! Who has which right in which group: `group_user`, `group_role`, `group_customer_user` and `role_user`.
//!
//! Each verb says what somebody has in a group from now on; what they had there before goes. Rows that would be written
//! again as they are stay as they were, where the reference system leaves them.
//! Source: rows that the reference system's `Admin::Group::*Link` and `Admin::Role::UserLink` write when they are run
//! once and once more.

use schema::{DbError, Tx, new_row, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::{clock::Stamp, directory::UserId};

/// The one right of an agent in a group.
pub async fn agent_to_group(
    tx: &mut Tx,
    stamp: Stamp,
    agent: UserId,
    group: i32,
    permission: &str,
) -> Result<(), DbError> {
    use t::GroupUser as G;
    let of_pair = || {
        Expr::col(G::UserId)
            .eq(agent)
            .and(Expr::col(G::GroupId).eq(group))
    };
    let query = Query::select()
        .column(G::PermissionKey)
        .from(G::Table)
        .and_where(of_pair())
        .to_owned();
    let rows: Vec<(String,)> = tx.fetch_all(&query).await?;
    let delete = Query::delete()
        .from_table(G::Table)
        .and_where(of_pair())
        .and_where(Expr::col(G::PermissionKey).ne(permission))
        .to_owned();
    tx.execute(&delete).await?;
    if rows.iter().any(|(known,)| known == permission) {
        return Ok(());
    }
    let insert = new_row(
        G::Table,
        [
            (G::UserId, agent.0.into()),
            (G::GroupId, group.into()),
            (G::PermissionKey, permission.into()),
            (G::CreateTime, stamp.at.into()),
            (G::CreateBy, stamp.by.0.into()),
            (G::ChangeTime, stamp.at.into()),
            (G::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await
}

/// All rights of a role in a group.
pub async fn role_to_group(
    tx: &mut Tx,
    stamp: Stamp,
    role: i32,
    group: i32,
    permissions: &[&str],
) -> Result<(), DbError> {
    use t::GroupRole as G;
    let delete = Query::delete()
        .from_table(G::Table)
        .and_where(Expr::col(G::RoleId).eq(role))
        .and_where(Expr::col(G::GroupId).eq(group))
        .to_owned();
    tx.execute(&delete).await?;
    let mut given: Vec<&str> = permissions.to_vec();
    given.sort_unstable();
    given.dedup();
    for permission in given {
        let insert = new_row(
            G::Table,
            [
                (G::RoleId, role.into()),
                (G::GroupId, group.into()),
                (G::PermissionKey, permission.into()),
                (G::PermissionValue, 1_i16.into()),
                (G::CreateTime, stamp.at.into()),
                (G::CreateBy, stamp.by.0.into()),
                (G::ChangeTime, stamp.at.into()),
                (G::ChangeBy, stamp.by.0.into()),
            ],
        );
        tx.execute_one(&insert).await?;
    }
    Ok(())
}

/// The one right of a customer user in a group.
pub async fn customer_to_group(
    tx: &mut Tx,
    stamp: Stamp,
    login: &str,
    group: i32,
    permission: &str,
) -> Result<(), DbError> {
    use t::GroupCustomerUser as G;
    let delete = Query::delete()
        .from_table(G::Table)
        .and_where(Expr::col(G::UserId).eq(login))
        .and_where(Expr::col(G::GroupId).eq(group))
        .to_owned();
    tx.execute(&delete).await?;
    let insert = new_row(
        G::Table,
        [
            (G::UserId, login.into()),
            (G::GroupId, group.into()),
            (G::PermissionKey, permission.into()),
            (G::PermissionValue, 1_i16.into()),
            (G::CreateTime, stamp.at.into()),
            (G::CreateBy, stamp.by.0.into()),
            (G::ChangeTime, stamp.at.into()),
            (G::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await
}

/// Gives an agent a role; one that the agent has already stays as it is.
pub async fn agent_to_role(
    tx: &mut Tx,
    stamp: Stamp,
    agent: UserId,
    role: i32,
) -> Result<(), DbError> {
    use t::RoleUser as R;
    let query = Query::select()
        .column(R::RoleId)
        .from(R::Table)
        .and_where(Expr::col(R::UserId).eq(agent))
        .and_where(Expr::col(R::RoleId).eq(role))
        .to_owned();
    if tx.fetch_optional::<(i32,)>(&query).await?.is_some() {
        return Ok(());
    }
    let insert = new_row(
        R::Table,
        [
            (R::UserId, agent.0.into()),
            (R::RoleId, role.into()),
            (R::CreateTime, stamp.at.into()),
            (R::CreateBy, stamp.by.0.into()),
            (R::ChangeTime, stamp.at.into()),
            (R::ChangeBy, stamp.by.0.into()),
        ],
    );
    tx.execute_one(&insert).await
}
