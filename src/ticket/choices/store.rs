//! Who has a right in a group.

use std::collections::BTreeSet;

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query};

use crate::access::Permission;

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// Agents, valid or not, with a right in a group, by themselves or by a valid role. Two statements.
pub async fn agents_in(
    tx: &mut Tx,
    group: i32,
    right: Permission,
) -> Result<BTreeSet<i32>, DbError> {
    use t::{GroupRole, GroupUser, RoleUser, Roles};
    let keys = [right.key(), Permission::Rw.key()];
    let own = Query::select()
        .column(GroupUser::UserId)
        .from(GroupUser::Table)
        .and_where(Expr::col(GroupUser::GroupId).eq(group))
        .and_where(Expr::col(GroupUser::PermissionKey).is_in(keys))
        .to_owned();
    let own: Vec<(i32,)> = tx.fetch_all(&own).await?;
    let by_role = Query::select()
        .column((RoleUser::Table, RoleUser::UserId))
        .from(RoleUser::Table)
        .inner_join(
            Roles::Table,
            Expr::col((Roles::Table, Roles::Id)).equals((RoleUser::Table, RoleUser::RoleId)),
        )
        .inner_join(
            GroupRole::Table,
            Expr::col((GroupRole::Table, GroupRole::RoleId))
                .equals((RoleUser::Table, RoleUser::RoleId)),
        )
        .and_where(Expr::col((GroupRole::Table, GroupRole::GroupId)).eq(group))
        .and_where(Expr::col((GroupRole::Table, GroupRole::PermissionKey)).is_in(keys))
        .and_where(Expr::col((GroupRole::Table, GroupRole::PermissionValue)).eq(1_i16))
        .and_where(Expr::col((Roles::Table, Roles::ValidId)).eq(VALID))
        .to_owned();
    let by_role: Vec<(i32,)> = tx.fetch_all(&by_role).await?;
    Ok(own.into_iter().chain(by_role).map(|(id,)| id).collect())
}
