//! Which groups an agent belongs to, by themselves and by their roles.

use std::{collections::BTreeSet, sync::Arc};

use schema::{DbError, Tx, tables as t};
use sea_query::{Expr, ExprTrait as _, Query, SelectStatement, UnionType};

use crate::{directory::UserId, recent::Recent};

/// The row of `valid` that means *valid*.
const VALID: i16 = 1;

/// A permission on a group's queues; `rw` stands for all of them.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub enum Permission {
    Ro,
    MoveInto,
    Create,
    Note,
    Owner,
    Priority,
    Move,
    Responsible,
    Close,
    Rw,
}

impl Permission {
    /// The word in `permission_key`.
    pub const fn key(self) -> &'static str {
        match self {
            Self::Ro => "ro",
            Self::MoveInto => "move_into",
            Self::Create => "create",
            Self::Note => "note",
            Self::Owner => "owner",
            Self::Priority => "priority",
            Self::Move => "move",
            Self::Responsible => "responsible",
            Self::Close => "close",
            Self::Rw => "rw",
        }
    }
}

/// The valid groups in which an agent has a permission, directly or by a valid role. At most one statement.
pub async fn of_agent(
    tx: &mut Tx,
    recent: &Recent,
    agent: UserId,
    permission: Permission,
) -> Result<Arc<BTreeSet<i32>>, DbError> {
    let key = (agent, permission);
    if let Some(groups) = recent.groups.get(&key) {
        return Ok(groups);
    }
    let groups = Arc::new(read(tx, agent, permission).await?);
    recent.groups.keep(key, Arc::clone(&groups));
    Ok(groups)
}

async fn read(
    tx: &mut Tx,
    agent: UserId,
    permission: Permission,
) -> Result<BTreeSet<i32>, DbError> {
    let both = direct(agent, permission)
        .union(UnionType::Distinct, by_role(agent, permission))
        .to_owned();
    let rows: Vec<(i32,)> = tx.fetch_all(&both).await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// Whether an agent has a permission in the group of this name.
pub async fn is_in(
    tx: &mut Tx,
    recent: &Recent,
    agent: UserId,
    group: &str,
    permission: Permission,
) -> Result<bool, DbError> {
    let query = Query::select()
        .column(t::PermissionGroups::Id)
        .from(t::PermissionGroups::Table)
        .and_where(Expr::col(t::PermissionGroups::Name).eq(group))
        .to_owned();
    let Some((id,)) = tx.fetch_optional::<(i32,)>(&query).await? else {
        return Ok(false);
    };
    Ok(of_agent(tx, recent, agent, permission).await?.contains(&id))
}

fn direct(agent: UserId, permission: Permission) -> SelectStatement {
    Query::select()
        .column((t::GroupUser::Table, t::GroupUser::GroupId))
        .from(t::GroupUser::Table)
        .inner_join(
            t::PermissionGroups::Table,
            Expr::col((t::PermissionGroups::Table, t::PermissionGroups::Id))
                .equals((t::GroupUser::Table, t::GroupUser::GroupId)),
        )
        .and_where(Expr::col((t::GroupUser::Table, t::GroupUser::UserId)).eq(agent))
        .and_where(
            Expr::col((t::GroupUser::Table, t::GroupUser::PermissionKey))
                .is_in([permission.key(), Permission::Rw.key()]),
        )
        .and_where(Expr::col((t::PermissionGroups::Table, t::PermissionGroups::ValidId)).eq(VALID))
        .to_owned()
}

fn by_role(agent: UserId, permission: Permission) -> SelectStatement {
    Query::select()
        .column((t::GroupRole::Table, t::GroupRole::GroupId))
        .from(t::RoleUser::Table)
        .inner_join(
            t::Roles::Table,
            Expr::col((t::Roles::Table, t::Roles::Id))
                .equals((t::RoleUser::Table, t::RoleUser::RoleId)),
        )
        .inner_join(
            t::GroupRole::Table,
            Expr::col((t::GroupRole::Table, t::GroupRole::RoleId))
                .equals((t::RoleUser::Table, t::RoleUser::RoleId)),
        )
        .inner_join(
            t::PermissionGroups::Table,
            Expr::col((t::PermissionGroups::Table, t::PermissionGroups::Id))
                .equals((t::GroupRole::Table, t::GroupRole::GroupId)),
        )
        .and_where(Expr::col((t::RoleUser::Table, t::RoleUser::UserId)).eq(agent))
        .and_where(Expr::col((t::Roles::Table, t::Roles::ValidId)).eq(VALID))
        .and_where(
            Expr::col((t::GroupRole::Table, t::GroupRole::PermissionKey))
                .is_in([permission.key(), Permission::Rw.key()]),
        )
        .and_where(Expr::col((t::GroupRole::Table, t::GroupRole::PermissionValue)).eq(1_i16))
        .and_where(Expr::col((t::PermissionGroups::Table, t::PermissionGroups::ValidId)).eq(VALID))
        .to_owned()
}
